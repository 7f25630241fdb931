"""What only a database on a server has: an address, accounts, connections that break, desks at the same moment."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from urllib.parse import quote as quoted

import psycopg
import pytest

from model import postgres_session, schema
from model.errors import StorageFault, StoreUnavailable
from model.list_query import ListQuery
from model.postgres_address import ServerAddress
from model.postgres_engine import PostgresEngine
from model.postgres_text import placed
from model.refusals import InvalidInput, QuoteStale
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Store, open_store
from model.verification import Finding, Wrong
from tests.examples import CLERK, NOW, TODAY, dump, install, objects, order, quote
from tests.postgres import Office
from tests.proxy import AFTER, BEFORE, LOOPBACK, Proxy


def fault_of(call: Callable[[], object]) -> StorageFault:
    with pytest.raises(StoreUnavailable) as caught:
        call()
    return caught.value.fault


def with_options(address: str, options: str) -> str:
    return f"{address}{quoted(f' {options}')}"


@pytest.fixture
def desk(office: Office) -> Iterator[Store]:
    """A desk at the server, with the shipped price lists."""
    with closing(open_store(office.address)) as store:
        yield store
    office.empty()


@pytest.fixture
def other(office: Office, desk: Store) -> Iterator[Store]:  # noqa: ARG001 - has to be there first
    """Another desk at the same server."""
    with closing(open_store(office.address, create=False)) as store:
        yield store


@pytest.fixture
def plot(office: Office) -> Iterator[Office]:
    """An empty schema of its own, for what can't be undone."""
    made = Office(office.server, f"{office.name}_plot")
    yield made
    made.remove()


# ---------------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("WHERE id = :id AND n > :id", b"WHERE id = %(id)s AND n > %(id)s"),
        ("SELECT ':id', 'it''s :x', '100 %'", b"SELECT ':id', 'it''s :x', '100 %%'"),
        (r"LIKE :text0_1 ESCAPE '\'", rb"LIKE %(text0_1)s ESCAPE '\'"),
        ("SELECT a::text, n % 2, :text", b"SELECT a::text, n %% 2, %(text)s"),
    ],
)
def test_parameters_are_named_in_the_drivers_way(sql: str, expected: bytes) -> None:
    assert placed(sql) == expected


def test_what_looks_like_a_parameter_is_stored_as_typed(desk: Store) -> None:
    name = "100 % :id %(id)s 'x'::y \\"
    installation = install(desk, name=name)
    assert desk.account(installation).installation.name == name
    assert [row.name for row in desk.find_installations(query_for("% :id"))] == [name]


def query_for(text: str) -> ListQuery:
    return ListQuery(TODAY, text)


def test_both_engines_store_the_same(desk: Store) -> None:
    def act(store: Store) -> None:
        installation = install(store, "C10", 8, 7, name="Ärzte & Söhne GmbH")
        install(store, "P25", 3, 2, call_flow=True, number="K-2", name="Zoë Łuczak")
        for place, short in enumerate(("C25", "C50")):
            summary = replace(quote(store, installation, short), quote_id=f"00000000-0000-4000-8000-00000000000{place}")
            placed_order = store.place_order(summary, NOW)
        store.cancel_order(installation, placed_order.order_number, "Irrtum", NOW)
        store.add_objects(installation, objects(1, 1, start=20), NOW)

    with closing(SqliteEngine(MEMORY)) as engine:
        store = Store(engine, CLERK)
        store.load_shipped_prices()
        act(store)
        here = Store(desk._engine, CLERK)
        act(here)
        assert dump(desk._engine) == dump(engine)
        assert here.verify() == store.verify()
        assert [here.find_installations(query_for(text)) for text in ("", "zoe", "102")] == [
            store.find_installations(query_for(text)) for text in ("", "zoe", "102")
        ]


# ---------------------------------------------------------------------- opening


def test_nothing_is_made_unasked(plot: Office) -> None:
    assert fault_of(lambda: open_store(plot.address, create=False)) is StorageFault.NOT_SET_UP
    assert plot.do("SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace") == []
    open_store(plot.address).close()
    open_store(plot.address, create=False).close()


def test_somebody_elses_schema_stays_untouched(plot: Office) -> None:
    plot.do("CREATE TABLE invoice (id bigint)")
    assert fault_of(lambda: open_store(plot.address)) is StorageFault.NOT_OURS
    plot.do("CREATE TABLE schema_version (application bigint, version bigint)")
    assert fault_of(lambda: open_store(plot.address)) is StorageFault.NOT_OURS
    assert len(plot.do("SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace")) == 2


