"""A list view for any number of lines: all are of one height, so a place is computed and never laid out.

QListView itself visits every line whenever one changes: 2.4 s for a million, 0.2 s for a hundred thousand.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QCursor, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem

Index = QModelIndex | QPersistentModelIndex
Action = QAbstractItemView.CursorAction
Hint = QAbstractItemView.ScrollHint
NO_INDEX = QModelIndex()


class LongListView(QListView):
    """One column, scrolled by pixels; the delegate's `sizeHint` of the first line holds for all."""

    _line = 1

    def doItemsLayout(self) -> None:
        """Qt: nothing to lay out but how high a line is."""
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        self._line = max(1, self.itemDelegate().sizeHint(option, NO_INDEX).height())
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        """Qt: how far can be scrolled."""
        height, bar = self.viewport().height(), self.verticalScrollBar()
        bar.setSingleStep(self._line)
        bar.setPageStep(height)
        bar.setRange(0, max(0, self._count() * self._line - height))
        QAbstractItemView.updateGeometries(self)

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

    def moveCursor(self, action: Action, modifiers: Qt.KeyboardModifier) -> QModelIndex:  # noqa: ARG002
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
        painter, option = QPainter(self.viewport()), QStyleOptionViewItem()
        self.initViewItemOption(option)
        above, seen, state = self.verticalScrollBar().value(), event.rect(), option.state
        under = self.indexAt(self.viewport().mapFromGlobal(QCursor.pos())) if self.underMouse() else NO_INDEX
        last = min((seen.bottom() + above) // self._line, self._count() - 1)
        for row in range(max(0, (seen.top() + above) // self._line), last + 1):
            index = self._index(row)
            option.rect = self.visualRect(index)
            option.state = state | self._state(index, under)
            self.itemDelegate().paint(painter, option, index)
        painter.end()

    def _state(self, index: QModelIndex, under: QModelIndex) -> QStyle.StateFlag:
        """What is special about a line."""
        state = QStyle.StateFlag.State_None
        if self.selectionModel().isSelected(index):
            state |= QStyle.StateFlag.State_Selected
        if index == self.currentIndex() and self.hasFocus():
            state |= QStyle.StateFlag.State_HasFocus
        if index == under:
            state |= QStyle.StateFlag.State_MouseOver
        return state

    def _count(self) -> int:
        return self.model().rowCount() if self.model() is not None else 0

    def _index(self, row: int) -> QModelIndex:
        return self.model().index(row, 0) if 0 <= row < self._count() else NO_INDEX
