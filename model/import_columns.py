"""Where a profile's columns are in a table, and whether a row's cells stand below their own titles (R37).

An export that forgets a quote or a delimiter moves every cell behind it. A row is refused if a cell could have come
into a column that is read from one that holds a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate, islice

from model.import_profile import Alternatives, ImportProfile
from model.import_result import Collector, SourceFile, WarningReason
from model.import_table import Table

NOWHERE = -1
SAMPLE_ROWS = 5
LONGEST_SAMPLE = 60
LONGEST_VALUE = 20
BLANKED = "…"
MAC = re.compile(r"(?:SEP)?(?:[0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2}")


class Columns:
    """The places of titles in a table; where a title is there twice, the first column counts."""

    def __init__(self, table: Table, profile: ImportProfile) -> None:
        self.table = table
        self.width = len(table.titles)
        self.profile = profile
        self.places: dict[str, int] = {}
        for place, title in enumerate(table.titles):
            self.places.setdefault(title, place)
        self.secrets = [place for place, title in enumerate(table.titles) if profile.is_secret(title)]

    def first(self, titles: Iterable[str]) -> int:
        """The place of the first of the titles that the table has, else NOWHERE."""
        return next(iter(self.each(titles)), NOWHERE)

    def each(self, titles: Iterable[str]) -> list[int]:
        """The places of those of the titles that the table has."""
        folded = (title.casefold() for title in titles)
        return [self.places[title] for title in folded if title in self.places]

    def groups(self, alternatives: Alternatives) -> list[list[int]]:
        """The places of columns to be joined; alternatives the table has all columns of come first."""
        found = [(self.each(group), len(group)) for group in alternatives]
        ordered = sorted((entry for entry in found if entry[0]), key=lambda entry: len(entry[0]) < entry[1])
        return [places for places, _size in ordered]

    def title(self, place: int) -> str:
        """The title of a column as it stands there."""
        return self.table.shown_titles[place]

    def warn(self, collector: Collector, *, number: bool) -> None:
        """Remark what is missing in the header or there twice; of other titles nothing is repeated (R37)."""
        profile, line = self.profile, self.table.header_line
        names = [title for group in profile.name for title in group]
        accounts = [title for rule in profile.devices for title in (*rule.mac, *rule.account)]
        for wanted in (names, accounts) if number else (accounts,):
            if wanted and not self.each(wanted):
                collector.warn(line, WarningReason.COLUMN_MISSING, cell=wanted[0])
        for title in profile.columns():
            if self.table.titles.count(title.casefold()) > 1:
                collector.warn(line, WarningReason.TITLE_TWICE, cell=title)


class RowGuard:
    """Tells rows whose cells may have moved.

    `shown` are the places of cells that get into the result; `anchors` those of addresses, which prove, by being one or
    by naming the row's number, that no cell up to there has moved; `lengths` those of rows that are complete although
    the header is longer.
    """

    def __init__(
        self,
        columns: Columns,
        shown: Iterable[int],
        numbers: Iterable[int] = (),
        anchors: Iterable[int] = (),
        lengths: Iterable[int] = (),
    ) -> None:
        self._delimiter = columns.table.delimiter
        self._width = columns.width
        self._has_secrets = bool(columns.secrets)
        places, secrets = sorted(set(shown)), columns.secrets
        # The nearest secret on either side of each place decides.
        self._before = {at: max((secret for secret in secrets if secret < at), default=NOWHERE) for at in places}
        self._behind = {at: min((secret for secret in secrets if secret > at), default=columns.width) for at in places}
        self._numbers = tuple(numbers)
        self._anchors = tuple(anchors)
        self._lengths = frozenset(lengths)

    def is_usual(self, length: int) -> bool:
        """Whether a row has as many cells as the header, or as a device with fewer lines."""
        return length == self._width or length in self._lengths

    def is_sound(self, cells: list[str], lines: int, before: int = 0) -> bool:
        """Whether no secret can stand in a cell that is shown; `before` is the length of the row before.

        Two short rows one after the other may be one, with a line break in a cell or for a delimiter.
        """
        if not self._has_secrets:
            return True
        if lines > 1 and any(map(self._has_swallowed_a_row, cells)):
            return False
        missing = self._width - len(cells)
        if self.is_usual(len(cells)):
            return True
        if before < self._width <= before + len(cells) <= self._width + 1:
            return False
        proved = max((place for place in self._anchors if self._holds(cells, place)), default=NOWHERE)
        doubtful = [place for place in self._before if place > proved]
        if missing > 0:
            return not self._came_from_the_right(cells, doubtful, missing)
        return not self._came_from_the_left(doubtful, -missing)

    def _has_swallowed_a_row(self, cell: str) -> bool:
        """A cell of several lines that looks like the end of one row and the beginning of the next."""
        first, *later = cell.splitlines() or [""]
        behind = sum(line.count(self._delimiter) for line in later)
        before = first.count(self._delimiter)
        return bool(later) and ((before > 0 and behind > 0) or before + behind >= self._width - 1)

    def _came_from_the_right(self, cells: list[str], doubtful: list[int], missing: int) -> bool:
        """A quoted cell may have swallowed as many as it holds delimiters, and pulled what follows to the left.

        A row one cell too short may have lost a delimiter instead, unless it just ends early.
        """
        inside = list(accumulate(cell.count(self._delimiter) for cell in cells))
        for place in doubtful:
            if place < len(cells) and not cells[place].isspace() and cells[place]:
                lost = missing == 1 and place < len(cells) - 1
                reach = max(int(lost), min(missing, inside[place]))
                if self._behind[place] <= min(place + reach, self._width - 1):
                    return True
        return False

    def _came_from_the_left(self, doubtful: list[int], surplus: int) -> bool:
        """A delimiter too many, before a secret or in it, pushes it to the right."""
        return any(max(place - surplus, 0) <= self._before[place] for place in doubtful)

    def _holds(self, cells: list[str], place: int) -> bool:
        """Whether an address is in its place: a MAC address, or an account named by the row's number."""
        cell = cells[place].strip() if place < len(cells) else ""
        numbers = {cells[at].strip() for at in self._numbers if at < len(cells)}
        return bool(MAC.fullmatch(cell)) or (cell.partition("/")[0].isalnum() and cell.partition("/")[2] in numbers)


