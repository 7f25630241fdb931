"""Checks a whole database: the file, the guards, the history's chain, and what the history vouches for (R36).

Not found is what knows how to compute the chain anew: the hashes have no secret. Names are in no entry.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from model.audit import Action, chained_hash
from model.clock import ClockState, from_text, judge_clock
from model.digests import (
    TARIFF_COLUMNS,
    digest,
    kept_digest,
    mail_digest,
    price_list_digests,
    profile_digests,
    setting_digests,
    stored_objects,
    tariff_digest,
)
from model.engine import Engine, Row
from model.import_book import MOST_KEPT
from model.order_book import order_digest

STEP = 5_000
FEW = 500
BEFORE_ALL = -(2**63)
COUNTED = ("extension", "device", "feature_use")
LISTS = ("extensions", "devices", "features")
ENTRIES = """
SELECT seq, at, clerk, action, installation_id, before, after, reason, hash FROM audit
WHERE seq > :last ORDER BY seq LIMIT :step"""
INSTALLATIONS = f"""
SELECT id, customer_number, revision, extension_count, device_count, {", ".join(TARIFF_COLUMNS)} FROM installation
WHERE id > :last ORDER BY id LIMIT :step"""
MAILS = """
SELECT message_id, order_number, installation_id, kind, recipient, language, content, created_at FROM outbox
ORDER BY order_number, kind"""
DELIVERIES = """
SELECT o.order_number, o.message_id, o.recipient, o.created_at, d.recipient AS delivered_to, d.requested_at, d.ending,
    d.ended_at
FROM outbox o LEFT JOIN delivery d ON d.message_id = o.message_id ORDER BY o.order_number, o.message_id, d.id"""
KEPT = """
SELECT seq, installation_id, objects FROM import_kept WHERE seq > :last ORDER BY seq LIMIT :step"""
# What the list's filters go by, against the orders: the latest one that holds or will (R5–R7).
HELD = """
SELECT i.customer_number FROM installation i LEFT JOIN tariff_order o ON o.order_number = (
    SELECT h.order_number FROM tariff_order h WHERE h.installation_id = i.id AND h.ending IS NULL
    ORDER BY h.effective_on DESC LIMIT 1)
WHERE i.holding_extensions <> COALESCE(o.max_extensions, i.max_extensions)
    OR i.holding_devices <> COALESCE(o.max_devices, i.max_devices) OR i.changes_on <> COALESCE(o.effective_on, '')
