"""Several programs at one database file: no order is lost, none is placed twice, nobody is turned away."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from model.account import Quote
from model.errors import ModelError, StoreUnavailable
from model.installation import Additions, NewExtension
from model.list_query import ListQuery
from model.refusals import InvalidInput, LimitReached, OrderRefused, QuoteStale
from model.store import Removal, Store, new_quote_id, open_store
from tests.examples import EMAIL, NOW, PRICES, TODAY, install, order, quote, tariff

ROOT = Path(__file__).parents[1]
LONGEST_S = 60
ACTS = 24
ROUNDS = 12
TARGETS = ("C25", "C50", "C100", "P25", "P50", "P100")
Answer = dict[str, Any]

# ---------------------------------------------------------------------- in the other programs


@dataclass
class Done:
    """What one program was told had been done, and what it saw at every look."""

    orders: dict[int, str] = field(default_factory=dict)
    cancelled: list[int] = field(default_factory=list)
    objects: dict[str, int] = field(default_factory=dict)
    pending: list[int] = field(default_factory=list)
    refused: int = 0
    unavailable: list[str] = field(default_factory=list)


@dataclass
class Clerk:
    """Acts at random on some installations; extensions have numbers that nobody else gives."""

    store: Store
    chance: random.Random
    first_number: int
    done: Done

    def order(self, installation: int) -> None:
        ordered = order(self.store, installation, self.chance.choice(TARGETS))
        self.done.orders[ordered.order_number] = ordered.quote_id

    def cancel(self, installation: int) -> None:
        pending = self.store.account(installation).pending(TODAY)
        if pending:
            self.store.cancel_order(installation, pending.order_number, "Irrtum", NOW)
            self.done.cancelled.append(pending.order_number)

    def add(self, installation: int) -> None:
        number = str(self.first_number)
        self.first_number += 1
        self.store.add_objects(installation, Additions((NewExtension(number, "Neu"),)), NOW)
        self.done.objects[number] = installation

    def remove(self, installation: int) -> None:
        mine = [entry for entry in self.store.account(installation).extensions if entry.number in self.done.objects]
        if mine:
            self.store.remove_objects(installation, Removal(extensions=(mine[0].id,)), NOW)
            del self.done.objects[mine[0].number]

    def look(self, installation: int) -> None:
        orders = self.store.account(installation).orders
        self.done.pending.append(sum(entry.ending is None and entry.effective_on > TODAY for entry in orders))


def hammer(store: Store, number: int, installations: Sequence[int], cancelling: bool) -> Done:
    """As many acts as fast as they go; a refusal by a rule is fine, one by the database isn't."""
    clerk = Clerk(store, random.Random(number), 1000 * (1 + number), Done())
    acts = [clerk.order, clerk.order, clerk.add, clerk.add, clerk.remove, *[clerk.cancel] * cancelling]
    for _turn in range(ACTS):
        installation = clerk.chance.choice(installations)
        try:
            clerk.chance.choice(acts)(installation)
            clerk.look(installation)
        except (LimitReached, OrderRefused, QuoteStale):
            clerk.done.refused += 1
        except StoreUnavailable as error:
            clerk.done.unavailable.append(error.fault)
    return clerk.done


class Server:
    """Does what another process asks for; a method's name is the command."""

    def __init__(self) -> None:
        self.quotes: dict[str, Quote] = {}
        self.store: Store

    def open(self, path: str) -> None:
        self.store = open_store(path, create=False)

    def close(self) -> None:
        self.store.close()

    def see(self, installation: int, short: str, quote_id: str) -> None:
        seen = self.store.account(installation).quote(tariff(short), PRICES, NOW, quote_id)
        assert seen.refusal is None
        self.quotes[quote_id] = seen

    def place(self, quote_id: str) -> int:
        return self.store.place_order(self.quotes[quote_id], NOW).order_number

    def place_and_die(self, quote_id: str, seconds: float) -> None:
        """A fork places the order and is killed after that long; nobody hears what came of it."""
        fork = os.fork()
        if not fork:
            open_store(self.store.target, create=False).place_order(self.quotes[quote_id], NOW)
            signal.pause()
        time.sleep(seconds)
        os.kill(fork, signal.SIGKILL)
        os.waitpid(fork, 0)

    def cancel(self, installation: int, number: int) -> None:
        self.store.cancel_order(installation, number, "Irrtum", NOW)

    def create(self, number: str) -> None:
        install(self.store, number=number)

    def add(self, installation: int, number: str) -> None:
        self.store.add_objects(installation, Additions((NewExtension(number, "Neu"),)), NOW)

    def hammer(self, number: int, installations: Sequence[int], cancelling: bool) -> Answer:
        return asdict(hammer(self.store, number, installations, cancelling))


def serve() -> None:
    """Answer one line with one line: JSON both."""
    server = Server()
    for line in sys.stdin:
        name, *what = json.loads(line)
        try:
            answer: Answer = {"result": getattr(server, name)(*what)}
        except ModelError as error:
            answer = {"refused": type(error).__name__, "why": str(error)}
        print(json.dumps(answer), flush=True)


