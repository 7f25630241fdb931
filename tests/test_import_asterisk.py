"""An Asterisk's configuration: its syntax, what is included and what never is, and what it tells."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.import_files import read_import, read_sources
from model.import_preview import preview
from model.import_result import ImportedFile, SkipReason, WarningReason
from model.import_source import Source
from model.installation import DeviceKind, ExtensionKind, ProFeature
from model.refusals import ImportFault, ImportRefused
from tests.import_examples import SECRET, hints, people, phones, refusal, resources, skips, warned, written

TEMPLATES = """
[phone](!)
type = endpoint
context = internal
[login](!)
type = auth
auth_type = userpass
"""


def asterisk(**files: str) -> ImportedFile:
    """What is read of files by the names of their roles."""
    return read_sources([Source(f"{name}.conf", content.encode()) for name, content in files.items()])


def endpoint(number: str, *more: str) -> str:
    return "\n".join([f"[{number}]", "type=endpoint", *more, ""])


def test_templates_repeated_sections_and_repeated_keys() -> None:
    found = asterisk(
        pjsip=TEMPLATES
        + f"""
[1107](phone)
auth = 1107
callerid = Wird ersetzt <9999>
callerid = Erika Muster <1107>

[1107](login)
password = {SECRET}
username = 0019159BF771

[1108](phone)
callerid => "Max Muster" <1108>
[0019159BF772](phone,login,phone)
type = endpoint
callerid = <1109>
"""
    )
    assert people(found) == [("1107", "Erika Muster"), ("1108", "Max Muster"), ("1109", "1109")]
    assert phones(found) == [
        ("PJSIP/1107", "0019159bf771", ("1107",)),
        ("PJSIP/1108", "", ("1108",)),
        ("PJSIP/0019159BF772", "0019159bf772", ("1109",)),
    ]
    assert [entry.row for entry in found.extensions] == [9, 18, 20]
    assert SECRET not in f"{found!r}{preview(found)!r}"


def test_additions_go_on_with_the_section_they_name() -> None:
    found = asterisk(
        pjsip=endpoint("1107", "auth=1107")
        + "[1107]\ntype=auth\n"
        + "[1107](+)\ncallerid = Erika <1107>\n"
        + "[1107](+type=auth)\nusername = 0019159BF771\n"
        + "[1108](+)\ncallerid = Niemand <1108>\n"
        + endpoint("1109", "callerid=Otto <1109>").replace("[1109]", "[1109](keine)")
    )
    assert people(found) == [("1107", "Erika"), ("1109", "Otto")]
    assert phones(found)[0] == ("PJSIP/1107", "0019159bf771", ("1107",))
    assert warned(found) == [
        (10, WarningReason.TEMPLATE_MISSING, "1108"),
        (12, WarningReason.TEMPLATE_MISSING, "keine"),
    ]


def test_comments_end_where_they_end() -> None:
    found = asterisk(
        pjsip="""
