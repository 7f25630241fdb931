"""Finding on a server: the newest search ends the one before and nothing else, trigrams are used where they are."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from pytestqt.qtbot import QtBot

from model import finding, postgres_schema
from model.errors import Interrupted, ModelError, StorageFault, StoreUnavailable
from model.installation import NewExtension
from model.list_query import ListQuery
from model.listing import InstallationRow
from model.opened import open_database
from model.postgres_engine import PostgresEngine
from model.search import fold, sort_text
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Store, open_store
from tests.examples import CLERK, NOW, TODAY, install, objects
from tests.postgres import Office
from ui.searching import ListPage, Searching

ENDLESS = "SELECT pg_sleep(600)"
ASLEEP = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"


@pytest.fixture
def engine(office: Office) -> Iterator[PostgresEngine]:
    with closing(office.open()) as opened:
        yield opened
    office.empty()


@pytest.fixture
def plot(office: Office) -> Iterator[Office]:
    """A database of its own: an extension is there for every schema of one."""
    name = f"{office.name}_search"
    office.do(f"CREATE DATABASE {name}")
    yield Office(f"{office.server}{'&' if '?' in office.server else '?'}dbname={name}", name)
    office.do(f"DROP DATABASE {name} WITH (FORCE)")


class Asking(threading.Thread):
    """Asks something that takes for ever, on a thread of its own, and keeps how that ended."""

    def __init__(self, engine: PostgresEngine, *, may_end: bool = True) -> None:
        super().__init__()
        self._engine, self._may_end = engine, may_end
        self.ended: BaseException | None = None

    def run(self) -> None:
        try:
            if self._may_end:
                with self._engine.finder.interruptible():
                    self._engine.query(ENDLESS)
            else:
                self._engine.query(ENDLESS)
        except (Interrupted, StoreUnavailable) as error:
            self.ended = error


def asked(office: Office, asking: Asking) -> Asking:
    asking.start()
    while not office.do(ASLEEP):
        time.sleep(0.01)
    return asking


# ---------------------------------------------------------------------- interrupting


def test_the_newest_search_ends_the_one_under_way(office: Office, engine: PostgresEngine) -> None:
    for _round in range(3):
        asking = asked(office, Asking(engine))
        engine.finder.interrupt()
        asking.join()
        assert isinstance(asking.ended, Interrupted)
        assert engine.query("SELECT 1 AS n") == [{"n": 1}]


def test_what_may_not_be_ended_goes_on(office: Office, engine: PostgresEngine) -> None:
    asking = asked(office, Asking(engine, may_end=False))
    for _time in range(20):
        engine.finder.interrupt()
    assert engine.query("SELECT 2 AS n") == [{"n": 2}]
    assert office.do(ASLEEP)
    office.do("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")
    asking.join()
    assert isinstance(asking.ended, StoreUnavailable)


def test_what_the_administrator_ends_is_no_interruption_of_ours(office: Office, engine: PostgresEngine) -> None:
    asking = asked(office, Asking(engine))
    office.do("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")
    asking.join()
    assert isinstance(asking.ended, StoreUnavailable)
    assert asking.ended.fault is StorageFault.BUSY


def test_a_search_that_nobody_wants_any_more_asks_nothing_new(engine: PostgresEngine) -> None:
    with engine.finder.interruptible():
        assert engine.query("SELECT 1 AS n")
        engine.finder.interrupt()
        with pytest.raises(Interrupted):
            engine.query("SELECT 2 AS n")
    assert engine.query("SELECT 3 AS n") == [{"n": 3}]
    with engine.finder.interruptible():
        assert engine.query("SELECT 4 AS n") == [{"n": 4}]


def test_no_wish_ever_meets_the_statement_after(engine: PostgresEngine) -> None:
    ended, answers = 0, 0
    for n in range(150):
        waiting = threading.Thread(target=engine.finder.interrupt)
        try:
            with engine.finder.interruptible():
                waiting.start()
                engine.query("SELECT count(*) FROM generate_series(1, 20000)")
        except Interrupted:
            ended += 1
        answers += engine.query("SELECT CAST(:n AS bigint) AS n", {"n": n}) == [{"n": n}]
        waiting.join()
    assert answers == 150
    assert ended


def test_a_search_ends_inside_one_state_of_the_database_too(office: Office, engine: PostgresEngine) -> None:
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            with engine.finder.interruptible(), engine.read():
                engine.query(ENDLESS)
        except Interrupted as error:
            ended.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while not office.do(ASLEEP):
        time.sleep(0.01)
    engine.finder.interrupt()
    asking.join()
    assert len(ended) == 1
    with engine.read():
        assert engine.query("SELECT 1 AS n") == [{"n": 1}]


def test_the_newest_keystroke_wins_while_the_search_before_is_still_under_way(office: Office, qtbot: QtBot) -> None:
    told: list[ListPage] = []
    failed: list[ModelError] = []
    with closing(open_database(office.address)) as opened, psycopg.connect(office.address) as slow:
        fill(opened.whole)
        searching = Searching(opened)
        slow.execute("LOCK TABLE installation IN ACCESS EXCLUSIVE MODE")
        searching.search(ListQuery(TODAY, "brenn"), None, told.append, failed.append)
        qtbot.waitUntil(lambda: bool(office.do("SELECT 1 FROM pg_locks WHERE NOT granted")))
        searching.search(ListQuery(TODAY, "muell"), None, told.append, failed.append)
        slow.rollback()
        qtbot.waitUntil(lambda: bool(told or failed))
        searching.close()
    office.empty()
    assert ([page.query.text for page in told], failed) == (["muell"], [])
    assert [row.name for row in told[0].rows] == ["Müller"]


# ---------------------------------------------------------------------- trigrams


def has_trigrams(plot: Office) -> bool:
    return plot.do(f"SELECT to_regclass('{postgres_schema.TRIGRAMS}') IS NOT NULL") == [(True,)]


def names(store: Store, text: str) -> list[str]:
    first: list[InstallationRow] = []
    rows = store.listing.page(store.listing.find(ListQuery(TODAY, text), first.extend), 0)
    assert first in ([], rows)
    return [row.name for row in rows]


def fill(store: Store) -> None:
    for number, name in enumerate(("Autohaus Brenner", "Bäckerei Ährensack", "100 % Wolle", "a_b\\c", "Müller")):
        install(store, number=f"K-{number}", name=name)


TEXTS = ("brenn", "aehrens", "ährens", "100 %", "a_b", "b\\c", "mueller", "muller", "k-3", "x", "xyz", "e")


@pytest.mark.parametrize("long", [1, finding.LONG])
def test_both_ways_find_the_same_as_the_embedded_database(
    plot: Office, monkeypatch: pytest.MonkeyPatch, long: int
) -> None:
    monkeypatch.setattr(finding, "LONG", long)
    with closing(open_store(plot.address)) as store, closing(Store(SqliteEngine(MEMORY), CLERK)) as embedded:
        embedded.load_shipped_prices()
        fill(embedded)
        fill(store)
        expected = {text: names(embedded, text) for text in TEXTS}
        assert has_trigrams(plot)
        assert store._engine.finder.reading([["brenn"]], "text") is not None
        assert {text: names(store, text) for text in TEXTS} == expected
        plot.do(f"DROP INDEX {postgres_schema.TRIGRAMS}")
        with closing(open_store(plot.address, create=False)) as without:
            assert without._engine.finder.reading([["brenn"]], "text") is None
            assert {text: names(without, text) for text in TEXTS} == expected


def test_a_missing_index_of_trigrams_is_no_damage(plot: Office) -> None:
    with closing(open_store(plot.address)) as store:
        assert store._engine.damage() == []
        plot.do(f"DROP INDEX {postgres_schema.TRIGRAMS}")
        store.look_over()
        assert store.verify().findings == ()


@pytest.mark.parametrize(
    "statement", ["SELECT 1", "CREATE EXTENSION pg_trgm SCHEMA {0}"], ids=["nowhere", "in another schema"]
)
def test_the_extension_is_used_wherever_it_is(plot: Office, statement: str) -> None:
    other = Office(plot.server, f"{plot.name}_other")
    plot.do(statement.format(other.name))
    open_store(plot.address).close()
    assert has_trigrams(plot)


def test_an_owner_who_may_not_create_the_extension_works_without(plot: Office) -> None:
    plot.do("CREATE ROLE bescheiden LOGIN")
    plot.do(f"ALTER SCHEMA {plot.name} OWNER TO bescheiden")
    try:
        with closing(open_store(f"{plot.address}&user=bescheiden")) as store:
            fill(store)
            assert names(store, "brenn") == ["Autohaus Brenner"]
        assert not has_trigrams(plot)
    finally:
        plot.do("DROP OWNED BY bescheiden CASCADE; DROP ROLE bescheiden")


def test_the_server_looks_up_by_trigrams_what_few_have(plot: Office) -> None:
    with closing(open_store(plot.address)) as store:
        fill(store)
        plot.do("ANALYZE installation")
        plan = plot.do("SET enable_seqscan = off; EXPLAIN SELECT id FROM installation WHERE search LIKE '%brenn%'")
        assert postgres_schema.TRIGRAMS in "".join(str(row) for row in plan)
        assert store._engine.finder.reading([["k-"]], "text") is None
        sql, parameters = store._engine.finder.reading([["k-1"], ["a"]], "text") or ("", {})
        assert parameters == {"text_0": "%k-1%"}
        assert len(store._engine.query(sql, parameters)) == 1


# ---------------------------------------------------------------------- the longest values


def widest(count: int) -> list[str]:
    """The characters of which the most is made when they are folded."""
    seen = (chr(code) for code in range(0x21, 0x110000) if not 0xD800 <= code < 0xE000)
    plain = (character for character in seen if character.isprintable() and len(character.casefold()) == 1)
    return sorted(plain, key=lambda character: len(fold(character).encode()), reverse=True)[:count]


LONGEST = 200


@pytest.mark.parametrize("letters", ["😀", "𠀀𠀁𠀂𠀃𠀄𠀅𠀆𠀇", "1a2b3c", "widest 20", "widest 100"])
def test_the_longest_names_fit_into_every_index(plot: Office, letters: str) -> None:
    chance = random.Random(LONGEST)
    pool = widest(int(letters.split()[1])) if letters.startswith("widest") else list(letters)
    if letters.startswith("𠀀"):
        pool = [chr(code) for code in range(0x20000, 0x2A6D6)]
    name = "".join(chance.choice(pool) for _place in range(LONGEST))
    with closing(open_store(plot.address)) as store:
        installation = install(store, number="9" * 32, name=name)
        store.add_objects(installation, objects(1, 1), NOW)
        extension = store.account(installation).extensions[0]
        store.change_extension(installation, extension.id, NewExtension("9" * 20, name), NOW)
        assert store.account(installation).installation.name == name
        assert [row.id for row in store.find_installations(ListQuery(TODAY, "99"))] == [installation]
    assert len(sort_text(name)) > LONGEST


def test_a_statement_of_ours_that_is_wrong_stays_an_error(engine: PostgresEngine) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable), engine.finder.interruptible():
        engine.query("SELECT * FROM no_such_table")
