"""Fixtures every test may ask for; Qt draws into memory."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Store
from tests.examples import CLERK

settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(params=[MEMORY, "file"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteEngine]:
    """An empty database of each kind."""
    engine = SqliteEngine(MEMORY if request.param == MEMORY else tmp_path / "tarifwechsel.db")
    yield engine
    engine.close()


@pytest.fixture
def store(engine: SqliteEngine) -> Store:
    """A Store over each kind of database, with the price lists that come with the program."""
    store = Store(engine, CLERK)
    store.load_shipped_prices()
    return store
