"""The table every page uses: sorting, copying, columns that stay as they were left, words when it is empty."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Generic

from PySide6.QtCore import (
    QAbstractEventDispatcher,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    QSettings,
    QSize,
    Qt,
    QTimerEvent,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QToolTip, QWidget

from ui import theme
from ui.arrangement import scaled_font
from ui.copying import copies_with_header, copy_lines
from ui.i18n import _
from ui.table_cells import CellPainter
from ui.table_model import Column, RowT, TableModel
from ui.words import tooltip

WIDEST_COLUMN = 4000


class Table(QTableView, Generic[RowT]):
    """A QTableView over a TableModel; `activated_row` when a row is opened, `pasted` with the clipboard's text."""

    activated_row = Signal(object)
    delete_pressed = Signal()
    pasted = Signal(str)

    def __init__(
        self, name: str, title: str, model: TableModel[RowT], empty: Callable[[], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setModel(model)
        self.rows = model
        self._empty = empty
        self.context_actions: list[QAction] = []
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        # Where two scroll bars meet, Fusion fills a light square, in the dark too.
        self.setCornerWidget(QWidget())
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        self._set_up_header()
        self.activated.connect(lambda index: self.activated_row.emit(self.rows.row(index)))

    def set_rows(self, rows: Sequence[RowT]) -> None:
        """Show other rows; selection, current row and scroll position stay where they can."""
        selected = {self.rows.key(row) for row in self.selected_rows()}
        current = self.rows.key(self.rows.row(self.currentIndex())) if self.currentIndex().isValid() else None
        scrolled = self.verticalScrollBar().value()
        self.rows.set_rows(rows)
        if not self.selectionModel().hasSelection() and selected:
            self._select_keys(selected, current)
        self.verticalScrollBar().setValue(scrolled)
        if self.isVisible():
            self._settle()
        self.viewport().update()

    def selected_rows(self) -> list[RowT]:
        """The rows selected, in the order shown."""
        return [self.rows.row(index) for index in sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)]

    def reveal(self, key: object) -> None:
        """Select the row with a key and scroll to it."""
        place = self.rows.place(key)
        if place is not None:
            index, rows = self.rows.index(place, 0), QItemSelectionModel.SelectionFlag.Rows
            # Not selectRow(): it obeys the modifier keys that are held at the moment.
            self.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect | rows)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(index)

    def copy(self, *, header: bool = False) -> None:
        """Copy the selected rows as tab-separated text, as shown."""
        columns = self.shown_columns()
        lines = [[column.text(row) for column in columns] for row in self.selected_rows()]
        copy_lines(lines, [column.title() for column in columns] if header else [])

    def shown_columns(self) -> list[Column[RowT]]:
        """The columns that aren't hidden, in the order they are shown."""
        places = [self.horizontalHeader().logicalIndex(place) for place in range(len(self.rows.columns))]
        return [self.rows.columns[place] for place in places if not self.isColumnHidden(place)]

    def show_column(self, name: str, *, shown: bool) -> None:
        """Show or hide a column that isn't always of use."""
        place = next(place for place, column in enumerate(self.rows.columns) if column.name == name)
        self.setColumnHidden(place, not shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, paste, delete, tick; the rest is Qt's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif copies_with_header(event):
            self.copy(header=True)
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Delete):
            self.delete_pressed.emit()
        elif event.key() == Qt.Key.Key_Space and (boxed := list(filter(self.rows.can_tick, self.selected_rows()))):
            self.rows.ticked.emit(boxed)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated_row.emit(self.rows.row(self.currentIndex()))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The page's actions on the rows, copying, and what was added to the table as a whole."""
        menu = QMenu(self)
        menu.addActions(self.context_actions)
        menu.addSeparator()
        menu.addAction(_("Copy"), self.copy)
        menu.addAction(_("Copy with headings"), lambda: self.copy(header=True))
        menu.addActions(self.actions())
        menu.exec(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """A cell that is cut off shows its whole text, as it is, in a tooltip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            cut = index.isValid() and self.sizeHintForIndex(index).width() > self.visualRect(index).width()
            QToolTip.showText(event.globalPos(), tooltip(str(index.data())) if cut else "", self)
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """An empty table says why and what to do."""
        cells = CellPainter(self, self.rows, event.rect())
        if cells.is_plain:
            cells.paint(QPainter(self.viewport()))
        else:
            super().paintEvent(event)
        if self.rows.rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(theme.colors().muted)
            area = self.viewport().rect().adjusted(24, 24, -24, -24)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(area, flags, self._empty())

    def save_columns(self, settings: QSettings) -> None:
        """Remember width, place and visibility of every column by its name; the last one fills what is left."""
        header = self.horizontalHeader()
        last = header.logicalIndex(header.count() - 1)
        character = self.fontMetrics().averageCharWidth()
        state = {
            column.name: [
                0 if place == last else header.sectionSize(place),
                header.visualIndex(place),
                not header.isSectionHidden(place),
                character,
            ]
            for place, column in enumerate(self.rows.columns)
        }
        settings.setValue(f"columns/{self.objectName()}", json.dumps(state))

    def restore_columns(self, settings: QSettings) -> None:
        """Bring the columns back; what is unknown or damaged keeps its default."""
        try:
            state = json.loads(str(settings.value(f"columns/{self.objectName()}", "{}", type=str)))
            known = {
                place: state[column.name] for place, column in enumerate(self.rows.columns) if column.name in state
            }
            now = self.fontMetrics().averageCharWidth()
            for place, (width, _visual, visible, *then) in known.items():
                # In another font as many characters are to be seen.
                scale = now / int(then[0]) if then and int(then[0]) > 0 else 1
                self._restore_column(place, round(int(width) * scale), bool(visible))
            for place in sorted(known, key=lambda place: int(known[place][1])):
                header = self.horizontalHeader()
                header.moveSection(header.visualIndex(place), min(int(known[place][1]), header.count() - 1))
        except (ValueError, TypeError, AttributeError, OverflowError):
            settings.remove(f"columns/{self.objectName()}")

    def fit_columns(self, widths: dict[str, int]) -> None:
        """Default widths in average characters of the font."""
        character, bold = self.fontMetrics().averageCharWidth(), QFontMetrics(scaled_font(self.font(), 1.0, bold=True))
        for place, column in enumerate(self.rows.columns):
            if column.name in widths:
                wanted = widths[column.name] * character + 12
                self.setColumnWidth(place, max(wanted, bold.horizontalAdvance(column.title()) + 26))
        side = round(self.fontMetrics().height() * 1.15)
        self.setIconSize(QSize(side, side))

    def _restore_column(self, place: int, width: int, visible: bool) -> None:
        self.setColumnHidden(place, not visible and place > 0)
        if visible and width > 0:
            self.setColumnWidth(place, min(width, WIDEST_COLUMN))

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSortingEnabled(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_column_menu)

    def _show_column_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        for number, column in enumerate(self.rows.columns):
            action = menu.addAction(column.title())
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(number))
            action.setEnabled(number != 0)
            action.toggled.connect(lambda shown, number=number: self.setColumnHidden(number, not shown))
        menu.exec(self.horizontalHeader().mapToGlobal(place))

    def _settle(self) -> None:
        """Now, what Qt would do after the first painting, and then paint again.

        The first layout tells the scroll bar that it isn't needed any more, the second one hides it; columns that have
        its width now are seen to by a timer.
        """
        self.executeDelayedItemsLayout()
        self.updateGeometries()
        for timer in QAbstractEventDispatcher.instance().registeredTimers(self):
            if timer.interval == 0:
                self.timerEvent(QTimerEvent(timer.timerId))

    def _select_keys(self, keys: set[object], current: object) -> None:
        flag, chosen = QItemSelectionModel.SelectionFlag, QItemSelection()
        for place, key in enumerate(self.rows.keys()):
            index = self.rows.index(place, 0)
            if key in keys:
                chosen.append(QItemSelectionRange(index))
            if key == current:
                self.selectionModel().setCurrentIndex(index, flag.NoUpdate)
        # All at once: each change of the selection asks every button anew.
        self.selectionModel().select(chosen, flag.Select | flag.Rows)
