"""Reads an .xlsx file back as it is written, by zip and XML alone, so that no library repairs anything on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMN = re.compile(r"[A-Z]+")


@dataclass(frozen=True)
class Cell:
    """A text, or a number with the format it is shown in."""

    value: str | float
    look: str = ""


class Workbook:
    """The only sheet of a file."""

    def __init__(self, path: Path) -> None:
        with ZipFile(path) as archive:
            assert archive.testzip() is None
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.sheet = ElementTree.fromstring(self.parts["xl/worksheets/sheet1.xml"])

    @cached_property
    def name(self) -> str:
        found = ElementTree.fromstring(self.parts["xl/workbook.xml"]).find(f".//{MAIN}sheet")
        assert found is not None
        return found.attrib["name"]

    @cached_property
    def looks(self) -> list[str]:
        """The number format of each style."""
        styles = ElementTree.fromstring(self.parts["xl/styles.xml"])
        formats = {found.attrib["numFmtId"]: found.attrib["formatCode"] for found in styles.iter(f"{MAIN}numFmt")}
        formats |= {"3": "#,##0"}
        cells = styles.find(f"{MAIN}cellXfs")
        assert cells is not None
        return [formats.get(found.attrib["numFmtId"], "") for found in cells]

    @cached_property
    def rows(self) -> list[list[Cell | None]]:
        """Every row, as wide as the heading."""
        rows = [self._row(row) for row in self.sheet.iter(f"{MAIN}row")]
        return [[row.get(place) for place in range(len(rows[0]))] for row in rows]

    @property
    def values(self) -> list[list[str | float | None]]:
        """What is in the cells."""
        return [[cell.value if cell else None for cell in row] for row in self.rows]

    def attribute(self, tag: str, name: str) -> str:
        found = self.sheet.find(f".//{MAIN}{tag}")
        assert found is not None, tag
        return found.attrib[name]

    def _row(self, row: ElementTree.Element) -> dict[int, Cell]:
        return {_place(cell.attrib["r"]): self._cell(cell) for cell in row}

    def _cell(self, cell: ElementTree.Element) -> Cell:
        look = self.looks[int(cell.get("s", "0"))]
        if cell.get("t") == "inlineStr":
            return Cell("".join(text.text or "" for text in cell.iter(f"{MAIN}t")), look)
        number = cell.find(f"{MAIN}v")
        assert [part.tag for part in cell] == [f"{MAIN}v"]
        assert number is not None
        return Cell(float(number.text or ""), look)


def _place(reference: str) -> int:
    letters = COLUMN.match(reference)
    assert letters is not None
    place = 0
    for letter in letters[0]:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
