"""A computer of the tests' own, on which the whole program is started."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from model.demo import open_demo
from model.store import open_store
from tests.examples import FixedClock
from tests.screen import settle
from ui.app import Program
from ui.main_window import MainWindow

Answer = Callable[..., list[str]]


class Computer:
    """A fresh computer: where the program keeps its data, and the program started on it."""

    def __init__(self, folder: Path, clock: FixedClock, qtbot: QtBot) -> None:
        self.folder = folder
        self.database = folder / "daten" / "Tarifwechsel.db"
        self._clock, self._qtbot = clock, qtbot
        self.programs: list[Program] = []

    @property
    def settings(self) -> QSettings:
        """What the program keeps of what a clerk set."""
        return QSettings(str(self.folder / "settings.ini"), QSettings.Format.IniFormat)

    def start(self, database: Path | str | None = None, demo: int | None = None, language: str | None = None) -> bool:
        """What `main.py` does; what is unexpected goes to the test, not to the last resort."""
        hook, application = sys.excepthook, QApplication.instance()
        assert isinstance(application, QApplication)
        program = Program(application, self._clock, open_store, open_demo)
        sys.excepthook = hook
        self.programs.append(program)
        return program.start(database, demo, language)

    @property
    def windows(self) -> list[MainWindow]:
        """The windows of the program started last."""
        return list(self.programs[-1]._windows)

    @property
    def window(self) -> MainWindow:
        """The newest window, ready."""
        window = self.windows[-1]
        settle(self._qtbot, window)
        return window

    def quit(self) -> None:
        """Close everything."""
        for program in self.programs:
            for window in list(program._windows):
                window.close()
