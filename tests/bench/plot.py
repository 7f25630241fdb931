"""How cost grows with the number of installations: both axes logarithmic, as plain SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from statistics import median

from tests.bench.figures import Kind, Result, percentile

WIDTH, HEIGHT = 1000, 620
LEFT, TOP, RIGHT, BOTTOM = 70, 56, 330, 56
LINE_HEIGHT = 17
COLOURS = ("#1c5fd6", "#b3261e", "#1b7f3b", "#8a4fb3", "#a15c00", "#00707a", "#5a5f66", "#c2187a")
DASHES = ("", "7 3", "2 3")
STYLE = "text{font:13px sans-serif;fill:#1d2330}.grid{stroke:#d9dde3}.curve{fill:none;stroke-width:2}"


@dataclass(frozen=True, slots=True)
class Curve:
    """What one line costs, in ms, at each number of installations."""

    words: str
    points: tuple[tuple[int, float], ...]


def curves(results: Sequence[Result]) -> list[Curve]:
    """Every line in ms that was measured at two sizes or more: its p99 where the goal bounds that, else its median."""
    found: dict[str, list[Result]] = {}
    for result in results:
        if result.line.unit == "ms" and result.measured:
            found.setdefault(result.line.name, []).append(result)
    made = []
    for same in found.values():
        goal = same[0].line.goal
        is_p99 = goal is not None and goal.kind is Kind.P99
        points = sorted((entry.size, _cost(entry, is_p99=is_p99)) for entry in same)
        if len(points) > 1:
            made.append(Curve(f"{same[0].line.words}{' (p99)' if is_p99 else ''}", tuple(points)))
    return made


def svg(results: Sequence[Result]) -> str:
    """The picture; without two sizes it says so."""
    drawn = curves(results)
    if not drawn:
        return _document([_text(LEFT, TOP, "Measured at one number of installations only.")])
    points = [point for curve in drawn for point in curve.points]
    axes = _Axes(*_decades(size for size, _cost in points), *_decades(cost for _size, cost in points))
    parts = [_text(LEFT, 28, "Cost in ms by number of installations, both axes logarithmic"), *axes.grid()]
    places = _spread([axes.y(curve.points[-1][1]) for curve in drawn])
    for number, (curve, place) in enumerate(zip(drawn, places, strict=True)):
        parts += _curve(axes, curve, number, place)
    return _document(parts)


class _Axes:
    """From whole powers of ten to whole powers of ten."""

    def __init__(self, first_x: int, last_x: int, first_y: int, last_y: int) -> None:
        self._x, self._y = (first_x, last_x), (first_y, last_y)

    def x(self, size: float) -> float:
        share = (math.log10(size) - self._x[0]) / (self._x[1] - self._x[0])
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, cost: float) -> float:
        share = (math.log10(cost) - self._y[0]) / (self._y[1] - self._y[0])
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def grid(self) -> list[str]:
        """A line and a figure for each power of ten."""
        parts = []
        for power in range(self._x[0], self._x[1] + 1):
            at = self.x(10.0**power)
            parts.append(f'<line class="grid" x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{HEIGHT - BOTTOM}"/>')
            parts.append(_text(at, HEIGHT - BOTTOM + 22, f"{10**power:,}".replace(",", " "), "middle"))
        for power in range(self._y[0], self._y[1] + 1):
            at = self.y(10.0**power)
            parts.append(f'<line class="grid" x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}"/>')
            parts.append(_text(LEFT - 8, at + 4, f"{10.0**power:g}", "end"))
        return parts


def _curve(axes: _Axes, curve: Curve, number: int, label_y: float) -> list[str]:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number // len(COLOURS) % len(DASHES)]
    places = [(axes.x(size), axes.y(cost)) for size, cost in curve.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    end_x, end_y = places[-1]
    label_x = WIDTH - RIGHT + 22
    return [
        f'<polyline class="curve" stroke="{colour}" stroke-dasharray="{dash}" points="{path}"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places),
        f'<line stroke="{colour}" stroke-width="0.7" x1="{end_x:.1f}" y1="{end_y:.1f}" x2="{label_x - 4}" '
        f'y2="{label_y - 4:.1f}"/>',
        _text(label_x, label_y, curve.words),
    ]


def _spread(wanted: Sequence[float]) -> list[float]:
    """Labels beside the ends of their curves, but never over each other."""
    placed, lowest = [0.0] * len(wanted), float(TOP)
    for place in sorted(range(len(wanted)), key=lambda at: wanted[at]):
        lowest = placed[place] = max(wanted[place], lowest)
        lowest += LINE_HEIGHT
    beyond = max(0.0, lowest - LINE_HEIGHT - (HEIGHT - 8))
    return [at - beyond for at in placed]


def _cost(result: Result, *, is_p99: bool) -> float:
    return max(1e-3, percentile(result.measured, 99) if is_p99 else median(result.measured))


def _decades(values: Iterable[float]) -> tuple[int, int]:
    powers = [math.log10(value) for value in values]
    first, last = math.floor(min(powers)), math.ceil(max(powers))
    return first, max(last, first + 1)


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _document(parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    body = "\n".join(parts)
    return f'{head}\n<style>{STYLE}</style>\n<rect width="100%" height="100%" fill="#ffffff"/>\n{body}\n</svg>\n'
