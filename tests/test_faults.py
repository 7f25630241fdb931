"""Every fault of a disk or a file on the real thing: the class, the words, what is stored, and what helps."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from model import schema, sqlite_engine
from model.account import Quote
from model.backups import back_up, backups, restore
from model.errors import ModelError, QuoteStale, StorageFault, StoreUnavailable
from model.search import ListQuery
from model.store import Store, open_store
from tests.examples import NOW, TODAY, install, order, quote
from ui import errors, i18n

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions and locks open files")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs a file system of its own")
ROOT = Path(__file__).parents[1]
NOBODY = 65534
SLOWEST_S = 60
PLACE = "{place}"
# The cause and the next step, word by word: what a clerk reads.
WORDS = {
    StorageFault.MISSING: "Die Datenbank {place} ist nicht mehr da. Wurde sie verschoben oder fehlt ein Laufwerk?",
    StorageFault.EMPTY_FILE: "Die Datei {place} ist leer. Bitte wählen Sie eine andere Datei oder stellen Sie eine"
    " Sicherung wieder her.",
    StorageFault.NOT_OURS: "{place} ist keine Datenbank dieses Programms. Bitte wählen Sie eine andere Datei.",
    StorageFault.NEWER: "{place} wurde von einer neueren Version angelegt. Bitte aktualisieren Sie das Programm.",
    StorageFault.DAMAGED: "Die Datenbank {place} ist beschädigt. Bitte stellen Sie eine Sicherung wieder her; es wurde"
    " nichts geschrieben.",
    StorageFault.FULL: "Nicht gespeichert: Datenträger voll. Bitte schaffen Sie Platz und versuchen Sie es noch"
    " einmal.",
    StorageFault.BUSY: "Nicht gespeichert: Ein anderes Programm schreibt gerade in die Datenbank. Bitte versuchen Sie"
    " es noch einmal.",
    StorageFault.READ_ONLY: "Nicht gespeichert: Die Datenbank {place} ist schreibgeschützt. Bitte prüfen Sie die"
    " Berechtigungen.",
    StorageFault.NO_ACCESS: "Die Datenbank {place} lässt sich nicht öffnen. Bitte prüfen Sie Ordner und"
    " Berechtigungen.",
    StorageFault.REPLACED: "Nicht gespeichert: Die Datenbank {place} wurde im Betrieb verschoben oder ersetzt. Bitte"
    " starten Sie das Programm neu.",
    StorageFault.WRITE_FAILED: "Nicht gespeichert: Das Schreiben nach {place} ist fehlgeschlagen. Bitte prüfen Sie den"
    " Datenträger und versuchen Sie es noch einmal.",
    StorageFault.NOT_MIGRATED: "Die Datenbank konnte nicht auf diese Version des Programms gebracht werden und ist"
    " unverändert. Eine Sicherung liegt in {place}.",
    StorageFault.NO_FILE: "{place} wurde nicht angelegt: Sicherungen einer Datenbank auf einem Server entstehen dort.",
    StorageFault.NO_DRIVER: "Für eine Datenbank auf einem Server braucht das Programm einen Treiber. Bitte starten Sie"
    " es so: uv run --extra server main.py",
    StorageFault.NO_ADDRESS: "{place} ist keine Adresse einer Datenbank. So sieht eine aus:"
    " postgresql://konto@server/datenbank",
    StorageFault.UNREACHABLE: "Der Server antwortet nicht: {place}. Bitte prüfen Sie Netzwerk, Servernamen und Port.",
    StorageFault.NO_TRUST: "Mit {place} kommt keine sichere Verbindung zustande. Bitte fragen Sie die Verwaltung des"
    " Servers nach seinem Zertifikat (sslmode, sslrootcert) und danach, wer sich verbinden darf (pg_hba.conf).",
    StorageFault.LOGIN: "{place} nimmt Konto oder Kennwort nicht an.",
    StorageFault.NO_DATABASE: "Diese Datenbank gibt es auf dem Server nicht: {place}. Bitte fragen Sie seine"
    " Verwaltung.",
    StorageFault.NOT_SET_UP: "Die Datenbank {place} ist noch leer.",
    StorageFault.OLDER: "Die Datenbank {place} wurde von einer älteren Version dieses Programms angelegt.",
    StorageFault.NOT_PERMITTED: "Ihr Konto darf das in {place} nicht. Bitte fragen Sie die Verwaltung des Servers.",
    StorageFault.CONNECTION_LOST: "Nicht gespeichert: Die Verbindung zum Server wurde unterbrochen ({place}). Bitte"
    " versuchen Sie es noch einmal.",
    StorageFault.OUTCOME_UNKNOWN: "Die Verbindung zum Server wurde beim Speichern unterbrochen ({place}). Bitte sehen"
    " Sie nach, ob gespeichert wurde, bevor Sie es noch einmal versuchen.",
    StorageFault.VIEWER: "Nicht gespeichert: Ihr Konto darf nur ansehen. Bitte wenden Sie sich an die Verwaltung des"
    " Servers.",
    StorageFault.MOVING: "Nicht gespeichert: Die Daten werden gerade nach {place} übertragen.",
    StorageFault.MOVED: "Nicht gespeichert: Die Daten liegen jetzt unter {place}. Bitte arbeiten Sie mit der Datenbank"
    " dort.",
    StorageFault.NO_ZONE: "Die Zeitzone des Büros, „{place}“, ist auf diesem Computer nicht bekannt. Bitte"
    " aktualisieren Sie das Programm und das Betriebssystem.",
}

# ---------------------------------------------------------------------- what every test asks


def refused(fault: StorageFault, place: Path, act: Callable[[], object]) -> None:
    """The act fails with this fault, and the clerk reads cause and next step in German."""
    i18n.use_language("de")
    with pytest.raises(StoreUnavailable) as caught:
        act()
    assert caught.value.fault is fault
    assert errors.message(caught.value) == WORDS[fault].format(place=place)


@dataclass
class Case:
    """A database with an order that was acknowledged, and the quote of the next one."""

    path: Path
    store: Store
    quote: Quote

    def place(self) -> int:
        return self.store.place_order(self.quote, NOW).order_number

    def again(self) -> None:
        """The cause is gone: the same act succeeds, once."""
        number = self.place()
        assert self.place() == number
        self.orders(2)

    def orders(self, count: int, path: Path | None = None) -> None:
        """A program that opens the file finds these orders and nothing wrong."""
        with closing(open_store(path or self.path, create=False)) as store:
            verification = store.verify()
        assert verification.orders == count
        assert verification.findings == ()


def filled(path: Path) -> Case:
    store = open_store(path)
    first = install(store, extensions=3)
    order(store, first, "C25")
    return Case(path, store, quote(store, first, "C50"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "Kundendaten ü" / "tarifwechsel.db"


@pytest.fixture
def case(path: Path) -> Iterator[Case]:
    case = filled(path)
    yield case
    case.store.close()


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but empty journals; not while this process has a database open there."""
    found = {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}
    return {name: data for name, data in found.items() if data or not name.endswith("-journal")}


