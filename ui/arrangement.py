"""How widgets are arranged: fonts in proportion, words in their room, windows within the screen, the order of Tab."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from PySide6 import QtCore
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF
from PySide6.QtWidgets import QWidget

MOST_OF_SCREEN = 0.94
# Beyond Latin letters the width depends on what stands beside them.
LAST_LATIN = "\N{LATIN SMALL LETTER LONG S}"
UNKNOWN = 1e9
# Two letters may stand a little further apart than each is wide.
APART = 1.02


def scaled_font(font: QFont, scale: float, *, bold: bool = False) -> QFont:
    """The font, larger or smaller, perhaps bold."""
    changed = QFont(font)
    changed.setPointSizeF(font.pointSizeF() * scale)
    changed.setBold(bold or font.bold())
    return changed


class Face:
    """A font and what is measured of it, to paint many lines with.

    Most texts fit, which their letters' widths tell in a tenth of a layout's time.
    """

    def __init__(self, font: QFont, metrics: QFontMetrics) -> None:
        self.font, self.metrics = font, metrics
        self.ascent, self.line_spacing = metrics.ascent(), metrics.lineSpacing()
        name = f"{font.key()},{metrics.height()}"
        if name not in _known:
            _known[name] = _Widths(metrics)
        self._width = _known[name].__getitem__

    def fits(self, text: str, room: float) -> bool:
        """Whether there certainly is room for the text, in pixels; if not, a layout has to tell."""
        return sum(map(self._width, text)) * APART <= room

    def elided(self, text: str, room: int) -> str:
        """The text, or its longest beginning that there is room for with an ellipsis."""
        measure = self.metrics.horizontalAdvance
        if self.fits(text, room) or measure(text) <= room:
            return text
        fitting = bisect_right(range(len(text)), room, key=lambda end: measure(f"{text[:end]}…"))
        return f"{text[: max(0, fitting - 1)].rstrip()}…"


class _Widths(dict[str, float]):
    """How wide each letter is, once it was asked for."""

    def __init__(self, metrics: QFontMetrics) -> None:
        super().__init__()
        self._metrics = QFontMetricsF(metrics)

    def __missing__(self, letter: str) -> float:
        if letter > LAST_LATIN:
            return UNKNOWN
        width = self[letter] = self._metrics.horizontalAdvance(letter)
        return width


_known: dict[str, _Widths] = {}


def resize_within_screen(window: QWidget, characters: int, lines: int) -> None:
    """A size in characters and lines of the font, but never larger than the screen."""
    metrics, screen = window.fontMetrics(), window.screen().availableSize()
    wanted = QSize(characters * metrics.averageCharWidth(), lines * metrics.lineSpacing())
    window.resize(wanted.boundedTo(screen * MOST_OF_SCREEN))


@contextmanager
def laid_out_once(page: QWidget, parts: Iterable[QWidget]) -> Iterator[None]:
    """What changes on a page meanwhile lays it out at the end, and its parts before.

    Each bar that comes would lay it out at once; the rest would come after a painting that is due already, which would
    be done again.
    """
    layouts = [layout for part in (*parts, page) if (layout := part.layout()) is not None]
    layouts[-1].setEnabled(False)
    try:
        yield
    finally:
        layouts[-1].setEnabled(True)
        for layout in layouts:
            layout.activate()


def widen(window: QWidget, characters: int) -> None:
    """At least so many characters wide if the screen is, and never narrower than what is in it.

    A minimum of its own would otherwise switch off the one that the layout gives a window.
    """
    layout = window.layout()
    needed = layout.minimumSize().width() if layout else 0
    wanted, most = (
        characters * window.fontMetrics().averageCharWidth(),
        window.screen().availableSize() * MOST_OF_SCREEN,
    )
    window.setMinimumWidth(max(needed, min(wanted, most.width())))


def tab_in_order(*widgets: QWidget) -> None:
    """Tab goes from each to the next."""
    for one, following in pairwise(widgets):
        QWidget.setTabOrder(one, following)


def tab_in_reading_order(window: QWidget) -> list[QWidget]:
    """Tab goes from top to bottom, in a line from left to right: to these."""
    line = max(1, window.fontMetrics().height())

    def place(part: QWidget) -> tuple[int, int]:
        center = part.mapTo(window, part.rect().topLeft())
        return center.y() // line, center.x()

    # A dialog over this one has an order of its own.
    parts = [part for part in window.findChildren(QWidget) if part.window() is window.window()]
    parts = [part for part in parts if part.focusPolicy() & QtCore.Qt.FocusPolicy.TabFocus]
    parts = sorted((part for part in parts if part.isVisibleTo(window)), key=place)
    tab_in_order(*parts)
    return parts
