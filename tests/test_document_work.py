"""Saving and printing documents as a clerk does: from the table of orders, and from the summary before ordering."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtPrintSupport import QPrintPreviewDialog, QPrintPreviewWidget
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QMenu, QMessageBox, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from model.refusals import NoSuchObject
from model.store import Store
from tests.examples import NOW, order
from tests.letters import customer, pdf_text, reads_pdf
from tests.screen import click, dialog, find, settle
from ui.main_window import MainWindow
from ui.pdf import Paper
from ui.table import Table

Choose = Callable[[str], None]


@pytest.fixture
def orders(qtbot: QtBot, window: MainWindow, memory: Store) -> MainWindow:
    """A window at a customer's orders: one replaced, one cancelled."""
    installation = customer(memory, name="Bäckerei Ährensack")
    order(memory, installation, "C25")
    placed = order(memory, installation, "C50")
    memory.cancel_order(installation, placed.order_number, "doch nicht", NOW)
    window.reload()
    settle(qtbot, window)
    window.choose(installation)
    settle(qtbot, window)
    window.page.tabs.setCurrentIndex(3)
    return window


def select(window: MainWindow, row: int) -> None:
    """0 is the newest order."""
    find(window, Table, "orderTable").selectRow(row)


def trigger(window: MainWindow, name: str) -> None:
    action = window.findChild(QAction, name)
    assert isinstance(action, QAction)
    assert action.isEnabled()
    assert action.isVisible()
    action.trigger()


def offered(window: MainWindow) -> list[str]:
    menu = window.findChild(QMenu, "documentsMenu")
    assert isinstance(menu, QMenu)
    return [action.text().replace("&", "") for action in menu.actions() if action.isVisible() and action.text()]


def save_as(qtbot: QtBot, window: MainWindow, path: Path) -> str:
    """Answer the file dialog; the name it proposed."""
    chooser = dialog("documentFileDialog")
    assert isinstance(chooser, QFileDialog)
    proposed = find(chooser, QLineEdit, "fileNameEdit").text()
    chooser.fileSelected.emit(str(path))
    chooser.close()
    _work(qtbot, window)
    return proposed


