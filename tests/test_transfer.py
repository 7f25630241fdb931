"""A whole database goes to a server and back: the same rows, or nothing; and never two that are worked with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path

import psycopg
import pytest
from sqlite_utils.utils import sqlite3

from model.engine import Engine
from model.errors import GivenUp, StorageFault, StoreUnavailable
from model.installation import Customer
from model.list_query import ListQuery
from model.moved import MARK, moved
from model.provider import Provider
from model.refusals import TransferFault, TransferRefused
from model.sqlite_engine import SqliteEngine
from model.store import Removal, Store, open_store
from model.transfer import Stage, Transferred
from model.transfer_rows import STEP, TABLES
from model.transfer_target import Target, new_target, without_password
from model.verification import TABLES as ALL_TABLES
from tests.examples import EMAIL, NOW, TODAY, Dump, dump, install, local, objects, order, quote
from tests.postgres import Office, cluster

ROOT = Path(__file__).parents[1]
LATER = NOW + timedelta(minutes=1)
ODD = "Zoë „Łuczak“ & Söhne 🏢 O'Neill \\ %s :id <b>"


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Store]:
    """A database file in which all has happened that can."""
    with closing(open_store(tmp_path / "office.db", now=NOW)) as store:
        fill(store)
        yield store


def fill(store: Store) -> None:
    """Orders that are pending, superseded, cancelled and effective, mails sent and waiting, odd names, imports."""
    first = install(store, "C10", 8, 7, name=ODD, now=local("2026-10-15 10:00"))
    order(store, first, "C25", local("2026-10-20 09:00"))
    order(store, first, "C50")
    store.add_objects(first, objects(3, 2, start=20), NOW)
    second = install(store, "P25", 3, 2, call_flow=True, number="K-2", name="'; DROP TABLE audit; --")
    order(store, second, "P50")
    third = order(store, second, "P10")
    store.cancel_order(second, third.order_number, "Irrtum – „doch nicht“ 🙂", NOW)
    gone = store.account(first)
    store.remove_objects(first, Removal((gone.extensions[0].id,), (gone.devices[0].id,)), NOW)
    delivery = store.outbox.claim(NOW)
    assert delivery
    store.outbox.keep_message(delivery, "Betreff: Größe\r\n\r\nText")
    store.outbox.sent(delivery, "250 OK", NOW)
    store.settings.change_provider(Provider(name="Muster Telefonie"), NOW)
    store.change_customer(second, Customer("K-3", "Umbenannt GmbH", EMAIL), NOW)


def ignore(_stage: Stage, _done: int, _of: int) -> None:
    """Nobody wants to know."""


def move(store: Store, address: str, tell: Callable[[Stage, int, int], object] = ignore) -> Transferred:
    with new_target(address, create=True) as target:
        return store.transfer.run(target, lambda: LATER, tell)


def kept(engine: Engine) -> Dump:
    """Everything but the mark."""
    found = dump(engine)
    found["setting"] = [row for row in found["setting"] if row["name"] != MARK]
    return found


def refused(call: Callable[[], object]) -> tuple[TransferFault, str]:
    with pytest.raises(TransferRefused) as caught:
        call()
    return caught.value.fault, caught.value.what


def fault_of(call: Callable[[], object]) -> StorageFault:
    with pytest.raises(StoreUnavailable) as caught:
        call()
    return caught.value.fault


def works(store: Store) -> bool:
    """Whether somebody can change something."""
    try:
        install(store, number="K-works", now=LATER)
    except StoreUnavailable as error:
        return error.fault not in (StorageFault.MOVING, StorageFault.MOVED)
    return True


def test_every_table_goes_over() -> None:
    assert {table.name for table in TABLES} == {name.removeprefix("table ") for name in ALL_TABLES}


def test_there_and_back_everything_is_the_same(source: Store, plot: Office, tmp_path: Path) -> None:
    done = move(source, plot.address)
    assert done.rows == {name: len(rows) for name, rows in kept(source._engine).items()}
    assert done.rows["tariff_order"] == sum(entry.orders for entry in done.sums) == 4
    with closing(open_store(plot.address, create=False)) as server:
        assert kept(server._engine) == kept(source._engine)
        assert server.verify() == source.verify()
        assert server.verify().findings == ()
        back = tmp_path / "zurück.db"
        assert move(server, str(back)).place == str(back)
        with closing(open_store(back)) as file:
            assert kept(file._engine) == kept(server._engine)
            assert file.verify() == server.verify()
            assert file._engine.damage() == []
            assert [row.name for row in file.find_installations(ListQuery(TODAY, "luczak"))] == [ODD]
            assert works(file)
        assert not works(server)
    assert not works(source)


@pytest.mark.parametrize("back", [False, True], ids=["server", "file"])
def test_r24_orders_and_ids_go_on_with_the_next_number(
    source: Store, plot: Office, tmp_path: Path, *, back: bool
) -> None:
    def go_on(store: Store) -> tuple[int, list[int]]:
        """The number of the next order, and the ids of what is created."""
        made = install(store, "P10", 2, 2, call_flow=True, number="K-9", now=LATER)
        number = order(store, made, "P25", LATER).order_number
        account = store.account(made)
        extensions, devices = [entry.id for entry in account.extensions], [entry.id for entry in account.devices]
        return number, [made, *sorted(extensions), *sorted(devices), *(entry.id for entry in account.features)]

    move(source, plot.address)
    if back:
        with closing(open_store(plot.address, create=False)) as server:
            move(server, str(tmp_path / "back.db"))
    with closing(open_store(str(tmp_path / "back.db") if back else plot.address, create=False)) as there:
        last = there.last_entry()
        number, ids = go_on(there)
        assert number == last + 2
        assert there.verify().findings == ()
    with closing(SqliteEngine(tmp_path / "office.db")) as engine:
        # What the file would have done, had nothing been moved.
        with engine.write(moving=True):
            engine.execute("DELETE FROM setting WHERE name = :name", {"name": MARK})
        assert go_on(Store(engine, "x"))[1] == ids


def test_r36_the_guards_are_on_again(source: Store, plot: Office) -> None:
    move(source, plot.address)
    for table, change in (
        ("audit", "UPDATE audit SET clerk = 'x'"),
        ("tariff_order", "DELETE FROM tariff_order"),
        ("price", "UPDATE price SET net_cents = 0"),
        ("outbox", "TRUNCATE outbox CASCADE"),
    ):
        with pytest.raises(psycopg.IntegrityError, match=f"append-only: {table}"):
            plot.do(change)
    with closing(open_store(plot.address, create=False)) as server:
        assert server._engine.damage() == []
        fresh = install(server, "C10", 4, 3, number="K-9", now=LATER)
        (row,) = server._engine.query("SELECT * FROM installation WHERE id = :id", {"id": fresh})
        assert (row["extension_count"], row["device_count"], row["holding_extensions"]) == (4, 3, 10)


def test_r36_the_history_tells_of_it_on_both_sides(source: Store, plot: Office) -> None:
    done = move(source, plot.address)
    with closing(open_store(plot.address, create=False)) as server:
        for store in (source, server):
            (entry,) = store._engine.query("SELECT action, after, hash FROM audit ORDER BY seq DESC LIMIT 1")
            assert entry["action"] == "TRANSFER_BEGUN"
            assert json.loads(entry["after"]) == {"to": plot.shown}
            assert entry["hash"] == done.last_hash


def test_more_rows_than_are_read_at_once(tmp_path: Path, plot: Office) -> None:
    with closing(open_store(tmp_path / "office.db")) as store:
        for number in range(3):
            install(store, "C10", 4 * STEP // 10, 0, number=f"K-{number}")
        told: list[tuple[Stage, int, int]] = []
        done = move(store, plot.address, lambda *step: told.append(step))
    assert done.rows["extension"] == 6 * STEP // 5
    assert [stage for stage, _told in groupby(told, key=lambda step: step[0])] == list(Stage)
    for stage in (Stage.COPYING, Stage.COMPARING):
        steps = [(found, of) for name, found, of in told if name is stage]
        assert steps == sorted(steps)
        assert 0 < steps[-1][0] <= steps[-1][1]


# ---------------------------------------------------------------------- the archive


def test_the_file_stays_as_an_archive_for_every_program(source: Store, plot: Office, tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "office.db")) as other:
        before = other.find_installations(ListQuery(TODAY))
        summary = quote(other, 1, "C10")
        done = move(source, plot.address)
        assert fault_of(lambda: other.place_order(summary, LATER)) is StorageFault.MOVED
        assert fault_of(other.check_place) is StorageFault.MOVED
        assert fault_of(lambda: other.outbox.claim(LATER)) is StorageFault.MOVED
        assert other.find_installations(ListQuery(TODAY)) == before
    with closing(open_store(tmp_path / "office.db")) as archive:
        assert archive.read_only
        assert archive.moved is not None
        assert (archive.moved.place, archive.moved.done, archive.moved.at) == (plot.shown, True, LATER)
        assert archive.verify().findings == ()
        assert archive.account(1).orders
        archive.check_place()
        assert not works(archive)
        assert archive.moved.entry == done.last_hash


def test_r37_no_password_is_kept(source: Store, plot: Office, tmp_path: Path) -> None:
    move(source, f"{plot.address}&password=geheim")
    mark = moved(source._engine)
    assert mark is not None
    assert mark.address == plot.address
    assert b"geheim" not in (tmp_path / "office.db").read_bytes()


@pytest.mark.parametrize(
    ("address", "kept_as"),
    [
        ("postgresql://a:b@host/db", "postgresql://a@host/db"),
        ("postgresql://host/db?password=x&sslmode=require", "postgresql://host/db?sslmode=require"),
        ("postgresql://a:p%40q@[::1]:5433/db?options=-c%20a", "postgresql://a@[::1]:5433/db?options=-c%20a"),
        ("postgresql:///db?host=/run+x&p%61ssword=1", "postgresql:///db?host=/run+x"),
    ],
)
def test_r37_addresses_without_their_passwords(address: str, kept_as: str) -> None:
    assert without_password(address) == kept_as


def test_while_the_data_go_nobody_changes_them(source: Store, plot: Office, tmp_path: Path) -> None:
    faults: list[StorageFault] = []

    def tell(stage: Stage, _done: int, _of: int) -> None:
        if stage is not Stage.LOOKING and not faults:
            with closing(open_store(tmp_path / "office.db")) as other:
                assert other.read_only
                faults.append(fault_of(lambda: install(other, number="K-7")))

    move(source, plot.address, tell)
    assert faults == [StorageFault.MOVING]


# ---------------------------------------------------------------------- what must not be


def test_only_an_empty_database_takes_the_data(source: Store, plot: Office) -> None:
    with closing(open_store(plot.address)) as server:
        install(server)
        before = dump(server._engine)
        assert refused(lambda: move(source, plot.address)) == (TransferFault.NOT_EMPTY, "installation")
        assert dump(server._engine) == before
    assert works(source)


def test_somebody_who_begins_to_work_there_meanwhile_keeps_it(source: Store, plot: Office) -> None:
    with closing(open_store(plot.address)) as server:

        def tell(stage: Stage, _done: int, _of: int) -> None:
            if stage is Stage.LOOKING and server.find_customer("K-1") is None:
                install(server)

        assert refused(lambda: move(source, plot.address, tell)) == (TransferFault.NOT_EMPTY, "installation")
        assert works(server)
    assert works(source)


def test_one_that_was_only_opened_is_empty(source: Store, plot: Office) -> None:
    open_store(plot.address, now=NOW).close()
    move(source, plot.address)
    with closing(open_store(plot.address)) as server:
        assert kept(server._engine) == kept(source._engine)


def test_no_file_is_overwritten(plot: Office, tmp_path: Path) -> None:
    taken = tmp_path / "taken.db"
    taken.write_bytes(b"something else")
    with closing(open_store(plot.address)) as server:
        fill(server)
        assert refused(lambda: move(server, str(taken))) == (TransferFault.TAKEN, "")
        assert works(server)

        def tell(stage: Stage, _done: int, _of: int) -> None:
            if stage is Stage.CHECKING:
                (tmp_path / "new.db").write_bytes(b"faster")

        assert refused(lambda: move(server, str(tmp_path / "new.db"), tell)) == (TransferFault.TAKEN, "")
        assert server._engine.query("SELECT count(*) AS n FROM installation")[0]["n"] == 3
        assert moved(server._engine) is None
    assert taken.read_bytes() == b"something else"
    assert (tmp_path / "new.db").read_bytes() == b"faster"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.db", "taken.db"]


@pytest.mark.parametrize("when", list(Stage))
def test_given_up_nothing_has_happened_but_two_entries(source: Store, plot: Office, when: Stage) -> None:
    def tell(stage: Stage, _done: int, _of: int) -> None:
        if stage is when:
            raise GivenUp

    before = kept(source._engine)
    with pytest.raises(GivenUp):
        move(source, plot.address, tell)
    after = kept(source._engine)
    entries = [row["action"] for row in after.pop("audit")[len(before.pop("audit")) :]]
    assert entries == ([] if when is Stage.LOOKING else ["TRANSFER_BEGUN", "TRANSFER_GIVEN_UP"])
    assert {**after, "audit_head": []} == {**before, "audit_head": []}
    assert source.verify().findings == ()
    assert plot.do("SELECT count(*) FROM installation") == [(0,)]
    assert works(source)
    # And then it goes all the same.
    move(source, plot.address)


def test_a_text_that_no_server_can_keep_is_named(source: Store, plot: Office, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "office.db")) as connection:
        connection.execute("UPDATE device SET name = 'Tele' || char(0) || 'fon' WHERE id = 3")
        connection.commit()
    assert refused(lambda: move(source, plot.address)) == (TransferFault.NUL, "device 3")
    assert works(source)


def test_r36_a_database_that_is_not_in_order_stays_where_it_is(source: Store, plot: Office, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "office.db")) as connection:
        connection.execute("UPDATE installation SET net_cents = 1 WHERE id = 1")
        connection.commit()
    assert refused(lambda: move(source, plot.address)) == (TransferFault.NOT_SOUND, "K-1")
    assert moved(source._engine) is None


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE extension SET name = 'x' WHERE id = 4", "extension"),
        ("UPDATE installation SET tariff_code = 'x' WHERE id = 2", "K-3"),
        ("UPDATE tariff_order SET net_cents = net_cents + 1 WHERE installation_id = 1 AND ending IS NULL", "K-1"),
        ("DELETE FROM delivery WHERE id = 2", "delivery"),
        ("UPDATE audit SET clerk = 'x' WHERE seq = 2", "audit"),
    ],
)
def test_a_difference_on_the_other_side_is_found(source: Store, plot: Office, change: str, what: str) -> None:
    """As if the server had kept something else than what it was given."""
    with new_target(plot.address, create=True) as target:

        @contextmanager
        def lying(engine: Engine) -> Iterator[None]:
            with target.filling(engine):
                yield
                engine.execute(change)

        liar = replace(target, filling=lying)
        assert refused(lambda: source.transfer.run(liar, lambda: LATER, ignore))[1] == what
    assert plot.do("SELECT count(*) FROM installation") == [(0,)]
    assert works(source)


def test_what_changes_in_spite_of_the_mark_is_noticed(source: Store, plot: Office, tmp_path: Path) -> None:
    def tell(stage: Stage, _done: int, _of: int) -> None:
        if stage is Stage.CHECKING:
            with closing(SqliteEngine(tmp_path / "office.db")) as foreign, foreign.write(moving=True):
                foreign.execute("DELETE FROM setting WHERE name = :name", {"name": MARK})

    assert refused(lambda: move(source, plot.address, tell))[0] is TransferFault.CHANGED
    assert plot.do("SELECT count(*) FROM installation") == [(0,)]


def test_only_the_owner_of_the_servers_tables_can_fill_them(source: Store, plot: Office) -> None:
    open_store(plot.address).close()
    plot.do(f"CREATE ROLE mover LOGIN; GRANT USAGE ON SCHEMA {plot.name} TO mover")
    plot.do(f"GRANT ALL ON ALL TABLES IN SCHEMA {plot.name} TO mover")
    try:
        assert fault_of(lambda: move(source, f"{plot.address}&user=mover")) is StorageFault.NOT_PERMITTED
        assert works(source)
    finally:
        plot.do("DROP OWNED BY mover; DROP ROLE mover")


def test_nothing_is_set_up_unasked(source: Store, plot: Office) -> None:
    def unasked() -> None:
        with new_target(plot.address):
            pytest.fail("set up")

    assert fault_of(unasked) is StorageFault.NOT_SET_UP
    assert works(source)


def test_without_the_driver_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "model.postgres_engine", None)

    def without() -> None:
        with new_target("postgresql://anna@server/office"):
            pytest.fail("opened")

    assert fault_of(without) is StorageFault.NO_DRIVER


# ---------------------------------------------------------------------- killed, cut off


STEPS = ("begun", "copied", "committed", "published", "done")
DIES = """
import sys
from contextlib import closing
from model.store import open_store
from model.transfer_target import new_target
from tests.test_transfer import LATER, dying_at, ignore

