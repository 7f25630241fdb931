"""What has been changed since a desk last looked, as the history tells it: nothing else has to be read again."""

from __future__ import annotations

from dataclasses import dataclass

from model.audit import Action
from model.engine import Engine

# Of more than these everything is read again.
MOST = 64
# What moves an installation in the list, or makes it longer.
REORDERING = frozenset({Action.INSTALLATION_CREATED, Action.CUSTOMER_CHANGED})


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Which installations were changed up to entry `seq` of the history; None where it may be anything.

    No installation at all is something the history doesn't tell of, such as an attempt to send a mail.
    """

    seq: int
    installations: frozenset[int] | None


def changes_since(engine: Engine, seq: int) -> ChangeSet:
    """What the entries after number `seq` are about."""
    entries = engine.query(
        "SELECT seq, action, installation_id FROM audit WHERE seq > :seq ORDER BY seq DESC LIMIT :most",
        {"seq": seq, "most": MOST + 1},
    )
    latest = entries[0]["seq"] if entries else seq
    ids = frozenset(entry["installation_id"] for entry in entries)
    known = len(entries) <= MOST and None not in ids and not any(entry["action"] in REORDERING for entry in entries)
    return ChangeSet(latest, ids if known else None)
