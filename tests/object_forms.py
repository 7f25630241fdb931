"""How tests add, select and change extensions, devices and Pro functions at the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QComboBox, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from model.account import Account
from tests.screen import click, dialog, find, settle, write
from ui.main_window import MainWindow

TABS = {"Extension": 0, "Device": 1, "Feature": 2}
Show = Callable[[int], Callable[[], Account]]


def start_adding(qtbot: QtBot, window: MainWindow, kind: str) -> QWidget:
    """The tab, then its button; the dialog."""
    find(window, QTabWidget, "tabs").setCurrentIndex(TABS[kind])
    click(qtbot, window, f"add{kind}Button")
    return dialog(f"{kind.lower()}Dialog")


def choose(parent: QWidget, name: str, words: str) -> None:
    """Choose in a box by what it reads."""
    box = find(parent, QComboBox, name)
    place = box.findText(words, Qt.MatchFlag.MatchStartsWith)
    assert place >= 0, words
    box.setCurrentIndex(place)


def submit(qtbot: QtBot, window: MainWindow, form: QWidget) -> None:
    click(qtbot, form, f"{form.objectName()}Submit")
    settle(qtbot, window)


def add_extension(qtbot: QtBot, window: MainWindow, number: str, name: str) -> QWidget:
    """Fill in the form and send it; the form, which may be gone."""
    form = start_adding(qtbot, window, "Extension")
    write(qtbot, form, "extensionNumberField", number)
    write(qtbot, form, "extensionNameField", name)
    submit(qtbot, window, form)
    return form


def add_call_flow(qtbot: QtBot, window: MainWindow) -> QWidget:
    """A call flow of extension 100."""
    form = start_adding(qtbot, window, "Feature")
    choose(form, "featureExtensionField", "100")
    submit(qtbot, window, form)
    return form


def select(window: MainWindow, kind: str, *places: int) -> None:
    """Select rows of a tab's table."""
    find(window, QTabWidget, "tabs").setCurrentIndex(TABS[kind])
    table = window.page.tables[TABS[kind]]
    flag, model = QItemSelectionModel.SelectionFlag, table.model()
    table.selectionModel().setCurrentIndex(model.index(places[0], 0), flag.ClearAndSelect | flag.Rows)
    for place in places[1:]:
        table.selectionModel().select(model.index(place, 0), flag.Select | flag.Rows)
    table.setFocus()


def press(qtbot: QtBot, window: MainWindow, kind: str, key: Qt.Key) -> None:
    qtbot.keyClick(window.page.tables[TABS[kind]], key)
