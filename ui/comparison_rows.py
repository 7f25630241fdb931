"""A customer's objects and those of an import side by side, as rows of a table; made on a worker thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from model.import_comparison import Aspect, ComparedDevice, ComparedExtension, Comparison, Difference
from model.installation import Device, ExtensionKind, NewDevice, number_key
from model.search import sort_text
from ui import labels
from ui.i18n import _

Key = tuple[str, int | str]


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """An extension, or a device that no extension's row tells of; `ranks` are its places by column."""

    key: Key
    extension: ComparedExtension | None
    device: ComparedDevice | None
    difference: Difference
    number: str
    state: str
    left: str
    right: str
    hints: str
    ranks: dict[str, int] = field(default_factory=dict, compare=False)

    @property
    def is_missing(self) -> bool:
        """Whether it can be ticked to be removed."""
        return self.difference is Difference.MISSING

    @property
    def can_switch(self) -> bool:
        """Whether its kind can still be chosen."""
        return self.extension is not None and self.difference is Difference.NEW and self.extension.since is None


@dataclass(frozen=True, slots=True)
class ComparedRows:
    """All rows, how many of each sort, the keys of those that can be ticked, and what else there is among them."""

    rows: list[ComparedRow]
    counts: Counter[Difference]
    missing: frozenset[Key]
    has_hints: bool
    can_switch: bool


def compared_rows(comparison: Comparison) -> ComparedRows:
    """Extensions by number, then devices that are missing, or that no extension's row tells of."""
    rows = [_extension_row(entry) for entry in comparison.extensions]
    rows += [_device_row(place, entry) for place, entry in enumerate(comparison.devices) if _is_alone(entry)]
    _rank(rows)
    return ComparedRows(
        rows,
        Counter(row.difference for row in rows),
        frozenset(row.key for row in rows if row.is_missing),
        any(row.hints for row in rows),
        any(row.can_switch for row in rows),
    )


def _rank(rows: list[ComparedRow]) -> None:
    """What each column sorts by, worked out once: a click on a heading then sorts numbers."""
    order = {difference: place for place, difference in enumerate(Difference)}
    keys: dict[str, Callable[[ComparedRow], Any]] = {
        "state": lambda row: (order[row.difference], row.state),
        "number": lambda row: number_key(row.number),
        "left": lambda row: sort_text(row.left),
        "right": lambda row: sort_text(row.right),
        "hints": lambda row: row.hints,
    }
    for name, key in keys.items():
        for rank, row in enumerate(sorted(rows, key=key)):
            row.ranks[name] = rank


def right_words(row: ComparedRow, kind: ExtensionKind | None) -> str:
    """What stands at the right, with the kind that was chosen."""
    entry = row.extension
    if entry is None or entry.told is None or kind is None:
        return row.right
    return described(entry.told.name, labels.extension_kind(kind), entry.told_devices)


def kind_words(kind: ExtensionKind, *, is_guessed: bool) -> str:
    """User or resource; what only the name tells is marked as guessed."""
    text = labels.extension_kind(kind)
    return _("{kind} (guessed)").format(kind=text) if is_guessed else text


def difference_words(value: Difference) -> str:
    """New, changed, missing, unchanged."""
    return {
        Difference.NEW: _("New"),
        Difference.CHANGED: _("Changed"),
        Difference.MISSING: _("Missing"),
        Difference.UNCHANGED: _("Unchanged"),
    }[value]


def described(name: str, kind: str, devices: Iterable[str]) -> str:
    """An object on one side: its name, kind and devices."""
    return " · ".join([name, kind, *devices])


def _extension_row(entry: ComparedExtension) -> ComparedRow:
    known, told = entry.known, entry.told
    left = described(known.name, labels.extension_kind(known.kind), entry.known_devices) if known else ""
    right = described(told.name, kind_words(told.kind, is_guessed=entry.is_guessed), entry.told_devices) if told else ""
    if known and told is None and entry.difference is not Difference.MISSING:
        right = described(known.name, labels.extension_kind(known.kind), entry.told_devices)
    return ComparedRow(
        ("extension", entry.number),
        entry,
        None,
        entry.difference,
        entry.number,
        _state(entry),
        left,
        right,
        ", ".join(dict.fromkeys(labels.feature(hint.feature) for hint in entry.hints)),
    )


def _state(entry: ComparedExtension) -> str:
    names = {Aspect.NAME: _("name"), Aspect.KIND: _("kind"), Aspect.DEVICES: _("devices")}
    text = difference_words(entry.difference)
    if not entry.aspects:
        return text
    return _("{difference}: {aspects}").format(
        difference=text, aspects=", ".join(names[aspect] for aspect in entry.aspects)
    )


def _is_alone(entry: ComparedDevice) -> bool:
    """A missing device can be ticked by itself; others are told of at their extensions, if they have any."""
    if entry.difference is Difference.MISSING:
        return True
    sides = [side.extensions for side in (entry.known, entry.told) if side]
    return not any(sides)


def _device_row(place: int, entry: ComparedDevice) -> ComparedRow:
    left, right = (_device_words(side) if side else "" for side in (entry.known, entry.told))
    return ComparedRow(
        ("device", entry.known.id) if entry.known else ("created", place),
        None,
        entry,
        entry.difference,
        "",
        difference_words(entry.difference),
        left,
        right if entry.told or entry.difference is Difference.MISSING else left,
        "",
    )


def _device_words(device: Device | NewDevice) -> str:
    served = ", ".join(device.extensions)
    parts = [_("Device “{name}”").format(name=device.name), labels.device_kind(device.kind)]
    if served:
        parts.append(_("serves {numbers}").format(numbers=served))
    return " · ".join(parts)
