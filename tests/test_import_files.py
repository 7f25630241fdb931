"""The import of other systems' CSV files: what is read, what is refused, and what never gets in."""

from __future__ import annotations

import csv
import io
import os
import time
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.account import Account
from model.errors import ImportFault, ImportRefused
from model.import_files import (
    PROFILES,
    ImportedFile,
    RowWarning,
    SkippedRow,
    SkipReason,
    WarningReason,
    preview,
    read_import,
    read_profiles,
)
from model.import_table import MOST_BYTES, MOST_COLUMNS, MOST_LINES, MOST_ROWS, read_table
from model.installation import (
    Additions,
    Device,
    DeviceKind,
    Extension,
    ExtensionKind,
    Installation,
    Language,
    NewDevice,
    NewExtension,
)
from model.tariff import Edition, Tariff

SAMPLES = Path(__file__).parents[2] / "shared" / "data" / "freepbx"
HEADER = "extension,password,name,tech,dial,secret,voicemail_vmpwd"
TARIFF = Tariff("classic-10", "Classic 10", Edition.CLASSIC, 10, 10, 990, 1900, date(2026, 1, 1))
THEN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "export.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def imported(folder: Path, *rows: str, header: str = HEADER) -> ImportedFile:
    return read_import(written(folder, "\n".join([header, *rows]) + "\n"))


def refusal(path: Path) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        read_import(path)
    return caught.value


def account(extensions: tuple[str, ...] = (), devices: tuple[str, ...] = ()) -> Account:
    return Account(
        Installation(1, "K1", "Bäckerei Krume", "", Language.GERMAN, 1),
        TARIFF,
        (),
        tuple(Extension(i, number, number, ExtensionKind.USER, THEN) for i, number in enumerate(extensions)),
        tuple(Device(i, name, DeviceKind.IP_PHONE, "", (), THEN) for i, name in enumerate(devices)),
        (),
    )


def reasons(found: ImportedFile) -> list[tuple[int, SkipReason, str]]:
    return [(entry.row, entry.reason, entry.value) for entry in found.skipped]


def warned(found: ImportedFile) -> list[tuple[int, WarningReason, str]]:
    return [(entry.row, entry.reason, entry.value) for entry in found.warnings]


def test_a_row_becomes_an_extension_with_its_device(tmp_path: Path) -> None:
    found = imported(tmp_path, "0146,,Erika Muster,sip,SIP/0146,,")
    (row,) = found.rows
    assert row.row == 2
    assert row.extension == NewExtension("0146", "Erika Muster", ExtensionKind.USER)
    assert row.device == NewDevice("SIP/0146", DeviceKind.IP_PHONE, "", ("0146",))
    assert (found.system, found.encoding, found.delimiter) == ("FreePBX Bulk Handler", "UTF-8", ",")
    assert (found.skipped, found.warnings, found.empty_rows) == ((), (), 0)


def test_a_virtual_extension_is_a_resource_without_device(tmp_path: Path) -> None:
    found = imported(tmp_path, "30,,Erika Muster,Virtual,SIP/30,,")
    assert found.rows[0].extension.kind is ExtensionKind.RESOURCE
    assert found.rows[0].device is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Fax Vertrieb", ExtensionKind.RESOURCE),
        ("FAXGERÄT", ExtensionKind.RESOURCE),
        ("Zentrale (IVR)", ExtensionKind.RESOURCE),
        ("Call-Flow Zentrale", ExtensionKind.RESOURCE),
        ("Henry Fairfax", ExtensionKind.USER),
        ("Florence Flow", ExtensionKind.USER),
        ("146", ExtensionKind.USER),
    ],
)
def test_a_name_can_say_that_it_is_a_resource(tmp_path: Path, name: str, kind: ExtensionKind) -> None:
    (row,) = imported(tmp_path, f"30,,{name},sip,SIP/30,,").rows
    assert row.extension.kind is kind
    assert row.device


def test_caller_id_is_never_the_name(tmp_path: Path) -> None:
    found = imported(tmp_path, "146,device <146>,,sip", header="extension,callerid,name,tech")
    assert found.rows[0].extension.name == "146"


def test_an_extension_without_a_name_is_called_by_its_number(tmp_path: Path) -> None:
    found = imported(tmp_path, "146,,  ,sip,,,")
    assert found.rows[0].extension.name == "146"
    assert found.rows[0].device is None
    assert warned(found) == [(2, WarningReason.NAME_MISSING, "146")]


