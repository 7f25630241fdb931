"""An end to what nobody waits for any more, and to nothing else."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from model.errors import Interrupted
from model.ids import code
from model.list_query import ListQuery
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Store, open_store
from tests.examples import CLERK, TODAY, install


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Store]:
    """A database file with a customer."""
    store = open_store(tmp_path / "office.db")
    install(store, extensions=3)
    yield store
    store.close()


ENDLESS = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {code('i')} AS code FROM n"
NEVER = f"{ENDLESS} WHERE i < 0"
ONCE = f"{ENDLESS} LIMIT 1"


@pytest.mark.parametrize("queries", [[NEVER], [NEVER, NEVER], [ONCE, NEVER], [NEVER, ONCE]])
def test_an_interrupted_question_ends_and_the_next_is_answered(office: Store, queries: list[str]) -> None:
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            with office.listing.interruptible():
                office._engine.finder.ids(queries, {})
        except Interrupted as error:
            ended.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    while thread.is_alive():
        office.listing.interrupt()
        thread.join(0.01)
    assert len(ended) == 1
    assert office.listing.find(ListQuery(TODAY)).total == 1


@pytest.mark.parametrize("queries", [["SELECT wrong", NEVER], [ONCE, "SELECT wrong"]])
def test_of_two_questions_neither_goes_on_when_one_has_failed(office: Store, queries: list[str]) -> None:
    with pytest.raises(sqlite3.OperationalError), office.listing.interruptible():
        office._engine.finder.ids(queries, {})
    assert office.listing.find(ListQuery(TODAY)).total == 1


def test_only_what_may_be_interrupted_is(office: Store) -> None:
    office.listing.interrupt()
    with office.listing.interruptible():
        office.listing.interrupt()
        assert [row.id for row in office.find_installations(ListQuery(TODAY, "muster"))] == [1]
    office.listing.interrupt()
    install(office, number="K-2", name="Zweite")
    assert office.counts(TODAY).all == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
def test_who_asks_two_questions_lets_the_window_go_first_and_the_second_thread_still_more(office: Store) -> None:
    finder, niceness = office._engine.finder, list[int]()

    def note(*_row: object) -> list[object]:
        niceness.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return []

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(finder, "_runs", note)
        for begin in (lambda: finder.ids([ONCE] * 2, {}), note):
            thread = threading.Thread(target=begin)
            thread.start()
            thread.join()
        before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        finder.ids([ONCE] * 2, {})
    assert sorted(niceness) == sorted([5, 10, before, before, 10])


def test_who_asks_two_questions_that_may_not_be_interrupted_gets_both_answers(office: Store) -> None:
    done = threading.Event()

    def interrupt() -> None:
        while not done.wait(0.001):
            office.listing.interrupt()

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        found = office._engine.finder.ids([f"{ENDLESS} LIMIT 100000"] * 2, {})
    finally:
        done.set()
        thread.join()
    assert len(found) == 200_000


def test_a_database_in_memory_is_never_interrupted() -> None:
    with closing(Store(SqliteEngine(MEMORY), CLERK)) as store, store.listing.interruptible():
        store.listing.interrupt()
        assert store.listing.find(ListQuery(TODAY)).total == 0
