"""While something is being saved: words, a second try, closing the window; and every dialog is open once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QFrame, QLabel, QMessageBox, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from model import sqlite_connections
from model.demo import open_demo
from model.orders import TariffOrder, order_label
from model.store import Store, open_store
from tests.examples import FixedClock, install, order
from tests.faults import held
from tests.screen import click, dialog, find, is_open, rows, settle, text, write
from ui import working_dialog
from ui.app import Program, build
from ui.main_window import MainWindow

BUSY = "Nicht gespeichert: Ein anderes Programm schreibt gerade in die Datenbank. Bitte versuchen Sie es noch einmal."
Open = Callable[[Path], MainWindow]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with a customer."""
    path = tmp_path / "office.db"
    with closing(open_store(path)) as store:
        install(store, "C10", 8, 8)
    return path


@pytest.fixture
def open_office(
    german: QApplication,  # noqa: ARG001 - has to be there first
    qtbot: QtBot,
    clock: FixedClock,
    settings: QSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Open]:
    """Opens a window on its customer; who waits for another program doesn't wait long."""
    monkeypatch.setattr(sqlite_connections, "TIMEOUT_S", 0.4)
    opened: list[tuple[MainWindow, Store]] = []

    def make(path: Path) -> MainWindow:
        store = open_store(path)
        window = build(store, clock, settings)
        opened.append((window, store))
        qtbot.addWidget(window)
        window.show()
        window.choose(1)
        settle(qtbot, window)
        return window

    yield make
    for window, store in opened:
        qtbot.waitUntil(lambda window=window: not window.desk.busy)  # type: ignore[misc]
        window.close()
        store.close()


@pytest.fixture
def office(open_office: Open, path: Path) -> MainWindow:
    return open_office(path)


def open_summary(qtbot: QtBot, window: MainWindow, size: str = "size25") -> QWidget:
    window.orders.adjust()
    change = dialog("tariffChangeDialog")
    click(qtbot, change, size)
    click(qtbot, change, "selectButton")
    return change


def stored(path: Path) -> tuple[TariffOrder, ...]:
    with closing(open_store(path, create=False)) as store:
        return store.account(1).orders


# ---------------------------------------------------------------------- another program holds the lock


def test_an_order_that_waits_says_so_then_why_it_failed_and_succeeds_when_pressed_again(
    qtbot: QtBot, office: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_dialog, "SLOW_MS", 20)
    change = open_summary(qtbot, office)
    total = text(change, "totalGross")
    with held(path, "IMMEDIATE") as release:
        click(qtbot, change, "orderButton")
        slow = find(change, QFrame, "tariffChangeDialogSlow")
        qtbot.waitUntil(slow.isVisible)
        assert slow.accessibleName().startswith("Wird gespeichert … Möglicherweise schreibt gerade ein anderes")
        qtbot.waitUntil(lambda: not office.desk.busy)
        assert not slow.isVisible()
        assert text(change, "dialogNoticeText") == BUSY
        assert text(change, "totalGross") == total
        release()
    click(qtbot, change, "orderButton")
    settle(qtbot, office)
    assert not is_open("tariffChangeDialog")
    assert [placed.tariff.code for placed in stored(path)] == ["classic-25"]


def test_an_order_that_waits_is_placed_as_soon_as_the_other_program_is_done(
    qtbot: QtBot, office: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_dialog, "SLOW_MS", 20)
    monkeypatch.setattr(sqlite_connections, "TIMEOUT_S", 5.0)
    change = open_summary(qtbot, office)
    with held(path, "IMMEDIATE") as release:
        click(qtbot, change, "orderButton")
        qtbot.waitUntil(find(change, QFrame, "tariffChangeDialogSlow").isVisible)
        release()
        settle(qtbot, office)
    assert not is_open("tariffChangeDialog")
    assert len(stored(path)) == 1


def test_a_form_that_waits_says_so_and_keeps_what_was_typed(
    qtbot: QtBot, office: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_dialog, "SLOW_MS", 20)
    click(qtbot, office, "addExtensionButton")
    form = dialog("extensionDialog")
    write(qtbot, form, "extensionNameField", "Empfang")
    with held(path, "IMMEDIATE") as release:
        click(qtbot, form, "extensionDialogSubmit")
        qtbot.waitUntil(find(form, QFrame, "extensionDialogSlow").isVisible)
        assert not find(form, QPushButton, "extensionDialogSubmit").isEnabled()
        qtbot.waitUntil(lambda: not office.desk.busy)
        assert text(form, "extensionDialogNoticeText") == BUSY
        release()
    click(qtbot, form, "extensionDialogSubmit")
    settle(qtbot, office)
    assert ["108", "Empfang"] in [row[:2] for row in rows(office, "extensionTable")]


