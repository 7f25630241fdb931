"""Rows of the database as values of the domain, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from model.clock import from_text, to_text
from model.engine import Engine, Parameters, Row
from model.installation import (
    Customer,
    Device,
    DeviceKind,
    Extension,
    ExtensionKind,
    Installation,
    Language,
    ProFeature,
    ProFeatureUse,
)
from model.lazy import Lazy
from model.orders import Ending, TariffOrder
from model.search import search_text, sort_text
from model.tariff import Edition, PriceList, Tariff

EXTENSION_COLUMNS = ("id", "number", "name", "kind", "created_at")
DEVICE_COLUMNS = ("id", "name", "kind", "mac", "created_at")
# `json.dumps` would make an encoder for each text.
_json = json.JSONEncoder(ensure_ascii=False).encode
sorted_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
# Finding these anew for each row would take longer than all the rest of it; objects made together share an instant.
_extension_kind, _device_kind, _instant = cache(ExtensionKind), cache(DeviceKind), lru_cache(1024)(from_text)


@dataclass(frozen=True, slots=True)
class OrderMail:
    """An order information; `content` is the snapshot it is written from."""

    message_id: str
    order_number: int
    kind: str
    recipient: str
    language: Language
    created_at: datetime
    content: dict[str, Any]


def columns(engine: Engine, names: Sequence[str], source: str, parameters: Parameters) -> list[list[Any]]:
    """Whole columns, their rows in no order; for thousands of rows, each of which would take its time and memory."""
    (row,) = engine.query(f"SELECT {engine.finder.as_text(names)} AS text FROM {source}", parameters)
    found: list[list[Any]] = json.loads(row["text"])
    return found


def tariff_columns(tariff: Tariff) -> Row:
    """A tariff's snapshot as columns (R23)."""
    return {
        "tariff_code": tariff.code,
        "tariff_name": tariff.name,
        "edition": str(tariff.edition),
        "max_extensions": tariff.max_extensions,
        "max_devices": tariff.max_devices,
        "net_cents": tariff.net_cents,
        "vat_bp": tariff.vat_bp,
        "price_list": tariff.price_list.isoformat(),
    }


def tariff_from(row: Row) -> Tariff:
    """A tariff from its snapshot's columns."""
    return Tariff(
        row["tariff_code"],
        row["tariff_name"],
        Edition(row["edition"]),
        row["max_extensions"],
        row["max_devices"],
        row["net_cents"],
        row["vat_bp"],
        date.fromisoformat(row["price_list"]),
    )


def customer_columns(customer: Customer) -> Row:
    """A customer's columns, with what the list sorts and searches by."""
    return {
        "customer_number": customer.customer_number,
        "name": customer.name,
        "email": customer.email,
        "language": str(customer.language),
        "sort_name": sort_text(customer.name),
        "sort_number": sort_text(customer.customer_number),
        "search": search_text(customer.name, customer.customer_number),
    }


def installation_from(row: Row) -> Installation:
    """An installation from its columns."""
    return Installation(
        row["id"], row["customer_number"], row["name"], row["email"], Language(row["language"]), row["revision"]
    )


def extensions_from(columns: Mapping[str, Sequence[Any]]) -> Lazy[Extension]:
    """Extensions from EXTENSION_COLUMNS; raises ValueError where a column holds what can be no extension's."""
    _check(columns, _extension_kind)
    return Lazy(_extension, columns)


def devices_from(columns: Mapping[str, Sequence[Any]], served: Mapping[int, Sequence[str]]) -> Lazy[Device]:
    """Devices from DEVICE_COLUMNS and the numbers of the extensions that each device serves."""
    _check(columns, _device_kind)
    extensions = [tuple(sorted(served.get(device, ()))) for device in columns["id"]]
    return Lazy(_device, {**columns, "extensions": extensions})


def _check(columns: Mapping[str, Sequence[Any]], kind: Callable[[str], object]) -> None:
    for make, name in ((kind, "kind"), (_instant, "created_at")):
        for text in set(columns[name]):
            make(text)


def _extension(identity: int, number: str, name: str, kind: str, created_at: str) -> Extension:
    return Extension(identity, number, name, _extension_kind(kind), _instant(created_at))


