"""What a clerk sees of a server that breaks off, only answers questions, or is lost in the middle of an order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from model import postgres_session
from model.store import Store, open_store
from tests import postgres
from tests.examples import RunningClock, install, midday, order
from tests.postgres import Office
from tests.proxy import AFTER, BEFORE, LOOPBACK, Proxy
from tests.screen import click, find, settle, text, write
from tests.test_database_state import assert_no_change_is_possible, bar, open_summary
from ui.app import build
from ui.main_window import MainWindow

Open = Callable[[str], MainWindow]


@pytest.fixture
def clock() -> RunningClock:
    return RunningClock(midday())


@pytest.fixture
def open_window(
    german: QApplication,  # noqa: ARG001 - has to be there first
    qtbot: QtBot,
    clock: RunningClock,
    settings: QSettings,
) -> Iterator[Open]:
    """Opens a window over a database at an address, on its customer."""
    with ExitStack() as stack:

        def make(address: str) -> MainWindow:
            window = build(stack.enter_context(closing(open_store(address, create=False))), clock, settings)
            qtbot.addWidget(window)
            window.show()
            window.choose(1)
            settle(qtbot, window)
            stack.callback(lambda: close(window))
            return window

        def close(window: MainWindow) -> None:
            window.settings_page.drafts.discard()
            assert window.close()

        yield make


@pytest.fixture
def desk(office: Office, clock: RunningClock) -> Iterator[Store]:
    """Another desk at the same server, and a customer."""
    with closing(open_store(office.address, now=clock.now())) as store:
        install(store, "C10", 8, 8, now=clock.now())
        yield store
    office.empty()


def through(office: Office, proxy: Proxy) -> str:
    return f"{office.address}&host={LOOPBACK}&port={proxy.port}&sslmode=disable"


def test_a_server_that_is_gone_is_said_and_everything_typed_is_there_when_it_is_back(
    qtbot: QtBot, office: Office, desk: Store, open_window: Open
) -> None:
    with Proxy(office.server) as proxy:
        window = open_window(through(office, proxy))
        click(qtbot, window, "advancedSettingsButton")
        write(qtbot, window, "nameField", "Halb getip")
        change = open_summary(qtbot, window)
        proxy.silent = True
        office.end_sessions()
        qtbot.waitUntil(bar(window).isVisible)
        assert bar(window).accessibleName().startswith("Verbindung zum Server unterbrochen")
        assert_no_change_is_possible(window, "Verbindung zum Server unterbrochen")
        ordering = find(change, QPushButton, "orderButton")
        assert not ordering.isEnabled()
        proxy.silent = False
        qtbot.waitUntil(ordering.isEnabled)
        assert not bar(window).isVisible()
        assert find(window, QLineEdit, "nameField").text() == "Halb getip"
        settle(qtbot, window)
        click(qtbot, change, "orderButton")
        settle(qtbot, window)
    assert len(desk.account(1).orders) == 1


@pytest.mark.parametrize("cut", [BEFORE, AFTER])
def test_r20_an_order_whose_outcome_is_unknown_is_pressed_again_and_there_once(
    qtbot: QtBot, office: Office, desk: Store, open_window: Open, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    monkeypatch.setattr(postgres_session, "SETTLING_S", (0.01,))
    with Proxy(office.server) as proxy:
        window = open_window(through(office, proxy))
        change = open_summary(qtbot, window)
        proxy.cut, proxy.silent_after_cut = cut, True
        click(qtbot, change, "orderButton")
        notice = find(change, QWidget, "dialogNotice")
        qtbot.waitUntil(notice.isVisible)
        assert notice.accessibleName() == (
            "Noch offen, ob bestellt wurde Die Verbindung zum Server ist im letzten Augenblick abgerissen. Bitte"
            " drücken Sie die Schaltfläche noch einmal: Was schon bestellt ist, wird nicht doppelt bestellt."
        )
        proxy.silent = False
        ordering = find(change, QPushButton, "orderButton")
        qtbot.waitUntil(lambda: ordering.isEnabled() and not bar(window).isVisible())
        settle(qtbot, window)
        click(qtbot, change, "orderButton")
        settle(qtbot, window)
        assert not isValid(change)
    assert len(desk.account(1).orders) == 1
    assert len(desk.mails(1)) == 1
    assert desk.verify().findings == ()


def test_a_server_that_stands_by_is_looked_at_until_it_takes_orders(
    qtbot: QtBot, open_window: Open, clock: RunningClock
) -> None:
    with ExitStack() as stack:
        try:
            first = stack.enter_context(postgres.cluster())
            with closing(open_store(Office(first.address, "buero").address, now=clock.now())) as store:
                install(store, "C10", 8, 8, now=clock.now())
            second = stack.enter_context(postgres.cluster(first.address))
        except postgres.NoServer:
            postgres.without()
        taking, standing = (f"{made.address}&options=-c%20search_path%3Dbuero" for made in (first, second))
        window = open_window(standing)
        assert text(window, "readOnlyText").endswith(
            "nimmt zurzeit keine Änderungen an, vielleicht weil er für einen anderen bereitsteht: Alles lässt sich"
            " ansehen, nichts ändern oder bestellen."
        )
        assert_no_change_is_possible(window, "nimmt zurzeit keine Änderungen an")
        with closing(open_store(taking, create=False)) as store:
            order(store, 1, "C25", clock.now())
        pending = find(window, QPushButton, "filterPending")
        qtbot.waitUntil(lambda: pending.text() == "Vorgemerkt 1")
        second.promote()
        with closing(open_store(standing, create=False)) as store:
            assert not store.read_only
            order(store, 1, "C50", clock.now())
            assert store.verify().findings == ()
        settle(qtbot, window)
