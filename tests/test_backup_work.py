"""Copies made by themselves after orders, a copy that fails, and the way back inside the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QFrame, QMessageBox
from pytestqt.qtbot import QtBot

from model.demo import open_demo
from model.store import open_store
from tests.examples import FixedClock, install, local, order
from tests.screen import click, dialog, find, rows, settle, text, write
from ui import backup_work
from ui.app import Program, build
from ui.main_window import MainWindow
from ui.table import Table


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one customer."""
    path = tmp_path / "office.db"
    store = open_store(path)
    install(store, "C10", 8, 8)
    store.close()
    return path


@pytest.fixture
def office(
    german: QApplication,  # noqa: ARG001 - has to be there first
    qtbot: QtBot,
    path: Path,
    clock: FixedClock,
    settings: QSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MainWindow]:
    """A window over a database file, with copies due at once."""
    monkeypatch.setattr(backup_work, "SOON_MS", 20)
    store = open_store(path)
    made = build(store, clock, settings)
    qtbot.addWidget(made)
    made.show()
    made.choose(1)
    settle(qtbot, made)
    yield made
    made.close()
    store.close()


def place_order(qtbot: QtBot, window: MainWindow, size: str) -> None:
    """The whole way through the dialog."""
    window.orders.adjust()
    change = dialog("tariffChangeDialog")
    click(qtbot, change, size)
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)


def copies(folder: Path) -> list[Path]:
    return sorted(folder.glob("office-*.db")) if folder.is_dir() else []


def test_an_order_leaves_a_copy_that_has_it(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    place_order(qtbot, office, "size25")
    qtbot.waitUntil(lambda: len(copies(tmp_path / "Sicherungen")) == 1)
    copy = open_store(copies(tmp_path / "Sicherungen")[0], create=False)
    assert copy.verify().orders == 1
    copy.close()


def test_a_copy_that_is_due_is_made_when_the_window_closes(
    qtbot: QtBot, office: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_work, "SOON_MS", 60_000)
    place_order(qtbot, office, "size25")
    assert copies(tmp_path / "Sicherungen") == []
    office.close()
    assert len(copies(tmp_path / "Sicherungen")) == 1


def test_once_a_day_there_is_a_copy_without_an_order(
    german: QApplication,  # noqa: ARG001 - has to be there first
    qtbot: QtBot,
    path: Path,
    clock: FixedClock,
    settings: QSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backup_work, "AT_START_MS", 0)
    folder = path.parent / "Sicherungen"
    for day in (22, 22, 23):
        clock.instant = local(f"2026-11-{day} 09:00")
        store = open_store(path)
        window = build(store, clock, settings)
        qtbot.addWidget(window)
        settle(qtbot, window)
        qtbot.waitUntil(lambda day=day: any(f"202611{day}" in copy.name for copy in copies(folder)))  # type: ignore[misc]
        window.close()
        store.close()
    assert [copy.name[7:15] for copy in copies(folder)] == ["20261122", "20261123"]


def test_a_copy_that_fails_is_said_and_holds_up_no_order(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "Sicherungen"
    folder.write_text("im Weg", encoding="utf-8")
    place_order(qtbot, office, "size25")
    bar = find(office, QFrame, "backupBar")
    qtbot.waitUntil(bar.isVisible)
    assert text(office, "backupText") == (
        "In den Ordner kann nicht geschrieben werden. Bitte wählen Sie in den Einstellungen einen anderen."
        " Bestellungen werden trotzdem gespeichert."
    )
    assert "Classic 25 ist vorgemerkt" in find(office, QFrame, "pendingBar").accessibleName()
    folder.unlink()
    click(qtbot, office, "retryBackupButton")
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert len(copies(folder)) == 1


def test_the_folder_is_chosen_in_the_settings(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    office.actions_by_name.named["preferences"].trigger()
    form = dialog("preferencesDialog")
    write(qtbot, form, "backupFolderField", str(tmp_path / "woanders"))
    with qtbot.waitSignal(office.preferences_changed) as chosen:
        click(qtbot, form, "preferencesDialogSubmit")
    office.use_preferences(chosen.args[0])
    place_order(qtbot, office, "size25")
    qtbot.waitUntil(lambda: len(copies(tmp_path / "woanders")) == 1)


def test_a_database_in_memory_has_no_copies(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_name.named["restore"].trigger()
    settle(qtbot, window)
    box = dialog("messageBox")
    assert isinstance(box, QMessageBox)
    assert box.text() == "Es gibt keine Sicherungen"
    box.close()


Windows = Callable[[], list[MainWindow]]


@pytest.fixture
def program(
    german: QApplication, clock: FixedClock, settings: QSettings, path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Windows]:
    """The program with its window; what is open at the end is closed."""
    monkeypatch.setattr(backup_work, "SOON_MS", 20)
    made = Program(german, clock, open_store, open_demo, settings)
    assert made.start(path, None, "de")

    def windows() -> list[MainWindow]:
        return [entry for entry in german.topLevelWidgets() if isinstance(entry, MainWindow) and entry.isVisible()]

    yield windows
    for window in windows():
        window.close()


def the_window(qtbot: QtBot, program: Windows) -> MainWindow:
    """The only one there is, once it shows its list."""
    qtbot.waitUntil(lambda: len(program()) == 1)
    (window,) = program()
    return window


def test_the_program_goes_back_to_a_copy_and_keeps_what_was(
    qtbot: QtBot, program: Windows, path: Path, tmp_path: Path
) -> None:
    window = the_window(qtbot, program)
    window.choose(1)
    settle(qtbot, window)
    place_order(qtbot, window, "size25")
    qtbot.waitUntil(lambda: len(copies(tmp_path / "Sicherungen")) == 1)
    window.close()
    store = open_store(path)
    order(store, install(store, number="K-2"), "C25")
    store.close()

    made = Program(QApplication.instance(), FixedClock(), open_store, open_demo, window._kept)  # type: ignore[arg-type]
    assert made.start(path, None, "de")
    window = the_window(qtbot, program)
    settle(qtbot, window)
    window.actions_by_name.named["restore"].trigger()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: bool(window.findChildren(backup_work.RestoreDialog)))
    form = dialog("restoreDialog")
    assert rows(form, "backupTable") == [["22.11.2026, 10:00", "1 Bestellung", "22.11.2026, 10:00"]]
    find(form, Table, "backupTable").selectRow(0)
    click(qtbot, form, "restoreDialogSubmit")
    restored = the_window(qtbot, program)
    assert restored is not window
    box = dialog("messageBox")
    assert isinstance(box, QMessageBox)
    assert "office-replaced-20261122T090000Z.db" in box.informativeText().replace("\u200b", "")
    box.close()
    settle(qtbot, restored)
    assert restored.panel.list.list_model.rowCount() == 1
    kept = open_store(tmp_path / "office-replaced-20261122T090000Z.db", create=False)
    assert kept.verify().orders == 2
    kept.close()
