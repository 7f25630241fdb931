"""Hands one message to a mail server: encrypted, or not at all.

Before the server's certificate and name have been checked it hears no more than EHLO and STARTTLS. The message is 7-bit
text, which every server takes.
"""

from __future__ import annotations

import base64
import contextlib
import smtplib
import socket
import ssl
import threading
from dataclasses import dataclass, replace
from enum import StrEnum

from model.email_address import wire_address
from model.provider import MailSecurity, MailServer, wire_host

CONNECT_S = 20.0
REPLY_S = 60.0
# However slowly a server answers, a try is over long before its lease is (model.outbox).
WHOLE_TRY_S = 180.0
LONGEST_WORDS = 500
READY, LOGGED_IN, CHALLENGE, CLOSING, TOO_LARGE = 220, 235, 334, 421, 552
LOG_IN_FIRST = frozenset({530, 534, 535, 538})


class Verdict(StrEnum):
    """What came of a try: for this mail alone, or for all that wait."""

    SENT = "SENT"
    REFUSED = "REFUSED"
    DEFERRED = "DEFERRED"
    SERVER_FAULT = "SERVER_FAULT"
    SETTINGS_WRONG = "SETTINGS_WRONG"


class Trouble(StrEnum):
    """What went wrong."""

    NONE = ""
    ADDRESS = "ADDRESS"
    RECIPIENT = "RECIPIENT"
    CONTENT = "CONTENT"
    UNWRITTEN = "UNWRITTEN"
    UNREACHABLE = "UNREACHABLE"
    SILENT = "SILENT"
    DISCONNECTED = "DISCONNECTED"
    UNWILLING = "UNWILLING"
    CERTIFICATE = "CERTIFICATE"
    NO_ENCRYPTION = "NO_ENCRYPTION"
    NO_LOGIN = "NO_LOGIN"
    PASSWORD = "PASSWORD"
    SENDER = "SENDER"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try; `words` are the server's, `handed_over` says that it may have the whole message."""

    verdict: Verdict
    trouble: Trouble = Trouble.NONE
    words: str = ""
    handed_over: bool = False

    @property
    def answer(self) -> str:
        """Trouble and words as one text, to be kept; `read_answer` is the way back."""
        return ": ".join(part for part in (self.trouble, self.words) if part)


def read_answer(answer: str) -> tuple[Trouble, str]:
    """Trouble and words of a text that was kept."""
    trouble, _colon, words = answer.partition(": ")
    return (Trouble(trouble), words) if trouble in list(Trouble) else (Trouble.NONE, answer)


class Attempt:
    """One connection for one message; any other thread may abort it at any moment."""

    def __init__(
        self,
        server: MailServer,
        password: str,
        context: ssl.SSLContext | None = None,
        *,
        reply_s: float = REPLY_S,
        whole_try_s: float = WHOLE_TRY_S,
    ) -> None:
        """Certificates are checked by `context`, if none is given as the operating system does; times in seconds."""
        self._server = server
        self._password = password
        self._context = context
        self._reply_s, self._whole_try_s = reply_s, whole_try_s
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._over = False
        self._dialled = threading.Event()
        self._refusal: Exception | None = None
        self._handed_over = False

    def send(self, recipient: str, message: str) -> Outcome:
        """Hand in a message for one address, both as they go over the wire; what a server does raises nothing."""
        limit = threading.Timer(self._whole_try_s, self.abort)
        limit.daemon = True
        limit.start()
        try:
            outcome = Outcome(Verdict.SENT, words=self._send(recipient, message))
        except _Failed as failed:
            outcome = failed.outcome
        except smtplib.SMTPResponseException as error:
            outcome = _failed(Verdict.SERVER_FAULT, Trouble.UNWILLING, error.smtp_code, error.smtp_error).outcome
        except (OSError, smtplib.SMTPException) as error:
            outcome = Outcome(Verdict.SERVER_FAULT, self._gone_or_silent(error))
        finally:
            limit.cancel()
            self._let_go()
        return replace(outcome, handed_over=self._handed_over)

    def abort(self) -> None:
        """Whoever waits for the server waits no longer."""
        with self._lock:
            self._over = True
            if self._line is not None:
                with contextlib.suppress(OSError):
                    # SSLSocket.shutdown() would drop the encryption first, while another thread may be sending.
                    socket.socket.shutdown(self._line, socket.SHUT_RDWR)
        self._dialled.set()

    # ------------------------------------------------------------------ the way to the server

    def _send(self, recipient: str, message: str) -> str:
        line = self._connect()
        secure = self._server.security is MailSecurity.TLS
        with contextlib.closing(_Conversation(self._encrypt(line) if secure else line, self._reply_s)) as smtp:
            smtp.greet()
            if not secure:
                smtp.ask_for_encryption()
                smtp.go_on(self._encrypt(line))
            if self._server.account:
                smtp.log_in(self._server.account, self._password)
            smtp.name_both(wire_address(self._server.sender), recipient, len(message))
            self._handed_over = True
            try:
                answer = _accepted(Trouble.CONTENT, *smtp.data(message))
            except smtplib.SMTPDataError as error:
                self._handed_over = False
                answer = _accepted(Trouble.CONTENT, error.smtp_code, error.smtp_error)
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()
        return answer

    def _connect(self) -> socket.socket:
        """Looking up a name can't be aborted, so another thread does it, which nobody has to wait for."""
        threading.Thread(target=self._dial, name="dialling", daemon=True).start()
        self._dialled.wait()
        with self._lock:
            if self._line is None or self._over:
                raise _failed(Verdict.SERVER_FAULT, Trouble.UNREACHABLE, 0, str(self._refusal or ""))
            return self._line

    def _dial(self) -> None:
        try:
            line = socket.create_connection((wire_host(self._server.host), self._server.port), CONNECT_S)
            line.settimeout(self._reply_s)
            self._hold(line)
        except (OSError, UnicodeError) as error:
            self._refusal = error
        finally:
            self._dialled.set()

    def _encrypt(self, line: socket.socket) -> ssl.SSLSocket:
        """Never goes on in plain text: without a checked certificate there is nothing to go on with."""
        context = self._context or ssl.create_default_context()
        host = wire_host(self._server.host)
        secured = context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
        self._hold(secured)
        try:
            secured.do_handshake()
        except ssl.SSLCertVerificationError as error:
            raise _failed(Verdict.SERVER_FAULT, Trouble.CERTIFICATE, 0, error.verify_message) from error
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            raise
        except ssl.SSLError as error:
            raise _failed(Verdict.SERVER_FAULT, Trouble.NO_ENCRYPTION, 0, error.reason) from error
        return secured

    def _hold(self, line: socket.socket) -> None:
        """Keep what is to be let go of, unless that has been asked for already."""
        with self._lock:
            if not self._over:
                self._line = line
                return
        line.close()
        raise ConnectionAbortedError

    def _let_go(self) -> None:
        with self._lock:
            self._over = True
            if self._line is not None:
                self._line.close()

    def _gone_or_silent(self, error: Exception) -> Trouble:
        """For smtplib both are disconnected; the limit of the whole try shows as a line that was shut."""
        timed_out = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
        return Trouble.SILENT if timed_out or self._over else Trouble.DISCONNECTED


