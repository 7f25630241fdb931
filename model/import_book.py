"""Writes imports into a customer's objects, and keeps what was before, inside the verb's transaction (R22)."""

from __future__ import annotations

from datetime import datetime

from model.account import Account
from model.audit import Action, Facts, Journal
from model.digests import kept_digest
from model.engine import Engine
from model.import_comparison import ImportChanges
from model.import_kept import KeptImport, kept_from, kept_objects
from model.installation import Additions
from model.objects import MOST_NUMBERS_IN_HISTORY, facts_of, insert_objects, link_devices

# Names are in what is kept: no more of it than anybody would take back.
MOST_KEPT = 10


class ImportBook:
    """The imports of a database: each is one entry in the history."""

    def __init__(self, engine: Engine, journal: Journal) -> None:
        self._engine = engine
        self._journal = journal

    def write(self, account: Account, changes: ImportChanges, now: datetime) -> int:
        """Create, change and remove; the entry's number. What is created comes first, so that no id is used again."""
        installation_id = account.installation.id
        self._create(installation_id, changes, now)
        known = {device.id for device in account.devices}
        created = [key for key in self._device_ids(installation_id) if key not in known]
        self._change(installation_id, changes)
        self._remove(changes)
        numbers = [new.number for new in changes.additions.extensions]
        kept = {"installation_id": installation_id, "objects": kept_objects(account, numbers, created)}
        before, after = _facts(changes)
        after = {**after, "kept_digest": kept_digest(kept)}
        seq = self._journal.note(Action.OBJECTS_IMPORTED, now, installation_id, before=before, after=after)
        self._engine.insert("import_kept", {"seq": seq, **kept})
        self._forget(installation_id)
        return seq

    def kept(self, installation_id: int, seq: int) -> KeptImport | None:
        """What was before an import; None if it isn't kept, or not any more."""
        if not self._engine.has_table("import_kept"):
            return None
        found = "SELECT * FROM import_kept WHERE seq = :seq AND installation_id = :id"
        return next(iter(self._engine.values(kept_from, found, {"seq": seq, "id": installation_id})), None)

    def _create(self, installation_id: int, changes: ImportChanges, now: datetime) -> None:
        """All extensions first: a restored device may serve a new one."""
        groups = [*changes.restored, (now, changes.created)]
        for since, objects in groups:
            insert_objects(self._engine, installation_id, Additions(objects.extensions), since)
        for since, objects in groups:
            insert_objects(self._engine, installation_id, Additions((), objects.devices, objects.features), since)

    def _change(self, installation_id: int, changes: ImportChanges) -> None:
        for key, new in changes.changed_extensions:
            columns = {"id": key, "name": new.name, "kind": str(new.kind)}
            self._engine.execute("UPDATE extension SET name = :name, kind = :kind WHERE id = :id", columns)
        for key, device in changes.changed_devices:
            columns = {"id": key, "name": device.name, "kind": str(device.kind), "mac": device.mac}
            self._engine.execute("UPDATE device SET name = :name, kind = :kind, mac = :mac WHERE id = :id", columns)
            self._engine.execute("DELETE FROM device_extension WHERE device_id = :id", {"id": key})
        link_devices(self._engine, installation_id, changes.changed_devices)

    def _remove(self, changes: ImportChanges) -> None:
        removed = (
            ("feature_use", changes.removed_features),
            ("device", changes.removed_devices),
            ("extension", changes.removed_extensions),
        )
        for table, objects in removed:
            for entry in objects:
                self._engine.execute(f"DELETE FROM {table} WHERE id = :id", {"id": entry.id})

    def _device_ids(self, installation_id: int) -> list[int]:
        found = "SELECT id FROM device WHERE installation_id = :id ORDER BY id"
        return self._engine.values(lambda row: int(row["id"]), found, {"id": installation_id})

    def _forget(self, installation_id: int) -> None:
        self._engine.execute(
            """DELETE FROM import_kept WHERE installation_id = :id AND seq NOT IN (
                   SELECT seq FROM import_kept WHERE installation_id = :id ORDER BY seq DESC LIMIT :most)""",
            {"id": installation_id, "most": MOST_KEPT},
        )


def _facts(changes: ImportChanges) -> tuple[Facts, Facts]:
    """What the history says of an import: counts and numbers, no names."""
    numbers = [new.number for _key, new in changes.changed_extensions]
    uses = changes.removed_features
    after: dict[str, object] = {
        **facts_of(changes.additions),
        "changed_extension_count": len(numbers),
        "changed_extensions": numbers[:MOST_NUMBERS_IN_HISTORY],
        "changed_device_count": len(changes.changed_devices),
    }
    if changes.takes_back:
        after["takes_back"] = changes.takes_back
    before = {
        "extension_count": len(changes.removed_extensions),
        "extensions": [entry.number for entry in changes.removed_extensions[:MOST_NUMBERS_IN_HISTORY]],
        "device_count": len(changes.removed_devices),
        "feature_count": len(uses),
        "features": [[str(use.feature), use.extension] for use in uses[:MOST_NUMBERS_IN_HISTORY]],
    }
    return before, after
