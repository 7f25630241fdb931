"""Importing an installation from an export: for whom, what is created, what is skipped, what is refused (R12, R37)."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QRadioButton,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from model.account import Account
from model.installation import Additions, ExtensionKind, NewDevice, NewExtension
from model.store import Store, open_store
from tests.examples import FixedClock, dump, install, tariff
from tests.import_examples import written
from tests.screen import click, dialog, find, rows, settle, text, write
from ui import app
from ui.main_window import MainWindow
from ui.table import Table

HEADER = "extension,password,name,tech,dial,secret,callerid\n"
SECRETS = ("GeheimesPasswort", "SipGeheimnis")


def row(number: str, name: str = "", dial: str = "") -> str:
    return f"{number},{SECRETS[0]}{number},{name},pjsip,{dial},{SECRETS[1]}{number},x <{number}>\n"


def export(folder: Path, *lines: str) -> Path:
    path = folder / "export.csv"
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path


def people(count: int, start: int = 200) -> list[str]:
    return [row(str(number), f"Platz {number}", f"PJSIP/{number}") for number in range(start, start + count)]


def open_import(qtbot: QtBot, window: MainWindow, path: Path) -> QWidget:
    window.imports.read([path])
    settle(qtbot, window)
    return dialog("importDialog")


def submit(qtbot: QtBot, window: MainWindow, form: QWidget) -> None:
    click(qtbot, form, "importDialogSubmit")
    settle(qtbot, window)


def fill_in(qtbot: QtBot, form: QWidget, number: str, name: str, email: str = "") -> None:
    write(qtbot, form, "customerNumberField", number)
    write(qtbot, form, "nameField", name)
    write(qtbot, form, "emailField", email)


def tick(qtbot: QtBot, form: QWidget, name: str) -> None:
    """A click on a radio button's words; it is wider than they are."""
    qtbot.mouseClick(find(form, QRadioButton, name), Qt.MouseButton.LeftButton, pos=QPoint(20, 8))


def choose_existing(qtbot: QtBot, window: MainWindow, form: QWidget, number: str) -> None:
    tick(qtbot, form, "importExistingCustomer")
    write(qtbot, form, "importCustomerNumber", number)
    settle(qtbot, window)


def account(store: Store, number: str) -> Account:
    key = store.find_customer(number)
    assert key is not None
    return store.account(key)


def messages() -> list[QMessageBox]:
    return [entry for entry in QApplication.topLevelWidgets() if isinstance(entry, QMessageBox) and entry.isVisible()]


