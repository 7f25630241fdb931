"""The dialog "Tarif anpassen", as a clerk uses it with a customer on the phone (R14–R20, R25–R28, R33)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QSettings, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QLabel,
    QPushButton,
    QRadioButton,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from model.account import Account
from model.installation import Customer
from model.orders import OrderState, TariffOrder, order_label
from model.store import Removal, Store
from tests.examples import CALL_FLOW, EMAIL, FixedClock, install, local, objects, order
from tests.screen import click, dialog, find, rows, settle, text, write
from ui import app, i18n
from ui.main_window import MainWindow
from ui.preferences import Preferences

ENTER = Qt.Key.Key_Return
NBSP = "\N{NO-BREAK SPACE}"
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


def highlighted(change: QWidget) -> set[str]:
    """The names of the fields that are marked as changed."""
    page = find(change, QWidget, "summaryPage")
    return {entry.objectName() for entry in page.findChildren(QLabel) if entry.property("changed") == "true"}


def stored(store: Store, installation: int) -> tuple[TariffOrder, ...]:
    return store.account(installation).orders


def is_open(name: str) -> bool:
    """Whether a dialog of that name is on the screen."""
    return any(entry.isVisible() for entry in QApplication.topLevelWidgets() if entry.objectName() == name)


def remove_selected(qtbot: QtBot, window: MainWindow, kind: str) -> None:
    """The button below the tab's title, then yes."""
    click(qtbot, window, f"remove{kind}Button")
    click(qtbot, dialog("removalDialog"), "removalConfirm")
    settle(qtbot, window)


# ---------------------------------------------------------------------- page 1


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


# ---------------------------------------------------------------------- page 2


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
    for name in names:
        find(change, QWidget, name).setFocus()
        qtbot.keyClick(find(change, QWidget, name), ENTER)
        assert find(change, QWidget, "summaryPage").isVisible(), name
        click(qtbot, change, "backButton")
    settle(qtbot, window)
    assert stored(memory, installation) == ()
    assert browser.opened == []


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


# ---------------------------------------------------------------------- at the click


def new_prices(store: Store, _installation: int, clock: FixedClock) -> None:
    store.add_price_lists(TOMORROWS_PRICES, clock.now())
    clock.instant = local("2026-11-23 09:00:00")


def new_address(store: Store, installation: int, clock: FixedClock) -> None:
    store.change_customer(installation, Customer("K-1", "Muster GmbH", "neu@example.org"), clock.now())


def new_name(store: Store, installation: int, clock: FixedClock) -> None:
    store.change_customer(installation, Customer("K-1", "Muster AG", EMAIL), clock.now())


def one_more(store: Store, installation: int, clock: FixedClock) -> None:
    store.add_objects(installation, objects(1, start=50), clock.now())


def midnight(_store: Store, _installation: int, clock: FixedClock) -> None:
    clock.instant = local("2026-12-01 00:01:00")


PRICES = {"netNew", "vatNew", "grossNew", "totalNet", "totalGross", "summaryDifference"}
CHANGES = [
    (new_prices, PRICES),
    (new_address, {"mailTo"}),
    (one_more, {"extensionsOld", "extensionsNew"}),
    (midnight, {"effectiveOn", "cancellableUntil"}),
]


@pytest.mark.parametrize(("change_it", "fields"), CHANGES, ids=lambda value: getattr(value, "__name__", ""))
def test_r19_what_changed_before_the_click_is_shown_anew_and_then_ordered(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    clock: FixedClock,
    change_it: Callable[[Store, int, FixedClock], None],
    fields: set[str],
) -> None:
    clock.instant = local("2026-11-30 23:58:00") if change_it is midnight else clock.instant
    installation = install(memory, "C10", 5, 5, now=clock.now())
    change = open_summary(qtbot, window, installation, 25)
    assert highlighted(change) == set()
    change_it(memory, installation, clock)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert stored(memory, installation) == ()
    assert notice(change).startswith("Inzwischen geändert Es wurde nichts bestellt.")
    assert highlighted(change) == fields
    gross = text(change, "totalGross")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert not is_open("tariffChangeDialog")
    (placed,) = stored(memory, installation)
    assert gross == ("17,26" if change_it is new_prices else "23,68") + f"{NBSP}€"
    assert placed.effective_on.isoformat() == ("2027-01-01" if change_it is midnight else "2026-12-01")
    assert placed.mail_to == ("neu@example.org" if change_it is new_address else EMAIL)


