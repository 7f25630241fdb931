"""A program that works on a database until it dies, and what has to be in the database then.

`python -m tests.crash_child` forks on request, `python -m tests.crash_child LOG …` works under a recorder of writes.
Every act is told twice: before the Store is called, and once it has returned. What was told twice has to be there; of
what was told once, all or nothing.
"""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import sqlite_utils  # noqa: F401 - so that what is forked needn't import it

from model.account import Account, Verdict
from model.held_order import HeldOrder
from model.installation import Additions, Customer, NewDevice, NewExtension
from model.list_query import ListQuery
from model.orders import Ending
from model.sqlite_engine import SqliteEngine
from model.store import Removal, Store, new_quote_id, open_store
from tests.examples import CLERK, EMAIL, NOW, TODAY, tariff

ROOT = Path(__file__).parents[1]
HEADER = struct.Struct("=4q")
MOST_CUSTOMERS = 4
SMALL_CACHE = "cache_size=4"
NOBODY: frozenset[str] = frozenset()
Tell = Callable[[bytes], object]


def series(wanted: int, longest: int) -> list[range]:
    """So many tries in parts, which run side by side."""
    return [range(begin, min(begin + longest, wanted)) for begin in range(0, wanted, longest)]


@dataclass(frozen=True)
class Act:
    """One call of the Store; `detail` is the tariff ordered or the reason of a cancellation."""

    kind: str
    customer: str
    quote: str = ""
    detail: str = ""
    extensions: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()

    def adding(self) -> Additions:
        return Additions(
            tuple(NewExtension(number, "Nebenstelle") for number in self.extensions),
            tuple(NewDevice(name) for name in self.devices),
        )


# What is done


def work(store: Store, chance: random.Random, tell: Tell, acts: int = sys.maxsize) -> None:
    """Act after act, each told before and after."""
    for _ in range(acts):
        act = choose(store, chance)
        tell(told("tried", act))
        tell(told("done", act, perform(store, act)))


def told(what: str, act: Act, number: int = 0) -> bytes:
    return json.dumps([what, asdict(act), number]).encode() + b"\n"


def choose(store: Store, chance: random.Random) -> Act:
    """An act that the rules allow now."""
    rows, place = store.find_installations(ListQuery(TODAY)), chance.randrange(MOST_CUSTOMERS)
    if place >= len(rows):
        return with_objects(Act("create", f"K-{len(rows)}"), chance)
    account, act = store.account(rows[place].id), Act("", rows[place].customer_number)
    choosers = [order_act, order_act, cancel_act, add_act, remove_act]
    chance.shuffle(choosers)
    return next(chosen for chooser in choosers if (chosen := chooser(store, account, act, chance)))


def with_objects(act: Act, chance: random.Random) -> Act:
    extensions, devices = chance.choice((0, 1, 3, 20)), chance.choice((0, 1, 3, 20))
    return replace(
        act,
        extensions=tuple(str(chance.randrange(10**9)) for _ in range(extensions)),
        devices=tuple(f"Telefon {chance.randrange(10**9)}" for _ in range(devices)),
    )


def order_act(store: Store, account: Account, act: Act, chance: random.Random) -> Act | None:
    act = with_objects(act, chance) if chance.random() < 0.5 else act
    choices = account.choices(store.prices_on(TODAY), TODAY, act.adding())
    codes = [entry.tariff.code for entry in choices if not (entry.is_current or entry.is_pending or entry.obstacles)]
    return replace(act, kind="order", quote=new_quote_id(), detail=chance.choice(codes)) if codes else None


def cancel_act(_store: Store, account: Account, act: Act, _chance: random.Random) -> Act | None:
    pending = account.pending(TODAY)
    if not pending or account.obstacles(account.billed(TODAY)):
        return None
    return replace(act, kind="cancel", quote=pending.quote_id, detail="auf Wunsch")


def add_act(store: Store, account: Account, act: Act, chance: random.Random) -> Act | None:
    """Within the limit, or taken over from a telephone system; never so many that no tariff fits."""
    act, prices = with_objects(act, chance), store.prices_on(TODAY)
    if not act.adding() or not account.offer(prices, TODAY, act.adding()):
        return None
    fits = account.decide(act.adding(), prices, TODAY).verdict is Verdict.FITS
    return replace(act, kind="add" if fits else "load")


def remove_act(_store: Store, account: Account, act: Act, chance: random.Random) -> Act | None:
    extensions = tuple(entry.number for entry in account.extensions if chance.random() < 0.6)
    devices = tuple(entry.name for entry in account.devices if chance.random() < 0.6)
    act = replace(act, kind="remove", extensions=extensions, devices=devices)
    return act if act.adding() else None


def perform(store: Store, act: Act) -> int:
    """Do it; an order's number."""
    if act.kind == "create":
        store.create_installation(Customer(act.customer, "Muster GmbH", EMAIL), tariff("C10"), NOW, act.adding())
        return 0
    installation = store.find_customer(act.customer)
    assert installation is not None
    account = store.account(installation)
    if act.kind == "order":
        prices = store.prices_on(TODAY)
        target = prices.on_sale(act.detail)
        assert target
        quote = account.quote(target, prices, NOW, act.quote, act.adding())
        held = HeldOrder(store)
        held.hold(quote, NOW, act.adding())
        return held.place(quote, NOW, act.adding()).order_number
    if act.kind == "cancel":
        number = next(order.order_number for order in account.orders if order.quote_id == act.quote)
        store.cancel_order(installation, number, act.detail, NOW)
        return number
    if act.kind == "remove":
        store.remove_objects(installation, removal(account, act), NOW)
    elif act.kind == "add":
        store.add_objects(installation, act.adding(), NOW)
    else:
        store.load_objects(installation, act.adding(), NOW)
    return 0


