"""Importing many installations from a folder or an archive: the dialog, its files, and its report as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QStandardPaths
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from model.errors import ModelError, StoreUnavailable
from model.import_naming import NUMBER
from ui.batch_dialog import BatchDialog
from ui.batching import Ended, Look
from ui.desk import OF_THE_WHOLE
from ui.i18n import _

if TYPE_CHECKING:
    from ui.main_window import MainWindow

FOLDER, PATTERN = "batch/folder", "batch/pattern"


class BatchWork(QObject):
    """Opens the dialog and hands what was chosen to the desk; folder and pattern are remembered for the next time."""

    def __init__(self, window: MainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings

    def open(self, path: Path | None = None) -> None:
        """Ask which files, unless they are known."""
        self._window.dialogs.open_once("batch", lambda: self._make(path))

    def _make(self, path: Path | None) -> BatchDialog:
        pattern = str(self._settings.value(PATTERN, f"{NUMBER}.csv", type=str))
        dialog, batching = BatchDialog(pattern, self._window), self._window.desk.batching
        dialog.look_wanted.connect(lambda: self._look(dialog))
        dialog.folder_wanted.connect(lambda: self._choose_folder(dialog))
        dialog.archive_wanted.connect(lambda: self._choose_archive(dialog))
        dialog.submitted.connect(lambda: self._run(dialog))
        dialog.cancel_wanted.connect(batching.cancel)
        dialog.report_wanted.connect(lambda: self._window.exports.open_for(dialog.report))
        batching.progressed.connect(dialog.show_progress)
        batching.reported.connect(dialog.add_reports)
        if path is not None:
            dialog.choose(path)
        return dialog

    # ------------------------------------------------------------------ which files

    def _choose_folder(self, dialog: BatchDialog) -> None:
        name = QFileDialog.getExistingDirectory(dialog, _("Choose a folder"), str(self._last_folder()))
        if name:
            dialog.choose(Path(name))

    def _choose_archive(self, dialog: BatchDialog) -> None:
        kinds = _("ZIP archives (*.zip)")
        name, _kind = QFileDialog.getOpenFileName(dialog, _("Choose a ZIP archive"), str(self._last_folder()), kinds)
        if name:
            dialog.choose(Path(name))

    def _last_folder(self) -> Path:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = Path(str(self._settings.value(FOLDER, documents, type=str)))
        return folder if folder.is_dir() else Path(documents)

    def _look(self, dialog: BatchDialog) -> None:
        """A question that was overtaken by another one, or by the import, is answered to nobody."""
        wish = dialog.value()

        def is_current() -> bool:
            return isValid(dialog) and not dialog.busy and dialog.is_still(wish)

        def show(look: Look) -> None:
            if is_current():
                dialog.show_look(look)

        def refuse(error: ModelError) -> None:
            if is_current():
                dialog.show_no_look(error)

        self._window.desk.batching.look(wish.path, wish.options, show, refuse)

    # ------------------------------------------------------------------ importing

    def _run(self, dialog: BatchDialog) -> None:
        wish = dialog.value()
        self._settings.setValue(FOLDER, str(wish.path.parent if wish.path.suffix else wish.path))
        self._settings.setValue(PATTERN, dialog.choices.pattern)

        def done(ended: Ended) -> None:
            dialog.show_done(ended)
            self._window.reload()

        def failed(error: ModelError) -> None:
            if isinstance(error, StoreUnavailable) and error.fault in OF_THE_WHOLE:
                self._window.desk.unreadable.emit(error)
            dialog.show_error(error)
            self._window.reload()

        self._window.desk.batching.run(wish.path, wish.options, done, failed)
