"""Every row of a database, table by table, some at a time: copied as it is, and told by a digest of its table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from model.engine import Engine, Row
from model.moved import MARK
from model.refusals import TransferFault, TransferRefused

# Rows at once; those of the second kind may each hold a whole letter or a whole installation.
STEP, FEW = 5_000, 50
Told = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Table:
    """A table and the columns of its key, by which its rows are read in the same order everywhere."""

    name: str
    key: tuple[str, ...]
    step: int = STEP


@dataclass(frozen=True, slots=True)
class Content:
    """How many rows a table has, and the digest of all of them."""

    rows: int
    digest: str


# A row never comes before one that it refers to.
TABLES = (
    Table("setting", ("name",), FEW),
    Table("price_list", ("valid_from",)),
    Table("price", ("price_list", "code")),
    Table("installation", ("id",)),
    Table("extension", ("id",)),
    Table("device", ("id",)),
    Table("device_extension", ("device_id", "extension_id")),
    Table("feature_use", ("id",)),
    Table("tariff_order", ("order_number",)),
    Table("audit", ("seq",)),
    Table("audit_head", ("id",)),
    Table("outbox", ("message_id",), FEW),
    Table("delivery", ("id",), FEW),
    Table("import_kept", ("seq",), FEW),
    Table("import_profile", ("name",), FEW),
)
# What a new database has before anybody has worked with it.
FROM_THE_BEGINNING = frozenset({"setting", "price_list", "price", "audit_head"})


def require_empty(engine: Engine) -> None:
    """Has nobody worked with the database yet? Raises TransferRefused."""
    for table in TABLES:
        if table.name not in FROM_THE_BEGINNING and engine.query(f"SELECT 1 AS found FROM {table.name} LIMIT 1"):
            raise TransferRefused(TransferFault.NOT_EMPTY, engine.target, table.name)


def clear(engine: Engine) -> None:
    """Let go of what a new database has; only while it is being filled, the guards forbid it otherwise."""
    for table in reversed(TABLES):
        if table.name in FROM_THE_BEGINNING:
            engine.execute(f"DELETE FROM {table.name}")


def count(engine: Engine) -> int:
    """How many rows there are in all."""
    return sum(engine.query(f"SELECT count(*) AS found FROM {table.name}")[0]["found"] for table in TABLES)


def copied(source: Engine, target: Engine, table: Table, tell: Told) -> Content:
    """Copy a table; what it holds. Raises TransferRefused for a text that no server can keep."""
    return _content(_copying(source, target, table), tell)


def content(engine: Engine, table: Table, tell: Told) -> Content:
    """What a table holds."""
    return _content(_in_steps(engine, table), tell)


def _copying(source: Engine, target: Engine, table: Table) -> Iterator[list[Row]]:
    for rows in _in_steps(source, table):
        _require_no_nul(target, table, rows)
        target.insert_many(table.name, rows)
        yield rows


def _content(steps: Iterator[list[Row]], tell: Told) -> Content:
    found, digest = 0, hashlib.sha256()
    for rows in steps:
        for row in rows:
            digest.update(repr(list(row.items())).encode())
        found += len(rows)
        tell(len(rows))
    return Content(found, digest.hexdigest())


def _in_steps(engine: Engine, table: Table) -> Iterator[list[Row]]:
    """All rows but the mark that says where they go."""
    key = ", ".join(table.key)
    first = f"SELECT * FROM {table.name} ORDER BY {key} LIMIT :step"
    further = f"SELECT * FROM {table.name} WHERE ({key}) > (:{', :'.join(table.key)}) ORDER BY {key} LIMIT :step"
    rows = engine.query(first, {"step": table.step})
    while rows:
        last = {name: rows[-1][name] for name in table.key}
        if kept := [row for row in rows if row.get("name") != MARK or table.name != "setting"]:
            yield kept
        rows = engine.query(further, {**last, "step": table.step})


def _require_no_nul(target: Engine, table: Table, rows: list[Row]) -> None:
    """PostgreSQL keeps no NUL character; neither does this program, so it came from elsewhere."""
    for row in rows:
        if any(isinstance(value, str) and "\0" in value for value in row.values()):
            place = ", ".join(str(row[name]) for name in table.key)
            raise TransferRefused(TransferFault.NUL, target.target, f"{table.name} {place}")