def test_faulty_rows_are_skipped_with_reason_and_line(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        ",,Ohne Nummer,sip,SIP/1,,",
        '"1,565E+09",,Excel,sip,,,',
        "146,,Erste,sip,,,",
        "146,,Zweite,sip,,,",
        f"147,,{'x' * 201},sip,,,",
        '148,,"Zwei\nZeilen",sip,,,',
        "147,,Wieder,sip,,,",
        '"12\x0734 viel zu lang und noch länger",,Glocke,sip,,,',
    )
    assert [entry.extension.name for entry in found.rows] == ["Erste"]
    assert reasons(found) == [
        (2, SkipReason.NO_NUMBER, ""),
        (3, SkipReason.NUMBER_FORM, "1,565E+09"),
        (5, SkipReason.NUMBER_TWICE, "146"),
        (6, SkipReason.NAME_UNUSABLE, "147"),
        (7, SkipReason.NAME_UNUSABLE, "148"),
        (9, SkipReason.NUMBER_TWICE, "147"),
        (10, SkipReason.NUMBER_FORM, "12\x0734 viel zu lang u"),
    ]


def test_leading_zeros_make_another_number(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,Eins,sip,,,", "01,,Nulleins,sip,,,")
    assert [entry.extension.number for entry in found.rows] == ["1", "01"]


def test_an_unusable_device_is_left_out_with_a_warning(tmp_path: Path) -> None:
    found = imported(tmp_path, f"146,,Erika,sip,{'d' * 201},,")
    assert found.rows[0].device is None
    assert warned(found) == [(2, WarningReason.DEVICE_UNUSABLE, "146")]


def test_empty_short_and_long_rows(tmp_path: Path) -> None:
    found = imported(tmp_path, "", " ,,,,,,,,,", "146,,Kurz", "147,,Lang,sip,SIP/147,,,,", ",,Keine,sip,,,,,,", ",")
    assert [(entry.row, entry.extension.number) for entry in found.rows] == [(4, "146"), (5, "147")]
    assert found.empty_rows == 3
    assert reasons(found) == [(6, SkipReason.NO_NUMBER, "")]
    assert warned(found) == [(5, WarningReason.ROW_TOO_LONG, "147")]


def test_a_title_twice_warns_and_the_first_wins(tmp_path: Path) -> None:
    header = "Extension, NAME ,name,tech,dial,context,context,,"
    found = imported(tmp_path, "146,Erste,Zweite,sip,SIP/146,a,b,,", header=header)
    assert found.rows[0].extension.name == "Erste"
    assert warned(found) == [(1, WarningReason.TITLE_TWICE, "name")]


def test_a_missing_column_warns(tmp_path: Path) -> None:
    found = imported(tmp_path, "146,Erika,sip", header="extension,name,tech")
    assert warned(found) == [(1, WarningReason.COLUMN_MISSING, "dial")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_row_numbers_are_those_of_an_editor(tmp_path: Path, end: str) -> None:
    lines = [
        "",
        '"Extension", NAME,tech,dial,note',
        '146,A,sip,,"zwei',
        'Zeilen\u2028"',
        "",
        "147,B,sip,,",
    ]
    found = read_import(written(tmp_path, end.join(lines)))
    assert [entry.row for entry in found.rows] == [3, 6]
    assert found.empty_rows == 1


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("extension;name;tech\n1;A;sip", ";"),
        ("extension,name,tech\n1,A,sip", ","),
        ("extension\tname\ttech\n1\tA\tsip", "\t"),
        ("extension|name|tech\n1|A|sip", "|"),
        ('extension;name;tech;"a,b,c,d,e"\n1;A;sip;', ";"),
        ('extension, "name", tech\n1, "A", sip', ","),
        ("sep=|\r\nextension|name|tech|,,,,,,,\n1|A|sip|", "|"),
        ('"SEP=;"\nextension;name;tech\n1;A;sip', ";"),
        ("sep=\t\nextension\tname\ttech\n1\tA\tsip", "\t"),
    ],
)
def test_delimiters(tmp_path: Path, content: str, delimiter: str) -> None:
    found = read_import(written(tmp_path, content))
    assert found.delimiter == delimiter
    assert found.rows[0].extension == NewExtension("1", "A")
    assert found.rows[0].row == content.count("\n") + 1


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("cp1252", "windows-1252"),
        ("utf-16", "UTF-16LE"),
    ],
)
def test_encodings(tmp_path: Path, codec: str, encoding: str) -> None:
    content = "extension;name;tech\n1;Jürgen Groß – Büro;sip\n".encode(codec)
    found = read_import(written(tmp_path, content))
    assert found.rows[0].extension.name == "Jürgen Groß – Büro"
    assert found.encoding == encoding


