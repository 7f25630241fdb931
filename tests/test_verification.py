"""Checking a database finds what a foreign tool changed, and names the first row that is wrong (R36)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from model.store import Store, open_store
from model.verification import Finding, Wrong
from tests.examples import install, objects, order, quote


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with three orders: superseded, cancelled, pending."""
    path = tmp_path / "tarifwechsel.db"
    store = open_store(path)
    first = install(store, "C10", 8, 8)
    order(store, first, "C25")
    placed = order(store, first, "C50")
    store.cancel_order(first, placed.order_number, "Irrtum", quote(store, first, "C25").shown_at)
    second = install(store, "C25", 4, 2, number="K-2")
    order(store, second, "C50", adding=objects(2, start=50))
    store.close()
    return path


def tamper(path: Path, *statements: str) -> None:
    """What another program may do: no guard that it can't drop."""
    with sqlite3.connect(path) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert connection.execute(statement).rowcount != 0
        for _name, sql in guards:
            connection.execute(sql)
    connection.close()


def findings(path: Path) -> list[Finding]:
    store = open_store(path)
    found = list(store.verify().findings)
    store.close()
    return found


def test_r36_an_untouched_database_is_right(path: Path) -> None:
    store = open_store(path)
    verification = store.verify()
    store.close()
    assert verification.findings == ()
    assert (verification.entries, verification.orders) == (8, 3)


def test_an_empty_database_is_right(store: Store) -> None:
    assert store.verify().findings == ()


@pytest.mark.parametrize(
    ("statement", "wrong", "row"),
    [
        ("UPDATE audit SET clerk = 'niemand' WHERE seq = 4", Wrong.CHAIN, "4"),
        ("UPDATE audit SET reason = 'anders' WHERE seq = 5", Wrong.CHAIN, "5"),
        ("DELETE FROM audit WHERE seq = 1", Wrong.GAP, "1"),
        ("DELETE FROM audit WHERE seq = 8", Wrong.HEAD, "8"),
        ("UPDATE tariff_order SET net_cents = 1 WHERE order_number = 3", Wrong.ORDER_CHANGED, "3"),
        ("UPDATE tariff_order SET effective_on = '2027-01-01' WHERE order_number = 7", Wrong.ORDER_CHANGED, "7"),
        ("UPDATE tariff_order SET mail_to = 'x@example.org' WHERE order_number = 7", Wrong.ORDER_CHANGED, "7"),
        ("UPDATE tariff_order SET reason = 'anders' WHERE order_number = 3", Wrong.ENDING, "3"),
        (
            "UPDATE tariff_order SET ending = NULL, ended_at = NULL, reason = '' WHERE order_number = 3",
            Wrong.ENDING,
            "3",
        ),
        ("UPDATE tariff_order SET order_number = 99 WHERE order_number = 7", Wrong.ORDER_LOST, "7"),
        ("DELETE FROM outbox WHERE order_number = 7", Wrong.MAIL, "7"),
        ("UPDATE installation SET extension_count = 1 WHERE customer_number = 'K-2'", Wrong.COUNT, "K-2"),
    ],
)
def test_r36_a_change_with_a_foreign_tool_is_found(path: Path, statement: str, wrong: Wrong, row: str) -> None:
    tamper(path, statement)
    assert Finding(wrong, row) in findings(path)


def test_r36_an_order_that_was_slipped_in_is_found(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(tariff_order)")]
    connection.close()
    others = ", ".join("'x'" if name == "quote_id" else "99" if name == "order_number" else name for name in names)
    tamper(path, f"INSERT INTO tariff_order SELECT {others} FROM tariff_order WHERE order_number = 3")
    assert Finding(Wrong.ORDER_UNKNOWN, "99") in findings(path)


def test_r36_a_guard_that_is_gone_or_weakened_is_found(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER audit_not_updated")
        connection.execute("DROP TRIGGER audit_not_deleted")
        connection.execute("CREATE TRIGGER audit_not_deleted BEFORE DELETE ON audit BEGIN SELECT 1; END")
    connection.close()
    assert findings(path) == [
        Finding(Wrong.FILE, "trigger audit_not_deleted"),
        Finding(Wrong.FILE, "trigger audit_not_updated"),
    ]


def test_a_reference_into_nothing_is_found(path: Path) -> None:
    tamper(path, "UPDATE device SET installation_id = 77 WHERE id = 1")
    assert Finding(Wrong.FILE, "device 1") in findings(path)
