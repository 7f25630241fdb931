"""What only SQLite can do to find installations quickly in a long list."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from sqlite3 import Connection
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from model.ids import Ids, Run, runs

if TYPE_CHECKING:
    from model.sqlite_beside import Beside

Answer = TypeVar("Answer")
TRIGRAM, SOME = 3, 6
INDEX = "installation_text"
# Ids count up from 1; where somebody has given others, a map of them could be of any size.
MOST_MAPPED = 10_000_000
# The map is made in so many parts, by two threads in turns: reading the ids that SQLite gives keeps the interpreter.
PARTS = 16


class Engine(Protocol):
    """The engine as it is needed here."""

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """The rows of a SELECT."""

    def execute(self, sql: str, parameters: Mapping[str, object] | None = None) -> int:
        """Run a statement; how many rows it changed."""

    def has_table(self, name: str) -> bool:
        """Whether there is a table of that name."""


class SqliteFinder:
    """Ids in one statement, an index of three letters each, and an end to what nobody waits for any more.

    `connection` gives the calling thread's connection, None where all threads share one.
    """

    def __init__(self, engine: Engine, connection: Callable[[], Connection | None]) -> None:
        self._engine = engine
        self._connection = connection
        self._lock = threading.Lock()
        self._asking: list[Connection] = []
        self._beside: Beside | None = None

    @property
    def asks_two(self) -> bool:
        """Two processors read a list in half the time of one, each thread with a connection of its own."""
        return self._connection() is not None and (os.cpu_count() or 1) > 1

    def ids(self, queries: Sequence[str], parameters: Mapping[str, object]) -> Ids:
        """The ids of which one query gives the `code`, or two that are asked at once, in their order.

        Two may see different states: what changes in between can be in both or in neither, until the next look.
        One statement gives them as one text: a row for each would keep the interpreter busy, and the window waiting.
        """
        asked = [partial(self._runs, sql, parameters) for sql in queries]
        return Ids(asked[0]() if len(asked) == 1 else chain(*self._both(*asked)))

    def close(self) -> None:
        """Nothing is asked any more."""
        if self._beside is not None:
            self._beside.close()

    def as_text(self, columns: Sequence[str]) -> str:
        """SQL for all rows as one text of JSON, a list for each column: for the reason `ids` has."""
        return f"json_array({', '.join(f'json_group_array({column})' for column in columns)})"

    def among(self, lookup: str, parameters: Mapping[str, object]) -> tuple[str, dict[str, object]]:
        """A condition that `i.id` is among the ids of a look-up, and its parameters: a map with a byte for each id.

        SQLite would make a tree of the ids: of many that takes longer than everything else of a search.
        """
        (row,) = self._engine.query("SELECT COALESCE(max(id), 0) + 1 AS size FROM installation")
        size = row["size"]
        if size > MOST_MAPPED:
            return f"i.id IN ({lookup})", {}
        # No later ids: another desk may have added an installation since.
        marks = bytearray(size)
        parts = [range(size * part // PARTS, size * (part + 1) // PARTS) for part in range(PARTS)]
        here, there = (partial(self._mark, marks, lookup, parameters, parts[begin::2]) for begin in (0, 1))
        if self.asks_two:
            self._both(here, there)
        else:
            here()
            there()
        name = f"map{hash(lookup) % 10**9}"
        # An id tells its place: not even a one has to be added to it for each line.
        return f"substr(:{name}, i.id, 1) = x'01'", {name: bytes(marks[1:])}

    def reading(self, words: Sequence[Sequence[str]], name: str) -> tuple[str, dict[str, object]] | None:
        """SQL for the `id` of all installations that may have in name or number a text of each word, and its parameter.

        What the index tells is which have the same letters in threes, whatever their order: it tells that in a tenth
        of the time in which their texts could be looked at. Words with a short text, which it can't look up, are left
        out; None if nothing else is left, and without an index.
        """
        known = [texts for texts in words if min(map(len, texts)) >= TRIGRAM]
        if not known or not self._engine.has_table(INDEX):
            return None
        wanted = " AND ".join(f"({' OR '.join(dict.fromkeys(map(_in_threes, texts)))})" for texts in known)
        return f"SELECT rowid AS id FROM {INDEX} WHERE {INDEX} MATCH :{name}", {name: wanted}

    def index_text(self, installation_id: int) -> None:
        """Let `reading` find an installation's text as it is now; inside `write()`.

        A trigger can't do it: with trusted_schema=OFF SQLite refuses it a virtual table.
        """
        self._engine.execute(
            f"INSERT INTO {INDEX} (rowid, search) SELECT id, search FROM installation WHERE id = :id",
            {"id": installation_id},
        )

    def forget_text(self, installation_id: int) -> None:
        """Before an installation's text changes, inside `write()`."""
        self._engine.execute(
            f"""INSERT INTO {INDEX} ({INDEX}, rowid, search)
                SELECT 'delete', id, search FROM installation WHERE id = :id""",
            {"id": installation_id},
        )

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """What one thread asks here, another may end with `interrupt`; then it raises Interrupted."""
        connection = self._connection()
        asking = [] if connection is None else [connection]
        with self._lock:
            self._asking += asking
        try:
            yield
        finally:
            with self._lock:
                for ended in asking:
                    self._asking.remove(ended)

    def interrupt(self) -> None:
        """End the statements that are under way in `interruptible`; nothing else is ever ended."""
        with self._lock:
            for connection in self._asking:
                connection.interrupt()

    def _runs(self, sql: str, parameters: Mapping[str, object]) -> list[Run]:
        (row,) = self._engine.query(f"SELECT group_concat(code, '') AS ids FROM ({sql})", parameters)
        return runs(row["ids"] or "")

    def _mark(self, marks: bytearray, lookup: str, parameters: Mapping[str, object], parts: Sequence[range]) -> None:
        """Set the marks of a look-up's ids; in parts, so that one thread asks while the other has the interpreter."""
        import json

        sql = f"SELECT json_group_array(id) AS ids FROM ({lookup}) WHERE id BETWEEN :start AND :end"
        for part in parts:
            within = {**parameters, "start": part.start, "end": part.stop - 1}
            for identity in json.loads(self._engine.query(sql, within)[0]["ids"]):
                marks[identity] = 1

    def _both(self, here: Callable[[], Answer], there: Callable[[], Answer]) -> tuple[Answer, Answer]:
        """Two questions at once, the second on a thread of its own; interrupted like the first."""
        if self._is_interruptible():
            there = partial(self._interruptibly, there)
        return self._second_thread().both(here, there)

    def _interruptibly(self, ask: Callable[[], Answer]) -> Answer:
        with self.interruptible():
            return ask()

    def _is_interruptible(self) -> bool:
        """Whether the calling thread asks in `interruptible`."""
        with self._lock:
            return self._connection() in self._asking

    def _second_thread(self) -> Beside:
        from model.sqlite_beside import Beside

        with self._lock:
            self._beside = self._beside or Beside(self._connection)
            return self._beside


def _in_threes(text: str) -> str:
    """What the index has to have of a text: three letters of six and the last three, which tell nearly as much as all.

    Each three of them costs as much as there are texts that have it.
    """
    places = dict.fromkeys([0, *range(SOME, len(text) - SOME, SOME), len(text) - TRIGRAM])
    threes = (text[place : place + TRIGRAM].replace('"', '""') for place in places)
    return "(" + " AND ".join(f'"{three}"' for three in threes) + ")"
