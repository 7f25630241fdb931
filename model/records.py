"""Rows of the database as values of the domain, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from model.clock import from_text, to_text
from model.engine import Row
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
from model.orders import Ending, TariffOrder
from model.search import search_text, sort_text
from model.tariff import Edition, PriceList, Tariff

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


def extension_from(row: Row) -> Extension:
    """An extension from its columns."""
    kind, created = _extension_kind(row["kind"]), _instant(row["created_at"])
    return Extension(row["id"], row["number"], row["name"], kind, created)


def device_from(row: Row, extensions: Iterable[str]) -> Device:
    """A device from its columns and the numbers of the extensions it serves."""
    kind, created = _device_kind(row["kind"]), _instant(row["created_at"])
    return Device(row["id"], row["name"], kind, row["mac"], tuple(extensions), created)


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
        "previous": json.dumps(tariff_columns(order.previous), ensure_ascii=False),
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
) -> str:
    """What the order information is written from, as it was at the order's or the cancellation's instant: JSON.

    Instants are the desk's local ones, because its clock decides which day it is (R21).
    """
    content = {
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
    return json.dumps(content, ensure_ascii=False, sort_keys=True)
