"""Importing from a running Asterisk from the menu: checked, read, cancelled, refused in words, then the preview."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QProgressBar, QPushButton, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from model.ami import AmiSecurity, AmiServer
from model.store import Store
from tests.ami_server import (
    ACCOUNT,
    CONTACTS,
    ENDPOINT,
    ENDPOINTS,
    PASSWORD,
    QUEUES,
    SECRET,
    Pbx,
    Phone,
    ami_server,
    self_signed,
)
from tests.examples import dump
from tests.screen import click, dialog, find, rows, settle, text, write
from tests.smtp_server import authority, free_port
from ui.main_window import MainWindow


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This computer trusts the authority of the tests' certificates."""
    path = tmp_path / "authority.pem"
    path.write_text(authority(), encoding="ascii")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


def open_form(qtbot: QtBot, window: MainWindow) -> QWidget:
    settle(qtbot, window)
    window.actions_by_name.named["importAmi"].trigger()
    return dialog("amiDialog")


def enter(qtbot: QtBot, window: MainWindow, server: AmiServer, password: str = PASSWORD) -> QWidget:
    """Open the dialog and type."""
    form = open_form(qtbot, window)
    find(form, QComboBox, "amiSecurityField").setCurrentIndex(list(AmiSecurity).index(server.security))
    for name, value in (
        ("amiHostField", server.host),
        ("amiPortField", str(server.port)),
        ("amiAccountField", server.account),
        ("amiPasswordField", password),
    ):
        write(qtbot, form, name, value)
    return form


def idle(qtbot: QtBot, form: QWidget) -> None:
    qtbot.waitUntil(lambda: find(form, QPushButton, "amiCheckButton").isEnabled())


def said(qtbot: QtBot, form: QWidget, button: str, name: str) -> str:
    """What the dialog says after a click, when everything is over."""
    click(qtbot, form, button)
    idle(qtbot, form)
    return text(form, name)


def preview_of(qtbot: QtBot, window: MainWindow) -> QWidget:
    qtbot.waitUntil(lambda: any(entry.objectName() == "importDialog" for entry in QApplication.topLevelWidgets()))
    settle(qtbot, window)
    return dialog("importDialog")


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", list(AmiSecurity))
def test_a_customer_is_imported_from_a_running_asterisk(
    qtbot: QtBot, window: MainWindow, memory: Store, security: AmiSecurity
) -> None:
    pbx = Pbx([Phone("1107", "Erika Müller <1107>", "0019159bf771"), Phone("1108")], ("500",), {"1108": "Max"})
    with ami_server(pbx, security) as server:
        form = enter(qtbot, window, server)
        click(qtbot, form, "amiDialogSubmit")
        preview = preview_of(qtbot, window)
    assert text(preview, "importSystem") == f"localhost:{server.port} · erkannt als Asterisk · UTF-8"
    assert rows(preview, "importTable") == [
        ["1", "1107", "Erika Müller", "Benutzer", "PJSIP/1107"],
        ["2", "1108", "Max", "Benutzer", "PJSIP/1108"],
        ["3", "500", "500", "Ressource", "–"],
    ]
    write(qtbot, preview, "customerNumberField", "100900")
    write(qtbot, preview, "nameField", "Autohaus Müller")
    click(qtbot, preview, "importDialogSubmit")
    settle(qtbot, window)
    key = memory.find_customer("100900")
    assert key is not None
    assert [entry.number for entry in memory.account(key).extensions] == ["1107", "1108", "500"]
    stored = str(dump(memory._engine))
    assert (SECRET in stored, PASSWORD in stored) == (False, False)


def test_a_part_that_is_not_told_is_in_no_row(qtbot: QtBot, window: MainWindow) -> None:
    with ami_server(Pbx([Phone("1107", "Erika <1107>")], unknown=(QUEUES,))) as server:
        click(qtbot, enter(qtbot, window, server), "amiDialogSubmit")
        preview = preview_of(qtbot, window)
    ((row, remark, cell, value, _file),) = rows(preview, "importNotes")
    assert (row, cell, value) == ("–", "–", QUEUES)
    assert remark.startswith("Das sagt die Anlage nicht")
    find(preview, QTabWidget, "importTabs").setCurrentIndex(2)
    assert not find(preview, QWidget, "importEncoding").isVisible()


def test_the_connection_is_checked(qtbot: QtBot, window: MainWindow) -> None:
    with ami_server(Pbx([Phone("1107"), Phone("1108")])) as server:
        form = enter(qtbot, window, server)
        words = said(qtbot, form, "amiCheckButton", "amiResult")
    assert words == "Verbunden und angemeldet: Asterisk Call Manager/9.0.0, 2 Endpunkte."
    write(qtbot, form, "amiHostField", "andere")
    assert not find(form, QWidget, "amiResult").isVisible()


