"""A database file that is opened right, and what each fault of a file or a disk leads to."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from model import schema, sqlite_connections
from model.errors import StorageFault, StoreUnavailable
from model.list_query import ListQuery
from model.refusals import InvalidInput
from model.sqlite_engine import MEMORY, SqliteEngine
from model.sqlite_file import WORDS, check_ours, name_without_replacing, translated
from model.store import Store, open_store
from tests.examples import CLERK, TODAY, dump, install, order

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions and locks open files")
ROOT = Path(__file__).parents[1]
KNOWN = schema.MIGRATIONS
MUCH = "UPDATE installation SET search = hex(zeroblob(50000)) WHERE id = 1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database may be; one with an order is there after `filled`."""
    return tmp_path / "tarifwechsel.db"


@pytest.fixture
def filled(path: Path) -> Path:
    """A database of ours with an installation and an order, closed."""
    store = open_store(path)
    order(store, install(store, extensions=3), "C25")
    store.close()
    return path


@pytest.fixture(params=[MEMORY, "file"])
def engine(request: pytest.FixtureRequest, database: Callable[[str], SqliteEngine]) -> SqliteEngine:
    """An empty database of each kind that SQLite has."""
    return database(request.param)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections opened from now on don't wait for a lock."""
    monkeypatch.setattr(sqlite_connections, "TIMEOUT_S", 0.0)


def fault_of(call: Callable[[], object]) -> StorageFault:
    with pytest.raises(StoreUnavailable) as caught:
        call()
    return caught.value.fault