def _device(identity: int, name: str, kind: str, mac: str, created_at: str, extensions: tuple[str, ...]) -> Device:
    return Device(identity, name, _device_kind(kind), mac, extensions, _instant(created_at))


def feature_from(row: Row) -> ProFeatureUse:
    """A Pro function in use from its columns and its extension's number."""
    feature, created = ProFeature(row["feature"]), from_text(row["created_at"])
    return ProFeatureUse(row["id"], feature, row["name"], row["number"] or "", created)


def order_columns(order: TariffOrder, installation_id: int) -> Row:
    """A new order's columns."""
    return {
        "order_number": order.order_number,
        "quote_id": order.quote_id,
        "installation_id": installation_id,
        **tariff_columns(order.tariff),
        "previous": _json(tariff_columns(order.previous)),
        "placed_at": to_text(order.placed_at),
        "zone": order.zone,
        "effective_on": order.effective_on.isoformat(),
        "mail_to": order.mail_to,
    }


def order_from(row: Row) -> TariffOrder:
    """An order from its columns."""
    return TariffOrder(
        order_number=row["order_number"],
        quote_id=row["quote_id"],
        tariff=tariff_from(row),
        previous=tariff_from(json.loads(row["previous"])),
        placed_at=from_text(row["placed_at"]),
        zone=row["zone"],
        effective_on=date.fromisoformat(row["effective_on"]),
        mail_to=row["mail_to"],
        ending=Ending(row["ending"]) if row["ending"] else None,
        ended_at=from_text(row["ended_at"]) if row["ended_at"] else None,
        reason=row["reason"],
        superseded_by=row["superseded_by"],
    )


def price_rows(prices: PriceList) -> list[Row]:
    """The tariffs of a price list as rows of `price`."""
    rows = []
    for retired, tariffs in ((0, prices.tariffs), (1, prices.retired)):
        for tariff in tariffs:
            columns = tariff_columns(tariff)
            columns.pop("vat_bp")
            code, name = columns.pop("tariff_code"), columns.pop("tariff_name")
            rows.append({"code": code, "name": name, **columns, "retired": retired})
    return rows


def price_list_from(row: Row, prices: Iterable[Row]) -> PriceList:
    """A price list from its columns and its rows of `price`."""
    vat_bp = row["vat_bp"]
    tariffs = [
        (
            price["retired"],
            tariff_from({**price, "tariff_code": price["code"], "tariff_name": price["name"], "vat_bp": vat_bp}),
        )
        for price in prices
    ]
    return PriceList(
        date.fromisoformat(row["valid_from"]),
        vat_bp,
        row["note"],
        tuple(tariff for retired, tariff in tariffs if not retired),
        tuple(tariff for retired, tariff in tariffs if retired),
    )


def mail_from(row: Row) -> OrderMail:
    """An order information from its columns."""
    return OrderMail(
        row["message_id"],
        row["order_number"],
        row["kind"],
        row["recipient"],
        Language(row["language"]),
        from_text(row["created_at"]),
        json.loads(row["content"]),
    )


def mail_content(
    order: TariffOrder,
    installation: Installation,
    extensions: int,
    devices: int,
    replaced: TariffOrder | None,
    told_at: datetime,
) -> Row:
    """What the order information is written from, as it was at the order's or the cancellation's instant.

    Instants are the desk's local ones, because its clock decides which day it is (R21).
    """
    return {
        "order_number": order.order_number,
        "customer_number": installation.customer_number,
        "customer_name": installation.name,
        "current": tariff_columns(order.previous),
        "target": tariff_columns(order.tariff),
        "extensions": extensions,
        "devices": devices,
        "placed_at": order.placed_at.astimezone(told_at.tzinfo).isoformat(),
        "told_at": told_at.isoformat(),
        "effective_on": order.effective_on.isoformat(),
        "cancellable_until": order.cancellable_until.isoformat(),
        "replaces": replaced.order_number if replaced else None,
        "replaced_tariff": replaced.tariff.name if replaced else "",
    }


def mail_text(content: Row) -> str:
    """The content of an order information as it is kept."""
    return sorted_json(content)