@pytest.mark.parametrize("button", ["amiCheckButton", "amiDialogSubmit"])
def test_a_wrong_password_is_said_under_its_field(qtbot: QtBot, window: MainWindow, button: str) -> None:
    with ami_server(Pbx([Phone("1107")])) as server:
        form = enter(qtbot, window, server, "falsch")
        words = said(qtbot, form, button, "amiPasswordFieldFault")
    assert words == "Konto oder Kennwort ist falsch, oder dieser Computer darf sich damit nicht anmelden."
    assert find(form, QLineEdit, "amiAccountField").text() == ACCOUNT


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("amiHostField", "", "Bitte ausfüllen."),
        (
            "amiPortField",
            "x",
            "Bitte geben Sie eine Zahl von 1 bis 65535 ein; üblich sind 5039 und, ohne Verschlüsselung, 5038.",
        ),
        ("amiAccountField", "", "Bitte ausfüllen."),
        ("amiPasswordField", "", "Bitte ausfüllen."),
    ],
)
@pytest.mark.parametrize("button", ["amiCheckButton", "amiDialogSubmit"])
def test_what_is_missing_is_said_before_anybody_is_asked(
    qtbot: QtBot, window: MainWindow, button: str, name: str, value: str, fault: str
) -> None:
    form = enter(qtbot, window, AmiServer("localhost", free_port(), AmiSecurity.PLAIN, ACCOUNT))
    write(qtbot, form, name, value)
    assert said(qtbot, form, button, f"{name}Fault") == fault


def test_nobody_answers(qtbot: QtBot, window: MainWindow) -> None:
    form = enter(qtbot, window, AmiServer("localhost", free_port(), AmiSecurity.PLAIN, ACCOUNT))
    words = said(qtbot, form, "amiDialogSubmit", "amiDialogNoticeText")
    assert words == "Dort antwortet niemand. Bitte prüfen Sie Server, Port und Netz."


def test_a_self_signed_certificate_is_refused_in_words(qtbot: QtBot, window: MainWindow) -> None:
    pbx = Pbx([Phone("1107")])
    with ami_server(pbx, AmiSecurity.TLS, self_signed()) as server:
        form = enter(qtbot, window, server)
        words = said(qtbot, form, "amiDialogSubmit", "amiDialogNoticeText")
    assert words.startswith("Das Zertifikat der Anlage ist von ihr selbst ausgestellt")
    assert pbx.heard == []


def test_a_list_that_ends_early_is_no_import(qtbot: QtBot, window: MainWindow) -> None:
    early = b"Response: Success\r\nActionID: %s\r\nEventList: start\r\n\r\n"
    end = b"Event: EndpointListComplete\r\nActionID: %s\r\nEventList: Complete\r\nListItems: 3\r\n\r\n"
    with ami_server(Pbx(instead={ENDPOINTS: early + end})) as server:
        form = enter(qtbot, window, server)
        words = said(qtbot, form, "amiDialogSubmit", "amiDialogNoticeText")
    assert words.startswith("Die Liste „PJSIPShowEndpoints“ kam nicht vollständig an. Es wurde nichts importiert")


@pytest.mark.parametrize("silent", ["Login", CONTACTS, ENDPOINT])
def test_what_is_under_way_can_be_cancelled(qtbot: QtBot, window: MainWindow, silent: str) -> None:
    pbx = Pbx([Phone("1107")], instead={silent: b""})
    with ami_server(pbx) as server:
        form = enter(qtbot, window, server)
        click(qtbot, form, "amiDialogSubmit")
        qtbot.waitUntil(lambda: silent in pbx.asked())
        assert find(form, QProgressBar, "amiProgress").isVisible()
        assert not find(form, QLineEdit, "amiHostField").isEnabled()
        qtbot.keyClick(form, Qt.Key.Key_Escape)
        idle(qtbot, form)
    assert text(form, "amiResult") == "Abgebrochen: Es wurde nichts importiert."
    assert find(form, QLineEdit, "amiHostField").text() == "localhost"
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()


def test_the_encryption_and_its_port_go_together(qtbot: QtBot, window: MainWindow) -> None:
    form = open_form(qtbot, window)
    port, security = find(form, QLineEdit, "amiPortField"), find(form, QComboBox, "amiSecurityField")
    assert (port.text(), security.currentData()) == ("5039", AmiSecurity.TLS)
    security.setCurrentIndex(1)
    assert port.text() == "5038"
    assert text(form, "amiPlainText").startswith("Asterisk sendet auf dieser Verbindung auch die Kennwörter")
    write(qtbot, form, "amiPortField", "5039")
    assert security.currentData() == AmiSecurity.TLS
    assert not find(form, QWidget, "amiPlainNotice").isVisible()
    write(qtbot, form, "amiPortField", "7777")
    security.setCurrentIndex(1)
    assert port.text() == "7777"


def test_r37_the_password_is_neither_shown_nor_kept(
    qtbot: QtBot, window: MainWindow, settings: QSettings, memory: Store
) -> None:
    with ami_server(Pbx([Phone("1107")])) as server:
        form = enter(qtbot, window, server)
        assert find(form, QLineEdit, "amiPasswordField").echoMode() == QLineEdit.EchoMode.Password
        click(qtbot, form, "amiDialogSubmit")
        preview_of(qtbot, window)
    settings.sync()
    kept = Path(settings.fileName())
    assert PASSWORD not in (kept.read_text(encoding="utf-8") if kept.exists() else "") + str(dump(memory._engine))
    assert PASSWORD not in repr(window.desk.asking.__dict__)


def test_the_next_time_everything_is_asked_anew(qtbot: QtBot, window: MainWindow) -> None:
    form = enter(qtbot, window, AmiServer("localhost", 5038, AmiSecurity.PLAIN, ACCOUNT))
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    form = open_form(qtbot, window)
    assert find(form, QLineEdit, "amiPasswordField").text() == ""
    assert find(form, QComboBox, "amiSecurityField").currentData() == AmiSecurity.TLS
