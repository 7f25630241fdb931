"""Importing from a running Asterisk: it is asked while its dialog stays open, then comes the usual preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from model.import_result import ImportedFile
from ui.ami_dialog import AmiDialog

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class AmiWork(QObject):
    """Opens the dialog and hands what was entered to the desk; a refusal goes back to the dialog."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def open(self) -> None:
        """Ask which Asterisk."""
        self._window.dialogs.open_once("ami", self._make)

    def _make(self) -> AmiDialog:
        dialog, asking = AmiDialog(self._window), self._window.desk.asking
        dialog.submitted.connect(lambda: self._read(dialog))
        dialog.check_wanted.connect(lambda: self._check(dialog))
        dialog.cancel_wanted.connect(asking.cancel)
        asking.progressed.connect(dialog.show_progress)
        return dialog

    def _check(self, dialog: AmiDialog) -> None:
        login = dialog.value()
        self._window.desk.asking.check(login.server, login.password, dialog.show_answer, dialog.show_error)

    def _read(self, dialog: AmiDialog) -> None:
        login = dialog.value()

        def read(imported: ImportedFile) -> None:
            dialog.finish()
            self._window.imports.show_imported(imported, self._window.show_error)

        self._window.desk.asking.read(login.server, login.password, read, dialog.show_error)