def test_a_newer_schema_is_refused_and_an_older_one_not_changed_unasked(plot: Office) -> None:
    plot.open().close()
    plot.do("UPDATE schema_version SET version = version + 1")
    assert fault_of(plot.open) is StorageFault.NEWER
    plot.do(f"UPDATE schema_version SET version = {schema.VERSION - 1}")
    assert fault_of(lambda: open_store(plot.address, create=False)) is StorageFault.OLDER


def test_an_older_schema_is_brought_up_to_date_with_everything_in_it(
    plot: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(plot.address)) as store:
        order(store, install(store, "C10", 3), "C25")
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "ALTER TABLE device ADD COLUMN remark TEXT;"))
    monkeypatch.setattr(schema, "VERSION", len(schema.MIGRATIONS))
    with closing(open_store(plot.address)) as store:
        assert store.verify().orders == 1
        assert plot.do("SELECT version FROM schema_version") == [(schema.VERSION,)]


def test_a_migration_that_fails_changes_nothing(plot: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    plot.open().close()
    with monkeypatch.context() as newer:
        fails = "ALTER TABLE device ADD COLUMN remark TEXT; ALTER TABLE no_such_table ADD COLUMN remark TEXT;"
        newer.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, fails))
        newer.setattr(schema, "VERSION", len(schema.MIGRATIONS))
        with pytest.raises(psycopg.errors.UndefinedTable):
            plot.open()
    with closing(plot.open()) as engine:
        assert engine.damage() == []


def test_programs_that_start_at_once_make_the_schema_once(plot: Office) -> None:
    with ThreadPoolExecutor(4) as executor, ExitStack() as stack:
        stores = [stack.enter_context(closing(store)) for store in executor.map(open_store, [plot.address] * 4)]
        assert [len(store.price_lists()) for store in stores] == [2] * 4
        assert stores[0].verify().findings == ()


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("&user=niemand", StorageFault.LOGIN),
        ("&dbname=nirgends", StorageFault.NO_DATABASE),
        (f"&host={LOOPBACK}&port=1", StorageFault.UNREACHABLE),
        ("&host=nirgends.invalid", StorageFault.UNREACHABLE),
        ("&sslmod=require", StorageFault.NO_ADDRESS),
    ],
)
def test_why_there_is_no_connection(office: Office, more: str, fault: StorageFault) -> None:
    assert fault_of(lambda: open_store(office.address + more)) is fault


def test_a_server_without_encryption_is_not_trusted(office: Office) -> None:
    with Proxy(office.server) as proxy:
        address = f"{office.address}&host={LOOPBACK}&port={proxy.port}&sslmode=require"
        assert fault_of(lambda: open_store(address)) is StorageFault.NO_TRUST


@pytest.mark.parametrize(
    ("address", "mode"),
    [
        ("postgresql://db.example.org/tarif", "verify-full"),
        ("postgresql://db.example.org/tarif?sslmode=require", "require"),
        ("postgresql://localhost/tarif", None),
        ("postgresql:///tarif?host=/run/postgresql", None),
    ],
)
def test_a_server_elsewhere_has_to_prove_who_it_is(address: str, mode: str | None) -> None:
    assert ServerAddress(address)._parts.get("sslmode") == mode


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://kurt:geheim@db.example.org:5433/tarif?password=geheim",
        "postgresql://kurt:gehe%40im@db.example.org:5433/tarif",
        "postgresql://db.example.org:5433/tarif?user=kurt&password=geheim",
    ],
)
def test_r37_no_password_is_shown(address: str) -> None:
    assert ServerAddress(address).shown == "postgresql://db.example.org:5433/tarif"


def test_r37_no_password_is_shown_of_what_is_no_address() -> None:
    with pytest.raises(StoreUnavailable) as caught:
        ServerAddress("postgresql://kurt:geheim@db.example.org/tarif?kennwort=geheim")
    assert caught.value.place == "postgresql://db.example.org/tarif"


def test_without_the_driver_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "model.postgres_engine", None)
    assert fault_of(lambda: open_store("postgresql:///tarif")) is StorageFault.NO_DRIVER


def test_a_server_that_only_reads_is_only_read(office: Office, desk: Store) -> None:
    installation = install(desk)
    with closing(open_store(with_options(office.address, "-c default_transaction_read_only=on"))) as reading:
        assert (reading.read_only, reading.is_viewer, reading.has_file) == (True, False, False)
        assert reading.account(installation) == desk.account(installation)
        assert fault_of(lambda: order(reading, installation, "C25")) is StorageFault.READ_ONLY


