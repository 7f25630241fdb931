"""A sqlite_utils.Database opened right: pragmas, write transactions, migrations, errors as model errors.

What is read goes to SQLite directly; sqlite-utils comes in with the first change, because importing it takes as long
as importing Qt. The decisions and the measurements behind them are in CONTRIBUTING.md, section "Storage".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from model import schema, sqlite_health
from model.engine import Parameters, Row, Value, insert_sql
from model.errors import StorageFault, StoreUnavailable
from model.moved import MARKED, moved_from, require_here
from model.sqlite_connections import Connection, Connections, connect
from model.sqlite_file import (
    can_be_written,
    check_ours,
    file_id,
    journal_of,
    made_aside,
    name_without_replacing,
    sync_file,
    sync_folder,
    translated,
    uri,
)
from model.sqlite_finder import SqliteFinder
from model.sqlite_health import Soundness, UponFailure
from model.sqlite_library import sqlite3

if TYPE_CHECKING:
    from sqlite_utils import Database

MEMORY = ":memory:"
# As many as every SQLite takes in one statement.
MOST_PARAMETERS = 999


class SqliteEngine:
    """One database file, or `:memory:`. A file has a connection for every thread, memory one for all."""

    is_viewer = False

    def __init__(
        self,
        target: str | Path,
        *,
        create: bool = True,
        read_only: bool = False,
        before_migration: Callable[[SqliteEngine], Path] | None = None,
    ) -> None:
        """Open, or create at a path where nothing is. Raises StoreUnavailable; the file stays untouched then.

        A file that can't be written, or shall not be, is opened for reading: then every write is refused, and an
        older schema stays as it is.
        `before_migration` makes a copy and tells where it is, before an older schema is changed.
        """
        self.target, self._path = str(target), Path(target)
        self.has_file = self.target != MEMORY
        self._before_migration = before_migration
        self.read_only = read_only
        self._lock = threading.RLock()
        self._sound = Soundness(self.target)
        self._connections = Connections(self.check_place, self._sound.translated)
        self._explained = UponFailure(self._explaining)
        self.finder = SqliteFinder(self, lambda: self._connection().raw if self._shared is None else None)
        if self.target == MEMORY:
            self._shared: Connection | None = connect(MEMORY)
            self._migrate(self._shared)
            return
        self._shared = None
        try:
            with translated(self.target):
                self._open_file(self._path, create=create)
        except BaseException:
            self.close()
            raise

    def query(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows at once: a half-read result would keep a lock."""
        with self._alone(), self._explained:
            return self._rows(sql, parameters)

    def values(self, make: Callable[[Row], Value], sql: str, parameters: Parameters | None = None) -> list[Value]:
        """All rows as values; a row that can be none was never stored by this program, so the file is damaged."""
        return [self._sound.value(make, row) for row in self.query(sql, parameters)]

    def value(self, make: Callable[[Row], Value], sql: str, parameters: Parameters | None = None) -> Value:
        """The value of the one row that is always there; without it the file is damaged."""
        found = self.values(make, sql, parameters)
        if not found:
            raise self._sound.lost()
        return found[0]

    def has_table(self, name: str) -> bool:
        """Whether a table is there; one of a newer schema isn't in an older database that can only be read."""
        found = "SELECT name FROM sqlite_master WHERE name = :name"
        return not self.read_only or bool(self.query(found, {"name": name}))

    def execute(self, sql: str, parameters: Parameters | None = None) -> int:
        """Run one statement inside `write()`; the number of rows it touched."""
        with self._sound.translated():
            return self._connection().database.execute(sql, dict(parameters or {})).rowcount

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Insert one row inside `write()`; its id."""
        with self._sound.translated():
            return int(self._connection().database.execute(insert_sql(table, row), dict(row)).lastrowid or 0)

    def insert_many(self, table: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows of the same columns inside `write()`: many in one statement take half as long as one in each."""
        rows = iter(rows)
        first = next(rows, None)
        if first is None:
            return
        columns, rows = tuple(first), chain((first,), rows)
        while part := [row[name] for row in islice(rows, MOST_PARAMETERS // len(columns)) for name in columns]:
            with self._sound.translated():
                sql = _insert_many_sql(table, columns, len(part) // len(columns))
                self._connection().database.execute(sql, part)

    @contextmanager
    def write(self, *, moving: bool = False) -> Iterator[None]:
        """One transaction, all or nothing; inside another `write()` a part of it, which is undone alone if it fails.

        Raises StoreUnavailable, also where the file was found damaged before or isn't at its place, or where the data
        are elsewhere, unless it is about that.
        """
        with self._alone(), self._explained:
            db = self._connection().database
            if db.conn.in_transaction:
                with _part(db, self._sound):
                    yield
                return
            if self.read_only:
                raise StoreUnavailable(StorageFault.READ_ONLY, self.target)
            self._sound.before_a_change(self._rows)
            self.check_place()
            with self._sound.translated():
                db.execute("BEGIN IMMEDIATE")
            try:
                require_here(() if moving else self.values(moved_from, MARKED))
                yield
                self._sound.require()
                with self._sound.translated():
                    db.execute("COMMIT")
            except BaseException:
                _roll_back(db.conn, self._sound)
                raise

    @contextmanager
    def read(self) -> Iterator[None]:
        """Several queries over one state of the database, whatever others write meanwhile."""
        with self._alone(), self._explained:
            connection = self._connection().raw
            if connection.in_transaction:
                yield
                return
            with self._sound.translated():
                connection.execute("BEGIN")
            try:
                yield
            finally:
                _roll_back(connection, self._sound)

    def data_version(self) -> int:
        """Changes whenever another connection has changed the database."""
        return int(self.query("PRAGMA data_version")[0]["data_version"])

    def check_place(self) -> None:
        """Is the file at its place still the one that was opened? Raises StoreUnavailable; costs one look at it."""
        if self._shared is None and file_id(self._path) != self._file:
            raise StoreUnavailable(StorageFault.REPLACED, self.target)

    def look_over(self) -> None:
        """Look at the whole file; if it is damaged raises StoreUnavailable, and nothing is written any more.

        When a large file is opened there is no time for this: it takes 3 s for one of 400 MB.
        """
        _forget_pages(self._connection().raw)
        with self.read():
            self._sound.require(sqlite_health.not_as_made(self._rows))
        with self._alone():
            self._sound.require(sqlite_health.broken_pages(self._rows))

    def damage(self) -> list[str]:
        """What SQLite finds wrong in the file, and tables, indexes or guards that aren't as the schema made them."""
        _forget_pages(self._connection().raw)
        with self.read():
            return sqlite_health.damage(self._rows)

    def hand_over(self) -> None:
        """Let the next thread that asks go on with this thread's connection: one of its own reads the schema again."""
        if self._shared is None:
            self._connections.hand_over()

    def close(self) -> None:
        """Close every thread's connection; no thread may be using one any more."""
        self.finder.close()
        self._connections.close()
        if self._shared is not None:
            self._shared.raw.close()

    def copy_to(self, path: Path) -> None:
        """A whole and checked copy of the database as it is now; it gets its name, or replaces one, when it is whole.

        Whoever writes meanwhile is let in, and is in the copy. Raises StoreUnavailable.
        """
        from model.sqlite_copy import copy_all

        with translated(str(path)), made_aside(path) as unfinished:
            copy = sqlite3.connect(uri(unfinished, "mode=rw"), uri=True)
            try:
                with self._alone():
                    copy_all(self._connection().raw, copy)
                damage = copy.execute("PRAGMA integrity_check").fetchone()[0]
            finally:
                copy.close()
            if damage != "ok":
                raise StoreUnavailable(StorageFault.DAMAGED, str(path))
            sync_file(unfinished)
            unfinished.replace(path)
            sync_folder(path.parent)

    def _alone(self) -> AbstractContextManager[object]:
        """The one connection of a database in memory is used by one thread at a time."""
        return nullcontext() if self._shared is None else self._lock

    def _rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        # The cursor is closed at once, also where a row can't be read: it would keep its lock.
        with self._sound.translated(), closing(self._connection().raw.execute(sql, dict(parameters or {}))) as found:
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """A statement that fails in a sound file is a mistake of ours and stays one; a damaged file is the reason."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if not self._is_to_blame():
                raise
            raise self._sound.lost() from error

    def _is_to_blame(self) -> bool:
        """Whether the file is damaged; not asked in the middle of a transaction, where all may be half there."""
        if self._shared is not None or self._connection().raw.in_transaction:
            return False
        try:
            return sqlite_health.explains_a_refusal(self._rows)
        except StoreUnavailable as found:
            return found.fault is StorageFault.DAMAGED

    def _connection(self) -> Connection:
        return self._shared or self._connections.own()

    def _open_file(self, path: Path, *, create: bool) -> None:
        if not path.exists():
            self._create(path, create and not self.read_only)
        self._file = file_id(path)
        check_ours(path)
        self.read_only = self.read_only or not can_be_written(path)
        self._connections.place = uri(path, "mode=ro" if self.read_only else "mode=rw")
        with self.read():
            self._sound.at_first_sight(self._rows)
        # This thread hardly reads any more; what it read would lie in memory beside each other thread's pages.
        _forget_pages(self._connection().raw)
        if not self.read_only:
            self._migrate(self._connection())

    def _create(self, path: Path, create: bool) -> None:
        """Make the file aside and give it its name when it is whole: killed in between, nothing is there."""
        # A journal without its database would be rolled back into the new one.
        if not create or journal_of(path).exists():
            raise StoreUnavailable(StorageFault.MISSING, self.target)
        with made_aside(path) as unfinished:
            made = connect(uri(unfinished, "mode=rw"))
            with closing(made.raw):
                self._migrate(made)
            name_without_replacing(unfinished, path)
            sync_folder(path.parent)

    def _migrate(self, connection: Connection) -> None:
        """Bring the schema up to date under the write lock, so that two programs starting at once do it once."""
        version = _user_version(connection.raw)
        if version == schema.VERSION:
            return
        self._sound.before_a_change(self._rows)
        db = connection.database
        copy = self._before_migration(self) if version and self._before_migration else None
        db.execute("BEGIN IMMEDIATE")
        try:
            if _user_version(db.conn) < schema.VERSION:
                schema.migrations().apply(db)
                db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {schema.VERSION}")
            db.execute("COMMIT")
        except BaseException as error:
            if db.conn.in_transaction:
                db.execute("ROLLBACK")
            if copy is not None and isinstance(error, Exception):
                raise StoreUnavailable(StorageFault.NOT_MIGRATED, str(copy)) from error
            raise


@contextmanager
def _part(db: Database, sound: Soundness) -> Iterator[None]:
    """A savepoint: for some faults SQLite undoes the whole transaction itself, and there is nothing to go back to."""
    with sound.translated():
        db.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        with sound.translated():
            if db.conn.in_transaction:
                db.execute("ROLLBACK TO SAVEPOINT part")
                db.execute("RELEASE SAVEPOINT part")
        raise
    with sound.translated():
        db.execute("RELEASE SAVEPOINT part")


def _roll_back(connection: sqlite3.Connection, sound: Soundness) -> None:
    """SQLite may have done so itself."""
    with sound.translated():
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _forget_pages(connection: sqlite3.Connection) -> None:
    """What is remembered of the file would hide what is on the disk."""
    connection.execute("PRAGMA shrink_memory")


def _user_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _insert_many_sql(table: str, columns: Sequence[str], count: int) -> str:
    values = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([values] * count)}"
