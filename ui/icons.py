"""Lucide icons, painted in a colour of the palette at the size and the density asked for."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.drawings import draw


class _Engine(QIconEngine):
    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._tone)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        draw(painter, rect, self._name, self._color(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        pixmap = QPixmap(size * scale)
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def _color(self, mode: QIcon.Mode) -> str:
        chosen = theme.colors()
        if mode is QIcon.Mode.Disabled:
            return chosen.muted
        if mode is QIcon.Mode.Selected:
            return QApplication.palette().color(QPalette.ColorRole.HighlightedText).name()
        return str(getattr(chosen, self._tone))


def give_program_its_own() -> None:
    """The icon of its windows."""
    QApplication.setWindowIcon(icon("phone", "accent"))


def icon(name: str, tone: str = "text") -> QIcon:
    """An icon of `resources/icons` in a named colour of the theme."""
    return QIcon(_Engine(name, tone))
