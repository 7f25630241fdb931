"""What a clerk takes out of the program as a file: any table, or the whole list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.export import Format, possible_formats
from ui.export_dialog import ExportDialog, Wish
from ui.export_sources import ListSource, Source, TableSource
from ui.exporting import Exported, Job
from ui.i18n import _
from ui.icons import icon
from ui.saving import file_name
from ui.table import Table

if TYPE_CHECKING:
    from ui.main_window import MainWindow

FOLDER, FORMAT = "export/folder", "export/format"


class ExportWork(QObject):
    """Opens the dialog, asks for the file, and remembers folder and kind of file for the next time."""

    def __init__(self, window: MainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        for table in window.page.tables:
            self.offer(table)

    def offer(self, table: Table[Any]) -> None:
        """Put "Export …" into a table's context menu."""
        self._offer(table, lambda: self.open_for(table))

    def open(self) -> None:
        """Export what is in view: the list while it has the keyboard, else the table of the open tab."""
        focus = self._window.focusWidget()
        in_list = focus is not None and self._window.panel.isAncestorOf(focus)
        self.open_for(None if in_list else self._window.current_table())

    def open_for(self, table: Table[Any] | None) -> None:
        """Export a table, whichever window it is in; or the list of installations."""
        self._window.dialogs.open_once("export", lambda: self._make_dialog(table))

    def _offer(self, place: QWidget, act: Callable[[], None]) -> None:
        action = QAction(icon("file-down"), _("Export …"), place)
        action.triggered.connect(lambda _checked=False: act())
        place.addAction(action)

    # ------------------------------------------------------------------ the dialog

    def _make_dialog(self, table: Table[Any] | None) -> ExportDialog:
        sources = self._sources(table)
        chosen = next((place for place, source in enumerate(sources) if _table_of(source) is table), 0)
        parent = table.window() if table is not None else self._window
        dialog = ExportDialog(sources, chosen, self._last_format(), parent)
        dialog.submitted.connect(lambda: self._choose_file(dialog))
        dialog.cancel_wanted.connect(self._window.desk.exporting.cancel)
        self._window.desk.exporting.progressed.connect(dialog.show_progress)
        return dialog

    def _sources(self, table: Table[Any] | None) -> list[Source]:
        case, tables = self._window.case, self._window.page.tables
        sources: list[Source] = [ListSource(self._window.panel)]
        if case is not None:
            sources += [TableSource(known, case.account.installation.customer_number) for known in tables]
        if table is not None and table not in tables:
            sources.append(TableSource(table))
        return sources

    def _choose_file(self, dialog: ExportDialog) -> None:
        """Ask where; a file that is there already is replaced only when the clerk says so."""
        wish, day = dialog.value(), self._window.desk.now().date()
        chooser = QFileDialog(dialog, _("Export"), str(self._last_folder()), _kinds(wish.form))
        chooser.setObjectName("exportFileDialog")
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix(wish.form)
        chooser.selectFile(f"{file_name(f'{wish.source.title} {day.isoformat()}')}.{wish.form}")
        chooser.fileSelected.connect(lambda path: self._export(dialog, wish, Path(path)))
        chooser.rejected.connect(lambda: dialog.set_busy(busy=False))
        chooser.open()

    def _export(self, dialog: ExportDialog, wish: Wish, path: Path) -> None:
        form, desk, source = _form_of(path, wish.form), self._window.desk, wish.source
        self._settings.setValue(FOLDER, str(path.parent))
        self._settings.setValue(FORMAT, str(form))
        job = Job(path, form, source.title, desk.now(), source.columns(wish.which))

        def done(exported: Exported) -> None:
            dialog.show_done(exported)
            self._window.show_done(_("Saved: {file}").format(file=exported.path))

        source.export(desk.exporting, job, wish.which, done, dialog.show_error)

    # ------------------------------------------------------------------ what is remembered

    def _last_folder(self) -> Path:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = Path(str(self._settings.value(FOLDER, documents, type=str)))
        return folder if folder.is_dir() else Path(documents)

    def _last_format(self) -> Format:
        known = str(self._settings.value(FORMAT, "", type=str))
        return Format(known) if known in list(Format) else Format.XLSX


def _table_of(source: Source) -> Table[Any] | None:
    return source.table if isinstance(source, TableSource) else None


def _form_of(path: Path, wanted: Format) -> Format:
    """A clerk who types the other ending means the other kind of file."""
    ending = path.suffix.lower().removeprefix(".")
    return Format(ending) if ending in possible_formats() else wanted


def _kinds(form: Format) -> str:
    return {Format.XLSX: _("Excel workbooks (*.xlsx)"), Format.CSV: _("CSV files (*.csv)")}[form]
