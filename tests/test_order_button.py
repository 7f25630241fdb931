"""The button that orders: a click counts that began and ended on it, on what was there to be seen (R17, R19)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.examples import FixedClock, install, objects
from tests.screen import click, find, settle
from tests.tariff_dialog import open_summary, stored
from ui import changes
from ui.changes import OrderButton
from ui.main_window import MainWindow


def hold(qtbot: QtBot, button: QPushButton) -> None:
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    assert button.isDown()


def let_go(qtbot: QtBot, button: QPushButton, at: QPoint | None = None) -> None:
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton, pos=at or button.rect().center())


@pytest.mark.parametrize("way", ["double click", "click", "Space", "Enter"])
def test_r17_what_nobody_can_have_seen_yet_is_not_ordered(
    qtbot: QtBot, window: MainWindow, memory: Store, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The button that orders is where the one was that led to the summary."""
    monkeypatch.setattr(changes, "UNSEEN_MS", 0 if way == "double click" else 3_600_000)
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    button = find(change, QPushButton, "orderButton")
    if way == "double click":
        qtbot.mouseDClick(button, Qt.MouseButton.LeftButton)
        qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    elif way == "click":
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    else:
        button.setFocus()
        qtbot.keyClick(button, Qt.Key.Key_Space if way == "Space" else Qt.Key.Key_Return)
    settle(qtbot, window)
    assert stored(memory, installation) == ()
    assert find(change, QWidget, "summaryPage").isVisible()
    monkeypatch.setattr(changes, "UNSEEN_MS", 0)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert len(stored(memory, installation)) == 1


def test_only_letting_go_of_the_left_button_on_it_orders(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    button = find(change, QPushButton, "orderButton")
    qtbot.mouseClick(button, Qt.MouseButton.RightButton)
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.mouseMove(button, QPoint(-20, -20))
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton, pos=QPoint(-20, -20))
    settle(qtbot, window)
    assert stored(memory, installation) == ()
    assert not button.isDown()
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert stored(memory, installation) == ()
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert len(stored(memory, installation)) == 1


def test_letting_go_beside_it_orders_nothing_though_no_move_was_told(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory)
    button = find(open_summary(qtbot, window, installation, 25), QPushButton, "orderButton")
    hold(qtbot, button)
    let_go(qtbot, button, QPoint(-20, -20))
    settle(qtbot, window)
    assert not button.isDown()
    assert stored(memory, installation) == ()


def test_letting_go_orders_nothing_if_it_was_forbidden_meanwhile(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory)
    button = find(open_summary(qtbot, window, installation, 25), OrderButton, "orderButton")
    hold(qtbot, button)
    button.forbid("Die Verbindung ist weg.")
    let_go(qtbot, button)
    button.forbid("")
    let_go(qtbot, button)
    settle(qtbot, window)
    assert stored(memory, installation) == ()


@pytest.mark.parametrize("way", ["mouse", "mouse that moves", "Space"])
def test_r19_letting_go_orders_nothing_if_the_summary_changed_meanwhile(
    qtbot: QtBot, window: MainWindow, memory: Store, way: str
) -> None:
    installation = install(memory)
    button = find(open_summary(qtbot, window, installation, 25), OrderButton, "orderButton")
    if way == "Space":
        button.setFocus()
        qtbot.keyPress(button, Qt.Key.Key_Space)
        button.begin()
        qtbot.keyRelease(button, Qt.Key.Key_Space)
    else:
        hold(qtbot, button)
        button.begin()
        if way == "mouse that moves":
            middle = button.rect().center().toPointF()
            move = QMouseEvent(
                QEvent.Type.MouseMove, middle, button.mapToGlobal(middle), Qt.MouseButton.NoButton,
                Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
            )  # fmt: skip
            QApplication.sendEvent(button, move)
            assert button.isDown()
        let_go(qtbot, button)
    settle(qtbot, window)
    assert not button.isDown()
    assert stored(memory, installation) == ()


def test_the_button_that_ordered_comes_up_again_if_nothing_came_of_it(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    memory.add_objects(installation, objects(1, start=50), clock.now())
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    button = find(change, QPushButton, "orderButton")
    qtbot.waitUntil(lambda: not button.isDown())
    assert button.isEnabled()
    assert stored(memory, installation) == ()
