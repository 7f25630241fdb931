"""Tariffs, price lists and money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

CENT = Decimal("0.01")


class Edition(StrEnum):
    """The functional range, "Version" on the seed page."""

    CLASSIC = "CLASSIC"
    PRO = "PRO"


@dataclass(frozen=True, slots=True)
class Price:
    """An amount for one month in euros; gross is net plus VAT (R31)."""

    net: Decimal
    vat: Decimal
    gross: Decimal

    @classmethod
    def of(cls, net_cents: int, vat_bp: int) -> Price:
        """From whole cents and a VAT rate in basis points (1900 is 19 %); VAT is rounded half up, once."""
        net = Decimal(net_cents) * CENT
        vat = (net * Decimal(vat_bp) / 10_000).quantize(CENT, ROUND_HALF_UP)
        return cls(net, vat, net + vat)


@dataclass(frozen=True, slots=True)
class Tariff:
    """A tariff as it was or is sold: its limits and its price in one price list.

    `code` is its identity over all price lists; `net_cents` is for one month, `vat_bp` in basis points,
    `price_list` the day from which the list holds that gave the price (R23).
    """

    code: str
    name: str
    edition: Edition
    max_extensions: int
    max_devices: int
    net_cents: int
    vat_bp: int
    price_list: date

    @property
    def price(self) -> Price:
        """Net, VAT and gross for one month."""
        return Price.of(self.net_cents, self.vat_bp)

    def fits(self, extensions: int, devices: int) -> bool:
        """R3: equality fits."""
        return extensions <= self.max_extensions and devices <= self.max_devices


@dataclass(frozen=True, slots=True)
class PriceList:
    """What is on sale from a day on, until the next list begins (R32)."""

    valid_from: date
    vat_bp: int
    note: str
    tariffs: tuple[Tariff, ...]
    retired: tuple[Tariff, ...] = ()

    def on_sale(self, code: str) -> Tariff | None:
        """The tariff if it can be ordered from this list."""
        return next((tariff for tariff in self.tariffs if tariff.code == code), None)

    def editions(self, edition: Edition) -> tuple[Tariff, ...]:
        """The tariffs of one edition, smallest first (R14)."""
        return tuple(
            sorted((t for t in self.tariffs if t.edition is edition), key=lambda t: (t.max_extensions, t.max_devices))
        )

    def cheapest(self, edition: Edition, extensions: int, devices: int) -> Tariff | None:
        """R10: the cheapest of the edition that fits; at the same price the smaller; None if none fits."""
        fitting = [t for t in self.tariffs if t.edition is edition and t.fits(extensions, devices)]
        return min(fitting, key=lambda t: (t.net_cents, t.max_extensions, t.max_devices), default=None)


def price_list_on(day: date, lists: Iterable[PriceList]) -> PriceList:
    """The list in force on a day: the latest that has begun; before all of them, the first (R32)."""
    ordered = sorted(lists, key=lambda entry: entry.valid_from)
    begun = [entry for entry in ordered if entry.valid_from <= day]
    return begun[-1] if begun else ordered[0]
