"""What was found in the files of a telephone system, with the line of each object and of each fault."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from model.import_profile import ImportProfile
from model.installation import Additions, ExtensionKind, NewDevice, NewExtension, ProFeature
from model.refusals import Fault, ImportFault, ImportRefused, InvalidInput

MOST_EXTENSIONS = 50_000


class SkipReason(StrEnum):
    """Why a row of a file is not imported."""

    NO_NUMBER = "NO_NUMBER"
    HEADER_AGAIN = "HEADER_AGAIN"
    NOT_AN_EXTENSION = "NOT_AN_EXTENSION"
    NUMBER_FORM = "NUMBER_FORM"
    NUMBER_TWICE = "NUMBER_TWICE"
    NAME_UNUSABLE = "NAME_UNUSABLE"
    UNREADABLE = "UNREADABLE"
    GONE = "GONE"


# Rows nobody misses; all others are faults in the file.
HARMLESS = frozenset({SkipReason.NO_NUMBER, SkipReason.HEADER_AGAIN, SkipReason.NOT_AN_EXTENSION})


class WarningReason(StrEnum):
    """What to look at in a row that is imported, in the header, or in the whole file."""

    ROW_TOO_LONG = "ROW_TOO_LONG"
    TITLE_TWICE = "TITLE_TWICE"
    COLUMN_MISSING = "COLUMN_MISSING"
    FILE_MISSING = "FILE_MISSING"
    PART_MISSING = "PART_MISSING"
    NAME_MISSING = "NAME_MISSING"
    NAME_CLEANED = "NAME_CLEANED"
    DEVICE_UNUSABLE = "DEVICE_UNUSABLE"
    MAC_UNUSABLE = "MAC_UNUSABLE"
    LINE_UNUSABLE = "LINE_UNUSABLE"
    NO_SUCH_EXTENSION = "NO_SUCH_EXTENSION"
    INCLUDE_IGNORED = "INCLUDE_IGNORED"
    EXEC_IGNORED = "EXEC_IGNORED"
    TEMPLATE_MISSING = "TEMPLATE_MISSING"


def skip_reason(error: InvalidInput) -> SkipReason:
    """Why the row of a number or a name that can't be stored is left out."""
    if error.field != "number":
        return SkipReason.NAME_UNUSABLE
    return {Fault.EMPTY: SkipReason.NO_NUMBER, Fault.NUMBER_TAKEN: SkipReason.NUMBER_TWICE}.get(
        error.fault, SkipReason.NUMBER_FORM
    )


@dataclass(frozen=True, slots=True)
class ImportedExtension:
    """An extension and where it stands; `is_guessed` if only its name tells the kind."""

    row: int
    extension: NewExtension
    is_guessed: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class ImportedDevice:
    """A device account and where it stands; `key` tells it from others ("" if nothing does), `row` is its first."""

    row: int
    device: NewDevice
    key: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class ProHint:
    """A function of the other system that would need Pro here; `name` is what tells it, `extension` a number or ""."""

    row: int
    feature: ProFeature
    name: str
    extension: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is not imported; `value` is its number as far as it can be shown, `cell` the title of the column."""

    row: int
    reason: SkipReason
    value: str = ""
    cell: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class RowWarning:
    """Something to look at; `value` is the extension's number or what is in the cell, `cell` the column's title."""

    row: int
    reason: WarningReason
    value: str = ""
    cell: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it was recognised; `sample` are its first rows with all that isn't read blanked (R37)."""

    name: str
    recognised_by: tuple[str, ...]
    encoding: str
    delimiter: str = ""
    header_line: int = 0
    titles: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    secret_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """The rows of a file: read, skipped because there is nothing in them to import, refused for a fault."""

    read: int
    skipped: int
    refused: int


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One system's files, read; `profile` is the one the tables were read with, None for Asterisk."""

    system: str
    sources: tuple[SourceFile, ...]
    profile: ImportProfile | None
    extensions: tuple[ImportedExtension, ...]
    devices: tuple[ImportedDevice, ...]
    hints: tuple[ProHint, ...]
    skipped: tuple[SkippedRow, ...]
    warnings: tuple[RowWarning, ...]
    read_rows: int
    empty_rows: int

    @property
    def additions(self) -> Additions:
        """What a new customer is given (R12); devices serve only extensions there will be."""
        numbers = frozenset(entry.extension.number for entry in self.extensions)
        return Additions(
            tuple(entry.extension for entry in self.extensions),
            tuple(_serving(entry.device, numbers) for entry in self.devices),
        )

    @property
    def counts(self) -> Counts:
        """How many rows were read, skipped and refused."""
        harmless = sum(entry.reason in HARMLESS for entry in self.skipped)
        return Counts(self.read_rows, self.empty_rows + harmless, len(self.skipped) - harmless)

    @property
    def encoding(self) -> str:
        """The encoding of the first file."""
        return self.sources[0].encoding

    @property
    def delimiter(self) -> str:
        """The delimiter of the first file; "" if it is no table."""
        return self.sources[0].delimiter

    @property
    def secret_columns(self) -> tuple[str, ...]:
        """The columns that were left unread (R37)."""
        return tuple(dict.fromkeys(title for source in self.sources for title in source.secret_columns))


