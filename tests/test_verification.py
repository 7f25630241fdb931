"""Checking a database finds what a foreign tool changed, and names the first row that is wrong (R36)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from model.audit import Action, Journal, chained_hash
from model.errors import StorageFault, StoreUnavailable
from model.import_comparison import ImportChanges
from model.import_profile import parse_profile
from model.installation import Additions, Customer, NewDevice, NewExtension, NewProFeatureUse, ProFeature
from model.price_lists import SHIPPED
from model.provider import Provider
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Store, open_store
from model.verification import Finding, Wrong
from tests.examples import CLERK, NOW, install, objects, order
from ui import i18n, labels

ANALYTICS = Additions(features=(NewProFeatureUse(ProFeature.ANALYTICS, "Auswertung"),))
TELEPHONE = Additions(devices=(NewDevice("Telefon", mac="001565aabbcc", extensions=("100", "101")),))
LATEST_PRICES = f"[[price_list]]{SHIPPED.read_text(encoding='utf-8').rpartition('[[price_list]]')[2]}"
PROFILE = 'system = "Muster"\n[recognise]\nneeds = ["Platz"]\n[columns]\nnumber = ["Platz"]'
Row = tuple[Any, ...]

# Cells whose change isn't meant to be found, and why.
NAMES = "names and addresses are in no entry, so that an erasure request can be met"
SEARCH = "follows from the name"
SENDING = "tries and leases come and go; where a mail went first and how that ended is in the history"
LIBRARY = "kept by a library; the schema itself is compared"
UNTOLD: dict[str, dict[str, tuple[str, ...]]] = {
    "installation": {NAMES: ("name", "email", "language"), SEARCH: ("sort_name", "sort_number", "search")},
    "extension": {NAMES: ("name",)},
    "device": {NAMES: ("name", "mac")},
    "feature_use": {NAMES: ("name",)},
    "delivery": {SENDING: ("tries", "next_try_at", "lease", "leased_until", "answer", "message")},
    "_sqlite_migrations": {LIBRARY: ("id", "migration_set", "name", "applied_at")},
}
UNTOLD_CELLS = {
    *(f"{table}.{name}" for table, reasons in UNTOLD.items() for names in reasons.values() for name in names),
    # Where a mail was sent again is an address that only its delivery knows; the latest one stays the latest.
    "delivery.recipient DESC",
    "delivery.id DESC",
}


def fill(path: Path) -> None:
    """A row in every table: orders superseded, cancelled and pending, objects of all sorts, a mail sent twice."""
    with closing(open_store(path)) as store:
        first = install(store, "C10", 8, 8)
        order(store, first, "C25")
        placed = order(store, first, "C50")
        store.cancel_order(first, placed.order_number, "Irrtum", NOW)
        second = install(store, "C25", 4, 2, number="K-2")
        order(store, second, "C50", adding=objects(2, start=50))
        third = install(store, "P10", 3, number="K-3", call_flow=True)
        store.add_objects(third, TELEPHONE, NOW)
        store.add_objects(third, ANALYTICS, NOW)
        store.change_customer(third, Customer("K-4", "Neu", "neu@example.org"), NOW)
        store.add_price_lists(LATEST_PRICES.replace("2027-01-01", "2027-07-01"), NOW)
        store.settings.change_provider(Provider("Muster Telefonie"), NOW)
        deliver(store)
        renamed = ((1, NewExtension("100", "Neu")),)
        changes = ImportChanges(store.account(first).installation.revision, changed_extensions=renamed)
        store.import_objects(first, changes, NOW)
        store.profiles.keep(parse_profile(PROFILE), NOW)


def deliver(store: Store) -> None:
    """One mail is sent, and again to another address; another is refused."""
    sent = store.outbox.claim(NOW)
    assert sent
    store.outbox.sent(sent, "250 OK", NOW)
    store.outbox.send_again(sent.mail.message_id, "andere@example.org", NOW)
    refused = store.outbox.claim(NOW)
    assert refused
    store.outbox.refused(refused, "550 unknown", NOW)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a filled database."""
    path = tmp_path_factory.mktemp("whole") / "tarifwechsel.db"
    fill(path)
    return path.read_bytes()


@pytest.fixture
def path(whole: bytes, tmp_path: Path) -> Path:
    """A filled database of its own."""
    path = tmp_path / "tarifwechsel.db"
    path.write_bytes(whole)
    return path


