"""Damaged, hostile and endless files: each ends in the program's own words, in bounded time and memory (R37)."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.import_files import AS_RECOGNISED, Choices, look_at, read_import, read_sources
from model.import_preview import preview
from model.import_result import MOST_EXTENSIONS
from model.import_source import ENCODINGS, MOST_BYTES, Source, read_source, unchanged_content
from model.import_table import LONGEST_ROW, MOST_COLUMNS, MOST_LINES, MOST_ROWS
from model.refusals import ImportFault, ImportRefused
from tests.import_examples import FREEPBX, SECRET, SHARED, imported, people, refusal, warned, written
from tests.test_import_asterisk import TEMPLATES
from tests.test_import_systems import FUSION_DEVICES, FUSION_EXTENSIONS, INNOVAPHONE, TEAMSIP, THREE_CX
from ui import errors, i18n

SAMPLES = {
    "freepbx.csv": f'{FREEPBX}\n146,{SECRET},"Erika ""X"" Muster",sip,SIP/146,{SECRET},1\n147,,Max,virtual,,,\n',
    "teamsip.csv": f'{TEAMSIP}\nUser;Jörg;"Mü\nßig";11;11;{SECRET};;00:15:65:AA:00:01;;Yealink;\nFax;;Fax;90;;;;;;;\n',
    "innovaphone.csv": f"{INNOVAPHONE}\nJörg;j;201;{SECRET};;009033000001;Tisch\nAmt;Amt;0;;trunk;;\n",
    "3cx.csv": f"{THREE_CX}\n100,Jörg,Müßig,{SECRET},{SECRET},1,1,001565AA0001,,1,T46S,\n",
    "kazoo.csv": "first_name,last_name,extension_number,mac_address\nJR,Maitre,2001,12:12:13:14:15:60\n",
    "extensions.csv": f'{FUSION_EXTENSIONS}\na,201,{SECRET},,Jörg,M,\nb,203,{SECRET},,,,"R ""A""\n2"\n',
    "devices.csv": f"{FUSION_DEVICES}\n1,001565aa0001,L,snom,x,201,{SECRET},{SECRET},203,{SECRET},{SECRET}\n",
    "list.csv": f'sep=;\r\nNebenstelle;Name;MAC;PIN\r\n="007";"Größer; A";1,565E+09;{SECRET}\r\n;;;\r\n',
    "pjsip.conf": f"{TEMPLATES}[1107](phone)\ncallerid=Erika <1107>\n[1107](login)\npassword={SECRET}\n",
    "voicemail.conf": f"[default]\n1107 => {SECRET},Erika\n[x]\ntype=endpoint\n",
    "extensions.conf": "[a]\nexten => 1,1,Goto(b,s,1)\n[b]\nexten => s,1,Background(x)\n same => n,WaitExten\n",
}
FUZZ = settings(max_examples=150)


def tidy(sources: list[Source], choices: Choices = AS_RECOGNISED) -> None:
    """Either the import is refused, or what was read can be created as it is."""
    try:
        found = read_sources(sources, choices)
    except ImportRefused:
        return
    plan = preview(found)
    assert plan.additions.checked() == plan.additions
    assert len(plan.created) == len(found.extensions)
    counts = found.counts
    assert counts.read + counts.skipped + counts.refused <= sum(len(source.content) for source in sources)


# ---------------------------------------------------------------------- the file itself


def test_two_gigabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    with path.open("wb") as file:
        file.truncate(2 * 1024**3)
    tracemalloc.start()
    refused = refusal(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (refused.fault, refused.file) == (ImportFault.TOO_LARGE, "export.csv")
    assert peak < 1024**2


def test_a_zip_bomb_is_never_unpacked(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.csv", b"0" * 40_000_000)
    path = written(tmp_path, packed.getvalue())
    tracemalloc.start()
    refused = refusal(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (refused.fault, refused.file) == (ImportFault.ARCHIVE, "export.csv")
    assert peak < 1024**2


def test_missing_files_and_folders_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    assert (refusal(tmp_path / "x.csv").fault, refusal(tmp_path / "x.csv").file) == (ImportFault.NOT_A_FILE, "x.csv")
    assert (refusal(tmp_path / "none.csv").fault, refusal(tmp_path / "none.csv").file) == (
        ImportFault.MISSING, "none.csv",
    )  # fmt: skip
    assert refusal(Path("nul\0byte.csv")).fault is ImportFault.MISSING
    assert refusal([tmp_path / "x.csv"]).fault is ImportFault.NOT_A_FILE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert refusal(tmp_path / "pipe.csv").fault is ImportFault.NOT_A_FILE


@pytest.mark.parametrize("changed", ["longer", "shorter", "other"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, changed: str) -> None:
    path = written(tmp_path, f"{FREEPBX}\n1,,A,sip,,,\n")
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        if changed == "other":
            path.write_bytes(path.read_bytes().replace(b"A", b"B"))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        else:
            os.truncate(path, before.st_size + (5 if changed == "longer" else -5))
        with pytest.raises(ImportRefused) as caught:
            unchanged_content(file, before)
    assert caught.value.fault is ImportFault.CHANGED


def test_a_link_to_a_file_is_followed_where_the_clerk_chose_it(tmp_path: Path) -> None:
    path = written(tmp_path, f"{FREEPBX}\n1,,A,sip,,,\n")
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    assert people(read_import(link)) == [("1", "A")]
    with pytest.raises(ImportRefused) as caught:
        read_source(link, follows_links=False)
    assert caught.value.fault is ImportFault.MISSING


# ---------------------------------------------------------------------- its bytes


@pytest.mark.parametrize(
    ("content", "fault", "row"),
    [
        (b"\xff\xfe" + "extension,name\n1,A\n".encode("utf-16-le") + b"\x00\xd8\n\x00", ImportFault.ENCODING, 3),
        (b"\xfe\xff" + "extension,name\n1,A".encode("utf-16-be") + b"\x00", ImportFault.ENCODING, 2),
        (b"\xff\xfe\x00", ImportFault.ENCODING, 1),
        (b"\xef\xbb\xbfextension,name\n1,J\xfcrgen", ImportFault.ENCODING, 2),
        (b"extension,name\r\n1,A\r2,\x81\x8d\xff", ImportFault.ENCODING, 3),
        (b"extension,name\n1,A\n2,B\0\n", ImportFault.BINARY, 3),
        ("extension,name\n".encode("utf-16-le"), ImportFault.BINARY, 1),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_row(
    tmp_path: Path, content: bytes, fault: ImportFault, row: int
) -> None:
    refused = refusal(written(tmp_path, content))
    assert (refused.fault, refused.row, refused.file) == (fault, row, "export.csv")


def test_an_encoding_that_was_chosen_and_does_not_fit_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "extension;name\n1;Jürgen\n".encode("cp1252"))
    assert (refusal(path, Choices(encoding="UTF-8")).fault, refusal(path, Choices(encoding="UTF-8")).row) == (
        ImportFault.ENCODING, 2,
    )  # fmt: skip


# ---------------------------------------------------------------------- too much


def test_ten_million_columns_are_refused(tmp_path: Path) -> None:
    for content in (b"extension,name," + b"a," * 10_000_000, b"," * 10_000_000):
        refused = refusal(written(tmp_path, content))
        assert refused.fault in (ImportFault.NOT_A_TABLE, ImportFault.EMPTY)
    refused = refusal(written(tmp_path, b"extension,name," + b"a," * MOST_COLUMNS))
    assert (refused.fault, refused.row) == (ImportFault.TOO_MANY_COLUMNS, 1)


def test_a_row_with_a_million_cells_is_refused_alone(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,A,sip,,,", "2" + ",x" * 400_000, "3,,C,sip,,,")
    assert people(found) == [("1", "A"), ("3", "C")]
    assert [(entry.row, entry.reason) for entry in found.skipped] == [(3, "UNREADABLE")]
    refused = refusal(written(tmp_path, f"{FREEPBX}\n1,,A,sip,,,\n2,{'x' * LONGEST_ROW},B\n"))
    assert (refused.fault, refused.row) == (ImportFault.NOT_A_TABLE, 3)


def test_a_hundred_thousand_extensions_are_refused_with_the_row(tmp_path: Path) -> None:
    rows = "".join(f"{number},,A,sip,,,\n" for number in range(100_000))
    refused = refusal(written(tmp_path, f"{FREEPBX}\n{rows}"))
    assert (refused.fault, refused.row, refused.file) == (ImportFault.TOO_MANY_ROWS, MOST_ROWS + 2, "export.csv")


def test_no_more_extensions_over_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.import_result.MOST_EXTENSIONS", 10)
    first = written(tmp_path, FREEPBX + "".join(f"\n{number},,A,sip,,," for number in range(10)), "a.csv")
    second = written(tmp_path, f"{FREEPBX}\n9,,A,sip,,,\n10,,B,sip,,,", "b.csv")
    assert len(read_import(first).extensions) == 10
    assert (refusal([first, second]).fault, refusal([first, second]).file) == (ImportFault.TOO_MANY_ROWS, "b.csv")


def test_as_many_rows_as_allowed_and_one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.import_table.MOST_ROWS", 500)
    rows = ["", *(f"{number},,A,sip,,," for number in range(500)), ""]
    assert len(imported(tmp_path, *rows).extensions) == 500
    refused = refusal(written(tmp_path, "\n".join([FREEPBX, *rows, "x,,A,sip,,,"])))
    assert (refused.fault, refused.row) == (ImportFault.TOO_MANY_ROWS, 504)


def test_a_sheet_full_of_empty_rows_is_read_up_to_its_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.import_table.MOST_LINES", 1000)
    sheet = f"{FREEPBX}\n1,,A,sip,,,\n" + ",\n" * 998
    assert read_import(written(tmp_path, sheet)).empty_rows == 998
    refused = refusal(written(tmp_path, sheet + ","))
    assert (refused.fault, refused.row) == (ImportFault.TOO_MANY_ROWS, 1001)


def test_the_limits_are_the_agreed_ones() -> None:
    assert (MOST_BYTES, MOST_ROWS, MOST_EXTENSIONS) == (32 * 1024 * 1024, 50_000, 50_000)
    assert MOST_LINES > MOST_ROWS


@pytest.mark.parametrize("unit", ["x", ",", '"', '","', '"",', 'a"b,', '"\n",', '"a\nb",', '"\n', "a,\n", "1,,\n"])
def test_much_garbage_takes_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unit: str) -> None:
    monkeypatch.setattr("model.import_table.MOST_ROWS", 5_000)
    garbage = unit * (MOST_BYTES // len(unit) // 8)
    path = written(tmp_path, f"{FREEPBX}\n{garbage}")
    del garbage
    tracemalloc.start()
    fault = refusal(path).fault
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert fault in (ImportFault.NOT_A_TABLE, ImportFault.TOO_MANY_ROWS)
    assert peak < 2 * MOST_BYTES


def test_one_device_that_serves_everybody_is_put_together_once(tmp_path: Path) -> None:
    found = imported(tmp_path, *(f"{number},,A,sip,SIP/1,," for number in range(30_000)))
    assert len(found.devices[0].device.extensions) == 30_000


# ---------------------------------------------------------------------- its words


@pytest.mark.parametrize(
    ("refused", "german"),
    [
        (
            ImportRefused(ImportFault.TOO_MANY_ROWS, 50_002, file="export.csv"),
            "Die Datei hat zu viele Zeilen für eine Telefonanlage (höchstens 50.000)."
            " Stelle: export.csv, Zeile 50.002.",
        ),
        (
            ImportRefused(ImportFault.COLUMN_MISSING, 1, "Number", "a.csv"),
            "Die Spalte mit den Nummern der Nebenstellen fehlt. Stelle: a.csv, Zeile 1, Zelle „Number“.",
        ),
        (ImportRefused(ImportFault.EMPTY), "Die Datei ist leer."),
    ],
)
def test_a_refusal_names_file_row_and_cell(refused: ImportRefused, german: str) -> None:
    i18n.use_language("de")
    assert errors.message(refused) == german


# ---------------------------------------------------------------------- anything at all


@FUZZ
@given(content=st.binary(max_size=400), encoding=st.sampled_from([None, *ENCODINGS]))
def test_random_bytes(content: bytes, encoding: str | None) -> None:
    tidy([Source("export.csv", content)], Choices(encoding=encoding))
    tidy([Source("export.csv", FREEPBX.encode() + b"\n" + content)])
    tidy([Source("pjsip.conf", b"[1107]\ntype=endpoint\n" + content)])


CELL = st.one_of(
    st.sampled_from(["", "146", "0146", "sip", "virtual", "SIP/146", "Fax", "Jürgen", " ", '"', "x\ny", "User"]),
    st.text(max_size=12),
)


@FUZZ
@given(
    header=st.sampled_from([FREEPBX, TEAMSIP, THREE_CX, INNOVAPHONE, FUSION_EXTENSIONS, FUSION_DEVICES]),
    rows=st.lists(st.lists(CELL, max_size=13), max_size=8),
    quote=st.sampled_from(['"', ""]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
)
def test_random_tables(header: str, rows: list[list[str]], quote: str, codec: str) -> None:
    delimiter = ";" if ";" in header else ","
    lines = [delimiter.join(f"{quote}{cell}{quote}" for cell in row) for row in rows]
    tidy([Source("export.csv", "\n".join([header, *lines]).encode(codec, errors="replace"))])


@FUZZ
@given(
    name=st.sampled_from(sorted(SAMPLES)),
    codec=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
    flips=st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 255)), max_size=4),
    cut=st.integers(0, 1000),
    noise=st.binary(max_size=3),
)
def test_samples_with_flipped_bytes(
    name: str, codec: str, flips: list[tuple[int, int]], cut: int, noise: bytes
) -> None:
    content = bytearray(SAMPLES[name].encode(codec))
    for place, bits in flips:
        content[place % len(content)] ^= bits
    cut %= len(content) + 1
    for spoilt in (bytes(content), bytes(content[:cut]) + noise + bytes(content[cut:]), bytes(content[:cut])):
        tidy([Source(name, spoilt)])


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - {"voicemail.conf"}))
def test_every_sample_is_read_without_its_secrets(name: str) -> None:
    found = read_sources([Source(name, SAMPLES[name].encode())])
    assert found.read_rows
    assert SECRET not in f"{found!r}{preview(found)!r}"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
@FUZZ
@given(place=st.integers(0, 10_000), bits=st.integers(1, 255), cut=st.booleans(), pick=st.integers(0, 100))
def test_shared_files_with_flipped_bytes(place: int, bits: int, cut: bool, pick: int) -> None:
    paths = sorted([*SHARED.glob("*/*.csv"), *SHARED.glob("*/*.conf")])
    path = paths[pick % len(paths)]
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= bits
    tidy([Source(path.name, bytes(content[:place]) if cut else bytes(content))])


@FUZZ
@given(content=st.text(alphabet='ab;,"\n\r\t| =', max_size=80))
def test_any_table_can_be_looked_at_or_is_refused(scratch: Callable[[str], Path], content: str) -> None:
    try:
        source = look_at(scratch(content))
    except ImportRefused:
        return
    assert all(len(row) <= len(source.titles) for row in source.sample)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A way to write a file in a folder for many examples."""
    return partial(written, tmp_path_factory.mktemp("look"))


def test_a_spoilt_address_is_named_with_row_and_cell(tmp_path: Path) -> None:
    found = imported(tmp_path, f"11;Erika;{'9' * 400}", header="Nebenstelle;Name;MAC")
    assert warned(found) == [(2, "MAC_UNUSABLE", "9" * 20)]
