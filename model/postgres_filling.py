"""Filling an empty database on a server with the rows of another one, as they are; only its owner may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from model.engine import Engine
from model.errors import StorageFault, StoreUnavailable

TABLES = """
SELECT relname AS name, pg_has_role(relowner, 'USAGE') AS owned, CASE WHEN EXISTS (
    SELECT 1 FROM pg_attribute WHERE attrelid = c.oid AND attname = 'id' AND attidentity <> '')
    THEN pg_get_serial_sequence(quote_ident(relname), 'id') END AS numbers
FROM pg_class c WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
"""


def require_owner(engine: Engine) -> None:
    """Raises StoreUnavailable if the account may not switch the guards off."""
    if not all(table["owned"] for table in engine.query(TABLES)):
        raise StoreUnavailable(StorageFault.NOT_PERMITTED, engine.target)


@contextmanager
def filling(engine: Engine) -> Iterator[None]:
    """Inside `write()`: without guards and counters, which are on again afterwards; new ids go on after the last one.

    Counting while millions of rows come would write each customer anew for each of its objects. The planner gets to
    know the tables at once, because they are looked through before anybody else does.
    """
    tables = engine.query(TABLES)
    # The other database is looked at meanwhile.
    engine.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    for table in tables:
        engine.execute(f"ALTER TABLE {table['name']} DISABLE TRIGGER USER")
    yield
    engine.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        engine.execute(f"ALTER TABLE {table['name']} ENABLE TRIGGER USER")
        if table["numbers"]:
            last = f"SELECT setval(:numbers, max(id)) FROM {table['name']}"
            engine.query(last, {"numbers": table["numbers"]})
        engine.execute(f"ANALYZE {table['name']}")
