"""A child: scrolls the list by page, by wheel and by jumps, beside the same list over a plain array.

python -m tests.bench.scrolling DATABASE MOST_PAGES [ADDRESS]

With an address the program shows the same customers from a server.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QAbstractSlider, QApplication, QListView, QWidget

from tests.bench.bare_query import BareQuery
from tests.bench.eye import Eye
from tests.bench.program import find, play

NO_INDEX = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
ROLES = range(Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 8)
TAKEN_FROM = 64
JUMPS = 300
RUN = 100
WHEEL_TURNS = 600
ONE_NOTCH = -120


class PlainModel(QAbstractListModel):
    """Every row in memory; what a row looks like is taken from the first rows of the program's list."""

    def __init__(self, names: list[str], like: QAbstractItemView) -> None:
        super().__init__()
        model = like.model()
        rows = range(min(TAKEN_FROM, model.rowCount()))
        self._names = names
        self._looks = [{role: model.index(row, 0).data(role) for role in ROLES} for row in rows]

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._names[index.row()]
        return self._looks[index.row() % len(self._looks)].get(role)


class Scroller:
    """A list and what is to be read in it; scrolls and waits until the rows that belong there are painted."""

    def __init__(self, view: QListView, eye: Eye, names: list[str]) -> None:
        self._view, self._eye, self._names = view, eye, names
        self.bar = view.verticalScrollBar()
        self.samples: dict[str, list[float]] = {"page": [], "wheel": [], "jump": []}

    def page(self, share: float | None) -> None:
        """One page on, first to a share of the whole list."""
        if share is not None:
            self.bar.setValue(round(self.bar.maximum() * share))
            self._eye.wait(self._shows_what_belongs_there)
        self._measure("page", lambda: self.bar.triggerAction(QAbstractSlider.SliderAction.SliderPageStepAdd))

    def wheel(self) -> None:
        """One notch of the wheel down."""
        middle = self._view.viewport().rect().center()
        event = QWheelEvent(
            QPointF(middle),
            QPointF(self._view.viewport().mapToGlobal(middle)),
            QPoint(),
            QPoint(0, ONE_NOTCH),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # noqa: FBT003 - has no name
        )
        self._measure("wheel", lambda: QApplication.sendEvent(self._view.viewport(), event))

    def jump(self, share: float) -> None:
        """To a place far away, as by dragging the bar."""
        self._measure("jump", lambda: self.bar.setValue(round(self.bar.maximum() * share)))

    def _measure(self, name: str, scroll: Callable[[], object]) -> None:
        before, started = self.bar.value(), self._eye.begin()
        scroll()
        if self.bar.value() == before:
            return
        seen = self._eye.wait(lambda: self._eye.painted > started and self._shows_what_belongs_there())
        self.samples[name].append((seen - started) * 1e3)

    def _shows_what_belongs_there(self) -> bool:
        area = self._view.viewport().rect().adjusted(4, 4, -4, -4)
        rows = {
            index.row() for index in map(self._view.indexAt, (area.topLeft(), area.bottomLeft())) if index.isValid()
        }
        model = self._view.model()
        return self._eye.painted >= self._eye.changed and all(
            model.index(row, 0).data() == self._names[row] for row in rows
        )


def scroll(database: str, most_pages: int, window: QWidget, eye: Eye) -> dict[str, dict[str, list[float]]]:
    """Each movement in turns with the floor."""
    view, names = find(window, QListView, "installationList"), BareQuery(database).names()
    plain = _plain_list(view, names)
    plain_eye = Eye(plain)
    plain_eye.wait(lambda: plain_eye.painted > 0, 5)
    pair = [Scroller(view, eye, names), Scroller(plain, plain_eye, names)]
    pages = min(most_pages, pair[0].bar.maximum() // max(1, pair[0].bar.pageStep()))
    jumps = Random("jumps")
    for place in range(pages):
        share = None if place % RUN else place / pages
        for scroller in pair if place % 2 else reversed(pair):
            scroller.page(share)
    for scroller in pair:
        scroller.bar.setValue(0)
    for place in range(WHEEL_TURNS):
        for scroller in pair if place % 2 else reversed(pair):
            scroller.wheel()
    for place in range(min(JUMPS, len(names))):
        share = jumps.random()
        for scroller in pair if place % 2 else reversed(pair):
            scroller.jump(share)
    return {"measured": pair[0].samples, "floor": pair[1].samples}


def _plain_list(like: QListView, names: list[str]) -> QListView:
    """A list that differs from the program's in its model alone."""
    plain = type(like)()
    model = PlainModel(names, like)
    model.setParent(plain)
    plain.setModel(model)
    plain.resize(like.size())
    plain.show()
    return plain


if __name__ == "__main__":
    play((sys.argv[3:] or sys.argv[1:])[0], partial(scroll, sys.argv[1], int(sys.argv[2])))
