"""One table model serves every table; what a table shows is declared in its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QCollator,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor, QIcon

from model.lazy import Lazy
from ui import theme
from ui.export import Value
from ui.icons import icon

RowT = TypeVar("RowT")
# One of resources/icons, and the colour of the theme it is painted in.
Drawing = tuple[str, str]
Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


# No slots: a frozen generic with slots can't be made as Column[Row](…) on Python 3.11.
@dataclass(frozen=True)
class Column(Generic[RowT]):
    """One column: its name in the settings, its title, and what it shows of a row.

    `sort` gives a value that sorts (by default the text, in German order); `tone` names a text colour,
    `tint` a background colour of the theme, `icon` a drawing and its colour; `value` is what an export writes in
    place of the text: a number, an amount, a day, an instant of the clerk's zone; `check` makes a box to tick, where
    not None.
    """

    name: str
    title: Callable[[], str]
    text: Callable[[RowT], str]
    sort: Callable[[RowT], Any] | None = None
    icon: Callable[[RowT], Drawing | None] | None = None
    tone: Callable[[RowT], str] | None = None
    numeric: bool = False
    value: Callable[[RowT], Value] | None = None
    check: Callable[[RowT], bool | None] | None = None

    def exported(self, row: RowT) -> Value:
        """What an export writes of a row."""
        return self.text(row) if self.value is None else self.value(row)


class TableModel(QAbstractTableModel, Generic[RowT]):
    """Rows of one kind; `set_rows` is the only way to change them. `ticked` when a row's box is to change.

    Rows may be Lazy, with a column "key" of what `key` gives for each.
    """

    ticked = Signal(object)

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        key: Callable[[RowT], object],
        tint: Callable[[RowT], str] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.key = key
        self.tint = tint
        self._rows: Sequence[RowT] = ()
        self._sorting = (-1, Qt.SortOrder.AscendingOrder)
        self._collator = QCollator(QLocale("de_DE"))
        self._collator.setNumericMode(True)

    def set_rows(self, rows: Sequence[RowT]) -> None:
        """Show other rows, which may be made when they are looked at; selection stays where only contents differ."""
        fresh = self._sorted(rows)
        if self._keys(fresh) == self.keys():
            self._rows = fresh
            self.refresh()
            return
        self.beginResetModel()
        self._rows = fresh
        self.endResetModel()

    def row(self, index: Index | int) -> RowT:
        """The row at an index or a place."""
        return self._rows[index if isinstance(index, int) else index.row()]

    def rows(self) -> Sequence[RowT]:
        """All rows in the order shown."""
        return tuple(self._rows)

    def keys(self) -> list[object]:
        """The keys of all rows in the order shown; no row is made for it."""
        return self._keys(self._rows)

    def place(self, key: object) -> int | None:
        """Where the row with a key stands."""
        return next((place for place, other in enumerate(self.keys()) if other == key), None)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Qt: how many rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Qt: how many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: what a cell shows."""
        if not index.isValid() or role not in ROLES:
            return None
        return ROLES[role](self.columns[index.column()], self._rows[index.row()], self.tint)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt: a box can be ticked."""
        flags, check = super().flags(index), self.columns[index.column()].check if index.isValid() else None
        boxed = check is not None and check(self._rows[index.row()]) is not None
        return flags | Qt.ItemFlag.ItemIsUserCheckable if boxed else flags

    def setData(self, index: Index, _value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt: a box was clicked; whoever keeps what is ticked says so by `refresh`."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.ticked.emit([self._rows[index.row()]])
        return True

    def can_tick(self, row: RowT) -> bool:
        """Whether a row has a box."""
        return any(column.check is not None and column.check(row) is not None for column in self.columns)

    def refresh(self) -> None:
        """What is shown of the same rows has changed."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: a column's title."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section], None, None)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Qt: sort by a column, -1 for the order the rows came in next time."""
        self._sorting = (column, order)
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [(self.key(self._rows[index.row()]), index.column()) for index in before]
        self._rows = self._sorted(self._rows)
        places = {self.key(row): place for place, row in enumerate(self._rows)} if keys else {}
        self.changePersistentIndexList(before, [self.index(places[key], column) for key, column in keys])
        self.layoutChanged.emit()

    def _keys(self, rows: Sequence[RowT]) -> list[object]:
        return list(rows.column("key")) if isinstance(rows, Lazy) else [self.key(row) for row in rows]

    def _sorted(self, rows: Sequence[RowT]) -> Sequence[RowT]:
        place, order = self._sorting
        if place < 0:
            return rows
        column, backwards = self.columns[place], order is Qt.SortOrder.DescendingOrder
        if column.sort is not None:
            return sorted(rows, key=column.sort, reverse=backwards)
        compare = cmp_to_key(self._collator.compare)
        return sorted(rows, key=lambda row: compare(column.text(row)), reverse=backwards)


def _text(column: Column[Any], row: Any, _tint: object) -> str:
    return column.text(row)


def _decoration(column: Column[Any], row: Any, _tint: object) -> QIcon | None:
    drawing = column.icon(row) if column.icon else None
    return icon(*drawing) if drawing else None


def _foreground(column: Column[Any], row: Any, _tint: object) -> QBrush | None:
    return _brush(column.tone(row)) if column.tone else None


def _background(_column: object, row: Any, tint: Callable[[Any], str] | None) -> QBrush | None:
    return _brush(tint(row)) if tint else None


def _check(column: Column[Any], row: Any, _tint: object) -> Qt.CheckState | None:
    state = column.check(row) if column.check else None
    return None if state is None else Qt.CheckState.Checked if state else Qt.CheckState.Unchecked


def _alignment(column: Column[Any], _row: object, _tint: object) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
    return across | Qt.AlignmentFlag.AlignVCenter


def _brush(name: str) -> QBrush | None:
    return QBrush(QColor(getattr(theme.colors(), name))) if name else None


ROLES: dict[int, Callable[[Column[Any], Any, Callable[[Any], str] | None], object]] = {
    Qt.ItemDataRole.DisplayRole: _text,
    Qt.ItemDataRole.AccessibleTextRole: _text,
    Qt.ItemDataRole.DecorationRole: _decoration,
    Qt.ItemDataRole.ForegroundRole: _foreground,
    Qt.ItemDataRole.BackgroundRole: _background,
    Qt.ItemDataRole.TextAlignmentRole: _alignment,
    Qt.ItemDataRole.CheckStateRole: _check,
}
