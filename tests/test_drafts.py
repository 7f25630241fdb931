"""What was typed on the settings page and isn't saved: never lost, never in another customer's form, always said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QStandardPaths, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from sqlite_utils.utils import sqlite3

from model.demo import open_demo
from model.installation import Customer
from model.store import Store, open_store
from tests.examples import EMAIL, FixedClock, install
from tests.screen import click, dialog, find, settle, text, write
from ui import i18n
from ui.app import Program, build
from ui.main_window import MainWindow
from ui.preferences import Preferences

NEW = "neu@example.org"
Two = tuple[int, int]


@pytest.fixture
def two(memory: Store) -> Two:
    """Two customers to go back and forth between."""
    return install(memory), install(memory, number="K-2", name="Andere AG", email="andere@example.org")


def open_settings(qtbot: QtBot, window: MainWindow, installation: int) -> None:
    go_to(qtbot, window, installation)
    click(qtbot, window, "advancedSettingsButton")


def go_to(qtbot: QtBot, window: MainWindow, installation: int) -> None:
    window.choose(installation)
    settle(qtbot, window)


def fields(window: MainWindow) -> tuple[str, str, str]:
    """What stands in the form."""
    names = ("customerNumberField", "nameField", "emailField")
    number, name, email = (find(window.settings_page, QLineEdit, field).text() for field in names)
    return number, name, email


def bar(window: MainWindow) -> str:
    """What the bar says of drafts elsewhere; "" while it is hidden."""
    shown = find(window, QFrame, "draftBar")
    return text(window, "draftText") if shown.isVisible() else ""


def test_a_draft_waits_for_the_clerk_to_come_back(qtbot: QtBot, window: MainWindow, memory: Store, two: Two) -> None:
    first, second = two
    open_settings(qtbot, window, first)
    write(qtbot, window, "emailField", NEW)
    assert text(window, "savedLabel") == "Noch nicht gespeichert."
    assert bar(window) == ""
    open_settings(qtbot, window, second)
    assert fields(window) == ("K-2", "Andere AG", "andere@example.org")
    assert not find(window, QPushButton, "saveCustomerButton").isEnabled()
    assert bar(window) == "Eingegeben, aber noch nicht gespeichert: Muster GmbH"
    go_to(qtbot, window, first)
    assert bar(window) == "Eingegeben, aber noch nicht gespeichert: Muster GmbH"
    click(qtbot, window, "advancedSettingsButton")
    assert (fields(window), bar(window)) == (("K-1", "Muster GmbH", NEW), "")
    click(qtbot, window, "saveCustomerButton")
    settle(qtbot, window)
    assert memory.account(first).installation.email == NEW
    go_to(qtbot, window, second)
    assert bar(window) == ""


def test_the_bar_leads_to_the_oldest_draft_whatever_is_shown(qtbot: QtBot, window: MainWindow, two: Two) -> None:
    for installation in two:
        open_settings(qtbot, window, installation)
        write(qtbot, window, "nameField", "Halb")
    click(qtbot, window, "settingsBackButton")
    assert bar(window) == "Eingegeben, aber noch nicht gespeichert: Muster GmbH und Andere AG"
    for installation, number, left in zip(two, ("K-1", "K-2"), ("Andere AG", ""), strict=True):
        click(qtbot, window, "showDraftButton")
        settle(qtbot, window)
        assert window.page_name() == "settingsPage"
        assert fields(window)[:2] == (number, "Halb")
        assert bar(window).removeprefix("Eingegeben, aber noch nicht gespeichert: ") == left
        assert window.case is not None
        assert window.case.account.installation.id == installation
        click(qtbot, window, "undoCustomerButton")
        assert text(window, "savedLabel") == ""


def test_many_drafts_are_counted(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    for number in range(1, 6):
        open_settings(qtbot, window, install(memory, number=f"K-{number}", name=f"Kunde {number}"))
        write(qtbot, window, "nameField", "Halb")
    click(qtbot, window, "settingsBackButton")
    assert bar(window) == (
        "Eingegeben, aber noch nicht gespeichert: Kunde 1, Kunde 2, Kunde 3 und 2 weitere Kunden"
    )  # fmt: skip


def test_a_draft_takes_over_what_another_hand_saved_meanwhile(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, two: Two
) -> None:
    first, second = two
    open_settings(qtbot, window, first)
    write(qtbot, window, "nameField", "Muster AG")
    go_to(qtbot, window, second)
    memory.change_customer(first, Customer("K-1", "Muster GmbH", NEW), clock.now())
    open_settings(qtbot, window, first)
    assert fields(window) == ("K-1", "Muster AG", NEW)
    memory.change_customer(first, Customer("K-1", "Muster AG", NEW), clock.now())
    qtbot.keyClick(window, Qt.Key.Key_F5)
    settle(qtbot, window)
    assert not find(window, QPushButton, "saveCustomerButton").isEnabled()
    go_to(qtbot, window, second)
    assert bar(window) == ""


@pytest.fixture
def office(
    german: QApplication,  # noqa: ARG001 - has to be there first
    qtbot: QtBot,
    tmp_path: Path,
    clock: FixedClock,
    settings: QSettings,
) -> Iterator[tuple[MainWindow, sqlite3.Connection]]:
    """A window over a database file with two customers, and another program's connection to it."""
    store = open_store(tmp_path / "office.db")
    install(store)
    install(store, number="K-2", name="Andere AG", email="andere@example.org")
    window = build(store, clock, settings)
    qtbot.addWidget(window)
    window.show()
    other = sqlite3.connect(tmp_path / "office.db", isolation_level=None)
    yield window, other
    other.close()
    window.settings_page.drafts.discard()
    window.close()
    store.close()


