"""The import of an existing customer on the screen: compared, ticked, switched by keyboard, taken back (R12, R13)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from model.import_comparison import ImportChanges
from model.installation import Additions, ExtensionKind, NewDevice, NewExtension, NewProFeatureUse, ProFeature
from model.refusals import ImportStale
from model.store import Store
from tests.examples import NOW, FixedClock, dump, install, objects, order
from tests.import_examples import written
from tests.screen import click, dialog, find, rows, settle, text, write
from tests.test_import_comparison import CTI, shape
from tests.test_import_dialog import choose_existing, messages, open_import, submit
from ui.main_window import MainWindow
from ui.table import Table

LIST = "Nebenstelle;Name;Art;MAC;Gerät\n"
FILE = LIST + "10;Anna Neu;Benutzer;001565AA0001;Yealink\n40;Fax Vertrieb;;;\n41;Zoë;Benutzer;001565AA0004;Snom\n"


@pytest.fixture
def brenner(memory: Store) -> int:
    """A customer with Pro, of whose extensions one is in the file."""
    installation = install(memory, "P25", number="100423", name="Autohaus Brenner")
    phones = (NewDevice("Yealink", mac="001565aa0001", extensions=("10",)), NewDevice("Halle", extensions=("30",)))
    extensions = (NewExtension("10", "Anna"), NewExtension("30", "Zentrale"), NewExtension("31", "Werkstatt"))
    flow = NewProFeatureUse(ProFeature.CALL_FLOW, "Zentrale", "30")
    memory.add_objects(installation, Additions(extensions, phones, (flow,)), NOW)
    return installation


def compared(qtbot: QtBot, window: MainWindow, folder: Path, content: str = FILE) -> QWidget:
    form = open_import(qtbot, window, written(folder, content))
    choose_existing(qtbot, window, form, "100423")
    return form


def press(qtbot: QtBot, form: QWidget, number: str, key: Qt.Key = Qt.Key.Key_Space) -> None:
    """Go to a number in the comparison and press a key."""
    table = find(form, Table, "comparisonTable")
    table.setFocus()
    table.reveal(("extension", number))
    qtbot.keyClick(table, key)


def ticked(form: QWidget) -> list[str]:
    """The rows with a box, with its state."""
    table = find(form, Table, "comparisonTable")
    boxes = [
        table.model().index(row, 0).data(Qt.ItemDataRole.CheckStateRole) for row in range(table.model().rowCount())
    ]
    return [f"{line[1]} {box.name}" for line, box in zip(rows(form, "comparisonTable"), boxes, strict=True) if box]


def take_back_from_history(qtbot: QtBot, window: MainWindow) -> QWidget:
    """Choose the newest entry of the history and ask to take it back."""
    window.page.tabs.setCurrentIndex(4)
    window.page.history.reveal(window.page.history.rows.row(0).seq)
    click(qtbot, window, "takeBackButton")
    settle(qtbot, window)
    return dialog("takeBackDialog")


@pytest.mark.usefixtures("brenner")
def test_the_customer_and_the_file_stand_side_by_side(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form = compared(qtbot, window, tmp_path)
    assert [line[:4] for line in rows(form, "comparisonTable")] == [
        ["Geändert: Name", "10", "Anna · Benutzer · Yealink", "Anna Neu · Benutzer · Yealink"],
        ["Fehlt", "30", "Zentrale · Benutzer · Halle", "–"],
        ["Fehlt", "31", "Werkstatt · Benutzer", "–"],
        ["Neu", "40", "–", "Fax Vertrieb · Ressource (vermutet)"],
        ["Neu", "41", "–", "Zoë · Benutzer · Snom"],
        ["Fehlt", "", "Endgerät „Halle“ · IP-Telefon · klingelt für 30", "–"],
    ]
    names = ("comparisonAll", "comparisonNew", "comparisonChanged", "comparisonMissing", "comparisonUnchanged")
    assert [find(form, QPushButton, name).text() for name in names] == [
        "Alle 6", "Neu 2", "Geändert 1", "Fehlt 3", "Unverändert 0",
    ]  # fmt: skip
    assert text(form, "importCounts") == "Neu: 2 Nebenstellen und 1 Endgerät · geändert: 1 Nebenstelle"
    click(qtbot, form, "comparisonMissing")
    assert [line[1] for line in rows(form, "comparisonTable")] == ["30", "31", ""]
    click(qtbot, form, "comparisonUnchanged")
    assert rows(form, "comparisonTable") == []


def test_r13_what_is_missing_stays_unless_it_is_ticked(
    qtbot: QtBot, window: MainWindow, memory: Store, brenner: int, tmp_path: Path
) -> None:
    form = compared(qtbot, window, tmp_path)
    assert ticked(form) == ["30 Unchecked", "31 Unchecked", " Unchecked"]
    assert text(form, "comparisonRemoval") == "Was fehlt, bleibt, solange Sie es nicht ankreuzen."
    submit(qtbot, window, form)
    assert [entry.number for entry in memory.account(brenner).extensions] == ["10", "30", "31", "40", "41"]
    assert len(memory.account(brenner).features) == 1


def test_r13_what_goes_along_with_a_tick_is_said(
    qtbot: QtBot, window: MainWindow, memory: Store, brenner: int, tmp_path: Path
) -> None:
    form = compared(qtbot, window, tmp_path)
    press(qtbot, form, "30")
    assert ticked(form) == ["30 Checked", "31 Unchecked", " Unchecked"]
    assert text(form, "comparisonRemoval") == (
        "Wird entfernt: 1 Nebenstelle und 1 Endgerät. Damit entfallen:"
        " Call Flow „Zentrale“ (Nebenstelle 30) und Endgerät „Halle“."
    )
    press(qtbot, form, "30")
    assert ticked(form)[0] == "30 Unchecked"
    press(qtbot, form, "10")
    press(qtbot, form, "30")
    submit(qtbot, window, form)
    account = memory.account(brenner)
    assert [entry.number for entry in account.extensions] == ["10", "31", "40", "41"]
    assert ([entry.name for entry in account.devices], account.features) == (["Yealink", "Snom"], ())


def test_a_missing_device_is_ticked_by_itself(
    qtbot: QtBot, window: MainWindow, memory: Store, brenner: int, tmp_path: Path
) -> None:
    form = compared(qtbot, window, tmp_path)
    table = find(form, Table, "comparisonTable")
    table.setFocus()
    table.reveal(table.rows.row(5).key)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert text(form, "comparisonRemoval") == "Wird entfernt: 1 Endgerät."
    submit(qtbot, window, form)
    account = memory.account(brenner)
    assert (len(account.extensions), [entry.name for entry in account.devices]) == (5, ["Yealink", "Snom"])


@pytest.mark.usefixtures("brenner")
def test_a_box_can_be_clicked(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form = compared(qtbot, window, tmp_path)
    table = find(form, Table, "comparisonTable")
    for row, expected in ((0, "30 Unchecked"), (1, "30 Checked"), (1, "30 Unchecked")):
        box = table.visualRect(table.model().index(row, 0)).adjusted(10, 0, 0, 0)
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(box.left(), box.center().y()))
        assert ticked(form)[0] == expected


@pytest.mark.usefixtures("brenner")
def test_several_rows_are_ticked_at_once(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form = compared(qtbot, window, tmp_path)
    table = find(form, Table, "comparisonTable")
    press(qtbot, form, "30")
    table.selectAll()
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert ticked(form) == ["30 Checked", "31 Checked", " Checked"]
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert ticked(form) == ["30 Unchecked", "31 Unchecked", " Unchecked"]


def test_a_tick_alone_is_something_to_import(
    qtbot: QtBot, window: MainWindow, memory: Store, brenner: int, tmp_path: Path
) -> None:
    form = compared(qtbot, window, tmp_path, LIST + "10;Anna;Benutzer;001565AA0001;Yealink\n")
    button = find(form, QPushButton, "importDialogSubmit")
    assert not button.isEnabled()
    press(qtbot, form, "31")
    assert button.isEnabled()
    submit(qtbot, window, form)
    assert [entry.number for entry in memory.account(brenner).extensions] == ["10", "30"]


def test_a_guessed_kind_can_be_switched(
    qtbot: QtBot, window: MainWindow, memory: Store, brenner: int, tmp_path: Path
) -> None:
    form = compared(qtbot, window, tmp_path)
    switch = find(form, QPushButton, "comparisonSwitchKind")
    press(qtbot, form, "10", Qt.Key.Key_Shift)
    assert not switch.isEnabled(), "what is there already is edited, not guessed"
    press(qtbot, form, "40", Qt.Key.Key_Shift)
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert rows(form, "comparisonTable")[3][3] == "Fax Vertrieb · Benutzer"
    submit(qtbot, window, form)
    kinds = {entry.number: entry.kind for entry in memory.account(brenner).extensions}
    assert kinds["40"] is ExtensionKind.USER


def test_a_new_customers_guessed_kind_can_be_switched(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    form = open_import(qtbot, window, written(tmp_path, FILE))
    table = find(form, Table, "importTable")
    table.setFocus()
    table.reveal(1)
    assert rows(form, "importTable")[1][3] == "Ressource (vermutet)"
    click(qtbot, form, "importSwitchKind")
    assert rows(form, "importTable")[1][3] == "Benutzer"
    write(qtbot, form, "customerNumberField", "100900")
    write(qtbot, form, "nameField", "Neu")
    submit(qtbot, window, form)
    key = memory.find_customer("100900")
    assert key is not None
    assert {entry.kind for entry in memory.account(key).extensions} == {ExtensionKind.USER}


@pytest.mark.usefixtures("brenner")
def test_what_would_need_pro_is_said_apart(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form = compared(qtbot, window, tmp_path, f"{CTI}\n10,Anna,,,1\n41,Zoë,,,\n")
    assert text(form, "importHints") == "Bräuchte Pro und wird nicht übernommen: Desktop-Client"
    hints = {line[1]: line[4] for line in rows(form, "comparisonTable")}
    assert (hints["10"], hints["41"]) == ("Desktop-Client", "–")
    assert not find(form, Table, "comparisonTable").isColumnHidden(4)


@pytest.mark.usefixtures("brenner")
def test_without_such_a_function_nothing_is_said_of_pro(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form = compared(qtbot, window, tmp_path)
    assert find(form, Table, "comparisonTable").isColumnHidden(4)
    assert not find(form, QWidget, "importHints").isVisible()


def test_a_customer_that_changed_meanwhile_is_compared_again_and_ticks_stay(
    qtbot: QtBot, window: MainWindow, memory: Store, brenner: int, tmp_path: Path
) -> None:
    form = compared(qtbot, window, tmp_path)
    press(qtbot, form, "31")
    memory.add_objects(brenner, Additions((NewExtension("12", "Dazwischen"),)), NOW)
    before = dump(memory._engine)
    submit(qtbot, window, form)
    assert dump(memory._engine) == before
    assert text(form, "importDialogNoticeText") == (
        "Nicht importiert: Der Kunde wurde inzwischen geändert. Bitte sehen Sie den Vergleich noch einmal an."
    )
    assert ticked(form) == ["12 Unchecked", "30 Unchecked", "31 Checked", " Unchecked"]
    submit(qtbot, window, form)
    assert [entry.number for entry in memory.account(brenner).extensions] == ["10", "12", "30", "40", "41"]


# ---------------------------------------------------------------------- taking back


def test_an_import_is_taken_back_from_the_notice_after_it(
    qtbot: QtBot, window: MainWindow, memory: Store, brenner: int, tmp_path: Path
) -> None:
    before = shape(memory.account(brenner))
    form = compared(qtbot, window, tmp_path)
    press(qtbot, form, "30")
    submit(qtbot, window, form)
    assert text(window, "importedText") == (
        "Nebenstellen 40, 41 · 1 Endgerät · geändert: 1 Nebenstelle ·"
        " entfernt: Nebenstelle 30 · 1 Endgerät · Call Flow (Nebenstelle 30)"
    )
    click(qtbot, window, "importedTakeBack")
    settle(qtbot, window)
    back = dialog("takeBackDialog")
    assert text(back, "takeBackImport").startswith("Import vom 22.11.2026, 10:00: Nebenstellen 40, 41")
    assert text(back, "takeBackRestored") == "Call Flow „Zentrale“ (Nebenstelle 30)"
    assert ticked(back) == ["40 Checked", "41 Checked", " Checked"]
    click(qtbot, back, "takeBackDialogSubmit")
    settle(qtbot, window)
    assert shape(memory.account(brenner)) == before
    assert not find(window, QWidget, "importedBar").isVisible()
    assert rows(window, "auditTable")[0][2] == "Import zurückgenommen"


def test_an_import_is_taken_back_from_the_history(
    qtbot: QtBot, window: MainWindow, memory: Store, brenner: int, tmp_path: Path
) -> None:
    before = shape(memory.account(brenner))
    submit(qtbot, window, compared(qtbot, window, tmp_path))
    click(qtbot, window, "importedHide")
    assert not find(window, QWidget, "importedBar").isVisible()
    back = take_back_from_history(qtbot, window)
    qtbot.keyClick(back, Qt.Key.Key_Escape)
    back = take_back_from_history(qtbot, window)
    click(qtbot, back, "takeBackDialogSubmit")
    settle(qtbot, window)
    assert shape(memory.account(brenner)) == before
    assert messages() == []


def test_only_imports_can_be_taken_back(qtbot: QtBot, window: MainWindow, memory: Store, brenner: int) -> None:
    window.choose(brenner)
    settle(qtbot, window)
    window.page.tabs.setCurrentIndex(4)
    button = find(window, QPushButton, "takeBackButton")
    assert not button.isEnabled()
    window.page.history.selectRow(0)
    assert not button.isEnabled()
    memory.load_objects(brenner, objects(1), NOW)
    window.reload()
    settle(qtbot, window)
    window.page.history.selectRow(0)
    click(qtbot, window, "takeBackButton")
    settle(qtbot, window)
    (box,) = messages()
    assert box.informativeText() == "Was vor diesem Import da war, ist nicht mehr aufgehoben."
    qtbot.keyClick(box, Qt.Key.Key_Return)


def test_the_notice_belongs_to_its_customer(
    qtbot: QtBot, window: MainWindow, memory: Store, brenner: int, tmp_path: Path
) -> None:
    other = install(memory, number="100500")
    submit(qtbot, window, compared(qtbot, window, tmp_path))
    assert find(window, QWidget, "importedBar").isVisible()
    for key, shown in ((other, False), (brenner, False)):
        window.choose(key)
        settle(qtbot, window)
        assert find(window, QWidget, "importedBar").isVisible() is shown


def test_r7_taking_back_a_pro_function_needs_pro(
    qtbot: QtBot, window: MainWindow, memory: Store, brenner: int, clock: FixedClock, tmp_path: Path
) -> None:
    form = compared(qtbot, window, tmp_path)
    press(qtbot, form, "30")
    submit(qtbot, window, form)
    order(memory, brenner, "C25")
    clock.instant = NOW.replace(month=12)
    window.reload()
    settle(qtbot, window)
    before = dump(memory._engine)
    back = take_back_from_history_of_import(qtbot, window)
    click(qtbot, back, "takeBackDialogSubmit")
    settle(qtbot, window)
    assert text(back, "takeBackDialogNoticeText") == (
        "Der Tarif lässt die Pro-Funktionen von vorher nicht zu. Bitte wählen Sie sie ab, um den Rest zurückzunehmen."
    )
    assert dump(memory._engine) == before
    qtbot.keyClick(find(back, QCheckBox, "takeBackFeatures"), Qt.Key.Key_Space)
    click(qtbot, back, "takeBackDialogSubmit")
    settle(qtbot, window)
    account = memory.account(brenner)
    assert ([entry.number for entry in account.extensions], account.features) == (["10", "30", "31"], ())


def take_back_from_history_of_import(qtbot: QtBot, window: MainWindow) -> QWidget:
    """The import isn't the newest entry any more."""
    window.page.tabs.setCurrentIndex(4)
    entry = next(entry for entry in window.page.history.rows.rows() if entry.action.name == "OBJECTS_IMPORTED")
    window.page.history.reveal(entry.seq)
    click(qtbot, window, "takeBackButton")
    settle(qtbot, window)
    return dialog("takeBackDialog")


