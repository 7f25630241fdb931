"""Adding, editing and removing extensions, devices and Pro functions, and what is asked first (R11, R13, R30)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from model.account import Account
from model.installation import Additions, DeviceKind, ExtensionKind, NewDevice, NewExtension, ProFeature
from model.orders import OrderState
from model.store import Removal, Store
from tests.examples import TODAY, FixedClock, dump, install, order
from tests.screen import click, dialog, find, rows, settle, text, write
from ui.main_window import MainWindow

NBSP = "\N{NO-BREAK SPACE}"
CONTROL = Qt.KeyboardModifier.ControlModifier
TABS = {"Extension": 0, "Device": 1, "Feature": 2}
TABLES = {"Extension": "extensionTable", "Device": "deviceTable", "Feature": "featureTable"}


@pytest.fixture
def case(qtbot: QtBot, window: MainWindow, memory: Store) -> Callable[[int], Callable[[], Account]]:
    """Shows an installation; gives what the store holds of it."""

    def show(installation: int) -> Callable[[], Account]:
        window.choose(installation)
        settle(qtbot, window)
        return lambda: memory.account(installation)

    return show


def start_adding(qtbot: QtBot, window: MainWindow, kind: str) -> QWidget:
    """The tab, then its button; the dialog."""
    find(window, QTabWidget, "tabs").setCurrentIndex(TABS[kind])
    click(qtbot, window, f"add{kind}Button")
    return dialog(f"{kind.lower()}Dialog")


def choose(parent: QWidget, name: str, words: str) -> None:
    """Choose in a box by what it reads."""
    box = find(parent, QComboBox, name)
    place = box.findText(words, Qt.MatchFlag.MatchStartsWith)
    assert place >= 0, words
    box.setCurrentIndex(place)


def submit(qtbot: QtBot, window: MainWindow, form: QWidget) -> None:
    click(qtbot, form, f"{form.objectName()}Submit")
    settle(qtbot, window)


def add_extension(qtbot: QtBot, window: MainWindow, number: str, name: str) -> QWidget:
    """Fill in the form and send it; the form, which may be gone."""
    form = start_adding(qtbot, window, "Extension")
    write(qtbot, form, "extensionNumberField", number)
    write(qtbot, form, "extensionNameField", name)
    submit(qtbot, window, form)
    return form


def add_call_flow(qtbot: QtBot, window: MainWindow) -> QWidget:
    """A call flow of extension 100."""
    form = start_adding(qtbot, window, "Feature")
    choose(form, "featureExtensionField", "100")
    submit(qtbot, window, form)
    return form


def select(window: MainWindow, kind: str, *places: int) -> None:
    """Select rows of a tab's table."""
    find(window, QTabWidget, "tabs").setCurrentIndex(TABS[kind])
    table = window.page.tables[TABS[kind]]
    flag, model = QItemSelectionModel.SelectionFlag, table.model()
    table.selectionModel().setCurrentIndex(model.index(places[0], 0), flag.ClearAndSelect | flag.Rows)
    for place in places[1:]:
        table.selectionModel().select(model.index(place, 0), flag.Select | flag.Rows)
    table.setFocus()


def press(qtbot: QtBot, window: MainWindow, kind: str, key: Qt.Key) -> None:
    qtbot.keyClick(window.page.tables[TABS[kind]], key)


def is_open(name: str) -> bool:
    return any(entry.isVisible() for entry in QApplication.topLevelWidgets() if entry.objectName() == name)


Show = Callable[[int], Callable[[], Account]]


# ---------------------------------------------------------------------- extensions


