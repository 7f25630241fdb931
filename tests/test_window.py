"""The main window: bars, what changes by itself, two windows, the clock, faults, keys, menus, what comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QListView,
    QMessageBox,
    QPushButton,
    QTabWidget,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from model.clock import ClockState
from model.errors import NoSuchInstallation
from model.store import Store
from tests.examples import EMAIL, NOW, TODAY, FixedClock, install, local, objects, order, tamper, tariff
from tests.screen import click, dialog, find, rows, settle, text, write
from ui.main_window import MainWindow

NBSP = "\N{NO-BREAK SPACE}"
CONTROL = Qt.KeyboardModifier.ControlModifier
CASE_ACTIONS = ("addExtension", "addDevice", "addFeature", "settings", "adjust", "paste", "copy", "copyHeader")
ALWAYS = ("import", "new", "prices", "demo", "preferences", "quit", "search", "refresh", "help", "about")
Open = Callable[[Store], MainWindow]


def show(qtbot: QtBot, window: MainWindow, installation: int) -> None:
    window.choose(installation)
    settle(qtbot, window)


def action(window: MainWindow, name: str) -> QAction:
    return window.actions_by_name.named[name]


def is_shown(window: MainWindow, name: str) -> bool:
    return find(window, QWidget, name).isVisible()


def message_boxes() -> list[QMessageBox]:
    return [entry for entry in QApplication.topLevelWidgets() if isinstance(entry, QMessageBox) and entry.isVisible()]


# ---------------------------------------------------------------------- bars


def test_what_is_beyond_the_tariff_is_offered_with_price_and_day(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    show(qtbot, window, install(memory, "C10", 12, 11))
    assert find(window, QWidget, "offerBar").accessibleName() == (
        "2 Nebenstellen und 1 Endgerät über dem Tarif"
        f" Classic 25: 19,90{NBSP}€ statt 9,90{NBSP}€ netto im Monat ab 01.12.2026, bis dahin ohne Aufpreis."
    )
    assert text(window, "extensionsBarCount") == "12 von 10"
    assert text(window, "extensionsBarRest") == "2 zu viel"
    assert not is_shown(window, "pendingBar")
    click(qtbot, window, "offerButton")
    assert find(dialog("tariffChangeDialog"), QPushButton, "selectButton").isEnabled()
    assert text(dialog("tariffChangeDialog"), "priceDifference") == f"+10,00{NBSP}€"


def test_what_is_pending_is_said_with_order_day_and_mail(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory, "C10", 10)
    order(memory, installation, "C25")
    memory.add_objects(installation, objects(2, start=10), NOW)
    show(qtbot, window, installation)
    assert find(window, QWidget, "pendingBar").accessibleName() == (
        "Classic 25 ist vorgemerkt und wird ab 01.12.2026 berechnet Bis dahin wird Classic 10 berechnet. Bestellung"
        f" TW-000002 vom 22.11.2026, 10:00, stornierbar bis 30.11.2026. Bestellinformation an {EMAIL}: wartet"
        " (kein Mailserver eingerichtet)."
    )
    assert text(window, "extensionsBarRest") == "2 durch die Bestellung abgedeckt"
    assert text(window, "devicesBarRest") == "25 frei (25 nutzbar)"
    assert not is_shown(window, "offerBar")
    assert not window.grab().isNull()


def test_the_filters_count_and_the_list_says_why_it_is_empty(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    install(memory, "C10", 12, name="Über GmbH")
    pending = install(memory, "C10", number="K-2", name="Bald AG")
    order(memory, pending, "C25")
    install(memory, number="K-3", name="Ruhig KG")
    window.reload()
    settle(qtbot, window)
    lines = find(window, QListView, "installationList")

    def names() -> list[str]:
        return [lines.model().index(place, 0).data() for place in range(lines.model().rowCount())]

    assert [find(window, QPushButton, name).text() for name in ("filterAll", "filterOver", "filterPending")] == [
        "Alle 3", "Über Tarif 1", "Vorgemerkt 1",
    ]  # fmt: skip
    assert find(window, QLabel, "statusCounts").text() == "3 Anlagen · 1 über Tarif · 1 vorgemerkt"
    assert find(window, QLabel, "statusInstant").text() == "Stand: 22.11.2026, 10:00"
    assert names() == ["Bald AG", "Ruhig KG", "Über GmbH"]
    spoken = [lines.model().index(place, 0).data(Qt.ItemDataRole.AccessibleTextRole) for place in range(3)]
    assert spoken == ["Bald AG, Classic 10, K-2, Vorgemerkt", "Ruhig KG, Classic 10, K-3",
                      "Über GmbH, Classic 10, K-1, 2 zu viel"]  # fmt: skip
    click(qtbot, window, "filterOver")
    settle(qtbot, window)
    assert names() == ["Über GmbH"]
    click(qtbot, window, "filterPending")
    settle(qtbot, window)
    assert names() == ["Bald AG"]
    action(window, "sortNUMBER").trigger()
    click(qtbot, window, "filterAll")
    settle(qtbot, window)
    assert names() == ["Über GmbH", "Bald AG", "Ruhig KG"]
    action(window, "sortNAME").trigger()
    write(qtbot, window, "searchField", "gibt es nicht")
    settle(qtbot, window)
    assert window.panel.list.empty_text == "Nichts gefunden für „gibt es nicht“. Esc leert die Suche."
    assert not lines.grab().isNull()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("filterAll", "Noch keine Anlagen."),
        ("filterOver", "Keine Anlage liegt über ihrem Tarif."),
        ("filterPending", "Keine Bestellung ist vorgemerkt."),
    ],
)
def test_an_empty_filter_says_why(qtbot: QtBot, window: MainWindow, name: str, words: str) -> None:
    settle(qtbot, window)
    click(qtbot, window, name)
    settle(qtbot, window)
    assert window.panel.list.empty_text == words


def test_a_long_list_is_read_as_it_is_looked_at(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    with memory.together():
        ids = [install(memory, number=f"{place:04}", name=f"Kunde {place:04}") for place in range(300)]
    show(qtbot, window, ids[290])
    lines = find(window, QListView, "installationList")
    assert lines.currentIndex().row() == 290
    lines.scrollToBottom()
    lines.grab()
    qtbot.waitUntil(lambda: lines.model().index(299, 0).data() == "Kunde 0299")
    lines.setFocus()
    qtbot.keyClick(lines, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: find(window, QLabel, "customerTitle").text() == "Kunde 0000")


# ---------------------------------------------------------------------- what changes by itself


def test_r5_the_day_changes_while_the_window_is_open(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory, "C10", 8)
    order(memory, installation, "C25")
    show(qtbot, window, installation)
    assert text(window, "tariffLabel").endswith("Classic 10")
    clock.instant = local("2026-12-01 00:00:00")
    qtbot.waitUntil(lambda: find(window, QLabel, "tariffLabel").text().endswith("Classic 25"), timeout=2500)
    settle(qtbot, window)
    assert not is_shown(window, "pendingBar")
    assert rows(window, "orderTable")[0][6] == "wirksam"
    assert find(window, QPushButton, "filterPending").text() == "Vorgemerkt 0"
    assert not action(window, "cancelOrder").isEnabled()


def test_r5_a_computer_that_slept_over_a_months_end_shows_the_new_day(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    """With the tariff dialog open: page 1 follows the day, what was chosen stays."""
    clock.instant = local("2026-11-30 18:00")
    installation = install(memory, "C10", 12, now=clock.now())
    order(memory, installation, "C25", clock.now())
    show(qtbot, window, installation)
    assert text(window, "extensionsBarRest") == "2 durch die Bestellung abgedeckt"
    window.orders.adjust()
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "size50")
    assert "ab 01.12.2026" in text(change, "priceDifferenceWords")
    clock.instant = local("2026-12-14 07:30")
    qtbot.waitUntil(lambda: find(window, QLabel, "tariffLabel").text().endswith("Classic 25"), timeout=2500)
    settle(qtbot, window)
    assert text(window, "extensionsBarRest") == "13 frei"
    assert not is_shown(window, "pendingBar")
    assert not is_shown(window, "clockBar")
    assert find(window, QLabel, "statusInstant").text() == "Stand: 14.12.2026, 07:30"
    assert "ab 01.01.2027" in text(change, "priceDifferenceWords")
    assert find(change, QWidget, "size50").isChecked()  # type: ignore[attr-defined]


def test_r19_a_summary_open_over_midnight_stays_as_it_was_until_the_click(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    clock.instant = local("2026-11-30 23:58")
    installation = install(memory, "C10", 5, now=clock.now())
    show(qtbot, window, installation)
    window.orders.adjust()
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "size25")
    click(qtbot, change, "selectButton")
    clock.instant = local("2026-12-01 00:01")
    qtbot.waitUntil(lambda: find(window, QLabel, "statusInstant").text() == "Stand: 01.12.2026, 00:01", timeout=2500)
    settle(qtbot, window)
    assert text(change, "effectiveOn") == "Dienstag, 1. Dezember 2026"
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert memory.account(installation).orders == ()
    assert text(change, "effectiveOn") == "Freitag, 1. Januar 2027"
    assert find(change, QLabel, "effectiveOn").property("changed") == "true"


# ---------------------------------------------------------------------- the clock, faults


def test_r35_a_clock_ahead_pauses_until_the_clerk_confirms_it(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    installation = install(memory)
    show(qtbot, window, installation)
    assert not is_shown(window, "clockBar")
    clock.instant = local("2027-02-01 10:00:00")
    qtbot.waitUntil(lambda: is_shown(window, "clockBar"), timeout=2500)
    assert text(window, "clockText").endswith("mehr als 45 Tage voraus; bis zur Klärung kann nichts bestellt werden."
                                              " Stimmt das Datum?")  # fmt: skip
    click(qtbot, window, "confirmClockButton")
    settle(qtbot, window)
    assert not is_shown(window, "clockBar")
    assert memory.clock_state(clock.now()) is ClockState.RIGHT


def test_r35_a_clock_behind_is_said_and_cannot_be_confirmed(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    show(qtbot, window, install(memory))
    clock.instant = local("2026-11-21 10:00:00")
    qtbot.waitUntil(lambda: is_shown(window, "clockBar"), timeout=2500)
    assert text(window, "clockText").startswith("Die Uhr des Computers geht gegenüber dem letzten Eintrag nach.")
    assert not is_shown(window, "confirmClockButton")
    clock.instant = NOW
    qtbot.waitUntil(lambda: not is_shown(window, "clockBar"), timeout=2500)


def test_r35_a_clock_set_back_within_the_day_is_said_too(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    show(qtbot, window, install(memory))
    clock.instant = local("2026-11-22 08:00:00")
    qtbot.waitUntil(lambda: is_shown(window, "clockBar"), timeout=2500)


def test_a_customer_that_is_gone_leaves_nothing_to_act_on(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    install(memory, number="K-2", name="Andere AG")
    show(qtbot, window, installation)
    tamper(memory, "PRAGMA foreign_keys=OFF", f"DELETE FROM installation WHERE id = {installation}")
    qtbot.keyClick(window, Qt.Key.Key_F5)
    settle(qtbot, window)
    assert text(window, "faultText") == "Diesen Eintrag gibt es nicht mehr; er wurde inzwischen entfernt."
    assert not window.page.isVisible()
    assert window.case is None
    assert not any(action(window, name).isEnabled() for name in CASE_ACTIONS)


def ignored(_outcome: object) -> None:
    """Nobody asked."""


GO_ON: dict[str, Callable[[QtBot, MainWindow], None]] = {
    "another customer": lambda qtbot, window: show(qtbot, window, 2),
    "reading again": lambda qtbot, window: click(qtbot, window, "retryButton"),
    "F5": lambda qtbot, window: qtbot.keyClick(window, Qt.Key.Key_F5),
    "another change": lambda _qtbot, window: window.desk.confirm_clock(ignored, ignored),
}


@pytest.mark.parametrize("way", GO_ON)
def test_what_went_wrong_is_said_until_the_clerk_goes_on(
    qtbot: QtBot, window: MainWindow, memory: Store, way: str
) -> None:
    """Others who change something meanwhile, this customer too, don't take the words away."""
    installation = install(memory, "C10", 1)
    install(memory, number="K-2", name="Andere AG")
    show(qtbot, window, installation)
    window.show_error(NoSuchInstallation())
    said = text(window, "faultText")
    memory.add_objects(installation, objects(1, start=7), NOW)
    install(memory, number="K-3", name="Dritte AG")
    window.watch.read()
    window.open_case(installation)
    window.reload()
    settle(qtbot, window)
    assert len(rows(window, "extensionTable")) == 2
    assert find(window, QPushButton, "filterAll").text() == "Alle 3"
    assert text(window, "faultText") == said
    GO_ON[way](qtbot, window)
    settle(qtbot, window)
    assert not is_shown(window, "faultBar")