def test_big_endian_utf_16(tmp_path: Path) -> None:
    content = b"\xfe\xff" + "extension;name;tech\n1;Ä;sip\n".encode("utf-16-be")
    assert read_import(written(tmp_path, content)).encoding == "UTF-16BE"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", ImportFault.EMPTY),
        (b"\xef\xbb\xbf", ImportFault.EMPTY),
        (b" \r\n\t\n", ImportFault.EMPTY),
        (b"sep=;", ImportFault.EMPTY),
        (b",,,\n,,\n", ImportFault.EMPTY),
        (b"\x7fELF\x00\x01\x02", ImportFault.BINARY),
        ("extension,name,tech\n".encode("utf-16-le"), ImportFault.BINARY),
        (b"\xff\xfe\x00\x00" + "extension,name,tech\n".encode("utf-32-le"), ImportFault.BINARY),
        (b"\xef\xbb\xbfextension,name,tech\n1,J\xfcrgen,sip", ImportFault.BINARY),
        (b"extension,name,tech\n1,\x81\x8d\xff,sip", ImportFault.BINARY),
        (b"Sehr geehrte Damen und Herren\n", ImportFault.NOT_A_TABLE),
        (b"{}", ImportFault.NOT_A_TABLE),
        (b"," * (MOST_COLUMNS + 1) + b"\n", ImportFault.NOT_A_TABLE),
        (b"Vorname;Name;Telefon\nErika;Muster;0301234\n", ImportFault.UNKNOWN),
        (b"extension,name,email\n1,A,\n", ImportFault.UNKNOWN),
        (b"extension,name,tech", ImportFault.NO_ROWS),
        (b"extension,name,tech\n,,\n\n", ImportFault.NO_ROWS),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, content: bytes, fault: ImportFault) -> None:
    assert refusal(written(tmp_path, content)).fault is fault


def test_missing_files_and_directories_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    assert refusal(tmp_path / "x.csv").fault is ImportFault.NOT_A_TABLE
    assert refusal(tmp_path / "none.csv").fault is ImportFault.MISSING
    assert refusal(Path("nul\0byte.csv")).fault is ImportFault.MISSING


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert refusal(tmp_path / "pipe.csv").fault is ImportFault.NOT_A_TABLE


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    assert refusal(path).fault is ImportFault.TOO_LARGE


@pytest.mark.parametrize("unit", ["x", ",", '"', '","', '"",', 'a"b,', '"\n",', '"a\nb",'])
def test_much_garbage_is_refused_quickly_in_little_memory(tmp_path: Path, unit: str) -> None:
    garbage = unit * (MOST_BYTES // len(unit) // 4)
    path = written(tmp_path, f"{HEADER}\n{garbage}")
    del garbage
    tracemalloc.start()
    began = time.perf_counter()
    fault = refusal(path).fault
    taken, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert fault in (ImportFault.NOT_A_TABLE, ImportFault.TOO_MANY_ROWS)
    assert taken < 20
    assert peak < 4 * MOST_BYTES


def test_a_huge_header_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "extension,name,tech," * 500_000)).fault is ImportFault.NOT_A_TABLE


def test_a_cell_over_the_csv_limit_names_its_row(tmp_path: Path) -> None:
    content = f"{HEADER}\n1,,A,sip,,,\n2,,{'x' * (csv.field_size_limit() + 1)},sip,,,\n"
    refused = refusal(written(tmp_path, content))
    assert (refused.fault, refused.row) == (ImportFault.NOT_A_TABLE, 3)


@pytest.mark.parametrize("row", ['2,,"Erika,sip,,geheim,', '2,,"Er"ika,sip,,geheim,'])
def test_unbalanced_quotes_are_refused_with_their_row(tmp_path: Path, row: str) -> None:
    refused = refusal(written(tmp_path, f"{HEADER}\n1,,A,sip,,,\n{row}\n3,,B,sip,,,\n"))
    assert (refused.fault, refused.row) == (ImportFault.NOT_A_TABLE, 3)
    assert "geheim" not in f"{refused!r}{refused.__cause__!r}"