class Foreign:
    """Another program at the file: no guard that it can't drop and put back, no reference that it looks at."""

    def __init__(self, path: Path, *, guarded: bool = False) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.guards = [] if guarded else self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")

    def __enter__(self) -> Foreign:
        self.connection.execute("BEGIN IMMEDIATE")
        for name, _sql in self.guards:
            self.connection.execute(f"DROP TRIGGER {name}")
        return self

    def __exit__(self, *_error: object) -> None:
        for _name, sql in self.guards:
            self.connection.execute(sql)
        self.connection.commit()
        self.connection.close()

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Row]:
        return self.connection.execute(statement, values).fetchall()

    def do(self, statement: str) -> None:
        assert self.connection.execute(statement).rowcount > 0

    def change(self, table: str, column: str, rowid: int) -> None:
        """Another value that the constraints allow; if there is none, one that they don't."""
        for relaxed in (False, True):
            self.connection.execute(f"PRAGMA ignore_check_constraints = {relaxed}")
            if any(self.try_value(table, column, rowid, value) for value in others(column)):
                return
        raise AssertionError(f"nothing else can be in {table}.{column}")

    def try_value(self, table: str, column: str, rowid: int, value: str) -> bool:
        before = self.rows(f"SELECT {column} FROM {table}")
        try:
            self.do(f"UPDATE {table} SET {column} = {value} WHERE rowid = {rowid}")
        except sqlite3.IntegrityError:
            return False
        return self.rows(f"SELECT {column} FROM {table}") != before


def others(column: str) -> list[str]:
    """SQL of values that may stand in a column in place of what is there."""
    words = (
        "PRO",
        "CLASSIC",
        "RESOURCE",
        "APP",
        "ANALYTICS",
        "CALL_FLOW",
        "en",
        "CANCELLED",
        "REFUSED",
        "001565aabbdd",
    )
    another_year = [f"replace({column}, '2026', '2025')", f"replace({column}, '2027', '2028')"]
    longer = f"CASE typeof({column}) WHEN 'text' THEN {column} || 'x' END"
    return [*another_year, longer, *(f"'{word}'" for word in words), f"{column} + 1", "1", "99", "'x'"]


def findings(path: Path) -> list[Finding]:
    """What is found; a file that is refused is as good."""
    try:
        with closing(open_store(path, create=False)) as store:
            return list(store.verify().findings)
    except StoreUnavailable as error:
        if error.fault is not StorageFault.DAMAGED:
            raise
        return [Finding(Wrong.FILE, error.fault)]


