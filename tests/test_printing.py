"""Documents on paper: printed into a file here, as a printer would get them, and the preview before that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QLibraryInfo, QTranslator
from PySide6.QtGui import QColor, QImage, QPageSize
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewWidget
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from model.order_file import order_file
from model.store import Store
from tests.examples import NOW
from tests.letters import PROVIDER, ordered, pdf_facts, reads_pdf
from tests.screen import find
from ui import i18n
from ui.dossier import dossier_paper, write_dossier
from ui.letter import write_letter
from ui.pdf import Paper, letter_paper
from ui.printing import PrintPreview

LETTER_PAPER = QPageSize(QPageSize.PageSizeId.Letter)


@pytest.fixture
def letter(memory: Store) -> Paper:
    return letter_paper(write_letter(ordered(memory), PROVIDER), PROVIDER, NOW)


@pytest.fixture
def dossier(memory: Store) -> Paper:
    mail = ordered(memory)
    installation = memory.find_customer(mail.content["customer_number"])
    assert installation is not None
    return dossier_paper(write_dossier(order_file(memory, installation, mail.order_number), NOW), NOW)


@pytest.fixture
def in_german(german: QApplication) -> Iterator[None]:
    """Qt's own words too, as the program loads them."""
    translator = QTranslator()
    assert translator.load("qtbase_de", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    german.installTranslator(translator)
    yield
    german.removeTranslator(translator)


def preview(qtbot: QtBot, paper: Paper) -> PrintPreview:
    made = PrintPreview([QSvgRenderer(QByteArray(page)) for page in paper.pages()], "TW-000002", None)
    qtbot.addWidget(made)
    return made


def into_file(path: Path, size: QPageSize | None = None) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    printer.setPageSize(size or QPageSize(QPageSize.PageSizeId.A4))
    printer.setFullPage(True)
    return printer


@reads_pdf
@pytest.mark.usefixtures("in_german")
def test_every_page_goes_to_a_sheet_of_its_own(qtbot: QtBot, letter: Paper, dossier: Paper, tmp_path: Path) -> None:
    for paper in (letter, dossier):
        preview(qtbot, paper).paint_pages(into_file(tmp_path / "printed.pdf"))
        facts = pdf_facts((tmp_path / "printed.pdf").read_bytes(), tmp_path)
        assert facts["Page size"].endswith("(A4)")
        assert int(facts["Pages"]) == len(paper.pages())


@reads_pdf
@pytest.mark.usefixtures("in_german")
def test_paper_of_another_shape_distorts_nothing(qtbot: QtBot, letter: Paper, tmp_path: Path) -> None:
    preview(qtbot, letter).paint_pages(into_file(tmp_path / "printed.pdf", LETTER_PAPER))
    document = (tmp_path / "printed.pdf").read_bytes()
    assert pdf_facts(document, tmp_path)["Page size"].endswith("(letter)")
    # The largest A4 page on a sheet of 612 × 792 points.
    assert b"\n612 0 0 792" not in document
    assert 0 < len(document) < 2_000_000


@pytest.mark.usefixtures("in_german")
def test_the_preview_shows_the_page_sharp_and_in_german(qtbot: QtBot, letter: Paper) -> None:
    made = preview(qtbot, letter)
    made.show()
    view = made.findChild(QPrintPreviewWidget)
    assert isinstance(view, QPrintPreviewWidget)
    assert view.pageCount() == 1
    assert made.windowTitle() == "Drucken – TW-000002"
    words = [button.text() for button in made.findChildren(QToolButton) if button.isVisible()]
    assert "Drucken" in words
    assert "Seite einrichten" in words
    shown = view.grab().toImage()
    assert _share(shown, QColor("white")) > 0.2
    assert _share(shown, QColor("#164a7b")) > 0.001


@pytest.mark.usefixtures("in_german")
def test_everything_in_the_preview_has_a_name(qtbot: QtBot, letter: Paper) -> None:
    made = preview(qtbot, letter)
    made.show()
    assert find(made, QComboBox, "previewZoom").accessibleName() == "Vergrößerung"
    assert find(made, QLineEdit, "previewPage").accessibleName() == "Seite"
    nameless = [button for button in made.findChildren(QToolButton) if button.isVisible() and not button.text()]
    assert not [button.objectName() for button in nameless if button.objectName() != "qt_toolbar_ext_button"]


def test_it_speaks_english_too(german: QApplication, qtbot: QtBot, letter: Paper) -> None:  # noqa: ARG001
    i18n.use_language("en")
    assert preview(qtbot, letter).windowTitle() == "Print – TW-000002"
    i18n.use_language("de")


def _share(picture: QImage, color: QColor) -> float:
    """How much of a picture, looked at in a grid, has a colour."""
    places = [(x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)]
    return sum(picture.pixelColor(x, y) == color for x, y in places) / len(places)
