"""Moving the whole database to a server, or from there into a file; and settling a move that was cut off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths

from model.engine import is_server
from model.moved import Moved
from model.transfer import Transferred
from ui.i18n import _
from ui.settle_dialog import SettleDialog
from ui.transfer_dialog import ToFileDialog, ToServerDialog, TransferDialog
from ui.transferring import Done, Failed
from ui.widgets import show_message

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class TransferWork(QObject):
    """Opens the dialogs and hands what was chosen to the desk."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def open(self) -> None:
        """Where the data are to go: from a file to a server, and the other way round."""
        make = self._to_file if is_server(self._window.desk.place) else self._to_server
        self._window.dialogs.open_once("transfer", make)

    def settle(self, mark: Moved) -> None:
        """Ask how a move ended that was cut off."""
        self._window.dialogs.open_once("settle", lambda: self._settle(mark))

    def _to_server(self) -> TransferDialog:
        dialog, room = ToServerDialog(self._window), self._window.desk.transferring

        def run() -> None:
            done, failed = self._outcome(dialog)
            room.to_server(dialog.value(), dialog.server.password(), create=dialog.sets_up, done=done, failed=failed)

        dialog.submitted.connect(run)
        return self._connected(dialog)

    def _to_file(self) -> TransferDialog:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = ToFileDialog(Path(documents) / "Tarifwechsel.db", self._window)

        def run() -> None:
            self._window.desk.transferring.to_file(dialog.value(), *self._outcome(dialog))

        dialog.submitted.connect(run)
        return self._connected(dialog)

    def _connected(self, dialog: TransferDialog) -> TransferDialog:
        room = self._window.desk.transferring
        room.progressed.connect(dialog.show_progress)
        dialog.cancel_wanted.connect(room.cancel)
        return dialog

    def _outcome(self, dialog: TransferDialog) -> tuple[Done, Failed]:
        """What the dialog shows in the end."""

        def done(moved: Transferred | None) -> None:
            if moved is None:
                dialog.show_given_up()
                return
            dialog.work_wanted.connect(lambda: self._work_there(dialog, moved.address))
            dialog.show_done(moved)

        return done, dialog.show_error

    def _work_there(self, dialog: TransferDialog, address: str) -> None:
        dialog.accept()
        self._window.database_chosen.emit(address)

    def _settle(self, mark: Moved) -> SettleDialog:
        desk = self._window.desk
        dialog = SettleDialog(mark, desk.now().tzinfo, self._window)

        def done(arrived: bool) -> None:
            dialog.finish()
            text = _("Nothing has arrived there: the transfer was undone, and you can go on working here.")
            if arrived:
                text = _("Everything has arrived there; this database is an archive now.")
            box = show_message(self._window, _("The transfer is settled"), text, tone="info")
            box.finished.connect(lambda _button: self._window.reopen_requested.emit())

        dialog.submitted.connect(lambda: desk.transferring.settle(dialog.value(), done, dialog.show_error))
        return dialog
