"""Writes the objects of an installation, inside the transaction of the verb that asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from model.audit import Facts
from model.clock import to_text
from model.engine import Engine, Row
from model.installation import Additions, NewDevice, NewExtension
from model.records import columns
from model.refusals import Fault, InvalidInput

MOST_NUMBERS_IN_HISTORY = 100


def insert_objects(engine: Engine, installation_id: int, adding: Additions, now: datetime) -> None:
    """Create objects; raises InvalidInput for a number that is taken or an extension that isn't there."""
    shared = {"installation_id": installation_id, "created_at": to_text(now)}
    _require_new_numbers(engine, installation_id, adding.extensions)
    engine.insert_many(
        "extension",
        ({"number": new.number, "name": new.name, "kind": str(new.kind), **shared} for new in adding.extensions),
    )
    _insert_devices(engine, shared, adding.devices)
    ids = _extension_ids(engine, installation_id) if adding.features else {}
    for new in adding.features:
        extension_id = _known_extension(ids, new.extension) if new.extension else None
        _require_new_feature(engine, installation_id, str(new.feature), extension_id)
        engine.insert(
            "feature_use", {"feature": str(new.feature), "name": new.name, "extension_id": extension_id, **shared}
        )


def facts_of(adding: Additions) -> Facts:
    """What was created, for the history: numbers and sorts, no names."""
    return {
        "extension_count": len(adding.extensions),
        "extensions": [new.number for new in adding.extensions[:MOST_NUMBERS_IN_HISTORY]],
        "device_count": len(adding.devices),
        "feature_count": len(adding.features),
        "features": [[str(new.feature), new.extension] for new in adding.features[:MOST_NUMBERS_IN_HISTORY]],
    }


def _insert_devices(engine: Engine, shared: Row, devices: Sequence[NewDevice]) -> None:
    """All at once; ids grow in the order of the devices, because nobody else writes meanwhile."""
    if not devices:
        return
    (latest,) = engine.query("SELECT COALESCE(max(id), 0) AS id FROM device")
    owner = shared["installation_id"]
    engine.insert_many(
        "device", ({"name": new.name, "kind": str(new.kind), "mac": new.mac, **shared} for new in devices)
    )
    made = "device WHERE installation_id = :owner AND id > :latest"
    (ids,) = columns(engine, ("id",), made, {"owner": owner, "latest": latest["id"]})
    link_devices(engine, owner, list(zip(sorted(ids), devices, strict=True)))


def _require_new_numbers(engine: Engine, installation_id: int, adding: Iterable[NewExtension]) -> None:
    taken = set(_extension_ids(engine, installation_id))
    for new in adding:
        if new.number in taken:
            raise InvalidInput("number", Fault.NUMBER_TAKEN, new.number)
        taken.add(new.number)


def _require_new_feature(engine: Engine, installation_id: int, feature: str, extension_id: int | None) -> None:
    known = engine.query(
        """SELECT id FROM feature_use WHERE installation_id = :id AND feature = :feature
           AND COALESCE(extension_id, 0) = :extension""",
        {"id": installation_id, "feature": feature, "extension": extension_id or 0},
    )
    if known:
        raise InvalidInput("extension", Fault.FEATURE_TAKEN)


def link_devices(engine: Engine, installation_id: int, devices: Sequence[tuple[int, NewDevice]]) -> None:
    """Let devices, by id, serve the extensions whose numbers they name; raises InvalidInput for an unknown one."""
    ids = _extension_ids(engine, installation_id) if devices else {}
    engine.insert_many(
        "device_extension",
        (
            {"device_id": device_id, "extension_id": _known_extension(ids, number)}
            for device_id, new in devices
            for number in new.extensions
        ),
    )


def _extension_ids(engine: Engine, installation_id: int) -> dict[str, int]:
    known = columns(engine, ("number", "id"), "extension WHERE installation_id = :id", {"id": installation_id})
    return dict(zip(*known, strict=True))


def _known_extension(ids: dict[str, int], number: str) -> int:
    if number not in ids:
        raise InvalidInput("extensions", Fault.NO_SUCH_EXTENSION, number)
    return ids[number]
