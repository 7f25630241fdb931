"""What a customer had before an import, kept so that the import can be taken back; names are in it, unlike the history.

Taking back is a new import of what was before: it is compared and shown again.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from model.account import Account
from model.clock import from_text, to_text
from model.engine import Row
from model.import_comparison import ComparedDevice, Comparison, ToldExtension, beside, compared_device
from model.import_matching import fitted, match_devices
from model.import_result import ImportedDevice
from model.installation import (
    Device,
    DeviceKind,
    Extension,
    ExtensionKind,
    NewDevice,
    NewExtension,
    NewProFeatureUse,
    ProFeature,
    ProFeatureUse,
)


@dataclass(frozen=True, slots=True)
class KeptImport:
    """An import by its number in the history: what there was before, and what it created (numbers, ids of devices)."""

    seq: int
    installation_id: int
    extensions: tuple[Extension, ...]
    devices: tuple[Device, ...]
    features: tuple[ProFeatureUse, ...]
    created_extensions: frozenset[str]
    created_devices: frozenset[int]

    def compare(self, account: Account) -> Comparison:
        """What was before beside what there is now: what the import created and changed is missing and changed."""
        known = {entry.number: entry for entry in account.extensions}
        told = [ToldExtension(_new_extension(entry), since=entry.created_at) for entry in self.extensions]
        numbers = known.keys() | {entry.number for entry in self.extensions}
        there = {(use.feature, use.extension) for use in account.features}
        restored = tuple(
            (use.created_at, NewProFeatureUse(use.feature, use.name, use.extension))
            for use in self.features
            if (use.feature, use.extension) not in there
        )
        return beside(account, told, self._devices(account, frozenset(numbers)), {}, restored, self.seq)

    def _devices(self, account: Account, numbers: frozenset[str]) -> list[ComparedDevice]:
        """The same id created at the same instant is the same device; one created anew is found like a file's."""
        left = {(device.id, device.created_at): device for device in account.devices}
        pairs = [(left.pop((device.id, device.created_at), None), device) for device in self.devices]
        gone = [device for known, device in pairs if known is None]
        others = match_devices(list(left.values()), [ImportedDevice(0, _new_device(device)) for device in gone])
        anew = iter(others)
        found = []
        for known, device in pairs:
            same = known or next(anew)
            told = fitted(_new_device(device), tuple(number for number in device.extensions if number in numbers))
            found.append(compared_device(same, told, None if same else device.created_at))
        taken = {device.id for device in others if device}
        return found + [compared_device(device, None) for device in left.values() if device.id not in taken]


def kept_objects(account: Account, created_extensions: Sequence[str], created_devices: Sequence[int]) -> str:
    """What there is before an import, and what it is going to create, as JSON."""
    content = {
        "salt": secrets.token_hex(16),
        "extensions": [
            [entry.id, entry.number, entry.name, str(entry.kind), to_text(entry.created_at)]
            for entry in account.extensions
        ],
        "devices": [
            [entry.id, entry.name, str(entry.kind), entry.mac, list(entry.extensions), to_text(entry.created_at)]
            for entry in account.devices
        ],
        "features": [
            [entry.id, str(entry.feature), entry.name, entry.extension, to_text(entry.created_at)]
            for entry in account.features
        ],
        "created_extensions": list(created_extensions),
        "created_devices": list(created_devices),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def kept_from(row: Row) -> KeptImport:
    """A kept import from its columns."""
    content = json.loads(row["objects"])
    return KeptImport(
        row["seq"],
        row["installation_id"],
        tuple(
            Extension(key, number, name, ExtensionKind(kind), from_text(at))
            for key, number, name, kind, at in content["extensions"]
        ),
        tuple(
            Device(key, name, DeviceKind(kind), mac, tuple(numbers), from_text(at))
            for key, name, kind, mac, numbers, at in content["devices"]
        ),
        tuple(
            ProFeatureUse(key, ProFeature(feature), name, number, from_text(at))
            for key, feature, name, number, at in content["features"]
        ),
        frozenset(content["created_extensions"]),
        frozenset(content["created_devices"]),
    )


def _new_extension(entry: Extension) -> NewExtension:
    return NewExtension(entry.number, entry.name, entry.kind)


def _new_device(entry: Device) -> NewDevice:
    return NewDevice(entry.name, entry.kind, entry.mac, entry.extensions)
