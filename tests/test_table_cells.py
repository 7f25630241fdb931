"""Cells are painted as Qt paints them, only quicker: each picture is held against Qt's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import theme
from ui.table import Table
from ui.table_cells import CellPainter
from ui.table_model import Column, TableModel

WORDS = ("Zabel", "", "Ärger mit sehr langem Namen, der abgeschnitten wird", "שלום", "14,50", "Ÿ́gj", "a & b <i>")


@dataclass(frozen=True)
class Line:
    """A row; every third has an icon and a tone, every fourth a tint."""

    key: int
    text: str


LINES = [Line(place, WORDS[place % len(WORDS)]) for place in range(40)]
Made = Table[Line]


@pytest.fixture(params=[theme.Appearance.LIGHT, theme.Appearance.DARK])
def table(german: QApplication, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Made]:
    """A table of forty rows in each of the themes, shown."""
    theme.apply_theme(german, request.param)
    made = table_of(qtbot)
    yield made
    made.close()
    theme.apply_theme(german, theme.Appearance.LIGHT)


def table_of(qtbot: QtBot, *, boxed: bool = False) -> Made:
    columns = (
        Column[Line]("text", lambda: "Text", lambda row: row.text, check=(lambda _row: True) if boxed else None),
        Column[Line]("key", lambda: "Nr.", lambda row: str(row.key), numeric=True),
        Column[Line](
            "flag",
            lambda: "Tarif",
            lambda row: row.text,
            icon=lambda row: None if row.key % 3 else ("check", "success"),
            tone=lambda row: "" if row.key % 3 else "danger",
        ),
    )
    model = TableModel(columns, lambda row: row.key, lambda row: "" if row.key % 4 else "info_tint")
    made = Table[Line]("testTable", "Zeilen", model, lambda: "Noch nichts da.")
    qtbot.addWidget(made)
    made.set_rows(LINES)
    made.resize(430, 260)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.show()
    return made


def choose(table: Made) -> None:
    table.selectRow(2)


def rearrange(table: Made) -> None:
    table.hideColumn(1)
    table.horizontalHeader().moveSection(2, 0)
    table.setColumnWidth(0, 33)


def scroll(table: Made) -> None:
    table.verticalScrollBar().setValue(7)
    table.setColumnWidth(0, 500)
    table.horizontalScrollBar().setValue(91)


def scroll_to_the_end(table: Made) -> None:
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())


def show_a_few(table: Made) -> None:
    table.set_rows(LINES[:3])


@pytest.mark.parametrize(
    "change", [choose, rearrange, scroll, scroll_to_the_end, show_a_few, lambda table: table.set_rows([])]
)
def test_the_picture_is_the_one_that_qt_paints(
    table: Made, change: Callable[[Made], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(table)
    QApplication.processEvents()
    assert is_plain(table)
    ours = picture(table)
    monkeypatch.setattr(CellPainter, "is_plain", False)
    assert ours == picture(table)


def picture(table: Made) -> QImage:
    return table.grab().toImage()


def is_plain(table: Made) -> bool:
    return CellPainter(table, table.rows, table.viewport().rect()).is_plain


@pytest.mark.parametrize("text", ["zwei\nZeilen", "mit\u2028Umbruch", "ein\tTabulator"])
def test_text_of_several_lines_is_left_to_qt(table: Made, text: str) -> None:
    table.set_rows([Line(1, text)])
    assert not is_plain(table)


def test_the_current_cell_is_left_to_qt(table: Made, qtbot: QtBot) -> None:
    table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    table.activateWindow()
    table.setFocus(Qt.FocusReason.OtherFocusReason)
    qtbot.waitUntil(table.hasFocus)
    table.selectRow(1)
    assert not is_plain(table)


def test_a_table_that_is_disabled_is_left_to_qt(table: Made) -> None:
    table.setEnabled(False)
    assert not is_plain(table)


def test_boxes_to_tick_are_left_to_qt(german: QApplication, qtbot: QtBot) -> None:  # noqa: ARG001 - has to be there
    assert not is_plain(table_of(qtbot, boxed=True))


def test_only_what_is_seen_is_asked_for(table: Made) -> None:
    seen = CellPainter(table, table.rows, QRect(0, 0, 400, 1))
    assert list(seen._places) == [0]