; [1100] no section
;-- several
[1101]
type = endpoint ;-- nested --; still inside
--; [1102] ; a section after the comment
type = endpoint ;--- an ordinary comment
callerid = Erika \\; Max ;-- inside --; Muster <1102> ; behind
;--
[1103]
"""
    )
    assert people(found) == [("1102", "Erika ; Max Muster")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_of_every_system(end: str) -> None:
    content = endpoint("1107", "callerid=Jörg <1107>").replace("\n", end)
    for codec in ("utf-8", "cp1252", "utf-8-sig"):
        assert people(read_sources([Source("pjsip.conf", content.encode(codec))])) == [("1107", "Jörg")]


@pytest.mark.parametrize(
    ("caller_id", "read"),
    [
        ("Erika Muster <1107>", ("1107", "Erika Muster")),
        ('"Muster, Erika" <1107>', ("1107", "Muster, Erika")),
        ("<1107>", ("1107", "Postfach")),
        ("1107", ("1107", "Postfach")),
        ("Erika", ("1000", "Erika")),
        ("Erika <anonymous>", ("1000", "Erika")),
        ("Erika <x> <1107>", ("1107", "Erika <x>")),
        ("Eri\u202eka <1107", ("1107", "Erika")),
    ],
)
def test_caller_ids(caller_id: str, read: tuple[str, str]) -> None:
    names = "[default]\n1107 => 0717,Postfach,a@b.de\n1107 => 0718,Zweites\n"
    found = asterisk(pjsip=endpoint("1000", f"callerid = {caller_id}"), voicemail=names)
    assert people(found) == [read]
    assert "0717" not in repr(found)


def test_an_endpoint_without_caller_id_is_named_by_its_mailbox_or_guessed() -> None:
    found = asterisk(
        pjsip=endpoint("1107") + endpoint("1108"),
        voicemail=f"[general]\nformat=wav\n[default]\n1107 = {SECRET},Erika\n1108 = 4711,4712\n1109 = Unsinn\n",
    )
    assert people(found) == [("1107", "Erika"), ("1108", "1108")]
    assert [entry.is_guessed for entry in found.extensions] == [False, True]
    assert warned(found) == [(3, WarningReason.NAME_MISSING, "1108")]
    assert SECRET not in repr(found)
    assert "4712" not in repr(found)


def test_trunks_are_no_extensions() -> None:
    found = asterisk(pjsip=endpoint("amt") + endpoint("493012345", "outbound_auth=amt") + endpoint("1107"))
    assert people(found) == [("1107", "1107")]
    assert skips(found) == [(1, SkipReason.NOT_AN_EXTENSION, "amt"), (3, SkipReason.NOT_AN_EXTENSION, "493012345")]


def test_faulty_endpoints_are_skipped_with_their_line() -> None:
    found = asterisk(
        pjsip=endpoint("a", "callerid=Erika <1107>")
        + endpoint("b", "callerid=Max <1107>")
        + endpoint("c", "callerid=Otto")
        + endpoint("d", f"callerid={'x' * 201} <1108>")
        + endpoint("e\x07", "callerid=Anna <1109>")
        + "[f\n[g](\nkein Eintrag\n"
    )
    assert people(found) == [("1107", "Erika"), ("1109", "Anna")]
    assert sorted((entry.row, entry.reason, entry.value, entry.file) for entry in found.skipped) == [
        (4, SkipReason.NUMBER_TWICE, "1107", "pjsip.conf"),
        (7, SkipReason.NO_NUMBER, "c", "pjsip.conf"),
        (10, SkipReason.NAME_UNUSABLE, "1108", "pjsip.conf"),
        (16, SkipReason.UNREADABLE, "", "pjsip.conf"),
        (17, SkipReason.UNREADABLE, "", "pjsip.conf"),
        (18, SkipReason.UNREADABLE, "", "pjsip.conf"),
    ]
    assert warned(found) == [(13, WarningReason.DEVICE_UNUSABLE, "1109")]


def test_a_browser_phone_is_an_app() -> None:
    found = asterisk(pjsip=endpoint("1107", "webrtc = yes") + endpoint("1108", "webrtc = no"))
    assert [entry.device.kind for entry in found.devices] == [DeviceKind.APP, DeviceKind.IP_PHONE]


# ---------------------------------------------------------------------- queues, menus, conferences

DIAL_PLAN = """
[globals]
QUEUE=sales
[internal]
exten => _11XX,hint,PJSIP/${EXTEN}
exten => 8000,1,VoiceMailMain()
exten => 2000,1,Answer()
 same => n,Queue(Sales,,,,300)
exten => 2001,1,Queue(sales)
exten => 2002/0301,1,Queue(${QUEUE})
exten => 3000,1,Goto(menu,s,1)
exten => 3001,1,Goto(1)
exten => 6000,1,Confbridge(rooms)
exten => 6001,1(start),MeetMe(,d)
exten => 6000,n,Hangup
[menu]
exten => s,1,Answer
 same => n(again),Background(hello)
 same => n,WaitExten(10)
exten => 1,1,Queue(support)
exten => 2,1,Goto(internal,2000,1)
exten => i,1,Goto(s,again)
exten => t,1,Goto(again)
[other]
exten => s,1,Background(x)
 same => n,WaitExten
 same => 2
