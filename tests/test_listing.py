"""The list against a plain reading of every account: what is found, in which order, page by page, on any day."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils.utils import sqlite3

from model import finding, listing, narrowing
from model.account import Account
from model.engine import Parameters, Row
from model.export_list import list_page
from model.ids import EARLY, LATE, Ids, runs
from model.installation import Additions, Customer, NewDevice, NewExtension
from model.list_query import Filter, ListQuery, Sorting
from model.listing import Found, InstallationRow, ListCounts
from model.refusals import LimitReached, OrderRefused
from model.search import MAC_PART, fold, fold_digraphs, search_text, sort_ranges, sort_text
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Removal, Store, open_store
from model.verification import Finding, Wrong
from tests.examples import CLERK, NOW, TODAY, install, objects, order

SCHEMAS = Path(__file__).with_name("schemas")
EARLIER = NOW - timedelta(days=40)
DAYS = (EARLIER.date(), TODAY, date(2026, 11, 30), date(2026, 12, 1), date(2030, 1, 1))
MACS = ("", "001565abcdef", "0015650a0a0a")
NAMES = (
    "Müller", "Mueller & Söhne", "muller gmbh", "Ärztehaus Öst", "Aerztehaus", "Aal", "Straße 7", "Strasse 12", "3M",
    "24 Stunden GmbH", "007", "10 Zehn", "100%ig_gut", "50% Rabatt", "a_b", "Groß", "Zoë", "Œuvre 10", "Bauer Aue Öe",
    'A "b" c', "x*y^z", "O'Neil (NOT) & Co.",
)  # fmt: skip
TEXTS = (
    "", " ", "m", "mu", "mue", "mü", "muel", "mull", "müller", "aer", "a", "ae", "aue", "oe", "strasse", "straße 1",
    "3", "24", "10", "100", "101", "0", "00", "007", "k", "k-1", "%", "_", "a_b", "100%", "0%i", "gmbh mu", "gmbh",
    "ss", "str", "tw-000003", "5", "00:15:65", "001565a", "0015650a0a0a", "aue oe", "müller gmbh", "gibtesnicht",
    '"b"', "x*y^z", "*y^", "(not)", "o'nei", "neil (not) &",
)  # fmt: skip


@dataclass
class Plan:
    """What one customer of a random database has and did."""

    name: str
    short: str
    loaded: tuple[int, int]
    orders: tuple[str, ...] = ()
    mac: str = ""
    cancelled: bool = False
    email: str = field(default="kunde@example.org")


PLANS = st.builds(
    Plan,
    name=st.sampled_from(NAMES),
    short=st.sampled_from(("C10", "C25", "P10")),
    loaded=st.tuples(st.sampled_from((0, 9, 11, 24, 26)), st.sampled_from((0, 10, 11, 26))),
    orders=st.lists(st.sampled_from(("C10", "C25", "C50")), max_size=2).map(tuple),
    mac=st.sampled_from(MACS),
    cancelled=st.booleans(),
)


def carried_out(store: Store, plans: Sequence[Plan]) -> list[Account]:
    """The customers of a database, made as the program makes them: some orders took effect, some are pending."""
    made = []
    for place, plan in enumerate(plans):
        made.append(install(store, plan.short, number=f"K-{place}", name=plan.name, now=EARLIER))
    for instant, which in ((EARLIER, 0), (NOW, 1)):
        for installation, plan in zip(made, plans, strict=True):
            with suppress(OrderRefused, IndexError):
                placed = order(store, installation, plan.orders[which], instant)
                if plan.cancelled:
                    store.cancel_order(installation, placed.order_number, "Irrtum", instant)
    for installation, plan in zip(made, plans, strict=True):
        store.load_objects(installation, objects(*plan.loaded), NOW)
        if plan.mac:
            store.load_objects(installation, Additions(devices=(NewDevice("Tischtelefon", mac=plan.mac),)), NOW)
    return [store.account(installation) for installation in made]


def has_word(account: Account, word: str) -> bool:
    """In name or number, or as the number of an extension or an order, or as the beginning of an address."""
    text = search_text(account.installation.name, account.installation.customer_number)
    address = word.replace(":", "").replace("-", "").replace(".", "")
    return (
        word in text
        or fold_digraphs(word) in text
        or (len(word) > 1 and word in {entry.number for entry in account.extensions})
        or word.removeprefix("tw-").lstrip("0") in {str(placed.order_number) for placed in account.orders}
        or bool(MAC_PART.fullmatch(address) and any(entry.mac.startswith(address) for entry in account.devices))
    )


def is_listed(account: Account, query: ListQuery) -> bool:
    uncovered = account.uncovered(query.day)
    return (
        all(has_word(account, word) for word in fold(query.text).split())
        and {
            Filter.ALL: True,
            Filter.OVER: bool(uncovered.extensions or uncovered.devices),
            Filter.PENDING: account.pending(query.day) is not None,
        }[query.filter]
    )


def expected(accounts: Sequence[Account], query: ListQuery) -> list[int]:
    """The ids of a list in its order, by the rules alone."""
    start = fold_digraphs(fold(query.text).strip())

    def place(account: Account) -> tuple[bool, str, int]:
        known = account.installation
        if query.sorting is Sorting.NUMBER:
            return False, sort_text(known.customer_number), known.id
        late = not fold_digraphs(fold(known.name)).startswith(start) if fold(query.text).split() else False
        return late, sort_text(known.name), known.id

    return [account.installation.id for account in sorted(accounts, key=place) if is_listed(account, query)]


def ids_of(rows: Sequence[InstallationRow]) -> list[int]:
    return [row.id for row in rows]


@settings(max_examples=60)
@given(
    plans=st.lists(PLANS, max_size=9),
    queries=st.lists(
        st.builds(
            ListQuery, st.sampled_from(DAYS), st.sampled_from(TEXTS), st.sampled_from(Filter), st.sampled_from(Sorting)
        ),
        min_size=25,
        max_size=25,
    ),
    page=st.integers(1, 4),
    few=st.integers(0, 3),
    easier=st.sampled_from([0, 4]),
    one_in=st.sampled_from([1, 2, 1000]),
    long=st.sampled_from([1, 1000]),
    beginning=st.sampled_from([1, 2, 50]),
)
def test_every_query_finds_what_the_rules_say(
    plans: list[Plan],
    queries: list[ListQuery],
    page: int,
    few: int,
    easier: int,
    one_in: int,
    long: int,
    beginning: int,
) -> None:
    with pytest.MonkeyPatch.context() as small, closing(Store(SqliteEngine(MEMORY), CLERK)) as made:
        small.setattr(finding, "LONG", long)
        small.setattr(finding, "NEAR_ONE_IN", beginning)
        small.setattr(listing, "PAGE", page)
        small.setattr(finding, "FIRST_ROWS", page)
        small.setattr(narrowing, "FEW", few)
        small.setattr(narrowing, "EASIER", easier)
        small.setattr(narrowing, "ONE_IN", one_in)
        small.setattr(listing, "ANCHOR_EVERY", page + 1)
        small.setattr(listing, "ANCHORS_FROM", 3)
        made.load_shipped_prices()
        accounts = carried_out(made, plans)
        with as_a_file(made) as store:
            for query in queries:
                look(store, query, expected(accounts, query), page)
            for day in DAYS:
                sizes = [len(expected(accounts, ListQuery(day, filter=which))) for which in Filter]
                assert store.counts(day) == ListCounts(*sizes)
            assert store.verify().findings == ()


@contextmanager
def as_a_file(made: Store) -> Iterator[Store]:
    """A database in memory has one connection; of a file two questions can be asked at once."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "office.db")
        made._engine.copy_to(path)
        with closing(open_store(path, create=False)) as store:
            yield store


