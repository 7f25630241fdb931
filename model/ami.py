"""Speaks with a running Asterisk by its manager interface (AMI), within bounds of time and size.

A line is encrypted and its server's certificate checked, unless a clerk has chosen otherwise for this one connection;
the account's password is never sent in plain text. Of what Asterisk says only the fields in KEPT are ever held, so that
the passwords among the others get no further than here (R37).
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from model.installation import checked_text
from model.provider import checked_host, wire_host
from model.refusals import AmiFailed, AmiFault, Fault, InvalidInput

LONGEST_LINE = 64 * 1024
MOST_LINES = 1_000
MOST_MESSAGES = 200_000
MOST_BYTES = 512 * 1024 * 1024
CHUNK = 64 * 1024
UTF_8, WINDOWS_1252 = "UTF-8", "windows-1252"
KEPT = frozenset(
    b"response event actionid eventlist listitems message challenge objectname callerid auth outboundauth webrtc"
    b" username aor aors useragent queue voicemailbox fullname".split()
)
BANNER = re.compile(rb"Asterisk Call Manager(?: Proxy)?/[0-9][0-9.]{0,19}")
# What Asterisk says instead of a list with nothing in it.
NOTHING_THERE = re.compile(r"no endpoints found|there are no voicemail users", re.IGNORECASE)
REFUSALS = {
    "permission denied": AmiFault.PERMISSION,
    "invalid/unknown command": AmiFault.UNKNOWN_ACTION,
}
# OpenSSL's X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT and X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN.
SELF_SIGNED = frozenset({18, 19})


class AmiSecurity(StrEnum):
    """How the line to the manager interface is encrypted."""

    TLS = "TLS"
    PLAIN = "PLAIN"


PORTS = {AmiSecurity.TLS: 5039, AmiSecurity.PLAIN: 5038}


@dataclass(frozen=True, slots=True)
class AmiServer:
    """Where an Asterisk is asked, and as whom."""

    host: str
    port: int = PORTS[AmiSecurity.TLS]
    security: AmiSecurity = AmiSecurity.TLS
    account: str = ""

    @property
    def address(self) -> str:
        """Host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def checked(self) -> AmiServer:
        """The same, trimmed; raises InvalidInput. At the port for encrypted lines nothing is said in plain text."""
        if not self.host.strip():
            raise InvalidInput("host", Fault.EMPTY)
        if not 1 <= self.port <= 65_535:
            raise InvalidInput("port", Fault.AMI_PORT_FORM, str(self.port))
        security = AmiSecurity.TLS if self.port == PORTS[AmiSecurity.TLS] else self.security
        return AmiServer(checked_host(self.host), self.port, security, checked_text("account", self.account))


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds: for a connection, for a sign of life, for a whole answer."""

    connect_s: float = 15.0
    silence_s: float = 30.0
    answer_s: float = 300.0


PATIENCE = Patience()


def checked_password(password: str) -> str:
    """The same; raises InvalidInput, whose value is at most one character, for what would be more than one line."""
    if not password:
        raise InvalidInput("password", Fault.EMPTY)
    for character in password:
        if not character.isprintable():
            raise InvalidInput("password", Fault.UNPRINTABLE, f"U+{ord(character):04X}")
    return password


def decoded(raw: bytes) -> tuple[str, str]:
    """A field as text, and its encoding: each line may be in another one."""
    try:
        return raw.decode("utf-8"), UTF_8
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), WINDOWS_1252


class Message:
    """An answer or an event; a field that isn't there is empty."""

    __slots__ = ("_fields",)

    def __init__(self, fields: dict[bytes, bytes]) -> None:
        self._fields = fields

    def raw(self, field: str) -> bytes:
        """A field as it was sent, for sending it back."""
        return self._fields.get(field.encode("ascii"), b"")

    def text(self, field: str) -> str:
        """A field as text."""
        return decoded(self.raw(field))[0]


