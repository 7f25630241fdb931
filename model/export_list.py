"""The list of installations whole, for an export: page by page by key, outside memory where there are many."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Protocol

from model.engine import Engine, Row
from model.list_query import ListQuery, Sorting
from model.listing import HOLDING, SORTINGS, filter_condition, where
from model.search import begins_with, searched_words

PAGE = 2_000
IN_MEMORY_BYTES = 4_000_000
MOST_READINGS = 3


@dataclass(frozen=True, slots=True)
class ListedInstallation:
    """An installation with everything an export tells of it; `key` is its place in the list."""

    key: tuple[object, ...]
    customer_number: str
    name: str
    email: str
    tariff: str
    extensions: int
    max_extensions: int
    usable_extensions: int
    devices: int
    max_devices: int
    usable_devices: int
    pending_tariff: str
    pending_from: date | None

    @property
    def uncovered_extensions(self) -> int:
        """How many extensions are beyond what may be used (R7)."""
        return max(0, self.extensions - self.usable_extensions)

    @property
    def uncovered_devices(self) -> int:
        """How many devices are beyond what may be used (R7)."""
        return max(0, self.devices - self.usable_devices)


class Listed(Protocol):
    """What a whole list is read from: `model.reading.Reading`."""

    def list_page(self, query: ListQuery, after: Sequence[object]) -> list[ListedInstallation]:
        """What comes after the row with a key."""

    def last_entry(self) -> int:
        """The newest entry of the history."""


def list_page(engine: Engine, query: ListQuery, after: Sequence[object], limit: int = PAGE) -> list[ListedInstallation]:
    """What comes in the list after the row with a key; by key, so that changes neither skip nor double a row."""
    parts, order, parameters = _where_and_order(engine, query)
    if after:
        keys = {f"after{place}": value for place, value in enumerate(after)}
        parts.append(f"({', '.join(order)}) > ({', '.join(f':{name}' for name in keys)})")
        parameters |= keys
    columns = ", ".join(f"{expression} AS key{place}" for place, expression in enumerate(order))
    return engine.values(
        lambda row: _listed(row, len(order)),
        f"""SELECT {columns}, i.customer_number, i.name, i.email, i.extension_count, i.device_count,
                COALESCE(b.tariff_name, i.tariff_name) AS tariff_name,
                COALESCE(b.max_extensions, i.max_extensions) AS max_extensions,
                COALESCE(b.max_devices, i.max_devices) AS max_devices,
                p.tariff_name AS pending_name, p.effective_on AS pending_on,
                COALESCE(p.max_extensions, 0) AS pending_extensions, COALESCE(p.max_devices, 0) AS pending_devices
            {HOLDING} {where(parts)} ORDER BY {", ".join(order)} LIMIT :limit""",
        parameters | {"limit": limit},
    )


class WholeList:
    """Every installation of a list, outside memory where there are many; a context manager.

    `one_state` is False if others left no time between their changes: then some rows may be newer than others.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - closed by __exit__
        self._count = 0
        self.one_state = False

    def __enter__(self) -> WholeList:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[ListedInstallation]:
        self._file.seek(0)
        read = 0
        while read < self._count:
            page: list[ListedInstallation] = pickle.load(self._file)
            read += len(page)
            yield from page

    def read(self, store: Listed, query: ListQuery, report: Callable[[int], None]) -> None:
        """Read the list, again where it changed meanwhile; `report` is told how many rows there are so far.

        Every page is a reading of its own: an order never waits for an export.
        """
        for _reading in range(MOST_READINGS):
            before = store.last_entry()
            self._read_once(store, query, report)
            self.one_state = store.last_entry() == before
            if self.one_state:
                return

    def _read_once(self, store: Listed, query: ListQuery, report: Callable[[int], None]) -> None:
        self._file.seek(0)
        self._count = 0
        page = store.list_page(query, ())
        while page:
            pickle.dump(page, self._file)
            self._count += len(page)
            report(self._count)
            page = store.list_page(query, page[-1].key)


def _where_and_order(engine: Engine, query: ListQuery) -> tuple[list[str], list[str], dict[str, object]]:
    """The conditions of a list, what it is ordered by, and their parameters."""
    words, parameters = searched_words(query.text), dict[str, object](day=query.day.isoformat())
    order = [f"i.{SORTINGS[query.sorting]}", "i.id"]
    if words and query.sorting is Sorting.NAME:
        begins, more = begins_with(query.text)
        order, parameters = [f"CASE WHEN {begins} THEN 0 ELSE 1 END", *order], parameters | more
    for word in words:
        parameters |= word.parameters
    return [*filter_condition(engine, query.filter), *(word.condition() for word in words)], order, parameters


def _listed(row: Row, keys: int) -> ListedInstallation:
    pending_on = row["pending_on"]
    return ListedInstallation(
        tuple(row[f"key{place}"] for place in range(keys)),
        row["customer_number"],
        row["name"],
        row["email"],
        row["tariff_name"],
        row["extension_count"],
        row["max_extensions"],
        max(row["max_extensions"], row["pending_extensions"]),
        row["device_count"],
        row["max_devices"],
        max(row["max_devices"], row["pending_devices"]),
        row["pending_name"] or "",
        date.fromisoformat(pending_on) if pending_on else None,
    )
