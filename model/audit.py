"""The history: every change leaves an entry, numbered without gaps and chained by hash (R36).

Payloads hold ids, numbers and tariffs, never names or addresses, so that an erasure request can be met.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from model.clock import EARLIEST, MOST_AHEAD, ClockState, from_text, judge_clock, to_text
from model.digests import (
    digest,
    objects_digest,
    price_list_digests,
    profile_digests,
    setting_digests,
    tariff_digest,
)
from model.engine import Engine, Row
from model.opened import LATEST, latest_from

Facts = Mapping[str, object]
NO_FACTS: Facts = {}


class Action(StrEnum):
    """What was done."""

    INSTALLATION_CREATED = "INSTALLATION_CREATED"
    CUSTOMER_CHANGED = "CUSTOMER_CHANGED"
    OBJECTS_CREATED = "OBJECTS_CREATED"
    OBJECTS_IMPORTED = "OBJECTS_IMPORTED"
    EXTENSION_CHANGED = "EXTENSION_CHANGED"
    DEVICE_CHANGED = "DEVICE_CHANGED"
    OBJECTS_REMOVED = "OBJECTS_REMOVED"
    ORDER_PLACED = "ORDER_PLACED"
    ORDER_SUPERSEDED = "ORDER_SUPERSEDED"
    ORDER_CANCELLED = "ORDER_CANCELLED"
    PRICES_ADDED = "PRICES_ADDED"
    CLOCK_CONFIRMED = "CLOCK_CONFIRMED"
    MAIL_SENT = "MAIL_SENT"
    MAIL_REFUSED = "MAIL_REFUSED"
    MAIL_AGAIN = "MAIL_AGAIN"
    PROVIDER_CHANGED = "PROVIDER_CHANGED"
    MAIL_SERVER_CHANGED = "MAIL_SERVER_CHANGED"
    PROFILE_CHANGED = "PROFILE_CHANGED"
    ZONE_SET = "ZONE_SET"
    TRANSFER_BEGUN = "TRANSFER_BEGUN"
    TRANSFER_GIVEN_UP = "TRANSFER_GIVEN_UP"


SETTINGS = frozenset({Action.PROVIDER_CHANGED, Action.MAIL_SERVER_CHANGED, Action.ZONE_SET})
CUSTOMER = frozenset({Action.INSTALLATION_CREATED, Action.CUSTOMER_CHANGED})
OBJECTS = frozenset(
    {
        Action.INSTALLATION_CREATED,
        Action.OBJECTS_CREATED,
        Action.OBJECTS_IMPORTED,
        Action.EXTENSION_CHANGED,
        Action.DEVICE_CHANGED,
        Action.OBJECTS_REMOVED,
    }
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the history; `at` in UTC, `before` and `after` as JSON objects' contents, `hash` as chained."""

    seq: int
    at: datetime
    clerk: str
    action: Action
    before: dict[str, object]
    after: dict[str, object]
    reason: str
    hash: str = ""


class Journal:
    """Appends to the history; only inside the transaction of what it tells about (R22)."""

    def __init__(self, engine: Engine, clerk: str) -> None:
        self._engine = engine
        self._clerk = clerk

    def append(
        self,
        action: Action,
        now: datetime,
        installation_id: int | None = None,
        *,
        before: Facts = NO_FACTS,
        after: Facts = NO_FACTS,
        reason: str = "",
    ) -> int:
        """Add one entry; its gapless number. An order takes its number from here (R24)."""
        head = self._advance(now, trusted=action is Action.CLOCK_CONFIRMED)
        if digests := self._digests(action, installation_id, first=head["seq"] == 1):
            after = {**after, "digests": digests}
        row: dict[str, object] = {
            "seq": head["seq"],
            "at": to_text(now),
            "clerk": self._clerk,
            "action": str(action),
            "installation_id": installation_id,
            "before": _json(before),
            "after": _json(after),
            "reason": reason,
        }
        row["hash"] = chained_hash(str(head["hash"]), row)
        self._engine.insert("audit", row)
        self._engine.execute("UPDATE audit_head SET hash = :hash WHERE id = 1", {"hash": row["hash"]})
        return int(head["seq"])

    def note(
        self,
        action: Action,
        now: datetime,
        installation_id: int,
        *,
        before: Facts = NO_FACTS,
        after: Facts = NO_FACTS,
        reason: str = "",
    ) -> int:
        """Add an entry about an installation, whose revision grows by one; the entry's number."""
        self._engine.execute("UPDATE installation SET revision = revision + 1 WHERE id = :id", {"id": installation_id})
        return self.append(action, now, installation_id, before=before, after=after, reason=reason)

    def clock_state(self, now: datetime) -> ClockState:
        """R35: the clock against the latest instant ever written."""
        return judge_clock(now, self._engine.value(latest_from, LATEST))

    def _digests(self, action: Action, installation_id: int | None, *, first: bool) -> Facts:
        """What the entry vouches for, as the act left it. Shipped price lists and zone came before the first act."""
        found: dict[str, object] = {}
        if first or action is Action.PRICES_ADDED:
            found["price_lists"] = price_list_digests(self._engine)
        if first or action in SETTINGS:
            found["settings"] = setting_digests(self._engine)
        if action is Action.PROFILE_CHANGED:
            found["profiles"] = profile_digests(self._engine)
        if installation_id is not None and action in OBJECTS:
            found["objects"] = objects_digest(self._engine, installation_id)
        if installation_id is not None and action in CUSTOMER:
            (row,) = self._engine.query("SELECT * FROM installation WHERE id = :id", {"id": installation_id})
            found["customer"] = digest(row["customer_number"])
            if action is Action.INSTALLATION_CREATED:
                found["tariff"] = tariff_digest(row)
        return found

    def _advance(self, now: datetime, *, trusted: bool) -> Row:
        """Take the row's lock and the next number; a suspicious clock doesn't move the latest instant.

        That it isn't too far ahead (R35) is told by the statement itself: looking first takes one more.
        """
        return self._engine.value(
            _head_from,
            """UPDATE audit_head SET seq = seq + 1,
                   latest_at = CASE WHEN :at > latest_at AND (latest_at = '' OR latest_at >= :since) THEN :at
                       ELSE latest_at END
               WHERE id = 1 RETURNING seq, hash, latest_at""",
            {
                "at": to_text(now) if trusted or now >= EARLIEST else "",
                "since": "" if trusted else to_text(now - MOST_AHEAD),
            },
        )


def chained_hash(previous: str, row: Mapping[str, object]) -> str:
    """The hash of an entry's columns (all but `hash`) and of the entry before it."""
    return hashlib.sha256(f"{previous}\n{_json(row)}".encode()).hexdigest()


def _head_from(row: Row) -> Row:
    """The head of the history; raises ValueError if its latest instant is none."""
    latest_from(row)
    return row


def audit_entry(row: Row) -> AuditEntry:
    """An entry from its columns."""
    return AuditEntry(
        row["seq"],
        from_text(row["at"]),
        row["clerk"],
        Action(row["action"]),
        json.loads(row["before"]),
        json.loads(row["after"]),
        row["reason"],
        row["hash"],
    )


# `json.dumps` would make an encoder for each text.
_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
