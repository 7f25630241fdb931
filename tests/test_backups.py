"""Copies to go back to: checked, kept for a while, restored with the old file aside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from model.backups import Backup, back_up, backups, expired, restore
from model.errors import StorageFault, StoreUnavailable
from model.sqlite_engine import SqliteEngine
from model.store import Store, open_store
from tests.examples import CLERK, NOW, install, order

HOT_JOURNAL = """
import os, signal, sys
from model.sqlite_engine import SqliteEngine
engine = SqliteEngine(sys.argv[1])
engine._connection().raw.execute("PRAGMA cache_size = 1")
with engine.write():
    for number in range(5000):
        row = {"day": f"{3000 + number}-01-01", "note": "x" * 500}
        engine.execute("INSERT INTO price_list VALUES (:day, 0, :note)", row)
    os.kill(os.getpid(), signal.SIGKILL)
"""


# The page the customers begin on.
SPOIL = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
(page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'installation'").fetchone()
(size,) = connection.execute("PRAGMA page_size").fetchone()
connection.close()
with open(sys.argv[1], "r+b") as file:
    file.seek((page - 1) * size)
    file.write(bytes([0xA5]) * size)
"""
STORE_THE_IMPOSSIBLE = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as connection:
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("INSERT INTO price_list VALUES ('2030-01-01', 99999, '')")
"""


def filled(path: Path) -> Store:
    """A database with one order."""
    store = open_store(path)
    order(store, install(store, "C10", 2), "C25")
    return store


def elsewhere(script: str, path: Path) -> None:
    """What another process does to a file that is open here."""
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)


def test_a_backup_holds_what_the_database_held(tmp_path: Path) -> None:
    store = filled(tmp_path / "office.db")
    path = back_up(store._engine, tmp_path / "kept", NOW)
    store.close()
    assert path.name == "office-20261122T090000Z.db"
    assert path.stat().st_mode & 0o777 == 0o600
    copy = open_store(path, create=False)
    assert copy.verify().findings == ()
    assert copy.verify().orders == 1
    copy.close()
    assert [entry.name for entry in (tmp_path / "kept").iterdir()] == [path.name]


def test_backups_are_listed_with_what_is_in_them(tmp_path: Path) -> None:
    store = filled(tmp_path / "office.db")
    back_up(store._engine, tmp_path, NOW)
    back_up(store._engine, tmp_path, NOW + timedelta(hours=1), "migration")
    store.close()
    (tmp_path / "office-20260101T000000Z.db").write_bytes(b"not a database at all")
    (tmp_path / "office-20269999T000000Z.db").write_bytes(b"no such day")
    (tmp_path / "other-20261122T090000Z.db").write_bytes(b"")
    found = backups(tmp_path, "office")
    assert [(entry.made_at.hour, entry.orders, entry.last_order) for entry in found] == [
        (10, 1, NOW),
        (9, 1, NOW),
        (0, None, None),
    ]
    assert backups(tmp_path / "nowhere", "office") == []


def test_a_backup_that_fails_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    store = filled(tmp_path / "office.db")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreUnavailable):
        back_up(store._engine, tmp_path / "file", NOW)
    order(store, install(store, "C10", number="K-2"), "C25")
    store.close()


def test_a_damaged_database_makes_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    filled(path).close()
    engine = SqliteEngine(path)
    elsewhere(SPOIL, path)
    with ThreadPoolExecutor(1) as executor, pytest.raises(StoreUnavailable) as error:
        executor.submit(back_up, engine, tmp_path / "kept", NOW).result()
    engine.close()
    assert error.value.fault is StorageFault.DAMAGED
    assert list((tmp_path / "kept").iterdir()) == []


def at(text: str, kind: str = "") -> Backup:
    made = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return Backup(Path(f"office-{made:%Y%m%dT%H%M%S}Z{kind}.db"), made, permanent=bool(kind))


def test_ten_recent_thirty_days_and_twenty_four_months_are_kept() -> None:
    hours = [NOW - timedelta(hours=n) for n in range(24 * 900)]
    hourly = [Backup(at(f"{made:%Y-%m-%dT%H:%M:%S}").path, made) for made in hours]
    gone = {backup.path for backup in expired(hourly, NOW)}
    kept = [backup.made_at for backup in hourly if backup.path not in gone]
    assert kept[:10] == [NOW - timedelta(hours=n) for n in range(10)]
    days = {entry.date() for entry in kept if entry >= NOW - timedelta(days=30)}
    assert len(days) == 31
    months = {(entry.year, entry.month) for entry in kept}
    assert 24 <= len(months) <= 26
    assert len(kept) <= 10 + 31 + 26


def test_old_copies_are_let_go(tmp_path: Path) -> None:
    store = filled(tmp_path / "office.db")
    for minute in range(13):
        back_up(store._engine, tmp_path / "kept", NOW + timedelta(minutes=minute))
    store.close()
    assert len(backups(tmp_path / "kept", "office")) == 10


def test_what_was_made_before_a_migration_is_never_let_go() -> None:
    old = at("2019-01-01T00:00:00", "-migration")
    assert expired([old], NOW) == []


def test_a_restored_database_is_the_copy_and_the_old_one_is_aside(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    store = filled(path)
    copy = back_up(store._engine, tmp_path / "kept", NOW)
    order(store, install(store, "C10", number="K-2"), "C25")
    store.close()
    aside = restore(copy, path, NOW)
    restored = open_store(path, create=False)
    assert restored.verify().orders == 1
    restored.close()
    assert aside is not None
    old = open_store(aside, create=False)
    assert old.verify().orders == 2
    old.close()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_restore_under_a_hot_journal_takes_the_journal_aside(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    store = filled(path)
    copy = back_up(store._engine, tmp_path / "kept", NOW)
    store.close()
    child = subprocess.run([sys.executable, "-c", HOT_JOURNAL, str(path)], check=False)
    journal = path.with_name("office.db-journal")
    assert child.returncode == -signal.SIGKILL
    assert journal.stat().st_size > 0
    aside = restore(copy, path, NOW)
    assert not journal.exists() or journal.stat().st_size == 0
    restored = open_store(path, create=False)
    assert restored.verify().findings == ()
    restored.close()
    assert aside is not None
    old = Store(SqliteEngine(aside, create=False), CLERK)
    assert old.verify().findings == ()
    old.close()


def test_a_restore_where_the_database_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    store = filled(path)
    copy = back_up(store._engine, tmp_path / "kept", NOW)
    store.close()
    path.unlink()
    path.with_name("office.db-journal").unlink()
    assert restore(copy, path, NOW) is None
    open_store(path, create=False).close()


def test_no_new_database_is_made_beside_a_journal_that_is_left(tmp_path: Path) -> None:
    (tmp_path / "office.db-journal").write_bytes(b"left behind")
    with pytest.raises(StoreUnavailable) as error:
        open_store(tmp_path / "office.db")
    assert error.value.fault is StorageFault.MISSING


def test_a_copy_that_is_not_right_gets_no_name(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    filled(path).close()
    engine = SqliteEngine(path)
    elsewhere(STORE_THE_IMPOSSIBLE, path)
    with pytest.raises(StoreUnavailable) as error:
        back_up(engine, tmp_path / "kept", NOW)
    engine.close()
    assert error.value.fault is StorageFault.DAMAGED
    assert list((tmp_path / "kept").iterdir()) == []


def test_what_a_killed_program_left_is_removed_a_day_later(tmp_path: Path) -> None:
    old, journal, young = (tmp_path / f".office.db.{name}" for name in ("aa.new", "aa.new-journal", "bb.new"))
    for leftover in (old, journal, young):
        leftover.write_bytes(b"unfinished")
    for leftover in (old, journal):
        os.utime(leftover, (0, 0))
    filled(tmp_path / "office.db").close()
    assert not old.exists()
    assert not journal.exists()
    assert young.exists()