class AmiConnection:
    """One connection to a running Asterisk; any other thread may cut it at any moment.

    Everything raises AmiFailed; what was read till then is good for nothing.
    """

    def __init__(self, server: AmiServer, context: ssl.SSLContext | None = None, patience: Patience = PATIENCE) -> None:
        """Certificates are checked by `context`, if none is given as the operating system does."""
        self.server = server
        self._line = _Line(server, context, patience)
        self._asked = 0

    def log_in(self, password: str) -> str:
        """Connect and log in; what Asterisk calls itself, with the version of its interface."""
        self._line.open()
        banner = self._line.read().strip()
        if not BANNER.fullmatch(banner):
            raise AmiFailed(AmiFault.NOT_ASTERISK)
        proof = {"Secret": password.encode()}
        if self.server.security is AmiSecurity.PLAIN:
            challenge = self._answer("Challenge", {"AuthType": b"MD5"}).raw("challenge")
            digest = hashlib.md5(challenge + password.encode(), usedforsecurity=False).hexdigest()
            proof = {"AuthType": b"MD5", "Key": digest.encode("ascii")}
        fields = {"Username": self.server.account.encode(), **proof, "Events": b"off"}
        if self._answer("Login", fields).text("response") != "Success":
            raise AmiFailed(AmiFault.LOGIN)
        return banner.decode("ascii")

    def ask(self, action: str, fields: dict[str, bytes] | None = None, *, at_least: bool = False) -> list[Message]:
        """The events of a list, all that Asterisk says there are; `at_least` if it doesn't count all of them."""
        events: list[Message] = []
        for message in self._answers(action, fields or {}):
            if message.raw("response"):
                if NOTHING_THERE.match(message.text("message")):
                    return []
                if message.text("response") != "Success":
                    raise _refusal(action, message.text("message"))
            elif not message.raw("eventlist"):
                events.append(message)
            elif _is_whole(message, len(events), at_least=at_least):
                return events
            else:
                break
        raise AmiFailed(AmiFault.INCOMPLETE, action)

    def cut(self) -> None:
        """Whoever waits for Asterisk gets AmiFault.CANCELLED."""
        self._line.cut()

    def close(self) -> None:
        """Log off, if there is anybody to hear it."""
        with contextlib.suppress(AmiFailed):
            self._send("Logoff", {})
        self._line.close()

    def _answer(self, action: str, fields: dict[str, bytes]) -> Message:
        return next(message for message in self._answers(action, fields) if message.raw("response"))

    def _answers(self, action: str, fields: dict[str, bytes]) -> Iterator[Message]:
        """What is said to this action, and never to another one."""
        number = self._send(action, fields)
        for _count in range(MOST_MESSAGES):
            message = self._message()
            if message.raw("actionid") == number:
                yield message
        raise AmiFailed(AmiFault.TOO_MUCH)

    def _send(self, action: str, fields: dict[str, bytes]) -> bytes:
        self._asked += 1
        number = str(self._asked).encode("ascii")
        lines = {"Action": action.encode("ascii"), "ActionID": number, **fields}
        self._line.send(b"".join(b"%s: %s\r\n" % (name.encode("ascii"), value) for name, value in lines.items()))
        return number

    def _message(self) -> Message:
        """Up to the next empty line; of a field that is there twice the first counts."""
        fields: dict[bytes, bytes] = {}
        begun = False
        for _count in range(MOST_LINES):
            line = self._line.read().strip()
            if not line and begun:
                return Message(fields)
            begun = begun or bool(line)
            name, _colon, value = line.partition(b":")
            name = name.lower()
            if name in KEPT:
                fields.setdefault(name, value.strip())
        raise AmiFailed(AmiFault.TOO_MUCH)


