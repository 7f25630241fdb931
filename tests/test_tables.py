"""The table of every page: its model by Qt's own rules, sorting, what stays, copying, columns, words when empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, QSettings, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from model.demo import fill_demo
from model.store import Store
from tests.examples import FixedClock, install, order
from tests.screen import settle
from ui.installation_list import InstallationListModel
from ui.main_window import MainWindow
from ui.table import Table
from ui.table_model import Column, TableModel

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
HEIGHT = 120


@dataclass(frozen=True)
class Row:
    """A row with a key that stays."""

    key: int
    name: str
    size: str = "1"


ROWS = [Row(1, "Zabel", "10"), Row(2, "Ärger", "9"), Row(3, "Adler", "100"), Row(4, "apfel", "2"), Row(5, "Östreich")]


@pytest.fixture
def table(german: QApplication, qtbot: QtBot) -> Iterator[Table[Row]]:  # noqa: ARG001 - has to be there first
    """A table of three columns with five rows, shown."""
    columns = (
        Column[Row]("name", lambda: "Name", lambda row: row.name),
        Column[Row]("size", lambda: "Größe", lambda row: row.size, numeric=True),
        Column[Row]("key", lambda: "Nr.", lambda row: str(row.key), sort=lambda row: row.key),
    )
    made = Table[Row]("testTable", "Zeilen", TableModel(columns, lambda row: row.key), lambda: "Noch nichts da.")
    qtbot.addWidget(made)
    made.set_rows(ROWS)
    made.resize(500, HEIGHT)
    made.show()
    QTest.keyRelease(made, Qt.Key.Key_Control)
    yield made
    QTest.keyRelease(made, Qt.Key.Key_Control)
    made.close()


def names(table: Table[Row]) -> list[str]:
    return [row.name for row in table.rows.rows()]


def select(table: Table[Row], *places: int) -> None:
    """Select rows by their place; the last one is the current one."""
    flags = QItemSelectionModel.SelectionFlag
    table.clearSelection()
    for place in places:
        table.selectionModel().setCurrentIndex(table.rows.index(place, 0), flags.Select | flags.Rows)


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


# ---------------------------------------------------------------------- models


@pytest.mark.parametrize("name", ["extensions", "devices", "features", "orders", "history"])
def test_the_tables_of_an_installation_follow_qt(
    qtbot: QtBot, qtmodeltester: Any, window: MainWindow, memory: Store, name: str
) -> None:
    key = install(memory, "P25", 12, 12, call_flow=True)
    order(memory, key, "P50")
    window.choose(key)
    settle(qtbot, window)
    tables = dict(zip(("extensions", "devices", "features", "orders", "history"), window.page.tables, strict=True))
    assert tables[name].model().rowCount() > 0
    qtmodeltester.check(tables[name].model())


def test_a_model_follows_qt_while_it_changes(qtmodeltester: Any, table: Table[Row]) -> None:
    qtmodeltester.check(table.rows)
    for rows in (ROWS[:2], [], ROWS, [Row(9, "Neu")]):
        table.set_rows(rows)
        table.rows.sort(1, DESCENDING)


def test_the_list_of_many_installations_follows_qt(
    qtbot: QtBot, qtmodeltester: Any, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    fill_demo(memory, clock.now(), 300)
    window.reload()
    settle(qtbot, window)
    model = window.panel.list.list_model
    assert model.rowCount() == 300
    qtmodeltester.check(model)


def test_an_empty_list_follows_qt(qtmodeltester: Any, german: QApplication) -> None:  # noqa: ARG001
    qtmodeltester.check(InstallationListModel())


# ---------------------------------------------------------------------- sorting


def test_names_are_sorted_as_in_a_german_dictionary(table: Table[Row]) -> None:
    table.sortByColumn(0, ASCENDING)
    assert names(table) == ["Adler", "apfel", "Ärger", "Östreich", "Zabel"]
    table.sortByColumn(0, DESCENDING)
    assert names(table) == ["Zabel", "Östreich", "Ärger", "apfel", "Adler"]


def test_numbers_are_sorted_by_value(table: Table[Row]) -> None:
    table.sortByColumn(1, ASCENDING)
    assert [row.size for row in table.rows.rows()] == ["1", "2", "9", "10", "100"]


def test_a_column_may_sort_by_another_value_than_it_shows(table: Table[Row]) -> None:
    table.sortByColumn(2, DESCENDING)
    assert [row.key for row in table.rows.rows()] == [5, 4, 3, 2, 1]


def test_new_rows_come_sorted(table: Table[Row]) -> None:
    table.sortByColumn(0, ASCENDING)
    table.set_rows([*ROWS, Row(6, "Arnold")])
    assert names(table) == ["Adler", "apfel", "Ärger", "Arnold", "Östreich", "Zabel"]


def test_a_third_click_brings_back_the_order_of_the_rows(table: Table[Row]) -> None:
    table.sortByColumn(0, ASCENDING)
    table.sortByColumn(-1, ASCENDING)
    table.set_rows(ROWS)
    assert names(table) == [row.name for row in ROWS]


def test_sorting_keeps_persistent_indexes(table: Table[Row]) -> None:
    kept = {row.key: QPersistentModelIndex(table.rows.index(place, 1)) for place, row in enumerate(ROWS)}
    table.rows.sort(0, DESCENDING)
    assert {key: table.rows.row(index).key for key, index in kept.items()} == {key: key for key in kept}
    assert {index.column() for index in kept.values()} == {1}


def test_sorting_keeps_the_selection(table: Table[Row]) -> None:
    select(table, 0, 2)
    table.sortByColumn(0, ASCENDING)
    assert {row.name for row in table.selected_rows()} == {"Zabel", "Adler"}
    assert table.rows.row(table.currentIndex()).name == "Adler"


# ---------------------------------------------------------------------- what stays when the rows change


def many(count: int = 60) -> list[Row]:
    return [Row(number, f"Zeile {number}") for number in range(count)]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        pytest.param(lambda rows: rows, [20, 30], id="nothing"),
        pytest.param(lambda rows: [Row(row.key, row.name.upper()) for row in rows], [20, 30], id="contents"),
        pytest.param(lambda rows: [Row(99, "Anfang"), *rows], [20, 30], id="one before"),
        pytest.param(lambda rows: [*rows, Row(99, "Ende")], [20, 30], id="one after"),
        pytest.param(lambda rows: rows[5:], [20, 30], id="some gone before"),
        pytest.param(lambda rows: [row for row in rows if row.key != 20], [30], id="a selected one gone"),
        pytest.param(lambda rows: rows[::-1], [20, 30], id="another order"),
    ],
)
def test_selection_current_row_and_scrolling_stay(
    table: Table[Row], change: Callable[[list[Row]], list[Row]], kept: list[int]
) -> None:
    table.set_rows(many())
    select(table, 20, 30)
    table.verticalScrollBar().setValue(15)
    table.set_rows(change(many()))
    assert sorted(row.key for row in table.selected_rows()) == kept
    assert table.rows.row(table.currentIndex()).key == 30
    assert table.verticalScrollBar().value() == 15


def test_rows_that_fit_need_no_scroll_bar_from_the_first_painting_on(table: Table[Row]) -> None:
    table.set_rows(many())
    assert table.verticalScrollBar().isVisible()
    table.set_rows([])
    QApplication.sendPostedEvents()
    assert not table.verticalScrollBar().isVisible()


def test_nothing_is_selected_when_what_was_is_gone(table: Table[Row]) -> None:
    select(table, 1)
    table.set_rows([Row(8, "anders")])
    assert table.selected_rows() == []


def test_nothing_gets_selected_by_new_rows(table: Table[Row]) -> None:
    table.set_rows(many(3))
    assert table.selected_rows() == []


def test_a_row_is_revealed(table: Table[Row]) -> None:
    table.set_rows(many())
    table.reveal(55)
    assert [row.key for row in table.selected_rows()] == [55]
    assert table.viewport().rect().contains(table.visualRect(table.currentIndex()).center())
    table.reveal("unknown")
    assert [row.key for row in table.selected_rows()] == [55]


def test_a_row_is_revealed_whatever_key_is_held(table: Table[Row]) -> None:
    table.set_rows(many())
    select(table, 55)
    QTest.keyPress(table, Qt.Key.Key_Control, CONTROL)
    table.reveal(55)
    assert [row.key for row in table.selected_rows()] == [55]


# ---------------------------------------------------------------------- keys


def test_rows_are_copied_as_shown(table: Table[Row]) -> None:
    select(table, 0, 1)
    QTest.keyClick(table, Qt.Key.Key_C, CONTROL)
    assert clipboard() == "Zabel\t10\t1\nÄrger\t9\t2"


def test_rows_are_copied_with_their_headings(table: Table[Row]) -> None:
    select(table, 1)
    QTest.keyClick(table, Qt.Key.Key_C, CONTROL | SHIFT)
    assert clipboard() == "Name\tGröße\tNr.\nÄrger\t9\t2"


def test_hidden_columns_are_left_out_and_moved_ones_come_in_their_order(table: Table[Row]) -> None:
    table.hideColumn(1)
    table.horizontalHeader().moveSection(2, 0)
    select(table, 1)
    table.copy(header=True)
    assert clipboard() == "Nr.\tName\n2\tÄrger"


def test_a_line_break_or_a_tab_in_a_cell_does_not_break_what_is_copied(table: Table[Row]) -> None:
    table.set_rows([Row(1, "zwei\nZeilen\tund mehr")])
    select(table, 0)
    table.copy()
    assert clipboard() == "zwei Zeilen und mehr\t1\t1"


def test_copying_nothing_leaves_the_clipboard_alone(table: Table[Row]) -> None:
    QGuiApplication.clipboard().setText("wie vorher")
    table.clearSelection()
    table.copy()
    assert clipboard() == "wie vorher"


def test_enter_opens_the_current_row(qtbot: QtBot, table: Table[Row]) -> None:
    select(table, 2)
    with qtbot.waitSignal(table.activated_row) as opened:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [ROWS[2]]


def test_delete_and_paste_are_passed_on(qtbot: QtBot, table: Table[Row]) -> None:
    with qtbot.waitSignal(table.delete_pressed):
        QTest.keyClick(table, Qt.Key.Key_Delete)
    QGuiApplication.clipboard().setText("30\tEmpfang")
    with qtbot.waitSignal(table.pasted) as pasted:
        QTest.keyClick(table, Qt.Key.Key_V, CONTROL)
    assert pasted.args == ["30\tEmpfang"]


# ---------------------------------------------------------------------- columns


def state(table: Table[Row]) -> dict[str, tuple[int, int, bool]]:
    """Width, place and visibility by name; the last column fills what is left."""
    header = table.horizontalHeader()
    return {
        column.name: (header.sectionSize(place), header.visualIndex(place), header.isSectionHidden(place))
        for place, column in enumerate(table.rows.columns)
    }


def test_columns_come_back_by_name(table: Table[Row], settings: QSettings) -> None:
    table.setColumnWidth(0, 133)
    table.horizontalHeader().moveSection(0, 1)
    table.hideColumn(1)
    left = state(table)
    table.save_columns(settings)
    table.setColumnWidth(0, 60)
    table.showColumn(1)
    table.horizontalHeader().moveSection(1, 0)
    table.restore_columns(settings)
    assert state(table) == left


def test_columns_are_as_wide_as_the_font_wants(table: Table[Row], settings: QSettings) -> None:
    table.setColumnWidth(0, 100)
    before = table.fontMetrics().averageCharWidth()
    table.save_columns(settings)
    font = table.font()
    font.setPointSizeF(2.5 * font.pointSizeF())
    table.setFont(font)
    table.restore_columns(settings)
    assert table.columnWidth(0) == round(100 * table.fontMetrics().averageCharWidth() / before) > 150


def test_a_width_survives_hiding(table: Table[Row], settings: QSettings) -> None:
    table.setColumnWidth(1, 77)
    table.hideColumn(1)
    table.save_columns(settings)
    table.restore_columns(settings)
    table.showColumn(1)
    assert table.columnWidth(1) == 77


@pytest.mark.parametrize(
    "damaged",
    [
        "", "{", "null", "[]", "5", '"text"', '{"name": null}', '{"name": [1]}', '{"name": ["x", 0, true]}',
        '{"name": [100, "x", true]}', '{"name": {"width": 1}}', '{"name": [-5, -5, true]}',
        '{"name": [100, 99, true]}', '{"gone": [100, 0, true]}', '{"name": [1e999, 0, true]}',
        '{"name": [99999999999999999999, 0, true]}', '{"name": [100, 0, true, 0]}', '{"name": [100, 0, true, "x"]}',
        '{"name": [100, 0, true, -3]}',
    ],
)  # fmt: skip
def test_damaged_settings_keep_the_defaults(table: Table[Row], settings: QSettings, damaged: str) -> None:
    settings.setValue("columns/testTable", damaged)
    table.restore_columns(settings)
    found = state(table)
    assert sorted(place for _width, place, _hidden in found.values()) == [0, 1, 2]
    assert not any(hidden for _width, _place, hidden in found.values())
    assert all(0 < width < 5000 for width, _place, _hidden in found.values())


def test_settings_that_hide_every_column_leave_one(table: Table[Row], settings: QSettings) -> None:
    settings.setValue("columns/testTable", '{"name": [9, 0, false], "size": [9, 1, false], "key": [9, 2, false]}')
    table.restore_columns(settings)
    assert not all(hidden for _width, _place, hidden in state(table).values())


def in_menu(act: Callable[[QMenu], None]) -> list[str]:
    """Act in the next menu that opens; its texts, filled in once it did."""
    texts: list[str] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        texts.extend(action.text() for action in menu.actions() if not action.isSeparator())
        act(menu)
        menu.close()

    QTimer.singleShot(0, look)
    return texts


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_the_menu_of_the_header_shows_and_hides_columns(table: Table[Row]) -> None:
    def hide(menu: QMenu) -> None:
        assert [action.isEnabled() for action in menu.actions()] == [False, True, True]
        menu.actions()[1].trigger()

    texts = in_menu(hide)
    header = table.horizontalHeader()
    header.customContextMenuRequested.emit(header.rect().center())
    assert texts == ["Name", "Größe", "Nr."]
    assert [table.isColumnHidden(place) for place in range(3)] == [False, True, False]


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_the_menu_of_a_row_copies(table: Table[Row]) -> None:
    select(table, 1)
    texts = in_menu(lambda menu: menu.actions()[-1].trigger())
    place = table.visualRect(table.currentIndex()).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, table.viewport().mapToGlobal(place))
    QApplication.sendEvent(table.viewport(), event)
    assert texts == ["Kopieren", "Mit Überschriften kopieren"]
    assert clipboard() == "Name\tGröße\tNr.\nÄrger\t9\t2"


# ---------------------------------------------------------------------- what is seen


def test_an_empty_table_says_why(table: Table[Row]) -> None:
    table.set_rows([])
    empty = table.viewport().grab().toImage()
    ground = empty.pixelColor(2, empty.height() - 2)
    assert any(empty.pixelColor(x, y) != ground for x in range(empty.width()) for y in range(20, 45))


def test_widths_are_given_in_characters(table: Table[Row]) -> None:
    table.fit_columns({"name": 10, "size": 20, "unknown": 5})
    assert table.columnWidth(1) - table.columnWidth(0) == 10 * table.fontMetrics().averageCharWidth()


def test_headings_stand_over_their_columns(table: Table[Row]) -> None:
    role = Qt.ItemDataRole.TextAlignmentRole
    for place in range(3):
        heading = table.rows.headerData(place, Qt.Orientation.Horizontal, role)
        assert heading == table.rows.index(0, place).data(role)
    assert table.rows.headerData(0, Qt.Orientation.Vertical) is None
    assert table.rows.headerData(7, Qt.Orientation.Horizontal) is None


def test_the_rows_of_an_installation_are_flagged_with_words_icon_and_tint(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    window.choose(install(memory, "C10", 11))
    settle(qtbot, window)
    index = window.page.extensions.model().index(10, 4)
    roles = Qt.ItemDataRole
    assert index.data() == "Über dem Tarif: 11. von 10"
    assert not index.data(roles.DecorationRole).isNull()
    assert index.data(roles.BackgroundRole).color().isValid()
    assert index.data(roles.AccessibleTextRole) == index.data()
    assert index.siblingAtRow(0).data(roles.BackgroundRole) is None


def test_orders_come_newest_first(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    key = install(memory, "C10", 3)
    placed = [order(memory, key, short).order_number for short in ("C25", "C50", "C100")]
    window.choose(key)
    settle(qtbot, window)
    assert [row.order.order_number for row in window.page.orders.table.rows.rows()] == placed[::-1]
