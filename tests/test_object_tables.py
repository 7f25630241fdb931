"""The tables of a customer: their menus, copying, sorting, hidden columns, and that looking writes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from model.installation import Additions, NewExtension
from model.store import Store
from tests.examples import FixedClock, dump, install
from tests.object_forms import TABS, Show, select, start_adding
from tests.screen import find, rows, settle
from ui.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier
TABLES = {"Extension": "extensionTable", "Device": "deviceTable", "Feature": "featureTable"}


def menu_of(widget: QWidget, open_it: Callable[[], object], use: Callable[[QMenu], None]) -> None:
    """Open a menu that blocks, look at it, close it."""

    def look() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        try:
            use(menu)
        finally:
            menu.close()

    QTimer.singleShot(0, widget, look)
    open_it()


def context_menu(widget: QWidget, use: Callable[[QMenu], None]) -> None:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), widget.mapToGlobal(QPoint(5, 5)))
    menu_of(widget, lambda: QApplication.sendEvent(widget, event), use)


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_the_context_menu_carries_the_pages_actions(window: MainWindow, memory: Store, show: Show) -> None:
    show(install(memory, "C10", 2))
    select(window, "Extension", 0)
    shown: list[str] = []
    context_menu(window.page.extensions.viewport(), lambda menu: shown.extend(a.text() for a in menu.actions()))
    assert {"Kopieren", "Mit Überschriften kopieren"} <= set(shown)
    assert {"Bearbeiten", "Entfernen"} <= {words.replace("&", "").rstrip(" …") for words in shown}


def test_rows_are_copied_with_and_without_the_headings(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    show(install(memory, "C10", 3))
    select(window, "Extension", 0, 2)
    qtbot.keyClick(window.page.extensions, Qt.Key.Key_C, CONTROL)
    lines = "100\tNebenstelle 0\tBenutzer\t–\tEnthalten\n102\tNebenstelle 2\tBenutzer\t–\tEnthalten"
    assert QGuiApplication.clipboard().text() == lines
    qtbot.keyClick(window.page.extensions, Qt.Key.Key_C, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert QGuiApplication.clipboard().text() == f"Nr.\tName\tArt\tEndgeräte\tTarif\n{lines}"
    select(window, "Extension", 1)
    window.actions_by_name.named["copyHeader"].trigger()
    assert QGuiApplication.clipboard().text().startswith("Nr.\tName")
    window.actions_by_name.named["copy"].trigger()
    assert QGuiApplication.clipboard().text().startswith("101\t")


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_a_header_sorts_and_columns_can_be_hidden(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, show: Show
) -> None:
    installation = install(memory)
    names = [NewExtension(str(number), name) for number, name in ((9, "Zoe"), (10, "Ärger"), (100, "Bote"))]
    memory.add_objects(installation, Additions(extensions=tuple(names)), clock.now())
    show(installation)
    table, header = window.page.extensions, window.page.extensions.horizontalHeader()
    select(window, "Extension", 1)
    for column, order_of_rows in ((1, ["Ärger", "Bote", "Zoe"]), (0, ["Zoe", "Ärger", "Bote"])):
        place = QPoint(header.sectionViewportPosition(column) + 20, 5)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert [row[1] for row in rows(window, "extensionTable")] == order_of_rows
        assert [row.extension.name for row in table.selected_rows()] == ["Ärger"]
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    assert [row[0] for row in rows(window, "extensionTable")] == ["100", "10", "9"]

    def hide_kind(menu: QMenu) -> None:
        assert not menu.actions()[0].isEnabled()
        menu.actions()[2].trigger()

    menu_of(header, lambda: header.customContextMenuRequested.emit(QPoint(5, 5)), hide_kind)
    assert table.isColumnHidden(2)
    qtbot.keyClick(table, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "10\tÄrger\t–\tEnthalten"


def test_an_empty_installation_says_what_to_do(window: MainWindow, memory: Store, show: Show) -> None:
    show(install(memory))
    tabs = find(window, QTabWidget, "tabs")
    for place in range(tabs.count()):
        tabs.setCurrentIndex(place)
        assert not tabs.grab().isNull()
    assert [rows(window, TABLES[kind]) for kind in TABS] == [[], [], []]


def test_nothing_is_written_by_looking(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    show(install(memory, "P10", 2, 2, call_flow=True))
    before = dump(memory._engine)
    for kind in TABS:
        form = start_adding(qtbot, window, kind)
        qtbot.keyClick(form, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert dump(memory._engine) == before
