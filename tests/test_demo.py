"""The example database: the same every time, every special case in it, nothing in it after now."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QProgressBar
from pytestqt.qtbot import QtBot

from model import demo
from model.account import Account, Coverage, Limits, ObstacleKind
from model.audit import Action
from model.clock import ClockState
from model.demo import DEFAULT_COUNT, demo_path, fill_demo, open_demo
from model.errors import GivenUp, StorageFault, StoreUnavailable
from model.installation import Additions, DeviceKind, ExtensionKind, Language, NewExtension, ProFeature, checked_mac
from model.list_query import ListQuery
from model.orders import OrderState, TariffOrder
from model.refusals import InvalidInput, Refusal
from model.store import Store, open_store
from model.tariff import Edition
from tests.screen import click
from ui import beside

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=BERLIN)
TODAY = NOW.date()
NOWS = [
    NOW,
    datetime(2026, 11, 1, 0, 0, tzinfo=BERLIN),
    datetime(2026, 12, 1, 0, 0, 30, tzinfo=BERLIN),
    datetime(2027, 1, 1, 9, 15, tzinfo=BERLIN),
    datetime(2026, 12, 31, 23, 59, tzinfo=BERLIN),
    datetime(2028, 2, 29, 12, 0, tzinfo=BERLIN),
    datetime(2027, 3, 2, 0, 5, tzinfo=BERLIN),
    datetime(2027, 10, 31, 2, 30, fold=1, tzinfo=BERLIN),
]


def filled(now: datetime = NOW, count: int = DEFAULT_COUNT) -> Store:
    store = open_store(":memory:")
    fill_demo(store, now, count)
    return store


def accounts_in(store: Store) -> list[Account]:
    query = ListQuery(TODAY)
    rows = store.find_installations(query, limit=store.count_installations(query))
    return [store.account(row.id) for row in rows]


def orders_in(accounts: list[Account], state: OrderState) -> list[TariffOrder]:
    return [order for account in accounts for order in account.orders if order.state(TODAY) is state]


def sizes(account: Account) -> Limits:
    return Limits(len(account.extensions), len(account.devices))


@pytest.fixture(scope="module")
def accounts() -> Iterator[list[Account]]:
    """The accounts of the smallest example that has all special cases."""
    with closing(filled(count=20)) as store:
        yield accounts_in(store)


@pytest.fixture(scope="module")
def many() -> Iterator[list[Account]]:
    """Enough accounts to judge how common something is."""
    with closing(filled(count=600)) as store:
        yield accounts_in(store)


def named(accounts: list[Account], name: str) -> Account:
    return next(account for account in accounts if account.installation.name == name)


def test_two_fills_are_equal() -> None:
    with closing(filled()) as one, closing(filled()) as other:
        assert accounts_in(one) == accounts_in(other)
        assert len(accounts_in(one)) == DEFAULT_COUNT


@pytest.mark.parametrize("count", [0, 1, 3, 60])
def test_there_are_as_many_as_asked_for(count: int) -> None:
    with closing(filled(count=count)) as store:
        assert store.count_installations(ListQuery(TODAY)) == count
        assert store.clock_state(NOW) is ClockState.RIGHT


def test_few_customers_are_the_first_of_many() -> None:
    with closing(filled(count=3)) as store:
        few = accounts_in(store)
    assert {account.installation.customer_number for account in few} == {"100423", "100077", "100112"}


def test_autohaus_brenner_is_over_by_the_two_created_last(accounts: list[Account]) -> None:
    account = named(accounts, "Autohaus Brenner GmbH")
    assert account.installation.customer_number == "100423"
    assert account.billed(TODAY).name == "Classic 10"
    assert account.installation.email
    assert account.pending(TODAY) is None
    assert sizes(account) == Limits(12, 8)
    assert [entry.number for entry in account.extensions] == [str(number) for number in range(10, 22)]
    flags = account.extension_flags(TODAY)
    beyond = [entry.name for entry in account.extensions if flags[entry.id].coverage is Coverage.UNCOVERED]
    assert beyond == ["Werkstatt 3", "Werkstatt Halle 2"]


def test_r3_fitting_and_full(accounts: list[Account]) -> None:
    assert named(accounts, "Bäckerei Ährensack").uncovered(TODAY) == Limits(0, 0)
    assert sizes(named(accounts, "Dr. med. Öztürk & Partner")) == Limits(10, 10)


def test_r9_over_in_one_and_in_both(accounts: list[Account]) -> None:
    over = [account.uncovered(TODAY) for account in accounts]
    assert any(limits.extensions and not limits.devices for limits in over)
    assert any(limits.devices and not limits.extensions for limits in over)
    assert any(limits.devices and limits.extensions for limits in over)


@pytest.mark.parametrize("feature", ProFeature)
def test_r4_each_pro_function_is_in_use(accounts: list[Account], feature: ProFeature) -> None:
    users = [account for account in accounts if feature in {use.feature for use in account.features}]
    assert users
    assert all(account.billed(TODAY).edition is Edition.PRO for account in users)


def test_r4_a_call_flow_belongs_to_a_resource_and_a_desktop_client_to_a_person(accounts: list[Account]) -> None:
    belongs = {ProFeature.CALL_FLOW: ExtensionKind.RESOURCE, ProFeature.DESKTOP_CLIENT: ExtensionKind.USER}
    for account in accounts:
        kinds = {entry.number: entry.kind for entry in account.extensions}
        assert all(kinds[use.extension] is belongs[use.feature] for use in account.features if use.extension)


def test_r6_pending_up_down_and_to_classic(accounts: list[Account]) -> None:
    pending = orders_in(accounts, OrderState.PENDING)
    assert any(order.tariff.max_extensions > order.previous.max_extensions for order in pending)
    assert any(order.tariff.max_extensions < order.previous.max_extensions for order in pending)
    assert any(order.tariff.edition is not order.previous.edition for order in pending)
    assert all(order.effective_on.isoformat() == "2026-12-01" for order in pending)


def test_r7_fourteen_extensions_are_covered_by_a_pending_order(accounts: list[Account]) -> None:
    account = named(accounts, 'Spedition "Nordlicht"')
    found = [flag.coverage for flag in account.extension_flags(TODAY).values()]
    assert found.count(Coverage.COVERED) == 14
    assert Coverage.UNCOVERED not in found


def test_r5_effective_cancelled_and_superseded_orders(accounts: list[Account]) -> None:
    for state in (OrderState.EFFECTIVE, OrderState.CANCELLED, OrderState.SUPERSEDED):
        assert orders_in(accounts, state)
    assert any(
        [order.state(TODAY) for order in account.orders] == [OrderState.EFFECTIVE] * 2
        and account.billed(TODAY).name == "Pro 25"
        for account in accounts
    )
    assert all(order.reason for order in orders_in(accounts, OrderState.CANCELLED))


def test_r15_each_obstacle_alone_and_both_sizes_together(accounts: list[Account]) -> None:
    with closing(open_store(":memory:")) as store:
        target = store.prices_on(TODAY).on_sale("classic-10")
    assert target is not None
    found = {
        tuple(obstacle.kind for obstacle in account.obstacles(target))
        for account in accounts
        if account.billed(TODAY).code in ("classic-25", "pro-10", "pro-25")
    }
    assert found >= {(), (ObstacleKind.EDITION,), (ObstacleKind.EXTENSIONS, ObstacleKind.DEVICES)}


def test_r10_the_largest_tariff_is_full(accounts: list[Account]) -> None:
    with closing(open_store(":memory:")) as store:
        prices = store.prices_on(TODAY)
    full = [account for account in accounts if sizes(account) == Limits(250, 250)]
    assert [account.billed(TODAY).name for account in full] == ["Classic 250"]
    one_more = Additions((NewExtension("7", "X"),))
    assert full[0].offer(prices, TODAY, one_more) is None


def test_r33_a_retired_tariff_is_billed(accounts: list[Account]) -> None:
    with closing(open_store(":memory:")) as store:
        retired = {tariff.code for tariff in store.prices_on(TODAY).retired}
    assert any(account.billed(TODAY).code in retired for account in accounts)


def test_r25_no_address_no_extensions_and_english(accounts: list[Account]) -> None:
    assert any(not account.installation.email and account.uncovered(TODAY).extensions for account in accounts)
    assert any(not account.extensions and not account.devices for account in accounts)
    assert any(account.installation.language is Language.ENGLISH for account in accounts)


def test_names_are_hard_to_show(accounts: list[Account]) -> None:
    names = "\n".join(account.installation.name for account in accounts)
    for hard in ("Ä", "Ć", "ë", "&", "<b>", '"', "„", "'", "ß"):
        assert hard in names


def test_sizes_are_realistic(many: list[Account]) -> None:
    average = Limits(
        sum(len(account.extensions) for account in many) // len(many),
        sum(len(account.devices) for account in many) // len(many),
    )
    assert 10 <= average.extensions <= 13
    assert 8 <= average.devices <= 11
    over = [account for account in many if account.uncovered(TODAY) != Limits(0, 0)]
    pending = [account for account in many if account.pending(TODAY)]
    assert 0.02 < len(over) / len(many) < 0.07
    assert 0.02 < len(pending) / len(many) < 0.06


def test_generated_customers_have_what_the_special_cases_have(many: list[Account]) -> None:
    generated = [account for account in many if int(account.installation.customer_number) >= 101_000]
    assert len({account.installation.name for account in generated}) == len(generated)
    assert any(not account.installation.email for account in generated)
    assert {use.feature for account in generated for use in account.features} == set(ProFeature)
    pending = orders_in(generated, OrderState.PENDING)
    assert {order.tariff.max_extensions > order.previous.max_extensions for order in pending} == {True, False}


def test_addresses_can_reach_nobody(many: list[Account]) -> None:
    emails = [account.installation.email for account in many if account.installation.email]
    assert all(re.fullmatch(r"[a-z]+@[a-z0-9-]+\.example", email) for email in emails)


def test_mac_addresses_are_unique_and_locally_administered(many: list[Account]) -> None:
    devices = [device for account in many for device in account.devices]
    macs = [device.mac for device in devices if device.kind is DeviceKind.IP_PHONE]
    assert len(set(macs)) == len(macs)
    assert all(checked_mac(mac) == mac and mac.startswith("02") for mac in macs)
    assert {device.mac for device in devices if device.kind is not DeviceKind.IP_PHONE} == {""}
    assert {device.kind for device in devices} == set(DeviceKind)
    assert {len(device.extensions) for device in devices} == {1, 2}


def test_r1_numbers_and_names_of_extensions(many: list[Account]) -> None:
    for account in many:
        names = [entry.name for entry in account.extensions]
        assert len(set(names)) == len(names)
    assert "01" in {entry.number for account in many for entry in account.extensions}


@pytest.mark.parametrize("now", NOWS, ids=lambda now: now.isoformat())
@pytest.mark.parametrize("count", [1, DEFAULT_COUNT])
def test_r35_everything_lies_in_the_past_and_ordering_is_not_paused(now: datetime, count: int) -> None:
    with closing(filled(now, count)) as store:
        assert store.clock_state(now) is ClockState.RIGHT
        for account in accounts_in(store):
            entries = store.audit_entries(account.installation.id)
            instants = [entry.at for entry in reversed(entries)]
            assert instants == sorted(instants)
            assert timedelta(days=90) < now - instants[0] < timedelta(days=3 * 366)
            assert instants[-1] <= now
            placed = [entry for entry in entries if entry.action is Action.ORDER_PLACED]
            assert len(placed) == len(account.orders)
            cancelled = [order for order in account.orders if order.state(now.date()) is OrderState.CANCELLED]
            assert len(store.mails(account.installation.id)) == len(account.orders) + len(cancelled)


@pytest.mark.parametrize("count", [1, DEFAULT_COUNT])
def test_r35_an_earlier_hour_of_the_same_day_is_right_too(count: int) -> None:
    with closing(filled(count=count)) as store:
        assert store.clock_state(NOW.replace(hour=0)) is ClockState.RIGHT


@pytest.mark.parametrize("now", NOWS, ids=lambda now: now.isoformat())
def test_r21_pending_orders_are_of_this_month(now: datetime) -> None:
    with closing(filled(now)) as store:
        pending = [order for account in accounts_in(store) if (order := account.pending(now.date()))]
        assert len(pending) == store.counts(now.date()).pending >= 4
        for order in pending:
            placed = order.placed_at.astimezone(BERLIN)
            assert (placed.year, placed.month) == (now.year, now.month)
            assert placed <= now


def test_r22_a_store_that_has_the_customers_already_is_left_alone() -> None:
    with closing(filled(count=5)) as store:
        before = accounts_in(store)
        with pytest.raises(InvalidInput):
            fill_demo(store, NOW, 20)
        assert accounts_in(store) == before


def test_an_order_can_be_placed_and_cancelled_in_the_example() -> None:
    with closing(filled()) as store:
        installation_id = store.find_customer("100423")
        assert installation_id is not None
        prices = store.prices_on(TODAY)
        account = store.account(installation_id)
        offer = account.offer(prices, TODAY)
        assert offer is not None
        order = store.place_order(account.quote(offer, prices, NOW, "q"), NOW)
        assert store.account(installation_id).uncovered(TODAY) == Limits(0, 0)
        without_address = store.account(store.find_customer("100193") or 0)
        assert without_address.quote(offer, prices, NOW, "r").refusal is Refusal.NO_EMAIL
        assert order.state(TODAY) is OrderState.PENDING


def test_the_file_is_made_once_and_reopened(tmp_path: Path) -> None:
    folder = tmp_path / "neu" / "Beispiele"
    with closing(open_demo(folder, NOW, 3)) as store:
        store.add_objects(store.find_customer("100077") or 0, Additions((NewExtension("77", "Neu"),)), NOW)
    assert demo_path(folder, NOW, 3).name == "Beispiel-2026-11-22-3.db"
    with closing(open_demo(folder, NOW + timedelta(hours=1), 3)) as store:
        account = store.account(store.find_customer("100077") or 0)
        assert "77" in {entry.number for entry in account.extensions}
    assert not [entry for entry in folder.iterdir() if entry.is_dir()]


def test_another_day_and_another_number_are_other_files(tmp_path: Path) -> None:
    for now, count in ((NOW, 1), (NOW, 2), (NOW + timedelta(days=1), 1)):
        with closing(open_demo(tmp_path, now, count)) as store:
            assert store.count_installations(ListQuery(TODAY)) == count
    assert len(list(tmp_path.glob("Beispiel-*.db"))) == 3


def test_killed_in_between_nothing_has_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "fill_demo", killed)
    with pytest.raises(KeyboardInterrupt):
        open_demo(tmp_path, NOW, 1)
    assert list(tmp_path.iterdir()) == []


def test_files_older_than_a_week_go_and_others_stay(tmp_path: Path) -> None:
    old = ("Beispiel-2026-11-14-48.db", "Beispiel-2026-11-14-48.db-journal", "Beispiel-2024-02-29-7.db")
    kept = ("Beispiel-2026-11-15-48.db", "Beispiel-2026-12-24-48.db", "Kunden.db", "Beispiel-alt.db", "Beispiel-notes")
    for name in (*old, *kept):
        (tmp_path / name).touch()
    (tmp_path / ".Beispiel-2026-10-01-48.db.abc").mkdir()
    (tmp_path / ".Beispiel-2026-10-01-48.db.abc" / "x").touch()
    open_demo(tmp_path, NOW, 1).close()
    left = {entry.name for entry in tmp_path.iterdir() if not entry.name.startswith("Beispiel-2026-11-22")}
    assert left == set(kept)


def test_a_file_that_cannot_be_removed_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *, missing_ok: bool = False) -> None:
        if self.name == "Beispiel-2025-01-01-1.db":
            raise PermissionError(str(self))
        unlink(self, missing_ok=missing_ok)

    unlink = Path.unlink
    monkeypatch.setattr(Path, "unlink", refuse)
    (tmp_path / "Beispiel-2025-01-01-1.db").touch()
    with closing(open_demo(tmp_path, NOW, 1)) as store:
        assert store.clock_state(NOW) is ClockState.RIGHT


def test_a_folder_that_cannot_be_made_is_a_storage_fault(tmp_path: Path) -> None:
    (tmp_path / "Datei").touch()
    with pytest.raises(StoreUnavailable) as refused:
        open_demo(tmp_path / "Datei", NOW, 1)
    assert refused.value.fault is StorageFault.NO_ACCESS


class GivesUp:
    """Told of progress; has enough at a share of it."""

    def __init__(self, share: float) -> None:
        self.share, self.told = share, list[tuple[int, int]]()

    def __call__(self, done: int, of: int) -> None:
        self.told.append((done, of))
        if done >= of * self.share:
            raise GivenUp


def test_progress_is_told_and_giving_up_leaves_nothing(tmp_path: Path) -> None:
    progress = GivesUp(0.5)
    with pytest.raises(GivenUp):
        open_demo(tmp_path, NOW, 300, progress)
    assert list(tmp_path.iterdir()) == []
    assert progress.told[0][0] == 0
    assert [done for done, _of in progress.told] == sorted(done for done, _of in progress.told)


def test_memory_does_not_grow_with_the_number_of_customers() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        filled(count=count).close()
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(50)
    assert peak(400) < 1.5 * peak(100)


def test_the_box_shows_how_far_it_is_and_the_clerk_may_give_up(
    german: QApplication,  # noqa: ARG001 - speaks German
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "SOON_MS", 0)
    progress, seen = beside.Progress(), list[tuple[int, int]]()

    def work() -> None:
        while not Event().wait(0.005):
            progress(3, 10)

    def give_up() -> None:
        shown = [entry for entry in QApplication.topLevelWidgets() if entry.objectName() == "workingBox"]
        bars = [bar for box in shown if box.isVisible() for bar in box.findChildren(QProgressBar) if bar.maximum()]
        if bars and not seen:
            seen.append((bars[0].value(), bars[0].maximum()))
            click(qtbot, bars[0].window(), "workingCancel")

    looking = QTimer()
    looking.timeout.connect(give_up)
    looking.start(20)
    with pytest.raises(GivenUp):
        beside.beside("Es wird gearbeitet …", work, progress)
    assert seen[0] == (3, 10)
