"""Which database the program opens at its start, what it says when it can't, and the example data."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from model.backups import back_up
from model.sqlite_engine import SqliteEngine
from model.store import open_store
from tests.computer import Answer, Computer
from tests.examples import NOW, install, order
from tests.screen import click, dialog, find, text


def test_the_first_start_creates_the_database(computer: Computer) -> None:
    assert not computer.database.exists()
    assert computer.start()
    assert "noch keine Anlagen" in text(computer.window, "welcomeText")
    assert computer.window.windowTitle() == "Tarifwechsel"
    assert computer.database.stat().st_size > 0


def test_the_database_of_the_command_line_is_opened(computer: Computer) -> None:
    path = computer.folder / "andere.db"
    store = open_store(path)
    install(store, name="Andere AG")
    store.close()
    assert computer.start(path)
    assert find(computer.window, QPushButton, "filterAll").text() == "Alle 1"
    assert not computer.database.exists()


def test_a_known_database_that_vanished_is_never_replaced_unasked(
    computer: Computer, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert computer.start()
    computer.quit()
    other = computer.folder / "gerettet.db"
    computer.database.rename(other)
    said = answer("Beenden")
    assert not computer.start()
    assert said == [
        f"Die Datenbank {computer.database} ist nicht mehr da. Wurde sie verschoben oder fehlt ein Laufwerk?"
    ]
    assert not computer.database.exists()

    chosen = iter([("", ""), (str(other), "")])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: next(chosen))
    said = answer("Andere Datei wählen …", "Andere Datei wählen …")
    assert computer.start()
    assert len(said) == 2
    assert computer.window.desk.place == str(other)
    assert not computer.database.exists()


def newer(path: Path) -> None:
    open_store(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()


BAD_DATABASES: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.write_bytes(b"Guten Tag. " * 200), "{place} ist keine Datenbank dieses Programms."),
    (lambda path: path.write_bytes(b""), "Die Datei {place} ist leer."),
    (newer, "{place} wurde von einer neueren Version angelegt."),
    (lambda path: path.mkdir(), "{place} ist keine Datenbank dieses Programms."),
]


@pytest.mark.parametrize(("make", "words"), BAD_DATABASES, ids=["text", "empty", "newer", "folder"])
def test_a_file_that_is_no_database_of_ours_stays_untouched(
    computer: Computer, answer: Answer, make: Callable[[Path], object], words: str
) -> None:
    path = computer.folder / "schlecht.db"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    said = answer("Beenden")
    assert not computer.start(path)
    assert said[0].startswith(words.format(place=path))
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert computer.windows == []


def with_a_copy(computer: Computer) -> Path:
    """A database that is known, with a customer, and a copy of it in its folder."""
    assert computer.start()
    computer.quit()
    with closing(open_store(computer.database)) as store:
        order(store, install(store, name="Eigene AG"), "C25")
    with closing(SqliteEngine(computer.database)) as engine:
        return back_up(engine, computer.database.parent / "Sicherungen", NOW)


def make_empty(path: Path) -> None:
    path.write_bytes(b"")


def make_text(path: Path) -> None:
    path.write_bytes(b"Guten Tag. " * 200)


def damage(path: Path) -> None:
    """The page of the orders."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tariff_order'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


SPOILT: list[tuple[Callable[[Path], object], str]] = [
    (Path.unlink, "ist nicht mehr da. Wurde sie verschoben oder fehlt ein Laufwerk?"),
    (make_empty, "ist leer. Bitte wählen Sie eine andere Datei oder stellen Sie eine Sicherung wieder her."),
    (make_text, "ist keine Datenbank dieses Programms. Bitte wählen Sie eine andere Datei."),
    (damage, "ist beschädigt. Bitte stellen Sie eine Sicherung wieder her; es wurde nichts geschrieben."),
]


