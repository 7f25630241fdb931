"""The lines of an installation's tables, made beforehand on the thread that reads: nothing here needs a widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from model.account import Account, Flag
from model.audit import AuditEntry
from model.installation import Device, Extension, number_keys
from model.lazy import Lazy, values_of
from ui import labels

RowT = TypeVar("RowT")


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


def extension_rows(account: Account, day: date) -> Sequence[ExtensionRow]:
    """The extensions by number, each with its flag on a day (R9)."""
    flags, from_day, served = account.extension_flags(day), _from_day(account, day), _served(account)

    def row(place: int) -> ExtensionRow:
        entry = account.extensions[place]
        return ExtensionRow(entry, flags[entry.id], from_day, ", ".join(served.get(entry.number, ())))

    return _in_order(row, values_of(account.extensions, "id"), number_keys(account.extensions))


def device_rows(account: Account, day: date) -> Sequence[DeviceRow]:
    """The devices by name, each with its flag on a day (R9)."""
    flags, from_day = account.device_flags(day), _from_day(account, day)
    names, ids = values_of(account.devices, "name"), values_of(account.devices, "id")

    def row(place: int) -> DeviceRow:
        entry = account.devices[place]
        return DeviceRow(entry, flags[entry.id], from_day)

    return _in_order(row, ids, list(zip(map(str.casefold, names), ids, strict=True)))


def history_rows(entries: Iterable[AuditEntry], now: datetime) -> tuple[AuditEntry, ...]:
    """The entries with their instants in the clerk's zone."""
    return tuple(replace(entry, at=entry.at.astimezone(now.tzinfo)) for entry in entries)


def _from_day(account: Account, day: date) -> date | None:
    pending = account.pending(day)
    return pending.effective_on if pending else None


def _in_order(row: Callable[[int], RowT], ids: Sequence[int], order: Sequence[Any]) -> Lazy[RowT]:
    """The rows of what stands at the places, put in order; the column "key" has their ids."""
    places = sorted(range(len(ids)), key=order.__getitem__)
    return Lazy(lambda place, _key: row(place), {"place": places, "key": [ids[place] for place in places]})


def _served(account: Account) -> dict[str, list[str]]:
    """The names of the devices that ring, by extension."""
    served: dict[str, list[str]] = {}
    devices = account.devices
    for name, numbers in zip(values_of(devices, "name"), values_of(devices, "extensions"), strict=True):
        for number in numbers:
            served.setdefault(number, []).append(name)
    return served
