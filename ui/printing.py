"""A document on paper: the system's print dialog, with a preview."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPageSize, QPaintEngine, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from ui.arrangement import resize_within_screen
from ui.i18n import _

PRINT_PPI = 300
POINTS_PER_INCH = 72


class PrintPreview(QPrintPreviewDialog):
    """Shows pages as they will be printed; the printer, its paper and how many copies are chosen here."""

    def __init__(self, pages: Sequence[QSvgRenderer], title: str, parent: QWidget | None) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(title)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        # The pages bring their margins along.
        printer.setFullPage(True)
        super().__init__(printer, parent)
        # Qt doesn't keep it.
        self._printer = printer
        self._pages = pages
        self.setObjectName("printPreview")
        self.setWindowTitle(_("Print – {document}").format(document=title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.paintRequested.connect(self.paint_pages)
        self._name_fields()
        resize_within_screen(self, 150, 56)

    def paint_pages(self, printer: QPrinter) -> None:
        """Every page on a sheet of its own, as large as the paper allows.

        The preview gets drawings, sharp however near one looks. A printer gets pictures: Qt would hand it every letter
        as curves of its own, which takes ten times as long.
        """
        preview = printer.paintEngine().type() is QPaintEngine.Type.Picture
        painter = QPainter(printer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, page in enumerate(self._pages):
            if number:
                printer.newPage()
            place = _place(page.defaultSize(), printer)
            if preview:
                page.render(painter, place)
            else:
                painter.drawImage(place, _picture(page))
        painter.end()

    def _name_fields(self) -> None:
        """Qt names its buttons but not its two fields."""
        for zoom in self.findChildren(QComboBox):
            zoom.setObjectName("previewZoom")
            zoom.setAccessibleName(_("Zoom"))
        for page in self.findChildren(QLineEdit):
            if not isinstance(page.parent(), QComboBox):
                page.setObjectName("previewPage")
                page.setAccessibleName(_("Page"))


def _picture(page: QSvgRenderer) -> QImage:
    picture = QImage(page.defaultSize() * PRINT_PPI / POINTS_PER_INCH, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    page.render(painter)
    painter.end()
    return picture


def _place(page: QSize, printer: QPrinter) -> QRect:
    """In the middle of the sheet, not distorted on paper of another shape."""
    sheet = printer.pageLayout().fullRectPixels(printer.resolution())
    place = QRect(sheet.topLeft(), page.scaled(sheet.size(), Qt.AspectRatioMode.KeepAspectRatio))
    place.moveCenter(sheet.center())
    return place
