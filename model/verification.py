"""Checks a whole database: the file, the guards, the history's chain, and the orders against the history (R36)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from model.audit import Action, chained_hash
from model.order_book import order_digest
from model.sqlite_engine import Row, SqliteEngine

STEP = 5_000


class Wrong(StrEnum):
    """What can be wrong."""

    FILE = "FILE"
    GAP = "GAP"
    CHAIN = "CHAIN"
    HEAD = "HEAD"
    ORDER_CHANGED = "ORDER_CHANGED"
    ORDER_UNKNOWN = "ORDER_UNKNOWN"
    ORDER_LOST = "ORDER_LOST"
    ENDING = "ENDING"
    MAIL = "MAIL"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and the row it was found in: a history or order number, or a name."""

    wrong: Wrong
    row: str


@dataclass(frozen=True, slots=True)
class Verification:
    """How much was looked at and what was found, the first wrong row first."""

    entries: int
    orders: int
    findings: tuple[Finding, ...]


def verify(engine: SqliteEngine) -> Verification:
    """Look at everything over one state of the database; raises StoreUnavailable if it can't be read."""
    findings = [Finding(Wrong.FILE, text) for text in engine.damage()]
    with engine.read():
        history = _History()
        for row in _entries(engine):
            history.look_at(row)
        head = engine.query("SELECT seq, hash FROM audit_head WHERE id = 1")[0]
        history.finish(head)
        orders = {row["order_number"]: row for row in engine.query("SELECT * FROM tariff_order ORDER BY order_number")}
        mails = {(row["order_number"], row["kind"]) for row in engine.query("SELECT order_number, kind FROM outbox")}
        findings += history.findings
        findings += _compare(history, orders)
        findings += _missing_mails(orders, mails)
        findings += _wrong_counts(engine)
    return Verification(history.entries, len(orders), tuple(findings))


class _History:
    """Follows the chain, and remembers what it says about orders."""

    def __init__(self) -> None:
        self.entries = 0
        self.findings: list[Finding] = []
        self.placed: dict[int, str] = {}
        self.ended: dict[int, str] = {}
        self._hash = ""

    def look_at(self, row: Row) -> None:
        """The next entry: is it the next number, and does its hash follow from the one before?"""
        self.entries += 1
        if row["seq"] != self.entries:
            self.findings.append(Finding(Wrong.GAP, str(self.entries)))
            self.entries = row["seq"]
        content = {name: value for name, value in row.items() if name != "hash"}
        if chained_hash(self._hash, content) != row["hash"]:
            self.findings.append(Finding(Wrong.CHAIN, str(row["seq"])))
        self._hash = row["hash"]
        self._remember(row)

    def finish(self, head: Row) -> None:
        """The end of the chain has to be where the head says."""
        if (head["seq"], head["hash"]) != (self.entries, self._hash):
            self.findings.append(Finding(Wrong.HEAD, str(head["seq"])))

    def _remember(self, row: Row) -> None:
        if row["action"] == Action.ORDER_PLACED:
            self.placed[row["seq"]] = str(json.loads(row["after"]).get("digest"))
        elif row["action"] == Action.ORDER_CANCELLED:
            self.ended[json.loads(row["before"])["order"]] = f"CANCELLED None {row['reason']}"
        elif row["action"] == Action.ORDER_SUPERSEDED:
            self.ended[json.loads(row["before"])["order"]] = f"SUPERSEDED {json.loads(row['after'])['order']} "


def _entries(engine: SqliteEngine) -> Iterator[Row]:
    """The whole history, some thousand rows at a time."""
    last = 0
    while rows := engine.query(
        "SELECT * FROM audit WHERE seq > :last ORDER BY seq LIMIT :step", {"last": last, "step": STEP}
    ):
        yield from rows
        last = rows[-1]["seq"]


def _compare(history: _History, orders: dict[int, Row]) -> list[Finding]:
    """Every order has its entry and is still what the entry says; and the other way round."""
    found = [Finding(Wrong.ORDER_LOST, str(number)) for number in sorted(history.placed.keys() - orders.keys())]
    for number, row in orders.items():
        if number not in history.placed:
            found.append(Finding(Wrong.ORDER_UNKNOWN, str(number)))
        elif order_digest(row) != history.placed[number]:
            found.append(Finding(Wrong.ORDER_CHANGED, str(number)))
        ending = f"{row['ending']} {row['superseded_by']} {row['reason']}" if row["ending"] else None
        if ending != history.ended.get(number):
            found.append(Finding(Wrong.ENDING, str(number)))
    return found


def _missing_mails(orders: dict[int, Row], mails: set[tuple[int, str]]) -> list[Finding]:
    wanted = {(number, "ORDERED") for number in orders}
    wanted |= {(number, "CANCELLED") for number, row in orders.items() if row["ending"] == "CANCELLED"}
    return [Finding(Wrong.MAIL, str(number)) for number, _kind in sorted(wanted ^ mails)]


def _wrong_counts(engine: SqliteEngine) -> list[Finding]:
    """The counters that triggers keep."""
    rows = engine.query(
        """SELECT customer_number FROM installation i
           WHERE extension_count <> (SELECT count(*) FROM extension e WHERE e.installation_id = i.id)
              OR device_count <> (SELECT count(*) FROM device d WHERE d.installation_id = i.id)
           ORDER BY id"""
    )
    return [Finding(Wrong.COUNT, str(row["customer_number"])) for row in rows]
