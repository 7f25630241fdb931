"""A sqlite_utils.Database opened right: pragmas, write transactions, migrations, errors as model errors.

The decisions and the measurements behind them are in CONTRIBUTING.md, section "Storage".
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from model import schema
from model.errors import StorageFault, StoreUnavailable

if TYPE_CHECKING:
    from sqlite3 import Connection

    from sqlite_utils import Database

MEMORY = ":memory:"
TIMEOUT_S = 5.0
A_DAY_S = 86_400
READONLY_ROLLBACK = 776
READONLY_DBMOVED = 1032
Row = dict[str, Any]
Parameters = Mapping[str, object]

# Primary result codes of SQLite; only the extended codes above tell more.
FAULTS = {
    5: StorageFault.BUSY,
    6: StorageFault.BUSY,
    8: StorageFault.READ_ONLY,
    10: StorageFault.WRITE_FAILED,
    11: StorageFault.DAMAGED,
    13: StorageFault.FULL,
    14: StorageFault.NO_ACCESS,
    23: StorageFault.NO_ACCESS,
    26: StorageFault.NOT_OURS,
}


class SqliteEngine:
    """One database file, or `:memory:`. A file has a connection for every thread, memory one for all."""

    def __init__(
        self,
        target: str | Path,
        *,
        create: bool = True,
        read_only: bool = False,
        before_migration: Callable[[SqliteEngine], Path] | None = None,
    ) -> None:
        """Open, or create at a path where nothing is. Raises StoreUnavailable; the file stays untouched then.

        A file that can't be written, or shall not be, is opened for reading: then every write is refused.
        `before_migration` makes a copy and tells where it is, before an older schema is changed.
        """
        self.target = str(target)
        self._before_migration = before_migration
        self.read_only = read_only
        self._lock = threading.RLock()
        self._local = threading.local()
        self._open: list[Database] = []
        if self.target == MEMORY:
            self._shared: Database | None = self._connect(MEMORY)
            self._migrate(self._shared)
            return
        self._shared = None
        path = Path(self.target)
        try:
            with translated(self.target):
                if not path.exists():
                    self._create(path, create and not read_only)
                self._check(path)
                self.read_only = read_only or not _can_be_written(path)
                self._file = _file_id(path)
                if not self.read_only:
                    self._migrate(self._database())
        except BaseException:
            self.close()
            raise

    def query(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows at once: a half-read result would keep a lock."""
        with self._alone(), translated(self.target):
            return list(self._database().query(sql, dict(parameters or {})))

    def execute(self, sql: str, parameters: Parameters | None = None) -> int:
        """Run one statement inside `write()`; the number of rows it touched."""
        with translated(self.target):
            return self._database().execute(sql, dict(parameters or {})).rowcount

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Insert one row inside `write()`; its id."""
        with translated(self.target):
            return int(self._database().execute(_insert_sql(table, row), dict(row)).lastrowid or 0)

    def insert_many(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert rows of the same columns inside `write()`."""
        if rows:
            with translated(self.target):
                self._database().conn.executemany(_insert_sql(table, rows[0]), rows)

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction, all or nothing; inside another `write()` it is part of that one."""
        with self._alone():
            with translated(self.target):
                db = self._database()
                nested = db.conn.in_transaction
                if not nested:
                    db.execute("BEGIN IMMEDIATE")
            if nested:
                yield
                return
            try:
                yield
                with translated(self.target):
                    db.execute("COMMIT")
            except BaseException:
                if db.conn.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[None]:
        """Several queries over one state of the database, whatever others write meanwhile."""
        with self._alone():
            db = self._database()
            if db.conn.in_transaction:
                yield
                return
            with translated(self.target):
                db.execute("BEGIN")
            try:
                yield
            finally:
                db.execute("ROLLBACK")

    def data_version(self) -> int:
        """Changes whenever another connection has changed the database."""
        return int(self.query("PRAGMA data_version")[0]["data_version"])

    def damage(self) -> list[str]:
        """What SQLite finds wrong in the file, and tables, indexes or guards that aren't as the schema made them."""
        found = [str(row["integrity_check"]) for row in self.query("PRAGMA integrity_check")]
        wrong = [text for text in found if text != "ok"]
        wrong += [f"{row['table']} {row['rowid']}" for row in self.query("PRAGMA foreign_key_check")]
        ours, wanted = self._made(), dict(_wanted(schema.VERSION))
        return wrong + sorted(name for name in ours.keys() | wanted.keys() if ours.get(name) != wanted.get(name))

    def close(self) -> None:
        """Close every thread's connection; no thread may be using one any more."""
        while self._open:
            self._open.pop().close()

    def copy_to(self, path: Path) -> None:
        """A whole and checked copy of the database as it is now; it gets its name, or replaces one, when it is whole.

        SQLite copies in one step, so that no other writer can come in between. Raises StoreUnavailable.
        """
        from sqlite_utils.utils import sqlite3

        with translated(str(path)), _made_aside(path) as unfinished:
            copy = sqlite3.connect(_uri(unfinished, "rw"), uri=True)
            try:
                with self._alone():
                    self._database().conn.backup(copy)
                damage = copy.execute("PRAGMA integrity_check").fetchone()[0]
            finally:
                copy.close()
            if damage != "ok":
                raise StoreUnavailable(StorageFault.DAMAGED, str(path))
            unfinished.replace(path)
            sync_folder(path.parent)

    def _alone(self) -> AbstractContextManager[object]:
        """The one connection of a database in memory is used by one thread at a time."""
        return nullcontext() if self._shared is None else self._lock

    def _made(self) -> dict[str, str]:
        """Every table, index and trigger with the text that made it."""
        rows = self.query("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {f"{row['type']} {row['name']}": " ".join(str(row["sql"]).split()) for row in rows}

    def _database(self) -> Database:
        if self._shared is not None:
            return self._shared
        found: Database | None = getattr(self._local, "database", None)
        if found is None:
            # SQLite sees for itself that an open file was replaced; a connection made later would take the new one.
            if _file_id(Path(self.target)) != self._file:
                raise StoreUnavailable(StorageFault.REPLACED, self.target)
            found = self._local.database = self._connect(_uri(Path(self.target), "ro" if self.read_only else "rw"))
        return found

    def _connect(self, uri: str) -> Database:
        from sqlite_utils import Database
        from sqlite_utils.utils import sqlite3

        connection: Connection = sqlite3.connect(
            uri, uri=uri != MEMORY, isolation_level=None, timeout=TIMEOUT_S, check_same_thread=False
        )
        try:
            db = Database(connection, execute_plugins=False, strict=True)
            for pragma in ("foreign_keys=ON", "trusted_schema=OFF", "journal_mode=TRUNCATE", "synchronous=FULL"):
                db.execute(f"PRAGMA {pragma}").fetchall()
            if sys.platform == "darwin":  # pragma: no cover - the pragma does nothing elsewhere
                db.execute("PRAGMA fullfsync=ON").fetchall()
        except BaseException:
            connection.close()
            raise
        self._open.append(db)
        return db

    def _check(self, path: Path) -> None:
        """Before anything can be written: is this file one of ours, and not from a newer program?"""
        if path.is_dir():
            raise StoreUnavailable(StorageFault.NOT_OURS, self.target)
        if path.stat().st_size == 0:
            raise StoreUnavailable(StorageFault.EMPTY_FILE, self.target)
        application, version = _identity(path)
        if application != schema.APPLICATION_ID:
            raise StoreUnavailable(StorageFault.NOT_OURS, self.target)
        if version > schema.VERSION:
            raise StoreUnavailable(StorageFault.NEWER, self.target)

    def _create(self, path: Path, create: bool) -> None:
        """Make the file aside and give it its name when it is whole: killed in between, nothing is there."""
        # A journal without its database would be rolled back into the new one.
        if not create or path.with_name(f"{path.name}-journal").exists():
            raise StoreUnavailable(StorageFault.MISSING, self.target)
        with _made_aside(path) as unfinished:
            db = self._connect(_uri(unfinished, "rw"))
            self._migrate(db)
            self._open.remove(db)
            db.close()
            name_without_replacing(unfinished, path)
            sync_folder(path.parent)

    def _migrate(self, db: Database) -> None:
        """Bring the schema up to date under the write lock, so that two programs starting at once do it once."""
        version = _user_version(db)
        if version == schema.VERSION:
            return
        copy = self._before_migration(self) if version and self._before_migration else None
        db.execute("BEGIN IMMEDIATE")
        try:
            if _user_version(db) < schema.VERSION:
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


@cache
def _wanted(_version: int) -> tuple[tuple[str, str], ...]:
    """The tables, indexes and guards of a schema version; made once, because making them takes a while."""
    engine = SqliteEngine(MEMORY)
    made = tuple(engine._made().items())
    engine.close()
    return made


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut; Windows does so by itself."""
    if sys.platform == "win32":  # pragma: no cover - folders can't be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """SQLite's and the operating system's errors as StoreUnavailable; a broken statement of ours stays what it is."""
    from sqlite_utils.utils import sqlite3

    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        fault = StorageFault.REPLACED if code == READONLY_DBMOVED else FAULTS.get(code & 0xFF)
        if fault is None:
            raise
        raise StoreUnavailable(fault, place) from error
    except OSError as error:
        raise StoreUnavailable(StorageFault.NO_ACCESS, place) from error


@contextmanager
def _made_aside(path: Path) -> Iterator[Path]:
    """An empty file beside the one to be made, for this account only; what is left of it goes."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    _sweep(unfinished)
    try:
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)
        unfinished.with_name(f"{unfinished.name}-journal").unlink(missing_ok=True)