def test_taking_back_is_compared_again_if_the_customer_changed(
    qtbot: QtBot, window: MainWindow, memory: Store, brenner: int, tmp_path: Path
) -> None:
    submit(qtbot, window, compared(qtbot, window, tmp_path))
    back = take_back_from_history(qtbot, window)
    memory.add_objects(brenner, Additions((NewExtension("12", "Dazwischen"),)), NOW)
    click(qtbot, back, "takeBackDialogSubmit")
    settle(qtbot, window)
    assert ticked(back) == ["12 Unchecked", "40 Checked", "41 Checked", " Checked"]
    click(qtbot, back, "takeBackDialogSubmit")
    settle(qtbot, window)
    assert [entry.number for entry in memory.account(brenner).extensions] == ["10", "12", "30", "31"]


# ---------------------------------------------------------------------- how the file is read


def corrected(qtbot: QtBot, window: MainWindow, form: QWidget, name: str, words: str) -> None:
    """Choose something on the page of the file, by keyboard."""
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    choose(qtbot, form, name, words)
    settle(qtbot, window)


def choose(qtbot: QtBot, form: QWidget, name: str, words: str) -> None:
    """Choose what begins with some words, by keyboard."""
    box = find(form, QComboBox, name)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    while not box.currentText().startswith(words):
        assert box.currentIndex() < box.count() - 1
        qtbot.keyClick(box, Qt.Key.Key_Down)