def look(store: Store, query: ListQuery, wanted: list[int], page: int) -> None:
    """Every way to ask for a list gives the same."""
    first: list[InstallationRow] = []
    found = store.listing.find(query, first.extend)
    assert ids_of(first) in ([], wanted[:page])
    assert (found.total, store.listing.find(query).total) == (len(wanted), len(wanted))
    for _time in range(2):
        pages = [row for at in range(0, len(wanted) + 1, page) for row in store.listing.page(found, at, page)]
        assert ids_of(pages) == wanted
        while store.listing.anchor(found):
            pass
    assert [store.listing.place(identity, found) for identity in wanted] == list(range(len(wanted)))
    assert store.listing.place(10**6, found) is None
    assert len(list_page(store._engine, query, ())) == len(wanted)


def test_the_whole_list_is_counted_from_anchors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ANCHOR_EVERY", 2)
    monkeypatch.setattr(listing, "ANCHORS_FROM", 5)
    with closing(Store(SqliteEngine(MEMORY), CLERK)) as store:
        store.load_shipped_prices()
        made = [install(store, number=f"K-{n}", name=f"Kunde {9 - n}") for n in range(5)]
        found = store.listing.find(ListQuery(TODAY))
        assert [store.listing.anchor(found) for _ in range(4)] == [True, True, True, False]
        assert [identity for _key, identity in found.anchors] == [made[4], made[2], made[0]]
        few = store.listing.find(ListQuery(TODAY, "kunde"))
        assert not store.listing.anchor(few)


