"""From the first sentence of the client's page to the last: a clerk at the real window, by keyboard and mouse."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QListView, QProgressBar, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from model.account import Account
from model.installation import Customer
from model.orders import OrderState
from model.store import Store
from tests.examples import FixedClock, local, tariff
from tests.screen import click, dialog, find, rows, settle, text, write
from ui.main_window import MainWindow

HEADER = "extension,password,name,tech,dial,secret,callerid\n"
EXPORT = HEADER + "".join(
    f"{number},,Werkstatt {number},sip,SIP/{number},geheim{number},x <{number}>\n" for number in range(10, 22)
)


def account(store: Store, number: str = "100900") -> Account:
    key = store.find_customer(number)
    assert key is not None
    return store.account(key)


def import_export(qtbot: QtBot, window: MainWindow, memory: Store, folder: Path) -> None:
    """Point 3: a real export of a new customer, loaded although it is two over the limit (R12)."""
    path = folder / "export.csv"
    path.write_text(EXPORT + ",,ohne Nummer,sip,,,\n", encoding="utf-8")
    window.imports.read([path])
    settle(qtbot, window)
    form = dialog("importDialog")
    assert "FreePBX" in text(form, "importSystem")
    assert text(form, "importCounts") == (
        "Angelegt werden 12 Nebenstellen und 12 Endgeräte. 1 Zeile wird übersprungen."
    )
    assert [line[:4] for line in rows(form, "importNotes")] == [
        ["14", "Übersprungen: keine Nebenstellennummer", "extension", "–"]
    ]
    write(qtbot, form, "customerNumberField", "100900")
    write(qtbot, form, "nameField", "Autohaus Müller & Söhne")
    write(qtbot, form, "emailField", "buero@autohaus-mueller.example")
    click(qtbot, form, "importDialogSubmit")
    settle(qtbot, window)
    assert text(window, "customerTitle") == "Autohaus Müller & Söhne"
    assert text(window, "tariffLabel") == "Kundennummer 100900 · Cloud Telefonanlage Classic 10"
    assert len(account(memory).extensions) == 12


def find_it_again(qtbot: QtBot, window: MainWindow) -> None:
    """Point 4: as it is typed, umlauts don't matter; the other customer is not in the list."""
    window.reload()
    settle(qtbot, window)
    installations = find(window, QListView, "installationList")
    assert installations.model().rowCount() == 2
    write(qtbot, window, "searchField", "mueller")
    settle(qtbot, window)
    assert [installations.model().index(0, 0).data()] == ["Autohaus Müller & Söhne"]
    assert installations.model().rowCount() == 1
    qtbot.keyClick(window.panel.search, Qt.Key.Key_Escape)
    settle(qtbot, window)


def see_what_is_over(window: MainWindow) -> None:
    """Point 5: bars, flags, the offer with tariff, price and day."""
    bar = find(window, QProgressBar, "extensionsBar")
    assert (bar.value(), bar.maximum(), bar.text()) == (12, 12, "12 von 10, 2 zu viel")
    assert [row[4] for row in rows(window, "extensionTable")[-3:]] == [
        "Enthalten", "Über dem Tarif: 11. von 10", "Über dem Tarif: 12. von 10",
    ]  # fmt: skip
    assert text(window, "offerText") == (
        "Classic 25: 19,90\xa0€ statt 9,90\xa0€ netto im Monat ab 01.12.2026, bis dahin ohne Aufpreis."
    )


def add_one_too_many(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    """Point 6: one more is beyond what is usable, so the offer comes first and nothing is created (R11)."""
    click(qtbot, window, "addExtensionButton")
    form = dialog("extensionDialog")
    write(qtbot, form, "extensionNumberField", "30")
    write(qtbot, form, "extensionNameField", "Empfang")
    click(qtbot, form, "extensionDialogSubmit")
    settle(qtbot, window)
    question = dialog("decisionDialog")
    assert text(question, "decisionTitle") == "13 Nebenstellen brauchen einen größeren Tarif"
    assert len(account(memory).extensions) == 12
    click(qtbot, question, "declineButton")
    click(qtbot, form, "extensionDialogCancel")


def choose_a_tariff(qtbot: QtBot, window: MainWindow) -> QWidget:
    """Point 7: erweiterte Einstellungen → Tarifwechsel → Tarif anpassen → Auswählen; the dialog with the summary."""
    click(qtbot, window, "advancedSettingsButton")
    click(qtbot, window, "adjustTariffButton")
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "size10")
    click(qtbot, change, "size25")
    assert text(change, "priceDifference") == "+10,00\xa0€"
    qtbot.keyClick(change, Qt.Key.Key_Return)
    assert text(change, "effectiveOn") == "Dienstag, 1. Dezember 2026"
    assert text(change, "cancellableUntil") == "Montag, 30. November 2026"
    assert text(change, "totalNet") == "19,90\xa0€ netto + 3,78\xa0€ USt (19\xa0%)"
    assert text(change, "totalGross") == "23,68\xa0€"
    assert text(change, "mailTo") == "buero@autohaus-mueller.example"
    return change


