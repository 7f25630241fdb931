"""Reads the CSV export of a telephone system, and says what importing it would create; nothing is written here.

Which columns mean what is data: one TOML file in `resources/import/` for each system.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from model.account import Account
from model.errors import Fault, ImportFault, ImportRefused, InvalidInput
from model.import_table import Table, TableRow, read_table
from model.installation import Additions, ExtensionKind, NewDevice, NewExtension, checked_number

PROFILES = Path(__file__).parents[1] / "resources" / "import"
LONGEST_VALUE = 20
WORD = re.compile(r"\w+")


class SkipReason(StrEnum):
    """Why a row of the file is not imported."""

    NO_NUMBER = "NO_NUMBER"
    NUMBER_FORM = "NUMBER_FORM"
    NUMBER_TWICE = "NUMBER_TWICE"
    NAME_UNUSABLE = "NAME_UNUSABLE"
    ALREADY_THERE = "ALREADY_THERE"


class WarningReason(StrEnum):
    """What to look at in a row that is imported, or in the header."""

    ROW_TOO_LONG = "ROW_TOO_LONG"
    TITLE_TWICE = "TITLE_TWICE"
    COLUMN_MISSING = "COLUMN_MISSING"
    NAME_MISSING = "NAME_MISSING"
    DEVICE_UNUSABLE = "DEVICE_UNUSABLE"
    DEVICE_ALREADY_THERE = "DEVICE_ALREADY_THERE"


SKIPPED_FOR = {
    Fault.EMPTY: SkipReason.NO_NUMBER,
    Fault.NUMBER_FORM: SkipReason.NUMBER_FORM,
    Fault.NUMBER_TAKEN: SkipReason.NUMBER_TWICE,
    Fault.TOO_LONG: SkipReason.NAME_UNUSABLE,
    Fault.UNPRINTABLE: SkipReason.NAME_UNUSABLE,
}


@dataclass(frozen=True, slots=True)
class ImportProfile:
    """How to recognise and read one system's file; all titles and words are casefolded."""

    system: str
    needs: frozenset[str]
    needs_one_of: frozenset[str]
    secrets: frozenset[str]
    number: str
    name: tuple[str, ...]
    device: str
    virtual: str
    virtual_values: frozenset[str]
    resource_words: frozenset[str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The titles of the columns that are read."""
        return tuple(title for title in (self.number, *self.name, self.device, self.virtual) if title)

    def matches(self, titles: Collection[str]) -> bool:
        """Whether a table with these titles comes from this system."""
        return self.needs.issubset(titles) and not self.needs_one_of.isdisjoint(titles)

    def is_virtual(self, row: TableRow) -> bool:
        """Whether the extension has no device account of its own."""
        return row.cell(self.virtual).casefold() in self.virtual_values

    def names_resource(self, name: str) -> bool:
        """Whether a name is one of a thing: "Fax Vertrieb", "Call Flow Zentrale"."""
        words = " ".join(["", *WORD.findall(name.casefold()), ""])
        return any(f" {word} " in words for word in self.resource_words)


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What one row of the file stands for."""

    row: int
    extension: NewExtension
    device: NewDevice | None


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is not imported; `value` is its number as far as it can be shown."""

    row: int
    reason: SkipReason
    value: str


@dataclass(frozen=True, slots=True)
class RowWarning:
    """Something to look at; `value` is the extension's number, or the title of a column."""

    row: int
    reason: WarningReason
    value: str


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file that was recognised and read; `secret_columns` were left unread (R37)."""

    system: str
    encoding: str
    delimiter: str
    rows: tuple[ImportedRow, ...]
    skipped: tuple[SkippedRow, ...]
    warnings: tuple[RowWarning, ...]
    empty_rows: int
    secret_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would create (R12), row by row as well, and what it would leave out."""

    additions: Additions
    created: tuple[ImportedRow, ...]
    skipped: tuple[SkippedRow, ...]
    warnings: tuple[RowWarning, ...]


def read_profiles(folder: Path = PROFILES) -> tuple[ImportProfile, ...]:
    """The known systems, one TOML file each, by file name."""
    return tuple(_profile(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml")))


def read_import(path: Path, folder: Path = PROFILES) -> ImportedFile:
    """Read the export of one of the systems in the folder.

    A faulty row is skipped with its reason. Raises ImportRefused for a file that is no table, comes from no known
    system or has no rows; nothing of its content is in the exception (R37).
    """
    table = read_table(path)
    profile = next((known for known in read_profiles(folder) if known.matches(table.titles)), None)
    if profile is None:
        raise ImportRefused(ImportFault.UNKNOWN)
    reader = _RowReader(profile, _header_warnings(table, profile))
    for row in table.rows(profile.columns):
        reader.take(row)
    if not reader.rows and not reader.skipped:
        raise ImportRefused(ImportFault.NO_ROWS)
    return ImportedFile(
        system=profile.system,
        encoding=table.encoding,
        delimiter=table.delimiter,
        rows=tuple(reader.rows),
        skipped=tuple(reader.skipped),
        warnings=tuple(reader.warnings),
        empty_rows=reader.empty_rows,
        secret_columns=tuple(dict.fromkeys(title for title in table.titles if title in profile.secrets)),
    )


def preview(imported: ImportedFile, account: Account | None) -> Preview:
    """What importing would add to an account, or to a new customer if None.

    Extensions that are there already stay as they are, with their devices. A device account that several rows name
    is one device that serves them all; one that is there already is not created again (R2).
    """
    numbers = {entry.number for entry in account.extensions} if account else set()
    devices = {entry.name for entry in account.devices} if account else set()
    skipped, warnings, created = list(imported.skipped), list(imported.warnings), []
    for entry in imported.rows:
        if entry.extension.number in numbers:
            skipped.append(SkippedRow(entry.row, SkipReason.ALREADY_THERE, entry.extension.number))
        elif entry.device and entry.device.name in devices:
            warnings.append(RowWarning(entry.row, WarningReason.DEVICE_ALREADY_THERE, entry.extension.number))
            created.append(replace(entry, device=None))
        else:
            created.append(entry)
    left_out = {entry.row for entry in skipped}
    return Preview(
        additions=_additions(created),
        created=tuple(created),
        skipped=tuple(sorted(skipped, key=lambda entry: entry.row)),
        warnings=tuple(sorted((w for w in warnings if w.row not in left_out), key=lambda w: w.row)),
    )


class _RowReader:
    """Collects what the rows of a table stand for."""

    def __init__(self, profile: ImportProfile, warnings: Iterable[RowWarning]) -> None:
        self.rows: list[ImportedRow] = []
        self.skipped: list[SkippedRow] = []
        self.warnings = list(warnings)
        self.empty_rows = 0
        self._profile = profile
        self._numbers: set[str] = set()

    def take(self, row: TableRow) -> None:
        if row.is_empty:
            self.empty_rows += 1
            return
        try:
            extension = self._extension(row)
        except InvalidInput as error:
            self.skipped.append(SkippedRow(row.line, SKIPPED_FOR[error.fault], self._shown_number(row)))
            return
        if row.is_too_long:
            self._warn(row, WarningReason.ROW_TOO_LONG)
        self.rows.append(ImportedRow(row.line, extension, self._device(row, extension.number)))

    def _extension(self, row: TableRow) -> NewExtension:
        number = self._new_number(row)
        name = " ".join(filter(None, (row.cell(title) for title in self._profile.name)))
        new = NewExtension(number, name or number).checked()
        if not name:
            self._warn(row, WarningReason.NAME_MISSING)
        is_resource = self._profile.is_virtual(row) or self._profile.names_resource(new.name)
        return replace(new, kind=ExtensionKind.RESOURCE if is_resource else ExtensionKind.USER)

    def _new_number(self, row: TableRow) -> str:
        number = checked_number(row.cell(self._profile.number))
        if number in self._numbers:
            raise InvalidInput("number", Fault.NUMBER_TAKEN, number)
        self._numbers.add(number)
        return number

    def _device(self, row: TableRow, number: str) -> NewDevice | None:
        name = row.cell(self._profile.device)
        if not name or self._profile.is_virtual(row):
            return None
        try:
            return NewDevice(name, extensions=(number,)).checked()
        except InvalidInput:
            self._warn(row, WarningReason.DEVICE_UNUSABLE)
            return None

    def _warn(self, row: TableRow, reason: WarningReason) -> None:
        self.warnings.append(RowWarning(row.line, reason, self._shown_number(row)))

    def _shown_number(self, row: TableRow) -> str:
        return " ".join(row.cell(self._profile.number).split())[:LONGEST_VALUE]


def _header_warnings(table: Table, profile: ImportProfile) -> list[RowWarning]:
    # Other titles are of no consequence, and unknown text is better not repeated (R37).
    counts = {title: table.titles.count(title) for title in profile.columns}
    missing = [title for title, count in counts.items() if count == 0]
    twice = [title for title, count in counts.items() if count > 1]
    return [
        *(RowWarning(table.header_line, WarningReason.COLUMN_MISSING, title) for title in missing),
        *(RowWarning(table.header_line, WarningReason.TITLE_TWICE, title) for title in twice),
    ]


def _additions(created: Iterable[ImportedRow]) -> Additions:
    extensions: list[NewExtension] = []
    devices: dict[str, NewDevice] = {}
    for entry in created:
        extensions.append(entry.extension)
        if entry.device:
            earlier = devices.get(entry.device.name)
            served = (*earlier.extensions, *entry.device.extensions) if earlier else entry.device.extensions
            devices[entry.device.name] = replace(entry.device, extensions=served)
    return Additions(tuple(extensions), tuple(devices.values()))


def _profile(text: str) -> ImportProfile:
    data = tomllib.loads(text)
    columns, virtual = data["columns"], data.get("virtual", {})
    return ImportProfile(
        system=data["system"],
        needs=_folded(data["needs"]),
        needs_one_of=_folded(data["needs_one_of"]),
        secrets=_folded(data["secrets"]),
        number=columns["number"].casefold(),
        name=tuple(title.casefold() for title in columns["name"]),
        device=columns.get("device", "").casefold(),
        virtual=virtual.get("column", "").casefold(),
        virtual_values=_folded(virtual.get("values", ())),
        resource_words=_folded(data.get("resource", {}).get("words", ())),
    )


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)
