"""What a scene is played on: the program over the example data, led to what is to be seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QItemSelectionModel, QSettings
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from model.demo import fill_demo
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Store
from tests import examples
from tests.examples import BERLIN, FixedClock
from tests.screen import dialog, find
from ui import app as program
from ui.background import Background
from ui.main_window import MainWindow
from ui.table import Table

START = datetime(2026, 11, 22, 9, 41, tzinfo=BERLIN)
ROUNDS = 4
LOOK_MS = 200


class Stage:
    """The program over the example data, and how a scene leads it to what is to be seen."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.clock = FixedClock(START)
        self.store = empty_store()
        fill_demo(self.store, START)
        self.window = self.open_window(self.store)

    def open_window(self, store: Store) -> MainWindow:
        """A window with the settings of a fresh computer, shown."""
        settings = QSettings(str(self.home / "settings.ini"), QSettings.Format.IniFormat)
        settings.clear()
        self.window = program.build(store, self.clock, settings)
        self.window.show()
        self.settle()
        return self.window

    def close(self) -> None:
        """The end of a scene; what was typed in it is wanted by nobody."""
        self.window.settings_page.drafts.discard()
        for widget in QApplication.topLevelWidgets():
            widget.close()
            widget.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.store.close()

    def settle(self) -> None:
        """Wait until the desk has done everything that was asked for, and what followed from it."""
        desk = self.window.desk
        for _round in range(ROUNDS):
            while desk.busy:
                QApplication.processEvents()
            _wait(lambda done: desk.glance(None, 0, done, done))
            _wait(lambda done: desk.page(self.window.panel.query, 0, done, done))
            for thread in (desk.importing._reading, desk.importing._comparing):
                _wait(partial(_reach_end, thread))

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what comes from another thread."""
        while not condition():
            QApplication.processEvents()

    # ------------------------------------------------------------------ what a person does

    def id_of(self, number: str) -> int:
        """The installation of a customer number."""
        found = self.store.find_customer(number)
        assert found is not None, number
        return found

    def go(self, number: str) -> MainWindow:
        """Choose a customer."""
        self.window.choose(self.id_of(number))
        self.settle()
        return self.window

    def click(self, name: str, parent: QWidget | None = None) -> None:
        """Press a button."""
        find(parent or self.window, QAbstractButton, name).click()
        self.settle()

    def write(self, name: str, words: str, parent: QWidget | None = None) -> None:
        """Type into a field in place of what is there."""
        field = find(parent or self.window, QLineEdit, name)
        field.setFocus()
        field.selectAll()
        field.insert(words)
        self.settle()

    def act(self, name: str) -> None:
        """Use an action of the menus."""
        found = self.window.actions_by_name.named[name]
        assert found.isEnabled(), name
        found.trigger()
        self.settle()

    def tab(self, place: int, *rows: int) -> Table[Any]:
        """Open a tab and select rows."""
        self.window.page.tabs.setCurrentIndex(place)
        table = self.window.page.tables[place]
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for row in rows:
            table.selectionModel().select(table.rows.index(row, 0), flags)
        self.settle()
        return table

    # ------------------------------------------------------------------ the ways to the dialogs

    def adjust(self, number: str, *clicks: str) -> QWidget:
        """The tariff dialog of a customer, after some clicks."""
        self.go(number)
        self.window.orders.adjust()
        self.settle()
        shown = dialog("tariffChangeDialog")
        for name in clicks:
            self.click(name, shown)
        return shown

    def summary(self, number: str, *clicks: str) -> QWidget:
        """Page 2 of the tariff dialog."""
        return self.adjust(number, *clicks, "selectButton")

    def add(self, number: str, kind: str) -> QWidget:
        """The dialog that adds an "extension", a "device" or a "feature"."""
        self.go(number)
        self.act(f"add{kind.capitalize()}")
        return dialog(f"{kind}Dialog")

    def submit(self, form: QWidget) -> QWidget:
        """Press the button that submits a form."""
        self.click(f"{form.objectName()}Submit", form)
        return form

    def paste(self, number: str, rows: str) -> QWidget:
        """The dialog with rows from a spreadsheet."""
        self.go(number)
        self.window.objects.paste(rows)
        self.settle()
        return dialog("pasteDialog")

    def import_text(self, text: str, name: str = "Export Müller.csv", encoding: str = "utf-8") -> None:
        """Import a file with this text."""
        path = self.home / name
        path.write_text(text, encoding=encoding)
        self.window.imports.read([path])
        self.settle()

    def set_clock(self, difference: timedelta) -> None:
        """The computer shows another time."""
        self.clock.instant = START + difference
        self.window.reload()
        self.settle()


def empty_store() -> Store:
    """A store in memory that a clerk of an invented name works with, on every computer the same."""
    store = Store(SqliteEngine(MEMORY), examples.CLERK)
    store.load_shipped_prices()
    return store


def _reach_end(thread: Background, done: Callable[[object], None]) -> None:
    """Whatever was asked of a thread before is done then."""
    thread.run(lambda: None, done, done)


def _wait(ask: Callable[[Callable[[object], None]], None]) -> None:
    """Until the desk has answered."""
    answers: list[object] = []
    ask(answers.append)
    while not answers:
        QApplication.processEvents()
    QApplication.processEvents()


Scene = Callable[[Stage], QWidget]
Made = TypeVar("Made", bound=Scene)


class Scenes(dict[str, Scene]):
    """Scenes by name."""

    def add(self, made: Made) -> Made:
        """A scene by the name of its function."""
        self[made.__name__.replace("_", "-")] = made
        return made
