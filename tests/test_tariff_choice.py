"""Page 1 of the dialog "Tarif anpassen": what can be chosen, what stands in the way, where Enter leads (R14–R18)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QRadioButton, QTabWidget, QTextBrowser, QWidget
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.examples import FixedClock, install, local
from tests.screen import click, find, is_open, settle, text
from tests.tariff_dialog import (
    TOMORROWS_PRICES,
    enabled,
    hint,
    obstacles,
    open_dialog,
    read,
    remove_selected,
    sizes,
    stored,
)
from ui.dialogs import step_aside
from ui.main_window import MainWindow
from ui.preferences import Preferences

ENTER = Qt.Key.Key_Return
NBSP = "\N{NO-BREAK SPACE}"


def test_r14_every_tariff_on_sale_is_offered_and_the_current_one_is_marked(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    change = open_dialog(qtbot, window, install(memory, "C25", 8, 8))
    assert sizes(change) == {
        "size10": f"9,90{NBSP}€, passt",
        "size25": f"19,90{NBSP}€, Ihr aktueller Tarif",
        "size50": f"34,90{NBSP}€, passt",
        "size100": f"59,90{NBSP}€, passt",
        "size250": f"129,90{NBSP}€, passt",
    }
    assert find(change, QRadioButton, "editionClassic").isChecked()
    assert find(change, QRadioButton, "size25").isChecked()
    assert not enabled(change, "selectButton")
    click(qtbot, change, "editionPro")
    assert [entry.split(",")[0] for entry in sizes(change).values()] == ["19", "39", "69", "119", "259"]
    assert "Ihr aktueller Tarif" not in " ".join(read(change))
    assert text(change, "priceDifference") == f"+20,00{NBSP}€"
    assert enabled(change, "selectButton")


def test_r14_enter_on_the_current_tariff_leads_nowhere(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    change = open_dialog(qtbot, window, install(memory, "C25", 8, 8))
    qtbot.keyClick(change, ENTER)
    assert not find(change, QWidget, "summaryPage").isVisible()


def test_a_click_anywhere_on_the_card_chooses_the_edition(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    change = open_dialog(qtbot, window, install(memory))
    radio = find(change, QRadioButton, "editionPro")
    card = radio.parentWidget()
    assert card is not None
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(card.width() - 4, card.height() - 4))
    assert radio.isChecked()


def test_r15_all_obstacles_stand_together_and_tick_themselves_off(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory, "P25", 11, 12, call_flow=True)
    change = open_dialog(qtbot, window, installation)
    click(qtbot, change, "editionClassic")
    click(qtbot, change, "size10")
    edition = "Classic enthält keine Pro-Funktionen: Entfernen Sie bitte zunächst 1 Pro-Funktion."
    extensions = "1 Nebenstelle zu viel: Dieser Tarif enthält nur 10. Bitte reduzieren Sie zuerst."
    devices = "2 Endgeräte zu viel: Dieser Tarif enthält nur 10. Bitte reduzieren Sie zuerst."
    assert obstacles(change) == [
        edition, "Call Flow „Zentrale“ (Nebenstelle 100)",
        extensions, "Nebenstelle 110 „Nebenstelle 10“",
        devices, "Endgerät „Telefon 10“", "Endgerät „Telefon 11“",
    ]  # fmt: skip
    assert "1 Pro-Funktion in Benutzung" in read(change)
    assert sizes(change)["size10"].endswith("3 zu viel")
    assert not enabled(change, "selectButton")

    click(qtbot, change, "showDevices1")
    assert window.page.isVisible()
    assert find(window, QTabWidget, "tabs").currentIndex() == 1
    assert [row.device.name for row in window.page.devices.selected_rows()] == ["Telefon 11"]
    remove_selected(qtbot, window, "Device")
    assert "1 Endgerät zu viel: Dieser Tarif enthält nur 10. Bitte reduzieren Sie zuerst." in obstacles(change)
    click(qtbot, change, "showDevices0")
    remove_selected(qtbot, window, "Device")
    assert "Die Endgeräte passen jetzt." in obstacles(change)
    click(qtbot, change, "showExtensions0")
    remove_selected(qtbot, window, "Extension")
    assert not enabled(change, "selectButton")
    click(qtbot, change, "showEdition0")
    assert [use.name for use in window.page.features.selected_rows()] == ["Zentrale"]
    remove_selected(qtbot, window, "Feature")
    assert sorted(obstacles(change)) == [
        "Die Endgeräte passen jetzt.", "Die Nebenstellen passen jetzt.", "Keine Pro-Funktion mehr in Benutzung.",
    ]  # fmt: skip

    click(qtbot, change, "selectButton")
    assert "Die Pro-Funktionen ändern sich erst mit dem Tarif." in text(change, "untilThen")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.tariff.code for entry in stored(memory, installation)] == ["classic-10"]


def test_r15_pro_25_with_nine_objects_has_only_the_editions_obstacle(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    change = open_dialog(qtbot, window, install(memory, "P25", 9, 9, call_flow=True))
    click(qtbot, change, "editionClassic")
    click(qtbot, change, "size10")
    assert len(obstacles(change)) == 2
    assert sizes(change)["size10"] == f"9,90{NBSP}€, passt"


def test_r16_a_dearer_edition_at_a_lower_price_is_judged_by_its_size(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory, "C50", 12)
    change = open_dialog(qtbot, window, installation)
    click(qtbot, change, "editionPro")
    click(qtbot, change, "size10")
    assert text(change, "priceDifference") == f"−15,00{NBSP}€"
    assert obstacles(change)[0] == "2 Nebenstellen zu viel: Dieser Tarif enthält nur 10. Bitte reduzieren Sie zuerst."
    shown = read(change)
    click(qtbot, change, "size25")
    click(qtbot, change, "selectButton")
    assert not [words for words in (*shown, *read(change)) if "grade" in words.lower()]


def test_r16_a_mixed_change_is_one_order(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory, "P10", 8, 8)
    change = open_dialog(qtbot, window, installation)
    click(qtbot, change, "editionClassic")
    click(qtbot, change, "size25")
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    (placed,) = stored(memory, installation)
    assert (placed.previous.code, placed.tariff.code) == ("pro-10", "classic-25")


def test_a_size_that_an_edition_lacks_cannot_be_chosen(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    memory.add_price_lists(TOMORROWS_PRICES, clock.now())
    clock.instant = local("2026-11-23 10:00:00")
    change = open_dialog(qtbot, window, install(memory, now=clock.now()))
    click(qtbot, change, "editionPro")
    assert sizes(change) == {}
    assert hint(change) == "Diese Version gibt es nicht in dieser Größe."
    assert not enabled(change, "selectButton")


def test_many_objects_in_the_way_end_in_their_number(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    change = open_dialog(qtbot, window, install(memory, "C250", 150))
    click(qtbot, change, "size10")
    assert obstacles(change)[-1] == "und 110 weitere"


class Browser(QObject):
    """Takes the addresses that would be opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, address: QUrl) -> None:
        self.opened.append(address.toString())