# ---------------------------------------------------------------------- connections


def test_a_connection_that_was_lost_is_made_anew(office: Office, desk: Store) -> None:
    installation = install(desk)
    office.end_sessions()
    assert desk.account(installation).installation.id == installation
    office.end_sessions()
    assert [row.id for row in desk.find_installations(query_for(""))] == [installation]
    office.end_sessions()
    assert order(desk, installation, "C25").tariff.code == "classic-25"


def test_a_change_whose_connection_is_lost_leaves_nothing(office: Office, desk: Store) -> None:
    def lose() -> None:
        with desk.together():
            install(desk, number="K-1")
            office.end_sessions()
            with suppress(StoreUnavailable):
                install(desk, number="K-2")
            install(desk, number="K-3")

    assert fault_of(lose) is StorageFault.CONNECTION_LOST
    assert desk.counts(TODAY).all == 0
    assert desk.verify().findings == ()


def test_a_lost_change_isnt_taken_for_done_even_if_nobody_noticed(office: Office, desk: Store) -> None:
    def lose() -> None:
        with desk.together():
            install(desk, number="K-1")
            office.end_sessions()

    assert fault_of(lose) is StorageFault.CONNECTION_LOST
    assert desk.counts(TODAY).all == 0


@pytest.mark.parametrize(("cut", "orders"), [(BEFORE, 0), (AFTER, 1)])
def test_how_a_change_ended_is_asked_when_the_connection_breaks_at_its_end(
    office: Office, desk: Store, monkeypatch: pytest.MonkeyPatch, cut: str, orders: int
) -> None:
    monkeypatch.setattr(postgres_session, "SETTLING_S", (0.05,) * 50)
    installation = install(desk)
    with (
        Proxy(office.server) as proxy,
        closing(open_store(f"{office.address}&host={LOOPBACK}&port={proxy.port}&sslmode=disable")) as away,
    ):
        wanted = quote(away, installation, "C25")
        proxy.cut = cut
        if cut == AFTER:
            assert away.place_order(wanted, NOW).quote_id == wanted.quote_id
        else:
            assert fault_of(lambda: away.place_order(wanted, NOW)) is StorageFault.CONNECTION_LOST
        assert len(desk.account(installation).orders) == orders
        assert away.place_order(wanted, NOW).quote_id == wanted.quote_id
    assert len(desk.account(installation).orders) == 1
    assert desk.verify().findings == ()


def test_an_outcome_nobody_can_tell_is_said_to_be_unknown(
    office: Office, desk: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_session, "SETTLING_S", (0.01,))
    installation = install(desk)
    with Proxy(office.server) as proxy:
        away = open_store(f"{office.address}&host={LOOPBACK}&port={proxy.port}&sslmode=disable")
        wanted = quote(away, installation, "C25")
        proxy.cut = AFTER
        proxy.close()
        assert fault_of(lambda: away.place_order(wanted, NOW)) is StorageFault.OUTCOME_UNKNOWN
        away.close()
    assert desk.place_order(wanted, NOW).quote_id == wanted.quote_id
    assert len(desk.account(installation).orders) == 1


def test_r20_sessions_ended_before_and_after_an_order_leave_it_once(office: Office, desk: Store) -> None:
    installation = install(desk)
    wanted = quote(desk, installation, "C25")
    office.end_sessions()
    placed_order = desk.place_order(wanted, NOW)
    office.end_sessions()
    assert desk.place_order(wanted, NOW) == placed_order
    assert desk.account(installation).orders == (placed_order,)


@contextmanager
def stuck(office: Office, work: Callable[[], object]) -> Iterator[Future[object]]:
    """Work that has begun to write and waits for a table that somebody else holds."""
    with psycopg.connect(office.address) as holder, ThreadPoolExecutor(1) as executor:
        holder.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
        waiting = executor.submit(work)
        while not office.do("SELECT pid FROM pg_locks WHERE NOT granted"):
            assert not waiting.done()
        yield waiting