class _Line:
    """Lines to and from a server, over TLS or not."""

    def __init__(self, server: AmiServer, context: ssl.SSLContext | None, patience: Patience) -> None:
        self._server = server
        self._context = context
        self._patience = patience
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._over = False
        self._dialled = threading.Event()
        self._lines: deque[bytes] = deque()
        self._rest = b""
        self._received = 0
        self._until = 0.0

    def open(self) -> None:
        """Connect; looking up a name can't be cut off, so another thread does it, which nobody has to wait for."""
        threading.Thread(target=self._dial, name="dialling", daemon=True).start()
        self._dialled.wait()
        with self._faults():
            line = self._held()
            if self._server.security is AmiSecurity.TLS:
                self._encrypt(line)
        self._until = time.monotonic() + self._patience.answer_s

    def send(self, lines: bytes) -> None:
        """One action; from now on its answer is waited for."""
        with self._faults():
            line = self._held()
            line.settimeout(self._patience.silence_s)
            line.sendall(lines + b"\r\n")
        self._until = time.monotonic() + self._patience.answer_s

    def read(self) -> bytes:
        """The next line."""
        while not self._lines:
            with self._faults():
                self._fill()
        line = self._lines.popleft()
        if len(line) > LONGEST_LINE:
            raise AmiFailed(AmiFault.TOO_MUCH)
        return line

    def cut(self) -> None:
        """Nothing more is said or heard."""
        with self._lock:
            self._over = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    # SSLSocket.shutdown() would drop the encryption first, while another thread may be sending.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        self._dialled.set()

    def close(self) -> None:
        """Let go of the line; only for the thread that reads."""
        self.cut()
        with self._lock:
            if self._socket is not None:
                self._socket.close()

    def _fill(self) -> None:
        line, left = self._held(), self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(min(left, self._patience.silence_s))
        chunk = line.recv(CHUNK)
        self._received += len(chunk)
        if not chunk:
            raise ConnectionResetError
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._lines.extend(lines)
        if len(self._rest) > LONGEST_LINE or self._received > MOST_BYTES:
            raise AmiFailed(AmiFault.TOO_MUCH)

    def _dial(self) -> None:
        address = wire_host(self._server.host), self._server.port
        with contextlib.suppress(OSError, UnicodeError):
            self._hold(socket.create_connection(address, self._patience.connect_s))
        self._dialled.set()

    def _encrypt(self, line: socket.socket) -> None:
        """Never goes on in plain text: without a checked certificate there is nothing to go on with."""
        context = self._context or ssl.create_default_context()
        host = wire_host(self._server.host)
        secured = context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
        self._hold(secured)
        try:
            secured.do_handshake()
        except ssl.SSLCertVerificationError as error:
            if error.verify_code in SELF_SIGNED:
                raise AmiFailed(AmiFault.SELF_SIGNED) from None
            raise AmiFailed(AmiFault.CERTIFICATE, error.verify_message) from None
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            raise
        except ssl.SSLError:
            raise AmiFailed(AmiFault.NO_ENCRYPTION) from None

    def _hold(self, line: socket.socket) -> None:
        """Keep what is to be cut, unless that has been asked for already."""
        with self._lock:
            if not self._over:
                self._socket = line
                return
        line.close()

    def _held(self) -> socket.socket:
        with self._lock:
            if self._over:
                raise AmiFailed(AmiFault.CANCELLED)
            if self._socket is None:
                raise AmiFailed(AmiFault.UNREACHABLE)
            return self._socket

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        """What happens to the line, in words of the domain; a line that was cut only looks like one that broke."""
        try:
            yield
        except OSError as error:
            broken = AmiFault.SILENT if isinstance(error, TimeoutError) else AmiFault.DISCONNECTED
            raise AmiFailed(AmiFault.CANCELLED if self._over else broken) from None


def _is_whole(end: Message, count: int, *, at_least: bool) -> bool:
    """Whether a list holds what its last event says it does."""
    items = end.text("listitems")
    if end.text("eventlist").casefold() != "complete" or not (items.isascii() and items.isdigit() and len(items) < 10):
        return False
    return count >= int(items) if at_least else count == int(items)


def _refusal(action: str, words: str) -> AmiFailed:
    known = (fault for beginning, fault in REFUSALS.items() if words.casefold().startswith(beginning))
    return AmiFailed(next(known, AmiFault.REFUSED), action)
