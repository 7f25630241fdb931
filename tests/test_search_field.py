"""The search field and the filters below it, from the first picture on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.examples import FixedClock, install
from tests.screen import find, settle
from ui.desk import Desk
from ui.list_panel import ListPanel, SearchField
from ui.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def field(qtbot: QtBot, german: QApplication) -> SearchField:  # noqa: ARG001
    """As it is a moment after the start."""
    made = SearchField()
    qtbot.addWidget(made)
    made.complete()
    return made


@pytest.mark.parametrize(("key", "takes"), [(Qt.Key.Key_E, False), (Qt.Key.Key_A, True)])
def test_ctrl_e_is_left_to_the_export_and_what_edits_is_not(field: SearchField, key: Qt.Key, *, takes: bool) -> None:
    field.setText("Muster")
    asked = QKeyEvent(QEvent.Type.ShortcutOverride, key, CONTROL)
    asked.ignore()
    QApplication.sendEvent(field, asked)
    assert asked.isAccepted() is takes


def test_a_larger_font_has_room_for_a_larger_lens(field: SearchField) -> None:
    before, font = field.textMargins().left(), field.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    field.setFont(font)
    assert field.textMargins().left() > before


def test_the_filters_have_numbers_as_soon_as_they_are_known(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    panel = ListPanel(Desk(memory, clock, window))
    qtbot.addWidget(panel)
    names = [find(panel, QPushButton, name).text() for name in ("filterAll", "filterOver", "filterPending")]
    assert names == ["Alle", "Über Tarif", "Vorgemerkt"]
    install(memory, "C10", 12)
    settle(qtbot, window)
    window.reload()
    settle(qtbot, window)
    names = [find(window, QPushButton, name).text() for name in ("filterAll", "filterOver", "filterPending")]
    assert names == ["Alle 1", "Über Tarif 1", "Vorgemerkt 0"]