def test_r22_a_session_ended_in_the_middle_of_an_order_leaves_nothing_of_it(office: Office, desk: Store) -> None:
    installation = install(desk)
    wanted, before = quote(desk, installation, "C25"), dump(desk._engine)
    with stuck(office, lambda: desk.place_order(wanted, NOW)) as waiting:
        office.do(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'Tarifwechsel' AND wait_event_type = 'Lock'"
        )
        assert fault_of(waiting.result) is StorageFault.CONNECTION_LOST
    assert dump(desk._engine) == before
    assert desk.place_order(wanted, NOW).quote_id == wanted.quote_id
    assert len(desk.account(installation).orders) == 1
    assert desk.verify().findings == ()


@pytest.mark.usefixtures("desk")
def test_r22_a_lock_that_is_held_too_long_leaves_nothing_of_an_order(office: Office) -> None:
    with closing(open_store(with_options(office.address, "-c lock_timeout=500ms"))) as store:
        installation = install(store)
        wanted, before = quote(store, installation, "C25"), dump(store._engine)
        with stuck(office, lambda: store.place_order(wanted, NOW)) as waiting:
            assert fault_of(waiting.result) is StorageFault.BUSY
        assert dump(store._engine) == before
        assert store.place_order(wanted, NOW).quote_id == wanted.quote_id
        assert store.verify().findings == ()


def test_no_connection_is_kept_for_a_thread_that_has_gone(office: Office, desk: Store) -> None:
    for _n in range(3):
        with ThreadPoolExecutor(1) as executor:
            executor.submit(desk.counts, TODAY).result()
    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'Tarifwechsel'"
    assert desk._engine.query(f"{count} AND datname = current_database()")[0]["count"] == 1
    desk.close()
    assert office.do(f"{count} AND pid <> pg_backend_pid() AND state = 'active'") == [(0,)]


# ---------------------------------------------------------------------- two clerks


def test_two_desks_order_at_the_same_moment(desk: Store, other: Store) -> None:
    installation = install(desk)
    quotes = [quote(store, installation, short) for store, short in ((desk, "C25"), (other, "C50"))]
    at_once = threading.Barrier(2)

    def click(store: Store, place: int) -> bool:
        at_once.wait()
        try:
            store.place_order(quotes[place], NOW)
        except QuoteStale:
            return False
        return True

    with ThreadPoolExecutor(2) as executor:
        assert sorted(executor.map(click, (desk, other), (0, 1))) == [False, True]
    assert len(desk.account(installation).orders) == 1
    assert desk.verify().findings == ()


def test_the_same_quote_from_two_desks_is_one_order(desk: Store, other: Store) -> None:
    installation = install(desk)
    wanted = quote(desk, installation, "C25")
    with ThreadPoolExecutor(2) as executor:
        placed_orders = list(executor.map(lambda store: store.place_order(wanted, NOW), (desk, other)))
    assert placed_orders[0] == placed_orders[1]
    assert len(desk.account(installation).orders) == 1


def test_many_changes_at_once_are_all_done(desk: Store, other: Store) -> None:
    with ThreadPoolExecutor(4) as executor:
        made = executor.map(lambda n: install((desk, other)[n % 2], number=f"K-{n}"), range(24))
        assert len(set(made)) == 24
    assert desk.verify().findings == ()
    assert desk.last_entry() == 24


def test_one_state_stays_as_it_is_while_others_write(desk: Store, other: Store) -> None:
    with desk.one_state():
        before = desk.counts(TODAY).all
        install(other)
        assert desk.counts(TODAY).all == before
    assert desk.counts(TODAY).all == before + 1


def test_every_desk_sees_that_another_has_changed_something(desk: Store, other: Store) -> None:
    seen = desk.data_version()
    assert desk.data_version() == seen
    order(other, install(other), "C25")
    assert desk.data_version() != seen
    seen = desk.data_version()
    assert other.outbox.claim(NOW)
    assert desk.data_version() != seen


@pytest.mark.usefixtures("desk")
def test_a_desk_that_takes_long_is_waited_for_and_then_named(office: Office) -> None:
    with closing(open_store(with_options(office.address, "-c lock_timeout=20ms"))) as waiting:
        with psycopg.connect(office.address) as slow:
            slow.execute("SELECT seq FROM audit_head FOR UPDATE")
            assert fault_of(lambda: install(waiting)) is StorageFault.BUSY
        assert install(waiting)


def test_a_desk_that_lets_go_in_time_is_only_waited_for(office: Office, desk: Store) -> None:
    slow = psycopg.connect(office.address)
    slow.execute("SELECT seq FROM audit_head FOR UPDATE")
    with ThreadPoolExecutor(1) as executor:
        waiting = executor.submit(install, desk)
        while not office.do("SELECT pid FROM pg_locks WHERE NOT granted"):
            assert not waiting.done()
        slow.close()
        assert waiting.result()