class Sample:
    """The first rows as they were read; a cell that isn't shown is blanked."""

    def __init__(self, shown: Iterable[int]) -> None:
        self.rows: list[tuple[str, ...]] = []
        self._shown = frozenset(shown)

    def take(self, cells: list[str], width: int) -> None:
        """One more row."""
        self.rows.append(tuple(self._cell(place, cell) for place, cell in enumerate(cells[:width])))

    def _cell(self, place: int, cell: str) -> str:
        text = " ".join(cell[:LONGEST_SAMPLE].split())
        return text if place in self._shown else BLANKED if text else ""


def source_file(name: str, columns: Columns, sample: Sample) -> SourceFile:
    """A table as it was recognised."""
    table, profile = columns.table, columns.profile
    return SourceFile(
        name,
        profile.recognised_by(table.titles),
        table.encoding,
        table.delimiter,
        table.header_line,
        table.shown_titles,
        tuple(sample.rows),
        tuple(dict.fromkeys(columns.title(place) for place in columns.secrets)),
    )


def unknown_table(name: str, table: Table) -> SourceFile:
    """A table nobody knows, with its first rows; columns that are called a secret are blanked."""
    columns = Columns(table, ImportProfile(""))
    shown = [place for place in range(columns.width) if place not in columns.secrets]
    sample, guard = Sample(shown), RowGuard(columns, shown)
    for _line, cells, lines in islice(table.rows(), 4 * SAMPLE_ROWS):
        if cells and any(map(str.strip, cells)) and guard.is_sound(cells, lines):
            sample.take(cells, columns.width)
        if len(sample.rows) == SAMPLE_ROWS:
            break
    return source_file(name, columns, sample)


def shown_value(cell: str, delimiter: str) -> str:
    """As much of a cell as can be repeated: up to what could be the next cell, or line (R37)."""
    text = cell.strip()
    for sign in (delimiter, '"', "\n", "\r"):
        text = text.partition(sign)[0]
    return " ".join(text.split())[:LONGEST_VALUE]
