"""The way to a PostgreSQL server, and what it and the server can refuse, as model errors."""

from __future__ import annotations

import os
import re
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from model.engine import Row
from model.errors import NoWay, StorageFault, StoreUnavailable
from model.server_place import SYSTEM, Tls, is_local

Connection = psycopg.Connection[Row]
# A connection that broke without a word is given up after some 20 s.
SETTINGS: dict[str, Any] = {
    "application_name": "Tarifwechsel",
    "client_encoding": "UTF8",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}
# Counting what is over its tariff looks expensive; compiling it takes a hundred times as long as doing it.
SESSION = "-c lock_timeout=2s -c idle_in_transaction_session_timeout=1min -c jit=off"
# By SQLSTATE, else by its class.
FAULTS = {
    "25006": StorageFault.READ_ONLY,
    "25P02": StorageFault.WRITE_FAILED,
    "25P03": StorageFault.CONNECTION_LOST,
    "3F000": StorageFault.NOT_PERMITTED,
    "40001": StorageFault.BUSY,
    "40P01": StorageFault.BUSY,
    "42501": StorageFault.NOT_PERMITTED,
    "53100": StorageFault.FULL,
    "53300": StorageFault.BUSY,
    "55P03": StorageFault.BUSY,
    # A statement that this program ended itself never comes here: a time limit or the administrator did.
    "57014": StorageFault.BUSY,
    "57P01": StorageFault.CONNECTION_LOST,
    "57P02": StorageFault.CONNECTION_LOST,
    "57P03": StorageFault.CONNECTION_LOST,
    "08": StorageFault.CONNECTION_LOST,
    "53": StorageFault.WRITE_FAILED,
    "58": StorageFault.WRITE_FAILED,
    "XX": StorageFault.DAMAGED,
}
# By words of libpq's own, which are English everywhere; the first that is said counts.
CAUSES = {
    "does not match host name": NoWay.OTHER_NAME,
    "certificate verify failed": NoWay.OTHER_AUTHORITY,
    "root certificate file": NoWay.NO_CERTIFICATE,
    "server does not support SSL": NoWay.NO_TLS,
    "pg_hba.conf": NoWay.NOT_ADMITTED,
    "resolve host": NoWay.HOST,
    "translate host name": NoWay.HOST,
    "Connection refused": NoWay.REFUSED,
    "timeout expired": NoWay.SILENT,
    "invalid response to SSL": NoWay.OTHER_SERVICE,
    "expected authentication request": NoWay.OTHER_SERVICE,
}
QUOTED = re.compile("[\"'»„“](.+?)[\"'«“”]")


class ServerAddress:
    """A `postgresql://` address. A server elsewhere has to prove who it is, unless the address says otherwise."""

    def __init__(self, text: str) -> None:
        """Raises StoreUnavailable for what is no address."""
        # As it may be shown: without account and password, and without what follows a ?.
        self.shown = re.sub(r"(?<=//).*@", "", text.partition("?")[0])
        try:
            parts: dict[str, Any] = dict(conninfo_to_dict(text))
        except psycopg.Error as error:
            raise StoreUnavailable(StorageFault.NO_ADDRESS, self.shown) from error
        if not is_local(_hosts(parts)):
            parts = {"sslmode": str(Tls.VERIFY_FULL)} | parts
        if parts.get("sslmode") == Tls.VERIFY_FULL:
            parts = {"sslrootcert": SYSTEM} | parts
        self._parts = SETTINGS | parts | {"options": f"{SESSION} {parts.get('options') or ''}"}

    def connect(self) -> Connection:
        """A new connection, in which every statement is a transaction unless one is begun; raises StoreUnavailable.

        No statement is prepared: a plan made for one text is slow for another, and would outlive a new schema.
        """
        text = make_conninfo("", **self._parts)
        try:
            return psycopg.connect(text, autocommit=True, prepare_threshold=None, row_factory=dict_row)
        except psycopg.Error as error:
            raise self._refusal(error) from error

    def _refusal(self, error: psycopg.Error) -> StoreUnavailable:
        """Why there is no connection: libpq gives no codes, and servers speak many languages but quote alike."""
        said, way = str(error), error.pgconn
        cause = next((cause for words, cause in CAUSES.items() if words in said), None)
        if cause is NoWay.OTHER_SERVICE:
            return StoreUnavailable(StorageFault.UNREACHABLE, self.shown, cause)
        if "SSL" in said or "certificate" in said or "pg_hba.conf" in said:
            return StoreUnavailable(StorageFault.NO_TRUST, self.shown, cause)
        refused = QUOTED.findall(said.rpartition("failed:")[2])
        if way is None or not (way.needs_password or refused):
            return StoreUnavailable(StorageFault.UNREACHABLE, self.shown, cause)
        account, database = (name.decode(errors="replace") for name in (way.user, way.db))
        wrong_account = account in refused or database not in refused
        return StoreUnavailable(StorageFault.LOGIN if wrong_account else StorageFault.NO_DATABASE, self.shown)


def _hosts(parts: dict[str, Any]) -> str:
    """Where an address leads, with what the system's variables add; a service may be anywhere."""
    said = {name: parts.get(name) or os.environ.get(f"PG{name.upper()}") for name in ("hostaddr", "host", "service")}
    return str(said["hostaddr"] or said["host"] or ("somewhere" if said["service"] else ""))


def fault_of(error: psycopg.Error) -> StorageFault | None:
    """What is the matter with the database; None for a broken statement of ours."""
    state = error.sqlstate
    if state is None:
        return StorageFault.CONNECTION_LOST if isinstance(error, psycopg.OperationalError) else None
    return FAULTS.get(state) or FAULTS.get(state[:2])
