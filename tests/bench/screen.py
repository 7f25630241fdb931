"""A screen of the bench's own: Xvfb, what is on it, and keys and clicks for other people's programs."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT = 1600, 1000
BYTES_PER_PIXEL = 4
CURSOR_LINES = 40
QUIET_S = 1.0
LOOK_S = 0.01


@dataclass(frozen=True, slots=True)
class Screen:
    """A running Xvfb; `picture` is its memory, kept as a file by Xvfb itself."""

    display: str
    picture: Path

    def wait_until_still(self, since: float, limit_s: float, quiet_s: float = QUIET_S) -> float | None:
        """When the last large change was, once there was one and then none for a while; None if there was none.

        A blinking cursor is no change: it is small. Instants are those of `time.monotonic`.
        """
        before, last = self._lines(), None
        while time.monotonic() - since < limit_s:
            time.sleep(LOOK_S)
            now, lines = time.monotonic(), self._lines()
            if lines is not before and sum(a != b for a, b in zip(before, lines, strict=True)) > CURSOR_LINES:
                last, before = now, lines
            if last is not None and now - last > quiet_s:
                break
        return last

    def _lines(self) -> list[bytes]:
        content = self.picture.read_bytes()
        header, pixels = struct.unpack(">I", content[:4])[0], WIDTH * HEIGHT * BYTES_PER_PIXEL
        picture, width = content[len(content) - pixels :], WIDTH * BYTES_PER_PIXEL
        assert len(content) - pixels >= header
        return [picture[start : start + width] for start in range(0, pixels, width)]


@contextmanager
def xvfb(folder: Path) -> Iterator[Screen]:
    """A screen nobody sees; raises FileNotFoundError without Xvfb."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(folder)]
    with (folder / "xvfb.log").open("wb") as log:
        server = subprocess.Popen([*command, "-nolisten", "tcp"], pass_fds=[writing], stdout=log, stderr=log)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        if not number:
            raise RuntimeError((folder / "xvfb.log").read_text(errors="replace"))
        yield Screen(f":{number}", folder / "Xvfb_screen0")
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)


def is_installed(program: str) -> bool:
    """Whether a program is there to be started."""
    return shutil.which(program) is not None
