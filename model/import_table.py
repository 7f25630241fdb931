"""Reads a delimited text file as a table, within limits on bytes, rows and columns; the rest is refused."""

from __future__ import annotations

import codecs
import csv
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from model.errors import ImportFault, ImportRefused

MOST_BYTES = 32 * 1024 * 1024
MOST_ROWS = 50_000
# A spreadsheet saves every row of its sheet, mostly as commas only.
MOST_LINES = 1_048_576
MOST_COLUMNS = 1_000
LONGEST_ROW = 1024 * 1024

DELIMITERS = ";,\t|"
MARKS = ((codecs.BOM_UTF8, "UTF-8"), (codecs.BOM_UTF16_LE, "UTF-16LE"), (codecs.BOM_UTF16_BE, "UTF-16BE"))
# Only what an editor counts as the end of a line; str.splitlines() knows more.
LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")
FIRST_LINE = re.compile(r"\S[^\r\n]*")
SEPARATOR_LINE = re.compile(r'"?sep=([;,\t|])"?[ \t]*(?=[\r\n]|\Z)', re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*+"')


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells asked for of one row, by title; `line` is where it begins in an editor."""

    line: int
    cells: Mapping[str, str]
    is_empty: bool
    is_too_long: bool

    def cell(self, title: str) -> str:
        """The trimmed cell; "" where the row is too short or the table has no such column."""
        return self.cells.get(title, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header was read; titles are trimmed and casefolded."""

    encoding: str
    delimiter: str
    header_line: int
    titles: tuple[str, ...]
    text: str = field(repr=False)

    def rows(self, wanted: Iterable[str]) -> Iterator[TableRow]:
        """Every row below the header with the cells of the wanted columns; no other cell is kept (R37).

        Where a title is there twice, the first column counts. Raises ImportRefused for too many rows and for what
        is no table.
        """
        places = {title: self.titles.index(title) for title in wanted if title in self.titles}
        filled = 0
        for line, cells in _numbered_rows(self.text, self.delimiter):
            if line <= self.header_line:
                continue
            row = self._row(line, cells, places)
            filled += not row.is_empty
            if filled > MOST_ROWS:
                raise ImportRefused(ImportFault.TOO_MANY_ROWS, line)
            yield row

    def _row(self, line: int, cells: list[str], places: Mapping[str, int]) -> TableRow:
        found = {title: cells[place].strip() for title, place in places.items() if place < len(cells)}
        return TableRow(line, found, not _is_filled(cells), len(cells) > len(self.titles))


def read_table(path: Path) -> Table:
    """Open a file as a table; raises ImportRefused for whatever is none."""
    text, encoding = _decoded(_content(path))
    text, delimiter = _split_off_delimiter(text)
    for line, cells in _numbered_rows(text, delimiter):
        if len(cells) > MOST_COLUMNS:
            raise ImportRefused(ImportFault.NOT_A_TABLE, line)
        if _is_filled(cells):
            return Table(encoding, delimiter, line, tuple(_title(cell) for cell in cells), text)
    raise ImportRefused(ImportFault.EMPTY)


def _content(path: Path) -> bytes:
    try:
        status = path.stat()
        content = _bytes_of(path, status.st_mode, status.st_size)
    except (OSError, ValueError):
        raise ImportRefused(ImportFault.MISSING) from None
    if not content:
        raise ImportRefused(ImportFault.EMPTY)
    return content


def _bytes_of(path: Path, mode: int, size: int) -> bytes:
    # A pipe or a device would be waited for, or read, for ever.
    if not stat.S_ISREG(mode):
        raise ImportRefused(ImportFault.NOT_A_TABLE)
    if size > MOST_BYTES:
        raise ImportRefused(ImportFault.TOO_LARGE)
    with path.open("rb") as file:
        return file.read(size)


def _decoded(content: bytes) -> tuple[str, str]:
    marked = next(((mark, encoding) for mark, encoding in MARKS if content.startswith(mark)), None)
    encodings: tuple[str, ...] = ("UTF-8", "windows-1252")
    if marked:
        content, encodings = content.removeprefix(marked[0]), (marked[1],)
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\0" not in text:
                return text, encoding
    # Raised out here because a decoding error holds the whole content (R37).
    raise ImportRefused(ImportFault.BINARY)


def _split_off_delimiter(text: str) -> tuple[str, str]:
    """The text without its `sep=` line, whose line end stays so that lines keep their numbers; the delimiter."""
    declared = SEPARATOR_LINE.match(text)
    if declared:
        return text[declared.end() :], declared[1]
    first = FIRST_LINE.search(text)
    if not first:
        raise ImportRefused(ImportFault.EMPTY)
    plain = QUOTED.sub("", first[0][:LONGEST_ROW])
    delimiter = max(DELIMITERS, key=plain.count)
    if delimiter not in plain:
        raise ImportRefused(ImportFault.NOT_A_TABLE)
    return text, delimiter


def _title(cell: str) -> str:
    return cell.strip().strip('"').strip().casefold()


def _is_filled(cells: Iterable[str]) -> bool:
    return any(cell and not cell.isspace() for cell in cells)


def _numbered_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    lines = _Lines(text)
    # Strict, because a lost quote would else swallow rows and put a neighbouring secret into a name (R37).
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        line = reader.line_num + 1
        lines.begin_row(line)
        try:
            cells = next(reader, None)
        except csv.Error:
            raise ImportRefused(ImportFault.NOT_A_TABLE, line) from None
        if cells is None:
            return
        if line > MOST_LINES:
            raise ImportRefused(ImportFault.TOO_MANY_ROWS, line)
        yield line, cells


class _Lines:
    """The lines of a text for a csv reader, refused before one row takes too much memory."""

    def __init__(self, text: str) -> None:
        self._matches = LINE.finditer(text)
        self._line = 0
        self._room = 0

    def begin_row(self, line: int) -> None:
        self._line = line
        self._room = LONGEST_ROW

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        match = next(self._matches)
        self._room -= match.end() - match.start()
        if self._room < 0:
            raise ImportRefused(ImportFault.NOT_A_TABLE, self._line)
        return match[0]
