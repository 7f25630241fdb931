"""LibreOffice opens what was exported and finds the values again: numbers as numbers, texts as texts, no formula."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.examples import NOW
from ui import i18n
from ui.export import Format, Sheet, Value, write_sheet

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
# What a German LibreOffice takes on opening: semicolon, quotes, UTF-8, from the first line, German, numbers recognised.
GERMAN_CSV = "--infilter=CSV:59,34,76,1,,1031,false,true,false"
SLOWEST_S = 120
OFFICE_NS = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE_NS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT_NS = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TITLES = ["Nr.", "Name", "Anzahl", "Netto im Monat", "Wirksam ab", "Bestellt", "Grund"]
ROWS: list[list[Value]] = [
    ["007", "=1+1", 1234, Decimal("1234.50"), date(2026, 12, 1), NOW, ""],
    ["*97", '<r>"Müller"; & Söhne</r>', -5, Decimal("-0.10"), date(2027, 1, 1), NOW, "Zeile 1\nZeile 2"],
    ["100423", "@SUM(A1:A9)", 0, Decimal("0.00"), date(2028, 2, 29), NOW, "http://example.com/ 😀"],
    ["00:15:65:AA:BB:CC", "-2+3+cmd|' /C calc'!A0", None, None, None, None, "1E5"],
]
Cells = list[list[tuple[str, str] | None]]
INSTANT = ("date", "2026-11-22T10:00:00")
EXPECTED: Cells = [
    [("string", "007"), ("string", "=1+1"), ("float", "1234"), ("float", "1234.5"), ("date", "2026-12-01"), INSTANT],
    [
        ("string", "*97"), ("string", '<r>"Müller"; & Söhne</r>'), ("float", "-5"), ("float", "-0.1"),
        ("date", "2027-01-01"), INSTANT, ("string", "Zeile 1\nZeile 2"),
    ],
    [
        ("string", "100423"), ("string", "@SUM(A1:A9)"), ("float", "0"), ("float", "0"), ("date", "2028-02-29"),
        INSTANT, ("string", "http://example.com/ 😀"),
    ],
    [
        ("string", "00:15:65:AA:BB:CC"), ("string", "-2+3+cmd|' /C calc'!A0"), None, None, None, None,
        ("string", "1E5"),
    ],
]  # fmt: skip


def opened(folder: Path, form: Format, *options: str) -> Cells:
    """What LibreOffice has in the cells: kind and value."""
    i18n.use_language("de")
    path = folder / f"Export.{form}"
    write_sheet(path, form, Sheet("Verlauf 007", NOW, TITLES, ROWS))
    command = [str(OFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", *options]
    command += ["--convert-to", "fods", "--outdir", str(folder), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SLOWEST_S, check=False)
    assert path.with_suffix(".fods").exists(), done.stderr
    table = ElementTree.parse(path.with_suffix(".fods")).getroot().find(f".//{TABLE_NS}table")
    assert table is not None
    rows = [_cells(row) for row in table.iter(f"{TABLE_NS}table-row")]
    return [row for row in rows if row]


def _cells(row: ElementTree.Element) -> list[tuple[str, str] | None]:
    """The cells of a row up to the last that isn't empty."""
    cells: list[tuple[str, str] | None] = []
    for cell in row.iter(f"{TABLE_NS}table-cell"):
        assert f"{TABLE_NS}formula" not in cell.attrib
        cells += [_cell(cell)] * min(len(TITLES), int(cell.get(f"{TABLE_NS}number-columns-repeated", "1")))
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _cell(cell: ElementTree.Element) -> tuple[str, str] | None:
    kind = cell.get(f"{OFFICE_NS}value-type")
    if kind is None:
        return None
    if kind == "string":
        return kind, "\n".join("".join(text.itertext()) for text in cell.iter(f"{TEXT_NS}p"))
    return kind, cell.attrib[f"{OFFICE_NS}date-value" if kind == "date" else f"{OFFICE_NS}value"]


def test_libreoffice_gives_the_values_of_a_workbook_back(tmp_path: Path) -> None:
    found = opened(tmp_path, Format.XLSX)
    assert found[0] == [("string", title) for title in TITLES]
    assert found[1:] == EXPECTED


def test_libreoffice_gives_the_values_of_a_csv_file_back(tmp_path: Path) -> None:
    """A CSV file has no kinds: what looks like a number is one, an instant stays a text, what is guarded is seen."""
    found = opened(tmp_path, Format.CSV, GERMAN_CSV)
    assert found[0] == [("string", title) for title in TITLES]
    changed = [list(row) for row in EXPECTED]
    changed[0][:2] = [("float", "7"), ("string", "'=1+1")]
    changed[2][:2] = [("float", "100423"), ("string", "'@SUM(A1:A9)")]
    changed[3][1] = ("string", "'-2+3+cmd|' /C calc'!A0")
    changed[3][6] = ("float", "100000")
    for row in changed[:3]:
        row[5] = ("string", "22.11.2026, 10:00")
    assert found[1:] == changed
