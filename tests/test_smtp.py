"""What a mail server says and does, and what comes of it; never a word in plain text that isn't a greeting."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from model.provider import MailSecurity, MailServer
from model.smtp import Attempt, Outcome, Trouble, Verdict, read_answer
from tests.examples import EMAIL
from tests.smtp_server import (
    ACCOUNT,
    PASSWORD,
    SENDER,
    Mailbox,
    free_port,
    mail_server,
    trusting,
)

MESSAGE = "Message-ID: <1@example.org>\r\nSubject: Bestellung\r\n\r\n.Punkt\r\n..\r\nEnde\r\n"
BOTH = list(MailSecurity)
PATIENCE_S = 0.5


def send(server: MailServer, password: str = "", context: ssl.SSLContext | None = None, **times: float) -> Outcome:
    return Attempt(server, password, context or trusting(), **times).send(EMAIL, MESSAGE)


class Script(socketserver.StreamRequestHandler):
    """A server that says one thing after the other, whatever it hears; then it waits until it is left."""

    replies: tuple[bytes, ...] = ()
    heard: list[bytes]

    def handle(self) -> None:
        for reply in self.replies:
            self.wfile.write(reply)
            self.heard.append(self.rfile.readline())
        self.heard.append(self.rfile.read())


@contextmanager
def scripted(*replies: bytes) -> Iterator[tuple[MailServer, list[bytes]]]:
    heard: list[bytes] = []
    script: Any = type("Scripted", (Script,), {"replies": replies, "heard": heard})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), script) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.05,))
        thread.start()
        yield MailServer("localhost", listener.server_address[1], sender=SENDER), heard
        listener.shutdown()
        thread.join()


@pytest.mark.parametrize("security", BOTH)
def test_a_message_arrives_as_it_is_over_an_encrypted_line(security: MailSecurity) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, security) as server:
        outcome = send(server)
    assert outcome == Outcome(Verdict.SENT, words="250 2.0.0 OK queued", handed_over=True)
    (received,) = mailbox.received
    assert (received.sender, received.recipients, received.encrypted) == (SENDER, [EMAIL], True)
    assert received.content == MESSAGE.encode()


@pytest.mark.parametrize("security", BOTH)
def test_it_logs_in_with_any_password(security: MailSecurity) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, security, login=True) as server:
        assert send(server, PASSWORD).verdict is Verdict.SENT
    assert mailbox.heard == ["AUTH PLAIN encrypted=True", "MAIL encrypted=True"]


def test_a_wrong_password_is_for_the_settings() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, login=True) as server:
        outcome = send(server, "falsch")
        missing = send(replace(server, account=""))
    assert (outcome.verdict, outcome.trouble) == (Verdict.SETTINGS_WRONG, Trouble.PASSWORD)
    assert outcome.words.startswith("535 ")
    assert (missing.verdict, missing.trouble) == (Verdict.SETTINGS_WRONG, Trouble.PASSWORD)
    assert not mailbox.received


@pytest.mark.parametrize(
    ("stage", "reply", "verdict", "trouble"),
    [
        ("RECIPIENT", "550 5.1.1 No such user", Verdict.REFUSED, Trouble.RECIPIENT),
        ("RECIPIENT", "451 4.7.1 Greylisted", Verdict.DEFERRED, Trouble.RECIPIENT),
        ("CONTENT", "554 5.7.1 Spam", Verdict.REFUSED, Trouble.CONTENT),
        ("CONTENT", "452 4.3.1 Full", Verdict.DEFERRED, Trouble.CONTENT),
        ("MAIL", "552 5.3.4 Too large", Verdict.REFUSED, Trouble.CONTENT),
        ("MAIL", "553 5.7.1 Not your address", Verdict.SETTINGS_WRONG, Trouble.SENDER),
        ("MAIL", "450 4.7.1 Later", Verdict.SERVER_FAULT, Trouble.SENDER),
        ("MAIL", "530 5.7.0 Authentication required", Verdict.SETTINGS_WRONG, Trouble.PASSWORD),
        ("RECIPIENT", "421 4.3.2 Closing", Verdict.SERVER_FAULT, Trouble.UNWILLING),
    ],
)
def test_what_the_server_says_decides(stage: str, reply: str, verdict: Verdict, trouble: Trouble) -> None:
    with mail_server(Mailbox(replies={stage: reply})) as server:
        outcome = send(server)
    assert (outcome.verdict, outcome.trouble, outcome.words) == (verdict, trouble, reply)
    assert outcome.handed_over is (stage == "CONTENT")
    assert read_answer(outcome.answer) == (trouble, reply)


def test_a_server_without_8bitmime_takes_it() -> None:
    mailbox = Mailbox(eight_bit=False)
    with mail_server(mailbox) as server:
        assert send(server).verdict is Verdict.SENT
    assert mailbox.received[0].content.isascii()


@pytest.mark.parametrize("security", BOTH)
def test_a_server_that_falls_silent_is_left(security: MailSecurity) -> None:
    mailbox = Mailbox(silent_in_data=True)
    with mail_server(mailbox, security) as server:
        outcome = send(server, reply_s=PATIENCE_S)
    assert outcome == Outcome(Verdict.SERVER_FAULT, Trouble.SILENT, handed_over=True)


def test_a_server_that_never_greets_is_left() -> None:
    with scripted(b"") as (server, _heard):
        assert send(server, reply_s=PATIENCE_S).trouble is Trouble.SILENT


def test_a_server_that_answers_without_end_is_left() -> None:
    """Each answer comes in time, the whole try doesn't."""
    endless = b"220-still there\r\n" * 3
    with scripted(endless) as (server, _heard):
        outcome = send(server, whole_try_s=PATIENCE_S)
    assert (outcome.verdict, outcome.trouble) == (Verdict.SERVER_FAULT, Trouble.SILENT)


