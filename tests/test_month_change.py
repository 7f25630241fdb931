"""R21: an order takes effect on the first day of the month after its local date."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from model.clock import to_text
from model.orders import next_month_change
from model.refusals import OrderRefused, Refusal
from model.store import Store
from tests.examples import install, local, order, quote

ZONES = ("Europe/Berlin", "UTC", "America/New_York", "Pacific/Auckland")
FIRST_DAY, DAYS, YEARS = date(1999, 1, 1), 73_414, 201
SOME_DAYS = timedelta(days=4)


@pytest.mark.parametrize(
    ("placed", "effective"),
    [
        ("2026-11-22 10:00", "2026-12-01"),
        ("2026-11-30 23:59:59", "2026-12-01"),
        ("2026-12-01 00:00:00", "2027-01-01"),
        ("2026-12-31 23:59:59.999999", "2027-01-01"),
        ("2027-01-01 00:00:00", "2027-02-01"),
        ("2027-01-31 12:00", "2027-02-01"),
        ("2027-02-28 12:00", "2027-03-01"),
        ("2028-02-28 12:00", "2028-03-01"),
        ("2028-02-29 12:00", "2028-03-01"),
    ],
)
def test_r21_the_first_of_the_next_month(placed: str, effective: str) -> None:
    assert next_month_change(local(placed)) == date.fromisoformat(effective)


def test_r21_the_local_date_decides() -> None:
    instant = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert next_month_change(instant.astimezone(ZoneInfo("Europe/Berlin"))) == date(2026, 8, 1)
    assert next_month_change(instant) == date(2026, 7, 1)


@pytest.mark.parametrize("fold", [0, 1])
def test_r21_both_times_of_the_repeated_hour(fold: int) -> None:
    assert next_month_change(local("2027-10-31 02:30", fold=fold)) == date(2027, 11, 1)


def test_r21_every_day_of_two_hundred_years() -> None:
    days = [FIRST_DAY + timedelta(days=n) for n in range(DAYS)]
    assert days[-1] == date(2199, 12, 31)
    following = date(2200, 1, 1)
    for day in reversed(days):
        change = next_month_change(day)
        assert type(change) is date
        assert change == following
        if day.day == 1:
            following = day


@pytest.mark.parametrize("zone", ZONES)
def test_r21_every_midnight_in_a_zone(zone: str) -> None:
    """The last microsecond of a local day and the first of the next one, through UTC and back, also in DST nights."""
    here = ZoneInfo(zone)
    for n in range(DAYS):
        day = FIRST_DAY + timedelta(days=n)
        for clock in (time.min, time.max):
            shown = datetime.combine(day, clock, tzinfo=here)
            assert next_month_change(shown.astimezone(UTC).astimezone(here)) == next_month_change(day)


@pytest.mark.parametrize("zone", ZONES)
def test_r21_every_quarter_of_an_hour_of_a_day_on_which_the_clock_changes(zone: str) -> None:
    """Days of 23 and of 25 hours, with the hour that is missing and the one that comes twice."""
    here, lengths = ZoneInfo(zone), Counter[timedelta]()
    for n in range(DAYS):
        day = FIRST_DAY + timedelta(days=n)
        begin, end = (
            datetime.combine(day + timedelta(days=more), time.min, tzinfo=here).astimezone(UTC) for more in (0, 1)
        )
        lengths[end - begin] += 1
        if end - begin != timedelta(days=1):
            instants = (begin + timedelta(minutes=15 * quarter) for quarter in range(4 * 25))
            shown = [instant.astimezone(here) for instant in instants if instant < end]
            assert {entry.date() for entry in shown} == {day}
            assert {next_month_change(entry) for entry in shown} == {(day.replace(day=28) + SOME_DAYS).replace(day=1)}
    changes = 0 if zone == "UTC" else YEARS
    assert lengths == Counter(
        {timedelta(hours=23): changes, timedelta(hours=24): DAYS - 2 * changes, timedelta(hours=25): changes}
    )


def test_r6_a_clock_set_back_over_a_month_change_pauses_ordering(store: Store) -> None:
    """Two orders pending can't be of one day: one of them was placed on a later day than today."""
    before, after = local("2026-11-30 23:59"), local("2026-12-01 00:02")
    installation = install(store)
    first = order(store, installation, "C25", before)
    assert order(store, installation, "C50", before).effective_on == first.effective_on
    placed = order(store, installation, "C100", after)
    assert quote(store, installation, "C25", before).refusal is Refusal.DAY_BEFORE
    with pytest.raises(OrderRefused, match="DAY_BEFORE"):
        order(store, installation, "C25", before)
    with pytest.raises(OrderRefused, match="DAY_BEFORE"):
        store.cancel_order(installation, placed.order_number, "Irrtum", before)
    store.cancel_order(installation, placed.order_number, "Irrtum", after)
    assert order(store, installation, "C25", before).effective_on == date(2026, 12, 1)
    assert store.verify().findings == ()


def test_r34_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026"):
        to_text(datetime(2026, 11, 22))  # noqa: DTZ001 - that is what is refused