def test_an_extension_is_added(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    account = case(install(memory, "C10", 2))
    form = start_adding(qtbot, window, "Extension")
    assert find(form, QLineEdit, "extensionNumberField").text() == "102"
    assert find(form, QLineEdit, "extensionNameField").hasFocus() or not form.isActiveWindow()
    write(qtbot, form, "extensionNameField", "Faxgerät")
    choose(form, "extensionKindField", "Ressource")
    submit(qtbot, window, form)
    assert rows(window, "extensionTable")[-1] == ["102", "Faxgerät", "Ressource", "–", "Enthalten"]
    assert (account().extensions[-1].number, account().extensions[-1].kind) == ("102", ExtensionKind.RESOURCE)
    assert rows(window, "auditTable")[0][2:4] == ["Angelegt", "Nebenstelle 102"]


def test_the_first_extension_is_10(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    case(install(memory))
    form = start_adding(qtbot, window, "Extension")
    assert find(form, QLineEdit, "extensionNumberField").text() == "10"


@pytest.mark.parametrize(
    ("number", "name", "field", "words"),
    [
        ("", "Empfang", "extensionNumberField", "Bitte ausfüllen."),
        ("12a", "Empfang", "extensionNumberField",
         "„12a“ ist keine gültige Nummer. Erlaubt sind höchstens 20 Zeichen: Ziffern, *, # und +, keine Leerzeichen."),
        ("101", "Empfang", "extensionNumberField", "Die Nebenstelle 101 gibt es in dieser Anlage schon."),
        ("300", " ", "extensionNameField", "Bitte ausfüllen."),
        ("300", "x" * 201, "extensionNameField", "Das ist zu lang: höchstens 200 Zeichen."),
    ],
)  # fmt: skip
def test_a_fault_stands_under_its_field_and_what_was_typed_stays(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show, number: str, name: str, field: str, words: str
) -> None:
    account = case(install(memory, "C10", 2))
    form = add_extension(qtbot, window, number, name)
    assert text(form, f"{field}Fault") == words
    assert find(form, QLineEdit, field).accessibleDescription() == words
    assert find(form, QLineEdit, "extensionNumberField").text() == number
    assert find(form, QLineEdit, "extensionNameField").text() == name
    assert find(form, QPushButton, "extensionDialogSubmit").isEnabled()
    assert len(account().extensions) == 2
    qtbot.keyClicks(find(form, QLineEdit, field), "7")
    assert not find(form, QWidget, f"{field}Fault").isVisible()


def test_enter_in_a_field_submits_the_form(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    account = case(install(memory))
    form = start_adding(qtbot, window, "Extension")
    write(qtbot, form, "extensionNameField", "Empfang")
    qtbot.keyClick(find(form, QLineEdit, "extensionNameField"), Qt.Key.Key_Return)
    settle(qtbot, window)
    assert [entry.name for entry in account().extensions] == ["Empfang"]


def test_enter_on_a_row_edits_the_extension(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    account = case(install(memory, "C10", 3))
    select(window, "Extension", 1)
    press(qtbot, window, "Extension", Qt.Key.Key_Return)
    form = dialog("extensionDialog")
    assert form.windowTitle() == "Nebenstelle bearbeiten"
    write(qtbot, form, "extensionNumberField", "102")
    submit(qtbot, window, form)
    assert text(form, "extensionNumberFieldFault") == "Die Nebenstelle 102 gibt es in dieser Anlage schon."
    write(qtbot, form, "extensionNumberField", "200")
    write(qtbot, form, "extensionNameField", "Leitung")
    choose(form, "extensionKindField", "Ressource")
    submit(qtbot, window, form)
    assert {entry.number: entry.name for entry in account().extensions}["200"] == "Leitung"
    assert rows(window, "auditTable")[0][2:4] == [
        "Nebenstelle geändert",
        "Nummer 101 → 200 · Benutzer → Ressource · Name",
    ]


def test_an_extension_that_is_gone_meanwhile_is_said_in_its_form(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, case: Show
) -> None:
    installation = install(memory, "C10", 1)
    account = case(installation)
    select(window, "Extension", 0)
    click(qtbot, window, "editExtensionButton")
    form = dialog("extensionDialog")
    memory.remove_objects(installation, Removal(extensions=(account().extensions[0].id,)), clock.now())
    submit(qtbot, window, form)
    assert text(form, "extensionDialogNoticeText") == "Diesen Eintrag gibt es nicht mehr; er wurde inzwischen entfernt."


def test_a_form_closed_while_it_is_saved_leaves_the_program_in_order(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(install(memory))
    form = start_adding(qtbot, window, "Extension")
    write(qtbot, form, "extensionNameField", "Empfang")
    with memory.together():
        click(qtbot, form, "extensionDialogSubmit")
        qtbot.keyClick(form, Qt.Key.Key_Escape)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    settle(qtbot, window)
    assert len(rows(window, "extensionTable")) == len(account().extensions)


# ---------------------------------------------------------------------- devices


@pytest.mark.parametrize("typed", ["00:15:65:AB:cd:EF", "00-15-65-ab-cd-ef", "0015.65ab.cdef", " SEP001565ABCDEF "])
def test_a_device_is_added_with_its_address_in_any_notation(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show, typed: str
) -> None:
    account = case(install(memory, "C10", 3))
    form = start_adding(qtbot, window, "Device")
    write(qtbot, form, "deviceNameField", "Yealink T54W")
    write(qtbot, form, "deviceMacField", typed)
    served = find(form, QListWidget, "deviceExtensionsField")
    assert served.item(0).text() == "100  Nebenstelle 0"
    for place in (0, 2):
        served.setCurrentRow(place)
        qtbot.keyClick(served, Qt.Key.Key_Space)
    submit(qtbot, window, form)
    assert rows(window, "deviceTable") == [["Yealink T54W", "IP-Telefon", "00:15:65:AB:CD:EF", "100, 102", "Enthalten"]]
    assert [row[3] for row in rows(window, "extensionTable")] == ["Yealink T54W", "–", "Yealink T54W"]
    assert (account().devices[0].mac, account().devices[0].extensions) == ("001565abcdef", ("100", "102"))


def test_a_wrong_address_stands_under_its_field(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    account = case(install(memory))
    form = start_adding(qtbot, window, "Device")
    write(qtbot, form, "deviceNameField", "Yealink")
    write(qtbot, form, "deviceMacField", "00:15:65")
    submit(qtbot, window, form)
    assert text(form, "deviceMacFieldFault") == "„00:15:65“ ist keine MAC-Adresse: zwölf Stellen 0–9 und A–F."
    assert find(form, QLineEdit, "deviceNameField").text() == "Yealink"
    assert account().devices == ()


def test_a_device_is_edited(qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, case: Show) -> None:
    installation = install(memory, "C10", 2)
    device = NewDevice("Alt", mac="001565abcdef", extensions=("100",))
    memory.add_objects(installation, Additions(devices=(device,)), clock.now())
    account = case(installation)
    select(window, "Device", 0)
    click(qtbot, window, "editDeviceButton")
    form = dialog("deviceDialog")
    assert find(form, QLineEdit, "deviceMacField").text() == "001565abcdef"
    write(qtbot, form, "deviceNameField", "Gigaset")
    choose(form, "deviceKindField", "App")
    served = find(form, QListWidget, "deviceExtensionsField")
    served.setCurrentRow(1)
    qtbot.keyClick(served, Qt.Key.Key_Space)
    submit(qtbot, window, form)
    changed = account().devices[0]
    assert (changed.name, changed.kind, changed.extensions) == ("Gigaset", DeviceKind.APP, ("100", "101"))
    assert rows(window, "auditTable")[0][2:4] == ["Endgerät geändert", "klingelt für 100 → 100, 101"]


# ---------------------------------------------------------------------- Pro functions


def test_a_pro_function_is_used_by_an_extension_whose_name_is_suggested(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(install(memory, "P10", 2))
    form = start_adding(qtbot, window, "Feature")
    choose(form, "featureField", "Desktop-Client")
    choose(form, "featureExtensionField", "101")
    assert find(form, QLineEdit, "featureNameField").text() == "Nebenstelle 1"
    submit(qtbot, window, form)
    assert rows(window, "featureTable") == [["Desktop-Client", "Nebenstelle 1", "101"]]
    assert account().features[0].feature is ProFeature.DESKTOP_CLIENT
    assert rows(window, "auditTable")[0][3] == "Desktop-Client (Nebenstelle 101)"


def test_analytics_belongs_to_the_whole_installation(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(install(memory, "P10", 2))
    form = start_adding(qtbot, window, "Feature")
    choose(form, "featureField", "Analytics")
    assert find(form, QLineEdit, "featureNameField").text() == "Die ganze Anlage"
    submit(qtbot, window, form)
    assert [(use.feature, use.extension) for use in account().features] == [(ProFeature.ANALYTICS, "")]
    again = start_adding(qtbot, window, "Feature")
    choose(again, "featureField", "Analytics")
    write(qtbot, again, "featureNameField", "Auswertung")
    submit(qtbot, window, again)
    assert text(again, "featureExtensionFieldFault") == "Diese Funktion ist dort schon in Benutzung."


def test_a_name_that_was_typed_is_not_replaced_by_a_suggestion(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    case(install(memory, "P10", 2))
    form = start_adding(qtbot, window, "Feature")
    write(qtbot, form, "featureNameField", "Zentrale")
    choose(form, "featureExtensionField", "101")
    assert find(form, QLineEdit, "featureNameField").text() == "Zentrale"


def test_r11_a_pro_function_in_classic_leads_to_the_change_to_pro(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(install(memory, "C10", 2))
    add_call_flow(qtbot, window)
    question = dialog("decisionDialog")
    assert text(question, "decisionTitle") == "Pro-Funktionen gibt es nur in der Pro-Version"
    assert text(question, "decisionText") == (
        f"Pro 10 enthält sie: 19,90{NBSP}€ statt 9,90{NBSP}€ netto im Monat. Nutzbar sind Pro-Funktionen ab"
        " 01.12.2026; bitte fügen Sie die Funktion dann hinzu. Es wurde nichts angelegt."
    )
    click(qtbot, question, "acceptOfferButton")
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.tariff.code for entry in account().orders] == ["pro-10"]
    assert account().features == ()
    assert not is_open("featureDialog")


def test_r7_a_pro_function_waits_until_pro_is_in_force(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    installation = install(memory, "C10", 2)
    order(memory, installation, "P10")
    account = case(installation)
    form = add_call_flow(qtbot, window)
    question = dialog("decisionDialog")
    assert text(question, "decisionTitle") == "Pro-Funktionen sind ab 01.12.2026 nutzbar"
    assert not question.findChildren(QPushButton, "acceptOfferButton")
    click(qtbot, question, "declineButton")
    assert form.isVisible()
    assert account().features == ()


def test_no_pro_tariff_is_large_enough(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    account = case(install(memory, "C250", 251))
    add_call_flow(qtbot, window)
    assert "individuelles Angebot" in text(dialog("decisionDialog"), "decisionText")
    assert account().features == ()


# ---------------------------------------------------------------------- R11: the offer comes first


def test_r11_accepted_the_order_and_the_object_are_one_and_both_dialogs_close(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(install(memory, "C10", 10))
    add_extension(qtbot, window, "300", "Empfang")
    question = dialog("decisionDialog")
    assert text(question, "decisionTitle") == "11 Nebenstellen brauchen einen größeren Tarif"
    assert text(question, "decisionText") == (
        "Nutzbar sind derzeit 10 Nebenstellen und 10 Endgeräte. Classic 25 passt:"
        f" 19,90{NBSP}€ statt 9,90{NBSP}€ netto im Monat ab 01.12.2026. Alles ist sofort nutzbar, bis dahin ohne"
        " Aufpreis."
    )
    click(qtbot, question, "acceptOfferButton")
    change = dialog("tariffChangeDialog")
    assert text(change, "dialogOccasion") == "Muster GmbH · Mit der Bestellung wird angelegt: 1 Nebenstelle"
    click(qtbot, change, "selectButton")
    assert text(change, "dialogOccasion").endswith("Mit der Bestellung wird angelegt: 1 Nebenstelle")
    assert len(account().extensions) == 10
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.tariff.code for entry in account().orders] == ["classic-25"]
    assert account().extensions[-1].number == "300"
    assert not is_open("tariffChangeDialog")
    assert not is_open("extensionDialog")
    assert rows(window, "extensionTable")[-1][4] == "Sofort nutzbar, berechnet ab 01.12.2026"


@pytest.mark.parametrize("way", ["declineButton", "Escape", "dialog"])
def test_r11_declined_nothing_is_created_and_the_form_keeps_its_input(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show, way: str
) -> None:
    account = case(install(memory, "C10", 10))
    form = add_extension(qtbot, window, "300", "Empfang")
    question = dialog("decisionDialog")
    if way == "declineButton":
        click(qtbot, question, way)
    elif way == "Escape":
        qtbot.keyClick(question, Qt.Key.Key_Escape)
    else:
        click(qtbot, question, "acceptOfferButton")
        click(qtbot, dialog("tariffChangeDialog"), "cancelButton")
    settle(qtbot, window)
    assert form.isVisible()
    assert find(form, QLineEdit, "extensionNumberField").text() == "300"
    assert find(form, QLineEdit, "extensionNameField").text() == "Empfang"
    assert find(form, QPushButton, "extensionDialogSubmit").isEnabled()
    assert len(account().extensions) == 10
    assert account().orders == ()


def test_r11_a_device_beyond_the_limit_needs_the_larger_tariff_too(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(install(memory, "C10", 9, 10))
    form = start_adding(qtbot, window, "Device")
    write(qtbot, form, "deviceNameField", "Yealink")
    submit(qtbot, window, form)
    assert text(dialog("decisionDialog"), "decisionTitle") == "11 Endgeräte brauchen einen größeren Tarif"
    click(qtbot, dialog("decisionDialog"), "acceptOfferButton")
    change = dialog("tariffChangeDialog")
    assert text(change, "dialogOccasion").endswith("Mit der Bestellung wird angelegt: 1 Endgerät")
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.name for entry in account().devices][-1] == "Yealink"


def test_r11_the_largest_tariff_is_full(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    account = case(install(memory, "C250", 250))
    assert find(window, QWidget, "extensionsBar").accessibleDescription() == "250 von 250, voll belegt"
    form = add_extension(qtbot, window, "900", "Empfang")
    question = dialog("decisionDialog")
    assert text(question, "decisionText").endswith(
        "Kein Tarif ist groß genug. Bitte erstellen Sie ein individuelles Angebot; es wurde nichts angelegt."
    )
    assert [entry.objectName() for entry in question.findChildren(QPushButton)] == ["declineButton"]
    click(qtbot, question, "declineButton")
    assert form.isVisible()
    assert len(account().extensions) == 250


# ---------------------------------------------------------------------- R30: under a pending smaller tariff


def shrinking(memory: Store, extensions: int = 10, *, current: str = "C50") -> int:
    """An installation that is to become Classic 10."""
    installation = install(memory, current, extensions)
    order(memory, installation, "C10")
    return installation


def test_r30_within_the_ordered_tariff_nothing_is_asked(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(shrinking(memory, 8))
    for number in ("300", "301"):
        add_extension(qtbot, window, number, "Empfang")
    assert len(account().extensions) == 10
    assert not is_open("decisionDialog")


def test_r30_first_choice_cancel_the_order_and_create(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(shrinking(memory))
    add_extension(qtbot, window, "300", "Empfang")
    question = dialog("decisionDialog")
    assert text(question, "decisionTitle") == "Classic 10 ist zum 01.12.2026 vorgemerkt"
    assert text(question, "decisionText").startswith("Nicht mehr in den bestellten Tarif passen: 11 Nebenstellen.")
    click(qtbot, question, "cancelAndCreateButton")
    cancel = dialog("cancelOrderDialog")
    write(qtbot, cancel, "cancelReasonField", "Kunde stellt ein")
    submit(qtbot, window, cancel)
    assert [entry.state(TODAY) for entry in account().orders] == [OrderState.CANCELLED]
    assert account().extensions[-1].number == "300"
    assert not any(is_open(name) for name in ("cancelOrderDialog", "decisionDialog", "extensionDialog"))


def test_r30_second_choice_replace_the_order(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    account = case(shrinking(memory))
    add_extension(qtbot, window, "300", "Empfang")
    click(qtbot, dialog("decisionDialog"), "replaceOrderButton")
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "selectButton")
    assert "ersetzt die vorgemerkte Bestellung" in text(change, "summaryNoticeText")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.tariff.code for entry in account().orders] == ["classic-10", "classic-25"]
    assert account().extensions[-1].number == "300"
    assert not is_open("extensionDialog")


def test_r30_third_choice_do_not_create(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    account = case(shrinking(memory))
    form = add_extension(qtbot, window, "300", "Empfang")
    click(qtbot, dialog("decisionDialog"), "declineButton")
    assert form.isVisible()
    assert len(account().extensions) == 10
    assert [entry.state(TODAY) for entry in account().orders] == [OrderState.PENDING]


def test_r27_r30_where_only_the_current_tariff_fits_replacing_is_the_cancellation(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(shrinking(memory, current="C25"))
    add_extension(qtbot, window, "300", "Empfang")
    click(qtbot, dialog("decisionDialog"), "replaceOrderButton")
    change = dialog("tariffChangeDialog")
    assert "„Auswählen“ führt zur Stornierung der vorgemerkten Bestellung" in text(change, "choiceHintText")
    click(qtbot, change, "selectButton")
    cancel = dialog("cancelOrderDialog")
    write(qtbot, cancel, "cancelReasonField", "Kunde stellt ein")
    submit(qtbot, window, cancel)
    assert [entry.state(TODAY) for entry in account().orders] == [OrderState.CANCELLED]
    assert account().extensions[-1].number == "300"
    assert not any(is_open(name) for name in ("cancelOrderDialog", "tariffChangeDialog", "extensionDialog"))


def test_r30_a_pro_function_under_a_pending_classic_cancels_the_order(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(shrinking(memory, 5, current="P10"))
    add_call_flow(qtbot, window)
    question = dialog("decisionDialog")
    assert "Nicht mehr in den bestellten Tarif passen: Call Flow." in text(question, "decisionText")
    click(qtbot, question, "cancelAndCreateButton")
    cancel = dialog("cancelOrderDialog")
    write(qtbot, cancel, "cancelReasonField", "Call Flow gewünscht")
    submit(qtbot, window, cancel)
    assert account().pending(TODAY) is None
    assert [use.feature for use in account().features] == [ProFeature.CALL_FLOW]
    assert not is_open("featureDialog")


def test_r30_a_pro_function_under_a_pending_classic_replaces_the_order(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(shrinking(memory, 5, current="P25"))
    add_call_flow(qtbot, window)
    click(qtbot, dialog("decisionDialog"), "replaceOrderButton")
    change = dialog("tariffChangeDialog")
    assert text(change, "dialogOccasion") == "Muster GmbH · Mit der Bestellung wird angelegt: Call Flow"
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.tariff.code for entry in account().orders] == ["classic-10", "pro-10"]
    assert [use.feature for use in account().features] == [ProFeature.CALL_FLOW]


def test_r30_a_pro_function_under_a_pending_classic_is_not_created(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(shrinking(memory, 5, current="P25"))
    form = add_call_flow(qtbot, window)
    click(qtbot, dialog("decisionDialog"), "declineButton")
    assert form.isVisible()
    assert account().features == ()
    assert account().pending(TODAY) is not None


# ---------------------------------------------------------------------- paste


def paste(qtbot: QtBot, window: MainWindow, lines: str) -> QWidget:
    """Ctrl+V on the table of the extensions."""
    QGuiApplication.clipboard().setText(lines)
    find(window, QTabWidget, "tabs").setCurrentIndex(0)
    qtbot.keyClick(window.page.extensions, Qt.Key.Key_V, CONTROL)
    return dialog("pasteDialog")


def test_r11_twenty_pasted_rows_are_one_offer_all_or_nothing(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(install(memory, "C10", 8))
    lines = "".join(f"{number}\tArbeitsplatz {number}\n" for number in range(200, 220))
    form = paste(qtbot, window, lines)
    assert text(form, "pasteCount") == "20 Zeilen"
    submit(qtbot, window, form)
    question = dialog("decisionDialog")
    assert text(question, "decisionTitle") == "28 Nebenstellen brauchen einen größeren Tarif"
    assert "Classic 50 passt" in text(question, "decisionText")
    click(qtbot, question, "declineButton")
    assert len(account().extensions) == 8
    assert find(form, QPlainTextEdit, "pasteField").toPlainText().count("\n") == 19
    submit(qtbot, window, form)
    click(qtbot, dialog("decisionDialog"), "acceptOfferButton")
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert len(account().extensions) == 28
    assert [entry.tariff.code for entry in account().orders] == ["classic-50"]
    assert not is_open("pasteDialog")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("200\tEins\n\n2o1\tZwei\n", "Zeile 3: „2o1“ ist keine gültige Nummer"),
        ("200\tEins\n201\n", "Zeile 2: Bitte ausfüllen."),
        ("\tOhne Nummer\n", "Zeile 1: Bitte ausfüllen."),
    ],
)
def test_a_pasted_row_that_is_wrong_is_named(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show, lines: str, words: str
) -> None:
    account = case(install(memory))
    form = paste(qtbot, window, lines)
    submit(qtbot, window, form)
    assert text(form, "pasteFieldFault").startswith(words)
    assert not find(form, QWidget, "pasteDialogNotice").isVisible(), "it is said once"
    assert account().extensions == ()


@pytest.mark.parametrize(("lines", "row"), [("200\tEins\n200\tZwei\n", 2), ("200\tEins\n100\tZwei\n", 2)])
def test_a_pasted_number_that_is_taken_is_named_with_its_row_and_nothing_is_created(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show, lines: str, row: int
) -> None:
    account = case(install(memory, "C10", 1))
    form = paste(qtbot, window, lines)
    submit(qtbot, window, form)
    number = lines.splitlines()[row - 1][:3]
    assert text(form, "pasteFieldFault") == f"Zeile {row}: Die Nebenstelle {number} gibt es in dieser Anlage schon."
    assert find(form, QPlainTextEdit, "pasteField").toPlainText() == lines.strip()
    assert len(account().extensions) == 1


def test_rows_are_pasted_from_the_menu_with_semicolons_too(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(install(memory))
    QGuiApplication.clipboard().setText("0123; Zentrale ;Ressource\r\n20;Empfang\r\n")
    window.actions_by_name.named["paste"].trigger()
    submit(qtbot, window, dialog("pasteDialog"))
    assert [(entry.number, entry.name, entry.kind) for entry in account().extensions] == [
        ("0123", "Zentrale", ExtensionKind.RESOURCE), ("20", "Empfang", ExtensionKind.USER),
    ]  # fmt: skip


def test_nothing_to_paste_is_said(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    account = case(install(memory, "C10", 1))
    form = paste(qtbot, window, " \n")
    submit(qtbot, window, form)
    assert is_open("pasteDialog")
    assert len(account().extensions) == 1
    assert len(rows(window, "auditTable")) == 1, "an empty entry of the history says nothing"


# ---------------------------------------------------------------------- removing


def test_r13_the_removal_names_what_goes_with_it_and_keeps_by_default(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    account = case(install(memory, "P10", 3, call_flow=True))
    select(window, "Extension", 0)
    press(qtbot, window, "Extension", Qt.Key.Key_Delete)
    asked = dialog("removalDialog")
    assert text(asked, "removalText") == "Nebenstelle 100 „Nebenstelle 0“"
    assert text(asked, "removalAlong") == "Damit entfällt auch:\nCall Flow „Zentrale“ (Nebenstelle 100)"
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert not is_open("removalDialog")
    assert len(account().extensions) == 3
    press(qtbot, window, "Extension", Qt.Key.Key_Delete)
    click(qtbot, dialog("removalDialog"), "removalConfirm")
    settle(qtbot, window)
    assert len(account().extensions) == 2
    assert account().features == ()
    assert rows(window, "auditTable")[0][2:4] == ["Entfernt", "Nebenstelle 100 · Call Flow (Nebenstelle 100)"]


def test_many_objects_are_removed_together(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    account = case(install(memory, "C25", 14, 2))
    window.page.extensions.selectAll()
    click(qtbot, window, "removeExtensionButton")
    asked = dialog("removalDialog")
    assert text(asked, "removalText").splitlines()[-1] == "und 2 weitere"
    click(qtbot, asked, "removalConfirm")
    settle(qtbot, window)
    assert account().extensions == ()
    assert not find(window, QPushButton, "removeExtensionButton").isEnabled()
    select(window, "Device", 0, 1)
    press(qtbot, window, "Device", Qt.Key.Key_Delete)
    click(qtbot, dialog("removalDialog"), "removalConfirm")
    settle(qtbot, window)
    assert account().devices == ()


def test_a_pro_function_is_removed(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    account = case(install(memory, "P10", 1, call_flow=True))
    select(window, "Feature", 0)
    press(qtbot, window, "Feature", Qt.Key.Key_Return)
    press(qtbot, window, "Feature", Qt.Key.Key_Delete)
    assert text(dialog("removalDialog"), "removalText") == "Call Flow „Zentrale“ (Nebenstelle 100)"
    click(qtbot, dialog("removalDialog"), "removalConfirm")
    settle(qtbot, window)
    assert account().features == ()


def test_with_nothing_selected_delete_asks_nothing(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    case(install(memory, "C10", 1))
    window.page.extensions.clearSelection()
    press(qtbot, window, "Extension", Qt.Key.Key_Delete)
    assert not is_open("removalDialog")
    assert not find(window, QPushButton, "removeExtensionButton").isEnabled()
    assert not find(window, QPushButton, "editExtensionButton").isEnabled()


# ---------------------------------------------------------------------- tables


def menu_of(widget: QWidget, open_it: Callable[[], object], use: Callable[[QMenu], None]) -> None:
    """Open a menu that blocks, look at it, close it."""

    def look() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        try:
            use(menu)
        finally:
            menu.close()

    QTimer.singleShot(0, widget, look)
    open_it()


def context_menu(widget: QWidget, use: Callable[[QMenu], None]) -> None:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), widget.mapToGlobal(QPoint(5, 5)))
    menu_of(widget, lambda: QApplication.sendEvent(widget, event), use)


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_the_context_menu_carries_the_pages_actions(window: MainWindow, memory: Store, case: Show) -> None:
    case(install(memory, "C10", 2))
    select(window, "Extension", 0)
    shown: list[str] = []
    context_menu(window.page.extensions.viewport(), lambda menu: shown.extend(a.text() for a in menu.actions()))
    assert {"Kopieren", "Mit Überschriften kopieren"} <= set(shown)
    assert {"Bearbeiten", "Entfernen"} <= {words.replace("&", "").rstrip(" …") for words in shown}


def test_rows_are_copied_with_and_without_the_headings(
    qtbot: QtBot, window: MainWindow, memory: Store, case: Show
) -> None:
    case(install(memory, "C10", 3))
    select(window, "Extension", 0, 2)
    qtbot.keyClick(window.page.extensions, Qt.Key.Key_C, CONTROL)
    lines = "100\tNebenstelle 0\tBenutzer\t–\tEnthalten\n102\tNebenstelle 2\tBenutzer\t–\tEnthalten"
    assert QGuiApplication.clipboard().text() == lines
    qtbot.keyClick(window.page.extensions, Qt.Key.Key_C, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert QGuiApplication.clipboard().text() == f"Nr.\tName\tArt\tEndgeräte\tTarif\n{lines}"
    select(window, "Extension", 1)
    window.actions_by_name.named["copyHeader"].trigger()
    assert QGuiApplication.clipboard().text().startswith("Nr.\tName")
    window.actions_by_name.named["copy"].trigger()
    assert QGuiApplication.clipboard().text().startswith("101\t")


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_a_header_sorts_and_columns_can_be_hidden(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, case: Show
) -> None:
    installation = install(memory)
    names = [NewExtension(str(number), name) for number, name in ((9, "Zoe"), (10, "Ärger"), (100, "Bote"))]
    memory.add_objects(installation, Additions(extensions=tuple(names)), clock.now())
    case(installation)
    table, header = window.page.extensions, window.page.extensions.horizontalHeader()
    select(window, "Extension", 1)
    for column, order_of_rows in ((1, ["Ärger", "Bote", "Zoe"]), (0, ["Zoe", "Ärger", "Bote"])):
        place = QPoint(header.sectionViewportPosition(column) + 20, 5)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert [row[1] for row in rows(window, "extensionTable")] == order_of_rows
        assert [row.extension.name for row in table.selected_rows()] == ["Ärger"]
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    assert [row[0] for row in rows(window, "extensionTable")] == ["100", "10", "9"]

    def hide_kind(menu: QMenu) -> None:
        assert not menu.actions()[0].isEnabled()
        menu.actions()[2].trigger()

    menu_of(header, lambda: header.customContextMenuRequested.emit(QPoint(5, 5)), hide_kind)
    assert table.isColumnHidden(2)
    qtbot.keyClick(table, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "10\tÄrger\t–\tEnthalten"


def test_an_empty_installation_says_what_to_do(window: MainWindow, memory: Store, case: Show) -> None:
    case(install(memory))
    tabs = find(window, QTabWidget, "tabs")
    for place in range(tabs.count()):
        tabs.setCurrentIndex(place)
        assert not tabs.grab().isNull()
    assert [rows(window, TABLES[kind]) for kind in TABS] == [[], [], []]


def test_nothing_is_written_by_looking(qtbot: QtBot, window: MainWindow, memory: Store, case: Show) -> None:
    case(install(memory, "P10", 2, 2, call_flow=True))
    before = dump(memory._engine)
    for kind in TABS:
        form = start_adding(qtbot, window, kind)
        qtbot.keyClick(form, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert dump(memory._engine) == before