def elsewhere(
    script: str, folder: Path, *, uid: int | None = None, own_mounts: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, with all of this module; `folder` is a variable there."""
    lines = ["import os", "from tests.test_faults import *", "folder = Path(sys.argv[1])"]
    if uid is not None:
        lines += ["import_everything()", f"os.setgid({uid}); os.setuid({uid})"]
    command = [sys.executable, "-c", "\n".join([*lines, textwrap.dedent(script)]), str(folder)]
    if own_mounts:
        command = ["unshare", "--mount", "--map-root-user", *command]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SLOWEST_S, check=False)


def import_everything() -> None:
    """What is imported when it is needed has to be there before the account changes."""
    with TemporaryDirectory() as name:
        case = filled(Path(name) / "tarifwechsel.db")
        case.again()
        refused(StorageFault.EMPTY_FILE, Path(name) / "leer", lambda: open_store(_touched(Path(name) / "leer")))
        case.store.close()


def _touched(path: Path) -> Path:
    path.touch()
    return path


def succeeds(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------------- disk full, write error


@posix
def test_a_write_error_takes_nothing_and_the_same_act_succeeds_later(tmp_path: Path) -> None:
    """The operating system refuses to let a file grow: the journal at its first bytes, the database at its end."""
    succeeds(
        elsewhere(
            """
            import resource
            case = filled(folder / "tarifwechsel.db")
            size = case.path.stat().st_size

            def install_many():
                install(case.store, "C250", 250, 250, number="K-2")

            for most in (0, 1, 600, 8192, size // 2, size - 4096, size):
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
                refused(StorageFault.WRITE_FAILED, case.path, install_many)
                if most < 1000:
                    refused(StorageFault.WRITE_FAILED, case.path, case.place)
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                assert case.store.find_customer("K-2") is None
                case.orders(1)
            case.again()
            install_many()
            case.orders(2)
            """,
            tmp_path,
        )
    )


@posix
def test_a_write_error_leaves_no_half_of_a_new_database(tmp_path: Path) -> None:
    succeeds(
        elsewhere(
            """
            import resource
            path = folder / "tarifwechsel.db"
            for most in (0, 1000, 50_000):
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
                refused(StorageFault.WRITE_FAILED, path, lambda: open_store(path))
                assert list(folder.iterdir()) == []
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            case = filled(path)
            case.again()
            """,
            tmp_path,
        )
    )


MOUNTED = """
import errno
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False).returncode:
    sys.exit(77)

def fill(rest=0):
    with open(folder / "andere Daten", "ab", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
        file.truncate(max(0, file.tell() - rest))
"""


def on_a_disk_of_its_own(script: str, folder: Path) -> None:
    """Run a script with a file system of 1 MB at `folder`."""
    if not shutil.which("unshare"):
        pytest.skip("file systems of one's own aren't possible here")
    done = elsewhere(MOUNTED + textwrap.dedent(script), folder, own_mounts=True)
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip("file systems of one's own aren't possible here")
    succeeds(done)


@linux
def test_a_full_disk_takes_nothing_and_the_same_order_succeeds_later(tmp_path: Path) -> None:
    on_a_disk_of_its_own(
        """
        case = filled(folder / "tarifwechsel.db")
        case.orders(1)
        for rest in (0, 4096, 3 * 4096):
            fill(rest)
            refused(StorageFault.FULL, case.path, lambda: install(case.store, "C250", 250, 250, number="K-2"))
            if not rest:
                refused(StorageFault.FULL, case.path, case.place)
            assert case.store.counts(TODAY).all == 1
            case.orders(1)
            (folder / "andere Daten").unlink()
        case.again()
        install(case.store, "C250", 250, 250, number="K-2")
        case.orders(2)
        """,
        tmp_path,
    )


@linux
def test_a_full_disk_leaves_no_half_of_a_new_database(tmp_path: Path) -> None:
    on_a_disk_of_its_own(
        """
        for rest in (0, 4096, 40_000, 120_000):
            fill(rest)
            refused(StorageFault.FULL, folder / "neu.db", lambda: open_store(folder / "neu.db"))
            assert [entry.name for entry in folder.iterdir()] == ["andere Daten"]
            (folder / "andere Daten").unlink()
        filled(folder / "neu.db").again()
        """,
        tmp_path,
    )


@linux
def test_a_full_disk_stops_a_backup_and_harms_nothing(tmp_path: Path) -> None:
    on_a_disk_of_its_own(
        """
        from datetime import timedelta
        case = filled(folder / "tarifwechsel.db")
        copies = folder / "Sicherungen"
        kept = back_up(case.store._engine, copies, NOW)
        for rest in (0, 4096, 40_000):
            fill(rest)
            with pytest.raises(StoreUnavailable) as caught:
                back_up(case.store._engine, copies, NOW + timedelta(minutes=1))
            assert caught.value.fault is StorageFault.FULL
            assert [entry.name for entry in copies.iterdir()] == [kept.name]
            (folder / "andere Daten").unlink()
        case.again()
        case.orders(2, back_up(case.store._engine, copies, NOW + timedelta(minutes=1)))
        case.orders(1, kept)
        """,
        tmp_path,
    )


# ---------------------------------------------------------------------- read-only


@linux
def test_a_disk_that_can_only_be_read_is_read(tmp_path: Path) -> None:
    on_a_disk_of_its_own(
        """
        case = filled(folder / "tarifwechsel.db")
        case.store.close()
        before = content(folder)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        case.store = open_store(case.path, create=False)
        assert case.store.counts(TODAY).pending == 1
        refused(StorageFault.READ_ONLY, case.path, case.place)
        refused(StorageFault.NO_ACCESS, folder / "neu.db", lambda: open_store(folder / "neu.db"))
        case.store.close()
        assert content(folder) == before
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
        case.store = open_store(case.path, create=False)
        case.again()
        """,
        tmp_path,
    )


@pytest.fixture
def everyones() -> Iterator[Path]:
    """A folder that every account of this computer reaches and may write."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder
        folder.chmod(0o777)


def as_nobody(script: str, folder: Path) -> None:
    """Run a script with an account that permissions hold for."""
    succeeds(elsewhere(script, folder, uid=None if os.geteuid() else NOBODY))


@posix
def test_what_can_only_be_read_is_read_and_takes_no_order(everyones: Path) -> None:
    """The file, its folder, or both."""
    as_nobody(
        """
        home = folder / "Kundendaten"
        case = filled(home / "tarifwechsel.db")
        case.store.close()
        before = content(home)
        for file_mode, folder_mode in ((0o444, 0o755), (0o644, 0o555), (0o444, 0o555)):
            case.path.chmod(file_mode)
            home.chmod(folder_mode)
            case.store = open_store(case.path, create=False)
            assert case.store.read_only
            assert case.store.account(1).pending(TODAY)
            assert len(case.store.find_installations(ListQuery(TODAY))) == 1
            assert case.store.verify().findings == ()
            refused(StorageFault.READ_ONLY, case.path, case.place)
            refused(StorageFault.READ_ONLY, case.path, lambda: case.store.confirm_clock(NOW))
            case.store.close()
            home.chmod(0o755)
            case.path.chmod(0o644)
            assert content(home) == before
        case.store = open_store(case.path, create=False)
        assert not case.store.read_only
        case.again()
        """,
        everyones,
    )


@posix
def test_an_older_database_that_can_only_be_read_is_read_as_it_is(everyones: Path) -> None:
    as_nobody(
        """
        home = folder / "Kundendaten"
        home.mkdir()
        path = home / "tarifwechsel.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript((ROOT / "tests" / "schemas" / "001.sql").read_text(encoding="utf-8"))
        before = content(home)
        path.chmod(0o444)
        with closing(open_store(path, create=False, now=NOW)) as store:
            store.look_over()
            assert len(store.account(1).orders) == 2
            assert store.verify().findings == ()
            refused(StorageFault.READ_ONLY, path, lambda: order(store, 1, "C250"))
        assert content(home) == before
        """,
        everyones,
    )


@posix
def test_a_folder_that_becomes_read_only_while_open(everyones: Path) -> None:
    """Whether the journal is there already decides if an order can still be stored; none is lost or half there."""
    as_nobody(
        """
        home = folder / "Kundendaten"
        case = filled(home / "tarifwechsel.db")
        case.store.close()
        journal = case.path.with_name("tarifwechsel.db-journal")
        case.store = open_store(case.path, create=False)
        journal.unlink()
        home.chmod(0o555)
        with pytest.raises(StoreUnavailable) as caught:
            case.place()
        assert caught.value.fault in (StorageFault.READ_ONLY, StorageFault.NO_ACCESS)
        home.chmod(0o755)
        case.again()
        home.chmod(0o555)
        assert case.store.cancel_order(1, case.place(), "Irrtum", NOW) is None
        home.chmod(0o755)
        case.orders(2)
        assert case.store.counts(TODAY).pending == 0
        """,
        everyones,
    )


KILLED_WHILE_WRITING = """
def leave_hot_journal(case):
    case.store.close()
    if not os.fork():
        store = open_store(case.path, create=False)
        store._engine.execute("PRAGMA cache_size = 1")
        transaction = store._engine.write()
        transaction.__enter__()
        store._engine.execute("UPDATE installation SET name = 'halb', search = hex(zeroblob(50000))")
        os.kill(os.getpid(), 9)
    os.wait()
    assert case.path.with_name("tarifwechsel.db-journal").stat().st_size
"""


@posix
def test_what_was_left_half_written_and_can_only_be_read_is_not_shown(everyones: Path) -> None:
    """Without a right to write nobody can roll the half back; so it isn't opened, and nothing is lost."""
    as_nobody(
        textwrap.dedent(KILLED_WHILE_WRITING)
        + textwrap.dedent(
            """
            home = folder / "Kundendaten"
            case = filled(home / "tarifwechsel.db")
            leave_hot_journal(case)
            before = content(home)
            case.path.chmod(0o444)
            home.chmod(0o555)
            with pytest.raises(StoreUnavailable) as caught:
                open_store(case.path, create=False)
            assert caught.value.fault in (StorageFault.READ_ONLY, StorageFault.NO_ACCESS)
            home.chmod(0o755)
            case.path.chmod(0o644)
            assert content(home) == before
            case.store = open_store(case.path, create=False)
            case.again()
            """
        ),
        everyones,
    )


@posix
def test_a_header_that_was_lost_with_the_power_comes_back_from_the_journal(case: Case) -> None:
    """Whose file it is can then only be known once the half is rolled back."""
    case.store.close()
    header = case.path.read_bytes()[:512]
    script = """
    case = Case(next(folder.glob("*.db")), open_store(next(folder.glob("*.db"))), None)
    leave_hot_journal(case)
    """
    succeeds(elsewhere(textwrap.dedent(KILLED_WHILE_WRITING) + textwrap.dedent(script), case.path.parent))
    assert header in case.path.with_name("tarifwechsel.db-journal").read_bytes()
    with case.path.open("r+b") as file:
        file.write(bytes(512))
    case.store = open_store(case.path, create=False)
    case.again()


# ---------------------------------------------------------------------- no permission, missing, zero-length


@posix
def test_what_may_not_be_read_is_not_missing(everyones: Path) -> None:
    as_nobody(
        """
        home = folder / "Kundendaten"
        case = filled(home / "tarifwechsel.db")
        case.store.close()
        before = content(home)
        for file_mode, folder_mode in ((0o000, 0o755), (0o200, 0o755), (0o644, 0o000), (0o644, 0o600)):
            case.path.chmod(file_mode)
            home.chmod(folder_mode)
            for create in (True, False):
                refused(StorageFault.NO_ACCESS, case.path, lambda: open_store(case.path, create=create))
            home.chmod(0o755)
            case.path.chmod(0o644)
            assert content(home) == before
        case.store = open_store(case.path, create=False)
        case.again()
        """,
        everyones,
    )


@posix
def test_no_database_can_be_made_where_nobody_may_write(everyones: Path) -> None:
    as_nobody(
        """
        for mode in (0o555, 0o000):
            home = folder / f"Kundendaten {mode}"
            home.mkdir()
            home.chmod(mode)
            for path in (home / "tarifwechsel.db", home / "neu" / "tarifwechsel.db"):
                refused(StorageFault.NO_ACCESS, path, lambda: open_store(path))
            home.chmod(0o755)
            assert list(home.iterdir()) == []
            case = filled(path)
            case.again()
            case.store.close()
        """,
        everyones,
    )


def test_a_database_that_is_missing_is_said_to_be_and_found_again(case: Case, tmp_path: Path) -> None:
    case.store.close()
    aside = case.path.parent.rename(tmp_path / "Laufwerk")
    refused(StorageFault.MISSING, case.path, lambda: open_store(case.path, create=False))
    assert not case.path.parent.exists()
    aside.rename(case.path.parent)
    case.store = open_store(case.path, create=False)
    case.again()


@posix
def test_a_link_into_nothing_is_no_place_for_a_new_database(case: Case, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    case.store.close()
    aside = case.path.rename(tmp_path / "aside.db")
    link.symlink_to(case.path)
    refused(StorageFault.MISSING, link, lambda: open_store(link, create=False))
    with pytest.raises(StoreUnavailable):
        open_store(link)
    assert not case.path.exists()
    aside.rename(case.path)
    case.store = open_store(link, create=False)
    case.again()


@posix
def test_a_journal_without_its_database_is_kept_and_nothing_is_made_beside_it(tmp_path: Path) -> None:
    """Its database was moved away in the middle of a write: put back, all is there."""
    succeeds(
        elsewhere(
            textwrap.dedent(KILLED_WHILE_WRITING)
            + textwrap.dedent(
                """
                case = filled(folder / "tarifwechsel.db")
                leave_hot_journal(case)
                before = content(folder)
                aside = case.path.rename(folder / "aside.db")
                for create in (True, False):
                    refused(StorageFault.MISSING, case.path, lambda: open_store(case.path, create=create))
                aside.rename(case.path)
                assert content(folder) == before
                case.store = open_store(case.path, create=False)
                case.again()
                """
            ),
            tmp_path,
        )
    )


# ---------------------------------------------------------------------- not ours


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


def write_other_log(path: Path) -> None:
    """A database whose changes go to a file beside it first (WAL)."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE kasse (betrag REAL)")


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


# ---------------------------------------------------------------------- damaged pages


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


# ---------------------------------------------------------------------- another writer

HOLD = """
import sqlite3, sys, time
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN {kind}")
print("held", flush=True)
sys.stdin.readline()
other.execute("COMMIT")
print("released", flush=True)
"""


@contextmanager
def held(path: Path, kind: str) -> Iterator[Callable[[], None]]:
    """Another process holds the lock until told to let go; with the block it ends."""
    command = [sys.executable, "-c", HOLD.format(kind=kind), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin
        assert other.stdout
        assert other.stdout.readline() == "held\n"

        def release() -> None:
            assert other.stdin
            assert other.stdout
            print(file=other.stdin, flush=True)
            assert other.stdout.readline() == "released\n"

        yield release
        other.kill()


@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
def test_another_writer_is_named_and_the_same_order_succeeds_when_it_is_done(
    case: Case, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.store.close()
    monkeypatch.setattr(sqlite_engine, "TIMEOUT_S", 0.05)
    case.store = open_store(case.path, create=False)
    with held(case.path, kind) as release:
        for act in (
            case.place,
            lambda: install(case.store, number="K-2"),
            lambda: case.store.confirm_clock(NOW),
            lambda: order(case.store, 1, "C50"),
        ):
            refused(StorageFault.BUSY, case.path, act)
        if kind == "EXCLUSIVE":
            refused(StorageFault.BUSY, case.path, lambda: case.store.account(1))
            refused(StorageFault.BUSY, case.path, lambda: open_store(case.path, create=False))
        else:
            assert case.store.account(1).pending(TODAY)
        release()
        case.again()


@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
def test_another_writer_that_is_done_in_time_is_not_noticed(case: Case, kind: str) -> None:
    with held(case.path, kind) as release:
        begun = threading.Event()
        placed: list[int] = []

        def place() -> None:
            begun.set()
            placed.append(case.place())

        waiting = threading.Thread(target=place)
        waiting.start()
        begun.wait()
        time.sleep(0.1)
        assert placed == []
        release()
        waiting.join()
    assert len(placed) == 1
    case.again()


# ---------------------------------------------------------------------- deleted or replaced while open


@dataclass
class Away:
    """What happened to the file, and where what was acknowledged is now."""

    kept: Path | None


def delete(case: Case) -> Away:
    case.path.unlink()
    return Away(None)


def rename(case: Case) -> Away:
    return Away(case.path.rename(case.path.with_name("aside.db")))


def rename_folder(case: Case) -> Away:
    return Away(case.path.parent.rename(case.path.parent.with_name("anderswo")) / case.path.name)


def other_database(case: Case) -> Path:
    """Another database of ours, whole."""
    with closing(open_store(case.path.with_name("andere.db"))) as other:
        install(other, name="Andere AG")
        install(other, number="K-2", name="Bald AG")
        install(other, name="Dritte KG", number="K-3")
    return case.path.with_name("andere.db")


def replace(case: Case) -> Away:
    other_database(case).replace(case.path)
    return Away(None)


def delete_and_make_anew(case: Case) -> Away:
    other = other_database(case)
    case.path.unlink()
    other.rename(case.path)
    return Away(None)


def rename_and_replace(case: Case) -> Away:
    aside = case.path.rename(case.path.with_name("aside.db"))
    other_database(case).rename(case.path)
    return Away(aside)


def replace_by_another_program(case: Case) -> Away:
    aside = case.path.rename(case.path.with_name("aside.db"))
    write_other_log(case.path)
    return Away(aside)


GONE = [
    delete,
    rename,
    rename_folder,
    replace,
    delete_and_make_anew,
    rename_and_replace,
    replace_by_another_program,
]


@posix
@pytest.mark.parametrize("happen", GONE)
def test_what_was_moved_or_replaced_while_open_takes_no_order(case: Case, happen: Callable[[Case], Away]) -> None:
    away = happen(case)
    moved = away.kept.read_bytes() if away.kept and away.kept.parent != case.path.parent else None
    for act in (case.place, lambda: install(case.store, number="K-2"), lambda: case.store.confirm_clock(NOW)):
        refused(StorageFault.REPLACED, case.path, act)
    case.store.close()
    if away.kept:
        assert moved in (None, away.kept.read_bytes())
        case.orders(1, away.kept)
        with closing(open_store(away.kept, create=False)) as again:
            assert again.place_order(case.quote, NOW).quote_id == case.quote.quote_id
    if case.path.exists() and happen is not replace_by_another_program:
        case.orders(0)


@posix
@pytest.mark.parametrize("happen", GONE)
def test_what_was_moved_or_replaced_is_not_opened_by_a_thread_that_comes_later(
    case: Case, happen: Callable[[Case], Away]
) -> None:
    """Each thread has a connection of its own: none may go to a file that was never looked at."""
    happen(case)
    before = content(case.path.parent) if case.path.parent.exists() else {}
    outcomes: list[object] = []

    def use() -> None:
        for act in (
            lambda: [entry.name for entry in case.store.find_installations(ListQuery(TODAY))],
            case.place,
            lambda: install(case.store, number="K-7"),
        ):
            try:
                outcomes.append(act())
            except StoreUnavailable as error:
                outcomes.append(error.fault)
            except (ModelError, sqlite3.Error) as error:
                outcomes.append(repr(error))

    late = threading.Thread(target=use)
    late.start()
    late.join()
    case.store.close()
    assert outcomes == [StorageFault.REPLACED] * 3
    assert (content(case.path.parent) if case.path.parent.exists() else {}) == before


@posix
def test_a_file_that_was_away_for_a_moment_takes_the_order(case: Case) -> None:
    aside = case.path.rename(case.path.with_name("aside.db"))
    refused(StorageFault.REPLACED, case.path, case.place)
    aside.rename(case.path)
    case.again()


def overwrite(source: Path, target: Path) -> None:
    """Another process writes into the file that is open here."""
    script = "import shutil, sys; shutil.copyfile(*sys.argv[1:])"
    subprocess.run([sys.executable, "-c", script, str(source), str(target)], check=True)


@posix
def test_a_database_overwritten_in_place_gets_no_order_meant_for_another(case: Case) -> None:
    overwrite(other_database(case), case.path)
    with pytest.raises(QuoteStale) as caught:
        case.place()
    assert {"customer_name", "replaces"} <= caught.value.changed
    assert [entry.name for entry in case.store.find_installations(ListQuery(TODAY))] == [
        "Andere AG",
        "Bald AG",
        "Dritte KG",
    ]
    order(case.store, 1, "C50")
    case.orders(1)


@posix
@pytest.mark.parametrize("size", [0, 4096, 5000])
def test_a_database_cut_off_while_open_is_refused(case: Case, tmp_path: Path, size: int) -> None:
    stump = tmp_path / "stump"
    stump.write_bytes(b"" if not size else sqlite_header(case, tmp_path)[:size])
    overwrite(stump, case.path)
    for act in (case.place, lambda: case.store.account(1), lambda: install(case.store, number="K-2")):
        with pytest.raises(StoreUnavailable) as caught:
            act()
        assert caught.value.fault in (StorageFault.DAMAGED, StorageFault.REPLACED, StorageFault.EMPTY_FILE)
    case.store.close()
    assert case.path.read_bytes() == stump.read_bytes()


def sqlite_header(case: Case, folder: Path) -> bytes:
    """What the database begins with, by way of a copy: nothing here opens the file itself."""
    return back_up(case.store._engine, folder / "Sicherungen", NOW).read_bytes()


def test_every_fault_has_its_words() -> None:
    assert set(WORDS) == set(StorageFault)
    assert {fault for fault, words in WORDS.items() if PLACE not in words} == {
        StorageFault.FULL,
        StorageFault.BUSY,
        StorageFault.NO_DRIVER,
        StorageFault.VIEWER,
    }


__all__ = [name for name in dir() if not name.startswith("__")]