def removal(account: Account, act: Act) -> Removal:
    return Removal(
        tuple(entry.id for entry in account.extensions if entry.number in act.extensions),
        tuple(entry.id for entry in account.devices if entry.name in act.devices),
    )


# What has to be there


@dataclass(frozen=True)
class Known:
    """A customer: numbers of extensions, names of devices, and what became of each quote that was ordered."""

    extensions: frozenset[str] = NOBODY
    devices: frozenset[str] = NOBODY
    orders: dict[str, tuple[str, Ending | None, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """Every customer, and how many entries the history has."""

    customers: dict[str, Known] = field(default_factory=dict)
    entries: int = 0


def after(state: State, act: Act) -> State:
    """What an act makes of everything; written without a look at how the Store does it."""
    known, entries = state.customers.get(act.customer, Known()), 1
    extensions, devices, orders = known.extensions, known.devices, dict(known.orders)
    if act.kind == "remove":
        extensions, devices = extensions - set(act.extensions), devices - set(act.devices)
    else:
        extensions, devices = extensions | set(act.extensions), devices | set(act.devices)
    if act.kind == "order":
        pending = [quote for quote, (_tariff, ending, _reason) in orders.items() if not ending]
        orders |= {quote: (orders[quote][0], Ending.SUPERSEDED, "") for quote in pending}
        orders[act.quote] = (act.detail, None, "")
        entries += len(pending) + bool(act.adding())
    elif act.kind == "cancel":
        orders[act.quote] = (orders[act.quote][0], Ending.CANCELLED, act.detail)
    changed = {act.customer: Known(extensions, devices, orders)}
    return State({**state.customers, **changed}, state.entries + entries)


def stored(store: Store, entries: int) -> State:
    """What is there."""
    accounts = [store.account(row.id) for row in store.find_installations(ListQuery(TODAY))]
    return State(
        {
            account.installation.customer_number: Known(
                frozenset(entry.number for entry in account.extensions),
                frozenset(entry.name for entry in account.devices),
                {order.quote_id: (order.tariff.code, order.ending, order.reason) for order in account.orders},
            )
            for account in accounts
        },
        entries,
    )


@dataclass
class Witness:
    """Hears what is told, and knows what has to be there."""

    certain: State = field(default_factory=State)
    tried: Act | None = None
    numbers: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0

    def hear(self, text: bytes) -> None:
        what, fields, number = json.loads(text)
        act = Act(**fields)
        act = replace(act, extensions=tuple(act.extensions), devices=tuple(act.devices))
        if what == "tried":
            self.tried = act
            return
        self.certain, self.tried = after(self.certain, act), None
        self.acknowledged += 1
        if number:
            self.numbers[act.quote] = number

    def look(self, path: Path) -> None:
        """Open the database as the program does; AssertionError or StoreUnavailable if it isn't what it has to be."""
        with closing(open_store(path)) as store:
            engine = store._engine
            checks = engine.query("PRAGMA integrity_check"), engine.query("PRAGMA foreign_key_check")
            assert checks == ([{"integrity_check": "ok"}], []), checks
            report = store.verify()
            assert report.findings == (), report.findings
            found = stored(store, report.entries)
            if self.tried and found == after(self.certain, self.tried):
                self.certain = found
            self.tried = None
            assert found == self.certain, f"found {found}, expected {self.certain}"
            orders = engine.query("SELECT quote_id, order_number FROM tariff_order")
            wrong = self.numbers.items() - {row["quote_id"]: row["order_number"] for row in orders}.items()
            assert not wrong, f"other order numbers: {wrong}"

    def go_on(self, path: Path) -> None:
        """The program can do everything that it could do before."""
        with closing(open_store(path)) as store:
            work(store, random.Random(0), self.hear, acts=10)
        self.look(path)


# How it dies


def fork_on_request() -> None:
    """For every line [path, seed, seconds] a fork works on that database and is killed after that long."""
    for request in sys.stdin:
        path, seed, seconds = json.loads(request)
        fork = os.fork()
        if not fork:
            work_until_killed(path, random.Random(seed))
        time.sleep(seconds)
        os.kill(fork, signal.SIGKILL)
        _fork, status = os.waitpid(fork, 0)
        os.write(1, json.dumps(["killed", os.waitstatus_to_exitcode(status)]).encode() + b"\n")


def work_until_killed(path: str, chance: random.Random) -> None:
    """With a small cache SQLite writes to the database in the middle of a transaction too."""
    store = open_store(path)
    if chance.random() < 0.5:
        store._engine.execute(f"PRAGMA {SMALL_CACHE}")
    work(store, chance, lambda text: os.write(1, text))


def work_recorded(log: str, path: str, seed: str, acts: str, *pragmas: str) -> None:
    """Some acts, told into the log that the recorder of writes keeps."""
    with Path(log).open("ab", buffering=0) as file, closing(SqliteEngine(path)) as engine:
        for pragma in pragmas:
            engine.execute(f"PRAGMA {pragma}")

        def tell(text: bytes) -> None:
            file.write(HEADER.pack(ord("m"), 0, 0, len(text)) + text)

        work(Store(engine, CLERK), random.Random(seed), tell, int(acts))


if __name__ == "__main__":
    work_recorded(*sys.argv[1:]) if sys.argv[1:] else fork_on_request()
