"""The "erweiterte Einstellungen" of an installation: who the customer is, and at the very bottom the tariff change."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QLineEdit, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from model.installation import Customer, Language
from model.store import Store
from tests.examples import EMAIL, FixedClock, install, order, tamper
from tests.screen import click, dialog, find, rows, settle, text, write
from ui.main_window import MainWindow


def open_settings(qtbot: QtBot, window: MainWindow, installation: int) -> QWidget:
    window.choose(installation)
    settle(qtbot, window)
    click(qtbot, window, "advancedSettingsButton")
    return window.settings_page


def customer(store: Store, installation: int) -> Customer:
    held = store.account(installation).installation
    return Customer(held.customer_number, held.name, held.email, held.language)


def field(page: QWidget, name: str) -> str:
    return find(page, QLineEdit, name).text()


def enabled(page: QWidget, name: str) -> bool:
    return find(page, QPushButton, name).isEnabled()


def test_a_customer_is_saved_and_read_everywhere(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    page = open_settings(qtbot, window, installation)
    assert not enabled(page, "saveCustomerButton")
    write(qtbot, page, "customerNumberField", "100423")
    write(qtbot, page, "nameField", "Autohaus Müller & Söhne")
    write(qtbot, page, "emailField", "buero@müller.example")
    box = find(page, QComboBox, "languageField")
    box.setCurrentIndex(box.findText("Englisch"))
    click(qtbot, page, "saveCustomerButton")
    settle(qtbot, window)
    assert customer(memory, installation) == Customer(
        "100423", "Autohaus Müller & Söhne", "buero@müller.example", Language.ENGLISH
    )
    assert text(page, "savedLabel") == "Gespeichert."
    assert field(page, "emailField") == "buero@müller.example"
    assert not enabled(page, "saveCustomerButton")
    click(qtbot, page, "settingsBackButton")
    assert text(window, "customerTitle") == "Autohaus Müller & Söhne"
    assert window.panel.list.list_model.index(0, 0).data() == "Autohaus Müller & Söhne"
    assert rows(window, "auditTable")[0][2:4] == [
        "Kunde geändert", "Kundennummer, Name, E-Mail-Adresse und Sprache",
    ]  # fmt: skip


def test_blanks_around_a_value_are_not_saved_and_not_shown_any_more(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory)
    page = open_settings(qtbot, window, installation)
    write(qtbot, page, "emailField", " buero@example.org ")
    click(qtbot, page, "saveCustomerButton")
    settle(qtbot, window)
    assert customer(memory, installation).email == "buero@example.org"
    assert text(page, "savedLabel") == "Gespeichert."
    assert field(page, "emailField") == "buero@example.org"
    assert not enabled(page, "saveCustomerButton")


def test_changes_can_be_taken_back(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    page = open_settings(qtbot, window, installation)
    assert not enabled(page, "undoCustomerButton")
    write(qtbot, page, "nameField", "Halb")
    click(qtbot, page, "undoCustomerButton")
    assert field(page, "nameField") == "Muster GmbH"
    assert not enabled(page, "undoCustomerButton")
    assert customer(memory, installation).name == "Muster GmbH"


def test_half_typed_input_survives_what_another_hand_writes(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory)
    page = open_settings(qtbot, window, installation)
    write(qtbot, page, "nameField", "Muster A")
    memory.change_customer(installation, Customer("K-1", "Muster GmbH", "neu@example.org"), clock.now())
    qtbot.keyClick(window, Qt.Key.Key_F5)
    settle(qtbot, window)
    assert field(page, "nameField") == "Muster A"
    assert enabled(page, "saveCustomerButton")
    click(qtbot, page, "settingsBackButton")
    click(qtbot, window, "advancedSettingsButton")
    assert field(page, "nameField") == "Muster A"


def test_saving_a_name_leaves_the_address_another_hand_has_entered(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory)
    page = open_settings(qtbot, window, installation)
    write(qtbot, page, "nameField", "Muster AG")
    memory.change_customer(installation, Customer("K-1", "Muster GmbH", "neu@example.org"), clock.now())
    qtbot.keyClick(window, Qt.Key.Key_F5)
    settle(qtbot, window)
    click(qtbot, page, "saveCustomerButton")
    settle(qtbot, window)
    assert customer(memory, installation) == Customer("K-1", "Muster AG", "neu@example.org")


def test_input_belongs_to_its_installation(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    first, second = install(memory), install(memory, number="K-2", name="Andere AG")
    page = open_settings(qtbot, window, first)
    write(qtbot, page, "nameField", "Halb getippt")
    open_settings(qtbot, window, second)
    assert field(page, "nameField") == "Andere AG"
    assert customer(memory, first).name == "Muster GmbH"
    open_settings(qtbot, window, first)
    assert field(page, "nameField") == "Halb getippt"


BAD_ADDRESSES = ["a@b.de, evil@x.de", "a@b.de;evil@x.de", "a@b.de\nBcc: evil@x.de", "Muster <a@b.de>", "a@", "@b.de",
                 "a@b", "a b@c.de", "a@b..de", "a@-b.de", ".a@b.de"]  # fmt: skip


@pytest.mark.parametrize("address", BAD_ADDRESSES, ids=lambda address: address[:20])
def test_r25_an_invalid_address_is_refused_under_its_field(
    qtbot: QtBot, window: MainWindow, memory: Store, address: str
) -> None:
    installation = install(memory)
    page = open_settings(qtbot, window, installation)
    edit = find(page, QLineEdit, "emailField")
    edit.setFocus()
    edit.selectAll()
    QGuiApplication.clipboard().setText(address)
    qtbot.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    typed = edit.text()
    click(qtbot, page, "saveCustomerButton")
    settle(qtbot, window)
    assert "ist keine gültige E-Mail-Adresse. Bitte geben Sie genau eine an" in text(page, "emailFieldFault")
    assert edit.text() == typed
    assert customer(memory, installation).email == EMAIL


TOO_LONG_ADDRESS = "Diese Adresse ist zu lang: höchstens 64 Zeichen vor dem @, insgesamt höchstens 254."
NO_ASCII = (
    "Vor dem @ sind nur Buchstaben ohne Umlaute und Akzente, Ziffern und Zeichen wie Punkt, Bindestrich und Unterstrich"
    " möglich."
)
UNSEEN = "Hier steht ein Zeichen, das man nicht sieht (U+202E). Bitte tippen Sie den Text, statt ihn einzufügen."
NO_ADDRESS = (
    "„a@\N{REPLACEMENT CHARACTER}bc.de“ ist keine gültige E-Mail-Adresse."
    " Bitte geben Sie genau eine an, etwa name@firma.de."
)
NO_NUMBER = "„Ü1“ ist keine gültige Kundennummer: nur Buchstaben, Ziffern und - / ."


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("emailField", f"{'x' * 65}@b.de", TOO_LONG_ADDRESS),
        ("emailField", "müller@b.de", NO_ASCII),
        ("nameField", "Muster\u202e GmbH", UNSEEN),
        ("nameField", "x" * 201, "Das ist zu lang: höchstens 200 Zeichen."),
        ("customerNumberField", "1" * 33, "Das ist zu lang: höchstens 32 Zeichen."),
        ("customerNumberField", "Ü1", NO_NUMBER),
        ("emailField", "a@\u202ebc.de", NO_ADDRESS),
    ],
)
def test_what_is_wrong_stands_under_its_field_in_words(
    qtbot: QtBot, window: MainWindow, memory: Store, name: str, typed: str, words: str
) -> None:
    installation = install(memory)
    before = customer(memory, installation)
    page = open_settings(qtbot, window, installation)
    write(qtbot, page, name, typed)
    click(qtbot, page, "saveCustomerButton")
    settle(qtbot, window)
    assert text(page, f"{name}Fault") == words
    assert find(page, QLineEdit, name).accessibleDescription() == words
    assert (field(page, name), customer(memory, installation)) == (typed, before)


def test_a_customer_number_that_is_taken_stands_under_its_field(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory)
    install(memory, number="K-2", name="Andere AG")
    page = open_settings(qtbot, window, installation)
    write(qtbot, page, "customerNumberField", "K-2")
    click(qtbot, page, "saveCustomerButton")
    settle(qtbot, window)
    assert text(page, "customerNumberFieldFault") == "Es gibt schon einen Kunden mit der Nummer K-2."
    assert field(page, "customerNumberField") == "K-2"
    assert customer(memory, installation).customer_number == "K-1"


def test_a_fault_of_two_lines_is_whole_and_leaves_its_field_whole(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    page = open_settings(qtbot, window, install(memory))
    edit, others = find(page, QLineEdit, "emailField"), find(page, QLineEdit, "nameField")
    write(qtbot, page, "emailField", "buero@autohaus-brenner-und-soehne")
    click(qtbot, page, "saveCustomerButton")
    fault = find(page, QLabel, "emailFieldFault")
    qtbot.waitUntil(lambda: fault.height() >= fault.heightForWidth(fault.width()))
    assert fault.height() > 2 * fault.fontMetrics().height()
    assert edit.height() == others.height()


def test_a_customer_that_is_gone_is_said_and_what_was_typed_stays(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    page = open_settings(qtbot, window, install(memory))
    write(qtbot, page, "nameField", "Muster AG")
    # Or the window itself may find out first, and shows no customer any more.
    window.watch.stop()
    settle(qtbot, window)
    tamper(memory, "PRAGMA foreign_keys=OFF", "DELETE FROM installation")
    click(qtbot, page, "saveCustomerButton")
    settle(qtbot, window)
    assert "gibt es nicht mehr" in text(page, "settingsNoticeText")
    assert field(page, "nameField") == "Muster AG"


def test_the_tariff_change_is_at_the_very_bottom(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    order(memory, installation, "C25")
    page = open_settings(qtbot, window, installation)
    section = find(page, QFrame, "tariffChangeSection")
    assert section.findChildren(QLabel)[0].text() == "Tarifwechsel"
    top = section.mapTo(page, QPoint(0, 0)).y()
    body = find_body(page)
    assert section.mapTo(body, QPoint(0, 0)).y() + section.height() >= body.height() - 2
    for entry in page.findChildren(QWidget):
        if entry.isVisible() and entry.objectName() and entry is not section and not section.isAncestorOf(entry):
            assert entry.mapTo(page, QPoint(0, 0)).y() + entry.height() <= top or entry.isAncestorOf(section), (
                entry.objectName()
            )
    button = find(page, QPushButton, "adjustTariffButton")
    below = [
        entry.objectName()
        for entry in section.findChildren(QWidget)
        if entry.isVisible() and entry.mapTo(section, QPoint(0, 0)).y() > button.geometry().bottom()
    ]
    assert below == []


def find_body(page: QWidget) -> QWidget:
    """What scrolls."""
    (area,) = page.findChildren(QScrollArea)
    body = area.widget()
    assert body is not None
    return body


def test_enter_saves_what_was_typed(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    page = open_settings(qtbot, window, installation)
    write(qtbot, page, "emailField", "neu@example.org")
    qtbot.keyClick(find(page, QLineEdit, "emailField"), Qt.Key.Key_Return)
    settle(qtbot, window)
    assert memory.account(installation).installation.email == "neu@example.org"
    revision = memory.account(installation).installation.revision
    qtbot.keyClick(find(page, QLineEdit, "emailField"), Qt.Key.Key_Return)
    settle(qtbot, window)
    assert memory.account(installation).installation.revision == revision


def test_the_section_says_the_tariff_and_what_is_pending(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    page = open_settings(qtbot, window, installation)
    assert text(page, "settingsTariffLabel") == (
        "Aktueller Tarif: Cloud Telefonanlage Classic 10, 10 Nebenstellen und 10 Endgeräte, 9,90\xa0€ netto im Monat"
    )
    assert not find(page, QWidget, "settingsPendingBar").isVisible()
    assert not find(page, QWidget, "noEmailBar").isVisible()
    order(memory, installation, "C25")
    window.reload()
    settle(qtbot, window)
    assert (
        find(page, QWidget, "settingsPendingBar")
        .accessibleName()
        .startswith("Classic 25 ist vorgemerkt und wird ab 01.12.2026 berechnet Bis dahin wird Classic 10 berechnet.")
    )
    click(qtbot, page, "settingsCancelOrderButton")
    assert dialog("cancelOrderDialog").isVisible()


def test_r25_a_missing_address_is_said_beside_the_tariff_change(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory, email="")
    page = open_settings(qtbot, window, installation)
    assert "Bitte tragen Sie oben eine ein." in text(page, "noEmailText")
    write(qtbot, page, "emailField", "neu@example.org")
    click(qtbot, page, "saveCustomerButton")
    settle(qtbot, window)
    assert not find(page, QWidget, "noEmailBar").isVisible()
