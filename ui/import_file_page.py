"""How the files were read: which system and why, encoding, delimiter, first rows; each can be corrected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from model.import_files import Choices
from model.import_profile import ImportProfile
from model.import_result import ImportedFile, SourceFile
from model.import_source import ENCODINGS
from ui import formats
from ui.arrangement import tab_in_reading_order
from ui.form import Form
from ui.i18n import _, ngettext
from ui.importing import Read
from ui.table import Table
from ui.table_model import Column, TableModel
from ui.widgets import box_of_names, button, label, wrapped

WIDEST_SAMPLE = 28
DELIMITERS = (",", ";", "\t", "|")
Cells = tuple[int, tuple[str, ...]]


class SourceForm(Form):
    """Encoding and delimiter, and with `systems` also which system; `chosen` when the clerk corrects one."""

    chosen = Signal()

    def __init__(self, prefix: str, *, systems: bool) -> None:
        super().__init__(columns=3 if systems else 2)
        self._profiles: tuple[ImportProfile, ...] = ()
        self._system = box_of_names() if systems else None
        self._encoding, self._delimiter = QComboBox(), QComboBox()
        self.add("encoding", _("Enco&ding"), f"{prefix}Encoding", self._encoding)
        self.add("delimiter", _("Delim&iter"), f"{prefix}Delimiter", self._delimiter)
        if self._system is not None:
            self.add("system", _("S&ystem"), f"{prefix}SystemChoice", self._system)
        self._encoding.addItem(_("as recognised"), None)
        for name in ENCODINGS:
            self._encoding.addItem(name, name)
        self._delimiter.addItem(_("as recognised"), None)
        for sign in DELIMITERS:
            self._delimiter.addItem(delimiter_name(sign), sign)
        for box in (self._system, self._encoding, self._delimiter):
            if box is not None:
                box.activated.connect(lambda _place: self.chosen.emit())

    def show_choices(self, choices: Choices, profiles: Sequence[ImportProfile] = ()) -> None:
        """What was chosen; with the systems that can be chosen, a profile that isn't kept among them."""
        chosen = (choices.profile,) if choices.profile else choices.profiles or ()
        self._profiles = tuple(dict.fromkeys(entry for entry in (*profiles, *chosen) if not entry.is_phone_book))
        if self._system is not None:
            self._system.clear()
            self._system.addItem(_("as recognised"), None)
            for name in dict.fromkeys(profile.system for profile in self._profiles):
                self._system.addItem(name, name)
            self._system.setCurrentIndex(max(0, self._system.findData(chosen[0].system if chosen else None)))
        self._encoding.setCurrentIndex(max(0, self._encoding.findData(choices.encoding)))
        self._delimiter.setCurrentIndex(max(0, self._delimiter.findData(choices.delimiter)))

    def offer_tables(self, *, are_there: bool) -> None:
        """A configuration has an encoding only: no delimiter, and no other system to be taken for."""
        for field in ("system", "delimiter"):
            if field in self.fields:
                self.show_field(field, shown=are_there)

    def choices(self) -> Choices:
        """What was chosen instead of what is recognised; a system with several sorts of tables stays recognised."""
        name = self._system.currentData() if self._system is not None else None
        profiles = tuple(profile for profile in self._profiles if profile.system == name)
        encoding, delimiter = self._encoding.currentData(), self._delimiter.currentData()
        if len(profiles) == 1:
            return Choices(encoding, delimiter, profiles[0])
        return Choices(encoding, delimiter, None, profiles or None)


