"""Reads a delimited text file row by row; quotes that don't add up cost a row and never move a cell (R37)."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from model.import_source import Text
from model.refusals import ImportFault, ImportRefused

MOST_ROWS = 50_000
# A spreadsheet saves every row of its sheet, mostly as commas only.
MOST_LINES = 1_048_576
MOST_COLUMNS = 1_000
MOST_BROKEN_ROWS = 1_000
LONGEST_ROW = 1024 * 1024
MOST_LINES_OF_A_ROW = 100
# A header may stand below a headline or two, and those below empty lines.
HEADER_WITHIN = 10
EMPTY_LINES_BEFORE = 1_000

DELIMITERS = ";,\t|"
SEPARATOR_LINE = re.compile(r'"?sep=([;,\t|])"?[ \t]*', re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*+"')

# A row: the line where it begins in an editor, its cells or None where they can't be told apart, how many lines it has.
Row = tuple[int, list[str] | None, int]


@dataclass(frozen=True, slots=True)
class Table:
    """A text read as a table with one of its lines as the header; titles are trimmed, quotes around them are gone."""

    encoding: str
    delimiter: str
    header_line: int
    shown_titles: tuple[str, ...]
    text: Text = field(repr=False)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles, casefolded."""
        return tuple(title.casefold() for title in self.shown_titles)

    def rows(self) -> Iterator[Row]:
        """Every row below the header; raises ImportRefused for too many of them and for what is no table."""
        lines = islice(self.text.lines(), self.header_line - 1, None)
        filled = 0
        rows = iter(_Rows(lines, self.delimiter, len(self.shown_titles), self.header_line))
        next(rows)
        for row in rows:
            line, cells, _count = row
            if line > MOST_LINES:
                raise ImportRefused(ImportFault.TOO_MANY_ROWS, line)
            if cells is None or any(cells):
                filled += 1
                if filled > MOST_ROWS:
                    raise ImportRefused(ImportFault.TOO_MANY_ROWS, line)
            yield row


def find_tables(text: Text, delimiter: str | None = None) -> list[Table]:
    """What the text is as a table with each of its first filled lines as the header.

    The delimiter is the one given, that of a line `sep=;`, or the one with most hits outside quotes in the header.
    Raises ImportRefused if there is nothing like a header.
    """
    head = list(islice(text.lines(), EMPTY_LINES_BEFORE + HEADER_WITHIN))
    declared = SEPARATOR_LINE.fullmatch(head[0].rstrip("\r\n"))
    delimiter = delimiter or (declared[1] if declared else None)
    filled = [place for place in range(1 if declared else 0, len(head)) if head[place].strip(f"\"' \r\n{DELIMITERS}")]
    if not filled:
        raise ImportRefused(ImportFault.EMPTY)
    first, *others = filled[:HEADER_WITHIN]
    tables = [_table(text, head, first, delimiter)]
    for place in others:
        with suppress(ImportRefused):
            tables.append(_table(text, head, place, delimiter))
    found = [table for table in tables if table]
    if not found:
        raise ImportRefused(ImportFault.NOT_A_TABLE, first + 1)
    return found


def _table(text: Text, head: list[str], place: int, delimiter: str | None) -> Table | None:
    if len(head[place]) > LONGEST_ROW:
        raise ImportRefused(ImportFault.NOT_A_TABLE, place + 1)
    plain = QUOTED.sub("", head[place])
    delimiter = delimiter or max(DELIMITERS, key=plain.count)
    try:
        cells = next(_reader(iter(head[place : place + MOST_LINES_OF_A_ROW]), delimiter))
    except csv.Error:
        return None
    if len(cells) > MOST_COLUMNS:
        raise ImportRefused(ImportFault.TOO_MANY_COLUMNS, place + 1)
    return Table(text.encoding, delimiter, place + 1, tuple(map(_title, cells)), text) if len(cells) > 1 else None


def _title(cell: str) -> str:
    return " ".join(cell.split()).strip('"').strip()


def _reader(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    # Strict, because a lost quote would else swallow rows and put a neighbouring secret into a name (R37).
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)


class _Rows:
    """The rows of lines; where quotes don't add up, reading goes on with the next line."""

    def __init__(self, lines: Iterator[str], delimiter: str, width: int, line: int) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._width = width
        self._line = line
        self._taken: list[str] = []
        self._again: deque[str] = deque()
        self._broken = 0

    def __iter__(self) -> Iterator[Row]:
        while True:
            try:
                for cells in _reader(self._source(), self._delimiter):
                    count = len(self._taken)
                    yield self._line, cells if len(cells) <= MOST_COLUMNS else None, count
                    self._taken.clear()
                    self._line += count
            except csv.Error:
                yield self._line, self._untangled(), 1
                self._line += 1
            else:
                return

    def _source(self) -> Iterator[str]:
        """The next lines, noted down for the case that they have to be read again."""
        length = 0
        while self._again:
            self._taken.append(self._again.popleft())
            yield self._taken[-1]
        for line in self._lines:
            if not self._taken:
                length = 0
            length += len(line)
            self._taken.append(line)
            if length > LONGEST_ROW or len(self._taken) > MOST_LINES_OF_A_ROW:
                raise csv.Error
            yield line

    def _untangled(self) -> list[str] | None:
        """The cells of a line in which quotes inside quotes aren't doubled, None if they can't be told for sure."""
        line = self._taken[0]
        self._again.extendleft(reversed(self._taken[1:]))
        self._taken.clear()
        self._broken += 1
        if len(line) > LONGEST_ROW or self._broken > MOST_BROKEN_ROWS:
            raise ImportRefused(ImportFault.NOT_A_TABLE, self._line)
        cells = _lenient(line.rstrip("\r\n"), self._delimiter)
        return cells if cells and len(cells) == self._width else None


def _lenient(line: str, delimiter: str) -> list[str] | None:
    """The cells of a line, where only a quote before a delimiter or at the end closes a cell."""
    sign = re.escape(delimiter)
    cell = re.compile(rf' *(?:"((?:[^"]|"(?! *{sign}))*+)" *|([^"{sign}]*+)){sign}')
    line += delimiter
    cells, place = [], 0
    while place < len(line):
        found = cell.match(line, place)
        # A delimiter before a quote may as well be where the next cell begins.
        if not found or f'{delimiter}"' in (found[1] or ""):
            return None
        cells.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        place = found.end()
    return cells
