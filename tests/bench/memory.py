"""Keeps a file in memory while it is measured."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Python has a name for it from 3.13 on.
MAP_LOCKED = 0x2000


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Let no page of a file be taken from memory; whether that could be had: it takes rights, and as much memory.

    Some machines take back within a minute what they have read: then disks would be measured, not programs.
    """
    try:
        with path.open("rb") as file:
            pages = _locked(file.fileno())
    except OSError:
        yield False
        return
    with pages:
        yield True


def _locked(file: int) -> mmap.mmap:
    if sys.platform != "linux":  # pragma: no cover - there is no such thing elsewhere
        raise OSError
    return mmap.mmap(file, 0, flags=mmap.MAP_SHARED | MAP_LOCKED, prot=mmap.PROT_READ)
