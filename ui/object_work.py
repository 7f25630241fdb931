"""What a clerk does with objects: add, edit, remove, paste."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from model.account import Account
from model.errors import ModelError
from model.installation import Additions, Extension, ProFeatureUse
from model.refusals import LimitReached
from model.store import Removal
from ui import labels
from ui.form import FormDialog
from ui.installation_rows import DeviceRow, ExtensionRow
from ui.object_dialogs import DeviceDialog, ExtensionDialog, FeatureDialog, PasteDialog
from ui.order_dialogs import RemovalDialog

if TYPE_CHECKING:
    from ui.case import Case
    from ui.main_window import MainWindow


class ObjectWork(QObject):
    """Opens the dialogs and hands what they give to the desk; a refusal goes back to the dialog."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    # ------------------------------------------------------------------ adding

    def add(self, kind: str) -> None:
        """Add an "Extension", a "Device" or a "Feature"."""
        case = self._window.case
        if case is not None:
            self._window.dialogs.open_once(f"add{kind}", lambda: self._make(kind, case))

    def paste_clipboard(self) -> None:
        """Paste what is in the clipboard."""
        self.paste(QGuiApplication.clipboard().text())

    def paste(self, text: str) -> None:
        """Several rows from a spreadsheet; shown before anything is created."""
        case = self._window.case
        if case is None:
            return

        def make() -> PasteDialog:
            dialog = PasteDialog(self._window, text)
            dialog.submitted.connect(lambda: self._create(case, dialog, dialog.value()))
            return dialog

        self._window.dialogs.open_once("paste", make)

    def _make(self, kind: str, case: Case) -> FormDialog:
        """The dialog that adds an object of a kind."""
        if kind == "Extension":
            extension = ExtensionDialog(self._window, case.account)
            extension.submitted.connect(
                lambda: self._create(case, extension, Additions(extensions=(extension.value(),)))
            )
            return extension
        if kind == "Device":
            device = DeviceDialog(self._window, case.account)
            device.submitted.connect(lambda: self._create(case, device, Additions(devices=(device.value(),))))
            return device
        feature = FeatureDialog(self._window, case.account)
        feature.submitted.connect(lambda: self._create(case, feature, Additions(features=(feature.value(),))))
        return feature

    def _create(self, case: Case, dialog: FormDialog, adding: Additions) -> None:
        def failed(error: ModelError) -> None:
            if isinstance(error, LimitReached):
                dialog.set_busy(busy=False)
                self._window.orders.decide(self._newest(case), error.decision, dialog)
            else:
                dialog.show_error(error)

        installation_id = case.account.installation.id
        self._window.desk.add_objects(installation_id, adding, lambda _nothing: self._done(dialog), failed)

    # ------------------------------------------------------------------ editing and removing

    def edit(self, row: object) -> None:
        """Edit an extension's or a device's row."""
        case = self._window.case
        if case is None:
            return
        account = case.account
        if isinstance(row, ExtensionRow):
            extension = row.extension
            self._edit(extension.id, lambda: ExtensionDialog(self._window, account, extension), account)
        elif isinstance(row, DeviceRow):
            device = row.device
            self._edit(device.id, lambda: DeviceDialog(self._window, account, device), account)

    def _edit(self, object_id: int, make: Callable[[], ExtensionDialog | DeviceDialog], account: Account) -> None:
        def made() -> FormDialog:
            dialog = make()

            def change() -> None:
                key, new = account.installation.id, dialog.value()
                done = partial(self._done, dialog)
                self._window.desk.change_object(key, object_id, new, done, dialog.show_error)

            dialog.submitted.connect(change)
            return dialog

        self._window.dialogs.open_once("edit", made)

    def remove(self, kind: str) -> None:
        """Remove the rows selected in a tab, after asking."""
        case, page = self._window.case, self._window.page
        if case is None:
            return
        if kind == "Extension":
            extensions = [row.extension for row in page.extensions.selected_rows()]
            along = _features_of(case, extensions)
            removal = Removal(extensions=tuple(entry.id for entry in extensions))
            names = [labels.thing(entry) for entry in extensions]
        elif kind == "Device":
            along = []
            removal = Removal(devices=tuple(row.device.id for row in page.devices.selected_rows()))
            names = [labels.thing(row.device) for row in page.devices.selected_rows()]
        else:
            along = []
            removal = Removal(features=tuple(use.id for use in page.features.selected_rows()))
            names = [labels.thing(use) for use in page.features.selected_rows()]
        if not names:
            return

        def make() -> RemovalDialog:
            dialog = RemovalDialog(names, along, self._window)
            dialog.accepted.connect(lambda: self._remove(case, removal))
            return dialog

        self._window.dialogs.open_once("remove", make)

    def _remove(self, case: Case, removal: Removal) -> None:
        self._window.desk.remove_objects(
            case.account.installation.id, removal, lambda _nothing: self._window.reload(), self._window.show_error
        )

    # ------------------------------------------------------------------ dialogs

    def _done(self, dialog: FormDialog, _nothing: None = None) -> None:
        dialog.finish()
        self._window.reload()

    def _newest(self, case: Case) -> Case:
        """The installation as it was last read, if it is still the one shown."""
        shown = self._window.case
        same = shown is not None and shown.account.installation.id == case.account.installation.id
        return shown if shown is not None and same else case


def _features_of(case: Case, extensions: list[Extension]) -> list[str]:
    numbers = {entry.number for entry in extensions}
    uses: list[ProFeatureUse] = [use for use in case.account.features if use.extension in numbers]
    return [labels.feature_use(use) for use in uses]
