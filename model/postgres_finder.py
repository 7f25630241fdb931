"""How a PostgreSQL server finds installations in a long list: by itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from model.engine import Parameters, Row
from model.ids import EARLY, LATE, Ids


class PostgresFinder:
    """A LIKE is as quick as the index there is for it, and never has to be looked up first."""

    def __init__(self, query: Callable[[str, Parameters], list[Row]]) -> None:
        self._query = query

    def ids(self, sql: str, parameters: Parameters) -> Ids:
        """All values of `id` in the order of a query, those with `late` behind the others; one row for all."""
        (row,) = self._query(
            f"""SELECT string_agg(CAST(CASE WHEN late THEN {LATE} ELSE {EARLY} END + id AS text), '') AS ids
                FROM ({sql}) AS found""",
            parameters,
        )
        return Ids(row["ids"] or "")

    def ids_with(self, text: str, most: int) -> None:
        """It can't be told sooner than by asking for all."""

    def index_text(self, installation_id: int) -> None:
        """The server keeps its indexes."""

    def forget_text(self, installation_id: int) -> None:
        """The server keeps its indexes."""

    def interruptible(self) -> AbstractContextManager[None]:
        """Nothing is ended: on its way to the server the wish might meet the next statement."""
        return nullcontext()

    def interrupt(self) -> None:
        """Nothing is ended."""
