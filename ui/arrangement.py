"""How widgets are arranged: fonts in proportion, sizes in characters, windows within the screen, the order of Tab."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from PySide6 import QtCore
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

MOST_OF_SCREEN = 0.94


def scaled_font(font: QFont, scale: float, *, bold: bool = False) -> QFont:
    """The font, larger or smaller, perhaps bold."""
    changed = QFont(font)
    changed.setPointSizeF(font.pointSizeF() * scale)
    changed.setBold(bold or font.bold())
    return changed


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
