"""A database that is open: its list and its clock at once, the Store over it as soon as it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from model.clock import ClockState, from_text, judge_clock
from model.engine import Engine, Row, is_server
from model.errors import StorageFault, StoreUnavailable
from model.listing import ListCounts, Listing

if TYPE_CHECKING:
    from model.sqlite_engine import SqliteEngine
    from model.store import Store

LATEST = "SELECT latest_at FROM audit_head WHERE id = 1"


class Opened:
    """What the first window asks; importing what a Store knows takes longer than opening and asking this."""

    def __init__(self, engine: Engine, clerk: str) -> None:
        self._engine = engine
        self._clerk = clerk
        self.target = engine.target
        self.read_only = engine.read_only
        self.has_file = engine.has_file
        self.listing = Listing(engine)

    @cached_property
    def whole(self) -> Store:
        """The Store; it is closed with this."""
        from model.store import Store

        return Store(self._engine, self._clerk)

    def close(self) -> None:
        """Close the database; no thread may be using it any more."""
        self._engine.close()

    def data_version(self) -> int:
        """Changes when another connection, of this program or another, has written."""
        return self._engine.data_version()

    def check_place(self) -> None:
        """Is the database still the one at its place? Raises StoreUnavailable if not; costs next to nothing."""
        self._engine.check_place()

    def has_prices(self) -> bool:
        """Whether there is any price list; a new database has none."""
        return bool(self._engine.query("SELECT valid_from FROM price_list LIMIT 1"))

    def counts(self, day: date) -> ListCounts:
        """The numbers on the filters."""
        return self.listing.counts(day)

    def clock_state(self, now: datetime) -> ClockState:
        """R35: the clock against the latest instant ever written."""
        return judge_clock(now, self._engine.value(latest_from, LATEST))


def open_database(
    target: str | Path, *, create: bool = True, read_only: bool = False, now: datetime | None = None
) -> Opened:
    """A database file, made if nothing is there and `create`, `:memory:` or a server.

    Where `now` is given, a file of an older schema is copied before it is changed; a server's schema is made or
    changed only if `create`. Raises StoreUnavailable for what can't be used; it stays untouched then.
    """
    if is_server(target):
        opened = _on_server(str(target), create=create, read_only=read_only)
    else:
        opened = _in_file(target, create=create, read_only=read_only, now=now)
    try:
        if not opened.has_prices():
            opened.whole.load_shipped_prices()
    except BaseException:
        opened.close()
        raise
    return opened


def open_example(folder: Path, now: datetime, count: int, progress: Callable[[int, int], object]) -> Opened:
    """The day's example database, made if it isn't there: `progress` is told. Raises StoreUnavailable."""
    from model.demo import open_demo

    return open_demo(folder, now, count, progress)


def _in_file(target: str | Path, *, create: bool, read_only: bool, now: datetime | None) -> Opened:
    from model.clerk import clerk_name
    from model.sqlite_engine import SqliteEngine

    before = partial(_copy_before_migration, now=now) if now else None
    return Opened(SqliteEngine(target, create=create, read_only=read_only, before_migration=before), clerk_name())


def _on_server(address: str, *, create: bool, read_only: bool) -> Opened:
    """The driver is optional, and loaded only here."""
    try:
        from model.postgres_engine import PostgresEngine
    except ImportError as error:
        raise StoreUnavailable(StorageFault.NO_DRIVER) from error
    engine = PostgresEngine(address, create=create, read_only=read_only)
    return Opened(engine, engine.clerk)


def _copy_before_migration(engine: SqliteEngine, now: datetime) -> Path:
    from model.backups import copy_before_migration

    return copy_before_migration(engine, now)


def latest_from(row: Row) -> datetime | None:
    """The latest instant ever written; None while nothing was."""
    return from_text(row["latest_at"]) if row["latest_at"] else None
