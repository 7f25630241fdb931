"""A database that is deleted, moved, replaced, overwritten or cut off while it is open takes no order."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from model.backups import back_up
from model.errors import ModelError, StorageFault, StoreUnavailable
from model.list_query import ListQuery
from model.refusals import QuoteStale
from model.store import open_store
from tests.examples import NOW, TODAY, install, order
from tests.faults import Case, content, posix, refused, write_other_log


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
