"""Export … from menu and tables: what is written is what is shown or everything, with progress, cancelled, retried."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QMenu, QProgressBar, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from model.orders import order_label
from model.store import Store
from tests.examples import EMAIL, install, order
from tests.screen import click, dialog, find, rows, settle, text, write
from tests.workbook import Workbook
from ui.export_dialog import ExportDialog
from ui.exporting import Exported
from ui.main_window import MainWindow
from ui.table import Table

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LIST_TITLES = [
    "Kundennummer", "Name", "Tarif", "Nebenstellen", "Nebenstellen im Tarif", "Nebenstellen zu viel",
    "Endgeräte", "Endgeräte im Tarif", "Endgeräte zu viel", "Vorgemerkter Tarif", "Wirksam ab",
]  # fmt: skip


@pytest.fixture
def office(qtbot: QtBot, window: MainWindow, memory: Store) -> MainWindow:
    """Three customers, the second one shown."""
    install(memory, "C10", 3, 2, number="007", name="Zabel")
    key = install(memory, "C10", 12, 8, number="100423", name="=Müller; Söhne")
    order(memory, install(memory, "C10", 8, 8, number="K-3", name="Ärger"), "C25")
    window.reload()
    settle(qtbot, window)
    window.choose(key)
    settle(qtbot, window)
    return window


def open_export(qtbot: QtBot, window: MainWindow) -> QWidget:
    window.actions_by_name.named["export"].trigger()
    settle(qtbot, window)
    return dialog("exportDialog")


def tick(form: QWidget, name: str) -> None:
    button = find(form, QRadioButton, name)
    assert button.isVisible()
    button.click()
    assert button.isChecked()


def choose(form: QWidget, what: str) -> None:
    box = find(form, QComboBox, "exportWhat")
    place = box.findText(what)
    assert place >= 0, what
    box.setCurrentIndex(place)


def choose_file(qtbot: QtBot, form: QWidget, path: Path) -> None:
    """Press "Exportieren …" and give the file a name."""
    click(qtbot, form, "exportDialogSubmit")
    chooser = dialog("exportFileDialog")
    assert isinstance(chooser, QFileDialog)
    chooser.setDirectory(str(path.parent))
    chooser.selectFile(path.name)
    chooser.accept()


def exported(qtbot: QtBot, form: QWidget, path: Path) -> Path:
    """Export, and wait until it is said that the file is there."""
    choose_file(qtbot, form, path)
    qtbot.waitUntil(lambda: find(form, QWidget, "exportDone").isVisible())
    return path


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def in_menu(act: Callable[[QMenu], None]) -> list[str]:
    """Act in the next menu that opens; its texts, filled in once it did."""
    texts: list[str] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        texts.extend(action.text() for action in menu.actions() if not action.isSeparator())
        act(menu)
        menu.close()

    QTimer.singleShot(0, look)
    return texts


def export_from_menu(place: QWidget) -> list[str]:
    """Use the last entry of a context menu."""
    texts = in_menu(lambda menu: menu.actions()[-1].trigger())
    center = place.rect().center()
    QApplication.sendEvent(place, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, center, place.mapToGlobal(center)))
    return texts


# ---------------------------------------------------------------------- the list


def test_the_list_is_exported_as_it_is_shown(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    office.panel.search.setFocus()
    form = open_export(qtbot, office)
    assert find(form, QComboBox, "exportWhat").currentText() == "Anlagen"
    assert text(form, "exportShownHint") == "3 Anlagen"
    assert text(form, "exportEverythingHint") == "3 Anlagen, mit E-Mail-Adresse"
    tick(form, "exportCsv")
    path = exported(qtbot, form, tmp_path / "Anlagen.csv")
    assert read_csv(path) == [
        LIST_TITLES,
        ["100423", "'=Müller; Söhne", "Classic 10", "12", "10", "2", "8", "10", "0", "", ""],
        ["K-3", "Ärger", "Classic 10", "8", "10", "0", "8", "10", "0", "Classic 25", "01.12.2026"],
        ["007", "Zabel", "Classic 10", "3", "10", "0", "2", "10", "0", "", ""],
    ]
    assert text(form, "exportDoneText") == f"{path}\n3 Zeilen"


def test_filter_search_and_sorting_hold_for_what_is_shown(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    click(qtbot, office, "filterOver")
    write(qtbot, office, "searchField", "muller")
    settle(qtbot, office)
    form = open_export(qtbot, office)
    assert text(form, "exportShownHint") == "1 Anlage · über Tarif · Suche „muller“"
    tick(form, "exportCsv")
    assert [row[0] for row in read_csv(exported(qtbot, form, tmp_path / "a.csv"))[1:]] == ["100423"]


def test_everything_is_the_whole_list_with_addresses(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    click(qtbot, office, "filterOver")
    office.panel.sort_by(office.panel.query.sorting.NUMBER)
    settle(qtbot, office)
    form = open_export(qtbot, office)
    tick(form, "exportEverything")
    tick(form, "exportCsv")
    found = read_csv(exported(qtbot, form, tmp_path / "a.csv"))
    assert found[0] == [*LIST_TITLES, "E-Mail-Adresse"]
    assert [(row[0], row[-1]) for row in found[1:]] == [("007", EMAIL), ("100423", EMAIL), ("K-3", EMAIL)]


def test_an_empty_database_exports_an_empty_list(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    settle(qtbot, window)
    form = open_export(qtbot, window)
    assert find(form, QComboBox, "exportWhat").count() == 1
    path = exported(qtbot, form, tmp_path / "a.xlsx")
    assert Workbook(path).values == [LIST_TITLES]


# ---------------------------------------------------------------------- tables


def test_a_table_is_exported_as_it_is_shown(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    table = office.page.extensions
    table.setFocus()
    table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    table.hideColumn(2)
    table.horizontalHeader().moveSection(1, 0)
    form = open_export(qtbot, office)
    assert find(form, QComboBox, "exportWhat").currentText() == "Nebenstellen 100423"
    assert text(form, "exportShownHint") == "12 Zeilen, 4 Spalten"
    assert text(form, "exportEverythingHint") == "12 Zeilen, 5 Spalten"
    tick(form, "exportCsv")
    shown = read_csv(exported(qtbot, form, tmp_path / "a.csv"))
    assert shown[0] == ["Name", "Nr.", "Endgeräte", "Tarif"]
    assert shown[1] == ["Nebenstelle 11", "111", "", "Über dem Tarif: 12. von 10"]
    assert [row[1] for row in shown[1:]] == [str(number) for number in range(111, 99, -1)]


def test_everything_of_a_table_has_all_columns_in_their_order(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    table = office.page.extensions
    table.hideColumn(2)
    table.horizontalHeader().moveSection(1, 0)
    form = open_export(qtbot, office)
    choose(form, "Nebenstellen 100423")
    tick(form, "exportEverything")
    tick(form, "exportCsv")
    assert read_csv(exported(qtbot, form, tmp_path / "a.csv"))[0] == ["Nr.", "Name", "Art", "Endgeräte", "Tarif"]


def test_orders_have_true_amounts_and_dates(qtbot: QtBot, office: MainWindow, memory: Store, tmp_path: Path) -> None:
    key = memory.find_customer("K-3")
    assert key is not None
    office.choose(key)
    settle(qtbot, office)
    form = open_export(qtbot, office)
    choose(form, "Bestellungen K-3")
    book = Workbook(exported(qtbot, form, tmp_path / "a.xlsx"))
    cells = dict(zip(book.values[0], book.rows[1], strict=True))
    looks = {title: cell.look for title, cell in cells.items() if cell and cell.look}
    assert looks == {
        "Bestellt am": "dd.mm.yyyy hh:mm", "Wirksam ab": "dd.mm.yyyy", "Netto im Monat": '#,##0.00\\ "€"',
    }  # fmt: skip
    net = cells["Netto im Monat"]
    assert net is not None
    assert net.value == 19.9
    assert book.name == "Bestellungen K-3"


@pytest.mark.parametrize("what", ["Nebenstellen", "Endgeräte", "Pro-Funktionen", "Bestellungen", "Verlauf"])
def test_every_table_of_an_installation_can_be_exported(
    qtbot: QtBot, office: MainWindow, memory: Store, tmp_path: Path, what: str
) -> None:
    office.choose(install(memory, "P10", 3, 2, call_flow=True, number="P-1"))
    settle(qtbot, office)
    names = dict(zip(["Nebenstellen", "Endgeräte", "Pro-Funktionen", "Bestellungen", "Verlauf"],
                     ["extension", "device", "feature", "order", "audit"], strict=True))  # fmt: skip
    form = open_export(qtbot, office)
    choose(form, f"{what} P-1")
    tick(form, "exportCsv")
    found = read_csv(exported(qtbot, form, tmp_path / "a.csv"))
    seen = rows(office, f"{names[what]}Table")
    assert [["" if cell == "–" else cell for cell in row] for row in seen] == found[1:]


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_every_table_and_the_list_have_it_in_their_menu(qtbot: QtBot, office: MainWindow) -> None:
    expected = {"extensionTable": "Nebenstellen 100423", "auditTable": "Verlauf 100423"}
    for place, table in enumerate(office.page.tables):
        office.page.tabs.setCurrentIndex(place)
        texts = export_from_menu(table.viewport())
        assert texts[-1] == "Exportieren …"
        form = dialog("exportDialog")
        chosen = find(form, QComboBox, "exportWhat").currentText()
        assert chosen == expected.get(table.objectName(), chosen)
        assert chosen.endswith(" 100423")
        form.close()
        settle(qtbot, office)
    assert export_from_menu(office.panel.list.viewport()) == [
        "Kopieren", "Mit Überschriften kopieren", "Exportieren …",
    ]  # fmt: skip
    assert find(dialog("exportDialog"), QComboBox, "exportWhat").currentText() == "Anlagen"


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_the_outbox_can_be_exported_from_its_own_window(
    qtbot: QtBot, office: MainWindow, memory: Store, tmp_path: Path
) -> None:
    (ordered,) = memory.account(memory.find_customer("K-3") or 0).orders
    office.actions_by_name.named["outbox"].trigger()
    settle(qtbot, office)
    outbox = dialog("outboxWindow")
    table = find(outbox, Table, "outboxTable")
    qtbot.waitUntil(lambda: table.model().rowCount() == 1)
    export_from_menu(table.viewport())
    form = dialog("exportDialog")
    assert form.parentWidget() is outbox
    assert find(form, QComboBox, "exportWhat").currentText() == "Postausgang"
    tick(form, "exportCsv")
    titles, row = read_csv(exported(qtbot, form, tmp_path / "a.csv"))
    assert dict(zip(titles, row, strict=True)) == {
        "Kunde": "Ärger", "Bestellung": order_label(ordered.order_number), "Nachricht": "Bestellbestätigung",
        "An": EMAIL, "Status": "wartet (kein Mailserver eingerichtet)", "Versuche": "0", "Nächster Versuch": "",
        "Seit": "22.11.2026, 10:00", "Kundennummer": "K-3",
    }  # fmt: skip
    outbox.close()


# ---------------------------------------------------------------------- the file


def test_name_folder_and_kind_of_file_are_suggested(
    qtbot: QtBot, office: MainWindow, settings: QSettings, tmp_path: Path
) -> None:
    form = open_export(qtbot, office)
    assert find(form, QRadioButton, "exportXlsx").isChecked()
    tick(form, "exportCsv")
    click(qtbot, form, "exportDialogSubmit")
    chooser = dialog("exportFileDialog")
    assert isinstance(chooser, QFileDialog)
    assert Path(chooser.selectedFiles()[0]).name == "Anlagen 2026-11-22.csv"
    chooser.reject()
    exported(qtbot, form, tmp_path / "Liste")
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".ini"] == ["Liste.csv"]
    form.close()
    settle(qtbot, office)
    form = open_export(qtbot, office)
    assert find(form, QRadioButton, "exportCsv").isChecked()
    click(qtbot, form, "exportDialogSubmit")
    chooser = dialog("exportFileDialog")
    assert isinstance(chooser, QFileDialog)
    assert Path(chooser.selectedFiles()[0]).parent == tmp_path
    chooser.reject()
    assert str(settings.value("export/folder")) == str(tmp_path)


def test_the_ending_that_is_typed_says_which_kind_of_file(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    form = open_export(qtbot, office)
    path = exported(qtbot, form, tmp_path / "Liste.CSV")
    assert read_csv(path)[0] == LIST_TITLES


def test_the_folder_of_the_file_is_opened(
    qtbot: QtBot, office: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_folder(url: QUrl) -> bool:
        opened.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_folder)
    form = open_export(qtbot, office)
    exported(qtbot, form, tmp_path / "a.csv")
    click(qtbot, form, "openFolderButton")
    assert opened == [str(tmp_path)]
    click(qtbot, form, "exportDialogCancel")
    assert not form.isVisible()


def test_without_the_library_there_is_csv_and_a_sentence(
    qtbot: QtBot, office: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    form = open_export(qtbot, office)
    assert not find(form, QRadioButton, "exportXlsx").isEnabled()
    assert find(form, QRadioButton, "exportCsv").isChecked()
    assert "pip install XlsxWriter" in text(form, "exportXlsxHint")
    assert read_csv(exported(qtbot, form, tmp_path / "a.csv"))[0] == LIST_TITLES


def test_where_nothing_may_be_changed_everything_can_be_exported(
    qtbot: QtBot, office: MainWindow, tmp_path: Path
) -> None:
    office.changes.forbid("schreibgeschützt")
    form = open_export(qtbot, office)
    assert exported(qtbot, form, tmp_path / "a.csv").exists()


# ---------------------------------------------------------------------- faults, progress, cancelling


def test_a_fault_is_said_and_the_same_dialog_tries_again(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    """A drive goes away between the choice of the file and the writing."""
    folder, gone = tmp_path / "Laufwerk", Event()
    folder.mkdir()
    office.desk.exporting._background.run(gone.wait, lambda _nothing: None, lambda _error: None)
    form = open_export(qtbot, office)
    choose_file(qtbot, form, folder / "a.xlsx")
    folder.rmdir()
    gone.set()
    notice = find(form, QLabel, "exportDialogNoticeText")
    qtbot.waitUntil(notice.isVisible)
    assert notice.text() == (
        f"Nicht gespeichert: Den Ordner von {folder / 'a.xlsx'} gibt es nicht mehr. Bitte wählen Sie einen anderen."
    )
    exported(qtbot, form, tmp_path / "a.xlsx")
    assert not notice.isVisible()


def hold_until_cancelled(window: MainWindow) -> None:
    """Keep the thread that exports from beginning until somebody wants it to end."""
    exporting = window.desk.exporting

    def hold() -> None:
        for _look in range(2_000):
            if exporting._cancelled.wait(0.005):
                return

    exporting._background.run(hold, lambda _nothing: None, lambda _error: None)


def test_an_export_can_be_cancelled(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    form = open_export(qtbot, office)
    hold_until_cancelled(office)
    choose_file(qtbot, form, tmp_path / "a.xlsx")
    assert find(form, QProgressBar, "exportProgress").isVisible()
    assert not find(form, QRadioButton, "exportCsv").isEnabled()
    click(qtbot, form, "exportDialogCancel")
    assert form.isVisible()
    qtbot.waitUntil(lambda: find(form, QLabel, "exportCancelled").isVisible())
    assert text(form, "exportCancelled") == "Abgebrochen: Es wurde nichts gespeichert."
    assert not list(tmp_path.glob("*a.xlsx*"))
    exported(qtbot, form, tmp_path / "a.xlsx")
    assert not find(form, QLabel, "exportCancelled").isVisible()


def test_esc_ends_the_export_and_not_the_dialog(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    form = open_export(qtbot, office)
    hold_until_cancelled(office)
    choose_file(qtbot, form, tmp_path / "a.csv")
    QTest.keyClick(form, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: find(form, QLabel, "exportCancelled").isVisible())
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()
    assert not (tmp_path / "a.csv").exists()


def test_a_window_that_closes_ends_the_export(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    form = open_export(qtbot, office)
    hold_until_cancelled(office)
    choose_file(qtbot, form, tmp_path / "a.csv")
    office.close()
    assert not office.isVisible()
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".ini"] == []


def test_progress_goes_from_nothing_to_all(qtbot: QtBot, office: MainWindow, memory: Store, tmp_path: Path) -> None:
    with memory.together():
        for number in range(500):
            install(memory, number=f"V-{number}", name=f"Viele {number}")
    office.reload()
    settle(qtbot, office)
    seen: list[int] = []
    office.desk.exporting.progressed.connect(seen.append)
    form = open_export(qtbot, office)
    assert text(form, "exportShownHint") == "503 Anlagen"
    path = exported(qtbot, form, tmp_path / "a.csv")
    assert seen == sorted(seen)
    assert (seen[-1], len(seen) > 5) == (100, True)
    assert len(read_csv(path)) == 504


def test_work_of_others_while_the_list_is_read_is_said(qtbot: QtBot, office: MainWindow, tmp_path: Path) -> None:
    form = open_export(qtbot, office)
    assert isinstance(form, ExportDialog)
    form.show_done(Exported(tmp_path / "a.csv", 3, one_state=False))
    assert text(form, "exportDoneText").endswith(
        "Währenddessen wurde weitergearbeitet: Einzelne Zeilen können neuer sein als andere."
    )


# ---------------------------------------------------------------------- the clipboard


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_a_line_of_the_list_is_copied(office: MainWindow) -> None:
    """With nothing in it that a spreadsheet takes for a formula."""
    office.panel.list.setFocus()
    QTest.keyClick(office.panel.list, Qt.Key.Key_C, CONTROL)
    assert clipboard() == "100423\t'=Müller; Söhne\tClassic 10\t2 zu viel"
    QTest.keyClick(office.panel.list, Qt.Key.Key_C, CONTROL | SHIFT)
    assert clipboard().splitlines()[0] == "Kundennummer\tName\tTarif\tStatus"
    QTest.keyRelease(office.panel.list, Qt.Key.Key_Control)


def test_the_menu_copies_from_where_the_keyboard_is(office: MainWindow) -> None:
    office.activateWindow()
    office.panel.list.setFocus()
    office.actions_by_name.named["copy"].trigger()
    assert clipboard().startswith("100423\t")
    office.page.extensions.setFocus()
    office.page.extensions.selectRow(0)
    office.actions_by_name.named["copy"].trigger()
    assert clipboard().startswith("100\tNebenstelle 0\t")


def test_what_was_copied_can_be_pasted_as_extensions(qtbot: QtBot, office: MainWindow, memory: Store) -> None:
    """Guarded against spreadsheets on the way out, and itself again on the way in."""
    key = memory.find_customer("K-3")
    assert key is not None
    office.choose(key)
    settle(qtbot, office)
    office.objects.paste("'+4930\t'=Empfang\n")
    click(qtbot, dialog("pasteDialog"), "pasteDialogSubmit")
    settle(qtbot, office)
    (made,) = [entry for entry in memory.account(key).extensions if entry.name == "=Empfang"]
    assert made.number == "+4930"
    office.page.extensions.reveal(made.id)
    office.page.extensions.copy()
    assert clipboard().startswith("'+4930\t'=Empfang\tBenutzer")
