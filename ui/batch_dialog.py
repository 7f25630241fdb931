"""Importing many installations: which files, whose they are, what with new customers; then the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from model.errors import ModelError
from model.import_batch import BatchOptions, FileReport
from model.refusals import Fault, InvalidInput
from ui import batch_words, formats
from ui.arrangement import resize_within_screen, tab_in_reading_order
from ui.batch_choices import BatchChoices
from ui.batch_tables import Line, example_table, report_table
from ui.batching import Ended, Look
from ui.form import LongFormDialog
from ui.i18n import _, ngettext
from ui.widgets import button, label, wrapped

# A table of thousands of lines is shown anew only so often.
REFRESH_MS = 500


@dataclass(frozen=True, slots=True)
class BatchWish:
    """What the clerk chose."""

    path: Path
    options: BatchOptions


class BatchDialog(LongFormDialog):
    """Stays open until the clerk closes it.

    `look_wanted` when other files or another rule are chosen, `cancel_wanted` while files are imported, `report_wanted`
    to save what became of them.
    """

    look_wanted = Signal()
    folder_wanted = Signal()
    archive_wanted = Signal()
    report_wanted = Signal()

    def __init__(self, pattern: str, parent: QWidget) -> None:
        super().__init__("batchDialog", _("Import several installations"), _("&Import"), parent)
        self.report = report_table()
        self.choices = BatchChoices(pattern)
        self._examples = example_table()
        self._reports: list[FileReport] = []
        self._path = self.form.add_text("path", _("&Folder or ZIP archive"), "batchPath")
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._refresh.timeout.connect(self._show_reports)
        self._put_together()
        self._path.textEdited.connect(lambda _text: self._look())
        self.choices.rule_changed.connect(self._look)
        self.allow(possible=False)
        resize_within_screen(self, 176, 56)

    def value(self) -> BatchWish:
        """What was chosen; raises InvalidInput."""
        path = self._path.text().strip()
        if not path or "\0" in path:
            raise InvalidInput("path", Fault.EMPTY)
        return BatchWish(Path(path), self.choices.options())

    def is_still(self, wish: BatchWish) -> bool:
        """Whether this is what is chosen at the moment."""
        try:
            return self.value() == wish
        except InvalidInput:
            return False

    def choose(self, path: Path) -> None:
        """Files from here."""
        self._path.setText(str(path))
        self._look()

    # ------------------------------------------------------------------ what is found

    def show_look(self, look: Look) -> None:
        """What is there, and whose the first files would be."""
        self._examples.rows.set_rows(look.examples)
        words = ngettext("{count} file.", "{count} files.", look.count).format(count=formats.number(look.count))
        if look.fitting is not None:
            fitting = ngettext("{count} name fits.", "{count} names fit.", look.fitting)
            words += " " + fitting.format(count=formats.number(look.fitting))
        self._found.setText(words)
        self.allow(possible=look.count > 0 and look.fitting != 0)

    def show_no_look(self, error: ModelError) -> None:
        """Why there is nothing to be seen."""
        self._show_nothing()
        self._say(error)

    def _look(self) -> None:
        """Other files or another rule: whose are they?"""
        self._lower.setCurrentWidget(self._before)
        self._clear_faults()
        try:
            self.value()
        except InvalidInput as error:
            self._show_nothing()
            if error.fault is not Fault.EMPTY:
                self._say(error)
        else:
            self.look_wanted.emit()
        self._order_tabs()

    def _order_tabs(self) -> None:
        if self.isVisible():
            tab_in_reading_order(self)

    def _show_nothing(self) -> None:
        self._examples.rows.set_rows([])
        self._found.setText("")
        self.allow(possible=False)

    # ------------------------------------------------------------------ while it runs, and after it

    def show_progress(self, percent: int) -> None:
        """So much is done."""
        self._progress.setValue(percent)
        self._progress.setFormat(formats.percent(100 * percent))

    def add_reports(self, reports: Sequence[FileReport]) -> None:
        """What became of some files."""
        self._reports += reports
        if not self._refresh.isActive():
            self._refresh.start()

    def show_done(self, ended: Ended) -> None:
        """The last file is done, or no further one was wanted."""
        self.set_busy(busy=False)
        self._show_reports()
        if not ended.is_whole:
            left = ended.count - sum(len(report.files) for report in self._reports)
            words = ngettext(
                "Cancelled: {count} file was not imported any more.",
                "Cancelled: {count} files were not imported any more.",
                left,
            )
            self._counts.setText(f"{words.format(count=formats.number(left))} {self._counts.text()}".strip())
        self.cancel_button.setText(_("Close"))
        self.report.setFocus()

    def show_error(self, error: ModelError) -> None:
        """What was entered can't be; or nothing more can be written, and what was reported is done all the same."""
        self.set_busy(busy=False)
        self._show_reports()
        self._say(error)

    def set_busy(self, *, busy: bool) -> None:
        """While files are imported nothing else can be chosen; Cancel ends it before the next file."""
        super().set_busy(busy=busy)
        if busy:
            self._reports = []
            self.show_progress(0)
            self._show_reports()
            self._lower.setCurrentWidget(self._after)
        for part in (self.choices, self.form, *self._ways):
            part.setEnabled(not busy)
        self._progress.setVisible(busy)
        self._save.setEnabled(not busy and bool(self._reports))
        self.cancel_button.setText(_("Cancel"))
        self._order_tabs()

    def _show_reports(self) -> None:
        self._refresh.stop()
        self._counts.setText(batch_words.summary(self._reports))
        self.report.rows.set_rows([Line(place, report) for place, report in enumerate(self._reports)])
        self._save.setEnabled(not self.busy and bool(self._reports))

    # ------------------------------------------------------------------ faults

    def _say(self, error: ModelError) -> None:
        """Under its field, or at the top."""
        if isinstance(error, InvalidInput) and (self.form.show_fault(error) or self.choices.show_fault(error)):
            self._grow()
            return
        super().show_error(error)

    def _clear_faults(self) -> None:
        self.form.clear_faults()
        self.choices.clear_faults()
        self.notice.show_text("", "")

    # ------------------------------------------------------------------ how it is put together

    def _put_together(self) -> None:
        self._ways = (
            button(_("Choose fol&der …"), "batchFolder", self.folder_wanted.emit),
            button(_("Choose &ZIP archive …"), "batchArchive", self.archive_wanted.emit),
        )
        self._found = label(name="batchFound", bold=True)
        self._counts = wrapped(label(name="batchCounts", bold=True))
        self._progress = QProgressBar()
        self._progress.setObjectName("batchProgress")
        self._progress.setAccessibleName(_("Progress of the import"))
        self._progress.setRange(0, 100)
        self._save = button(_("Save repor&t …"), "batchSaveReport", self.report_wanted.emit, "file-down")
        self._before = _column(self._found, self._examples)
        self._after = _column(self._progress, _row(self._counts, self._save), self.report)
        self._lower = QStackedWidget()
        for page in (self._before, self._after):
            self._lower.addWidget(page)
        self._lower.setMinimumHeight(self.fontMetrics().lineSpacing() * 7)
        self.body.addWidget(_row(self.form, *self._ways))
        self.body.addWidget(self.choices)
        self.body.addWidget(self._lower, 1)
        self.body.setSpacing(14)
        self.outer.setStretchFactor(self.body, 100)


def _row(first: QWidget, *others: QWidget) -> QWidget:
    """The first takes the room, the others stand at its end."""
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(first, 1)
    for part in others:
        row.addWidget(part, 0, Qt.AlignmentFlag.AlignBottom)
    return line


def _column(*parts: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        column.addWidget(part)
    return page