def test_a_statement_that_failed_without_a_word_is_no_success(desk: Store) -> None:
    def swallow() -> None:
        with desk.together():
            install(desk)
            with suppress(psycopg.Error):
                desk._engine.execute("DELETE FROM audit")

    assert fault_of(swallow) is StorageFault.WRITE_FAILED
    assert desk.counts(TODAY).all == 0


def test_what_fails_inside_is_undone_alone(desk: Store) -> None:
    with desk.together():
        install(desk, number="K-1")
        with suppress(InvalidInput):
            install(desk, number="K-1")
        install(desk, number="K-2")
    assert desk.counts(TODAY).all == 2
    assert desk.verify().findings == ()


# ---------------------------------------------------------------------- guards

GUARDED = {
    "audit": "reason = 'x'",
    "audit_head": "hash = 'x'",
    "tariff_order": "net_cents = 0",
    "price": "net_cents = 0",
    "price_list": "vat_bp = 0",
    "outbox": "content = 'x'",
    "delivery": "recipient = 'x'",
}


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {0}",
        "UPDATE {0} SET {1}",
        "TRUNCATE {0} CASCADE",
        "INSERT INTO {0} SELECT * FROM {0}",
        "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT ({2}) DO UPDATE SET {1}",
    ],
    ids=["delete", "update", "truncate", "insert", "replace"],
)
def test_r36_not_even_the_owner_edits_what_was_written(office: Office, desk: Store, table: str, statement: str) -> None:
    order(desk, install(desk), "C25")
    before = dump(desk._engine)
    key = desk._engine.query(f"SELECT * FROM {table}")[0]
    target = "price_list, code" if table == "price" else next(iter(key))
    with pytest.raises(psycopg.IntegrityError):
        office.do(statement.format(table, GUARDED[table], target))
    assert dump(desk._engine) == before


def test_r36_a_temporary_table_deceives_no_guard(office: Office, desk: Store) -> None:
    order(desk, install(desk), "C25")
    with pytest.raises(psycopg.IntegrityError, match="append-only"):
        office.do(
            "CREATE TEMP TABLE audit AS SELECT * FROM audit; UPDATE pg_temp.audit SET hash = 'x';"
            f" UPDATE {office.name}.audit_head SET hash = 'x'"
        )


@pytest.mark.parametrize(
    ("act", "row"),
    [
        ("ALTER TABLE tariff_order DISABLE TRIGGER order_not_deleted", "trigger order_not_deleted"),
        ("DROP TRIGGER audit_in_order ON audit", "trigger audit_in_order"),
        ("DROP INDEX one_pending_order", "index one_pending_order"),
        (
            "CREATE OR REPLACE FUNCTION price_not_updated() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NEW; END $$",
            "trigger price_not_updated",
        ),
    ],
)
def test_r36_a_guard_that_is_off_is_found_and_nothing_is_written_any_more(plot: Office, act: str, row: str) -> None:
    with closing(open_store(plot.address)) as store:
        store.look_over()
        plot.do(act)
        assert store.verify().findings == (Finding(Wrong.FILE, row),)
        assert fault_of(store.look_over) is StorageFault.DAMAGED
        assert fault_of(lambda: install(store)) is StorageFault.DAMAGED


def test_r36_what_was_changed_behind_the_guards_is_found(plot: Office) -> None:
    with closing(open_store(plot.address)) as store:
        placed_order = order(store, install(store), "C25")
        plot.do("SET session_replication_role = replica; UPDATE tariff_order SET net_cents = 1")
        assert store.verify().findings == (Finding(Wrong.ORDER_CHANGED, str(placed_order.order_number)),)


def test_a_row_that_can_be_none_means_damage(plot: Office) -> None:
    with closing(open_store(plot.address)) as store:
        installation = install(store, extensions=1)
        plot.do("UPDATE extension SET created_at = 'gestern'")
        assert fault_of(lambda: store.account(installation)) is StorageFault.DAMAGED
        assert fault_of(lambda: install(store, number="K-2")) is StorageFault.DAMAGED


def test_r36_the_clerk_is_who_signed_in_at_the_server(desk: Store) -> None:
    installation = install(desk)
    (account,) = desk._engine.query("SELECT session_user AS name")
    assert [entry.clerk for entry in desk.audit_entries(installation)] == [account["name"]]
    assert isinstance(desk._engine, PostgresEngine)
    assert desk._engine.clerk == account["name"]