def cells() -> list[str]:
    """Every column of every table but the text index: it tells no facts, and hides a customer from a search at most."""
    with closing(SqliteEngine(MEMORY)) as engine:
        tables = [row["name"] for row in engine.query("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [
            f"{table}.{row['name']}"
            for table in tables
            if not table.startswith(("sqlite_", "installation_text"))
            for row in engine.query(f"PRAGMA table_info({table})")
        ]


def test_r36_an_untouched_database_is_right(path: Path) -> None:
    with closing(open_store(path, create=False)) as store:
        verification = store.verify()
    assert verification.findings == ()
    assert (verification.entries, verification.orders) == (19, 3)


def test_an_empty_database_is_right(store: Store) -> None:
    assert store.verify().findings == ()


def test_r36_thousands_of_objects_are_what_the_history_vouches_for(store: Store) -> None:
    installation = install(store, "C10", 3, 3)
    numbers = [str(1000 + number) for number in range(1_500)]
    store.load_objects(
        installation,
        Additions(
            tuple(NewExtension(number, f"Nebenstelle {number}") for number in numbers),
            tuple(NewDevice(f"Gerät {number}", extensions=(number, "100")) for number in reversed(numbers)),
        ),
        NOW,
    )
    served = {device.name: device.extensions for device in store.account(installation).devices if device.extensions}
    assert served == {f"Gerät {number}": ("100", number) for number in numbers}
    assert store.verify().findings == ()


@pytest.mark.parametrize("end", ["ASC", "DESC"])
@pytest.mark.parametrize("cell", cells())
def test_r36_every_cell_that_a_foreign_tool_changes_is_found(path: Path, cell: str, end: str) -> None:
    """In the first and in the last row of each table; what isn't found is known, with the reason."""
    table, _dot, column = cell.partition(".")
    with Foreign(path) as tool:
        ((rowid,),) = tool.rows(f"SELECT rowid FROM {table} ORDER BY rowid {end} LIMIT 1")
        tool.change(table, column, rowid)
    assert bool(findings(path)) == UNTOLD_CELLS.isdisjoint({cell, f"{cell} {end}"})


@pytest.mark.parametrize(
    ("statement", "wrong", "row"),
    [
        ("UPDATE audit SET clerk = 'niemand' WHERE seq = 4", Wrong.CHAIN, "4"),
        ("UPDATE audit SET reason = 'anders' WHERE seq = 5", Wrong.CHAIN, "5"),
        ("UPDATE audit SET after = '[]' WHERE seq = 6", Wrong.CHAIN, "6"),
        ("DELETE FROM audit WHERE seq = 1", Wrong.GAP, "1"),
        ("DELETE FROM audit WHERE seq = 19", Wrong.HEAD, "19"),
        ("UPDATE audit_head SET seq = 16", Wrong.HEAD, "16"),
        ("UPDATE audit_head SET latest_at = '2026-01-01T00:00:00.000000+00:00'", Wrong.HEAD, "19"),
        ("DELETE FROM audit_head", Wrong.HEAD, "19"),
        ("UPDATE tariff_order SET net_cents = 1 WHERE order_number = 3", Wrong.ORDER_CHANGED, "3"),
        ("UPDATE tariff_order SET effective_on = '2027-01-01' WHERE order_number = 7", Wrong.ORDER_CHANGED, "7"),
        ("UPDATE tariff_order SET mail_to = 'x@example.org' WHERE order_number = 7", Wrong.ORDER_CHANGED, "7"),
        ("UPDATE tariff_order SET reason = 'anders' WHERE order_number = 3", Wrong.ENDING, "3"),
        ("UPDATE tariff_order SET ended_at = placed_at || 'x' WHERE order_number = 3", Wrong.ENDING, "3"),
        ("UPDATE tariff_order SET ending = NULL, ended_at = NULL, reason = '' WHERE reason <> ''", Wrong.ENDING, "3"),
        ("UPDATE tariff_order SET order_number = 99 WHERE order_number = 7", Wrong.ORDER_LOST, "7"),
        ("DELETE FROM outbox WHERE order_number = 7", Wrong.MAIL, "7"),
        ("UPDATE outbox SET content = replace(content, 'K-2', 'K-1')", Wrong.MAIL, "7"),
        ("UPDATE outbox SET content = replace(content, ': 7,', ': 3,')", Wrong.MAIL, "7"),
        ("UPDATE outbox SET recipient = 'x@example.org' WHERE order_number = 7", Wrong.MAIL, "7"),
        ("DELETE FROM delivery WHERE recipient <> 'andere@example.org'", Wrong.MAIL, "7"),
        ("UPDATE delivery SET ending = 'SENT', ended_at = requested_at WHERE ending IS NULL", Wrong.MAIL, "7"),
        ("UPDATE price SET net_cents = net_cents - 1 WHERE price_list = '2027-01-01'", Wrong.PRICES, "2027-01-01"),
        ("UPDATE price_list SET vat_bp = 700 WHERE valid_from = '2026-01-01'", Wrong.PRICES, "2026-01-01"),
        ("DELETE FROM price WHERE price_list = '2027-07-01' AND code = 'pro-10'", Wrong.PRICES, "2027-07-01"),
        ("INSERT INTO price_list SELECT '2028-01-01', vat_bp, '' FROM price_list LIMIT 1", Wrong.PRICES, "2028-01-01"),
        ("UPDATE installation SET net_cents = 1 WHERE customer_number = 'K-2'", Wrong.TARIFF, "K-2"),
        ("UPDATE installation SET max_devices = 250 WHERE customer_number = 'K-2'", Wrong.TARIFF, "K-2"),
        ("UPDATE installation SET revision = 9 WHERE customer_number = 'K-2'", Wrong.CUSTOMER, "K-2"),
        ("UPDATE installation SET customer_number = 'K-9' WHERE customer_number = 'K-2'", Wrong.CUSTOMER, "K-9"),
        ("DELETE FROM installation WHERE customer_number = 'K-2'", Wrong.CUSTOMER_LOST, "2"),
        ("UPDATE installation SET extension_count = 1 WHERE customer_number = 'K-2'", Wrong.COUNT, "K-2"),
        ("UPDATE extension SET created_at = '2020-01-01T00:00:00.000000+00:00' WHERE id = 9", Wrong.OBJECTS, "K-2"),
        ("DELETE FROM device_extension WHERE extension_id = (SELECT max(id) - 1 FROM extension)", Wrong.OBJECTS, "K-4"),
        ("UPDATE setting SET value = '{}'", Wrong.SETTING, "provider"),
        ("DELETE FROM import_kept", Wrong.IMPORT, "18"),
        ("UPDATE import_profile SET name = 'Anders'", Wrong.PROFILE, "Muster"),
    ],
)  # fmt: skip
def test_r36_a_change_with_a_foreign_tool_is_found(path: Path, statement: str, wrong: Wrong, row: str) -> None:
    with Foreign(path) as tool:
        tool.do(statement)
    assert Finding(wrong, row) in findings(path)


def slipped_in(table: str, **values: str) -> str:
    """A statement that inserts a copy of a table's first row with other values, by the rows' columns."""
    with closing(SqliteEngine(MEMORY)) as engine:
        names = [row["name"] for row in engine.query(f"PRAGMA table_info({table})")]
    return f"INSERT INTO {table} SELECT {', '.join(values.get(name, name) for name in names)} FROM {table} LIMIT 1"


@pytest.mark.parametrize(
    ("statement", "wrong", "row"),
    [
        (slipped_in("tariff_order", order_number="99", quote_id="'x'"), Wrong.ORDER_UNKNOWN, "99"),
        (slipped_in("outbox", message_id="'x'"), Wrong.MAIL, "2"),
        (slipped_in("delivery", id="NULL"), Wrong.MAIL, "2"),
        (slipped_in("installation", id="NULL", customer_number="'K-9'"), Wrong.CUSTOMER, "K-9"),
        (slipped_in("audit", seq="20", hash="'x'"), Wrong.CHAIN, "20"),
        (slipped_in("audit", seq="0", hash="'x'"), Wrong.GAP, "1"),
        (slipped_in("price", code="'pro-11'"), Wrong.PRICES, "2026-01-01"),
        (slipped_in("setting", name="'x'"), Wrong.SETTING, "x"),
        (slipped_in("device_extension", device_id="1", extension_id="1"), Wrong.OBJECTS, "K-1"),
    ],
)
def test_r36_a_row_that_was_slipped_in_is_found(path: Path, statement: str, wrong: Wrong, row: str) -> None:
    with Foreign(path) as tool:
        tool.do(statement)
    assert Finding(wrong, row) in findings(path)


@pytest.mark.parametrize("table", sorted({cell.partition(".")[0] for cell in cells()} - {"_sqlite_migrations"}))
def test_r36_a_row_that_was_deleted_is_found(path: Path, table: str) -> None:
    with Foreign(path) as tool:
        tool.do(f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})")
    assert findings(path)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM extension WHERE id = 3",
        "DELETE FROM device WHERE id = 3",
        "DELETE FROM feature_use WHERE installation_id = 3",
        slipped_in("extension", id="NULL", number="'999'"),
        slipped_in("device", id="NULL"),
        slipped_in("feature_use", id="NULL", feature="'DESKTOP_CLIENT'", extension_id="17"),
    ],
)
def test_r36_an_object_that_came_or_went_stays_found(path: Path, statement: str) -> None:
    """With guards and counters in place, and also once the program has changed the objects itself."""
    with Foreign(path, guarded=True) as tool:
        tool.do(statement)
    wrong = [Finding(Wrong.OBJECTS, number) for number in ("K-1", "K-4")]
    assert [entry for entry in findings(path) if entry in wrong] == findings(path) != []
    with closing(open_store(path, create=False)) as store:
        for installation in (1, 3):
            store.load_objects(installation, objects(1, 1, start=500), NOW)
    assert findings(path)[0] in wrong


