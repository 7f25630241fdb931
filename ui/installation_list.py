"""The list of installations: a model that holds only the pages looked at, and how a line is drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from PySide6 import QtCore
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QStaticText,
)
from PySide6.QtWidgets import QListView, QWidget

from model.list_query import ListQuery
from model.listing import PAGE, InstallationRow
from ui import formats, theme
from ui.arrangement import Face, scaled_font
from ui.copying import copies_with_header, copy_lines
from ui.drawings import draw
from ui.i18n import _
from ui.long_list import Line, LongListView
from ui.searching import ListPage

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
MOST_PAGES = 48
# Qt.ItemDataRole.DisplayRole.
DISPLAY = 0
# To set a pen of another colour PySide makes all constants of Qt, 5 % of the start: instead the second line has so much
# of the text's colour, which is as good to read as the muted one.
MUTED = 0.72


class InstallationListModel(QAbstractListModel):
    """Rows arrive page by page when they are looked at; `page_wanted` carries the first row's place."""

    page_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query: ListQuery | None = None
        self._count = 0
        self._pages: dict[int, list[InstallationRow]] = {}
        self._old: set[int] = set()
        self._wanted: set[int] = set()

    def show(self, page: ListPage) -> None:
        """Show the answer to a search; rows of the same search stay until they are read again."""
        same = 0
        if page.query == self.query:
            same = _same_beginning(self._pages.get(0, []), page.rows)
            self._grow_to(page.total)
            self._old = {offset for offset in self._pages if 0 < offset < page.total}
            self._pages = {offset: self._pages[offset] for offset in self._old}
        else:
            self.beginResetModel()
            self.query, self._count, self._pages, self._old = page.query, page.total, {}, set()
            self.endResetModel()
        self._pages[0], self._wanted = page.rows, set()
        if self._count > same:
            self.dataChanged.emit(self.index(same), self.index(self._count - 1))

    def add_page(self, query: ListQuery, offset: int, rows: list[InstallationRow]) -> None:
        """A page that was wanted has come."""
        self._wanted.discard(offset)
        if query != self.query or not rows:
            return
        self._old.discard(offset)
        self._pages.pop(offset, None)
        while len(self._pages) >= MOST_PAGES:
            del self._pages[next(iter(self._pages))]
        self._pages[offset] = rows
        self.dataChanged.emit(self.index(offset), self.index(min(offset + len(rows), self._count) - 1))

    def shown(self, ids: Collection[int]) -> set[int]:
        """Which of some installations have a row that is there."""
        return {row.id for page in self._pages.values() for row in page} & set(ids)

    def renew(self, rows: Iterable[InstallationRow]) -> None:
        """Installations have changed, and nothing else."""
        changed = {row.id: row for row in rows}
        for offset, page in self._pages.items():
            for place, row in enumerate(page):
                if row.id in changed:
                    page[place] = changed[row.id]
                    self.dataChanged.emit(self.index(offset + place), self.index(offset + place))

    def row(self, place: int) -> InstallationRow | None:
        """The row at a place, if its page is there; a page that isn't, or is old, is asked for."""
        offset = place - place % PAGE
        page = self._pages.get(offset)
        if (page is None or offset in self._old) and offset not in self._wanted:
            self._wanted.add(offset)
            self.page_wanted.emit(offset)
        return page[place - offset] if page is not None and place - offset < len(page) else None

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Qt: how many rows."""
        return 0 if parent.isValid() else self._count

    def _grow_to(self, count: int) -> None:
        """Or shrink: at the end, so that nothing else moves."""
        if count > self._count:
            self.beginInsertRows(NO_INDEX, self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(NO_INDEX, count, self._count - 1)
            self._count = count
            self.endRemoveRows()

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        """Qt: what a line shows."""
        if not index.isValid():
            return None
        if role == DISPLAY:
            row = self.row(index.row())
            return row.name if row else ""
        if role == QtCore.Qt.ItemDataRole.AccessibleTextRole:
            row = self.row(index.row())
            return spoken(row) if row else ""
        if role == QtCore.Qt.ItemDataRole.ToolTipRole:
            from ui.words import tooltip

            row = self.row(index.row())
            return tooltip(spoken(row)) if row else None
        return None


def _same_beginning(one: Sequence[InstallationRow], other: Sequence[InstallationRow]) -> int:
    """How many rows at the beginning are the same: what was shown of them needn't be painted again."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (first, second) in pairs if first != second), min(len(one), len(other)))