def test_the_page_of_the_file_says_what_was_recognised_and_why(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    header = "Nebenstelle;Name;Kennwort\n"
    form = open_import(qtbot, window, written(tmp_path, header + "10;Anna;geheim\n4x;B;geheim\n\n11;C;geheim\n"))
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    assert text(form, "importWhy") == "Erkannt an: Nebenstelle, Name"
    assert text(form, "importRowCounts") == "2 Zeilen gelesen, 1 übersprungen, 1 abgelehnt"
    assert text(form, "importSecrets") == "Wegen Geheimnissen nie gelesen: Kennwort"
    assert rows(form, "importSample") == [["10", "Anna", "…"], ["11", "C", "…"]]


def test_an_encoding_is_corrected_and_the_preview_follows(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    form = open_import(qtbot, window, written(tmp_path, "Nebenstelle;Name\n10;Zoë\n".encode("cp850")))
    write(qtbot, form, "customerNumberField", "100900")
    assert rows(form, "importTable")[0][2] != "Zoë"
    corrected(qtbot, window, form, "importEncoding", "IBM")
    assert rows(form, "importTable")[0][2] == "Zoë"
    assert text(form, "importSystem").endswith("IBM850 · Trennzeichen: Semikolon")
    write(qtbot, form, "nameField", "Neu")
    submit(qtbot, window, form)
    key = memory.find_customer("100900")
    assert key is not None
    assert memory.account(key).extensions[0].name == "Zoë"


def test_an_encoding_that_cannot_be_told_is_asked_for(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.imports.read([written(tmp_path, "Nebenstelle;Name\n10;Jürgen Müller\n".encode("cp850"))])
    settle(qtbot, window)
    asking = dialog("encodingDialog")
    click(qtbot, asking, "encodingDialogSubmit")
    assert text(asking, "refusedEncodingFault")
    choose(qtbot, asking, "refusedEncoding", "UTF-8")
    click(qtbot, asking, "encodingDialogSubmit")
    settle(qtbot, window)
    assert text(asking, "encodingDialogNoticeText")
    choose(qtbot, asking, "refusedEncoding", "IBM")
    click(qtbot, asking, "encodingDialogSubmit")
    settle(qtbot, window)
    form = dialog("importDialog")
    assert rows(form, "importTable")[0][2] == "Jürgen Müller"
    assert find(form, QComboBox, "importEncoding").currentText() == "IBM850"


def test_a_correction_that_fits_nothing_is_refused_until_it_is_corrected(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    form = open_import(qtbot, window, written(tmp_path, FILE))
    corrected(qtbot, window, form, "importDelimiter", "Ta")
    assert text(form, "importDialogNoticeText")
    assert not find(form, QPushButton, "importDialogSubmit").isEnabled()
    corrected(qtbot, window, form, "importDelimiter", "Se")
    assert find(form, QPushButton, "importDialogSubmit").isEnabled()
    assert not find(form, QWidget, "importDialogNotice").isVisible()
    corrected(qtbot, window, form, "importSystemChoice", "3CX")
    assert not find(form, QPushButton, "importDialogSubmit").isEnabled()


@pytest.mark.usefixtures("brenner")
def test_a_correction_compares_the_customer_again(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form = open_import(qtbot, window, written(tmp_path, "Nebenstelle;Name\n10;Zoë\n".encode("cp850")))
    choose_existing(qtbot, window, form, "100423")
    corrected(qtbot, window, form, "importEncoding", "IBM")
    find(form, QTabWidget, "importTabs").setCurrentIndex(0)
    assert rows(form, "comparisonTable")[0][3] == "Zoë · Benutzer · Yealink"


def test_two_files_of_one_system_are_one_import(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    lines = "device_uuid,device_address,device_label,user_id\na,001565aa0001,Lager,201\n"
    people = "extension_uuid,extension,effective_caller_id_name,password\nu,201,Anna,geheim\n"
    paths = [written(tmp_path, lines, "geraete.csv"), written(tmp_path, people, "nebenstellen.csv")]
    window.imports.read(paths)
    settle(qtbot, window)
    form = dialog("importDialog")
    assert rows(form, "importTable") == [["2", "201", "Anna", "Benutzer", "Lager"]]
    assert text(form, "importSystem").startswith("nebenstellen.csv, geraete.csv · erkannt als FusionPBX")
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    box = find(form, QWidget, "importFile")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert rows(form, "importSample")[0][1:3] == ["001565aa0001", "Lager"]


def test_a_stale_import_is_an_expected_refusal(memory: Store, brenner: int) -> None:
    revision = memory.account(brenner).installation.revision
    changes = ImportChanges(revision, objects(1))
    with pytest.raises(ImportStale):
        memory.import_objects(brenner, replace(changes, revision=revision + 1), NOW)
