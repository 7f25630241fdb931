"""Page 2 of the dialog "Tarif anpassen": the summary and the button that orders (R17, R18)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.examples import EMAIL, FixedClock, install, local
from tests.screen import click, find, settle, text
from tests.tariff_dialog import TOMORROWS_PRICES, open_dialog, open_summary, read, sizes, stored
from ui import app, i18n
from ui.main_window import MainWindow

ENTER = Qt.Key.Key_Return
NBSP = "\N{NO-BREAK SPACE}"


def test_r17_the_summary_says_everything_with_vat_rounded_half_up(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    memory.add_price_lists(TOMORROWS_PRICES, clock.now())
    installation = install(memory, "C10", 9, 8, name="Bäckerei Ährensack", number="100077")
    clock.instant = local("2026-11-23 10:00:00")
    change = open_summary(qtbot, window, installation, 25)
    table = find(change, QFrame, "summaryTable")
    shown = {entry.objectName(): entry.text() for entry in table.findChildren(QLabel) if entry.objectName()}
    assert shown == {
        "Old": "bisher", "New": "neu",
        "tariffOld": "Classic 10", "tariffNew": "Classic 25",
        "editionOld": "Classic", "editionNew": "Classic",
        "extensionsOld": "9 von 10", "extensionsNew": "9 von 25",
        "devicesOld": "8 von 10", "devicesNew": "8 von 25",
        "netOld": f"9,90{NBSP}€", "netNew": f"14,50{NBSP}€",
        "vatOld": f"1,88{NBSP}€ (19{NBSP}%)", "vatNew": f"2,76{NBSP}€ (19{NBSP}%)",
        "grossOld": f"11,78{NBSP}€", "grossNew": f"17,26{NBSP}€",
    }  # fmt: skip
    assert "Bäckerei Ährensack · Kundennummer 100077" in read(change)
    assert text(change, "summaryDifference") == f"+4,60{NBSP}€ im Monat, +55,20{NBSP}€ in zwölf Monaten (netto)"
    assert text(change, "effectiveOn") == "Dienstag, 1. Dezember 2026"
    assert text(change, "cancellableUntil") == "Montag, 30. November 2026"
    assert text(change, "mailTo") == EMAIL
    assert text(change, "untilThen") == (
        "Classic 10 gilt weiter und wird wie bisher berechnet. Zusätzlich gebuchte Nebenstellen und Endgeräte sind"
        " sofort nutzbar. Berechnet werden sie erst nach dem erfolgten Tarifwechsel."
    )
    assert text(change, "totalNet") == f"14,50{NBSP}€ netto + 2,76{NBSP}€ USt (19{NBSP}%)"
    assert text(change, "totalGross") == f"17,26{NBSP}€"
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    (placed,) = stored(memory, installation)
    assert (placed.tariff.net_cents, placed.tariff.price_list.isoformat()) == (1450, "2026-11-23")


def test_r17_a_smaller_tariff_has_a_minus_sign(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    change = open_summary(qtbot, window, install(memory, "C25", 8, 8), 10)
    assert text(change, "summaryDifference") == f"−10,00{NBSP}€ im Monat, −120,00{NBSP}€ in zwölf Monaten (netto)"
    assert text(change, "untilThen") == "Classic 25 gilt weiter und wird wie bisher berechnet."


@pytest.fixture
def english(window: MainWindow, qtbot: QtBot, settings: QSettings) -> Iterator[MainWindow]:
    """The same store and clock in a window in English."""
    i18n.use_language("en")
    made = app.build(window.desk._store, window.desk._clock, settings)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()
    i18n.use_language("de")


def test_r18_the_order_button_reads_as_the_law_wants_it(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    change = open_summary(qtbot, window, install(memory), 25)
    assert find(change, QPushButton, "orderButton").text() == "kostenpflichtig bestellen"


def test_r18_the_order_button_reads_the_same_in_english(qtbot: QtBot, english: MainWindow, memory: Store) -> None:
    change = open_summary(qtbot, english, install(memory), 25)
    assert text(change, "totalGross") == "€23.68"
    assert find(change, QPushButton, "orderButton").text() == "kostenpflichtig bestellen"


def test_r18_the_order_button_itself_can_be_pressed_by_keyboard(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    assert change.focusWidget().objectName() == "backButton"
    qtbot.keyClick(change.focusWidget(), Qt.Key.Key_Tab)
    assert change.focusWidget().objectName() == "orderButton"
    qtbot.keyClick(change.focusWidget(), ENTER)
    settle(qtbot, window)
    assert len(stored(memory, installation)) == 1


def test_r18_back_keeps_the_choices(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    change = open_dialog(qtbot, window, install(memory))
    click(qtbot, change, "editionPro")
    click(qtbot, change, "size50")
    before = sizes(change)
    click(qtbot, change, "selectButton")
    assert text(change, "dialogTitle") == "Tarif überprüfen und bestellen"
    click(qtbot, change, "backButton")
    assert text(change, "dialogTitle") == "Tarif anpassen"
    assert find(change, QRadioButton, "editionPro").isChecked()
    assert find(change, QRadioButton, "size50").isChecked()
    assert sizes(change) == before
    assert text(change, "priceDifference") == f"+60,00{NBSP}€"


def test_r18_nothing_stands_between_the_total_and_the_button(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    change = open_summary(qtbot, window, install(memory), 25)

    def across(widget: QWidget) -> tuple[int, int]:
        top = widget.mapTo(change, QPoint(0, 0)).y()
        return top, top + widget.height()

    total = across(find(change, QLabel, "totalGross"))[1]
    ordering = across(find(change, QPushButton, "orderButton"))[0]
    assert total <= ordering <= total + 3 * change.fontMetrics().lineSpacing()
    between = [
        entry.objectName()
        for entry in change.findChildren(QWidget)
        if entry.isVisible() and across(entry)[0] >= total and across(entry)[1] <= ordering
    ]
    assert between == []
