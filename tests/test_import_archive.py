"""A zip of files: whatever is packed in it, nothing is written to the disk, and no more is unpacked than may be."""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterable
from contextlib import closing, suppress
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import import_archive
from model.import_archive import open_files
from model.import_batch import Batch, BatchOptions, FileReport, Outcome
from model.import_naming import NamePattern
from model.import_source import MOST_BYTES
from model.refusals import ImportFault, ImportRefused
from model.store import Store
from model.tariff import Edition
from tests.examples import NOW
from tests.import_examples import FREEPBX, SECRET

TABLE = f"{FREEPBX}\n10,,Anna,sip,SIP/10,{SECRET},\n".encode()
CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"
OPTIONS = BatchOptions(NamePattern("{number}.csv"), Edition.CLASSIC)


def packed(folder: Path, members: Iterable[tuple[str | ZipInfo, bytes]], method: int = ZIP_DEFLATED) -> Path:
    path = folder / "exporte.zip"
    with ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def names(path: Path) -> tuple[str, ...]:
    with closing(open_files(path)) as files:
        return files.names


def fault(path: Path) -> tuple[ImportFault, str]:
    """Why the first file of an archive isn't read, and which one it is."""
    with closing(open_files(path)) as files, pytest.raises(ImportRefused) as caught:
        files.read(0)
    return caught.value.fault, caught.value.file


def refused(path: Path) -> ImportFault:
    """Why an archive isn't opened."""
    with pytest.raises(ImportRefused) as caught:
        open_files(path)
    assert caught.value.file == path.name
    return caught.value.fault


def run(store: Store, path: Path) -> list[FileReport]:
    reports: list[FileReport] = []
    with closing(open_files(path)) as files:
        Batch(store, files, OPTIONS, lambda: NOW, reports.extend, lambda _done, _total: True).run()
    return reports


def patched(path: Path, signature: bytes, offset: int, value: bytes) -> Path:
    """The archive with some bytes of an entry's first header changed."""
    content = bytearray(path.read_bytes())
    start = content.index(signature) + offset
    content[start : start + len(value)] = value
    path.write_bytes(content)
    return path


def test_a_batch_reads_an_archive(memory: Store, tmp_path: Path) -> None:
    inner = whole()
    members = [("exporte/10.csv", TABLE), ("exporte/9.csv", TABLE), ("exporte/innen.zip", inner), ("8.csv", inner)]
    reports = run(memory, packed(tmp_path, members))
    assert {report.files[0]: report.outcome for report in reports} == {
        "8.csv": Outcome.REFUSED,
        "exporte/9.csv": Outcome.CREATED,
        "exporte/10.csv": Outcome.CREATED,
        "exporte/innen.zip": Outcome.NOT_FITTING,
    }
    (nested,) = [report.error for report in reports if report.error]
    assert isinstance(nested, ImportRefused)
    assert nested.fault is ImportFault.ARCHIVE
    assert [entry.name for entry in tmp_path.iterdir()] == ["exporte.zip"]


def test_folders_and_what_systems_put_beside_are_no_files(tmp_path: Path) -> None:
    hidden = ["ordner/", "__MACOSX/._1.csv", "a/.DS_Store", "a/Thumbs.db", ".git/1.csv", "~$1.csv", "desktop.ini"]
    path = packed(tmp_path, [*((name, b"") for name in hidden), ("a/1.csv", TABLE)])
    assert names(path) == ("a/1.csv",)


@pytest.mark.parametrize(
    ("raw", "flag", "shown"),
    [
        ("Müller 7.csv".encode("cp437"), 0, "Müller 7.csv"),
        ("Müller 7.csv".encode(), 0, "Müller 7.csv"),
        ("Müller 7.csv".encode(), 0x800, "Müller 7.csv"),
        (b"a\\7.csv", 0, "a/7.csv"),
        ("7\N{RIGHT-TO-LEFT OVERRIDE}.csv".encode(), 0x800, "7\N{REPLACEMENT CHARACTER}.csv"),
    ],
)
def test_names_are_read_as_they_were_written(tmp_path: Path, raw: bytes, flag: int, shown: str) -> None:
    stand_in = "x" * len(raw)
    path = packed(tmp_path, [(stand_in, TABLE)])
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), raw))
    patched(patched(path, LOCAL, 6, struct.pack("<H", flag)), CENTRAL, 8, struct.pack("<H", flag))
    assert names(path) == (shown,)
    with closing(open_files(path)) as files:
        assert files.read(0).content == TABLE


