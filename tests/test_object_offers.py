"""What doesn't fit is offered a tariff first, under a pending smaller one with three choices (R11, R27, R30)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from model.installation import ProFeature
from model.orders import OrderState
from model.store import Store
from tests.examples import TODAY, install, order
from tests.object_forms import Show, add_call_flow, add_extension, start_adding, submit
from tests.screen import click, dialog, find, is_open, rows, settle, text, write
from ui.main_window import MainWindow

NBSP = "\N{NO-BREAK SPACE}"


# ---------------------------------------------------------------------- R11: the offer comes first


def test_r11_accepted_the_order_and_the_object_are_one_and_both_dialogs_close(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(install(memory, "C10", 10))
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
    assert (text(change, "extensionsOld"), text(change, "extensionsNew")) == ("10 von 10", "11 von 25")
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
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show, way: str
) -> None:
    account = show(install(memory, "C10", 10))
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
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(install(memory, "C10", 9, 10))
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


def test_r11_the_largest_tariff_is_full(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    account = show(install(memory, "C250", 250))
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
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(shrinking(memory, 8))
    for number in ("300", "301"):
        add_extension(qtbot, window, number, "Empfang")
    assert len(account().extensions) == 10
    assert not is_open("decisionDialog")


def test_r30_first_choice_cancel_the_order_and_create(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(shrinking(memory))
    add_extension(qtbot, window, "300", "Empfang")
    question = dialog("decisionDialog")
    assert text(question, "decisionTitle") == "Classic 10 ist zum 01.12.2026 vorgemerkt"
    assert text(question, "decisionText").startswith("Mit 11 Nebenstellen passt der bestellte Tarif nicht mehr.")
    click(qtbot, question, "cancelAndCreateButton")
    cancel = dialog("cancelOrderDialog")
    write(qtbot, cancel, "cancelReasonField", "Kunde stellt ein")
    submit(qtbot, window, cancel)
    assert [entry.state(TODAY) for entry in account().orders] == [OrderState.CANCELLED]
    assert account().extensions[-1].number == "300"
    assert not any(is_open(name) for name in ("cancelOrderDialog", "decisionDialog", "extensionDialog"))


def test_r30_second_choice_replace_the_order(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    account = show(shrinking(memory))
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


def test_r30_third_choice_do_not_create(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    account = show(shrinking(memory))
    form = add_extension(qtbot, window, "300", "Empfang")
    click(qtbot, dialog("decisionDialog"), "declineButton")
    assert form.isVisible()
    assert len(account().extensions) == 10
    assert [entry.state(TODAY) for entry in account().orders] == [OrderState.PENDING]


def test_r27_r30_where_only_the_current_tariff_fits_replacing_is_the_cancellation(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(shrinking(memory, current="C25"))
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
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(shrinking(memory, 5, current="P10"))
    add_call_flow(qtbot, window)
    question = dialog("decisionDialog")
    assert "Mit Call Flow passt der bestellte Tarif nicht mehr." in text(question, "decisionText")
    click(qtbot, question, "cancelAndCreateButton")
    cancel = dialog("cancelOrderDialog")
    write(qtbot, cancel, "cancelReasonField", "Call Flow gewünscht")
    submit(qtbot, window, cancel)
    assert account().pending(TODAY) is None
    assert [use.feature for use in account().features] == [ProFeature.CALL_FLOW]
    assert not is_open("featureDialog")


def test_r30_a_pro_function_under_a_pending_classic_replaces_the_order(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(shrinking(memory, 5, current="P25"))
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
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(shrinking(memory, 5, current="P25"))
    form = add_call_flow(qtbot, window)
    click(qtbot, dialog("decisionDialog"), "declineButton")
    assert form.isVisible()
    assert account().features == ()
    assert account().pending(TODAY) is not None
