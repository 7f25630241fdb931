"""Mail server and provider: entered, checked, tried, kept for every desk; the password goes into the keyring alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from PySide6.QtCore import QBuffer, QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from model.audit import Action
from model.engine import Engine
from model.passwords import known_password, remember_password
from model.provider import (
    LARGEST_LOGO,
    MailSecurity,
    MailServer,
    Provider,
    checked_host,
    logo_from,
    logo_kind,
    wire_host,
)
from model.refusals import Fault, InvalidInput
from model.store import Store
from tests.examples import NOW, FixedClock
from tests.screen import click, dialog, find, settle, text, write
from tests.smtp_server import PASSWORD, SENDER, Mailbox, authority, free_port, mail_server
from ui.app import build
from ui.main_window import MainWindow

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10"/></svg>'
GENERAL, MAIL, PROVIDER = range(3)


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This computer trusts the authority of the tests' certificates."""
    path = tmp_path / "authority.pem"
    path.write_text(authority(), encoding="ascii")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


def open_form(qtbot: QtBot, window: MainWindow, page: int) -> QWidget:
    window.actions_by_name.named["preferences"].trigger()
    form = dialog("preferencesDialog")
    qtbot.waitUntil(lambda: find(form, QLineEdit, "mailHostField").isEnabled())
    find(form, QTabWidget, "preferencesTabs").setCurrentIndex(page)
    return form


def enter(qtbot: QtBot, form: QWidget, server: MailServer, password: str = "") -> None:
    """Type a mail server's settings."""
    find(form, QComboBox, "mailSecurityField").setCurrentIndex(list(MailSecurity).index(server.security))
    for name, value in (
        ("mailHostField", server.host),
        ("mailPortField", str(server.port)),
        ("mailAccountField", server.account),
        ("mailAccountPasswordField", password),
        ("mailSenderNameField", server.sender_name),
        ("mailSenderField", server.sender),
        ("mailReplyToField", server.reply_to),
    ):
        write(qtbot, form, name, value)


def save(qtbot: QtBot, form: QWidget) -> None:
    click(qtbot, form, "preferencesDialogSubmit")


def save_all(qtbot: QtBot, window: MainWindow, form: QWidget) -> None:
    """Save, and wait until everything is kept."""
    with qtbot.waitSignal(window.preferences_changed):
        save(qtbot, form)


def stored(engine: Engine, action: Action) -> list[object]:
    entries = engine.query("SELECT after FROM audit WHERE action = :action ORDER BY seq", {"action": str(action)})
    return [json.loads(entry["after"])["changed"] for entry in entries]


# ---------------------------------------------------------------------- what is valid


@pytest.mark.parametrize(
    "host", ["mail.example.com", "MAIL.Example.com.", "localhost", "192.0.2.1", "2001:db8::1", "bücher.example"]
)
def test_a_server_is_a_name_or_an_ip_address(host: str) -> None:
    assert checked_host(f" {host} ") == host.lower().rstrip(".")


@pytest.mark.parametrize(
    "host",
    [
        "smtp://mail.example.com",
        "mail.example.com:587",
        "mail example",
        "a@b.de",
        "-x.de",
        "x..de",
        "[::1]",
        "a\nb",
        "ß" * 70,
    ],
)
def test_anything_else_is_no_server(host: str) -> None:
    with pytest.raises(InvalidInput) as error:
        checked_host(host)
    assert (error.value.field, error.value.fault) == ("host", Fault.HOST_FORM)


def test_an_international_server_goes_over_the_wire_as_a_label() -> None:
    assert wire_host("mail.bücher.example") == "mail.xn--bcher-kva.example"
    assert wire_host("mail.example.com") == "mail.example.com"


