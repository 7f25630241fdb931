"""What an import would create for a new customer, and what it would leave out; nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from model.import_result import (
    ImportedExtension,
    ImportedFile,
    RowWarning,
    SkippedRow,
    WarningReason,
)
from model.installation import Additions, ExtensionKind, NewDevice, NewExtension


@dataclass(frozen=True, slots=True)
class CreatedRow:
    """An extension that would be created, with the devices that would serve it."""

    row: int
    extension: NewExtension
    devices: tuple[NewDevice, ...]
    is_guessed: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class Remarks:
    """The rows of the files that are left out, and what is to be looked at, by file and row."""

    skipped: tuple[SkippedRow, ...]
    warnings: tuple[RowWarning, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would create (R12), row by row as well, and what it would leave out."""

    additions: Additions
    created: tuple[CreatedRow, ...]
    skipped: tuple[SkippedRow, ...]
    warnings: tuple[RowWarning, ...]

    def with_kinds(self, kinds: Mapping[str, ExtensionKind]) -> Additions:
        """What would be created, with the kinds a clerk chose for numbers."""
        extensions = (
            replace(new, kind=kinds[new.number]) if new.number in kinds else new for new in self.additions.extensions
        )
        return replace(self.additions, extensions=tuple(extensions)) if kinds else self.additions


def preview(imported: ImportedFile) -> Preview:
    """What importing would give a new customer; devices serve only extensions there will be."""
    additions = imported.additions
    serving: dict[str, list[NewDevice]] = {}
    for device in additions.devices:
        for number in device.extensions:
            serving.setdefault(number, []).append(device)
    found = remarks(imported)
    return Preview(
        additions,
        tuple(_created(entry, serving) for entry in imported.extensions),
        found.skipped,
        found.warnings,
    )


def remarks(imported: ImportedFile, known: Collection[str] = ()) -> Remarks:
    """What is left out of the files and what is to be looked at, for a customer with these numbers."""
    left_out = {_place(entry) for entry in imported.skipped}
    warnings = [*imported.warnings, *_unknown_numbers(imported, frozenset(known))]
    return Remarks(
        tuple(sorted(imported.skipped, key=_place)),
        tuple(sorted((entry for entry in warnings if _place(entry) not in left_out), key=_place)),
    )


def _unknown_numbers(imported: ImportedFile, known: frozenset[str]) -> Iterator[RowWarning]:
    there = known.union(entry.extension.number for entry in imported.extensions)
    for entry in imported.devices:
        for number in entry.device.extensions:
            if number not in there:
                yield RowWarning(entry.row, WarningReason.NO_SUCH_EXTENSION, number, file=entry.file)


def _created(entry: ImportedExtension, serving: dict[str, list[NewDevice]]) -> CreatedRow:
    devices = tuple(serving.get(entry.extension.number, ()))
    return CreatedRow(entry.row, entry.extension, devices, entry.is_guessed, entry.file)


def _place(entry: SkippedRow | RowWarning) -> tuple[str, int]:
    return entry.file, entry.row
