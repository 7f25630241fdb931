"""A PostgreSQL server for the tests: the one of TARIFWECHSEL_TEST_DSN, else one started from what is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from model.postgres_address import ServerAddress
from model.postgres_engine import PostgresEngine

DSN = "TARIFWECHSEL_TEST_DSN"
# Whoever runs the tests in CI wants to know that nothing was left out.
REQUIRED = bool(os.environ.get("CI"))
CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{folder}'
fsync = off
full_page_writes = off
max_connections = 200
log_min_messages = panic
"""
LISTENING = """
listen_addresses = '127.0.0.1'
port = {port}
ssl = {on}
ssl_cert_file = 'server.pem'
ssl_key_file = 'server.pem'
"""

# As after the first use; the guards don't let anybody empty a table otherwise.
EMPTY = """
SET LOCAL session_replication_role = replica;
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT relname AS name FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> 'schema_version'
    LOOP
        EXECUTE 'DELETE FROM ' || found.name;
    END LOOP;
    FOR found IN SELECT relname AS name FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S'
    LOOP
        EXECUTE 'ALTER SEQUENCE ' || found.name || ' RESTART';
    END LOOP;
END $$;
INSERT INTO audit_head (id, seq, hash, latest_at) VALUES (1, 0, '', '')
"""


class NoServer(Exception):
    """There is none, and none can be started."""


class Office:
    """A database on a server, for one test after the other."""

    def __init__(self, server: str, name: str) -> None:
        self.server = server
        self.name = name
        self.address = f"{server}{'&' if '?' in server else '?'}options={quote(f'-c search_path={name}')}"
        self._cleaner: psycopg.Connection | None = None
        self.shown = ServerAddress(self.address).shown
        parts = conninfo_to_dict(server)
        self.host, self.port = str(parts.get("host", "localhost")), str(parts.get("port", 5432))
        self.do(f"DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}")

    def open(self) -> PostgresEngine:
        """Another desk."""
        return PostgresEngine(self.address, create=True)

    def do(self, statements: str) -> list[tuple[object, ...]]:
        """What an administrator does; the rows of the last statement."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            cursor = connection.execute(statements.encode())
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []

    def end_sessions(self) -> None:
        """An administrator ends every session but the own one."""
        self.do(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'Tarifwechsel' AND datname = current_database()"
        )

    def empty(self) -> None:
        """As if nobody had ever worked there."""
        self._cleaner = self._cleaner or psycopg.connect(self.address, autocommit=True)
        self._cleaner.execute(EMPTY.encode())

    def remove(self) -> None:
        """Nothing is left on the server."""
        if self._cleaner:
            self._cleaner.close()
        self.do(f"DROP SCHEMA {self.name} CASCADE")


class Cluster:
    """A server of our own in a folder of its own, reached by a socket there; it survives a kill, not a power cut."""

    def __init__(self, folder: Path, followed: str = "", settings: str = "") -> None:
        """The address of another one to be followed, if it stands by for that; `settings` overrule those here."""
        self._programs = programs()
        self._account = _account()
        self._data = folder / "data"
        self._log = folder / "log"
        self.address = f"postgresql:///postgres?host={folder}&user=owner"
        if self._account is not None:
            shutil.chown(folder, self._account, self._account)
        if followed:
            fast = ("--write-recovery-conf", "--checkpoint", "fast", "--no-sync")
            self._run("pg_basebackup", "--dbname", followed, *fast)
        else:
            text = ("--encoding", "UTF8", "--no-locale", "--no-sync")
            self._run("initdb", "--username", "owner", "--auth", "trust", *text)
        with (self._data / "postgresql.auto.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(f"{CONFIGURATION.format(folder=folder)}{settings}")

    def listen(self, port: int, pem: bytes) -> None:
        """On a port of this computer too, with TLS and passwords, or with passwords alone without a certificate."""
        kept = self._data / "server.pem"
        kept.touch(mode=0o600)
        kept.write_bytes(pem)
        if self._account is not None:
            shutil.chown(kept, self._account, self._account)
        sort = "hostssl" if pem else "host"
        (self._data / "pg_hba.conf").write_text(f"local all all trust\n{sort} all all 127.0.0.1/32 scram-sha-256\n")
        with (self._data / "postgresql.auto.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(LISTENING.format(port=port, on="on" if pem else "off"))

    def start(self) -> None:
        """Start, and recover from a kill if there was one."""
        self._run("pg_ctl", "--log", self._log, "--wait", "start")

    def promote(self) -> None:
        """It stood by long enough: from now on it is the one that takes orders."""
        self._run("pg_ctl", "--wait", "promote")

    def kill(self) -> None:
        """Without an end of anything."""
        self._run("pg_ctl", "--mode", "immediate", "stop")

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [str(part) for part in (self._programs / program, "--pgdata", self._data, *arguments)],
            user=self._account,
            group=self._account,
            extra_groups=None if self._account is None else [],
            cwd="/",
            # What pytest tells there may be longer than a program takes.
            env={name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise NoServer(program)


@contextmanager
def cluster(followed: str = "") -> Iterator[Cluster]:
    """A server of our own, perhaps one that follows another; raises NoServer."""
    folder = Path(tempfile.mkdtemp(prefix="tarifwechsel-"))
    try:
        made = Cluster(folder, followed)
        made.start()
        try:
            yield made
        finally:
            made.kill()
    finally:
        shutil.rmtree(folder)


@contextmanager
def server() -> Iterator[str]:
    """The address of a database whose account is a superuser; raises NoServer."""
    if given := os.environ.get(DSN):
        yield given
        return
    with cluster() as made:
        yield made.address


def without() -> NoReturn:
    """There is no server: what needs one is left out, but not in CI."""
    reason = "no PostgreSQL server is installed, and TARIFWECHSEL_TEST_DSN names none"
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


def programs() -> Path:
    """Where initdb and pg_ctl are; Debian keeps them off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if sys.platform == "win32" or not (found or on_path):
        raise NoServer
    return found[-1].parent if found else Path(str(on_path)).parent


def _account() -> str | None:
    """PostgreSQL refuses to run as root; Debian's package makes an account."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    if "postgres" not in {account.pw_name for account in pwd.getpwall()}:
        raise NoServer
    return "postgres"
