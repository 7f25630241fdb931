"""Databases of every schema version so far open; a migration that fails changes nothing and says where the copy is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from model import schema
from model.errors import StorageFault, StoreUnavailable
from model.store import open_store
from tests.examples import NOW, install, order

SCHEMAS = Path(__file__).with_name("schemas")
ADDS_A_COLUMN = "ALTER TABLE installation ADD COLUMN remark TEXT NOT NULL DEFAULT '';"
FAILS_IN_THE_MIDDLE = f"{ADDS_A_COLUMN} ALTER TABLE no_such_table ADD COLUMN remark TEXT;"


def use(monkeypatch: pytest.MonkeyPatch, *more: str) -> None:
    """A program with further migrations."""
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, *more))
    monkeypatch.setattr(schema, "VERSION", len(schema.MIGRATIONS))


def columns(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        found = [row[1] for row in connection.execute("PRAGMA table_info(installation)")]
    connection.close()
    return found


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of the version before."""
    path = tmp_path / "office.db"
    store = open_store(path)
    order(store, install(store, "C10", 3), "C25")
    store.close()
    return path


@pytest.mark.parametrize("version", range(1, schema.VERSION + 1))
def test_a_database_of_every_version_opens(tmp_path: Path, version: int) -> None:
    path = tmp_path / "office.db"
    with sqlite3.connect(path) as connection:
        connection.executescript((SCHEMAS / f"{version:03d}.sql").read_text(encoding="utf-8"))
    connection.close()
    store = open_store(path, create=False, now=NOW)
    assert store.verify().findings == ()
    assert [entry.tariff.name for entry in store.account(1).orders] == ["Classic 25", "Classic 50"]
    store.close()


def test_a_migration_keeps_the_orders_and_a_copy_from_before(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ADDS_A_COLUMN)
    store = open_store(old, create=False, now=NOW)
    assert store.verify().findings == ()
    assert store.verify().orders == 1
    store.close()
    assert "remark" in columns(old)
    (copy,) = (old.parent / "Sicherungen").iterdir()
    assert copy.name == "office-20261122T090000Z-migration.db"
    assert "remark" not in columns(copy)


def test_a_migration_that_fails_leaves_everything_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        use(newer, FAILS_IN_THE_MIDDLE)
        with pytest.raises(StoreUnavailable) as error:
            open_store(old, create=False, now=NOW)
    assert error.value.fault is StorageFault.NOT_MIGRATED
    assert Path(error.value.place).exists()
    assert "remark" not in columns(old)
    store = open_store(old, create=False)
    assert store.verify().orders == 1
    store.close()


def test_a_migration_without_a_copy_fails_with_its_own_error(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FAILS_IN_THE_MIDDLE)
    with pytest.raises(sqlite3.OperationalError):
        open_store(old, create=False)


def test_two_programs_starting_at_once_migrate_once(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ADDS_A_COLUMN)
    with ThreadPoolExecutor(4) as executor:
        stores = list(executor.map(lambda _place: open_store(old, create=False), range(4)))
    assert all(store.verify().findings == () for store in stores)
    for store in stores:
        store.close()
    assert columns(old).count("remark") == 1


def test_a_script_is_taken_apart_where_its_statements_end() -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET n = ';'; DELETE FROM b; END;"
    script = f"\nCREATE TABLE a (n TEXT DEFAULT ';'); -- and; so on\n{trigger}\nSELECT 1"
    assert [found.strip() for found in schema.statements(script)] == [
        "CREATE TABLE a (n TEXT DEFAULT ';');", f"-- and; so on\n{trigger}", "SELECT 1"
    ]  # fmt: skip
    assert list(schema.statements("\n")) == []
