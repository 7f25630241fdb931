"""Other people's programs beside this one on the same screen, all looked at from outside in the same way.

A program is started, or gets a key, and the time is taken to the last large change of the screen before it stays still.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import Line, Result
from tests.bench.processes import ROOT, Place
from tests.bench.screen import Screen, is_installed

MOST_ROUNDS = 5
START_LIMIT_S, START_QUIET_S = 60.0, 3.0
KEY_LIMIT_S, KEY_QUIET_S = 8.0, 1.5
SETTLING_S = 3.0
LETTERS = "bren"
NOT_INSTALLED = "not installed"


@dataclass(frozen=True, slots=True)
class Other:
    """A program, how it is started, and where on the screen its filter is, if it has one."""

    name: str
    words: str
    command: tuple[str, ...]
    filter_at: tuple[int, int] | None = None


def programs(database: str) -> list[Other]:
    """This one and those beside it."""
    own = (sys.executable, str(ROOT / "main.py"), "--database", database, "--language", "de")
    browser = ("sqlitebrowser", "-R", "-t", "installation", database)
    return [
        Other("own", "Tarifwechsel", own, (150, 50)),
        Other("sqlitebrowser", "DB Browser for SQLite", browser, (369, 174)),
        Other("picard", "Picard", ("picard",)),
        Other("gnucash", "GnuCash", ("gnucash", "--nofile")),
    ]


def measure(screen: Screen, place: Place, database: str, size: int, pairs: int) -> list[Result]:
    """In turns, so that all meet the same load; a program that isn't there is told."""
    known = programs(database)
    starts = {
        other.name: Result(Line(f"{other.name}-start", f"{other.words}: start until still"), size) for other in known
    }
    keys = {
        other.name: Result(Line(f"{other.name}-filter", f"{other.words}: key in the filter until still"), size)
        for other in known
        if other.filter_at
    }
    for other in known:
        if not is_installed(other.command[0]):
            starts[other.name].note = NOT_INSTALLED
    for place_in_line in range(min(pairs, MOST_ROUNDS) + 1):
        for other in known:
            if not starts[other.name].note:
                took, typed = _round(screen, place, other)
                if place_in_line:  # the first start of all fills the caches and the settings
                    starts[other.name].measured += took
                    keys.get(other.name, starts[other.name]).measured += typed
    return [*starts.values(), *keys.values()]


def _round(screen: Screen, place: Place, other: Other) -> tuple[list[float], list[float]]:
    """A start, and a key after the other in the filter."""
    started = time.monotonic()
    with _running(place, other.command):
        still = screen.wait_until_still(started, START_LIMIT_S, START_QUIET_S)
        took = [] if still is None else [(still - started) * 1e3]
        if other.filter_at is None or not is_installed("xdotool"):
            return took, []
        time.sleep(SETTLING_S)
        # Whatever asks something has its way out.
        _xdotool(place, "key", "Escape")
        time.sleep(SETTLING_S)
        _xdotool(place, "mousemove", *map(str, other.filter_at), "click", "1")
        time.sleep(SETTLING_S)
        return took, list(_typed(screen, place))


def _typed(screen: Screen, place: Place) -> Iterator[float]:
    for letter in LETTERS:
        pressed = time.monotonic()
        _xdotool(place, "key", letter)
        still = screen.wait_until_still(pressed, KEY_LIMIT_S, KEY_QUIET_S)
        if still is not None:
            yield (still - pressed) * 1e3


@contextmanager
def _running(place: Place, command: Sequence[str]) -> Iterator[None]:
    """A program with everything it starts itself; all of it is ended."""
    quiet = subprocess.DEVNULL
    environment = {**place.environment(), "NO_AT_BRIDGE": "1"}
    child = subprocess.Popen(
        command, env=environment, cwd=Path.cwd(), stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        yield
    finally:
        for how in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(child.pid, how)
            with suppress(subprocess.TimeoutExpired):
                child.wait(5)


def _xdotool(place: Place, *arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], env=place.environment(), check=False, capture_output=True)
