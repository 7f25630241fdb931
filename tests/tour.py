"""Pictures of every state of the program, light and dark: python -m tests.tour DIR [--only NAME] [--font 15]."""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, cast

if not __package__:
    sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEvent, QItemSelectionModel, QLibraryInfo, QSettings, QStandardPaths, Qt, QTimer, QTranslator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QTabWidget,
    QWidget,
)

from model.demo import fill_demo
from model.errors import FileFault, FileNotSaved, StorageFault, StoreUnavailable
from model.installation import Customer
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Removal, Store
from tests import examples
from tests.examples import BERLIN, FixedClock
from tests.screen import dialog, find
from ui import app as program
from ui import i18n, last_resort, theme
from ui.background import Background
from ui.export_dialog import ExportDialog
from ui.exporting import Exported
from ui.main_window import MainWindow
from ui.table import Table
from ui.tariff_change_dialog import TariffChangeDialog
from ui.theme import Appearance

START = datetime(2026, 11, 22, 9, 41, tzinfo=BERLIN)
SCREEN = (2560, 1600)
ROUNDS = 4
LOOK_MS = 200
APPEARANCES = (Appearance.LIGHT, Appearance.DARK)
PASTED = "17\tEmpfang\n18\tFax Lager\tRessource\n19\tMaike Löhnfeld\n"
EXPORT = """extension,password,name,tech,dial,secret,callerid
10,,Zentrale,sip,SIP/10,geheim,x <10>
11,,"Müßig, Zoë",sip,SIP/11,geheim,x <11>
12,,,sip,SIP/12,geheim,x <12>
12,,Doppelt,sip,SIP/12,geheim,x <12>
,,ohne Nummer,sip,,,
13,,Warteschlange Ersatzteile und Zubehör (Außenlager),sip,SIP/13,geheim,x <13>
14 a,,Empfang,sip,SIP/14,geheim,x <14>
100,,Łukasz Brzęczyszczykiewicz,pjsip,PJSIP/100,geheim,x <100>
"""


