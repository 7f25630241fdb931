"""Reads price lists from TOML; a faulty one is refused with its row named (R32)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeGuard

from model.refusals import PriceFault, PriceListInvalid
from model.tariff import CENT, Edition, PriceList, Tariff

LARGEST_FILE = 1_000_000
HIGHEST_VAT_BP = 10_000
HIGHEST_LIMIT = 1_000_000
HIGHEST_AMOUNT = 1_000_000
SHIPPED = Path(__file__).parents[1] / "resources" / "tariffs.toml"


def read_price_file(path: Path) -> str:
    """The text of a file with price lists; raises PriceListInvalid if it can't be read or is no such file (R32)."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise PriceListInvalid(path.name, PriceFault.MISSING) from error
    if len(data) > LARGEST_FILE:
        raise PriceListInvalid(path.name, PriceFault.UNREADABLE)
    return data.decode("utf-8", errors="replace")


def read_price_lists(text: str) -> tuple[PriceList, ...]:
    """Parse the TOML text of `resources/tariffs.toml`'s form.

    Raises PriceListInvalid for text that is no TOML, two lists from the same day, a tariff without a price,
    a limit below 1 or an unknown edition (R32).
    """
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PriceListInvalid(str(error), PriceFault.UNREADABLE) from error
    entries = data.get("price_list")
    if not _are_tables(entries) or not entries:
        raise PriceListInvalid("[[price_list]]", PriceFault.NO_TARIFFS)
    lists = tuple(_price_list(index, entry) for index, entry in enumerate(entries, start=1))
    for earlier, later in _neighbours(lists):
        if earlier.valid_from == later.valid_from:
            raise PriceListInvalid(f"price_list {later.valid_from}", PriceFault.OVERLAP)
    return lists


def new_price_lists(offered: Iterable[PriceList], known: Iterable[PriceList], today: date) -> tuple[PriceList, ...]:
    """Of the lists offered, those not yet known; refuses what would change a price already in force (R32).

    A list that is known must be the same to the cent; a new one must begin after today.
    """
    by_day = {entry.valid_from: entry for entry in known}
    fresh = []
    for entry in offered:
        same_day = by_day.get(entry.valid_from)
        row = f"price_list {entry.valid_from}"
        if same_day is None and entry.valid_from <= today:
            raise PriceListInvalid(row, PriceFault.IN_FORCE)
        if same_day is not None and _content(same_day) != _content(entry):
            raise PriceListInvalid(row, PriceFault.OVERLAP)
        if same_day is None:
            fresh.append(entry)
    return tuple(fresh)


def _content(entry: PriceList) -> tuple[int, str, frozenset[Tariff], frozenset[Tariff]]:
    return entry.vat_bp, entry.note, frozenset(entry.tariffs), frozenset(entry.retired)


def _neighbours(lists: tuple[PriceList, ...]) -> Iterable[tuple[PriceList, PriceList]]:
    ordered = sorted(lists, key=lambda entry: entry.valid_from)
    return pairwise(ordered)


def _price_list(index: int, entry: Mapping[str, Any]) -> PriceList:
    valid_from = entry.get("valid_from")
    if not isinstance(valid_from, date) or isinstance(valid_from, datetime):
        raise PriceListInvalid(f"price_list {index}", PriceFault.NO_DATE)
    row = f"price_list {valid_from}"
    vat_bp = _hundredths(entry.get("vat_rate"))
    if vat_bp is None or vat_bp > HIGHEST_VAT_BP:
        raise PriceListInvalid(row, PriceFault.NO_VAT)
    if not _are_tables(entry.get("tariff", [])):
        raise PriceListInvalid(row, PriceFault.NO_TARIFFS)
    tariffs = [
        (bool(item.get("retired")), _tariff(f"{row}, tariff {place}", item, valid_from, vat_bp))
        for place, item in enumerate(entry.get("tariff", ()), start=1)
    ]
    codes = [tariff.code for _, tariff in tariffs]
    for place, code in enumerate(codes, start=1):
        if code in codes[: place - 1]:
            raise PriceListInvalid(f"{row}, tariff {place}", PriceFault.TWICE)
    on_sale = tuple(tariff for retired, tariff in tariffs if not retired)
    if not on_sale:
        raise PriceListInvalid(row, PriceFault.NO_TARIFFS)
    return PriceList(
        valid_from, vat_bp, str(entry.get("note", "")), on_sale, tuple(tariff for retired, tariff in tariffs if retired)
    )


def _tariff(row: str, item: Mapping[str, Any], valid_from: date, vat_bp: int) -> Tariff:
    name = str(item.get("edition", ""))
    if name.upper() not in Edition.__members__:
        raise PriceListInvalid(row, PriceFault.EDITION)
    edition = Edition[name.upper()]
    extensions = _limit(row, item.get("extensions"))
    devices = _limit(row, item.get("devices"))
    net_cents = _hundredths(item.get("net"))
    if net_cents is None:
        raise PriceListInvalid(row, PriceFault.PRICE)
    size = str(extensions) if extensions == devices else f"{extensions}/{devices}"
    return Tariff(
        code=f"{edition.lower()}-{size}",
        name=f"{edition.capitalize()} {size}",
        edition=edition,
        max_extensions=extensions,
        max_devices=devices,
        net_cents=net_cents,
        vat_bp=vat_bp,
        price_list=valid_from,
    )


def _are_tables(value: object) -> TypeGuard[list[Mapping[str, Any]]]:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _limit(row: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= HIGHEST_LIMIT:
        raise PriceListInvalid(row, PriceFault.LIMIT)
    return value


def _hundredths(value: object) -> int | None:
    """Cents of an amount, basis points of a percentage; None for what is no amount of at most two places."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    if not number.is_finite() or not 0 <= number <= HIGHEST_AMOUNT or number % CENT:
        return None
    return int(number * 100)