def while_it_is_saved(
    qtbot: QtBot, office: tuple[MainWindow, sqlite3.Connection], act: Callable[[MainWindow], None]
) -> MainWindow:
    """The first customer is being saved, another program holds the database up; meanwhile the clerk acts."""
    window, other = office
    open_settings(qtbot, window, 1)
    write(qtbot, window, "emailField", f" {NEW} ")
    other.execute("BEGIN IMMEDIATE")
    click(qtbot, window, "saveCustomerButton")
    act(window)
    other.execute("ROLLBACK")
    settle(qtbot, window)
    return window


def test_what_is_saved_late_stays_out_of_another_customers_form(
    qtbot: QtBot, office: tuple[MainWindow, sqlite3.Connection]
) -> None:
    def go_on(window: MainWindow) -> None:
        window.choose(2)
        qtbot.waitUntil(lambda: fields(window)[0] == "K-2")
        click(qtbot, window, "advancedSettingsButton")
        write(qtbot, window, "nameField", "Andere KG")

    window = while_it_is_saved(qtbot, office, go_on)
    assert fields(window) == ("K-2", "Andere KG", "andere@example.org")
    assert text(window, "savedLabel") == "Noch nicht gespeichert."
    assert window.statusBar().currentMessage() == "Gespeichert."
    click(qtbot, window, "undoCustomerButton")
    go_to(qtbot, window, 1)
    assert (fields(window)[2], bar(window)) == (NEW, "")


def test_what_is_refused_late_is_said_when_the_customer_is_shown_again(
    qtbot: QtBot, window: MainWindow, two: Two
) -> None:
    """Here the other customer is shown before the answer is there because the GUI thread looks at neither."""
    first, second = two
    open_settings(qtbot, window, first)
    write(qtbot, window, "customerNumberField", "k-2")
    typed = window.settings_page.form.typed()
    go_to(qtbot, window, second)
    window.customers.save(first, typed)
    settle(qtbot, window)
    assert text(window, "faultText") == "Es gibt schon einen Kunden mit der Nummer k-2."
    assert fields(window)[0] == "K-2"
    click(qtbot, window, "showDraftButton")
    settle(qtbot, window)
    assert text(window, "customerNumberFieldFault") == "Es gibt schon einen Kunden mit der Nummer k-2."
    assert fields(window)[0] == "k-2"
    go_to(qtbot, window, second)
    click(qtbot, window, "advancedSettingsButton")
    assert not find(window, QLineEdit, "customerNumberField").accessibleDescription()


