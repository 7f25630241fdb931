"""Files to be imported, made by the tests, and what is asked of the result."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from model.account import Account
from model.import_files import AS_RECOGNISED, Choices, read_import
from model.import_result import ImportedFile, SkipReason, WarningReason
from model.installation import Device, DeviceKind, Extension, ExtensionKind, Installation, Language, ProFeature
from model.refusals import ImportRefused
from model.tariff import Edition, Tariff

SHARED = Path(__file__).parents[2] / "shared" / "data"
FREEPBX = "extension,password,name,tech,dial,secret,voicemail_vmpwd"
SECRET = "Hunter2"
TARIFF = Tariff("classic-10", "Classic 10", Edition.CLASSIC, 10, 10, 990, 1900, date(2026, 1, 1))
THEN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def written(folder: Path, content: str | bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def imported(folder: Path, *rows: str, header: str = FREEPBX, choices: Choices = AS_RECOGNISED) -> ImportedFile:
    return read_import(written(folder, "\n".join([header, *rows]) + "\n"), choices)


def refusal(path: Path | list[Path], choices: Choices = AS_RECOGNISED) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        read_import(path, choices)
    return caught.value


def account(extensions: tuple[str, ...] = (), devices: tuple[Device, ...] = ()) -> Account:
    return Account(
        Installation(1, "K1", "Bäckerei Krume", "", Language.GERMAN, 1),
        TARIFF,
        (),
        tuple(Extension(i, number, number, ExtensionKind.USER, THEN) for i, number in enumerate(extensions)),
        devices,
        (),
    )


def phone(name: str, mac: str = "", *extensions: str) -> Device:
    return Device(1, name, DeviceKind.IP_PHONE, mac, extensions, THEN)


def people(found: ImportedFile) -> list[tuple[str, str]]:
    """Number and name of each extension."""
    return [(entry.extension.number, entry.extension.name) for entry in found.extensions]


def phones(found: ImportedFile) -> list[tuple[str, str, tuple[str, ...]]]:
    """Name, MAC address and numbers of each device."""
    return [(entry.device.name, entry.device.mac, entry.device.extensions) for entry in found.devices]


def resources(found: ImportedFile) -> list[str]:
    """The names of what is no person."""
    return [entry.extension.name for entry in found.extensions if entry.extension.kind is ExtensionKind.RESOURCE]


def hints(found: ImportedFile) -> list[tuple[ProFeature, str, str]]:
    return [(entry.feature, entry.name, entry.extension) for entry in found.hints]


def skips(found: ImportedFile) -> list[tuple[int, SkipReason, str]]:
    return [(entry.row, entry.reason, entry.value) for entry in found.skipped]


def warned(found: ImportedFile) -> list[tuple[int, WarningReason, str]]:
    return [(entry.row, entry.reason, entry.value) for entry in found.warnings]
