"""Tables as files: CSV as a German Excel wants it, and Excel workbooks. Rows pass through, none is kept."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from model.refusals import FileFault, FileNotSaved
from ui import formats
from ui.i18n import _

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

# A text that identifies something stays a text; a Decimal is an amount in euros.
Value = str | int | Decimal | date | datetime | None
# A spreadsheet takes what begins so for a formula, also behind the full-width signs.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MOST_ROWS = 1_048_575
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]+")
LONGEST_SHEET_NAME = 31
RESERVED_SHEET_NAMES = ("", "history")
NARROWEST, WIDEST, FILTER_ROOM = 8, 60, 3
A4 = 9


class Format(StrEnum):
    """The kinds of file; the value is the ending of its name."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written: a title, the headings, and rows as they come; `made_at` is an instant of the clock."""

    title: str
    made_at: datetime
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]


def possible_formats() -> list[Format]:
    """Workbooks need a library that is optional."""
    return [form for form in Format if form is not Format.XLSX or find_spec("xlsxwriter") is not None]


def write_sheet(path: Path, form: Format, sheet: Sheet) -> None:
    """Write a file; raises OSError, FileNotSaved and what `sheet.rows` raises, and then the file isn't whole."""
    WRITERS[form](path, sheet)


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before the signs that begin one."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """The text that was guarded, when it comes back."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS) else text


# ---------------------------------------------------------------------- CSV


def _write_csv(path: Path, sheet: Sheet) -> None:
    """Semicolons, a byte order mark, decimal commas, CRLF: opened by a double click in a German Excel."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([guarded(heading) for heading in sheet.headings])
        writer.writerows([_csv_cell(value) for value in row] for row in sheet.rows)


def _csv_cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return guarded(value)
        case datetime():
            return formats.instant(value)
        case date():
            return formats.day(value)
        case Decimal():
            return f"{value:.2f}".replace(".", ",")
    return str(value)


# ---------------------------------------------------------------------- XLSX


def _write_xlsx(path: Path, sheet: Sheet) -> None:
    """Rows go to a temporary file beside `path` one by one, so that memory doesn't grow with them."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    with path.open("wb") as file:
        workbook = Workbook(file, {"constant_memory": True, "tmpdir": str(path.parent)})
        page = workbook.add_worksheet(_sheet_name(sheet.title))
        workbook.set_properties({"title": sheet.title, "created": sheet.made_at.replace(tzinfo=None)})
        try:
            _fill(page, sheet, _Looks(workbook))
            workbook.close()
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error
        finally:
            # Unfinished, it would stay open until somebody looks for garbage.
            with suppress(OSError):
                vars(page)["row_data_fh"].close()


class _Looks:
    """How the kinds of value are shown; Excel reads its formats in English and shows them in the user's language."""

    def __init__(self, workbook: Workbook) -> None:
        day = _("dd/MM/yyyy").lower()
        self.heading = workbook.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self.count = workbook.add_format({"num_format": "#,##0"})
        self.money = workbook.add_format({"num_format": '#,##0.00\\ "€"'})
        self.day = workbook.add_format({"num_format": day, "align": "left"})
        self.instant = workbook.add_format({"num_format": f"{day} hh:mm", "align": "left"})


def _fill(page: Worksheet, sheet: Sheet, looks: _Looks) -> None:
    from xlsxwriter.utility import xl_range

    widths = [max(NARROWEST, len(heading) + FILTER_ROOM) for heading in sheet.headings]
    for place, heading in enumerate(sheet.headings):
        page.write_string(0, place, _literal(heading), looks.heading)
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        if last > MOST_ROWS:
            raise FileNotSaved(FileFault.TOO_MANY_ROWS)
        for place, value in enumerate(row):
            widths[place] = max(widths[place], _put(page, last, place, value, looks))
    for place, width in enumerate(widths):
        page.set_column(place, place, min(width, WIDEST))
    across = len(sheet.headings) - 1
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, last, across)
    # Customer and extension numbers are texts on purpose: no green corner for each of them.
    page.ignore_errors({"number_stored_as_text": xl_range(0, 0, last, across)})
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _put(page: Worksheet, row: int, place: int, value: Value, looks: _Looks) -> int:
    """Write a cell; its width in characters. Each kind by its own function: nothing is guessed from a text."""
    match value:
        case None | "":
            return 0
        case str():
            page.write_string(row, place, _literal(value))
            return max(map(len, value.splitlines()), default=0) + 1
        case datetime():
            page.write_datetime(row, place, value.replace(tzinfo=None), looks.instant)
            return len("00.00.0000 00:00") + 1
        case date():
            page.write_datetime(row, place, datetime.combine(value, time()), looks.day)
            return len("00.00.0000") + 1
        case Decimal():
            page.write_number(row, place, float(value), looks.money)
            return len(f"{value:,.2f} €") + 1
    page.write_number(row, place, value, looks.count)
    return len(f"{value:,}") + 1


def _literal(text: str) -> str:
    """XlsxWriter passes what looks like its own rich text on as it is: then it has to be some that shows the text."""
    if text.startswith("<r>") and text.endswith("</r>"):
        return f'<r><t xml:space="preserve">{escape(text, quote=False)}</t></r>'
    return text


def _sheet_name(title: str) -> str:
    name = NOT_IN_SHEET_NAMES.sub(" ", title).strip("' ")[:LONGEST_SHEET_NAME].strip("' ")
    return "Export" if name.lower() in RESERVED_SHEET_NAMES else name


WRITERS: dict[Format, Callable[[Path, Sheet], None]] = {Format.CSV: _write_csv, Format.XLSX: _write_xlsx}