@pytest.mark.parametrize(
    ("server", "field", "fault"),
    [
        (MailServer("mail.example.com"), "sender", Fault.EMPTY),
        (MailServer("mail.example.com", 0, sender=SENDER), "port", Fault.PORT_FORM),
        (MailServer("mail.example.com", 65_536, sender=SENDER), "port", Fault.PORT_FORM),
        (MailServer("mail.example.com", sender="a@b.de, evil@x.de"), "sender", Fault.EMAIL_FORM),
        (MailServer("mail.example.com", sender=SENDER, reply_to="x"), "reply_to", Fault.EMAIL_FORM),
        (MailServer("mail.example.com", sender=SENDER, sender_name="a\r\nBcc: x"), "sender_name", Fault.UNPRINTABLE),
        (MailServer("mail.example.com", sender=SENDER, account="a\0b"), "account", Fault.UNPRINTABLE),
    ],
)
def test_faults_of_a_mail_server_are_named(server: MailServer, field: str, fault: Fault) -> None:
    with pytest.raises(InvalidInput) as error:
        server.checked()
    assert (error.value.field, error.value.fault) == (field, fault)


def test_a_mail_server_may_be_given_up() -> None:
    assert MailServer().checked() == MailServer()
    assert not MailServer("", sender=SENDER).checked().ready


@pytest.mark.parametrize(
    ("provider", "field", "fault"),
    [
        (Provider(email="x"), "email", Fault.EMAIL_FORM),
        (Provider(website="ftp://x.de"), "website", Fault.WEBSITE_FORM),
        (Provider(website="javascript:alert(1)"), "website", Fault.WEBSITE_FORM),
        (Provider(website="http://[x"), "website", Fault.WEBSITE_FORM),
        (Provider(address="a\n" * 7 + "b"), "address", Fault.TOO_LONG),
        (Provider(name="x" * 201), "name", Fault.TOO_LONG),
        (Provider(register="a\u202eb"), "register", Fault.UNPRINTABLE),
        (Provider(logo="no base64"), "logo", Fault.IMAGE_FORM),
        (Provider(logo=base64.b64encode(b"GIF89a").decode()), "logo", Fault.IMAGE_FORM),
    ],
)
def test_faults_of_the_provider_are_named(provider: Provider, field: str, fault: Fault) -> None:
    with pytest.raises(InvalidInput) as error:
        provider.checked()
    assert (error.value.field, error.value.fault) == (field, fault)


def test_a_logo_is_known_by_its_content() -> None:
    files = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", SVG, b"<?xml version='1.0'?>" + SVG, b"GIF89a")
    assert [logo_kind(data) for data in files] == ["png", "jpg", "svg", "svg", ""]
    assert logo_kind(b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG) == ""
    with pytest.raises(InvalidInput) as error:
        logo_from(b"\x89PNG\r\n\x1a\n" + bytes(LARGEST_LOGO))
    assert error.value.fault is Fault.IMAGE_TOO_LARGE


def test_settings_are_kept_and_only_the_names_of_fields_are_told(store: Store, engine: Engine) -> None:
    server = MailServer("mail.example.com", 465, MailSecurity.TLS, "konto", "Musterfon", SENDER)
    provider = Provider("Musterfon GmbH", "Weg 1\n12345 Ort", email="info@musterfon.example", logo=logo_from(SVG))
    for _twice in range(2):
        store.settings.change_mail_server(server, NOW)
        store.settings.change_provider(provider, NOW)
    assert (store.settings.mail_server(), store.settings.provider()) == (server, provider)
    assert stored(engine, Action.MAIL_SERVER_CHANGED) == [
        ["host", "port", "security", "account", "sender_name", "sender"]
    ]
    assert stored(engine, Action.PROVIDER_CHANGED) == [["name", "address", "email", "logo"]]
    assert store.verify().findings == ()


def test_settings_of_another_version_of_the_program_are_read(store: Store, engine: Engine) -> None:
    with engine.write():
        engine.insert("setting", {"name": "mail_server", "value": '{"host": "x.de", "new": 1, "security": "TLS"}'})
    assert store.settings.mail_server() == MailServer("x.de", security=MailSecurity.TLS)


