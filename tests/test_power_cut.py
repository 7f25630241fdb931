"""The power fails at any moment: what was acknowledged is on the disk.

What SQLite really writes, truncates and syncs is recorded by a library in front of the C library; then the disk is
rebuilt as a cut may leave it. What was synced is there. Of what wasn't, any part may be: in any order, torn at the
border of a sector. A file that was made is taken to be there.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from model.errors import StoreUnavailable
from model.store import open_store
from tests.crash_child import HEADER, ROOT, SMALL_CACHE, Witness, series

COMPILER = shutil.which("cc") or shutil.which("gcc")
CUTS_IN_ONE_RECORDING = 25
MOST_CUTS_TO_A_LOSS = 200
SECTOR = 512
NAMES = ("tarifwechsel.db", "tarifwechsel.db-journal")
DAMAGE = (AssertionError, StoreUnavailable, LookupError, TypeError, ValueError, sqlite3.Error)
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not COMPILER, reason="needs a C compiler and Linux to stand in front of the C library"
)

# Every record is {kind, file, offset, size}, and the bytes of a write; files are told apart by what follows the name.
RECORDER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))

enum { DATABASE, JOURNAL, UNKNOWN, FOREIGN };

static int file_named(const char *path)
{
    const char *database = getenv("RECORDED_DATABASE");
    size_t length = strlen(database);
    if (strncmp(path, database, length))
        return FOREIGN;
    return !path[length] ? DATABASE : !strcmp(path + length, "-journal") ? JOURNAL : UNKNOWN;
}

static int file_open_at(int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return file_named(path);
}

static void record(int kind, int file, int64_t offset, const void *bytes, int64_t size)
{
    static int log = -1;
    if (file == FOREIGN)
        return;
    if (log < 0)
        log = open(getenv("RECORD"), O_WRONLY | O_APPEND | O_CLOEXEC);
    int64_t head[4] = {kind, file, offset, size};
    struct iovec parts[2] = {{head, sizeof head}, {(void *) bytes, bytes ? (size_t) size : 0}};
    if (writev(log, parts, 2) < (ssize_t) sizeof head)
        abort();
}

static ssize_t wrote(int fd, off_t offset, const void *bytes, ssize_t size)
{
    if (size > 0)
        record('w', file_open_at(fd), offset, bytes, size);
    return size;
}

static int done(int result, int kind, int file, off_t size)
{
    if (!result)
        record(kind, file, size, NULL, 0);
    return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    return wrote(fd, offset, bytes, REAL(pwrite)(fd, bytes, size, offset));
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
    return wrote(fd, offset, bytes, REAL(pwrite64)(fd, bytes, size, offset));
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    off_t offset = file_open_at(fd) == FOREIGN ? 0 : lseek(fd, 0, SEEK_CUR);
    return wrote(fd, offset, bytes, REAL(write)(fd, bytes, size));
}

int ftruncate(int fd, off_t size) { return done(REAL(ftruncate)(fd, size), 't', file_open_at(fd), size); }
int ftruncate64(int fd, off64_t size) { return done(REAL(ftruncate64)(fd, size), 't', file_open_at(fd), size); }
int fsync(int fd) { return done(REAL(fsync)(fd), 's', file_open_at(fd), 0); }
int fdatasync(int fd) { return done(REAL(fdatasync)(fd), 's', file_open_at(fd), 0); }
int unlink(const char *path) { return done(REAL(unlink)(path), 'u', file_named(path), 0); }

int rename(const char *from, const char *to)
{
    int file = file_named(from) == FOREIGN ? file_named(to) : file_named(from);
    return done(REAL(rename)(from, to), 'r', file, 0);
}
"""


@dataclass(frozen=True)
class Event:
    """A write, truncation or sync of a file, or a mark of the program; a truncation is to `offset` bytes."""

    kind: str
    file: int
    offset: int
    content: bytes = b""


@dataclass
class Disk:
    """A file: what is certainly on the disk, and what was done since the last sync."""

    synced: bytearray
    unsynced: list[Event] = field(default_factory=list)

    def take(self, event: Event) -> None:
        self.unsynced.append(event)
        if event.kind == "s":
            self.synced = self.with_events(self.unsynced)
            self.unsynced.clear()

    def with_events(self, events: list[Event], hole: bytes = b"\0") -> bytearray:
        """The content with some of the events; where a file grows beyond what was written, there is anything."""
        content = bytearray(self.synced)
        for event in events:
            if event.kind in "wt" and event.offset > len(content):
                content += hole * (event.offset - len(content))
            if event.kind == "w":
                content[event.offset : event.offset + len(event.content)] = event.content
            elif event.kind == "t":
                del content[event.offset :]
        return content

    def after_cut(self, chance: random.Random) -> bytearray:
        """What was synced, and a part of the rest."""
        torn = chance.random() < 0.5
        pieces = [piece for event in self.unsynced for piece in (sectors(event) if torn else [event])]
        share = chance.choice((0, 0.2, 0.5, 0.8, 1))
        kept = [piece for piece in pieces if chance.random() < share]
        if chance.random() < 0.5:
            chance.shuffle(kept)
        return self.with_events(kept, chance.choice((b"\0", b"\xa5")))


