"""What the list of installations is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LONGEST_SEARCH = 200


class Filter(StrEnum):
    """The three lists a clerk chooses from."""

    ALL = "ALL"
    OVER = "OVER"
    PENDING = "PENDING"


class Sorting(StrEnum):
    """What the list is sorted by."""

    NAME = "NAME"
    NUMBER = "NUMBER"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the list shows: a text, a filter, an order, on a day (R5)."""

    day: date
    text: str = ""
    filter: Filter = Filter.ALL
    sorting: Sorting = Sorting.NAME