def test_as_many_rows_as_allowed_and_one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.import_table.MOST_ROWS", 500)
    rows = ["", *(f"{number},,A,sip,,," for number in range(500)), ""]
    assert len(imported(tmp_path, *rows).rows) == 500
    refused = refusal(written(tmp_path, "\n".join([HEADER, *rows, "x,,A,sip,,,"])))
    assert (refused.fault, refused.row) == (ImportFault.TOO_MANY_ROWS, 504)


def test_a_sheet_full_of_empty_rows_is_read_up_to_its_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.import_table.MOST_LINES", 1000)
    sheet = f"{HEADER}\n1,,A,sip,,,\n" + ",\n" * 998
    assert read_import(written(tmp_path, sheet)).empty_rows == 998
    refused = refusal(written(tmp_path, sheet + ","))
    assert (refused.fault, refused.row) == (ImportFault.TOO_MANY_ROWS, 1001)


def test_the_limits_are_the_agreed_ones() -> None:
    assert (MOST_BYTES, MOST_ROWS) == (32 * 1024 * 1024, 50_000)
    assert MOST_LINES > MOST_ROWS


def test_r37_no_secret_gets_into_anything(tmp_path: Path) -> None:
    secrets = sorted(read_profiles()[0].secrets)
    header = ",".join(["extension", *(title.upper() for title in secrets), "name", "tech", "dial", "context"])
    marks = ",".join(["Hunter2"] * len(secrets))
    rows = [f"1,{marks},A,sip,SIP/1,x", f",{marks},B,sip,,x", f"x,{marks},C,sip,,x", f"2,{marks}", f"3,{marks},,,,,,,"]
    found = imported(tmp_path, *rows, header=header)
    assert found.secret_columns == tuple(secrets)
    for plan in (preview(found, None), preview(found, account(("1",)))):
        assert "Hunter2" not in f"{found!r}{plan!r}"
    table = read_table(tmp_path / "export.csv")
    assert "Hunter2" not in f"{table!r}{list(table.rows(['extension', 'name']))!r}"


@pytest.mark.parametrize(
    "content",
    ["secret,pin\nHunter2,Hunter2\n", "extension,name,tech\n1,Hunter2\x81,\xff", f'{HEADER}\n1,,"Hunter2', "Hunter2"],
)
def test_r37_a_refusal_says_nothing_of_the_content(tmp_path: Path, content: str) -> None:
    refused = refusal(written(tmp_path, content.encode("latin-1")))
    assert refused.__context__ is None or isinstance(refused.__context__, csv.Error)
    assert "Hunter2" not in f"{refused!r}{vars(refused)!r}{refused.__context__!r}"


def test_r37_no_profile_reads_a_secret_column() -> None:
    for profile in read_profiles():
        assert profile.secrets.isdisjoint(profile.columns)
        assert "callerid" not in profile.columns


