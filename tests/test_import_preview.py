"""What an import would create for a new customer, and what it leaves out."""

from __future__ import annotations

from pathlib import Path

from model.import_files import read_import
from model.import_preview import preview, remarks
from model.import_result import SkipReason, WarningReason
from model.installation import Additions, ExtensionKind, NewDevice, NewExtension
from model.refusals import ImportFault
from tests.import_examples import FREEPBX, imported, refusal, written

LINES = "device_uuid,device_address,device_label,user_id,user_id|2"


def test_r12_everything_is_created_for_a_new_customer(tmp_path: Path) -> None:
    found = imported(tmp_path, "1,,A,sip,SIP/1,,", "2,,Fax,virtual,,,", ",,B,sip,,,")
    plan = preview(found)
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


def test_devices_serve_only_extensions_there_will_be(tmp_path: Path) -> None:
    path = written(
        tmp_path, f"{LINES}\na,001565aa0001,Lager,201,203\nb,001565aa0002,Halle,204,\nc,001565aa0003,Tor,,\n"
    )
    found = read_import(path)
    assert [(entry.name, entry.extensions) for entry in preview(found).additions.devices] == [
        ("Lager", ()), ("Halle", ()), ("Tor", ()),
    ]  # fmt: skip
    unknown = [entry for entry in remarks(found, ["201"]).warnings if entry.reason is WarningReason.NO_SUCH_EXTENSION]
    assert [(entry.row, entry.value) for entry in unknown] == [(2, "203"), (3, "204")]
    assert [entry.row for entry in preview(found).warnings][1:] == [2, 2, 3]


def test_rows_are_named_with_their_files(tmp_path: Path) -> None:
    first = written(tmp_path, f"{FREEPBX}\n1,,A,sip,,,\nx,,A,sip,,,\n", "b.csv")
    second = written(tmp_path, f"{FREEPBX}\n2,,B,sip,,,\ny,,B,sip,,,\n", "a.csv")
    plan = preview(read_import([first, second]))
    assert [(entry.file, entry.row, entry.value) for entry in plan.skipped] == [("a.csv", 3, "y"), ("b.csv", 3, "x")]


def test_a_kind_that_was_guessed_stays_marked_and_can_be_switched(tmp_path: Path) -> None:
    plan = preview(imported(tmp_path, "1,,Fax,sip,,,", "2,,Erika,sip,,,"))
    assert [entry.is_guessed for entry in plan.created] == [True, False]
    switched = plan.with_kinds({"1": ExtensionKind.USER})
    assert [entry.kind for entry in switched.extensions] == [ExtensionKind.USER, ExtensionKind.USER]
    assert plan.with_kinds({}) == plan.additions


def test_a_file_with_nothing_in_it_has_no_preview(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, f"{LINES}\n,,,,\n")).fault is ImportFault.NO_ROWS
