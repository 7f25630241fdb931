"""A real mail server on a free loopback port, with a certificate made for it, that behaves as a test wants."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from model.provider import MailSecurity, MailServer

ACCOUNT, PASSWORD = "versand@example.org", "Kennwort mit Ümlaut 1"
SENDER = "bestellung@example.org"
FOREVER_S = 600


@dataclass(frozen=True)
class Received:
    """A message as it came, and the envelope it came in."""

    sender: str
    recipients: list[str]
    content: bytes
    encrypted: bool

    @property
    def message_id(self) -> str:
        """Without the angle brackets and the domain."""
        return str(message_from_bytes(self.content)["Message-ID"]).strip("<>").partition("@")[0]


@dataclass
class Mailbox:
    """What the server takes, and what it says to MAIL, RECIPIENT (both with `refuse` in the address) and CONTENT."""

    replies: dict[str, str] = field(default_factory=dict)
    refuse: str = ""
    silent_in_data: bool = False
    hang_up_in_data: bool = False
    eight_bit: bool = True
    encrypts: bool = True
    received: list[Received] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)
    on_mail: Callable[[], object] = lambda: None
    on_content: Callable[[], object] = lambda: None

    def counts(self) -> Counter[str]:
        """How often each message came."""
        return Counter(entry.message_id for entry in self.received)

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        left_out = [] if self.eight_bit else ["8BITMIME", "SMTPUTF8"]
        left_out += [] if self.encrypts else ["STARTTLS"]
        return [line for line in responses if not any(name in line for name in left_out)]

    async def handle_MAIL(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.heard.append(f"MAIL encrypted={_is_encrypted(server)}")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        self.on_mail()
        return self.replies.get("MAIL", "250 OK") if self.refuse in address else "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if "RECIPIENT" in self.replies and self.refuse in address:
            return self.replies["RECIPIENT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from
        self.received.append(
            Received(envelope.mail_from, envelope.rcpt_tos, envelope.content, encrypted=_is_encrypted(server))
        )
        self.on_content()
        if self.silent_in_data:
            await asyncio.sleep(FOREVER_S)
        if self.hang_up_in_data:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return self.replies.get("CONTENT", "250 2.0.0 OK queued")

    def log_in(
        self, server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, given: LoginPassword
    ) -> AuthResult:
        self.heard.append(f"AUTH {mechanism} encrypted={_is_encrypted(server)}")
        right = (given.login.decode(), given.password.decode()) == (ACCOUNT, PASSWORD)
        return AuthResult(success=right, handled=False)


class _Line(SMTP):
    """Tells the mailbox who is connected; encryption makes the same connection once more."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.lines.add(id(self))
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.event_handler.lines.discard(id(self))


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Line(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(
    mailbox: Mailbox, security: MailSecurity = MailSecurity.STARTTLS, *, login: bool = False, name: str = "localhost"
) -> Iterator[MailServer]:
    """The server, and the settings to reach it."""
    port, context = free_port(), server_context(name)
    options: dict[str, object] = {"enable_SMTPUTF8": True, "ident": "Testserver"}
    if login:
        options |= {"authenticator": mailbox.log_in, "auth_required": security is MailSecurity.STARTTLS}
    if security is MailSecurity.TLS:
        # What aiosmtpd calls TLS is STARTTLS alone.
        options |= {"ssl_context": context, "auth_require_tls": False}
    elif mailbox.encrypts:
        options |= {"tls_context": context, "require_starttls": True}
    controller = _Controller(mailbox, hostname="127.0.0.1", port=port, **options)  # type: ignore[arg-type]
    controller.start()
    try:
        yield MailServer("localhost", port, security, ACCOUNT if login else "", "Musterfon", SENDER)
    finally:
        controller.stop()


def _is_encrypted(server: SMTP) -> bool:
    return server.transport is not None and server.transport.get_extra_info("sslcontext") is not None


def free_port() -> int:
    """A port nobody listens at; aiosmtpd can't choose one by itself."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


def trusting() -> ssl.SSLContext:
    """As the program checks certificates, with the test's own authority among those it trusts."""
    return ssl.create_default_context(cadata=authority())


def authority() -> str:
    """The certificate of the test's own authority, as text."""
    return _authority()[0].public_bytes(serialization.Encoding.PEM).decode()


def server_context(name: str) -> ssl.SSLContext:
    """What the server proves itself with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(server_pem(name))
        context.load_cert_chain(path)
    return context


def server_pem(name: str) -> bytes:
    """A server's key and certificate by the test's own authority; also for 127.0.0.1."""
    certificate, key = _certificate(name)
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return kept + certificate.public_bytes(serialization.Encoding.PEM)


@cache
def _authority() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = _builder(name, name, key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()), key


@cache
def _certificate(host: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    issuing, issuing_key = _authority()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    names = x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ip_address("127.0.0.1"))])
    builder = _builder(name, issuing.subject, key).add_extension(names, critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing_key.public_key())
    return builder.add_extension(issuer, critical=False).sign(issuing_key, hashes.SHA256()), key


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
