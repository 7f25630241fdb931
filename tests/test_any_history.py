"""Any sequence of acts keeps the rules: the store against a reference that knows nothing of its code."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from model.account import Coverage, Limits
from model.errors import ClockSuspect
from model.installation import Additions, NewDevice, NewExtension, NewProFeatureUse, ProFeature
from model.list_query import Filter, ListQuery
from model.price_lists import SHIPPED
from model.refusals import LimitReached, OrderRefused, PriceListInvalid
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Removal, Store, new_quote_id
from model.tariff import PriceList, Tariff, price_list_on
from tests.crash_child import series
from tests.examples import CLERK, NOW, TODAY, install, tariff

HISTORIES_IN_ONE_TEST = 125
Prices = Mapping[str, int]

# ---------------------------------------------------------------------- the reference


@dataclass
class Placed:
    """An order by the day it takes effect, its tariff and price; it counts until it is cancelled or superseded."""

    effective_on: date
    short: str
    cents: int
    counts: bool = True


@dataclass
class Reference:
    """One installation by the rules' wording alone; C25 is Classic 25, and both limits are the size.

    Price lists are by the day they begin and say what is on sale for how many cents; objects are by their number and
    say when they were created.
    """

    first: str
    lists: dict[date, Prices]
    latest: datetime
    extensions: dict[int, datetime] = field(default_factory=dict)
    devices: dict[int, datetime] = field(default_factory=dict)
    features: int = 0
    orders: list[Placed] = field(default_factory=list)

    def billed(self, day: date) -> str:
        begun = [(order.effective_on, order.short) for order in self.orders if order.counts]
        return max([entry for entry in begun if entry[0] <= day], default=(day, self.first))[1]

    def pending(self, day: date) -> list[str]:
        """One, unless the clock went back over a month change; the last to take effect comes first."""
        ahead = [
            (order.effective_on, order.short) for order in self.orders if order.counts and order.effective_on > day
        ]
        return [short for _day, short in sorted(ahead, reverse=True)]

    def usable(self, day: date) -> int:
        return max(size(short) for short in (self.billed(day), *self.pending(day)[:1]))

    def coverage(self, objects: Mapping[int, datetime], day: date) -> dict[int, Coverage]:
        by_age = sorted(objects, key=lambda number: (objects[number], number))
        billed, usable = size(self.billed(day)), self.usable(day)
        sorts = [Coverage.INCLUDED] * billed + [Coverage.COVERED] * (usable - billed)
        return {number: (sorts[n] if n < usable else Coverage.UNCOVERED) for n, number in enumerate(by_age)}

    def may_add(self, day: date, extensions: int, devices: int, *, pending: bool = True) -> bool:
        room = size([*self.pending(day)[: int(pending)], self.billed(day)][0])
        counts = (extensions, len(self.extensions)), (devices, len(self.devices))
        return not any(new and old + new > room for new, old in counts)

    def fits(self, short: str, extensions: int = 0, devices: int = 0) -> bool:
        counts = len(self.extensions) + extensions, len(self.devices) + devices
        return max(counts) <= size(short) and not (self.features and short[0] == "C")

    def prices(self, day: date) -> Prices:
        return self.lists[max((begin for begin in self.lists if begin <= day), default=min(self.lists))]

    def offer(self, day: date, extensions: int, devices: int) -> str | None:
        edition = [*self.pending(day), self.billed(day)][0][0]
        most = max(len(self.extensions) + extensions, len(self.devices) + devices)
        fitting = [(cents, size(short), short) for short, cents in self.prices(day).items() if short[0] == edition]
        return min([entry for entry in fitting if entry[1] >= most], default=(0, 0, None))[2]

    def may_order(self, short: str, now: datetime, extensions: int, devices: int) -> bool:
        taken, on_sale = [self.billed(now.date()), *self.pending(now.date())], self.prices(now.date())
        return (
            self.believes(now)
            and len(taken) < 3
            and short not in taken
            and short in on_sale
            and self.fits(short, extensions, devices)
        )

    def may_cancel(self, now: datetime, extensions: int, devices: int) -> bool:
        day = now.date()
        one, room = len(self.pending(day)) == 1, self.may_add(day, extensions, devices, pending=False)
        return self.believes(now) and one and self.fits(self.billed(day)) and room

    def end_pending(self, day: date) -> None:
        for entry in self.orders:
            entry.counts = entry.counts and entry.effective_on <= day

    def believes(self, now: datetime) -> bool:
        return timedelta(minutes=-5) <= now.astimezone(UTC) - self.latest <= timedelta(days=45)

    def wrote(self, now: datetime) -> None:
        if self.believes(now):
            self.latest = max(self.latest, now.astimezone(UTC))


def size(short: str) -> int:
    return int(short[1:])


def first_of_next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def shipped() -> dict[date, Prices]:
    """The lists that come with the program, read without it."""
    return {
        entry["valid_from"]: {
            f"{item['edition'][0]}{item['extensions']}": round(item["net"] * 100)
            for item in entry["tariff"]
            if not item.get("retired")
        }
        for entry in tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["price_list"]
    }


# ---------------------------------------------------------------------- the histories

TARIFFS = ("C10", "C25", "C50", "P10", "P25", "P50")
TARIFF = st.sampled_from(TARIFFS)
FEW = st.integers(0, 18)
CENTS = st.sampled_from((900, 990, 1450, 1990))
JUMPS = [timedelta(days=n) for n in (-2, 45, 46)] + [timedelta(minutes=n) for n in (-6, -5)]
MONTH_CHANGE = [timedelta(microseconds=-1), timedelta(), timedelta(minutes=4)]
SHIPPED_LISTS = shipped()


def price_file(begin: date, prices: Prices) -> str:
    """What isn't on sale is retired."""
    rows = [
        f'{{ edition = "{"Pro" if short[0] == "P" else "Classic"}", retired = {str(short not in prices).lower()},'
        f" extensions = {size(short)}, devices = {size(short)}, net = {prices.get(short, 9999) / 100:.2f} }},"
        for short in TARIFFS
    ]
    return f"[[price_list]]\nvalid_from = {begin}\nvat_rate = 19.00\ntariff = [{''.join(rows)}]"


