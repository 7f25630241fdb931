"""What an import would create beside what a customer has, and what it leaves out."""

from __future__ import annotations

from pathlib import Path

from model.errors import ImportFault
from model.import_files import read_import
from model.import_preview import preview
from model.import_result import SkipReason, WarningReason
from model.installation import Additions, ExtensionKind, NewDevice, NewExtension
from tests.import_examples import FREEPBX, account, imported, phone, refusal, written

LIST = "Nebenstelle;Name;MAC;Gerät"
LINES = "device_uuid,device_address,device_label,user_id,user_id|2"


def test_r12_everything_is_created_for_a_new_customer(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,A,sip,SIP/1,,", "2,,Fax,virtual,,,", ",,B,sip,,,")
    plan = preview(found, None)
    assert plan.additions == Additions(
        (NewExtension("1", "A"), NewExtension("2", "Fax", ExtensionKind.RESOURCE)),
        (NewDevice("SIP/1", extensions=("1",)),),
    )
    assert plan.additions.checked() == plan.additions
    assert [(entry.row, entry.extension.number, entry.devices) for entry in plan.created] == [
        (2, "1", plan.additions.devices),
        (3, "2", ()),
    ]
    assert [(entry.row, entry.reason) for entry in plan.skipped] == [(4, SkipReason.NO_NUMBER)]


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,,sip,SIP/1,,", "x,,X,sip,,,", "2,,,sip,SIP/2,,", "3,,C,sip,SIP/3,,")
    plan = preview(found, account(("1", "9"), (phone("SIP/3"),)))
    assert plan.additions == Additions(
        (NewExtension("2", "2"), NewExtension("3", "C")), (NewDevice("SIP/2", extensions=("2",)),)
    )
    assert [(entry.row, bool(entry.devices)) for entry in plan.created] == [(4, True), (5, False)]
    assert [(entry.row, entry.reason, entry.value) for entry in plan.skipped] == [
        (2, SkipReason.ALREADY_THERE, "1"),
        (3, SkipReason.NUMBER_FORM, "x"),
    ]
    assert [(entry.row, entry.reason, entry.value) for entry in plan.warnings] == [
        (4, WarningReason.NAME_MISSING, "2"),
        (5, WarningReason.DEVICE_ALREADY_THERE, "3"),
    ]


def test_importing_again_adds_nothing(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,A,sip,SIP/1,,", "2,,B,sip,SIP/2,,")
    plan = preview(found, account(("1", "2"), (phone("SIP/1"), phone("SIP/2"))))
    assert not plan.additions
    assert plan.created == ()


def test_r2_a_phone_is_known_by_its_mac_address_and_not_by_its_model(tmp_path: Path) -> None:
    rows = ("1;A;001565AA0001;Yealink T46S", "2;B;001565AA0002;Yealink T46S", "3;C;1,5E+09;Yealink T46S")
    found = imported(tmp_path, *rows, header=LIST)
    plan = preview(found, account(("9",), (phone("Yealink T46S", "001565aa0002", "9"),)))
    assert [(entry.mac, entry.extensions) for entry in plan.additions.devices] == [
        ("001565aa0001", ("1",)), ("", ("3",)),
    ]  # fmt: skip
    plan = preview(found, account(("1", "2"), (phone("Yealink T46S", "", "3"),)))
    assert plan.additions.devices == ()


def test_r2_a_device_may_serve_old_and_new_extensions(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,A,sip,SIP/1,,", "2,,B,sip,SIP/1,,")
    assert preview(found, account(("1",))).additions.devices == (NewDevice("SIP/1", extensions=("1", "2")),)


def test_devices_alone_go_to_the_extensions_that_are_there(tmp_path: Path) -> None:
    path = written(
        tmp_path, f"{LINES}\na,001565aa0001,Lager,201,203\nb,001565aa0002,Halle,204,\nc,001565aa0003,Tor,,\n"
    )
    plan = preview(read_import(path), account(("201",)))
    assert plan.additions.extensions == ()
    assert [(entry.name, entry.extensions) for entry in plan.additions.devices] == [
        ("Lager", ("201",)), ("Halle", ()), ("Tor", ()),
    ]  # fmt: skip
    assert [(entry.row, entry.value) for entry in plan.warnings if entry.reason is WarningReason.NO_SUCH_EXTENSION] == [
        (2, "203"), (3, "204"),
    ]  # fmt: skip
    assert [entry.row for entry in preview(read_import(path), None).warnings][1:] == [2, 2, 3]


def test_rows_are_named_with_their_files(tmp_path: Path) -> None:
    first = written(tmp_path, f"{FREEPBX}\n1,,A,sip,,,\n", "b.csv")
    second = written(tmp_path, f"{FREEPBX}\n2,,B,sip,,,\n", "a.csv")
    plan = preview(read_import([first, second]), account(("1", "2")))
    assert [(entry.file, entry.row, entry.value) for entry in plan.skipped] == [("a.csv", 2, "2"), ("b.csv", 2, "1")]


def test_a_kind_that_was_guessed_stays_marked(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,Fax,sip,,,", "2,,Erika,sip,,,")
    assert [entry.is_guessed for entry in preview(found, None).created] == [True, False]


def test_a_file_with_nothing_in_it_has_no_preview(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, f"{LINES}\n,,,,\n")).fault is ImportFault.NO_ROWS
