"""A database that is open: its list and its clock at once, the Store over it as soon as it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from model.clock import Clock, ClockCheck, ClockState, from_text, judge_clock, zone_of
from model.engine import Engine, Row, is_server
from model.errors import StorageFault, StoreUnavailable
from model.listing import ListCounts, Listing
from model.moved import moved

if TYPE_CHECKING:
    from model.change_set import ChangeSet
    from model.sqlite_engine import SqliteEngine
    from model.store import Store
    from model.transfer import Transfer

LATEST = "SELECT latest_at FROM audit_head WHERE id = 1"
HEAD = "SELECT seq FROM audit_head WHERE id = 1"
LONGEST_NAME = 100
ZONE = "SELECT value FROM setting WHERE name = 'zone'"


class Opened:
    """What the first window asks; importing what a Store knows takes longer than opening and asking this."""

    def __init__(self, engine: Engine, clerk: str) -> None:
        self._engine = engine
        self._clerk = clerk
        self.target = engine.target
        # Data that are elsewhere, or on their way, aren't changed here any more.
        self.moved = moved(engine)
        self.read_only = engine.read_only or self.moved is not None
        self.is_viewer = engine.is_viewer
        self.has_file = engine.has_file
        self.first_entry = _entry_at_opening(engine)
        self.listing = Listing(engine)

    @cached_property
    def whole(self) -> Store:
        """The Store; it is closed with this."""
        from model.store import Store

        return Store(self._engine, self._clerk)

    @cached_property
    def transfer(self) -> Transfer:
        """Moves the whole database elsewhere."""
        from model.transfer import Transfer

        return Transfer(self._engine, self._clerk)

    def close(self) -> None:
        """Close the database; no thread may be using it any more."""
        self._engine.close()

    def hand_over(self) -> None:
        """Another thread will ask next."""
        self._engine.hand_over()

    def data_version(self) -> int:
        """Changes when another connection, of this program or another, has written."""
        return self._engine.data_version()

    def last_entry(self) -> int:
        """The number of the history's latest entry: it grows with every change (R36)."""
        return self._engine.value(lambda head: int(head["seq"]), HEAD)

    def changes_since(self, seq: int) -> ChangeSet:
        """What anybody has changed since an entry of the history."""
        from model.change_set import changes_since

        return changes_since(self._engine, seq)

    def check_place(self) -> None:
        """Is the database still the one at its place, and its data too? Raises StoreUnavailable if not.

        Costs next to nothing.
        """
        self._engine.check_place()
        if self.moved is None and (mark := moved(self._engine)):
            raise mark.error

    def has_prices(self) -> bool:
        """Whether there is any price list; a new database has none."""
        return bool(self._engine.query("SELECT valid_from FROM price_list LIMIT 1"))

    def counts(self, day: date, total: int | None = None) -> ListCounts:
        """The numbers on the filters; `total` is how many installations there are, where that is known."""
        return self.listing.counts(day, total)

    def clock_state(self, now: datetime) -> ClockState:
        """R35: the clock against the latest instant ever written."""
        return judge_clock(now, self._engine.value(latest_from, LATEST))

    def check_clock(self, clock: Clock) -> ClockCheck:
        """R35: the clock against the latest instant ever written, and on a server against the server's own."""
        if not is_server(self.target):
            return ClockCheck(self.clock_state(clock.now()))
        from model.server_clock import check_with_server

        return check_with_server(self._engine, clock)

    def is_apart(self, clock: Clock) -> bool:
        """Whether a clock isn't the server's; without a server there is nothing to ask."""
        return is_server(self.target) and self.check_clock(clock).state is ClockState.APART

    @cached_property
    def zone(self) -> ZoneInfo | None:
        """The office's time zone, which decides which day it is for every desk (R21); None if none is kept.

        Raises StoreUnavailable for one this computer doesn't know.
        """
        kept = self._engine.query(ZONE) if self._engine.has_table("setting") else []
        return _known_zone(str(kept[0]["value"])) if kept else None

    def keep_zone(self, now: datetime) -> None:
        """A database without a zone gets that of the clock it is opened with: who comes first decides for all."""
        name = now.tzinfo.key if isinstance(now.tzinfo, ZoneInfo) else None
        if self.read_only or name is None:
            return
        try:
            kept = self.whole.settings.keep_zone(name, now)
        except StoreUnavailable:  # not the time for it; there will be another opening
            return
        self.zone = self.whole.zone = _known_zone(kept)

    def local(self, instant: datetime) -> datetime:
        """An instant as the office's wall clock shows it; raises ValueError for a naive one (R34)."""
        if instant.tzinfo is None:
            raise ValueError(instant)
        return instant.astimezone(self.zone) if self.zone else instant


def open_database(
    target: str | Path, *, create: bool = True, read_only: bool = False, now: datetime | None = None
) -> Opened:
    """A database file, made if nothing is there and `create`, `:memory:` or a server.

    Where `now` is given, a file of an older schema is copied before it is changed, and a database without a time zone
    gets that of `now`; a server's schema is made or changed only if `create`. Raises StoreUnavailable for what can't
    be used; it stays untouched then.
    """
    if is_server(target):
        opened = _on_server(str(target), create=create, read_only=read_only)
    else:
        opened = _in_file(target, create=create, read_only=read_only, now=now)
    try:
        if not opened.has_prices():
            opened.whole.load_shipped_prices()
        if opened.zone is None and now is not None:
            opened.keep_zone(now)
        opened.hand_over()
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


def _entry_at_opening(engine: Engine) -> int:
    """The latest entry before anything is shown; damage is for those to tell who need what is damaged."""
    try:
        rows = engine.query(HEAD)
    except StoreUnavailable:
        rows = []
    return rows[0]["seq"] if rows else 0


def _known_zone(name: str) -> ZoneInfo:
    zone = zone_of(name)
    if zone is None:
        raise StoreUnavailable(StorageFault.NO_ZONE, name[:LONGEST_NAME])
    return zone


def latest_from(row: Row) -> datetime | None:
    """The latest instant ever written; None while nothing was."""
    return from_text(row["latest_at"]) if row["latest_at"] else None
