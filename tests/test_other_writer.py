"""Another program that writes is named when it takes too long, and not noticed when it is done in time."""

from __future__ import annotations

import threading
import time

import pytest

from model import sqlite_connections
from model.errors import StorageFault
from model.store import open_store
from tests.examples import NOW, TODAY, install, order
from tests.faults import Case, held, refused


@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
def test_another_writer_is_named_and_the_same_order_succeeds_when_it_is_done(
    case: Case, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.store.close()
    monkeypatch.setattr(sqlite_connections, "TIMEOUT_S", 0.05)
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