@given(
    text=st.text(st.sampled_from("aeoumüöäs 19%"), max_size=9), rest=st.text(st.sampled_from("aeuü 0279b"), max_size=4)
)
def test_a_name_that_begins_with_a_text_is_in_a_range_of_it(text: str, rest: str) -> None:
    name = (text + rest).strip()
    start = fold_digraphs(fold(text).strip())
    key = sort_text(name)
    if start and fold_digraphs(fold(name)).startswith(start):
        assert any(low <= key < high for low, high in sort_ranges(text))


# ---------------------------------------------------------------------- ids


@given(
    late=st.lists(st.tuples(st.integers(1, 10**11), st.booleans())),
    cut=st.integers(0, 9),
    start=st.integers(0, 9),
    most=st.integers(0, 9),
)
def test_ids_are_what_was_put_in_the_late_ones_last(
    late: list[tuple[int, bool]], cut: int, start: int, most: int
) -> None:
    codes = [str((LATE if is_late else EARLY) + identity) for identity, is_late in late]
    wanted = [identity for identity, is_late in late if not is_late] + [
        identity for identity, is_late in late if is_late
    ]
    ids = Ids(run for part in (codes[:cut], codes[cut:]) for run in runs("".join(part)))
    assert len(ids) == len(wanted)
    assert ids.some(start, most) == wanted[start : start + most]
    assert [ids.place(identity) for identity in wanted] == [wanted.index(identity) for identity in wanted]
    assert ids.place(10**11 + 1) is None
    assert Ids.of(wanted).some(0, len(wanted)) == wanted


# ---------------------------------------------------------------------- what the filters go by


def test_counters_follow_whatever_happens() -> None:
    """After every act what triggers keep is what the orders say; the text index finds every name."""
    chance = random.Random(20261122)
    with closing(Store(SqliteEngine(MEMORY), CLERK)) as store:
        store.load_shipped_prices()
        made = [install(store, number=f"K-{n}", name=f"Anfang {n}", now=EARLIER) for n in range(4)]
        for step in range(120):
            act(store, chance.choice(made), chance, step)
            assert store.verify().findings == ()
        names = {store.account(installation).installation.name for installation in made}
        for name in names:
            rows = store.find_installations(ListQuery(TODAY, name))
            assert name in {row.name for row in rows}
        assert store.find_installations(ListQuery(TODAY, "Anfang 9")) == []