ORDER BY i.id"""
DELIVERY = frozenset({Action.MAIL_AGAIN, Action.MAIL_SENT, Action.MAIL_REFUSED})
# A table that isn't as the schema made it can't be asked for its rows.
TABLES = frozenset(
    f"table {name}"
    for name in (
        *("audit", "audit_head", "price_list", "price", "tariff_order", "outbox", "delivery", "setting"),
        *("import_kept", "import_profile"),
        *("installation", "extension", "device", "device_extension", "feature_use"),
    )
)
Facts = Mapping[str, object]
NOTHING: Facts = {}
Found = TypeVar("Found")


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
    PRICES = "PRICES"
    CUSTOMER = "CUSTOMER"
    CUSTOMER_LOST = "CUSTOMER_LOST"
    TARIFF = "TARIFF"
    OBJECTS = "OBJECTS"
    COUNT = "COUNT"
    SETTING = "SETTING"
    IMPORT = "IMPORT"
    PROFILE = "PROFILE"


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


def verify(engine: Engine, going_on: Callable[[], object] = lambda: None) -> Verification:
    """Look at everything over one state of the database; raises StoreUnavailable if it can't be read.

    `going_on` is called again and again, and may raise to end it.
    """
    damage = engine.damage()
    findings = [Finding(Wrong.FILE, text) for text in damage]
    if not TABLES.isdisjoint(damage):
        return Verification(0, 0, tuple(findings))
    with engine.read():
        history = _History()
        for rows in _in_steps(engine, ENTRIES, "seq", STEP):
            going_on()
            for row in rows:
                history.look_at(row)
        history.finish(engine.query("SELECT seq, hash, latest_at FROM audit_head WHERE id = 1"))
        orders = {row["order_number"]: row for row in engine.query("SELECT * FROM tariff_order ORDER BY order_number")}
        findings += history.findings
        findings += _wrong_orders(history, orders)
        findings += _wrong_mails(engine, history, orders)
        if engine.has_table("delivery"):  # opened for reading, the first schema has neither this nor settings
            findings += _wrong_deliveries(engine, history)
            settings = setting_digests(engine)
            findings += _differing(Wrong.SETTING, history.settings if history.entries else settings, settings)
        if engine.has_table("import_kept"):  # nor has the second schema these
            findings += _differing(Wrong.IMPORT, history.kept(), _kept_digests(engine))
            findings += _differing(Wrong.PROFILE, history.profiles, profile_digests(engine))
        if history.price_lists is not None:
            findings += _differing(Wrong.PRICES, history.price_lists, price_list_digests(engine))
        findings += _wrong_installations(engine, history, going_on)
        if engine.has_table("installation_text"):  # nor has the third schema what the list is filtered by
            findings += [Finding(Wrong.COUNT, str(row["customer_number"])) for row in engine.query(HELD)]
    return Verification(history.entries, len(orders), tuple(findings))


@dataclass(slots=True)
class _Past:
    """What the history says of one installation; None where its entries are older than digests."""

    entries: int = 0
    customer: object = None
    tariff: object = None
    objects: object = None
    counts: Counter[str] = field(default_factory=Counter)


class _History:
    """Follows the chain, and remembers what it says."""

    def __init__(self) -> None:
        self.entries = 0
        self.findings: list[Finding] = []
        self.placed: dict[int, object] = {}
        self.ended: dict[object, tuple[object, ...]] = {}
        self.mails: dict[tuple[object, str], object] = {}
        self.deliveries: dict[object, Counter[str]] = {}
        self.price_lists: Facts | None = None
        self.settings = NOTHING
        self.profiles = NOTHING
        self.imports: dict[object, dict[object, object]] = {}
        self.installations: dict[object, _Past] = {}
        self._hash = ""
        self._latest = ""

    def look_at(self, row: Row) -> None:
        """The next entry: is it the next number, does its hash follow from the one before, can it be read?"""
        self.entries += 1
        if row["seq"] != self.entries:
            self.findings.append(Finding(Wrong.GAP, str(self.entries)))
            self.entries = row["seq"]
        content = {name: value for name, value in row.items() if name != "hash"}
        before, after = _facts(row["before"]), _facts(row["after"])
        hashed = _unless_garbled(lambda: chained_hash(self._hash, content))
        if hashed is None or hashed != row["hash"] or before is None or after is None:
            self.findings.append(Finding(Wrong.CHAIN, str(row["seq"])))
        self._hash = row["hash"]
        _unless_garbled(lambda: self._follow_clock(row["at"], trusted=row["action"] == Action.CLOCK_CONFIRMED))
        self._remember(row, before or NOTHING, after or NOTHING)

    def finish(self, heads: list[Row]) -> None:
        """The end of the chain has to be where the head says, and the latest instant (R35)."""
        end = {"seq": self.entries, "hash": self._hash, "latest_at": self._latest}
        if heads != [end]:
            self.findings.append(Finding(Wrong.HEAD, str(heads[0]["seq"] if heads else self.entries)))

    def kept(self) -> dict[object, object]:
        """The digests of what has to be kept of imports, by their numbers: the latest of each installation."""
        return dict(entry for entries in self.imports.values() for entry in list(entries.items())[-MOST_KEPT:])

    def _follow_clock(self, at: str, *, trusted: bool) -> None:
        """A suspicious clock doesn't move the latest instant."""
        latest = from_text(self._latest) if self._latest else None
        if trusted or judge_clock(from_text(at), latest) is ClockState.RIGHT:
            self._latest = max(self._latest, at)

    def _remember(self, row: Row, before: Facts, after: Facts) -> None:
        digests = _mapping(after.get("digests"))
        if "price_lists" in digests:
            # The first word counts: what was changed between two entries isn't right because the second saw it.
            self.price_lists = {**_mapping(digests["price_lists"]), **(self.price_lists or NOTHING)}
        self.settings = _mapping(digests.get("settings", self.settings))
        self.profiles = _mapping(digests.get("profiles", self.profiles))
        if "kept_digest" in after:
            self.imports.setdefault(row["installation_id"], {})[row["seq"]] = after["kept_digest"]
        if row["action"] == Action.ORDER_PLACED:
            self.placed[row["seq"]] = after.get("digest")
            self.mails[row["seq"], "ORDERED"] = after.get("mail_digest")
        elif row["action"] in (Action.ORDER_CANCELLED, Action.ORDER_SUPERSEDED):
            self._remember_ending(row, before, after)
        elif row["action"] in DELIVERY:
            message_id = str(after.get("message_id"))
            self.deliveries.setdefault(message_id, Counter())[f"{row['action']} {row['at']}"] += 1
        if row["installation_id"] is not None:
            self._remember_installation(row, before, after, digests)

    def _remember_ending(self, row: Row, before: Facts, after: Facts) -> None:
        number = before.get("order")
        if not isinstance(number, int):
            return
        ending = str(row["action"]).removeprefix("ORDER_")
        self.ended[number] = (ending, after.get("order"), row["reason"], row["at"])
        if ending == "CANCELLED":
            self.mails[number, "CANCELLED"] = after.get("mail_digest")

    def _remember_installation(self, row: Row, before: Facts, after: Facts, digests: Facts) -> None:
        past = self.installations.setdefault(row["installation_id"], _Past())
        past.entries += 1
        past.customer = digests.get("customer", past.customer)
        past.tariff = digests.get("tariff", past.tariff)
        past.objects = digests.get("objects", past.objects)
        past.counts.update(_created(after))
        if row["action"] == Action.OBJECTS_REMOVED:
            past.counts.subtract(dict(zip(COUNTED, (_length(before.get(name)) for name in LISTS), strict=True)))
        elif row["action"] == Action.OBJECTS_IMPORTED:
            past.counts.subtract(_created(before))


