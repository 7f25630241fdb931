"""The file of a database: whose it is, making one aside, and the errors of file and disk as model errors.

Nothing here opens a database's file but SQLite itself: any other `open` and `close` of it would drop SQLite's lock.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from model import schema
from model.errors import Interrupted, StorageFault, StoreUnavailable
from model.sqlite_library import sqlite3

A_DAY_S = 86_400

# Primary result codes of SQLite. Some builds report nothing else, so the extended ones may only say it better.
FAULTS = {
    5: StorageFault.BUSY,
    6: StorageFault.BUSY,
    8: StorageFault.READ_ONLY,
    10: StorageFault.WRITE_FAILED,
    11: StorageFault.DAMAGED,
    13: StorageFault.FULL,
    14: StorageFault.NO_ACCESS,
    23: StorageFault.NO_ACCESS,
    26: StorageFault.NOT_OURS,
}
INTERRUPTED = "interrupted"
# The same in words, for errors that some builds give no code at all.
WORDS = {
    "database is locked": StorageFault.BUSY,
    "attempt to write a readonly database": StorageFault.READ_ONLY,
    "disk I/O error": StorageFault.WRITE_FAILED,
    "database disk image is malformed": StorageFault.DAMAGED,
    "database or disk is full": StorageFault.FULL,
    "unable to open database file": StorageFault.NO_ACCESS,
    "file is not a database": StorageFault.NOT_OURS,
}
EXTENDED_FAULTS = {
    266: StorageFault.NO_ACCESS,  # IOERR_READ
    522: StorageFault.DAMAGED,  # IOERR_SHORT_READ
    1032: StorageFault.REPLACED,  # READONLY_DBMOVED
    3338: StorageFault.NO_ACCESS,  # IOERR_ACCESS
    8202: StorageFault.DAMAGED,  # IOERR_DATA
    8458: StorageFault.DAMAGED,  # IOERR_CORRUPTFS
}
# Of the operating system's errors those that aren't a matter of folders and permissions.
OS_FAULTS = {
    errno.ENOSPC: StorageFault.FULL,
    errno.EDQUOT: StorageFault.FULL,
    errno.EIO: StorageFault.WRITE_FAILED,
}


@contextmanager
def translated(place: str) -> Iterator[None]:
    """SQLite's and the operating system's errors as StoreUnavailable; a broken statement of ours stays what it is."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if str(error) == INTERRUPTED:
            raise Interrupted from error
        fault = _fault(error)
        if fault is None:
            raise
        raise StoreUnavailable(fault, place) from error
    except OSError as error:
        raise StoreUnavailable(OS_FAULTS.get(error.errno or 0, StorageFault.NO_ACCESS), place) from error


def check_ours(path: Path) -> None:
    """Is this file one of ours, and not from a newer program? Raises StoreUnavailable; nothing is written or made."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise StoreUnavailable(StorageFault.NOT_OURS, str(path))
    if found.st_size == 0:
        raise StoreUnavailable(StorageFault.EMPTY_FILE, str(path))
    application, version = _identity(path)
    if application != schema.APPLICATION_ID:
        raise StoreUnavailable(StorageFault.NOT_OURS, str(path))
    if version < 1:
        raise StoreUnavailable(StorageFault.DAMAGED, str(path))
    if version > schema.VERSION:
        raise StoreUnavailable(StorageFault.NEWER, str(path))


def file_id(path: Path) -> tuple[int, int] | None:
    """Which file it is, whatever its name; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def can_be_written(path: Path) -> bool:
    """SQLite writes the file and a journal beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def journal_of(path: Path) -> Path:
    """Where SQLite keeps what a transaction has changed until it is done."""
    return path.with_name(f"{path.name}-journal")


def uri(path: Path, how: str) -> str:
    """The file for SQLite, opened with `how`: mode=ro, mode=rw or immutable=1. A name needn't be UTF-8."""
    return f"file:{quote(os.fsencode(path.absolute()))}?{how}"


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut; Windows does so by itself."""
    if sys.platform == "win32":  # pragma: no cover - folders can't be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Have the disk take a file that SQLite has no lock on: closing this would drop it."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_journal(path: Path) -> None:
    """In a transaction: have the disk take now what its commit would wait for. What fails now fails then, too."""
    with suppress(OSError):
        sync_file(journal_of(path))


@contextmanager
def made_aside(path: Path) -> Iterator[Path]:
    """An empty file beside the one to be made, for this account only; what is left of it goes."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.urandom(8).hex()}.new")
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    _sweep(unfinished)
    try:
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)
        journal_of(unfinished).unlink(missing_ok=True)


def name_without_replacing(unfinished: Path, path: Path) -> None:
    """Give a finished file its name unless another program was faster."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return
    except OSError:  # pragma: no cover - file systems without hard links
        if not path.exists():
            unfinished.rename(path)


def _fault(error: sqlite3.DatabaseError) -> StorageFault | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return WORDS.get(str(error))
    return EXTENDED_FAULTS.get(code) or FAULTS.get(code & 0xFF)


def _identity(path: Path) -> tuple[int, int]:
    """The file's application id and schema version.

    Read as if nothing could change: without locks, journal and shared memory, so that another program's database
    isn't touched. What is being written just then may look damaged, as does what a killed program left half: only
    then SQLite waits for the one and rolls back the other.
    """
    try:
        return _header(path, "immutable=1")
    except sqlite3.DatabaseError:
        return _header(path, "mode=rw")


def _header(path: Path, how: str) -> tuple[int, int]:
    connection = sqlite3.connect(uri(path, how), uri=True)
    with closing(connection):
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    return application, version


def _sweep(unfinished: Path) -> None:
    """Remove what programs that were killed left in the same folder more than a day before this file was made."""
    made = unfinished.stat().st_mtime
    for leftover in unfinished.parent.glob(".*.db.*.new*"):
        with suppress(OSError):
            if made - leftover.stat().st_mtime > A_DAY_S:
                leftover.unlink()
