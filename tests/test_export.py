"""Tables as files: what CSV and XLSX hold, that nothing becomes a formula, and that no file is ever half there."""

from __future__ import annotations

import csv
import errno
import gc
import io
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import export_list
from model.export_list import ListedInstallation, WholeList, list_page
from model.list_query import Filter, ListQuery, Sorting
from model.refusals import FileFault, FileNotSaved
from model.store import Store
from tests.examples import EMAIL, NOW, TODAY, install, local, order
from tests.faults import elsewhere, linux, on_a_disk_of_its_own, posix, succeeds
from tests.workbook import Cell, Workbook
from ui import errors, export, i18n
from ui.export import FORMULA_SIGNS, Format, Sheet, Value, guarded, unguarded, write_sheet
from ui.list_columns import COLUMNS
from ui.list_columns import EMAIL as EMAIL_COLUMN
from ui.saving import fault_of, file_name, saved_whole

BOTH = pytest.mark.parametrize("form", list(Format))
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days have no zone
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "＝1"]
ODD = [
    "<r>fett</r>", "<r><t>&</t></r>", "_x0041_", "http://example.com/", "mailto:x@example.com", "internal:A1", "007",
    "0049", "1E5", "TRUE", "22.11.2026", ' "q";x', "a\nb", "  vorn", "hinten ", "עברית", "😀", "{=1}", "{=1+1}",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _in_german() -> None:
    i18n.use_language("de")


def sheet(*rows: list[Value], title: str = "Zeilen") -> Sheet:
    width = len(rows[0]) if rows else 1
    return Sheet(title, NOW, [f"Spalte {place}" for place in range(width)], rows)


def written(folder: Path, form: Format, *rows: list[Value], title: str = "Zeilen") -> Path:
    path = folder / f"export.{form}"
    write_sheet(path, form, sheet(*rows, title=title))
    return path


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";", strict=True))


# ---------------------------------------------------------------------- CSV


def test_csv_is_what_a_german_excel_opens(tmp_path: Path) -> None:
    path = written(tmp_path, Format.CSV, ["Müller; Söhne", 1234, Decimal("1234.50"), date(2026, 12, 1), NOW, None, -5])
    assert path.read_bytes() == (
        b"\xef\xbb\xbf"
        + "Spalte 0;Spalte 1;Spalte 2;Spalte 3;Spalte 4;Spalte 5;Spalte 6\r\n"
        '"Müller; Söhne";1234;1234,50;01.12.2026;22.11.2026, 10:00;;-5\r\n'.encode()
    )


