"""What can be told of a search before anything is looked through: which few it can find, or where they are looked up.

Looking up costs by what is found, reading the whole list by how long it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isqrt

from model.engine import Engine
from model.ids import code
from model.search import Word

# For a page, reading until it is full costs the less the more is found: the balance between that and looking up grows
# with the square root of how many installations there are, and is at least this.
FEW = 300
# As many times more of what an index holds by itself.
EASIER = 4
# As many times more where a word is in no index: how far a page has to be read can't be told then.
UNCERTAIN = 3
# For all that is found, looking up is quicker than reading everything as long as it is less than one in so many.
ONE_IN = 30
# Of each word the texts that it may be spelt as.
Words = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """SQL for the ids of installations, its parameters, and about how many it gives."""

    sql: str
    parameters: Mapping[str, object]
    about: float


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is known of a search.

    `few` are all installations that can have all the words, and perhaps some that haven't, None if they are many;
    `looked_up` are the results of those look-ups of words that find few; `whole`, where there is no `few`, gives all
    that can have all the words, if that is quicker than reading everything; `is_soon` if it is so quick that the first
    page can wait for it.
    """

    few: set[int] | None
    looked_up: Mapping[str, Sequence[int]] = field(default_factory=dict)
    whole: Lookup | None = None
    is_soon: bool = False

    @property
    def reads_all(self) -> bool:
        """Whether nothing tells where to look, so that the whole list is read."""
        return self.few is None and self.whole is None


NOTHING_KNOWN = Narrowed(None)


class Narrowing:
    """Asks the indexes about some words that an installation has to have all."""

    def __init__(self, engine: Engine, words: Sequence[Word]) -> None:
        self._engine = engine
        self._words = words
        rows = engine.query("SELECT COALESCE(max(id), 0) AS latest FROM installation") if words else []
        self.latest: int = sum(row["latest"] for row in rows)
        self._most = max(FEW, isqrt(self.latest))
        self._read = dict[Words, list[int] | None]()

    @cached_property
    def looked_up(self) -> dict[str, list[int]]:
        """The results of those look-ups of words that find few; soon there."""
        found = dict[str, list[int]]()
        for word in self._words:
            for lookup in word.lookups:
                ids = self._limited(lookup, word.parameters, EASIER * self._most)
                if len(ids) <= EASIER * self._most:
                    found[lookup] = ids
        return found

    def narrowed(self) -> Narrowed:
        """What the indexes tell."""
        looked_up = self.looked_up
        sets = [self._having(word, looked_up) for word in self._words if word.lookups]
        known = [found for found in sets if found is not None]
        if not known and (few := self._few(self._plain())) is not None:
            known.append(few)
        if known:
            return Narrowed(set.intersection(*known), looked_up)
        whole = self._whole()
        most = EASIER * self._most * (UNCERTAIN if self._has_unknown() else 1)
        return Narrowed(None, looked_up, whole, is_soon=whole is not None and whole.about <= most)

    def _has_unknown(self) -> bool:
        """Whether nothing can look up one of the words, for which others are known."""
        return any(self._engine.finder.reading((word.texts,), "text") is None for word in self._plain())

    def _whole(self) -> Lookup | None:
        """Where there are more than a few: the look-ups that are expected to give the least."""
        ways = [self._own(place, word) for place, word in enumerate(self._words) if word.lookups]
        ways.append(self._reading("with", self._plain()))
        possible = [way for way in ways if way is not None and way.about * ONE_IN <= self.latest]
        return min(possible, key=lambda way: way.about, default=None)

    def _plain(self) -> list[Word]:
        """The words that nothing but the index of texts can look up."""
        return [word for word in self._words if not word.lookups]

    def _having(self, word: Word, looked_up: Mapping[str, Sequence[int]]) -> set[int] | None:
        """All that have a word in name or number, or as an object's; None if they are many."""
        if not all(lookup in looked_up for lookup in word.lookups):
            return None
        few = self._few([word])
        return None if few is None else few.union(*(looked_up[lookup] for lookup in word.lookups))

    def _own(self, place: int, word: Word) -> Lookup | None:
        """All that have a word in name or number, or as an object's; None if it can't be told."""
        texts = self._reading(f"own{place}", [word])
        if texts is None:
            return None
        most, about = self.latest // ONE_IN, texts.about
        for lookup in word.lookups:
            sql = f"SELECT count(*) AS n FROM ({lookup} LIMIT {most + 1}) AS looked_up"
            about += self._engine.query(sql, word.parameters)[0]["n"]
        return Lookup(" UNION ".join([texts.sql, *word.lookups]), {**texts.parameters, **word.parameters}, about)

    def _reading(self, name: str, words: Sequence[Word]) -> Lookup | None:
        """All that may have some words in name or number; None if it can't be told."""
        texts = tuple(word.texts for word in words)
        reading, ids = self._engine.finder.reading(texts, name), self._with(texts)
        if reading is None or ids is None:
            return None
        # They come as they were made: how far apart the first of them are tells how many there are.
        about = len(ids) if len(ids) <= self._most else len(ids) * self.latest / max(ids)
        return Lookup(*reading, about)

    def _few(self, words: Sequence[Word]) -> set[int] | None:
        """All that may have some words in name or number; None if they are many."""
        ids = self._with(tuple(word.texts for word in words))
        return None if ids is None or len(ids) > self._most else set(ids)

    def _with(self, words: Words) -> list[int] | None:
        """The first ids of those that may have some words, looked up once; None if it can't be told."""
        if words not in self._read:
            reading = self._engine.finder.reading(words, "text")
            self._read[words] = self._limited(*reading, self._most) if reading else None
        return self._read[words]

    def _limited(self, lookup: str, parameters: Mapping[str, object], most: int) -> list[int]:
        """The ids a look-up gives, or the first of them and one more."""
        found = self._engine.finder.ids(
            [f"SELECT {code('id')} AS code FROM ({lookup} LIMIT {most + 1}) AS looked_up"], parameters
        )
        return found.some(0, len(found))
