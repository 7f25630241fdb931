"""Several installations from the menu: which files, whose they are, progress, cancelled, the report as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.examples import FixedClock, dump, install
from tests.import_examples import FREEPBX, SECRET, written
from tests.screen import click, dialog, find, rows, settle, text, write
from tests.test_import_archive import packed
from ui.main_window import MainWindow

SUBMIT = "batchDialogSubmit"


def table(*numbers: str) -> str:
    return "\n".join([FREEPBX, *(f"{n},,Anna {n},sip,SIP/{n},{SECRET}," for n in numbers)]) + "\n"


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """No test sees the dialogs of the one before."""
    yield
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog):
            widget.close()


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """Files of a customer that is there, one that isn't, one with a fault, and one of nobody."""
    folder = tmp_path / "Exporte"
    folder.mkdir()
    for name, content in (
        ("K-1.csv", table("100", "500")),
        ("K-2.csv", table("10", "10")),
        ("K-3.csv", table("10", "11")),
        ("liesmich.txt", "Hallo"),
    ):
        written(folder, content, name)
    return folder


def open_batch(qtbot: QtBot, window: MainWindow, path: Path | None = None) -> QWidget:
    """The dialog from the menu, with files chosen and looked at."""
    window.actions_by_name.named["importBatch"].trigger()
    form = dialog("batchDialog")
    if path is not None:
        write(qtbot, form, "batchPath", str(path))
        looked_at(qtbot, form)
    return form


def looked_at(qtbot: QtBot, form: QWidget) -> None:
    qtbot.waitUntil(lambda: find(form, QPushButton, SUBMIT).isEnabled())


def imported(qtbot: QtBot, form: QWidget) -> list[list[str]]:
    """File, customer, result and remark of each file, when it is over."""
    click(qtbot, form, SUBMIT)
    qtbot.waitUntil(lambda: find(form, QPushButton, "batchSaveReport").isEnabled())
    return sorted(row[:4] for row in rows(form, "batchReport"))


def tick(form: QWidget, name: str) -> None:
    find(form, QRadioButton, name).click()


def test_several_customers_are_brought_up_to_date(
    qtbot: QtBot, window: MainWindow, memory: Store, exports: Path
) -> None:
    key = install(memory, "C10", 1, number="K-1", name="Bäckerei Krume")
    form = open_batch(qtbot, window, exports)
    assert text(form, "batchFound") == "4 Dateien. 3 Namen passen."
    assert [row[:2] for row in rows(form, "batchExamples")] == [
        ["K-1.csv", "K-1"], ["K-2.csv", "K-2"], ["K-3.csv", "K-3"], ["liesmich.txt", "–"]
    ]  # fmt: skip
    report = imported(qtbot, form)
    assert report == [
        ["K-1.csv", "K-1", "übernommen", ""],
        [
            "K-2.csv",
            "K-2",
            "abgelehnt",
            "Nichts importiert: 1 Zeile ist fehlerhaft. Zeile 3, Zelle „extension“:"
            " die Nummer steht schon in einer früheren Zeile („10“).",
        ],
        ["K-3.csv", "K-3", "kein solcher Kunde", ""],
        ["liesmich.txt", "", "Name passt nicht", ""],
    ]
    assert text(form, "batchCounts") == ("übernommen: 1 · kein solcher Kunde: 1 · Name passt nicht: 1 · abgelehnt: 1")
    assert [entry.number for entry in memory.account(key).extensions] == ["100", "500"]
    assert SECRET not in str(dump(memory._engine))
    settle(qtbot, window)
    assert find(form, QPushButton, "batchDialogCancel").text() == "Schließen"
    click(qtbot, form, "batchDialogCancel")
    assert not form.isVisible()


def test_new_customers_are_created_and_faulty_rows_left_out_if_wanted(
    qtbot: QtBot, window: MainWindow, exports: Path
) -> None:
    form = open_batch(qtbot, window, exports)
    tick(form, "batchPro")
    find(form, QCheckBox, "batchTakesFaulty").click()
    report = imported(qtbot, form)
    assert [row[2] for row in report] == ["Kunde angelegt"] * 3 + ["Name passt nicht"]
    assert report[1][3].startswith("1 fehlerhafte Zeile wurde ausgelassen. Zeile 3, Zelle „extension“:")
    settle(qtbot, window)
    assert window.panel.list.list_model.rowCount() == 3


def test_an_archive_and_a_pattern_in_the_clerks_language(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path, settings: QSettings
) -> None:
    path = packed(tmp_path, [("a/K-7_Bäckerei Krume.csv", table("10").encode())])
    form = open_batch(qtbot, window)
    assert find(form, QLineEdit, "batchPattern").text() == "{nummer}.csv"
    write(qtbot, form, "batchPath", str(path))
    qtbot.waitUntil(lambda: rows(form, "batchExamples") != [])
    write(qtbot, form, "batchPattern", "{nummer}_{name}.csv")
    qtbot.waitUntil(lambda: [row[1:3] for row in rows(form, "batchExamples")] == [["K-7", "Bäckerei Krume"]])
    tick(form, "batchClassic")
    assert imported(qtbot, form) == [["a/K-7_Bäckerei Krume.csv", "K-7", "Kunde angelegt", ""]]
    assert memory.find_customer("K-7") is not None
    assert settings.value("batch/pattern") == "{number}_{name}.csv"
    click(qtbot, form, "batchDialogCancel")
    again = open_batch(qtbot, window)
    assert find(again, QLineEdit, "batchPattern").text() == "{nummer}_{name}.csv"


