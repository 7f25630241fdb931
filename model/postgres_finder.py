"""How a PostgreSQL server finds installations in a long list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property

from model.engine import Parameters, Row
from model.ids import Ids, runs
from model.postgres_interrupt import Interruptions
from model.postgres_schema import TRIGRAMS

TRIGRAM = 3


class PostgresFinder:
    """Ids in one statement, an index of three letters each if there is one, an end to what nobody waits for."""

    # A server reads a long list with as many processes as it sees fit.
    asks_two = False

    def __init__(self, query: Callable[[str, Parameters], list[Row]], interruptions: Interruptions) -> None:
        self._query = query
        self._interruptions = interruptions

    def ids(self, queries: Sequence[str], parameters: Parameters) -> Ids:
        """The ids of which queries give the `code`, one query after the other; one row for each query."""
        texts = (
            self._query(f"SELECT string_agg(CAST(code AS text), '') AS ids FROM ({sql}) AS found", parameters)
            for sql in queries
        )
        return Ids(run for (row,) in texts for run in runs(row["ids"] or ""))

    def as_text(self, columns: Sequence[str]) -> str:
        """SQL for all rows as one text of JSON, a list for each column."""
        lists = (f"COALESCE(json_agg({column}), CAST('[]' AS json))" for column in columns)
        return f"CAST(json_build_array({', '.join(lists)}) AS text)"

    def among(self, lookup: str, _parameters: Parameters) -> tuple[str, dict[str, object]]:
        """A condition that `i.id` is among the ids of a look-up, and its parameters."""
        return f"i.id IN ({lookup})", {}

    def reading(self, words: Sequence[Sequence[str]], name: str) -> tuple[str, dict[str, object]] | None:
        """SQL for the `id` of all installations with a text of each word, and its parameters, named `name_…`.

        Words that the index of three letters each can't look up are left out; None if nothing is left, and without
        the index.
        """
        known = [
            texts for texts in words if all(len(text) >= TRIGRAM and not set("%_\\") & set(text) for text in texts)
        ]
        if not known or not self._has_trigrams:
            return None
        values: dict[str, object] = {}
        parts = []
        for texts in known:
            names = [f"{name}_{len(values) + place}" for place in range(len(texts))]
            values |= {key: f"%{text}%" for key, text in zip(names, texts, strict=True)}
            parts.append(" OR ".join(f"search LIKE :{key}" for key in names))
        return f"SELECT id FROM installation WHERE {' AND '.join(f'({part})' for part in parts)}", values

    def index_text(self, installation_id: int) -> None:
        """The server keeps its indexes."""

    def forget_text(self, installation_id: int) -> None:
        """The server keeps its indexes."""

    def interruptible(self) -> AbstractContextManager[None]:
        """What one thread asks here, another may end with `interrupt`; then it raises Interrupted."""
        return self._interruptions.question()

    def interrupt(self) -> None:
        """End what is asked in `interruptible` at the moment; nothing else is ever ended."""
        self._interruptions.interrupt()

    @cached_property
    def _has_trigrams(self) -> bool:
        (row,) = self._query("SELECT to_regclass(:name) IS NOT NULL AS found", {"name": TRIGRAMS})
        return bool(row["found"])


def _can_be_looked_up(text: str) -> bool:
    return len(text) >= TRIGRAM and not set("%_\\") & set(text)
