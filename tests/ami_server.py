"""A manager interface on a free loopback port that speaks as Asterisk does, and badly where a test wants it to."""

from __future__ import annotations

import contextlib
import hashlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from model.ami import AmiSecurity, AmiServer
from tests.smtp_server import server_context

ACCOUNT, PASSWORD = "tarife", "Kennwort mit Ümlaut 1"
BANNER = b"Asterisk Call Manager/9.0.0\r\n"
CHALLENGE = "843917425"
SECRET = "Hunter2"
ENDPOINTS, ENDPOINT = "PJSIPShowEndpoints", "PJSIPShowEndpoint"
CONTACTS = "PJSIPShowRegistrationInboundContactStatuses"
QUEUES, MAILBOXES = "QueueStatus", "VoicemailUsersList"
Action = dict[str, str]


@dataclass
class Phone:
    """An endpoint as Asterisk tells of it; lines go out in `encoding`."""

    name: str
    caller_id: str = "<unknown>"
    user: str = ""
    webrtc: str = "no"
    outbound_auth: str = ""
    agents: tuple[str, ...] = ()
    encoding: str = "utf-8"


@dataclass
class Pbx:
    """What there is, and how it behaves; `instead` answers an action with bytes of its own, %s for the ActionID.

    After such an answer the server waits in silence, or hangs up if the action is in `hangs_up`.
    """

    phones: list[Phone] = field(default_factory=list)
    queues: tuple[str, ...] = ()
    mailboxes: dict[str, str] = field(default_factory=dict)
    banner: bytes = BANNER
    unknown: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    instead: dict[str, bytes] = field(default_factory=dict)
    hangs_up: tuple[str, ...] = ()
    counts_logins: bool = True
    heard: list[Action] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.known = {_text(phone.name.encode(phone.encoding)): phone for phone in self.phones}

    def asked(self) -> list[str]:
        """The actions in their order."""
        return [action["Action"] for action in self.heard]

    def answer(self, action: Action) -> bytes:
        """What Asterisk says, as its sources have it."""
        name = action["Action"]
        if name in self.unknown:
            words = f"Invalid/unknown command: {name}. Use Action: ListCommands to show available commands."
            return said(action, "Error", words)
        if name in self.forbidden:
            return said(action, "Error", "Permission denied")
        return {
            "Login": self._login,
            "Challenge": self._challenge,
            "Logoff": lambda _action: b"Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n",
            ENDPOINTS: self._endpoints,
            ENDPOINT: self._endpoint,
            CONTACTS: self._contacts,
            QUEUES: self._queues,
            MAILBOXES: self._mailboxes,
        }[name](action)

    def _challenge(self, action: Action) -> bytes:
        return f"Response: Success\r\nActionID: {action['ActionID']}\r\nChallenge: {CHALLENGE}\r\n\r\n".encode()

    def _login(self, action: Action) -> bytes:
        key = hashlib.md5(f"{CHALLENGE}{PASSWORD}".encode(), usedforsecurity=False).hexdigest()
        right = action.get("Secret") == PASSWORD or action.get("Key") == key
        if action["Username"] != ACCOUNT or not right:
            return said(action, "Error", "Authentication failed")
        booted = b"Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n"
        return said(action, "Success", "Authentication accepted") + booted

    def _endpoints(self, action: Action) -> bytes:
        if not self.phones:
            return said(action, "Error", "No endpoints found\n")
        events = [
            event(action, "EndpointList", {
                "ObjectType": "endpoint", "ObjectName": phone.name, "Aor": phone.name, "Auths": phone.name,
                "Contacts": "", "DeviceState": "Not in use",
            }, phone.encoding) for phone in self.phones
        ]  # fmt: skip
        return whole(action, "EndpointListComplete", events)

    def _endpoint(self, action: Action) -> bytes:
        wanted = action["Endpoint"]
        phone = self.known.get(wanted)
        if phone is None:
            return said(action, "Error", f"Unable to retrieve endpoint {wanted}\n")
        secret = {"Username": phone.user or phone.name, "Password": SECRET, "Md5Cred": SECRET, "AuthType": "userpass"}
        events = [
            event(action, "EndpointDetail", {
                "ObjectType": "endpoint", "ObjectName": phone.name, "Auth": phone.name, "Aors": phone.name,
                "OutboundAuth": phone.outbound_auth, "Callerid": phone.caller_id, "Webrtc": phone.webrtc,
                "SrtpTag32": "false", "DeviceState": "Not in use", "ActiveChannels": "",
            }, phone.encoding),
            event(action, "AorDetail", {"ObjectType": "aor", "ObjectName": phone.name, "Contacts": ""}),
            event(action, "AuthDetail", {"ObjectType": "auth", "ObjectName": phone.name, **secret}, phone.encoding),
        ]  # fmt: skip
        return whole(action, "EndpointDetailComplete", events, len(events) - (not self.counts_logins))

    def _contacts(self, action: Action) -> bytes:
        events = [
            event(action, "ContactStatusDetail", {"AOR": phone.name, "URI": "sip:x@192.0.2.1", "UserAgent": agent})
            for phone in self.phones
            for agent in phone.agents
        ]
        return whole(action, "ContactStatusDetailComplete", events)

    def _queues(self, action: Action) -> bytes:
        events = []
        for queue in self.queues:
            events.append(event(action, "QueueParams", {"Queue": queue, "Max": "0", "Strategy": "ringall"}))
            events.append(event(action, "QueueMember", {"Queue": queue, "Name": "Erika", "Location": "PJSIP/1107"}))
        return whole(action, "QueueStatusComplete", events)

    def _mailboxes(self, action: Action) -> bytes:
        if not self.mailboxes:
            return said(action, "Success", "There are no voicemail users currently defined.")
        events = [
            event(action, "VoicemailUserEntry", {
                "VMContext": "default", "VoiceMailbox": number, "Fullname": name, "Email": "erika@example.org",
            }) for number, name in self.mailboxes.items()
        ]  # fmt: skip
        return whole(action, "VoicemailUserEntryComplete", events)


