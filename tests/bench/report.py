"""The results as a table for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from tests.bench.figures import Goal, Kind, Result, percentile
from tests.bench.machine import Facts

TITLES = ("what", "customers", "floor", "its p99", "measured", "p99", "goal", "", "pace")
VERDICTS = {True: "met", False: "NOT MET", None: ""}


def table(results: Sequence[Result]) -> str:
    """Columns: what, installations, median and p99 of the floor and of the program, goal, verdict, pace; then notes."""
    rows = [TITLES, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(TITLES))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    notes = [
        f"{result.line.name} at {number(result.size)}: {result.note}"
        for result in results
        if result.note and result.measured
    ]
    return "\n".join([*lines, "", *notes]).rstrip() + "\n"


def as_json(results: Sequence[Result], machine: Facts) -> dict[str, Any]:
    """Everything, samples too."""
    return {"machine": machine, "results": [_object(result) for result in results]}


def _object(result: Result) -> dict[str, Any]:
    goal = result.line.goal
    return {
        "name": result.line.name,
        "what": result.line.words,
        "unit": result.line.unit,
        "installations": result.size,
        "floor": _figures(result.floor),
        "measured": _figures(result.measured),
        "ratio": result.ratio,
        "goal": None if goal is None else {"of": str(goal.kind), "bound": goal.at(result.size)},
        "met": result.met,
        "note": result.note,
        "pace": _figures(result.pace),
        "samples": [round(sample, 3) for sample in result.measured],
        "floor_samples": [round(sample, 3) for sample in result.floor],
    }


def _figures(samples: Sequence[float]) -> dict[str, float] | None:
    if not samples:
        return None
    return {
        "p50": round(median(samples), 3),
        "p99": round(percentile(samples, 99), 3),
        "most": round(max(samples), 3),
        "count": len(samples),
    }


def _row(result: Result) -> tuple[str, ...]:
    unit, goal = result.line.unit, result.line.goal
    if not result.measured:
        return result.line.words, number(result.size), "–", "", result.note or "–", "", _goal(goal, result), "", ""
    floor = f"{_figure(median(result.floor))} {unit}" if result.floor else "–"
    measured = f"{_figure(median(result.measured))} {unit}"
    if result.ratio is not None and goal is not None and goal.kind is Kind.RATIO:
        measured += f" ({result.ratio:.2f} ×)"
    p99s = _p99(result.floor), measured, _p99(result.measured)
    pace = f"{_figure(median(result.pace))} ms" if result.pace else ""
    return result.line.words, number(result.size), floor, *p99s, _goal(goal, result), VERDICTS[result.met], pace


def _p99(samples: Sequence[float]) -> str:
    return _figure(percentile(samples, 99)) if len(samples) > 1 else ""


def _goal(goal: Goal | None, result: Result) -> str:
    if goal is None:
        return ""
    bound = goal.at(result.size)
    if goal.kind is Kind.RATIO:
        return f"≤ {bound:.2f} ×"
    return f"{'p99 ' if goal.kind is Kind.P99 else ''}≤ {bound:g} {result.line.unit}"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Words to the left, figures to the right."""
    words = TITLES.index("what"), TITLES.index("")
    return [
        cell.ljust(width) if place in words else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def number(value: int) -> str:
    """With room between the thousands; nothing for 0."""
    return f"{value:,}".replace(",", " ") if value else ""
