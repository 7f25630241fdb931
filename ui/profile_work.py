"""What a clerk does with the import profiles that were made here: rename, remove, give to others, take from others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from model.errors import ModelError
from model.import_profile import ImportProfile, profile_to_toml, read_profile
from ui.i18n import _
from ui.order_dialogs import RemovalDialog
from ui.profiles_dialog import ProfilesDialog
from ui.saving import file_name, saved_whole

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class ProfileWork(QObject):
    """Opens the dialog; after each change it shows what there is then."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def open(self, parent: QWidget) -> None:
        """The profiles kept in this database."""
        self._window.dialogs.open_once("profiles", lambda: self._make(parent))

    def _make(self, parent: QWidget) -> ProfilesDialog:
        dialog = ProfilesDialog(parent)
        dialog.submitted.connect(lambda: self._rename(dialog))
        dialog.remove_wanted.connect(lambda profile: self._ask_to_remove(dialog, profile))
        dialog.export_wanted.connect(lambda profile: self._export(dialog, profile))
        dialog.import_wanted.connect(lambda: self._import(dialog))
        self._show(dialog)
        return dialog

    def _show(self, dialog: ProfilesDialog) -> None:
        def show(profiles: tuple[ImportProfile, ...]) -> None:
            if isValid(dialog):
                dialog.set_busy(busy=False)
                dialog.show_profiles(profiles)

        def failed(error: ModelError) -> None:
            if isValid(dialog):
                dialog.show_error(error)

        self._window.desk.importing.profiles(show, failed)

    def _rename(self, dialog: ProfilesDialog) -> None:
        profile = dialog.chosen
        if profile is not None:
            renamed = replace(profile, system=dialog.value().strip())
            done = self._window.desk.keep_profile
            done(renamed, profile.system, lambda _nothing: self._show(dialog), dialog.show_error)

    def _ask_to_remove(self, dialog: ProfilesDialog, profile: ImportProfile) -> None:
        def make() -> RemovalDialog:
            asking = RemovalDialog([profile.system], [], dialog, _("Remove this profile at every desk?"))
            asking.accepted.connect(lambda: self._remove(dialog, profile))
            return asking

        self._window.dialogs.open_once("removeProfile", make)

    def _remove(self, dialog: ProfilesDialog, profile: ImportProfile) -> None:
        dialog.set_busy(busy=True)
        self._window.desk.remove_profile(profile.system, lambda _nothing: self._show(dialog), dialog.show_error)

    def _export(self, dialog: ProfilesDialog, profile: ImportProfile) -> None:
        name = f"{file_name(profile.system)}.toml"
        chosen, _kind = QFileDialog.getSaveFileName(dialog, _("Export a profile"), name, _("Profiles (*.toml)"))
        if not chosen:
            return
        try:
            with saved_whole(Path(chosen)) as unfinished:
                unfinished.write_text(profile_to_toml(profile), encoding="utf-8")
        except ModelError as error:
            dialog.show_error(error)
            return
        self._window.show_done(_("Saved: {file}").format(file=chosen))

    def _import(self, dialog: ProfilesDialog) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(dialog, _("Import a profile"), "", _("Profiles (*.toml)"))
        if not chosen:
            return
        try:
            profile = read_profile(Path(chosen))
        except ModelError as error:
            dialog.show_error(error)
            return
        dialog.set_busy(busy=True)
        self._window.desk.keep_profile(profile, "", lambda _nothing: self._show(dialog), dialog.show_error)
