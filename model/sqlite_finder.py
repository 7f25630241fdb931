"""What only SQLite can do to find installations quickly in a long list."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from sqlite3 import Connection
from typing import Any, Protocol

from model.ids import EARLY, LATE, Ids

TRIGRAM = 3
INDEX = "installation_text"


class Engine(Protocol):
    """The engine as it is needed here."""

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]: ...  # noqa: D102
    def execute(self, sql: str, parameters: Mapping[str, object] | None = None) -> int: ...  # noqa: D102
    def has_table(self, name: str) -> bool: ...  # noqa: D102


class SqliteFinder:
    """Ids in one statement, an index of three letters each, and an end to what nobody waits for any more.

    `connection` gives the calling thread's connection, None where all threads share one.
    """

    def __init__(self, engine: Engine, connection: Callable[[], Connection | None]) -> None:
        self._engine = engine
        self._connection = connection
        self._lock = threading.Lock()
        self._asking: Connection | None = None

    def ids(self, sql: str, parameters: Mapping[str, object]) -> Ids:
        """All values of `id` in the order of a query, those with `late` behind the others.

        One statement gives them as one text: a row for each would keep the interpreter busy, and the window waiting.
        """
        text = f"group_concat(CASE WHEN late THEN {LATE} ELSE {EARLY} END + id, '')"
        return Ids(self._engine.query(f"SELECT {text} AS ids FROM ({sql})", parameters)[0]["ids"] or "")

    def ids_with(self, text: str, most: int) -> list[int] | None:
        """The installations with a text in name or number; None if they are more than `most`, or it can't be told.

        That is so for short texts and those with a wildcard, which the index can't look up, and without an index.
        """
        if len(text) < TRIGRAM or "%" in text or "_" in text or not self._engine.has_table(INDEX):
            return None
        rows = self._engine.query(
            f"SELECT rowid FROM {INDEX} WHERE search LIKE :text LIMIT :limit",
            {"text": f"%{text}%", "limit": most + 1},
        )
        return None if len(rows) > most else [row["rowid"] for row in rows]

    def index_text(self, installation_id: int) -> None:
        """Let `ids_with` find an installation's text as it is now; inside `write()`.

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
        with self._lock:
            self._asking = self._connection()
        try:
            yield
        finally:
            with self._lock:
                self._asking = None

    def interrupt(self) -> None:
        """End the statement that is under way in `interruptible`, if one is; nothing else is ever ended."""
        with self._lock:
            if self._asking is not None:
                self._asking.interrupt()
