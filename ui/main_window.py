"""The window: the list at the left, pages at the right; wires what a clerk wants to what the desk does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PySide6.QtCore import QSettings, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QLabel,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from model.clock import ClockState
from model.errors import ModelError, NoSuchInstallation
from model.search import Sorting
from ui import errors, formats
from ui.actions import Actions
from ui.customer_work import CustomerWork
from ui.desk import Case, Desk, Pulse
from ui.help_window import HelpWindow
from ui.i18n import _, language, ngettext
from ui.installation_page import InstallationPage
from ui.list_panel import ListPanel
from ui.object_work import ObjectWork
from ui.order_work import OrderWork
from ui.preferences import Preferences, PreferencesDialog, load_preferences
from ui.settings_page import SettingsPage
from ui.table import Table
from ui.welcome_page import NothingChosenPage, WelcomePage
from ui.widgets import Notice, button, resize_within_screen, show_message

VERSION = "0.1.0"
PULSE_MS = 1000
CASE_ACTIONS = ("addExtension", "addDevice", "addFeature", "settings", "adjust", "paste", "copy", "copyHeader")


class MainWindow(QMainWindow):
    """Made with a desk and settings; not yet shown."""

    demo_requested = Signal()
    preferences_changed = Signal(object)
    closed = Signal()

    def __init__(self, desk: Desk, settings: QSettings) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAcceptDrops(True)
        self.desk = desk
        self._settings = settings
        self.preferences = load_preferences(settings)
        self.rebuilding = False
        self.case: Case | None = None
        self._pulse: Pulse | None = None
        self.panel = ListPanel(desk)
        self.page = InstallationPage()
        self.settings_page = SettingsPage()
        self._welcome = WelcomePage()
        self._nothing = NothingChosenPage()
        self.objects = ObjectWork(self)
        self.orders = OrderWork(self)
        self.customers = CustomerWork(self)
        self._help = HelpWindow(self)
        self._put_together()
        self.actions_by_name = Actions(self, self._what_to_do())
        self._connect()
        self._restore()
        self._show_case_actions()
        self.panel.search.setFocus()
        self._timer = QTimer(self)
        self._timer.setInterval(PULSE_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self.reload()

    # ------------------------------------------------------------------ what is shown

    def reload(self) -> None:
        """Read everything shown again; selection, scrolling and half-typed input stay."""
        self.desk.pulse(self._show_pulse, self.show_error)
        self.panel.reload()
        if self.case is not None:
            self.open_case(self.case.account.installation.id)

    def open_case(self, installation_id: int) -> None:
        """Read an installation and show it."""
        self.desk.open_case(installation_id, self._show_case, self._case_failed)

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self._pages.setCurrentWidget(page)

    def show_error(self, error: ModelError) -> None:
        """A fault that belongs to no field: said at the top, with a way to try again."""
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
        self._settings.setValue(self._last_key(), case.account.installation.customer_number)
        self._show_case_actions()

    def _case_failed(self, error: ModelError) -> None:
        if isinstance(error, NoSuchInstallation):
            self.case = None
            self.show_page(self._nothing)
            self._show_case_actions()
        self.show_error(error)

    def _show_pulse(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._fault_bar.show_text("", "")
        self.panel.show_counts(pulse.counts)
        count = formats.number
        text = ngettext("{count} installation", "{count} installations", pulse.counts.all)
        self._counts.setText(
            _("{installations} · {over} over tariff · {pending} pending").format(
                installations=text.format(count=count(pulse.counts.all)),
                over=count(pulse.counts.over),
                pending=count(pulse.counts.pending),
            )
        )
        self._state.setText(_("As of {instant}").format(instant=formats.instant(pulse.now)))
        self._show_clock(pulse.clock)
        if self.case is None:
            self.show_page(self._welcome if pulse.counts.all == 0 else self._nothing)

    def _show_clock(self, state: ClockState) -> None:
        self._clock_bar.show_text("", "" if state is ClockState.RIGHT else errors.clock(state))
        self._confirm_clock.setVisible(state is ClockState.AHEAD)

    def _show_case_actions(self) -> None:
        self.actions_by_name.enable(CASE_ACTIONS, on=self.case is not None)
        pending = self.case is not None and self.case.account.pending(self.case.now.date()) is not None
        self.actions_by_name.enable(("cancelOrder",), on=pending)

    # ------------------------------------------------------------------ what changes by itself

    def _look(self) -> None:
        """Once a second: has anybody written, has the day changed, is the clock right? Then read again."""
        self.desk.glance(self._compare, lambda _error: None)

    def _compare(self, glance: tuple[int, ClockState]) -> None:
        if self._pulse is None:
            return
        before = self._pulse.version, self._pulse.clock, self._pulse.now.date()
        if (*glance, self.desk.now().date()) != before:
            self.reload()

    # ------------------------------------------------------------------ what the clerk wants

    def choose(self, installation_id: int) -> None:
        """Go to an installation."""
        self.panel.choose(installation_id)

    def _choose_if_there(self, installation_id: int | None) -> None:
        if installation_id is not None:
            self.choose(installation_id)

    def _back_to_case(self) -> None:
        self.show_page(self.page)

    def _open_settings(self) -> None:
        if self.case:
            self.show_page(self.settings_page)
            self.settings_page.focus_first()

    def enter_email(self) -> None:
        """To the e-mail address, which an order needs (R25)."""
        self.show_page(self.settings_page)
        self.settings_page.focus_email()
        self.activateWindow()

    def _open_preferences(self) -> None:
        dialog = PreferencesDialog(replace(self.preferences, language=language()), self.desk.place, self)

        def save() -> None:
            chosen = dialog.value()
            dialog.accept()
            self.preferences_changed.emit(chosen)

        dialog.submitted.connect(save)
        dialog.open()

    def rebuild(self) -> None:
        """Close, to be built again in another language."""
        self.rebuilding = True
        self.close()

    def use_preferences(self, preferences: Preferences) -> None:
        """Settings that need no new window."""
        self.preferences = preferences

    def open_product_page(self) -> None:
        """The product page, in the browser."""
        QDesktopServices.openUrl(QUrl(self.preferences.product_page))

    def open_guide(self) -> None:
        """The other guide, for SIP trunk and minute packages."""
        QDesktopServices.openUrl(QUrl(self.preferences.guide_page))

    def _show_help(self) -> None:
        topics = {"welcomePage": "start", "settingsPage": "tariff", "installationPage": "installation"}
        page = self._pages.currentWidget()
        self._help.show_topic(topics.get(page.objectName() if page else "", "list"))

    def _about(self) -> None:
        words = _(
            "Version {version}\n\nDatabase: {place}\n\nMIT licence. Made with Qt for Python (LGPL), sqlite-utils, Babel"
            " and the icons of Lucide (ISC)."
        )
        show_message(self, _("Tarifwechsel"), words.format(version=VERSION, place=self.desk.place), tone="info")

    def _confirm_clock_ahead(self) -> None:
        self.desk.confirm_clock(lambda _nothing: self.reload(), self.show_error)

    def current_table(self) -> Table[Any] | None:
        """The table of the tab that is open."""
        if self._pages.currentWidget() is not self.page:
            return None
        return self.page.tables[self.page.tabs.currentIndex()]

    def _copy(self, *, header: bool = False) -> None:
        table = self.current_table()
        if table is not None:
            table.copy(header=header)

    # ------------------------------------------------------------------ files dropped on the window

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: a file may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: a dropped file is imported."""
        for url in [url for url in event.mimeData().urls() if url.isLocalFile()][:1]:
            event.acceptProposedAction()
            self.objects.import_file(Path(url.toLocalFile()))

    # ------------------------------------------------------------------ how it is put together

    def _put_together(self) -> None:
        self._clock_bar = Notice("clockBar", "clockText", "warning", "clock")
        self._confirm_clock = self._clock_bar.add_button(
            button(_("The date is right"), "confirmClockButton", self._confirm_clock_ahead)
        )
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
        for part in (self._clock_bar, self._fault_bar):
            bars.addWidget(part)
        column.addLayout(bars)
        column.addWidget(self._pages, 1)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.panel)
        self._splitter.addWidget(right)
        self._splitter.setStretchFactor(1, 1)
        self.setCentralWidget(self._splitter)
        self._counts, self._state = QLabel(), QLabel()
        self._counts.setObjectName("statusCounts")
        self._state.setObjectName("statusInstant")
        self.statusBar().setContentsMargins(8, 0, 0, 0)
        self.statusBar().addWidget(self._counts)
        self.statusBar().addPermanentWidget(self._state)
        self.setWindowTitle(_("Tarifwechsel – {database}").format(database=Path(self.desk.place).stem))

    def _connect(self) -> None:
        self.panel.chosen.connect(self.open_case)
        self.panel.failed.connect(self.show_error)
        self.panel.opened.connect(lambda: self.page.extensions.setFocus())
        self._welcome.demo_wanted.connect(self.demo_requested)
        self._welcome.import_wanted.connect(self.objects.choose_file)
        self._welcome.new_wanted.connect(self.customers.new)
        self.page.settings_wanted.connect(self._open_settings)
        self.page.upgrade_wanted.connect(self.orders.adjust_to_offer)
        self.page.cancel_wanted.connect(self.orders.cancel)
        self.page.add_wanted.connect(self.objects.add)
        self.page.edit_wanted.connect(self.objects.edit)
        self.page.remove_wanted.connect(self.objects.remove)
        self.page.pasted.connect(self.objects.paste)
        self.settings_page.back_wanted.connect(self._back_to_case)
        self.settings_page.save_wanted.connect(self.customers.save)
        self.settings_page.adjust_wanted.connect(self.orders.adjust)
        self.settings_page.cancel_wanted.connect(self.orders.cancel)

    def _what_to_do(self) -> dict[str, Callable[[], object]]:
        return {
            "import": self.objects.choose_file,
            "new": self.customers.new,
            "prices": self.customers.load_prices,
            "demo": self.demo_requested.emit,
            "preferences": self._open_preferences,
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
            "settings": self._open_settings,
            "adjust": self.orders.adjust_to_offer,
            "cancelOrder": self.orders.cancel,
            "help": self._show_help,
            "about": self._about,
        }

    def _go_to_search(self) -> None:
        self.panel.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.panel.search.selectAll()

    def _restore(self) -> None:
        """Window, splitter, columns and last customer come back."""
        character = self.fontMetrics().averageCharWidth()
        resize_within_screen(self, 196, 52)
        self._splitter.setSizes([character * 52, character * 144])
        if geometry := self._settings.value("window/geometry"):
            self.restoreGeometry(geometry)
        if splitter := self._settings.value("window/splitter"):
            self._splitter.restoreState(splitter)
        self.page.restore_columns(self._settings)
        last = str(self._settings.value(self._last_key(), "", type=str))
        if last:
            self.desk.find_customer(last, self._choose_if_there, self.show_error)

    def _last_key(self) -> str:
        """Each database has its own last customer."""
        return f"last_customer/{quote(self.desk.place, safe='')}"

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: remember how everything was left, finish what was begun."""
        self._timer.stop()
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/splitter", self._splitter.saveState())
        self.page.save_columns(self._settings)
        self.desk.close()
        super().closeEvent(event)
        self.closed.emit()
