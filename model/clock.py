"""The one clock, handed in (R34), and whether it is to be believed (R35)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

MOST_BEHIND = timedelta(minutes=5)
MOST_AHEAD = timedelta(days=45)
# Years before this program was written; a clock without a battery begins with 1970, 1980 or 2000.
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Anything that tells the local time."""

    def now(self) -> datetime:
        """The instant, aware, in the zone that decides which day it is."""
        ...  # pragma: no cover - a protocol has no body


class ClockState(StrEnum):
    """What the clock says, against the latest instant ever written; UNSET is wrong even before anything was."""

    RIGHT = "RIGHT"
    UNSET = "UNSET"
    BEHIND = "BEHIND"
    AHEAD = "AHEAD"


def judge_clock(now: datetime, latest: datetime | None) -> ClockState:
    """R35: more than five minutes behind, or more than 45 days ahead of the latest instant written, if there is one."""
    if now < EARLIEST:
        return ClockState.UNSET
    if latest is None:
        return ClockState.RIGHT
    if latest - now > MOST_BEHIND:
        return ClockState.BEHIND
    return ClockState.AHEAD if now - latest > MOST_AHEAD else ClockState.RIGHT


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