def test_a_new_customer_is_made_from_the_menu(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = export(tmp_path, row("20", "Faxgerät Büro"), row("21", "Zentrale", "PJSIP/21"), row("2x", "falsch"))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: ([str(path)], ""))
    settle(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    form = dialog("importDialog")
    assert text(form, "importSystem") == "export.csv · erkannt als FreePBX Bulk Handler · UTF-8 · Trennzeichen: Komma"
    assert text(form, "importCounts") == ("Angelegt werden 2 Nebenstellen und 1 Endgerät. 1 Zeile wird übersprungen.")
    assert rows(form, "importTable") == [
        ["2", "20", "Faxgerät Büro", "Ressource (vermutet)", "–"],
        ["3", "21", "Zentrale", "Benutzer", "PJSIP/21"],
    ]
    assert rows(form, "importNotes") == [
        ["4", "Übersprungen: keine gültige Nebenstellennummer", "extension", "2x", "export.csv"]
    ]
    assert "file" not in [column.name for column in find(form, Table, "importNotes").shown_columns()]
    fill_in(qtbot, form, "100900", "Autohaus Müller", "buero@example.org")
    box = find(form, QComboBox, "importTariff")
    box.setCurrentIndex(box.findText("Classic 25", Qt.MatchFlag.MatchStartsWith))
    submit(qtbot, window, form)
    made = account(memory, "100900")
    assert (made.installation.name, made.first_tariff.code) == ("Autohaus Müller", "classic-25")
    assert [(entry.number, entry.kind) for entry in made.extensions] == [
        ("20", ExtensionKind.RESOURCE), ("21", ExtensionKind.USER),
    ]  # fmt: skip
    assert made.devices[0].extensions == ("21",)
    assert text(window, "customerTitle") == "Autohaus Müller"


def test_a_dialog_for_a_file_that_is_not_answered_imports_nothing(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: ([], ""))
    window.actions_by_name.named["import"].trigger()
    settle(qtbot, window)
    assert not [entry for entry in QApplication.topLevelWidgets() if entry.objectName() == "importDialog"]


def test_an_existing_customer_gets_only_what_is_new(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, tmp_path: Path
) -> None:
    installation = install(memory, "C10", number="100077", name="Bäckerei Ährensack")
    known = Additions((NewExtension("200", "Alt"),), (NewDevice("PJSIP/201"),))
    memory.add_objects(installation, known, clock.now())
    form = open_import(qtbot, window, export(tmp_path, *people(3)))
    choose_existing(qtbot, window, form, "100077")
    assert text(form, "importCustomerName") == "Bäckerei Ährensack"
    assert text(form, "importCounts") == "Neu: 2 Nebenstellen und 2 Endgeräte · geändert: 1 Nebenstelle und 1 Endgerät"
    assert [line[:4] for line in rows(form, "comparisonTable")] == [
        ["Geändert: Name, Endgeräte", "200", "Alt · Benutzer", "Platz 200 · Benutzer · PJSIP/200"],
        ["Neu", "201", "–", "Platz 201 · Benutzer · PJSIP/201"],
        ["Neu", "202", "–", "Platz 202 · Benutzer · PJSIP/202"],
    ]
    submit(qtbot, window, form)
    held = memory.account(installation)
    assert [(entry.number, entry.name) for entry in held.extensions] == [
        ("200", "Platz 200"), ("201", "Platz 201"), ("202", "Platz 202"),
    ]  # fmt: skip
    assert sorted(entry.name for entry in held.devices) == ["PJSIP/200", "PJSIP/201", "PJSIP/202"]
    assert text(window, "customerTitle") == "Bäckerei Ährensack"
    assert rows(window, "auditTable")[0][2] == "Importiert"


def test_nothing_new_for_an_existing_customer_cannot_be_imported(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, tmp_path: Path
) -> None:
    installation = install(memory, number="100077")
    phone = NewDevice("PJSIP/200", extensions=("200",))
    memory.add_objects(installation, Additions((NewExtension("200", "Platz 200"),), (phone,)), clock.now())
    form = open_import(qtbot, window, export(tmp_path, *people(1)))
    choose_existing(qtbot, window, form, "100077")
    assert text(form, "importCounts") == "Alles aus der Datei ist schon da."
    assert not find(form, QPushButton, "importDialogSubmit").isEnabled()
    assert [line[0] for line in rows(form, "comparisonTable")] == ["Unverändert"]
    tick(qtbot, form, "importNewCustomer")
    assert text(form, "importCounts") == "Angelegt werden 1 Nebenstelle und 1 Endgerät."
    assert find(form, QPushButton, "importDialogSubmit").isEnabled()


def test_an_unknown_number_can_be_corrected_and_one_can_go_back_to_a_new_customer(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    install(memory, number="100077")
    form = open_import(qtbot, window, export(tmp_path, *people(2)))
    fill_in(qtbot, form, "100900", "Autohaus")
    choose_existing(qtbot, window, form, "4711")
    assert text(form, "importCustomerNumberFault") == "Es gibt keinen Kunden mit dieser Nummer."
    tick(qtbot, form, "importNewCustomer")
    assert not find(form, QWidget, "importCustomerName").isVisible()
    assert find(form, QWidget, "customerNumberField").isVisible()
    submit(qtbot, window, form)
    assert account(memory, "100900").installation.name == "Autohaus"
    assert account(memory, "100077").extensions == ()


def test_an_unknown_number_is_said_under_its_field(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    before = dump(memory._engine)
    form = open_import(qtbot, window, export(tmp_path, *people(2)))
    choose_existing(qtbot, window, form, "")
    assert not find(form, QPushButton, "importDialogSubmit").isEnabled()
    choose_existing(qtbot, window, form, "4711")
    assert not find(form, QPushButton, "importDialogSubmit").isEnabled()
    assert dump(memory._engine) == before
    assert text(form, "importCustomerNumberFault") == "Es gibt keinen Kunden mit dieser Nummer."


def test_a_dialog_closed_while_a_customer_is_looked_for_leaves_the_program_in_order(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    form = open_import(qtbot, window, export(tmp_path, *people(2)))
    tick(qtbot, form, "importExistingCustomer")
    with memory.together():
        write(qtbot, form, "importCustomerNumber", "4")
        qtbot.keyClick(form, Qt.Key.Key_Escape)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    settle(qtbot, window)


def test_faults_stand_under_their_fields_once(qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path) -> None:
    before = dump(memory._engine)
    form = open_import(qtbot, window, export(tmp_path, *people(2)))
    fill_in(qtbot, form, "a|b", "Autohaus", "kein Klammeraffe")
    submit(qtbot, window, form)
    assert text(form, "customerNumberFieldFault") == (
        "„a|b“ ist keine gültige Kundennummer: nur Buchstaben, Ziffern und - / ."
    )
    write(qtbot, form, "customerNumberField", "100900")
    submit(qtbot, window, form)
    assert "keine gültige E-Mail-Adresse" in text(form, "emailFieldFault")
    assert not find(form, QWidget, "customerNumberFieldFault").isVisible()
    assert not find(form, QWidget, "importDialogNotice").isVisible(), "what stands under the field isn't repeated"
    assert dump(memory._engine) == before


def test_a_customer_number_that_is_taken_is_said_under_its_field(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    install(memory, number="100077")
    before = dump(memory._engine)
    form = open_import(qtbot, window, export(tmp_path, *people(2)))
    fill_in(qtbot, form, "100077", "Autohaus")
    submit(qtbot, window, form)
    assert dump(memory._engine) == before
    assert find(form, QPushButton, "importDialogSubmit").isEnabled()
    assert text(form, "customerNumberFieldFault") == "Es gibt schon einen Kunden mit der Nummer 100077."


def test_r12_beyond_the_limit_is_loaded_flagged_and_offered(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    form = open_import(qtbot, window, export(tmp_path, *people(12)))
    fill_in(qtbot, form, "100900", "Autohaus")
    submit(qtbot, window, form)
    assert len(account(memory, "100900").extensions) == 12
    assert [line[4] for line in rows(window, "extensionTable")[-2:]] == [
        "Über dem Tarif: 11. von 10", "Über dem Tarif: 12. von 10",
    ]  # fmt: skip
    assert find(window, QWidget, "offerBar").accessibleName() == (
        "2 Nebenstellen und 2 Endgeräte über dem Tarif Classic 25: 19,90\xa0€ statt 9,90\xa0€ netto im Monat ab"
        " 01.12.2026, bis dahin ohne Aufpreis."
    )
    assert find(window, QPushButton, "filterOver").text() == "Über Tarif 1"


def test_r12_an_existing_customer_may_come_beyond_the_largest_tariff(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    installation = install(memory, "C250", 249, number="100077")
    form = open_import(qtbot, window, export(tmp_path, *people(3, start=900)))
    choose_existing(qtbot, window, form, "100077")
    submit(qtbot, window, form)
    assert len(memory.account(installation).extensions) == 252
    assert text(window, "offerText") == "Kein Tarif ist groß genug. Bitte erstellen Sie ein individuelles Angebot."
    assert not find(window, QPushButton, "offerButton").isVisible()


def test_every_remark_has_words(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    lines: tuple[str, ...] = (
        "10,A,x,pjsip,d1,zu viel",
        "10,B,x,pjsip,d2",
        ",C,x,pjsip,d3",
        f"11,{'x' * 201},x,pjsip,d4",
    )
    lines += ("12,,x,pjsip,d5", f"13,D,x,pjsip,{'x' * 201}")
    path.write_text("extension;name;name;tech;dial\n".replace(";", ",") + "\n".join(lines) + "\n", encoding="utf-8")
    form = open_import(qtbot, window, path)
    assert [line[1] for line in rows(form, "importNotes")] == [
        "Diese Spalte gibt es zweimal; die erste zählt.",
        "Die Zeile hat mehr Zellen als die Kopfzeile; der Rest bleibt unbeachtet.",
        "Übersprungen: die Nummer steht schon in einer früheren Zeile",
        "Übersprungen: keine Nebenstellennummer",
        "Übersprungen: der Name ist nicht verwendbar (Steuerzeichen oder zu lang)",
        "Kein Name; die Nummer wird als Name übernommen.",
        "Das Endgerät kann nicht übernommen werden und entfällt.",
    ]


def test_a_missing_column_and_tabs_are_named(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text("extension\tname\ttech\n10\tA\tvirtual\n", encoding="utf-8")
    form = open_import(qtbot, window, path)
    assert text(form, "importSystem").endswith("UTF-8 · Trennzeichen: Tabulator")
    assert rows(form, "importNotes") == [["1", "Diese Spalte fehlt.", "dial", "–", "export.txt"]]


BAD_FILES = [
    (b"", "Die Datei ist leer."),
    (b"\x00\x01\x02PNG\x00" * 100, "Das ist keine Textdatei."),
    (HEADER.encode(), "Die Datei hat eine Kopfzeile, aber keine Zeilen."),
    (b"a," * 5000 + b"\n", "Die Datei hat zu viele Spalten"),
    (b"Sehr geehrte Damen und Herren\n", "Die Datei ist keine lesbare Tabelle."),
    (b"Vorname;Name;Telefon\n", "Das ist ein Telefonbuch oder eine Kontaktliste"),
    (b"PK\x03\x04", "Das ist ein Archiv oder eine Excel-Arbeitsmappe"),
]


@pytest.mark.parametrize(("content", "words"), BAD_FILES, ids=[words for _content, words in BAD_FILES])
def test_a_bad_file_is_refused_in_words_and_nothing_is_stored(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path, content: bytes, words: str
) -> None:
    before = dump(memory._engine)
    path = tmp_path / "Müll.csv"
    path.write_bytes(content)
    window.imports.read([path])
    settle(qtbot, window)
    (box,) = messages()
    assert box.text() == "Müll.csv kann nicht importiert werden"
    assert box.informativeText().startswith(words)
    assert "Müll.csv" in box.informativeText()
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert messages() == []
    assert dump(memory._engine) == before


def test_fifty_megabytes_of_garbage_and_a_missing_file_are_refused_at_once(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    before = dump(memory._engine)
    path = tmp_path / "gross.csv"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    for bad, words in ((path, "Die Datei ist zu groß"), (tmp_path / "fehlt.csv", "Die Datei lässt sich nicht öffnen")):
        window.imports.read([bad])
        settle(qtbot, window)
        (box,) = messages()
        assert box.informativeText().startswith(words)
        qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert dump(memory._engine) == before


def drop(qtbot: QtBot, window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(50, 50), action, data, buttons, keys)
    enter.ignore()
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(50, 50), action, data, buttons, keys))
    settle(qtbot, window)


def test_a_file_dropped_on_the_window_is_imported(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    drop(qtbot, window, export(tmp_path, *people(2)))
    assert text(dialog("importDialog"), "importCounts") == "Angelegt werden 2 Nebenstellen und 2 Endgeräte."


def test_the_two_files_of_one_system_are_dropped_together(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    drop(
        qtbot,
        window,
        written(tmp_path, "extension_uuid,extension,effective_caller_id_name\nu,201,Anna\nv,2x,Udo\n", "nst.csv"),
        written(tmp_path, "device_uuid,device_address,device_label,user_id\na,001565aa0001,Lager,201\n", "dev.csv"),
    )
    form = dialog("importDialog")
    assert rows(form, "importTable") == [["2", "201", "Anna", "Benutzer", "Lager"]]
    notes = find(form, Table, "importNotes")
    assert rows(form, "importNotes")[0][-1] == "nst.csv"
    assert [column.name for column in notes.shown_columns()][-1] == "file"
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    assert find(form, QWidget, "importMapButton").isHidden()


def test_the_folder_of_an_asterisk_is_one_customer(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    names = "[1107]\ntype=endpoint\ncallerid=Zo\N{LATIN SMALL LETTER E WITH DIAERESIS} <1107>\n"
    written(tmp_path, names.encode("cp850"), "pjsip.conf")
    written(tmp_path, "[general]\n[sales]\nstrategy=ringall\n", "queues.conf")
    written(tmp_path, "[general]\n", "pjsip_notify.conf")
    drop(qtbot, window, tmp_path)
    form = dialog("importDialog")
    assert text(form, "importSystem").startswith("pjsip.conf, queues.conf · erkannt als Asterisk · windows-1252")
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    assert find(form, QWidget, "importEncoding").isVisible()
    for name in ("importDelimiter", "importSystemChoice", "importMapButton", "importProfilesButton"):
        assert find(form, QWidget, name).isHidden(), name
    box = find(form, QComboBox, "importEncoding")
    box.setFocus()
    qtbot.keyClicks(box, "IBM")
    settle(qtbot, window)
    find(form, QTabWidget, "importTabs").setCurrentIndex(0)
    assert rows(form, "importTable")[0][2] == "Zoë"


@pytest.mark.parametrize("kind", ["folder", "archive", "several"])
def test_a_folder_or_an_archive_of_files_is_many_customers(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "exporte"
    folder.mkdir()
    if kind == "several":
        for number in ("100", "101"):
            written(folder, "[1107]\ntype=endpoint\n", f"{number}_pjsip.conf")
        written(folder, "[general]\n[sales]\nstrategy=ringall\n", "100_queues.conf")
    else:
        export(folder, *people(2))
    dropped = folder
    if kind == "archive":
        dropped = tmp_path / "Exporte.ZIP"
        with ZipFile(dropped, "w") as packed:
            packed.write(folder / "export.csv", "export.csv")
    drop(qtbot, window, dropped)
    form = dialog("batchDialog")
    assert find(form, QLineEdit, "batchPath").text() == str(dropped)
    qtbot.waitUntil(lambda: bool(rows(form, "batchExamples")))


def test_an_archive_that_is_chosen_as_a_file_is_many_customers_too(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "exporte.zip"
    with ZipFile(path, "w") as packed:
        packed.write(export(tmp_path, *people(2)), "100900.csv")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: ([str(path)], ""))
    window.actions_by_name.named["import"].trigger()
    settle(qtbot, window)
    assert find(dialog("batchDialog"), QLineEdit, "batchPath").text() == str(path)


@pytest.mark.parametrize("address", ["https://example.org/export.csv", ""])
def test_what_is_no_file_cannot_be_dropped(window: MainWindow, address: str) -> None:
    data = QMimeData()
    data.setUrls([QUrl(address)] if address else [])
    data.setText("Text")
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    enter.ignore()
    window.dragEnterEvent(enter)
    assert not enter.isAccepted()


@pytest.mark.usefixtures("german")
def test_r37_secrets_are_in_no_file_of_the_database(
    qtbot: QtBot, clock: FixedClock, settings: QSettings, tmp_path: Path
) -> None:
    folder = tmp_path / "daten"
    store = open_store(folder / "tarifwechsel.db")
    window = app.build(store, clock, settings)
    qtbot.addWidget(window)
    window.show()
    form = open_import(qtbot, window, export(tmp_path, *people(12)))
    shown = " ".join(" ".join(line) for name in ("importTable", "importNotes") for line in rows(form, name))
    fill_in(qtbot, form, "100900", "Autohaus")
    submit(qtbot, window, form)
    assert account(store, "100900").first_tariff == tariff("C10")
    window.close()
    store.close()
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("*.ini"))
    assert b"Platz 200" in content
    for secret in SECRETS:
        assert secret not in shown
        assert secret.encode() not in content + kept


def test_typing_begins_with_the_customer_number(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form = open_import(qtbot, window, export(tmp_path, *people(2)))
    focused = form.focusWidget()
    assert focused is not None
    assert focused.objectName() == "customerNumberField"
