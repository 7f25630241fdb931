"""The removal of extensions, devices and Pro functions names what goes with it (R13)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.examples import install
from tests.object_forms import Show, press, select
from tests.screen import click, dialog, find, is_open, rows, settle, text
from ui.main_window import MainWindow


def test_r13_the_removal_names_what_goes_with_it_and_keeps_by_default(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(install(memory, "P10", 3, call_flow=True))
    select(window, "Extension", 0)
    press(qtbot, window, "Extension", Qt.Key.Key_Delete)
    asked = dialog("removalDialog")
    assert text(asked, "removalText") == "Nebenstelle 100 „Nebenstelle 0“"
    assert text(asked, "removalAlong") == "Damit entfällt auch:\nCall Flow „Zentrale“ (Nebenstelle 100)"
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert not is_open("removalDialog")
    assert len(account().extensions) == 3
    press(qtbot, window, "Extension", Qt.Key.Key_Delete)
    click(qtbot, dialog("removalDialog"), "removalConfirm")
    settle(qtbot, window)
    assert len(account().extensions) == 2
    assert account().features == ()
    assert rows(window, "auditTable")[0][2:4] == ["Entfernt", "Nebenstelle 100 · Call Flow (Nebenstelle 100)"]


def test_many_objects_are_removed_together(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    account = show(install(memory, "C25", 14, 2))
    window.page.extensions.selectAll()
    click(qtbot, window, "removeExtensionButton")
    asked = dialog("removalDialog")
    assert text(asked, "removalText").splitlines()[-1] == "und 2 weitere"
    click(qtbot, asked, "removalConfirm")
    settle(qtbot, window)
    assert account().extensions == ()
    assert not find(window, QPushButton, "removeExtensionButton").isEnabled()
    select(window, "Device", 0, 1)
    press(qtbot, window, "Device", Qt.Key.Key_Delete)
    click(qtbot, dialog("removalDialog"), "removalConfirm")
    settle(qtbot, window)
    assert account().devices == ()


def test_a_pro_function_is_removed(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    account = show(install(memory, "P10", 1, call_flow=True))
    select(window, "Feature", 0)
    press(qtbot, window, "Feature", Qt.Key.Key_Return)
    press(qtbot, window, "Feature", Qt.Key.Key_Delete)
    assert text(dialog("removalDialog"), "removalText") == "Call Flow „Zentrale“ (Nebenstelle 100)"
    click(qtbot, dialog("removalDialog"), "removalConfirm")
    settle(qtbot, window)
    assert account().features == ()


def test_with_nothing_selected_delete_asks_nothing(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    show(install(memory, "C10", 1))
    window.page.extensions.clearSelection()
    press(qtbot, window, "Extension", Qt.Key.Key_Delete)
    assert not is_open("removalDialog")
    assert not find(window, QPushButton, "removeExtensionButton").isEnabled()
    assert not find(window, QPushButton, "editExtensionButton").isEnabled()