def _sweep(unfinished: Path) -> None:
    """Remove what programs that were killed left in the same folder more than a day before this file was made."""
    made = unfinished.stat().st_mtime
    for leftover in unfinished.parent.glob(".*.db.*.new*"):
        with suppress(OSError):
            if made - leftover.stat().st_mtime > A_DAY_S:
                leftover.unlink()


def _identity(path: Path) -> tuple[int, int]:
    """The file's application id and schema version, read without a chance to write."""
    from sqlite_utils.utils import sqlite3

    for mode in ("ro", "rw"):
        connection = sqlite3.connect(_uri(path, mode), uri=True, timeout=TIMEOUT_S)
        try:
            return (
                connection.execute("PRAGMA application_id").fetchone()[0],
                connection.execute("PRAGMA user_version").fetchone()[0],
            )
        except sqlite3.OperationalError as error:
            # A program was killed in the middle of a write: only a connection that may write can roll that back.
            if mode == "rw" or getattr(error, "sqlite_errorcode", 0) != READONLY_ROLLBACK:
                raise
        finally:
            connection.close()
    raise AssertionError("the second mode returns or raises")  # pragma: no cover


def _file_id(path: Path) -> tuple[int, int] | None:
    """Which file it is, whatever its name; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _can_be_written(path: Path) -> bool:
    """SQLite writes the file and a journal beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _user_version(db: Database) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _uri(path: Path, mode: str) -> str:
    return f"file:{quote(str(path.absolute()))}?mode={mode}"


def _insert_sql(table: str, row: Mapping[str, object]) -> str:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"


def name_without_replacing(unfinished: Path, path: Path) -> None:
    """Give a finished file its name unless another program was faster."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return
    except OSError:  # pragma: no cover - file systems without hard links
        if not path.exists():
            unfinished.rename(path)