def test_what_is_done_at_once_says_nothing(qtbot: QtBot, office: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []
    monkeypatch.setattr(working_dialog.WorkingDialog, "show_slow", said.append)
    change = open_summary(qtbot, office)
    click(qtbot, change, "orderButton")
    settle(qtbot, office)
    assert said == []


def test_a_click_does_not_wait_behind_what_is_being_read(qtbot: QtBot, office: MainWindow, path: Path) -> None:
    """Reading has a thread of its own: the order is stored while a reader is stuck."""
    change = open_summary(qtbot, office)
    stuck, go_on = threading.Event(), threading.Event()

    def read_slowly() -> None:
        stuck.set()
        go_on.wait(10)

    office.desk._reading.run(read_slowly, lambda _nothing: None, lambda _error: None)
    assert stuck.wait(5)
    try:
        click(qtbot, change, "orderButton")
        qtbot.waitUntil(lambda: not office.desk.busy)
        assert len(stored(path)) == 1
    finally:
        go_on.set()


# ---------------------------------------------------------------------- closing meanwhile


def leaving_box() -> QMessageBox:
    box = dialog("leavingBox")
    assert isinstance(box, QMessageBox)
    return box


def press(box: QMessageBox, words: str) -> None:
    made = next(made for made in box.buttons() if made.text() == words)
    assert made.isVisible()
    made.click()


def test_a_window_closed_while_an_order_is_under_way_waits_says_the_outcome_and_goes(
    qtbot: QtBot, office: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_connections, "TIMEOUT_S", 5.0)
    change = open_summary(qtbot, office)
    with held(path, "IMMEDIATE") as release:
        click(qtbot, change, "orderButton")
        assert not office.close()
        assert not office.close()
        box = leaving_box()
        assert box.text() == "Ihre letzte Änderung wird noch gespeichert"
        assert box.informativeText() == "Das Fenster schließt sich, sobald feststeht, ob sie gespeichert ist."
        release()
        qtbot.waitUntil(lambda: not office.desk.busy)
    (placed,) = stored(path)
    assert box.text() == f"{order_label(placed.order_number)} bestellt: Classic 25 ab 01.12.2026."
    assert office.isVisible()
    with qtbot.waitSignal(office.closed):
        press(box, "Schließen")
    assert not office.isVisible()


def test_a_window_stays_when_what_was_under_way_failed(qtbot: QtBot, office: MainWindow, path: Path) -> None:
    change = open_summary(qtbot, office)
    with held(path, "IMMEDIATE") as release:
        click(qtbot, change, "orderButton")
        assert not office.close()
        qtbot.waitUntil(lambda: not office.desk.busy)
        assert not is_open("leavingBox")
        assert office.isVisible()
        assert text(change, "dialogNoticeText") == BUSY
        release()
    click(qtbot, change, "orderButton")
    settle(qtbot, office)
    assert len(stored(path)) == 1
    assert office.isVisible(), "the wish to close is forgotten"
    assert office.close()


def test_the_clerk_can_decide_to_stay(
    qtbot: QtBot, office: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_connections, "TIMEOUT_S", 5.0)
    change = open_summary(qtbot, office)
    with held(path, "IMMEDIATE") as release:
        click(qtbot, change, "orderButton")
        office.close()
        press(leaving_box(), "Nicht schließen")
        release()
        settle(qtbot, office)
    assert not is_open("leavingBox")
    assert office.isVisible()
    assert len(stored(path)) == 1


def test_what_was_saved_without_a_word_of_its_own_is_said_to_be(
    qtbot: QtBot, office: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_connections, "TIMEOUT_S", 5.0)
    office.show_done("etwas Älteres")
    office.page.extensions.selectRow(0)
    click(qtbot, office, "removeExtensionButton")
    with held(path, "IMMEDIATE") as release:
        click(qtbot, dialog("removalDialog"), "removalConfirm")
        office.close()
        box = leaving_box()
        release()
        qtbot.waitUntil(lambda: not office.desk.busy)
    assert box.text() == "Gespeichert."
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert not office.isVisible()


# ---------------------------------------------------------------------- one dialog for one purpose


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("new", "newCustomerDialog"),
        ("cancelOrder", "cancelOrderDialog"),
        ("adjust", "tariffChangeDialog"),
        ("addExtension", "extensionDialog"),
        ("addDevice", "deviceDialog"),
        ("addFeature", "featureDialog"),
        ("preferences", "preferencesDialog"),
        ("restore", "restoreDialog"),
    ],
)
def test_an_action_pressed_twice_opens_one_dialog(
    qtbot: QtBot, office: MainWindow, path: Path, name: str, shown: str
) -> None:
    with closing(open_store(path)) as other:
        order(other, 1, "C25")
    office.reload()
    settle(qtbot, office)
    action = office.actions_by_name.named[name]
    action.trigger()
    action.trigger()
    settle(qtbot, office)
    qtbot.waitUntil(lambda: is_open(shown))
    first = dialog(shown)
    action.trigger()
    with qtbot.waitCallback() as listed:
        office.desk.keeping.list(path.parent, listed, listed)
    settle(qtbot, office)
    assert dialog(shown) is first
    first.close()
    assert not is_open(shown)
    action.trigger()
    settle(qtbot, office)
    qtbot.waitUntil(lambda: is_open(shown))