class FilePage(QWidget):
    """`chosen` when a correction was made, `mapping_wanted` to choose the columns by hand."""

    chosen = Signal()
    mapping_wanted = Signal()
    profiles_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.form = SourceForm("import", systems=True)
        self.form.chosen.connect(self.chosen)
        self._file = box_of_names()
        self._file.setObjectName("importFile")
        self._file.setAccessibleName(_("File"))
        self._file.activated.connect(self._show_source)
        self._why = wrapped(label(name="importWhy"))
        self._rows = wrapped(label(name="importRowCounts"))
        self._secrets = wrapped(label(name="importSecrets", tone="muted"))
        self._sample = SampleTable("importSample")
        self._sources: tuple[SourceFile, ...] = ()
        self._map = button(_("Ch&oose columns …"), "importMapButton", self.mapping_wanted.emit)
        self._manage = button(_("Own pro&files …"), "importProfilesButton", self.profiles_wanted.emit)
        self._put_together()

    def show_read(self, read: Read) -> None:
        """What the files were read as."""
        imported = read.imported
        self._sources = imported.sources
        self.form.show_choices(read.choices, read.profiles)
        is_table = imported.profile is not None
        self.form.setVisible(bool(read.paths))
        self.form.offer_tables(are_there=is_table)
        self._map.setVisible(is_table and len(read.paths) == 1)
        self._manage.setVisible(is_table)
        self._rows.setText(row_counts(imported))
        self._file.clear()
        self._file.addItems([source.name for source in self._sources])
        self._file.setVisible(len(self._sources) > 1)
        self._show_source(0)

    def _show_source(self, place: int) -> None:
        source = self._sources[place]
        names = ", ".join(source.recognised_by)
        self._why.setText(_("Recognised by: {names}").format(names=names) if names else "")
        self._why.setVisible(bool(names))
        secrets = ", ".join(source.secret_columns)
        self._secrets.setText(_("Never read, because it holds secrets: {names}").format(names=secrets))
        self._secrets.setVisible(bool(secrets))
        self._sample.show_source(source)
        self._sample.setVisible(bool(source.titles))
        if self.isVisible():
            tab_in_reading_order(self.window())

    def _put_together(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self._map)
        buttons.addWidget(self._manage)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(8)
        for part in (self.form, self._file, self._why, self._rows, self._secrets):
            column.addWidget(part)
        column.addWidget(self._sample, 1)
        column.addLayout(buttons)
        column.addStretch(0)


class SampleTable(QWidget):
    """The first rows of a file as they are in it, what is secret blanked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._table: Table[Cells] | None = None
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * 6)

    def show_source(self, source: SourceFile) -> None:
        """Another file, or the same read otherwise: other titles are another table."""
        if self._table is not None:
            self._table.setParent(None)
            self._table.deleteLater()
        self._table = _sample_table(self._name, source)
        self._table.set_rows(list(enumerate(source.sample)))
        self._column.addWidget(self._table)


def row_counts(imported: ImportedFile) -> str:
    """How many rows were read, skipped and refused."""
    counts = imported.counts
    read = ngettext("{count} row read", "{count} rows read", counts.read)
    return _("{read}, {skipped} skipped, {refused} refused").format(
        read=read.format(count=formats.number(counts.read)),
        skipped=formats.number(counts.skipped),
        refused=formats.number(counts.refused),
    )


def delimiter_name(sign: str) -> str:
    """What stands between the cells, in words."""
    return {"\t": _("tab"), ",": _("comma"), ";": _("semicolon"), "|": _("vertical bar")}[sign]


def _sample_table(name: str, source: SourceFile) -> Table[Cells]:
    columns = [_sample_column(place, title) for place, title in enumerate(source.titles)]
    model = TableModel(columns, lambda row: row[0])
    table = Table[Cells](name, _("First rows"), model, lambda: _("There are no rows."))
    table.fit_columns({column.name: _sample_width(source, place) for place, column in enumerate(columns)})
    return table


def _sample_width(source: SourceFile, place: int) -> int:
    """In average characters; most letters are wider."""
    longest = max((len(row[place]) for row in source.sample if place < len(row)), default=0)
    return min(longest * 5 // 4, WIDEST_SAMPLE)


def _sample_column(place: int, title: str) -> Column[Cells]:
    return Column[Cells](
        f"column{place}", lambda: title or "–", lambda row: row[1][place] if place < len(row[1]) else ""
    )
