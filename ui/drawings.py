"""Lucide's drawings in any colour, at any size, without Qt's icons around them: 150 constants, 1 % of the start."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRect, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

STEPS = 16
FOLDER = Path(__file__).parents[1] / "resources" / "icons"


def draw(painter: QPainter, area: QRect, name: str, color: str) -> None:
    """A drawing of `resources/icons` in the middle of an area, as large as it can be there.

    Twenty are seen with each customer: their lines are drawn once, which takes ten times as long as the picture.
    """
    side = min(area.width(), area.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(QRectF(area).center())
    density = painter.device().devicePixelRatio()
    pixel = painter.deviceTransform().map(square.topLeft())
    beside = QPointF(_behind(pixel.x()), _behind(pixel.y())) / density
    picture = _picture(name, color, (beside.x(), beside.y(), side), density)
    painter.drawImage(square.topLeft() - beside, picture)


def _behind(position: float) -> float:
    """How far behind the pixel's edge it is, in steps fine enough for any screen."""
    return round(position % 1 * STEPS) / STEPS


@lru_cache(maxsize=512)
def _picture(name: str, color: str, square: tuple[float, float, float], density: float) -> QImage:
    """The drawing in a square of this place and side; it begins within the picture's first pixel."""
    left, top, side = square
    size = QSizeF(left + side, top + side) * density
    picture = QImage(math.ceil(size.width()), math.ceil(size.height()), QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(density)
    painter = QPainter(picture)
    # QImage.fill() would make all of Qt's constants.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.eraseRect(picture.rect())
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    _renderer(name, color).render(painter, QRectF(left, top, side, side))
    painter.end()
    return picture


@lru_cache(maxsize=256)
def _renderer(name: str, color: str) -> QSvgRenderer:
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", color)
    return QSvgRenderer(QByteArray(text.encode()))
