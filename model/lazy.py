"""Objects made of a database's columns when they are looked at: of a large customer hardly any ever is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, overload

ValueT = TypeVar("ValueT")


class Lazy(Sequence[ValueT]):
    """Like a tuple of values; `make` makes one from its columns' contents, in the columns' order."""

    def __init__(self, make: Callable[..., ValueT], columns: Mapping[str, Sequence[Any]]) -> None:
        self._make = make
        self._columns = dict(columns)
        self._made: dict[int, ValueT] = {}

    def column(self, name: str) -> Sequence[Any]:
        """A column of all values, as the database keeps it; raises KeyError."""
        return self._columns[name]

    def __len__(self) -> int:
        """Python: how many."""
        return len(next(iter(self._columns.values())))

    @overload
    def __getitem__(self, place: int) -> ValueT: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[ValueT, ...]: ...

    def __getitem__(self, place: int | slice) -> ValueT | tuple[ValueT, ...]:
        """Python: the value at a place, each time the same."""
        if isinstance(place, slice):
            return tuple(self[each] for each in range(*place.indices(len(self))))
        place = range(len(self))[place]
        if place not in self._made:
            self._made[place] = self._make(*(column[place] for column in self._columns.values()))
        return self._made[place]

    def __iter__(self) -> Iterator[ValueT]:
        """Python: every value."""
        return (self[place] for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Python: like a tuple's."""
        return tuple(self) == tuple(other) if isinstance(other, Lazy | tuple) else NotImplemented

    def __hash__(self) -> int:
        """Python: like a tuple's."""
        return hash(tuple(self))


def values_of(objects: Sequence[object], name: str) -> Sequence[Any]:
    """An attribute of each object, none of which is made for it; an instant may be the text that sorts like it."""
    return objects.column(name) if isinstance(objects, Lazy) else [getattr(entry, name) for entry in objects]
