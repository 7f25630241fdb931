"""Finds installations by a text or a filter, as ids; loaded with the first search, which the first picture isn't.

What takes time grows with what is found, not with how many installations there are: rare words are looked up, frequent
ones end a scan early, filters have an index of the few installations they may concern.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

from model.engine import Engine
from model.ids import Ids, code
from model.list_query import Filter, ListQuery, Sorting
from model.listing import SORTINGS, First, Found, InstallationRow, filter_condition, listed, some_ids, where
from model.narrowing import NOTHING_KNOWN, Narrowed, Narrowing
from model.search import Word, begins_with, searched_words, sort_ranges

# As many as a tall screen shows at once; of a text that few have a whole page would have to be read for much longer.
FIRST_ROWS = 40
# From so many installations on a list is long: it is read in halves, whose middle so many keys tell, and its beginning
# is looked at by itself: one in so many of them, and no more than this.
LONG = 20_000
SAMPLES = 499
NEAR_ONE_IN, MOST_NEAR = 50, 12_500
INDEXES = {Sorting.NAME: "installation_by_name", Sorting.NUMBER: "installation_by_number"}
# An expression, so that no database reads the whole list in its order to find the few that are pending.
FEW_IN_ORDER = "COALESCE(i.{key}, ''), i.id"


class Finding:
    """Asks for ids; the list gives the `rows` that are shown of them."""

    def __init__(self, engine: Engine, rows: Callable[[Sequence[int], date], list[InstallationRow]]) -> None:
        self._engine = engine
        self._rows = rows
        self._ends = dict[Sorting, str]()
        self._middles = dict[Sorting, str | None]()

    def find(self, query: ListQuery, first: First | None = None) -> Found | None:
        """Everything a query finds, None where that is the whole list: names that begin with the text come first.

        `first` is given the first rows as soon as they are known, if that may be long before the whole.
        """
        words = searched_words(query.text)
        if not words and query.filter is Filter.ALL:
            return None
        if not words:
            # A filter finds few, and its index gives all of them as soon as the first.
            first = None
        narrowing = Narrowing(self._engine, words)
        begun = [] if first is None else self._beginning(query, words)
        begins, near = first is None or bool(begun), None
        if first is not None:
            begun, near = self._soon(query, words, narrowing, begun)
            if len(begun) == FIRST_ROWS:
                first(self._rows(begun, query.day))
                first = None
        narrowed = narrowing.narrowed()
        if first is not None and not narrowed.is_soon:
            page = self._first(query, words, narrowed, begun, None if near is None else (">=", near))
            if len(page) < FIRST_ROWS:
                return Found(query, len(page), Ids.of(page), [])
            first(self._rows(page, query.day))
        ids = self._whole(query, words, narrowed, narrowing.latest, begins=begins)
        return Found(query, len(ids), ids, [])

    def still(self, query: ListQuery, ids: Collection[int]) -> set[int]:
        """Which of some installations a query finds now."""
        words = searched_words(query.text)
        parts, parameters = self._conditions(query, words, Narrowed(set(ids)))
        rows = self._engine.query(f"SELECT i.id FROM installation i {where(parts)}", parameters)
        return {row["id"] for row in rows}

    def _whole(self, query: ListQuery, words: Sequence[Word], narrowed: Narrowed, latest: int, *, begins: bool) -> Ids:
        """Everything a query finds; `begins` unless it is known that no name begins with the text."""
        parts, parameters = self._conditions(query, words, narrowed)
        late = ""
        if words and begins and query.sorting is Sorting.NAME:
            begin, more = begins_with(query.text)
            late, parameters = f"NOT ({begin})", parameters | more
        select, rest = f"SELECT {code('i.id', late)} AS code FROM installation i", f"ORDER BY {_order(query)}"
        halves = [""]
        if narrowed.reads_all and (middle := self._middle(query, latest)) is not None:
            key, parameters = SORTINGS[query.sorting], parameters | {"middle": middle}
            # Only SQLite asks two. Read along the index they come in its order: to be asked for it costs 6 %.
            select, rest = f"{select} INDEXED BY {INDEXES[query.sorting]}", ""
            halves = [f"i.{key} < :middle", f"i.{key} >= :middle"]
        queries = [f"{select} {where([*parts, half] if half else parts)} {rest}" for half in halves]
        return self._engine.finder.ids(queries, parameters)

    def _middle(self, query: ListQuery, latest: int) -> str | None:
        """A sort key near the middle of a long list, of which both halves can be read at once; else None.

        As it was when it was asked for first.
        """
        if query.filter is not Filter.ALL or latest < LONG or not self._engine.finder.asks_two:
            return None
        if query.sorting not in self._middles:
            some = range(1, latest + 1, max(1, latest // SAMPLES))
            rows = self._engine.query(
                f"SELECT i.{SORTINGS[query.sorting]} AS key FROM installation i WHERE i.id IN ({listed(some)})"
            )
            keys = sorted(row["key"] for row in rows)
            self._middles[query.sorting] = keys[len(keys) // 2] if keys else None
        return self._middles[query.sorting]

    def _soon(
        self, query: ListQuery, words: Sequence[Word], narrowing: Narrowing, begun: list[int]
    ) -> tuple[list[int], str | None]:
        """The first rows, or some of them: what the beginning of a long list has, and the sort key that ends it.

        Of what many have there are enough sooner than any index could tell how many they are; few have two words.
        """
        if len(begun) == FIRST_ROWS or len(words) > 1 or query.filter is not Filter.ALL or narrowing.latest < LONG:
            return begun, None
        near = self._near(query.sorting, narrowing.latest)
        return self._first(query, words, Narrowed(None, narrowing.looked_up), begun, ("<", near)), near

    def _near(self, sorting: Sorting, latest: int) -> str:
        """The sort key that ends the beginning of the list; as it was when it was asked for first."""
        if sorting not in self._ends:
            key, place = SORTINGS[sorting], min(latest // NEAR_ONE_IN, MOST_NEAR)
            rows = self._engine.query(
                f"SELECT i.{key} AS key FROM installation i ORDER BY i.{key} LIMIT 1 OFFSET {place}"
            )
            self._ends[sorting] = rows[0]["key"] if rows else ""
        return self._ends[sorting]

    def _first(
        self,
        query: ListQuery,
        words: Sequence[Word],
        narrowed: Narrowed,
        begun: Sequence[int],
        within: tuple[str, str] | None,
    ) -> list[int]:
        """The first rows of what `find` finds, sooner, or of the part of the list before or from a sort key on.

        `begun` is what comes before: all whose names begin with the text, and what an earlier part had.
        """
        parts, parameters = self._conditions(query, words, narrowed, sooner=True)
        if words and query.sorting is Sorting.NAME:
            begin, more = begins_with(query.text)
            parts, parameters = [*parts, f"NOT ({begin})"], parameters | more
        if within is not None:
            parts = [*parts, f"i.{SORTINGS[query.sorting]} {within[0]} :near"]
            parameters |= {"near": within[1]}
        rest = f"{where(parts)} ORDER BY {_order(query)}"
        return [*begun, *some_ids(self._engine, rest, parameters, FIRST_ROWS - len(begun))]

    def _beginning(self, query: ListQuery, words: Sequence[Word]) -> list[int]:
        """The first installations whose names begin with the text, each spelling of it looked up in the index."""
        if not words or query.sorting is not Sorting.NAME:
            return []
        parts, parameters = self._conditions(query, words, NOTHING_KNOWN, sooner=True)
        begin, more = begins_with(query.text)
        found: set[tuple[str, int]] = set()
        for start, end in sort_ranges(query.text):
            conditions = where([*parts, begin, "i.sort_name >= :start", "i.sort_name < :end"])
            rows = self._engine.query(
                f"SELECT i.sort_name, i.id FROM installation i {conditions} ORDER BY i.sort_name, i.id LIMIT :most",
                {**parameters, **more, "start": start, "end": end, "most": FIRST_ROWS},
            )
            found.update((row["sort_name"], row["id"]) for row in rows)
        return [identity for _key, identity in sorted(found)[:FIRST_ROWS]]

    def _conditions(
        self, query: ListQuery, words: Sequence[Word], narrowed: Narrowed, *, sooner: bool = False
    ) -> tuple[list[str], dict[str, object]]:
        """The conditions of a query; with `sooner` fit for a few rows, else for all of them."""
        parts, parameters = filter_condition(self._engine, query.filter), dict[str, object](day=query.day.isoformat())
        if narrowed.few is not None:
            parts.append(f"i.id IN ({listed(sorted(narrowed.few))})")
            sooner = True
        elif narrowed.whole is not None and not sooner:
            parts.append(f"i.id IN ({narrowed.whole.sql})")
            parameters |= narrowed.whole.parameters
            sooner = True
        for word in words:
            ways, parameters = [], parameters | word.parameters
            for lookup in word.lookups:
                if lookup in narrowed.looked_up:
                    ways.append(f"i.id IN ({listed(narrowed.looked_up[lookup])})")
                elif sooner:
                    ways.append(f"EXISTS ({lookup} AND installation_id = i.id)")
                else:
                    condition, more = self._engine.finder.among(lookup, word.parameters)
                    ways, parameters = [*ways, condition], parameters | more
            parts.append(" OR ".join([*ways, *word.likes]))
        return parts, parameters


def _order(query: ListQuery) -> str:
    key = SORTINGS[query.sorting]
    return FEW_IN_ORDER.format(key=key) if query.filter is Filter.PENDING else f"i.{key}, i.id"
