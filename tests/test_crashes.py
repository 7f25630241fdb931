"""A program killed at any moment: what it has acknowledged is there, and nothing is half there."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash_child import ROOT, Witness, series

ROUNDS_IN_ONE_DATABASE = 50
ACTS_IN_A_ROUND = 2
FIRST_LATEST_S = 0.05
Forker = subprocess.Popen[bytes]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks what is to be killed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The rounds in series of databases of their own, so that they run side by side."""
    if "rounds" in metafunc.fixturenames:
        metafunc.parametrize("rounds", series(metafunc.config.getoption("rounds"), ROUNDS_IN_ONE_DATABASE), ids=str)


@pytest.fixture
def forker() -> Iterator[Forker]:
    """A process that forks the program: a fork starts within a millisecond."""
    command = [sys.executable, "-m", "tests.crash_child"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def run_and_kill(forker: Forker, path: Path, seed: str, seconds: float, witness: Witness) -> None:
    """One round; the witness hears all that got out before the end."""
    assert forker.stdin
    assert forker.stdout
    forker.stdin.write(json.dumps([str(path), seed, seconds]).encode() + b"\n")
    forker.stdin.flush()
    while not (text := forker.stdout.readline()).startswith(b'["killed"'):
        assert text, "the forking process has ended"
        witness.hear(text)
    assert json.loads(text) == ["killed", -signal.SIGKILL]


def test_a_killed_program_loses_nothing_it_has_acknowledged(rounds: range, forker: Forker, tmp_path: Path) -> None:
    path, witness, seed = tmp_path / "tarifwechsel.db", Witness(), str(random.getrandbits(64))
    chance, latest, in_the_middle = random.Random(seed), FIRST_LATEST_S, 0
    for done, number in enumerate(rounds, start=1):
        seconds = chance.uniform(0, latest)
        print(f"round {number}: seed {seed}, {witness.acknowledged} acknowledged, killed after {seconds:.4f} s")
        run_and_kill(forker, path, f"{seed} {number}", seconds, witness)
        in_the_middle += has_hot_journal(path)
        witness.look(path)
        latest *= 1.2 if witness.acknowledged < ACTS_IN_A_ROUND * done else 0.9  # as fast as this computer is
    orders, acts = len(witness.numbers), witness.acknowledged
    witness.go_on(path)
    print(f"{len(rounds)} rounds, {in_the_middle} in a transaction, {orders} orders in {acts} acts acknowledged")
    assert orders or len(rounds) < ROUNDS_IN_ONE_DATABASE, "no order was acknowledged: this proves nothing"


def has_hot_journal(path: Path) -> bool:
    journal = path.with_name(f"{path.name}-journal")
    return journal.exists() and journal.stat().st_size > 0