def test_r36_a_guard_that_is_gone_or_weakened_is_found(path: Path) -> None:
    with closing(open_store(path, create=False)) as store:
        with Foreign(path, guarded=True) as tool:
            tool.rows("DROP TRIGGER audit_not_updated")
            tool.rows("DROP TRIGGER audit_not_deleted")
            tool.rows("CREATE TRIGGER audit_not_deleted BEFORE DELETE ON audit BEGIN SELECT 1; END")
        assert store.verify().findings == (
            Finding(Wrong.FILE, "trigger audit_not_deleted"),
            Finding(Wrong.FILE, "trigger audit_not_updated"),
        )


def test_a_table_that_is_another_is_found_and_not_asked(path: Path) -> None:
    with closing(open_store(path, create=False)) as store:
        with Foreign(path) as tool:
            tool.rows("ALTER TABLE outbox DROP COLUMN content")
        assert store.verify().findings == (Finding(Wrong.FILE, "table outbox"),)


def test_a_table_that_is_not_ours_is_found(path: Path) -> None:
    with Foreign(path) as tool:
        tool.rows("CREATE TABLE notes (text)")
        tool.do("UPDATE installation SET revision = 9 WHERE id = 2")
    assert findings(path) == [Finding(Wrong.FILE, "table notes"), Finding(Wrong.CUSTOMER, "K-2")]