def _serving(device: NewDevice, numbers: frozenset[str]) -> NewDevice:
    if numbers.issuperset(device.extensions):
        return device
    return replace(device, extensions=tuple(number for number in device.extensions if number in numbers))


class Collector:
    """Gathers the objects of one import; a number counts once, a device account serves all that name it (R1, R2)."""

    def __init__(self) -> None:
        self.file = ""
        self.extensions: list[ImportedExtension] = []
        self.hints: list[ProHint] = []
        self.skipped: list[SkippedRow] = []
        self.warnings: list[RowWarning] = []
        self.read_rows = 0
        self.empty_rows = 0
        self._numbers: set[str] = set()
        self._devices: list[ImportedDevice] = []
        self._places: dict[str, int] = {}
        self._further: dict[int, list[str]] = {}

    def claim(self, number: str) -> None:
        """Take a number for the extension that is about to be added; raises InvalidInput if it is taken.

        Raises ImportRefused for more than one telephone system can have.
        """
        if number in self._numbers:
            raise InvalidInput("number", Fault.NUMBER_TAKEN, number)
        if len(self._numbers) == MOST_EXTENSIONS:
            raise ImportRefused(ImportFault.TOO_MANY_ROWS, file=self.file)
        self._numbers.add(number)

    def add(self, row: int, extension: NewExtension, *, is_guessed: bool = False) -> None:
        """An extension whose number was claimed."""
        self.extensions.append(ImportedExtension(row, extension, is_guessed, self.file))

    def add_resource(self, row: int, number: str, name: str) -> None:
        """A thing with a number; raises InvalidInput."""
        new = NewExtension(number, name, ExtensionKind.RESOURCE).checked()
        self.claim(new.number)
        self.add(row, new)

    def add_device(self, row: int, device: NewDevice, key: str) -> None:
        """A checked device; with the key of an earlier one it is that one, which serves more (R2)."""
        place = self._places.setdefault(key, len(self._devices)) if key else len(self._devices)
        if place == len(self._devices):
            self._devices.append(ImportedDevice(row, device, key, self.file))
        else:
            self._further.setdefault(place, []).extend(device.extensions)

    def hint(self, row: int, feature: ProFeature, name: str, extension: str = "") -> None:
        """A function that would need Pro."""
        self.hints.append(ProHint(row, feature, name, extension, self.file))

    def skip(self, row: int, reason: SkipReason, value: str = "", cell: str = "") -> None:
        """A row that is left out."""
        self.skipped.append(SkippedRow(row, reason, value, cell, self.file))

    def warn(self, row: int, reason: WarningReason, value: str = "", cell: str = "") -> None:
        """Something to look at."""
        self.warnings.append(RowWarning(row, reason, value, cell, self.file))

    def imported(self, system: str, sources: tuple[SourceFile, ...], profile: ImportProfile | None) -> ImportedFile:
        """All of it."""
        return ImportedFile(
            system,
            sources,
            profile,
            tuple(self.extensions),
            self._merged_devices(),
            tuple(self.hints),
            tuple(self.skipped),
            tuple(self.warnings),
            self.read_rows,
            self.empty_rows,
        )

    def _merged_devices(self) -> tuple[ImportedDevice, ...]:
        for place, numbers in self._further.items():
            entry = self._devices[place]
            served = tuple(dict.fromkeys((*entry.device.extensions, *numbers)))
            self._devices[place] = replace(entry, device=replace(entry.device, extensions=served))
        self._further.clear()
        return tuple(self._devices)