# ---------------------------------------------------------------------- in this one


class Program:
    """Another process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, *command: object) -> Answer:
        assert self._process.stdin
        assert self._process.stdout
        limit = Timer(LONGEST_S, self._process.kill)
        limit.start()
        print(json.dumps(command), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        limit.cancel()
        assert line, "the program has ended or took too long"
        answer: Answer = json.loads(line)
        return answer


@pytest.fixture(scope="module")
def started() -> Iterator[list[Program]]:
    """Four processes for all tests: to start one takes longer than most of what it does."""
    command = [sys.executable, "-c", "from tests.test_races import serve; serve()"]
    with ExitStack() as stack:
        made = [
            stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            )
            for _ in range(4)
        ]
        yield [Program(process) for process in made]
        for process in made:
            process.kill()


@pytest.fixture
def programs(started: list[Program], store: Store) -> Iterator[list[Program]]:
    """Four programs with the database open."""
    assert [program.ask("open", store.target) for program in started] == [{"result": None}] * 4
    yield started
    assert [program.ask("close") for program in started] == [{"result": None}] * 4


def at_once(among: Sequence[Program], commands: Sequence[Sequence[object]]) -> list[Answer]:
    """Every program does its own command at the same moment."""
    with ThreadPoolExecutor(len(among)) as pool:
        asked = [pool.submit(program.ask, *what) for program, what in zip(among, commands, strict=True)]
        return [answer.result() for answer in asked]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database with four installations, each with a pending order."""
    with closing(open_store(tmp_path / "tarifwechsel.db")) as store:
        for number in range(1, 5):
            order(store, install(store, extensions=3, number=f"K-{number}"), "C50")
        yield store


def stored(store: Store, table: str) -> list[Answer]:
    return store._engine.query(f"SELECT * FROM {table}")


def pending(store: Store) -> list[int]:
    """How many orders are pending, for each of the four installations; seen at one moment."""
    rows = store._engine.query(
        """SELECT (SELECT count(*) FROM tariff_order o
                   WHERE o.installation_id = i.id AND o.ending IS NULL AND o.effective_on > :day) AS n
           FROM installation i ORDER BY i.id""",
        {"day": TODAY.isoformat()},
    )
    return [row["n"] for row in rows]


def placed(store: Store, quote_id: str) -> list[int]:
    """The numbers of a quote's orders; each has its one mail, to be delivered once."""
    numbers = [row["order_number"] for row in stored(store, "tariff_order") if row["quote_id"] == quote_id]
    mails = [row for row in stored(store, "outbox") if row["order_number"] in numbers]
    assert [(row["order_number"], row["kind"], row["recipient"]) for row in mails] == [
        (number, "ORDERED", EMAIL) for number in numbers
    ]
    deliveries = [row["message_id"] for row in stored(store, "delivery")]
    assert [deliveries.count(mail["message_id"]) for mail in mails] == [1] * len(numbers)
    return numbers


SAME = [[1], [1], [1], [1]]
DIFFERENT = [[1], [2], [3], [4]]
MIXED = [[1, 2, 3, 4]] * 4


@pytest.mark.parametrize("cancelling", [False, True], ids=["replacing", "cancelling"])
@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("where", [SAME, DIFFERENT, MIXED], ids=["same", "different", "mixed"])
def test_many_orders_at_once(
    store: Store, programs: list[Program], where: list[list[int]], count: int, cancelling: bool
) -> None:
    looks = []
    with ThreadPoolExecutor(count) as pool:
        asked = [
            pool.submit(program.ask, "hammer", number, where[number], cancelling)
            for number, program in enumerate(programs[:count])
        ]
        while not all(answer.done() for answer in asked):
            looks.append(pending(store))
            time.sleep(0.005)
        done = [Done(**answer.result()["result"]) for answer in asked]

    # R6, whoever looks and whenever
    assert [fault for entry in done for fault in entry.unavailable] == []
    fewest = 0 if cancelling else 1
    assert looks
    assert {number for look in looks for number in look} <= set(range(fewest, 2))
    assert {number for entry in done for number in entry.pending} <= set(range(fewest, 2))

    # what was acknowledged is there, and nothing else; the first four orders were placed before
    rows = stored(store, "tariff_order")
    found = {str(row["order_number"]): row["quote_id"] for row in rows}
    acknowledged = {str(number): quote_id for entry in done for number, quote_id in entry.orders.items()}
    assert len(acknowledged) == sum(len(entry.orders) for entry in done) == len(rows) - 4
    assert acknowledged.items() <= found.items()
    ended = [row["order_number"] for row in rows if row["ending"] == "CANCELLED"]
    assert sorted(ended) == sorted(number for entry in done for number in entry.cancelled)
    assert len(stored(store, "outbox")) == len(rows) + len(ended)
    numbers = {row["number"]: row["installation_id"] for row in stored(store, "extension") if len(row["number"]) == 4}
    assert numbers == {number: place for entry in done for number, place in entry.objects.items()}
    assert store.verify().findings == ()
    assert acknowledged


