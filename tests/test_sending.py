"""Every mail is delivered at least once, and twice only where a sender was killed: one Message-ID, the same bytes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from model.list_query import ListQuery
from model.outbox import LEASE, DeliveryEnd, OutboxCounts
from model.provider import MailServer
from model.store import open_store
from tests.crash_child import ROOT
from tests.examples import TODAY, install, order
from tests.smtp_server import Mailbox, Received, authority, mail_server

ORDERS_OF_EACH, MAILS = 10, 400
AT_ONCE = 2
LATEST_S = 0.02
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks what is to be killed")


class Senders:
    """Programs that send, all at one instant of their clocks; each round is later than any lease of the one before."""

    def __init__(self, process: subprocess.Popen[bytes], path: Path, server: MailServer) -> None:
        self._process = process
        self._path = path
        self._server = server
        self._round = 0
        self._running: list[int] = []

    def start(self, count: int = AT_ONCE) -> None:
        self._round += 1
        minutes = self._round * LEASE.seconds // 60
        self._running = self._ask(json.dumps([str(self._path), asdict(self._server), authority(), minutes, count]))

    def kill(self) -> None:
        for sender in self._running:
            os.kill(sender, signal.SIGKILL)
        assert self._ask("") == [-signal.SIGKILL] * len(self._running)

    def wait(self) -> None:
        assert self._ask("") == [0] * len(self._running)

    def _ask(self, request: str) -> list[int]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(request.encode() + b"\n")
        self._process.stdin.flush()
        told: list[int] = json.loads(self._process.stdout.readline())
        return told


@contextmanager
def senders(path: Path, mailbox: Mailbox) -> Iterator[Senders]:
    command = [sys.executable, "-m", "tests.sending_child"]
    with (
        mail_server(mailbox) as server,
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,
    ):
        yield Senders(process, path, server)
        assert process.stdin
        process.stdin.close()


@pytest.fixture
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A database with so many customers and ten orders of each, one replaced by the next."""
    path = tmp_path / "office.db"
    with closing(open_store(path)) as store, store.together():
        for number in range(request.param):
            installation = install(store, number=f"K-{number}", email=f"kunde{number}@example.org")
            for place in range(ORDERS_OF_EACH):
                order(store, installation, ("C25", "C50")[place % 2])
    return path


def copies(received: list[Received]) -> dict[str, list[bytes]]:
    """What came under each Message-ID."""
    found: dict[str, list[bytes]] = {}
    for entry in received:
        found.setdefault(entry.message_id, []).append(entry.content)
    return found


def wait_until_quiet(mailbox: Mailbox) -> None:
    """What a killed program had sent already is still taken."""
    while mailbox.lines:
        time.sleep(0.001)


def check_all_delivered(path: Path, mailbox: Mailbox) -> int:
    """Every mail under its own Message-ID, always the same bytes, and the program knows; how many came again."""
    with closing(open_store(path, create=False)) as store:
        assert store.outbox.counts() == OutboxCounts(0, 0)
        customers = store.find_installations(ListQuery(TODAY))
        deliveries = [entry for row in customers for entry in store.outbox.of_installation(row.id)]
        assert store.verify().findings == ()
    assert len(deliveries) == len(customers) * ORDERS_OF_EACH
    assert {entry.ending for entry in deliveries} == {DeliveryEnd.SENT}
    found = copies(mailbox.received)
    assert found.keys() == {entry.message_id for entry in deliveries}
    assert not {message for message, contents in found.items() if len(set(contents)) > 1}
    return len(mailbox.received) - len(found)


@pytest.mark.parametrize("path", [MAILS // ORDERS_OF_EACH], indirect=True)
def test_killed_senders_cost_duplicates_at_most(path: Path, request: pytest.FixtureRequest) -> None:
    """Two at a time: neither sends what the other one has, and each killed one leaves one mail in doubt at most."""
    rounds, seed = int(request.config.getoption("kills")) // AT_ONCE, random.getrandbits(64)
    chance, mailbox = random.Random(seed), Mailbox()
    with senders(path, mailbox) as programs:
        for number in range(rounds):
            before, seconds = len(mailbox.received), chance.uniform(0, LATEST_S)
            print(f"round {number}: seed {seed}, {before} received, killed {seconds:.4f} s after the next")
            wanted = before + chance.randint(1, 2 * MAILS // (rounds * 3))
            programs.start()
            while len(mailbox.received) < wanted:
                time.sleep(0.0005)
            time.sleep(seconds)
            programs.kill()
            wait_until_quiet(mailbox)
            assert {len(contents) for contents in copies(mailbox.received[before:]).values()} == {1}
        programs.start()
        programs.wait()
    again = check_all_delivered(path, mailbox)
    print(f"{MAILS} mails, {rounds * AT_ONCE} kills, {again} delivered again")
    assert again <= rounds * AT_ONCE


@pytest.mark.parametrize("path", [10], indirect=True)
def test_two_programs_never_deliver_the_same_mail(path: Path) -> None:
    mailbox = Mailbox()
    with senders(path, mailbox) as programs:
        programs.start()
        programs.wait()
    assert check_all_delivered(path, mailbox) == 0


@pytest.mark.parametrize("path", [1], indirect=True)
def test_a_sender_killed_before_it_hears_the_answer_sends_the_same_again(path: Path) -> None:
    """The one moment in which nobody can know whether the mail was taken."""
    mailbox = Mailbox()
    with senders(path, mailbox) as programs:
        mailbox.on_content = lambda: programs.kill() if len(mailbox.received) == 1 else None
        programs.start(1)
        while len(mailbox.received) < 1 or mailbox.lines:
            time.sleep(0.001)
        programs.start()
        programs.wait()
    assert check_all_delivered(path, mailbox) == 1
    assert mailbox.counts()[mailbox.received[0].message_id] == 2