with closing(open_store(sys.argv[1], create=False)) as store, new_target(sys.argv[2], create=True) as target:
    store.transfer.run(dying_at(sys.argv[3], target), lambda: LATER, ignore)
"""


def dying_at(step: str, target: Target) -> Target:
    """A target at which this process is killed after a step."""

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def filling(engine: Engine) -> Iterator[None]:
        if step == "begun":
            die()
        with target.filling(engine):
            yield
        if step == "copied":
            die()

    def publish() -> None:
        if step == "committed":
            die()
        target.publish()
        if step == "published":
            die()

    return replace(target, filling=filling, publish=publish)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("back", [False, True], ids=["to the server", "into a file"])
def test_killed_at_any_step_only_one_is_worked_with(plot: Office, tmp_path: Path, step: str, *, back: bool) -> None:
    file = str(tmp_path / "office.db")
    here, there = (plot.address, file) if back else (file, plot.address)
    with closing(open_store(here, now=NOW)) as store:
        fill(store)
    done = subprocess.run([sys.executable, "-c", DIES, here, there, step], cwd=ROOT, check=False)
    assert done.returncode == (0 if step == "done" else -signal.SIGKILL)
    with closing(open_store(here, create=False)) as store:
        assert store.moved is not None
        assert store.read_only
        assert not works(store)
        arrived = store.transfer.settle(there, LATER)
        assert arrived is (step in (("published", "done") if back else ("committed", "published", "done")))
        assert store.transfer.settle(there, LATER) is arrived
        assert works(store) is not arrived
        assert store.verify().findings == ()
    if not arrived:
        return
    with closing(open_store(there, create=False)) as moved_there, closing(open_store(here, create=False)) as archive:
        assert moved_there.verify().findings == ()
        assert kept(moved_there._engine) == kept(archive._engine)
        assert works(moved_there)
        assert not works(archive)


def test_a_move_under_way_to_a_server_is_not_undone(source: Store, plot: Office, tmp_path: Path) -> None:
    faults: list[StorageFault] = []

    def tell(stage: Stage, _done: int, _of: int) -> None:
        if stage is Stage.CHECKING and not faults:
            with closing(open_store(tmp_path / "office.db")) as other:
                faults.append(fault_of(lambda: other.transfer.settle(plot.address, LATER)))

    move(source, plot.address, tell)
    assert faults == [StorageFault.BUSY]
    assert not works(source)


def test_who_undoes_a_move_under_way_into_a_file_stops_it(plot: Office, tmp_path: Path) -> None:
    file = tmp_path / "back.db"

    def tell(stage: Stage, _done: int, _of: int) -> None:
        if stage is Stage.CHECKING:
            with closing(open_store(plot.address)) as other:
                assert not other.transfer.settle(str(file), LATER)

    with closing(open_store(plot.address, now=NOW)) as server:
        fill(server)
        assert refused(lambda: move(server, str(file), tell))[0] is TransferFault.CHANGED
        assert works(server)
    assert not file.exists()


def test_a_server_killed_in_the_middle_leaves_the_file_to_work_with(source: Store) -> None:
    with cluster() as server:
        killed: list[Stage] = []

        def tell(stage: Stage, _done: int, _of: int) -> None:
            if stage is Stage.COMPARING and not killed:
                server.kill()
                killed.append(stage)

        assert fault_of(lambda: move(source, server.address, tell)) is StorageFault.CONNECTION_LOST
        assert killed
        assert works(source)
        server.start()
        with new_target(server.address) as target:
            assert target.engine.query("SELECT count(*) AS n FROM installation")[0]["n"] == 0
        move(source, server.address)


def test_as_long_as_the_server_does_not_answer_nobody_works_with_either(source: Store, tmp_path: Path) -> None:
    with cluster() as server:
        with new_target(server.address, create=True) as target:

            def publish() -> None:
                server.kill()
                raise StoreUnavailable(StorageFault.CONNECTION_LOST, target.place)

            cut_off = replace(target, publish=publish)
            assert fault_of(lambda: source.transfer.run(cut_off, lambda: LATER, ignore)) is StorageFault.CONNECTION_LOST
        with closing(open_store(tmp_path / "office.db")) as file:
            assert not works(file)
            assert fault_of(lambda: file.transfer.settle(server.address, LATER)) is StorageFault.UNREACHABLE
            assert not works(file)
            server.start()
            assert file.transfer.settle(server.address, LATER)
            assert not works(file)


def test_a_file_on_a_drive_that_is_missing_is_not_taken_for_gone(plot: Office, tmp_path: Path) -> None:
    with closing(open_store(plot.address, now=NOW)) as server:
        fill(server)
        drive = tmp_path / "drive"
        drive.mkdir()
        with new_target(str(drive / "new.db")) as target:

            def publish() -> None:
                target.publish()
                drive.rename(tmp_path / "away")
                raise StoreUnavailable(StorageFault.NO_ACCESS, target.place)

            torn_off = replace(target, publish=publish)
            assert fault_of(lambda: server.transfer.run(torn_off, lambda: LATER, ignore)) is StorageFault.NO_ACCESS
        assert fault_of(lambda: server.transfer.settle(str(drive / "new.db"), LATER)) is StorageFault.MISSING
        (tmp_path / "away").rename(drive)
        assert server.transfer.settle(str(drive / "new.db"), LATER)
        assert not works(server)


def test_nothing_to_settle_is_nothing(source: Store, plot: Office) -> None:
    assert not source.transfer.settle(plot.address, LATER)
    assert works(source)


def test_back_from_a_server_that_is_killed_in_the_middle(tmp_path: Path) -> None:
    with cluster() as server, closing(open_store(server.address, now=NOW)) as store:
        fill(store)
        killed: list[Stage] = []

        def tell(stage: Stage, _done: int, _of: int) -> None:
            if stage is Stage.CHECKING and not killed:
                server.kill()
                killed.append(stage)

        file = tmp_path / "back.db"
        assert fault_of(lambda: move(store, str(file), tell)) in (
            StorageFault.CONNECTION_LOST,
            StorageFault.UNREACHABLE,
        )
        assert list(tmp_path.iterdir()) == []
        server.start()
        with closing(open_store(server.address)) as desk:
            assert not works(desk)
            assert not desk.transfer.settle(str(file), LATER)
            assert works(desk)
            assert desk.verify().findings == ()


def test_nobody_decides_while_the_server_may_still_be_at_it(source: Store, plot: Office) -> None:
    """A commit whose connection was lost may still be on its way: only with the history's head locked is it told."""
    with new_target(plot.address, create=True) as target:
        mark = source.transfer._begin(target, LATER)
        with target.engine.write():
            assert fault_of(lambda: source.transfer.settle(plot.address, LATER)) is StorageFault.BUSY
            assert source.transfer.mark == mark
    assert not source.transfer.settle(plot.address, LATER)
    assert works(source)


def test_a_clerk_of_the_server_may_move_it_into_a_file(plot: Office, tmp_path: Path) -> None:
    with closing(open_store(plot.address, now=NOW)) as store:
        fill(store)
    plot.do(f"CREATE ROLE mover LOGIN; GRANT USAGE ON SCHEMA {plot.name} TO mover")
    plot.do(f"GRANT SELECT ON ALL TABLES IN SCHEMA {plot.name} TO mover")
    plot.do("GRANT INSERT, UPDATE, DELETE ON setting TO mover; GRANT INSERT ON audit TO mover")
    plot.do("GRANT UPDATE (seq, hash, latest_at) ON audit_head TO mover")
    try:
        with closing(open_store(f"{plot.address}&user=mover", create=False)) as clerk:
            move(clerk, str(tmp_path / "back.db"))
        with closing(open_store(tmp_path / "back.db")) as back:
            (last,) = back._engine.query("SELECT clerk FROM audit ORDER BY seq DESC LIMIT 1")
            assert last["clerk"] == "mover"
            assert works(back)
    finally:
        plot.do("DROP OWNED BY mover; DROP ROLE mover")
