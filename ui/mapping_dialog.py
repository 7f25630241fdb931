"""A table of a system nobody knows: which column means what, with what would come of it, kept for the next time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from model.errors import ModelError
from model.import_files import Choices
from model.import_mapping import Meaning, mapped_profile, offered_titles, proposed
from model.import_profile import ImportProfile
from model.import_result import SourceFile
from model.refusals import InvalidInput
from ui import errors
from ui.arrangement import resize_within_screen
from ui.comparison_rows import kind_words
from ui.form import Form, FormDialog
from ui.i18n import _
from ui.import_file_page import SampleTable, SourceForm, row_counts
from ui.import_tables import CreatedLine, created_table
from ui.importing import Read
from ui.widgets import box_of_names, label, wrapped


class MappingDialog(FormDialog):
    """`looking_wanted` with other choices, `reading_wanted` with a profile; each answer is shown where it fits."""

    looking_wanted = Signal(object)
    reading_wanted = Signal(object)

    def __init__(self, path: Path, source: SourceFile, choices: Choices, parent: QWidget) -> None:
        form = Form(columns=4)
        super().__init__("mappingDialog", _("Which column means what?"), _("Next"), parent, form)
        self.path = path
        self._source = source
        self._boxes: dict[Meaning, QComboBox] = {}
        self._wanted: ImportProfile | None = None
        self._file = SourceForm("mapping", systems=False)
        self._file.show_choices(choices)
        self._file.chosen.connect(lambda: self.looking_wanted.emit(self._file.choices()))
        self._sample = SampleTable("mappingSample")
        self._secrets = wrapped(label(name="mappingSecrets", tone="muted"))
        self._counts = wrapped(label(name="mappingCounts", bold=True))
        self._created = created_table(_kind_words)
        self._created.setObjectName("mappingTable")
        self._created.show_column("row", shown=False)
        self._created.fit_columns({"number": 8, "name": 18, "kind": 16})
        self._add_fields()
        self._put_together()
        self.show_source(source)
        resize_within_screen(self, 156, 50)

    @property
    def choices(self) -> Choices:
        """Encoding and delimiter as chosen."""
        return self._file.choices()

    @property
    def is_kept(self) -> bool:
        """Whether the profile is to be kept."""
        return self._keep.isChecked()

    def forget_keeping(self) -> None:
        """It is kept, or not wanted: not once more, if the table then can't be read."""
        self._keep.setChecked(False)

    def value(self) -> ImportProfile:
        """The profile; raises InvalidInput, ImportRefused."""
        columns = {meaning: str(title) for meaning, box in self._boxes.items() if (title := box.currentData())}
        resources = tuple(part for text in self._resources.text().split(",") if (part := text.strip()))
        return mapped_profile(self._name.text(), self._source, columns, resources)

    # ------------------------------------------------------------------ answers

    def show_source(self, source: SourceFile) -> None:
        """The table, perhaps read in another way; what was chosen stays as far as the column is there."""
        chosen = {meaning: box.currentData() for meaning, box in self._boxes.items()}
        first = self._wanted is None and not any(chosen.values())
        self._source = source
        guess = proposed(source)
        for meaning, box in self._boxes.items():
            box.clear()
            box.addItem(_("– none –"), None)
            for title in offered_titles(source):
                box.addItem(title, title)
            known = box.findData(guess.get(meaning) if first else chosen[meaning])
            box.setCurrentIndex(max(0, known))
        names = ", ".join(source.secret_columns)
        self._secrets.setText(_("Never read, because it holds secrets: {names}").format(names=names))
        self._secrets.setVisible(bool(names))
        self._sample.show_source(source)
        self.ask()

    def show_read(self, profile: ImportProfile, read: Read) -> None:
        """What would come of it; the answer to an older question is of no use any more."""
        if profile == self._wanted:
            self._counts.setText(row_counts(read.imported))
            self._created.set_rows(read.created)

    def show_refusal(self, error: ModelError) -> None:
        """Why nothing would come of it."""
        self._counts.setText(errors.message(error))
        self._created.set_rows([])

    # ------------------------------------------------------------------ how it is put together

    def _add_fields(self) -> None:
        titles = {
            Meaning.NUMBER: _("N&umber"),
            Meaning.NAME: _("N&ame"),
            Meaning.FIRST_NAME: _("Fi&rst name"),
            Meaning.LAST_NAME: _("Last na&me"),
            Meaning.KIND: _("&Kind"),
            Meaning.MAC: _("MA&C address"),
            Meaning.ACCOUNT: _("Acc&ount of an app"),
            Meaning.DEVICE: _("D&evice"),
        }
        for meaning, title in titles.items():
            box = self._boxes[meaning] = box_of_names()
            box.setMinimumContentsLength(12)
            box.activated.connect(lambda _place: self.ask())
            self.form.add(meaning.lower(), title, f"mapping{meaning.title().replace('_', '')}", box)
        self._below = Form(columns=2)
        self._resources = self._below.add_text(
            "resources", _("&Values of the kind that are no person"), "mappingResources", hint=_("fax, queue, …")
        )
        self._name = self._below.add_text("profile", _("Name of the &system"), "mappingSystem", self.path.stem)
        self._keep = QCheckBox(_("Keep as a &profile: such a table is recognised next time, at every desk"))
        self._keep.setObjectName("mappingKeep")
        self._keep.setChecked(True)
        self._below.changed.connect(self.ask)

    def show_error(self, error: ModelError) -> None:
        """A wrong value is said under its field."""
        if isinstance(error, InvalidInput) and self._below.show_fault(error):
            self.set_busy(busy=False)
            self._grow()
            return
        super().show_error(error)

    def _put_together(self) -> None:
        text = _("{file} comes from no system this program knows.").format(file=self.path.name)
        self.body.insertWidget(0, wrapped(label(text, name="mappingFile", tone="muted")))
        self.body.insertWidget(1, self._file)
        for part in (self._below, self._keep):
            self.body.addWidget(part)
        tables = QHBoxLayout()
        tables.setSpacing(18)
        for words, table in ((self._secrets, self._sample), (self._counts, self._created)):
            column = QVBoxLayout()
            column.addWidget(words, 0, Qt.AlignmentFlag.AlignBottom)
            column.addWidget(table, 1)
            tables.addLayout(column, 1)
            table.setMinimumHeight(self.fontMetrics().lineSpacing() * 7)
            table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.body.addLayout(tables, 1)
        self.body.setSpacing(10)
        self.outer.setStretchFactor(self.body, 100)

    def ask(self) -> None:
        """Ask what would come of what is chosen."""
        if self.busy:
            return
        self._below.clear_faults()
        try:
            self._wanted = self.value()
        except ModelError:
            self._wanted = None
            self._counts.setText(_("Please choose at least the column of the numbers, and a name."))
            self._created.set_rows([])
            return
        self.reading_wanted.emit(self._wanted)


def _kind_words(line: CreatedLine) -> str:
    return kind_words(line.row.extension.kind, is_guessed=line.row.is_guessed)
