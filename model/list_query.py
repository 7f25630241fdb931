"""What the list of installations is asked for."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple

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


class ListQuery(NamedTuple):
    """What the list shows: a text, a filter, an order, on a day (R5)."""

    day: date
    text: str = ""
    filter: Filter = Filter.ALL
    sorting: Sorting = Sorting.NAME
