"""R21: an order takes effect on the first day of the month after its local date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from model.clock import to_text
from model.orders import next_month_change
from tests.examples import local

ZONES = ("Europe/Berlin", "UTC", "America/New_York", "Pacific/Auckland")
FIRST_DAY, DAYS = date(1999, 1, 1), 73_414


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


def test_r34_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026"):
        to_text(datetime(2026, 11, 22))  # noqa: DTZ001 - that is what is refused
