"""What to export, how much of it and as which kind of file; then progress, and where the file is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QButtonGroup, QComboBox, QLabel, QProgressBar, QRadioButton, QVBoxLayout, QWidget

from model.errors import ModelError
from model.refusals import FileFault, FileNotSaved
from ui import errors, formats
from ui.arrangement import tab_in_reading_order
from ui.browsing import browse
from ui.export import Format, possible_formats
from ui.export_sources import Range, Source
from ui.exporting import Exported
from ui.form import LongFormDialog
from ui.i18n import _, ngettext
from ui.widgets import Notice, button, label, wrapped

HINT_INDENT = 24


@dataclass(frozen=True, slots=True)
class Wish:
    """What the clerk chose."""

    source: Source
    which: Range
    form: Format


class ExportDialog(LongFormDialog):
    """Stays open until the clerk closes it; `cancel_wanted` while a file is being written."""

    CHANGES = False

    def __init__(self, sources: Sequence[Source], chosen: int, form: Format, parent: QWidget) -> None:
        super().__init__("exportDialog", _("Export"), _("Export …"), parent)
        self.characters = 78
        self._sources = sources
        self._saved_in = Path()
        self._what = QComboBox()
        self._what.addItems([source.title for source in sources])
        self._what.setCurrentIndex(chosen)
        self.form.add("what", _("&What"), "exportWhat", self._what)
        self._ranges = Choices(_("How much"))
        self._ranges.offer(_("As &shown"), "exportShown")
        self._ranges.offer(_("&Everything"), "exportEverything")
        self._formats = Choices(_("Kind of file"))
        self._add_formats(form)
        for choices in (self._ranges, self._formats):
            self.body.addWidget(choices)
        self.body.setSpacing(14)
        self._add_outcome()
        self._what.currentIndexChanged.connect(lambda _place: self._show_ranges())
        self._show_ranges()

    def value(self) -> Wish:
        """What was chosen."""
        which = (Range.SHOWN, Range.EVERYTHING)[self._ranges.chosen]
        form = (Format.XLSX, Format.CSV)[self._formats.chosen]
        return Wish(self._sources[self._what.currentIndex()], which, form)

    def show_progress(self, percent: int) -> None:
        """So much is done."""
        self._progress.setValue(percent)
        self._progress.setFormat(formats.percent(100 * percent))

    def set_busy(self, *, busy: bool) -> None:
        """While the file is written there is a bar, and what was chosen stays chosen; Cancel ends the writing."""
        super().set_busy(busy=busy)
        self._progress.setVisible(busy)
        self.show_progress(0)
        for part in (self.form, self._ranges, self._formats):
            part.setEnabled(not busy)
        if busy:
            self._done.show_text("", "")
            self._cancelled.hide()
        self._grow()

    def show_done(self, exported: Exported) -> None:
        """The file is there."""
        self._saved_in = exported.path.parent
        self.set_busy(busy=False)
        rows = ngettext("{count} row", "{count} rows", exported.count)
        words = [str(exported.path), rows.format(count=formats.number(exported.count))]
        if not exported.one_state:
            words.append(_("Others were working meanwhile: some rows may be newer than others."))
        self._done.show_text(_("Saved"), "\n".join(words))
        self.cancel_button.setText(_("Close"))
        self._what.setFocus(Qt.FocusReason.OtherFocusReason)
        tab_in_reading_order(self)
        self._grow()

    def show_error(self, error: ModelError) -> None:
        """Why there is no file; one that the clerk didn't want any more is no fault."""
        if isinstance(error, FileNotSaved) and error.fault is FileFault.CANCELLED:
            self.set_busy(busy=False)
            self._cancelled.setText(errors.message(error))
            self._cancelled.show()
            self._grow()
            return
        super().show_error(error)

    # ------------------------------------------------------------------ how it is put together

    def _add_formats(self, form: Format) -> None:
        possible = Format.XLSX in possible_formats()
        workbook = self._formats.offer(_("Excel wor&kbook (.xlsx)"), "exportXlsx")
        table = self._formats.offer(_("&CSV for Excel (.csv)"), "exportCsv")
        workbook.setEnabled(possible)
        (workbook if possible and form is Format.XLSX else table).setChecked(True)
        missing = _("Needs the additional package XlsxWriter: “pip install XlsxWriter”, then start the program again.")
        told = _("With true numbers, amounts and dates; leading zeros stay.")
        self._formats.explain(0, told if possible else missing)
        self._formats.explain(1, _("For other programs too. Excel drops leading zeros when it opens such a file."))

    def _add_outcome(self) -> None:
        self._progress = QProgressBar()
        self._progress.setObjectName("exportProgress")
        self._progress.setAccessibleName(_("Progress of the export"))
        self._progress.setRange(0, 100)
        self._progress.hide()
        self._done = Notice("exportDone", "exportDoneText", "info", "circle-check")
        self._done.add_button(button(_("Open folder"), "openFolderButton", self._open_folder))
        self._cancelled = label(name="exportCancelled")
        self._cancelled.hide()
        self.body.addWidget(self._progress)
        self.body.addWidget(self._cancelled)
        self.body.addWidget(self._done)

    def _open_folder(self) -> None:
        browse(QUrl.fromLocalFile(str(self._saved_in)), self)

    def _show_ranges(self) -> None:
        source = self._sources[self._what.currentIndex()]
        for place, which in enumerate((Range.SHOWN, Range.EVERYTHING)):
            self._ranges.explain(place, source.words(which))


class Choices(QWidget):
    """Radio buttons one below the other, each with a line that explains it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._hints: list[QLabel] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)
        self._column.addWidget(label(title))
        self.setAccessibleName(title)

    @property
    def chosen(self) -> int:
        """Which one."""
        return self._group.checkedId()

    def offer(self, text: str, name: str) -> QRadioButton:
        """One more; the first one is chosen."""
        made = QRadioButton(text)
        made.setObjectName(name)
        hint = wrapped(label(name=f"{name}Hint", tone="muted"))
        hint.setContentsMargins(HINT_INDENT, 1, 0, 4)
        self._group.addButton(made, len(self._hints))
        made.setChecked(not self._hints)
        self._hints.append(hint)
        self._column.addWidget(made)
        self._column.addWidget(hint)
        return made

    def explain(self, place: int, words: str) -> None:
        """What a choice means."""
        self._hints[place].setText(words)
        self._group.button(place).setAccessibleDescription(words)