# ---------------------------------------------------------------------- the password


class MemoryKeyring(KeyringBackend):
    """A keyring as a system has one, until the test ends."""

    priority = 5.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._require_open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._require_open()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]

    def _require_open(self) -> None:
        if self.locked:
            raise KeyringLocked


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_password_is_kept_in_the_keyring(ring: MemoryKeyring) -> None:
    server = MailServer("a.example", account="konto")
    assert known_password(server) is None
    remember_password(server, "geheim")
    assert ring.kept == {("Tarifwechsel", "konto@a.example:587"): "geheim"}
    ring.kept["Tarifwechsel", "konto@b.example:587"] = "aus dem Schlüsselbund"
    assert known_password(MailServer("b.example", account="konto")) == "aus dem Schlüsselbund"
    assert known_password(MailServer("b.example", account="anderes")) is None


def test_a_locked_or_missing_keyring_is_none(ring: MemoryKeyring) -> None:
    server = MailServer("c.example", account="konto")
    ring.locked = True
    assert known_password(server) is None
    remember_password(server, "geheim")
    assert (ring.kept, known_password(server)) == ({}, "geheim")


def test_a_keyring_that_keeps_nothing_safe_is_not_used(ring: MemoryKeyring) -> None:
    ring.priority = 0.5
    remember_password(MailServer("d.example", account="konto"), "geheim")
    assert ring.kept == {}


# ---------------------------------------------------------------------- the dialog


def test_a_mail_server_is_entered_and_every_desk_has_it(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, settings: QSettings, ring: MemoryKeyring
) -> None:
    form = open_form(qtbot, window, MAIL)
    server = MailServer("mail.example.com", 465, MailSecurity.TLS, "konto", "Musterfön", SENDER, "antwort@example.org")
    enter(qtbot, form, server, PASSWORD)
    save_all(qtbot, window, form)
    assert memory.settings.mail_server() == server
    assert ring.kept == {("Tarifwechsel", "konto@mail.example.com:465"): PASSWORD}
    other = build(memory, clock, settings)
    qtbot.addWidget(other)
    other.show()
    form = open_form(qtbot, other, MAIL)
    shown = [
        find(form, QLineEdit, name).text()
        for name in ("mailHostField", "mailPortField", "mailAccountField", "mailSenderNameField", "mailReplyToField")
    ]
    assert shown == ["mail.example.com", "465", "konto", "Musterfön", "antwort@example.org"]
    password = find(form, QLineEdit, "mailAccountPasswordField")
    qtbot.waitUntil(lambda: password.placeholderText() == "gespeichert, unverändert")
    assert (password.text(), password.echoMode()) == ("", QLineEdit.EchoMode.Password)
    form.close()
    other.close()


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("mailHostField", "smtp://x", "„smtp://x“ ist kein Servername."),
        ("mailPortField", "65536", "Bitte geben Sie eine Zahl von 1 bis 65535 ein"),
        ("mailPortField", "²", "Bitte geben Sie eine Zahl von 1 bis 65535 ein"),
        ("mailSenderField", "a@b.de, evil@x.de", "ist keine gültige E-Mail-Adresse"),
        ("mailReplyToField", "x", "ist keine gültige E-Mail-Adresse"),
    ],
)
def test_a_fault_stands_under_its_field_and_its_page_comes_to_the_front(
    qtbot: QtBot, window: MainWindow, memory: Store, field: str, typed: str, words: str
) -> None:
    form = open_form(qtbot, window, MAIL)
    enter(qtbot, form, MailServer("mail.example.com", sender=SENDER))
    write(qtbot, form, field, typed)
    find(form, QTabWidget, "preferencesTabs").setCurrentIndex(GENERAL)
    save(qtbot, form)
    fault = find(form, QLabel, f"{field}Fault")
    qtbot.waitUntil(fault.isVisible)
    assert words in fault.text()
    assert find(form, QLineEdit, field).text() == typed
    assert memory.settings.mail_server() == MailServer()
    form.close()


