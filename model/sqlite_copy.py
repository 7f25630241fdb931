"""Copies a database that is being worked with, so that nobody waits for the copy; loaded with the first copy."""

from __future__ import annotations

from sqlite3 import Connection

from model.sqlite_library import sqlite3

# So many pages are copied, which takes some 10 ms, before whoever wants to write comes in between.
STEP = 2_000
# What was written meanwhile has SQLite begin anew. After so many times it copies in one step, and others wait.
MOST_BEGINNINGS = 10
# Whoever is let in needs a few ms; for as long the copy leaves the file alone.
PAUSE_S = 0.01


def copy_all(source: Connection, target: Connection) -> None:
    """Copy the whole database, as it is at the end; the disk needn't have the copy yet. Raises what SQLite raises."""
    # The last step would hold the source until the disk has everything.
    target.execute("PRAGMA synchronous = OFF")
    try:
        source.backup(target, pages=STEP, progress=_Progress(), sleep=PAUSE_S)
    except _TooOften:
        source.backup(target)


class _TooOften(Exception):
    """Others write all the time."""


class _Progress:
    """Called after each step; notices where the copy has begun anew."""

    def __init__(self) -> None:
        self._copied = self._beginnings = 0

    def __call__(self, status: int, left: int, pages: int) -> None:
        copied = pages - left
        if status == sqlite3.SQLITE_OK and copied <= self._copied:
            self._beginnings += 1
        self._copied = copied
        if self._beginnings == MOST_BEGINNINGS:
            raise _TooOften
