"""Lucide's drawings in any colour, at any size, without Qt's icons around them: 150 constants, 1 % of the start."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parents[1] / "resources" / "icons"


def draw(painter: QPainter, area: QRect, name: str, color: str) -> None:
    """A drawing of `resources/icons` in the middle of an area, as large as it can be there."""
    side = min(area.width(), area.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(QRectF(area).center())
    _renderer(name, color).render(painter, square)


@lru_cache(maxsize=256)
def _renderer(name: str, color: str) -> QSvgRenderer:
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", color)
    return QSvgRenderer(QByteArray(text.encode()))
