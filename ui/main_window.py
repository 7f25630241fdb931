"""The window: the list at the left, pages at the right; wires what a clerk wants to what the desk does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from model.errors import ModelError, NoSuchInstallation
from model.list_query import Sorting
from model.listing import ListCounts
from ui.as_it_was import AsItWas
from ui.collecting import Leaving
from ui.database_state import DatabaseState
from ui.desk import Desk
from ui.i18n import _
from ui.list_panel import ListPanel
from ui.preferences import Preferences, load_preferences
from ui.warming import Warming
from ui.watch import Watch
from ui.window_parts import WindowParts

if TYPE_CHECKING:
    from ui.actions import Actions
    from ui.case import Case
    from ui.table import Table

WARM_AFTER_MS = 50
# In a window that nobody sees the list is never painted.
PAINTED_BY_MS = 100
CASE_ACTIONS = ("addExtension", "addDevice", "addFeature", "settings", "adjust", "paste", "copy", "copyHeader")


class MainWindow(WindowParts):
    """Made with a desk and settings; not yet shown. `ready` once the list has something to show."""

    ready = Signal()
    demo_requested = Signal()
    reopen_requested = Signal()
    restore_requested = Signal(object)
    preferences_changed = Signal(object)
    database_chosen = Signal(str)
    closed = Signal()

    def __init__(self, desk: Desk, settings: QSettings) -> None:
        super().__init__(desk, settings)
        self.setObjectName("mainWindow")
        self.setAcceptDrops(True)
        # Qt would make an animation of the list and the page whenever anything on them asks for another size.
        self.setAnimated(False)
        self.preferences = load_preferences(settings)
        self.then: Callable[[], object] | None = None
        self._is_begun = self._is_furnished = False
        self._leaving = Leaving(self)
        self._is_empty: bool | None = None
        self.panel = ListPanel(desk)
        self.as_it_was = AsItWas(self, settings)
        self.watch = Watch(self)
        self.database = DatabaseState(self, lambda: self.backups.choose())
        self.warming = Warming(self._steps(), self)
        self._put_together()
        self._connect()
        self.as_it_was.restore()
        self.panel.search.setFocus()
        self.watch.start()
        self.database.start()
        self.panel.reload()
        self.watch.begin()

    # ------------------------------------------------------------------ what is shown

    def reload(self) -> None:
        """Read everything shown again; selection, scrolling and half-typed input stay."""
        self.watch.read()
        if self.is_made("mail"):
            self.desk.post.look()
        self.panel.reload()
        if self.case is not None:
            self.open_case(self.case.account.installation.id)

    def open_case(self, installation_id: int) -> None:
        """Read an installation and show it."""
        self.desk.open_case(installation_id, self._show_case, self._case_failed)

    def show_counts(self, counts: ListCounts) -> None:
        """The numbers on the filters, and where there is nothing to show, why."""
        self.panel.show_counts(counts)
        self._is_empty = counts.all == 0
        self._show_front()

    def show_error(self, error: ModelError) -> None:
        """A fault that belongs to no field: said at the top until the clerk goes on, with a way to try again."""
        if not self.database.says(error):
            from ui.errors import message

            self._fault_bar.show_text("", message(error))
        if self._is_empty is None:
            self._is_empty = False
            self._show_front()
        self._begin()

    def _show_case(self, case: Case) -> None:
        wanted = self.panel.list.current
        if wanted is not None and case.account.installation.id != wanted:
            return
        before, self.case = self.case, case
        self._leaving.hold(before)
        first = before is None or before.account.installation.id != case.account.installation.id
        # What this desk changed is shown before it is told of it as of anybody's change.
        if before is None or not case.is_as(before):
            self.page.show_case(case)
        if self.is_made("settings_page"):
            self.settings_page.show_case(case)
        if self.is_made("orders"):
            self.orders.show_case(case)
        if first or self.page_name() not in ("installationPage", "settingsPage"):
            self.show_page(self.page)
        self.as_it_was.remember(case.account.installation.customer_number)
        self._show_case_actions()
        if self.is_made("drafts"):
            self.drafts.show_case(case)
        if self.is_made("imports"):
            self.imports.taking_back.show_case(case)

    def _case_failed(self, error: ModelError) -> None:
        if isinstance(error, NoSuchInstallation):
            self.case = None
            self.show_page(self.nothing_page)
            self._show_case_actions()
        self.show_error(error)

    def _show_front(self) -> None:
        """Where there is no customer to show, why; not before the list is seen, nor before it is known."""
        if self.case is None and self._is_furnished and self._is_empty is not None:
            self.show_page(self.welcome_page if self._is_empty else self.nothing_page)

    def _show_case_actions(self) -> None:
        if self.is_made("actions_by_name"):
            self.show_case_actions(self.actions_by_name)

    def show_case_actions(self, actions: Actions) -> None:
        """What can be done with the customer shown."""
        actions.enable(CASE_ACTIONS, on=self.case is not None)
        pending = self.case is not None and self.case.account.pending(self.case.now.date()) is not None
        actions.enable(("cancelOrder",), on=pending)

    # ------------------------------------------------------------------ what the clerk wants

    def use_preferences(self, preferences: Preferences) -> None:
        """Settings that need no new window."""
        self.preferences = preferences

    def leave(self, then: Callable[[], object]) -> None:
        """Close for what is to follow: as soon as nothing is being saved any more."""
        self.then = then
        self.close()

    def choose(self, installation_id: int) -> None:
        """Go to an installation."""
        self.panel.choose(installation_id)

    def open_settings(self) -> None:
        """To the settings of the installation shown."""
        if self.case:
            self.show_page(self.settings_page)
            self.settings_page.focus_first()

    def current_table(self) -> Table[Any] | None:
        """The table of the tab that is open."""
        if self.page_name() != "installationPage":
            return None
        return self.page.tables[self.page.tabs.currentIndex()]

    def _copy(self, *, header: bool = False) -> None:
        """Of the list while it has the keyboard, else of the table of the open tab."""
        place = self.panel.list if self.panel.list.hasFocus() else self.current_table()
        if place is not None:
            place.copy(header=header)

    # ------------------------------------------------------------------ files dropped on the window

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: a file may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: dropped files are imported."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.imports.take(paths)

    # ------------------------------------------------------------------ how it is put together

    def _put_together(self) -> None:
        self._add_menus()
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._bars.setContentsMargins(10, 4, 14, 0)
        self._bars.setSpacing(6)
        column.addLayout(self._bars)
        column.addWidget(self._pages, 1)
        self.splitter = QSplitter()
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.panel)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(1, 1)
        self.setCentralWidget(self.splitter)
        character = self.fontMetrics().averageCharWidth()
        self.splitter.setSizes([character * 52, character * 144])
        self.statusBar().setContentsMargins(8, 0, 0, 0)
        self.statusBar().addWidget(self.watch.counts)
        self.statusBar().addPermanentWidget(self.watch.instant)
        name = Path(self.desk.place).stem
        # The usual database has the program's name.
        self.setWindowTitle(name if name == "Tarifwechsel" else _("Tarifwechsel – {database}").format(database=name))

    def _connect(self) -> None:
        self.panel.chosen.connect(self._forget_fault)
        self.panel.chosen.connect(self.open_case)
        self.panel.failed.connect(self.show_error)
        self.panel.opened.connect(lambda: self.page.extensions.setFocus())
        self.panel.begun.connect(self._begin)
        self.panel.list.painted.connect(self._furnish)
        self.panel.search.textEdited.connect(lambda _text: self.warming.hold())

    def what_to_do(self) -> dict[str, Callable[[], object]]:
        """What the entries of the menus do, by name."""
        return {
            "import": lambda: self.imports.choose_files(),
            "importAmi": lambda: self.ami.open(),
            "importBatch": lambda: self.batches.open(),
            "new": lambda: self.customers.new(),
            "export": lambda: self.exports.open(),
            "prices": lambda: self.customers.load_prices(),
            "restore": lambda: self.backups.choose(),
            "transfer": lambda: self.transfers.open(),
            "demo": self.demo_requested.emit,
            "outbox": lambda: self.mail.open_outbox(),
            "preferences": lambda: self.settings.open(),
            "quit": self.close,
            "copy": self._copy,
            "copyHeader": lambda: self._copy(header=True),
            "paste": lambda: self.objects.paste_clipboard(),
            "search": self.panel.search.begin,
            f"sort{Sorting.NAME}": lambda: self.panel.sort_by(Sorting.NAME),
            f"sort{Sorting.NUMBER}": lambda: self.panel.sort_by(Sorting.NUMBER),
            "refresh": self.refresh,
            "addExtension": lambda: self.objects.add("Extension"),
            "addDevice": lambda: self.objects.add("Device"),
            "addFeature": lambda: self.objects.add("Feature"),
            "settings": self.open_settings,
            "adjust": lambda: self.orders.adjust_to_offer(),
            "cancelOrder": lambda: self.orders.cancel(),
            "help": self.program.show_help,
            "verify": self.program.verify,
            "about": self.program.about,
        }

    def _begin(self) -> None:
        """There is something to show; counts and everything else come while that is painted, or soon after."""
        if not self._is_begun:
            self._is_begun = True
            self.ready.emit()
            QTimer.singleShot(PAINTED_BY_MS, self, self._furnish)

    def _furnish(self) -> None:
        """The list is seen: now whatever else the window shows, and then what will be needed next."""
        if not self._is_furnished:
            self._is_furnished = True
            self.show_case_actions(self.actions_by_name)
            self._offer_export()
            self._show_front()
            self.as_it_was.open_last_customer()
            QTimer.singleShot(WARM_AFTER_MS, self, self.warming.start)

    def _offer_export(self) -> None:
        from PySide6.QtGui import QAction

        from ui.icons import icon

        export = QAction(icon("file-down"), _("Export …"), self.panel.list)
        export.triggered.connect(lambda _checked=False: self.exports.open_for(None))
        self.panel.list.addAction(export)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: remember how everything was left, finish what was begun."""
        if self.leaving.must_wait() or (self.is_made("drafts") and self.drafts.must_ask()):
            event.ignore()
            return
        self.watch.stop()
        self.warming.close()
        if self.is_made("backups"):
            self.backups.finish()
        if self.is_made("mail"):
            self.mail.finish()
        self.as_it_was.save()
        self.desk.close()
        super().closeEvent(event)
        self.closed.emit()