def _created(after: Facts) -> dict[str, int]:
    """How many objects an entry says were created; the oldest entries have no count of Pro functions."""
    features = after.get("feature_count", _length(after.get("features")))
    counts = zip(COUNTED, (after.get("extension_count"), after.get("device_count"), features), strict=True)
    return {sort: count for sort, count in counts if isinstance(count, int)}


def _in_steps(engine: Engine, sql: str, key: str, step: int) -> Iterator[list[Row]]:
    """All rows, some at a time; a damaged file may hold keys that don't grow: that is the end then."""
    last = BEFORE_ALL
    while (rows := engine.query(sql, {"last": last, "step": step})) and rows[-1][key] > last:
        yield rows
        last = rows[-1][key]


def _wrong_orders(history: _History, orders: dict[int, Row]) -> list[Finding]:
    """Every order has its entry and is still what the entry says; and the other way round."""
    found = [Finding(Wrong.ORDER_LOST, str(number)) for number in sorted(history.placed.keys() - orders.keys())]
    for number, row in orders.items():
        if number not in history.placed:
            found.append(Finding(Wrong.ORDER_UNKNOWN, str(number)))
        elif _unless_garbled(partial(order_digest, row)) != history.placed[number]:
            found.append(Finding(Wrong.ORDER_CHANGED, str(number)))
        ending = tuple(row.get(name) for name in ("ending", "superseded_by", "reason", "ended_at"))
        if ending != history.ended.get(number, (None, None, "", None)):
            found.append(Finding(Wrong.ENDING, str(number)))
    return found


def _wrong_mails(engine: Engine, history: _History, orders: dict[int, Row]) -> list[Finding]:
    """One mail for each order and each cancellation, as it was written."""
    wanted = {(number, "ORDERED") for number in orders}
    wanted |= {(number, "CANCELLED") for number, row in orders.items() if row.get("ending") == "CANCELLED"}
    mails = engine.query(MAILS)
    found = Counter((mail["order_number"], mail["kind"]) for mail in mails)
    wrong = {number for number, kind in wanted | found.keys() if found[number, kind] != ((number, kind) in wanted)}
    wrong |= {mail["order_number"] for mail in mails if not _is_as_written(mail, history)}
    return [Finding(Wrong.MAIL, str(number)) for number in _sorted(wrong)]