def test_a_reference_into_nothing_is_found(path: Path) -> None:
    with Foreign(path) as tool:
        tool.do("UPDATE device SET installation_id = 77 WHERE id = 1")
    assert Finding(Wrong.FILE, "device 1") in findings(path)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("wrong", list(Wrong))
def test_every_finding_has_words(wrong: Wrong, language: str) -> None:
    with i18n.speaking(language):
        assert labels.finding(Finding(wrong, "7")) != labels.finding(Finding(Wrong.GAP, "8"))
        for row in ("2026-01-01", "\N{SUPERSCRIPT TWO}", "{row}", ""):
            assert labels.finding(Finding(wrong, row))


def test_a_finding_says_numbers_and_days_as_people_do() -> None:
    with i18n.speaking("de"):
        assert labels.finding(Finding(Wrong.ORDER_LOST, "7")) == "Die Bestellung TW-000007 fehlt."
        assert "ab 01.01.2026 fehlt" in labels.finding(Finding(Wrong.PRICES, "2026-01-01"))
        assert labels.finding(Finding(Wrong.TARIFF, "100423")) == "Kunde 100423: Der erste Tarif wurde geändert."


# Before there were digests


def without_digests(path: Path) -> None:
    """As an earlier program would have written it; the chain is right."""
    with Foreign(path) as tool:
        names = [row[1] for row in tool.rows("PRAGMA table_info(audit)")]
        previous = ""
        for values in tool.rows("SELECT * FROM audit ORDER BY seq"):
            entry = dict(zip(names, values, strict=True))
            after = json.loads(entry["after"])
            kept = {
                name: value for name, value in after.items() if name not in ("digests", "mail_digest", "kept_digest")
            }
            entry["after"] = json.dumps(kept)
            del entry["hash"]
            previous = chained_hash(previous, entry)
            tool.rows("UPDATE audit SET after = ?, hash = ? WHERE seq = ?", (entry["after"], previous, entry["seq"]))
        tool.rows("UPDATE audit_head SET hash = ?", (previous,))


@pytest.fixture
def older(path: Path) -> Path:
    """A database of a program that knew no digests."""
    with Foreign(path) as tool:
        for table in ("setting", "import_kept", "import_profile"):
            tool.do(f"DELETE FROM {table}")
    without_digests(path)
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE installation SET net_cents = 1, customer_number = 'K-9' WHERE id = 2",
        "UPDATE price SET net_cents = 1",
        "UPDATE extension SET created_at = '2020-01-01T00:00:00.000000+00:00'",
        "UPDATE outbox SET language = 'en'",
    ],
)
def test_r36_what_older_entries_do_not_vouch_for_is_no_finding(older: Path, statement: str) -> None:
    assert findings(older) == []
    with Foreign(older) as tool:
        tool.do(statement)
    assert findings(older) == []


def test_r36_counts_of_objects_are_in_the_oldest_entries(older: Path) -> None:
    with Foreign(older, guarded=True) as tool:
        tool.do("DELETE FROM device WHERE id = 3")
    assert findings(older) == [Finding(Wrong.OBJECTS, "K-1")]


def test_r36_a_change_vouches_for_what_older_entries_did_not(older: Path) -> None:
    with closing(open_store(older, create=False)) as store:
        store.add_price_lists(LATEST_PRICES.replace("2027-01-01", "2028-01-01"), NOW)
        store.load_objects(2, objects(1, start=500), NOW)
    with Foreign(older) as tool:
        tool.do("UPDATE price SET net_cents = 1 WHERE price_list = '2026-01-01'")
        tool.do("UPDATE extension SET kind = 'RESOURCE' WHERE installation_id = 2")
    assert findings(older) == [Finding(Wrong.PRICES, "2026-01-01"), Finding(Wrong.OBJECTS, "K-2")]


