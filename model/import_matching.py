"""Which device of a file is which of the customer's: by MAC address, else by name at an extension (R2). All pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from model.import_result import ImportedDevice
from model.installation import Device, DeviceKind, NewDevice


class _Unmatched:
    """Devices by something that tells them; each is given away once."""

    def __init__(self) -> None:
        self._devices: dict[Hashable, list[Device]] = {}

    def add(self, key: Hashable, device: Device) -> None:
        self._devices.setdefault(key, []).append(device)

    def take(self, key: Hashable, taken: set[int]) -> Device | None:
        for device in self._devices.get(key, ()):
            if device.id not in taken:
                taken.add(device.id)
                return device
        return None


def match_devices(known: Sequence[Device], told: Sequence[ImportedDevice]) -> list[Device | None]:
    """For each device of a file the customer's, or None for a new one; each of the customer's is one of them at most.

    First by MAC address, then by name at a common extension (or at none), last by the account an app is named after.
    """
    by_mac, by_name, without_mac, by_account = _Unmatched(), _Unmatched(), _Unmatched(), _Unmatched()
    for device in known:
        by_mac.add(device.mac, device)
        by_account.add(device.name, device)
        for number in device.extensions or ("",):
            by_name.add((device.name, number), device)
            if not device.mac:
                without_mac.add((device.name, number), device)
    taken: set[int] = set()
    found = [by_mac.take(entry.device.mac, taken) if entry.device.mac else None for entry in told]
    for place, entry in enumerate(told):
        # Two MAC addresses that differ are two devices, whatever their names.
        names, numbers = without_mac if entry.device.mac else by_name, entry.device.extensions or ("",)
        found[place] = found[place] or _first(names.take((entry.device.name, number), taken) for number in numbers)
    for place, entry in enumerate(told):
        if entry.key == f"account {entry.device.name}":
            found[place] = found[place] or by_account.take(entry.device.name, taken)
    return found


def merged(told: ImportedDevice, known: Device, numbers: tuple[str, ...]) -> NewDevice:
    """A device as it would be: what the file doesn't tell, or only makes up, stays as it is."""
    device = told.device
    return NewDevice(
        known.name if _has_no_name(device) else device.name,
        # No file knows of telephones outside the system.
        known.kind if known.kind is DeviceKind.EXTERNAL_PHONE else device.kind,
        device.mac or known.mac,
        numbers,
    )


def fitted(device: NewDevice, numbers: tuple[str, ...]) -> NewDevice:
    """The device, serving these extensions."""
    return device if device.extensions == numbers else replace(device, extensions=numbers)


def _first(found: Iterable[Device | None]) -> Device | None:
    return next((device for device in found if device is not None), None)


def _has_no_name(device: NewDevice) -> bool:
    """Where a file has no name for a device, its reader takes the MAC address or the extension's number."""
    return device.name in device.extensions or (bool(device.mac) and device.name.replace(":", "").lower() == device.mac)