def test_r19_a_new_name_is_highlighted(qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    new_name(memory, installation, clock)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    marked = [entry.text() for entry in change.findChildren(QLabel) if entry.property("changed") == "true"]
    assert marked == ["Muster AG · Kundennummer K-1"]


def test_r19_r26_an_order_of_another_hand_is_named_before_it_is_replaced(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    other = order(memory, installation, "C50")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert stored(memory, installation) == (other,)
    assert notice(change).startswith("Inzwischen geändert")
    assert f"ersetzt die vorgemerkte Bestellung {order_label(other.order_number)} (Classic 50)" in notice(change)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.tariff.code for entry in stored(memory, installation)] == ["classic-50", "classic-25"]


def test_r19_what_now_stands_in_the_way_is_said_and_cannot_be_ordered(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory, "C25", 10, 5)
    change = open_summary(qtbot, window, installation, 10)
    one_more(memory, installation, clock)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert "1 Nebenstelle zu viel" in notice(change)
    assert not enabled(change, "orderButton")
    assert enabled(change, "backButton")
    assert stored(memory, installation) == ()


def test_r19_another_hand_was_faster_with_the_same_tariff(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    other = order(memory, installation, "C25")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert stored(memory, installation) == (other,)
    assert "Dieser Tarif ist bereits bestellt." in notice(change)
    assert not enabled(change, "orderButton")


def test_r35_a_clock_that_is_wrong_orders_nothing_and_says_so(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    clock.instant = local("2026-11-22 08:00:00")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert text(change, "dialogNoticeText").startswith("Die Uhr des Computers scheint nicht richtig")
    assert stored(memory, installation) == ()
    clock.instant = local("2026-11-22 10:00:00")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert len(stored(memory, installation)) == 1


def double_click(qtbot: QtBot, button: QPushButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)


def two_clicks(qtbot: QtBot, button: QPushButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def space_and_enter(qtbot: QtBot, button: QPushButton) -> None:
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    qtbot.keyClick(button, ENTER)


@pytest.mark.parametrize("press", [double_click, two_clicks, space_and_enter])
def test_r20_one_summary_is_one_order_and_one_mail(
    qtbot: QtBot, window: MainWindow, memory: Store, press: Callable[[QtBot, QPushButton], None]
) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    press(qtbot, find(change, QPushButton, "orderButton"))
    settle(qtbot, window)
    assert not is_open("tariffChangeDialog")
    (placed,) = stored(memory, installation)
    assert [mail.order_number for mail in memory.mails(installation)] == [placed.order_number]


def test_r20_while_an_order_is_under_way_the_dialog_neither_orders_again_nor_closes(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    with memory.together():
        click(qtbot, change, "orderButton")
        for name in ("orderButton", "backButton", "cancelButton"):
            qtbot.mouseClick(find(change, QPushButton, name), Qt.MouseButton.LeftButton)
        assert is_open("tariffChangeDialog")
        assert find(change, QWidget, "summaryPage").isVisible()
        names = ("orderButton", "backButton", "cancelButton")
        qtbot.waitUntil(lambda: not any(enabled(change, name) for name in names))
        qtbot.keyClick(change, Qt.Key.Key_Escape)
        assert not change.close()
        assert change.isVisible()
    settle(qtbot, window)
    assert not is_open("tariffChangeDialog")
    assert len(stored(memory, installation)) == 1
    assert len(memory.mails(installation)) == 1


def test_esc_closes_the_dialog_and_nothing_is_ordered(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    qtbot.keyClick(change, Qt.Key.Key_Escape)
    assert not is_open("tariffChangeDialog")
    change = open_summary(qtbot, window, installation, 25)
    assert change.close()
    assert stored(memory, installation) == ()


def test_there_is_one_dialog_at_a_time(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    open_dialog(qtbot, window, install(memory))
    window.orders.adjust()
    assert dialog("tariffChangeDialog").isVisible()


def test_what_was_ordered_is_shown(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    change = open_summary(qtbot, window, installation, 25)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    label = order_label(stored(memory, installation)[0].order_number)
    assert window.page.isVisible()
    assert window.statusBar().currentMessage() == f"{label} bestellt: Classic 25 ab 01.12.2026."
    assert rows(window, "orderTable") == [
        [label, "22.11.2026, 10:00", "Classic 10", "Classic 25", "01.12.2026", f"19,90{NBSP}€", "vorgemerkt",
         "wartet (kein Mailserver eingerichtet)", ""],
    ]  # fmt: skip


# ---------------------------------------------------------------------- e-mail, pending orders, retired tariffs


def test_r25_without_an_address_nothing_can_be_ordered_until_one_is_entered(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    installation = install(memory, email="")
    change = open_summary(qtbot, window, installation, 25)
    assert not enabled(change, "orderButton")
    assert text(change, "mailTo") == "keine Adresse hinterlegt"
    assert "Bitte tragen Sie unter „erweiterte Einstellungen“ zuerst eine ein." in notice(change)
    write(qtbot, window, "emailField", "neu@example.org")
    click(qtbot, window, "saveCustomerButton")
    settle(qtbot, window)
    click(qtbot, change, "backButton")
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert [entry.mail_to for entry in stored(memory, installation)] == ["neu@example.org"]


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
