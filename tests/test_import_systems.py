"""Seven telephone systems: what each file says, and the counts expected of files as they really are."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.import_files import read_import
from model.import_preview import preview
from model.import_result import Counts, SkipReason, WarningReason
from model.installation import DeviceKind, ExtensionKind, ProFeature
from model.refusals import ImportFault
from tests.import_examples import SHARED, hints, imported, people, phones, refusal, resources, skips, warned, written

TEAMSIP = (
    "Typ;Vorname;Name;Interne Nummer;Durchwahl;Kennwort;Anrufbeantworter-PIN;MAC Tel.1;MAC Tel.2;Telefontemplate 1;"
    "Telefontemplate 2"
)
THREE_CX = (
    "Number,FirstName,LastName,AuthID,AuthPassword,ReporterAccess,WallboardAccess,MAC_0,MAC_1,UseCTI,PhoneModel14,DID"
)
INNOVAPHONE = "&cn;&h323;&e164;&pwd;pseudo/&type;device/&hw;device/&text"
FUSION_EXTENSIONS = (
    "extension_uuid,extension,password,effective_caller_id_name,directory_first_name,directory_last_name,description"
)
FUSION_DEVICES = (
    "device_uuid,device_address,device_label,device_vendor,device_template,user_id,auth_id,password,"
    "user_id|2,auth_id|2,password|2"
)
shared_files = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")


# ---------------------------------------------------------------------- TeamSIP


def test_teamsip_users_resources_and_phones(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        "User;Jörg;Müßig;11;11;x;1;00:15:65:AA:00:01;;Yealink T46S;",
        "User;Anke;Größer;;12;x;0;000413BB0002;00-04-13-bb-00-03;Snom D785;Snom M300",
        'Fax;;"Fax\nBuchhaltung";90;;;;;;;',
        "Forwarding;;Notdienst;99;;;;;;;",
        "Queue;;Warteschlange;98;;;;;;;",
        "Queue;;Erika;97;;;;;;Vorlage ohne Telefon;",
        header=TEAMSIP,
    )
    assert found.system == "TeamSIP"
    assert people(found)[:3] == [("11", "Jörg Müßig"), ("12", "Anke Größer"), ("90", "Fax Buchhaltung")]
    assert resources(found) == ["Fax Buchhaltung", "Notdienst", "Warteschlange"]
    assert [entry.is_guessed for entry in found.extensions] == [False, False, False, False, True, False]
    assert phones(found) == [
        ("Yealink T46S", "001565aa0001", ("11",)),
        ("Snom D785", "000413bb0002", ("12",)),
        ("Snom M300", "000413bb0003", ("12",)),
    ]


# ---------------------------------------------------------------------- innovaphone


def test_innovaphone_devices_resources_and_trunks(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        "Jörg;joerg;201;x;;009033000001;Tischtelefon",
        "Anke;anke;202;x;;anke-softphone;",
        ";werk3;203;x;;;",
        "Warteraum;wq;300;;waiting;;",
        "Amt;Amt;0;;trunk;;",
        "Spoilt;s;204;x;;9,033E+09;Tisch",
        header=INNOVAPHONE,
    )
    assert found.system == "innovaphone"
    assert people(found) == [
        ("201", "Jörg"), ("202", "Anke"), ("203", "werk3"), ("300", "Warteraum"), ("204", "Spoilt"),
    ]  # fmt: skip
    assert resources(found) == ["Warteraum"]
    assert phones(found) == [
        ("Tischtelefon", "009033000001", ("201",)), ("anke-softphone", "", ("202",)), ("Tisch", "", ("204",)),
    ]  # fmt: skip
    assert [entry.device.kind for entry in found.devices] == [DeviceKind.IP_PHONE, DeviceKind.APP, DeviceKind.IP_PHONE]
    assert skips(found) == [(6, SkipReason.NOT_AN_EXTENSION, "0")]
    assert warned(found) == [(7, WarningReason.MAC_UNUSABLE, "9,033E+09")]


def test_innovaphone_is_known_by_its_first_cell(tmp_path: Path) -> None:
    assert imported(tmp_path, "a;1", header="&cn;&e164").system == "innovaphone"
    assert refusal(written(tmp_path, "x;&cn;&e164\n;a;1\n")).fault is ImportFault.UNKNOWN


# ---------------------------------------------------------------------- 3CX


def test_3cx_columns_by_name_and_its_pro_hints(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        "100,Jörg,Müßig,a1,geheim,0,0,00:15:65:AA:00:01,001565AA0009,1,Yealink T46S,+4930",
        "101,Anke,,a2,geheim,1,1,,,0,,",
        "102,Faxgerät,,a3,geheim,,,,,,,",
        header=THREE_CX,
    )
    assert found.system == "3CX"
    assert people(found) == [("100", "Jörg Müßig"), ("101", "Anke"), ("102", "Faxgerät")]
    assert resources(found) == []
    assert phones(found) == [
        ("Yealink T46S", "001565aa0001", ("100",)), ("Yealink T46S", "001565aa0009", ("100",)),
    ]  # fmt: skip
    assert hints(found) == [
        (ProFeature.DESKTOP_CLIENT, "UseCTI", "100"), (ProFeature.ANALYTICS, "ReporterAccess", "101"),
    ]  # fmt: skip
    assert preview(found).additions.features == ()
    older = "LastName,Number,MAC_0,FirstName"
    assert people(imported(tmp_path, "Müßig,100,,Jörg", header=older)) == [("100", "Jörg Müßig")]


# ---------------------------------------------------------------------- FreePBX


def test_freepbx_writes_voicemail_options_without_quotes(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        "146,attach=no,saycid=no,envelope=no,delete=no,Hunter2,Erika,sip,SIP/146",
        "147,attach=no|saycid=no,Hunter2,Max,sip,SIP/147",
        header="extension,voicemail_options,secret,name,tech,dial",
    )
    assert people(found) == [("146", "Erika"), ("147", "Max")]
    assert phones(found) == [("SIP/146", "", ("146",)), ("SIP/147", "", ("147",))]
    assert found.warnings == ()


def test_freepbx_is_known_with_as_little_as_it_says(tmp_path: Path) -> None:
    assert imported(tmp_path, "1,A", header="EXTENSION,NAME").system == "FreePBX Bulk Handler"


# ---------------------------------------------------------------------- FusionPBX


def fusion(folder: Path, extensions: list[str], devices: list[str]) -> list[Path]:
    first = written(folder, "\n".join([FUSION_DEVICES, *devices]) + "\n", "devices.csv")
    second = written(folder, "\n".join([FUSION_EXTENSIONS, *extensions]) + "\n", "extensions.csv")
    return [first, second]


def test_fusionpbx_extensions_and_devices_together(tmp_path: Path) -> None:
    paths = fusion(
        tmp_path,
        [
            'a,201,x,"J. M.",Jörg,Müßig,Empfang',
            'b,202,x,Anke Größer,,,"Lager, Halle 2"',
            'c,203,x,,,,"Konferenzraum ""Alster""\n2. OG"',
        ],
        [
            '1,001565aa0001,"Empfang, EG",yealink,yealink/t46s,201,201,x,203,203,x',
            "2,000413bb0002,,snom,snom/D785,202,202,x",
            "3,,Softphone,Linphone,linphone/default,203,203,x",
            "4,000413bb0004,,,,,,",
        ],
    )
    found = read_import(paths)
    assert found.system == "FusionPBX"
    assert [source.name for source in found.sources] == ["extensions.csv", "devices.csv"]
    assert people(found) == [("201", "Jörg Müßig"), ("202", "Anke Größer"), ("203", 'Konferenzraum "Alster" 2. OG')]
    assert resources(found) == ["Anke Größer", 'Konferenzraum "Alster" 2. OG']
    assert phones(found) == [
        ("Empfang, EG", "001565aa0001", ("201", "203")),
        ("snom/D785", "000413bb0002", ("202",)),
        ("Softphone", "", ("203",)),
        ("00:04:13:BB:00:04", "000413bb0004", ()),
    ]
    assert found.devices[2].device.kind is DeviceKind.APP
    assert hints(found) == [(ProFeature.DESKTOP_CLIENT, "Linphone", "203")]
    assert found.counts == Counts(7, 0, 0)
    assert found.warnings == ()


def test_fusionpbx_lines_that_are_no_numbers_are_remarked(tmp_path: Path) -> None:
    rows = [FUSION_DEVICES, "1,,Lager,snom,,niemand,x,x,201,x,x", "2,,,,,x,x,x", "3,,,,,,,"]
    found = read_import(fusion(tmp_path, ["a,201,x,A,,,"], rows))
    assert phones(found) == [("Lager", "", ("201",))]
    assert skips(found) == [(2, SkipReason.HEADER_AGAIN, "")]
    assert [(entry.row, entry.reason, entry.value, entry.cell) for entry in found.warnings] == [
        (3, WarningReason.LINE_UNUSABLE, "niemand", "user_id"),
        (4, WarningReason.LINE_UNUSABLE, "x", "user_id"),
        (4, WarningReason.DEVICE_UNUSABLE, "", ""),
        (5, WarningReason.DEVICE_UNUSABLE, "", ""),
    ]


@pytest.mark.parametrize(("kept", "missing"), [(0, "extension_uuid"), (1, "device_uuid")])
def test_fusionpbx_misses_its_other_file(tmp_path: Path, kept: int, missing: str) -> None:
    paths = fusion(tmp_path, ["a,201,x,A,,,"], ["1,001565aa0001,Lager,snom,,201,x,x"])
    found = read_import(paths[kept])
    assert (1, WarningReason.FILE_MISSING, missing) in [
        (entry.row, entry.reason, entry.cell) for entry in found.warnings
    ]


# ---------------------------------------------------------------------- Kazoo


def test_kazoo_in_any_order(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        "2001,t42g,Maitre,12:12:13:14:15:60,yealink,JR",
        "2002,,Tirado,12:12:13:14:15:61,,Joris",
        header="extension_number,model,last_name,mac_address,brand,first_name",
    )
    assert found.system == "Kazoo"
    assert people(found) == [("2001", "JR Maitre"), ("2002", "Joris Tirado")]
    assert phones(found) == [
        ("yealink t42g", "121213141560", ("2001",)), ("12:12:13:14:15:61", "121213141561", ("2002",)),
    ]  # fmt: skip


# ---------------------------------------------------------------------- files as they really are


@shared_files
def test_shared_freepbx_files() -> None:
    found = read_import(SHARED / "freepbx" / "utests_extensions.csv")
    assert people(found)[0] == ("5000", "User 5000 functional testing")
    assert (len(found.extensions), len(found.devices), found.counts) == (5, 5, Counts(5, 0, 0))
    found = read_import(SHARED / "freepbx" / "sample_bulk_handler_output.csv")
    assert people(found) == [("146", "SCHOOL - IT Director"), ("818", "SCHOOL - John Doe")]
    assert skips(found) == [(4, SkipReason.NO_NUMBER, "")]
    assert refusal(SHARED / "freepbx" / "utests_filetoarray.json").fault is ImportFault.NOT_A_TABLE


@shared_files
def test_shared_teamsip_file() -> None:
    found = read_import(SHARED / "teamsip" / "teamsip_import_cp1252.csv")
    assert (found.encoding, found.delimiter) == ("windows-1252", ";")
    kinds = [entry.extension.kind for entry in found.extensions]
    assert (kinds.count(ExtensionKind.USER), kinds.count(ExtensionKind.RESOURCE), len(found.devices)) == (2, 2, 3)
    assert "Fax Buchhaltung" in resources(found)


@shared_files
def test_shared_innovaphone_and_spreadsheet_files() -> None:
    found = read_import(SHARED / "innovaphone" / "innovaphone_import_utf8_bom.csv")
    assert people(found) == [("201", "Jörg Müßig"), ("202", "Anke Größer")]
    assert phones(found) == [("Tischtelefon", "009033000001", ("201",))]
    found = read_import(SHARED / "excel" / "excel_de_sep_line_cp1252.csv")
    assert people(found) == [("11", "Jörg Müßig"), ("007", "Größer; Anke")]
    assert phones(found) == [("Yealink T46S", "", ("11",)), ("Snom D785", "000413bb0002", ("007",))]
    assert warned(found) == [(3, WarningReason.MAC_UNUSABLE, "1,565E+09")]


@shared_files
def test_shared_fusionpbx_files() -> None:
    found = read_import(sorted((SHARED / "fusionpbx").glob("*.csv")))
    assert (len(found.extensions), len(found.devices)) == (4, 3)
    assert found.devices[0].device.extensions == ("201", "203")
    assert resources(found) == ['Konferenzraum "Alster" 2. OG']


@shared_files
def test_shared_kazoo_file() -> None:
    found = read_import(SHARED / "kazoo" / "test.csv")
    assert len(found.extensions) == len({entry.device.mac for entry in found.devices}) == 12


@shared_files
def test_shared_asterisk_files() -> None:
    found = read_import(sorted((SHARED / "asterisk").glob("*.conf")))
    kinds = [entry.extension.kind for entry in found.extensions]
    assert (kinds.count(ExtensionKind.USER), len(found.devices)) == (15, 15)
    assert all(entry.device.mac for entry in found.devices)
    assert hints(found) == [
        (ProFeature.ANALYTICS, "sales", "2565551200"),
        (ProFeature.ANALYTICS, "customer_advocate", "2565551250"),
        (ProFeature.CALL_FLOW, "Main-IVR", "2565551100"),
    ]
    # Two queues and the menu; the dial plan has two conference rooms besides.
    assert resources(found) == ["sales", "customer_advocate", "Main-IVR", "employees", "mixed"]
