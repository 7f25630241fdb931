"""Small widgets every page is put together from."""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_letters, digits

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.arrangement import scaled_font
from ui.icons import icon
from ui.words import Words, breakable

# Between the lines of a list to choose from or to tick, in pixels.
LINE_SPACING = 3
# Between what is scrolled and the scroll bar.
SCROLL_GAP = 6
LETTERS = f"{ascii_letters} {digits} äöüÄÖÜß,.:–"


def label(text: str = "", *, name: str = "", tone: str = "", scale: float = 1.0, bold: bool = False) -> Words:
    """A label that shows text as it is, never as HTML."""
    made = Words(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(name)
    # The dots of capital umlauts reach above what the font's metrics say.
    made.setContentsMargins(0, 1, 0, 0)
    if tone:
        made.setProperty("tone", tone)
    if bold or scale != 1.0:
        made.setFont(scaled_font(made.font(), scale, bold=bold))
    return made


def wrapped(made: Words) -> Words:
    """The label, with its text broken into lines."""
    made.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made


def readable(made: Words) -> Words:
    """The label, with text that can be selected and copied."""
    made.let_copy()
    return made


def set_tone(made: QLabel, tone: str) -> None:
    """Show a label in another colour of the theme."""
    set_state(made, "tone", tone)


def set_state(widget: QWidget, name: str, value: str) -> None:
    """Change a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))
        widget.updateGeometry()


class Button(QPushButton):
    """Pressed by mouse, Space or Enter when it has the focus, but not by a held key (R18, R20).

    Without this, Enter on "Cancel" would press the dialog's default button.
    """

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter counts only as a fresh press on the button itself."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
            event.accept()
            return
        super().keyPressEvent(event)


def button(text: str, name: str, clicked: Callable[[], object], icon_name: str = "") -> QPushButton:
    """A push button that is never pressed by Enter in another field."""
    return dressed(Button(text), name, clicked, icon_name)


def dressed(made: QPushButton, name: str, clicked: Callable[[], object], icon_name: str = "") -> QPushButton:
    """A push button of any sort with its name, what it does and its icon."""
    made.setObjectName(name)
    made.setAutoDefault(False)
    if icon_name:
        made.setIcon(icon(icon_name))
        side = round(made.fontMetrics().height() * 1.15)
        made.setIconSize(QSize(side + 6, side))
    made.clicked.connect(lambda _checked=False: clicked())
    return made


def link(text: str, name: str, clicked: Callable[[], object]) -> QPushButton:
    """A button that looks like a link."""
    made = button(text, name, clicked)
    made.setProperty("link", "true")
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


class IconLabel(QLabel):
    """A label that shows an icon of the theme at the height of a line, also after the theme has changed."""

    def __init__(self, icon_name: str, tone: str = "text", lines: float = 1.2) -> None:
        super().__init__()
        self._shown = icon_name, tone
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, icon_name: str, tone: str) -> None:
        """Show another icon."""
        self._shown = icon_name, tone
        self.update()

    def sizeHint(self) -> QSize:
        """Qt: as high as the text beside it."""
        side = round(self.fontMetrics().height() * self._lines)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Qt: the icon, painted anew so that it follows palette and density."""
        icon(*self._shown).paint(QPainter(self), self.rect())


def icon_line(icon_name: str, tone: str, text: str) -> QHBoxLayout:
    """An icon and the words beside it, broken into lines."""
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(IconLabel(icon_name, tone, 1.1), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(wrapped(label(text)), 1)
    return row


class Notice(QFrame):
    """A bar that tells something and may offer one or two ways on."""

    def __init__(self, name: str, text_name: str, tone: str, icon_name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("notice", tone)
        self.title = wrapped(label(bold=True))
        self.text = readable(wrapped(label(name=text_name)))
        self.title.keep_whole()
        self.text.keep_whole()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.text)
        words.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 9, 12, 9)
        self._row.setSpacing(12)
        self._row.addWidget(IconLabel(icon_name, tone, 1.5), 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(words, 1)
        self._ways = QVBoxLayout()
        self._ways.setSpacing(6)
        self._ways.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._row.addLayout(self._ways)
        self.hide()

    def add_button(self, made: QPushButton) -> QPushButton:
        """A way on, at the right; several stand below each other and leave the words their width."""
        self._ways.addWidget(made)
        return made

    def show_text(self, title: str, text: str) -> None:
        """Say something; no title and no text hides the bar."""
        if (title, text) == (self.title.text(), self.text.text()) and self.isHidden() is not bool(title or text):
            return
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.setAccessibleName(f"{title} {text}".strip())
        self.setVisible(bool(title or text))

    def rehearse(self) -> None:
        """Ahead of its use, paint it where nobody sees it.

        Whoever is shown a bar for the first time would wait three milliseconds longer: for styles, letters, an icon.
        """
        if self.isHidden():
            for words in (self.title, self.text):
                words.setText(LETTERS)
            self.resize(self.sizeHint())
            self.grab()
            for words in (self.title, self.text):
                words.setText("")


class CapacityBar(QProgressBar):
    """How much of a limit is used; what is beyond is hatched. Assistive tools read value, maximum and words."""

    def __init__(self, name: str, accessible: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setTextVisible(False)
        self._used = self._billed = self._usable = 0
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_usage(self, used: int, billed: int, usable: int, words: str) -> None:
        """`used` of `billed`, where `usable` may be used; `words` say the same."""
        self._used, self._billed, self._usable, self._words = used, billed, usable, words
        # A new value would be painted at once, and with it everything else that has changed by then.
        self.setUpdatesEnabled(False)
        self.setRange(0, max(used, billed))
        self.setValue(used)
        self.setUpdatesEnabled(True)
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    def text(self) -> str:
        """Qt: the usage in words."""
        return self._words

    def sizeHint(self) -> QSize:
        """Qt: a line's height."""
        return QSize(160, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Qt: narrow windows keep a readable bar."""
        return QSize(80, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Qt: the track, what is included, what a pending order covers, what is beyond."""
        chosen, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = min(12.0, self.height() * 0.7)
        area = QRectF(0.5, (self.height() - height) / 2, self.width() - 1, height)
        shape = QPainterPath()
        shape.addRoundedRect(area, height / 2, height / 2)
        painter.fillPath(shape, QColor(chosen.track))
        painter.setClipPath(shape)
        unit = area.width() / max(1, self._used, self._billed)
        painter.fillRect(_part(area, 0, min(self._used, self._billed) * unit), QColor(chosen.fill))
        covered = _part(area, self._billed * unit, max(0, min(self._used, self._usable) - self._billed) * unit)
        _hatch(painter, covered, chosen.info, chosen.info_tint)
        start = max(self._billed, self._usable)
        _hatch(painter, _part(area, start * unit, max(0, self._used - start) * unit), chosen.danger, chosen.danger_tint)
        painter.setClipping(False)
        painter.setPen(QColor(chosen.edge))
        painter.drawPath(shape)


def _part(area: QRectF, start: float, width: float) -> QRectF:
    return QRectF(area.left() + start, area.top(), width, area.height())


def _hatch(painter: QPainter, area: QRectF, line: str, ground: str) -> None:
    if area.width() > 0:
        painter.fillRect(area, QColor(ground))
        painter.fillRect(area, QBrush(QColor(line), Qt.BrushStyle.BDiagPattern))
        painter.fillRect(QRectF(area.left(), area.top(), 1.5, area.height()), QColor(line))


def box_of_names() -> QComboBox:
    """A box for what may be longer than any screen is wide: it shows the beginning."""
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(24)
    return box


def separator() -> QFrame:
    """A thin line across."""
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setProperty("separator", "true")
    line.setFixedHeight(1)
    return line


def scrolled(body: QLayout) -> QScrollArea:
    """What the layout holds, with a scroll bar only where the screen is too small."""
    inner = QWidget()
    inner.setLayout(body)
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    bar = area.verticalScrollBar()
    bar.rangeChanged.connect(lambda _least, most: area.setViewportMargins(0, 0, SCROLL_GAP if most else 0, 0))
    return area


def show_message(parent: QWidget, title: str, text: str, tone: str = "warning") -> QMessageBox:
    """A message that waits for nothing; the text is shown as it is, never as HTML."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, breakable(title), QMessageBox.StandardButton.Ok, parent)
    box.setIconPixmap(message_icon(tone))
    box.setObjectName("messageBox")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(breakable(text))
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.open()
    return box


def message_icon(tone: str) -> QPixmap:
    """The icon of a message box, in the theme's look."""
    return icon("info" if tone == "info" else "triangle-alert", tone).pixmap(QSize(32, 32))


class TabBar(QTabBar):
    """Room for capital umlauts and descenders, which Fusion cuts off the tabs that aren't chosen."""

    def tabSizeHint(self, index: int) -> QSize:
        """Qt: a little higher."""
        return super().tabSizeHint(index) + QSize(0, 4)
