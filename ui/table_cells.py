"""Paints the cells of a table: the picture that Qt would paint, in less than half of its time.

Qt asks the model eight times for a cell and looks through the style sheet for each, though it says nothing of cells.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QTableView

from ui import theme
from ui.arrangement import Face
from ui.drawings import draw
from ui.table_model import TableModel

Role = QPalette.ColorRole
MIDDLE = Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextSingleLine.value
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft.value | MIDDLE, Qt.AlignmentFlag.AlignRight.value | MIDDLE


class CellPainter:
    """One painting of a table; a box to tick, the current cell, what is disabled and text of lines are left to Qt."""

    def __init__(self, table: QTableView, rows: TableModel[Any], seen: QRect) -> None:
        self._table, self._rows = table, rows
        top, bottom = table.rowAt(seen.top()), table.rowAt(seen.bottom())
        self._places = range(max(0, top), rows.rowCount() if bottom < 0 else bottom + 1)
        self._columns = [
            (column, table.columnViewportPosition(at), table.columnWidth(at))
            for at, column in enumerate(rows.columns)
            if not table.isColumnHidden(at)
        ]
        # What is read of it are parts of it, which go when it goes.
        self._look = QStyleOptionViewItem()
        table.initViewItemOption(self._look)
        self._colors, self._face = theme.colors(), Face(self._look.font, self._look.fontMetrics)
        self._height, self._ascent = self._face.metrics.height(), self._face.metrics.ascent()
        self._margin = table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 1
        self._lines = [self._line(rows.row(place)) for place in self._places]

    @property
    def is_plain(self) -> bool:
        """Whether everything that is seen can be painted here."""
        if not self._table.isEnabled() or (self._table.hasFocus() and self._table.currentIndex().isValid()):
            return False
        boxed = any(column.check is not None for column in self._rows.columns)
        return not boxed and all(text.isprintable() for line in self._lines for text in line)

    def paint(self, painter: QPainter) -> None:
        """Every line that is seen."""
        chosen = {index.row() for index in self._table.selectionModel().selectedRows()}
        height = self._table.verticalHeader().defaultSectionSize()
        top = self._table.rowViewportPosition(self._places.start)
        for place, line in zip(self._places, self._lines, strict=True):
            self._paint_line(painter, self._rows.row(place), line, QRect(0, top, 0, height), place in chosen)
            top += height

    def _line(self, row: Any) -> list[str]:
        return [column.text(row) for column, _left, _width in self._columns]

    def _paint_line(self, painter: QPainter, row: Any, line: list[str], area: QRect, chosen: bool) -> None:
        palette, tint = self._look.palette, self._rows.tint(row) if self._rows.tint is not None else ""
        ground = palette.color(Role.Highlight) if chosen else self._named(tint) if tint else None
        words = palette.color(Role.HighlightedText if chosen else Role.Text)
        top, height, margin = area.top(), area.height(), self._margin
        for (column, left, width), text in zip(self._columns, line, strict=True):
            if ground is not None:
                painter.fillRect(left, top, width, height, ground)
            drawing, start = column.icon(row) if column.icon is not None else None, left + margin
            if drawing is not None:
                place = QRect(start, top, self._look.decorationSize.width(), height)
                draw(painter, place, drawing[0], words.name() if chosen else getattr(self._colors, drawing[1]))
                start += place.width() + 2 * margin
            tone = column.tone(row) if column.tone is not None and not chosen else ""
            painter.setPen(self._named(tone) if tone else words)
            self._paint_text(painter, text, QRect(start, top, left + width - margin - start, height), column.numeric)

    def _paint_text(self, painter: QPainter, text: str, area: QRect, numeric: bool) -> None:
        if not numeric and self._face.fits(text, area.width()):
            # At a point, a text takes half the time that it takes within an area.
            painter.drawText(QPointF(area.left(), area.top() + (area.height() - self._height) / 2 + self._ascent), text)
            return
        shown = self._face.metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, RIGHT if numeric else LEFT, shown)

    def _named(self, name: str) -> QColor:
        return QColor(getattr(self._colors, name))
