"""Tables of other systems: what is read, what is refused, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.import_files import Choices, look_at, read_import, read_sources
from model.import_result import Counts, SkipReason, WarningReason
from model.import_source import ENCODINGS, Source
from model.import_table import MOST_COLUMNS
from model.installation import DeviceKind, ExtensionKind, NewDevice, NewExtension
from model.refusals import ImportFault, ImportRefused
from tests.import_examples import FREEPBX, imported, people, phones, refusal, resources, skips, warned, written

LIST = "Nebenstelle;Name;MAC;Gerät;Kennwort"


def test_a_row_becomes_an_extension_with_its_device(tmp_path: Path) -> None:
    found = imported(tmp_path, "0146,,Erika Muster,sip,SIP/0146,,")
    (entry,), (device,) = found.extensions, found.devices
    assert (entry.row, entry.file, entry.is_guessed) == (2, "export.csv", False)
    assert entry.extension == NewExtension("0146", "Erika Muster", ExtensionKind.USER)
    assert (device.row, device.file) == (2, "export.csv")
    assert device.device == NewDevice("SIP/0146", DeviceKind.IP_PHONE, "", ("0146",))
    assert (found.skipped, found.warnings, found.counts) == ((), (), Counts(1, 0, 0))


def test_the_file_is_described_as_it_was_recognised(tmp_path: Path) -> None:
    header = FREEPBX.upper().replace(",NAME", ", Name ")
    found = imported(tmp_path, "", "146,Geheim,Erika,sip,SIP/146,Geheim,1234,zu viel", header=header)
    (source,) = found.sources
    assert (found.system, source.name, source.encoding, source.delimiter) == (
        "FreePBX Bulk Handler", "export.csv", "UTF-8", ",",
    )  # fmt: skip
    assert source.recognised_by == ("extension", "name")
    assert source.header_line == 1
    assert source.titles == ("EXTENSION", "PASSWORD", "Name", "TECH", "DIAL", "SECRET", "VOICEMAIL_VMPWD")
    assert source.secret_columns == ("PASSWORD", "SECRET", "VOICEMAIL_VMPWD")


def test_the_first_rows_show_only_what_is_read(tmp_path: Path) -> None:
    rows = [f"{146 + row},Geheim,Erika,sip,SIP/{row},Geheim," for row in range(9)]
    (source,) = imported(tmp_path, ",,Ohne Nummer,,,,", *rows).sources
    assert source.sample[0] == ("146", "…", "Erika", "sip", "SIP/0", "…", "")
    assert len(source.sample) == 5


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
def test_a_kind_told_by_the_name_alone_is_a_guess(tmp_path: Path, name: str, kind: ExtensionKind) -> None:
    found = imported(tmp_path, f"30,,{name},sip,SIP/30,,")
    (entry,) = found.extensions
    assert entry.extension.kind is kind
    assert entry.is_guessed == (kind is ExtensionKind.RESOURCE)
    assert found.devices


def test_a_virtual_extension_is_a_resource_without_device(tmp_path: Path) -> None:
    found = imported(tmp_path, "30,,Erika Muster,Virtual,SIP/30,,")
    assert [(entry.extension.kind, entry.is_guessed) for entry in found.extensions] == [(ExtensionKind.RESOURCE, False)]
    assert found.devices == ()


def test_caller_id_is_never_the_name(tmp_path: Path) -> None:
    found = imported(tmp_path, "146,device <146>,,sip", header="extension,callerid,name,tech")
    assert people(found) == [("146", "146")]


def test_an_extension_without_a_name_is_called_by_its_number(tmp_path: Path) -> None:
    found = imported(tmp_path, "146,,  ,sip,,,")
    assert people(found) == [("146", "146")]
    assert found.devices == ()
    assert warned(found) == [(2, WarningReason.NAME_MISSING, "146")]


def test_characters_that_nobody_sees_are_left_out_with_a_warning(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        "146,,Anna\u202e Muster\u200b,sip,SIP\u00ad/146,,",
        "147,,\u200b\u3164,sip,\u200b,,",
        "148,,نمی\u200cخواهم,sip,,,",
    )
    assert [name for _number, name in people(found)] == ["Anna Muster", "147", "نمی\u200cخواهم"]
    assert phones(found) == [("SIP/146", "", ("146",))]
    assert warned(found) == [
        (2, WarningReason.NAME_CLEANED, "146"),
        (3, WarningReason.NAME_CLEANED, "147"),
        (3, WarningReason.NAME_MISSING, "147"),
    ]


def test_faulty_rows_are_skipped_with_reason_line_and_column(tmp_path: Path) -> None:
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
        f"{'9' * 400},,Zu viele Ziffern,sip,,,",
        "150,,Zu\x07viel,sip,,,",
        f"151,,{'ä' * 1000},sip,,,",
    )
    assert people(found) == [("146", "Erste"), ("148", "Zwei Zeilen")]
    assert [(entry.row, entry.reason, entry.value, entry.cell) for entry in found.skipped] == [
        (2, SkipReason.NO_NUMBER, "", "extension"),
        (3, SkipReason.NUMBER_FORM, "1", "extension"),
        (5, SkipReason.NUMBER_TWICE, "146", "extension"),
        (6, SkipReason.NAME_UNUSABLE, "147", "name"),
        (9, SkipReason.NUMBER_TWICE, "147", "extension"),
        (10, SkipReason.NUMBER_FORM, "12\x0734 viel zu lang u", "extension"),
        (11, SkipReason.NUMBER_FORM, "9" * 20, "extension"),
        (12, SkipReason.NAME_UNUSABLE, "150", "name"),
        (13, SkipReason.NAME_UNUSABLE, "151", "name"),
    ]
    assert {entry.file for entry in found.skipped} == {"export.csv"}
    assert found.counts == Counts(read=2, skipped=1, refused=8)


def test_leading_zeros_make_another_number(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,Eins,sip,,,", "01,,Nulleins,sip,,,")
    assert people(found) == [("1", "Eins"), ("01", "Nulleins")]


def test_the_same_name_twice_is_normal(tmp_path: Path) -> None:
    assert len(imported(tmp_path, "1,,Erika,sip,,,", "2,,Erika,sip,,,").extensions) == 2


def test_an_unusable_device_is_left_out_with_a_warning(tmp_path: Path) -> None:
    found = imported(tmp_path, f"146,,Erika,sip,{'d' * 201},,")
    assert found.devices == ()
    assert warned(found) == [(2, WarningReason.DEVICE_UNUSABLE, "146")]


def test_r2_a_device_account_named_twice_is_one_device(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,A,sip,SIP/1,,", "2,,B,sip,SIP/1,,", "3,,C,sip,SIP/1,,")
    assert phones(found) == [("SIP/1", "", ("1", "2", "3"))]


def test_empty_short_and_long_rows(tmp_path: Path) -> None:
    found = imported(tmp_path, "", " ,,,,,,,,,", "146,,Kurz", "147,,Lang,sip,SIP/147,,,,", ",,Keine,sip,,,,,,", ",")
    assert [(entry.row, entry.extension.number) for entry in found.extensions] == [(4, "146"), (5, "147")]
    assert skips(found) == [(6, SkipReason.NO_NUMBER, "")]
    assert warned(found) == [(5, WarningReason.ROW_TOO_LONG, "147")]
    assert found.counts == Counts(read=2, skipped=4, refused=0)


def test_a_title_twice_warns_and_the_first_wins(tmp_path: Path) -> None:
    header = "Extension, NAME ,name,tech,dial,context,context,,"
    found = imported(tmp_path, "146,Erste,Zweite,sip,SIP/146,a,b,,", header=header)
    assert people(found) == [("146", "Erste")]
    assert [(entry.row, entry.reason, entry.cell) for entry in found.warnings] == [
        (1, WarningReason.TITLE_TWICE, "name")
    ]


def test_a_missing_column_warns(tmp_path: Path) -> None:
    found = imported(tmp_path, "146,Erika,sip", header="extension,name,tech")
    assert [(entry.row, entry.reason, entry.cell) for entry in found.warnings] == [
        (1, WarningReason.COLUMN_MISSING, "dial")
    ]


@pytest.mark.parametrize(
    "header",
    [
        '"Nebenstelle";"Name"',
        " NEBENSTELLE ; name ",
        '"Neben\nstelle";Name;Nebenstelle',
        "Durchwahl;Anzeigename",
        "Internal Number;Display Name",
        "Stand 22.11.2026\n\nNebenstelle;Name",
        "Liste;aller;Nebenstellen\nNebenstelle;Name",
    ],
)
def test_headers(tmp_path: Path, header: str) -> None:
    row = "11;Erika;11" if "\nstelle" in header else "11;Erika"
    assert people(imported(tmp_path, row, header=header)) == [("11", "Erika")]


@pytest.mark.parametrize("again", ["Nebenstelle;Name", "EXTENSION;Name", "Extension number;Display name"])
def test_a_second_header_row_is_skipped(tmp_path: Path, again: str) -> None:
    found = imported(tmp_path, again, "11;Erika", again, header="Nebenstelle;Name")
    assert people(found) == [("11", "Erika")]
    assert [reason for _row, reason, _value in skips(found)] == [SkipReason.HEADER_AGAIN] * 2
    assert found.counts.refused == 0


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_row_numbers_are_those_of_an_editor(tmp_path: Path, end: str) -> None:
    lines = ["", '"Extension", NAME,tech,dial,note', '146,A,sip,,"zwei', 'Zeilen\u2028"', "", "147,B,sip,,"]
    found = read_import(written(tmp_path, end.join(lines)))
    assert [entry.row for entry in found.extensions] == [3, 6]
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
    assert [(entry.row, entry.extension) for entry in found.extensions] == [
        (content.count("\n") + 1, NewExtension("1", "A"))
    ]


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp1252", "windows-1252"), ("utf-16", "UTF-16LE")],
)
def test_encodings(tmp_path: Path, codec: str, encoding: str) -> None:
    content = "extension;name;tech\n1;Jürgen Groß – Büro;sip\n".encode(codec)
    found = read_import(written(tmp_path, content))
    assert people(found) == [("1", "Jürgen Groß – Büro")]
    assert found.encoding == encoding


def test_big_endian_utf_16(tmp_path: Path) -> None:
    content = b"\xfe\xff" + "extension;name;tech\n1;Ä;sip\n".encode("utf-16-be")
    assert read_import(written(tmp_path, content)).encoding == "UTF-16BE"


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_the_clerk_can_choose_every_encoding(tmp_path: Path, encoding: str) -> None:
    content = "extension;name;tech\n1;Jürgen;sip\n".encode(ENCODINGS[encoding])
    found = read_import(written(tmp_path, content), Choices(encoding=encoding))
    assert people(found) == [("1", "Jürgen")]
    assert found.encoding == encoding


def test_the_clerk_can_choose_the_delimiter(tmp_path: Path) -> None:
    content = "Nebenstelle;Name,Ort,Land,Erde,All\n11;Erika,x"
    assert refusal(written(tmp_path, content)).fault is ImportFault.UNKNOWN
    found = read_import(written(tmp_path, content.replace("Name,", "Name;,")), Choices(delimiter=";"))
    assert people(found) == [("11", "Erika,x")]


@pytest.mark.parametrize(
    ("mac", "read"),
    [
        ("001565AA0001", "001565aa0001"),
        ("00:15:65:aa:00:01", "001565aa0001"),
        ("00-15-65-AA-00-01", "001565aa0001"),
        ("0015.65aa.0001", "001565aa0001"),
        (" 0015 65aa 0001 ", "001565aa0001"),
        ("SEP001565AA0001", "001565aa0001"),
        ('="001565000001"', "001565000001"),
        ("'001565000001", "001565000001"),
    ],
)
def test_mac_addresses(tmp_path: Path, mac: str, read: str) -> None:
    found = imported(tmp_path, f"11;Erika;{mac};", header=LIST)
    assert phones(found) == [("00:15:65:" + read[6:].upper()[:2] + ":00:01", read, ("11",))]
    assert found.warnings == ()


@pytest.mark.parametrize(
    "mac", ["1,565E+09", "1.565E+09", "15650001", "000000000000", "ffffffffffff", "0x1565AA0001", "?"]
)
def test_a_spoilt_mac_address_is_refused_and_the_device_stays(tmp_path: Path, mac: str) -> None:
    found = imported(tmp_path, f"11;Erika;{mac};Yealink T46S", f"12;Max;{mac};Yealink T46S", header=LIST)
    assert phones(found) == [("Yealink T46S", "", ("11",)), ("Yealink T46S", "", ("12",))]
    assert [(entry.row, entry.reason, entry.value, entry.cell) for entry in found.warnings] == [
        (2, WarningReason.MAC_UNUSABLE, mac, "MAC"),
        (3, WarningReason.MAC_UNUSABLE, mac, "MAC"),
    ]


def test_what_a_spreadsheet_keeps_as_text_is_unwrapped(tmp_path: Path) -> None:
    found = imported(tmp_path, '="007";="Erika";;', "'008;'+49;;", "009;'s Büro;;", header=LIST)
    assert people(found) == [("007", "Erika"), ("008", "+49"), ("009", "'s Büro")]


def test_a_name_alone_makes_a_device_where_the_list_says_so(tmp_path: Path) -> None:
    found = imported(tmp_path, "11;Erika;;Yealink T46S", "12;Max;;", header=LIST)
    assert phones(found) == [("Yealink T46S", "", ("11",))]


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
        (b"Sehr geehrte Damen und Herren\n", ImportFault.NOT_A_TABLE),
        (b"{}", ImportFault.NOT_A_TABLE),
        (b"a," * (MOST_COLUMNS + 1) + b"\n", ImportFault.TOO_MANY_COLUMNS),
        (b"Name;Ort\nErika;Bonn\n", ImportFault.UNKNOWN),
        (b"[section]\nkey = value\n", ImportFault.UNKNOWN),
        (b"extension,name,tech", ImportFault.NO_ROWS),
        (b"extension,name,tech\n,,\n\n", ImportFault.NO_ROWS),
        (b"PK\x03\x04\x14\x00xl/workbook.xml", ImportFault.ARCHIVE),
        (b"\x1f\x8b\x08\x00", ImportFault.ARCHIVE),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, content: bytes, fault: ImportFault) -> None:
    refused = refusal(written(tmp_path, content))
    assert (refused.fault, refused.file) == (fault, "export.csv")


@pytest.mark.parametrize(
    ("content", "told_by"),
    [
        (b"Vorname;Name;Telefon\nErika;Muster;0301234\n", "Name, Vorname, Telefon"),
        (b"First Name,Last Name,E-mail Address,Business Phone\n", "First Name, Last Name, Business Phone"),
        (b"Name,Given Name,Phone 1 - Value\n", "Name, Given Name, Phone 1 - Value"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Erika\r\nEND:VCARD\r\n", "BEGIN:VCARD"),
    ],
)
def test_a_phone_book_is_refused_by_name(tmp_path: Path, content: bytes, told_by: str) -> None:
    refused = refusal(written(tmp_path, content))
    assert (refused.fault, refused.cell, refused.file) == (ImportFault.PHONE_BOOK, told_by, "export.csv")


def test_an_inventory_with_phone_numbers_is_no_phone_book(tmp_path: Path) -> None:
    found = imported(tmp_path, "11;Erika;030123", header="Nebenstelle;Name;Telefon")
    assert people(found) == [("11", "Erika")]


def test_files_of_different_systems_are_refused_together(tmp_path: Path) -> None:
    freepbx = written(tmp_path, f"{FREEPBX}\n1,,A,sip,,,\n", "a.csv")
    other = written(tmp_path, "Nebenstelle;Name\n2;B\n", "b.csv")
    asterisk = written(tmp_path, "[1107]\ntype=endpoint\n", "pjsip.conf")
    assert (refusal([freepbx, other]).fault, refusal([freepbx, other]).file) == (ImportFault.MIXED, "b.csv")
    assert refusal([freepbx, asterisk]).fault is ImportFault.MIXED


def test_several_files_of_one_system_are_one_import(tmp_path: Path) -> None:
    first = written(tmp_path, f"{FREEPBX}\n1,,A,sip,SIP/1,,\n", "a.csv")
    second = written(tmp_path, f"{FREEPBX}\n2,,B,sip,SIP/1,,\n1,,C,sip,,,\n", "b.csv")
    found = read_import([first, second])
    assert people(found) == [("1", "A"), ("2", "B")]
    assert phones(found) == [("SIP/1", "", ("1", "2"))]
    assert [(entry.file, entry.row, entry.reason) for entry in found.skipped] == [("b.csv", 3, SkipReason.NUMBER_TWICE)]


def test_a_file_from_an_archive_is_read_without_a_path() -> None:
    found = read_sources([Source("100423.csv", f"{FREEPBX}\n1,,A,sip,,,\n".encode())])
    assert [(entry.file, entry.extension.number) for entry in found.extensions] == [("100423.csv", "1")]


@pytest.mark.parametrize("count", [0, 21])
def test_no_file_and_too_many_files_are_refused(tmp_path: Path, count: int) -> None:
    refused = refusal([tmp_path / "none.csv"] * count)
    assert refused.fault is (ImportFault.TOO_MANY_FILES if count else ImportFault.MISSING)


def test_an_unknown_table_can_be_looked_at(tmp_path: Path) -> None:
    rows = "".join(f"{row};Erika;Geheim{row};;\n" for row in range(9))
    path = written(tmp_path, f"Platz;Wer;Mein Passwort;;\n{rows}")
    source = look_at(path)
    assert source.titles == ("Platz", "Wer", "Mein Passwort", "", "")
    assert source.sample[0] == ("0", "Erika", "…", "", "")
    assert len(source.sample) == 5
    assert source.secret_columns == ("Mein Passwort",)
    with pytest.raises(ImportRefused) as caught:
        look_at(written(tmp_path, "kein Trenner"))
    assert (caught.value.fault, caught.value.file) == (ImportFault.NOT_A_TABLE, "export.csv")


def test_another_delimiter_shows_an_unknown_table_otherwise(tmp_path: Path) -> None:
    path = written(tmp_path, "Platz;Wer,Wo\n1;a,b\n")
    assert look_at(path).titles == ("Platz", "Wer,Wo")
    assert look_at(path, Choices(delimiter=",")).titles == ("Platz;Wer", "Wo")


def test_the_kind_column_of_a_list_beats_the_name(tmp_path: Path) -> None:
    found = imported(
        tmp_path, "1;Fax Müller;Benutzer", "2;Erika;Fax", "3;Fax;", "4;Max;sonst", header="Nebenstelle;Name;Art"
    )
    assert resources(found) == ["Erika", "Fax"]
    assert [entry.is_guessed for entry in found.extensions] == [False, False, True, False]