def test_r20_the_same_quote_from_two_programs_is_one_order(store: Store, programs: list[Program]) -> None:
    for turn in range(ROUNDS):
        quote_id, short = new_quote_id(), TARGETS[turn % 2]
        assert at_once(programs[:2], [["see", 1, short, quote_id]] * 2) == [{"result": None}] * 2
        first, second = at_once(programs[:2], [["place", quote_id]] * 2)
        assert first == second
        assert placed(store, quote_id) == [first["result"]]
    assert pending(store) == [1, 1, 1, 1]
    assert store.verify().findings == ()


def test_r20_the_same_quote_clicked_many_times_is_one_order(store: Store) -> None:
    """Enter held down, and every click on a thread of its own."""
    with ThreadPoolExecutor(8) as pool:
        for turn in range(ROUNDS):
            shown = quote(store, 1, TARGETS[turn % 2])
            clicks = [pool.submit(store.place_order, shown, NOW) for _click in range(8)]
            numbers = {click.result().order_number for click in clicks}
            assert placed(store, shown.quote_id) == [*numbers]
    assert pending(store) == [1, 1, 1, 1]
    assert store.verify().findings == ()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks what is to be killed")
def test_r20_a_click_whose_outcome_nobody_knows_is_one_order_after_the_retry(
    store: Store, programs: list[Program]
) -> None:
    """A program is killed while it orders, or just after; then the same summary is ordered from two others."""
    for turn in range(ROUNDS):
        quote_id, short = new_quote_id(), TARGETS[turn % 2]
        at_once(programs[:3], [["see", 1, short, quote_id]] * 3)
        programs[2].ask("place_and_die", quote_id, turn * 0.002)
        before = placed(store, quote_id)
        first, second = at_once(programs[:2], [["place", quote_id]] * 2)
        assert first == second
        assert placed(store, quote_id) == [first["result"]]
        assert before in ([], [first["result"]])
    assert pending(store) == [1, 1, 1, 1]
    assert store.verify().findings == ()


def test_r19_of_two_orders_for_one_installation_one_is_told_what_changed(store: Store, programs: list[Program]) -> None:
    for turn in range(ROUNDS):
        targets = TARGETS[:2] if turn % 2 else TARGETS[2:4]
        quotes = [new_quote_id(), new_quote_id()]
        at_once(programs[:2], [["see", 1, short, quote] for short, quote in zip(targets, quotes, strict=True)])
        answers = at_once(programs[:2], [["place", quote] for quote in quotes])
        (won,) = [answer["result"] for answer in answers if "result" in answer]
        (lost,) = [answer for answer in answers if "refused" in answer]
        assert (lost["refused"], lost["why"]) == ("QuoteStale", "replaced_tariff, replaces")
        current = store.account(1).pending(TODAY)
        assert current
        assert current.order_number == won
    assert store.verify().findings == ()


def test_r29_an_order_is_cancelled_once(store: Store, programs: list[Program]) -> None:
    for turn in range(ROUNDS):
        number = order(store, 1, TARGETS[turn % 2]).order_number
        answers = at_once(programs[:2], [["cancel", 1, number]] * 2)
        assert sorted(answer.get("why", "") for answer in answers) == ["", "NOT_PENDING"]
        mails = [row["kind"] for row in stored(store, "outbox") if row["order_number"] == number]
        assert sorted(mails) == ["CANCELLED", "ORDERED"]
    assert store.verify().findings == ()


def test_an_order_and_its_cancellation_at_once(store: Store, programs: list[Program]) -> None:
    """Either the replacement came first and there is nothing left to cancel, or the summary is out of date."""
    ordering, cancelling = programs[:2]
    for turn in range(ROUNDS):
        pending_now = store.account(1).pending(TODAY) or order(store, 1, "C250")
        quote_id = new_quote_id()
        ordering.ask("see", 1, TARGETS[turn % 2 + 2 * (turn % 3)], quote_id)
        ordered, cancelled = at_once(
            [ordering, cancelling], [["place", quote_id], ["cancel", 1, pending_now.order_number]]
        )
        assert ("result" in ordered) != ("result" in cancelled)
        assert ordered.get("refused", "QuoteStale") == "QuoteStale"
        assert cancelled.get("why", "NOT_PENDING") == "NOT_PENDING"
        assert pending(store)[0] == ("result" in ordered)
    assert store.verify().findings == ()


def test_a_customer_number_and_an_extension_are_given_once(store: Store, programs: list[Program]) -> None:
    for turn in range(ROUNDS // 2):
        for command in (["create", f"N-{turn}"], ["add", 1, str(500 + turn)]):
            answers = at_once(programs, [command] * 4)
            assert sum("result" in answer for answer in answers) == 1
            assert {answer.get("refused", InvalidInput.__name__) for answer in answers} == {InvalidInput.__name__}
    assert store.count_installations(ListQuery(TODAY)) == 4 + ROUNDS // 2
    assert len(store.account(1).extensions) == 3 + ROUNDS // 2
    assert store.verify().findings == ()