def said(action: Action, response: str, words: str) -> bytes:
    """One answer."""
    lines = f"Response: {response}\r\nActionID: {action['ActionID']}\r\nMessage: {words}\r\n\r\n"
    return lines.encode("utf-8", "surrogateescape")


def event(action: Action, name: str, fields: dict[str, str], encoding: str = "utf-8") -> bytes:
    """One event of a list."""
    lines = {"Event": name, "ActionID": action["ActionID"], **fields}
    return ("".join(f"{field}: {value}\r\n" for field, value in lines.items()) + "\r\n").encode(encoding)


def whole(action: Action, name: str, events: list[bytes], count: int | None = None) -> bytes:
    """A list from its beginning to its end, with something else in between."""
    number, count = action["ActionID"], len(events) if count is None else count
    head = f"Response: Success\r\nActionID: {number}\r\nEventList: start\r\nMessage: A listing follows\r\n\r\n"
    other = b"Event: Newchannel\r\nActionID: 999999\r\nEventList: Complete\r\nListItems: 0\r\n\r\n"
    end = f"Event: {name}\r\nActionID: {number}\r\nEventList: Complete\r\nListItems: {count}\r\n\r\n"
    return head.encode() + other + b"".join(events) + end.encode()


@contextmanager
def ami_server(
    pbx: Pbx, security: AmiSecurity = AmiSecurity.PLAIN, context: ssl.SSLContext | None = None
) -> Iterator[AmiServer]:
    """The server, and how to reach it; over TLS with the certificate of the tests' authority or the given one."""
    chosen = (context or server_context("localhost")) if security is AmiSecurity.TLS else None
    handler: Any = type("Handler", (_Handler,), {"pbx": pbx, "context": chosen})
    with _Server(("127.0.0.1", 0), handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield AmiServer("localhost", listener.server_address[1], security, ACCOUNT)
        finally:
            listener.shutdown()
            thread.join()


@cache
def self_signed() -> ssl.SSLContext:
    """What a server shows that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(key.private_bytes(*kinds) + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(path)
    return context


class _Server(socketserver.ThreadingTCPServer):
    def handle_error(self, _request: object, _address: object) -> None:
        """A client that goes away in the middle is what some tests are about."""


class _Handler(socketserver.StreamRequestHandler):
    pbx: Pbx
    context: ssl.SSLContext | None

    def setup(self) -> None:
        if self.context is not None:
            self.request = self.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        self.wfile.write(self.pbx.banner)
        while action := self._action():
            name = action.get("Action", "")
            if not name:
                self.rfile.read()
                return
            self.pbx.heard.append(action)
            if name in self.pbx.instead:
                self.wfile.write(self.pbx.instead[name].replace(b"%s", action["ActionID"].encode()))
                if name not in self.pbx.hangs_up:
                    self.rfile.read()
                return
            self.wfile.write(self.pbx.answer(action))

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.request.close()

    def _action(self) -> Action:
        action = {}
        while line := self.rfile.readline().rstrip(b"\r\n"):
            name, _colon, value = _text(line).partition(": ")
            action[name] = value
        return action


def _text(raw: bytes) -> str:
    """Bytes that are no UTF-8 are still told apart."""
    return raw.decode("utf-8", "surrogateescape")