def test_a_column_tells_the_customers(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    written(tmp_path, f"{FREEPBX},Kundennummer\n10,,Anna,sip,SIP/10,{SECRET},,K-1\n", "a.csv")
    written(tmp_path, table("10"), "b.csv")
    form = open_batch(qtbot, window)
    tick(form, "batchByColumn")
    write(qtbot, form, "batchPath", str(tmp_path))
    looked_at(qtbot, form)
    first, second = rows(form, "batchExamples")
    assert first[:2] == ["a.csv", "K-1"]
    assert second[3].startswith("Die Kundennummer steht nicht in dieser Datei. Stelle: b.csv, Zeile 1")
    write(qtbot, form, "batchNumberColumn", "")
    assert not find(form, QPushButton, SUBMIT).isEnabled()


@pytest.mark.parametrize("pattern", ["*.csv", "{nummer}{name}", "{nummer}.{nummer}"])
def test_a_pattern_that_tells_nobody_is_said_under_its_field(
    qtbot: QtBot, window: MainWindow, exports: Path, pattern: str
) -> None:
    form = open_batch(qtbot, window, exports)
    write(qtbot, form, "batchPattern", pattern)
    assert text(form, "batchPatternFault") == (
        "Bitte geben Sie „nummer“ in geschweiften Klammern genau einmal an, daneben etwas wie _ oder -."
    )
    assert not find(form, QPushButton, SUBMIT).isEnabled()
    assert rows(form, "batchExamples") == []
    write(qtbot, form, "batchPattern", "{nummer}.txt")
    qtbot.waitUntil(lambda: find(form, QWidget, "batchFound").isVisible() and rows(form, "batchExamples") != [])
    assert not find(form, QWidget, "batchPatternFault").isVisible()
    looked_at(qtbot, form)


def test_what_is_no_archive_is_said(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form = open_batch(qtbot, window)
    write(qtbot, form, "batchPath", str(written(tmp_path, "x", "export.csv")))
    qtbot.waitUntil(lambda: find(form, QWidget, "batchDialogNotice").isVisible())
    assert text(form, "batchDialogNoticeText") == (
        "Das ist weder ein Ordner noch ein ZIP-Archiv, oder das Archiv ist beschädigt. Stelle: export.csv."
    )


def test_esc_ends_the_import_before_the_next_file_and_the_report_stays(
    qtbot: QtBot, window: MainWindow, memory: Store, exports: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, goes_on = Event(), Event()
    now = clock.now

    def slow() -> object:
        reached.set()
        goes_on.wait()
        return now()

    for n in range(30):
        written(exports, table("10"), f"{n}.csv")
    form = open_batch(qtbot, window, exports)
    tick(form, "batchClassic")
    monkeypatch.setattr(clock, "now", slow)
    click(qtbot, form, SUBMIT)
    reached.wait()
    assert find(form, QProgressBar, "batchProgress").isVisible()
    assert not find(form, QLineEdit, "batchPath").isEnabled()
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    assert form.isVisible()
    goes_on.set()
    qtbot.waitUntil(lambda: find(form, QPushButton, "batchSaveReport").isEnabled())
    assert text(form, "batchCounts").startswith(
        "Abgebrochen: 13 Dateien wurden nicht mehr importiert. Kunde angelegt: 20"
    )
    assert memory.counts(clock.instant.date()).all == 20


def test_the_report_is_saved_as_a_file(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    written(folder, table("10"), "=K-1.csv")
    form = open_batch(qtbot, window)
    write(qtbot, form, "batchPattern", "={nummer}.csv")
    write(qtbot, form, "batchPath", str(folder))
    looked_at(qtbot, form)
    tick(form, "batchClassic")
    imported(qtbot, form)
    click(qtbot, form, "batchSaveReport")
    export = dialog("exportDialog")
    find(export, QRadioButton, "exportCsv").click()
    click(qtbot, export, "exportDialogSubmit")
    chooser = dialog("exportFileDialog")
    assert isinstance(chooser, QFileDialog)
    chooser.setDirectory(str(tmp_path))
    chooser.selectFile("bericht.csv")
    chooser.accept()
    qtbot.waitUntil(lambda: find(export, QWidget, "exportDone").isVisible())
    with (tmp_path / "bericht.csv").open(encoding="utf-8-sig", newline="") as file:
        header, line = csv.reader(file, delimiter=";")
    assert header == [
        "Datei", "Kundennummer", "Ergebnis", "Bemerkung", "Name", "Neu", "Geändert", "Unverändert",
        "Nicht in der Datei", "Bräuchte Pro", "Erster Tarif", "Über Tarif",
    ]  # fmt: skip
    assert line[:6] == ["'=K-1.csv", "K-1", "Kunde angelegt", "", "K-1", "1"]
    export.close()