@pytest.mark.parametrize(("spoil", "words"), SPOILT, ids=["missing", "empty", "text", "damaged"])
def test_a_copy_takes_the_place_of_a_database_that_cannot_be_opened(
    computer: Computer, answer: Answer, spoil: Callable[[Path], object], words: str
) -> None:
    with_a_copy(computer)
    spoil(computer.database)
    before = computer.database.read_bytes() if computer.database.exists() else None
    said = answer("Sicherung wiederherstellen …")
    assert computer.start()
    assert [text.endswith(words) for text in said] == [True]
    (kept,) = computer.database.parent.glob("Tarifwechsel-replaced-*.db") if before is not None else (None,)
    assert kept is None or kept.read_bytes() == before
    box = dialog("messageBox")
    assert isinstance(box, QMessageBox)
    assert box.text() == "Die Sicherung ist wiederhergestellt"
    told = box.informativeText().replace("\u200b", "")
    assert told == (f"Die bisherige Datenbank liegt in {kept}" if kept else "Die Datenbank ist wieder auf dem Stand der"
                    " Sicherung.")  # fmt: skip
    box.close()
    assert find(computer.window, QPushButton, "filterPending").text() == "Vorgemerkt 1"
    assert not find(computer.window, QWidget, "databaseBar").isVisible()


def test_without_a_copy_none_is_offered(computer: Computer) -> None:
    assert computer.start()
    computer.quit()
    computer.database.unlink()
    offered: list[str] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        offered.extend(made.text() for made in box.buttons())
        box.reject()

    QTimer.singleShot(0, look)
    assert not computer.start()
    assert sorted(offered) == ["Andere Datei wählen …", "Beenden", "Erneut versuchen"]


def test_a_drive_that_comes_back_is_tried_again(computer: Computer, answer: Answer) -> None:
    with_a_copy(computer)
    aside = computer.folder / "laufwerk"
    computer.database.parent.rename(aside)
    said = answer("Erneut versuchen", "Erneut versuchen")
    looking = QTimer(QApplication.instance())
    looking.timeout.connect(lambda: aside.rename(computer.database.parent) if len(said) == 1 else None)
    looking.timeout.connect(lambda: looking.stop() if said else None)
    looking.start(1)
    assert computer.start(computer.database)
    assert find(computer.window, QPushButton, "filterAll").text() == "Alle 1"


def test_the_example_data_are_opened_once(computer: Computer) -> None:
    assert computer.start()
    own = computer.window
    for _time in range(2):
        own.demo_requested.emit()
    assert len(computer.windows) == 2


def test_the_example_data_are_kept_apart(computer: Computer) -> None:
    assert computer.start(demo=4)
    assert find(computer.window, QPushButton, "filterAll").text() == "Alle 4"
    assert "Beispiel" in computer.window.windowTitle()
    assert not computer.database.exists()
    computer.quit()
    assert computer.start()
    assert "noch keine Anlagen" in text(computer.window, "welcomeText")


def test_the_example_data_open_beside_the_clerks_own(qtbot: QtBot, computer: Computer) -> None:
    assert computer.start()
    own = computer.window
    click(qtbot, own, "welcomeDemoButton")
    assert len(computer.windows) == 2
    assert find(computer.window, QPushButton, "filterAll").text() == "Alle 48"
    assert find(own, QPushButton, "filterAll").text() == "Alle 0"


def test_a_look_at_the_example_data_does_not_lose_the_clerks_last_customer(computer: Computer) -> None:
    store = open_store(computer.database)
    installation = install(store, name="Eigene AG")
    store.close()
    for demo in (None, 4):
        assert computer.start(demo=demo)
        computer.window.choose(installation)
        assert text(computer.window, "customerTitle")
        computer.quit()
    assert computer.start()
    assert text(computer.window, "customerTitle") == "Eigene AG"


def test_example_data_that_cannot_be_opened_are_said(qtbot: QtBot, computer: Computer, answer: Answer) -> None:
    assert computer.start()
    (computer.folder / "daten" / "Beispiel").write_bytes(b"im Weg")
    click(qtbot, computer.window, "welcomeDemoButton")
    box = dialog("messageBox")
    assert isinstance(box, QMessageBox)
    assert box.text() == "Die Beispieldaten lassen sich nicht öffnen"
    box.accept()
    said = answer("Beenden")
    assert not computer.start(demo=4)
    assert "lässt sich nicht öffnen" in said[0]
