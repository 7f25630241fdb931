"""Finding a customer: the search field, the three filters with their counts, the list."""

from __future__ import annotations

from functools import partial

from PySide6 import QtCore
from PySide6.QtCore import QEvent, QItemSelectionModel, QKeyCombination, QObject, QRect, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from model.list_query import LONGEST_SEARCH, Filter, ListQuery, Sorting
from model.listing import InstallationRow, ListCounts
from ui import formats, theme
from ui.desk import Desk
from ui.drawings import draw
from ui.i18n import _
from ui.installation_list import InstallationListView
from ui.searching import ListPage

FILTER_NAMES = {Filter.ALL: "filterAll", Filter.OVER: "filterOver", Filter.PENDING: "filterPending"}


def _exports(event: QKeyEvent) -> bool:
    return event.keyCombination() == QKeyCombination(QtCore.Qt.KeyboardModifier.ControlModifier, QtCore.Qt.Key.Key_E)


class SearchField(QLineEdit):
    """Arrow down goes to the list, Esc clears."""

    left_downwards = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._make_room()

    def begin(self) -> None:
        """A new search: what is typed next takes the place of the last one."""
        self.setFocus(QtCore.Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def complete(self) -> None:
        """What is too much for the start: for a button's icon Qt goes through all themes of the system.

        PySide makes all classes of events there are for the first event of whatever class.
        """
        self.setClearButtonEnabled(True)
        self.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Qt: a larger font has a larger lens. Some systems take Ctrl+E for a way to the end; here it exports."""
        if event.type() == QEvent.Type.FontChange:
            self._make_room()
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _exports(event):
            event.ignore()
            return True
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: a lens before the text."""
        super().paintEvent(event)
        side = self.fontMetrics().height()
        area = QRect((self.textMargins().left() - side) // 2 + 3, (self.height() - side) // 2, side, side)
        draw(QPainter(self), area, "search", theme.colors().muted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: the two keys of a search field."""
        key = QtCore.Qt.Key
        if event.key() in (key.Key_Down, key.Key_Return, key.Key_Enter):
            self.left_downwards.emit()
        elif event.key() == key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def _make_room(self) -> None:
        self.setTextMargins(self.fontMetrics().height() + 10, 0, 0, 0)


class ListPanel(QWidget):
    """The left side; `chosen` with an installation's id, `opened` when the clerk goes on to it.

    `begun` when there is something to look at, `searched` when it is everything that was searched for.
    """

    chosen = Signal(int)
    opened = Signal()
    failed = Signal(object)
    begun = Signal()
    searched = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._query = ListQuery(desk.now().date())
        self._going = False
        self.counts = ListCounts(0, 0, 0)
        self.search = self._make_search()
        self.filters = self._make_filters()
        self._name_filters()
        self.list = InstallationListView()
        self.list.chosen.connect(self.chosen)
        self.list.opened.connect(self.opened)
        self.list.typed.connect(self._type)
        self.list.list_model.page_wanted.connect(self._fetch_page)
        row = QHBoxLayout()
        row.setSpacing(6)
        for made in self.filters.values():
            row.addWidget(made)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 6, 8)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addLayout(row)
        layout.addWidget(self.list, 1)

    def reload(self) -> None:
        """Ask again, for today."""
        self._query = self._query._replace(day=self._desk.now().date())
        self._desk.search(self._query, self.list.current, self._show, self.failed.emit, self._show_first)

    def follow(self, changed: frozenset[int]) -> None:
        """Some installations have changed: their lines, and only if others are found now, all."""

        def show(rows: list[InstallationRow] | None) -> None:
            if rows is None:
                self.reload()
            else:
                self.list.list_model.renew(rows)

        if changed:
            shown = self.list.list_model.shown(changed)
            self._desk.follow(self._query, changed, shown, show, self.failed.emit)

    def show_counts(self, counts: ListCounts) -> None:
        """The numbers on the filters."""
        self.counts = counts
        self._name_filters(*map(formats.number, counts))

    def sort_by(self, sorting: Sorting) -> None:
        """Sort the list by name or by customer number."""
        self._query = self._query._replace(sorting=sorting)
        self.reload()

    def choose(self, installation_id: int) -> None:
        """Show an installation, whatever is searched for at the moment."""
        self.list.choose(installation_id)
        self.chosen.emit(installation_id)
        self.reload()

    @property
    def query(self) -> ListQuery:
        """What is searched for."""
        return self._query

    def _make_search(self) -> SearchField:
        field = SearchField()
        field.setObjectName("searchField")
        field.setAccessibleName(_("Search"))
        field.setPlaceholderText(_("Customer, number, MAC …"))
        field.setToolTip(_("Name, customer number, extension number, order number or MAC address (Ctrl+F)"))
        field.setMaxLength(LONGEST_SEARCH)
        field.textChanged.connect(self._search)
        field.left_downwards.connect(self._go_to_list)
        return field

    def _make_filters(self) -> dict[Filter, QPushButton]:
        group = QButtonGroup(self)
        made = {}
        for which, name in FILTER_NAMES.items():
            button = QPushButton()
            button.setObjectName(name)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("filter", "true")
            button.setChecked(which is Filter.ALL)
            button.toggled.connect(partial(self._filter, which))
            group.addButton(button)
            made[which] = button
        return made

    def _name_filters(self, every: str = "", over: str = "", pending: str = "") -> None:
        """With their numbers, as soon as they are known."""
        self.filters[Filter.ALL].setText(_("All {count}").format(count=every).strip())
        self.filters[Filter.OVER].setText(_("Over tariff {count}").format(count=over).strip())
        self.filters[Filter.PENDING].setText(_("Pending {count}").format(count=pending).strip())

    def _search(self, text: str) -> None:
        self._query = self._query._replace(text=text)
        self.reload()

    def _type(self, text: str) -> None:
        """Typing in the list begins a search."""
        self.search.setFocus(QtCore.Qt.FocusReason.OtherFocusReason)
        self.search.setText(text)

    def _filter(self, which: Filter, on: bool) -> None:
        if not on:
            return
        self._query = self._query._replace(filter=which)
        self.reload()

    def _show(self, page: ListPage) -> None:
        if page.query != self._query:
            return
        self.list.empty_text = self._why_empty()
        self.list.show_page(page)
        self.begun.emit()
        if page.whole:
            self.searched.emit(page)
        if self._going:
            self._go_to_list()

    def _show_first(self, page: ListPage) -> None:
        """What is shown of the same search already is more than the first rows."""
        if page.query != self.list.list_model.query:
            self._show(page)

    def _why_empty(self) -> str:
        if self._query.text.strip():
            return _("Nothing found for “{text}”. Esc clears the search.").format(text=self._query.text.strip())
        if self._query.filter is Filter.OVER:
            return _("No installation is over its tariff.")
        if self._query.filter is Filter.PENDING:
            return _("No order is pending.")
        return _("There are no installations yet.")

    def _fetch_page(self, offset: int) -> None:
        query = self._query
        self._desk.page(
            query, offset, lambda rows: self.list.list_model.add_page(query, offset, rows), self.failed.emit
        )

    def _go_to_list(self) -> None:
        """To the list, as soon as it shows the answer to what was typed."""
        self._going = self.list.list_model.query != self._query
        if self._going:
            return
        self.list.setFocus(QtCore.Qt.FocusReason.ShortcutFocusReason)
        chosen = self.list.selectionModel()
        if not chosen.hasSelection() and self.list.list_model.rowCount():
            chosen.setCurrentIndex(self.list.list_model.index(0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
