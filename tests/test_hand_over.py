"""The connection that opened a file goes on to the first thread that reads; every other thread has its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from model.opened import open_database
from model.sqlite_engine import SqliteEngine
from model.store import open_store
from tests.examples import install

COUNT = "SELECT count(*) AS n FROM installation"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SqliteEngine]:
    """A file with an installation, as the program opens it."""
    store = open_store(tmp_path / "office.db")
    install(store)
    store.close()
    with closing(open_database(tmp_path / "office.db", create=False)) as opened:
        engine = opened._engine
        assert isinstance(engine, SqliteEngine)
        yield engine


def test_the_first_thread_that_asks_goes_on_with_it(engine: SqliteEngine) -> None:
    with ThreadPoolExecutor(1) as thread:
        for _time in range(2):
            assert thread.submit(engine.query, COUNT).result() == [{"n": 1}]
        assert len(engine._connections) == 1
        assert engine.query(COUNT) == [{"n": 1}]
        assert len(engine._connections) == 2


def test_of_many_threads_that_ask_at_once_one_goes_on_with_it(engine: SqliteEngine) -> None:
    together = Barrier(8)

    def ask(_number: int) -> int:
        together.wait()
        with engine.read():
            found: int = engine.query(COUNT)[0]["n"]
            together.wait()
        return found

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(8))) == [1] * 8
    assert len(engine._connections) == 8
