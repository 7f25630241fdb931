"""What a clerk does with files of telephone systems: read, correct, choose columns, compare, import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from model.errors import ModelError
from model.import_files import AS_RECOGNISED, Choices
from model.import_profile import ImportProfile
from model.import_result import ImportedFile, SourceFile
from model.refusals import ImportFault, ImportRefused
from model.tariff import PriceList
from ui import errors
from ui.encoding_dialog import EncodingDialog
from ui.i18n import _
from ui.import_dialog import ImportDialog
from ui.importing import Compared, Read
from ui.mapping_dialog import MappingDialog
from ui.profile_work import ProfileWork
from ui.take_back_work import TakeBackWork
from ui.widgets import show_message

if TYPE_CHECKING:
    from ui.main_window import MainWindow

Refused = Callable[[ModelError], None]
Answer = TypeVar("Answer")


class ImportWork(QObject):
    """Opens the dialogs and hands what they ask for to the desk; each answer goes to the dialog that still wants it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.profiles = ProfileWork(window)
        self.taking_back = TakeBackWork(window)

    def choose_files(self) -> None:
        """Ask for one system's files and import them."""
        kinds = _("Exports of telephone systems (*.csv *.txt *.conf *.zip)") + ";;" + _("All files (*)")
        names, _kind = QFileDialog.getOpenFileNames(self._window, _("Import an installation"), "", kinds)
        if names:
            self.take([Path(name) for name in names])

    def take(self, paths: Sequence[Path]) -> None:
        """One system's files are imported as a customer, a folder or an archive of others as many customers."""

        def go_on(found: tuple[Path, ...]) -> None:
            if found:
                self.read(found)
            else:
                self._window.batches.open(paths[0])

        self._window.desk.importing.sort_out(paths, go_on, self._window.show_error)

    def read(self, paths: Sequence[Path]) -> None:
        """Read files, show what would become of them, import them when the clerk says so."""
        names = ", ".join(path.name for path in paths)
        self._window.show_done(_("Reading {file} …").format(file=names))

        def refused(error: ModelError) -> None:
            if isinstance(error, ImportRefused) and error.fault is ImportFault.UNKNOWN:
                self._look_at(paths, error)
            elif isinstance(error, ImportRefused) and error.fault is ImportFault.ENCODING:
                self._window.dialogs.open_once("encoding", lambda: self._make_encoding(paths, error))
            else:
                self._show_refusal(names, error)

        self._window.desk.importing.read(paths, AS_RECOGNISED, self._show_read, refused)

    def show_imported(self, imported: ImportedFile, refused: Refused) -> None:
        """Go on with what was read from a running system."""
        self._window.desk.importing.prepare(imported, self._show_read, refused)

    def _show_refusal(self, names: str, error: ModelError) -> None:
        show_message(self._window, _("{file} cannot be imported").format(file=names), errors.message(error))

    def _make_encoding(self, paths: Sequence[Path], refused: ImportRefused) -> EncodingDialog:
        dialog = EncodingDialog(refused, self._window)

        def show(read: Read) -> None:
            dialog.finish()
            self._show_read(read)

        def failed(error: ModelError) -> None:
            if isinstance(error, ImportRefused) and error.fault is ImportFault.UNKNOWN:
                choices = dialog.value()
                dialog.finish()
                self._look_at(paths, error, choices)
            else:
                dialog.show_error(error)

        dialog.submitted.connect(lambda: self._window.desk.importing.read(paths, dialog.value(), show, failed))
        return dialog

    # ------------------------------------------------------------------ the import

    def _show_read(self, read: Read) -> None:
        self._window.show_done("")
        self._window.desk.prices(lambda prices: self._open(read, prices[0]), self._window.show_error)

    def _open(self, read: Read, prices: PriceList) -> None:
        self._window.dialogs.open_once("import", lambda: self._make(read, prices))

    def _make(self, read: Read, prices: PriceList) -> ImportDialog:
        dialog, importing = ImportDialog(read, prices, self._window), self._window.desk.importing

        def compare(number: str) -> None:
            asked = dialog.read

            def show(compared: Compared | None) -> None:
                if isValid(dialog) and dialog.read is asked:
                    dialog.show_compared(number, compared)

            importing.compare(number, asked.imported, show, self._window.show_error)

        def read_again(choices: Choices) -> None:
            self._read_again(dialog, dialog.read.paths, choices)

        dialog.account_wanted.connect(compare)
        dialog.reading_wanted.connect(read_again)
        dialog.submitted.connect(lambda: self._submit(dialog))
        dialog.file_page.mapping_wanted.connect(lambda: self._map_again(dialog))
        dialog.file_page.profiles_wanted.connect(lambda: self.profiles.open(dialog))
        return dialog

    def _read_again(self, dialog: ImportDialog, paths: Sequence[Path], choices: Choices) -> None:
        def is_wanted() -> bool:
            return isValid(dialog) and choices == dialog.file_page.form.choices()

        def show(read: Read) -> None:
            if is_wanted():
                dialog.show_read(read)

        def refused(error: ModelError) -> None:
            if is_wanted():
                dialog.show_refusal(error)

        self._window.desk.importing.read(paths, choices, show, refused)

    def _submit(self, dialog: ImportDialog) -> None:
        target, desk, panel = dialog.value(), self._window.desk, dialog.comparison
        if isinstance(target, Compared):
            comparison, key = target.comparison, target.comparison.account.installation.id
            kinds, removing, devices = dict(panel.kinds), panel.removing, panel.removing_devices

            def imported(seq: int) -> None:
                self.taking_back.offer(key, seq)
                self._done(dialog, key)

            desk.import_objects(key, lambda: comparison.changes(kinds, removing, devices), imported, dialog.show_error)
            return
        customer, tariff = target
        desk.create_installation(
            customer, tariff, dialog.additions, lambda key: self._done(dialog, key), dialog.show_error
        )

    def _done(self, dialog: ImportDialog, installation_id: int) -> None:
        self._window.choose(installation_id)
        dialog.finish()
        self._window.reload()

    # ------------------------------------------------------------------ a table nobody knows

    def _look_at(self, paths: Sequence[Path], error: ImportRefused, choices: Choices = AS_RECOGNISED) -> None:
        """Of several files it is the unknown one whose columns are to be chosen."""
        path = next((path for path in paths if path.name == error.file), paths[0])

        def show(source: SourceFile) -> None:
            self._window.show_done("")
            self._window.dialogs.open_once("mapping", lambda: self._make_mapping(paths, path, (source, choices)))

        def refused(_other: ModelError) -> None:
            self._show_refusal(path.name, error)

        self._window.desk.importing.look_at(path, choices, show, refused)

    def _map_again(self, dialog: ImportDialog) -> None:
        """The columns of a table that was recognised, chosen by hand."""
        paths, choices = dialog.read.paths, replace(dialog.read.choices, profile=None, profiles=None)

        def show(source: SourceFile) -> None:
            if isValid(dialog):
                seen = source, choices
                self._window.dialogs.open_once("mapping", lambda: self._make_mapping(paths, paths[0], seen, dialog))

        self._window.desk.importing.look_at(paths[0], choices, show, self._window.show_error)

    def _make_mapping(
        self,
        paths: Sequence[Path],
        path: Path,
        seen: tuple[SourceFile, Choices],
        goes_to: ImportDialog | None = None,
    ) -> MappingDialog:
        """Of a file as it was seen with an encoding and a delimiter."""
        dialog, importing = MappingDialog(path, *seen, goes_to or self._window), self._window.desk.importing
        refused = _if_there(dialog, dialog.show_refusal)

        def look(choices: Choices) -> None:
            importing.look_at(path, choices, _if_there(dialog, dialog.show_source), refused)

        def read(profile: ImportProfile) -> None:
            choices = replace(dialog.choices, profile=profile)

            def show(found: Read) -> None:
                if isValid(dialog):
                    dialog.show_read(profile, found)

            importing.read([path], choices, show, refused)

        dialog.looking_wanted.connect(look)
        dialog.reading_wanted.connect(read)
        dialog.submitted.connect(lambda: self._submit_mapping(dialog, paths, goes_to))
        dialog.ask()
        return dialog

    def _submit_mapping(self, dialog: MappingDialog, paths: Sequence[Path], goes_to: ImportDialog | None) -> None:
        """Keep the profile if it is wanted, then read all files with it."""
        profile, choices = dialog.value(), dialog.choices

        def show(read: Read) -> None:
            dialog.finish()
            if goes_to is not None and isValid(goes_to):
                goes_to.show_read(read)
            else:
                self._show_read(read)

        def go_on(_nothing: None) -> None:
            dialog.forget_keeping()
            chosen = replace(choices, profile=profile) if len(paths) == 1 else replace(choices, profiles=(profile,))
            self._window.desk.importing.read(paths, chosen, show, dialog.show_error)

        if dialog.is_kept:
            self._window.desk.keep_profile(profile, "", go_on, dialog.show_error)
        else:
            go_on(None)


def _if_there(dialog: QWidget, act: Callable[[Answer], None]) -> Callable[[Answer], None]:
    """An answer for a dialog that may be closed by now."""

    def answer(found: Answer) -> None:
        if isValid(dialog):
            act(found)

    return answer