def sectors(event: Event) -> list[Event]:
    """A write as the disk does it."""
    if event.kind != "w":
        return [event]
    end = event.offset + len(event.content)
    borders = [event.offset, *range(event.offset // SECTOR * SECTOR + SECTOR, end, SECTOR), end]
    return [
        Event("w", event.file, begin, event.content[begin - event.offset : stop - event.offset])
        for begin, stop in pairwise(borders)
    ]


@dataclass(frozen=True)
class Recording:
    """The disk as it was, and what was done."""

    before: tuple[bytes, ...]
    events: list[Event]

    def disks(self, cut: int) -> list[Disk]:
        disks = [Disk(bytearray(content)) for content in self.before]
        for event in self.events[:cut]:
            if event.kind != "m":
                disks[event.file].take(event)
        return disks

    def problem_after(self, cut: int, chance: random.Random, folder: Path) -> BaseException | None:
        """Open what a cut leaves; what is wrong with it."""
        folder.mkdir(exist_ok=True)
        for name, disk in zip(NAMES, self.disks(cut), strict=True):
            (folder / name).write_bytes(disk.after_cut(chance))
        witness = Witness()
        for event in self.events[:cut]:
            if event.kind == "m":
                witness.hear(event.content)
        try:
            witness.look(folder / NAMES[0])
        except DAMAGE as error:
            return error
        return None


@pytest.fixture(scope="session")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library, built."""
    folder = tmp_path_factory.mktemp("recorder")
    source, library = folder / "recorder.c", folder / "recorder.so"
    source.write_text(RECORDER, encoding="ascii")
    subprocess.run([str(COMPILER), "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return library


def record(recorder: Path, folder: Path, seed: str, *pragmas: str) -> Recording:
    """Let the program work on a new database."""
    paths, log = [folder / name for name in NAMES], folder / "log"
    open_store(paths[0]).close()
    before = contents(paths)
    log.touch()
    command = [sys.executable, "-m", "tests.crash_child", str(log), str(paths[0]), seed, "20", *pragmas]
    names = {"LD_PRELOAD": str(recorder), "RECORD": str(log), "RECORDED_DATABASE": str(paths[0])}
    subprocess.run(command, cwd=ROOT, env={**os.environ, **names}, check=True)
    recording = Recording(before, list(read_events(log.read_bytes())))
    assert {event.kind for event in recording.events} <= set("wtsm"), "a file was removed or renamed"
    assert {event.file for event in recording.events} == {0, 1}, "a file that this test knows nothing of"
    disks = recording.disks(len(recording.events))
    assert tuple(bytes(disk.with_events(disk.unsynced)) for disk in disks) == contents(paths), "not all was recorded"
    return recording


def contents(paths: list[Path]) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in paths)


def read_events(log: bytes) -> Iterator[Event]:
    place = 0
    while place < len(log):
        kind, file, offset, size = HEADER.unpack_from(log, place)
        place += HEADER.size + size
        yield Event(chr(kind), file, offset, log[place - size : place])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The cuts in series of recordings of their own, so that they run side by side."""
    if "cuts" in metafunc.fixturenames:
        metafunc.parametrize("cuts", series(metafunc.config.getoption("cuts"), CUTS_IN_ONE_RECORDING), ids=str)


def problems(recording: Recording, number: int, chance: random.Random, folder: Path) -> Iterator[str]:
    """What is wrong after cuts, half of them at any point, half as soon as something was acknowledged."""
    told = [place + 1 for place, event in enumerate(recording.events) if event.kind == "m"]
    for _ in range(number):
        cut = chance.choice(told) if chance.random() < 0.5 else chance.randrange(len(recording.events) + 1)
        if problem := recording.problem_after(cut, chance, folder):
            yield f"cut after event {cut}: {problem!r}"


def test_a_power_cut_loses_nothing_that_was_acknowledged(recorder: Path, cuts: range, tmp_path: Path) -> None:
    seed = str(random.getrandbits(64))
    chance = random.Random(seed)
    pragmas = [SMALL_CACHE] if chance.random() < 0.5 else []
    recording = record(recorder, tmp_path, seed, *pragmas)
    lost = list(problems(recording, len(cuts), chance, tmp_path / "after"))
    print(f"{len(cuts)} cuts, {len(lost)} lost or damaged; {len(recording.events)} events, seed {seed}, {pragmas}")
    assert lost == []


@pytest.mark.parametrize("weaker", ["synchronous=OFF", "synchronous=NORMAL"])
def test_with_fewer_syncs_a_power_cut_does_lose_orders(recorder: Path, weaker: str, tmp_path: Path) -> None:
    seed = str(random.getrandbits(64))
    print(f"seed {seed}")
    recording = record(recorder, tmp_path, seed, weaker)
    lost = problems(recording, MOST_CUTS_TO_A_LOSS, random.Random(seed), tmp_path / "after")
    assert next(lost, None), "the test proves nothing"


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_another_journal_would_be_noticed(recorder: Path, journal: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="removed or renamed"):
        record(recorder, tmp_path, "0", f"journal_mode={journal}")
