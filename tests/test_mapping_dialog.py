"""An unknown table on the screen: columns chosen by keyboard, kept as a profile, recognised the next time (R37)."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QListWidget, QPushButton, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from model.import_profile import parse_profile, read_profile
from model.store import Store
from tests.examples import NOW, FixedClock, dump
from tests.import_examples import SECRET, written
from tests.screen import click, dialog, find, rows, settle, text, write
from tests.test_comparison_dialog import choose
from tests.test_import_dialog import messages
from ui.main_window import MainWindow

TABLE = f"Teiln.;Wer;Sorte;SIP-Kennwort\n10;Anja;Mensch;{SECRET}\n11;Tor;Ding;{SECRET}\n"
PROFILE = parse_profile(
    'system = "Muster-PBX"\n[recognise]\nneeds = ["Teiln.", "Wer"]\n[columns]\nnumber = ["Teiln."]\nname = [["Wer"]]\n'
)


def unknown(qtbot: QtBot, window: MainWindow, folder: Path, table: str | bytes = TABLE) -> QWidget:
    window.imports.read([written(folder, table, "anlage.csv")])
    settle(qtbot, window)
    settle(qtbot, window)
    return dialog("mappingDialog")


def mapped(qtbot: QtBot, window: MainWindow, folder: Path) -> QWidget:
    form = unknown(qtbot, window, folder)
    choose(qtbot, form, "mappingName", "Wer")
    choose(qtbot, form, "mappingKind", "Sorte")
    write(qtbot, form, "mappingResources", "Ding, IVR")
    write(qtbot, form, "mappingSystem", "Muster-PBX")
    settle(qtbot, window)
    return form


def go_on(qtbot: QtBot, window: MainWindow, form: QWidget) -> None:
    click(qtbot, form, "mappingDialogSubmit")
    settle(qtbot, window)
    settle(qtbot, window)


def shown_profiles(qtbot: QtBot, window: MainWindow, folder: Path) -> QWidget:
    """The dialog of the profiles, from the page of a file."""
    window.imports.read([written(folder, "Nebenstelle;Name\n10;A\n", "liste.csv")])
    settle(qtbot, window)
    form = dialog("importDialog")
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    click(qtbot, form, "importProfilesButton")
    settle(qtbot, window)
    return dialog("profilesDialog")


def remove(qtbot: QtBot, window: MainWindow, form: QWidget) -> None:
    click(qtbot, form, "profileRemove")
    click(qtbot, dialog("removalDialog"), "removalConfirm")
    settle(qtbot, window)


def names(form: QWidget) -> list[str]:
    found = find(form, QListWidget, "profileList")
    return [found.item(place).text() for place in range(found.count())]


def test_an_unknown_table_asks_for_its_columns_and_proposes_some(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    form = unknown(qtbot, window, tmp_path)
    assert text(form, "mappingFile") == "anlage.csv kommt aus keinem System, das dieses Programm kennt."
    assert find(form, QComboBox, "mappingNumber").currentText() == "Teiln."
    assert text(form, "mappingCounts") == "2 Zeilen gelesen, 0 übersprungen, 0 abgelehnt"
    assert [line[1:3] for line in rows(form, "mappingTable")] == [["10", "10"], ["11", "11"]]
    choose(qtbot, form, "mappingName", "Wer")
    settle(qtbot, window)
    assert [line[1:4] for line in rows(form, "mappingTable")] == [["10", "Anja", "Benutzer"], ["11", "Tor", "Benutzer"]]
    choose(qtbot, form, "mappingKind", "Sorte")
    write(qtbot, form, "mappingResources", "Ding")
    settle(qtbot, window)
    assert [line[3] for line in rows(form, "mappingTable")] == ["Benutzer", "Ressource"]


def test_r37_a_secret_is_blanked_and_not_on_offer(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form = unknown(qtbot, window, tmp_path)
    assert text(form, "mappingSecrets") == "Wegen Geheimnissen nie gelesen: SIP-Kennwort"
    assert [line[3] for line in rows(form, "mappingSample")] == ["…", "…"]
    for box in form.findChildren(QComboBox):
        assert box.findText("SIP-Kennwort") < 0


def test_a_profile_is_kept_and_the_table_is_recognised_the_next_time(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    go_on(qtbot, window, mapped(qtbot, window, tmp_path))
    form = dialog("importDialog")
    assert text(form, "importSystem").startswith("anlage.csv · erkannt als Muster-PBX")
    assert [line[1:4] for line in rows(form, "importTable")] == [["10", "Anja", "Benutzer"], ["11", "Tor", "Ressource"]]
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    assert [profile.system for profile in memory.profiles.all()] == ["Muster-PBX"]
    window.imports.read([tmp_path / "anlage.csv"])
    settle(qtbot, window)
    again = [entry for entry in window.findChildren(QWidget, "importDialog") if entry.isVisible()]
    assert [text(entry, "importSystem") for entry in again] == [
        "anlage.csv · erkannt als Muster-PBX · UTF-8 · Trennzeichen: Semikolon"
    ]
    assert SECRET not in repr(dump(memory._engine))


def test_a_profile_that_is_not_kept_is_used_this_once(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    before = dump(memory._engine)
    form = mapped(qtbot, window, tmp_path)
    find(form, QCheckBox, "mappingKeep").click()
    go_on(qtbot, window, form)
    assert dump(memory._engine) == before
    form = dialog("importDialog")
    assert find(form, QComboBox, "importSystemChoice").currentText() == "Muster-PBX"
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    choose(qtbot, form, "importDelimiter", "Se")
    settle(qtbot, window)
    assert text(form, "importSystem").startswith("anlage.csv · erkannt als Muster-PBX"), "a correction keeps it"


def test_a_name_that_is_taken_is_said_under_its_field(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, tmp_path: Path
) -> None:
    memory.profiles.keep(parse_profile(PROFILE_ELSEWHERE), clock.now())
    form = mapped(qtbot, window, tmp_path)
    go_on(qtbot, window, form)
    assert text(form, "mappingSystemFault") == "Es gibt schon ein System mit dem Namen „Muster-PBX“."
    write(qtbot, form, "mappingSystem", "")
    click(qtbot, form, "mappingDialogSubmit")
    assert text(form, "mappingSystemFault")
    write(qtbot, form, "mappingSystem", "Andere PBX")
    go_on(qtbot, window, form)
    assert dialog("importDialog")


PROFILE_ELSEWHERE = (
    'system = "Muster-PBX"\n[recognise]\nneeds = ["Platz"]\n[columns]\nnumber = ["Platz"]\nname = [["Wer"]]\n'
)


def test_a_table_without_numbers_has_no_way_on(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form = unknown(qtbot, window, tmp_path, "Wort;Satz\na;b\n")
    assert (
        text(form, "mappingCounts")
        == "Bitte wählen Sie mindestens die Spalte der Nummern und geben Sie einen Namen an."
    )
    click(qtbot, form, "mappingDialogSubmit")
    assert text(form, "mappingNumberFault")


def test_encoding_and_delimiter_are_corrected_and_choices_stay(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    form = unknown(qtbot, window, tmp_path, "Teiln.;Wer\n10;Zoë\n".encode("cp850"))
    choose(qtbot, form, "mappingName", "Wer")
    choose(qtbot, form, "mappingEncoding", "IBM")
    settle(qtbot, window)
    settle(qtbot, window)
    assert find(form, QComboBox, "mappingName").currentText() == "Wer"
    assert rows(form, "mappingTable")[0][2] == "Zoë"


def test_columns_of_a_known_table_can_be_chosen_too(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    window.imports.read([written(tmp_path, "Nebenstelle;Name;Spitzname\n10;Anja;Änni\n")])
    settle(qtbot, window)
    form = dialog("importDialog")
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    click(qtbot, form, "importMapButton")
    settle(qtbot, window)
    columns = dialog("mappingDialog")
    choose(qtbot, columns, "mappingName", "Spitzname")
    settle(qtbot, window)
    go_on(qtbot, window, columns)
    assert rows(form, "importTable")[0][2] == "Änni"
    assert len(memory.profiles.all()) == 1


def test_a_file_that_is_gone_meanwhile_is_said(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form = unknown(qtbot, window, tmp_path)
    (tmp_path / "anlage.csv").unlink()
    choose(qtbot, form, "mappingName", "Wer")
    settle(qtbot, window)
    assert text(form, "mappingCounts").startswith("Die Datei lässt sich nicht öffnen")
    assert rows(form, "mappingTable") == []
    assert messages() == []


def test_a_profile_is_kept_once_though_the_table_could_not_be_read_then(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path
) -> None:
    form = mapped(qtbot, window, tmp_path)
    (tmp_path / "anlage.csv").unlink()
    go_on(qtbot, window, form)
    assert text(form, "mappingDialogNoticeText").startswith("Die Datei lässt sich nicht öffnen")
    assert len(memory.profiles.all()) == 1
    written(tmp_path, TABLE, "anlage.csv")
    go_on(qtbot, window, form)
    assert text(dialog("importDialog"), "importSystem").startswith("anlage.csv · erkannt als Muster-PBX")
    assert len(memory.profiles.all()) == 1


# ---------------------------------------------------------------------- the profiles kept


def test_profiles_are_renamed_and_removed(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, tmp_path: Path
) -> None:
    memory.profiles.keep(PROFILE, clock.now())
    form = shown_profiles(qtbot, window, tmp_path)
    assert names(form) == ["Muster-PBX"]
    write(qtbot, form, "profileName", "innovaphone")
    click(qtbot, form, "profilesDialogSubmit")
    settle(qtbot, window)
    assert text(form, "profileNameFault") == "Es gibt schon ein System mit dem Namen „innovaphone“."
    write(qtbot, form, "profileName", "Andere")
    click(qtbot, form, "profilesDialogSubmit")
    settle(qtbot, window)
    assert names(form) == ["Andere"]
    remove(qtbot, window, form)
    assert (names(form), memory.profiles.all()) == ([], ())
    assert text(form, "profilesEmpty")
    for name in ("profilesDialogSubmit", "profileExport", "profileRemove"):
        assert not find(form, QPushButton, name).isEnabled()


def test_a_profile_goes_to_another_desk_as_a_file(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memory.profiles.keep(PROFILE, NOW)
    path, bad = tmp_path / "muster.toml", written(tmp_path, "kein Profil", "bad.toml")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    form = shown_profiles(qtbot, window, tmp_path)
    click(qtbot, form, "profileExport")
    assert read_profile(path) == PROFILE
    remove(qtbot, window, form)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(bad), ""))
    click(qtbot, form, "profileImport")
    assert "bad.toml" in text(form, "profilesDialogNoticeText")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    click(qtbot, form, "profileImport")
    settle(qtbot, window)
    assert memory.profiles.all() == (PROFILE,)
    assert names(form) == ["Muster-PBX"]
    assert not find(form, QWidget, "profilesDialogNotice").isVisible()


def test_a_profile_that_cannot_be_saved_is_said(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.profiles.keep(PROFILE, NOW)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "fehlt" / "x.toml"), ""))
    form = shown_profiles(qtbot, window, tmp_path)
    click(qtbot, form, "profileExport")
    assert text(form, "profilesDialogNoticeText")
