"""Filling an empty file with the rows of another database, as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from model.engine import Engine

GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
INDEX_TEXTS = "INSERT INTO installation_text (installation_text) VALUES ('rebuild')"


@contextmanager
def filling(engine: Engine) -> Iterator[None]:
    """Inside `write()`: without guards and counters, which are there again afterwards."""
    guards = engine.query(GUARDS)
    for guard in guards:
        engine.execute(f"DROP TRIGGER {guard['name']}")
    yield
    for guard in guards:
        engine.execute(guard["sql"])
    engine.execute(INDEX_TEXTS)