def spoken(row: InstallationRow) -> str:
    """A line in words, for screen readers and tooltips."""
    parts = [row.name, row.tariff_name, row.customer_number]
    parts += [badge_text(row)] if badge_text(row) else []
    return ", ".join(parts)


def badge_text(row: InstallationRow) -> str:
    """What the badge says: what is too many, else that an order is pending."""
    if row.uncovered:
        return _("{count} too many").format(count=formats.number(row.uncovered))
    return _("Pending") if row.pending else ""


class _Faces:
    """The fonts of a line and what is asked of them, once for a painting."""

    def __init__(self, view: QWidget) -> None:
        font, palette = view.font(), view.palette()
        bold, small = scaled_font(font, 1.0, bold=True), scaled_font(font, 0.92)
        self.plain = Face(font, view.fontMetrics())
        self.bold, self.small = (Face(other, QFontMetrics(other)) for other in (bold, small))
        self.chosen = palette.color(QPalette.ColorRole.HighlightedText)


def _paint_badge(painter: QPainter, faces: _Faces, area: QRect, row: InstallationRow) -> int:
    """Draw the badge at the right; its left edge."""
    text = badge_text(row)
    if not text:
        return area.right()
    chosen, tone = theme.colors(), "warning" if row.uncovered else "info"
    line, small = faces.plain.metrics.height(), faces.small.metrics
    width = small.horizontalAdvance(text) + line + 16
    badge = QRectF(area.right() - width, area.top(), width, line + 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_pill(painter, badge, getattr(chosen, f"{tone}_tint"), getattr(chosen, f"{tone}_line"))
    side = round(line * 0.8)
    place = QRect(int(badge.left()) + 7, int(badge.center().y()) - side // 2, side, side)
    draw(painter, place, "triangle-alert" if row.uncovered else "calendar-clock", getattr(chosen, tone))
    painter.setFont(faces.small.font)
    top = badge.center().y() - small.height() / 2
    painter.drawStaticText(QPointF(badge.left() + side + 10, top), _colored(text, getattr(chosen, tone)))
    return int(badge.left())


def _paint_pill(painter: QPainter, area: QRectF, tint: str, line: str) -> None:
    path, pen = QPainterPath(), painter.pen()
    path.addRoundedRect(area, area.height() / 2, area.height() / 2)
    pen.setColor(QColor(tint))
    painter.fillPath(path, pen.brush())
    pen.setColor(QColor(line))
    painter.strokePath(path, pen)


@lru_cache(maxsize=64)
def _colored(text: str, color: str) -> QStaticText:
    """Words of ours in a colour; a pen of that colour would need all of Qt's constants."""
    return QStaticText(f'<p style="margin:0; color:{color}">{text}</p>')


def _paint_words(painter: QPainter, faces: _Faces, area: QRect, row: InstallationRow, chosen: bool) -> None:
    left, top, room, bold, plain = area.left(), area.top(), area.width(), faces.bold, faces.plain
    if chosen:
        painter.setPen(faces.chosen)
    painter.setFont(bold.font)
    painter.drawText(left, top + bold.ascent, bold.elided(row.name, room))
    painter.setFont(plain.font)
    painter.setOpacity(1 if chosen else MUTED)
    detail = plain.elided(f"{row.tariff_name} · {row.customer_number}", room)
    painter.drawText(left, top + plain.line_spacing + 2 + plain.ascent, detail)


def _paint_waiting(painter: QPainter, view: QWidget, area: QRect) -> None:
    """Where the words of a line that is still being read will be."""
    line, height = view.fontMetrics().lineSpacing(), view.fontMetrics().xHeight()
    for place, share in enumerate((0.6, 0.4)):
        top = area.top() + place * (line + 2) + (line - height) // 2
        painter.fillRect(QRect(area.left(), top, int(area.width() * share), height), QColor(theme.colors().line))


class InstallationListView(LongListView):
    """The list; `chosen` with an installation's id when a line becomes the current one, `opened` on Enter.

    `typed` with what a clerk writes while the list has the keyboard; `painted` once it was seen for the first time.
    """

    chosen = Signal(int)
    opened = Signal()
    typed = Signal(str)
    painted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("installationList")
        self.setAccessibleName(_("Installations"))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list_model = InstallationListModel(self)
        self.setModel(self.list_model)
        self.empty_text = ""
        self.list_model.dataChanged.connect(self._report_current)
        self.selectionModel().selectionChanged.connect(self._report_current)
        self._reported: int | None = None
        self._updating = self._is_seen = False

    def line_height(self) -> int:
        """Two lines of text and room around them."""
        return 2 * self.fontMetrics().lineSpacing() + 14

    def paint_line(self, painter: QPainter, line: Line) -> None:
        """Two lines of text and a badge; on the one that has the keyboard and isn't selected a frame."""
        row, area = self.list_model.row(line.place), line.area.adjusted(10, 6, -8, -6)
        if row is None:
            _paint_waiting(painter, self, area)
            return
        painter.save()
        area.setRight(_paint_badge(painter, self._faces, area, row) - 8)
        _paint_words(painter, self._faces, area, row, line.is_selected)
        painter.restore()
        if line.has_focus and not line.is_selected:
            painter.setPen(QColor(theme.colors().accent))
            painter.drawRect(line.area.adjusted(0, 0, -1, -1))

    def show_page(self, page: ListPage) -> None:
        """Show the answer to a search; the installation that was current when it was asked for stays so.

        In the same search it stays where it is on the screen too.
        """
        before = self.currentIndex().row() if page.query == self.list_model.query else -1
        self._updating = True
        self.list_model.show(page)
        if page.current == self._reported and (page.whole or page.place is not None):
            self._make_current(page.place, before)
        self._updating = False
        self._report_current()
        # Left to the painting, which comes first, Qt would paint everything once more.
        self.executeDelayedItemsLayout()

    def _make_current(self, place: int | None, before: int) -> None:
        if place is None:
            self.selectionModel().clear()
        elif before < 0:
            self.setCurrentIndex(self.list_model.index(place))
        elif place != self.currentIndex().row():
            self.setAutoScroll(False)
            self.setCurrentIndex(self.list_model.index(place))
            self.setAutoScroll(True)
            self.scroll_lines(place - before)

    def keyboardSearch(self, search: str) -> None:
        """Qt: a letter that is typed; Qt would ask for every row until one begins with it."""
        self.typed.emit(search)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the installation; the line can be copied."""
        from PySide6.QtGui import QKeySequence

        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        if copies_with_header(event):
            self.copy(header=True)
            return
        if event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            self.opened.emit()
            return
        super().keyPressEvent(event)

    def copy(self, *, header: bool = False) -> None:
        """Copy the line that is selected as tab-separated text."""
        rows = [self.list_model.row(index.row()) for index in self.selectionModel().selectedIndexes()]
        lines = [(row.customer_number, row.name, row.tariff_name, badge_text(row)) for row in rows if row]
        titles = _("Customer number"), _("Name"), _("Tariff"), _("State")
        copy_lines(lines, titles if header else ())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copying, and what was added to the list as a whole."""
        from PySide6.QtWidgets import QMenu

        menu = QMenu(self)
        menu.addAction(_("Copy"), self.copy)
        menu.addAction(_("Copy with headings"), lambda: self.copy(header=True))
        menu.addActions(self.actions())
        menu.exec(event.globalPos())

    def choose(self, installation_id: int) -> None:
        """Make an installation the current one as soon as a page shows it."""
        self._reported = installation_id

    @property
    def current(self) -> int | None:
        """The id of the installation that was last reported."""
        return self._reported

    def paintEvent(self, event: QPaintEvent) -> None:
        """An empty list says why and what to do."""
        self._faces = _Faces(self)
        super().paintEvent(event)
        if not self._is_seen:
            self._is_seen = True
            QTimer.singleShot(0, self, self.painted.emit)
        if self.list_model.rowCount() == 0 and self.empty_text:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.colors().muted))
            area = self.viewport().rect().adjusted(16, 20, -16, -16)
            align = QtCore.Qt.AlignmentFlag
            flags = align.AlignHCenter | align.AlignTop | QtCore.Qt.TextFlag.TextWordWrap
            painter.drawText(area, flags, self.empty_text)

    def _report_current(self) -> None:
        if self._updating:
            return
        # A list that gets the focus has a current line at once; only a line that is selected was meant.
        index = self.currentIndex()
        row = self.list_model.row(index.row()) if self.selectionModel().isSelected(index) else None
        if row is not None and row.id != self._reported:
            self._reported = row.id
            self.chosen.emit(row.id)
