"""What the window says of mail: a bar when nothing can be sent, how much isn't delivered, the password asked for."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices

from model.outbox import OutboxCounts
from model.provider import MailServer
from model.smtp import Trouble
from ui import mail_words
from ui.i18n import _
from ui.mail_dialogs import PasswordDialog
from ui.mail_menu import MailMenu
from ui.outbox_window import OutboxWindow
from ui.sending import PostState
from ui.widgets import Notice, button, link, show_message

if TYPE_CHECKING:
    from ui.main_window import MainWindow

FOLDER = "mail/folder"


class MailWork(QObject):
    """Never holds up an order: whatever goes wrong is said beside the work."""

    def __init__(self, window: MainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._private: TemporaryDirectory[str] | None = None
        self.bar = Notice("mailBar", "mailText", "warning", "mail")
        self._password = button(_("Enter password …"), "enterPasswordButton", self._ask_for_password)
        self._retry = button(_("Try again"), "retryMailButton", window.desk.post.resume)
        for made in (
            self._password,
            self._retry,
            button(_("E-mail settings …"), "mailSettingsButton", window.settings.open_mail),
        ):
            self.bar.add_button(made)
        self.hint = link("", "undeliveredButton", self.open_outbox)
        self.hint.hide()
        window.desk.post.changed.connect(self._show)
        window.desk.post.password_wanted.connect(lambda _server: self._ask_for_password())
        window.desk.post.rested.connect(window.reload)
        orders = window.page.orders
        orders.add_button(MailMenu(window, orders.table, "mail", lambda row: list(row.deliveries)).button)
        window.desk.post.look()

    def open_outbox(self) -> None:
        """What waits and what could not be delivered."""
        self._window.dialogs.open_once("outbox", lambda: OutboxWindow(self._window), modal=False)

    def open_file(self, path: Path) -> None:
        """Hand a mail over to the mail program."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            text = _("No program on this computer opens .eml files. Please save the e-mail and open it yourself.")
            show_message(self._window, _("The e-mail could not be opened"), text)

    def private_folder(self) -> Path:
        """A new folder that only this account can read; it goes when the window closes."""
        if self._private is None:
            self._private = TemporaryDirectory(prefix="Tarifwechsel-", ignore_cleanup_errors=True)
        return Path(mkdtemp(dir=self._private.name))

    def last_folder(self) -> Path:
        """Where a mail was saved the last time."""
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = Path(str(self._settings.value(FOLDER, documents, type=str)))
        return folder if folder.is_dir() else Path(documents)

    def remember_folder(self, folder: Path) -> None:
        """A mail was saved there."""
        self._settings.setValue(FOLDER, str(folder))

    def finish(self) -> None:
        """The window closes."""
        if self._private is not None:
            self._private.cleanup()

    def _show(self, state: PostState) -> None:
        text = mail_words.why_waiting(state.server, state.fault, missing=state.password_missing)
        stopped = bool(text) and state.server.ready
        self.bar.show_text(_("E-mails cannot be sent at the moment") if stopped else "", text if stopped else "")
        wrong = state.fault is not None and state.fault.trouble is Trouble.PASSWORD
        self._password.setVisible(state.password_missing or wrong)
        self._retry.setVisible(not state.password_missing and not wrong)
        # What only waits for its turn is no news.
        words = mail_words.counts(state.counts if text else OutboxCounts(0, state.counts.refused))
        self.hint.setText(words)
        self.hint.setAccessibleName(words)
        self.hint.setVisible(bool(words))

    def _ask_for_password(self) -> None:
        server = self._window.desk.post.state.server
        self._window.dialogs.open_once("password", lambda: self._make_password_dialog(server), modal=False)

    def _make_password_dialog(self, server: MailServer) -> PasswordDialog:
        dialog = PasswordDialog(server, self._window)

        def use() -> None:
            password = dialog.value()
            dialog.finish()
            self._window.desk.post.enter_password(server, password)

        dialog.submitted.connect(use)
        return dialog
