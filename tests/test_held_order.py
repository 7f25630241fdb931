"""An order that is written while its button is down: placed by the click as any other, and never there without it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from model.account import NOTHING, Quote
from model.engine import Engine
from model.errors import NoSuchInstallation
from model.held_order import HeldOrder
from model.refusals import QuoteStale
from model.sqlite_engine import MEMORY
from model.store import Store, open_store
from tests.examples import CLERK, NOW, dump, install, objects, quote, tariff
from tests.screen import find, settle
from tests.tariff_dialog import open_summary, stored
from ui import desk as desks
from ui.main_window import MainWindow

IN_A_MONTH = NOW + timedelta(days=30)


@pytest.fixture
def desk(database: Callable[[str], Engine]) -> Store:
    """Over a file."""
    return stocked(database("file"))


@pytest.fixture
def colleague(desk: Store) -> Iterator[Store]:
    """Another program at the same file, who isn't patient."""
    with closing(open_store(desk.target)) as store:
        store._engine.query("PRAGMA busy_timeout = 0")
        yield store


def stocked(engine: Engine) -> Store:
    store = Store(engine, CLERK)
    store.load_shipped_prices()
    return store


def seen(store: Store, quote_id: str = "gesehen") -> Quote:
    """A customer and the summary shown."""
    return replace(quote(store, install(store, "C10", 2), "C25"), quote_id=quote_id)


def test_the_click_places_what_was_held(desk: Store, colleague: Store) -> None:
    installation, adding = install(desk, "C10", 2), objects(1, start=5)
    shown, held = quote(desk, installation, "C25", adding=adding), HeldOrder(desk)
    held.hold(shown, NOW, adding)
    assert colleague.account(installation).orders == ()
    placed = held.place(shown, NOW, adding)
    assert placed.tariff == tariff("C25")
    assert colleague.account(installation).orders == (placed,)
    assert len(colleague.account(installation).extensions) == 3
    assert colleague.verify().findings == ()


def test_what_is_held_is_what_would_have_been_placed_at_once(database: Callable[[str], Engine]) -> None:
    at_once, held = stocked(database(MEMORY)), stocked(database("file"))
    at_once.place_order(seen(at_once), NOW)
    shown, holding = seen(held), HeldOrder(held)
    holding.hold(shown, NOW, NOTHING)
    holding.place(shown, NOW + timedelta(seconds=0.1), NOTHING)
    assert dump(held._engine) == dump(at_once._engine)


def test_without_a_click_nothing_was_there(desk: Store, colleague: Store) -> None:
    shown, held, before = seen(desk), HeldOrder(desk), dump(desk._engine)
    held.hold(shown, NOW, NOTHING)
    held.let_go()
    held.let_go()
    assert dump(desk._engine) == dump(colleague._engine) == before
    colleague.add_objects(shown.installation_id, objects(1, start=5), NOW)
    with pytest.raises(QuoteStale):
        held.place(shown, NOW, NOTHING)


def test_r20_a_click_more_places_nothing_more(desk: Store) -> None:
    shown, held = seen(desk), HeldOrder(desk)
    placed = []
    for _click in range(2):
        held.hold(shown, NOW, NOTHING)
        placed.append(held.place(shown, NOW, NOTHING))
    assert placed[0] == placed[1]
    assert desk.account(shown.installation_id).orders == (placed[0],)


def test_another_summary_than_the_one_held_is_judged_by_itself(desk: Store) -> None:
    shown, held = seen(desk), HeldOrder(desk)
    held.hold(shown, NOW, NOTHING)
    held.hold(replace(shown, quote_id="zweite"), NOW, NOTHING)
    assert held.place(replace(shown, quote_id="dritte"), NOW, NOTHING).quote_id == "dritte"
    assert [order.quote_id for order in desk.account(shown.installation_id).orders] == ["dritte"]


def test_objects_that_were_not_held_are_judged(desk: Store) -> None:
    shown, held = seen(desk), HeldOrder(desk)
    held.hold(shown, NOW, NOTHING)
    with pytest.raises(QuoteStale) as caught:
        held.place(shown, NOW, objects(1, start=5))
    assert caught.value.changed == {"extensions"}
    assert desk.account(shown.installation_id).orders == ()


def test_r21_a_click_of_the_next_day_is_judged_by_its_own(desk: Store) -> None:
    shown, held = seen(desk), HeldOrder(desk)
    held.hold(shown, NOW, NOTHING)
    with pytest.raises(QuoteStale) as caught:
        held.place(shown, IN_A_MONTH, NOTHING)
    assert caught.value.changed == {"effective_on"}
    assert desk.account(shown.installation_id).orders == ()


