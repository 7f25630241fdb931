"""What is known of a system is data: the profiles that come with the program, and a clerk's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.import_files import Choices, read_import
from model.import_profile import (
    LONGEST_PROFILE,
    PROFILES,
    DeviceRule,
    HintRule,
    ImportProfile,
    KindRule,
    NamedThings,
    parse_profile,
    profile_to_toml,
    read_profile,
    read_profiles,
    shipped_profiles,
)
from model.installation import ProFeature
from model.refusals import ImportFault, ImportRefused
from tests.import_examples import SECRET, hints, people, phones, refusal, resources, written

OWN = ImportProfile(
    "Eigene „Anlage“\x7f".strip("\x7f"),
    needs=("Platz",),
    any_of=(("Wer", "Wen"), ("Wo",)),
    starts_with="pl",
    secrets=("Zugang",),
    lists=("Optionen",),
    number=("Platz", "Ersatz"),
    name=(("Vorname", "Wer"), ("Wen",)),
    kind=KindRule("Sorte", ("Mensch",), ("Ding",), ("Amt",), ("ohne",), ("Vorname",), ("fax",)),
    devices=(DeviceRule(("Adresse",), ("Konto",), (("Marke", "Modell"),), apps=True, named=True),),
    hints=(HintRule("Extra", ("1", "ja"), ProFeature.ANALYTICS, apps=True),),
)
MINIMAL = 'system = "X"\n[recognise]\nneeds = ["A"]\n[columns]\nnumber = ["A"]\n'


def fault(text: str) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        parse_profile(text)
    assert caught.value.fault is ImportFault.PROFILE
    return caught.value


def test_seven_systems_come_with_the_program() -> None:
    systems = {profile.system for profile in shipped_profiles() if not profile.is_phone_book}
    assert systems == {
        "3CX", "FreePBX Bulk Handler", "FusionPBX", "innovaphone", "Kazoo", "Nebenstellenliste (CSV)", "TeamSIP",
    }  # fmt: skip
    assert read_profiles(PROFILES) == shipped_profiles()


@pytest.mark.parametrize("profile", [OWN, *shipped_profiles()], ids=lambda profile: profile.system + profile.serves)
def test_a_profile_survives_its_toml(profile: ImportProfile, tmp_path: Path) -> None:
    text = profile_to_toml(profile)
    assert parse_profile(text) == profile
    path = written(tmp_path, text, "own.toml")
    assert read_profile(path) == profile
    assert read_profiles(tmp_path) == (profile,)


@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_whatever_a_clerk_types_survives_or_is_refused(system: str, word: str) -> None:
    profile = ImportProfile(system, needs=("A",), number=("A",), kind=KindRule(words=(word,) if word else ()))
    try:
        read = parse_profile(profile_to_toml(profile))
    except ImportRefused:
        return
    assert parse_profile(profile_to_toml(read)) == read


def test_a_clerks_own_profile_reads_an_unknown_table(tmp_path: Path) -> None:
    table = (
        "Platz;Vorname;Wer;Wo;Sorte;Adresse;Marke;Modell;Extra;Zugang\n"
        f"11;Erika;Muster;x;Mensch;001565aa0001;Yealink;T46S;ja;{SECRET}\n"
        f"12;;Fax;x;Ding;softphone;;;nein;{SECRET}\n"
        f"13;;Amt;x;AMT;;;;;{SECRET}\n"
    )
    path = written(tmp_path, table)
    assert refusal(path).fault is ImportFault.UNKNOWN
    for choices in (Choices(profile=OWN), Choices(profiles=(*shipped_profiles(), OWN))):
        found = read_import(path, choices)
        assert people(found) == [("11", "Erika Muster"), ("12", "Fax")]
        assert resources(found) == ["Fax"]
        assert phones(found) == [("Yealink T46S", "001565aa0001", ("11",)), ("softphone", "", ("12",))]
        assert hints(found) == [(ProFeature.ANALYTICS, "ja", "11")]
        assert found.profile == OWN
        assert found.secret_columns == ("Zugang",)
        assert SECRET not in repr(found)


def test_a_profile_that_was_chosen_needs_only_the_column_of_the_numbers(tmp_path: Path) -> None:
    choices = Choices(profile=OWN)
    assert people(read_import(written(tmp_path, "Ersatz;Wen\n11;Erika\n"), choices)) == [("11", "Erika")]
    refused = refusal(written(tmp_path, "Wer;Wo\nErika;x\n"), choices)
    assert (refused.fault, refused.row, refused.cell) == (ImportFault.COLUMN_MISSING, 1, "Platz")


def test_a_profile_of_devices_needs_none_of_its_columns_where_it_was_chosen(tmp_path: Path) -> None:
    own = parse_profile(
        'system = "X"\n[recognise]\nany_of = [["A"]]\n[columns]\nserves = "B"\n[[devices]]\nmac = ["C"]'
    )
    assert phones(read_import(written(tmp_path, "A;C\nx;001565AA0001\n"), Choices(profile=own))) == [
        ("00:15:65:AA:00:01", "001565aa0001", ())
    ]
    served = read_import(written(tmp_path, "B;B|2;C\n11;12;001565AA0001\n"), Choices(profile=own))
    assert phones(served) == [("00:15:65:AA:00:01", "001565aa0001", ("11", "12"))]


def test_the_profile_with_the_most_of_its_titles_counts(tmp_path: Path) -> None:
    narrow = parse_profile('system = "Weit"\n[recognise]\nneeds = ["A", "B"]\n[columns]\nnumber = ["B"]')
    wide = parse_profile(MINIMAL)
    path = written(tmp_path, "A;B\n1;2\n")
    for profiles in ((wide, narrow), (narrow, wide)):
        assert read_import(path, Choices(profiles=profiles)).system == "Weit"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("kein TOML", ""),
        ("", "system"),
        ('system = ""\n[recognise]\nneeds = ["A"]\n[columns]\nnumber = ["A"]', "system"),
        ('system = "a\\nb"', "system"),
        (MINIMAL.replace('["A"]', '"A"'), "needs"),
        (MINIMAL.replace('["A"]', "[1]"), "needs"),
        (MINIMAL.replace('needs = ["A"]', ""), "needs"),
        (MINIMAL.replace('needs = ["A"]', "any_of = [[]]"), "needs"),
        (MINIMAL.replace('number = ["A"]', ""), "number"),
        (MINIMAL.replace('number = ["A"]', 'number = ["PIN"]'), "PIN"),
        (MINIMAL + 'name = [["SIP-Passwort"]]', "SIP-Passwort"),
        (MINIMAL + 'name = ["Name"]', "name"),
        (MINIMAL + "[kind]\nwords = " + str(["x"] * 501), "kind.words"),
        (MINIMAL + "[kind]\nspalte = 1", "kind.spalte"),
        (MINIMAL + "[[devices]]\napps = 1", "devices.apps"),
        (MINIMAL + "[[devices]]\nmakc = []", "devices.makc"),
        (MINIMAL + '[[hints]]\ncolumn = "B"\nvalues = ["1"]\nfeature = "TELEPATHY"', "hints.feature"),
        (MINIMAL + "devices = 1", "devices"),
        ("recognise = 1\n" + MINIMAL.replace("[recognise]\n", ""), "recognise"),
        (f'system = "X"\nsecrets = ["Name"]\n{MINIMAL[13:]}name = [["Name"]]', "Name"),
        ("a = " + "[" * 5000, ""),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused_with_its_key(text: str, key: str) -> None:
    assert fault(text).cell.endswith(key)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"#" * (LONGEST_PROFILE + 1), b""])
def test_a_file_that_is_no_profile_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, content, "own.toml")
    with pytest.raises(ImportRefused) as caught:
        read_profile(path)
    assert (caught.value.fault, caught.value.file) == (ImportFault.PROFILE, "own.toml")
    with pytest.raises(ImportRefused) as caught:
        read_profile(tmp_path / "none.toml")
    assert caught.value.fault is ImportFault.MISSING


def test_words_of_things_are_whole_words() -> None:
    things = NamedThings(("fax", "Call Flow", "-"))
    assert [things.has(name) for name in ("Fax 2", "call-flow", "Call, Flow", "Fairfax", "Flow call", "")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