@pytest.mark.parametrize("name", ["../1.csv", "a/../../1.csv", "/etc/1.csv", "C:/1.csv", "..\\1.csv"])
def test_a_path_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    assert fault(packed(tmp_path, [(name, TABLE)])) == (ImportFault.OUTSIDE, name.replace("\\", "/"))


def test_an_encrypted_file_is_refused_and_the_rest_goes_on(memory: Store, tmp_path: Path) -> None:
    path = packed(tmp_path, [("1.csv", TABLE), ("2.csv", TABLE)])
    patched(patched(path, LOCAL, 6, b"\x01"), CENTRAL, 8, b"\x01")
    assert fault(path) == (ImportFault.ENCRYPTED, "1.csv")
    assert sorted(report.outcome for report in run(memory, path)) == [Outcome.CREATED, Outcome.REFUSED]


def test_a_link_is_no_file(tmp_path: Path) -> None:
    link = ZipInfo("1.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert fault(packed(tmp_path, [(link, b"/etc/passwd")])) == (ImportFault.NOT_A_FILE, "1.csv")


def test_other_ways_of_packing_have_no_limit_and_are_refused(tmp_path: Path) -> None:
    assert fault(packed(tmp_path, [("1.csv", TABLE)], ZIP_BZIP2)) == (ImportFault.COMPRESSION, "1.csv")


def test_what_would_unpack_to_far_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = b"0" * (4 * 1024 * 1024)
    assert refused(packed(tmp_path, [("1.csv", zeros)])) is ImportFault.ARCHIVE_TOO_LARGE
    ballast = bytes(range(256)) * 400
    beside = packed(tmp_path, [("1.csv", zeros)])
    with ZipFile(beside, "a", ZIP_STORED) as archive:
        archive.writestr("2.csv", ballast)
    assert fault(beside) == (ImportFault.ARCHIVE_TOO_LARGE, "1.csv")
    monkeypatch.setattr(import_archive, "MOST_UNPACKED_BYTES", 100_000)
    assert refused(packed(tmp_path, [("1.csv", ballast)])) is ImportFault.ARCHIVE_TOO_LARGE
    monkeypatch.setattr(import_archive, "MOST_ARCHIVE_BYTES", 100)
    assert refused(packed(tmp_path, [("1.csv", TABLE)])) is ImportFault.ARCHIVE_TOO_LARGE


def test_a_file_larger_than_one_may_be_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, [("1.csv", bytes(range(256)) * 1000)], ZIP_STORED)
    patched(path, CENTRAL, 24, struct.pack("<L", MOST_BYTES + 1))
    patched(path, CENTRAL, 20, struct.pack("<L", MOST_BYTES + 1))
    assert fault(path) == (ImportFault.TOO_LARGE, "1.csv")


def test_a_size_that_lies_is_damage(tmp_path: Path) -> None:
    path = patched(packed(tmp_path, [("1.csv", TABLE)]), CENTRAL, 24, struct.pack("<L", len(TABLE) - 5))
    assert fault(path) == (ImportFault.ARCHIVE_DAMAGED, "1.csv")


def test_an_entry_without_a_name_is_no_file(tmp_path: Path) -> None:
    path = packed(tmp_path, [("1", TABLE), ("2.csv", TABLE)])
    assert names(patched(path, CENTRAL, 46, b"\0")) == ("2.csv",)


def test_too_many_files_are_refused_before_their_names_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_archive, "MOST_FILES", 3)
    monkeypatch.setattr(import_archive, "BLOCK_BYTES", 7)
    assert refused(packed(tmp_path, [(f"{n}.csv", b"") for n in range(10)])) is ImportFault.TOO_MANY_IN_BATCH
    assert len(names(packed(tmp_path, [(f"{n}.csv", b"") for n in range(3)]))) == 3
    folder = tmp_path / "ordner"
    folder.mkdir()
    for n in range(4):
        (folder / f"{n}.csv").touch()
    assert refused(folder) is ImportFault.TOO_MANY_IN_BATCH


def whole() -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr("ä/1.csv", TABLE)
        archive.writestr("2.csv", TABLE)
    return made.getvalue()


@given(st.lists(st.tuples(st.integers(0, len(whole()) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_any_damage_is_said_and_nothing_else_happens(
    tmp_path_factory: pytest.TempPathFactory, flips: list[tuple[int, int]]
) -> None:
    content = bytearray(whole())
    for place, value in flips:
        content[place] = value
    path = tmp_path_factory.getbasetemp() / "beschädigt.zip"
    path.write_bytes(content)
    try:
        files = open_files(path)
    except ImportRefused:
        return
    with closing(files):
        for place in range(len(files.names)):
            with suppress(ImportRefused):
                files.read(place)