def _is_as_written(mail: Row, history: _History) -> bool:
    written = history.mails.get((mail["order_number"], mail["kind"]))
    content = _facts(mail["content"])
    if content is None or content.get("order_number") != mail["order_number"]:
        return False
    return written is None or _unless_garbled(lambda: mail_digest(mail | {"content": content})) == written


def _wrong_deliveries(engine: Engine, history: _History) -> list[Finding]:
    """Every mail goes to its address once, again only where that was asked for, and its ends are in the history."""
    found: dict[tuple[object, object], Counter[str]] = {}
    wrong = set()
    for row in engine.query(DELIVERIES):
        number, told = row["order_number"], found.get((row["order_number"], row["message_id"]))
        if told is None:
            told = found[number, row["message_id"]] = Counter()
            if (row["delivered_to"], row["requested_at"]) != (row["recipient"], row["created_at"]):
                wrong.add(number)
        else:
            told[f"MAIL_AGAIN {row['requested_at']}"] += 1
        if row["ending"]:
            told[f"MAIL_{row['ending']} {row['ended_at']}"] += 1
    wrong |= {number for (number, key), told in found.items() if told != history.deliveries.get(key, Counter())}
    return [Finding(Wrong.MAIL, str(number)) for number in _sorted(wrong)]


def _kept_digests(engine: Engine) -> dict[object, object]:
    """What is kept of each import, some at a time: each may hold a whole installation."""
    return {row["seq"]: kept_digest(row) for rows in _in_steps(engine, KEPT, "seq", FEW) for row in rows}


def _differing(wrong: Wrong, told: Mapping[Any, object], found: Mapping[Any, object]) -> list[Finding]:
    """What isn't as the history tells, is missing there or here."""
    return [
        Finding(wrong, str(name)) for name in _sorted(told.keys() | found.keys()) if told.get(name) != found.get(name)
    ]


def _wrong_installations(engine: Engine, history: _History, going_on: Callable[[], object]) -> list[Finding]:
    """Every installation against its entries and its counters."""
    found, unseen = [], dict(history.installations)
    for rows in _in_steps(engine, INSTALLATIONS, "id", FEW):
        going_on()
        objects = stored_objects(engine, rows[0]["id"], rows[-1]["id"])
        for row in rows:
            wrong = _wrong_installation(row, unseen.pop(row["id"], _Past()), objects.get(row["id"], []))
            found += [Finding(what, str(row["customer_number"])) for what in wrong]
    return found + [Finding(Wrong.CUSTOMER_LOST, str(number)) for number in _sorted(unseen)]


def _wrong_installation(row: Row, past: _Past, objects: list[list[object]]) -> Iterator[Wrong]:
    counts = Counter(sort for sort, *_values in objects if sort in COUNTED)
    if row["revision"] != past.entries or past.customer not in (None, digest(row["customer_number"])):
        yield Wrong.CUSTOMER
    if past.tariff not in (None, tariff_digest(row)):
        yield Wrong.TARIFF
    if counts != past.counts or past.objects not in (None, digest(objects)):
        yield Wrong.OBJECTS
    if (row["extension_count"], row["device_count"]) != (counts["extension"], counts["device"]):
        yield Wrong.COUNT


def _facts(text: object) -> Facts | None:
    """The JSON object in a column; None if there is none."""
    facts = _unless_garbled(lambda: json.loads(str(text)))
    return facts if isinstance(facts, dict) else None


def _mapping(value: object) -> Facts:
    return value if isinstance(value, dict) else NOTHING


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


def _sorted(keys: Iterable[Found]) -> list[Found]:
    """Numbers by value, and what only a damaged file holds somewhere."""
    return sorted(keys, key=lambda key: (key if isinstance(key, int) else 0, str(key)))


def _unless_garbled(make: Callable[[], Found]) -> Found | None:
    """What is made of stored values; None if they are such as the program never stores."""
    try:
        return make()
    except (ArithmeticError, RecursionError, TypeError, ValueError):
        return None
