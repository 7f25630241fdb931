"""What an import would create for a customer, and what it would leave out; nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from model.account import Account
from model.import_result import (
    ImportedDevice,
    ImportedExtension,
    ImportedFile,
    RowWarning,
    SkippedRow,
    SkipReason,
    WarningReason,
)
from model.installation import Additions, NewDevice, NewExtension


@dataclass(frozen=True, slots=True)
class CreatedRow:
    """An extension that would be created, with the devices that would serve it."""

    row: int
    extension: NewExtension
    devices: tuple[NewDevice, ...]
    is_guessed: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would create (R12), row by row as well, and what it would leave out."""

    additions: Additions
    created: tuple[CreatedRow, ...]
    skipped: tuple[SkippedRow, ...]
    warnings: tuple[RowWarning, ...]


def preview(imported: ImportedFile, account: Account | None) -> Preview:
    """What importing would add to an account, or to a new customer if None.

    Extensions that are there already stay as they are, with their devices. A device that is there already is not
    created again (R2).
    """
    known = _Known(account)
    fresh = [entry for entry in imported.extensions if entry.extension.number not in known.numbers]
    left = [entry for entry in imported.extensions if entry.extension.number in known.numbers]
    warnings = list(imported.warnings)
    devices = list(_created_devices(imported, known, warnings))
    serving: dict[str, list[NewDevice]] = {}
    for device in devices:
        for number in device.extensions:
            serving.setdefault(number, []).append(device)
    skipped = [*imported.skipped, *map(_already_there, left)]
    left_out = {_place(entry) for entry in skipped}
    return Preview(
        Additions(tuple(entry.extension for entry in fresh), tuple(devices)),
        tuple(_created(entry, serving) for entry in fresh),
        tuple(sorted(skipped, key=_place)),
        tuple(sorted((entry for entry in warnings if _place(entry) not in left_out), key=_place)),
    )


class _Known:
    """What the customer has."""

    def __init__(self, account: Account | None) -> None:
        devices = account.devices if account else ()
        self.numbers = {entry.number for entry in account.extensions} if account else set()
        self._macs = {entry.mac for entry in devices if entry.mac}
        self._names = {entry.name for entry in devices}
        self._served = {(entry.name, number) for entry in devices for number in entry.extensions}

    def has(self, entry: ImportedDevice) -> bool:
        """Whether a device is there: by its MAC address, its account, or its name at one of its extensions."""
        device = entry.device
        if device.mac:
            return device.mac in self._macs
        if entry.key:
            return device.name in self._names
        return any((device.name, number) in self._served for number in device.extensions)


def _created_devices(imported: ImportedFile, known: _Known, warnings: list[RowWarning]) -> Iterator[NewDevice]:
    """The devices as they would be created, serving only extensions there will be."""
    read = {entry.extension.number for entry in imported.extensions}
    fresh = read - known.numbers
    for entry in imported.devices:
        numbers = entry.device.extensions
        if numbers and not fresh.intersection(numbers) and read.issuperset(numbers):
            continue
        if known.has(entry):
            warnings.append(_warning(entry, WarningReason.DEVICE_ALREADY_THERE, next(iter(numbers), "")))
            continue
        served = tuple(number for number in numbers if number in fresh or number in known.numbers)
        for number in numbers:
            if number not in served:
                warnings.append(_warning(entry, WarningReason.NO_SUCH_EXTENSION, number))
        yield entry.device if served == numbers else replace(entry.device, extensions=served)


def _created(entry: ImportedExtension, serving: dict[str, list[NewDevice]]) -> CreatedRow:
    devices = tuple(serving.get(entry.extension.number, ()))
    return CreatedRow(entry.row, entry.extension, devices, entry.is_guessed, entry.file)


def _already_there(entry: ImportedExtension) -> SkippedRow:
    return SkippedRow(entry.row, SkipReason.ALREADY_THERE, entry.extension.number, file=entry.file)


def _warning(entry: ImportedDevice, reason: WarningReason, number: str) -> RowWarning:
    return RowWarning(entry.row, reason, number, file=entry.file)


def _place(entry: SkippedRow | RowWarning) -> tuple[str, int]:
    return entry.file, entry.row