"""


def test_r1_queues_menus_and_conferences_are_resources() -> None:
    found = asterisk(extensions=DIAL_PLAN, queues="[general]\n[sales]\nmember => PJSIP/1\n[500]\n[later](!)\n[x](+)\n")
    assert people(found) == [("2000", "sales"), ("500", "500"), ("3000", "menu"), ("6000", "rooms"), ("6001", "6001")]
    assert {entry.extension.kind for entry in found.extensions} == {ExtensionKind.RESOURCE}
    assert found.devices == ()
    assert hints(found) == [
        (ProFeature.ANALYTICS, "sales", "2000"),
        (ProFeature.ANALYTICS, "500", "500"),
        (ProFeature.ANALYTICS, "support", ""),
        (ProFeature.CALL_FLOW, "menu", "3000"),
        (ProFeature.CALL_FLOW, "other", ""),
    ]
    assert [(reason, value) for _row, reason, value in skips(found)] == [
        (SkipReason.NO_NUMBER, "support"),
        (SkipReason.NO_NUMBER, "other"),
    ]


def test_a_queue_without_a_dial_plan_has_no_number() -> None:
    found = asterisk(queues="[sales]\nstrategy=ringall\n", pjsip=endpoint("1107"))
    assert resources(found) == []
    assert skips(found) == [(1, SkipReason.NO_NUMBER, "sales")]
    assert hints(found) == [(ProFeature.ANALYTICS, "sales", "")]


def test_a_number_that_is_a_user_is_no_queue_as_well() -> None:
    found = asterisk(extensions="[a]\nexten => 1107,1,Queue(sales)\n", pjsip=endpoint("1107"))
    assert people(found) == [("1107", "1107")]
    assert skips(found) == [(2, SkipReason.NUMBER_TWICE, "1107")]


# ---------------------------------------------------------------------- recognition


@pytest.mark.parametrize(
    ("name", "content", "marks"),
    [
        ("a.txt", endpoint("1107"), ("type=endpoint",)),
        ("b.conf", "; text\n\n[a]\nexten=>1,1,Queue(q)", ("exten =>",)),
        ("c.conf", "[q]\nmember => PJSIP/1", ("member =>",)),
        ("queues.conf", "[q]", ("member =>",)),
        ("d.conf", "[default]\n1107 => 1234,Erika", ("1101 => …,",)),
    ],
)
def test_a_file_is_known_by_its_entries_or_its_name(name: str, content: str, marks: tuple[str, ...]) -> None:
    sources = [Source(name, content.encode()), Source("pjsip.conf", endpoint("1100").encode())]
    found = read_sources(sources)
    assert found.system == "Asterisk"
    assert found.sources[0].recognised_by == marks
    assert (found.profile, found.delimiter) == (None, "")


def test_a_file_of_another_role_is_named_and_left_alone() -> None:
    found = asterisk(rtp="[general]\nrtpstart=10000\n", pjsip=endpoint("1107"))
    assert [(source.name, source.recognised_by) for source in found.sources] == [
        ("rtp.conf", ()), ("pjsip.conf", ("type=endpoint",)),
    ]  # fmt: skip
    assert found.secret_columns == ("password",)


def test_two_files_of_one_name_are_of_two_systems() -> None:
    with pytest.raises(ImportRefused) as caught:
        read_sources([Source("pjsip.conf", endpoint("1").encode()), Source("pjsip.conf", endpoint("2").encode())])
    assert caught.value.fault is ImportFault.MIXED


@pytest.mark.parametrize("content", ["[1107](!)\ntype=endpoint\n", "[transport]\ntype=transport\n"])
def test_a_configuration_without_anything_to_import(tmp_path: Path, content: str) -> None:
    refused = refusal(written(tmp_path, content, "pjsip.conf"))
    assert (refused.fault, refused.file) == (ImportFault.NO_ROWS, "pjsip.conf")


# ---------------------------------------------------------------------- includes


def test_what_lies_beside_is_included_in_its_place(tmp_path: Path) -> None:
    written(tmp_path, TEMPLATES, "templates.conf")
    written(tmp_path, "[1107](phone)\ncallerid=Erika <1107>\n#include main.conf\n", "users.conf")
    written(tmp_path, endpoint("1108"), "more.conf")
    path = written(
        tmp_path,
        "#include templates.conf\n#include \"users.conf\"\n#tryinclude <more.conf>\n#include 'more.conf'\n",
        "main.conf",
    )
    with pytest.raises(ImportRefused) as caught:
        read_import(path)
    assert caught.value.fault is ImportFault.UNKNOWN
    path.write_text("[a]\ntype=auth\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    found = read_import(path)
    assert people(found) == [("1107", "Erika"), ("1108", "1108")]
    assert [entry.file for entry in found.extensions] == ["users.conf", "more.conf"]
    assert [(entry.file, entry.row, entry.reason, entry.value) for entry in found.warnings[:2]] == [
        ("users.conf", 3, WarningReason.INCLUDE_IGNORED, "main.conf"),
        ("main.conf", 6, WarningReason.INCLUDE_IGNORED, "more.conf"),
    ]


def test_a_file_that_is_given_and_included_is_read_once(tmp_path: Path) -> None:
    users = written(tmp_path, "[1107](phone)\n", "a_users.conf")
    main = written(tmp_path, f"{TEMPLATES}#include a_users.conf\n{endpoint('1108')}", "pjsip.conf")
    users.write_text("[1107](phone)\ntype=endpoint\n", encoding="utf-8")
    found = read_import([users, main])
    assert people(found) == [("1107", "1107"), ("1108", "1108")]
    assert [source.name for source in found.sources] == ["a_users.conf", "pjsip.conf"]
    apart = [Source("main.conf", main.read_bytes()), Source("a_users.conf", users.read_bytes())]
    assert people(read_sources(apart)) == people(found)


@pytest.mark.parametrize(
    "name",
    [
        "../outside.conf",
        "sub/inside.conf",
        "sub",
        "..",
        ".",
        "",
        "link.conf",
        "missing.conf",
        "*.conf",
        "C:outside.conf",
        "..\\outside.conf",
        "a\0b",
    ],
)
def test_nothing_outside_the_folder_is_included(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "asterisk"
    (folder / "sub").mkdir(parents=True)
    for place in (tmp_path / "outside.conf", folder / "sub" / "inside.conf"):
        place.write_text(endpoint("6666"), encoding="utf-8")
    (folder / "link.conf").symlink_to(tmp_path / "outside.conf")
    content = f"{endpoint('1107')}#include {name}\n#include {tmp_path / 'outside.conf'}\n"
    path = written(folder, content.replace("\0", "\x01"), "pjsip.conf")
    found = read_import(path)
    assert people(found) == [("1107", "1107")]
    ignored = [entry for entry in found.warnings if entry.reason is WarningReason.INCLUDE_IGNORED]
    assert [entry.row for entry in ignored] == [3, 4]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_beside_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.conf")
    found = read_import(written(tmp_path, f"{endpoint('1107')}#include pipe.conf\n", "pjsip.conf"))
    assert (3, WarningReason.INCLUDE_IGNORED, "pipe.conf") in warned(found)


def test_nothing_is_ever_executed(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    content = f"{endpoint('1107')}#exec touch {mark} {SECRET}\n#EXEC /bin/sh -c 'touch {mark}'\n# exec touch {mark}\n"
    found = read_import(written(tmp_path, content, "pjsip.conf"))
    assert not mark.exists()
    assert [entry.row for entry in found.warnings if entry.reason is WarningReason.EXEC_IGNORED] == [3, 4, 5]
    assert SECRET not in repr(found)


def test_a_faulty_file_beside_is_named(tmp_path: Path) -> None:
    written(tmp_path, b"[1]\0", "binary.conf")
    path = written(tmp_path, f"{endpoint('1107')}#include binary.conf\n", "pjsip.conf")
    assert (refusal(path).fault, refusal(path).file) == (ImportFault.BINARY, "binary.conf")
    with (tmp_path / "binary.conf").open("wb") as file:
        file.truncate(2**31)
    assert (refusal(path).fault, refusal(path).file) == (ImportFault.TOO_LARGE, "binary.conf")


def test_all_files_together_hold_no_more_than_one_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, endpoint("1108"), "more.conf")
    path = written(tmp_path, f"{endpoint('1107')}#include more.conf\n", "pjsip.conf")
    monkeypatch.setattr("model.import_asterisk_config.MOST_BYTES", 60)
    assert (refusal(path).fault, refusal(path).file) == (ImportFault.TOO_LARGE, "more.conf")


def test_includes_go_only_so_deep(tmp_path: Path) -> None:
    for depth in range(20):
        written(tmp_path, f"{endpoint(str(1000 + depth))}#include f{depth + 1}.conf\n", f"f{depth}.conf")
    found = read_import(tmp_path / "f0.conf")
    assert len(found.extensions) == 11


# ---------------------------------------------------------------------- too much


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (endpoint("1107") + "x" * 70_000 + "\n", ImportFault.NOT_A_TABLE),
        (endpoint("1107") + "[a]\n" * 200, ImportFault.TOO_MANY_ROWS),
        (endpoint("1107") + "#include x\n" * 200, ImportFault.TOO_MANY_ROWS),
        (endpoint("1107") + "a=\n" * 2_000, ImportFault.TOO_MANY_ROWS),
        (endpoint("1107") + "\n" * 2_000, ImportFault.TOO_MANY_ROWS),
        ("\n" * 2_000 + endpoint("1107"), ImportFault.EMPTY),
        ("".join(f"[{number}]\ntype=endpoint\n" for number in range(101)), ImportFault.TOO_MANY_ROWS),
        ("[a]\n" + "".join(f"exten => {n},1,Queue(q)\n" for n in range(101)), ImportFault.TOO_MANY_ROWS),
        ("[a]\n" + "".join(f"exten => {n},1,Queue({n})\n" for n in range(100)), None),
    ],
    ids=["line", "sections", "includes", "lines", "empty", "late", "endpoints", "extensions", "as many as can be"],
)
def test_too_much_of_anything_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, fault: ImportFault | None
) -> None:
    monkeypatch.setattr("model.import_asterisk_config.MOST_LINES", 1_000)
    monkeypatch.setattr("model.import_asterisk_config.MOST_PARTS", 150)
    monkeypatch.setattr("model.import_asterisk_dialplan.MOST_EXTENSIONS", 100)
    monkeypatch.setattr("model.import_result.MOST_EXTENSIONS", 100)
    path = written(tmp_path, content, "pjsip.conf")
    if fault is None:
        assert len(read_import(path).extensions) == 100
    else:
        assert (refusal(path).fault, refusal(path).file) == (fault, "pjsip.conf")


def test_templates_upon_templates_stay_small() -> None:
    levels = "".join(f"[t{level}](!,{','.join([f't{level - 1}'] * 49)})\n" for level in range(1, 500))
    found = asterisk(pjsip=f"[t0](!)\ntype=endpoint\n{levels}[1107](t499)\n")
    assert people(found) == [("1107", "1107")]


PIECES = st.sampled_from(
    ["[", "]", "(", ")", "!", "+", ",", "=", ">", ";", ";--", "--;", "#include ", "#exec ", "\n", "\r", "type=endpoint",
     "type=auth", "callerid=", "<1107>", "[1107]", "exten=", "1107,1,Queue(", "same=n,", "Goto(", "Background(",
     "WaitExten", "member=", "1107=>", "0717,Erika", "\\", "\0", "ä", "general", "a.conf", "${", "username="]
)  # fmt: skip


@given(
    st.lists(PIECES, max_size=60), st.sampled_from(["pjsip.conf", "queues.conf", "voicemail.conf", "extensions.conf"])
)
def test_any_configuration_is_read_or_refused(pieces: list[str], name: str) -> None:
    sources = [Source(name, ("[x]\n" + "".join(pieces)).encode()), Source("z.conf", b"[5]\ntype=endpoint\n")]
    try:
        found = read_sources(sources)
    except ImportRefused:
        return
    plan = preview(found)
    assert plan.additions.checked() == plan.additions
