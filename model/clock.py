"""The one clock, handed in (R34), whether it is to be believed (R35), and the zone that decides which day it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MOST_BEHIND = timedelta(minutes=5)
MOST_AHEAD = timedelta(days=45)
# From a server's clock.
MOST_APART = timedelta(minutes=1)
# Years before this program was written; a clock without a battery begins with 1970, 1980 or 2000.
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Anything that tells the local time."""

    def now(self) -> datetime:
        """The instant, aware, in the zone that decides which day it is."""
        ...  # pragma: no cover - a protocol has no body


class OfficeClock:
    """Another clock in the time zone of a database: the day is the same at every desk (R21)."""

    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        self._clock = clock
        self._zone = zone

    def now(self) -> datetime:
        """The instant as the office's wall clock shows it."""
        return self._clock.now().astimezone(self._zone)


class ClockState(StrEnum):
    """What the clock says, against the latest instant ever written; UNSET is wrong even before anything was.

    APART is against a server's clock, which is right.
    """

    RIGHT = "RIGHT"
    UNSET = "UNSET"
    BEHIND = "BEHIND"
    AHEAD = "AHEAD"
    APART = "APART"


class ClockCheck(NamedTuple):
    """Whether a clock is to be believed; `ahead` is how far it is before a server's if APART, negative for behind."""

    state: ClockState
    ahead: timedelta = timedelta()


def judge_clock(now: datetime, latest: datetime | None) -> ClockState:
    """R35: more than five minutes behind, or more than 45 days ahead of the latest instant written, if there is one."""
    if now < EARLIEST:
        return ClockState.UNSET
    if latest is None:
        return ClockState.RIGHT
    if latest - now > MOST_BEHIND:
        return ClockState.BEHIND
    return ClockState.AHEAD if now - latest > MOST_AHEAD else ClockState.RIGHT


def ahead_of(told: datetime, asked: datetime, answered: datetime) -> timedelta:
    """How far a clock is ahead of a server's, which told its time between two looks at the clock.

    Zero unless they are more than a minute apart even if the question or the answer took all of the time.
    """
    if asked - MOST_APART <= told <= answered + MOST_APART:
        return timedelta()
    return asked + (answered - asked) / 2 - told


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name; None if this computer knows none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def to_text(instant: datetime) -> str:
    """An aware instant as UTC text that sorts by time; raises ValueError for a naive one (R34)."""
    if instant.tzinfo is None:
        raise ValueError(instant)
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """The instant of a stored text, in UTC; raises ValueError for a text that is none."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant
