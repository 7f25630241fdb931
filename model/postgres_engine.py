"""A database on a PostgreSQL server behind the same few methods as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from itertools import chain
from pathlib import Path

import psycopg

from model import postgres_schema
from model.engine import Parameters, Row, Value, insert_sql, value_from
from model.errors import StorageFault, StoreUnavailable
from model.moved import moved_from, require_here
from model.postgres_address import ServerAddress
from model.postgres_finder import PostgresFinder
from model.postgres_interrupt import Interruptions
from model.postgres_session import Sessions
from model.postgres_text import placed

ROLE = """
SELECT session_user AS clerk, current_setting('transaction_read_only') = 'on'
        AS read_only, NOT has_any_column_privilege('audit_head', 'UPDATE') AS is_viewer
"""


class PostgresEngine:
    """One database, found by a `postgresql://` address; threads share its connections."""

    has_file = False

    def __init__(self, address: str, *, create: bool = False, read_only: bool = False) -> None:
        """Connect; the schema is made or brought up to date only if `create`.

        Raises StoreUnavailable, and nothing is changed then.
        """
        found = ServerAddress(address)
        self.target = found.shown
        self._sessions = Sessions(found)
        self._interruptions = Interruptions()
        self.finder = PostgresFinder(self.query, self._interruptions)
        self._damaged = False
        try:
            with self._sessions.translated(), self._sessions.connection() as connection:
                postgres_schema.prepare(connection, self.target, create=create and not read_only)
            (role,) = self.query(ROLE)
        except BaseException:
            self.close()
            raise
        self.clerk, self.is_viewer = str(role["clerk"]), bool(role["is_viewer"])
        self.read_only = read_only or self.is_viewer or bool(role["read_only"])

    def query(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows of a statement; a connection lost since the last one is made anew."""
        try:
            return self._run(sql, parameters).fetchall()
        except StoreUnavailable as error:
            if error.fault is not StorageFault.CONNECTION_LOST or self._sessions.is_inside:
                raise
        self._sessions.forget()
        return self._run(sql, parameters).fetchall()

    def values(self, make: Callable[[Row], Value], sql: str, parameters: Parameters | None = None) -> list[Value]:
        """All rows as values; a row that can be none was never stored by this program."""
        return [value_from(make, row, self._lost) for row in self.query(sql, parameters)]

    def value(self, make: Callable[[Row], Value], sql: str, parameters: Parameters | None = None) -> Value:
        """The value of the one row that is always there."""
        found = self.values(make, sql, parameters)
        if not found:
            raise self._lost()
        return found[0]

    def has_table(self, name: str) -> bool:
        """Always: a database of an older schema isn't opened."""
        return bool(name)

    def execute(self, sql: str, parameters: Parameters | None = None) -> int:
        """Run one statement inside `write()`; the number of rows it touched."""
        return self._run(sql, parameters).rowcount

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Insert one row inside `write()`; its id, if the table gives one."""
        (made,) = self.query(f"{insert_sql(table, row)} RETURNING *", row)
        return int(made.get("id", 0))

    def insert_many(self, table: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows of the same columns inside `write()`; COPY takes a tenth of the time of an INSERT for each."""
        rows = iter(rows)
        first = next(rows, None)
        if first is None:
            return
        copying = f"COPY {table} ({', '.join(first)}) FROM STDIN".encode()
        sessions = self._sessions
        with sessions.translated(), sessions.connection() as connection, connection.cursor().copy(copying) as copy:
            for row in chain((first,), rows):
                copy.write_row([row[name] for name in first])

    @contextmanager
    def write(self, *, moving: bool = False) -> Iterator[None]:
        """One transaction, all or nothing; inside another `write()` a part of it, which is undone alone if it fails.

        Raises StoreUnavailable, also where the data are elsewhere, unless it is about that.
        """
        if self.read_only:
            raise StoreUnavailable(StorageFault.VIEWER if self.is_viewer else StorageFault.READ_ONLY, self.target)
        if self._damaged:
            raise self._lost()
        if self._sessions.is_inside:
            with self._sessions.part():
                yield
            return
        with self._sessions.write() as marks:
            require_here(() if moving else [value_from(moved_from, mark, self._lost) for mark in marks])
            yield

    @contextmanager
    def read(self) -> Iterator[None]:
        """Several queries over one state of the database, whatever others write meanwhile."""
        with nullcontext() if self._sessions.is_inside else self._sessions.read():
            yield

    def data_version(self) -> int:
        """Changes whenever somebody has changed the database: every change locks the head of the history."""
        (head,) = self.query("SELECT xmin::text AS made, xmax::text AS locked FROM audit_head")
        return int(head["made"]) << 32 | int(head["locked"])

    def check_place(self) -> None:
        """A server's database stays where it is."""

    def look_over(self) -> None:
        """Are all tables, indexes and guards there? The server looks after its pages itself."""
        if self.damage():
            raise self._lost()

    def damage(self) -> list[str]:
        """Tables, indexes and guards that are missing or aren't as the schema made them."""
        made = {row["name"]: row["does"] for row in self.query(postgres_schema.MADE)}
        return sorted(name for name, does in postgres_schema.wanted().items() if made.get(name) != does)

    def copy_to(self, path: Path) -> None:
        """Copies of a server's database are made there. Raises StoreUnavailable."""
        raise StoreUnavailable(StorageFault.NO_FILE, str(path))

    def hand_over(self) -> None:
        """Sessions belong to no thread."""

    def close(self) -> None:
        """Close every connection."""
        self._sessions.close()

    def _run(self, sql: str, parameters: Parameters | None = None) -> psycopg.Cursor[Row]:
        sessions = self._sessions
        with sessions.translated(), sessions.connection() as connection, self._interruptions.statement(connection):
            return connection.execute(placed(sql), dict(parameters or {}))

    def _lost(self) -> StoreUnavailable:
        """The error for a damaged database, which is remembered: nothing is written any more."""
        self._damaged = True
        return StoreUnavailable(StorageFault.DAMAGED, self.target)
