"""Unknown tables: columns proposed and chosen, profiles kept for every desk, and what of them is never read (R37)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from model.audit import Action
from model.import_files import Choices, look_at, read_import
from model.import_mapping import Meaning, mapped_profile, offered_titles, proposed
from model.import_profile import ImportProfile, parse_profile, profile_to_toml, shipped_profiles
from model.import_result import SourceFile
from model.installation import ExtensionKind
from model.refusals import Fault, ImportRefused, InvalidInput
from model.store import Store, open_store
from tests.examples import NOW, dump
from tests.import_examples import SECRET, people, phones, resources, written

TABLE = (
    "Teiln.;Vorname;Nachname;Sorte;Hardware;SIP-Kennwort;Ort;Ort;\n"
    f"10;Anja;Brenner;Mensch;001565AA0001;{SECRET};Halle;a;\n"
    f"11;;Fax;Ding;;{SECRET};Büro;b;\n"
    f"12;Zoë;;Mensch;00:15:65:aa:00:07;{SECRET};Büro;c;\n"
)
SCHEMAS = Path(__file__).with_name("schemas")
COLUMNS = {
    Meaning.NUMBER: "Teiln.",
    Meaning.FIRST_NAME: "Vorname",
    Meaning.LAST_NAME: "Nachname",
    Meaning.KIND: "Sorte",
    Meaning.MAC: "Hardware",
}


def source(folder: Path, table: str = TABLE) -> SourceFile:
    return look_at(written(folder, table))


def own(folder: Path, name: str = "Muster-PBX") -> ImportProfile:
    return mapped_profile(name, source(folder), COLUMNS, ("Ding",))


def test_r37_what_is_called_a_secret_is_blanked_and_cannot_be_chosen(tmp_path: Path) -> None:
    found = source(tmp_path)
    assert offered_titles(found) == ["Teiln.", "Vorname", "Nachname", "Sorte", "Hardware", "Ort"]
    assert SECRET not in repr(found)
    with pytest.raises(ImportRefused):
        mapped_profile("X", found, {**COLUMNS, Meaning.NAME: "SIP-Kennwort"})


def test_columns_are_proposed_by_known_titles_and_by_what_is_in_them(tmp_path: Path) -> None:
    assert proposed(source(tmp_path)) == {
        Meaning.NUMBER: "Teiln.",
        Meaning.FIRST_NAME: "Vorname",
        Meaning.LAST_NAME: "Nachname",
        Meaning.MAC: "Hardware",
    }
    titled = proposed(source(tmp_path, "Durchwahl;Anzeigename;Art;Modell;Preis\n1;A;B;C;2\n"))
    assert titled == {
        Meaning.NUMBER: "Durchwahl",
        Meaning.NAME: "Anzeigename",
        Meaning.KIND: "Art",
        Meaning.DEVICE: "Modell",
    }
    assert proposed(source(tmp_path, "Wort;Satz\na;b\n")) == {}


def test_a_table_is_read_with_its_columns_and_recognised_the_next_time(tmp_path: Path) -> None:
    profile, path = own(tmp_path), tmp_path / "export.csv"
    for choices in (Choices(profile=profile), Choices(profiles=(profile, *shipped_profiles()))):
        found = read_import(path, choices)
        assert (found.system, people(found)) == (
            "Muster-PBX", [("10", "Anja Brenner"), ("11", "Fax"), ("12", "Zoë")],
        )  # fmt: skip
        assert resources(found) == ["Fax"]
        assert [mac for _name, mac, _numbers in phones(found)] == ["001565aa0001", "001565aa0007"]
        assert SECRET not in repr(found)
    assert parse_profile(profile_to_toml(profile)) == profile


def test_another_table_is_not_taken_for_it(tmp_path: Path) -> None:
    profile = own(tmp_path)
    path = written(tmp_path, TABLE.replace("Ort;Ort", "Stadt;Ort").replace("Hardware", "Geräte-ID"), "other.csv")
    with pytest.raises(ImportRefused):
        read_import(path, Choices(profiles=(profile, *shipped_profiles())))


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        mapped_profile("X", source(tmp_path), {Meaning.NAME: "Ort"})
    assert (caught.value.field, caught.value.fault) == ("number", Fault.EMPTY)
    with pytest.raises(InvalidInput) as caught:
        mapped_profile(" ", source(tmp_path), COLUMNS)
    assert (caught.value.field, caught.value.fault) == ("profile", Fault.EMPTY)


def test_kinds_are_guessed_by_name_where_no_column_tells(tmp_path: Path) -> None:
    columns: dict[Meaning, str] = {meaning: title for meaning, title in COLUMNS.items() if meaning is not Meaning.KIND}
    profile = mapped_profile("X", source(tmp_path), columns)
    found = read_import(tmp_path / "export.csv", Choices(profile=profile)).extensions
    assert [(entry.extension.kind, entry.is_guessed) for entry in found] == [
        (ExtensionKind.USER, False), (ExtensionKind.RESOURCE, True), (ExtensionKind.USER, False),
    ]  # fmt: skip


# ---------------------------------------------------------------------- kept


def test_a_profile_is_kept_renamed_and_removed_with_a_trace(store: Store, tmp_path: Path) -> None:
    profile = own(tmp_path)
    store.profiles.keep(profile, NOW)
    assert store.profiles.all() == (profile,)
    renamed = own(tmp_path, "Andere")
    store.profiles.replace("Muster-PBX", renamed, NOW)
    assert store.profiles.all() == (renamed,)
    store.profiles.replace("Andere", own(tmp_path, "ANDERE"), NOW)
    store.profiles.remove("ANDERE", NOW)
    store.profiles.remove("ANDERE", NOW)
    assert store.profiles.all() == ()
    assert [row["action"] for row in dump(store._engine)["audit"]] == [Action.PROFILE_CHANGED] * 4
    assert store.verify().findings == ()


def test_a_name_is_there_once_also_beside_the_shipped_systems(store: Store, tmp_path: Path) -> None:
    store.profiles.keep(own(tmp_path), NOW)
    store.profiles.keep(own(tmp_path, "Andere"), NOW)
    before = dump(store._engine)
    for name in ("muster-pbx", shipped_profiles()[0].system):
        with pytest.raises(InvalidInput) as caught:
            store.profiles.keep(own(tmp_path, name), NOW)
        assert (caught.value.field, caught.value.fault) == ("profile", Fault.PROFILE_TAKEN)
        with pytest.raises(InvalidInput):
            store.profiles.replace("Andere", own(tmp_path, name), NOW)
    assert dump(store._engine) == before


def test_an_older_database_that_can_only_be_read_has_none(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((SCHEMAS / "002.sql").read_text(encoding="utf-8"))
    with closing(open_store(path, create=False, read_only=True)) as store:
        assert store.profiles.all() == ()
        assert store.kept_import(1, 1) is None
        assert store.verify().findings == ()


def test_a_profile_of_a_newer_program_is_left_out(store: Store, tmp_path: Path) -> None:
    store.profiles.keep(own(tmp_path), NOW)
    with store._engine.write():
        store._engine.execute("UPDATE import_profile SET toml = toml || 'later = 1'")
    assert store.profiles.all() == ()
