"""The tables of an import: what is created for a new customer, and what is skipped or remarked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from model.import_preview import CreatedRow, Preview, Remarks
from model.installation import number_key
from model.search import sort_text
from ui import formats
from ui.i18n import _
from ui.import_words import skip_reason, warning_reason
from ui.table import Table
from ui.table_model import Column, TableModel

FILE_COLUMN = "file"


@dataclass(frozen=True, slots=True)
class CreatedLine:
    """An extension that would be created, with what its columns sort by: a large file is sorted at once then."""

    place: int
    row: CreatedRow
    sort_number: tuple[int, str]
    sort_name: str


@dataclass(frozen=True, slots=True)
class Note:
    """A row of the file that is skipped or taken over with a remark."""

    place: int
    file: str
    row: int
    text: str
    value: str
    cell: str


def created_lines(found: Preview) -> list[CreatedLine]:
    """What would be created, ready to be shown."""
    return [
        CreatedLine(place, row, number_key(row.extension.number), sort_text(row.extension.name))
        for place, row in enumerate(found.created)
    ]


def notes(found: Preview | Remarks) -> list[Note]:
    """What is skipped and what is remarked, by file and row."""
    said = [(entry, _("Skipped: {reason}").format(reason=skip_reason(entry.reason))) for entry in found.skipped]
    texts = [(entry.file, entry.row, text, entry.value, entry.cell) for entry, text in said]
    texts += [
        (entry.file, entry.row, warning_reason(entry.reason), entry.value, entry.cell) for entry in found.warnings
    ]
    return [Note(place, *entry) for place, entry in enumerate(sorted(texts))]


def created_table(kind: Callable[[CreatedLine], str]) -> Table[CreatedLine]:
    """What would be created for a new customer; `kind` says what a row's kind is at the moment."""
    columns = (
        Column[CreatedLine](
            "row",
            lambda: _("Row"),
            lambda line: formats.number(line.row.row),
            sort=lambda line: line.row.row,
            numeric=True,
        ),
        Column[CreatedLine](
            "number",
            lambda: _("No."),
            lambda line: line.row.extension.number,
            sort=lambda line: line.sort_number,
            numeric=True,
        ),
        Column[CreatedLine](
            "name", lambda: _("Name"), lambda line: line.row.extension.name, sort=lambda line: line.sort_name
        ),
        Column[CreatedLine]("kind", lambda: _("Kind"), kind, sort=lambda line: line.row.extension.kind),
        Column[CreatedLine](
            "device",
            lambda: _("Device"),
            lambda line: ", ".join(entry.name for entry in line.row.devices) or "–",
            sort=lambda line: [entry.name for entry in line.row.devices],
        ),
    )
    model = TableModel(columns, lambda line: line.place)
    table = Table[CreatedLine]("importTable", _("Will be created"), model, lambda: _("Nothing of this file is new."))
    table.fit_columns({"row": 6, "number": 8, "name": 28, "kind": 25})
    return table


def notes_table() -> Table[Note]:
    """What is skipped, and what is to be looked at."""
    columns = (
        Column[Note]("row", lambda: _("Row"), _row_words, sort=lambda note: note.row, numeric=True),
        Column[Note]("text", lambda: _("Remark"), lambda note: note.text, sort=lambda note: note.text),
        Column[Note]("cell", lambda: _("Column"), lambda note: note.cell or "–", sort=lambda note: note.cell),
        Column[Note]("value", lambda: _("Value"), lambda note: note.value or "–", sort=lambda note: note.value),
        Column[Note](FILE_COLUMN, lambda: _("File"), lambda note: note.file, sort=lambda note: note.file),
    )
    model = TableModel(columns, lambda note: note.place)
    table = Table[Note]("importNotes", _("Skipped and remarks"), model, lambda: _("No row is skipped."))
    table.fit_columns({"row": 6, "cell": 14, "value": 14})
    show_files(table, shown=False)
    return table


def show_files(table: Table[Note], *, shown: bool) -> None:
    """The file of each remark where there are several; where not, the remark has its room."""
    table.show_column(FILE_COLUMN, shown=shown)
    table.fit_columns({"text": 52 if shown else 68})


def _row_words(note: Note) -> str:
    """What a running system doesn't tell at all is in no row."""
    return formats.number(note.row) if note.row else "–"
