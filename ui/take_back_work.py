"""Taking imports back: offered after one, and at its entry in the history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from shiboken6 import isValid

from model.audit import AuditEntry
from model.errors import ModelError
from model.import_kept import KeptImport
from model.refusals import ImportStale
from ui import history
from ui.changes import change_button
from ui.i18n import _
from ui.importing import Compared
from ui.take_back_dialog import TakeBackDialog
from ui.widgets import Notice, button, show_message

if TYPE_CHECKING:
    from ui.case import Case
    from ui.main_window import MainWindow

Answer = tuple[KeptImport, Compared]


class TakeBackWork(QObject):
    """At most one import is offered to be taken back, as long as its customer is shown."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._offered: tuple[int, int] | None = None
        self.bar = Notice("importedBar", "importedText", "info", "file-input")
        self.bar.add_button(change_button(_("Take import back …"), "importedTakeBack", self._take_offered_back))
        self.bar.add_button(button(_("Hide"), "importedHide", self._forget))

    def offer(self, installation_id: int, seq: int) -> None:
        """An import was written."""
        self._offered = (installation_id, seq) if seq else None

    def show_case(self, case: Case) -> None:
        """The bar belongs to one customer and one import."""
        entry = self._offered_entry(case)
        if entry is None:
            self._forget()
        else:
            self.bar.show_text(_("Imported"), history.details(entry))

    def take_back(self, entry: AuditEntry) -> None:
        """Show what was before an import beside what there is; write it when the clerk says so."""
        case = self._window.case
        if case is None:
            return
        key = case.account.installation.id
        shown = replace(entry, at=entry.at.astimezone(case.now.tzinfo))

        def show(found: Answer | None) -> None:
            if found is None:
                text = _("What was there before this import is kept no longer.")
                show_message(self._window, _("The import cannot be taken back"), text)
            else:
                self._window.dialogs.open_once("takeBack", lambda: self._make(key, shown, found))

        self._window.desk.importing.compare_kept(key, entry.seq, show, self._window.show_error)

    def _make(self, key: int, entry: AuditEntry, found: Answer) -> TakeBackDialog:
        dialog = TakeBackDialog(entry, *found, self._window)
        dialog.submitted.connect(lambda: self._submit(key, entry, dialog))
        return dialog

    def _submit(self, key: int, entry: AuditEntry, dialog: TakeBackDialog) -> None:
        comparison, removing, devices = dialog.value(), dialog.panel.removing, dialog.panel.removing_devices

        def done(_seq: int) -> None:
            self._forget()
            dialog.finish()
            self._window.reload()

        def failed(error: ModelError) -> None:
            dialog.show_error(error)
            if isinstance(error, ImportStale):
                self._compare_again(key, entry, dialog)

        self._window.desk.import_objects(
            key, lambda: comparison.changes(removing=removing, removing_devices=devices), done, failed
        )

    def _compare_again(self, key: int, entry: AuditEntry, dialog: TakeBackDialog) -> None:
        def show(found: Answer | None) -> None:
            if found is not None and isValid(dialog):
                dialog.show_compared(found[1])

        self._window.desk.importing.compare_kept(key, entry.seq, show, dialog.show_error)

    def _take_offered_back(self) -> None:
        entry = self._offered_entry(self._window.case) if self._window.case else None
        if entry is not None:
            self.take_back(entry)

    def _offered_entry(self, case: Case) -> AuditEntry | None:
        if self._offered is None or self._offered[0] != case.account.installation.id:
            return None
        return next((entry for entry in case.entries if entry.seq == self._offered[1]), None)

    def _forget(self) -> None:
        self._offered = None
        self.bar.show_text("", "")
