"""A label that breaks a line within a word where it must, so that no name makes a window wider than the screen."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics, QMouseEvent, QPaintEvent, QResizeEvent, QTextDocument, QTextOption
from PySide6.QtWidgets import QApplication, QLabel

ANYWHERE = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
NOTHING, SELECTABLE = Qt.TextInteractionFlag.NoTextInteraction, Qt.TextInteractionFlag.TextSelectableByMouse
# Both in average characters of the program's font.
LONGEST_WORD = 28
LONGEST_LINE = 84
PIECE = re.compile(r"\S{40}(?=\S)")


class Words(QLabel):
    """A QLabel until its text is broken into lines and has a word that is longer than `LONGEST_WORD`.

    QLabel never breaks a word, but lays out text that can be selected in a document, which does if it is told to.
    A layout asks for the height at a width dozens of times for each change on a page, and QLabel lays the text out
    each time: it is remembered. Words to copy have their document only while the pointer is over them: it takes as long
    as everything else about the words.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._has_long_word = self._is_laid_out = self._is_whole = self._is_to_copy = False
        self._heights: dict[int, int] = {}
        self.setText(text)

    def setText(self, text: str) -> None:
        """Qt: show another text; what is selected of the same one stays."""
        if text == self.text():
            return
        if not self.underMouse():
            # First: a document would be given the text for nothing.
            self._set_selectable(on=False)
        super().setText(text)
        self._measure()

    def setWordWrap(self, on: bool) -> None:
        """Qt: break the text into lines."""
        super().setWordWrap(on)
        self._measure()

    def heightForWidth(self, width: int) -> int:
        """Qt: the height with long words broken."""
        height = self._heights.get(width)
        if height is None:
            self._break_words()
            height = self._heights[width] = super().heightForWidth(width)
        return height

    def minimumSizeHint(self) -> QSize:
        """Qt: as wide as the longest word, within reason; a line high, heightForWidth knows the rest."""
        natural = super().minimumSizeHint()
        if self._has_long_word:
            natural.setWidth(min(natural.width(), _width_of(LONGEST_WORD)))
        if self._is_whole:
            natural.setHeight(self.heightForWidth(self.width()))
        return natural

    def sizeHint(self) -> QSize:
        """Qt: as wide as the text, within reason."""
        natural, widest = super().sizeHint(), _width_of(LONGEST_LINE)
        if not self._has_long_word or natural.width() <= widest:
            return natural
        return QSize(widest, self.heightForWidth(widest))

    def keep_whole(self) -> None:
        """Where a page is short of room, it takes it from something else than from these words."""
        self._is_whole = True

    def let_copy(self) -> None:
        """The text can be selected and copied."""
        self._is_to_copy = True
        self._set_selectable(on=self._has_long_word)
        # In the middle, it would move by a pixel with its document.
        self.setAlignment((self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask) | Qt.AlignmentFlag.AlignTop)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Qt: what is pointed at may be selected next."""
        super().enterEvent(event)
        self._get_ready_to_copy()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a finger or a pen was nowhere before."""
        self._get_ready_to_copy()
        super().mousePressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another font has other widths."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: QLabel will lay its text out anew."""
        super().resizeEvent(event)
        self._is_laid_out = False
        width = event.oldSize().width()
        if self._is_whole and self.heightForWidth(width) != self.heightForWidth(self.width()):
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: long words broken."""
        if not self._is_laid_out:
            self._break_words()
            self._is_laid_out = True
        super().paintEvent(event)

    def _measure(self) -> None:
        self._has_long_word = self.wordWrap() and self._breaks_a_word()
        self._is_laid_out = False
        self._heights.clear()
        if self._has_long_word:
            self._set_selectable(on=True)

    def _breaks_a_word(self) -> bool:
        metrics, widest = self.fontMetrics(), _width_of(LONGEST_WORD)
        return any(metrics.horizontalAdvance(word) > widest for word in self.text().split())

    def _get_ready_to_copy(self) -> None:
        if self._is_to_copy:
            self._set_selectable(on=True)

    def _set_selectable(self, *, on: bool) -> None:
        self.setTextInteractionFlags(SELECTABLE if on else NOTHING)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, on and not self._is_to_copy)

    def _break_words(self) -> None:
        document = self.findChild(QTextDocument) if self._has_long_word else None
        if isinstance(document, QTextDocument):
            # Whatever asks for a height lets QLabel lay out what has changed, with its own way to break lines.
            super().heightForWidth(self.width())
            option = document.defaultTextOption()
            option.setWrapMode(ANYWHERE)
            document.setDefaultTextOption(option)


def tooltip(text: str) -> str:
    """The text as a tooltip: as it is, though Qt takes for HTML what looks like it, and no wider than the screen."""
    from html import escape

    return f"<span>{escape(breakable(text))}</span>"


def breakable(text: str) -> str:
    """The text with places to break long words at, which nobody sees: for Qt's own message boxes and tooltips."""
    return PIECE.sub("\\g<0>\N{ZERO WIDTH SPACE}", text)


def _width_of(characters: int) -> int:
    return characters * QFontMetrics(QApplication.font()).averageCharWidth()
