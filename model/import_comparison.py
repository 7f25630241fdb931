"""What the files of a telephone system say beside what a customer has: new, changed, missing, unchanged. All pure.

A file speaks only of what it holds: without a single device in it no device is missing, and without a single
extension no extension is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from model.account import NOTHING, Account
from model.import_matching import fitted, match_devices, merged
from model.import_result import ImportedDevice, ImportedExtension, ImportedFile, ProHint
from model.installation import (
    Additions,
    Device,
    Extension,
    ExtensionKind,
    NewDevice,
    NewExtension,
    NewProFeatureUse,
    ProFeatureUse,
    number_key,
)

NO_KINDS: Mapping[str, ExtensionKind] = {}


class Difference(StrEnum):
    """How an object of the customer's and one of the file stand to each other."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    MISSING = "MISSING"
    UNCHANGED = "UNCHANGED"


class Aspect(StrEnum):
    """In what an extension differs."""

    NAME = "NAME"
    KIND = "KIND"
    DEVICES = "DEVICES"


@dataclass(frozen=True, slots=True)
class ComparedExtension:
    """A number on both sides: what the customer has, and what would be after the import (None: not in the file).

    The devices are those the customer has at it, and those of the file. `since` is when a removed one was created.
    """

    number: str
    known: Extension | None
    told: NewExtension | None
    difference: Difference
    aspects: tuple[Aspect, ...] = ()
    known_devices: tuple[str, ...] = ()
    told_devices: tuple[str, ...] = ()
    is_guessed: bool = False
    hints: tuple[ProHint, ...] = ()
    features: tuple[ProFeatureUse, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ComparedDevice:
    """A device on both sides: the customer's, and how it would be after the import (None: not in the file)."""

    known: Device | None
    told: NewDevice | None
    difference: Difference
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportChanges:
    """What an import writes; `revision` is the installation's when it was compared.

    A device that is created or changed may serve an extension that is removed: it goes last. `restored` is what an
    import that is taken back had removed, with the instants it was created at, and `takes_back` the number of that
    import in the history.
    """

    revision: int
    created: Additions = NOTHING
    restored: tuple[tuple[datetime, Additions], ...] = ()
    changed_extensions: tuple[tuple[int, NewExtension], ...] = ()
    changed_devices: tuple[tuple[int, NewDevice], ...] = ()
    removed_extensions: tuple[Extension, ...] = ()
    removed_devices: tuple[Device, ...] = ()
    removed_features: tuple[ProFeatureUse, ...] = ()
    takes_back: int = 0

    def __bool__(self) -> bool:
        return bool(
            self.created
            or self.restored
            or self.changed_extensions
            or self.changed_devices
            or self.removed_extensions
            or self.removed_devices
        )

    def checked(self) -> ImportChanges:
        """The same with every object checked; raises InvalidInput for the first that is wrong."""
        return replace(
            self,
            created=self.created.checked(),
            restored=tuple((since, objects.checked()) for since, objects in self.restored),
            changed_extensions=tuple((key, new.checked()) for key, new in self.changed_extensions),
            changed_devices=tuple((key, new.checked()) for key, new in self.changed_devices),
        )

    @property
    def additions(self) -> Additions:
        """Everything that is created, restored objects among it."""
        parts = (self.created, *(objects for _since, objects in self.restored))
        return Additions(
            tuple(new for part in parts for new in part.extensions),
            tuple(new for part in parts for new in part.devices),
            tuple(new for part in parts for new in part.features),
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything of one customer beside one import, extensions by number; `restored` are Pro functions to come back."""

    account: Account
    extensions: tuple[ComparedExtension, ...]
    devices: tuple[ComparedDevice, ...]
    restored: tuple[tuple[datetime, NewProFeatureUse], ...] = ()
    takes_back: int = 0

    @property
    def counts(self) -> Counter[Difference]:
        """How many extensions are new, changed, missing, unchanged."""
        return Counter(entry.difference for entry in self.extensions)

    def changes(
        self,
        kinds: Mapping[str, ExtensionKind] = NO_KINDS,
        removing: Collection[str] = (),
        removing_devices: Collection[int] = (),
    ) -> ImportChanges:
        """What is to be written: with the kinds a clerk chose for numbers, and without the missing ones ticked.

        Nothing else is removed, but for what goes along (R13).
        """
        removed = [entry for entry in self.extensions if _is_missing(entry) and entry.number in removing]
        numbers = frozenset(entry.number for entry in removed)
        wanted = [_with_kind(entry, kinds) for entry in self.extensions]
        known = [(entry.known, new) for entry, new in zip(self.extensions, wanted, strict=True)]
        created, restored = self._created(wanted)
        return ImportChanges(
            self.account.installation.revision,
            created,
            restored,
            tuple((old.id, new) for old, new in known if old and new and _differs(old, new)),
            tuple(
                (entry.known.id, entry.told)
                for entry in self.devices
                if entry.known and entry.told and entry.difference is Difference.CHANGED
            ),
            tuple(entry.known for entry in removed if entry.known),
            tuple(self._removed_devices(numbers, frozenset(removing_devices))),
            tuple(use for entry in removed for use in entry.features),
            self.takes_back,
        )

    def devices_along(self, removing: Collection[str]) -> list[Device]:
        """The devices that go with extensions: the file doesn't hold them, and they serve no others."""
        numbers = frozenset(removing)
        left = (entry.known for entry in self.devices if entry.told is None)
        return [known for known in left if known and known.extensions and numbers.issuperset(known.extensions)]

    def _removed_devices(self, numbers: frozenset[str], ticked: frozenset[int]) -> list[Device]:
        along = self.devices_along(numbers)
        ids = {device.id for device in along}
        missing = (entry.known for entry in self.devices if entry.difference is Difference.MISSING)
        return along + [device for device in missing if device and device.id in ticked and device.id not in ids]

    def _created(
        self, wanted: Sequence[NewExtension | None]
    ) -> tuple[Additions, tuple[tuple[datetime, Additions], ...]]:
        """What is created now, and what gets back the instant it was created at."""
        extensions: dict[datetime | None, list[NewExtension]] = {}
        devices: dict[datetime | None, list[NewDevice]] = {}
        features: dict[datetime | None, list[NewProFeatureUse]] = {}
        for entry, new in zip(self.extensions, wanted, strict=True):
            if entry.difference is Difference.NEW and new:
                extensions.setdefault(entry.since, []).append(new)
        for device in self.devices:
            if device.difference is Difference.NEW and device.told:
                devices.setdefault(device.since, []).append(device.told)
        for since, use in self.restored:
            features.setdefault(since, []).append(use)

        def of(since: datetime | None) -> Additions:
            return Additions(
                tuple(extensions.get(since, ())), tuple(devices.get(since, ())), tuple(features.get(since, ()))
            )

        instants = {*extensions, *devices, *features} - {None}
        return of(None), tuple((since, of(since)) for since in sorted(filter(None, instants)))


def compare(account: Account, imported: ImportedFile) -> Comparison:
    """An import beside what a customer has; extensions by number, devices by MAC address or name (R12)."""
    known = {entry.number: entry for entry in account.extensions}
    told = [_told(entry, known.get(entry.extension.number)) for entry in imported.extensions]
    hints: dict[str, list[ProHint]] = {}
    for hint in imported.hints:
        hints.setdefault(hint.extension, []).append(hint)
    return beside(account, told, _devices(account, imported), hints)


@dataclass(frozen=True, slots=True)
class ToldExtension:
    """An extension as it would be after the import."""

    new: NewExtension
    is_guessed: bool = False
    since: datetime | None = None


def beside(
    account: Account,
    told: Sequence[ToldExtension],
    devices: Sequence[ComparedDevice],
    hints: Mapping[str, Sequence[ProHint]],
    restored: tuple[tuple[datetime, NewProFeatureUse], ...] = (),
    takes_back: int = 0,
) -> Comparison:
    """Everything side by side, by number."""
    names = _DeviceNames(devices)
    features: dict[str, list[ProFeatureUse]] = {}
    for use in account.features:
        features.setdefault(use.extension, []).append(use)
    by_number = {entry.new.number: entry for entry in told}
    known = {entry.number: entry for entry in account.extensions}
    whole = bool(told) or bool(takes_back)
    extensions = [
        replace(
            _extension(known.get(number), by_number.get(number), names.differ(number), whole=whole),
            known_devices=tuple(names.known.get(number, ())),
            told_devices=tuple(names.told.get(number, ())),
            hints=tuple(hints.get(number, ())),
            features=tuple(features.get(number, ())),
        )
        for number in sorted({*known, *by_number}, key=number_key)
    ]
    return Comparison(account, tuple(extensions), tuple(devices), restored, takes_back)


def compared_device(known: Device | None, told: NewDevice | None, since: datetime | None = None) -> ComparedDevice:
    """One device on both sides; one that isn't in the file is missing."""
    if known is None or told is None:
        return ComparedDevice(known, told, Difference.NEW if told else Difference.MISSING, since)
    changed = _shape(known) != _shape(told)
    return ComparedDevice(known, told, Difference.CHANGED if changed else Difference.UNCHANGED)


# ---------------------------------------------------------------------- extensions


def _told(entry: ImportedExtension, known: Extension | None) -> ToldExtension:
    """What only the name tells of the kind, or a number for a name, doesn't overwrite what is known."""
    new = entry.extension
    if known is None:
        return ToldExtension(new, entry.is_guessed)
    name = known.name if new.name == new.number else new.name
    return ToldExtension(NewExtension(new.number, name, known.kind if entry.is_guessed else new.kind))


def _extension(
    known: Extension | None, told: ToldExtension | None, devices_differ: bool, *, whole: bool
) -> ComparedExtension:
    """One number; with `whole` what isn't told is missing."""
    if told is None:
        number = known.number if known else ""
        if whole or not devices_differ:
            return ComparedExtension(number, known, None, Difference.MISSING if whole else Difference.UNCHANGED)
        return ComparedExtension(number, known, None, Difference.CHANGED, (Aspect.DEVICES,))
    new = told.new
    if known is None:
        return ComparedExtension(new.number, None, new, Difference.NEW, is_guessed=told.is_guessed, since=told.since)
    differing = ((Aspect.NAME, known.name != new.name), (Aspect.KIND, known.kind is not new.kind))
    aspects = tuple(aspect for aspect, differs in (*differing, (Aspect.DEVICES, devices_differ)) if differs)
    return ComparedExtension(new.number, known, new, Difference.CHANGED if aspects else Difference.UNCHANGED, aspects)


def _is_missing(entry: ComparedExtension) -> bool:
    return entry.difference is Difference.MISSING


def _with_kind(entry: ComparedExtension, kinds: Mapping[str, ExtensionKind]) -> NewExtension | None:
    chosen = kinds.get(entry.number)
    return replace(entry.told, kind=chosen) if chosen and entry.told else entry.told


def _differs(known: Extension, new: NewExtension) -> bool:
    return (known.name, known.kind) != (new.name, new.kind)


# ---------------------------------------------------------------------- devices


def _devices(account: Account, imported: ImportedFile) -> list[ComparedDevice]:
    """Every device of the file and every one of the customer's."""
    if not imported.devices:
        return [ComparedDevice(device, None, Difference.UNCHANGED) for device in account.devices]
    read = frozenset(entry.extension.number for entry in imported.extensions)
    there = read.union(entry.number for entry in account.extensions)
    matches = match_devices(account.devices, imported.devices)
    found = [
        compared_device(known, _as_told(entry, known, read, there))
        for entry, known in zip(imported.devices, matches, strict=True)
    ]
    matched = {known.id for known in matches if known}
    return found + [compared_device(device, None) for device in account.devices if device.id not in matched]


def _as_told(entry: ImportedDevice, known: Device | None, read: frozenset[str], there: frozenset[str]) -> NewDevice:
    """The device with the extensions there are; it goes on serving one that only the customer has."""
    numbers = tuple(number for number in entry.device.extensions if number in there)
    if known is None:
        return fitted(entry.device, numbers)
    stays = tuple(number for number in known.extensions if read and number not in read and number not in numbers)
    return merged(entry, known, numbers + stays)


def _shape(device: Device | NewDevice) -> tuple[object, ...]:
    return device.name, device.kind, device.mac, frozenset(device.extensions)


class _DeviceNames:
    """The names of the devices at each number, on both sides."""

    def __init__(self, devices: Iterable[ComparedDevice]) -> None:
        self.known: dict[str, list[str]] = {}
        self.told: dict[str, list[str]] = {}
        self._differing: set[str] = set()
        for device in devices:
            self._note(device)

    def differ(self, number: str) -> bool:
        """Whether a device at a number is new or changes; one that is missing stays as long as nobody removes it."""
        return number in self._differing

    def _note(self, entry: ComparedDevice) -> None:
        known, told = entry.known, entry.told
        before = known.extensions if known else ()
        # What the file says nothing of stays as it is.
        stays = known if entry.difference is Difference.UNCHANGED else None
        right = told or stays
        after = right.extensions if right else ()
        for number in before:
            self.known.setdefault(number, []).append(known.name if known else "")
        for number in after:
            self.told.setdefault(number, []).append(right.name if right else "")
        if entry.difference is Difference.NEW:
            self._differing.update(after)
        elif entry.difference is Difference.CHANGED and known and told:
            same = _shape(known)[:3] == _shape(told)[:3]
            self._differing.update(set(before) ^ set(after) if same else {*before, *after})
