"""Who may what on a server: the owner, a clerk and who may only look, refused by the server and said by the program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from model import schema
from model.errors import StorageFault
from model.installation import Additions, Customer, NewDevice, NewExtension
from model.list_query import ListQuery
from model.price_lists import SHIPPED
from model.provider import Provider
from model.store import Removal, open_store
from model.verification import TABLES
from tests.examples import EMAIL, NOW, TODAY, RunningClock, dump, install, midday, order, quote
from tests.postgres import Office
from tests.screen import dialog, find, settle, text
from tests.test_database_state import assert_no_change_is_possible, open_summary
from tests.test_postgres import GUARDED, fault_of
from ui.app import build
from ui.main_window import MainWindow

GUARD = """
SELECT tgname AS name FROM pg_trigger
WHERE tgrelid = CAST(:table AS regclass) AND NOT tgisinternal ORDER BY tgname LIMIT 1
"""
ROLES = SHIPPED.with_name("postgres") / "roles.sql"
GROUPS = ("tarifwechsel_clerk", "tarifwechsel_viewer")
PEOPLE = {"anna.muster": GROUPS[0], "pruefung": GROUPS[1]}


@pytest.fixture
def staffed(plot: Office) -> Iterator[Office]:
    """A database whose owner has run the script, with an account for a clerk and one for somebody who only looks."""
    with closing(open_store(plot.address)) as store:
        order(store, install(store, "C10", 3, 3), "C25")
    script = [line for line in ROLES.read_text(encoding="utf-8").splitlines() if not line.startswith("\\")]
    plot.do("\n".join(script))
    for person, group in PEOPLE.items():
        plot.do(f'CREATE ROLE "{person}" LOGIN IN ROLE {group}')
    yield plot
    for role in (*PEOPLE, *GROUPS):
        plot.do(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')


def account_of(office: Office, person: str) -> str:
    return f"{office.address}&user={person}"


def test_a_clerk_may_do_all_that_the_program_does(staffed: Office) -> None:
    with closing(open_store(account_of(staffed, "anna.muster"), create=False)) as store:
        assert not store.read_only
        installation = install(store, "P10", 3, 3, call_flow=True, number="K-2")
        store.add_objects(installation, Additions(devices=(NewDevice("Telefon", extensions=("100",)),)), NOW)
        store.change_customer(installation, Customer("K-3", "Neu GmbH", EMAIL), NOW)
        account = store.account(installation)
        store.change_extension(installation, account.extensions[0].id, NewExtension("200", "Anders"), NOW)
        store.change_device(installation, account.devices[0].id, NewDevice("Anders", extensions=("101",)), NOW)
        removed = account.extensions[1].id, account.devices[1].id
        store.remove_objects(installation, Removal(removed[:1], removed[1:]), NOW)
        order(store, installation, "P25")
        second = order(store, installation, "P50")
        store.cancel_order(installation, second.order_number, "Irrtum", NOW)
        delivery = store.outbox.claim(NOW)
        assert delivery
        store.outbox.sent(delivery, "250 OK", NOW)
        store.settings.change_provider(Provider(name="Muster Telefonie"), NOW)
        later = SHIPPED.read_text(encoding="utf-8").replace("2027-01-01", "2028-01-01")
        assert store.add_price_lists(later, NOW)
        assert store.verify().findings == ()
        assert {entry.clerk for entry in store.audit_entries(installation)} == {"anna.muster"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {0} SET {1}",
        "DELETE FROM {0}",
        "TRUNCATE {0} CASCADE",
        "DROP TRIGGER {2} ON {0}",
        "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT ({3}) DO UPDATE SET {1}",
        "ALTER TABLE {0} DISABLE TRIGGER ALL",
        "CREATE OR REPLACE FUNCTION {2}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE RULE quiet AS ON UPDATE TO {0} DO INSTEAD NOTHING",
        "CREATE TEMP TABLE {0} (seq bigint)",
        "DROP TABLE {0} CASCADE",
    ],
    ids=["update", "delete", "truncate", "trigger", "replace", "disable", "function", "rule", "temporary", "drop"],
)
def test_r36_the_server_itself_refuses_a_clerk(staffed: Office, statement: str) -> None:
    """Orders, prices and history, whatever program is used for it."""
    with (
        closing(staffed.open()) as owner,
        psycopg.connect(account_of(staffed, "anna.muster"), autocommit=True) as connection,
    ):
        before = dump(owner)
        for table, change in GUARDED.items():
            (guard,) = owner.query(GUARD, {"table": table})
            key = "price_list, code" if table == "price" else next(iter(before[table][0]))
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.IntegrityError)):
                connection.execute(statement.format(table, change, guard["name"], key).encode())
        assert dump(owner) == before
        assert owner.damage() == []


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE owner",
        "UPDATE installation SET max_extensions = 1000",
        "UPDATE installation SET tariff_code = 'pro-250'",
        "DELETE FROM installation",
        "CREATE TABLE invoice (id bigint)",
        "DROP SCHEMA {0} CASCADE",
        "ALTER ROLE CURRENT_USER CREATEROLE",
    ],
)
def test_r36_a_clerk_does_not_get_round_the_guards(staffed: Office, statement: str) -> None:
    with (
        psycopg.connect(account_of(staffed, "anna.muster"), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.format(staffed.name).encode())


def test_who_may_only_look_sees_everything_and_changes_nothing(staffed: Office) -> None:
    with closing(open_store(account_of(staffed, "pruefung"), create=False, now=NOW)) as store:
        assert (store.read_only, store.is_viewer) == (True, True)
        (row,) = store.find_installations(ListQuery(TODAY))
        assert store.account(row.id).orders
        assert store.verify().findings == ()
        assert fault_of(lambda: order(store, row.id, "C50")) is StorageFault.VIEWER


def test_the_server_itself_refuses_every_change_of_who_may_only_look(staffed: Office) -> None:
    with psycopg.connect(account_of(staffed, "pruefung"), autocommit=True) as connection:
        for table in (name.removeprefix("table ") for name in TABLES):
            found = connection.execute(f"SELECT * FROM {table}".encode())
            column = [description.name for description in found.description or ()][-1]
            for statement in (
                f"INSERT INTO {table} SELECT * FROM {table}",
                f"UPDATE {table} SET {column} = {column}",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
                f"DROP TABLE {table} CASCADE",
                f"SELECT 1 FROM {table} FOR UPDATE",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.encode())


@pytest.fixture
def looking(
    german: QApplication,  # noqa: ARG001 - has to be there first
    staffed: Office,
    qtbot: QtBot,
    settings: QSettings,
) -> Iterator[MainWindow]:
    """The window of who may only look, on a customer with an order."""
    clock = RunningClock(midday())
    with closing(open_store(account_of(staffed, "pruefung"), create=False, now=clock.now())) as store:
        window = build(store, clock, settings)
        qtbot.addWidget(window)
        window.show()
        window.choose(1)
        settle(qtbot, window)
        yield window
        window.settings_page.drafts.discard()
        assert window.close()


def test_the_window_of_who_may_only_look_says_so_and_every_change_is_off(qtbot: QtBot, looking: MainWindow) -> None:
    said = text(looking, "readOnlyText")
    assert said == (
        "Ihr Konto darf nur ansehen, nichts ändern oder bestellen. Wer mehr darf, entscheidet die Verwaltung des"
        " Servers."
    )
    assert_no_change_is_possible(looking, "Ihr Konto darf nur ansehen")
    change = open_summary(qtbot, looking)
    ordering = find(change, QPushButton, "orderButton")
    assert not ordering.isEnabled()
    assert ordering.accessibleDescription() == said
    assert text(change, "tariffChangeDialogSlowText") == said
    looking.customers.new()
    settle(qtbot, looking)
    assert not find(dialog("newCustomerDialog"), QPushButton, "newCustomerDialogSubmit").isEnabled()
    assert text(dialog("newCustomerDialog"), "newCustomerDialogSlowText") == said


def test_an_account_that_may_no_longer_write_is_told_and_nothing_is_half_there(staffed: Office) -> None:
    with closing(open_store(account_of(staffed, "anna.muster"), create=False)) as store:
        wanted, before = quote(store, 1, "C50"), store.last_entry()
        staffed.do('ALTER ROLE "anna.muster" SET default_transaction_read_only = on')
        staffed.end_sessions()
        assert fault_of(lambda: store.place_order(wanted, NOW)) is StorageFault.READ_ONLY
        assert store.last_entry() == before
        staffed.do('ALTER ROLE "anna.muster" RESET ALL')
        staffed.end_sessions()
        assert store.place_order(wanted, NOW).quote_id == wanted.quote_id


def test_who_has_no_role_is_told_so(staffed: Office) -> None:
    staffed.do("CREATE ROLE fremd LOGIN")
    try:
        assert fault_of(lambda: open_store(account_of(staffed, "fremd"))) is StorageFault.NOT_PERMITTED
    finally:
        staffed.do("DROP ROLE fremd")


def test_a_clerk_changes_no_schema(staffed: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "ALTER TABLE device ADD COLUMN remark TEXT;"))
    monkeypatch.setattr(schema, "VERSION", len(schema.MIGRATIONS))
    assert fault_of(lambda: open_store(account_of(staffed, "anna.muster"))) is StorageFault.NOT_PERMITTED
