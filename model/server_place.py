"""Where a database on a server is and how the way there is protected; never with a password."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import quote, unquote, urlsplit

from model.installation import checked_text
from model.provider import checked_host
from model.refusals import Fault, InvalidInput

PORT = 5432
# What PostgreSQL keeps of a name.
LONGEST_NAME = 63
LONGEST_PATH = 1_000
# The authorities that the system trusts, in libpq's word for them.
SYSTEM = "system"


class Tls(StrEnum):
    """How a connection is protected, in libpq's words for it."""

    VERIFY_FULL = "verify-full"
    VERIFY_CA = "verify-ca"
    REQUIRE = "require"
    PREFER = "prefer"
    DISABLE = "disable"


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """A database on a server. `certificate` is the file of the authority; without one the system's are trusted.

    `more` is what else an address says, such as a search path.
    """

    host: str = ""
    port: int = PORT
    database: str = ""
    account: str = ""
    tls: Tls = Tls.VERIFY_FULL
    certificate: str = ""
    more: tuple[tuple[str, str], ...] = ()

    def checked(self) -> ServerPlace:
        """The same, trimmed; raises InvalidInput."""
        host = self.host.strip()
        if not host:
            raise InvalidInput("host", Fault.EMPTY)
        if not 1 <= self.port <= 65_535:
            raise InvalidInput("port", Fault.DATABASE_PORT_FORM, str(self.port))
        certificate = self.certificate.strip()
        if self.tls is Tls.VERIFY_CA or certificate:
            certificate = checked_text("certificate", certificate, LONGEST_PATH)
        return replace(
            self,
            host=host if host.startswith("/") else checked_host(host),
            database=checked_text("database", self.database, LONGEST_NAME),
            account=checked_text("account", self.account, LONGEST_NAME),
            certificate=certificate,
        )

    @property
    def address(self) -> str:
        """As `postgresql://…`, complete, so that no file and no variable of the system's adds anything."""
        where = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        parts = []
        if self.host.startswith("/"):
            where, parts = "", [("host", self.host), ("port", str(self.port))]
        parts.append(("sslmode", str(self.tls)))
        if self.certificate and self.tls in (Tls.VERIFY_FULL, Tls.VERIFY_CA):
            parts.append(("sslrootcert", self.certificate))
        account, database = quote(self.account, safe=""), quote(self.database, safe="")
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in (*parts, *self.more))
        return f"postgresql://{account}@{where}/{database}?{query}"


def place_of(address: str) -> ServerPlace:
    """What an address says, as far as a form shows it; a password in it is left out. Raises ValueError."""
    parts = urlsplit(address)
    said = _said(parts.query)
    said.pop("password", None)
    host = said.pop("host", "") or unquote(parts.hostname or "")
    mode = said.pop("sslmode", "")
    return ServerPlace(
        host,
        int(said.pop("port", "") or parts.port or PORT),
        said.pop("dbname", "") or unquote(parts.path[1:]),
        said.pop("user", "") or unquote(parts.username or ""),
        Tls(mode) if mode in list(Tls) else usual_tls(host),
        "" if (certificate := said.pop("sslrootcert", "")) == SYSTEM else certificate,
        tuple(said.items()),
    )


def place_if_any(address: str) -> ServerPlace | None:
    """What an address says; None for one that no form can show, such as one with several servers."""
    try:
        return place_of(address)
    except ValueError:
        return None


def with_password(address: str, password: str | None) -> str:
    """The address as the driver takes it; this password holds, whatever else the address says."""
    if not password:
        return address
    return f"{address}{'&' if '?' in address else '?'}password={quote(password, safe='')}"


def has_password(address: str) -> bool:
    """Whether whoever wrote the address put a password into it."""
    parts = urlsplit(address)
    return bool(":" in parts.netloc.rpartition("@")[0] or _said(parts.query).get("password"))


def usual_tls(host: str) -> Tls:
    """What is right unless somebody says otherwise: only a server elsewhere has to prove who it is."""
    return Tls.PREFER if is_local(host) else Tls.VERIFY_FULL


def is_local(hosts: str) -> bool:
    """Whether every one of these names, with commas between them, is this computer; a socket is, and so is none."""
    return all(_is_local(host) for host in hosts.split(","))


def _said(query: str) -> dict[str, str]:
    """What follows the ? of an address; a + is one, unlike in a form on the web."""
    pairs = (part.partition("=") for part in query.split("&") if part)
    return {unquote(name): unquote(value) for name, _equals, value in pairs}


def _is_local(host: str) -> bool:
    if not host or host == "localhost" or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
