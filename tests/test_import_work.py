"""Imports from the first look to the way back: damage is said with its place, secrets stay out, once is once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QFileDialog, QPushButton, QTabWidget
from pytestqt.qtbot import QtBot

from model.audit import Action
from model.store import Store, open_store
from tests.examples import FixedClock, dump, install
from tests.import_examples import SECRET, written
from tests.screen import click, dialog, find, rows, settle, text, write
from tests.test_comparison_dialog import choose, corrected
from tests.test_import_dialog import choose_existing, fill_in, messages, open_import, submit
from ui import app
from ui.main_window import MainWindow

LIST = "Nebenstelle;Name;MAC;Kennwort\n"
BACK = "Die Datei enthält Bytes, die in ihrer Zeichenkodierung keine Zeichen sind. Ist sie beschädigt?"


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 * 1024**3)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "2 GB": (
        sparse,
        "Die Datei ist zu groß für den Export einer Telefonanlage (höchstens 32 MB). Stelle: Müll.csv.",
    ),
    "a directory": (
        Path.mkdir,
        "Das ist ein Ordner oder ein Gerät, keine Datei. Bitte wählen Sie die exportierte Datei selbst."
        " Stelle: Müll.csv.",
    ),
    "columns without end": (
        lambda path: path.write_bytes(b"Nebenstelle;Name" + b";x" * 2_000_000),
        "Die Datei ist keine lesbare Tabelle. Bitte exportieren Sie sie noch einmal als CSV."
        " Stelle: Müll.csv, Zeile 1.",
    ),
    "NUL": (
        lambda path: path.write_bytes(LIST.encode() + b"10;A\n11;B\0\n"),
        "Das ist keine Textdatei. Bitte exportieren Sie die Nebenstellen als CSV. Stelle: Müll.csv, Zeile 3.",
    ),
    "half a character of UTF-16": (
        lambda path: path.write_bytes(b"\xff\xfe" + f"{LIST}10;A\n11;B".encode("utf-16-le") + b"\x00"),
        f"{BACK} Stelle: Müll.csv, Zeile 3.",
    ),
    "100,000 extensions": (
        lambda path: path.write_text(LIST + "".join(f"{number};A\n" for number in range(100_000)), encoding="ascii"),
        "Die Datei hat zu viele Zeilen für eine Telefonanlage (höchstens 50.000). Stelle: Müll.csv, Zeile 50.002.",
    ),
    "no column of numbers": (
        lambda path: path.write_text("Vorname;Name;Telefon privat\nA;B;1\n", encoding="ascii"),
        "Das ist ein Telefonbuch oder eine Kontaktliste, kein Bestand an Nebenstellen. Bitte exportieren Sie die"
        " Nebenstellen. Stelle: Müll.csv, Zelle „Name, Vorname, Telefon privat“.",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_said_with_its_place_and_nothing_is_stored(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path, damage: str
) -> None:
    make, words = DAMAGE[damage]
    before = dump(memory._engine)
    path = tmp_path / "Müll.csv"
    make(path)
    window.imports.read([path])
    settle(qtbot, window)
    if damage == "half a character of UTF-16":
        # Another encoding may help: it is asked for.
        asking = dialog("encodingDialog")
        assert text(asking, "encodingDialogNoticeText") == words
        asking.close()
    else:
        (box,) = messages()
        assert box.informativeText() == words
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert dump(memory._engine) == before


def test_every_faulty_row_is_named_by_row_and_cell(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    before = dump(memory._engine)
    lines = (
        "10;Anna;001565aa0001;x",
        ";Ohne;;x",
        "10;Noch einmal;;x",
        f"{'9' * 400};Ziffern;;x",
        "1o;Buchstabe;;x",
        f"11;{'n' * 300};;x",
        "12;Tabelle;1,565E+09;x",
        "Nebenstelle;Name;MAC;Kennwort",
        '13;"offen;;x',
        ";;;",
        "14;Ende;;x",
    )
    form = open_import(qtbot, window, written(tmp_path, LIST + "\n".join(lines) + "\n"))
    assert [line[:4] for line in rows(form, "importNotes")] == [
        ["3", "Übersprungen: keine Nebenstellennummer", "Nebenstelle", "–"],
        ["4", "Übersprungen: die Nummer steht schon in einer früheren Zeile", "Nebenstelle", "10"],
        ["5", "Übersprungen: keine gültige Nebenstellennummer", "Nebenstelle", "9" * 20],
        ["6", "Übersprungen: keine gültige Nebenstellennummer", "Nebenstelle", "1o"],
        ["7", "Übersprungen: der Name ist nicht verwendbar (Steuerzeichen oder zu lang)", "Name", "11"],
        [
            "8",
            "Keine MAC-Adresse, vielleicht von einer Tabellenkalkulation verändert; das Endgerät bekommt keine.",
            "MAC",
            "1,565E+09",
        ],
        ["9", "Übersprungen: noch einmal die Kopfzeile", "Nebenstelle", "Nebenstelle"],
        [
            "10",
            "Übersprungen: ihre Zellen lassen sich nicht sicher trennen; fehlt ein Anführungszeichen, oder ist eines"
            " zu viel?",
            "–",
            "–",
        ],
    ]
    assert [line[1] for line in rows(form, "importTable")] == ["10", "12", "14"]
    assert dump(memory._engine) == before


def test_r37_no_secret_from_the_first_look_to_the_way_back(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    install(memory, "C10", 3, number="100423")
    table = f"Teiln.;Wer;SIP-Kennwort;PIN\n10;Anja;{SECRET};{SECRET}\n77;Tor;{SECRET};{SECRET}\n"
    window.imports.read([written(tmp_path, table, "anlage.csv")])
    settle(qtbot, window)
    mapping = dialog("mappingDialog")
    choose(qtbot, mapping, "mappingName", "Wer")
    write(qtbot, mapping, "mappingSystem", "Muster-PBX")
    settle(qtbot, window)
    seen = [rows(mapping, "mappingSample")]
    click(qtbot, mapping, "mappingDialogSubmit")
    settle(qtbot, window)
    settle(qtbot, window)
    form = dialog("importDialog")
    choose_existing(qtbot, window, form, "100423")
    seen += [rows(form, name) for name in ("importSample", "importTable", "comparisonTable", "importNotes")]
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    click(qtbot, form, "importProfilesButton")
    settle(qtbot, window)
    exported = tmp_path / "profil.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(exported), ""))
    click(qtbot, dialog("profilesDialog"), "profileExport")
    dialog("profilesDialog").close()
    submit(qtbot, window, form)
    assert memory.audit_entries(1)[0].action is Action.OBJECTS_IMPORTED
    click(qtbot, window, "importedTakeBack")
    settle(qtbot, window)
    seen.append(rows(dialog("takeBackDialog"), "comparisonTable"))
    click(qtbot, dialog("takeBackDialog"), "takeBackDialogSubmit")
    settle(qtbot, window)
    stored = str(dump(memory._engine))
    assert "import_kept" in stored
    assert "Muster-PBX" in stored
    everything = f"{seen}{stored}{caplog.text}{exported.read_text(encoding='utf-8')}"
    assert "Tor" in everything
    assert SECRET not in everything


def test_a_double_click_imports_once(qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path) -> None:
    install(memory, "C10", number="100423")
    form = open_import(qtbot, window, written(tmp_path, f"{LIST}10;Anna;;x\n"))
    choose_existing(qtbot, window, form, "100423")
    button = find(form, QPushButton, "importDialogSubmit")
    for _click in range(2):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(button, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert [entry.action for entry in memory.audit_entries(1)].count(Action.OBJECTS_IMPORTED) == 1
    assert [entry.number for entry in memory.account(1).extensions] == ["10"]


def test_a_dialog_that_is_open_is_not_opened_again(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = written(tmp_path, f"{LIST}10;Anna;;x\n")
    for _time in range(3):
        window.imports.read([path])
    settle(qtbot, window)
    assert dialog("importDialog")


def test_a_file_that_is_gone_when_it_is_read_again(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    before = dump(memory._engine)
    path = written(tmp_path, f"{LIST}10;Anna;;x\n")
    form = open_import(qtbot, window, path)
    fill_in(qtbot, form, "100900", "Neu")
    path.unlink()
    corrected(qtbot, window, form, "importEncoding", "IBM")
    assert text(form, "importDialogNoticeText") == (
        "Die Datei lässt sich nicht öffnen. Bitte prüfen Sie, ob sie noch da ist. Stelle: export.csv."
    )
    assert not find(form, QPushButton, "importDialogSubmit").isEnabled()
    assert dump(memory._engine) == before


@pytest.mark.usefixtures("german")
def test_where_nothing_may_be_written_a_file_can_still_be_looked_at(
    qtbot: QtBot, clock: FixedClock, settings: QSettings, tmp_path: Path
) -> None:
    path = tmp_path / "tarifwechsel.db"
    store = open_store(path)
    install(store, "C10", number="100423")
    store.close()
    store = open_store(path, create=False, read_only=True)
    window = app.build(store, clock, settings)
    qtbot.addWidget(window)
    window.show()
    form = open_import(qtbot, window, written(tmp_path, f"{LIST}10;Anna;;x\n"))
    choose_existing(qtbot, window, form, "100423")
    assert rows(form, "comparisonTable")[0][3] == "Anna · Benutzer"
    assert not find(form, QPushButton, "importDialogSubmit").isEnabled()
    form.close()
    window.imports.take([tmp_path])
    settle(qtbot, window)
    qtbot.waitUntil(lambda: bool(rows(dialog("batchDialog"), "batchExamples")))
    assert not find(dialog("batchDialog"), QPushButton, "batchDialogSubmit").isEnabled()
    dialog("batchDialog").close()
    window.close()
    store.close()
