"""What a clerk does with the program itself: help, check, the two pages in the browser; and how it was left."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from PySide6.QtCore import QByteArray, QObject, QSettings
from PySide6.QtWidgets import QApplication

from ui.i18n import _
from ui.widgets import resize_within_screen, show_message

if TYPE_CHECKING:
    from model.account import Account
    from model.verification import Verification
    from ui.help_window import HelpWindow
    from ui.main_window import MainWindow

VERSION = "0.1.0"
MOST_FINDINGS = 8
TOPICS = {
    "welcomePage": "start",
    "settingsPage": "tariff",
    "installationPage": "installation",
    "tariffChangeDialog": "tariff",
    "decisionDialog": "tariff",
    "cancelOrderDialog": "pending",
    "outboxWindow": "mail",
    "importDialog": "import",
    "comparisonDialog": "import",
    "batchDialog": "import",
    "amiDialog": "import",
    "exportDialog": "export",
    "restoreDialog": "copies",
    "toServerDialog": "server",
    "toFileDialog": "server",
}


class ProgramWork(QObject):
    """Opens the program's own windows, and remembers the main window's geometry, columns and last customer."""

    def __init__(self, window: MainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings

    def open_product_page(self) -> None:
        """The product page, in the browser."""
        self._browse(self._window.preferences.product_page)

    def open_guide(self) -> None:
        """The other guide, for SIP trunk and minute packages."""
        self._browse(self._window.preferences.guide_page)

    def show_help(self) -> None:
        """The part of the help that explains the dialog or the page in front."""
        active = QApplication.activeWindow()
        name = self._window.page_name() if active is None or active is self._window else active.objectName()
        self._help.show_topic(TOPICS.get(name, "list"))

    @cached_property
    def _help(self) -> HelpWindow:
        from ui.help_window import HelpWindow

        return HelpWindow(self._window)

    def about(self) -> None:
        """Version, database, licences."""
        words = _(
            "Version {version}\n\nDatabase: {place}\n\nMIT licence. Made with Qt for Python (LGPL), sqlite-utils,"
            " Babel, idna, Typst (Apache 2.0) and the icons of Lucide (ISC)."
        )
        text = words.format(version=VERSION, place=self._window.desk.place)
        show_message(self._window, _("Tarifwechsel"), text, tone="info")

    def verify(self) -> None:
        """Check the database and say what was found (R36)."""
        self._window.show_done(_("The database is being checked …"))
        self._window.desk.keeping.verify(self._show_verification, self._window.show_error)

    def _show_verification(self, found: Verification) -> None:
        from ui import labels

        self._window.show_done("")
        checked = _("{entries} and {orders} were checked.").format(
            entries=labels.entries(found.entries), orders=labels.orders(found.orders)
        )
        if not found.findings:
            show_message(self._window, _("The database is in order"), checked, tone="info")
            return
        lines = [labels.finding(finding) for finding in found.findings[:MOST_FINDINGS]]
        advice = _("Please stop ordering with this database and go back to a copy from before.")
        text = "\n".join([checked, "", *lines, "", advice])
        show_message(self._window, _("The database is not in order"), text, tone="danger")

    # ------------------------------------------------------------------ how it was left

    def restore(self) -> None:
        """Window and splitter come back."""
        window = self._window
        resize_within_screen(window, 196, 52)
        geometry, splitter = self._settings.value("window/geometry"), self._settings.value("window/splitter")
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)
        if isinstance(splitter, QByteArray):
            window.splitter.restoreState(splitter)

    def open_last_customer(self) -> None:
        """The customer that was shown when the program was closed comes back."""
        last = str(self._settings.value(self._last_key(), "", type=str))
        if last:
            self._window.desk.find_account(last, self._choose, self._window.show_error)

    def save(self) -> None:
        """The window closes."""
        self._settings.setValue("window/geometry", self._window.saveGeometry())
        self._settings.setValue("window/splitter", self._window.splitter.saveState())
        if self._window.is_made("page"):
            self._window.page.save_columns(self._settings)

    def remember(self, customer_number: str) -> None:
        """The customer that is shown."""
        self._settings.setValue(self._last_key(), customer_number)

    def _choose(self, account: Account | None) -> None:
        if account is not None:
            self._window.choose(account.installation.id)

    def _last_key(self) -> str:
        """Each database has its own last customer."""
        return f"last_customer/{quote(self._window.desk.place, safe='')}"

    def _browse(self, address: str) -> None:
        from PySide6.QtCore import QUrl

        from ui.browsing import browse

        # Whichever window asked: a message under a dialog would not be seen.
        browse(QUrl(address), QApplication.activeWindow() or self._window)