def order_it(qtbot: QtBot, window: MainWindow, memory: Store, change: QWidget) -> None:
    """Point 7: Enter orders nothing, the button does, and what is booked is usable at once."""
    qtbot.keyClick(change, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert account(memory).orders == ()
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    placed = account(memory).orders[0]
    assert (placed.tariff.code, placed.effective_on.isoformat()) == ("classic-25", "2026-12-01")
    assert "buero@autohaus-mueller.example: wartet (kein Mailserver eingerichtet)." in text(window, "pendingText")
    assert [mail.order_number for mail in memory.mails(account(memory).installation.id)] == [placed.order_number]
    assert rows(window, "extensionTable")[-1][4] == "Sofort nutzbar, berechnet ab 01.12.2026"


def paste_more(qtbot: QtBot, window: MainWindow) -> None:
    """Point 6 again: several rows from a spreadsheet, which fit now."""
    QGuiApplication.clipboard().setText("30\tEmpfang\n31\tFax\tRessource\n")
    window.page.extensions.setFocus()
    qtbot.keyClick(window.page.extensions, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    click(qtbot, dialog("pasteDialog"), "pasteDialogSubmit")
    settle(qtbot, window)
    assert [row[1:3] for row in rows(window, "extensionTable")[-2:]] == [["Empfang", "Benutzer"], ["Fax", "Ressource"]]


def replace_the_order(qtbot: QtBot, window: MainWindow, memory: Store, today: date) -> None:
    """Point 8: Classic 50 instead."""
    window.orders.adjust()
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "size50")
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    states = [order.state(today) for order in account(memory).orders]
    assert states == [OrderState.SUPERSEDED, OrderState.PENDING]


def cancel_the_order(qtbot: QtBot, window: MainWindow, memory: Store, today: date) -> None:
    """Point 8: see what blocks a cancellation, reduce, cancel with a reason."""
    click(qtbot, window, "cancelOrderButton")
    cancel = dialog("cancelOrderDialog")
    assert "solange mehr in Benutzung ist" in text(cancel, "cancelBlocked")
    for kind, tab, table in (("Extension", 0, window.page.extensions), ("Device", 1, window.page.devices)):
        find(window, QTabWidget, "tabs").setCurrentIndex(tab)
        table.selectAll()
        click(qtbot, window, f"remove{kind}Button")
        click(qtbot, dialog("removalDialog"), "removalConfirm")
        settle(qtbot, window)
    write(qtbot, cancel, "cancelReasonField", "Kunde hat sich umentschieden")
    click(qtbot, cancel, "cancelOrderDialogSubmit")
    settle(qtbot, window)
    assert account(memory).pending(today) is None
    assert account(memory).orders[-1].reason == "Kunde hat sich umentschieden"
    assert not window.page.pending_bar.isVisible()


def test_the_journey_from_an_export_to_a_cancelled_order(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, tmp_path: Path
) -> None:
    settle(qtbot, window)
    assert "noch keine Anlagen" in text(window, "welcomeText")
    import_export(qtbot, window, memory, tmp_path)
    memory.create_installation(Customer("100901", "Zahnarzt Zöllner"), tariff("C10"), clock.now())
    find_it_again(qtbot, window)
    see_what_is_over(window)
    add_one_too_many(qtbot, window, memory)
    order_it(qtbot, window, memory, choose_a_tariff(qtbot, window))
    paste_more(qtbot, window)
    replace_the_order(qtbot, window, memory, clock.now().date())
    cancel_the_order(qtbot, window, memory, clock.now().date())

    # The month changes by itself; what was cancelled never takes effect (R5).
    clock.instant = local("2026-12-01 00:00:00")
    window.reload()
    settle(qtbot, window)
    assert text(window, "tariffLabel").endswith("Classic 10")
