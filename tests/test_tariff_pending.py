"""Ordering with an order pending, its cancellation, without an address, from a retired tariff (R25–R29, R33)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from model.account import Account
from model.installation import Customer
from model.orders import OrderState, order_label
from model.store import Removal, Store
from tests.examples import CALL_FLOW, EMAIL, NOW, TODAY, FixedClock, install, local, objects, order
from tests.screen import click, dialog, find, is_open, rows, settle, text, write
from tests.tariff_dialog import (
    enabled,
    hint,
    notice,
    obstacles,
    open_case,
    open_dialog,
    open_summary,
    remove_selected,
    sizes,
    stored,
)
from ui.main_window import MainWindow

ENTER = Qt.Key.Key_Return


def test_r25_without_an_address_nothing_can_be_ordered_until_one_is_entered(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory, email="")
    change = open_summary(qtbot, window, installation, 25)
    assert not enabled(change, "orderButton")
    assert text(change, "mailTo") == "keine Adresse hinterlegt"
    assert "Bitte tragen Sie zuerst eine ein." in notice(change)
    write(qtbot, window, "emailField", "neu@example.org")
    click(qtbot, window, "saveCustomerButton")
    settle(qtbot, window)
    click(qtbot, change, "backButton")
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.mail_to for entry in stored(memory, installation)] == ["neu@example.org"]


def test_r25_the_missing_address_is_entered_over_the_summary(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation, other = install(memory, email=""), install(memory, number="K-2", name="Andere AG")
    change = open_summary(qtbot, window, installation, 25)
    window.choose(other)
    settle(qtbot, window)
    click(qtbot, change, "enterEmailButton")
    form = dialog("emailDialog")
    assert form.windowTitle() == "E-Mail-Adresse von Muster GmbH"
    write(qtbot, form, "missingEmailField", "neu@")
    click(qtbot, form, "emailDialogSubmit")
    assert text(form, "missingEmailFieldFault")
    write(qtbot, form, "missingEmailField", "neu@example.org")
    qtbot.keyClick(find(form, QLineEdit, "missingEmailField"), ENTER)
    settle(qtbot, window)
    assert not is_open("emailDialog")
    assert text(change, "mailTo") == "neu@example.org"
    assert enabled(change, "orderButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.mail_to for entry in stored(memory, installation)] == ["neu@example.org"]
    assert memory.account(other).installation.email == EMAIL


def test_r25_entering_an_address_changes_nothing_else(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation, other = install(memory, email=""), install(memory, number="K-2", name="Andere AG")
    change = open_summary(qtbot, window, installation, 25)
    window.choose(other)
    settle(qtbot, window)
    click(qtbot, change, "enterEmailButton")
    form = dialog("emailDialog")
    memory.change_customer(installation, Customer("K-7", "Muster & Söhne AG"), NOW)
    write(qtbot, form, "missingEmailField", "neu@example.org")
    click(qtbot, form, "emailDialogSubmit")
    settle(qtbot, window)
    known = memory.account(installation).installation
    assert known.customer == Customer("K-7", "Muster & Söhne AG", "neu@example.org")


def test_r29_enter_on_the_button_that_keeps_the_order_keeps_it(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    order(memory, installation, "C25")
    open_case(qtbot, window, installation)
    click(qtbot, window, "cancelOrderButton")
    form = dialog("cancelOrderDialog")
    assert text(form, "cancelCustomer") == "Muster GmbH"
    write(qtbot, form, "cancelReasonField", "Irrtum")
    keep = find(form, QPushButton, "cancelOrderDialogCancel")
    keep.setFocus()
    qtbot.keyClick(keep, ENTER)
    settle(qtbot, window)
    assert not is_open("cancelOrderDialog")
    assert memory.account(installation).pending(TODAY)


def test_r26_another_order_replaces_the_pending_one(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    first = order(memory, installation, "C25")
    change = open_summary(qtbot, window, installation, 50)
    assert notice(change) == (
        f"Diese Bestellung ersetzt die vorgemerkte Bestellung {order_label(first.order_number)} (Classic 25)."
    )
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    old, new = stored(memory, installation)
    assert old.superseded_by == new.order_number
    assert new.state(local("2026-11-22 10:00:00").date()) is OrderState.PENDING
    assert memory.mails(installation)[-1].content["replaces"] == first.order_number
    assert rows(window, "orderTable")[1][6] == f"ersetzt durch {order_label(new.order_number)}"


def test_r27_the_pending_tariff_cannot_be_ordered_again(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    first = order(memory, installation, "C25")
    change = open_dialog(qtbot, window, installation)
    click(qtbot, change, "size25")
    assert hint(change) == f"Bereits bestellt am 22.11.2026, 10:00 unter {order_label(first.order_number)}."
    assert sizes(change)["size25"].endswith("bereits bestellt")
    assert not enabled(change, "selectButton")
    qtbot.keyClick(change, ENTER)
    assert not find(change, QWidget, "summaryPage").isVisible()


def test_r27_the_current_tariff_with_an_order_pending_leads_to_the_cancellation(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory)
    first = order(memory, installation, "C25")
    label = order_label(first.order_number)
    change = open_dialog(qtbot, window, installation)
    assert hint(change) == (
        "Das ist der aktuelle Tarif. „Auswählen“ führt zur Stornierung der vorgemerkten Bestellung"
        f" {label} (Classic 25)."
    )
    click(qtbot, change, "selectButton")
    cancel = dialog("cancelOrderDialog")
    assert text(cancel, "cancelOrderText") == (
        f"{label}: Classic 25 ab 01.12.2026. Nach der Stornierung gilt Classic 10 weiter."
    )
    click(qtbot, cancel, "cancelOrderDialogSubmit")
    assert text(cancel, "cancelReasonFieldFault") == "Bitte ausfüllen."
    assert stored(memory, installation) == (first,)
    write(qtbot, cancel, "cancelReasonField", "doch nicht")
    click(qtbot, cancel, "cancelOrderDialogSubmit")
    settle(qtbot, window)
    assert not is_open("tariffChangeDialog")
    assert not is_open("cancelOrderDialog")
    (cancelled,) = stored(memory, installation)
    assert (cancelled.ending, cancelled.reason) == ("CANCELLED", "doch nicht")
    assert window.statusBar().currentMessage() == f"{label} ist storniert."


def test_r29_a_cancellation_that_another_hand_made_is_said(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory)
    first = order(memory, installation, "C25")
    open_case(qtbot, window, installation)
    click(qtbot, window, "cancelOrderButton")
    cancel = dialog("cancelOrderDialog")
    write(qtbot, cancel, "cancelReasonField", "doch nicht")
    memory.cancel_order(installation, first.order_number, "andere Hand", clock.now())
    click(qtbot, cancel, "cancelOrderDialogSubmit")
    settle(qtbot, window)
    assert "nicht mehr vorgemerkt" in text(cancel, "cancelOrderDialogNoticeText")
    assert stored(memory, installation)[0].reason == "andere Hand"


def test_r29_a_cancellation_closed_while_it_is_under_way_is_shown_all_the_same(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory)
    order(memory, installation, "C25")
    open_case(qtbot, window, installation)
    click(qtbot, window, "cancelOrderButton")
    cancel = dialog("cancelOrderDialog")
    write(qtbot, cancel, "cancelReasonField", "doch nicht")
    with memory.together():
        click(qtbot, cancel, "cancelOrderDialogSubmit")
        qtbot.keyClick(cancel, Qt.Key.Key_Escape)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    settle(qtbot, window)
    assert stored(memory, installation)[0].ending == "CANCELLED"
    assert not find(window, QFrame, "pendingBar").isVisible()


def test_r29_a_cancellation_under_way_cannot_be_sent_again(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory)
    order(memory, installation, "C25")
    open_case(qtbot, window, installation)
    click(qtbot, window, "cancelOrderButton")
    cancel = dialog("cancelOrderDialog")
    write(qtbot, cancel, "cancelReasonField", "doch nicht")
    with memory.together():
        click(qtbot, cancel, "cancelOrderDialogSubmit")
        assert window.case is not None
        window.orders.show_case(window.case)
        assert not enabled(cancel, "cancelOrderDialogSubmit")
    settle(qtbot, window)
    assert memory.account(installation).pending(clock.now().date()) is None


def test_r29_what_blocks_a_cancellation_leads_to_the_object_and_ticks_itself_off(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory)
    order(memory, installation, "C25")
    memory.add_objects(installation, objects(11), clock.now())
    open_case(qtbot, window, installation)
    click(qtbot, window, "cancelOrderButton")
    cancel = dialog("cancelOrderDialog")
    assert obstacles(cancel)[1] == "Nebenstelle 110 „Nebenstelle 10“"
    assert not enabled(cancel, "cancelOrderDialogSubmit")
    click(qtbot, cancel, "showExtensions0")
    remove_selected(qtbot, window, "Extension")
    assert obstacles(cancel) == ["Die Nebenstellen passen jetzt."]
    assert enabled(cancel, "cancelOrderDialogSubmit")


def test_r28_a_superseding_order_must_fit_what_is_used_already(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory)
    order(memory, installation, "C25")
    memory.add_objects(installation, objects(24), clock.now())
    change = open_dialog(qtbot, window, installation)
    click(qtbot, change, "editionPro")
    click(qtbot, change, "size10")
    assert obstacles(change)[0].startswith("14 Nebenstellen zu viel")
    assert not enabled(change, "selectButton")
    click(qtbot, change, "size25")
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.tariff.code for entry in stored(memory, installation)] == ["classic-25", "pro-25"]


def test_r33_leaving_a_retired_tariff_warns_on_both_pages(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory, "C20", 5)
    change = open_dialog(qtbot, window, installation)
    assert text(window, "settingsTariffLabel").startswith("Aktueller Tarif: Cloud Telefonanlage Classic 20")
    warning = "Classic 20 ist nicht mehr buchbar: Nach dem Wechsel gibt es keinen Weg dorthin zurück."
    click(qtbot, change, "size25")
    assert hint(change) == warning
    click(qtbot, change, "selectButton")
    assert notice(change) == warning
    qtbot.keyClick(change, Qt.Key.Key_Escape)
    click(qtbot, window, "settingsBackButton")
    assert text(window, "tariffLabel") == "Kundennummer K-1 · Cloud Telefonanlage Classic 20 (nicht mehr buchbar)"


def test_r33_who_has_a_retired_tariff_reads_so_when_the_dialog_opens(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    change = open_dialog(qtbot, window, install(memory, "C20", 5))
    assert "Classic 20 ist nicht mehr buchbar" in hint(change)


def test_the_open_dialog_follows_the_removal_by_another_hand(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory, "P10", 3, call_flow=True)
    change = open_dialog(qtbot, window, installation)
    click(qtbot, change, "editionClassic")
    account: Account = memory.account(installation)
    memory.remove_objects(installation, Removal(features=(account.features[0].id,)), clock.now())
    qtbot.keyClick(window, Qt.Key.Key_F5)
    settle(qtbot, window)
    assert obstacles(change) == ["Keine Pro-Funktion mehr in Benutzung."]
    assert enabled(change, "selectButton")
    assert account.features[0].name == CALL_FLOW.name
