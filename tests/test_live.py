"""Several desks at one database, in a file and on a server: each sees what the others do, and loses nothing by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from model.store import Store, open_store
from tests.examples import RunningClock, install, midday, objects, order
from tests.postgres import Office
from tests.screen import click, find, rows, settle, write
from ui import watch
from ui.main_window import MainWindow

Open = Callable[[Store], MainWindow]


@pytest.fixture
def clock() -> RunningClock:
    """A computer whose clock is right, which a server looks at."""
    return RunningClock(midday())


@pytest.fixture(params=["file", "server"])
def open_desk(request: pytest.FixtureRequest, tmp_path: Path, clock: RunningClock) -> Iterator[Callable[[], Store]]:
    """Opens the same database, each time with connections of its own."""
    with ExitStack() as stack:
        place: str | Path = tmp_path / "office.db"
        if request.param == "server":
            office: Office = request.getfixturevalue("office")
            stack.callback(office.empty)
            place = office.address
        yield lambda: stack.enter_context(closing(open_store(place, now=clock.now())))


@pytest.fixture
def open_window(open_desk: Callable[[], Store], open_window: Open) -> Open:  # noqa: ARG001 - is closed after the windows
    """Opens windows over desks."""
    return open_window


def show(qtbot: QtBot, window: MainWindow, installation: int) -> None:
    window.choose(installation)
    settle(qtbot, window)


def test_what_another_program_writes_is_shown_and_nothing_here_is_lost(
    qtbot: QtBot, open_window: Open, open_desk: Callable[[], Store], clock: RunningClock
) -> None:
    here, there = open_desk(), open_desk()
    installation = install(here, "C50", 40, now=clock.now())
    window = open_window(here)
    window.resize(900, 500)
    show(qtbot, window, installation)
    table = window.page.extensions
    table.selectRow(30)
    table.verticalScrollBar().setValue(20)
    click(qtbot, window, "advancedSettingsButton")
    write(qtbot, window, "nameField", "Halb getip")
    click(qtbot, window, "settingsBackButton")
    scrolled = table.verticalScrollBar().value()
    assert scrolled > 0
    there.add_objects(installation, objects(1, start=40), clock.now())
    qtbot.waitUntil(lambda: len(rows(window, "extensionTable")) == 41, timeout=2000)
    assert [row.extension.number for row in table.selected_rows()] == ["130"]
    assert table.verticalScrollBar().value() == scrolled
    assert find(window, QLineEdit, "nameField").text() == "Halb getip"


def test_two_windows_show_each_others_changes_and_lose_nothing(
    qtbot: QtBot, open_window: Open, open_desk: Callable[[], Store], clock: RunningClock
) -> None:
    """Selection, scroll position and half-typed input stay in both."""
    stores = [open_desk(), open_desk()]
    with stores[0].together():
        first, second = (
            install(stores[0], "C50", 40, number=f"K-{n}", name=f"Kunde {n}", now=clock.now()) for n in (1, 2)
        )
        for n in range(3, 60):
            install(stores[0], number=f"K-{n}", name=f"Kunde {n}", now=clock.now())
    windows = [open_window(store) for store in stores]
    scrolled = []
    for window in windows:
        window.resize(900, 500)
        show(qtbot, window, first)
        click(qtbot, window, "advancedSettingsButton")
        write(qtbot, window, "nameField", "Halb getip")
        click(qtbot, window, "settingsBackButton")
        window.page.extensions.selectRow(30)
        window.page.extensions.verticalScrollBar().setValue(20)
        window.panel.list.verticalScrollBar().setValue(7)
        scrolled.append(
            (window.page.extensions.verticalScrollBar().value(), window.panel.list.verticalScrollBar().value())
        )
    for turn, window in enumerate(windows):
        install_more = windows[1 - turn].desk.add_objects
        install_more(first, objects(1, start=60 + turn), lambda _nothing: None, lambda error: pytest.fail(str(error)))
        qtbot.waitUntil(lambda window=window, turn=turn: len(rows(window, "extensionTable")) == 41 + turn, timeout=3000)  # type: ignore[misc]
    order(stores[1], second, "C250", clock.now())
    for window, places in zip(windows, scrolled, strict=True):
        qtbot.waitUntil(
            lambda window=window: find(window, QPushButton, "filterPending").text() == "Vorgemerkt 1",  # type: ignore[misc]
            timeout=3000,
        )
        settle(qtbot, window)
        assert [row.extension.number for row in window.page.extensions.selected_rows()] == ["130"]
        assert find(window, QLineEdit, "nameField").text() == "Halb getip"
        assert find(window, QLabel, "customerTitle").text() == "Kunde 1"
        table, lines = window.page.extensions.verticalScrollBar().value(), window.panel.list.verticalScrollBar().value()
        assert (table, lines) == places
        assert min(places) > 0


def test_two_windows_order_at_once_and_one_is_told(
    qtbot: QtBot, open_window: Open, open_desk: Callable[[], Store], clock: RunningClock
) -> None:
    stores = [open_desk(), open_desk()]
    installation = install(stores[0], now=clock.now())
    windows = [open_window(store) for store in stores]
    changes = []
    for window, size in zip(windows, ("size25", "size50"), strict=True):
        show(qtbot, window, installation)
        window.orders.adjust()
        (change,) = [entry for entry in window.findChildren(QWidget, "tariffChangeDialog") if entry.isVisible()]
        click(qtbot, change, size)
        click(qtbot, change, "selectButton")
        changes.append(change)
    for change in changes:
        click(qtbot, change, "orderButton")
    for window in windows:
        settle(qtbot, window)
    (placed,) = stores[0].account(installation).orders
    assert len(stores[0].mails(installation)) == 1
    late = 1 if placed.tariff.code == "classic-25" else 0
    assert find(changes[late], QWidget, "summaryNotice").accessibleName().startswith("Inzwischen geändert")


def test_a_window_that_read_for_long_rests_before_it_looks_again(
    qtbot: QtBot,
    open_window: Open,
    open_desk: Callable[[], Store],
    clock: RunningClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = open_desk(), open_desk()
    install(here, now=clock.now())
    window = open_window(here)
    shown = find(window, QLabel, "statusCounts")
    monkeypatch.setattr(watch, "RESTS", 1_000_000)
    window.reload()
    settle(qtbot, window)
    install(there, number="K-2", now=clock.now())
    qtbot.wait(2 * watch.LOOK_MS + 300)
    assert shown.text().startswith("1 Anlage ")
    window.reload()
    qtbot.waitUntil(lambda: shown.text().startswith("2 Anlagen "))
    monkeypatch.setattr(watch, "RESTS", 0)
    window.reload()
    settle(qtbot, window)
    install(there, number="K-3", now=clock.now())
    qtbot.waitUntil(lambda: shown.text().startswith("3 Anlagen "))
