"""What nobody means to enter: far too much at once, characters no text has, a clock that was never set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from model.account import Account
from model.installation import Additions, Customer, NewDevice, NewExtension
from model.store import Store
from tests.examples import BERLIN, NOW, TODAY, FixedClock, dump, install, order
from tests.screen import click, dialog, find, settle, text
from ui.main_window import MainWindow
from ui.object_dialogs import LONGEST_ROW, MOST_ROWS

ODD = (
    "x" * 10_000_000,
    "ü😀\u202e\0\t" * 2_000_000,
    "a\0b",
    "a\u202eb",
    "a\nb",
    "9" * 500,
    "\u200b",
    "👩\u200d👧",
)
HARMLESS = ODD[-1], ODD[5]
Open = Callable[[QtBot, MainWindow], QWidget]


def settings_page(_qtbot: QtBot, window: MainWindow) -> QWidget:
    window.open_settings()
    return window.settings_page


def leave(window: MainWindow, shown: QWidget) -> None:
    """Close a dialog, if it is still open; take back what is typed on the page."""
    if shown is window.settings_page:
        find(shown, QPushButton, "undoCustomerButton").click()
    elif isValid(shown):
        shown.close()


def add(kind: str) -> Open:
    def open_dialog(_qtbot: QtBot, window: MainWindow) -> QWidget:
        window.objects.add(kind)
        return dialog(f"{kind.lower()}Dialog")

    return open_dialog


def by_action(action: str, name: str) -> Open:
    def open_dialog(qtbot: QtBot, window: MainWindow) -> QWidget:
        window.actions_by_name.named[action].trigger()
        settle(qtbot, window)
        return dialog(name)

    return open_dialog


def paste_dialog(_qtbot: QtBot, window: MainWindow) -> QWidget:
    window.objects.paste("")
    return dialog("pasteDialog")


FORMS: dict[str, tuple[Open, str]] = {
    "settings": (settings_page, "saveCustomerButton"),
    "extension": (add("Extension"), "extensionDialogSubmit"),
    "device": (add("Device"), "deviceDialogSubmit"),
    "feature": (add("Feature"), "featureDialogSubmit"),
    "customer": (by_action("new", "newCustomerDialog"), "newCustomerDialogSubmit"),
    "cancelling": (by_action("cancelOrder", "cancelOrderDialog"), "cancelOrderDialogSubmit"),
    "preferences": (by_action("preferences", "preferencesDialog"), "preferencesDialogSubmit"),
    "paste": (paste_dialog, "pasteDialogSubmit"),
}
Field = QLineEdit | QPlainTextEdit


def fields(form: QWidget) -> list[Field]:
    """Every field a person types in."""
    found: list[Field] = [*form.findChildren(QLineEdit), *form.findChildren(QPlainTextEdit)]
    return [field for field in found if field.isVisible() and field.isEnabled() and not field.isReadOnly()]


def paste(field: Field, words: str) -> None:
    QGuiApplication.clipboard().setText(words)
    field.selectAll()
    field.paste()


def refused(form: QWidget) -> list[str]:
    """The words of refusal that are visible."""
    labels = [label for label in form.findChildren(QLabel) if label.objectName().endswith(("Fault", "NoticeText"))]
    return [label.text() for label in labels if label.isVisible() and label.text()]


def check(account: Account) -> None:
    """Everything stored is what may be stored."""
    held = account.installation
    assert Customer(held.customer_number, held.name, held.email, held.language).checked().name == held.name
    for extension in account.extensions:
        assert NewExtension(extension.number, extension.name).checked().name == extension.name
    for device in account.devices:
        assert NewDevice(device.name, mac=device.mac).checked().name == device.name


@pytest.mark.parametrize("form", FORMS)
def test_every_field_takes_or_refuses_in_words_whatever_is_pasted(
    qtbot: QtBot, window: MainWindow, memory: Store, form: str
) -> None:
    installation = install(memory, "P25", 3)
    open_form, submit = FORMS[form]
    for odd in ODD:
        if memory.account(installation).pending(TODAY) is None:
            order(memory, installation, "P50")
        window.choose(installation)
        settle(qtbot, window)
        before, shown = dump(memory._engine), open_form(qtbot, window)
        for field in fields(shown):
            paste(field, odd)
        qtbot.mouseClick(find(shown, QPushButton, submit), Qt.MouseButton.LeftButton)
        answered = refused(shown)
        settle(qtbot, window)
        assert answered or dump(memory._engine) != before or (form == "preferences" and odd in HARMLESS)
        for account in map(memory.account, range(1, memory.counts(TODAY).all + 1)):
            check(account)
        leave(window, shown)
    assert list(memory.verify().findings) == []


def rows(count: int, length: int) -> str:
    return "\n".join(f"{100 + place}\t{'x' * (length - 4)}" for place in range(count))


TOO_MANY = "Das ist zu viel zum Einfügen: höchstens 2.000 Zeilen mit je 500 Zeichen. Bitte importieren Sie eine Datei."


@pytest.mark.parametrize(
    "words", [rows(MOST_ROWS + 1, 20), "1\t" + "x" * LONGEST_ROW, "x" * 10_000_000], ids=["rows", "row", "all"]
)
def test_what_is_too_much_to_paste_is_told_and_not_cut_off(
    qtbot: QtBot, window: MainWindow, memory: Store, words: str
) -> None:
    window.choose(install(memory))
    settle(qtbot, window)
    window.objects.paste(words)
    form = dialog("pasteDialog")
    assert text(form, "pasteFieldFault") == TOO_MANY
    field = find(form, QPlainTextEdit, "pasteField")
    assert field.toPlainText() == ""
    qtbot.keyClicks(field, "10")
    assert not find(form, QLabel, "pasteFieldFault").isVisible()
    QGuiApplication.clipboard().setText(words)
    field.paste()
    assert (text(form, "pasteFieldFault"), field.toPlainText()) == (TOO_MANY, "10")


def test_as_many_rows_as_may_be_pasted_are_one_question(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    window.choose(install(memory))
    settle(qtbot, window)
    window.objects.paste(rows(MOST_ROWS, 60))
    click(qtbot, dialog("pasteDialog"), "pasteDialogSubmit")
    settle(qtbot, window)
    assert text(dialog("decisionDialog"), "decisionTitle").startswith("2.000 Nebenstellen")


def test_no_number_is_suggested_that_would_be_refused(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    memory.add_objects(installation, Additions(extensions=(NewExtension("9" * 20, "Letzte"),)), NOW)
    window.choose(installation)
    settle(qtbot, window)
    window.objects.add("Extension")
    assert find(dialog("extensionDialog"), QLineEdit, "extensionNumberField").text() == ""


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd)[:20])
def test_any_search_ends_with_an_answer(qtbot: QtBot, window: MainWindow, memory: Store, odd: str) -> None:
    install(memory)
    paste(window.panel.search, odd)
    settle(qtbot, window)
    assert window.panel.list.list_model.query == window.panel.query
    assert len(window.panel.search.text()) <= 200


def test_r35_a_first_start_with_a_clock_that_was_never_set_ends_in_words(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    clock.instant = datetime.fromtimestamp(0, BERLIN)
    window.choose(install(memory, "C10", 12, now=clock.instant))
    window.reload()
    settle(qtbot, window)
    assert text(window, "clockText") == (
        "Die Uhr des Computers zeigt einen längst vergangenen Tag."
        " Bitte stellen Sie sie richtig; bis dahin kann nichts bestellt werden."
    )
    assert not find(window, QPushButton, "confirmClockButton").isVisible()
    click(qtbot, window, "offerButton")
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert "Die Uhr des Computers" in text(change, "dialogNoticeText")
    assert memory.account(1).orders == ()
    change.close()
    clock.instant = NOW
    window.reload()
    settle(qtbot, window)
    assert not find(window, QFrame, "clockBar").isVisible()