def _work(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until every document asked for is made."""

    def nothing() -> Paper:
        raise NoSuchObject

    with qtbot.waitCallback() as made:
        window.desk.papers.save(nothing, Path("/"), made, made)


# ---------------------------------------------------------------------- the table of orders


def test_an_order_offers_its_documents(orders: MainWindow) -> None:
    button = find(orders, QPushButton, "documentsButton")
    assert not button.isEnabled()
    select(orders, 1)
    assert button.isEnabled()
    assert offered(orders) == [
        "Zusammenfassung als PDF …",
        "Vorgang als PDF …",
        "Zusammenfassung drucken …",
        "Vorgang drucken …",
    ]


def test_a_cancelled_order_offers_its_cancellation_too(orders: MainWindow) -> None:
    select(orders, 0)
    assert "Stornierung als PDF …" in offered(orders)
    assert "Stornierung drucken …" in offered(orders)


def test_documents_are_of_one_order(orders: MainWindow) -> None:
    find(orders, Table, "orderTable").selectAll()
    assert not find(orders, QPushButton, "documentsButton").isEnabled()


def test_the_context_menu_has_them_too(orders: MainWindow) -> None:
    menus = [action.menu() for action in find(orders, Table, "orderTable").context_actions]
    assert "documentsMenu" in [menu.objectName() for menu in menus if isinstance(menu, QMenu)]


@reads_pdf
@pytest.mark.parametrize(
    ("row", "action", "name", "title"),
    [
        (1, "saveSummaryAction", "Bestellung TW-000002 Zusammenfassung.pdf", "Bestellbestätigung TW-000002"),
        (0, "saveCancellationAction", "Bestellung TW-000003 Stornierung.pdf", "Stornierung Ihrer Bestellung TW-000003"),
        (0, "saveDossierAction", "Bestellung TW-000003 Vorgang.pdf", "Vorgang zur Bestellung TW-000003"),
    ],
)
def test_a_document_is_saved_under_a_name_that_says_what_it_is(
    qtbot: QtBot, orders: MainWindow, tmp_path: Path, row: int, action: str, name: str, title: str
) -> None:
    select(orders, row)
    trigger(orders, action)
    path = tmp_path / "Größe.pdf"
    assert save_as(qtbot, orders, path) == name
    assert title in pdf_text(path.read_bytes(), tmp_path)
    assert orders.statusBar().currentMessage() == f"Gespeichert: {path}"


def test_the_folder_is_remembered(qtbot: QtBot, orders: MainWindow, settings: QSettings, tmp_path: Path) -> None:
    folder = tmp_path / "Vorgänge"
    folder.mkdir()
    select(orders, 0)
    trigger(orders, "saveDossierAction")
    save_as(qtbot, orders, folder / "a.pdf")
    assert settings.value("documents/folder") == str(folder)
    trigger(orders, "saveDossierAction")
    chooser = dialog("documentFileDialog")
    assert isinstance(chooser, QFileDialog)
    assert Path(chooser.directory().absolutePath()) == folder
    chooser.reject()


def test_a_folder_that_is_gone_is_said_and_nothing_is_left(qtbot: QtBot, orders: MainWindow, tmp_path: Path) -> None:
    select(orders, 0)
    trigger(orders, "saveSummaryAction")
    path = tmp_path / "weg" / "a.pdf"
    save_as(qtbot, orders, path)
    box = dialog("messageBox")
    assert isinstance(box, QMessageBox)
    assert box.text() == "Das Dokument konnte nicht gespeichert werden"
    assert str(path) in box.informativeText().replace("\N{ZERO WIDTH SPACE}", "")
    assert list(tmp_path.glob("**/*.pdf")) == []
    box.close()


def test_a_file_that_was_there_stays_when_the_new_one_can_t_be_written(
    qtbot: QtBot, orders: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "a.pdf"
    path.mkdir()
    (path / "wichtig.txt").write_text("bleibt", encoding="utf-8")
    select(orders, 0)
    trigger(orders, "saveSummaryAction")
    save_as(qtbot, orders, path)
    dialog("messageBox").close()
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix != ".ini"] == ["a.pdf"]
    assert (path / "wichtig.txt").read_text(encoding="utf-8") == "bleibt"


# ---------------------------------------------------------------------- the summary, before anything is ordered


def summary(qtbot: QtBot, window: MainWindow, size: str) -> None:
    window.orders.adjust()
    change = dialog("tariffChangeDialog")
    find(change, QRadioButton, size).click()
    click(qtbot, change, "selectButton")


@reads_pdf
def test_the_summary_can_be_kept_before_ordering_marked_as_a_draft(
    qtbot: QtBot, orders: MainWindow, memory: Store, tmp_path: Path
) -> None:
    summary(qtbot, orders, "size25")
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "draftButton")
    path = tmp_path / "Entwurf.pdf"
    assert save_as(qtbot, orders, path) == "Entwurf K-1 Classic 25.pdf"
    text = pdf_text(path.read_bytes(), tmp_path)
    assert text.startswith("Entwurf – noch nicht bestellt")
    assert "23,68 €" in text
    assert len(memory.account(1).orders) == 2
    assert find(change, QPushButton, "orderButton").isEnabled()
    change.close()


def test_r18_nothing_new_stands_between_the_total_and_the_order_button(qtbot: QtBot, orders: MainWindow) -> None:
    summary(qtbot, orders, "size25")
    change = dialog("tariffChangeDialog")

    def top(made: QWidget) -> int:
        return made.mapTo(change, made.rect().topLeft()).y()

    parts = [
        find(change, QPushButton, "draftButton"),
        find(change, QLabel, "tariffNew"),
        find(change, QLabel, "totalGross"),
    ]
    heights = [top(part) for part in (*parts, find(change, QPushButton, "orderButton"))]
    assert heights == sorted(heights)
    change.close()


# ---------------------------------------------------------------------- on paper


def test_printing_shows_the_pages_first(qtbot: QtBot, orders: MainWindow) -> None:
    select(orders, 0)
    trigger(orders, "printDossierAction")
    _work(qtbot, orders)
    preview = dialog("printPreview")
    assert isinstance(preview, QPrintPreviewDialog)
    assert preview.windowTitle() == "Drucken – TW-000003"
    view = preview.findChild(QPrintPreviewWidget)
    assert isinstance(view, QPrintPreviewWidget)
    assert view.pageCount() >= 2
    preview.close()
