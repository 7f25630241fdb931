"""Whether a database's file is sound: what SQLite finds, and whether tables, indexes and guards are the schema's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cache
from types import MappingProxyType
from zlib import crc32

from model import schema
from model.engine import Row, Value, value_from
from model.errors import StorageFault, StoreUnavailable
from model.sqlite_file import translated
from model.sqlite_library import sqlite3

Query = Callable[[str], list[Row]]
# A file of up to so many bytes is looked at as a whole when it is opened: 20 ms for those 8 MB.
WHOLE_UP_TO = 8 * 2**20
# What decides which tariff holds and what it costs; small beside customers and their objects.
DECISIVE = ("price_list", "price", "tariff_order", "audit_head")
SIZE = "SELECT page_count * page_size AS size FROM pragma_page_count, pragma_page_size"
# All but sqlite-utils' own record of the migrations it has applied.
MADE = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> '_sqlite_migrations'"
HISTORY_IS_WHOLE = """
SELECT seq FROM audit_head WHERE seq = (SELECT COALESCE(max(seq), 0) FROM audit)
    AND hash = COALESCE((SELECT hash FROM audit WHERE audit.seq = audit_head.seq), '')
"""
# What the driver says of text that isn't UTF-8; SQLite has no code for it.
UNDECODABLE = "Could not decode to UTF-8"


class UponFailure:
    """What failed inside it fails again inside `explaining`; as long as nothing does, it costs next to nothing."""

    def __init__(self, explaining: Callable[[], AbstractContextManager[None]]) -> None:
        self._explaining = explaining

    def __enter__(self) -> None:
        """Python: nothing has failed yet."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Python: with the error, if there is one."""
        if error is not None:
            with self._explaining():
                raise error


class Soundness:
    """Whether a file is to be trusted: once it is found damaged, that is remembered, so that nothing is written."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._lost = False
        self._is_looked_at = True
        self._translating = UponFailure(self._translated)

    def lost(self, fault: str = "") -> StoreUnavailable:
        """The error for a damaged file, with what was found as a note."""
        self._lost = True
        error = StoreUnavailable(StorageFault.DAMAGED, self._place)
        if fault:
            error.add_note(fault)
        return error

    def require(self, faults: Sequence[str] = ()) -> None:
        """Raises StoreUnavailable if the file has faults or was found damaged before."""
        if faults or self._lost:
            raise self.lost("\n".join(faults))

    def at_first_sight(self, query: Query) -> None:
        """Raises StoreUnavailable for what is wrong in a small file; of a large one, for what shows without delay."""
        self._is_looked_at = query(SIZE)[0]["size"] <= WHOLE_UP_TO
        if self._is_looked_at:
            self.require(not_as_made(query) or _broken(query))
        elif checksum(query) != schema.CHECKSUM:
            self.require(not_as_made(query))

    def before_a_change(self, query: Query) -> None:
        """What decides over tariffs and money is looked at before it is first added to. Raises StoreUnavailable."""
        self.require()
        if not self._is_looked_at:
            self.require(not_as_made(query) or _broken(query, DECISIVE))
            self._is_looked_at = True

    def translated(self) -> AbstractContextManager[None]:
        """Errors as StoreUnavailable; what was our database and now is none, or holds no text, is damaged."""
        return self._translating

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with translated(self._place):
                yield
        except StoreUnavailable as error:
            if error.fault not in (StorageFault.DAMAGED, StorageFault.NOT_OURS):
                raise
            raise self.lost() from error
        except UnicodeDecodeError as error:
            raise self.lost() from error
        except sqlite3.OperationalError as error:
            if not str(error).startswith(UNDECODABLE):
                raise
            raise self.lost() from error

    def value(self, make: Callable[[Row], Value], row: Row) -> Value:
        """A row as a value; one that can be none was never stored by this program."""
        return value_from(make, row, self.lost)


def broken_pages(query: Query) -> list[str]:
    """What is wrong in the pages of the whole file; whether an index and its table agree is left out.

    Table by table first, which brings the file into the system's memory: a writer has to wait for each, but not so
    long that it gives up. Only then what is between the tables shows.
    """
    tables = [name.removeprefix("table ") for name in _wanted(query) if name.startswith("table ")]
    return _broken(query, tables) or _broken(query)


def not_as_made(query: Query) -> list[str]:
    """Tables, indexes and guards of the schema that are missing or aren't as it made them."""
    made = _made(query)
    return sorted(name for name, text in _wanted(query).items() if made.get(name) != text)


def checksum(query: Query) -> int:
    """Of everything made in the file: whether a large one may be shown, which `not_as_made` would delay by 5 ms.

    A number can be forged; before the first change, and by every look at the whole file, the texts are compared.
    """
    return crc32("\n".join(sorted(_made(query).values())).encode())


def damage(query: Query) -> list[str]:
    """All that is wrong, row by row and index by index, and what else was made in the file; takes longest."""
    found = [str(row["integrity_check"]) for row in query("PRAGMA integrity_check")]
    wrong = [text for text in found if text != "ok"]
    if unlike := not_as_made(query):
        return wrong + unlike
    wrong += [f"{row['table']} {row['rowid']}" for row in query("PRAGMA foreign_key_check")]
    return wrong + sorted(_made(query).keys() - _wanted(query).keys())


def explains_a_refusal(query: Query) -> bool:
    """Whether a constraint or a guard refused something because of what was in the file before."""
    return bool(damage(query)) or not query(HISTORY_IS_WHOLE)


def _broken(query: Query, tables: Sequence[str] = ()) -> list[str]:
    """The first thing SQLite finds wrong in the pages of these tables, or of the whole file."""
    checks = [f"PRAGMA quick_check({table})" for table in tables or ("1",)]
    found = (str(row["quick_check"]) for check in checks for row in query(check))
    return [text for text in found if text != "ok"]


def _wanted(query: Query) -> Mapping[str, str]:
    """What there must be in a file of this version; in one that has lost its version, everything."""
    version = query("PRAGMA user_version")[0]["user_version"]
    return _made_by(schema.MIGRATIONS[: version if version > 0 else None])


def _made(query: Query) -> dict[str, str]:
    """Every table, index and guard with the text that made it."""
    return {f"{row['type']} {row['name']}": " ".join(str(row["sql"]).split()) for row in query(MADE)}


@cache
def _made_by(migrations: tuple[str, ...]) -> Mapping[str, str]:
    """What these migrations make; tried out in memory, which takes about 2 ms."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        for script in migrations:
            connection.executescript(script)
        return MappingProxyType(_made(lambda sql: [dict(row) for row in connection.execute(sql)]))
