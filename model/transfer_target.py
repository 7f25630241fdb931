"""Where a whole database can be moved to: a new file, or an empty database on a server."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from model.engine import Engine, is_server
from model.errors import StorageFault, StoreUnavailable
from model.refusals import TransferFault, TransferRefused

ARRIVED = "SELECT seq FROM audit WHERE hash = :entry"
# Nothing is there, or something else.
NOT_THERE = (StorageFault.NOT_SET_UP, StorageFault.MISSING, StorageFault.NOT_OURS, StorageFault.EMPTY_FILE)


@dataclass(frozen=True, slots=True)
class Target:
    """An empty database: `filling` lets it take rows as they are, `publish` puts it in its place once it is whole.

    `place` is for people, `address` for the program, both without a password. `arrived` is `has_arrived` there.
    """

    engine: Engine
    place: str
    address: str
    filling: Callable[[Engine], AbstractContextManager[None]]
    publish: Callable[[], None]
    arrived: Callable[[str], bool]


@contextmanager
def new_target(address: str, *, create: bool = False) -> Iterator[Target]:
    """A file at a path where nothing is, or a server's database; its schema is made only if `create`.

    Raises StoreUnavailable or TransferRefused; nothing is changed then.
    """
    with _on_server(address, create=create) if is_server(address) else _in_file(Path(address)) as target:
        yield target


def has_arrived(address: str, entry: str) -> bool:
    """Whether the data are in a database, told by the history's entry about it.

    A server may still be at work for a connection that was lost: only whoever gets the lock knows that it isn't.
    Raises StoreUnavailable if that can't be told.
    """
    try:
        with _opened(address) as engine, engine.write(moving=True) if is_server(address) else engine.read():
            return bool(engine.query(ARRIVED, {"entry": entry}))
    except StoreUnavailable as error:
        if error.fault not in NOT_THERE or not (is_server(address) or Path(address).parent.is_dir()):
            raise
        return False


def without_password(address: str) -> str:
    """An address as it may be kept."""
    place, question, said = address.partition("?")
    place = re.sub(r"(?<=//)([^/@:]*):[^/]*@", r"\1@", place)
    kept = [part for part in said.split("&") if unquote(part.partition("=")[0]) != "password"]
    return f"{place}{question if kept else ''}{'&'.join(kept)}"


@contextmanager
def _on_server(address: str, *, create: bool) -> Iterator[Target]:
    """The driver is optional, and loaded only here."""
    with _server(address, create=create) as engine:
        from model.postgres_filling import filling, require_owner

        require_owner(engine)
        kept = without_password(address)
        yield Target(engine, engine.target, kept, filling, lambda: None, partial(has_arrived, address))


@contextmanager
def _in_file(path: Path) -> Iterator[Target]:
    """Made aside; it gets its name when everything is in it, so that what is there is never half of a database."""
    from model.sqlite_engine import SqliteEngine
    from model.sqlite_file import journal_of
    from model.sqlite_filling import filling

    path = path.absolute()
    if path.exists() or journal_of(path).exists():
        raise TransferRefused(TransferFault.TAKEN, str(path))
    unfinished = path.with_name(f".{path.name}.{os.urandom(8).hex()}.new")
    try:
        with closing(SqliteEngine(unfinished)) as engine:

            def publish() -> None:
                engine.close()
                _name(unfinished, path)

            place = str(path)
            yield Target(engine, place, place, filling, publish, partial(has_arrived, place))
    finally:
        unfinished.unlink(missing_ok=True)
        journal_of(unfinished).unlink(missing_ok=True)


def _name(unfinished: Path, path: Path) -> None:
    from model.sqlite_file import file_id, name_without_replacing, sync_folder, translated

    with translated(str(path)):
        made = file_id(unfinished)
        name_without_replacing(unfinished, path)
        if file_id(path) != made:
            raise TransferRefused(TransferFault.TAKEN, str(path))
        sync_folder(path.parent)


@contextmanager
def _opened(address: str) -> Iterator[Engine]:
    """To look into it."""
    if is_server(address):
        with _server(address, create=False) as engine:
            yield engine
        return
    from model.sqlite_engine import SqliteEngine

    with closing(SqliteEngine(address, create=False, read_only=True)) as found:
        yield found


@contextmanager
def _server(address: str, *, create: bool) -> Iterator[Engine]:
    try:
        from model.postgres_engine import PostgresEngine
    except ImportError as error:
        raise StoreUnavailable(StorageFault.NO_DRIVER) from error
    with closing(PostgresEngine(address, create=create)) as engine:
        yield engine
