"""Adding and editing extensions, devices and Pro functions, and the faults said in their forms (R7, R11)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from model.installation import Additions, DeviceKind, ExtensionKind, NewDevice, ProFeature
from model.store import Removal, Store
from tests.examples import FixedClock, install, order
from tests.object_forms import Show, add_call_flow, add_extension, choose, press, select, start_adding, submit
from tests.screen import click, dialog, find, is_open, rows, settle, text, write
from ui.main_window import MainWindow

NBSP = "\N{NO-BREAK SPACE}"


# ---------------------------------------------------------------------- extensions


def test_an_extension_is_added(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    account = show(install(memory, "C10", 2))
    form = start_adding(qtbot, window, "Extension")
    assert find(form, QLineEdit, "extensionNumberField").text() == "102"
    assert find(form, QLineEdit, "extensionNameField").hasFocus() or not form.isActiveWindow()
    write(qtbot, form, "extensionNameField", "Faxgerät")
    choose(form, "extensionKindField", "Ressource")
    submit(qtbot, window, form)
    assert rows(window, "extensionTable")[-1] == ["102", "Faxgerät", "Ressource", "–", "Enthalten"]
    assert (account().extensions[-1].number, account().extensions[-1].kind) == ("102", ExtensionKind.RESOURCE)
    assert rows(window, "auditTable")[0][2:4] == ["Angelegt", "Nebenstelle 102"]


def test_the_first_extension_is_10(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    show(install(memory))
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
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show, number: str, name: str, field: str, words: str
) -> None:
    account = show(install(memory, "C10", 2))
    form = add_extension(qtbot, window, number, name)
    assert text(form, f"{field}Fault") == words
    assert find(form, QLineEdit, field).accessibleDescription() == words
    assert find(form, QLineEdit, "extensionNumberField").text() == number
    assert find(form, QLineEdit, "extensionNameField").text() == name
    assert find(form, QPushButton, "extensionDialogSubmit").isEnabled()
    assert len(account().extensions) == 2
    qtbot.keyClicks(find(form, QLineEdit, field), "7")
    assert not find(form, QWidget, f"{field}Fault").isVisible()


def test_enter_in_a_field_submits_the_form(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    account = show(install(memory))
    form = start_adding(qtbot, window, "Extension")
    write(qtbot, form, "extensionNameField", "Empfang")
    qtbot.keyClick(find(form, QLineEdit, "extensionNameField"), Qt.Key.Key_Return)
    settle(qtbot, window)
    assert [entry.name for entry in account().extensions] == ["Empfang"]


def test_enter_on_a_row_edits_the_extension(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    account = show(install(memory, "C10", 3))
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
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, show: Show
) -> None:
    installation = install(memory, "C10", 1)
    account = show(installation)
    select(window, "Extension", 0)
    click(qtbot, window, "editExtensionButton")
    form = dialog("extensionDialog")
    memory.remove_objects(installation, Removal(extensions=(account().extensions[0].id,)), clock.now())
    submit(qtbot, window, form)
    assert text(form, "extensionDialogNoticeText") == "Diesen Eintrag gibt es nicht mehr; er wurde inzwischen entfernt."


def test_a_form_closed_while_it_is_saved_leaves_the_program_in_order(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(install(memory))
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
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show, typed: str
) -> None:
    account = show(install(memory, "C10", 3))
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


def test_a_wrong_address_stands_under_its_field(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    account = show(install(memory))
    form = start_adding(qtbot, window, "Device")
    write(qtbot, form, "deviceNameField", "Yealink")
    write(qtbot, form, "deviceMacField", "00:15:65")
    submit(qtbot, window, form)
    assert text(form, "deviceMacFieldFault") == "„00:15:65“ ist keine MAC-Adresse: zwölf Stellen 0–9 und A–F."
    assert find(form, QLineEdit, "deviceNameField").text() == "Yealink"
    assert account().devices == ()


def test_a_device_is_edited(qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, show: Show) -> None:
    installation = install(memory, "C10", 2)
    device = NewDevice("Alt", mac="001565abcdef", extensions=("100",))
    memory.add_objects(installation, Additions(devices=(device,)), clock.now())
    account = show(installation)
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
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(install(memory, "P10", 2))
    form = start_adding(qtbot, window, "Feature")
    choose(form, "featureField", "Desktop-Client")
    choose(form, "featureExtensionField", "101")
    assert find(form, QLineEdit, "featureNameField").text() == "Nebenstelle 1"
    submit(qtbot, window, form)
    assert rows(window, "featureTable") == [["Desktop-Client", "Nebenstelle 1", "101"]]
    assert account().features[0].feature is ProFeature.DESKTOP_CLIENT
    assert rows(window, "auditTable")[0][3] == "Desktop-Client (Nebenstelle 101)"


def test_analytics_belongs_to_the_whole_installation(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(install(memory, "P10", 2))
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
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    show(install(memory, "P10", 2))
    form = start_adding(qtbot, window, "Feature")
    write(qtbot, form, "featureNameField", "Zentrale")
    choose(form, "featureExtensionField", "101")
    assert find(form, QLineEdit, "featureNameField").text() == "Zentrale"


def test_r11_a_pro_function_in_classic_leads_to_the_change_to_pro(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(install(memory, "C10", 2))
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
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    installation = install(memory, "C10", 2)
    order(memory, installation, "P10")
    account = show(installation)
    form = add_call_flow(qtbot, window)
    question = dialog("decisionDialog")
    assert text(question, "decisionTitle") == "Pro-Funktionen sind ab 01.12.2026 nutzbar"
    assert not question.findChildren(QPushButton, "acceptOfferButton")
    click(qtbot, question, "declineButton")
    assert form.isVisible()
    assert account().features == ()


def test_no_pro_tariff_is_large_enough(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    account = show(install(memory, "C250", 251))
    add_call_flow(qtbot, window)
    assert "individuelles Angebot" in text(dialog("decisionDialog"), "decisionText")
    assert account().features == ()
