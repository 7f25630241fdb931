"""At every size of font: no text is cut off, and dialogs fit on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QSize
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.examples import FixedClock
from tests.gallery import screens
from tests.screen import settle
from ui import app
from ui.main_window import MainWindow
from ui.widgets import CapacityBar, IconLabel
from ui.words import LONGEST_WORD

SMALL_SCREEN = QSize(1366, 768)
FRAME, TASK_BAR = QSize(2, 30), QSize(0, 40)
LONG_WORD = "Donaudampfschifffahrt" * 8
LONG_EMAIL = f"{'v' * 64}@{'w' * 60}.{'x' * 60}.{'y' * 50}.example"
ROOM = SMALL_SCREEN - FRAME - TASK_BAR


@pytest.fixture
def sized(request: pytest.FixtureRequest, german: QApplication) -> Iterator[int]:
    """The application's font, in points."""
    before = german.font()
    font = german.font()
    font.setPointSize(request.param)
    german.setFont(font)
    yield request.param
    german.setFont(before)


@pytest.fixture
def large_window(
    sized: int,  # noqa: ARG001 - the font comes before the window
    qtbot: QtBot,
    memory: Store,
    clock: FixedClock,
    settings: QSettings,
) -> Iterator[MainWindow]:
    made = app.build(memory, clock, settings)
    qtbot.addWidget(made)
    made.resize(ROOM)
    made.show()
    yield made
    made.close()


@pytest.mark.parametrize("sized", [10, 13, 15, 20], indirect=True)
def test_no_text_is_cut_off(
    qtbot: QtBot, large_window: MainWindow, memory: Store, clock: FixedClock, tmp_path: Path
) -> None:
    cut = []
    for title, shown in screens(qtbot, large_window, memory, clock, tmp_path):
        give_room(shown)
        for part in shown.findChildren(QWidget):
            if part.window() is shown and part.isVisible():
                cut += [f"{title}: {words}" for words in what_is_cut(part)]
    assert not cut, "\n".join(cut)


@pytest.mark.parametrize("sized", [10, 13], indirect=True)
def test_dialogs_fit_on_a_small_screen(
    qtbot: QtBot, large_window: MainWindow, memory: Store, clock: FixedClock, tmp_path: Path
) -> None:
    too_large = []
    for title, shown in screens(qtbot, large_window, memory, clock, tmp_path):
        least, available = shown.minimumSizeHint().expandedTo(shown.minimumSize()), shown.screen().availableSize()
        if least.boundedTo(ROOM) != least:
            too_large.append(f"{title} needs {_size(least)}")
        if shown is not large_window and shown.size().boundedTo(available - FRAME) != shown.size():
            too_large.append(f"{title} opens with {_size(shown.size())}")
    assert not too_large, "\n".join(too_large)


@pytest.mark.parametrize("sized", [10, 20], indirect=True)
def test_no_word_makes_a_window_wider_than_the_screen(
    qtbot: QtBot, large_window: MainWindow, memory: Store, clock: FixedClock, tmp_path: Path, sized: int
) -> None:
    """What is no row of a table or list is broken into lines and can be read as a whole."""
    too_wide, cut = [], []
    settle(qtbot, large_window)
    # With the largest font the main window needs more than a small screen before anything is in it, and is too low
    # for two hundred letters of that size.
    widest: dict[QWidget, int] = {large_window: max(ROOM.width(), large_window.minimumSizeHint().width())}
    for title, shown in screens(qtbot, large_window, memory, clock, tmp_path, LONG_WORD, LONG_EMAIL):
        least = shown.minimumSizeHint().expandedTo(shown.minimumSize())
        if max(least.width(), shown.width()) > widest.get(shown, ROOM.width()):
            too_wide.append(f"{title} needs {least.width()} and is {shown.width()} wide")
        if shown is large_window and sized > 15:
            continue
        give_room(shown)
        for part in shown.findChildren(QWidget):
            if part.window() is shown and part.isVisible():
                cut += [f"{title}: {words}" for words in what_is_cut(part)]
    assert not too_wide, "\n".join(too_wide)
    assert not cut, "\n".join(cut)


def give_room(shown: QWidget) -> None:
    """Where Qt's own test screen is smaller than a small screen, a dialog gets what it would take there."""
    if isinstance(shown, QDialog) and shown.screen().size().width() < SMALL_SCREEN.width():
        shown.resize(shown.size().expandedTo(shown.sizeHint()).boundedTo(ROOM))
        QApplication.processEvents()


def what_is_cut(part: QWidget) -> Iterator[str]:
    """Texts that have less room than they need; cells of tables and lines of lists end in … instead."""
    needed = needed_by(part)
    if needed and (part.width() < needed.width() or part.height() < needed.height()):
        yield f"{type(part).__name__} {part.objectName()} {text_of(part)!r}: {_size(part.size())} of {_size(needed)}"
    inner = part.widget() if isinstance(part, QScrollArea) else None
    if inner and isinstance(part, QScrollArea) and inner.width() > part.viewport().width():
        yield f"{part.objectName()}: {inner.width()} of {part.viewport().width()} wide"


def needed_by(part: QWidget) -> QSize | None:
    """The room a text needs; a field scrolls to the side, and a wrapped text needs the height for its width."""
    if isinstance(part.parentWidget(), QLineEdit):
        return None
    if isinstance(part, IconLabel | QTabBar | QComboBox | CapacityBar | QAbstractButton):
        return part.sizeHint()
    if isinstance(part, QLineEdit):
        return QSize(0, part.sizeHint().height())
    if isinstance(part, QGroupBox):
        return QSize(part.fontMetrics().horizontalAdvance(part.title()), 0)
    if isinstance(part, QLabel) and part.wordWrap() and part.text():
        longest = max(part.fontMetrics().horizontalAdvance(word) for word in part.text().split())
        longest = min(longest, LONGEST_WORD * QFontMetrics(QApplication.font()).averageCharWidth())
        return QSize(longest, part.heightForWidth(part.width()))
    return part.sizeHint() if isinstance(part, QLabel) and part.text() else None


def text_of(part: QWidget) -> str:
    return part.text() if isinstance(part, QLabel | QAbstractButton | QLineEdit) else ""


def _size(size: QSize) -> str:
    return f"{size.width()}×{size.height()}"