def test_r36_a_database_of_the_first_schema_that_can_only_be_read_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "tarifwechsel.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(__file__).with_name("schemas").joinpath("001.sql").read_text(encoding="utf-8"))
    with closing(open_store(path, create=False, read_only=True)) as store:
        verification = store.verify()
    assert (verification.orders, verification.findings) == (2, ())


# What no program would store

SENSELESS: tuple[dict[str, object], ...] = (
    {},
    {"order": None, "digest": None, "message_id": None, "extension_count": None, "digests": None},
    {"order": [3], "digest": [], "mail_digest": {}, "message_id": {}, "extension_count": "8", "digests": []},
    {"order": "3", "extensions": 5, "features": {}, "digests": {"price_lists": 3, "settings": 3, "objects": []}},
    {"order": 3.5, "digests": {"price_lists": {"": None}, "settings": {}, "customer": 1, "tariff": 2}},
)


@pytest.mark.parametrize("installation", [None, 2])
@pytest.mark.parametrize("facts", SENSELESS, ids=range(len(SENSELESS)))
@pytest.mark.parametrize("action", list(Action))
def test_r36_an_entry_that_says_nothing_sensible_ends_nothing(
    action: Action, facts: dict[str, object], installation: int | None
) -> None:
    """The chain of hashes is right: the entry was made by what knows how."""
    with closing(SqliteEngine(MEMORY)) as engine:
        store, journal = Store(engine, CLERK), Journal(engine, CLERK)
        store.load_shipped_prices()
        for number in ("K-1", "K-2", "K-3"):
            order(store, install(store, extensions=1, number=number), "C25")
        journal.append(action, NOW, installation, before=facts, after=facts)
        assert {entry.wrong for entry in store.verify().findings}.isdisjoint({Wrong.FILE, Wrong.GAP, Wrong.HEAD})


GARBAGE = (
    "NULL",
    "x'00ff'",
    "CAST(x'ff' AS TEXT)",
    "-1.5",
    "9e999",
    "''",
    "'{'",
    "'[1]'",
    "char(0)",
    f"'{'[' * 10_000}'",
    r"""'{"order_number": "\ud800"}'""",
)


def lax(path: Path) -> Foreign:
    """A tool that believes that anything may stand in any column; for everybody else the schema is as before."""
    relax = """UPDATE sqlite_master SET sql = replace(replace(replace(sql, ' STRICT', ''),
               'TEXT NOT NULL', 'TEXT'), 'INTEGER NOT NULL', 'INTEGER') WHERE name = ?"""
    with closing(sqlite3.connect(path, isolation_level=None)) as before:
        before.execute("PRAGMA writable_schema = ON")
        tables = before.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        before.executemany(relax, [(name,) for name, _sql in tables])
        tool = Foreign(path)
        tool.rows("PRAGMA ignore_check_constraints = ON")
        tool.rows("PRAGMA synchronous = OFF")
        before.executemany("UPDATE sqlite_master SET sql = ? WHERE name = ?", [(sql, name) for name, sql in tables])
    return tool


def garbled(tool: Foreign, cell: str) -> Iterator[str]:
    """A cell with one impossible value after the other; then as it was."""
    table, _dot, column = cell.partition(".")
    ((rowid, kept),) = tool.rows(f"SELECT rowid, {column} FROM {table} ORDER BY rowid DESC LIMIT 1")
    tool.connection.text_factory = bytes  # what is no text can be read back
    for value in GARBAGE:
        if tool.try_value(table, column, rowid, value):
            yield value
        tool.rows(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (kept, rowid))
    tool.connection.text_factory = str


@pytest.mark.parametrize("table", sorted({cell.partition(".")[0] for cell in cells()}))
def test_r36_garbled_content_is_named_or_the_file_is_damaged(path: Path, table: str) -> None:
    """Never an error that nobody expects."""
    unnamed = []
    with closing(open_store(path, create=False)) as store, lax(path) as tool:
        tool.connection.commit()
        guards = {f"trigger {name}" for name, _sql in tool.guards}
        for cell in (cell for cell in cells() if cell.startswith(f"{table}.")):
            for value in garbled(tool, cell):
                try:
                    found = {entry.row for entry in store.verify().findings} - guards
                except StoreUnavailable as error:
                    found = {str(error.fault)} & {str(StorageFault.DAMAGED)}
                if not found and UNTOLD_CELLS.isdisjoint({cell, f"{cell} DESC"}):
                    unnamed.append(f"{cell} {value[:20]}")
        assert {entry.row for entry in store.verify().findings} == guards
    assert unnamed == []
