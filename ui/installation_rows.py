"""The lines of an installation's tables, made beforehand on the thread that reads: nothing here needs a widget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from model.account import Account, Flag
from model.audit import AuditEntry
from model.installation import Device, Extension, number_key
from ui import labels


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """An extension with its flag and the devices that ring, if any; a pending order is billed `from_day` on."""

    extension: Extension
    flag: Flag
    from_day: date | None
    devices: str

    @property
    def coverage(self) -> str:
        """The flag in words, made only for lines that are looked at: amounts take Babel long."""
        return labels.coverage(self.flag, self.from_day)


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device with its flag; a pending order is billed `from_day` on."""

    device: Device
    flag: Flag
    from_day: date | None

    @property
    def coverage(self) -> str:
        """The flag in words, made only for lines that are looked at."""
        return labels.coverage(self.flag, self.from_day)


def extension_rows(account: Account, day: date) -> tuple[ExtensionRow, ...]:
    """The extensions by number, each with its flag on a day (R9)."""
    flags, from_day, served = account.extension_flags(day), _from_day(account, day), _served(account)
    return tuple(
        ExtensionRow(entry, flags[entry.id], from_day, ", ".join(served.get(entry.number, ())))
        for entry in sorted(account.extensions, key=lambda entry: number_key(entry.number))
    )


def device_rows(account: Account, day: date) -> tuple[DeviceRow, ...]:
    """The devices by name, each with its flag on a day (R9)."""
    flags, from_day = account.device_flags(day), _from_day(account, day)
    return tuple(
        DeviceRow(entry, flags[entry.id], from_day)
        for entry in sorted(account.devices, key=lambda entry: (entry.name.casefold(), entry.id))
    )


def history_rows(entries: Iterable[AuditEntry], now: datetime) -> tuple[AuditEntry, ...]:
    """The entries with their instants in the clerk's zone."""
    return tuple(replace(entry, at=entry.at.astimezone(now.tzinfo)) for entry in entries)


def _from_day(account: Account, day: date) -> date | None:
    pending = account.pending(day)
    return pending.effective_on if pending else None


def _served(account: Account) -> dict[str, list[str]]:
    """The names of the devices that ring, by extension."""
    served: dict[str, list[str]] = {}
    for device in account.devices:
        for number in device.extensions:
            served.setdefault(number, []).append(device.name)
    return served
