"""What a clerk does with the settings: open them, save them, try the mail server, choose a logo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from model.errors import ModelError
from ui import errors
from ui.database_page import DatabasePage
from ui.i18n import _, language
from ui.preferences import load_database
from ui.preferences_dialog import PreferencesDialog
from ui.sending import MailSettings
from ui.working_dialog import open_work

if TYPE_CHECKING:
    from ui.main_window import MainWindow

Answer = TypeVar("Answer")


class PreferencesWork(QObject):
    """The dialog opens at once; what holds for every desk is read from the database meanwhile."""

    def __init__(self, window: MainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._dialog: PreferencesDialog | None = None

    def open(self) -> None:
        """Language, appearance, addresses, mail, provider."""
        self._window.dialogs.open_once("preferences", self._make)

    def open_mail(self) -> None:
        """The mail server."""
        self.open()
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.show_mail()

    def _make(self) -> PreferencesDialog:
        window, post = self._window, self._window.desk.post
        kept = window.preferences._replace(language=language())
        dialog = self._dialog = PreferencesDialog(kept, window.desk.place, self._database_page(), window)
        page = dialog.mail

        def show(shared: MailSettings) -> None:
            dialog.show_shared(shared, window.changes.reason)
            post.knows_password(shared.server, _while_open(dialog, page.show_password_known))

        def show_unreadable(error: ModelError) -> None:
            dialog.show_reason(errors.message(error))

        post.settings(_while_open(dialog, show), _while_open(dialog, show_unreadable))
        dialog.submitted.connect(lambda: self._save(dialog))
        page.test_wanted.connect(
            lambda server, password, to: post.send_test(
                server, password, to, _while_open(dialog, page.show_outcome), _while_open(dialog, page.show_error)
            )
        )
        dialog.provider.logo_wanted.connect(lambda: self._choose_logo(dialog))
        return dialog

    def _database_page(self) -> DatabasePage:
        from ui.app import own_database

        page = DatabasePage(self._window.desk.place, load_database(self._settings), own_database())
        page.show_zone(str(self._window.desk.now().tzinfo))
        return page

    def _save(self, dialog: PreferencesDialog) -> None:
        chosen, unfinished, changes = dialog.value(), open_work(besides=dialog), dialog.changes()
        wanted = dialog.wanted_database
        if chosen.language != language() and unfinished is not None:
            dialog.refuse_language(unfinished.windowTitle())
            return

        def done(_nothing: None) -> None:
            dialog.finish()
            self._window.preferences_changed.emit(chosen)
            if wanted:
                self._window.database_chosen.emit(wanted)

        if any(changes):
            self._window.desk.post.change_settings(*changes, done, dialog.show_error)
        else:
            done(None)

    def _choose_logo(self, dialog: PreferencesDialog) -> None:
        chooser = QFileDialog(dialog, _("Choose logo"), "", _("Pictures (*.png *.jpg *.jpeg *.svg)"))
        chooser.setObjectName("logoFileDialog")
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(lambda path: self.read_logo(dialog, Path(path)))
        chooser.open()

    def read_logo(self, dialog: PreferencesDialog, path: Path) -> None:
        """Show a file as the logo, or say under the field why it can't be one."""
        dialog.provider.form.clear_faults()
        self._window.desk.post.read_logo(
            path,
            _while_open(dialog, lambda found: dialog.provider.logo.show_logo(*found)),
            _while_open(dialog, dialog.show_error),
        )


def _while_open(dialog: PreferencesDialog, act: Callable[[Answer], object]) -> Callable[[Answer], None]:
    """The dialog may have been closed before the answer came."""

    def told(answer: Answer) -> None:
        if isValid(dialog) and dialog.isVisible():
            act(answer)

    return told