class Stage:
    """The program over the example data, and how a scene leads it to what is to be seen."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.clock = FixedClock(START)
        self.store = empty_store()
        fill_demo(self.store, START)
        self.window = self.open_window(self.store)

    def open_window(self, store: Store) -> MainWindow:
        """A window with the settings of a fresh computer, shown."""
        settings = QSettings(str(self.home / "settings.ini"), QSettings.Format.IniFormat)
        settings.clear()
        self.window = program.build(store, self.clock, settings)
        self.window.show()
        self.settle()
        return self.window

    def close(self) -> None:
        """The end of a scene; what was typed in it is wanted by nobody."""
        self.window.settings_page.drafts.discard()
        for widget in QApplication.topLevelWidgets():
            widget.close()
            widget.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.store.close()

    def settle(self) -> None:
        """Wait until the desk has done everything that was asked for, and what followed from it."""
        desk = self.window.desk
        for _round in range(ROUNDS):
            while desk.busy:
                QApplication.processEvents()
            _wait(lambda done: desk.glance(done, done))
            _wait(lambda done: desk.page(self.window.panel.query, 0, done, done))
            for thread in (desk.importing._reading, desk.importing._comparing):
                _wait(partial(_reach_end, thread))

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what comes from another thread."""
        while not condition():
            QApplication.processEvents()

    # ------------------------------------------------------------------ what a person does

    def id_of(self, number: str) -> int:
        """The installation of a customer number."""
        found = self.store.find_customer(number)
        assert found is not None, number
        return found

    def go(self, number: str) -> MainWindow:
        """Choose a customer."""
        self.window.choose(self.id_of(number))
        self.settle()
        return self.window

    def click(self, name: str, parent: QWidget | None = None) -> None:
        """Press a button."""
        find(parent or self.window, QAbstractButton, name).click()
        self.settle()

    def write(self, name: str, words: str, parent: QWidget | None = None) -> None:
        """Type into a field in place of what is there."""
        field = find(parent or self.window, QLineEdit, name)
        field.setFocus()
        field.selectAll()
        field.insert(words)
        self.settle()

    def act(self, name: str) -> None:
        """Use an action of the menus."""
        found = self.window.actions_by_name.named[name]
        assert found.isEnabled(), name
        found.trigger()
        self.settle()

    def tab(self, place: int, *rows: int) -> Table[Any]:
        """Open a tab and select rows."""
        self.window.page.tabs.setCurrentIndex(place)
        table = self.window.page.tables[place]
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for row in rows:
            table.selectionModel().select(table.rows.index(row, 0), flags)
        self.settle()
        return table

    # ------------------------------------------------------------------ the ways to the dialogs

    def adjust(self, number: str, *clicks: str) -> QWidget:
        """The tariff dialog of a customer, after some clicks."""
        self.go(number)
        self.window.orders.adjust()
        self.settle()
        shown = dialog("tariffChangeDialog")
        for name in clicks:
            self.click(name, shown)
        return shown

    def summary(self, number: str, *clicks: str) -> QWidget:
        """Page 2 of the tariff dialog."""
        return self.adjust(number, *clicks, "selectButton")

    def add(self, number: str, kind: str) -> QWidget:
        """The dialog that adds an "extension", a "device" or a "feature"."""
        self.go(number)
        self.act(f"add{kind.capitalize()}")
        return dialog(f"{kind}Dialog")

    def submit(self, form: QWidget) -> QWidget:
        """Press the button that submits a form."""
        self.click(f"{form.objectName()}Submit", form)
        return form

    def paste(self, number: str, rows: str) -> QWidget:
        """The dialog with rows from a spreadsheet."""
        self.go(number)
        self.window.objects.paste(rows)
        self.settle()
        return dialog("pasteDialog")

    def import_text(self, text: str, name: str = "Export Müller.csv", encoding: str = "utf-8") -> None:
        """Import a file with this text."""
        path = self.home / name
        path.write_text(text, encoding=encoding)
        self.window.imports.read([path])
        self.settle()

    def set_clock(self, difference: timedelta) -> None:
        """The computer shows another time."""
        self.clock.instant = START + difference
        self.window.reload()
        self.settle()


def empty_store() -> Store:
    """A store in memory that a clerk of an invented name works with, on every computer the same."""
    store = Store(SqliteEngine(MEMORY), examples.CLERK)
    store.load_shipped_prices()
    return store


Scene = Callable[[Stage], QWidget]
Made = TypeVar("Made", bound=Scene)
SCENES: dict[str, Scene] = {}
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
CHOICES = {
    "choice-current": ("100077",),
    "choice-size-obstacles": ("100269", "size10"),
    "choice-many-obstacles": ("100180", "size100"),
    "choice-edition-obstacle": ("100257", "editionClassic"),
    "choice-both-obstacles": ("100244", "editionClassic", "size10"),
    "choice-all-features": ("100271", "editionClassic", "size10"),
    "choice-already-ordered": ("100139", "size25"),
    "choice-current-while-pending": ("100205",),
    "choice-current-blocked": ("100139", "size10"),
    "choice-retired": ("100042", "size25"),
    "choice-downgrade": ("100244", "editionClassic"),
}
SUMMARIES = {
    "summary-upgrade": ("100077", "size25"),
    "summary-extras": ("100423", "size25"),
    "summary-edition": ("100077", "editionPro"),
    "summary-down": ("100244", "editionClassic"),
    "summary-replacing": ("100139", "size50"),
    "summary-retired": ("100042", "size25"),
    "summary-no-email": ("100193", "size25"),
    "summary-long-name": ("100271", "size50"),
}
MENUS = ("file", "edit", "view", "installation", "help")


def scene(made: Made) -> Made:
    """A scene by the name of its function."""
    SCENES[made.__name__.replace("_", "-")] = made
    return made


def add_simple_scenes() -> None:
    SCENES.update({name: partial(_customer, number) for name, number in OF_A_CUSTOMER.items()})
    SCENES.update({name: partial(_tab, number, place) for name, (number, place) in OF_A_TAB.items()})
    SCENES.update({name: partial(_choice, way) for name, way in CHOICES.items()})
    SCENES.update({name: partial(_summary, way) for name, way in SUMMARIES.items()})
    SCENES.update({f"menu-{name}": partial(_menu, name) for name in MENUS})
    SCENES.update({name: partial(_database, fault) for name, fault in DATABASE_FAULTS.items()})


