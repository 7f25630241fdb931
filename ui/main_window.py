"""The window: the list at the left, pages at the right; wires what a clerk wants to what the desk does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from model.errors import ModelError, NoSuchInstallation
from model.reading import ListCounts
from model.search import Sorting
from ui import errors
from ui.actions import Actions
from ui.ami_work import AmiWork
from ui.backup_work import BackupWork
from ui.batch_work import BatchWork
from ui.changes import Changes
from ui.customer_work import CustomerWork
from ui.database_state import DatabaseState
from ui.desk import Case, Desk
from ui.dialogs import Dialogs
from ui.document_work import DocumentWork
from ui.draft_work import DraftWork
from ui.export_work import ExportWork
from ui.i18n import _
from ui.import_work import ImportWork
from ui.installation_page import InstallationPage
from ui.leaving import Leaving
from ui.list_panel import ListPanel
from ui.mail_work import MailWork
from ui.object_work import ObjectWork
from ui.order_work import OrderWork
from ui.preferences import Preferences, load_preferences
from ui.preferences_work import PreferencesWork
from ui.program_work import ProgramWork
from ui.settings_page import SettingsPage
from ui.table import Table
from ui.watch import Watch
from ui.welcome_page import NothingChosenPage, WelcomePage
from ui.widgets import Notice, button

CASE_ACTIONS = ("addExtension", "addDevice", "addFeature", "settings", "adjust", "paste", "copy", "copyHeader")


class MainWindow(QMainWindow):
    """Made with a desk and settings; not yet shown."""

    demo_requested = Signal()
    reopen_requested = Signal()
    restore_requested = Signal(object)
    preferences_changed = Signal(object)
    closed = Signal()

    def __init__(self, desk: Desk, settings: QSettings) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAcceptDrops(True)
        self.desk = desk
        self.preferences = load_preferences(settings)
        self.then: Callable[[], object] | None = None
        self.case: Case | None = None
        self.panel = ListPanel(desk)
        self.page = InstallationPage()
        self.settings_page = SettingsPage()
        self._welcome = WelcomePage()
        self._nothing = NothingChosenPage()
        self.changes = Changes(self)
        self.dialogs = Dialogs(self)
        self.drafts = DraftWork(self)
        self.objects = ObjectWork(self)
        self.imports = ImportWork(self)
        self.ami = AmiWork(self)
        self.batches = BatchWork(self, settings)
        self.orders = OrderWork(self)
        self.customers = CustomerWork(self)
        self.program = ProgramWork(self, settings)
        self.exports = ExportWork(self, settings)
        self.documents = DocumentWork(self, settings)
        self.settings = PreferencesWork(self)
        self.mail = MailWork(self, settings)
        self._watch = Watch(self)
        self._backups = BackupWork(self)
        self.database = DatabaseState(self, self._backups.choose)
        self._leaving = Leaving(self)
        self._put_together()
        self.actions_by_name = Actions(self, self._what_to_do())
        self._connect()
        self.program.restore()
        self._show_case_actions()
        self.panel.order_tabs()
        self.panel.search.setFocus()
        self._watch.start()
        self.database.start()
        self.reload()

    # ------------------------------------------------------------------ what is shown

    def reload(self) -> None:
        """Read everything shown again; selection, scrolling and half-typed input stay."""
        self._watch.read()
        self.desk.post.look()
        self.panel.reload()
        if self.case is not None:
            self.open_case(self.case.account.installation.id)

    def open_case(self, installation_id: int) -> None:
        """Read an installation and show it."""
        self.desk.open_case(installation_id, self._show_case, self._case_failed)

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self._pages.setCurrentWidget(page)

    def page_name(self) -> str:
        """The name of the page in front."""
        page = self._pages.currentWidget()
        return page.objectName() if page else ""

    def show_counts(self, counts: ListCounts) -> None:
        """The store can be read: the numbers on the filters, and where there is nothing to show, why."""
        self._fault_bar.show_text("", "")
        self.panel.show_counts(counts)
        if self.case is None:
            self.show_page(self._welcome if counts.all == 0 else self._nothing)

    def show_error(self, error: ModelError) -> None:
        """A fault that belongs to no field: said at the top, with a way to try again."""
        if not self.database.says(error):
            self._fault_bar.show_text("", errors.message(error))

    def show_done(self, text: str) -> None:
        """A quiet word in the status bar."""
        self.statusBar().showMessage(text, 8000)

    def _show_case(self, case: Case) -> None:
        wanted = self.panel.list.current
        if wanted is not None and case.account.installation.id != wanted:
            return
        first = self.case is None or self.case.account.installation.id != case.account.installation.id
        self.case = case
        self._fault_bar.show_text("", "")
        self.page.show_case(case)
        self.settings_page.show_case(case)
        self.orders.show_case(case)
        if first or self._pages.currentWidget() in (self._welcome, self._nothing):
            self.show_page(self.page)
        self.program.remember(case.account.installation.customer_number)
        self._show_case_actions()
        self.drafts.show_case(case)
        self.imports.taking_back.show_case(case)

    def _case_failed(self, error: ModelError) -> None:
        if isinstance(error, NoSuchInstallation):
            self.case = None
            self.show_page(self._nothing)
            self._show_case_actions()
        self.show_error(error)

    def _show_case_actions(self) -> None:
        self.actions_by_name.enable(CASE_ACTIONS, on=self.case is not None)
        pending = self.case is not None and self.case.account.pending(self.case.now.date()) is not None
        self.actions_by_name.enable(("cancelOrder",), on=pending)

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

    def enter_email(self) -> None:
        """To the e-mail address, which an order needs (R25)."""
        self.show_page(self.settings_page)
        self.settings_page.focus_email()
        self.activateWindow()

    def current_table(self) -> Table[Any] | None:
        """The table of the tab that is open."""
        if self._pages.currentWidget() is not self.page:
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
        """Qt: dropped files are imported as those of one system."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.imports.read(paths)

    # ------------------------------------------------------------------ how it is put together

    def _put_together(self) -> None:
        self._fault_bar = Notice("faultBar", "faultText", "danger", "triangle-alert")
        self._fault_bar.add_button(button(_("Reload"), "retryButton", self.reload))
        self._pages = QStackedWidget()
        for page in (self._nothing, self._welcome, self.page, self.settings_page):
            self._pages.addWidget(page)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        bars = QVBoxLayout()
        bars.setContentsMargins(10, 4, 14, 0)
        bars.setSpacing(6)
        own = (self._watch.clock_bar, self._fault_bar, self._backups.bar, self.mail.bar, self.drafts.bar)
        for part in (*self.database.bars, *own, self.imports.taking_back.bar):
            bars.addWidget(part)
        column.addLayout(bars)
        column.addWidget(self._pages, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.panel)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(1, 1)
        self.setCentralWidget(self.splitter)
        character = self.fontMetrics().averageCharWidth()
        self.splitter.setSizes([character * 52, character * 144])
        self.statusBar().setContentsMargins(8, 0, 0, 0)
        self.statusBar().addWidget(self._watch.counts)
        self.statusBar().addPermanentWidget(self.mail.hint)
        self.statusBar().addPermanentWidget(self._watch.instant)
        self.setWindowTitle(_("Tarifwechsel – {database}").format(database=Path(self.desk.place).stem))

    def _connect(self) -> None:
        self.panel.chosen.connect(self.open_case)
        self.panel.failed.connect(self.show_error)
        self.panel.opened.connect(lambda: self.page.extensions.setFocus())
        self._welcome.demo_wanted.connect(self.demo_requested)
        self._welcome.import_wanted.connect(self.imports.choose_files)
        self._welcome.new_wanted.connect(self.customers.new)
        self.page.settings_wanted.connect(self.open_settings)
        self.page.upgrade_wanted.connect(self.orders.adjust_to_offer)
        self.page.cancel_wanted.connect(self.orders.cancel)
        self.page.add_wanted.connect(self.objects.add)
        self.page.edit_wanted.connect(self.objects.edit)
        self.page.remove_wanted.connect(self.objects.remove)
        self.page.pasted.connect(self.objects.paste)
        self.page.take_back_wanted.connect(self.imports.taking_back.take_back)
        self.settings_page.back_wanted.connect(lambda: self.show_page(self.page))
        self._pages.currentChanged.connect(lambda _place: self.drafts.show_bar())
        self.settings_page.save_wanted.connect(self.customers.save)
        self.settings_page.adjust_wanted.connect(self.orders.adjust)
        self.settings_page.cancel_wanted.connect(self.orders.cancel)

    def _what_to_do(self) -> dict[str, Callable[[], object]]:
        return {
            "import": self.imports.choose_files,
            "importAmi": self.ami.open,
            "importBatch": self.batches.open,
            "new": self.customers.new,
            "export": self.exports.open,
            "prices": self.customers.load_prices,
            "restore": self._backups.choose,
            "demo": self.demo_requested.emit,
            "outbox": self.mail.open_outbox,
            "preferences": self.settings.open,
            "quit": self.close,
            "copy": self._copy,
            "copyHeader": lambda: self._copy(header=True),
            "paste": self.objects.paste_clipboard,
            "search": self._go_to_search,
            f"sort{Sorting.NAME}": lambda: self.panel.sort_by(Sorting.NAME),
            f"sort{Sorting.NUMBER}": lambda: self.panel.sort_by(Sorting.NUMBER),
            "refresh": self.reload,
            "addExtension": lambda: self.objects.add("Extension"),
            "addDevice": lambda: self.objects.add("Device"),
            "addFeature": lambda: self.objects.add("Feature"),
            "settings": self.open_settings,
            "adjust": self.orders.adjust_to_offer,
            "cancelOrder": self.orders.cancel,
            "help": self.program.show_help,
            "verify": self.program.verify,
            "about": self.program.about,
        }

    def _go_to_search(self) -> None:
        self.panel.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.panel.search.selectAll()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: remember how everything was left, finish what was begun."""
        if self._leaving.must_wait() or self.drafts.must_ask():
            event.ignore()
            return
        self._watch.stop()
        self._backups.finish()
        self.mail.finish()
        self.program.save()
        self.desk.close()
        super().closeEvent(event)
        self.closed.emit()
