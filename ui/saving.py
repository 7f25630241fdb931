"""Files a clerk saves outside the database: made aside and named when they are whole, never half there."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from model.refusals import FileFault, FileNotSaved

# What Windows refuses in a file's name; the other systems refuse less.
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
LONGEST_NAME = 120
FAULTS = {
    errno.ENOSPC: FileFault.FULL,
    errno.EDQUOT: FileFault.FULL,
    errno.EFBIG: FileFault.FULL,
    errno.EACCES: FileFault.NO_ACCESS,
    errno.EPERM: FileFault.NO_ACCESS,
    errno.EROFS: FileFault.NO_ACCESS,
    errno.ENOENT: FileFault.NO_FOLDER,
    errno.ENOTDIR: FileFault.NO_FOLDER,
    errno.ENAMETOOLONG: FileFault.BAD_NAME,
    errno.EINVAL: FileFault.BAD_NAME,
    errno.EISDIR: FileFault.BAD_NAME,
    errno.EBUSY: FileFault.IN_USE,
    errno.ETXTBSY: FileFault.IN_USE,
}


@contextmanager
def saved_whole(path: Path) -> Iterator[Path]:
    """Where to write a file: in a folder of its own beside its place, which it takes when the block ends well.

    Raises FileNotSaved; what was at the place before is then unchanged, and nothing is left beside it.
    """
    try:
        with TemporaryDirectory(prefix=".Tarifwechsel-", dir=path.parent, ignore_cleanup_errors=True) as folder:
            unfinished = Path(folder) / path.name
            yield unfinished
            _sync(unfinished)
            _put_in_place(unfinished, path)
    except OSError as error:
        raise FileNotSaved(fault_of(error), str(path)) from error


def fault_of(error: OSError) -> FileFault:
    """What the operating system's error means for the clerk."""
    return FAULTS.get(error.errno or 0, FileFault.FAILED)


def file_name(text: str) -> str:
    """A text as the name of a file on every system, without its ending."""
    return NOT_IN_NAMES.sub("-", text)[:LONGEST_NAME].strip(" .-") or "Export"


def _sync(path: Path) -> None:
    """Written to the disk, so that a power cut leaves the old file or the new one."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put_in_place(unfinished: Path, path: Path) -> None:
    try:
        unfinished.replace(path)
    except PermissionError as error:
        # The folder can be written to, so it is the file itself: Windows locks it while Excel shows it.
        raise FileNotSaved(FileFault.IN_USE, str(path)) from error
