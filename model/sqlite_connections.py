"""Connections to a database file: one for every thread that asks."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

from model.sqlite_library import sqlite3

if TYPE_CHECKING:
    from sqlite_utils import Database

TIMEOUT_S = 5.0
# The last one spares a search up to a quarter of its time: both sides of every LIKE are folded.
PRAGMAS = (
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "journal_mode=TRUNCATE",
    "synchronous=FULL",
    "case_sensitive_like=ON",
)


class Connection:
    """A connection, and from the first change on sqlite-utils' Database over it."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw

    @cached_property
    def database(self) -> Database:
        """For changes."""
        from sqlite_utils import Database

        return Database(self.raw, execute_plugins=False, strict=True)


class Connections:
    """Made when a thread first asks, closed all at once."""

    def __init__(self, check: Callable[[], None], translated: Callable[[], AbstractContextManager[None]]) -> None:
        """`check` raises if the file isn't the one that was opened; `translated` says SQLite's errors as ours."""
        self.place = ""
        self._check = check
        self._translated = translated
        self._local = threading.local()
        self._open: list[Connection] = []
        self._handed_over: list[Connection] = []

    def __len__(self) -> int:
        return len(self._open)

    def own(self) -> Connection:
        """The calling thread's; raises StoreUnavailable."""
        found: Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._taken_over() or self._made()
        return found

    def hand_over(self) -> None:
        """Let the next thread that has none go on with the calling thread's: another would read the schema again."""
        self._handed_over.append(self.own())
        del self._local.connection

    def close(self) -> None:
        """No thread may be using one any more."""
        while self._open:
            self._open.pop().raw.close()

    def _taken_over(self) -> Connection | None:
        try:
            return self._handed_over.pop()
        except IndexError:
            return None

    def _made(self) -> Connection:
        # SQLite sees for itself that an open file was replaced; a connection made later would take the new one.
        self._check()
        with self._translated():
            made = connect(self.place)
        self._open.append(made)
        return made


def connect(place: str) -> Connection:
    """A connection to a URI or to `:memory:`, for any thread, with what the schema counts on."""
    raw = sqlite3.connect(
        place, uri=place.startswith("file:"), isolation_level=None, timeout=TIMEOUT_S, check_same_thread=False
    )
    try:
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}").fetchall()
        if sys.platform == "darwin":  # pragma: no cover - the pragma does nothing elsewhere
            raw.execute("PRAGMA fullfsync=ON").fetchall()
    except BaseException:
        raw.close()
        raise
    return Connection(raw)
