"""Which customer a file of a batch belongs to: by its name, or by a column of its table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from model.import_columns import NOWHERE, Columns
from model.import_profile import ImportProfile
from model.import_result import ImportedFile
from model.import_source import Source, read_text
from model.import_table import find_tables
from model.installation import Customer
from model.refusals import Fault, ImportFault, ImportRefused, InvalidInput

NUMBER, NAME = "{number}", "{name}"
GROUPS = {NUMBER: "(?P<number>.+?)", NAME: "(?P<name>.+?)"}
TOKEN = re.compile(r"(\{number\}|\{name\}|\*+)", re.IGNORECASE)
LONGEST_PATTERN = 200


@dataclass(frozen=True, slots=True)
class Named:
    """Whose file it is; a name only where one is told."""

    number: str
    name: str = ""

    @property
    def key(self) -> str:
        """The same for all spellings of a customer's number."""
        return self.number.casefold()

    def customer(self) -> Customer:
        """The customer to be created; without a name the number stands for it. Raises InvalidInput."""
        return Customer(self.number, self.name or self.number).checked()


@dataclass(frozen=True, slots=True)
class NamePattern:
    """Where in a file's name its customer's number stands.

    `{number}` is there once, `{name}` perhaps, `*` is anything; each takes as little as it can.
    """

    text: str
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises InvalidInput for a pattern that can't tell a number."""
        tokens = TOKEN.split(self.text)
        texts, signs = tokens[::2], [token.casefold() for token in tokens[1::2]]
        if (
            len(self.text) > LONGEST_PATTERN
            or signs.count(NUMBER) != 1
            or signs.count(NAME) > 1
            or any("{" in text or "}" in text for text in texts)
            # Where one ends and the next begins has to be told by something between them.
            or not all(texts[1:-1])
        ):
            raise InvalidInput("pattern", Fault.PATTERN_FORM, NUMBER)
        pattern = re.compile(_expression(texts, signs), re.IGNORECASE | re.DOTALL)
        object.__setattr__(self, "_pattern", pattern)

    def named(self, file: str) -> Named | None:
        """Whose file a name tells; None if the pattern doesn't fit it. Folders before the name don't count."""
        found = self._pattern.fullmatch(PurePosixPath(file).name)
        if found is None:
            return None
        told = found.groupdict()
        return Named(told["number"].strip(), told.get("name", "").strip())


def _expression(texts: list[str], signs: list[str]) -> str:
    """The regular expression; atomic groups keep its time linear, because as little as possible is always enough."""
    made, last = re.escape(texts[0]), len(signs) - 1
    for place, (sign, rest) in enumerate(zip(signs, texts[1:], strict=True)):
        group = GROUPS.get(sign, ".*?") + re.escape(rest)
        made += group if place == last else f"(?>{group})"
    return made


@dataclass(frozen=True, slots=True)
class NameColumns:
    """The titles of the columns with the customer's number and, if it is told, the name."""

    number: str
    name: str = ""

    def named(self, source: Source, imported: ImportedFile) -> Named:
        """Whose file a table is: one customer's. Raises ImportRefused with the row, never with a cell (R37)."""
        profile, described = imported.profile, imported.sources[0]
        if profile is None:
            raise ImportRefused(ImportFault.NO_CUSTOMER_NUMBER, cell=self.number)
        text = read_text(source.content, described.encoding)
        tables = find_tables(text, described.delimiter)
        columns = Columns(next(table for table in tables if table.header_line == described.header_line), profile)
        return self._named(columns, profile)

    def _named(self, columns: Columns, profile: ImportProfile) -> Named:
        places = [columns.first((title,)) if title else NOWHERE for title in (self.number, self.name)]
        for place, title in zip(places, (self.number, self.name), strict=True):
            if place in columns.secrets or profile.is_secret(title.casefold()):
                raise ImportRefused(ImportFault.SECRET_COLUMN, cell=title)
        line = columns.table.header_line
        if places[0] == NOWHERE:
            raise ImportRefused(ImportFault.NO_CUSTOMER_NUMBER, line, self.number)
        return self._one_customer(columns, places)

    def _one_customer(self, columns: Columns, places: list[int]) -> Named:
        number = name = ""
        for line, cells, lines in columns.table.rows():
            # In a row of another length a secret may stand below these titles (R37).
            if cells is None or (columns.secrets and (len(cells), lines) != (columns.width, 1)):
                continue
            found, called = (cells[place].strip() if 0 <= place < len(cells) else "" for place in places)
            if not found or found.casefold() == self.number.casefold():
                continue
            if number and found.casefold() != number.casefold():
                raise ImportRefused(ImportFault.CUSTOMERS_DIFFER, line, self.number)
            number, name = number or found, name or called
        if not number:
            raise ImportRefused(ImportFault.NO_CUSTOMER_NUMBER, columns.table.header_line, self.number)
        return Named(number, name)
