"""A file that is damaged anyhow: the program's own errors, no crash, no hang, and no wrong tariff unnoticed."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest

from model import sqlite_health
from model.account import Account, Quote
from model.errors import ModelError
from model.list_query import ListQuery
from model.sqlite_engine import SqliteEngine
from model.store import Store
from model.tariff import PriceList
from tests.examples import CLERK, NOW, TODAY, install, objects, tariff

ROOT = Path(__file__).parents[1]
SLOWEST_S = 120
MOST_IN_ONE_PROCESS = 250
NEXT_MONTH = date(2026, 12, 1)
ROWS_OF = ("installation", "tariff_order", "price", "price_list", "extension", "device", "audit", "audit_head")
Result = TypeVar("Result")

# ---------------------------------------------------------------------- the undamaged file


def quote(store: Store, installation: int, short: str, quote_id: str) -> Quote:
    """A summary whose id is the same in every run, so that the file is."""
    return store.account(installation).quote(tariff(short), store.prices_on(TODAY), NOW, quote_id)


def write_whole(path: Path) -> list[bytes]:
    """A database with orders of each sort; its bytes after each step, the last is the whole."""
    states: list[bytes] = []
    steps: list[Callable[[Store], object]] = [
        lambda store: store._engine.execute("UPDATE _sqlite_migrations SET applied_at = '2026-01-01'"),
        lambda store: install(store, "C10", 12, 11),
        lambda store: install(store, "P25", 4, 2, number="K-2", call_flow=True),
        lambda store: install(store, "C50", 30, 30, number="K-3"),
        lambda store: store.place_order(quote(store, 1, "C25", "first"), NOW),
        lambda store: store.place_order(quote(store, 1, "C50", "second"), NOW),
        lambda store: store.place_order(quote(store, 2, "P50", "third"), NOW),
        lambda store: store.add_objects(2, objects(2, start=50), NOW),
        lambda store: store.place_order(quote(store, 3, "C250", "fourth"), NOW),
        lambda store: store.cancel_order(3, store.account(3).orders[0].order_number, "Irrtum", NOW),
        lambda store: store.place_order(quote(store, 3, "P100", "fifth"), NOW),
    ]
    with closing(SqliteEngine(path)) as engine:
        Store(engine, CLERK).load_shipped_prices()
    for step in steps:
        with closing(SqliteEngine(path, create=False)) as engine:
            engine.execute("PRAGMA secure_delete = ON")  # what was deleted would differ from run to run
            with engine.write():
                step(Store(engine, CLERK))
        states.append(path.read_bytes())
    return states


# ---------------------------------------------------------------------- ways to damage it


@dataclass
class Whole:
    """What is damaged: the states of the file, its page size, and the pages that tables begin on."""

    states: list[bytes]
    page: int
    tables: list[int]

    @property
    def data(self) -> bytearray:
        return bytearray(self.states[-1])

    def swap(self, data: bytearray, one: int, other: int) -> None:
        size = self.page
        first, second = data[one * size : (one + 1) * size], data[other * size : (other + 1) * size]
        data[one * size : (one + 1) * size], data[other * size : (other + 1) * size] = second, first


def flip_a_bit(whole: Whole, chance: random.Random) -> bytearray:
    data = whole.data
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def flip_bytes(whole: Whole, chance: random.Random) -> bytearray:
    data = whole.data
    for _turn in range(chance.choice([1, 4, 40, 400])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return data


def flip_in_rows(whole: Whole, chance: random.Random) -> bytearray:
    """One byte of what a page of the important tables really holds."""
    data = whole.data
    page = chance.choice(whole.tables) * whole.page
    used = [place for place in range(page, page + whole.page) if data[place]]
    place = chance.choice(used)
    data[place] = (data[place] + chance.randrange(1, 256)) % 256
    return data


def cut_off(whole: Whole, chance: random.Random) -> bytearray:
    data = whole.data
    pages = len(data) // whole.page
    length = chance.choice([chance.randrange(len(data)), chance.randrange(pages) * whole.page, len(data) - 1])
    return data[:length]


def append(whole: Whole, chance: random.Random) -> bytearray:
    return whole.data + bytearray(chance.randbytes(chance.randrange(1, 3 * whole.page)))


def swap_pages(whole: Whole, chance: random.Random) -> bytearray:
    data = whole.data
    whole.swap(data, *chance.sample(range(len(data) // whole.page), 2))
    return data


def lose_pages(whole: Whole, chance: random.Random) -> bytearray:
    """Pages of zeroes or of noise."""
    data = whole.data
    for page in chance.sample(range(len(data) // whole.page), chance.choice([1, 1, 3])):
        noise = chance.choice([bytes(whole.page), chance.randbytes(whole.page)])
        data[page * whole.page : (page + 1) * whole.page] = noise
    return data


def turn_back_a_page(whole: Whole, chance: random.Random) -> bytearray:
    """One page as it was before: a disk that said it had written and hadn't."""
    data, before = whole.data, chance.choice(whole.states[:-1])
    pages = [
        page
        for page in range(len(before) // whole.page)
        if before[page * whole.page : (page + 1) * whole.page] != data[page * whole.page : (page + 1) * whole.page]
    ]
    page = chance.choice(pages)
    data[page * whole.page : (page + 1) * whole.page] = before[page * whole.page : (page + 1) * whole.page]
    return data


WAYS = (flip_a_bit, flip_bytes, flip_in_rows, cut_off, append, swap_pages, lose_pages, turn_back_a_page)

# ---------------------------------------------------------------------- what the program makes of it


@dataclass
class Seen:
    """What one damaged file led to."""

    variant: str
    damage_said: bool = False
    unexpected: str = ""
    wrong_tariff: str = ""
    wrong_price: str = ""
    written: str = ""
    lost: str = ""


def tariffs(account: Account) -> object:
    return [(account.billed(day), account.usable(day)) for day in (TODAY, NEXT_MONTH)], account.pending(TODAY)


@dataclass
class Right:
    """What the undamaged file shows."""

    tariffs: list[object]
    names: list[tuple[int, str, bool]]
    prices: PriceList


def right(store: Store) -> Right:
    return Right([tariffs(store.account(number)) for number in (1, 2, 3)], names(store), store.prices_on(TODAY))


def names(store: Store) -> list[tuple[int, str, bool]]:
    rows = store.find_installations(ListQuery(TODAY))
    return sorted((row.id, row.tariff_name, row.pending) for row in rows)


class Examiner:
    """Does with a damaged file what a clerk would do, and notes what comes of it.

    A `large` file isn't looked at as a whole when it is opened, but a moment later.
    """

    def __init__(self, path: Path, variant: str, expected: Right, *, large: bool) -> None:
        self.path = path
        self.expected = expected
        self.seen = Seen(variant)
        self.large = large

    def ask(self, name: str, act: Callable[[], Result]) -> Result | None:
        """An answer, or None for an error; one that isn't the program's own is noted."""
        try:
            return act()
        except ModelError:
            self.seen.damage_said = True
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            self.seen.unexpected += f" {name}: {type(error).__name__}({str(error)[:60]!r});"
        return None

    def examine(self) -> Seen:
        before = self.path.read_bytes()
        self.open("open", self.look)
        if self.path.read_bytes() != before:
            self.seen.written = "by looking"
        damage = is_damaged(before)
        quote_id = self.open("order", self.order)
        if quote_id:
            self.look_again(quote_id)
        if quote_id and damage:
            self.seen.written = f"an order, although SQLite finds: {damage}"
        return self.seen

    def order(self, store: Store) -> str:
        if self.large:
            self.ask("look over", store.look_over)
        return store.place_order(quote(store, 3, "P250", "sixth"), NOW).quote_id

    def open(self, name: str, act: Callable[[Store], Result]) -> Result | None:
        """Open the file as the program does, and act."""

        def work() -> Result:
            with closing(SqliteEngine(self.path, create=False)) as engine:
                store = Store(engine, CLERK)
                store.load_shipped_prices()
                return act(store)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sqlite_health, "WHOLE_UP_TO", 0 if self.large else sys.maxsize)
            return self.ask(name, work)

    def look(self, store: Store) -> None:
        """Everything that is shown."""
        found = [self.ask("account", partial(store.account, number)) for number in (1, 2, 3)]
        shown = [self.ask("tariffs", partial(tariffs, account)) if account else None for account in found]
        listed = self.ask("list", lambda: names(store))
        self.ask("counts", lambda: store.counts(TODAY))
        self.ask("history", lambda: [store.audit_entries(number) for number in (1, 2, 3)])
        self.ask("mails", lambda: [store.mails(number) for number in (1, 2, 3)])
        prices = self.ask("prices", lambda: store.prices_on(TODAY))
        verified = self.ask("verify", store.verify)
        self.seen.damage_said |= bool(verified and verified.findings)
        if self.seen.damage_said:
            return
        pairs = zip(shown, self.expected.tariffs, strict=True)
        wrong = [number for number, (is_shown, should) in enumerate(pairs, 1) if is_shown not in (None, should)]
        if wrong or listed not in (None, self.expected.names):
            self.seen.wrong_tariff = f"installations {wrong}, list {listed}"
        if prices not in (None, self.expected.prices):
            self.seen.wrong_price = "today's price list"

    def look_again(self, quote_id: str) -> None:
        """An acknowledged order is there after a new start."""

        def orders() -> list[str]:
            with closing(SqliteEngine(self.path, create=False)) as engine:
                return [entry.quote_id for entry in Store(engine, CLERK).account(3).orders]

        found = self.ask("again", orders)
        if found is None or quote_id not in found:
            self.seen.lost = quote_id


