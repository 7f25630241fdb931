"""What the Store asks of a database: the same few methods over a file, memory and a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from model.errors import StoreUnavailable
from model.ids import Ids

Row = dict[str, Any]
Parameters = Mapping[str, object]
Value = TypeVar("Value")


class Finder(Protocol):
    """What an engine does its own way to find installations quickly in a long list."""

    @property
    def asks_two(self) -> bool:
        """Whether two queries at once take less time than one after the other."""

    def ids(self, queries: Sequence[str], parameters: Parameters) -> Ids:
        """The ids of which queries give the `code`, one query after the other, each in its order."""

    def as_text(self, columns: Sequence[str]) -> str:
        """SQL for all rows as one text of JSON, a list for each column."""

    def among(self, lookup: str, parameters: Parameters) -> tuple[str, dict[str, object]]:
        """A condition that `i.id` is among the ids of a look-up, and the parameters it has beside the look-up's."""

    def reading(self, words: Sequence[Sequence[str]], name: str) -> tuple[str, dict[str, object]] | None:
        """SQL for the `id` of all installations that may have in name or number a text of each word, and parameters.

        All that have them are among them. The parameters' names begin with `name`. Words that can't be looked up are
        left out; None if nothing is left.
        """

    def index_text(self, installation_id: int) -> None:
        """Let `reading` find an installation's text as it is now; inside `write()`."""

    def forget_text(self, installation_id: int) -> None:
        """Before an installation's text changes, inside `write()`."""

    def interruptible(self) -> AbstractContextManager[None]:
        """What one thread asks here, another may end with `interrupt`; then it raises Interrupted."""

    def interrupt(self) -> None:
        """End what is asked in `interruptible`, with the statement under way or the next one; nothing else is ended."""


class Engine(Protocol):
    """One database; SQL text is portable, its parameters are named `:name`. Every method raises StoreUnavailable."""

    @property
    def target(self) -> str:
        """Where it is, in words a person can read; without a password."""

    @property
    def read_only(self) -> bool:
        """Whether every change is refused."""

    @property
    def is_viewer(self) -> bool:
        """Whether that is because the account may only look."""

    @property
    def has_file(self) -> bool:
        """Whether it is a file, which can be copied, restored, moved and damaged."""

    @property
    def finder(self) -> Finder:
        """How it finds installations."""

    def query(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows of a statement."""

    def values(self, make: Callable[[Row], Value], sql: str, parameters: Parameters | None = None) -> list[Value]:
        """All rows as values; one that can be none means damage."""

    def value(self, make: Callable[[Row], Value], sql: str, parameters: Parameters | None = None) -> Value:
        """The value of the one row that is always there."""

    def has_table(self, name: str) -> bool:
        """Whether a table is there; one of a newer schema isn't in an older database that can only be read."""

    def execute(self, sql: str, parameters: Parameters | None = None) -> int:
        """Run one statement inside `write()`; the number of rows it touched."""

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Insert one row inside `write()`; its id, if the table gives one."""

    def insert_many(self, table: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows of the same columns inside `write()`."""

    def write(self, *, moving: bool = False) -> AbstractContextManager[None]:
        """One transaction, all or nothing, in which nobody else writes; inside another one a part, undone alone.

        Refused where the data are elsewhere (`model.moved`), unless it is about that.
        """

    def read(self) -> AbstractContextManager[None]:
        """Several queries over one state of the database."""

    def data_version(self) -> int:
        """Changes whenever another connection has changed the database."""

    def check_place(self) -> None:
        """Is the database still the one that was opened?"""

    def look_over(self) -> None:
        """Look at what there is no time for at the opening; if it is damaged, nothing is written any more."""

    def damage(self) -> list[str]:
        """What isn't as the schema made it, tables by the name `table …`."""

    def copy_to(self, path: Path) -> None:
        """A whole and checked copy as a file; only where `has_file`."""

    def hand_over(self) -> None:
        """Let the next thread that asks go on with what this one has prepared for asking."""

    def close(self) -> None:
        """Close every connection; no thread may be using one any more."""


def value_from(make: Callable[[Row], Value], row: Row, lost: Callable[[], StoreUnavailable]) -> Value:
    """A row as a value; one that can be none was never stored by this program: then `lost()` is raised."""
    try:
        return make(row)
    except (ValueError, TypeError, KeyError) as error:
        # A column that wasn't asked for is a mistake of ours.
        if isinstance(error, KeyError) and error.args[0] not in row:
            raise
        raise lost() from error


def insert_sql(table: str, row: Mapping[str, object]) -> str:
    """The statement that inserts a row of these columns."""
    return _insert_sql(table, tuple(row))


@cache
def _insert_sql(table: str, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"


def is_server(target: str | Path) -> bool:
    """Whether a database is named by a server's address rather than a path."""
    return str(target).startswith(("postgresql://", "postgres://"))
