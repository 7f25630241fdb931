"""The provider's logo: read from a file, drawn small."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter
from PySide6.QtSvg import QSvgRenderer

from model.provider import LARGEST_LOGO, logo_file, logo_from, logo_kind
from model.refusals import Fault, InvalidInput

LARGEST_SIDE = 10_000
PREVIEW = QSize(440, 160)


def read_logo(path: Path) -> tuple[str, QImage]:
    """A file as Provider keeps it, and its preview; raises InvalidInput."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_LOGO + 1)
    except OSError:
        raise InvalidInput("logo", Fault.IMAGE_UNREADABLE) from None
    logo = logo_from(data)
    return logo, preview(logo)


def preview(logo: str) -> QImage:
    """The logo within PREVIEW pixels; raises InvalidInput if it can't be drawn."""
    if not logo:
        return QImage()
    data = logo_file(logo)
    image = _from_svg(data) if logo_kind(data) == "svg" else _from_pixels(data)
    if image.isNull():
        raise InvalidInput("logo", Fault.IMAGE_FORM)
    return image


def _from_svg(data: bytes) -> QImage:
    renderer = QSvgRenderer(QByteArray(data))
    size = renderer.defaultSize()
    if not renderer.isValid() or size.isEmpty():
        return QImage()
    image = QImage(size.scaled(PREVIEW, Qt.AspectRatioMode.KeepAspectRatio), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def _from_pixels(data: bytes) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    reader = QImageReader(buffer)
    size = reader.size()
    if size.isEmpty() or max(size.width(), size.height()) > LARGEST_SIDE:
        return QImage()
    image = reader.read()
    if image.isNull() or size.boundedTo(PREVIEW) == size:
        return image
    return image.scaled(PREVIEW, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
