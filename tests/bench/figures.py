"""What was measured, what it is judged by, and whether it is met."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

LARGE = 100_000


class Kind(StrEnum):
    """What of the samples a goal bounds."""

    RATIO = "ratio"
    P99 = "p99"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound; another one where there are more than 100,000 installations."""

    kind: Kind
    bound: float
    when_larger: float | None = None

    def at(self, size: int) -> float:
        """The bound for a number of installations."""
        return self.bound if size <= LARGE or self.when_larger is None else self.when_larger


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a short name, what it is in words, its unit and its goal, if it has one."""

    name: str
    words: str
    unit: str = "ms"
    goal: Goal | None = None


@dataclass(slots=True)
class Result:
    """The samples of a line at a number of installations, and those of the floor beside them.

    `pace` is how long a child needed meanwhile to import Qt, in ms; 100 where the goals were set.
    """

    line: Line
    size: int
    measured: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    note: str = ""
    pace: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """How many times the floor, median by median."""
        if not self.measured or not self.floor or median(self.floor) <= 0:
            return None
        return median(self.measured) / median(self.floor)

    @property
    def judged(self) -> float | None:
        """The figure that the goal bounds; None if it wasn't measured."""
        if self.line.goal is None or not self.measured:
            return None
        if self.line.goal.kind is Kind.RATIO:
            return self.ratio
        return percentile(self.measured, 99) if self.line.goal.kind is Kind.P99 else max(self.measured)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        judged = self.judged
        return None if self.line.goal is None or judged is None else judged <= self.line.goal.at(self.size)


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that so many percent of all are not above (nearest rank)."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
