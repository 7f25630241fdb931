"""Any sequence of acts keeps the rules: the store against a reference that knows nothing of its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from model.account import Coverage, Limits
from model.errors import LimitReached, OrderRefused
from model.installation import Additions, NewDevice, NewExtension, NewProFeatureUse, ProFeature
from model.price_lists import SHIPPED
from model.search import Filter, ListQuery
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Removal, Store
from tests.examples import CLERK, NOW, install, order

SIZES = {f"{edition}{size}": size for edition in "CP" for size in (10, 25, 50, 100, 250)}
TARIFFS = st.sampled_from(list(SIZES)[:3] + list(SIZES)[5:8])
FEW = st.integers(1, 18)


@dataclass
class Placed:
    """An order by the day it takes effect, its tariff and price; it counts until it is cancelled or superseded."""

    effective_on: date
    short: str
    net_cents: int
    counts: bool = True


@dataclass
class Reference:
    """One installation by the rules' wording alone; tariffs by short name, limits of both kinds are the size."""

    first: str
    extensions: int = 0
    devices: int = 0
    features: int = 0
    orders: list[Placed] = field(default_factory=list)

    def billed(self, day: date) -> str:
        begun = [
            (order.effective_on, order.short) for order in self.orders if order.counts and order.effective_on <= day
        ]
        return max(begun)[1] if begun else self.first

    def pending(self, day: date) -> str:
        return next((order.short for order in self.orders if order.counts and order.effective_on > day), "")

    def usable(self, day: date) -> int:
        return max(SIZES[self.billed(day)], SIZES.get(self.pending(day), 0))

    def may_add(self, day: date, extensions: int, devices: int) -> bool:
        room = SIZES.get(self.pending(day), SIZES[self.billed(day)])
        return not (extensions and self.extensions + extensions > room) and not (
            devices and self.devices + devices > room
        )

    def fits(self, short: str) -> bool:
        return max(self.extensions, self.devices) <= SIZES[short] and not (self.features and short[0] == "C")

    def end_pending(self, day: date) -> None:
        for entry in self.orders:
            entry.counts = entry.counts and entry.effective_on <= day


def first_of_next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def coverage(count: int, billed: int, usable: int) -> list[int]:
    """How many are included, covered, uncovered."""
    return [min(count, billed), max(0, min(count, usable) - billed), max(0, count - max(billed, usable))]


