"""Copies of the database: made by themselves after orders and once a day, and the way back to one."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from model.backups import Backup
from model.engine import is_server
from model.errors import ModelError
from model.refusals import Fault, InvalidInput
from ui import errors, formats, labels
from ui.arrangement import resize_within_screen
from ui.form import FormDialog
from ui.i18n import _
from ui.table import Table
from ui.table_model import Column, TableModel
from ui.widgets import Notice, button, label, show_message, wrapped

if TYPE_CHECKING:
    from ui.main_window import MainWindow

SOON_MS = 2_000
AT_START_MS = 10_000


class BackupWork(QObject):
    """Several orders in a row make one copy; a copy that fails is said and never holds up an order."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.bar = Notice("backupBar", "backupText", "warning", "triangle-alert")
        self.bar.add_button(button(_("Try again"), "retryBackupButton", self._back_up))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._back_up)
        if window.desk.keeping.possible:
            window.desk.ordered.connect(lambda: self._soon.start(SOON_MS))
            QTimer.singleShot(AT_START_MS, self, self._look_for_today)

    def finish(self) -> None:
        """The window closes: a copy that is due is made now."""
        if self._soon.isActive():
            self._back_up()

    def choose(self) -> None:
        """List the copies and go back to one."""
        if not self._window.desk.keeping.possible:
            why = _("This database is not kept in a file.")
            if is_server(self._window.desk.place):
                why = _("Copies of a database on a server are made there, by whoever looks after it.")
            show_message(self._window, _("There are no copies"), why, tone="info")
            return
        folder = self._folder()
        self._window.desk.keeping.list(folder, lambda found: self._show(folder, found), self._window.show_error)

    def _look_for_today(self) -> None:
        """Once a day there is a copy, orders or not."""
        today = self._window.desk.now()

        def look(found: list[Backup]) -> None:
            if not any(_local(backup, today.tzinfo).made_at.date() == today.date() for backup in found):
                self._back_up()

        self._window.desk.keeping.list(self._folder(), look, self._failed)

    def _folder(self) -> Path:
        return self._window.desk.keeping.folder(self._window.preferences.backup_folder)

    def _back_up(self) -> None:
        self._soon.stop()
        self._window.desk.keeping.back_up(self._folder(), lambda _path: self.bar.show_text("", ""), self._failed)

    def _failed(self, error: ModelError) -> None:
        self.bar.show_text(_("No copy of the database could be made"), errors.backup(error))

    def _show(self, folder: Path, found: list[Backup]) -> None:
        zone = self._window.desk.now().tzinfo

        def make() -> RestoreDialog:
            dialog = RestoreDialog(folder, found, zone, self._window)
            dialog.chosen.connect(self._window.restore_requested)
            return dialog

        self._window.dialogs.open_once("restore", make)


class RestoreDialog(FormDialog):
    """The copies with date and content; the database as it is now stays beside the restored one."""

    CHANGES = False

    chosen = Signal(object)

    def __init__(self, folder: Path, found: list[Backup], zone: tzinfo | None, parent: QWidget | None) -> None:
        super().__init__("restoreDialog", _("Restore a copy"), _("Restore"), parent)
        self.characters = 84
        hint = _(
            "The database goes back to the state of the copy. What was ordered since then is not in it;"
            " the database as it is now is kept beside it."
        )
        self._table = _table()
        self._table.set_rows([_local(backup, zone) for backup in found])
        self._table.selectionModel().selectionChanged.connect(self._show_selection)
        self._table.activated_row.connect(lambda _row: self.submit_button.setFocus())
        column = QVBoxLayout()
        column.addWidget(wrapped(label(hint)))
        column.addWidget(self._table, 1)
        column.addWidget(wrapped(label(_("Folder: {folder}").format(folder=folder), tone="muted")))
        self.body.insertLayout(0, column, 1)
        self.outer.setStretchFactor(self.body, 100)
        self.submitted.connect(self._choose)
        self._show_selection()
        resize_within_screen(self, 90, 30)

    def value(self) -> Backup:
        """The copy chosen; raises InvalidInput if there is none."""
        for backup in self._table.selected_rows():
            return backup
        raise InvalidInput("backup", Fault.EMPTY)

    def focus_first(self) -> None:
        """The newest copy."""
        self._table.setFocus()

    def _choose(self) -> None:
        backup = self.value()
        self.finish()
        self.chosen.emit(backup)

    def _show_selection(self) -> None:
        chosen = self._table.selected_rows()
        self.allow(possible=len(chosen) == 1 and chosen[0].orders is not None)


def _local(backup: Backup, zone: tzinfo | None) -> Backup:
    last = backup.last_order.astimezone(zone) if backup.last_order else None
    return replace(backup, made_at=backup.made_at.astimezone(zone), last_order=last)


def _table() -> Table[Backup]:
    columns = (
        Column[Backup](
            "made",
            lambda: _("Made"),
            lambda backup: formats.instant(backup.made_at),
            sort=lambda backup: backup.made_at,
        ),
        Column[Backup](
            "orders",
            lambda: _("Content"),
            lambda backup: _("cannot be read") if backup.orders is None else labels.orders(backup.orders),
            sort=lambda backup: -1 if backup.orders is None else backup.orders,
        ),
        Column[Backup](
            "last",
            lambda: _("Last order"),
            lambda backup: formats.instant(backup.last_order) if backup.last_order else "–",
            sort=lambda backup: str(backup.last_order or ""),
        ),
    )
    model = TableModel(columns, lambda backup: str(backup.path))
    table = Table[Backup]("backupTable", _("Copies"), model, lambda: _("There are no copies yet."))
    table.fit_columns({"made": 22, "orders": 22, "last": 22})
    return table
