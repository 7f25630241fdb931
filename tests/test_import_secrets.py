"""R37: no secret of a file gets into what is read, whatever quotes and delimiters are lost on the way."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.import_comparison import compare
from model.import_files import look_at, read_import, read_sources
from model.import_preview import preview
from model.import_profile import shipped_profiles
from model.import_result import ImportedFile, SkipReason, WarningReason
from model.import_source import Source, read_source, read_text
from model.import_table import find_tables
from model.refusals import ImportRefused
from tests.import_examples import FREEPBX, SECRET, account, imported, people, refusal, skips, warned, written

CELLS = ["146", SECRET, "Erika", "sip", "SIP/146", SECRET, SECRET]
SOUND = "149,,Max,sip,SIP/149,,"


def said(found: ImportedFile) -> str:
    """Everything the result of an import says, and what is made of it."""
    return f"{found!r}{preview(found)!r}{compare(account(('1', '146')), found)!r}"


def all_titles(secrets: tuple[str, ...], columns: tuple[str, ...]) -> list[str]:
    """A header in which every column that is read stands between secrets."""
    return [title for pair in zip(columns, (secrets or ("password",)) * len(columns), strict=False) for title in pair]


@pytest.mark.parametrize("profile", shipped_profiles(), ids=lambda profile: profile.system + profile.serves)
def test_no_system_reads_a_secret(profile: object) -> None:
    from model.import_profile import ImportProfile

    assert isinstance(profile, ImportProfile)
    if profile.is_phone_book:
        return
    titles = all_titles(profile.secrets, profile.columns())
    for title in profile.needs:
        if title not in titles:
            titles.append(title)
    row = [SECRET if profile.is_secret(title.casefold()) else "11" for title in titles]
    buffer = io.StringIO()
    csv.writer(buffer).writerows([titles, row, [], row, row[:-3], [*row, "x"]])
    found = read_sources([Source("export.csv", buffer.getvalue().encode())])
    assert found.system == profile.system
    assert found.read_rows
    assert SECRET not in said(found)
    assert set(found.secret_columns) >= {title for title in profile.secrets if title in titles}


def test_no_secret_from_any_row(tmp_path: Path) -> None:
    secrets = sorted(shipped_profiles()[1].secrets)
    header = ",".join(["extension", *(title.upper() for title in secrets), "name", "tech", "dial", "context"])
    marks = ",".join([SECRET] * len(secrets))
    rows = [f"1,{marks},A,sip,SIP/1,x", f",{marks},B,sip,,x", f"x,{marks},C,sip,,x", f"2,{marks}", f"3,{marks},,,,,,,"]
    found = imported(tmp_path, *rows, header=header)
    assert people(found) == [("1", "A"), ("2", "2")]
    assert SECRET not in said(found)
    table = find_tables(read_text(read_source(tmp_path / "export.csv").content))[0]
    assert SECRET not in repr(table)


@pytest.mark.parametrize("title", ["AuthID", "Kennwort", "Anrufbeantworter-PIN", "mb_pin", "web_pass", "SIP-Passwort"])
def test_what_is_called_a_secret_is_one_in_every_table(tmp_path: Path, title: str) -> None:
    path = written(tmp_path, f"Nebenstelle;Name;{title}\n11;Erika;{SECRET}\n")
    assert read_import(path).secret_columns == (title,)
    assert look_at(path).sample == (("11", "Erika", "…"),)


# ---------------------------------------------------------------------- quotes


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ('"146","Hunter2","Erika "die Chefin" Muster","sip","SIP/146","Hunter2",""', 'Erika "die Chefin" Muster'),
        ('"146","Hunter2",""Erika" Muster","sip","SIP/146","Hunter2",""', '"Erika" Muster'),
        ('"146","Hunter2","Er"ika","sip","","",""', 'Er"ika'),
        ('146,Hunter2,"Er"ika",sip,,,', 'Er"ika'),
        ('146,Hunter2,Er"ika,sip,,,', 'Er"ika'),
        ('"146","Hunter2","Erika, Muster","sip","","",""', "Erika, Muster"),
        ('"146","Hun"ter2","Erika","sip","","",""', "Erika"),
        ('146,Hunter2,"Er""ika",sip,,,', 'Er"ika'),
    ],
)
def test_quotes_that_are_not_doubled_stay_in_their_cell(tmp_path: Path, row: str, name: str) -> None:
    found = imported(tmp_path, row, SOUND)
    assert people(found) == [("146", name), ("149", "Max")]
    assert SECRET not in said(found)
    assert found.skipped == ()


@pytest.mark.parametrize(
    "row",
    [
        '146,,"Erika,sip,SIP/146,Hunter2,',
        '146,,"Erika,sip,SIP/146,Hunter2,""',
        '"146","pw","Erika "A","B" Muster","sip","SIP/146","Hunter2",""',
        '"146","","Erika,"sip","SIP/146","Hunter2",""',
        '146,"Hunter2,Erika,sip',
        '146,"pw,Erika,sip","SIP/146",Hunter2,1234',
        '146,"x,y,z",SIP/146,Hunter2',
        "146,Hunter2,Hunter2,Erika,sip,SIP/146,,",
        "146,x,Hunter2,Erika,sip,SIP/147,Hunter2,",
        "146,,Erika,sip,,Hunter2,,zu viel,noch mehr",
        "146,,Hunter2,Erika,sip,,,",
        "146,Hunter2,Erika,sip,SIP/146Hunter2,",
        "146,Hunter2Erika,sip,SIP/146,Hunter2,Hunter2",
        '"146,Hunter2,Erika,sip,SIP/146,Hunter2,',
    ],
)
def test_a_row_whose_cells_may_have_moved_is_refused(tmp_path: Path, row: str) -> None:
    found = imported(tmp_path, "145,,Anna,sip,,,", row, SOUND)
    assert people(found) == [("145", "Anna"), ("149", "Max")]
    assert (3, SkipReason.UNREADABLE, "") in skips(found)
    assert SECRET not in said(found)


@pytest.mark.parametrize(
    "row",
    [
        "146,Hunter2,Erika,sip,SIP/146,Hunter2,,zu viel",
        '146,Hunter2,"Erika, Muster",sip,SIP/146',
        '"146","","Erika","sip","SIP/146","Hunter2","","zu viel"',
        '146,Hunter2,"Erika",sip',
        "147\n146,Hunter2,Erika",
    ],
)
def test_a_row_of_another_length_is_kept_where_no_secret_can_have_moved(tmp_path: Path, row: str) -> None:
    found = imported(tmp_path, row, SOUND)
    assert people(found)[-2][1].startswith("Erika")
    assert found.counts.refused == 0
    assert SECRET not in said(found)


def test_a_quoted_cell_may_go_over_lines_but_not_over_rows(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        '146,,"Fax\nBuchhaltung",sip,,,',
        '147,,"Erika,sip,SIP/147,Hunter2,',
        '148,,Max",sip,SIP/148,Hunter2,',
        '149,,"Anna, EG\nTor 3",sip,,,',
    )
    assert people(found) == [("146", "Fax Buchhaltung"), ("149", "Anna, EG Tor 3")]
    assert skips(found) == [(4, SkipReason.UNREADABLE, "")]
    assert SECRET not in said(found)


def test_a_cell_left_open_swallows_nothing_but_its_own_rest(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        '146,,"Erika "die\nHunter2",sip,SIP/146,Hunter2,',
        SOUND,
        '150,,"offen',
        "151,,Otto,sip,,,",
    )
    assert people(found) == [("149", "Max"), ("151", "Otto")]
    assert [(row, reason) for row, reason, _value in skips(found)] == [
        (2, SkipReason.UNREADABLE),
        (3, SkipReason.UNREADABLE),
        (5, SkipReason.UNREADABLE),
    ]
    assert SECRET not in said(found)


def test_a_number_that_swallowed_its_neighbour_is_not_repeated(tmp_path: Path) -> None:
    found = imported(tmp_path, f'"146,{SECRET},Erika",x,y,z,a,b,c', f'"146\n{SECRET}",,Erika,sip,,,')
    assert skips(found) == [(2, SkipReason.NUMBER_FORM, "146"), (3, SkipReason.NUMBER_FORM, "146")]
    assert SECRET not in said(found)


def test_a_title_column_that_is_missing_moves_no_secret_into_a_name(tmp_path: Path) -> None:
    found = imported(tmp_path, f"1,146,{SECRET},Erika", header="extension,secret,name")
    assert skips(found) == [(2, SkipReason.UNREADABLE, "")]


def test_a_spoilt_address_is_repeated_only_up_to_its_end(tmp_path: Path) -> None:
    found = imported(tmp_path, f'11;Erika;"x;{SECRET}"', header="Nebenstelle;Name;MAC")
    assert warned(found) == [(2, WarningReason.MAC_UNUSABLE, "x")]


@pytest.mark.parametrize(
    "content",
    [
        f"secret,pin\n{SECRET},{SECRET}\n",
        f"extension,name,tech\n1,{SECRET}\x81,\xff",
        f"{SECRET}",
        f"extension,name,tech\n{SECRET}\0",
        f"{FREEPBX}\n" + f'"{SECRET}\n' * 1002,
    ],
    ids=["unknown", "no text", "no table", "binary", "quotes"],
)
def test_a_refusal_says_nothing_of_the_content(tmp_path: Path, content: str) -> None:
    refused = refusal(written(tmp_path, content.encode("latin-1")))
    assert refused.__context__ is None or isinstance(refused.__context__, csv.Error)
    assert SECRET not in f"{refused!r}{vars(refused)!r}{refused.__context__!r}"


@settings(max_examples=300)
@given(
    quoted=st.lists(st.booleans(), min_size=7, max_size=7),
    place=st.integers(0, 60),
    removed=st.booleans(),
    inserted=st.sampled_from(['"', ",", '",', ',"', '""', "\n", '"\n', ""]),
)
def test_one_fault_in_a_row_never_moves_a_secret(quoted: list[bool], place: int, removed: bool, inserted: str) -> None:
    """Every way of losing a sign, or of one too many, in a row between sound ones."""
    row = ",".join(f'"{cell}"' if is_quoted else cell for cell, is_quoted in zip(CELLS, quoted, strict=True))
    spoilt = row[:place] + inserted + row[place + removed :]
    rows = [FREEPBX, "145,,Anna,sip,SIP/145,,", spoilt, SOUND, '150,"","Otto","sip","","",""', ""]
    try:
        found = read_sources([Source("export.csv", "\n".join(rows).encode())])
    except ImportRefused as error:
        refused = error
    else:
        assert SECRET not in said(found)
        assert ("145", "Anna") in people(found)
        return
    assert SECRET not in repr(vars(refused))