class AnyHistory(RuleBasedStateMachine):
    """One installation under random acts."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = SqliteEngine(MEMORY)
        self.store = Store(self.engine, CLERK)
        self.store.load_shipped_prices()
        self.now: datetime = NOW
        self.serial = 0

    @initialize(short=TARIFFS)
    def begin(self, short: str) -> None:
        self.id = install(self.store, short)
        self.reference = Reference(short)

    @property
    def day(self) -> date:
        return self.now.date()

    def happens(self, act: Callable[[], object], *, expected: bool) -> bool:
        """Whether the act was taken and not refused; it must be as expected."""
        try:
            act()
            taken = True
        except (LimitReached, OrderRefused):
            taken = False
        assert taken == expected
        return taken

    def new(self, extensions: int, devices: int) -> Additions:
        self.serial += extensions + devices
        return Additions(
            tuple(NewExtension(str(1000 + self.serial - n), "N") for n in range(extensions)),
            tuple(NewDevice("T") for _ in range(devices)),
        )

    @rule(extensions=FEW, devices=FEW, which=st.sampled_from("edb"))
    def add(self, extensions: int, devices: int, which: str) -> None:
        counts = (extensions * (which != "d"), devices * (which != "e"))
        adding = self.new(*counts)
        expected = self.reference.may_add(self.day, *counts)
        if self.happens(lambda: self.store.add_objects(self.id, adding, self.now), expected=expected):
            self.grow(*counts)

    @rule(extensions=FEW)
    def take_over(self, extensions: int) -> None:
        self.store.load_objects(self.id, self.new(extensions, 0), self.now)
        self.grow(extensions, 0)

    def grow(self, extensions: int, devices: int) -> None:
        self.reference.extensions += extensions
        self.reference.devices += devices

    @rule(count=FEW)
    def remove(self, count: int) -> None:
        account = self.store.account(self.id)
        removal = Removal(
            tuple(entry.id for entry in account.extensions[:count]),
            tuple(entry.id for entry in account.devices[:count]),
        )
        self.store.remove_objects(self.id, removal, self.now)
        self.reference.extensions -= len(removal.extensions)
        self.reference.devices -= len(removal.devices)

    @rule()
    def toggle_analytics(self) -> None:
        features = self.store.account(self.id).features
        if features:
            self.store.remove_objects(self.id, Removal(features=(features[0].id,)), self.now)
            self.reference.features = 0
            return
        adding = Additions(features=(NewProFeatureUse(ProFeature.ANALYTICS, "A"),))
        tariffs = self.reference.billed(self.day), self.reference.pending(self.day) or "P"
        expected = all(short[0] == "P" for short in tariffs)
        if self.happens(lambda: self.store.add_objects(self.id, adding, self.now), expected=expected):
            self.reference.features = 1

    @rule(short=TARIFFS)
    def order(self, short: str) -> None:
        taken = (self.reference.billed(self.day), self.reference.pending(self.day))
        expected = short not in taken and self.reference.fits(short)
        if self.happens(lambda: order(self.store, self.id, short, self.now), expected=expected):
            self.reference.end_pending(self.day)
            net_cents = self.store.account(self.id).orders[-1].tariff.net_cents
            self.reference.orders.append(Placed(first_of_next_month(self.day), short, net_cents))

    @precondition(lambda self: self.store.account(self.id).pending(self.day))
    @rule()
    def cancel(self) -> None:
        pending = self.store.account(self.id).pending(self.day)
        assert pending
        expected = self.reference.fits(self.reference.billed(self.day))
        number = pending.order_number
        if self.happens(lambda: self.store.cancel_order(self.id, number, "Irrtum", self.now), expected=expected):
            self.reference.end_pending(self.day)

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.store.confirm_clock(self.now)

    @precondition(lambda self: self.day != date(2026, 12, 31))
    @rule()
    def change_prices(self) -> None:
        """A list with other prices that begins tomorrow; the same one again changes nothing."""
        tomorrow = self.day + timedelta(days=1)
        text = f"[[price_list]]{SHIPPED.read_text(encoding='utf-8').rpartition('[[price_list]]')[2]}"
        text = text.replace("2027-01-01", tomorrow.isoformat()).replace("net = ", f"net = {1 + self.day.day % 3}")
        known = tomorrow in {entry.valid_from for entry in self.store.price_lists()}
        assert self.store.add_price_lists(text, self.now) == (not known)

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "id"):
            return
        account, reference = self.store.account(self.id), self.reference
        assert [entry.tariff.net_cents for entry in account.orders] == [entry.net_cents for entry in reference.orders]
        (counters,) = self.engine.query("SELECT extension_count AS e, device_count AS d FROM installation")
        assert (counters["e"], counters["d"]) == (reference.extensions, reference.devices)
        for day in (self.day, first_of_next_month(self.day)):
            billed, usable = SIZES[reference.billed(day)], reference.usable(day)
            assert account.billed(day).max_extensions == billed
            assert account.billed(day).edition.startswith(reference.billed(day)[0])
            assert account.usable(day) == Limits(usable, usable)
            assert sum(entry.ending is None and entry.effective_on > day for entry in account.orders) == bool(
                reference.pending(day)
            )
            beyond = 0
            for count, flags in (
                (reference.extensions, account.extension_flags(day)),
                (reference.devices, account.device_flags(day)),
            ):
                found = [flag.coverage for flag in flags.values()]
                assert [found.count(entry) for entry in Coverage] == coverage(count, billed, usable)
                beyond += max(0, count - usable)
            self.agrees(day, beyond)

    def agrees(self, day: date, beyond: int) -> None:
        """The list, its filters and its counts say the same."""
        pending = bool(self.reference.pending(day))
        (row,) = self.store.find_installations(ListQuery(day))
        assert (row.uncovered, row.pending) == (beyond, pending)
        assert self.store.count_installations(ListQuery(day, filter=Filter.OVER)) == bool(beyond)
        assert self.store.count_installations(ListQuery(day, filter=Filter.PENDING)) == pending
        counts = self.store.counts(day)
        assert (counts.all, counts.over, counts.pending) == (1, bool(beyond), pending)

    def teardown(self) -> None:
        assert self.store.verify().findings == ()
        self.store.close()


def test_any_history(request: pytest.FixtureRequest) -> None:
    """As many histories as `--histories` says; the same ones each time."""
    histories = int(request.config.getoption("--histories"))
    run_state_machine_as_test(
        AnyHistory, settings=settings(max_examples=histories, stateful_step_count=40, deadline=None)
    )
