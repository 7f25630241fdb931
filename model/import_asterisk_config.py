"""The syntax of Asterisk's configuration files: sections with templates and additions, comments, includes.

Nothing is ever executed, and nothing outside the folder of the file is read. What is kept of a section is decided by
the reader of its entries; passwords only pass by (R37).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from model.import_result import Collector, SkipReason, WarningReason
from model.import_source import MOST_BYTES, Source, Text, read_source
from model.refusals import ImportFault, ImportRefused

MOST_LINES = 1_048_576
MOST_PARTS = 200_000
MOST_FILES = 100
DEEPEST_INCLUDE = 10
LONGEST_LINE = 64 * 1024
MOST_TEMPLATES = 50
LONGEST_VALUE = 60

SECTION = re.compile(r"\[([^\]]+)\]\s*+(?:\(([^)]*)\))?\s*+\Z")
DIRECTIVE = re.compile(r"#\s*(include|tryinclude|exec)\b\s*(.*)", re.IGNORECASE)
COMMENT_BEGINS = re.compile(r"(?<!\\);(--(?!-))?")
COMMENT_TURNS = re.compile(r"--;|;--(?!-)")
# The first thing in a file that is neither a comment nor empty is a section or an include.
CONFIGURATION = re.compile(r"\s*(?:\[[^\]\r\n;,|\t]+\]|#\s*(?:try)?(?:include|exec)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """The head of a section: its name, the sections it takes over from, and what it is."""

    file: str
    line: int
    name: str
    takes_from: tuple[str, ...] = ()
    is_template: bool = False
    is_addition: bool = False
    wanted_type: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value, in the section that was announced last."""

    file: str
    line: int
    key: str
    value: str


def is_configuration(text: Text) -> bool:
    """Whether a text looks like an Asterisk configuration file rather than a table."""
    lines = _without_comments(islice(enumerate(text.lines()), MOST_LINES))
    first = next((line for _number, line in lines if line and not line.isspace()), "")
    return bool(CONFIGURATION.match(first))


class ConfigReader:
    """Reads files with what they include; each file once, in all at most as much as one file may hold."""

    def __init__(self, collector: Collector, given: tuple[Source, ...], decode: Callable[[bytes], Text]) -> None:
        self._collector = collector
        self._given = {source.name: source for source in given}
        self._decode = decode
        self._room = MOST_BYTES
        self._lines = MOST_LINES
        self._parts = MOST_PARTS
        self.read: set[str] = set()

    def parts(self, source: Source, depth: int = 0) -> Iterator[Section | Entry]:
        """The sections and entries of a file and of what it includes, in order."""
        self._enter(source)
        for number, text in _without_comments(_numbered(self._text(source), source.name)):
            line = text.strip()
            self._lines -= 1
            if self._lines < 0:
                raise ImportRefused(ImportFault.TOO_MANY_ROWS, number, file=source.name)
            if not line:
                continue
            self._collector.file = source.name
            directive = DIRECTIVE.match(line)
            if directive:
                self._count_part(source.name, number)
                yield from self._included(source, number, directive, depth)
                self._collector.file = source.name
            elif part := self._part(source.name, number, line):
                yield part

    def _enter(self, source: Source) -> None:
        self.read.add(source.name)
        self._room -= len(source.content)
        if self._room < 0:
            raise ImportRefused(ImportFault.TOO_LARGE, file=source.name)

    def _text(self, source: Source) -> Text:
        try:
            return self._decode(source.content)
        except ImportRefused as refused:
            refused.file = source.name
            raise

    def _count_part(self, file: str, number: int) -> None:
        """A section or a directive: each of them costs something."""
        self._parts -= 1
        if self._parts < 0:
            raise ImportRefused(ImportFault.TOO_MANY_ROWS, number, file=file)

    def _part(self, file: str, number: int, line: str) -> Section | Entry | None:
        if line.startswith("["):
            head = SECTION.match(line)
            if not head:
                self._collector.skip(number, SkipReason.UNREADABLE)
            self._count_part(file, number)
            return _section(file, number, head) if head else Section(file, number, "", is_template=True)
        key, sign, value = line.partition("=")
        if not sign:
            self._collector.skip(number, SkipReason.UNREADABLE)
            return None
        key = key.rstrip().removesuffix("+").rstrip()
        return Entry(file, number, key.casefold(), value.removeprefix(">").strip().replace("\\;", ";"))

    def _included(self, source: Source, number: int, directive: re.Match[str], depth: int) -> Iterator[Section | Entry]:
        name = directive[2].strip().strip("\"'<>")
        shown = " ".join(name.split())[:LONGEST_VALUE]
        if directive[1].casefold() == "exec":
            # What would be executed may hold a password.
            self._collector.warn(number, WarningReason.EXEC_IGNORED)
            return
        found = self._beside(source, name) if depth < DEEPEST_INCLUDE else None
        if found is None:
            self._collector.warn(number, WarningReason.INCLUDE_IGNORED, shown)
        else:
            yield from self.parts(found, depth + 1)

    def _beside(self, source: Source, name: str) -> Source | None:
        """The file of this name in the same folder, if it is one that wasn't read yet; no link leads elsewhere."""
        if name != Path(name).name or re.search(r"[\\/:*?\0]", name) or name in ("", ".", ".."):
            return None
        if name in self.read or len(self.read) >= MOST_FILES:
            return None
        if name in self._given:
            return self._given[name]
        try:
            return read_source(source.folder / name, follows_links=False) if source.folder else None
        except ImportRefused as refused:
            if refused.fault in (ImportFault.MISSING, ImportFault.NOT_A_FILE):
                return None
            raise


def _section(file: str, line: int, head: re.Match[str]) -> Section:
    options = [option.strip() for option in (head[2] or "").split(",") if option.strip()][:MOST_TEMPLATES]
    additions = [option for option in options if option.startswith("+")]
    wanted = re.search(r"\btype\s*=\s*(\w+)", additions[0]) if additions else None
    return Section(
        file,
        line,
        head[1].strip(),
        tuple(option for option in options if option[0] not in "!+"),
        is_template="!" in options,
        is_addition=bool(additions),
        wanted_type=wanted[1].casefold() if wanted else "",
    )


def _numbered(text: Text, file: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.lines(), start=1):
        if len(line) > LONGEST_LINE:
            raise ImportRefused(ImportFault.NOT_A_TABLE, number, file=file)
        yield number, line


def _without_comments(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines without `; …` and without what stands between `;--` and `--;`, which may be nested."""
    depth = 0
    for number, line in lines:
        if depth or ";" in line:
            kept, depth = _outside(line, depth)
            yield number, kept
        else:
            yield number, line


def _outside(line: str, depth: int) -> tuple[str, int]:
    """What of a line is outside comments, and how many are open behind it."""
    kept, place = "", 0
    while found := (COMMENT_TURNS if depth else COMMENT_BEGINS).search(line, place):
        if depth:
            depth += 1 if found[0].startswith(";") else -1
        else:
            kept += line[place : found.start()]
            if found[1] is None:
                return kept, 0
            depth = 1
        place = found.end()
    return kept + ("" if depth else line[place:]), depth