def test_r12_everything_is_created_for_a_new_customer(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,A,sip,SIP/1,,", "2,,Fax,virtual,,,", ",,B,sip,,,")
    plan = preview(found, None)
    assert plan.additions == Additions(
        (NewExtension("1", "A"), NewExtension("2", "Fax", ExtensionKind.RESOURCE)),
        (NewDevice("SIP/1", extensions=("1",)),),
    )
    assert plan.additions.checked() == plan.additions
    assert plan.created == found.rows
    assert plan.skipped == (SkippedRow(4, SkipReason.NO_NUMBER, ""),)


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,,sip,SIP/1,,", "x,,X,sip,,,", "2,,,sip,SIP/2,,", "3,,C,sip,SIP/3,,")
    plan = preview(found, account(("1", "9"), ("SIP/3",)))
    assert plan.additions == Additions(
        (NewExtension("2", "2"), NewExtension("3", "C")), (NewDevice("SIP/2", extensions=("2",)),)
    )
    assert [(entry.row, entry.device is None) for entry in plan.created] == [(4, False), (5, True)]
    assert plan.skipped == (
        SkippedRow(2, SkipReason.ALREADY_THERE, "1"),
        SkippedRow(3, SkipReason.NUMBER_FORM, "x"),
    )
    assert plan.warnings == (
        RowWarning(4, WarningReason.NAME_MISSING, "2"),
        RowWarning(5, WarningReason.DEVICE_ALREADY_THERE, "3"),
    )


def test_importing_again_adds_nothing(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,A,sip,SIP/1,,", "2,,B,sip,SIP/2,,")
    plan = preview(found, account(("1", "2"), ("SIP/1", "SIP/2")))
    assert not plan.additions
    assert plan.created == ()


def test_r2_a_device_account_named_twice_is_one_device(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,A,sip,SIP/1,,", "2,,B,sip,SIP/1,,")
    assert preview(found, None).additions.devices == (NewDevice("SIP/1", extensions=("1", "2")),)


def test_another_system_is_one_more_file(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(
        """
        system = "Andere Anlage"
        needs = ["Number", "FirstName"]
        needs_one_of = ["MAC_0"]
        secrets = ["AuthPassword"]
        [columns]
        number = "Number"
        name = ["FirstName", "LastName"]
        """,
        encoding="utf-8",
    )
    path = written(tmp_path, "Number,FirstName,LastName,AuthPassword,MAC_0\n10,Erika,Fax,x,\n11,Max,,x,\n")
    found = read_import(path, tmp_path)
    assert [entry.extension.name for entry in found.rows] == ["Erika Fax", "Max"]
    assert {entry.extension.kind for entry in found.rows} == {ExtensionKind.USER}
    assert [entry.device for entry in found.rows] == [None, None]
    assert (found.system, found.secret_columns, found.warnings) == ("Andere Anlage", ("authpassword",), ())
    assert refusal(path).fault is ImportFault.UNKNOWN


def test_shipped_profiles_are_readable() -> None:
    assert [profile.system for profile in read_profiles(PROFILES)] == ["FreePBX Bulk Handler"]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no sample files")
def test_real_sample_with_upper_case_titles() -> None:
    found = read_import(SAMPLES / "utests_extensions.csv")
    numbers = ["5000", "5001", "5002", "5003", "5999"]
    assert [entry.extension.number for entry in found.rows] == numbers
    assert [entry.device.name for entry in found.rows if entry.device] == [f"SIP/{number}" for number in numbers]
    assert found.rows[0].extension.name == "User 5000 functional testing"
    assert (found.skipped, found.warnings) == ((), ())
    assert found.secret_columns == ("password", "secret", "voicemail_vmpwd")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no sample files")
def test_real_sample_with_a_row_without_number() -> None:
    found = read_import(SAMPLES / "sample_bulk_handler_output.csv")
    assert [entry.extension.name for entry in found.rows] == ["SCHOOL - IT Director", "SCHOOL - John Doe"]
    assert reasons(found) == [(4, SkipReason.NO_NUMBER, "")]
    assert found.warnings == ()
    assert "terces" not in repr(found)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def read_or_refused(folder: Path, content: bytes) -> None:
    """Whatever a file holds: a result that can be created, or a refusal, and nothing else."""
    path = written(folder, content)
    try:
        found = read_import(path)
    except ImportRefused:
        return
    plan = preview(found, None)
    assert plan.additions.checked() == plan.additions
    assert len(plan.created) + len(plan.skipped) + found.empty_rows <= content.count(b"\n") + content.count(b"\r") + 1


FUZZ = settings(max_examples=60, deadline=None)
CELL = st.one_of(
    st.sampled_from(["", "146", "0146", "sip", "virtual", "SIP/146", "Fax", "Jürgen", " "]), st.text(max_size=12)
)


@FUZZ
@given(content=st.binary(max_size=400))
def test_random_bytes(scratch: Path, content: bytes) -> None:
    read_or_refused(scratch, content)


@FUZZ
@given(content=st.binary(max_size=200))
def test_random_bytes_below_a_header(scratch: Path, content: bytes) -> None:
    read_or_refused(scratch, HEADER.encode() + b"\n" + content)


@FUZZ
@given(
    rows=st.lists(st.lists(CELL, max_size=9), max_size=8),
    delimiter=st.sampled_from(";,\t|"),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    cut=st.integers(0, 400),
    noise=st.binary(max_size=3),
)
def test_mutated_tables(
    scratch: Path, rows: list[list[str]], delimiter: str, codec: str, cut: int, noise: bytes
) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows([HEADER.split(","), *rows])
    content = buffer.getvalue().encode(codec, errors="replace")
    read_or_refused(scratch, content)
    read_or_refused(scratch, content[:cut] + noise + content[cut:])