def test_csv_in_english_has_english_dates_for_the_same_excel(tmp_path: Path) -> None:
    i18n.use_language("en")
    path = written(tmp_path, Format.CSV, [Decimal("-0.10"), date(2026, 12, 1), NOW])
    assert read_csv(path)[1] == ["-0,10", "01/12/2026", "22/11/2026, 10:00"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_csv_guards_what_begins_like_a_formula(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, Format.CSV, [text, f"x{text}"])
    assert read_csv(path)[1] == [f"'{text}", f"x{text}"]
    assert unguarded(guarded(text)) == text


def test_a_heading_is_guarded_too(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    write_sheet(path, Format.CSV, Sheet("Zeilen", NOW, ["=1+1"], []))
    assert read_csv(path) == [["'=1+1"]]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_any_text_comes_back_from_csv_and_never_as_a_formula(texts: list[str]) -> None:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow([export._csv_cell(text) for text in texts])
    (back,) = csv.reader(io.StringIO(line.getvalue(), newline=""), delimiter=";")
    assert not any(cell.startswith(FORMULA_SIGNS) for cell in back)
    kept = [text for text in texts if not (text.startswith("'") and text[1:].startswith(FORMULA_SIGNS))]
    assert [unguarded(cell) for cell, text in zip(back, texts, strict=True) if text in kept] == kept


# ---------------------------------------------------------------------- XLSX


def test_xlsx_has_true_numbers_amounts_and_dates(tmp_path: Path) -> None:
    path = written(
        tmp_path, Format.XLSX, ["007", 1234, Decimal("1234.50"), date(2026, 12, 1), local("2026-11-22 09:41"), None, ""]
    )
    text, count, money, day, instant, nothing, empty = Workbook(path).rows[1]
    assert (text, count, nothing, empty) == (Cell("007"), Cell(1234.0, "#,##0"), None, None)
    assert money == Cell(1234.5, '#,##0.00\\ "€"')
    assert day == Cell(float((datetime(2026, 12, 1) - EPOCH).days), "dd.mm.yyyy")  # noqa: DTZ001
    assert instant is not None
    assert instant.look == "dd.mm.yyyy hh:mm"
    seconds = timedelta(days=float(instant.value)).total_seconds()
    assert round(seconds) == (datetime(2026, 11, 22, 9, 41) - EPOCH).total_seconds()  # noqa: DTZ001


@pytest.mark.parametrize("text", [*DANGEROUS[:4], *DANGEROUS[7:], *ODD])
def test_xlsx_keeps_every_text_a_text(tmp_path: Path, text: str) -> None:
    book = Workbook(written(tmp_path, Format.XLSX, [text, "daneben"]))
    assert _unescaped(book.values[1]) == [text, "daneben"]
    assert b"<f>" not in book.parts["xl/worksheets/sheet1.xml"]
    assert b"hyperlink" not in book.parts["xl/worksheets/sheet1.xml"]
    assert "xl/worksheets/_rels/sheet1.xml.rels" not in book.parts


def _unescaped(row: list[str | float | None]) -> list[str | float | None]:
    """Excel writes an underscore that could begin one of its escapes as one."""
    return [cell.replace("_x005F_", "_") if isinstance(cell, str) else cell for cell in row]


def test_a_text_too_long_for_a_cell_is_cut_there(tmp_path: Path) -> None:
    (cell,) = Workbook(written(tmp_path, Format.XLSX, ["ä" * 40_000])).values[1]
    assert cell == "ä" * 32_767


def test_xlsx_has_a_frozen_heading_a_filter_and_sensible_widths(tmp_path: Path) -> None:
    book = Workbook(written(tmp_path, Format.XLSX, ["x" * 30, "kurz", 5], ["x" * 400, "kurz", 6]))
    assert book.values[0] == ["Spalte 0", "Spalte 1", "Spalte 2"]
    assert (book.attribute("pane", "ySplit"), book.attribute("pane", "state")) == ("1", "frozen")
    assert book.attribute("autoFilter", "ref") == "A1:C3"
    assert book.attribute("ignoredError", "sqref") == "A1:C3"
    widths = [float(found.attrib["width"]) for found in book.sheet.iter() if found.tag.endswith("}col")]
    assert widths[0] == pytest.approx(60, abs=1)
    assert widths[1] == pytest.approx(len("Spalte 1") + 3, abs=1)


def test_xlsx_in_english_has_english_dates(tmp_path: Path) -> None:
    i18n.use_language("en")
    day, instant = Workbook(written(tmp_path, Format.XLSX, [date(2026, 12, 1), NOW])).rows[1]
    assert [cell.look for cell in (day, instant) if cell] == ["dd/mm/yyyy", "dd/mm/yyyy hh:mm"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Nebenstellen K-1/a", "Nebenstellen K-1 a"),
        ("'[x]*?:\\'", "x"),
        ("History", "Export"),
        ("///", "Export"),
        ("Ä" * 40, "Ä" * 31),
    ],
)
def test_the_sheet_has_a_name_that_excel_takes(tmp_path: Path, title: str, name: str) -> None:
    assert Workbook(written(tmp_path, Format.XLSX, ["x"], title=title)).name == name


def test_the_same_rows_give_the_same_workbook(tmp_path: Path) -> None:
    books = [Workbook(written(tmp_path, Format.XLSX, ["x", 1, NOW])).parts for _again in range(2)]
    assert books[0] == books[1]


@BOTH
def test_a_table_without_rows_is_a_heading(tmp_path: Path, form: Format) -> None:
    path = tmp_path / f"leer.{form}"
    write_sheet(path, form, Sheet("Leer", NOW, ["Nr.", "Name"], []))
    rows = read_csv(path) if form is Format.CSV else Workbook(path).values
    assert rows == [["Nr.", "Name"]]


def test_more_rows_than_a_workbook_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    rows: list[list[Value]] = [["a"], ["b"], ["c"]]
    written(tmp_path, Format.XLSX, *rows[:2])
    with pytest.raises(FileNotSaved) as refused:
        written(tmp_path, Format.XLSX, *rows)
    assert "1.048.575 Zeilen" in errors.message(refused.value)


# ---------------------------------------------------------------------- whole or not at all


def failing_after(count: int, error: BaseException) -> Iterator[list[Value]]:
    for number in range(count):
        yield [f"Zeile {number}", number]
    raise error


def save(path: Path, form: Format, rows: Iterator[list[Value]]) -> None:
    with saved_whole(path) as unfinished:
        write_sheet(unfinished, form, Sheet("Zeilen", NOW, ["Name", "Zahl"], rows))


def many(count: int) -> Iterator[list[Value]]:
    return ([os.urandom(100).hex(), number] for number in range(count))


@BOTH
@pytest.mark.parametrize("count", [0, 5, 5000])
def test_what_goes_wrong_on_the_way_leaves_the_old_file(tmp_path: Path, form: Format, count: int) -> None:
    path = tmp_path / f"Anlagen.{form}"
    path.write_bytes(b"alt")
    with pytest.raises(FileNotSaved) as raised:
        save(path, form, failing_after(count, FileNotSaved(FileFault.CANCELLED)))
    assert raised.value.fault is FileFault.CANCELLED
    del raised
    gc.collect()
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {path.name: b"alt"}


@BOTH
def test_a_file_takes_the_place_of_the_old_one_and_leaves_nothing_beside_it(tmp_path: Path, form: Format) -> None:
    path = tmp_path / f"Anlagen Ä.{form}"
    path.write_bytes(b"alt")
    save(path, form, many(10))
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_size > 1000


REFUSED: list[tuple[Callable[[Path], Path], FileFault]] = [
    (lambda folder: folder / "weg" / "a.csv", FileFault.NO_FOLDER),
    (lambda folder: _touched(folder / "Datei") / "a.csv", FileFault.NO_FOLDER),
    (lambda folder: folder / ("x" * 300 + ".csv"), FileFault.BAD_NAME),
    (lambda folder: _made(folder / "Ordner.csv"), FileFault.BAD_NAME),
]


def _touched(path: Path) -> Path:
    path.touch()
    return path


def _made(path: Path) -> Path:
    path.mkdir()
    return path


@posix
@BOTH
@pytest.mark.parametrize(("place", "fault"), REFUSED)
def test_a_place_that_cannot_be_is_refused(
    tmp_path: Path, form: Format, place: Callable[[Path], Path], fault: FileFault
) -> None:
    path = place(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FileNotSaved) as raised:
        save(path, form, many(3))
    assert (raised.value.fault, raised.value.place) == (fault, str(path))
    assert sorted(tmp_path.rglob("*")) == before


REFUSED_TO_NOBODY = """
from tests.test_export import *

def refused(fault):
    for form in Format:
        try:
            save(folder / f"a.{form}", form, many(3))
        except FileNotSaved as error:
            assert error.fault is fault, error.fault
        else:
            raise AssertionError("written")

for form in Format:
    save(folder / f"a.{form}", form, many(3))
folder.chmod(0o1777)
(folder / "zu").mkdir(mode=0o555)
if os.geteuid() == 0:
    os.setuid(NOBODY)
    refused(FileFault.IN_USE)
folder = folder / "zu"
refused(FileFault.NO_ACCESS)
"""


@posix
def test_what_may_not_be_written_to_is_refused() -> None:
    """A folder, and a file that may not be replaced in a folder for all. In a process of its own: permissions don't
    hold for root, who becomes somebody else when all is imported.
    """
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        succeeds(elsewhere(REFUSED_TO_NOBODY, Path(name)))
        assert {entry.name for entry in Path(name).iterdir()} == {"a.csv", "a.xlsx", "zu"}


@linux
def test_a_full_disk_leaves_the_old_file_and_the_same_export_succeeds_later(tmp_path: Path) -> None:
    """A disk of 1 MB: full from the beginning, in the middle of the rows, when a workbook is put together."""
    on_a_disk_of_its_own(
        """
        from tests.test_export import *
        ignored = []
        sys.unraisablehook = lambda raised: ignored.append(raised.exc_value)
        for form in Format:
            path = folder / f"Anlagen.{form}"
            path.write_bytes(b"alt")
            for rest in (0, 8_192, 600_000):
                fill(rest)
                try:
                    save(path, form, many(3_000))
                except FileNotSaved as error:
                    assert error.fault is FileFault.FULL, error.fault
                else:
                    raise AssertionError(rest)
                gc.collect()
                assert {entry.name for entry in folder.iterdir()} == {"andere Daten", path.name}
                assert path.read_bytes() == b"alt"
                (folder / "andere Daten").unlink()
            save(path, form, many(300))
            assert path.stat().st_size > 10_000
            path.unlink()
        assert not ignored, ignored
        """,
        tmp_path,
    )


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ENOSPC, FileFault.FULL),
        (errno.EDQUOT, FileFault.FULL),
        (errno.EROFS, FileFault.NO_ACCESS),
        (errno.EBUSY, FileFault.IN_USE),
        (errno.EIO, FileFault.FAILED),
    ],
)
def test_the_systems_errors_have_their_meaning(number: int, fault: FileFault) -> None:
    assert fault_of(OSError(number, os.strerror(number))) is fault


