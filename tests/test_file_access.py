"""A database that may only be read, may not be read at all, or is missing, also with a journal left beside it."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from model.errors import StorageFault, StoreUnavailable
from model.store import open_store
from tests.faults import NOBODY, Case, elsewhere, posix, refused, succeeds

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


# ---------------------------------------------------------------------- read-only


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


# ---------------------------------------------------------------------- no permission, missing


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
