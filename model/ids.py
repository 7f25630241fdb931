"""A long row of ids, kept as the text a database made of them: numbers would cost a second to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

DIGITS = 13
EARLY, LATE = 10 ** (DIGITS - 1), 2 * 10 ** (DIGITS - 1)


def code(identity: str, late: str = "") -> str:
    """SQL for what the text has of an id; where the condition `late` holds, it comes behind all others."""
    early = f"CASE WHEN {late} THEN {LATE} ELSE {EARLY} END" if late else str(EARLY)
    return f"{early} + {identity}"


class Run(NamedTuple):
    """Ids that follow one another in a text, from a place in it to another: all are early, or all late."""

    text: str
    start: int
    end: int
    is_late: bool

    def some(self, start: int, most: int) -> list[int]:
        """The ids from a place in the run on."""
        first, end = self.start + start, min(self.start + start + most, self.end)
        return [int(self.text[at + 1 : at + DIGITS]) for at in range(first * DIGITS, end * DIGITS, DIGITS)]

    def place(self, identity: int) -> int | None:
        """Where in the run an id stands, if it does."""
        wanted, end = str(EARLY + identity)[1:], self.end * DIGITS
        at = self.text.find(wanted, self.start * DIGITS, end)
        while at >= 0 and at % DIGITS != 1:
            at = self.text.find(wanted, at + 1, end)
        return at // DIGITS - self.start if at >= 0 else None


def runs(text: str) -> list[Run]:
    """The few runs of a text that has the `code` of each id, EARLY or LATE plus the id, all of the same length."""
    flags, found, start = text[::DIGITS], list[Run](), 0
    while start < len(flags):
        is_late = flags[start] == "2"
        other = flags.find("1" if is_late else "2", start)
        end = len(flags) if other < 0 else other
        found.append(Run(text, start, end, is_late))
        start = end
    return found


class Ids:
    """Ids in an order: that of their runs, the late ones behind the others.

    The texts stay as they are: of a million they are 13 MB, and to copy them would keep the window waiting.
    """

    def __init__(self, found: Iterable[Run]) -> None:
        self._runs = sorted(found, key=lambda run: run.is_late)
        self._count = sum(run.end - run.start for run in self._runs)

    @classmethod
    def of(cls, ids: Iterable[int]) -> Ids:
        """The ids as they come."""
        return cls(runs("".join(str(EARLY + identity) for identity in ids)))

    def __len__(self) -> int:
        return self._count

    def some(self, start: int, most: int) -> list[int]:
        """The ids from a place on."""
        found: list[int] = []
        for run in self._runs:
            found += run.some(start, most - len(found))
            start = max(0, start - (run.end - run.start))
        return found

    def place(self, identity: int) -> int | None:
        """Where an id stands, if it does."""
        before = 0
        for run in self._runs:
            place = run.place(identity)
            if place is not None:
                return before + place
            before += run.end - run.start
        return None
