"""Mail that goes out beside the clerk's work: how it stands, what is said when it can't, what can be done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QFrame, QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from model import passwords
from model.audit import Action
from model.installation import Customer
from model.outbox import OutboxCounts
from model.provider import MailServer
from model.store import Store, open_store
from tests.examples import EMAIL, NOW, FixedClock, install, order
from tests.screen import click, dialog, find, rows, settle, text, write
from tests.smtp_server import ACCOUNT, PASSWORD, Mailbox, authority, mail_server
from ui import sending
from ui.app import build
from ui.main_window import MainWindow
from ui.table import Table

MAIL_COLUMN, ORDERS_TAB = 7, 3


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This computer trusts the authority of the tests' certificates."""
    path = tmp_path / "authority.pem"
    path.write_text(authority(), encoding="ascii")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[MailServer]:
    """A mail server that is running."""
    with mail_server(mailbox) as running:
        yield running


@pytest.fixture
def strict(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that wants account and password; nobody knows it from a server that had the same port before."""
    monkeypatch.setattr(passwords, "_of_this_run", {})
    with mail_server(mailbox, login=True) as running:
        yield running


def place(qtbot: QtBot, window: MainWindow, size: str) -> None:
    """Order through the dialog; when this returns the mail is on its way, and the window shows the order.

    Whoever orders again from what was shown before gets the fresh summary and no order (R19).
    """
    window.orders.adjust()
    change = dialog("tariffChangeDialog")
    click(qtbot, change, size)
    click(qtbot, change, "selectButton")
    with qtbot.waitSignal(window.desk.settled) as outcome:
        click(qtbot, change, "orderButton")
    assert outcome.args == [True]
    settle(qtbot, window)


def wait_for_dialog(qtbot: QtBot, name: str) -> QWidget:
    """A dialog that opens when something was read for it."""
    qtbot.waitUntil(
        lambda: name in [entry.objectName() for entry in QApplication.topLevelWidgets() if entry.isVisible()]
    )
    return dialog(name)


def show_orders(qtbot: QtBot, window: MainWindow, installation: int = 1) -> None:
    window.choose(installation)
    settle(qtbot, window)
    window.page.tabs.setCurrentIndex(ORDERS_TAB)


def mails(window: MainWindow) -> list[str]:
    """What the table of orders says of their mails."""
    return [row[MAIL_COLUMN] for row in rows(window, "orderTable")]


def wait_for_mail(qtbot: QtBot, window: MainWindow, *wanted: str) -> None:
    qtbot.waitUntil(lambda: mails(window) == list(wanted))


def act(window: MainWindow, name: str) -> None:
    """Use an action of the menu beside the table of orders."""
    menu = find(window, QMenu, "mailMenu")
    menu.aboutToShow.emit()
    (action,) = (entry for entry in menu.findChildren(QAction) if entry.objectName() == name)
    assert action.isEnabled()
    action.trigger()


def test_an_order_sends_its_letter_by_itself(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    trusted: None,  # noqa: ARG001
    mailbox: Mailbox,
    server: MailServer,
) -> None:
    installation = install(memory, "C10", 3)
    memory.settings.change_mail_server(server, NOW)
    show_orders(qtbot, window)
    place(qtbot, window, "size25")
    wait_for_mail(qtbot, window, "gesendet am 22.11.2026, 10:00")
    (received,) = mailbox.received
    message = message_from_bytes(received.content, policy=policy.default)
    assert (received.sender, received.recipients, message["To"]) == (server.sender, [EMAIL], EMAIL)
    assert "Classic 25" in str(message.get_body(("plain",)))
    assert [part.get_content_type() for part in message.iter_attachments()] == ["application/pdf"]
    assert f"Bestellinformation an {EMAIL}: gesendet am 22.11.2026, 10:00." in text(window, "pendingText")
    assert memory.audit_entries(installation)[0].action is Action.MAIL_SENT
    assert find(window, QPushButton, "undeliveredButton").isHidden()


def test_what_waited_before_is_sent_after_the_start(
    german: QApplication,  # noqa: ARG001
    qtbot: QtBot,
    memory: Store,
    clock: FixedClock,
    settings: QSettings,
    trusted: None,  # noqa: ARG001
    mailbox: Mailbox,
    server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in ("K-1", "K-2", "K-3"):
        order(memory, install(memory, number=number), "C25")
    memory.settings.change_mail_server(server, NOW)
    monkeypatch.setattr(sending, "START_MS", 0)
    window = build(memory, clock, settings)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.desk.post.rested):
        window.show()
    assert list(mailbox.counts().values()) == [1, 1, 1]
    window.close()


def test_without_a_mail_server_it_waits_visibly(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    install(memory, "C10", 3)
    show_orders(qtbot, window)
    place(qtbot, window, "size25")
    wait_for_mail(qtbot, window, "wartet (kein Mailserver eingerichtet)")
    qtbot.waitUntil(lambda: find(window, QPushButton, "undeliveredButton").text() == "1 E-Mail wartet")
    assert find(window, QFrame, "mailBar").isHidden()
    click(qtbot, window, "undeliveredButton")
    outbox = dialog("outboxWindow")
    assert "kein Mailserver eingerichtet" in text(outbox, "outboxReason")
    qtbot.waitUntil(lambda: len(rows(outbox, "outboxTable")) == 1)
    assert rows(outbox, "outboxTable")[0][:7] == [
        "Muster GmbH", "TW-000002", "Bestellbestätigung", EMAIL, "wartet (kein Mailserver eingerichtet)", "0", "",
    ]  # fmt: skip
    assert not find(outbox, QPushButton, "sendNowButton").isEnabled()
    outbox.close()


def test_a_refused_mail_is_told_and_sent_again_to_the_address_put_right(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    trusted: None,  # noqa: ARG001
    mailbox: Mailbox,
    server: MailServer,
) -> None:
    mailbox.replies, mailbox.refuse = {"RECIPIENT": "550 5.1.1 No such user"}, EMAIL
    installation = install(memory, "C10", 3)
    memory.settings.change_mail_server(server, NOW)
    show_orders(qtbot, window)
    place(qtbot, window, "size25")
    wait_for_mail(qtbot, window, "nicht zustellbar: 550 5.1.1 No such user")
    hint = find(window, QPushButton, "undeliveredButton")
    qtbot.waitUntil(lambda: hint.text() == "1 nicht zustellbar")
    assert find(window, QFrame, "mailBar").isHidden()
    memory.change_customer(installation, Customer("K-1", "Muster GmbH", "neu@example.org"), NOW)
    find(window, Table, "orderTable").selectRow(0)
    act(window, "sendAgainAction")
    again = wait_for_dialog(qtbot, "sendAgainDialog")
    click(qtbot, again, "sendAgainDialogSubmit")
    wait_for_mail(qtbot, window, "gesendet am 22.11.2026, 10:00")
    qtbot.waitUntil(hint.isHidden)
    assert mailbox.received[0].recipients == ["neu@example.org"]
    first, second = memory.outbox.of_installation(installation)
    assert mailbox.received[0].message_id == second.message_id != first.message_id


def test_a_cancelled_order_has_two_mails_and_either_can_be_sent_again(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    trusted: None,  # noqa: ARG001
    mailbox: Mailbox,
    server: MailServer,
) -> None:
    installation = install(memory, "C10", 3)
    placed = order(memory, installation, "C25")
    memory.cancel_order(installation, placed.order_number, "auf Wunsch", NOW)
    memory.settings.change_mail_server(server, NOW)
    show_orders(qtbot, window)
    window.desk.post.wake()
    sent = "gesendet am 22.11.2026, 10:00"
    wait_for_mail(qtbot, window, f"Stornierung: {sent} · Bestellbestätigung: {sent}")
    find(window, Table, "orderTable").selectRow(0)
    act(window, "sendAgainAction")
    form = wait_for_dialog(qtbot, "sendAgainDialog")
    assert form.value()[0] == memory.outbox.of_installation(installation)[1].mail.message_id  # type: ignore[attr-defined]
    find(form, QComboBox, "sendAgainMessage").setCurrentIndex(0)
    click(qtbot, form, "sendAgainDialogSubmit")
    qtbot.waitUntil(lambda: len(mailbox.received) == 3)


def test_a_server_that_cannot_be_trusted_gets_nothing_and_holds_up_no_order(
    qtbot: QtBot, window: MainWindow, memory: Store, mailbox: Mailbox, server: MailServer
) -> None:
    """The certificate's authority is unknown to this computer."""
    install(memory, "C10", 3)
    memory.settings.change_mail_server(server, NOW)
    show_orders(qtbot, window)
    place(qtbot, window, "size25")
    bar = find(window, QFrame, "mailBar")
    qtbot.waitUntil(bar.isVisible)
    assert "Dem Zertifikat von localhost ist nicht zu trauen; es wurde nichts gesendet." in text(window, "mailText")
    place(qtbot, window, "size50")
    pending = find(window, QFrame, "pendingBar")
    qtbot.waitUntil(lambda: "Classic 50 ist vorgemerkt" in pending.accessibleName())
    assert (mailbox.heard, mailbox.received) == ([], [])
    qtbot.waitUntil(lambda: find(window, QPushButton, "undeliveredButton").text() == "2 E-Mails warten")


def test_what_waited_for_the_server_goes_out_when_it_is_back(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    trusted: None,  # noqa: ARG001
    mailbox: Mailbox,
    server: MailServer,
) -> None:
    install(memory, "C10", 3)
    mailbox.replies = {"MAIL": "450 4.3.2 not now"}
    memory.settings.change_mail_server(server, NOW)
    show_orders(qtbot, window)
    place(qtbot, window, "size25")
    bar = find(window, QFrame, "mailBar")
    qtbot.waitUntil(bar.isVisible)
    mailbox.replies = {}
    click(qtbot, window, "retryMailButton")
    wait_for_mail(qtbot, window, "gesendet am 22.11.2026, 10:00")
    assert not bar.isVisible()


def test_the_password_is_asked_for_once_beside_the_work(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    clock: FixedClock,
    settings: QSettings,
    trusted: None,  # noqa: ARG001
    mailbox: Mailbox,
    strict: MailServer,
) -> None:
    install(memory, "C10", 3)
    memory.settings.change_mail_server(strict, NOW)
    show_orders(qtbot, window)
    place(qtbot, window, "size25")
    qtbot.waitUntil(lambda: find(window, QFrame, "mailBar").isVisible())
    form = dialog("passwordDialog")
    assert not form.isModal()
    click(qtbot, form, "passwordDialogCancel")
    place(qtbot, window, "size50")
    assert not [
        entry
        for entry in QApplication.topLevelWidgets()
        if entry.objectName() == "passwordDialog" and entry.isVisible()
    ]
    assert f"Das Kennwort von {ACCOUNT} wird gebraucht." in text(window, "mailText")
    click(qtbot, window, "enterPasswordButton")
    form = dialog("passwordDialog")
    click(qtbot, form, "passwordDialogSubmit")
    assert text(form, "mailPasswordFieldFault") == "Bitte ausfüllen."
    write(qtbot, form, "mailPasswordField", PASSWORD)
    click(qtbot, form, "passwordDialogSubmit")
    sent = "gesendet am 22.11.2026, 10:00"
    wait_for_mail(qtbot, window, sent, sent)
    assert find(window, QFrame, "mailBar").isHidden()
    # Another window of the same run, as after a change of the language.
    other = build(memory, clock, settings)
    qtbot.addWidget(other)
    other.show()
    show_orders(qtbot, other)
    place(qtbot, other, "size100")
    wait_for_mail(qtbot, other, sent, sent, sent)
    other.close()
    assert {line.partition(" ")[0] for line in mailbox.heard} == {"AUTH", "MAIL"}


def test_a_wrong_password_stops_all_until_another_is_entered(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    trusted: None,  # noqa: ARG001
    mailbox: Mailbox,
    strict: MailServer,
) -> None:
    """An account is soon locked by tries with a wrong password."""
    install(memory, "C10", 3)
    memory.settings.change_mail_server(strict, NOW)
    show_orders(qtbot, window)
    window.desk.post.enter_password(strict, "falsch")
    place(qtbot, window, "size25")
    wait_for_mail(
        qtbot,
        window,
        "wartet, letzter Versuch: der Mailserver nimmt Konto und Kennwort nicht an"
        " („535 5.7.8 Authentication credentials invalid“)",
    )
    place(qtbot, window, "size50")
    window.desk.post.wake()
    with qtbot.waitCallback() as looked:
        window.desk.post.unfinished(looked, looked)
    assert mailbox.heard == ["AUTH PLAIN encrypted=True"]
    assert "nimmt Konto und Kennwort nicht an" in text(window, "mailText")
    click(qtbot, window, "enterPasswordButton")
    write(qtbot, dialog("passwordDialog"), "mailPasswordField", PASSWORD)
    click(qtbot, dialog("passwordDialog"), "passwordDialogSubmit")
    wait_for_mail(qtbot, window, "gesendet am 22.11.2026, 10:00", "gesendet am 22.11.2026, 10:00")


@pytest.fixture
def wrong_sender(memory: Store, mailbox: Mailbox, strict: MailServer) -> MailServer:
    """The settings name a sender that the server doesn't take."""
    server = replace(strict, sender="falsch@example.org")
    mailbox.replies, mailbox.refuse = {"MAIL": "553 5.7.1 not yours"}, server.sender
    memory.settings.change_mail_server(server, NOW)
    passwords.remember_password(server, PASSWORD)
    return server


def test_the_settings_of_another_desk_hold_here_too(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    trusted: None,  # noqa: ARG001
    mailbox: Mailbox,
    strict: MailServer,
    wrong_sender: MailServer,  # noqa: ARG001
) -> None:
    """Another desk puts the sender right, and what waited is written anew with the right one."""
    install(memory, "C10", 3)
    show_orders(qtbot, window)
    place(qtbot, window, "size25")
    qtbot.waitUntil(lambda: find(window, QFrame, "mailBar").isVisible())
    assert "nimmt den Absender falsch@example.org nicht an" in text(window, "mailText")
    memory.settings.change_mail_server(strict, NOW)
    window.desk.post.wake()
    wait_for_mail(qtbot, window, "gesendet am 22.11.2026, 10:00")
    assert message_from_bytes(mailbox.received[0].content)["From"].endswith(f"<{strict.sender}>")


def test_what_is_asked_for_during_a_try_that_fails_doesnt_wait_for_the_pause(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    trusted: None,  # noqa: ARG001
    mailbox: Mailbox,
    strict: MailServer,
    wrong_sender: MailServer,  # noqa: ARG001
) -> None:
    """The settings are put right while the try with the wrong ones is still under way."""
    install(memory, "C10", 3)
    show_orders(qtbot, window)
    under_way, corrected = threading.Event(), threading.Event()

    def hold() -> None:
        under_way.set()
        corrected.wait(5)

    mailbox.on_mail = hold
    place(qtbot, window, "size25")
    qtbot.waitUntil(under_way.is_set)
    memory.settings.change_mail_server(strict, NOW)
    window.desk.post.wake()
    corrected.set()
    wait_for_mail(qtbot, window, "gesendet am 22.11.2026, 10:00")
    assert mailbox.received[0].sender == strict.sender


def test_the_window_closes_though_the_server_is_silent(
    german: QApplication,  # noqa: ARG001
    qtbot: QtBot,
    tmp_path: Path,
    clock: FixedClock,
    settings: QSettings,
    trusted: None,  # noqa: ARG001
    mailbox: Mailbox,
    server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What became of the mail is not known: it is sent again later, with the same bytes."""
    monkeypatch.setattr(sending, "GRACE_S", 0.1)
    mailbox.silent_in_data = True
    store = open_store(tmp_path / "office.db")
    order(store, install(store, "C10", 3), "C25")
    store.settings.change_mail_server(server, NOW)
    window = build(store, clock, settings)
    qtbot.addWidget(window)
    window.show()
    window.desk.post.wake()
    qtbot.waitUntil(lambda: len(mailbox.received) == 1)
    window.close()
    (delivery,) = store.outbox.unfinished()
    assert (delivery.answer, delivery.lease) == ("SILENT", "")
    assert message_from_bytes(mailbox.received[0].content).as_string() in store.outbox.message(delivery).replace(
        "\r", ""
    )
    assert store.outbox.counts() == OutboxCounts(1, 0)
    store.close()


def test_no_file_ever_holds_the_password(
    german: QApplication,  # noqa: ARG001
    qtbot: QtBot,
    tmp_path: Path,
    clock: FixedClock,
    settings: QSettings,
    trusted: None,  # noqa: ARG001
    strict: MailServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = open_store(tmp_path / "office.db")
    order(store, install(store, "C10", 3), "C25")
    window = build(store, clock, settings)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitCallback() as kept:
        window.desk.post.change_settings(None, strict, PASSWORD, kept, kept)
    qtbot.waitUntil(lambda: store.outbox.counts().waiting == 0)
    window.close()
    store.close()
    settings.sync()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"office.db", "settings.ini"} <= {path.name for path in files}
    secrets = [PASSWORD.encode(coding) for coding in ("utf-8", "latin-1", "utf-16-le")]
    assert not [path for path in files for secret in secrets if secret in path.read_bytes()]
    assert PASSWORD not in caplog.text


# ---------------------------------------------------------------------- as a file


class Opened(QObject):
    """Stands for the programs that open files."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.paths.append(Path(url.toLocalFile()))


@pytest.fixture
def opened() -> Iterator[Opened]:
    made = Opened()
    QDesktopServices.setUrlHandler("file", made, "open")  # type: ignore[arg-type] # the stub says bytes, only str works
    yield made
    QDesktopServices.unsetUrlHandler("file")


def test_a_mail_opens_as_a_draft_in_the_mail_program(
    qtbot: QtBot, window: MainWindow, memory: Store, opened: Opened
) -> None:
    order(memory, install(memory, "C10", 3), "C25")
    show_orders(qtbot, window)
    find(window, Table, "orderTable").selectRow(0)
    act(window, "openMailAction")
    qtbot.waitUntil(lambda: len(opened.paths) == 1)
    (path,) = opened.paths
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (message["X-Unsent"], message["To"]) == ("1", EMAIL)
    assert path.name == "Bestellung TW-000002 E-Mail.eml"
    assert path.parent.parent.stat().st_mode & 0o777 == 0o700
    window.close()
    assert not path.exists()


def test_a_mail_is_saved_as_a_file(
    qtbot: QtBot, window: MainWindow, memory: Store, tmp_path: Path, settings: QSettings
) -> None:
    order(memory, install(memory, "C10", 3), "C25")
    show_orders(qtbot, window)
    find(window, Table, "orderTable").selectRow(0)
    act(window, "saveMailAction")
    chooser = dialog("mailFileDialog")
    assert isinstance(chooser, QFileDialog)
    path = tmp_path / "Muster.eml"
    chooser.fileSelected.emit(str(path))
    chooser.close()
    qtbot.waitUntil(path.exists)
    assert b"X-Unsent: 1\r\n" in path.read_bytes()
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == f"Gespeichert: {path}")
    assert settings.value("mail/folder") == str(tmp_path)


def test_the_outbox_leads_to_the_customer_and_follows_what_happens(
    qtbot: QtBot,
    window: MainWindow,
    memory: Store,
    trusted: None,  # noqa: ARG001
    server: MailServer,
) -> None:
    order(memory, install(memory, "C10", 3), "C25")
    order(memory, install(memory, number="K-2", name="Çelikbaş"), "C25")
    window.actions_by_name.named["outbox"].trigger()
    outbox = dialog("outboxWindow")
    qtbot.waitUntil(lambda: len(rows(outbox, "outboxTable")) == 2)
    find(outbox, Table, "outboxTable").selectRow(1)
    click(qtbot, outbox, "outboxCustomerButton")
    qtbot.waitUntil(lambda: find(window, QLabel, "customerTitle").text() == "Çelikbaş")
    memory.settings.change_mail_server(server, NOW)
    window.reload()
    button = find(outbox, QPushButton, "sendNowButton")
    qtbot.waitUntil(button.isEnabled)
    click(qtbot, outbox, "sendNowButton")
    qtbot.waitUntil(lambda: rows(outbox, "outboxTable") == [])
    assert find(outbox, QLabel, "outboxReason").isHidden()
    outbox.close()


def test_a_write_protected_database_sends_nothing(
    german: QApplication,  # noqa: ARG001
    qtbot: QtBot,
    tmp_path: Path,
    clock: FixedClock,
    settings: QSettings,
    trusted: None,  # noqa: ARG001
    mailbox: Mailbox,
    server: MailServer,
) -> None:
    path = tmp_path / "office.db"
    writing = open_store(path)
    order(writing, install(writing, "C10", 3), "C25")
    writing.settings.change_mail_server(server, NOW)
    writing.close()
    store = open_store(path, read_only=True)
    window = build(store, clock, settings)
    qtbot.addWidget(window)
    window.show()
    show_orders(qtbot, window)
    window.desk.post.wake()
    wait_for_mail(qtbot, window, "wartet")
    find(window, Table, "orderTable").selectRow(0)
    window.settings.open_mail()
    form = dialog("preferencesDialog")
    qtbot.waitUntil(lambda: "schreibgeschützt" in find(form, QLabel, "mailReason").text())
    assert not find(form, QPushButton, "testMailButton").isEnabled()
    form.close()
    window.close()
    store.close()
    assert mailbox.received == []