@contextmanager
def other_program(script: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """A second process that has run a script over a database and now waits; killed at the end."""
    waiting = f"{script}\nprint('ready', flush=True)\nsys.stdin.read()"
    start = "import sys\nfrom pathlib import Path\npath = Path(sys.argv[1])\n"
    command = [sys.executable, "-c", start + waiting, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def raw(path: Path) -> sqlite3.Connection:
    """The file as another program opens it."""
    return sqlite3.connect(path, isolation_level=None, timeout=0)


def healthy(path: Path) -> bool:
    engine = SqliteEngine(path, create=False)
    checks = engine.query("PRAGMA integrity_check"), engine.query("PRAGMA foreign_key_check")
    engine.close()
    return checks == ([{"integrity_check": "ok"}], [])


# Opened right


def test_pragmas_are_set(engine: SqliteEngine) -> None:
    def pragma(name: str) -> object:
        return engine.query(f"PRAGMA {name}")[0][name]

    assert pragma("journal_mode") == ("memory" if engine.target == MEMORY else "truncate")
    assert (pragma("synchronous"), pragma("foreign_keys"), pragma("trusted_schema")) == (2, 1, 0)
    assert (pragma("application_id"), pragma("user_version")) == (schema.APPLICATION_ID, schema.VERSION)


def test_every_table_is_strict(engine: SqliteEngine) -> None:
    foreign = ("sqlite_", "_sqlite_", "installation_text")
    tables = [row for row in engine.query("PRAGMA table_list") if not row["name"].startswith(foreign)]
    assert len(tables) == 15
    assert [row["name"] for row in tables if not row["strict"]] == []


def test_every_thread_has_these_pragmas(filled: Path) -> None:
    engine = SqliteEngine(filled)
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.extend(engine.query("PRAGMA foreign_keys")))
    thread.start()
    thread.join()
    engine.close()
    assert found == [{"foreign_keys": 1}]


@posix
def test_a_new_database_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "Kundendaten" / "Größe #1 100%?.db"
    open_store(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_is_left_beside_a_new_database(path: Path) -> None:
    open_store(path).close()
    assert {entry.name for entry in path.parent.iterdir()} <= {path.name, f"{path.name}-journal"}


def test_what_was_stored_is_there_again(filled: Path) -> None:
    store = open_store(filled, create=False)
    (row,) = store.find_installations(ListQuery(TODAY))
    assert row.pending
    assert store.target == str(filled)
    store.close()
    assert healthy(filled)


# Files that aren't ours


def write_text(path: Path) -> None:
    path.write_text("Das ist keine Datenbank. " * 100, encoding="utf-8")


def write_foreign(path: Path) -> None:
    connection = raw(path)
    connection.execute("CREATE TABLE kasse (betrag REAL)")
    connection.close()


def write_newer(path: Path) -> None:
    open_store(path).close()
    connection = raw(path)
    connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()


def write_damaged(path: Path) -> None:
    open_store(path).close()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def write_truncated(path: Path) -> None:
    open_store(path).close()
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize(
    ("write", "fault"),
    [
        (Path.touch, StorageFault.EMPTY_FILE),
        (write_text, StorageFault.NOT_OURS),
        (write_foreign, StorageFault.NOT_OURS),
        (write_newer, StorageFault.NEWER),
        (write_damaged, StorageFault.DAMAGED),
        (write_truncated, StorageFault.DAMAGED),
    ],
)
def test_a_file_that_can_not_be_used_stays_as_it_is(
    path: Path, write: Callable[[Path], None], fault: StorageFault, create: bool
) -> None:
    write(path)
    before = path.read_bytes()
    assert fault_of(lambda: open_store(path, create=create)) is fault
    assert path.read_bytes() == before


def test_a_file_that_is_missing_is_not_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "weg" / "tarifwechsel.db"
    with pytest.raises(StoreUnavailable) as caught:
        open_store(path, create=False)
    assert (caught.value.fault, caught.value.place) == (StorageFault.MISSING, str(path))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert fault_of(lambda: open_store(tmp_path)) is StorageFault.NOT_OURS
    assert list(tmp_path.iterdir()) == []


def test_no_database_can_be_made_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "datei").touch()
    assert fault_of(lambda: open_store(tmp_path / "datei" / "tarifwechsel.db")) is StorageFault.NO_ACCESS


@contextmanager
def without_privileges() -> Iterator[None]:
    """Nobody may write everywhere: even a test run by root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A database with an installation that everyone may read and nobody may write."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "tarifwechsel.db"
        store = open_store(path)
        install(store)
        store.close()
        path.chmod(0o444)
        folder.chmod(0o555)
        yield path
        folder.chmod(0o700)


@posix
def test_a_read_only_file_can_still_be_read(read_only: Path) -> None:
    with without_privileges():
        store = open_store(read_only, create=False)
        assert store.counts(TODAY).all == 1
        assert fault_of(lambda: install(store, number="K-2")) is StorageFault.READ_ONLY
        store.close()


@posix
def test_a_file_without_permission(read_only: Path) -> None:
    read_only.chmod(0o000)
    with without_privileges():
        assert fault_of(lambda: open_store(read_only, create=False)) is StorageFault.NO_ACCESS


# While it is open


def test_a_failed_statement_of_ours_is_no_fault_of_the_disk(engine: SqliteEngine) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        engine.query("SELECT * FROM missing")


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (5, StorageFault.BUSY),
        (261, StorageFault.BUSY),  # BUSY_RECOVERY
        (8, StorageFault.READ_ONLY),
        (1544, StorageFault.READ_ONLY),  # READONLY_DIRECTORY
        (1032, StorageFault.REPLACED),  # READONLY_DBMOVED
        (10, StorageFault.WRITE_FAILED),
        (266, StorageFault.NO_ACCESS),  # IOERR_READ
        (778, StorageFault.WRITE_FAILED),  # IOERR_WRITE
        (1034, StorageFault.WRITE_FAILED),  # IOERR_FSYNC
        (522, StorageFault.DAMAGED),  # IOERR_SHORT_READ
        (8458, StorageFault.DAMAGED),  # IOERR_CORRUPTFS
        (11, StorageFault.DAMAGED),
        (779, StorageFault.DAMAGED),  # CORRUPT_INDEX
        (13, StorageFault.FULL),
        (14, StorageFault.NO_ACCESS),
    ],
)
def test_what_sqlite_says_is_a_fault(code: int, fault: StorageFault) -> None:
    """In full or, as some builds do, with nothing but the last eight bits."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    assert fault_of(partial(fail, error)) is fault


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ENOSPC, StorageFault.FULL),
        (errno.EDQUOT, StorageFault.FULL),
        (errno.EIO, StorageFault.WRITE_FAILED),
        (errno.EROFS, StorageFault.NO_ACCESS),
        (errno.EACCES, StorageFault.NO_ACCESS),
        (None, StorageFault.NO_ACCESS),
    ],
)
def test_what_the_operating_system_says_is_a_fault(number: int | None, fault: StorageFault) -> None:
    assert fault_of(partial(fail, OSError(number, "what it says"))) is fault