def act(store: Store, installation: int, chance: random.Random, step: int) -> None:
    instant = EARLIER + timedelta(hours=6 * step)
    account = store.account(installation)
    with suppress(OrderRefused, LimitReached):
        which = chance.randrange(5)
        if which == 0:
            order(store, installation, chance.choice(("C10", "C25", "C50", "P25")), instant)
        elif which == 1 and (pending := account.pending(instant.date())):
            store.cancel_order(installation, pending.order_number, "Irrtum", instant)
        elif which == 2:
            known = account.installation
            renamed = Customer(known.customer_number, f"Umbenannt {step} Ä", known.email)
            store.change_customer(installation, renamed, instant)
        elif which == 3:
            store.load_objects(installation, objects(7, 5, start=1000 * step), instant)
        else:
            gone = [entry.id for entry in account.extensions[:9]]
            store.remove_objects(installation, Removal(tuple(gone), tuple(e.id for e in account.devices[:5])), instant)


@pytest.mark.parametrize("change", ["holding_extensions = 99", "holding_devices = 1", "changes_on = '2027-01-01'"])
def test_r36_what_the_filters_go_by_is_checked_against_the_orders(tmp_path: Path, change: str) -> None:
    path = tmp_path / "office.db"
    with closing(open_store(path)) as store:
        install(store, number="K-1")
        order(store, install(store, number="K-2"), "C25")
        assert store.verify().findings == ()
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE installation SET {change} WHERE customer_number = 'K-2'")
    connection.close()
    with closing(open_store(path)) as store:
        assert store.verify().findings == (Finding(Wrong.COUNT, "K-2"),)


# ---------------------------------------------------------------------- older databases, only to be read


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_database_of_every_version_can_be_looked_at(tmp_path: Path, version: int) -> None:
    path = tmp_path / "office.db"
    with sqlite3.connect(path) as connection:
        connection.executescript((SCHEMAS / f"{version:03d}.sql").read_text(encoding="utf-8"))
    connection.close()
    with closing(open_store(path, create=False, read_only=True)) as store:
        accounts = [store.account(1)]
        for day in (TODAY, date(2026, 12, 1)):
            for which in Filter:
                for text in ("", "muster", "100", "nichts", "gmbh must"):
                    query = ListQuery(day, text, which)
                    look(store, query, expected(accounts, query), 64)
            assert store.counts(day) == ListCounts(
                *(len(expected(accounts, ListQuery(day, filter=which))) for which in Filter)
            )


def test_a_page_that_begins_after_the_end_is_empty() -> None:
    with closing(Store(SqliteEngine(MEMORY), CLERK)) as store:
        store.load_shipped_prices()
        store.create_installation(
            Customer("K-1", "Muster"), store.prices_on(TODAY).tariffs[0], NOW, Additions((NewExtension("10", "Eins"),))
        )
        for text in ("", "muster"):
            assert store.listing.page(store.listing.find(ListQuery(TODAY, text)), 64) == []
        assert store.listing.page(Found(ListQuery(TODAY), 0, Ids(()), []), 0) == []


def test_an_installation_that_comes_while_ids_are_looked_up_is_found_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowing, "EASIER", 0)
    with closing(open_store(tmp_path / "office.db")) as store, closing(open_store(tmp_path / "office.db")) as colleague:
        install(store, "C10", 1)
        query, wanted = store._engine.query, ListQuery(TODAY, "100")

        def and_then_one_more(sql: str, parameters: Parameters | None = None) -> list[Row]:
            found = query(sql, parameters)
            if "AS size" in sql and colleague.find_customer("K-2") is None:
                install(colleague, "C10", 1, number="K-2")
            return found

        monkeypatch.setattr(store._engine, "query", and_then_one_more)
        assert store.listing.find(wanted).total == 1
        assert store.listing.find(wanted).total == 2
