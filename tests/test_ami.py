"""A line to a running Asterisk: encrypted, within bounds, whole lists or none, and no password in anything."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

import pytest

from model.ami import (
    PATIENCE,
    PORTS,
    AmiConnection,
    AmiSecurity,
    AmiServer,
    Message,
    Patience,
    checked_password,
    decoded,
)
from model.refusals import AmiFailed, AmiFault, Fault, InvalidInput
from tests.ami_server import (
    ACCOUNT,
    ENDPOINT,
    ENDPOINTS,
    MAILBOXES,
    PASSWORD,
    QUEUES,
    SECRET,
    Pbx,
    Phone,
    ami_server,
    self_signed,
)
from tests.smtp_server import free_port, server_context, trusting

BOTH = list(AmiSecurity)
IMPATIENT = Patience(silence_s=0.3)
ONE = Pbx([Phone("1107", "Erika <1107>")])


def ask(
    server: AmiServer,
    action: str = ENDPOINTS,
    password: str = PASSWORD,
    patience: Patience = PATIENCE,
    context: ssl.SSLContext | None = None,
    **fields: bytes,
) -> list[Message]:
    connection = AmiConnection(server, context or trusting(), patience)
    try:
        connection.log_in(password)
        return connection.ask(action, fields)
    finally:
        connection.close()


def failing(server: AmiServer, patience: Patience = PATIENCE, context: ssl.SSLContext | None = None) -> AmiFailed:
    with pytest.raises(AmiFailed) as caught:
        ask(server, patience=patience, context=context)
    return caught.value


def listing(count: int | str, *names: str) -> bytes:
    events = "".join(f"Event: EndpointList\r\nActionID: %s\r\nObjectName: {name}\r\n\r\n" for name in names)
    head = "Response: Success\r\nActionID: %s\r\nEventList: start\r\n\r\n"
    end = f"Event: EndpointListComplete\r\nActionID: %s\r\nEventList: Complete\r\nListItems: {count}\r\n\r\n"
    return (head + events + end).encode()


# ---------------------------------------------------------------------- logging in


@pytest.mark.parametrize("security", BOTH)
def test_a_list_is_read_with_events_off(security: AmiSecurity) -> None:
    pbx = Pbx([Phone("1107"), Phone("1108")])
    with ami_server(pbx, security) as server:
        assert [entry.text("objectname") for entry in ask(server)] == ["1107", "1108"]
    login = next(action for action in pbx.heard if action["Action"] == "Login")
    assert (login["Username"], login["Events"]) == (ACCOUNT, "off")
    assert pbx.asked()[-1] == "Logoff"


def test_the_password_never_goes_out_in_plain_text() -> None:
    pbx = Pbx([Phone("1107")])
    with ami_server(pbx) as server:
        ask(server)
    assert pbx.asked()[:2] == ["Challenge", "Login"]
    assert PASSWORD not in str(pbx.heard)


@pytest.mark.parametrize("security", BOTH)
def test_a_wrong_password_is_said(security: AmiSecurity) -> None:
    with ami_server(ONE, security) as server, pytest.raises(AmiFailed) as caught:
        ask(server, password="falsch")
    assert caught.value.fault is AmiFault.LOGIN


def test_an_account_that_may_not_ask() -> None:
    with ami_server(Pbx(forbidden=(ENDPOINTS,))) as server:
        assert (failing(server).fault, failing(server).detail) == (AmiFault.PERMISSION, ENDPOINTS)


def test_a_self_signed_certificate_is_refused() -> None:
    pbx = Pbx()
    with ami_server(pbx, AmiSecurity.TLS, self_signed()) as server:
        assert failing(server).fault is AmiFault.SELF_SIGNED
    assert pbx.heard == []


def test_a_certificate_of_somebody_else_is_refused() -> None:
    pbx = Pbx()
    with ami_server(pbx, AmiSecurity.TLS) as server:
        unknown = failing(server, context=ssl.create_default_context())
    with ami_server(pbx, AmiSecurity.TLS, server_context("pbx.example.com")) as server:
        other_name = failing(server)
    assert [unknown.fault, other_name.fault] == [AmiFault.CERTIFICATE] * 2
    assert (bool(unknown.detail), bool(other_name.detail), pbx.heard) == (True, True, [])


def test_nothing_is_said_in_plain_text_where_tls_is_chosen() -> None:
    pbx = Pbx()
    with ami_server(pbx) as server:
        assert failing(AmiServer(server.host, server.port, AmiSecurity.TLS, ACCOUNT)).fault is AmiFault.NO_ENCRYPTION
    assert pbx.heard == []


def test_the_port_for_tls_is_never_spoken_to_in_plain_text() -> None:
    server = AmiServer(" PBX.example.com ", PORTS[AmiSecurity.TLS], AmiSecurity.PLAIN, " tarife ").checked()
    assert server == AmiServer("pbx.example.com", PORTS[AmiSecurity.TLS], AmiSecurity.TLS, "tarife")
    assert AmiServer("2001:db8::1", 5038).address == "[2001:db8::1]:5038"


@pytest.mark.parametrize(
    ("server", "field", "fault"),
    [
        (AmiServer(" ", account="a"), "host", Fault.EMPTY),
        (AmiServer("a b", account="a"), "host", Fault.HOST_FORM),
        (AmiServer("localhost", 0, account="a"), "port", Fault.AMI_PORT_FORM),
        (AmiServer("localhost", 65_536, account="a"), "port", Fault.AMI_PORT_FORM),
        (AmiServer("localhost"), "account", Fault.EMPTY),
        (AmiServer("localhost", account="a\r\nAction: Logoff"), "account", Fault.UNPRINTABLE),
    ],
)
def test_what_was_entered_is_checked(server: AmiServer, field: str, fault: Fault) -> None:
    with pytest.raises(InvalidInput) as caught:
        server.checked()
    assert (caught.value.field, caught.value.fault) == (field, fault)


@pytest.mark.parametrize(("password", "fault"), [("", Fault.EMPTY), ("a\nAction: Logoff", Fault.UNPRINTABLE)])
def test_a_password_is_one_line(password: str, fault: Fault) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_password(password)
    assert (caught.value.fault, caught.value.value) == (fault, "U+000A" if password else "")


# ---------------------------------------------------------------------- servers that behave badly


def test_nobody_listens() -> None:
    assert failing(AmiServer("localhost", free_port(), AmiSecurity.PLAIN, ACCOUNT)).fault is AmiFault.UNREACHABLE


@pytest.mark.parametrize(
    ("pbx", "fault"),
    [
        (Pbx(banner=b""), AmiFault.SILENT),
        (Pbx(banner=b"SSH-2.0-OpenSSH_9.6\r\n"), AmiFault.NOT_ASTERISK),
        (Pbx(banner=b"\0\xff\xfe" * 50 + b"\n"), AmiFault.NOT_ASTERISK),
        (Pbx(banner=b"x" * 70_000), AmiFault.TOO_MUCH),
        (Pbx(instead={"Challenge": b""}), AmiFault.SILENT),
        (Pbx(instead={"Login": b""}), AmiFault.SILENT),
        (Pbx(instead={"Login": b""}, hangs_up=("Login",)), AmiFault.DISCONNECTED),
        (Pbx(instead={"Login": b"Response: Success\r\nActionID: 99\r\n\r\n"}), AmiFault.SILENT),
        (Pbx(instead={ENDPOINTS: b""}), AmiFault.SILENT),
        (Pbx(instead={ENDPOINTS: listing(1, "1107")[:-20]}), AmiFault.SILENT),
        (Pbx(instead={ENDPOINTS: listing(1, "1107")[:-20]}, hangs_up=(ENDPOINTS,)), AmiFault.DISCONNECTED),
        (Pbx(instead={ENDPOINTS: listing(2, "1107")}), AmiFault.INCOMPLETE),
        (Pbx(instead={ENDPOINTS: listing(0, "1107")}), AmiFault.INCOMPLETE),
        (Pbx(instead={ENDPOINTS: listing("", "1107")}), AmiFault.INCOMPLETE),
        (Pbx(instead={ENDPOINTS: listing("²", "1107")}), AmiFault.INCOMPLETE),
        (Pbx(instead={ENDPOINTS: listing("9" * 5_000, "1107")}), AmiFault.INCOMPLETE),
        (
            Pbx(instead={ENDPOINTS: listing(1, "1107").replace(b"EventList: Complete", b"EventList: cancelled")}),
            AmiFault.INCOMPLETE,
        ),
        (Pbx(instead={ENDPOINTS: b"Response: Error\r\nActionID: %s\r\nMessage: Hm\r\n\r\n"}), AmiFault.REFUSED),
        (Pbx(unknown=(ENDPOINTS,)), AmiFault.UNKNOWN_ACTION),
        (Pbx(instead={ENDPOINTS: b"A: b\r\n" * 2_000}), AmiFault.TOO_MUCH),
        (Pbx(instead={ENDPOINTS: b"x" * 70_000 + b"\r\n"}), AmiFault.TOO_MUCH),
        (Pbx(instead={ENDPOINTS: b"\r\n" * 2_000}), AmiFault.TOO_MUCH),
    ],
)
def test_a_server_that_behaves_badly_is_left(pbx: Pbx, fault: AmiFault) -> None:
    with ami_server(pbx) as server:
        # Only silence is worth waiting for.
        assert failing(server, IMPATIENT if fault is AmiFault.SILENT else PATIENCE).fault is fault


@pytest.mark.parametrize(("bound", "most"), [("MOST_MESSAGES", 50), ("MOST_BYTES", 5_000)])
def test_a_list_without_end_is_left(monkeypatch: pytest.MonkeyPatch, bound: str, most: int) -> None:
    monkeypatch.setattr(f"model.ami.{bound}", most)
    with ami_server(Pbx(instead={ENDPOINTS: b"Event: Newchannel\r\nUniqueid: 1\r\n\r\n" * 200})) as server:
        assert failing(server).fault is AmiFault.TOO_MUCH


def test_an_answer_that_takes_too_long_is_left() -> None:
    """A sign of life now and then is no answer."""
    with ami_server(ONE) as server:
        assert failing(server, Patience(silence_s=5, answer_s=0)).fault is AmiFault.SILENT


def test_any_thread_may_cut_it() -> None:
    pbx = Pbx(instead={ENDPOINTS: b"Response: Success\r\n"})
    with ami_server(pbx) as server, contextlib.closing(AmiConnection(server)) as connection:
        connection.log_in(PASSWORD)
        cutting = threading.Thread(target=cut_when, args=(connection, lambda: ENDPOINTS in pbx.asked()))
        cutting.start()
        with pytest.raises(AmiFailed) as caught:
            connection.ask(ENDPOINTS)
        cutting.join()
    assert caught.value.fault is AmiFault.CANCELLED


def cut_when(connection: AmiConnection, ready: Callable[[], bool]) -> None:
    waiting = threading.Event()
    while not ready():
        waiting.wait(0.01)
    connection.cut()


@pytest.mark.parametrize("security", BOTH)
def test_what_was_cut_before_it_began_never_begins(security: AmiSecurity) -> None:
    pbx = Pbx()
    with ami_server(pbx, security) as server, contextlib.closing(AmiConnection(server, trusting())) as connection:
        connection.cut()
        with pytest.raises(AmiFailed) as caught:
            connection.log_in(PASSWORD)
    assert (caught.value.fault, pbx.heard) == (AmiFault.CANCELLED, [])


def test_a_name_that_takes_long_to_look_up_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up, goes_on = threading.Event(), threading.Event()

    def look_up(*_args: object, **_named: object) -> list[object]:
        looked_up.set()
        goes_on.wait()
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    connection = AmiConnection(AmiServer("pbx.example.com", account=ACCOUNT))
    cutting = threading.Thread(target=cut_when, args=(connection, looked_up.is_set))
    cutting.start()
    with pytest.raises(AmiFailed) as caught:
        connection.log_in(PASSWORD)
    cutting.join()
    goes_on.set()
    assert caught.value.fault is AmiFault.CANCELLED


# ---------------------------------------------------------------------- what is said


@pytest.mark.parametrize("action", [ENDPOINTS, MAILBOXES, QUEUES])
def test_nothing_there_is_an_empty_list(action: str) -> None:
    with ami_server(Pbx()) as server:
        assert ask(server, action) == []


def test_a_list_that_counts_too_little_is_taken_only_where_that_is_known() -> None:
    with (
        ami_server(Pbx([Phone("1107")], counts_logins=False)) as server,
        contextlib.closing(AmiConnection(server)) as connection,
    ):
        connection.log_in(PASSWORD)
        wanted = {"Endpoint": b"1107"}
        assert len(connection.ask(ENDPOINT, wanted, at_least=True)) == 3
        with pytest.raises(AmiFailed) as caught:
            connection.ask(ENDPOINT, wanted)
    assert caught.value.fault is AmiFault.INCOMPLETE


def test_passwords_among_the_fields_are_never_held() -> None:
    with ami_server(Pbx([Phone("1107", user="0019159bf771")])) as server:
        events = ask(server, ENDPOINT, Endpoint=b"1107")
    assert [event.text("username") for event in events] == ["", "", "0019159bf771"]
    held = [value for event in events for value in event._fields.values()]
    assert SECRET.encode() not in b" ".join(held)
    assert SECRET not in repr(events)


def test_each_line_may_be_in_another_encoding() -> None:
    assert decoded("Müller".encode()) == ("Müller", "UTF-8")
    assert decoded("Müller €".encode("cp1252")) == ("Müller €", "windows-1252")
    assert decoded(b"M\x81ller")[0] == "M\ufffdller"


def test_the_first_of_two_fields_counts_and_other_lines_are_passed_over() -> None:
    answer = listing(1, "1107\r\nobjectname: 1108\r\nno field at all\r\n:\r\nX:")
    with ami_server(Pbx(instead={ENDPOINTS: answer})) as server:
        assert [entry.text("objectname") for entry in ask(server)] == ["1107"]
