"""A list view for any number of lines: all are of one height, so a place is computed and never laid out.

QListView itself visits every line whenever one changes: 2.4 s for a million, 0.2 s for a hundred thousand. Lines are
painted without a delegate, whose options would load all that PySide knows of styles: 618 constants at every start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6 import QtCore
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent, QPalette, QRegion
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

Index = QModelIndex | QPersistentModelIndex
Action = QAbstractItemView.CursorAction
Hint = QAbstractItemView.ScrollHint
NO_INDEX = QModelIndex()


class Line(NamedTuple):
    """A line to be painted."""

    place: int
    area: QRect
    is_selected: bool
    has_focus: bool


class LongListView(QListView):
    """One column, scrolled by pixels; what derives from it says how high a line is and what is painted on it."""

    _line = 1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Of a widget that Qt made itself PySide looks for the class among all there are, and makes those first.
        viewport = QWidget()
        viewport.setBackgroundRole(QPalette.ColorRole.Base)
        viewport.setAutoFillBackground(True)
        self.setViewport(viewport)

    def line_height(self) -> int:
        """Of every line, in pixels."""
        return self.fontMetrics().lineSpacing()

    def paint_line(self, painter: QPainter, line: Line) -> None:
        """Paint a line on its background."""

    def doItemsLayout(self) -> None:
        """Qt: nothing to lay out but how high a line is."""
        self._line = max(1, self.line_height())
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        """Qt: how far can be scrolled."""
        height, bar = self.viewport().height(), self.verticalScrollBar()
        bar.setSingleStep(self._line)
        bar.setPageStep(height)
        bar.setRange(0, max(0, self._count() * self._line - height))
        QAbstractItemView.updateGeometries(self)

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        """Qt: lines came; what is above them stays as it is painted."""
        QAbstractItemView.rowsInserted(self, parent, start, end)
        self.updateGeometries()
        self._paint_again(start, end)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Qt: lines changed; what isn't seen of them isn't painted."""
        if QAccessible.isActive():
            super().dataChanged(first, last, roles)
        self._paint_again(first.row(), last.row())

    def visualRect(self, index: Index) -> QRect:
        """Qt: where a line is."""
        if not index.isValid():
            return QRect()
        top = index.row() * self._line - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self._line)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Qt: which line is at a point."""
        if not self.viewport().rect().contains(point):
            return NO_INDEX
        return self._index((point.y() + self.verticalScrollBar().value()) // self._line)

    def scrollTo(self, index: Index, hint: Hint = Hint.EnsureVisible) -> None:
        """Qt: bring a line into view."""
        if not index.isValid():
            return
        self.executeDelayedItemsLayout()
        bar, top, room = self.verticalScrollBar(), index.row() * self._line, self.viewport().height() - self._line
        if hint is Hint.PositionAtTop:
            bar.setValue(top)
        elif hint is Hint.PositionAtCenter:
            bar.setValue(top - room // 2)
        elif hint is Hint.PositionAtBottom or bar.value() < top - room:
            bar.setValue(top - room)
        elif bar.value() > top:
            bar.setValue(top)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Qt: what is seen moves."""
        self.viewport().scroll(dx, dy)

    def scroll_lines(self, lines: int) -> None:
        """Scroll down, or up if negative."""
        self.executeDelayedItemsLayout()
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + lines * self._line)

    def moveCursor(self, action: Action, modifiers: QtCore.Qt.KeyboardModifier) -> QModelIndex:  # noqa: ARG002
        """Qt: where a key goes."""
        last = self._count() - 1
        if last < 0:
            return NO_INDEX
        if not self.currentIndex().isValid():
            return self._index(0)
        page = max(1, self.viewport().height() // self._line - 1)
        steps = {
            Action.MoveUp: -1, Action.MovePrevious: -1, Action.MoveDown: 1, Action.MoveNext: 1,
            Action.MovePageUp: -page, Action.MovePageDown: page, Action.MoveHome: -last, Action.MoveEnd: last,
        }  # fmt: skip
        return self._index(min(max(0, self.currentIndex().row() + steps.get(action, 0)), last))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Qt: select the one line where a movement of the mouse ends."""
        index = self._index((rect.bottom() + self.verticalScrollBar().value()) // self._line)
        self.selectionModel().select(QItemSelection(index, index) if index.isValid() else QItemSelection(), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Qt: where selected lines are."""
        region = QRegion()
        for index in selection.indexes():
            region += self.visualRect(index)
        return region

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: draw the lines that are seen."""
        self.executeDelayedItemsLayout()
        painter, seen, above = QPainter(self.viewport()), event.rect(), self.verticalScrollBar().value()
        chosen = {index.row() for index in self.selectedIndexes()}
        current, width = self.currentIndex().row() if self.hasFocus() else -1, self.viewport().width()
        last = min((seen.bottom() + above) // self._line, self._count() - 1)
        for row in range(max(0, (seen.top() + above) // self._line), last + 1):
            line = Line(row, QRect(0, row * self._line - above, width, self._line), row in chosen, row == current)
            if line.is_selected:
                painter.fillRect(line.area, self.palette().brush(QPalette.ColorRole.Highlight))
            self.paint_line(painter, line)
        painter.end()

    def _paint_again(self, first: int, last: int) -> None:
        area = self.visualRect(self._index(first)).united(self.visualRect(self._index(last)))
        self.viewport().update(area.intersected(self.viewport().rect()))

    def _count(self) -> int:
        return self.model().rowCount() if self.model() is not None else 0

    def _index(self, row: int) -> QModelIndex:
        return self.model().index(row, 0) if 0 <= row < self._count() else NO_INDEX
