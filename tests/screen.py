"""How tests look at the screen and act on it as a person does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import CallbackBlocker

from ui.main_window import MainWindow
from ui.table import Table

Kind = TypeVar("Kind", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 30_000


class PatientBot(QtBot):
    """On a busy computer what must come takes longer than pytest-qt's five seconds."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        """pytest-qt: wait for a condition."""
        super().waitUntil(callback, timeout=timeout)

    def waitCallback(self, *, timeout: int = PATIENCE_MS, raising: bool | None = None) -> CallbackBlocker:
        """pytest-qt: wait for a call."""
        return super().waitCallback(timeout=timeout, raising=raising)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the desk has done everything that was asked for, and what followed from it."""
    qtbot.waitUntil(lambda: window.warming.is_done)
    for _round in range(3):
        qtbot.waitUntil(lambda: not window.desk.busy)
        with qtbot.waitCallback() as acted:
            window.desk.glance(None, 0, acted, acted)
        with qtbot.waitCallback() as searched:
            window.desk.page(window.panel.query, 0, searched, searched)
        for thread in (window.desk.importing._reading, window.desk.importing._comparing):
            with qtbot.waitCallback() as read:
                thread.run(lambda: None, read, read)
        QApplication.processEvents()


def find(parent: QWidget, kind: type[Kind], name: str) -> Kind:
    """The widget of a name; a name is there once."""
    found = [entry for entry in parent.findChildren(kind) if entry.objectName() == name]
    assert len(found) == 1, f"{name}: {len(found)}"
    return found[0]


def text(parent: QWidget, name: str) -> str:
    """What a label says; it has to be visible."""
    label = find(parent, QLabel, name)
    assert label.isVisible(), f"{name} is hidden"
    return label.text()


def click(qtbot: QtBot, parent: QWidget, name: str) -> None:
    """A mouse click on a button that is visible and enabled."""
    button = find(parent, QAbstractButton, name)
    assert button.isVisible(), f"{name} is hidden"
    assert button.isEnabled(), f"{name} is disabled"
    qtbot.mouseClick(button, LEFT)


def write(qtbot: QtBot, parent: QWidget, name: str, words: str) -> None:
    """Type into a field in place of what is there; paste what Qt's test keyboard can't type."""
    field = find(parent, QLineEdit, name)
    assert field.isEnabled(), f"{name} is disabled"
    field.setFocus()
    field.selectAll()
    if words and words.isascii():
        qtbot.keyClicks(field, words)
    elif words:
        QGuiApplication.clipboard().setText(words)
        field.paste()
    else:
        qtbot.keyClick(field, Qt.Key.Key_Delete)


def rows(parent: QWidget, name: str) -> list[list[str]]:
    """The texts of a table, row by row, as shown."""
    table = find(parent, Table, name)
    model = table.model()
    places = [(row, column) for row in range(model.rowCount()) for column in range(model.columnCount())]
    cells = [str(model.index(row, column).data() or "") for row, column in places]
    width = max(1, model.columnCount())
    return [cells[start : start + width] for start in range(0, len(cells), width)]


def dialog(name: str) -> QWidget:
    """The open dialog of a name; there is one."""
    found = [entry for entry in QApplication.topLevelWidgets() if entry.objectName() == name and entry.isVisible()]
    assert len(found) == 1, f"{name}: {len(found)}"
    return found[0]


def is_open(name: str) -> bool:
    """Whether a dialog of that name is on the screen."""
    return any(entry.isVisible() for entry in QApplication.topLevelWidgets() if entry.objectName() == name)
