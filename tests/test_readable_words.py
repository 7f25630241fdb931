"""Words that can be copied get ready for it when they are pointed at, and nothing is seen of that."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QEnterEvent, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.widgets import label, readable, wrapped
from ui.words import LONGEST_WORD, Words

TEXT = "Autohaus Muster GmbH, zwei Zeilen lang"
LONG = "Donaudampfschifffahrt" * (LONGEST_WORD // 4)


@pytest.fixture
def words(german: QApplication, qtbot: QtBot) -> Words:  # noqa: ARG001 - the program's look
    """Words to copy, in two lines, as the page of a customer has them."""
    made = readable(wrapped(label(TEXT)))
    qtbot.addWidget(made)
    made.setFixedWidth(180)
    made.setFixedHeight(made.heightForWidth(180))
    # Not where the pointer happens to be.
    made.move(QCursor.pos() + QPoint(300, 300))
    made.show()
    qtbot.waitExposed(made)
    return made


def point_at(words: Words) -> None:
    middle = QPointF(words.rect().center())
    QApplication.sendEvent(words, QEnterEvent(middle, middle, middle))


def point_elsewhere(words: Words) -> None:
    QApplication.sendEvent(words, QEvent(QEvent.Type.Leave))


def document(words: Words) -> QTextDocument | None:
    return words.findChild(QTextDocument)


@pytest.mark.parametrize("points", [9, 10, 13, 16])
def test_nothing_moves_when_they_are_pointed_at(words: Words, points: int) -> None:
    font = words.font()
    font.setPointSize(points)
    words.setFont(font)
    words.setFixedHeight(words.heightForWidth(180))
    before, hint = words.grab().toImage(), words.minimumSizeHint()
    assert document(words) is None
    point_at(words)
    assert document(words) is not None
    assert words.grab().toImage() == before
    assert (words.minimumSizeHint(), words.heightForWidth(180)) == (hint, words.height())


def test_what_the_pointer_is_dragged_over_is_selected(words: Words) -> None:
    point_at(words)
    last = words.rect().bottomRight()
    QTest.mousePress(words, Qt.MouseButton.LeftButton, pos=QPoint(0, 2))
    QTest.mouseMove(words, last)
    QTest.mouseRelease(words, Qt.MouseButton.LeftButton, pos=last)
    assert words.selectedText() == TEXT


def test_a_finger_selects_a_word_though_it_was_nowhere_before(words: Words) -> None:
    QTest.mouseDClick(words, Qt.MouseButton.LeftButton, pos=QPoint(3, 5))
    assert words.selectedText() == "Autohaus"


def test_what_is_selected_stays_when_the_page_is_shown_again(words: Words) -> None:
    """Another desk's change has it shown while the pointer is on its way to the menu."""
    QTest.mouseDClick(words, Qt.MouseButton.LeftButton, pos=QPoint(3, 5))
    point_elsewhere(words)
    words.setText(TEXT)
    assert words.selectedText() == "Autohaus"


def test_another_text_has_no_document_until_it_is_pointed_at(words: Words) -> None:
    point_at(words)
    words.setText("Noch einer")
    assert document(words) is not None
    point_elsewhere(words)
    words.setText("Anderer Kunde")
    assert document(words) is None
    assert not words.hasSelectedText()
    point_at(words)
    words.setSelection(0, 7)
    assert words.selectedText() == "Anderer"


def test_a_word_too_long_for_a_line_always_has_its_document(words: Words) -> None:
    words.setText(LONG)
    assert document(words) is not None
    assert not words.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    QTest.mouseDClick(words, Qt.MouseButton.LeftButton, pos=QPoint(3, 5))
    assert words.selectedText() == LONG
