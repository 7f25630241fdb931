"""Children of the bench: programs started with a home and a screen of their own, and duels between two of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
GO = "go\n"


class ChildFailed(Exception):
    """A child ended without an answer; what happened to it is on the error channel."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where children run: a home of their own and a display, or none for Qt's offscreen platform."""

    home: Path
    display: str = ""

    def environment(self) -> dict[str, str]:
        """What a child sees: nothing of the settings and data of whoever runs the bench."""
        made = dict(os.environ, HOME=str(self.home), QT_QPA_PLATFORM="xcb" if self.display else "offscreen")
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            made[f"XDG_{name}_HOME"] = str(self.home / name.lower())
        # As on a computer where the program has run before: no start compiles it again.
        made.pop("PYTHONDONTWRITEBYTECODE", None)
        made["PYTHONPYCACHEPREFIX"] = str(self.home / "compiled")
        made["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        if self.display:
            made["DISPLAY"] = self.display
        return made

    def child(self, module: str, *arguments: object) -> subprocess.Popen[str]:
        """Start a module of the bench; it is talked to by lines."""
        return subprocess.Popen(
            [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def answer(self, module: str, *arguments: object) -> Any:
        """Run a module of the bench to its end; the JSON it ends with."""
        child = self.child(module, *arguments)
        said, _nothing = child.communicate()
        if child.returncode:
            raise ChildFailed(f"{module} failed")
        return json.loads(said.splitlines()[-1])

    def remember(self, database: str) -> None:
        """From now on the program opens this when it is started as clerks start it, without an argument."""
        kept = self.home / "config" / "Tarifwechsel" / "Tarifwechsel.conf"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(f"[General]\ndatabase={database}\n", encoding="utf-8")

    def first_paint(self, module: str, *arguments: object) -> tuple[float, float]:
        """From starting a child to its first painted list, in ms, and its resident memory then, in MiB."""
        started = time.monotonic()
        said, _nothing = self.child(module, *arguments).communicate()
        if not said.strip():
            raise ChildFailed(f"{module} painted nothing")
        painted, resident = said.split()
        return (float(painted) - started) * 1e3, int(resident) / 1024


def duel(rounds: int, first: subprocess.Popen[str], second: subprocess.Popen[str]) -> tuple[list[Any], list[Any]]:
    """Let two children act in turns, so that both meet the same load; their answers to each round."""
    with _ended(first), _ended(second):
        answers = interleaved(rounds, (lambda: _ask(first), lambda: _ask(second)))
    return answers[0], answers[1]


def serve(act: Callable[[], object]) -> None:
    """The child's side of a duel: act once for each line, answer with JSON, until there is no more."""
    for _line in iter(sys.stdin.readline, ""):
        print(json.dumps(act()), flush=True)


@contextmanager
def _ended(child: subprocess.Popen[str]) -> Iterator[None]:
    """A child that ends with its input, or at once if something failed."""
    try:
        yield
    except BaseException:
        child.kill()
        raise
    finally:
        child.communicate()


def _ask(child: subprocess.Popen[str]) -> Any:
    assert child.stdin
    assert child.stdout
    child.stdin.write(GO)
    child.stdin.flush()
    said = child.stdout.readline()
    if not said:
        raise ChildFailed(f"{child.args!r} failed")
    return json.loads(said)


def interleaved(rounds: int, acts: Sequence[Callable[[], Any]]) -> list[list[Any]]:
    """Every act once a round, the order turned round each time."""
    kept: list[list[Any]] = [[] for _ in acts]
    for place in range(rounds):
        pairs = list(zip(acts, kept, strict=True))
        for act, samples in pairs if place % 2 else reversed(pairs):
            samples.append(act())
    return kept
