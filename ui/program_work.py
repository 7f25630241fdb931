"""What a clerk does with the program itself: help, check, the two pages in the browser."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from ui.i18n import _
from ui.widgets import show_message

if TYPE_CHECKING:
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
    """Opens the program's own windows."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

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

    def _browse(self, address: str) -> None:
        from PySide6.QtCore import QUrl

        from ui.browsing import browse

        # Whichever window asked: a message under a dialog would not be seen.
        browse(QUrl(address), QApplication.activeWindow() or self._window)