def _customer(number: str, stage: Stage) -> QWidget:
    return stage.go(number)


def _tab(number: str, place: int, stage: Stage) -> QWidget:
    stage.go(number)
    stage.tab(place)
    return stage.window


def _choice(way: Sequence[str], stage: Stage) -> QWidget:
    return stage.adjust(*way)


def _summary(way: Sequence[str], stage: Stage) -> QWidget:
    return stage.summary(*way)


def _menu(name: str, stage: Stage) -> QWidget:
    stage.go("100423")
    menu = find(stage.window, QMenu, f"{name}Menu")
    menu.popup(stage.window.mapToGlobal(stage.window.rect().center()))
    menu.setActiveAction(menu.actions()[0])
    return menu


# ---------------------------------------------------------------------- the window


@scene
def welcome(stage: Stage) -> QWidget:
    return stage.open_window(empty_store())


@scene
def main_nothing_chosen(stage: Stage) -> QWidget:
    return stage.window


@scene
def main_switched(stage: Stage) -> QWidget:
    """The appearance changes while the window is open."""
    window = stage.go("100423")
    other = Appearance.LIGHT if theme.colors() is theme.DARK else Appearance.DARK
    theme.apply_theme(_application(), other)
    return window


@scene
def main_rows_selected(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.tab(0, 1, 9, 10).setFocus()
    return window


@scene
def main_list_focused(stage: Stage) -> QWidget:
    window = stage.go("100139")
    window.panel.list.setFocus()
    return window


@scene
def main_sorted(stage: Stage) -> QWidget:
    window = stage.go("100423")
    window.page.extensions.horizontalHeader().setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    return window


@scene
def main_narrow(stage: Stage) -> QWidget:
    window = stage.go("100423")
    window.resize(window.minimumSizeHint())
    return window


@scene
def main_wide(stage: Stage) -> QWidget:
    window = stage.go("100423")
    window.resize(1920, 1080)
    return window


@scene
def search(stage: Stage) -> QWidget:
    window = stage.go("100164")
    stage.write("searchField", "mueller")
    return window


@scene
def search_nothing_found(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.write("searchField", "Xanthippe")
    return window


@scene
def filter_over(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.click("filterOver")
    return window


@scene
def filter_pending(stage: Stage) -> QWidget:
    window = stage.go("100139")
    stage.click("filterPending")
    return window


@scene
def clock_ahead(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.set_clock(timedelta(days=60))
    return window


@scene
def clock_behind(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.set_clock(timedelta(days=-15))
    return window


DATABASE_FAULTS = {
    "database-busy": StorageFault.BUSY,
    "database-gone": StorageFault.REPLACED,
    "database-unreadable": StorageFault.NO_ACCESS,
    "database-damaged": StorageFault.DAMAGED,
}


def _database(fault: StorageFault, stage: Stage) -> QWidget:
    """The bar about the database as a whole, on a customer with an order that could be cancelled."""
    window = stage.go("100139")
    window.desk.unreadable.emit(StoreUnavailable(fault, "/home/anna/Dokumente/Tarifwechsel.db"))
    return window


@scene
def summary_saving(stage: Stage) -> QWidget:
    """The order takes longer than a second."""
    shown = stage.summary("100423", "size25")
    assert isinstance(shown, TariffChangeDialog)
    shown.show_slow()
    return shown


@scene
def fault(stage: Stage) -> QWidget:
    window = stage.go("100423")
    window.show_error(StoreUnavailable(StorageFault.BUSY, "Tarifwechsel.db"))
    return window


@scene
def done(stage: Stage) -> QWidget:
    """An order was placed: the word in the status bar."""
    shown = stage.summary("100423", "size25")
    stage.click("orderButton", shown)
    return stage.window


# ---------------------------------------------------------------------- the advanced settings


@scene
def settings(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.click("advancedSettingsButton")
    return stage.window


@scene
def settings_pending(stage: Stage) -> QWidget:
    stage.go("100139")
    stage.click("advancedSettingsButton")
    return stage.window


@scene
def settings_no_email(stage: Stage) -> QWidget:
    stage.go("100193")
    stage.click("advancedSettingsButton")
    return stage.window


@scene
def settings_fault(stage: Stage) -> QWidget:
    settings(stage)
    page = stage.window.settings_page
    stage.write("emailField", "buero@autohaus-brenner", page)
    stage.click("saveCustomerButton", page)
    return stage.window


@scene
def settings_saved(stage: Stage) -> QWidget:
    settings(stage)
    page = stage.window.settings_page
    stage.write("emailField", "empfang@autohaus-brenner.example", page)
    stage.click("saveCustomerButton", page)
    return stage.window


# ---------------------------------------------------------------------- the tariff dialog


@scene
def choice_offer(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.click("offerButton")
    return dialog("tariffChangeDialog")


@scene
def choice_focused(stage: Stage) -> QWidget:
    shown = stage.adjust("100423", "size25")
    find(shown, QAbstractButton, "size25").setFocus()
    return shown


@scene
def choice_ticked_off(stage: Stage) -> QWidget:
    shown = stage.adjust("100257", "editionClassic")
    key = stage.id_of("100257")
    uses = tuple(use.id for use in stage.store.account(key).features)
    stage.store.remove_objects(key, Removal(features=uses), stage.clock.now())
    stage.window.reload()
    stage.settle()
    return shown


@scene
def choice_half_ticked_off(stage: Stage) -> QWidget:
    shown = stage.adjust("100269", "size10")
    key = stage.id_of("100269")
    extension = stage.store.account(key).extensions[-1].id
    stage.store.remove_objects(key, Removal(extensions=(extension,)), stage.clock.now())
    stage.window.reload()
    stage.settle()
    return shown


@scene
def choice_with_objects(stage: Stage) -> QWidget:
    """The offer that came up while an extension was being added."""
    question = decision_offer(stage)
    stage.click("acceptOfferButton", question)
    return dialog("tariffChangeDialog")


@scene
def summary_with_objects(stage: Stage) -> QWidget:
    shown = choice_with_objects(stage)
    stage.click("selectButton", shown)
    return shown


@scene
def summary_changed(stage: Stage) -> QWidget:
    """Between the summary and the click the address and the month have changed."""
    shown = stage.summary("100226", "size25")
    key = stage.id_of("100226")
    known = stage.store.account(key).installation
    customer = Customer(known.customer_number, known.name, "buero@fahrschule-immergruen.example", known.language)
    stage.store.change_customer(key, customer, stage.clock.now())
    stage.clock.instant = START + timedelta(days=40)
    stage.click("orderButton", shown)
    return shown


@scene
def summary_not_ordered(stage: Stage) -> QWidget:
    shown = stage.summary("100226", "size25")
    stage.clock.instant = START - timedelta(days=15)
    stage.click("orderButton", shown)
    return shown


@scene
def summary_order_focused(stage: Stage) -> QWidget:
    shown = stage.summary("100077", "size25")
    find(shown, QAbstractButton, "orderButton").setFocus()
    return shown


# ---------------------------------------------------------------------- decisions


@scene
def decision_offer(stage: Stage) -> QWidget:
    form = stage.add("100112", "extension")
    stage.write("extensionNameField", "Empfang", form)
    stage.submit(form)
    return dialog("decisionDialog")


@scene
def decision_individual(stage: Stage) -> QWidget:
    form = stage.add("100180", "extension")
    stage.write("extensionNameField", "Station 9", form)
    stage.submit(form)
    return dialog("decisionDialog")


@scene
def decision_choice(stage: Stage) -> QWidget:
    """Three more fit what is billed, but not what is ordered."""
    stage.submit(stage.paste("100205", "27\tEmpfang\n28\tFax Lager\tRessource\n29\tMaike Löhnfeld\n"))
    return dialog("decisionDialog")


@scene
def decision_pro(stage: Stage) -> QWidget:
    stage.submit(_feature_of(stage, "100077"))
    return dialog("decisionDialog")


@scene
def decision_pro_pending(stage: Stage) -> QWidget:
    examples.order(stage.store, stage.id_of("100077"), "P10", stage.clock.now())
    stage.submit(_feature_of(stage, "100077"))
    return dialog("decisionDialog")


def _feature_of(stage: Stage, number: str) -> QWidget:
    form = stage.add(number, "feature")
    find(form, QComboBox, "featureExtensionField").setCurrentIndex(1)
    return form


# ---------------------------------------------------------------------- objects


@scene
def extension(stage: Stage) -> QWidget:
    return stage.add("100077", "extension")


@scene
def extension_fault(stage: Stage) -> QWidget:
    form = stage.add("100077", "extension")
    stage.write("extensionNumberField", "1 2", form)
    return stage.submit(form)


@scene
def extension_taken(stage: Stage) -> QWidget:
    form = stage.add("100077", "extension")
    stage.write("extensionNumberField", "01", form)
    stage.write("extensionNameField", "Empfang", form)
    return stage.submit(form)


@scene
def extension_edit(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.tab(0, 3)
    stage.click("editExtensionButton")
    return dialog("extensionDialog")


@scene
def device(stage: Stage) -> QWidget:
    return stage.add("100077", "device")


@scene
def device_fault(stage: Stage) -> QWidget:
    form = stage.add("100077", "device")
    stage.write("deviceNameField", "Yealink T54W", form)
    stage.write("deviceMacField", "00:15:65:gg:00:01", form)
    return stage.submit(form)


@scene
def device_edit(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.tab(1, 0)
    stage.click("editDeviceButton")
    return dialog("deviceDialog")


@scene
def feature(stage: Stage) -> QWidget:
    return stage.add("100118", "feature")


@scene
def feature_fault(stage: Stage) -> QWidget:
    form = stage.add("100118", "feature")
    find(form, QLineEdit, "featureNameField").clear()
    return stage.submit(form)


@scene
def paste(stage: Stage) -> QWidget:
    return stage.paste("100077", PASTED)


@scene
def paste_fault(stage: Stage) -> QWidget:
    return stage.submit(stage.paste("100077", PASTED + "2O\tMarkt\n"))


@scene
def removal(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.tab(0, 10, 11)
    stage.click("removeExtensionButton")
    return dialog("removalDialog")


@scene
def removal_along(stage: Stage) -> QWidget:
    window = stage.go("100271")
    numbers = {use.extension for use in stage.store.account(stage.id_of("100271")).features}
    rows = window.page.extensions.rows.rows()
    stage.tab(0, *(place for place, row in enumerate(rows) if row.extension.number in numbers))
    stage.click("removeExtensionButton")
    return dialog("removalDialog")


@scene
def removal_many(stage: Stage) -> QWidget:
    stage.go("100180")
    stage.tab(0, *range(40))
    stage.click("removeExtensionButton")
    return dialog("removalDialog")


# ---------------------------------------------------------------------- cancelling


@scene
def cancel(stage: Stage) -> QWidget:
    stage.go("100205")
    stage.click("cancelOrderButton")
    return dialog("cancelOrderDialog")


@scene
def cancel_blocked(stage: Stage) -> QWidget:
    stage.go("100139")
    stage.click("cancelOrderButton")
    return dialog("cancelOrderDialog")


@scene
def cancel_fault(stage: Stage) -> QWidget:
    return stage.submit(cancel(stage))


# ---------------------------------------------------------------------- import, customers, the rest


@scene
def import_new(stage: Stage) -> QWidget:
    stage.import_text(EXPORT)
    return dialog("importDialog")


@scene
def import_fault(stage: Stage) -> QWidget:
    form = import_new(stage)
    stage.write("customerNumberField", "100900", form)
    return stage.submit(form)


@scene
def import_existing(stage: Stage) -> QWidget:
    form = import_new(stage)
    stage.click("importExistingCustomer", form)
    stage.write("importCustomerNumber", "100423", form)
    return form


@scene
def import_existing_unknown(stage: Stage) -> QWidget:
    form = import_new(stage)
    stage.click("importExistingCustomer", form)
    stage.write("importCustomerNumber", "1004", form)
    return stage.submit(form)


@scene
def import_remarks(stage: Stage) -> QWidget:
    form = import_new(stage)
    find(form, QTabWidget, "importTabs").setCurrentIndex(1)
    return form


@scene
def import_file(stage: Stage) -> QWidget:
    form = import_new(stage)
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    return form


@scene
def import_asterisk(stage: Stage) -> QWidget:
    """The folder of an Asterisk: several files, Pro hints, no table."""
    folder = stage.home / "asterisk"
    folder.mkdir(exist_ok=True)
    endpoints = [f"[{n}]\ntype=endpoint\ncallerid=Arbeitsplatz {n} <{n}>\n" for n in range(1101, 1109)]
    (folder / "pjsip.conf").write_text("".join(endpoints) + "[trunk](fehlt)\ntype=endpoint\n", encoding="utf-8")
    (folder / "queues.conf").write_text("[general]\n[vertrieb]\nstrategy=ringall\n", encoding="utf-8")
    stage.window.imports.take([folder])
    stage.settle()
    return dialog("importDialog")


@scene
def import_asterisk_remarks(stage: Stage) -> QWidget:
    form = import_asterisk(stage)
    find(form, QTabWidget, "importTabs").setCurrentIndex(1)
    return form


@scene
def import_asterisk_file(stage: Stage) -> QWidget:
    form = import_asterisk(stage)
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    return form


@scene
def import_ticked(stage: Stage) -> QWidget:
    """What is missing in the file is ticked, and a function goes along."""
    form = import_existing(stage)
    table = find(form, Table, "comparisonTable")
    stage.click("comparisonMissing", form)
    table.rows.ticked.emit(list(table.rows.rows())[:3])
    stage.click("comparisonAll", form)
    return form


@scene
def imported(stage: Stage) -> QWidget:
    """An import into a customer, and the bar that offers to take it back."""
    stage.submit(import_existing(stage))
    return stage.window


@scene
def take_back(stage: Stage) -> QWidget:
    imported(stage)
    stage.click("importedTakeBack")
    return dialog("takeBackDialog")


@scene
def mapping(stage: Stage) -> QWidget:
    """A table of a system nobody knows."""
    lines = [f"{n};Löhnfeld, Maike;Arbeitsplatz;00156500{n:04};geheim\n" for n in range(30, 50)]
    stage.import_text("Teilnehmer;Wer;Sorte;Adresse;Kennung PIN\n" + "".join(lines), "Anlage Nord.csv")
    return dialog("mappingDialog")


@scene
def profiles(stage: Stage) -> QWidget:
    stage.submit(mapping(stage))
    form = dialog("importDialog")
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    stage.click("importProfilesButton", form)
    return dialog("profilesDialog")


@scene
def encoding(stage: Stage) -> QWidget:
    """A file whose characters can't be told."""
    stage.import_text("Nebenstelle;Name\n10;Jürgen Müller\n", "Export alt.csv", "cp850")
    return dialog("encodingDialog")


@scene
def batch(stage: Stage) -> QWidget:
    """Files of customers, one with faulty rows, and one of nobody."""
    folder = stage.home / "Exporte"
    folder.mkdir(exist_ok=True)
    for number, count in (("100423", 6), ("100077", 9), ("100900", 3)):
        lines = [f"{n},,Arbeitsplatz {n},sip,SIP/{n},geheim,x\n" for n in range(200, 200 + count)]
        (folder / f"{number}.csv").write_text("".join([EXPORT.splitlines()[0] + "\n", *lines]), encoding="utf-8")
    (folder / "100424.csv").write_text(EXPORT, encoding="utf-8")
    (folder / "liesmich.txt").write_text("Exporte vom 22.11.\n", encoding="utf-8")
    stage.act("importBatch")
    form = dialog("batchDialog")
    stage.write("batchPath", str(folder), form)
    stage.until(lambda: find(form, QAbstractButton, "batchDialogSubmit").isEnabled())
    return form


@scene
def batch_report(stage: Stage) -> QWidget:
    form = batch(stage)
    stage.click("batchClassic", form)
    stage.until(lambda: find(form, QAbstractButton, "batchDialogSubmit").isEnabled())
    stage.submit(form)
    stage.until(lambda: find(form, QAbstractButton, "batchSaveReport").isEnabled())
    return form


@scene
def message(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.import_text("Name;Mobil\nZentrale;0170 1\n")
    return dialog("messageBox")


@scene
def crash(stage: Stage) -> QWidget:
    last_resort.show_crash(ValueError, None, stage.home / "tarifwechsel.log")
    return dialog("crashBox")


@scene
def new_customer(stage: Stage) -> QWidget:
    stage.act("new")
    return dialog("newCustomerDialog")


@scene
def new_customer_fault(stage: Stage) -> QWidget:
    form = new_customer(stage)
    stage.write("customerNumberField", "100423", form)
    stage.write("nameField", "Autohaus Brenner", form)
    return stage.submit(form)


@scene
def export(stage: Stage) -> QWidget:
    """The list as it is filtered and searched."""
    stage.click("filterOver")
    stage.write("searchField", "b")
    stage.act("export")
    return dialog("exportDialog")


@scene
def export_table(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.tab(1).setFocus()
    window.page.devices.hideColumn(2)
    stage.act("export")
    return dialog("exportDialog")


@scene
def export_without_library(stage: Stage) -> QWidget:
    kept, absent = sys.modules.get("xlsxwriter"), cast("Any", None)
    sys.modules["xlsxwriter"] = absent
    try:
        stage.act("export")
    finally:
        sys.modules.pop("xlsxwriter")
        sys.modules.update({"xlsxwriter": kept} if kept else {})
    return dialog("exportDialog")


def _export_dialog(stage: Stage) -> ExportDialog:
    shown = export_table(stage)
    assert isinstance(shown, ExportDialog)
    return shown


@scene
def export_under_way(stage: Stage) -> QWidget:
    shown = _export_dialog(stage)
    shown.set_busy(busy=True)
    shown.show_progress(45)
    return shown


@scene
def export_done(stage: Stage) -> QWidget:
    shown = _export_dialog(stage)
    shown.show_done(Exported(Path("Dokumente/Endgeräte 100423 2026-11-22.xlsx"), 8, one_state=False))
    return shown


@scene
def export_cancelled(stage: Stage) -> QWidget:
    shown = _export_dialog(stage)
    shown.show_error(FileNotSaved(FileFault.CANCELLED))
    return shown


@scene
def export_fault(stage: Stage) -> QWidget:
    shown = _export_dialog(stage)
    shown.show_error(FileNotSaved(FileFault.IN_USE, "Dokumente/Endgeräte 100423 2026-11-22.xlsx"))
    return shown


@scene
def preferences(stage: Stage) -> QWidget:
    stage.act("preferences")
    return dialog("preferencesDialog")


@scene
def help_page(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.act("help")
    return dialog("helpWindow")


@scene
def about(stage: Stage) -> QWidget:
    """Looked at from a timer, whether or not the box waits to be closed."""
    stage.go("100423")
    seen = QLabel()

    def look() -> None:
        box = next(entry for entry in QApplication.topLevelWidgets() if isinstance(entry, QMessageBox))
        seen.setPixmap(box.grab())
        box.close()

    QTimer.singleShot(LOOK_MS, look)
    stage.act("about")
    while seen.pixmap().isNull():
        QApplication.processEvents()
    seen.resize(seen.sizeHint())
    return seen


# ---------------------------------------------------------------------- the other language


@scene
def english_main(stage: Stage) -> QWidget:
    _speak_english(stage)
    return stage.go("100423")


@scene
def english_choice(stage: Stage) -> QWidget:
    _speak_english(stage)
    return stage.adjust("100269", "size10")


@scene
def english_summary(stage: Stage) -> QWidget:
    _speak_english(stage)
    return stage.summary("100139", "size50")


def _speak_english(stage: Stage) -> None:
    i18n.use_language("en")
    stage.open_window(stage.store)


# ---------------------------------------------------------------------- taking the pictures


def main(argv: Sequence[str]) -> int:
    """Take the pictures; each scale needs a process of its own, since Qt reads it when it starts."""
    options = _options(argv)
    if len(options.scale) == 1:
        return _take(options)
    rest = [str(options.folder), f"--only={options.only}", f"--language={options.language}"]
    rest += [f"--font={options.font}"] if options.font else []
    runs = [[sys.executable, __file__, *rest, f"--scale={scale}"] for scale in options.scale]
    return max(subprocess.run(run, check=False).returncode for run in runs)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tour", description="Pictures of every state of the program")
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the pictures go")
    parser.add_argument("--only", default="*", metavar="NAME", help='only the scenes of a name, such as "main-*"')
    parser.add_argument("--scale", type=int, action="append", help="pixels for a point, 1 and 2 by default")
    parser.add_argument("--font", type=float, default=0.0, metavar="PT", help="size of the font in points")
    parser.add_argument("--language", choices=i18n.LANGUAGES, default="de")
    options = parser.parse_args(argv)
    options.scale = options.scale or [1, 2]
    return options


def _take(options: argparse.Namespace) -> int:
    """Every scene that was asked for, in a fresh window over fresh example data each."""
    options.folder.mkdir(parents=True, exist_ok=True)
    failed = []
    with TemporaryDirectory() as home:
        app = _start(options, Path(home))
        for name in fnmatch.filter(SCENES, options.only):
            try:
                _take_scene(app, name, Path(home), options)
            except Exception as error:  # noqa: BLE001 - one scene that fails doesn't keep the others away
                failed.append(name)
                print(f"{name}: {error!r}", file=sys.stderr)
    return 1 if failed else 0


def _start(options: argparse.Namespace, home: Path) -> QApplication:
    """The application as `main.py` starts it, on a screen that is large enough."""
    os.environ["QT_SCALE_FACTOR"] = str(options.scale[0])
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={_screen(home, options.scale[0])}")
    QStandardPaths.setTestModeEnabled(True)
    app = program.application(["tour"])
    sys.excepthook = lambda _kind, error, _trace: print(f"raised: {error!r}", file=sys.stderr)
    if options.font:
        font = app.font()
        font.setPointSizeF(options.font)
        app.setFont(font)
    return app


def _screen(home: Path, scale: int) -> Path:
    """One screen for the offscreen platform; its own default is smaller than the window."""
    width, height = (side * scale for side in SCREEN)
    screen = {"name": "tour", "x": 0, "y": 0, "width": width, "height": height}
    path = home / "screen.json"
    path.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return path


def _take_scene(app: QApplication, name: str, home: Path, options: argparse.Namespace) -> None:
    scale = options.scale[0]
    for appearance in APPEARANCES:
        _use_language(app, options.language)
        theme.apply_theme(app, appearance)
        stage = Stage(home)
        try:
            shown = SCENES[name](stage)
            QTest.qWait(LOOK_MS)
            shown.grab().save(str(options.folder / f"{name}-{appearance}{'' if scale == 1 else f'@{scale}x'}.png"))
        finally:
            stage.close()


def _use_language(app: QApplication, code: str) -> None:
    """Our texts and Qt's own."""
    i18n.use_language(code)
    for translator in app.findChildren(QTranslator):
        app.removeTranslator(translator)
        translator.deleteLater()
    translator = QTranslator(app)
    if code == "de" and translator.load("qtbase_de", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)


def _application() -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found


def _reach_end(thread: Background, done: Callable[[object], None]) -> None:
    """Whatever was asked of a thread before is done then."""
    thread.run(lambda: None, done, done)


def _wait(ask: Callable[[Callable[[object], None]], None]) -> None:
    """Until the desk has answered."""
    answers: list[object] = []
    ask(answers.append)
    while not answers:
        QApplication.processEvents()
    QApplication.processEvents()


add_simple_scenes()

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
