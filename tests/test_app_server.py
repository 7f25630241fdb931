"""The program on a server's database: the first start, the password, a server that is away or goes away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QFrame, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from model.list_query import ListQuery
from model.server_place import place_of
from model.store import open_store
from tests.computer import Answer, Computer
from tests.examples import TODAY, install
from tests.postgres import Office
from tests.proxy import Proxy
from tests.screen import dialog, find
from ui import backup_work
from ui.preferences import load_database, save_database


def test_a_database_on_a_server_is_set_up_after_asking(computer: Computer, plot: Office, answer: Answer) -> None:
    said = answer("Beenden")
    assert not computer.start(plot.address)
    assert said == [f"Die Datenbank {plot.shown} ist noch leer."]
    answer("Hier anlegen")
    assert computer.start(plot.address)
    installation = install(computer.windows[-1].desk._store, "C10", 8)
    assert [row.id for row in computer.window.desk._store.find_installations(ListQuery(TODAY))] == [installation]


def test_a_password_is_asked_for_and_kept_nowhere(
    computer: Computer, plot: Office, answer: Answer, qapp: QApplication
) -> None:
    plot.open().close()
    said = answer("Kennwort eingeben …", "Beenden")
    typing = QTimer(qapp)

    def type_password() -> None:
        shown = QApplication.activeModalWidget()
        if shown is not None and shown.objectName() == "serverPasswordDialog":
            find(shown, QLineEdit, "serverPasswordField").setText("ge heim&=")
            find(shown, QPushButton, "serverPasswordDialogSubmit").click()

    typing.timeout.connect(type_password)
    typing.start(5)
    assert not computer.start(f"{plot.address}&user=niemand")
    typing.stop()
    assert said == [f"{plot.shown} nimmt Konto oder Kennwort nicht an."] * 2
    kept = "".join(path.read_text(errors="replace") for path in computer.folder.rglob("*") if path.is_file())
    assert "heim" not in kept


def test_a_server_that_is_away_at_the_start_leaves_every_way_open(
    computer: Computer, plot: Office, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot.open().close()
    away = f"{plot.address}&host=127.0.0.1&port=1"
    save_database(computer.settings, away)
    open_store(computer.database).close()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(computer.database), ""))
    offered: list[list[str]] = []
    presses = iter(["tryAgainButton", "otherFileButton", "serverSettingsButton"])

    def act() -> None:
        shown = QApplication.activeModalWidget()
        if isinstance(shown, QMessageBox):
            offered.append(sorted(made.text() for made in shown.buttons()))
            find(shown, QPushButton, next(presses)).click()
        elif shown is not None and shown.objectName() == "serverDialog":
            find(shown, QLineEdit, "serverHostField").setText(plot.host)
            find(shown, QLineEdit, "serverPortField").setText(plot.port)
            find(shown, QPushButton, "serverDialogSubmit").click()

    acting = QTimer(qapp)
    acting.timeout.connect(act)
    acting.start(5)
    assert computer.start()
    assert computer.window.desk.place == str(computer.database)
    assert load_database(computer.settings) == away
    computer.quit()
    assert computer.start()
    acting.stop()
    assert offered == [["Beenden", "Einstellungen …", "Erneut versuchen", "Stattdessen eine Datei öffnen …"]] * 3
    assert not computer.window.desk.read_only
    assert place_of(load_database(computer.settings)).host == plot.host


def test_copies_of_a_database_on_a_server_are_made_there(
    computer: Computer, plot: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot.open().close()
    assert computer.start(plot.address)
    window, told = computer.window, []
    monkeypatch.setattr(backup_work, "show_message", lambda _parent, *words, tone: told.append((words, tone)))
    window.actions_by_name.named["restore"].trigger()
    words = "Sicherungen einer Datenbank auf einem Server macht dort, wer sie verwaltet."
    assert told == [(("Es gibt keine Sicherungen", words), "info")]
    window.actions_by_name.named["preferences"].trigger()
    folder = find(dialog("preferencesDialog"), QLineEdit, "backupFolderField")
    assert (folder.isEnabled(), folder.placeholderText()) == (False, "entstehen auf dem Server")


def test_the_window_says_that_the_server_is_gone_and_goes_on_when_it_is_back(
    computer: Computer, plot: Office, qtbot: QtBot
) -> None:
    plot.open().close()
    with Proxy(plot.server) as proxy:
        assert computer.start(f"{plot.address}&host=127.0.0.1&port={proxy.port}&sslmode=disable")
        window = computer.window
        bar = find(window, QFrame, "databaseBar")
        proxy.silent = True
        plot.end_sessions()
        window.reload()
        qtbot.waitUntil(bar.isVisible)
        assert bar.accessibleName().startswith("Verbindung zum Server unterbrochen")
        proxy.silent = False
        qtbot.waitUntil(lambda: not bar.isVisible())