@pytest.mark.parametrize("fault", list(FileFault))
def test_every_fault_has_words(fault: FileFault) -> None:
    words = errors.message(FileNotSaved(fault, "Anlagen.xlsx"))
    assert words.startswith(("Nicht gespeichert: ", "Abgebrochen: "))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Nebenstellen K-1/a 2026", "Nebenstellen K-1-a 2026"),
        ('a\\b:c*d?e"f<g>h|i\nj', "a-b-c-d-e-f-g-h-i-j"),
        (" ..", "Export"),
        ("ä" * 300, "ä" * 120),
    ],
)
def test_a_title_is_a_files_name_on_every_system(text: str, name: str) -> None:
    assert file_name(text) == name


# ---------------------------------------------------------------------- the whole list


@pytest.fixture
def customers(store: Store) -> Store:
    """Some with the same name, some over their tariff, some with an order."""
    names = ["Zabel", "Müller", "Ärger", "Mueller", "Müller", "Adler 10", "Adler 9"]
    for place, name in enumerate(names):
        key = install(store, "C10", 5 + 3 * place, 4, number=f"K-{place}", name=name)
        if place in (1, 4):
            order(store, key, "C50")
    return store


QUERIES = [
    ListQuery(TODAY),
    ListQuery(TODAY, sorting=Sorting.NUMBER),
    ListQuery(TODAY, "müller"),
    ListQuery(TODAY, "k-", sorting=Sorting.NUMBER),
    ListQuery(TODAY, filter=Filter.OVER),
    ListQuery(TODAY, "l", Filter.PENDING),
    ListQuery(TODAY, "niemand"),
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_by_key_give_the_list_as_it_is_shown(customers: Store, query: ListQuery, limit: int) -> None:
    found, page = [], list_page(customers._engine, query, (), limit)
    while page:
        found += page
        page = list_page(customers._engine, query, page[-1].key, limit)
    shown = customers.find_installations(query)
    assert [row.customer_number for row in found] == [row.customer_number for row in shown]
    over = [row.uncovered_extensions + row.uncovered_devices for row in found]
    assert over == [row.uncovered for row in shown]
    assert [bool(row.pending_tariff) for row in found] == [row.pending for row in shown]


def test_a_row_tells_tariff_limits_excess_and_what_is_pending(store: Store) -> None:
    """R7: what a pending order makes usable is not too many."""
    order(store, install(store, "C10", 24, 12, number="007"), "C25")
    (row,) = list_page(store._engine, ListQuery(TODAY), ())
    cells = [column.exported(row) for column in (*COLUMNS, EMAIL_COLUMN)]
    expected = ["007", "Muster GmbH", "Classic 10", 24, 10, 0, 12, 10, 0, "Classic 25", date(2026, 12, 1), EMAIL]
    assert cells == expected


class Busy:
    """A store in which somebody works whenever a page is read, until they have had enough."""

    def __init__(self, store: Store, changes: int) -> None:
        self.store = store
        self.changes = changes

    def list_page(self, query: ListQuery, after: Sequence[object]) -> list[ListedInstallation]:
        page = list_page(self.store._engine, query, after, 2)
        if self.changes:
            self.changes -= 1
            install(self.store, number=f"B-{self.changes}", name=f"Neu {self.changes}")
        return page

    def last_entry(self) -> int:
        return self.store.last_entry()


def names_of(found: WholeList) -> list[str]:
    return [row.name for row in found]


@pytest.mark.parametrize(("changes", "one_state"), [(0, True), (1, True), (60, False)])
def test_a_list_that_changes_while_it_is_read_is_read_again(customers: Store, changes: int, one_state: bool) -> None:
    busy = Busy(customers, changes)
    with WholeList() as found:
        found.read(busy, ListQuery(TODAY), lambda _count: None)
        assert found.one_state is one_state
        assert len(found) == len(names_of(found)) == len(set(found))
        if one_state:
            assert names_of(found) == [row.name for row in customers.find_installations(ListQuery(TODAY))]


def test_a_long_list_goes_to_the_disk_and_comes_back_as_often_as_wanted(
    customers: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_list, "IN_MEMORY_BYTES", 100)
    counts: list[int] = []
    with WholeList() as found:
        found.read(Busy(customers, 0), ListQuery(TODAY), counts.append)
        assert names_of(found) == names_of(found)
        assert len(names_of(found)) == 7
    assert counts == [2, 4, 6, 7]


def test_reading_a_list_that_is_cancelled_ends_at_once(customers: Store) -> None:
    def cancel(_count: int) -> None:
        raise FileNotSaved(FileFault.CANCELLED)

    with WholeList() as found, pytest.raises(FileNotSaved):
        found.read(customers, ListQuery(TODAY), cancel)
