"""The list of installations: all of them by pages, what a search or a filter finds, and the lines that are shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from model.engine import Engine, Parameters, Row
from model.ids import Ids
from model.list_query import Filter, ListQuery, Sorting

if TYPE_CHECKING:
    from model.finding import Finding

PAGE = 64
ANCHOR_EVERY = 4096
ANCHORS_FROM = 20_000

# On the day asked for: the order that is billed and the one that is pending, if any (R5, R6).
HOLDING = """
FROM installation i
LEFT JOIN tariff_order b ON b.order_number = (
    SELECT o.order_number FROM tariff_order o
    WHERE o.installation_id = i.id AND o.ending IS NULL AND o.effective_on <= :day
    ORDER BY o.effective_on DESC LIMIT 1)
LEFT JOIN tariff_order p ON p.order_number = (
    SELECT o.order_number FROM tariff_order o
    WHERE o.installation_id = i.id AND o.ending IS NULL AND o.effective_on > :day
    ORDER BY o.effective_on DESC LIMIT 1)
"""
HELD_OVER = f"""EXISTS (SELECT 1 FROM (
        SELECT h.extension_count AS extensions, h.device_count AS devices,
            COALESCE(b.max_extensions, h.max_extensions) AS billed_extensions,
            COALESCE(p.max_extensions, 0) AS more_extensions,
            COALESCE(b.max_devices, h.max_devices) AS billed_devices,
            COALESCE(p.max_devices, 0) AS more_devices
        {HOLDING.replace("installation i", "installation h").replace("i.id", "h.id")} WHERE h.id = i.id) AS held
        WHERE (extensions > billed_extensions AND extensions > more_extensions)
            OR (devices > billed_devices AND devices > more_devices))"""
# Whoever is beyond what may be used on any day is beyond the latest order's limits, and once that is billed nothing
# else matters (R7): the index of those is all that has to be looked at.
OVER = f"""(i.extension_count > i.holding_extensions OR i.device_count > i.holding_devices)
    AND (i.changes_on <= :day OR {HELD_OVER})"""
FILTERS = {Filter.ALL: "", Filter.OVER: OVER, Filter.PENDING: "i.changes_on <> '' AND i.changes_on > :day"}
# The same for an older database that can only be read.
SLOW_FILTERS = {
    Filter.ALL: "",
    Filter.OVER: HELD_OVER,
    Filter.PENDING: """EXISTS (SELECT 1 FROM tariff_order o
        WHERE o.installation_id = i.id AND o.ending IS NULL AND o.effective_on > :day)""",
}
SORTINGS = {Sorting.NAME: "sort_name", Sorting.NUMBER: "sort_number"}


class InstallationRow(NamedTuple):
    """One line of the list; `uncovered` counts what is beyond what may be used."""

    id: int
    customer_number: str
    name: str
    tariff_name: str
    uncovered: int
    pending: bool


First = Callable[[list[InstallationRow]], object]


class ListCounts(NamedTuple):
    """How many installations there are, how many beyond their limits, how many with a pending order."""

    all: int
    over: int
    pending: int


class Found(NamedTuple):
    """What a query found: the ids in the list's order, or, for the whole list, only how many there are.

    `anchors` hold the sort keys of some places of the whole list, so that a far page needn't be counted up to.
    """

    query: ListQuery
    total: int
    ids: Ids | None
    anchors: list[tuple[str, int]]


class Listing:
    """Finds installations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def counts(self, day: date, total: int | None = None) -> ListCounts:
        """The numbers on the filters; `total` is how many installations there are, where that is known."""
        over, pending = (
            self._count(where(filter_condition(self._engine, which)), {"day": day.isoformat()})
            for which in (Filter.OVER, Filter.PENDING)
        )
        return ListCounts(self._count("", {}) if total is None else total, over, pending)

    def find(self, query: ListQuery, first: First | None = None) -> Found:
        """Everything a query finds: names that begin with the text first, then in German order.

        `first` is given the first page as soon as it is known, which may be long before the whole.
        """
        found = None
        if query.text or query.filter is not Filter.ALL:
            found = self._finding.find(query, first)
        return self._everything(query, first) if found is None else found

    def page(self, found: Found, offset: int, limit: int = PAGE) -> list[InstallationRow]:
        """The rows from a place on."""
        if found.ids is not None:
            return self._rows(found.ids.some(offset, limit), found.query.day)
        key, near = SORTINGS[found.query.sorting], min(offset // ANCHOR_EVERY, len(found.anchors) - 1)
        if near < 0:
            ids = some_ids(self._engine, f"ORDER BY i.{key}, i.id", {}, limit, offset)
        else:
            text, identity = found.anchors[near]
            rest = f"WHERE (i.{key}, i.id) >= (:key, :id) ORDER BY i.{key}, i.id"
            ids = some_ids(self._engine, rest, {"key": text, "id": identity}, limit, offset - near * ANCHOR_EVERY)
        return self._rows(ids, found.query.day)

    def anchor(self, found: Found) -> bool:
        """Note the next sort key of a long whole list; False when there are no more."""
        if found.ids is not None or found.total < max(ANCHORS_FROM, len(found.anchors) * ANCHOR_EVERY):
            return False
        key = SORTINGS[found.query.sorting]
        start, parameters = "", dict[str, object](skipped=0)
        if found.anchors:
            text, identity = found.anchors[-1]
            start = f"WHERE (i.{key}, i.id) >= (:key, :id)"
            parameters = {"key": text, "id": identity, "skipped": ANCHOR_EVERY}
        rows = self._engine.query(
            f"SELECT i.{key} AS key, i.id FROM installation i {start} ORDER BY i.{key}, i.id LIMIT 1 OFFSET :skipped",
            parameters,
        )
        found.anchors.extend((row["key"], row["id"]) for row in rows)
        return bool(rows)

    def place(self, installation_id: int, found: Found) -> int | None:
        """Where an installation stands in the list; None if it isn't in it."""
        if found.ids is not None:
            return found.ids.place(installation_id)
        key = SORTINGS[found.query.sorting]
        rows = self._engine.query(
            f"""SELECT (SELECT count(*) FROM installation i WHERE (i.{key}, i.id) < (me.{key}, me.id)) AS place
                FROM installation me WHERE me.id = :id""",
            {"id": installation_id},
        )
        return int(rows[0]["place"]) if rows else None

    def still_finds(self, found: Found, ids: Collection[int]) -> bool:
        """Whether of installations that were changed, not in name or number, the same are found as before."""
        if found.ids is None:
            return True
        before = {identity for identity in ids if found.ids.place(identity) is not None}
        return before == self._finding.still(found.query, ids)

    def lines(self, ids: Collection[int], day: date) -> list[InstallationRow]:
        """The lines of some installations."""
        return self._rows(sorted(ids), day) if ids else []

    def interruptible(self) -> AbstractContextManager[None]:
        """What one thread asks here, another may end with `interrupt`; then it raises Interrupted."""
        return self._engine.finder.interruptible()

    def interrupt(self) -> None:
        """End what is asked in `interruptible` at the moment."""
        self._engine.finder.interrupt()

    @cached_property
    def _finding(self) -> Finding:
        from model.finding import Finding

        return Finding(self._engine, self._rows)

    def _everything(self, query: ListQuery, first: First | None) -> Found:
        if first is not None:
            first(self.page(Found(query, 0, None, []), 0, PAGE))
        return Found(query, self._count("", {}), None, [])

    def _count(self, rest: str, parameters: Parameters) -> int:
        return int(self._engine.query(f"SELECT count(*) AS n FROM installation i {rest}", parameters)[0]["n"])

    def _rows(self, ids: Sequence[int], day: date) -> list[InstallationRow]:
        """The lines of some installations in the order asked for; one that is gone is left out."""
        found = self._engine.values(
            _row_from,
            f"""SELECT i.id, i.customer_number, i.name, COALESCE(b.tariff_name, i.tariff_name) AS tariff_name,
                    i.extension_count, i.device_count,
                    COALESCE(b.max_extensions, i.max_extensions) AS billed_extensions,
                    COALESCE(b.max_devices, i.max_devices) AS billed_devices,
                    COALESCE(p.max_extensions, 0) AS pending_extensions,
                    COALESCE(p.max_devices, 0) AS pending_devices,
                    p.order_number AS pending
                {HOLDING} WHERE i.id IN ({listed(ids)})""",
            {"day": day.isoformat()},
        )
        by_id = {row.id: row for row in found}
        return [by_id[wanted] for wanted in ids if wanted in by_id]


def filter_condition(engine: Engine, which: Filter) -> list[str]:
    """A filter as SQL on `installation i`, if it is any."""
    condition = (FILTERS if engine.has_table("installation_text") else SLOW_FILTERS)[which]
    return [condition] if condition else []


def where(parts: Sequence[str]) -> str:
    """Conditions as a clause."""
    return f"WHERE {' AND '.join(f'({part})' for part in parts)}" if parts else ""


def some_ids(engine: Engine, rest: str, parameters: Parameters, limit: int, skipped: int = 0) -> list[int]:
    """The ids of some installations, in the order asked for."""
    rows = engine.query(
        f"SELECT i.id FROM installation i {rest} LIMIT :limit OFFSET :skipped",
        {**parameters, "limit": limit, "skipped": skipped},
    )
    return [row["id"] for row in rows]


def listed(ids: Iterable[int]) -> str:
    """Ids for an IN list, which may not be empty everywhere; they are numbers of ours, never text."""
    return ", ".join(str(int(identity)) for identity in ids) or "NULL"


def _row_from(row: Row) -> InstallationRow:
    """A line of the list from its columns."""
    return InstallationRow(
        row["id"],
        row["customer_number"],
        row["name"],
        row["tariff_name"],
        max(0, row["extension_count"] - max(row["billed_extensions"], row["pending_extensions"]))
        + max(0, row["device_count"] - max(row["billed_devices"], row["pending_devices"])),
        row["pending"] is not None,
    )
