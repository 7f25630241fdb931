"""Tariff orders and the tariff that holds on a day: pure functions of facts (R5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from model.tariff import Tariff

ORDER_PREFIX = "TW-"


class OrderState(StrEnum):
    """PENDING and EFFECTIVE follow from the day; the two others are facts."""

    PENDING = "PENDING"
    EFFECTIVE = "EFFECTIVE"
    CANCELLED = "CANCELLED"
    SUPERSEDED = "SUPERSEDED"


class Ending(StrEnum):
    """How an order stopped counting before it took effect."""

    CANCELLED = "CANCELLED"
    SUPERSEDED = "SUPERSEDED"


@dataclass(frozen=True, slots=True)
class TariffOrder:
    """An order as it was placed, with its snapshot of both tariffs (R23).

    `placed_at` is in UTC, `zone` the office's zone then, `effective_on` a first of a month (R21).
    """

    order_number: int
    quote_id: str
    tariff: Tariff
    previous: Tariff
    placed_at: datetime
    zone: str
    effective_on: date
    mail_to: str
    ending: Ending | None = None
    ended_at: datetime | None = None
    reason: str = ""
    superseded_by: int | None = None

    def state(self, day: date) -> OrderState:
        """What the order is on a day (R5, R6)."""
        if self.ending is not None:
            return OrderState(self.ending)
        return OrderState.PENDING if self.effective_on > day else OrderState.EFFECTIVE

    @property
    def cancellable_until(self) -> date:
        """The last day on which it can be cancelled (R29)."""
        return self.effective_on - timedelta(days=1)


def order_label(order_number: int) -> str:
    """The order number as people read and type it."""
    return f"{ORDER_PREFIX}{order_number:06d}"


def next_month_change(day: date) -> date:
    """R21: the first day of the month after the order's local date; a datetime counts with its own zone."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def tariff_on(day: date, first: Tariff, orders: Iterable[TariffOrder]) -> Tariff:
    """R5: the tariff billed on a day."""
    effective = [order for order in orders if order.state(day) is OrderState.EFFECTIVE]
    latest = max(effective, key=lambda order: (order.effective_on, order.order_number), default=None)
    return latest.tariff if latest else first


def pending_on(day: date, orders: Iterable[TariffOrder]) -> TariffOrder | None:
    """R6: the order that is yet to take effect; there is at most one."""
    pending = [order for order in orders if order.state(day) is OrderState.PENDING]
    return max(pending, key=lambda order: (order.effective_on, order.order_number), default=None)