class _Failed(Exception):
    """The try ends here."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.answer)
        self.outcome = outcome


class _Conversation(smtplib.SMTP):
    """SMTP over a line that is there already."""

    def __init__(self, line: socket.socket, reply_s: float) -> None:
        # The name of this computer is nobody's business, and asking for it may take long.
        super().__init__(local_hostname=_literal(line.getsockname()[0]), timeout=reply_s)
        self.sock = line

    def greet(self) -> None:
        """The server speaks first, then both say what they can do."""
        code, words = self.getreply()
        if code != READY:
            raise _failed(Verdict.SERVER_FAULT, Trouble.UNWILLING, code, words)
        self.ehlo_or_helo_if_needed()

    def ask_for_encryption(self) -> None:
        """STARTTLS, or the end of it."""
        if not self.has_extn("starttls"):
            raise _failed(Verdict.SERVER_FAULT, Trouble.NO_ENCRYPTION)
        code, words = self.docmd("STARTTLS")
        if code != READY:
            raise _failed(Verdict.SERVER_FAULT, Trouble.NO_ENCRYPTION, code, words)

    def go_on(self, line: ssl.SSLSocket) -> None:
        """Begin anew over the encrypted line; what was heard before it counts no more (RFC 3207)."""
        self.sock, self.file = line, None
        self.ehlo_resp = self.helo_resp = None
        self.ehlo_or_helo_if_needed()

    def log_in(self, account: str, password: str) -> None:
        """By PLAIN or LOGIN, which an encrypted line makes as good as any; smtplib's own takes ASCII only."""
        offered = self.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            code, words = self.docmd("AUTH", f"PLAIN {_base64(chr(0).join(('', account, password)))}")
        elif "LOGIN" in offered:
            code, words = self.docmd("AUTH", f"LOGIN {_base64(account)}")
            if code == CHALLENGE:
                code, words = self.docmd(_base64(password))
        else:
            raise _failed(Verdict.SETTINGS_WRONG, Trouble.NO_LOGIN)
        if code != LOGGED_IN:
            wrong = 500 <= code < 600
            verdict = Verdict.SETTINGS_WRONG if wrong else Verdict.SERVER_FAULT
            raise _failed(verdict, Trouble.PASSWORD if wrong else Trouble.UNWILLING, code, words)

    def name_both(self, sender: str, recipient: str, size: int) -> None:
        """Who it is from and who it is for."""
        options = [f"SIZE={size}"] if self.has_extn("size") else []
        code, words = self.mail(sender, options)
        _accepted(Trouble.CONTENT if code == TOO_LARGE else Trouble.SENDER, code, words)
        _accepted(Trouble.RECIPIENT, *self.rcpt(recipient))


def _accepted(trouble: Trouble, code: int, words: bytes | str) -> str:
    """The server's words if it said yes; raises _Failed for everything else."""
    if 200 <= code < 300:
        return _cleaned(code, words)
    if code in LOG_IN_FIRST:
        raise _failed(Verdict.SETTINGS_WRONG, Trouble.PASSWORD, code, words)
    if code == CLOSING or not 400 <= code < 600:
        raise _failed(Verdict.SERVER_FAULT, Trouble.UNWILLING, code, words)
    final = code >= 500
    if trouble is Trouble.SENDER:
        # Every mail is from this sender: not this mail is refused, but what the settings say.
        raise _failed(Verdict.SETTINGS_WRONG if final else Verdict.SERVER_FAULT, trouble, code, words)
    raise _failed(Verdict.REFUSED if final else Verdict.DEFERRED, trouble, code, words)


def _failed(verdict: Verdict, trouble: Trouble, code: int = 0, words: bytes | str = "") -> _Failed:
    return _Failed(Outcome(verdict, trouble, _cleaned(code, words)))


def _cleaned(code: int, words: bytes | str) -> str:
    """A reply as one line of characters that can be shown, and not too long."""
    text = words if isinstance(words, str) else words.decode("utf-8", "replace")
    text = "".join(character if character.isprintable() else " " for character in f"{max(code, 0) or ''} {text}")
    return " ".join(text.split())[:LONGEST_WORDS]


def _literal(address: str) -> str:
    """An IP address as a greeting names it."""
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
