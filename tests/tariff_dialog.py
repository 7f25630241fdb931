"""How tests lead a clerk through the dialog "Tarif anpassen", and what they read there."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from model.orders import TariffOrder
from model.store import Store
from tests.screen import click, dialog, find, settle, text
from ui.main_window import MainWindow

TOMORROWS_PRICES = """
[[price_list]]
valid_from = 2026-11-23
vat_rate = 19.00
tariff = [
    { edition = "Classic", extensions = 10, devices = 10, net = 9.90 },
    { edition = "Classic", extensions = 25, devices = 25, net = 14.50 },
]
"""


def open_case(qtbot: QtBot, window: MainWindow, installation: int) -> None:
    """Go to an installation."""
    window.choose(installation)
    settle(qtbot, window)


def open_dialog(qtbot: QtBot, window: MainWindow, installation: int) -> QWidget:
    """The way of the client's page: erweiterte Einstellungen, at the very bottom Tarif anpassen."""
    open_case(qtbot, window, installation)
    if window.page.isVisible():
        click(qtbot, window, "advancedSettingsButton")
    click(qtbot, window, "adjustTariffButton")
    return dialog("tariffChangeDialog")


def open_summary(qtbot: QtBot, window: MainWindow, installation: int, size: int) -> QWidget:
    """Page 2 for another size of the same edition."""
    change = open_dialog(qtbot, window, installation)
    click(qtbot, change, f"size{size}")
    click(qtbot, change, "selectButton")
    return change


def read(parent: QWidget) -> list[str]:
    """Every text a person sees."""
    labels = [entry.text() for entry in parent.findChildren(QLabel) if entry.isVisible()]
    return [*labels, *(entry.text() for entry in parent.findChildren(QAbstractButton) if entry.isVisible())]


def hint(change: QWidget) -> str:
    """What page 1 remarks."""
    return text(change, "choiceHintText")


def notice(change: QWidget) -> str:
    """What stands above the summary."""
    return find(change, QFrame, "summaryNotice").accessibleName()


def sizes(change: QWidget) -> dict[str, str]:
    """The sizes on offer, with price and state."""
    radios = find(change, QFrame, "sizeList").findChildren(QRadioButton)
    return {radio.objectName(): radio.accessibleDescription() for radio in radios if radio.isVisible()}


def obstacles(change: QWidget) -> list[str]:
    """What stands in the way, and what no longer does."""
    found = find(change, QWidget, "obstacleList")
    return [entry.text() for entry in found.findChildren(QLabel) if entry.isVisible() and entry.text()]


def enabled(change: QWidget, name: str) -> bool:
    return find(change, QPushButton, name).isEnabled()


def stored(store: Store, installation: int) -> tuple[TariffOrder, ...]:
    return store.account(installation).orders


def remove_selected(qtbot: QtBot, window: MainWindow, kind: str) -> None:
    """The button below the tab's title, then yes."""
    click(qtbot, window, f"remove{kind}Button")
    click(qtbot, dialog("removalDialog"), "removalConfirm")
    settle(qtbot, window)
