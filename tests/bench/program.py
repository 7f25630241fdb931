"""The whole program with somebody in front of it: scenes are played in its own event loop, through its own window."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QWidget

from tests.bench.eye import Eye

Kind = TypeVar("Kind", bound=QWidget)
Scene = Callable[[QWidget, Eye], Any]
REAL_EXEC = QApplication.exec


def play(database: str, scene: Scene) -> None:
    """Start the program with a database, play a scene when its list is there, print what it gives as JSON and end."""

    def act() -> None:
        try:
            window = next(entry for entry in QApplication.topLevelWidgets() if entry.objectName() == "mainWindow")
            found = find(window, QListView, "installationList")
            eye = Eye(found)
            eye.wait(lambda: found.model().rowCount() > 0, 600)
            eye.rest_until_quiet()
            print(json.dumps(scene(window, eye)), flush=True)
        except BaseException:  # noqa: BLE001 - the program would show it in a dialog that nobody closes
            traceback.print_exc()
            os._exit(1)
        os._exit(0)

    def run(*_application: object) -> int:
        QTimer.singleShot(0, act)
        return REAL_EXEC()

    import main as program

    QApplication.exec = run  # type: ignore[method-assign]
    sys.argv = ["main.py", "--database", database, "--language", "de"]
    program.main()


def find(parent: QWidget, kind: type[Kind], name: str) -> Kind:
    """The widget of a name; raises LookupError."""
    for entry in parent.findChildren(kind):
        if entry.objectName() == name:
            return entry
    raise LookupError(name)


def press(window: QWidget, key: Qt.Key, text: str = "") -> None:
    """A key, as the window system would tell it to the window."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(window.windowHandle(), QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))


def type_letter(window: QWidget, letter: str) -> None:
    """A letter, as a keyboard with that letter types it; Qt names keys by capital letters, and ß has none."""
    press(window, Qt.Key(ord(letter if letter == "ß" else letter.upper())), letter)


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """The left mouse button, pressed and let go."""
    no_modifier = Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, no_modifier, at or widget.rect().center())
