"""Who sells the tariffs, as letters name it, and the mail server letters go out by; kept in the database for every desk."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from model.sqlite_engine import SqliteEngine

LARGEST_LOGO = 512 * 1024


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


class Settings:
    """What holds for every desk at this database."""

    def __init__(self, engine: SqliteEngine) -> None:
        self._engine = engine

    def provider(self) -> Provider:
        """The provider's data; empty until entered."""
        return Provider(**self._read("provider"))

    def mail_server(self) -> MailServer:
        """The mail server; without a host until entered."""
        kept = self._read("mail_server")
        return MailServer(**{**kept, "security": MailSecurity(kept["security"])}) if kept else MailServer()

    def write(self, name: str, value: Provider | MailServer) -> None:
        """Keep "provider" or "mail_server", inside a transaction."""
        text = json.dumps(asdict(value), ensure_ascii=False, sort_keys=True)
        self._engine.execute(
            "INSERT INTO setting (name, value) VALUES (:name, :value)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            {"name": name, "value": text},
        )

    def _read(self, name: str) -> dict[str, Any]:
        rows = self._engine.query("SELECT value FROM setting WHERE name = :name", {"name": name})
        kept: dict[str, Any] = json.loads(rows[0]["value"]) if rows else {}
        return kept
