"""The window: customers, tabs, menus, search, what is wrong with clock or database, settings, the other language."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from model.errors import StorageFault, StoreUnavailable
from tests.screen import find
from tests.tour.stage import Scenes, Stage, empty_store
from ui import i18n, theme
from ui.theme import Appearance

SCENES = Scenes()
OF_A_CUSTOMER = {
    "main-over": "100423",
    "main-over-both": "100151",
    "main-devices-over": "100164",
    "main-pending-up": "100139",
    "main-pending-down": "100205",
    "main-pro-to-classic": "100217",
    "main-retired": "100042",
    "main-full": "100112",
    "main-largest": "100180",
    "main-empty": "100498",
    "main-long-name": "100271",
    "main-plain": "100077",
}
OF_A_TAB = {
    "tab-devices": ("100423", 1),
    "tab-devices-covered": ("100139", 1),
    "tab-devices-empty": ("100498", 1),
    "tab-features": ("100271", 2),
    "tab-features-empty": ("100077", 2),
    "tab-orders": ("100238", 3),
    "tab-orders-cancelled": ("100283", 3),
    "tab-orders-empty": ("100077", 3),
    "tab-history": ("100244", 4),
    "tab-history-cancelled": ("100226", 4),
}
MENUS = ("file", "edit", "view", "installation", "help")
DATABASE_FAULTS = {
    "database-busy": StorageFault.BUSY,
    "database-gone": StorageFault.REPLACED,
    "database-unreadable": StorageFault.NO_ACCESS,
    "database-damaged": StorageFault.DAMAGED,
}


def _customer(number: str, stage: Stage) -> QWidget:
    return stage.go(number)


def _tab(number: str, place: int, stage: Stage) -> QWidget:
    stage.go(number)
    stage.tab(place)
    return stage.window


def _menu(name: str, stage: Stage) -> QWidget:
    stage.go("100423")
    menu = find(stage.window, QMenu, f"{name}Menu")
    menu.popup(stage.window.mapToGlobal(stage.window.rect().center()))
    menu.setActiveAction(menu.actions()[0])
    return menu


def _database(fault: StorageFault, stage: Stage) -> QWidget:
    """The bar about the database as a whole, on a customer with an order that could be cancelled."""
    window = stage.go("100139")
    window.desk.unreadable.emit(StoreUnavailable(fault, "/home/anna/Dokumente/Tarifwechsel.db"))
    return window


@SCENES.add
def welcome(stage: Stage) -> QWidget:
    return stage.open_window(empty_store())


@SCENES.add
def main_nothing_chosen(stage: Stage) -> QWidget:
    return stage.window


@SCENES.add
def main_switched(stage: Stage) -> QWidget:
    """The appearance changes while the window is open."""
    window = stage.go("100423")
    other = Appearance.LIGHT if theme.colors() is theme.DARK else Appearance.DARK
    theme.apply_theme(_application(), other)
    return window


@SCENES.add
def main_rows_selected(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.tab(0, 1, 9, 10).setFocus()
    return window


@SCENES.add
def main_list_focused(stage: Stage) -> QWidget:
    window = stage.go("100139")
    window.panel.list.setFocus()
    return window


@SCENES.add
def main_sorted(stage: Stage) -> QWidget:
    window = stage.go("100423")
    window.page.extensions.horizontalHeader().setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    return window


@SCENES.add
def main_narrow(stage: Stage) -> QWidget:
    window = stage.go("100423")
    window.resize(window.minimumSizeHint())
    return window


@SCENES.add
def main_wide(stage: Stage) -> QWidget:
    window = stage.go("100423")
    window.resize(1920, 1080)
    return window


@SCENES.add
def search(stage: Stage) -> QWidget:
    window = stage.go("100164")
    stage.write("searchField", "mueller")
    return window


@SCENES.add
def search_nothing_found(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.write("searchField", "Xanthippe")
    return window


@SCENES.add
def filter_over(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.click("filterOver")
    return window


@SCENES.add
def filter_pending(stage: Stage) -> QWidget:
    window = stage.go("100139")
    stage.click("filterPending")
    return window


@SCENES.add
def clock_ahead(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.set_clock(timedelta(days=60))
    return window


@SCENES.add
def clock_behind(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.set_clock(timedelta(days=-15))
    return window


@SCENES.add
def fault(stage: Stage) -> QWidget:
    window = stage.go("100423")
    window.show_error(StoreUnavailable(StorageFault.BUSY, "Tarifwechsel.db"))
    return window


@SCENES.add
def done(stage: Stage) -> QWidget:
    """An order was placed: the word in the status bar."""
    shown = stage.summary("100423", "size25")
    stage.click("orderButton", shown)
    return stage.window


# ---------------------------------------------------------------------- the advanced settings


@SCENES.add
def settings(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.click("advancedSettingsButton")
    return stage.window


@SCENES.add
def settings_pending(stage: Stage) -> QWidget:
    stage.go("100139")
    stage.click("advancedSettingsButton")
    return stage.window


@SCENES.add
def settings_no_email(stage: Stage) -> QWidget:
    stage.go("100193")
    stage.click("advancedSettingsButton")
    return stage.window


@SCENES.add
def settings_fault(stage: Stage) -> QWidget:
    settings(stage)
    page = stage.window.settings_page
    stage.write("emailField", "buero@autohaus-brenner", page)
    stage.click("saveCustomerButton", page)
    return stage.window


@SCENES.add
def settings_saved(stage: Stage) -> QWidget:
    settings(stage)
    page = stage.window.settings_page
    stage.write("emailField", "empfang@autohaus-brenner.example", page)
    stage.click("saveCustomerButton", page)
    return stage.window


# ---------------------------------------------------------------------- the other language


@SCENES.add
def english_main(stage: Stage) -> QWidget:
    _speak_english(stage)
    return stage.go("100423")


@SCENES.add
def english_choice(stage: Stage) -> QWidget:
    _speak_english(stage)
    return stage.adjust("100269", "size10")


@SCENES.add
def english_summary(stage: Stage) -> QWidget:
    _speak_english(stage)
    return stage.summary("100139", "size50")


def _speak_english(stage: Stage) -> None:
    i18n.use_language("en")
    stage.open_window(stage.store)


def _application() -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found


SCENES.update({name: partial(_customer, number) for name, number in OF_A_CUSTOMER.items()})
SCENES.update({name: partial(_tab, number, place) for name, (number, place) in OF_A_TAB.items()})
SCENES.update({f"menu-{name}": partial(_menu, name) for name in MENUS})
SCENES.update({name: partial(_database, fault) for name, fault in DATABASE_FAULTS.items()})
