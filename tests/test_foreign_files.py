"""What is no database of ours, or no file at all, is left as it is; a name that is no text is a name."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from model import schema
from model.backups import back_up, backups, restore
from model.errors import StorageFault
from model.store import open_store
from tests.examples import NOW, order
from tests.faults import Case, content, elsewhere, filled, linux, posix, refused, succeeds, write_other_log


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "Kundendaten ü" / "tarifwechsel.db"


def write_short(path: Path) -> None:
    path.write_bytes(b"SQLite format 3")


def write_picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 64)


def write_other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE kasse (betrag REAL)")


def write_other_program(path: Path) -> None:
    """With the same tables as ours, but another program's number."""
    open_store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 1196444487")
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


def write_newer(path: Path) -> None:
    open_store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("write", "fault"),
    [
        (Path.touch, StorageFault.EMPTY_FILE),
        (write_short, StorageFault.NOT_OURS),
        (write_picture, StorageFault.NOT_OURS),
        (write_other_database, StorageFault.NOT_OURS),
        (write_other_program, StorageFault.NOT_OURS),
        (write_other_log, StorageFault.NOT_OURS),
        (write_newer, StorageFault.NEWER),
    ],
)
def test_a_file_that_is_not_ours_gets_nothing_beside_it_either(
    path: Path, tmp_path: Path, write: Callable[[Path], None], fault: StorageFault
) -> None:
    """And once the right file is there, the same path opens."""
    path.parent.mkdir()
    write(path)
    before = content(path.parent)
    for create in (True, False):
        refused(fault, path, partial(open_store, path, create=create))
        assert content(path.parent) == before
        assert {entry.name for entry in path.parent.iterdir()} <= {path.name, f"{path.name}-journal"}
    copy = filled(tmp_path / "right.db")
    copy.store.close()
    restore(copy.path, path, NOW)
    with closing(open_store(path, create=False)) as store:
        Case(path, store, copy.quote).again()
    aside = path.with_name("tarifwechsel-replaced-20261122T090000Z.db")
    assert aside.read_bytes() == before[path.name]


def test_another_programs_database_that_is_in_use_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE kasse (betrag REAL)")
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO kasse VALUES (1.5)")
        refused(StorageFault.NOT_OURS, path, lambda: open_store(path))
        other.execute("COMMIT")
        assert other.execute("SELECT betrag FROM kasse").fetchall() == [(1.5,)]


def test_another_programs_log_that_is_in_use_is_left_alone(path: Path) -> None:
    """What it has not yet taken over from the log stays there, and no other file appears."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE kasse (betrag REAL)")
        other.execute("INSERT INTO kasse VALUES (1.5)")
        names = sorted(entry.name for entry in path.parent.iterdir())
        log = path.with_name(f"{path.name}-wal").read_bytes()
        refused(StorageFault.NOT_OURS, path, lambda: open_store(path))
        assert sorted(entry.name for entry in path.parent.iterdir()) == names
        assert path.with_name(f"{path.name}-wal").read_bytes() == log
        assert other.execute("SELECT betrag FROM kasse").fetchall() == [(1.5,)]


def test_our_database_that_a_tool_has_given_a_log_opens(case: Case) -> None:
    case.store.close()
    with closing(sqlite3.connect(case.path)) as tool:
        tool.execute("PRAGMA journal_mode = WAL")
        tool.execute("UPDATE installation SET email = 'neu@example.org'")
        tool.commit()
    case.store = open_store(case.path, create=False)
    assert case.store.account(1).installation.email == "neu@example.org"
    assert {entry.name for entry in case.path.parent.iterdir()} <= {case.path.name, f"{case.path.name}-journal"}
    order(case.store, 1, "C50")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


def link_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@posix
@pytest.mark.parametrize("make", [Path.mkdir, make_pipe, make_socket, link_device])
def test_what_is_no_file_is_no_database_and_nobody_waits_for_it(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """Whoever opens a pipe waits for somebody who writes: in a process of its own that fails in time."""
    make(tmp_path / "tarifwechsel.db")
    script = """
    for create in (True, False):
        path = folder / "tarifwechsel.db"
        refused(StorageFault.NOT_OURS, path, lambda: open_store(path, create=create))
    """
    succeeds(elsewhere(script, tmp_path))
    assert [entry.name for entry in tmp_path.iterdir()] == ["tarifwechsel.db"]


@linux
def test_a_name_that_is_no_text_is_a_name(tmp_path: Path) -> None:
    """A folder from an old Windows drive, with ü as one byte."""
    case = filled(Path(os.fsdecode(os.fsencode(tmp_path) + b"/B\xfcro #1 100%?/tarifwechsel \xe4.db")))
    copies = case.path.parent / "Sicherungen"
    copy = back_up(case.store._engine, copies, NOW)
    assert [found.orders for found in backups(copies, case.path.stem)] == [1]
    case.again()
    case.store.close()
    assert restore(copy, case.path, NOW)
    case.orders(1)