def is_damaged(data: bytes) -> str:
    """What SQLite's own quick check says of these bytes; "" if nothing."""
    if not data:
        return "no content"
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.deserialize(data)
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except (sqlite3.Error, UnicodeError) as error:
            found = str(error)
    return "" if found == "ok" else str(found)


def main(way: str, first: int, last: int) -> None:
    """In a process of its own: damage, look, print what was seen as JSON; every other file is taken for a large one."""
    with TemporaryDirectory() as name:
        path = Path(name) / "tarifwechsel.db"
        states = write_whole(path)
        with closing(sqlite3.connect(path)) as connection:
            roots = dict(connection.execute("SELECT name, rootpage FROM sqlite_master").fetchall())
            (page,) = connection.execute("PRAGMA page_size").fetchone()
        with closing(SqliteEngine(path, create=False)) as engine:
            expected = right(Store(engine, CLERK))
        whole = Whole(states, page, [roots[table] - 1 for table in ROWS_OF])
        damage = next(entry for entry in WAYS if entry.__name__ == way)
        seen = []
        for number in range(first, last):
            path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
            path.write_bytes(damage(whole, random.Random(f"{way} {number}")))
            examiner = Examiner(path, f"{way} {number}", expected, large=number % 2 == 1)
            seen.append(asdict(examiner.examine()))
        print(json.dumps(seen))