def test_a_form_is_open_while_its_customer_goes(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    installation = install(memory)
    show(qtbot, window, installation)
    click(qtbot, window, "addExtensionButton")
    form = dialog("extensionDialog")
    tamper(memory, "PRAGMA foreign_keys=OFF", "DELETE FROM installation")
    window.reload()
    settle(qtbot, window)
    write(qtbot, form, "extensionNameField", "Empfang")
    click(qtbot, form, "extensionDialogSubmit")
    settle(qtbot, window)
    assert "gibt es nicht mehr" in text(form, "extensionDialogNoticeText")


# ---------------------------------------------------------------------- the ways in


def test_the_welcome_page_has_three_ways_on(
    qtbot: QtBot, window: MainWindow, memory: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(qtbot, window)
    asked: list[str] = []
    window.demo_requested.connect(lambda: asked.append("demo"))

    def ask(*_args: object) -> tuple[list[str], str]:
        asked.append("file")
        return [], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", ask)
    click(qtbot, window, "welcomeDemoButton")
    click(qtbot, window, "welcomeImportButton")
    assert asked == ["demo", "file"]
    click(qtbot, window, "welcomeNewButton")
    settle(qtbot, window)
    assert dialog("newCustomerDialog").isVisible()
    assert memory.counts(TODAY).all == 0


def test_a_new_customer_is_created_and_shown(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    install(memory)
    show(qtbot, window, 1)
    qtbot.keyClick(window, Qt.Key.Key_N, CONTROL)
    settle(qtbot, window)
    form = dialog("newCustomerDialog")
    write(qtbot, form, "customerNumberField", "K-1")
    write(qtbot, form, "nameField", "Zöllner")
    box = find(form, QComboBox, "tariffField")
    assert box.currentText() == f"Classic 10 – 9,90{NBSP}€ netto im Monat"
    box.setCurrentIndex(box.findText("Pro 25", Qt.MatchFlag.MatchStartsWith))
    click(qtbot, form, "newCustomerDialogSubmit")
    settle(qtbot, window)
    assert text(form, "customerNumberFieldFault") == "Es gibt schon einen Kunden mit der Nummer K-1."
    write(qtbot, form, "customerNumberField", "K-9")
    click(qtbot, form, "newCustomerDialogSubmit")
    settle(qtbot, window)
    assert text(window, "customerTitle") == "Zöllner"
    assert text(window, "tariffLabel") == "Kundennummer K-9 · Cloud Telefonanlage Pro 25"
    assert memory.account(2).first_tariff == tariff("P25")


def test_the_sizes_of_a_new_customer_come_in_their_order(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    show(qtbot, window, install(memory))
    qtbot.keyClick(window, Qt.Key.Key_N, CONTROL)
    settle(qtbot, window)
    box = find(dialog("newCustomerDialog"), QComboBox, "tariffField")
    names = [box.itemText(place).split(" –")[0] for place in range(box.count())]
    sizes = ("10", "25", "50", "100", "250")
    assert names == [f"{edition} {size}" for edition in ("Classic", "Pro") for size in sizes]


def test_what_was_left_comes_back_in_another_window(
    qtbot: QtBot, open_window: Open, open_file: Callable[[], Store], settings: QSettings
) -> None:
    store = open_file()
    install(store, number="K-1")
    second = install(store, "C10", 1, number="K-2", name="Zweite AG")
    first_window = open_window(store)
    written = settings.allKeys()
    show(qtbot, first_window, second)
    # Qt would wait for the disk each time a customer is opened.
    assert settings.allKeys() == written
    first_window.resize(first_window.width(), 640)
    header = first_window.page.extensions.horizontalHeader()
    header.resizeSection(1, 321)
    header.moveSection(header.visualIndex(2), 0)
    first_window.page.extensions.hideColumn(3)
    first_window.close()

    window = open_window(open_file())
    qtbot.waitUntil(lambda: find(window, QLabel, "customerTitle").text() == "Zweite AG")
    assert window.height() == 640
    restored = window.page.extensions
    assert restored.columnWidth(1) == 321
    assert restored.horizontalHeader().visualIndex(2) == 0
    assert restored.isColumnHidden(3)
    assert find(window, QListView, "installationList").currentIndex().data() == "Zweite AG"
    window.close()

    settings.setValue("columns/extensionTable", "{kaputt")
    settings.setValue(f"last_customer/{quote(store.target, safe='')}", "K-404")
    damaged = open_window(open_file())
    assert not damaged.page.extensions.isColumnHidden(3)
    assert damaged.case is None


# ---------------------------------------------------------------------- keys and menus


def search_for(qtbot: QtBot, window: MainWindow, words: str) -> None:
    """Ctrl+F and type."""
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F, CONTROL)
    assert window.focusWidget() is window.panel.search
    qtbot.keyClicks(window.panel.search, words)
    settle(qtbot, window)


@pytest.mark.parametrize("words", ["muell", "m"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Return], ids=["down", "enter"])
def test_from_the_search_field_a_key_leads_to_the_first_hit(
    qtbot: QtBot, window: MainWindow, memory: Store, words: str, key: Qt.Key
) -> None:
    install(memory, name="Müller GmbH")
    install(memory, number="K-2", name="Muster AG")
    window.reload()
    search_for(qtbot, window, words)
    qtbot.keyClick(window.panel.search, key)
    settle(qtbot, window)
    assert window.focusWidget() is window.panel.list
    assert text(window, "customerTitle") == "Müller GmbH"


def test_keys_lead_where_people_expect(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    install(memory, "C10", 12, name="Müller GmbH")
    install(memory, number="K-2", name="Zweite AG")
    window.reload()
    search_for(qtbot, window, "muell")
    lines = find(window, QListView, "installationList")
    assert lines.model().rowCount() == 1
    qtbot.mouseClick(
        lines.viewport(), Qt.MouseButton.LeftButton, pos=lines.visualRect(lines.model().index(0, 0)).center()
    )
    settle(qtbot, window)
    assert text(window, "customerTitle") == "Müller GmbH"
    qtbot.keyClick(lines, Qt.Key.Key_Return)
    assert window.focusWidget() is window.page.extensions
    qtbot.keyClick(window, Qt.Key.Key_T, CONTROL)
    assert text(dialog("tariffChangeDialog"), "priceDifference") == f"+10,00{NBSP}€"
    qtbot.keyClick(dialog("tariffChangeDialog"), Qt.Key.Key_Escape)
    qtbot.keyClick(window, Qt.Key.Key_E, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert window.settings_page.isVisible()
    qtbot.keyClick(window.panel.search, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert window.panel.search.text() == ""
    assert lines.model().rowCount() == 2


@pytest.mark.parametrize("where", ["welcome", "installation", "settings"])
def test_f1_explains_what_is_on_the_screen(qtbot: QtBot, window: MainWindow, memory: Store, where: str) -> None:
    if where != "welcome":
        show(qtbot, window, install(memory))
    if where == "settings":
        click(qtbot, window, "advancedSettingsButton")
    settle(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    page = dialog("helpWindow")
    assert "Tarif" in find(page, QTextBrowser, "helpText").toPlainText()
    click(qtbot, page, "helpClose")
    assert not page.isVisible()


def test_menus_offer_what_is_possible(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    settle(qtbot, window)
    assert all(action(window, name).isEnabled() for name in ALWAYS)
    assert not any(action(window, name).isEnabled() for name in (*CASE_ACTIONS, "cancelOrder"))
    installation = install(memory)
    show(qtbot, window, installation)
    assert all(action(window, name).isEnabled() for name in (*ALWAYS, *CASE_ACTIONS))
    assert not action(window, "cancelOrder").isEnabled()
    order(memory, installation, "C25")
    window.reload()
    settle(qtbot, window)
    assert action(window, "cancelOrder").isEnabled()
    action(window, "cancelOrder").trigger()
    assert dialog("cancelOrderDialog").isVisible()


@pytest.mark.parametrize(("name", "form"), [
    ("addExtension", "extensionDialog"), ("addDevice", "deviceDialog"), ("addFeature", "featureDialog"),
    ("preferences", "preferencesDialog"), ("adjust", "tariffChangeDialog"),
])  # fmt: skip
def test_every_menu_entry_opens_its_dialog(
    qtbot: QtBot, window: MainWindow, memory: Store, name: str, form: str
) -> None:
    show(qtbot, window, install(memory))
    action(window, name).trigger()
    settle(qtbot, window)
    assert dialog(form).isVisible()


def test_without_an_installation_nothing_happens(qtbot: QtBot, window: MainWindow) -> None:
    settle(qtbot, window)
    for act in (window.orders.adjust, window.orders.adjust_to_offer, window.orders.cancel):
        act()
    for kind in ("Extension", "Device", "Feature"):
        window.objects.add(kind)
    window.objects.paste("10\tEins")
    names = ("extensionDialog", "tariffChangeDialog", "cancelOrderDialog", "pasteDialog")
    assert not [entry for entry in QApplication.topLevelWidgets() if entry.isVisible() and entry.objectName() in names]


def test_about_names_version_and_database(window: MainWindow) -> None:
    action(window, "about").trigger()
    box = dialog("messageBox")
    assert isinstance(box, QMessageBox)
    assert "Version 0.1.0\n\nDatenbank: :memory:" in box.informativeText()
    box.close()


def test_quit_closes_the_window(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.closed):
        action(window, "quit").trigger()
    assert not window.isVisible()


def test_copying_belongs_to_the_page_with_the_tables(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    show(qtbot, window, install(memory, "C10", 1))
    find(window, QTabWidget, "tabs").setCurrentIndex(4)
    assert window.current_table() is window.page.history
    click(qtbot, window, "advancedSettingsButton")
    assert window.current_table() is None
    action(window, "copy").trigger()


# ---------------------------------------------------------------------- price lists

PRICES = """
[[price_list]]
valid_from = 2026-12-15
vat_rate = 19.00
tariff = [{ edition = "Classic", extensions = 10, devices = 10, net = NET }]
"""


def test_r32_a_price_list_is_loaded_from_the_menu(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "preise.toml"
    path.write_text(PRICES.replace("NET", "8.90"), encoding="utf-8")
    chosen = iter([("", ""), (str(path), "")])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: next(chosen))
    for _time in range(2):
        action(window, "prices").trigger()
        settle(qtbot, window)
    assert window.statusBar().currentMessage() == "1 neue Preisliste geladen."
    assert [entry.valid_from.isoformat() for entry in memory.price_lists()] == [
        "2026-01-01", "2026-12-15", "2027-01-01",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [PRICES.replace("NET", '"gratis"'), "kein = [toml", None])
def test_r32_a_faulty_or_missing_price_list_is_refused_in_words(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "preise.toml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    window.customers.load_price_file(path)
    settle(qtbot, window)
    (box,) = message_boxes()
    assert box.text() == "preise.toml kann nicht geladen werden"
    assert len(memory.price_lists()) == 2
    qtbot.keyClick(box, Qt.Key.Key_Escape)


def test_r36_the_database_can_be_checked_from_the_menu(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    order(memory, install(memory, "C10", 1), "C25")
    action(window, "verify").trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)))
    box = dialog("messageBox")
    assert isinstance(box, QMessageBox)
    assert (box.text(), box.informativeText()) == (
        "Die Datenbank ist in Ordnung",
        "Geprüft wurden 2 Einträge und 1 Bestellung.",
    )
    box.close()


def test_r36_what_a_foreign_tool_changed_is_said(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    order(memory, install(memory, "C10", 1), "C25")
    with memory.together():
        tamper(memory, "DROP TRIGGER order_only_ended", "UPDATE tariff_order SET net_cents = 1")
    action(window, "verify").trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)))
    box = dialog("messageBox")
    assert isinstance(box, QMessageBox)
    assert box.text() == "Die Datenbank ist nicht in Ordnung"
    assert "trigger order_only_ended" in box.informativeText()
    assert "Die Bestellung TW-000002 wurde geändert." in box.informativeText()
    box.close()
