"""A damaged page is named, written to by nothing, and replaced by a backup."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from model.backups import back_up, restore
from model.errors import StorageFault
from model.list_query import ListQuery
from model.store import open_store
from tests.examples import NOW, TODAY
from tests.faults import Case, content, posix, refused


def garble(path: Path, table: str) -> None:
    """Overwrite the page a table begins on; `sqlite_schema` is the file's first page, its header stays."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    page = found[0] if found else 1
    data = bytearray(path.read_bytes())
    start = (page - 1) * size + (100 if page == 1 else 0)
    data[start : page * size] = b"\xa5" * (page * size - start)
    path.write_bytes(data)


@pytest.mark.parametrize(
    "table", ["sqlite_schema", "price", "installation", "tariff_order", "extension", "audit", "audit_head"]
)
def test_a_damaged_page_is_named_written_to_by_nothing_and_replaced_by_a_backup(case: Case, table: str) -> None:
    copy = back_up(case.store._engine, case.path.parent / "Sicherungen", NOW)
    case.store.close()
    garble(case.path, table)
    before = content(case.path.parent)

    def open_and_order() -> None:
        with closing(open_store(case.path, create=False)) as case.store:
            case.place()

    refused(StorageFault.DAMAGED, case.path, open_and_order)
    assert content(case.path.parent) == before
    aside = restore(copy, case.path, NOW)
    assert aside
    assert aside.read_bytes() == before[case.path.name]
    case.store = open_store(case.path, create=False)
    case.again()


@posix
def test_a_page_that_is_damaged_while_open_is_named_at_the_first_read(case: Case) -> None:
    """Another process spoils the file; what is cached here is still shown, what isn't is refused."""
    with closing(sqlite3.connect(case.path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tariff_order'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with closing(open_store(case.path, create=False)) as fresh:
        spoil = (
            f"import sys; f = open(sys.argv[1], 'r+b'); f.seek({24}); f.write(b'\\0\\0\\7\\0');"
            f"f.seek({(page - 1) * size}); f.write(b'\\xa5' * {size})"
        )
        subprocess.run([sys.executable, "-c", spoil, case.path], check=True)
        refused(StorageFault.DAMAGED, case.path, lambda: fresh.account(1))
        refused(StorageFault.DAMAGED, case.path, lambda: fresh.find_installations(ListQuery(TODAY)))
        refused(StorageFault.DAMAGED, case.path, lambda: fresh.place_order(case.quote, NOW))
        refused(StorageFault.DAMAGED, case.path, lambda: case.store.place_order(case.quote, NOW))
