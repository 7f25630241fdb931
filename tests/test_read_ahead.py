"""What an order looks at may be read before its click, as long as nobody writes anything in between (R19)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from model.account import Account, Quote
from model.engine import Engine
from model.errors import NoSuchInstallation
from model.read_ahead import ReadAhead
from model.refusals import QuoteStale
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Store
from tests.examples import CLERK, NOW, install, objects, quote, tariff


class Desk:
    """Two customers, and how often an account was really read."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.store, self.asked = engine, Store(engine, CLERK), list[int]()
        self.store.load_shipped_prices()
        self.one, self.other = (install(self.store, "C10", 2, number=number) for number in ("K-1", "K-2"))
        self.ahead = ReadAhead[int, Account](engine)

    def expect(self, installation_id: int) -> None:
        """An order may follow."""
        self.ahead.read(installation_id, lambda: self._read(installation_id))

    def account(self, installation_id: int) -> Account:
        """As an order asks for it."""
        with self.engine.write():
            found = self.ahead.answer(installation_id, lambda: self._read(installation_id))
            assert found == self.store.account(installation_id)
        return found

    def _read(self, installation_id: int) -> Account:
        self.asked.append(installation_id)
        return self.store.account(installation_id)


@pytest.fixture(params=[MEMORY, "file"])
def desk(request: pytest.FixtureRequest, database: Callable[[str], Engine]) -> Desk:
    """In memory and in a file."""
    return Desk(database(request.param))


def test_what_was_read_ahead_is_not_read_again(desk: Desk) -> None:
    desk.expect(desk.one)
    assert desk.account(desk.one).installation.id == desk.one
    assert desk.asked == [desk.one]


def test_it_serves_one_order_alone(desk: Desk) -> None:
    desk.expect(desk.one)
    for _again in range(2):
        desk.account(desk.one)
    assert desk.asked == [desk.one] * 2


def test_another_customer_is_read(desk: Desk) -> None:
    desk.expect(desk.other)
    desk.account(desk.one)
    assert desk.asked == [desk.other, desk.one]


def test_r19_after_a_change_of_the_same_thread_it_is_read_again(desk: Desk) -> None:
    desk.expect(desk.one)
    desk.store.add_objects(desk.one, objects(1, start=5), NOW)
    assert len(desk.account(desk.one).extensions) == 3


def test_a_change_that_was_undone_is_none(desk: Desk) -> None:
    def change_and_fail() -> None:
        with desk.store.together():
            desk.store.add_objects(desk.one, objects(1, start=5), NOW)
            desk.store.account(99)

    desk.expect(desk.one)
    with pytest.raises(NoSuchInstallation):
        change_and_fail()
    assert len(desk.account(desk.one).extensions) == 2


def test_what_is_read_ahead_stays_with_its_thread(database: Callable[[str], Engine]) -> None:
    desk = Desk(database("file"))
    with ThreadPoolExecutor(1) as thread:
        thread.submit(desk.expect, desk.one).result()
    desk.account(desk.one)
    assert desk.asked == [desk.one] * 2


def test_r19_after_a_change_past_the_history_it_is_read_again(database: Callable[[str], Engine]) -> None:
    desk = Desk(database("file"))
    desk.expect(desk.one)
    with closing(sqlite3.connect(desk.engine.target)) as tool, tool:
        tool.execute("DELETE FROM extension WHERE number = '100' AND installation_id = ?", (desk.one,))
    assert len(desk.account(desk.one).extensions) == 1


def test_r19_an_order_sees_what_was_done_since_it_was_expected(engine: Engine) -> None:
    store, other_desk = Store(engine, CLERK), Store(engine, "Kollege")
    store.load_shipped_prices()
    installation = install(store, "C10", 2)
    shown = quote(store, installation, "C25")
    store.expect_order(shown, NOW)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(other_desk.add_objects, installation, objects(1, start=5), NOW).result()
    with pytest.raises(QuoteStale) as caught:
        store.place_order(shown, NOW)
    assert caught.value.changed == {"extensions"}
    assert caught.value.fresh.quote_id != shown.quote_id
    assert store.account(installation).orders == ()


def test_an_expected_order_is_placed(engine: Engine) -> None:
    store = Store(engine, CLERK)
    store.load_shipped_prices()
    installation = install(store, "C10", 2)
    shown = quote(store, installation, "C25")
    store.expect_order(shown, NOW)
    placed = store.place_order(shown, NOW)
    assert placed.tariff == tariff("C25")
    assert store.account(installation).orders == (placed,)


def test_r19_what_was_expected_yesterday_holds_no_longer(engine: Engine) -> None:
    store = Store(engine, CLERK)
    store.load_shipped_prices()
    shown = quote(store, install(store, "C10", 2), "C25")
    store.expect_order(shown, NOW)
    with pytest.raises(QuoteStale) as caught:
        store.place_order(shown, NOW + timedelta(days=10))
    assert caught.value.changed == {"effective_on"}


def test_an_order_with_other_objects_than_expected_is_judged_anew(engine: Engine) -> None:
    store = Store(engine, CLERK)
    store.load_shipped_prices()
    shown = quote(store, install(store, "C10", 2), "C25")
    store.expect_order(shown, NOW)
    with pytest.raises(QuoteStale) as caught:
        store.place_order(shown, NOW, objects(1, start=5))
    assert caught.value.changed == {"extensions"}


def test_expecting_an_order_of_nobody_is_told(database: Callable[[str], Engine]) -> None:
    with pytest.raises(NoSuchInstallation):
        Store(database("file"), CLERK).expect_order(_of_nobody(), NOW)


def test_a_server_is_not_asked_for_what_would_never_hold(database: Callable[[str], Engine]) -> None:
    Store(database("server"), CLERK).expect_order(_of_nobody(), NOW)


def _of_nobody() -> Quote:
    """A summary whose customer isn't in the database."""
    store = Store(SqliteEngine(MEMORY), CLERK)
    store.load_shipped_prices()
    return quote(store, install(store, "C10", 2), "C25")