@pytest.fixture
def browser() -> Iterator[Browser]:
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "open")  # type: ignore[arg-type] # the stub says bytes
    yield browser
    QDesktopServices.unsetUrlHandler("https")


def test_the_links_lead_to_the_addresses_of_the_settings(
    qtbot: QtBot, window: MainWindow, memory: Store, browser: Browser
) -> None:
    window.use_preferences(
        Preferences(product_page="https://example.org/produkt", guide_page="https://example.org/minuten")
    )
    change = open_dialog(qtbot, window, install(memory))
    click(qtbot, change, "productPageLink")
    click(qtbot, change, "guideLink")
    assert browser.opened == ["https://example.org/produkt", "https://example.org/minuten"]
    assert change.isVisible()


def test_r18_enter_on_page_one_never_orders(qtbot: QtBot, window: MainWindow, memory: Store, browser: Browser) -> None:
    installation = install(memory)
    change = open_dialog(qtbot, window, installation)
    click(qtbot, change, "size25")
    names = [
        entry.objectName()
        for entry in change.findChildren(QWidget)
        if entry.isVisible() and entry.isEnabled() and entry.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert {"editionClassic", "size25", "selectButton", "cancelButton", "guideLink"} <= set(names)
    # These do what they say, as everywhere.
    for name in sorted(set(names) - {"cancelButton", "guideLink", "productPageLink"}):
        find(change, QWidget, name).setFocus()
        qtbot.keyClick(find(change, QWidget, name), ENTER)
        assert find(change, QWidget, "summaryPage").isVisible(), name
        click(qtbot, change, "backButton")
    assert browser.opened == []
    qtbot.keyClick(find(change, QWidget, "guideLink"), ENTER)
    assert len(browser.opened) == 1
    qtbot.keyClick(find(change, QWidget, "cancelButton"), ENTER)
    settle(qtbot, window)
    assert not is_open("tariffChangeDialog")
    assert stored(memory, installation) == ()


def test_f1_explains_the_dialog_too(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    change = open_dialog(qtbot, window, install(memory))
    change.activateWindow()
    qtbot.waitUntil(change.isActiveWindow)
    qtbot.keyClick(change, Qt.Key.Key_F1)
    shown = find(window, QTextBrowser, "helpText")
    assert shown.isVisible()
    assert "Tarif wechseln" in shown.cursorForPosition(QPoint(20, 20)).block().text()


def test_without_a_browser_the_address_is_shown(
    qtbot: QtBot, window: MainWindow, memory: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _address: False)
    change = open_dialog(qtbot, window, install(memory))
    click(qtbot, change, "guideLink")
    (box,) = [entry for entry in QApplication.topLevelWidgets() if isinstance(entry, QMessageBox) and entry.isVisible()]
    assert window.preferences.guide_page in box.informativeText().replace("\N{ZERO WIDTH SPACE}", "")
    box.close()


@pytest.mark.parametrize("name", ["selectButton", "size25"])
def test_r18_enter_held_down_from_page_one_never_orders(
    qtbot: QtBot, window: MainWindow, memory: Store, name: str
) -> None:
    installation = install(memory)
    change = open_dialog(qtbot, window, installation)
    click(qtbot, change, "size25")
    find(change, QWidget, name).setFocus()
    qtbot.keyPress(find(change, QWidget, name), ENTER)
    for target in [change.focusWidget()] * 20 + [find(change, QWidget, "orderButton")] * 20:
        pressed = QKeyEvent(QEvent.Type.KeyPress, ENTER, Qt.KeyboardModifier.NoModifier, "\r", autorep=True)
        QApplication.sendEvent(target, pressed)
    qtbot.keyRelease(change, ENTER)
    settle(qtbot, window)
    assert find(change, QWidget, "summaryPage").isVisible()
    assert stored(memory, installation) == ()


def test_the_dialog_begins_at_the_edition_that_is_chosen(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    change = open_dialog(qtbot, window, install(memory, "P10"))
    change.activateWindow()
    qtbot.waitUntil(change.isActiveWindow)
    assert change.focusWidget().objectName() == "editionPro"


def test_a_dialog_steps_aside_from_what_it_covers(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    change = open_dialog(qtbot, window, install(memory))
    change.move(300, 10)
    covered = QRect(QPoint(320, 400), QSize(200, 20))
    step_aside(change, covered)
    assert not change.frameGeometry().intersects(covered)
    assert change.screen().availableGeometry().contains(change.frameGeometry())
    aside = change.pos()
    step_aside(change, covered)
    assert change.pos() == aside
    everything = change.screen().availableGeometry()
    step_aside(change, everything)
    assert change.pos() == aside