def test_the_dialog_that_is_open_keeps_what_was_chosen(qtbot: QtBot, office: MainWindow) -> None:
    change = open_summary(qtbot, office, "size50")
    total = text(change, "totalGross")
    office.actions_by_name.named["adjust"].trigger()
    assert text(dialog("tariffChangeDialog"), "totalGross") == total


def test_two_customers_have_two_cancellations(qtbot: QtBot, office: MainWindow, path: Path) -> None:
    with closing(open_store(path)) as other:
        order(other, 1, "C25")
        second = install(other, "C10", 2, number="K-2", name="Andere AG")
        order(other, second, "C25")
    office.reload()
    settle(qtbot, office)
    office.orders.cancel()
    office.choose(second)
    settle(qtbot, office)
    office.orders.cancel()
    shown = [entry for entry in QApplication.topLevelWidgets() if entry.objectName() == "cancelOrderDialog"]
    assert len([entry for entry in shown if entry.isVisible()]) == 2
    for entry in shown:
        entry.close()


# ---------------------------------------------------------------------- the language


@pytest.fixture
def program(
    german: QApplication, qtbot: QtBot, clock: FixedClock, settings: QSettings, path: Path
) -> Iterator[Callable[[], MainWindow]]:
    """The program with a window on its customer; gives the newest window, ready."""
    made = Program(german, clock, open_store, open_demo, settings)
    assert made.start(path, None, "de")

    def window() -> MainWindow:
        newest = list(made._windows)[-1]
        settle(qtbot, newest)
        return newest

    window().choose(1)
    yield window
    for entry in list(made._windows):
        entry.close()
    made._use_language("de")


def choose_english(qtbot: QtBot, window: MainWindow) -> QWidget:
    window.actions_by_name.named["preferences"].trigger()
    form = dialog("preferencesDialog")
    box = find(form, QComboBox, "programLanguageField")
    box.setCurrentIndex(box.findText("English"))
    click(qtbot, form, "preferencesDialogSubmit")
    return form


def test_another_language_is_refused_while_a_dialog_would_lose_its_choices(
    qtbot: QtBot, program: Callable[[], MainWindow]
) -> None:
    window = program()
    change = open_summary(qtbot, window, "size50")
    total = text(change, "totalGross")
    form = choose_english(qtbot, window)
    assert text(form, "programLanguageFieldFault") == (
        "Bitte schließen Sie zuerst „Tarif anpassen – Muster GmbH“ ab: Sonst ginge verloren, was Sie dort gewählt"
        " haben."
    )
    assert text(change, "totalGross") == total
    change.close()
    click(qtbot, form, "preferencesDialogSubmit")
    english = program()
    assert english is not window
    assert text(english, "tariffLabel").startswith("Customer number K-1")


def test_other_settings_are_saved_beside_an_open_dialog(qtbot: QtBot, program: Callable[[], MainWindow]) -> None:
    window = program()
    change = open_summary(qtbot, window, "size50")
    window.actions_by_name.named["preferences"].trigger()
    form = dialog("preferencesDialog")
    write(qtbot, form, "productPageField", "https://example.com/neu")
    click(qtbot, form, "preferencesDialogSubmit")
    assert not is_open("preferencesDialog")
    assert window.preferences.product_page == "https://example.com/neu"
    assert find(change, QRadioButton, "size50").isChecked()


def test_a_language_chosen_while_something_is_saved_comes_when_it_is(
    qtbot: QtBot, program: Callable[[], MainWindow], path: Path
) -> None:
    window = program()
    window.page.extensions.selectRow(0)
    click(qtbot, window, "removeExtensionButton")
    with held(path, "IMMEDIATE") as release:
        click(qtbot, dialog("removalDialog"), "removalConfirm")
        choose_english(qtbot, window)
        box = leaving_box()
        release()
        qtbot.waitUntil(lambda: not window.desk.busy)
    press(box, "Close")
    english = program()
    assert english is not window
    qtbot.waitUntil(lambda: len(rows(english, "extensionTable")) == 7)
    assert find(english, QLabel, "tariffLabel").text().startswith("Customer number K-1")