def test_r19_what_would_be_refused_is_not_held(desk: Store, colleague: Store) -> None:
    shown, held = seen(desk), HeldOrder(desk)
    colleague.add_objects(shown.installation_id, objects(1, start=5), NOW)
    for attempt in (held.hold, held.place):
        with pytest.raises(QuoteStale):
            attempt(shown, NOW, NOTHING)
    colleague.add_objects(shown.installation_id, objects(1, start=6), NOW)


@pytest.mark.parametrize("kind", [MEMORY, "server"])
def test_where_others_would_wait_for_a_finger_nothing_is_held(database: Callable[[str], Engine], kind: str) -> None:
    store = stocked(database(kind))
    shown, held = seen(store), HeldOrder(store)
    held.hold(replace(shown, installation_id=99), NOW, NOTHING)
    with pytest.raises(NoSuchInstallation):
        held.place(replace(shown, installation_id=99), NOW, NOTHING)
    assert held.place(shown, NOW, NOTHING).quote_id == shown.quote_id


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks what is to be killed")
def test_killed_while_it_is_held_it_was_never_there(desk: Store, colleague: Store) -> None:
    shown, before = seen(desk), dump(desk._engine)
    reading, writing = os.pipe()
    fork = os.fork()
    if not fork:
        with closing(open_store(desk.target)) as killed:
            HeldOrder(killed).hold(shown, NOW, NOTHING)
            os.write(writing, b"held")
            signal.pause()
    assert os.read(reading, 4) == b"held"
    os.kill(fork, signal.SIGKILL)
    os.waitpid(fork, 0)
    os.close(reading)
    os.close(writing)
    assert dump(colleague._engine) == before
    colleague.place_order(shown, NOW)
    assert colleague.verify().findings == ()


# ---------------------------------------------------------------------- with the mouse


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held until the test lets go."""
    monkeypatch.setattr(desks, "HOLD_MS", 3_600_000)


class Screen:
    """A window over a file, with the summary of a customer shown."""

    def __init__(self, qtbot: QtBot, store: Store, open_window: Callable[[Store], MainWindow]) -> None:
        self.installation, self.other = (install(store, "C10", 2, number=number) for number in ("K-1", "K-2"))
        self.qtbot, self.store, self.window = qtbot, store, open_window(store)
        self.button = find(open_summary(qtbot, self.window, self.installation, 25), QPushButton, "orderButton")

    def press(self) -> None:
        self.qtbot.mousePress(self.button, Qt.MouseButton.LeftButton)
        settle(self.qtbot, self.window)
        self.wait_for_the_thread()

    def wait_for_the_thread(self) -> None:
        """The thread that changes has done what it was asked for."""
        with self.qtbot.waitCallback() as done:
            self.window.desk._changing.run(lambda: None, done, done)

    @property
    def is_held(self) -> bool:
        return self.window.desk._held._held is not None


@pytest.fixture
def screen(qtbot: QtBot, open_file: Callable[[], Store], open_window: Callable[[Store], MainWindow]) -> Screen:
    return Screen(qtbot, open_file(), open_window)


@pytest.mark.usefixtures("patient")
def test_the_button_down_holds_and_its_click_commits(screen: Screen) -> None:
    screen.press()
    assert screen.is_held
    assert stored(screen.store, screen.installation) == ()
    screen.qtbot.mouseRelease(screen.button, Qt.MouseButton.LeftButton)
    settle(screen.qtbot, screen.window)
    assert [order.tariff for order in stored(screen.store, screen.installation)] == [tariff("C25")]
    assert not screen.is_held


def test_a_finger_that_stays_holds_up_nobody(screen: Screen) -> None:
    screen.press()
    screen.qtbot.waitUntil(lambda: not screen.is_held)
    screen.wait_for_the_thread()
    with closing(open_store(screen.store.target)) as colleague:
        colleague._engine.query("PRAGMA busy_timeout = 0")
        colleague.add_objects(screen.other, objects(1, start=5), NOW)
    screen.qtbot.mouseRelease(screen.button, Qt.MouseButton.LeftButton)
    settle(screen.qtbot, screen.window)
    assert len(stored(screen.store, screen.installation)) == 1


@pytest.mark.usefixtures("patient")
def test_another_change_comes_without_the_order_that_is_held(screen: Screen) -> None:
    screen.press()
    with screen.qtbot.waitCallback() as done:
        screen.window.desk.add_objects(screen.other, objects(1, start=5), done, done)
    assert done.args == [None]
    assert not screen.is_held
    assert stored(screen.store, screen.installation) == ()
    assert len(screen.store.account(screen.other).extensions) == 3


@pytest.mark.usefixtures("patient")
def test_a_window_that_closes_lets_go(screen: Screen) -> None:
    screen.press()
    screen.window.desk.close()
    assert not screen.is_held
    with closing(open_store(screen.store.target)) as colleague:
        colleague._engine.query("PRAGMA busy_timeout = 0")
        colleague.place_order(quote(colleague, screen.installation, "C50"), NOW)