# ---------------------------------------------------------------------- the tests


def outcomes(way: str, first: int, last: int) -> list[Seen]:
    """Variants of one way; a crash of the interpreter or a hang fails here."""
    script = f"from tests.test_damaged_files import main; main({way!r}, {first}, {last})"
    command = [sys.executable, "-X", "faulthandler", "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SLOWEST_S + last, check=False)
    assert done.returncode == 0, done.stderr
    return [Seen(**entry) for entry in json.loads(done.stdout)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parts of the variants, so that every core has some."""
    if "first" in metafunc.fixturenames:
        count = -(-int(metafunc.config.getoption("--variants")) // len(WAYS))
        parts = [
            (way.__name__, first, min(first + MOST_IN_ONE_PROCESS, count))
            for first in range(0, count, MOST_IN_ONE_PROCESS)
            for way in WAYS
        ]
        metafunc.parametrize(("way", "first", "last"), parts)


def test_a_damaged_file(way: str, first: int, last: int) -> None:
    """Only the program's own errors; no wrong tariff or price unless damage was said; nothing written, nothing lost."""
    seen = outcomes(way, first, last)
    assert seen
    questions = ("unexpected", "wrong_tariff", "wrong_price", "written", "lost")
    found = {
        question: [f"{entry.variant}: {getattr(entry, question)}" for entry in seen if getattr(entry, question)]
        for question in questions
    }
    assert found == {question: [] for question in questions}, json.dumps(found, indent=1)


def test_an_undamaged_file_is_right(tmp_path: Path) -> None:
    """What the variants are compared with; and twice the same, so that each variant is the same in every run."""
    path = tmp_path / "tarifwechsel.db"
    states = write_whole(path)
    again = write_whole(tmp_path / "again.db")
    assert states == again
    with closing(SqliteEngine(path, create=False)) as engine:
        store = Store(engine, CLERK)
        expected = right(store)
        assert store.verify().findings == ()
    for large in (False, True):
        path.write_bytes(states[-1])
        assert Examiner(path, "none", expected, large=large).examine() == Seen("none")
    assert [name for _number, name, _pending in expected.names] == ["Classic 10", "Pro 25", "Classic 50"]


FIGURES = {
    "installation": ("tariff_code", "tariff_name", "edition", "max_extensions", "max_devices", "net_cents", "vat_bp"),
    "price": ("code", "name", "edition", "max_extensions", "max_devices", "net_cents", "retired"),
    "price_list": ("vat_bp",),
}


@pytest.mark.parametrize("table", list(FIGURES))
def test_no_figure_of_a_tariff_changes_unnoticed(tmp_path: Path, table: str) -> None:
    """What a byte that is still a valid value does: neither SQLite nor a constraint can know that it is wrong."""
    path = tmp_path / "tarifwechsel.db"
    whole = write_whole(path)[-1]
    unnoticed = []
    for column in FIGURES[table]:
        path.write_bytes(whole)
        change_a_figure(path, table, column)
        with closing(SqliteEngine(path, create=False)) as engine:
            if not Store(engine, CLERK).verify().findings:
                unnoticed.append(column)
    assert unnoticed == []


def change_a_figure(path: Path, table: str, column: str) -> None:
    """In the first row; the guards are put back as they were."""
    other = {"edition": "'PRO'", "retired": "1"}.get(column, f"CASE typeof({column}) WHEN 'text' THEN 'X' ELSE 7 END")
    with closing(sqlite3.connect(path)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(f"UPDATE {table} SET {column} = {other} WHERE rowid = 1")
        for _name, sql in guards:
            connection.execute(sql)
        connection.commit()
