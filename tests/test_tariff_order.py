"""The click that orders: what changed meanwhile is shown anew, one summary is one order (R19, R20, R35)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from model.installation import Customer
from model.orders import order_label
from model.store import Store
from tests.examples import EMAIL, FixedClock, install, local, objects, order
from tests.screen import click, dialog, find, is_open, rows, settle, text
from tests.tariff_dialog import TOMORROWS_PRICES, enabled, notice, open_dialog, open_summary, stored
from ui import changes
from ui.main_window import MainWindow

ENTER = Qt.Key.Key_Return
NBSP = "\N{NO-BREAK SPACE}"


def highlighted(change: QWidget) -> set[str]:
    """The names of the fields that are marked as changed."""
    page = find(change, QWidget, "summaryPage")
    return {entry.objectName() for entry in page.findChildren(QLabel) if entry.property("changed") == "true"}


def new_prices(store: Store, _installation: int, clock: FixedClock) -> None:
    store.add_price_lists(TOMORROWS_PRICES, clock.now())
    clock.instant = local("2026-11-23 09:00:00")


def new_address(store: Store, installation: int, clock: FixedClock) -> None:
    store.change_customer(installation, Customer("K-1", "Muster GmbH", "neu@example.org"), clock.now())


def new_name(store: Store, installation: int, clock: FixedClock) -> None:
    store.change_customer(installation, Customer("K-1", "Muster AG", EMAIL), clock.now())


def one_more(store: Store, installation: int, clock: FixedClock) -> None:
    store.add_objects(installation, objects(1, start=50), clock.now())


def midnight(_store: Store, _installation: int, clock: FixedClock) -> None:
    clock.instant = local("2026-12-01 00:01:00")


PRICES = {"netNew", "vatNew", "grossNew", "totalNet", "totalGross", "summaryDifference"}
CHANGES = [
    (new_prices, PRICES),
    (new_address, {"mailTo"}),
    (one_more, {"extensionsOld", "extensionsNew"}),
    (midnight, {"effectiveOn", "cancellableUntil"}),
]


@pytest.mark.parametrize(("change_it", "fields"), CHANGES, ids=lambda value: getattr(value, "__name__", ""))
def test_r19_what_changed_before_the_click_is_shown_anew_and_then_ordered(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    clock: FixedClock,
    change_it: Callable[[Store, int, FixedClock], None],
    fields: set[str],
) -> None:
    clock.instant = local("2026-11-30 23:58:00") if change_it is midnight else clock.instant
    installation = install(memory, "C10", 5, 5, now=clock.now())
    change = open_summary(qtbot, window, installation, 25)
    assert highlighted(change) == set()
    change_it(memory, installation, clock)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert stored(memory, installation) == ()
    assert notice(change).startswith("Inzwischen geändert Es wurde nichts bestellt.")
    assert highlighted(change) == fields
    gross = text(change, "totalGross")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert not is_open("tariffChangeDialog")
    (placed,) = stored(memory, installation)
    assert gross == ("17,26" if change_it is new_prices else "23,68") + f"{NBSP}€"
    assert placed.effective_on.isoformat() == ("2027-01-01" if change_it is midnight else "2026-12-01")
    assert placed.mail_to == ("neu@example.org" if change_it is new_address else EMAIL)


def test_r19_a_new_name_is_highlighted(qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    new_name(memory, installation, clock)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    marked = [entry.text() for entry in change.findChildren(QLabel) if entry.property("changed") == "true"]
    assert marked == ["Muster AG · Kundennummer K-1"]


def test_r19_r26_an_order_of_another_hand_is_named_before_it_is_replaced(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    other = order(memory, installation, "C50")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert stored(memory, installation) == (other,)
    assert notice(change).startswith("Inzwischen geändert")
    assert f"ersetzt die vorgemerkte Bestellung {order_label(other.order_number)} (Classic 50)" in notice(change)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.tariff.code for entry in stored(memory, installation)] == ["classic-50", "classic-25"]


def test_r19_what_now_stands_in_the_way_is_said_and_cannot_be_ordered(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory, "C25", 10, 5)
    change = open_summary(qtbot, window, installation, 10)
    one_more(memory, installation, clock)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert "1 Nebenstelle zu viel" in notice(change)
    assert not enabled(change, "orderButton")
    assert enabled(change, "backButton")
    assert stored(memory, installation) == ()


def test_r19_another_hand_was_faster_with_the_same_tariff(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    other = order(memory, installation, "C25")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert stored(memory, installation) == (other,)
    words = (
        "Inzwischen geändert Es wurde nichts bestellt. Bitte prüfen Sie die neue Zusammenfassung."
        f" Bereits bestellt am 22.11.2026, 10:00 unter {order_label(other.order_number)}."
    )
    assert notice(change) == words
    assert not enabled(change, "orderButton")
    window.reload()
    settle(qtbot, window)
    assert notice(change) == words


def test_r35_a_clock_that_is_wrong_orders_nothing_and_says_so(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    clock.instant = local("2026-11-22 08:00:00")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert text(change, "dialogNoticeText").startswith("Die Uhr des Computers scheint nicht richtig")
    assert stored(memory, installation) == ()
    clock.instant = local("2026-11-22 10:00:00")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert len(stored(memory, installation)) == 1


def double_click(qtbot: QtBot, button: QPushButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)


def two_clicks(qtbot: QtBot, button: QPushButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def space_and_enter(qtbot: QtBot, button: QPushButton) -> None:
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    qtbot.keyClick(button, ENTER)


def test_r19_the_second_click_of_two_does_not_order_what_changed_under_it(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.instant = local("2026-11-30 23:59:00")
    installation = install(memory, now=clock.now())
    change = open_summary(qtbot, window, installation, 25)
    clock.instant = local("2026-12-01 00:01:00")
    button = find(change, QPushButton, "orderButton")
    button.setFocus()
    monkeypatch.setattr(changes, "UNSEEN_MS", 0)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    monkeypatch.setattr(changes, "UNSEEN_MS", 3_600_000)
    settle(qtbot, window)
    assert text(change, "effectiveOn") == "Freitag, 1. Januar 2027"
    assert change.focusWidget().objectName() == "backButton"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert stored(memory, installation) == ()


@pytest.mark.parametrize("press", [double_click, two_clicks, space_and_enter])
def test_r20_one_summary_is_one_order_and_one_mail(
    qtbot: QtBot, window: MainWindow, memory: Store, press: Callable[[QtBot, QPushButton], None]
) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    press(qtbot, find(change, QPushButton, "orderButton"))
    settle(qtbot, window)
    assert not is_open("tariffChangeDialog")
    (placed,) = stored(memory, installation)
    assert [mail.order_number for mail in memory.mails(installation)] == [placed.order_number]


def test_r20_while_an_order_is_under_way_the_dialog_neither_orders_again_nor_closes(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    with memory.together():
        click(qtbot, change, "orderButton")
        for name in ("orderButton", "backButton", "cancelButton"):
            qtbot.mouseClick(find(change, QPushButton, name), Qt.MouseButton.LeftButton)
        assert is_open("tariffChangeDialog")
        assert find(change, QWidget, "summaryPage").isVisible()
        names = ("orderButton", "backButton", "cancelButton")
        qtbot.waitUntil(lambda: not any(enabled(change, name) for name in names))
        qtbot.keyClick(change, Qt.Key.Key_Escape)
        assert not change.close()
        assert change.isVisible()
    settle(qtbot, window)
    assert not is_open("tariffChangeDialog")
    assert len(stored(memory, installation)) == 1
    assert len(memory.mails(installation)) == 1


def test_esc_closes_the_dialog_and_nothing_is_ordered(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    qtbot.keyClick(change, Qt.Key.Key_Escape)
    assert not is_open("tariffChangeDialog")
    change = open_summary(qtbot, window, installation, 25)
    assert change.close()
    assert stored(memory, installation) == ()


def test_there_is_one_dialog_at_a_time(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    open_dialog(qtbot, window, install(memory))
    window.orders.adjust()
    assert dialog("tariffChangeDialog").isVisible()


def test_what_was_ordered_is_shown(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    label = order_label(stored(memory, installation)[0].order_number)
    assert window.page.isVisible()
    assert window.statusBar().currentMessage() == f"{label} bestellt: Classic 25 ab 01.12.2026."
    assert rows(window, "orderTable") == [
        [label, "22.11.2026, 10:00", "Classic 10", "Classic 25", "01.12.2026", f"19,90{NBSP}€", "vorgemerkt",
         "wartet (kein Mailserver eingerichtet)", ""],
    ]  # fmt: skip
