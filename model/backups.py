"""Copies of a database to go back to: how many are kept, what is in them, and the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from model.clock import from_text
from model.engine import Engine, Row
from model.errors import StoreUnavailable
from model.sqlite_engine import SqliteEngine
from model.sqlite_file import journal_of, sync_folder, translated

FOLDER = "Sicherungen"
RECENT = 10
DAYS = 30
MONTHS = 24
NAME = re.compile(r"(?P<stem>.+)-(?P<stamp>\d{8}T\d{6})Z(?P<kind>-[a-z]+)?\.db")
STAMP = "%Y%m%dT%H%M%S"
CONTENT = "SELECT count(*) AS orders, max(placed_at) AS last FROM tariff_order"


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy, when it was made (UTC), and what is in it; `orders` is None if it can't be read.

    One made before a migration is `permanent`.
    """

    path: Path
    made_at: datetime
    orders: int | None = None
    last_order: datetime | None = None
    permanent: bool = False


def back_up(engine: Engine, folder: Path, now: datetime, kind: str = "") -> Path:
    """Make a checked copy in a folder and let old ones go; raises StoreUnavailable, then nothing is lost.

    A `kind` marks a copy that is never let go, such as the one before a migration.
    """
    stem = Path(engine.target).stem
    path = folder / f"{stem}-{now.astimezone(UTC).strftime(STAMP)}Z{f'-{kind}' if kind else ''}.db"
    engine.copy_to(path)
    for old in expired(_found(folder, stem), now):
        with suppress(OSError):
            old.path.unlink()
    return path


def default_folder(database: str) -> Path:
    """Where copies are kept unless the clerk chooses another place: beside the database."""
    return Path(database).absolute().parent / FOLDER


def copy_before_migration(engine: Engine, now: datetime) -> Path:
    """The copy to go back to if a new version of the program doesn't do; it is never let go."""
    return back_up(engine, default_folder(engine.target), now, "migration")


def backups(folder: Path, stem: str) -> list[Backup]:
    """The copies of a database, newest first, with what is in them."""
    with translated(str(folder)):
        found = _found(folder, stem)
    return [_with_content(backup) for backup in found]


def has_backups(folder: Path, stem: str) -> bool:
    """Whether there is a copy of a database in a folder, sound or not; False if the folder can't be read."""
    with suppress(OSError):
        return bool(_found(folder, stem))
    return False


def expired(found: Iterable[Backup], now: datetime) -> list[Backup]:
    """Those that are neither among the newest nor the last of one of 30 days or of 24 months."""
    newest_first = sorted(
        (backup for backup in found if not backup.permanent),
        key=lambda backup: backup.made_at,
        reverse=True,
    )
    kept = {backup.path for backup in newest_first[:RECENT]}
    kept |= _last_of_each(newest_first, lambda at: at.date(), now - timedelta(days=DAYS))
    kept |= _last_of_each(newest_first, lambda at: (at.year, at.month), now - timedelta(days=MONTHS * 31))
    return [backup for backup in newest_first if backup.path not in kept]


def restore(backup: Path, target: Path, now: datetime) -> Path | None:
    """Put a copy in a database's place; no connection of this program may be open on it.

    First the copy is made whole beside it, so that a full disk changes nothing. Then the old file and its journal go
    aside together, first the database: what is left of a crash in between is a database that is missing, never one
    without its journal. Returns where the old file is. Raises StoreUnavailable.
    """
    ready = target.with_name(f".{target.name}.restored")
    with closing(SqliteEngine(backup, create=False, read_only=True)) as source:
        source.copy_to(ready)
    with translated(str(target)):
        aside = _move_aside(target, now)
        ready.rename(target)
        sync_folder(target.parent)
    return aside


def _move_aside(target: Path, now: datetime) -> Path | None:
    stamp = now.astimezone(UTC).strftime(STAMP)
    aside = target.with_name(f"{target.stem}-replaced-{stamp}Z{target.suffix}")
    journal, journal_aside = journal_of(target), journal_of(aside)
    moved = target.exists()
    if moved:
        target.rename(aside)
    if journal.exists():
        journal.rename(journal_aside)
    return aside if moved else None


def _found(folder: Path, stem: str) -> list[Backup]:
    """By their names, newest first."""
    found = []
    for path in folder.glob("*.db") if folder.is_dir() else ():
        match = NAME.fullmatch(path.name)
        if match and match["stem"] == stem:
            with suppress(ValueError):  # a name that looks like one of ours and has no such day
                made_at = datetime.strptime(match["stamp"], STAMP).replace(tzinfo=UTC)
                found.append(Backup(path, made_at, permanent=bool(match["kind"])))
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def _with_content(backup: Backup) -> Backup:
    try:
        with closing(SqliteEngine(backup.path, create=False, read_only=True)) as engine:
            orders, last = engine.value(_content_from, CONTENT)
    except StoreUnavailable:
        return backup
    return replace(backup, orders=orders, last_order=last)


def _content_from(row: Row) -> tuple[int, datetime | None]:
    return row["orders"], from_text(row["last"]) if row["last"] else None


def _last_of_each(newest_first: Iterable[Backup], period: Callable[[datetime], object], since: datetime) -> set[Path]:
    last: dict[object, Path] = {}
    for backup in newest_first:
        if backup.made_at >= since:
            last.setdefault(period(backup.made_at), backup.path)
    return set(last.values())