@pytest.mark.parametrize(("words", "fault"), WORDS.items())
def test_what_sqlite_says_without_a_code_is_the_same_fault(words: str, fault: StorageFault) -> None:
    assert fault_of(partial(fail, sqlite3.OperationalError(words))) is fault
    with pytest.raises(sqlite3.OperationalError, match="near"):
        fail(sqlite3.OperationalError('near "SELEC": syntax error'))


def fail(error: Exception) -> None:
    with translated("tarifwechsel.db"):
        raise error


@posix
def test_a_database_that_was_moved_away_takes_no_order(filled: Path) -> None:
    store = open_store(filled)
    aside = filled.rename(filled.with_name("aside.db"))
    before = aside.read_bytes()
    assert fault_of(lambda: install(store, number="K-2")) is StorageFault.REPLACED
    store.close()
    assert aside.read_bytes() == before
    assert not filled.exists()


@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
@pytest.mark.usefixtures("impatient")
def test_another_writer_is_waited_for_and_named(filled: Path, statement: str) -> None:
    engine = SqliteEngine(filled)
    store, before = Store(engine, CLERK), dump(engine)
    hold = f"from sqlite3 import connect\nc = connect(path, isolation_level=None)\nc.execute('{statement}')"
    with other_program(hold, filled):
        assert fault_of(lambda: install(store, number="K-2")) is StorageFault.BUSY
        if statement == "BEGIN EXCLUSIVE":
            assert fault_of(lambda: store.counts(TODAY)) is StorageFault.BUSY
            assert fault_of(lambda: open_store(filled)) is StorageFault.BUSY
    assert dump(engine) == before
    install(store, number="K-2")
    store.close()


@pytest.mark.usefixtures("impatient")
def test_a_reader_that_does_not_end_lets_nothing_half_be_written(filled: Path) -> None:
    engine = SqliteEngine(filled)
    store, before = Store(engine, CLERK), dump(engine)
    reader = raw(filled)
    rows = reader.execute("SELECT * FROM price")
    assert rows.fetchone()
    assert fault_of(lambda: install(store, number="K-2")) is StorageFault.BUSY
    rows.close()
    assert dump(engine) == before
    install(store, number="K-2")
    reader.close()
    store.close()


def test_a_full_disk_takes_nothing_or_all(filled: Path) -> None:
    engine = SqliteEngine(filled)
    store, before = Store(engine, CLERK), dump(engine)
    (pages,) = engine.query("PRAGMA page_count")
    engine.query(f"PRAGMA max_page_count = {pages['page_count']}")
    assert fault_of(lambda: install(store, "C250", 250, 250, number="K-2")) is StorageFault.FULL
    assert dump(engine) == before
    engine.query("PRAGMA max_page_count = 100000")
    install(store, "C250", 250, 250, number="K-2")
    store.close()
    assert healthy(filled)


