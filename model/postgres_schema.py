"""The schema on a PostgreSQL server: whose it is, making it, and whether it is as it was made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from types import MappingProxyType

import psycopg
from psycopg import Connection

from model import schema
from model.engine import Row
from model.errors import StorageFault, StoreUnavailable
from model.postgres_text import for_postgres

FUNCTION = re.compile(r"^CREATE FUNCTION (\w+)\(\).*?\$\$(.*?)\$\$", re.MULTILINE | re.DOTALL)
CALLED = re.compile(r"EXECUTE FUNCTION (\w+)")
STEP = re.compile(r"^(CREATE|DROP) (?:UNIQUE )?(TABLE|INDEX|TRIGGER) (\w+)(.*)", re.MULTILINE)
# What there is; a guard that is switched off does nothing.
MADE = """
SELECT CASE relkind WHEN 'i' THEN 'index ' ELSE 'table ' END || relname AS name, '' AS does FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'i')
UNION ALL
SELECT 'trigger ' || tgname, CASE tgenabled WHEN 'D' THEN '' ELSE prosrc END
FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid JOIN pg_class c ON c.oid = tgrelid
WHERE NOT tgisinternal AND c.relnamespace = current_schema()::regnamespace
"""
MARK = "CREATE TABLE schema_version (application bigint NOT NULL, version bigint NOT NULL);"
MARKED = "SELECT to_regclass('schema_version') IS NOT NULL AS marked"
VERSION = "SELECT application, version FROM schema_version"
# What somebody else made there; what belongs to an extension doesn't count.
FOREIGN = """
SELECT relname FROM pg_class c WHERE relnamespace = current_schema()::regnamespace
    AND relkind IN ('r', 'p', 'v', 'm', 'f')
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LIMIT 1
"""
# An extension may be in another schema already; the index isn't missed where it isn't there.
TRIGRAMS = "installation_trigrams"
TRIGRAM_PLACE = """
SELECT quote_ident(nspname) AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE extname = 'pg_trgm'
"""
TRIGRAM_INDEX = f"CREATE INDEX IF NOT EXISTS {TRIGRAMS} ON installation USING gin (search {{place}}.gin_trgm_ops)"
NO_EXTENSION = (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile)
# Programs that start at once wait for the one that makes the schema, as long as that takes.
ALONE = f"""
SET LOCAL lock_timeout = '10min'; SELECT pg_advisory_xact_lock({schema.APPLICATION_ID});
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)
"""


def prepare(connection: Connection[Row], place: str, *, create: bool) -> None:
    """Is the schema ours and of this version? Made or brought up to date if `create`. Raises StoreUnavailable."""
    version = version_of(connection, place)
    if version < schema.VERSION and not create:
        raise StoreUnavailable(StorageFault.OLDER if version else StorageFault.NOT_SET_UP, place)
    if version < schema.VERSION:
        with connection.transaction():
            connection.execute(ALONE.encode())
            version = version_of(connection, place)
            _bring_up_to_date(connection, version)
            _add_trigrams(connection)
    if version > schema.VERSION:
        raise StoreUnavailable(StorageFault.NEWER, place)


@cache
def wanted() -> Mapping[str, str]:
    """Every table, index and guard that the migrations make, such as `table price`; a guard with what it does."""
    text = for_postgres("".join(schema.MIGRATIONS))
    made: dict[str, str] = {}
    does = dict(FUNCTION.findall(text))
    for verb, sort, name, rest in STEP.findall(text):
        if verb == "DROP":
            del made[f"{sort.lower()} {name}"]
        else:
            made[f"{sort.lower()} {name}"] = does[CALLED.findall(rest)[0]] if sort == "TRIGGER" else ""
    return MappingProxyType(made)


def _bring_up_to_date(connection: Connection[Row], version: int) -> None:
    if not version:
        connection.execute(f"{MARK} INSERT INTO schema_version VALUES ({schema.APPLICATION_ID}, 0)".encode())
    for number, script in enumerate(schema.MIGRATIONS[version:], start=version + 1):
        connection.execute(for_postgres(script).encode())
        connection.execute(f"UPDATE schema_version SET version = {number}".encode())


def _add_trigrams(connection: Connection[Row]) -> None:
    """Finding a part of a name is quicker with them; where the extension can't be had, it works without."""
    with suppress(psycopg.errors.InsufficientPrivilege, *NO_EXTENSION), connection.transaction():
        connection.execute(b"CREATE EXTENSION IF NOT EXISTS pg_trgm")
        (place,) = connection.execute(TRIGRAM_PLACE.encode())
        connection.execute(TRIGRAM_INDEX.format(place=place["name"]).encode())


def version_of(connection: Connection[Row], place: str) -> int:
    """Of the schema; 0 if there is nothing yet. Raises StoreUnavailable if something else is there."""
    (mark,) = connection.execute(MARKED.encode())
    rows = connection.execute((VERSION if mark["marked"] else FOREIGN).encode()).fetchall()
    if mark["marked"] and rows and rows[0]["application"] == schema.APPLICATION_ID:
        return int(rows[0]["version"])
    if mark["marked"] or rows:
        raise StoreUnavailable(StorageFault.NOT_OURS, place)
    return 0
