"""A copy is made while others work: nobody waits for it, and what they do is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from model import sqlite_copy
from model.backups import back_up
from model.sqlite_copy import MOST_BEGINNINGS
from model.sqlite_file import sync_file
from model.store import Store, open_store
from tests.examples import NOW, install, order

Meanwhile = Callable[[int], object]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Store]:
    """A database of some dozens of pages."""
    store = open_store(tmp_path / "office.db")
    for number in range(20):
        install(store, "C10", 5, number=f"K-{number}")
    yield store
    store.close()


def copied(office: Store, monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile) -> tuple[Store, int]:
    """The copy of a database, in steps of ten pages; `meanwhile` is done after each. And how many steps there were."""
    steps = 0

    class Progress(sqlite_copy._Progress):
        def __call__(self, status: int, left: int, pages: int) -> None:
            nonlocal steps
            meanwhile(steps)
            steps += 1
            super().__call__(status, left, pages)

    monkeypatch.setattr(sqlite_copy, "STEP", 10)
    monkeypatch.setattr(sqlite_copy, "_Progress", Progress)
    path = back_up(office._engine, Path(office.target).parent / "kept", NOW)
    return open_store(path, create=False), steps


def test_an_order_during_a_copy_is_placed_and_is_in_it(office: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    other = open_store(office.target, create=False)

    def place(step: int) -> None:
        if step == 1:
            order(other, 1, "C25")

    copy, steps = copied(office, monkeypatch, place)
    assert copy.verify().findings == ()
    assert copy.verify().orders == 1
    copy.close()
    other.close()
    assert steps > 3


@pytest.mark.parametrize("every", [1, 2])
def test_where_others_write_all_the_time_the_copy_is_made_in_one_step(
    office: Store, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    other = open_store(office.target, create=False)

    def write(step: int) -> None:
        assert step < 1000
        if step % every == 0:
            install(other, number=f"K-{100 + step}")

    copy, steps = copied(office, monkeypatch, write)
    assert copy.verify().findings == ()
    assert copy.counts(NOW.date()).all == other.counts(NOW.date()).all
    copy.close()
    other.close()
    assert steps <= every * (MOST_BEGINNINGS + 1)


def test_who_only_reads_does_not_have_a_copy_begin_anew(office: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    other = open_store(office.target, create=False)
    copy, steps = copied(office, monkeypatch, lambda _step: other.counts(NOW.date()))
    pages = Path(copy.target).stat().st_size // 4096
    copy.close()
    other.close()
    assert steps == -(-pages // 10)


def test_the_disk_has_a_copy_before_it_gets_its_name(office: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = list[tuple[int, bool]]()
    folder = Path(office.target).parent / "kept"

    def note(unfinished: Path) -> None:
        synced.append((unfinished.stat().st_size, any(folder.glob("office-*.db"))))
        sync_file(unfinished)

    monkeypatch.setattr("model.sqlite_engine.sync_file", note)
    path = back_up(office._engine, folder, NOW)
    assert synced == [(path.stat().st_size, False)]
