"""Who sells the tariffs, as letters name it, and the mail server they go out by; in the database, for every desk."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from model.audit import Action, Journal
from model.email_address import checked_email
from model.engine import Engine
from model.installation import LONGEST_NAME, checked_text
from model.opened import ZONE
from model.refusals import Fault, InvalidInput

LARGEST_LOGO = 512 * 1024
MOST_LINES = 6
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
WEB = frozenset({"http", "https"})
Kept = TypeVar("Kept", "Provider", "MailServer")


class MailSecurity(StrEnum):
    """How the connection to the mail server is encrypted; an open one isn't offered."""

    STARTTLS = "STARTTLS"
    TLS = "TLS"


PORTS = {MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465}


@dataclass(frozen=True, slots=True)
class Provider:
    """Name, address and register data of the provider; `logo` is a PNG, JPEG or SVG file's content in base64."""

    name: str = ""
    address: str = ""
    register: str = ""
    vat_id: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    logo: str = ""

    def checked(self) -> Provider:
        """The same, trimmed; raises InvalidInput. Everything may be empty; address and register may have lines."""
        return Provider(
            _line("name", self.name),
            _lines("address", self.address),
            _lines("register", self.register),
            _line("vat_id", self.vat_id),
            _line("phone", self.phone),
            _email("email", self.email),
            _website(self.website),
            logo_from(logo_file(self.logo)) if self.logo else "",
        )


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in and who it is from; the password is never kept here. Without a host nothing is sent."""

    host: str = ""
    port: int = PORTS[MailSecurity.STARTTLS]
    security: MailSecurity = MailSecurity.STARTTLS
    account: str = ""
    sender_name: str = ""
    sender: str = ""
    reply_to: str = ""

    @property
    def ready(self) -> bool:
        """Whether there is enough to send with."""
        return bool(self.host and self.sender)

    def checked(self) -> MailServer:
        """The same, trimmed; raises InvalidInput. Without a host nothing else is needed."""
        host = checked_host(self.host) if self.host.strip() else ""
        if not 1 <= self.port <= 65_535:
            raise InvalidInput("port", Fault.PORT_FORM, str(self.port))
        sender = _email("sender", self.sender)
        if host and not sender:
            raise InvalidInput("sender", Fault.EMPTY)
        return MailServer(
            host,
            self.port,
            self.security,
            _line("account", self.account),
            _line("sender_name", self.sender_name),
            sender,
            _email("reply_to", self.reply_to),
        )


class Settings:
    """What holds for every desk at this database; a change leaves its fields' names in the history."""

    def __init__(self, engine: Engine, journal: Journal) -> None:
        self._engine = engine
        self._journal = journal

    def provider(self) -> Provider:
        """The provider's data; empty until entered."""
        return Provider(**self._read("provider", Provider()))

    def mail_server(self) -> MailServer:
        """The mail server; without a host until entered."""
        kept = MailServer(**self._read("mail_server", MailServer()))
        return replace(kept, security=MailSecurity(kept.security))

    def change_provider(self, provider: Provider, now: datetime) -> None:
        """Keep the provider's data; raises InvalidInput."""
        provider = provider.checked()
        with self._engine.write():
            self._change("provider", self.provider(), provider, Action.PROVIDER_CHANGED, now)

    def change_mail_server(self, server: MailServer, now: datetime) -> None:
        """Keep the mail server; raises InvalidInput."""
        server = server.checked()
        with self._engine.write():
            self._change("mail_server", self.mail_server(), server, Action.MAIL_SERVER_CHANGED, now)

    def keep_zone(self, name: str, now: datetime) -> str:
        """Keep the office's time zone if none is kept yet; the one that holds.

        In a new database the first entry of the history vouches for it: there is no act yet that could be one.
        """
        with self._engine.write():
            if kept := self._engine.query(ZONE):
                return str(kept[0]["value"])
            self._engine.insert("setting", {"name": "zone", "value": name})
            if self._engine.query("SELECT seq FROM audit LIMIT 1"):
                self._journal.append(Action.ZONE_SET, now, after={"zone": name})
        return name

    def _change(self, name: str, known: Kept, chosen: Kept, action: Action, now: datetime) -> None:
        changed = [field.name for field in fields(chosen) if getattr(known, field.name) != getattr(chosen, field.name)]
        if not changed:
            return
        self._engine.execute(
            "INSERT INTO setting (name, value) VALUES (:name, :value)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            {"name": name, "value": json.dumps(asdict(chosen), ensure_ascii=False, sort_keys=True)},
        )
        self._journal.append(action, now, after={"changed": changed})

    def _read(self, name: str, known: Kept) -> dict[str, Any]:
        """The values kept; what another version of the program has added is left out."""
        found = "SELECT value FROM setting WHERE name = :name"
        rows = self._engine.query(found, {"name": name}) if self._engine.has_table("setting") else []
        kept: dict[str, Any] = json.loads(rows[0]["value"]) if rows else {}
        return {field.name: kept[field.name] for field in fields(known) if field.name in kept}


def checked_host(text: str) -> str:
    """A server's name or IP address in small letters; raises InvalidInput, also if it comes with a port or a path."""
    host = text.strip().lower().rstrip(".")
    if not _is_ip(host) and not all(LABEL.fullmatch(part) for part in wire_host(host).split(".")):
        raise InvalidInput("host", Fault.HOST_FORM, host[:LONGEST_NAME])
    return host


def wire_host(host: str) -> str:
    """A server's name with A-labels ("xn--…"); one that can't exist stays as it is."""
    import idna

    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return host


def logo_from(data: bytes) -> str:
    """A PNG, JPEG or SVG file as Provider keeps it; raises InvalidInput for others and beyond LARGEST_LOGO bytes."""
    if len(data) > LARGEST_LOGO:
        raise InvalidInput("logo", Fault.IMAGE_TOO_LARGE)
    if not logo_kind(data):
        raise InvalidInput("logo", Fault.IMAGE_FORM)
    return base64.b64encode(data).decode("ascii")


def logo_file(logo: str) -> bytes:
    """The file that Provider keeps; raises InvalidInput if it holds none."""
    try:
        return base64.b64decode(logo, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput("logo", Fault.IMAGE_FORM) from None


def logo_kind(data: bytes) -> str:
    """What a file is by its first bytes: "png", "jpg", "svg" without entities of its own, or "" for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    begin = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    is_svg = begin.startswith((b"<svg", b"<?xml", b"<!--")) and b"<svg" in data and b"<!ENTITY" not in data
    return "svg" if is_svg else ""


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _line(field: str, text: str) -> str:
    return checked_text(field, text) if text.strip() else ""


def _lines(field: str, text: str) -> str:
    lines = [_line(field, line) for line in text.strip()[: MOST_LINES * 4 * LONGEST_NAME].splitlines()]
    if len(lines) > MOST_LINES:
        raise InvalidInput(field, Fault.TOO_LONG, str(MOST_LINES * LONGEST_NAME))
    return "\n".join(lines)


def _email(field: str, text: str) -> str:
    try:
        return checked_email(text) if text.strip() else ""
    except InvalidInput as error:
        raise InvalidInput(field, error.fault, error.value) from None


def _website(text: str) -> str:
    """With or without https:// before it."""
    website = _line("website", text)
    if website and not _is_website(website if "://" in website else f"https://{website}"):
        raise InvalidInput("website", Fault.WEBSITE_FORM, website)
    return website


def _is_website(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in WEB and "." in host and " " not in address