def test_the_usual_port_follows_the_encryption(qtbot: QtBot, window: MainWindow) -> None:
    form = open_form(qtbot, window, MAIL)
    port, security = find(form, QLineEdit, "mailPortField"), find(form, QComboBox, "mailSecurityField")
    assert port.text() == "587"
    security.setCurrentIndex(1)
    assert port.text() == "465"
    port.setText("2465")
    security.setCurrentIndex(0)
    assert port.text() == "2465"
    form.close()


def test_general_settings_are_saved_without_touching_the_others(
    qtbot: QtBot, window: MainWindow, memory: Store
) -> None:
    form = open_form(qtbot, window, GENERAL)
    save_all(qtbot, window, form)
    assert memory.settings.mail_server() == MailServer()


def test_a_test_message_is_sent_with_what_is_typed_and_nothing_is_kept(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    trusted: None,  # noqa: ARG001
) -> None:
    mailbox, form = Mailbox(), open_form(qtbot, window, MAIL)
    with mail_server(mailbox, login=True) as server:
        enter(qtbot, form, server)
        click(qtbot, form, "testMailButton")
        fault = find(form, QLabel, "mailAccountPasswordFieldFault")
        qtbot.waitUntil(fault.isVisible)
        write(qtbot, form, "mailAccountPasswordField", PASSWORD)
        write(qtbot, form, "testRecipientField", "ich@example.org")
        click(qtbot, form, "testMailButton")
        result = find(form, QLabel, "testMailResult")
        qtbot.waitUntil(lambda: result.text().startswith("Der Mailserver hat die Testnachricht angenommen."))
    (received,) = mailbox.received
    assert (received.sender, received.recipients) == (SENDER, ["ich@example.org"])
    assert b"Subject: Testnachricht von Tarifwechsel" in received.content
    assert memory.settings.mail_server() == MailServer()
    form.close()


def test_why_a_test_message_was_not_taken_is_said_under_the_button(
    qtbot: QtBot,
    window: MainWindow,
    trusted: None,  # noqa: ARG001
) -> None:
    form = open_form(qtbot, window, MAIL)
    result = find(form, QLabel, "testMailResult")
    enter(qtbot, form, MailServer("localhost", free_port(), sender=SENDER))
    click(qtbot, form, "testMailButton")
    qtbot.waitUntil(lambda: "localhost ist nicht erreichbar." in result.text())
    with mail_server(Mailbox(replies={"RECIPIENT": "550 5.1.1 No such user"})) as server:
        write(qtbot, form, "mailPortField", str(server.port))
        click(qtbot, form, "testMailButton")
        words = "Der Mailserver hat die Testnachricht nicht angenommen: „550 5.1.1 No such user“"
        qtbot.waitUntil(lambda: result.text() == words)
    write(qtbot, form, "testRecipientField", "keine Adresse")
    click(qtbot, form, "testMailButton")
    qtbot.waitUntil(find(form, QLabel, "testRecipientFieldFault").isVisible)
    assert find(form, QPushButton, "testMailButton").isEnabled()
    form.close()


def test_a_dialog_closed_before_the_answer_is_forgotten(
    qtbot: QtBot,
    window: MainWindow,
    trusted: None,  # noqa: ARG001
) -> None:
    form, mailbox = open_form(qtbot, window, MAIL), Mailbox()
    with mail_server(mailbox) as server:
        enter(qtbot, form, server)
        click(qtbot, form, "testMailButton")
        form.close()
        qtbot.waitUntil(lambda: len(mailbox.received) == 1)
        settle(qtbot, window)
    assert window.isVisible()


