"""The files of a batch: those in a folder or those packed in a zip, each read only when its turn comes."""

from __future__ import annotations

import os
import re
import stat
import struct
import unicodedata
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from model.import_source import MOST_BYTES, OPENING, Source, read_source
from model.refusals import ImportFault, ImportRefused

MOST_FILES = 50_000
MOST_ARCHIVE_BYTES = 256 * 1024 * 1024
MOST_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
# A table of many like rows shrinks to a fiftieth; only what is made to do harm to a two-hundredth.
HIGHEST_RATIO = 200
SMALL_BYTES = 1024 * 1024
BLOCK_BYTES = 1024 * 1024
ENTRY = b"PK\x01\x02"
IS_ENCRYPTED, IS_UTF8 = 0x1, 0x800
# What systems put beside the files of a person.
OF_THE_SYSTEM = ("__macosx", "thumbs.db", "desktop.ini")
BESIDE = (".", "~$")
NUMBERS = re.compile(r"(\d+)")
# A damaged archive shows in many ways.
DAMAGE = (BadZipFile, NotImplementedError, struct.error, ValueError, EOFError, zlib.error, RuntimeError, OSError)


class BatchFiles(Protocol):
    """Files by their place; a name is the path below the folder or in the archive, as it can be shown."""

    names: tuple[str, ...]

    def read(self, place: int) -> Source:
        """The content of one; raises ImportRefused, with its name."""

    def close(self) -> None:
        """Nothing is read any more."""


def open_files(path: Path) -> BatchFiles:
    """The files of a folder or a zip; raises ImportRefused for what is neither, and for more than a batch may have."""
    try:
        return FolderFiles(path) if path.is_dir() else ZipFiles(path)
    except ImportRefused as refused:
        refused.file = path.name
        raise


class FolderFiles:
    """The files directly in a folder, as they were when it was looked at; what is hidden isn't one of them."""

    def __init__(self, folder: Path) -> None:
        try:
            with os.scandir(folder) as entries:
                found = (entry.name for entry in entries if not _is_hidden(entry.name) and not entry.is_dir())
                self._files = sorted(_at_most(found), key=natural_key)
        except OSError:
            raise ImportRefused(ImportFault.MISSING) from None
        self._folder = folder
        self.names = tuple(map(shown_name, self._files))

    def read(self, place: int) -> Source:
        """The content as it is now; raises ImportRefused, also if the file is gone."""
        try:
            return replace(read_source(self._folder / self._files[place]), name=self.names[place])
        except ImportRefused as refused:
            refused.file = self.names[place]
            raise

    def close(self) -> None:
        """Nothing is open."""


class ZipFiles:
    """The files in a zip. Nothing is ever written to the disk, and no more is unpacked than a file may have."""

    def __init__(self, path: Path) -> None:
        try:
            self._file: BinaryIO = os.fdopen(os.open(path, OPENING), "rb")
        except (OSError, ValueError):
            raise ImportRefused(ImportFault.MISSING) from None
        try:
            members = self._members()
        except BaseException:
            self._file.close()
            raise
        self._infos = [info for info in members if _is_file(info)]
        self._infos.sort(key=lambda info: natural_key(_decoded(info)))
        self.names = tuple(shown_name(_decoded(info)) for info in self._infos)

    def read(self, place: int) -> Source:
        """The content of a member; raises ImportRefused for what is encrypted, damaged or made to do harm."""
        info, name = self._infos[place], self.names[place]
        try:
            _require_harmless(info, name)
            return Source(PurePosixPath(name).name, self._content(info))
        except ImportRefused as refused:
            refused.file = name
            raise
        except DAMAGE:
            raise ImportRefused(ImportFault.ARCHIVE_DAMAGED, file=name) from None

    def close(self) -> None:
        """Let go of the archive."""
        self._zip.close()
        self._file.close()

    def _members(self) -> list[ZipInfo]:
        try:
            found = os.fstat(self._file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_ARCHIVE_BYTES:
                raise ImportRefused(ImportFault.ARCHIVE_TOO_LARGE if found.st_size else ImportFault.NO_ARCHIVE)
            _require_few_entries(self._file)
            self._zip = ZipFile(self._file)
        except DAMAGE:
            raise ImportRefused(ImportFault.NO_ARCHIVE) from None
        members = self._zip.infolist()
        unpacked = sum(info.file_size for info in members)
        if unpacked > MOST_UNPACKED_BYTES or unpacked > SMALL_BYTES + HIGHEST_RATIO * found.st_size:
            raise ImportRefused(ImportFault.ARCHIVE_TOO_LARGE)
        return members

    def _content(self, info: ZipInfo) -> bytes:
        with self._zip.open(info) as member:
            content = member.read(info.file_size + 1)
        if len(content) != info.file_size:
            raise BadZipFile
        return content


def natural_key(name: str) -> list[tuple[int, str]]:
    """Sorts names as people do: 9.csv before 10.csv."""
    return [(int(part[:18]), part) if part[:1].isdecimal() else (0, part.casefold()) for part in NUMBERS.split(name)]


def shown_name(name: str) -> str:
    """A name in composed letters; what can't be seen, or isn't a character at all, becomes a sign that can."""
    composed = unicodedata.normalize("NFC", name.replace("\\", "/"))
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in composed)


def _require_few_entries(file: BinaryIO) -> None:
    """The directory of an archive is read at once; where its entries would fill the memory it isn't begun."""
    count, tail = 0, b""
    while block := file.read(BLOCK_BYTES):
        count += (tail + block).count(ENTRY)
        tail = block[-len(ENTRY) + 1 :]
        # Folders and what a system puts beside each file count here too.
        if count > 3 * MOST_FILES:
            raise ImportRefused(ImportFault.TOO_MANY_IN_BATCH)
    file.seek(0)


def _require_harmless(info: ZipInfo, name: str) -> None:
    if info.flag_bits & IS_ENCRYPTED:
        raise ImportRefused(ImportFault.ENCRYPTED)
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
        raise ImportRefused(ImportFault.OUTSIDE)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ImportRefused(ImportFault.NOT_A_FILE)
    # The other methods unpack without a limit.
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise ImportRefused(ImportFault.COMPRESSION)
    if info.file_size > MOST_BYTES:
        raise ImportRefused(ImportFault.TOO_LARGE)
    if info.file_size > SMALL_BYTES + HIGHEST_RATIO * info.compress_size:
        raise ImportRefused(ImportFault.ARCHIVE_TOO_LARGE)


def _decoded(info: ZipInfo) -> str:
    """The name of a member; some programs write UTF-8 without saying so, all others the old code page of DOS."""
    name = info.filename
    if not info.flag_bits & IS_UTF8 and not name.isascii():
        with suppress(UnicodeError):
            return name.encode("cp437").decode("utf-8")
    return name


def _is_file(info: ZipInfo) -> bool:
    """Whether an entry is a file of a person's; a damaged one may have no name at all."""
    return bool(info.filename) and not info.is_dir() and not _is_hidden(info.filename)


def _is_hidden(name: str) -> bool:
    """Whether a file, or a folder it is in, is none of a person's."""
    parts = [part.casefold() for part in name.replace("\\", "/").split("/")]
    return any(part in OF_THE_SYSTEM or (part.startswith(BESIDE) and part != "..") for part in parts)


def _at_most(names: Iterable[str]) -> list[str]:
    found = list(islice(names, MOST_FILES + 1))
    if len(found) > MOST_FILES:
        raise ImportRefused(ImportFault.TOO_MANY_IN_BATCH)
    return found
