"""A file that is found damaged takes nothing any more, and a mistake of ours is never blamed on the file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3 as library

from model import schema, sqlite_health
from model.backups import back_up, restore
from model.errors import StorageFault, StoreUnavailable
from model.list_query import ListQuery
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Store, open_store
from tests.examples import CLERK, NOW, TODAY, dump, install, order, quote

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows locks open files")
# The page a table begins on becomes noise; another process does it, because this one would lose SQLite's lock.
SPOIL = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
(page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [sys.argv[2]]).fetchone()
(size,) = connection.execute("PRAGMA page_size").fetchone()
connection.close()
with open(sys.argv[1], "r+b") as file:
    file.seek((page - 1) * size)
    file.write(bytes([0xA5]) * size)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with a pending order and objects of each sort, closed."""
    path = tmp_path / "tarifwechsel.db"
    with closing(open_store(path)) as store:
        order(store, install(store, "P10", extensions=3, devices=1, call_flow=True), "P25")
    return path


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """The same, open."""
    with closing(open_store(path, create=False)) as store:
        yield store


@pytest.fixture(params=[MEMORY, "file"])
def engine(request: pytest.FixtureRequest, database: Callable[[str], SqliteEngine]) -> SqliteEngine:
    """An empty database of each kind that SQLite has."""
    return database(request.param)


@pytest.fixture
def as_if_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is taken for one too large to be looked at as a whole when it is opened."""
    monkeypatch.setattr(sqlite_health, "WHOLE_UP_TO", 0)


def spoil(path: Path, table: str) -> None:
    subprocess.run([sys.executable, "-c", SPOIL, path, table], check=True)


def tamper(path: Path, statement: str) -> None:
    """What another program can do: guards and constraints out of the way, and the guards back as they were."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("BEGIN")
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in guards:
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement).rowcount > 0
        for _name, sql in guards:
            connection.execute(sql)
        connection.execute("COMMIT")


def change_schema(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(statement)


def fault_of(call: Callable[[], object]) -> StorageFault:
    with pytest.raises(StoreUnavailable) as caught:
        call()
    return caught.value.fault


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """The file has the same bytes at the end, when nothing has it open here any more."""
    before = path.read_bytes()
    yield
    assert path.read_bytes() == before


def writes(store: Store) -> list[Callable[[], object]]:
    """A change of each sort."""
    wanted = quote(store, 1, "P50")
    return [
        lambda: store.place_order(wanted, NOW),
        lambda: install(store, number="K-2"),
        lambda: store.confirm_clock(NOW),
    ]


def begins(store: Store, fault: StorageFault) -> bool:
    """Whether a change is begun at all before it is refused."""
    begun = False
    with pytest.raises(StoreUnavailable) as caught, store.together():
        begun = True
    assert caught.value.fault is fault
    return begun


# ---------------------------------------------------------------------- when it is opened


def test_a_small_file_is_looked_at_as_a_whole(path: Path) -> None:
    spoil(path, "extension")
    with unchanged(path):
        assert fault_of(lambda: open_store(path, create=False)) is StorageFault.DAMAGED


@pytest.mark.usefixtures("as_if_large")
@pytest.mark.parametrize("table", sqlite_health.DECISIVE)
def test_of_a_large_file_what_decides_about_tariffs_is_looked_at_before_a_change(path: Path, table: str) -> None:
    spoil(path, table)
    with unchanged(path), closing(SqliteEngine(path, create=False)) as engine:
        store = Store(engine, CLERK)
        assert not begins(store, StorageFault.DAMAGED)
        assert not begins(store, StorageFault.DAMAGED)


@posix
@pytest.mark.usefixtures("as_if_large")
def test_a_large_file_of_an_older_schema_is_looked_at_before_it_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "older.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(__file__).with_name("schemas").joinpath("001.sql").read_text(encoding="utf-8"))
    spoil(path, "tariff_order")
    with unchanged(path):
        assert fault_of(lambda: SqliteEngine(path, create=False)) is StorageFault.DAMAGED


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER audit_not_updated",
        "DROP INDEX one_pending_order",
        "DROP TABLE device_extension",
        "ALTER TABLE device RENAME COLUMN mac TO address",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = -1",
        # SQLite names the broken entry in an error that the driver can't even read.
        "UPDATE sqlite_master SET name = CAST(x'b5' AS TEXT), sql = 'x' WHERE name = 'audit_in_order'",
    ],
)
@pytest.mark.parametrize("size", [0, sys.maxsize])
def test_a_file_that_is_not_as_the_schema_made_it_is_not_opened(
    path: Path, statement: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_health, "WHOLE_UP_TO", size)
    change_schema(path, statement)
    with unchanged(path):
        assert fault_of(lambda: SqliteEngine(path, create=False)) is StorageFault.DAMAGED


