"""A list of a million lines: keys, mouse and scrolling go where they should, and nothing visits every line."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QListView
from pytestqt.qtbot import QtBot

from ui.long_list import Line, LongListView

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
MILLION = 1_000_000
LINE = 40
Key = Qt.Key
Hint = QAbstractItemView.ScrollHint


class Lines(QAbstractListModel):
    """So many lines; counts how many were asked for."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count, self.asked = count, set[int]()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else self.count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        self.asked.add(index.row())
        return str(index.row()) if role == Qt.ItemDataRole.DisplayRole else None


class View(LongListView):
    def line_height(self) -> int:
        return LINE

    def paint_line(self, painter: QPainter, line: Line) -> None:
        painter.drawText(line.area, self.model().index(line.place, 0).data())


@pytest.fixture
def view(qtbot: QtBot) -> LongListView:
    """A million lines of which ten are seen."""
    made = View()
    qtbot.addWidget(made)
    made.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setModel(Lines(MILLION))
    made.show()
    made.resize(300, 10 * LINE + made.height() - made.viewport().height())
    with qtbot.waitActive(made):
        made.activateWindow()
    made.setFocus()
    made.grab()
    return made


def selected(view: LongListView) -> list[int]:
    return [index.row() for index in view.selectedIndexes()]


def test_keys_go_through_the_whole_list(view: LongListView) -> None:
    view.setCurrentIndex(view.model().index(5, 0))
    steps = (
        (Key.Key_Down, 6), (Key.Key_Up, 5), (Key.Key_PageDown, 14), (Key.Key_PageUp, 5), (Key.Key_PageUp, 0),
        (Key.Key_Up, 0), (Key.Key_End, MILLION - 1), (Key.Key_Down, MILLION - 1), (Key.Key_PageUp, MILLION - 10),
        (Key.Key_Home, 0),
    )  # fmt: skip
    for key, place in steps:
        QTest.keyClick(view, key)
        assert selected(view) == [place], key
        assert view.viewport().rect().contains(view.visualRect(view.currentIndex())), key


def test_only_what_is_seen_is_asked_for(view: LongListView) -> None:
    lines = view.model()
    assert isinstance(lines, Lines)
    lines.asked.clear()
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    lines.dataChanged.emit(lines.index(0), lines.index(MILLION - 1))
    QTest.keyClick(view, Key.Key_End)
    view.grab()
    assert 0 < len(lines.asked) < 50
    assert max(lines.asked) == MILLION - 1


def test_a_click_chooses_the_line_under_it(view: LongListView) -> None:
    view.verticalScrollBar().setValue(700 * LINE + 10)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 3 * LINE))
    assert selected(view) == [703]
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, LINE))
    QTest.mouseMove(view.viewport(), QPoint(20, 4 * LINE))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 4 * LINE))
    assert len(selected(view)) == 1


def test_a_place_and_its_line_belong_together(view: LongListView) -> None:
    view.verticalScrollBar().setValue(123_456 * LINE + 7)
    for y in range(0, 10 * LINE, 13):
        index = view.indexAt(QPoint(5, y))
        assert view.visualRect(index).contains(QPoint(5, y))
    assert not view.indexAt(QPoint(5, -1)).isValid()
    assert view.visualRect(NO_INDEX) == QRect()
    chosen = QItemSelection(view.model().index(123_460, 0), view.model().index(123_460, 0))
    assert view.visualRegionForSelection(chosen).boundingRect() == view.visualRect(view.model().index(123_460, 0))


@pytest.mark.parametrize(
    ("hint", "top"),
    [(Hint.PositionAtTop, 0), (Hint.PositionAtCenter, 4.5), (Hint.PositionAtBottom, 9), (Hint.EnsureVisible, 9)],
)
def test_a_line_is_scrolled_to_where_it_is_wanted(view: LongListView, hint: Hint, top: float) -> None:
    view.scrollTo(view.model().index(5000, 0), hint)
    assert view.visualRect(view.model().index(5000, 0)).top() == top * LINE
    view.scrollTo(view.model().index(20, 0))
    assert view.visualRect(view.model().index(20, 0)).top() == 0
    view.scrollTo(NO_INDEX)
    assert view.visualRect(view.model().index(20, 0)).top() == 0


def test_fewer_lines_end_the_scrolling(view: LongListView) -> None:
    lines = view.model()
    assert isinstance(lines, Lines)
    view.scrollToBottom()
    lines.beginResetModel()
    lines.count = 3
    lines.endResetModel()
    view.grab()
    assert view.verticalScrollBar().maximum() == 0
    assert not view.indexAt(QPoint(5, 9 * LINE)).isValid()
    lines.beginResetModel()
    lines.count = 0
    lines.endResetModel()
    QTest.keyClick(view, Key.Key_End)
    assert selected(view) == []