def test_what_is_typed_while_it_is_saved_stays(qtbot: QtBot, office: tuple[MainWindow, sqlite3.Connection]) -> None:
    window = while_it_is_saved(qtbot, office, lambda window: write(qtbot, window, "nameField", "Muster AG"))
    assert fields(window) == ("K-1", "Muster AG", NEW)
    assert text(window, "savedLabel") == "Noch nicht gespeichert."
    click(qtbot, window, "saveCustomerButton")
    settle(qtbot, window)
    assert text(window, "savedLabel") == "Gespeichert."


def test_a_notice_belongs_to_its_customer(qtbot: QtBot, window: MainWindow, memory: Store, two: Two) -> None:
    first, second = two
    open_settings(qtbot, window, first)
    write(qtbot, window, "emailField", NEW)
    click(qtbot, window, "saveCustomerButton")
    settle(qtbot, window)
    assert text(window, "savedLabel") == "Gespeichert."
    open_settings(qtbot, window, second)
    assert text(window, "savedLabel") == ""
    assert memory.account(second).installation.email == "andere@example.org"


# ---------------------------------------------------------------------- the window goes


def test_closing_asks_before_anything_typed_is_lost(qtbot: QtBot, window: MainWindow, two: Two) -> None:
    open_settings(qtbot, window, two[0])
    write(qtbot, window, "nameField", "Halb")
    go_to(qtbot, window, two[1])
    for _twice in range(2):
        window.close()
    box = dialog("unsavedBox")
    assert window.isVisible()
    assert [made.text() for made in box.findChildren(QPushButton)] == ["Nicht schließen", "Verwerfen und schließen"]
    press(qtbot, "Nicht schließen")
    settle(qtbot, window)
    assert (window.isVisible(), window.page_name(), fields(window)[1]) == (True, "settingsPage", "Halb")
    event = QCloseEvent()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()
    press(qtbot, "Verwerfen und schließen")
    assert not window.isVisible()


def press(qtbot: QtBot, words: str) -> None:
    box = dialog("unsavedBox")
    (button,) = [made for made in box.findChildren(QPushButton) if made.text() == words]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_in_another_language_the_clerk_goes_on_typing(
    german: QApplication,
    qtbot: QtBot,
    clock: FixedClock,
    settings: QSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _place: str(tmp_path))
    path = tmp_path / "office.db"
    store = open_store(path)
    install(store)
    install(store, number="K-2", name="Andere AG")
    store.close()
    program = Program(german, clock, open_store, open_demo, settings)
    assert program.start(path, None, "de")
    (window,) = program._windows
    for installation in (2, 1):
        open_settings(qtbot, window, installation)
        write(qtbot, window, "emailField", NEW)
    window.preferences_changed.emit(Preferences(language="en"))
    (made,) = program._windows
    settle(qtbot, made)
    assert i18n.language() == "en"
    assert made is not window
    assert (made.page_name(), fields(made)) == ("settingsPage", ("K-1", "Muster GmbH", NEW))
    assert bar(made) == "Typed but not saved yet: Andere AG"
    click(qtbot, made, "saveCustomerButton")
    settle(qtbot, made)
    go_to(qtbot, made, 2)
    assert fields(made)[2] == NEW
    assert made.settings_page.drafts.of(1) is None
    made.settings_page.drafts.discard()
    made.close()
    program._use_language("de")


def test_without_a_draft_nothing_is_asked(qtbot: QtBot, window: MainWindow, two: Two) -> None:
    open_settings(qtbot, window, two[0])
    write(qtbot, window, "emailField", NEW)
    write(qtbot, window, "emailField", EMAIL)
    window.close()
    assert not window.isVisible()
