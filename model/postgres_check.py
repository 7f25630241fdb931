"""What there is on a server, asked by one connection that changes nothing."""

from __future__ import annotations

from contextlib import closing

import psycopg

from model import postgres_schema, schema
from model.engine import Row
from model.errors import StorageFault, StoreUnavailable
from model.postgres_address import Connection, ServerAddress, fault_of
from model.server_check import Holds, May, Seen

OLDEST = 150_000
SERVER = """
SELECT current_setting('server_version') AS version, current_setting('server_version_num')::bigint AS number,
    current_setting('server_encoding') AS encoding, current_setting('transaction_read_only') = 'on' AS read_only,
    (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) AS tls,
    COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AS creates
"""
ACCOUNT = """
SELECT pg_has_role(relowner, 'USAGE') AS owns, has_any_column_privilege('audit_head', 'UPDATE') AS changes,
    has_any_column_privilege('audit_head', 'SELECT') AS looks
FROM pg_class WHERE oid = to_regclass('audit_head')
"""


def look(address: str) -> Seen:
    """Raises StoreUnavailable."""
    server = ServerAddress(address)
    with closing(server.connect()) as connection:
        try:
            (seen,) = connection.execute(SERVER).fetchall()
            holds = _holds(connection, server.shown)
            may = _may(connection, seen, holds)
        except psycopg.Error as error:
            fault = fault_of(error)
            if fault is None:
                raise
            raise StoreUnavailable(fault, server.shown) from error
    old = seen["number"] < OLDEST
    return Seen(seen["tls"] or "", seen["version"].partition(" ")[0], old, seen["encoding"], holds, may)


def _holds(connection: Connection, shown: str) -> Holds:
    try:
        version = postgres_schema.version_of(connection, shown)
    except StoreUnavailable as error:
        if error.fault is not StorageFault.NOT_OURS:
            raise
        return Holds.ELSE
    except psycopg.errors.InsufficientPrivilege:
        return Holds.OURS
    if version == schema.VERSION:
        return Holds.OURS
    return Holds.NEWER if version > schema.VERSION else Holds.OLDER if version else Holds.NOTHING


def _may(connection: Connection, seen: Row, holds: Holds) -> May:
    if holds in (Holds.NOTHING, Holds.ELSE):
        return May.OWN if seen["creates"] and not seen["read_only"] else May.NOTHING
    rights = connection.execute(ACCOUNT).fetchall()
    if not rights or not rights[0]["looks"]:
        return May.NOTHING
    if seen["read_only"] or not rights[0]["changes"]:
        return May.LOOK
    return May.OWN if rights[0]["owns"] else May.CHANGE