def test_the_checksum_is_that_of_the_schema(path: Path) -> None:
    with closing(SqliteEngine(path, create=False)) as engine:
        assert sqlite_health.checksum(engine._rows) == schema.CHECKSUM


@pytest.mark.usefixtures("as_if_large")
def test_a_guard_that_only_has_the_right_checksum_is_found_before_the_first_change(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_schema(path, "DROP TRIGGER audit_not_updated")
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        forged = sqlite_health.checksum(lambda sql: [dict(row) for row in connection.execute(sql)])
    monkeypatch.setattr(schema, "CHECKSUM", forged)
    with closing(open_store(path, create=False)) as store:
        assert fault_of(lambda: install(store, number="K-2")) is StorageFault.DAMAGED
    with closing(open_store(path, create=False)) as store:
        assert fault_of(store.look_over) is StorageFault.DAMAGED


def test_what_was_found_is_kept_with_the_error(path: Path) -> None:
    change_schema(path, "DROP TRIGGER audit_not_updated")
    with pytest.raises(StoreUnavailable) as caught:
        open_store(path, create=False)
    assert caught.value.__notes__ == ["trigger audit_not_updated"]


def test_what_else_was_made_in_the_file_does_no_harm_and_a_check_finds_it(path: Path) -> None:
    change_schema(path, "CREATE INDEX somebodys ON device (name)")
    with closing(open_store(path, create=False)) as store:
        store.look_over()
        install(store, number="K-2")
        assert [finding.row for finding in store.verify().findings] == ["index somebodys"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks at what the process has open")
def test_nothing_stays_open_where_there_are_no_prices_and_none_can_be_written(path: Path) -> None:
    """A copy can't take the place of what is open, on Windows."""
    tamper(path, "DELETE FROM price")
    tamper(path, "DELETE FROM price_list")
    with pytest.raises(StoreUnavailable) as caught:
        open_store(path, create=False, read_only=True)
    assert caught.value.fault is StorageFault.READ_ONLY
    assert path not in {entry.resolve() for entry in Path("/proc/self/fd").iterdir()}


# ---------------------------------------------------------------------- the whole file, a moment later


def test_prices_that_can_not_be_read_are_found_a_moment_later(path: Path) -> None:
    tamper(path, "UPDATE price_list SET valid_from = '2026-99-99' WHERE valid_from < '2027'")
    with closing(open_store(path, create=False)) as store:
        assert fault_of(store.look_over) is StorageFault.DAMAGED
        assert fault_of(lambda: store.confirm_clock(NOW)) is StorageFault.DAMAGED


@posix
@pytest.mark.usefixtures("as_if_large")
def test_a_file_that_is_found_damaged_later_takes_nothing_more(path: Path) -> None:
    with closing(open_store(path, create=False)) as store:
        acts = writes(store)
    spoil(path, "device_extension")
    with unchanged(path), closing(open_store(path, create=False)) as store:
        acts = writes(store)
        assert fault_of(store.look_over) is StorageFault.DAMAGED
        assert [fault_of(act) for act in acts] == [StorageFault.DAMAGED] * 3
        assert store.counts(TODAY).pending == 1
        assert not begins(store, StorageFault.DAMAGED)


@posix
def test_a_change_that_has_begun_when_damage_is_found_is_taken_back(path: Path) -> None:
    """The look is another thread's; what it finds holds for all."""

    def install_while_another_looks(store: Store) -> None:
        with store.together():
            install(store, number="K-2")
            spoil(path, "device_extension")
            with ThreadPoolExecutor(1) as executor:
                assert fault_of(executor.submit(store.look_over).result) is StorageFault.DAMAGED

    with closing(open_store(path, create=False)) as store:
        assert fault_of(lambda: install_while_another_looks(store)) is StorageFault.DAMAGED
        assert store.find_customer("K-2") is None


def test_a_sound_database_can_be_looked_over_again_and_again(engine: SqliteEngine) -> None:
    store = Store(engine, CLERK)
    store.load_shipped_prices()
    store.look_over()
    with store.together():
        install(store, number="K-2")
        store.look_over()
    store.look_over()
    assert store.counts(TODAY).all == 1


# ---------------------------------------------------------------------- what this program never stored


IMPOSSIBLE = {
    "UPDATE tariff_order SET previous = '{'": lambda store: store.account(1),
    "UPDATE tariff_order SET previous = '[]'": lambda store: store.account(1),
    "UPDATE tariff_order SET previous = '{}'": lambda store: store.account(1),
    "UPDATE tariff_order SET placed_at = 'gestern'": lambda store: store.account(1),
    "UPDATE tariff_order SET placed_at = '2026-11-22T09:00:00'": lambda store: store.account(1),
    "UPDATE tariff_order SET effective_on = '2026-13-01'": lambda store: store.account(1),
    "UPDATE tariff_order SET ending = 'MAYBE', ended_at = placed_at": lambda store: store.account(1),
    "UPDATE installation SET edition = 'GOLD'": lambda store: store.account(1),
    "UPDATE installation SET price_list = ''": lambda store: store.account(1),
    "UPDATE installation SET name = CAST(x'ff' AS TEXT)": lambda store: store.find_installations(ListQuery(TODAY)),
    "UPDATE extension SET kind = 'DOG'": lambda store: store.account(1),
    "UPDATE device SET created_at = ''": lambda store: store.account(1),
    "UPDATE feature_use SET feature = 'CALL'": lambda store: store.account(1),
    "UPDATE audit SET action = 'GUESS'": lambda store: store.audit_entries(1),
    "UPDATE audit SET before = 'x'": lambda store: store.audit_entries(1),
    "UPDATE outbox SET content = ''": lambda store: store.mails(1),
    "UPDATE outbox SET created_at = 'x'": lambda store: store.mails(1),
    "UPDATE price SET edition = 'GOLD'": lambda store: store.prices_on(TODAY),
    "UPDATE price_list SET valid_from = '2026-99-99' WHERE valid_from < '2027'": lambda store: store.price_lists(),
    "UPDATE audit_head SET latest_at = 'x'": lambda store: store.clock_state(NOW),
    "DELETE FROM audit_head": lambda store: store.clock_state(NOW),
}


@posix
@pytest.mark.parametrize("statement", list(IMPOSSIBLE))
def test_a_value_that_can_not_be_is_damage_and_nothing_is_written(path: Path, statement: str) -> None:
    with closing(open_store(path, create=False)) as store:
        acts = writes(store)
        tamper(path, statement)
        assert fault_of(partial(IMPOSSIBLE[statement], store)) is StorageFault.DAMAGED
        with unchanged(path):
            assert [fault_of(act) for act in acts] == [StorageFault.DAMAGED] * 3
            store.close()


@posix
@pytest.mark.parametrize("statement", ["UPDATE audit_head SET seq = seq - 1", "DELETE FROM audit_head"])
def test_a_guard_that_refuses_because_of_what_was_there_names_the_damage(path: Path, statement: str) -> None:
    """The history goes on after its head: each entry that would be added is refused."""
    with closing(open_store(path, create=False)) as store:
        tamper(path, statement)
        with unchanged(path):
            outcomes = [outcome(act) for act in writes(store)]
            store.close()
        assert outcomes == [StorageFault.DAMAGED] * 3


def outcome(act: Callable[[], object]) -> object:
    try:
        return act()
    except StoreUnavailable as error:
        return error.fault


@posix
def test_a_table_that_is_gone_is_damage(store: Store) -> None:
    with closing(sqlite3.connect(store.target)) as other:
        other.execute("DROP TABLE outbox")
    assert fault_of(lambda: store.mails(1)) is StorageFault.DAMAGED


# ---------------------------------------------------------------------- mistakes of ours


def test_a_mistake_of_ours_stays_what_it_is(engine: SqliteEngine) -> None:
    """Nothing of it is blamed on a file that is sound, and the file stays in use."""
    Store(engine, CLERK).load_shipped_prices()

    def insert_twice() -> None:
        with engine.write():
            engine.execute("INSERT INTO setting VALUES ('a', 'b')")
            engine.execute("INSERT INTO setting VALUES ('a', 'b')")

    with pytest.raises(library.OperationalError, match="no such column"):
        engine.query("SELECT typo FROM price")
    with pytest.raises(library.IntegrityError, match="UNIQUE"):
        insert_twice()
    with pytest.raises(library.IntegrityError, match="append-only"), engine.write():
        engine.execute("DELETE FROM price")
    with pytest.raises(KeyError, match="missing"):
        engine.values(lambda row: row["missing"], "SELECT code FROM price")
    with pytest.raises(ZeroDivisionError):
        engine.values(lambda row: row["net_cents"] // 0, "SELECT net_cents FROM price")
    with engine.write():
        engine.execute("INSERT INTO setting VALUES ('a', 'b')")


def test_a_mistake_beside_a_lock_is_not_looked_into(path: Path) -> None:
    """Whether the file is to blame can't be known then; the mistake is what is told."""
    with closing(SqliteEngine(path, create=False)) as engine:
        engine.query("PRAGMA busy_timeout = 0")
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(library.OperationalError, match="near"):
                engine.query("SELEC")


def test_a_mistake_after_the_end_stays_one(path: Path) -> None:
    engine = SqliteEngine(path, create=False)
    engine.close()
    with pytest.raises(library.ProgrammingError, match="closed"):
        engine.query("SELECT 1")


# ---------------------------------------------------------------------- still at its place


@posix
def test_a_file_that_is_gone_from_its_place_is_noticed_at_a_glance_and_when_it_is_back(store: Store) -> None:
    path = Path(store.target)
    store.check_place()
    aside = path.rename(path.with_name("aside.db"))
    assert fault_of(store.check_place) is StorageFault.REPLACED
    assert not begins(store, StorageFault.REPLACED)
    restore(aside, path, NOW)
    assert fault_of(store.check_place) is StorageFault.REPLACED
    aside.replace(path)
    store.check_place()
    install(store, number="K-2")


@posix
def test_a_thread_without_a_connection_sees_that_the_file_is_gone(store: Store) -> None:
    Path(store.target).unlink()
    with ThreadPoolExecutor(1) as executor:
        assert fault_of(executor.submit(store.check_place).result) is StorageFault.REPLACED


@posix
def test_what_is_only_read_is_noticed_too(path: Path) -> None:
    """Its connection is open from the start, so that no new file can get the old one's number."""
    with closing(open_store(path, create=False, read_only=True)) as store:
        before = path.stat().st_ino
        path.unlink()
        for number in range(20):
            path.with_name(f"{number}.db").touch()
            assert path.with_name(f"{number}.db").stat().st_ino != before
        assert fault_of(store.check_place) is StorageFault.REPLACED


def test_memory_is_always_at_its_place() -> None:
    with closing(open_store(MEMORY)) as store:
        store.check_place()


# ---------------------------------------------------------------------- copies


@posix
@pytest.mark.usefixtures("as_if_large")
def test_a_database_that_is_found_damaged_can_be_restored(path: Path, tmp_path: Path) -> None:
    with closing(SqliteEngine(path, create=False)) as engine:
        copy = back_up(engine, tmp_path / "kept", NOW)
        content = dump(engine)
        spoil(path, "device_extension")
        assert fault_of(engine.look_over) is StorageFault.DAMAGED
    restore(copy, path, NOW)
    with closing(SqliteEngine(path, create=False)) as engine:
        engine.look_over()
        assert dump(engine) == content