def short_of(found: Tariff | None) -> str | None:
    return f"{found.edition[0]}{found.max_extensions}" if found else None


class Template:
    """A database of which each history gets a copy: to make one anew takes longer than a history."""

    def __init__(self) -> None:
        self.original, self.copy = SqliteEngine(MEMORY), SqliteEngine(MEMORY)
        Store(self.original, CLERK).load_shipped_prices()

    def fresh(self) -> Store:
        self.original._connection().raw.backup(self.copy._connection().raw)
        return Store(self.copy, CLERK)

    def close(self) -> None:
        self.original.close()
        self.copy.close()


class AnyHistory(RuleBasedStateMachine):
    """One installation under random acts."""

    template: Template

    def __init__(self) -> None:
        super().__init__()
        self.store = self.template.fresh()
        self.now: datetime = NOW
        self.serial = 1000
        self.lists: tuple[PriceList, ...] = self.store.price_lists()

    @initialize(short=TARIFF, extensions=FEW, devices=FEW)
    def begin(self, short: str, extensions: int, devices: int) -> None:
        self.id = install(self.store, short)
        self.reference = Reference(short, dict(SHIPPED_LISTS), NOW.astimezone(UTC))
        self.take_over(extensions, devices)
        self.account = self.store.account(self.id)

    @property
    def day(self) -> date:
        return self.now.date()

    def happens(self, act: Callable[[], object], *, expected: bool) -> bool:
        """Whether the act was taken and not refused; it must be as expected."""
        try:
            act()
            taken = True
        except (ClockSuspect, LimitReached, OrderRefused, PriceListInvalid):
            taken = False
        assert taken == expected
        return taken

    def new(self, extensions: int, devices: int) -> Additions:
        numbers = range(self.serial, self.serial + extensions + devices)
        self.serial += len(numbers)
        return Additions(
            tuple(NewExtension(str(number), "N") for number in numbers[:extensions]),
            tuple(NewDevice(str(number)) for number in numbers[extensions:]),
        )

    def grown(self, adding: Additions) -> None:
        created = self.now.astimezone(UTC)
        self.reference.extensions |= {int(entry.number): created for entry in adding.extensions}
        self.reference.devices |= {int(entry.name): created for entry in adding.devices}

    @rule(extensions=FEW, devices=FEW)
    def add(self, extensions: int, devices: int) -> None:
        adding = self.new(extensions, devices)
        expected = self.reference.may_add(self.day, extensions, devices)
        if self.happens(lambda: self.store.add_objects(self.id, adding, self.now), expected=expected):
            self.grown(adding)
            if adding:
                self.reference.wrote(self.now)

    @rule(extensions=FEW, devices=FEW)
    def take_over(self, extensions: int, devices: int) -> None:
        adding = self.new(extensions, devices)
        self.store.load_objects(self.id, adding, self.now)
        self.grown(adding)
        if adding:
            self.reference.wrote(self.now)

    @rule(extensions=FEW, devices=FEW)
    def remove(self, extensions: int, devices: int) -> None:
        """The newest or oldest ones, whichever the database names first."""
        gone, off = self.account.extensions[:extensions], self.account.devices[:devices]
        removal = Removal(tuple(entry.id for entry in gone), tuple(entry.id for entry in off))
        self.store.remove_objects(self.id, removal, self.now)
        for extension in gone:
            del self.reference.extensions[int(extension.number)]
        for device in off:
            del self.reference.devices[int(device.name)]
        if gone or off:
            self.reference.wrote(self.now)

    @rule()
    def toggle_analytics(self) -> None:
        if features := self.account.features:
            self.store.remove_objects(self.id, Removal(features=(features[0].id,)), self.now)
            self.reference.features = 0
            self.reference.wrote(self.now)
            return
        adding = Additions(features=(NewProFeatureUse(ProFeature.ANALYTICS, "A"),))
        tariffs = self.reference.billed(self.day), *self.reference.pending(self.day)[:1]
        expected = all(short[0] == "P" for short in tariffs)
        if self.happens(lambda: self.store.add_objects(self.id, adding, self.now), expected=expected):
            self.reference.features = 1
            self.reference.wrote(self.now)

    @rule(short=TARIFF, extensions=st.just(0) | FEW, devices=st.just(0) | FEW)
    def order(self, short: str, extensions: int, devices: int) -> None:
        adding, day = self.new(extensions, devices), self.day
        prices = price_list_on(day, self.lists)
        quote = self.account.quote(tariff(short), prices, self.now, new_quote_id(), adding)
        expected = self.reference.may_order(short, self.now, extensions, devices)
        if self.happens(lambda: self.store.place_order(quote, self.now, adding), expected=expected):
            self.reference.end_pending(day)
            self.reference.orders.append(Placed(first_of_next_month(day), short, self.reference.prices(day)[short]))
            self.grown(adding)
            self.reference.wrote(self.now)

    @rule(extensions=st.just(0) | FEW, devices=st.just(0) | FEW)
    def cancel(self, extensions: int, devices: int) -> None:
        pending = self.account.pending(self.day)
        if not pending:
            return
        number, adding = pending.order_number, self.new(extensions, devices)
        expected = self.reference.may_cancel(self.now, extensions, devices)
        act = partial(self.store.cancel_order, self.id, number, "Irrtum", self.now, adding)
        if self.happens(act, expected=expected):
            self.reference.end_pending(self.day)
            self.grown(adding)
            self.reference.wrote(self.now)

    @rule(days=st.sampled_from((1, 3, 9, 31)), believed=st.booleans())
    def wait(self, days: int, believed: bool) -> None:
        """Days pass, and on each everything is as it has to be; the clerk may have confirmed the clock at the end."""
        for _day in range(days):
            self.now += timedelta(days=1)
            self.compare(self.day)
        if believed:
            self.confirm()

    @rule(past=st.sampled_from(MONTH_CHANGE))
    def wait_for_a_month_change(self, past: timedelta) -> None:
        first = first_of_next_month(self.day)
        self.now = datetime(first.year, first.month, 1, tzinfo=self.now.tzinfo) + past

    @rule(shorts=st.permutations(TARIFFS))
    def order_around_a_month_change(self, shorts: list[str]) -> None:
        """Before it, after it, and when the clock was set back by some minutes."""
        self.wait_for_a_month_change(MONTH_CHANGE[0])
        self.confirm()
        last = self.now
        for now, short in zip((last, last + timedelta(minutes=4), last), shorts, strict=False):
            self.now = now
            self.order(short, 0, 0)
            self.holds()

    @rule(jump=st.sampled_from(JUMPS))
    def jump(self, jump: timedelta) -> None:
        """The clock is set, rightly or wrongly."""
        self.now += jump

    @rule()
    def confirm(self) -> None:
        self.store.confirm_clock(self.now)
        self.reference.latest = max(self.reference.latest, self.now.astimezone(UTC))

    @rule(ahead=st.integers(-1, 40), prices=st.dictionaries(TARIFF, CENTS, min_size=1))
    def change_prices(self, ahead: int, prices: Prices) -> None:
        """A list that begins some day; one that is known must be the same, one that is new may not be in force."""
        begin, lists = self.day + timedelta(days=ahead), self.reference.lists
        expected = lists[begin] == prices if begin in lists else ahead > 0
        if self.happens(lambda: self.store.add_price_lists(price_file(begin, prices), self.now), expected=expected):
            self.lists = self.store.price_lists()
            if begin not in lists:
                lists[begin] = prices
                self.reference.wrote(self.now)

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "reference"):
            return
        self.account = self.store.account(self.id)
        placed = [(entry.effective_on, entry.tariff.net_cents) for entry in self.account.orders]
        assert placed == [(entry.effective_on, entry.cents) for entry in self.reference.orders]
        for day in (self.day, first_of_next_month(self.day)):
            self.compare(day)
        self.agrees(self.day)

    def compare(self, day: date) -> None:
        """What is billed, usable, covered, offered, and what it costs."""
        account, reference, prices = self.account, self.reference, price_list_on(day, self.lists)
        pending = account.pending(day)
        assert short_of(account.billed(day)) == reference.billed(day)
        assert (short_of(pending.tariff) if pending else None) == next(iter(reference.pending(day)), None)
        assert account.usable(day) == Limits(reference.usable(day), reference.usable(day))
        numbers = {entry.id: int(entry.number) for entry in account.extensions}
        flags = {numbers[key]: flag.coverage for key, flag in account.extension_flags(day).items()}
        assert flags == reference.coverage(reference.extensions, day)
        names = {entry.id: int(entry.name) for entry in account.devices}
        flags = {names[key]: flag.coverage for key, flag in account.device_flags(day).items()}
        assert flags == reference.coverage(reference.devices, day)
        assert {short_of(entry): entry.net_cents for entry in prices.tariffs} == reference.prices(day)
        more = day.day % 10
        offer = account.offer(prices, day, Additions(devices=(NewDevice("T"),) * more))
        assert short_of(offer) == reference.offer(day, 0, more)

    def agrees(self, day: date) -> None:
        """The list, its filters and its counts say the same."""
        reference, pending = self.reference, bool(self.reference.pending(day))
        counts = len(reference.extensions), len(reference.devices)
        beyond = sum(max(0, count - reference.usable(day)) for count in counts)
        (row,) = self.store.find_installations(ListQuery(day))
        assert (row.uncovered, row.pending) == (beyond, pending)
        assert self.store.count_installations(ListQuery(day, filter=Filter.OVER)) == bool(beyond)
        assert self.store.count_installations(ListQuery(day, filter=Filter.PENDING)) == pending
        found = self.store.counts(day)
        assert (found.all, found.over, found.pending) == (1, bool(beyond), pending)

    def teardown(self) -> None:
        """The history is whole, and what is billed on each day since the beginning is still the same."""
        days = range((max(self.day, TODAY) - TODAY).days + 40)
        for day in (TODAY + timedelta(days=n) for n in days):
            assert short_of(self.account.billed(day)) == self.reference.billed(day)
        assert self.store.verify().findings == ()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The histories in parts, which run side by side."""
    if "histories" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("histories")
        metafunc.parametrize("histories", series(wanted, HISTORIES_IN_ONE_TEST), ids=str)


def test_any_history(histories: range) -> None:
    """As many histories as `--histories` says; the same ones each time, others in each part."""
    with closing(Template()) as template:
        machine = seed(histories.start)(type("AnyHistory", (AnyHistory,), {"template": template}))
        run_state_machine_as_test(
            machine, settings=settings(max_examples=len(histories), stateful_step_count=15, deadline=None)
        )