def test_a_server_that_hangs_up_after_the_message_may_have_it() -> None:
    with mail_server(Mailbox(hang_up_in_data=True)) as server:
        outcome = send(server)
    assert outcome == Outcome(Verdict.SERVER_FAULT, Trouble.DISCONNECTED, handed_over=True)


def test_nobody_listens() -> None:
    outcome = send(MailServer("localhost", free_port(), sender=SENDER))
    assert (outcome.verdict, outcome.trouble) == (Verdict.SERVER_FAULT, Trouble.UNREACHABLE)
    assert outcome.words
    nowhere = send(MailServer("no-such-host.invalid", 587, sender=SENDER))
    assert nowhere.trouble is Trouble.UNREACHABLE


@pytest.mark.parametrize("security", BOTH)
def test_an_unknown_certificate_ends_it_and_nothing_is_said(security: MailSecurity) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, security, login=True) as server:
        outcome = send(server, PASSWORD, ssl.create_default_context())
    assert (outcome.verdict, outcome.trouble) == (Verdict.SERVER_FAULT, Trouble.CERTIFICATE)
    assert "self-signed" in outcome.words or "unable to get local issuer" in outcome.words
    assert (mailbox.heard, mailbox.received) == ([], [])


@pytest.mark.parametrize("security", BOTH)
def test_a_certificate_for_another_name_ends_it(security: MailSecurity) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, security, name="mail.example.org") as server:
        outcome = send(server)
    assert (outcome.trouble, "localhost" in outcome.words) == (Trouble.CERTIFICATE, True)
    assert (mailbox.heard, mailbox.received) == ([], [])


def test_a_server_without_starttls_gets_no_message() -> None:
    mailbox = Mailbox(encrypts=False)
    with mail_server(mailbox) as server:
        outcome = send(replace(server, account=ACCOUNT), PASSWORD)
    assert (outcome.verdict, outcome.trouble) == (Verdict.SERVER_FAULT, Trouble.NO_ENCRYPTION)
    assert (mailbox.heard, mailbox.received) == ([], [])


def test_a_refused_starttls_is_no_way_on() -> None:
    with scripted(b"220 hi\r\n", b"250-x\r\n250 STARTTLS\r\n", b"454 4.7.0 not now\r\n") as (server, heard):
        outcome = send(server)
    assert (outcome.trouble, outcome.words) == (Trouble.NO_ENCRYPTION, "454 4.7.0 not now")
    assert heard == [b"ehlo [127.0.0.1]\r\n", b"STARTTLS\r\n", b"", b""]


def test_what_comes_before_the_encryption_is_forgotten() -> None:
    """Somebody in between adds an answer to the one to STARTTLS (CVE-2011-0411); it must not be taken for TLS."""
    injected = b"220 go\r\n250-x\r\n250 AUTH PLAIN\r\n"
    with scripted(b"220 hi\r\n", b"250-x\r\n250 STARTTLS\r\n", injected) as (server, heard):
        outcome = send(replace(server, account=ACCOUNT), PASSWORD, reply_s=PATIENCE_S)
    assert outcome.verdict is Verdict.SERVER_FAULT
    assert not any(b"AUTH" in line.upper() for line in heard)


def test_the_wrong_choice_of_encryption_is_told() -> None:
    with mail_server(Mailbox(), MailSecurity.STARTTLS) as server:
        outcome = send(replace(server, security=MailSecurity.TLS))
    assert outcome.trouble is Trouble.NO_ENCRYPTION


def test_words_of_a_server_do_no_harm() -> None:
    rude = b"554-<b>x</b>\x07\x1b[2J \xe2\x80\xae\xff\r\n554 " + b"y" * 2000 + b"\r\n"
    with scripted(rude) as (server, _heard):
        outcome = send(server)
    assert (outcome.verdict, outcome.trouble) == (Verdict.SERVER_FAULT, Trouble.UNWILLING)
    assert outcome.words.startswith("554 <b>x</b> [2J \ufffd yyy")
    assert outcome.words.isprintable()
    assert len(outcome.words) == 500


def test_an_answer_that_is_none_is_a_fault_of_the_server() -> None:
    with scripted(b"\x00\x00\xff\xff\r\n") as (server, _heard):
        assert send(server).verdict is Verdict.SERVER_FAULT


@pytest.mark.parametrize("stage", ["dialling", "data"])
def test_a_try_can_be_aborted(stage: str) -> None:
    mailbox = Mailbox(silent_in_data=True)
    with mail_server(mailbox, MailSecurity.TLS) as server, socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1] if stage == "dialling" else server.port
        attempt, outcomes = Attempt(replace(server, port=port), "", trusting()), list[Outcome]()
        thread = threading.Thread(target=lambda: outcomes.append(attempt.send(EMAIL, MESSAGE)))
        thread.start()
        while stage == "data" and not mailbox.received:
            time.sleep(0.01)
        attempt.abort()
        thread.join()
    assert outcomes[0].verdict is Verdict.SERVER_FAULT
    assert outcomes[0].handed_over is (stage == "data")