def test_a_full_disk_in_a_transaction_that_sqlite_ended_itself(filled: Path) -> None:
    engine = SqliteEngine(filled)
    before = dump(engine)
    engine.query("PRAGMA max_page_count = 1")

    def write_much() -> None:
        with engine.write():
            engine.execute(MUCH)

    assert fault_of(write_much) is StorageFault.FULL
    assert dump(engine) == before
    engine.close()


def test_a_killed_program_leaves_nothing_half(filled: Path) -> None:
    engine = SqliteEngine(filled)
    before, stored = dump(engine), filled.read_bytes()
    engine.close()
    act = """
from model.sqlite_engine import SqliteEngine
engine = SqliteEngine(path)
engine.execute("PRAGMA cache_size = 2")
transaction = engine.write()
transaction.__enter__()
engine.execute("UPDATE installation SET name = 'halb', search = hex(zeroblob(50000))")
engine.execute("UPDATE extension SET name = 'halb'")
"""
    with other_program(act, filled) as process:
        process.kill()
    assert filled.read_bytes() != stored
    assert filled.with_name(f"{filled.name}-journal").stat().st_size
    engine = SqliteEngine(filled, create=False)
    assert dump(engine) == before
    engine.close()
    assert healthy(filled)


def test_a_file_that_is_being_written_is_never_called_damaged(filled: Path) -> None:
    act = """
import sqlite3, threading
db = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
db.executescript("PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF")
def grow():
    db.executescript("BEGIN IMMEDIATE; CREATE TABLE big AS SELECT zeroblob(400000) AS zeros; COMMIT")
    db.executescript("BEGIN IMMEDIATE; DROP TABLE big; COMMIT; VACUUM")
def for_ever():
    while True:
        grow()
grow()
threading.Thread(target=for_ever, daemon=True).start()
"""
    with other_program(act, filled):
        for _ in range(4000):
            check_ours(filled)


def test_a_change_by_another_connection_is_noticed(filled: Path) -> None:
    mine, other = open_store(filled), open_store(filled)
    before = mine.data_version()
    mine.counts(TODAY)
    install(mine, number="K-2")
    assert mine.data_version() == before
    install(other, number="K-3")
    assert mine.data_version() != before
    mine.close()
    other.close()


@pytest.mark.usefixtures("impatient")
def test_every_thread_has_its_connection_to_a_file(filled: Path) -> None:
    engine = SqliteEngine(filled)
    store, faults = Store(engine, CLERK), []

    def act() -> None:
        faults.append(fault_of(lambda: install(store, number="K-3")))

    with engine.write():
        install(store, number="K-2")
        thread = threading.Thread(target=act)
        thread.start()
        thread.join()
    assert faults == [StorageFault.BUSY]
    store.close()


def test_threads_share_memory_and_wait_for_each_other() -> None:
    engine = SqliteEngine(MEMORY)
    store, seen = Store(engine, CLERK), []
    thread = threading.Thread(target=lambda: seen.append(store.counts(TODAY).all))
    with engine.write():
        install(store, number="K-2")
        thread.start()
        install(store, number="K-3")
    thread.join()
    assert seen == [2]
    store.close()


# All or nothing


def test_nested_writes_are_one(store: Store, engine: SqliteEngine) -> None:
    before = dump(engine)

    def fail_after_two() -> None:
        with engine.write():
            install(store, number="K-1")
            with engine.write():
                install(store, number="K-2")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_after_two()
    assert dump(engine) == before
    with engine.write():
        first = install(store, number="K-1")
        second = install(store, number="K-2")
    assert (first, second) == (1, 2)


def test_a_refusal_inside_ends_the_transaction(store: Store, engine: SqliteEngine) -> None:
    with suppress(InvalidInput):
        install(store, number="")
    with suppress(InvalidInput):
        install(store, number="K-1", extensions=1, call_flow=True, name="")
    assert store.counts(TODAY).all == 0
    with engine.write():
        assert engine.execute("DELETE FROM extension") == 0