def test_the_provider_is_entered_with_a_logo(qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path) -> None:
    form = open_form(qtbot, window, PROVIDER)
    for name, value in (
        ("providerNameField", "Musterfön GmbH"),
        ("providerWebsiteField", "www.musterfon.example"),
        ("providerVatField", "DE123456789"),
        ("providerPhoneField", "030 1234567"),
        ("providerEmailField", "info@musterfon.example"),
    ):
        write(qtbot, form, name, value)
    find(form, QPlainTextEdit, "providerAddressField").setPlainText("Weg 1\n12345 Ort\n")
    find(form, QPlainTextEdit, "providerRegisterField").setPlainText("HRB 1")
    path = tmp_path / "logo.png"
    image = QImage(900, 300, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    assert image.save(str(path))
    window.settings.read_logo(form, path)  # type: ignore[arg-type]
    preview = find(form, QLabel, "logoPreview")
    qtbot.waitUntil(preview.isVisible)
    assert preview.pixmap().deviceIndependentSize().width() <= 220
    save_all(qtbot, window, form)
    provider = memory.settings.provider()
    assert (provider.name, provider.website) == ("Musterfön GmbH", "www.musterfon.example")
    assert (provider.address, provider.register) == ("Weg 1\n12345 Ort", "HRB 1")
    assert base64.b64decode(provider.logo) == path.read_bytes()
    form = open_form(qtbot, window, PROVIDER)
    assert find(form, QLabel, "logoPreview").isVisible()
    click(qtbot, form, "removeLogoButton")
    save_all(qtbot, window, form)
    assert memory.settings.provider().logo == ""


def broken_png() -> bytes:
    """The beginning of a picture."""
    buffer = QBuffer()
    image = QImage(50, 50, QImage.Format.Format_RGB32)
    image.fill(0x123456)
    assert image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())[:60]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.png", b"not a picture", "Das ist kein Bild, das dieses Programm liest: PNG, JPEG oder SVG."),
        ("b.png", b"", "Das ist kein Bild, das dieses Programm liest: PNG, JPEG oder SVG."),
        ("c.png", None, "Das ist kein Bild, das dieses Programm liest: PNG, JPEG oder SVG."),
        ("d.jpg", b"\xff\xd8\xff" + bytes(LARGEST_LOGO), "Das Bild ist zu groß: höchstens 512 KB."),
        ("e.svg", b"<svg", "Das ist kein Bild, das dieses Programm liest: PNG, JPEG oder SVG."),
        ("", b"", "Die Datei lässt sich nicht öffnen."),
    ],
    ids=["no picture", "empty", "cut", "too large", "broken drawing", "a folder"],
)
def test_what_is_no_logo_is_refused_in_words(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    form = open_form(qtbot, window, PROVIDER)
    path = tmp_path / name
    if name:
        path.write_bytes(broken_png() if content is None else content)
    window.settings.read_logo(form, path)  # type: ignore[arg-type]
    fault = find(form, QLabel, "providerLogoFieldFault")
    qtbot.waitUntil(fault.isVisible)
    assert text(form, "providerLogoFieldFault") == words
    assert find(form, QLabel, "logoPreview").isHidden()
    form.close()


def test_far_too_much_text_is_cut_when_it_is_pasted(qtbot: QtBot, window: MainWindow) -> None:
    form = open_form(qtbot, window, PROVIDER)
    QApplication.clipboard().setText("x" * 10_000_000)
    address = find(form, QPlainTextEdit, "providerAddressField")
    address.paste()
    assert len(address.toPlainText()) == 2_000
    save(qtbot, form)
    qtbot.waitUntil(find(form, QLabel, "providerAddressFieldFault").isVisible)
    form.close()


def test_what_another_desk_has_changed_meanwhile_stays(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    form = open_form(qtbot, window, PROVIDER)
    theirs = MailServer("mail.example.com", sender=SENDER)
    memory.settings.change_mail_server(theirs, NOW)
    write(qtbot, form, "providerNameField", "Musterfon GmbH")
    save_all(qtbot, window, form)
    assert (memory.settings.mail_server(), memory.settings.provider().name) == (theirs, "Musterfon GmbH")
