"""Files to be imported as text: how large they may be, and in which encoding they are."""

from __future__ import annotations

import codecs
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from model.refusals import ImportFault, ImportRefused

MOST_BYTES = 32 * 1024 * 1024
# Never wait for a pipe; in Windows, never end at a Ctrl+Z.
OPENING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
# Names a person knows, and those of the codecs; what can be chosen instead of what was recognised.
ENCODINGS = {
    "UTF-8": "utf-8",
    "windows-1252": "cp1252",
    "ISO-8859-15": "iso8859-15",
    "IBM850": "cp850",
    "UTF-16LE": "utf-16-le",
    "UTF-16BE": "utf-16-be",
}
MARKS = {"UTF-8": codecs.BOM_UTF8, "UTF-16LE": codecs.BOM_UTF16_LE, "UTF-16BE": codecs.BOM_UTF16_BE}
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ", b"Rar!\x1a")
CONTACT_CARDS = (b"BEGIN:VCARD", b"\xef\xbb\xbfBEGIN:VCARD")


@dataclass(frozen=True, slots=True)
class Source:
    """A file's bytes; `folder` is where it lies, or None for one that came in an archive."""

    name: str
    content: bytes = field(repr=False)
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text without its byte order mark, read line by line."""

    encoding: str
    content: bytes = field(repr=False)

    def lines(self) -> Iterator[str]:
        """Only what an editor counts as the end of a line ends one; it stays there as it is."""
        return io.TextIOWrapper(io.BytesIO(self.content), encoding=ENCODINGS[self.encoding], newline="")


def read_source(path: Path, *, follows_links: bool = True) -> Source:
    """A file's content; raises ImportRefused for what is no file, is too large, or changed while it was read."""
    try:
        return Source(path.name, _content(path, follows_links=follows_links), path.parent)
    except ImportRefused as refused:
        refused.file = path.name
        raise
    except (OSError, ValueError):
        raise ImportRefused(ImportFault.MISSING, file=path.name) from None


def _content(path: Path, *, follows_links: bool) -> bytes:
    if path.is_dir():
        raise ImportRefused(ImportFault.NOT_A_FILE)
    if path.is_symlink() and not follows_links:
        raise ImportRefused(ImportFault.MISSING)
    flags = OPENING if follows_links else OPENING | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        return unchanged_content(file, os.fstat(file.fileno()))


def unchanged_content(file: BinaryIO, before: os.stat_result) -> bytes:
    """The content of a file that was as `before` when it was opened; raises ImportRefused if it no longer is."""
    if not stat.S_ISREG(before.st_mode):
        raise ImportRefused(ImportFault.NOT_A_FILE)
    if before.st_size > MOST_BYTES:
        raise ImportRefused(ImportFault.TOO_LARGE)
    content = file.read(before.st_size)
    after = os.fstat(file.fileno())
    if (after.st_size, after.st_mtime_ns, len(content)) != (before.st_size, before.st_mtime_ns, before.st_size):
        raise ImportRefused(ImportFault.CHANGED)
    return content


def read_text(content: bytes, encoding: str | None = None) -> Text:
    """The text of a file: by its byte order mark, else UTF-8 if all of it is, else windows-1252.

    With `encoding`, a key of ENCODINGS, in this one. Raises ImportRefused, with the line, for what is no text.
    """
    if content.startswith(ARCHIVES):
        raise ImportRefused(ImportFault.ARCHIVE)
    if content.startswith(CONTACT_CARDS):
        raise ImportRefused(ImportFault.PHONE_BOOK, cell="BEGIN:VCARD")
    marked = next((name for name, mark in MARKS.items() if content.startswith(mark)), None)
    if marked and encoding in (None, marked):
        return _checked(content.removeprefix(MARKS[marked]), marked)
    return _checked(content, *((encoding,) if encoding else ("UTF-8", "windows-1252")))


def _checked(content: bytes, *encodings: str) -> Text:
    """The text in the first of the encodings that fits all of it."""
    broken = 0
    for encoding in encodings:
        try:
            text = content.decode(ENCODINGS[encoding])
        except UnicodeDecodeError as error:
            broken = error.start
            continue
        if "\0" in text:
            raise ImportRefused(ImportFault.BINARY, _line_of(text[: text.index("\0")]))
        if not text or text.isspace():
            raise ImportRefused(ImportFault.EMPTY)
        return Text(encoding, content)
    # Raised out here because a decoding error holds the whole content (R37).
    raise ImportRefused(ImportFault.ENCODING, _line_of(content[:broken].decode(ENCODINGS[encodings[-1]], "replace")))


def _line_of(text: str) -> int:
    """The number of the line in which a text ends."""
    return text.count("\n") + text.count("\r") - text.count("\r\n") + 1