def test_an_empty_list_of_rows_is_nothing(engine: SqliteEngine) -> None:
    with engine.write():
        engine.insert_many("extension", [])


# Made and brought up to date


def test_two_programs_make_one_database(path: Path) -> None:
    act = "from model.store import open_store\nimport sys\nfrom pathlib import Path\nopen_store(Path(sys.argv[1]))"
    command = [sys.executable, "-c", act, str(path)]
    programs = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [program.wait() for program in programs] == [0, 0, 0]
    assert healthy(path)
    store = open_store(path, create=False)
    assert len(store.price_lists()) == 2
    store.close()


def test_a_database_is_never_replaced_by_a_new_one(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.write_text("mine", encoding="utf-8")
    other.write_text("other", encoding="utf-8")
    name_without_replacing(mine, other)
    assert other.read_text(encoding="utf-8") == "other"


def use(monkeypatch: pytest.MonkeyPatch, migration: str) -> None:
    """A program that knows the migrations there are and this one."""
    monkeypatch.setattr(schema, "MIGRATIONS", (*KNOWN, migration))
    monkeypatch.setattr(schema, "VERSION", len(schema.MIGRATIONS))


@pytest.fixture
def outdated(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The filled database, for a program that knows one more migration."""
    use(monkeypatch, "CREATE TABLE further (id INTEGER PRIMARY KEY) STRICT;")
    return filled


def test_an_older_database_is_brought_up_to_date(outdated: Path) -> None:
    engine = SqliteEngine(outdated)
    assert engine.query("PRAGMA user_version") == [{"user_version": schema.VERSION}]
    assert (engine.query("SELECT * FROM further"), len(dump(engine)["tariff_order"])) == ([], 1)
    engine.close()
    assert healthy(outdated)


def test_a_migration_that_fails_changes_nothing(outdated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = outdated.read_bytes()
    use(monkeypatch, "CREATE TABLE half (id INTEGER); SELECT missing;")
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        SqliteEngine(outdated)
    assert outdated.read_bytes() == before


def test_a_full_disk_stops_a_migration(outdated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = outdated.read_bytes()
    full = f"PRAGMA max_page_count = 1; {MUCH};"
    use(monkeypatch, full)
    assert fault_of(lambda: SqliteEngine(outdated)) is StorageFault.FULL
    assert outdated.read_bytes() == before


def test_two_programs_bring_a_database_up_to_date_once(outdated: Path) -> None:
    """This thread holds the lock and migrates after the other has seen that the schema is old."""
    seen_old, failures = threading.Event(), []

    def notice(frame: FrameType, event: str, _argument: object) -> None:
        if event == "return" and frame.f_code.co_name == "_user_version":
            seen_old.set()

    def start_other() -> None:
        sys.setprofile(notice)
        try:
            SqliteEngine(outdated).close()
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    other = threading.Thread(target=start_other)
    connection = raw(outdated)
    connection.execute("BEGIN IMMEDIATE")
    other.start()
    assert seen_old.wait(10)
    schema.migrations().apply(Database(connection))
    connection.execute(f"PRAGMA user_version = {schema.VERSION}")
    connection.execute("COMMIT")
    other.join()
    connection.close()
    assert failures == []
    assert healthy(outdated)


@pytest.mark.parametrize("replaced", [True, False])
def test_a_thread_that_comes_later_does_not_take_another_file(tmp_path: Path, replaced: bool) -> None:
    path, other = tmp_path / "office.db", tmp_path / "other.db"
    engine = SqliteEngine(path)
    SqliteEngine(other).close()
    path.rename(tmp_path / "moved.db")
    if replaced:
        other.rename(path)
    with ThreadPoolExecutor(1) as executor, pytest.raises(StoreUnavailable) as error:
        executor.submit(engine.query, "SELECT 1 AS one").result()
    engine.close()
    assert error.value.fault is StorageFault.REPLACED
