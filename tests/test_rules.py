"""The rules of a tariff change by example, each test named by its rule."""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils.utils import sqlite3

from model.account import Coverage, Decision, Limits, ObstacleKind, Quote, Verdict
from model.audit import Action, chained_hash
from model.clerk import clerk_name
from model.clock import ClockState, judge_clock
from model.email_address import checked_email
from model.engine import Engine
from model.errors import ClockSuspect, GivenUp, NoSuchInstallation
from model.import_profile import shipped_profiles
from model.installation import (
    Additions,
    Customer,
    DeviceKind,
    ExtensionKind,
    NewDevice,
    NewExtension,
    NewProFeatureUse,
    ProFeature,
)
from model.list_query import Filter, ListQuery
from model.orders import Ending, OrderState, TariffOrder, order_label
from model.price_lists import SHIPPED
from model.provider import MailServer, Provider
from model.refusals import Fault, InvalidInput, LimitReached, OrderRefused, QuoteStale, Refusal
from model.sqlite_engine import MEMORY
from model.store import Removal, Store, open_store
from model.tariff import Edition, Price, price_list_on
from model.transfer import Stage
from model.transfer_target import new_target
from tests.examples import (
    BERLIN,
    CALL_FLOW,
    CLERK,
    EMAIL,
    NOW,
    PRICES,
    PRICES_2027,
    REFUSED,
    TODAY,
    dump,
    install,
    local,
    objects,
    order,
    quote,
    tariff,
)

DECEMBER = local("2026-12-01 00:00")
SOURCES = sorted(p for d in ("model", "ui") for p in (SHIPPED.parents[1] / d).glob("*.py"))


@pytest.fixture(params=[MEMORY, "server"])
def engine(request: pytest.FixtureRequest, database: Callable[[str], Engine]) -> Engine:
    """The rules are the same over every database; of SQLite's memory is the fastest."""
    return database(request.param)


def limit_reached(call: Callable[[], object]) -> Decision:
    with pytest.raises(LimitReached) as caught:
        call()
    return caught.value.decision


def refused(call: Callable[[], object]) -> OrderRefused:
    with pytest.raises(OrderRefused) as caught:
        call()
    return caught.value


def stale(call: Callable[[], object]) -> QuoteStale:
    with pytest.raises(QuoteStale) as caught:
        call()
    return caught.value


def numbers_of(store: Store, installation: int, coverage: Coverage, now: datetime = NOW) -> list[str]:
    """The extensions with a coverage, by number."""
    account = store.account(installation)
    flags = account.extension_flags(now.date())
    return sorted(entry.number for entry in account.extensions if flags[entry.id].coverage is coverage)


# Counting


def test_r1_users_and_resources_count_once_each(store: Store) -> None:
    adding = Additions(
        (NewExtension("1", "Empfang"), NewExtension("2", "Fax", ExtensionKind.RESOURCE), NewExtension("100", "Flow")),
        features=(CALL_FLOW,),
    )
    installation = store.create_installation(Customer("K-1", "Muster", EMAIL), tariff("P10"), NOW, adding)
    assert quote(store, installation, "P25").extensions == 3


@pytest.mark.parametrize("kind", DeviceKind)
def test_r2_a_device_counts_once_however_many_extensions_it_serves(store: Store, kind: DeviceKind) -> None:
    installation = install(store, extensions=3)
    devices = (NewDevice("Telefon", kind, extensions=("100", "101", "102")), NewDevice("Ersatz", kind))
    store.add_objects(installation, Additions(devices=devices), NOW)
    assert quote(store, installation, "C25").devices == 2


@pytest.mark.parametrize(
    ("extensions", "devices", "fits"), [(10, 10, True), (11, 10, False), (10, 11, False), (0, 0, True)]
)
def test_r3_equality_fits(extensions: int, devices: int, fits: bool) -> None:
    assert tariff("C10").fits(extensions, devices) is fits


def test_r3_a_full_tariff_never_warns(store: Store) -> None:
    installation = install(store, "C10", 9, 9)
    store.add_objects(installation, objects(1, 1, start=9), NOW)
    account = store.account(installation)
    flags = [*account.extension_flags(TODAY).values(), *account.device_flags(TODAY).values()]
    assert {flag.coverage for flag in flags} == {Coverage.INCLUDED}
    assert max(flag.place for flag in flags) == flags[0].limit == 10
    assert account.uncovered(TODAY) == Limits(0, 0)
    assert account.obstacles(tariff("C10")) == ()
    assert store.counts(TODAY).over == 0


@pytest.mark.parametrize("feature", ProFeature)
def test_r4_a_pro_function_is_in_use_only_while_an_object_uses_it(store: Store, feature: ProFeature) -> None:
    installation = install(store, "P10", 1)
    assert quote(store, installation, "C10").refusal is None
    extension = "" if feature is ProFeature.ANALYTICS else "100"
    store.add_objects(installation, Additions(features=(NewProFeatureUse(feature, "Zentrale", extension),)), NOW)
    assert quote(store, installation, "C10").refusal is Refusal.OBSTACLES
    (use,) = store.account(installation).features
    assert (use.feature, use.name, use.extension) == (feature, "Zentrale", extension)
    store.remove_objects(installation, Removal(features=(use.id,)), NOW)
    assert quote(store, installation, "C10").refusal is None


# Which tariff holds


def test_r5_an_application_closed_over_a_month_change_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tarifwechsel.db"
    store = open_store(path)
    installation = install(store)
    placed = order(store, installation, "C25")
    store.close()
    store = open_store(path, create=False)
    account = store.account(installation)
    last, first = local("2026-11-30 23:59:59").date(), DECEMBER.date()
    assert (account.billed(last), account.billed(first)) == (tariff("C10"), tariff("C25"))
    assert (account.pending(last), account.pending(first)) == (placed, None)
    assert (placed.state(last), placed.state(first)) == (OrderState.PENDING, OrderState.EFFECTIVE)
    assert [row.tariff_name for row in store.find_installations(ListQuery(first))] == ["Classic 25"]
    assert store.counts(last).pending == 1
    assert store.counts(first).pending == 0
    store.close()


def test_r5_the_latest_order_that_has_begun_is_billed(store: Store) -> None:
    installation = install(store)
    for now, short in ((NOW, "C25"), (local("2026-12-10 10:00"), "P50"), (local("2027-01-10 10:00"), "C10")):
        order(store, installation, short, now)
    account = store.account(installation)
    billed = [account.billed(date(2026 + month // 13, (month - 1) % 12 + 1, 1)).code for month in range(11, 16)]
    assert billed == ["classic-10", "classic-25", "pro-50", "classic-10", "classic-10"]


def test_r6_a_second_pending_order_is_refused_by_the_database(store: Store, engine: Engine) -> None:
    installation = install(store)
    (row,) = engine.query(
        "SELECT * FROM tariff_order WHERE order_number = :n", {"n": order(store, installation, "C25").order_number}
    )
    copy = row | {"order_number": row["order_number"] + 50, "quote_id": "another"}
    with pytest.raises(REFUSED, match=r"UNIQUE|append-only"), engine.write():
        engine.insert("tariff_order", copy)


def test_r7_extras_of_a_pending_tariff_are_usable_at_once(store: Store) -> None:
    installation = install(store, "C10", 10, 10)
    order(store, installation, "C25")
    store.add_objects(installation, objects(15, 15, start=10), NOW)
    account = store.account(installation)
    assert account.usable(TODAY) == Limits(25, 25)
    assert account.billed(TODAY) == tariff("C10")


def test_r7_a_pending_smaller_tariff_lowers_nothing_early(store: Store) -> None:
    installation = install(store, "C25")
    order(store, installation, "C10")
    account = store.account(installation)
    assert account.usable(TODAY) == Limits(25, 25)
    assert account.usable(DECEMBER.date()) == Limits(10, 10)


def test_r7_each_dimension_takes_its_larger_limit(store: Store) -> None:
    wide = replace(tariff("C25"), code="classic-5/40", max_extensions=5, max_devices=40)
    prices = replace(PRICES, tariffs=(*PRICES.tariffs, wide))
    installation = install(store)
    placed = replace(order(store, installation, "C25"), tariff=wide)
    account = replace(store.account(installation), orders=(placed,))
    assert account.usable(TODAY) == Limits(10, 40)
    assert prices.on_sale("classic-5/40") == wide


def test_r7_pro_functions_are_usable_from_the_effective_day(store: Store) -> None:
    installation = install(store, "C10", 1)
    feature = Additions(features=(CALL_FLOW,))
    decision = limit_reached(lambda: store.add_objects(installation, feature, NOW))
    assert (decision.verdict, decision.offer) == (Verdict.PRO_NEEDED, tariff("P10"))
    placed = order(store, installation, "P10")
    decision = limit_reached(lambda: store.add_objects(installation, feature, local("2026-11-30 23:59:59")))
    assert (decision.verdict, decision.pending) == (Verdict.PRO_PENDING, placed)
    store.add_objects(installation, feature, DECEMBER)
    assert len(store.account(installation).features) == 1


def test_r7_no_order_takes_a_pro_function_into_use_early(store: Store, engine: Engine) -> None:
    installation = install(store, "C10", 1)
    before = dump(engine)
    decision = limit_reached(lambda: order(store, installation, "P10", adding=Additions(features=(CALL_FLOW,))))
    assert decision.verdict is Verdict.PRO_PENDING
    assert dump(engine) == before


def test_r8_a_whole_month_is_billed_with_the_tariff_of_its_first_day(store: Store) -> None:
    installation = install(store)
    order(store, installation, "C25")
    order(store, installation, "P50", DECEMBER)
    account = store.account(installation)
    for n in range(120):
        day = date(2026, 10, 1) + timedelta(days=n)
        assert account.billed(day) == account.billed(day.replace(day=1))
    assert {entry.effective_on.day for entry in account.orders} == {1}


# Extras and the offer


def test_r9_objects_beyond_the_limit_after_an_import_are_uncovered(store: Store) -> None:
    installation = install(store)
    store.load_objects(installation, objects(12, 9), NOW)
    account = store.account(installation)
    assert numbers_of(store, installation, Coverage.UNCOVERED) == ["110", "111"]
    assert {flag.coverage for flag in account.device_flags(TODAY).values()} == {Coverage.INCLUDED}
    assert account.uncovered(TODAY) == Limits(2, 0)
    assert account.offer(PRICES, TODAY) == tariff("C25")
    (row,) = store.find_installations(ListQuery(TODAY, filter=Filter.OVER))
    assert row.uncovered == 2


def test_r9_a_pending_order_covers_what_it_makes_usable(store: Store) -> None:
    installation = install(store, "C10", 10)
    order(store, installation, "C25", adding=objects(14, start=10))
    account = store.account(installation)
    assert len(numbers_of(store, installation, Coverage.COVERED)) == 14
    assert numbers_of(store, installation, Coverage.UNCOVERED) == []
    assert account.billed(date(2026, 11, 30)) == tariff("C10")
    assert len(numbers_of(store, installation, Coverage.INCLUDED, DECEMBER)) == 24
    assert store.counts(TODAY).over == 0


def test_r9_the_extras_are_the_last_created_then_the_highest_number(store: Store) -> None:
    installation = install(store, now=NOW)
    later, ten = NOW + timedelta(microseconds=1), [str(n) for n in range(20, 30)]
    store.load_objects(installation, Additions(tuple(NewExtension(n, "spät") for n in ("9", "10"))), later)
    store.load_objects(installation, Additions(tuple(NewExtension(n, "früh") for n in (*ten, "3"))), NOW)
    assert numbers_of(store, installation, Coverage.UNCOVERED) == ["10", "29", "9"]
    account = store.account(installation)
    places = {entry.number: account.extension_flags(TODAY)[entry.id].place for entry in account.extensions}
    assert [places[n] for n in ("3", "20", "29", "9", "10")] == [1, 2, 11, 12, 13]


def test_r9_devices_of_one_instant_rank_by_creation(store: Store) -> None:
    installation = install(store, devices=11)
    account = store.account(installation)
    by_name = {entry.name: account.device_flags(TODAY)[entry.id].coverage for entry in account.devices}
    assert [name for name, coverage in by_name.items() if coverage is Coverage.UNCOVERED] == ["Telefon 10"]


def test_r10_the_devices_alone_lead_to_an_offer(store: Store) -> None:
    installation = install(store, "C10", 9, 10)
    decision = limit_reached(lambda: store.add_objects(installation, objects(0, 1, start=10), NOW))
    assert (decision.verdict, decision.offer) == (Verdict.OFFER, tariff("C25"))


@pytest.mark.parametrize(
    ("prices", "offer"),
    [
        ({"classic-25": 2000, "classic-50": 1999}, "classic-50"),
        ({"classic-25": 2000, "classic-50": 2000}, "classic-25"),
        ({"classic-50": 2000, "classic-25": 2000}, "classic-25"),
    ],
)
def test_r10_the_cheapest_then_the_smaller(prices: dict[str, int], offer: str) -> None:
    on_sale = tuple(replace(t, net_cents=prices.get(t.code, 9900)) for t in PRICES.tariffs)
    for tariffs in (on_sale, on_sale[::-1]):
        found = replace(PRICES, tariffs=tariffs).cheapest(Edition.CLASSIC, 11, 0)
        assert found
        assert found.code == offer


def test_r10_the_offer_keeps_the_edition_and_counts_what_is_added(store: Store) -> None:
    installation = install(store, "P10", 8)
    account = store.account(installation)
    assert account.offer(PRICES, TODAY, objects(20)) == tariff("P50")
    order(store, installation, "C25")
    assert store.account(installation).offer(PRICES, TODAY, objects(20)) == tariff("C50")


@pytest.mark.parametrize("short", ["C250", "P250"])
def test_r10_the_largest_tariff_full_needs_an_individual_offer(store: Store, engine: Engine, short: str) -> None:
    installation = install(store, short, 250, 250)
    before = dump(engine)
    decision = limit_reached(lambda: store.add_objects(installation, objects(1, start=250), NOW))
    assert (decision.verdict, decision.offer) == (Verdict.INDIVIDUAL, None)
    assert dump(engine) == before


def test_r11_pasted_rows_lead_to_one_offer_all_or_nothing(store: Store, engine: Engine) -> None:
    installation = install(store, "C10", 8)
    before, rows = dump(engine), objects(20, start=8)
    decision = limit_reached(lambda: store.add_objects(installation, rows, NOW))
    assert (decision.verdict, decision.offer, decision.adding) == (Verdict.OFFER, tariff("C50"), rows)
    assert dump(engine) == before
    shown = quote(store, installation, "C50", adding=rows)
    assert shown.extensions == 28
    placed = store.place_order(shown, NOW, rows)
    account = store.account(installation)
    assert len(account.extensions) == 28
    assert account.pending(TODAY) == placed


def test_r11_an_order_that_does_not_fit_what_is_added_creates_nothing(store: Store, engine: Engine) -> None:
    installation = install(store, "C10", 8)
    before = dump(engine)
    error = refused(lambda: order(store, installation, "C25", adding=objects(20, start=8)))
    assert [(o.kind, o.excess, o.limit) for o in error.obstacles] == [(ObstacleKind.EXTENSIONS, 3, 25)]
    assert dump(engine) == before


def test_r11_what_was_ordered_with_other_objects_is_stale(store: Store) -> None:
    installation = install(store, "C10", 8)
    shown = quote(store, installation, "C50", adding=objects(20, start=8))
    assert stale(lambda: store.place_order(shown, NOW)).changed == {"extensions"}


def test_r12_an_import_may_exceed_the_limit_but_a_form_may_not(store: Store) -> None:
    installation = install(store, "C10", 12)
    limit_reached(lambda: store.add_objects(installation, objects(1, start=12), NOW))
    store.load_objects(installation, objects(5, start=12), NOW)
    store.add_objects(installation, objects(0, 1), NOW)
    account = store.account(installation)
    assert (len(account.extensions), len(account.devices)) == (17, 1)


def test_r13_no_order_and_no_month_takes_an_object_away(store: Store) -> None:
    installation = install(store, "P25", 12, 12, call_flow=True)
    before = store.account(installation)
    placed = order(store, installation, "P50")
    store.cancel_order(installation, placed.order_number, "Irrtum", NOW)
    order(store, installation, "P100")
    after = store.account(installation)
    assert after.billed(date(2030, 1, 1)) == tariff("P100")
    for attribute in ("extensions", "devices", "features"):
        assert getattr(after, attribute) == getattr(before, attribute)


# The dialog


def test_r14_every_tariff_on_sale_is_a_choice(store: Store) -> None:
    installation = install(store, "C25")
    order(store, installation, "P10")
    choices = store.account(installation).choices(PRICES, TODAY)
    shorts = [f"{edition[0]}{size}" for edition in Edition for size in (10, 25, 50, 100, 250)]
    assert [choice.tariff for choice in choices] == [tariff(short) for short in shorts]
    assert [choice.tariff for choice in choices if choice.is_current] == [tariff("C25")]
    assert [choice.tariff for choice in choices if choice.is_pending] == [tariff("P10")]
    assert refused(lambda: order(store, installation, "C25")).refusal is Refusal.CURRENT_TARIFF


def test_r14_choices_name_the_obstacles_after_what_is_added(store: Store) -> None:
    account = store.account(install(store, "C25", 9))
    obstacles = {choice.tariff: choice.obstacles for choice in account.choices(PRICES, TODAY, objects(2, start=9))}
    assert [o.excess for o in obstacles[tariff("C10")]] == [1]
    assert obstacles[tariff("P25")] == ()


def test_r15_all_obstacles_together_with_their_objects(store: Store) -> None:
    installation = install(store, "C25", 11, 12)
    extensions, devices = refused(lambda: order(store, installation, "C10")).obstacles
    assert (extensions.kind, extensions.excess, extensions.limit) == (ObstacleKind.EXTENSIONS, 1, 10)
    assert (devices.kind, devices.excess, devices.limit) == (ObstacleKind.DEVICES, 2, 10)
    assert [entry.name for entry in extensions.objects] == ["Nebenstelle 10"]
    assert [entry.name for entry in devices.objects] == ["Telefon 10", "Telefon 11"]


def test_r15_a_call_flow_is_in_the_way_until_it_is_removed(store: Store) -> None:
    installation = install(store, "P10", 1, call_flow=True)
    (obstacle,) = refused(lambda: order(store, installation, "C10")).obstacles
    (flow,) = obstacle.objects
    assert (obstacle.kind, obstacle.excess, flow.name) == (ObstacleKind.EDITION, 1, "Zentrale")
    store.remove_objects(installation, Removal(features=(flow.id,)), NOW)
    assert order(store, installation, "C10").tariff == tariff("C10")


def test_r15_the_edition_alone_is_in_the_way(store: Store) -> None:
    account = store.account(install(store, "P25", 9, 9, call_flow=True))
    assert [o.kind for o in account.obstacles(tariff("C10"))] == [ObstacleKind.EDITION]
    assert account.obstacles(tariff("P10")) == ()


def test_r15_a_dearer_edition_at_a_lower_price_still_needs_the_size(store: Store) -> None:
    account = store.account(install(store, "C50", 12))
    assert tariff("P10").net_cents < tariff("C50").net_cents
    assert [(o.kind, o.excess) for o in account.obstacles(tariff("P10"))] == [(ObstacleKind.EXTENSIONS, 2)]


def test_r16_a_mixed_change_is_one_order(store: Store) -> None:
    installation = install(store, "P10", 10, 10)
    placed = order(store, installation, "C25")
    assert (placed.previous, placed.tariff) == (tariff("P10"), tariff("C25"))
    assert store.account(installation).orders == (placed,)


def test_r17_the_summary(store: Store) -> None:
    installation = install(store, "C25", 7, 8)
    pending = order(store, installation, "C50")
    shown = quote(store, installation, "P10")
    assert (shown.customer_number, shown.customer_name, shown.mail_to) == ("K-1", "Muster GmbH", EMAIL)
    assert (shown.current, shown.target) == (tariff("C25"), tariff("P10"))
    assert (shown.extensions, shown.devices) == (7, 8)
    assert shown.target.price == Price(Decimal("19.90"), Decimal("3.78"), Decimal("23.68"))
    assert (shown.monthly_difference, shown.yearly_difference) == (Decimal("0.00"), Decimal("0.00"))
    assert (shown.effective_on, shown.cancellable_until) == (date(2026, 12, 1), date(2026, 11, 30))
    assert (shown.replaces, shown.replaced_tariff) == (pending.order_number, tariff("C50"))
    assert (shown.shown_at, shown.refusal, shown.leaves_retired) == (NOW, None, False)


def test_r17_the_difference_a_month_and_for_twelve_months(store: Store) -> None:
    shown = quote(store, install(store, "C50"), "C10")
    assert (shown.monthly_difference, shown.yearly_difference) == (Decimal("-25.00"), Decimal("-300.00"))


CHANGES: list[tuple[str, set[str], Callable[[Store, int], object]]] = [
    ("an extension more", {"extensions"}, lambda store, i: store.add_objects(i, objects(1, start=50), NOW)),
    ("a device more", {"devices"}, lambda store, i: store.add_objects(i, objects(0, 1), NOW)),
    ("another name", {"customer_name"}, lambda s, i: s.change_customer(i, Customer("K-1", "Neu", EMAIL), NOW)),
    ("a number", {"customer_number"}, lambda s, i: s.change_customer(i, Customer("K-2", "Muster GmbH", EMAIL), NOW)),
    (
        "an address",
        {"mail_to"},
        lambda s, i: s.change_customer(i, Customer("K-1", "Muster GmbH", "b@example.org"), NOW),
    ),
    ("no address", {"mail_to", "refusal"}, lambda s, i: s.change_customer(i, Customer("K-1", "Muster GmbH"), NOW)),
    ("an obstacle", {"extensions", "obstacles", "refusal"}, lambda s, i: s.load_objects(i, objects(26, start=50), NOW)),
    ("another order", {"replaces", "replaced_tariff"}, lambda store, i: order(store, i, "C50")),
]


@pytest.mark.parametrize(("changed", "change"), [entry[1:] for entry in CHANGES], ids=[entry[0] for entry in CHANGES])
def test_r19_anything_that_changed_since_the_summary_stops_the_order(
    store: Store, changed: set[str], change: Callable[[Store, int], object]
) -> None:
    installation = install(store)
    shown = quote(store, installation, "C25")
    change(store, installation)
    orders = store.account(installation).orders
    error = stale(lambda: store.place_order(shown, NOW))
    assert error.changed == changed
    assert store.account(installation).orders == orders
    assert error.fresh == replace(quote(store, installation, "C25"), quote_id=error.fresh.quote_id)
    assert error.fresh.quote_id != shown.quote_id
    if error.fresh.refusal is None:
        assert store.place_order(error.fresh, NOW).effective_on == shown.effective_on


def test_r19_a_month_change_between_summary_and_click(store: Store) -> None:
    installation = install(store)
    shown = quote(store, installation, "C50", local("2026-11-30 23:58"))
    click = local("2026-12-01 00:01")
    error = stale(lambda: store.place_order(shown, click))
    assert error.changed == {"effective_on"}
    assert error.fresh.effective_on == date(2027, 1, 1)
    assert store.account(installation).orders == ()
    assert store.place_order(error.fresh, click).effective_on == date(2027, 1, 1)


def test_r19_a_new_price_list_between_summary_and_click(store: Store) -> None:
    installation = install(store, "C10", now=local("2026-12-31 12:00"))
    shown = quote(store, installation, "C25", local("2026-12-31 23:59:59"))
    error = stale(lambda: store.place_order(shown, local("2027-01-01 00:00:00")))
    assert error.changed == {"target", "effective_on"}
    assert (shown.target.net_cents, error.fresh.target.net_cents) == (1990, 2190)


def test_r19_a_tariff_taken_off_sale_between_summary_and_click(store: Store) -> None:
    installation = install(store, now=local("2027-12-31 12:00"))
    text = SHIPPED.read_text(encoding="utf-8").replace("2026-01-01", "2028-01-01").split("[[price_list]]")[1]
    list_2028 = "[[price_list]]" + text.replace("extensions = 25, devices = 25", "extensions = 30, devices = 30")
    store.add_price_lists(list_2028, local("2027-12-31 12:00"))
    shown = quote(store, installation, "C25", local("2027-12-31 12:00"))
    error = stale(lambda: store.place_order(shown, local("2028-01-01 00:00")))
    assert error.fresh.refusal is Refusal.NOT_ON_SALE
    assert {"refusal", "effective_on"} <= error.changed


def test_r19_the_current_tariff_changed_since_the_summary(store: Store) -> None:
    installation = install(store)
    order(store, installation, "C25")
    shown = quote(store, installation, "C50", local("2026-11-30 23:59"))
    error = stale(lambda: store.place_order(shown, DECEMBER))
    assert error.changed == {"current", "replaces", "replaced_tariff", "effective_on"}


def test_r19_two_windows_order_at_once(tmp_path: Path) -> None:
    path = tmp_path / "tarifwechsel.db"
    stores = [open_store(path), open_store(path)]
    installation = install(stores[0])
    shown = [quote(store, installation, short) for store, short in zip(stores, ("C25", "C50"), strict=True)]
    outcomes: list[TariffOrder | QuoteStale] = []
    start = threading.Barrier(2)

    def click(store: Store, seen: Quote) -> None:
        start.wait()
        try:
            outcomes.append(store.place_order(seen, NOW))
        except QuoteStale as error:
            outcomes.append(error)

    windows = [threading.Thread(target=click, args=pair) for pair in zip(stores, shown, strict=True)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    (placed,) = [outcome for outcome in outcomes if isinstance(outcome, TariffOrder)]
    (told,) = [outcome for outcome in outcomes if isinstance(outcome, QuoteStale)]
    assert told.changed == {"replaces", "replaced_tariff"}
    assert told.fresh.replaces == placed.order_number
    assert stores[0].account(installation).orders == (placed,)
    for store in stores:
        store.close()


def test_r20_the_same_quote_gives_the_same_order_and_one_mail(store: Store) -> None:
    installation = install(store)
    shown = quote(store, installation, "C25", adding=objects(20))
    placed = store.place_order(shown, NOW, objects(20))
    for again in (NOW, NOW + timedelta(seconds=1), DECEMBER, NOW - timedelta(days=400)):
        assert store.place_order(shown, again, objects(20)) == placed
    account = store.account(installation)
    assert account.orders == (placed,)
    assert len(account.extensions) == 20
    assert len(store.mails(installation)) == 1


# The order


@pytest.mark.parametrize(
    ("placed", "effective"),
    [
        ("2026-11-22 10:00", "2026-12-01"),
        ("2026-11-30 23:59:59", "2026-12-01"),
        ("2026-12-01 00:00:00", "2027-01-01"),
        ("2026-12-31 23:59:59", "2027-01-01"),
        ("2027-01-01 00:00:00", "2027-02-01"),
        ("2027-01-31 10:00", "2027-02-01"),
        ("2027-02-28 10:00", "2027-03-01"),
        ("2028-02-29 10:00", "2028-03-01"),
    ],
)
def test_r21_an_order_takes_effect_on_the_next_months_first(store: Store, placed: str, effective: str) -> None:
    now = local(placed)
    assert order(store, install(store, now=now), "C25", now).effective_on == date.fromisoformat(effective)


@pytest.mark.parametrize(("zone", "effective"), [("Europe/Berlin", date(2026, 8, 1)), ("UTC", date(2026, 7, 1))])
def test_r21_the_computers_zone_decides_and_is_kept(store: Store, zone: str, effective: date) -> None:
    instant = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    now = instant.astimezone(ZoneInfo(zone))
    installation = install(store, now=now)
    order(store, installation, "C25", now)
    (kept,) = store.account(installation).orders
    assert (kept.effective_on, kept.zone) == (effective, zone)
    assert (kept.placed_at, kept.placed_at.utcoffset()) == (instant, timedelta(0))


@pytest.mark.parametrize("fold", [0, 1])
def test_r21_the_night_the_clock_goes_back(store: Store, fold: int) -> None:
    now = local("2027-10-31 02:30", fold=fold)
    placed = order(store, install(store, now=now), "C25", now)
    assert placed.effective_on == date(2027, 11, 1)
    assert placed.placed_at == datetime(2027, 10, 31, fold, 30, tzinfo=UTC)


NUMBER_100_IS_TAKEN = objects(1)


@pytest.mark.parametrize(
    "act",
    [
        lambda store, i: order(store, i, "C50", adding=NUMBER_100_IS_TAKEN),
        lambda store, i: store.cancel_order(i, store.account(i).orders[-1].order_number, "Irrtum", NOW, objects(1)),
        lambda store, i: store.add_objects(
            i, replace(objects(3, start=1), devices=(NewDevice("T", extensions=("9",)),)), NOW
        ),
        lambda store, i: store.load_objects(
            i,
            Additions(objects(2, start=1).extensions, features=(NewProFeatureUse(ProFeature.CALL_FLOW, "F", "9"),)),
            NOW,
        ),
        lambda store, i: store.change_device(
            i, store.account(i).devices[0].id, NewDevice("Neu", extensions=("9",)), NOW
        ),
        lambda store, _: store.create_installation(
            Customer("K-2", "Zwei"), tariff("C10"), NOW, Additions(objects(1).extensions * 2)
        ),
    ],
    ids=["order", "cancel", "add", "load", "change", "create"],
)
def test_r22_a_fault_in_the_middle_leaves_nothing_behind(
    store: Store, engine: Engine, act: Callable[[Store, int], object]
) -> None:
    installation = install(store, "C10", 1, 1)
    order(store, installation, "C25")
    before = dump(engine)
    with pytest.raises(InvalidInput):
        act(store, installation)
    assert dump(engine) == before


def test_r22_an_order_brings_its_objects_history_and_mail(store: Store) -> None:
    installation = install(store)
    first = order(store, installation, "C25")
    second = order(store, installation, "C50", adding=objects(3, 2))
    account = store.account(installation)
    assert (account.pending(TODAY), len(account.extensions), len(account.devices)) == (second, 3, 2)
    assert [entry.action for entry in store.audit_entries(installation)[:3]] == [
        Action.OBJECTS_CREATED,
        Action.ORDER_SUPERSEDED,
        Action.ORDER_PLACED,
    ]
    assert [mail.order_number for mail in store.mails(installation)] == [first.order_number, second.order_number]


def test_r23_an_order_keeps_its_snapshot(store: Store) -> None:
    installation = install(store, now=local("2026-12-15 10:00"))
    order(store, installation, "C25", local("2026-12-15 10:00"))
    billed = store.account(installation).billed(date(2027, 6, 1))
    assert billed == tariff("C25", PRICES) != tariff("C25", PRICES_2027)
    assert (billed.net_cents, billed.vat_bp, billed.price_list) == (1990, 1900, date(2026, 1, 1))


def test_r23_going_back_to_a_former_tariff_takes_todays_price(store: Store) -> None:
    installation = install(store, "C25", now=local("2026-12-15 10:00"))
    order(store, installation, "C10", local("2026-12-15 10:00"))
    placed = order(store, installation, "C25", local("2027-01-15 10:00"))
    assert (placed.tariff.net_cents, placed.tariff.price_list) == (2190, date(2027, 1, 1))


def test_r24_order_numbers_are_never_reused(store: Store) -> None:
    first, second = install(store), install(store, number="K-2")
    numbers = []
    for installation in (first, second) * 3:
        placed = order(store, installation, "C25")
        numbers.append(placed.order_number)
        store.cancel_order(installation, placed.order_number, "Irrtum", NOW)
    assert numbers == sorted(set(numbers))
    assert order_label(numbers[0]) == f"TW-{numbers[0]:06}"


def test_r25_without_an_address_nothing_can_be_ordered(store: Store) -> None:
    installation = install(store, email="")
    assert refused(lambda: order(store, installation, "C25")).refusal is Refusal.NO_EMAIL
    store.change_customer(installation, Customer("K-1", "Muster GmbH", EMAIL), NOW)
    assert order(store, installation, "C25").mail_to == EMAIL


# While an order is pending


def test_r26_a_new_order_supersedes_the_pending_one_and_its_mail_says_so(store: Store) -> None:
    installation = install(store)
    first = order(store, installation, "C25")
    second = order(store, installation, "C50", local("2026-11-30 23:59:59"))
    superseded, pending = store.account(installation).orders
    assert (superseded.ending, superseded.superseded_by) == (Ending.SUPERSEDED, second.order_number)
    assert superseded.state(TODAY) is superseded.state(DECEMBER.date()) is OrderState.SUPERSEDED
    assert superseded.ended_at == second.placed_at
    assert pending == second
    mail = store.mails(installation)[-1]
    assert (mail.kind, mail.recipient, mail.order_number) == ("ORDERED", EMAIL, second.order_number)
    assert mail.content["replaces"] == first.order_number
    assert mail.content["target"]["tariff_code"] == "classic-50"
    assert mail.content["effective_on"] == "2026-12-01"


def test_r27_what_is_ordered_already_is_refused(store: Store) -> None:
    installation = install(store)
    order(store, installation, "C25")
    assert refused(lambda: order(store, installation, "C25")).refusal is Refusal.ALREADY_ORDERED
    assert len(store.account(installation).orders) == 1


def test_r27_three_changes_in_one_month_end_with_nothing_pending(store: Store) -> None:
    installation = install(store)
    order(store, installation, "C25")
    second = order(store, installation, "C50")
    assert refused(lambda: order(store, installation, "C10")).refusal is Refusal.CURRENT_TARIFF
    store.cancel_order(installation, second.order_number, "Kunde bleibt", NOW)
    account = store.account(installation)
    assert [entry.state(TODAY) for entry in account.orders] == [OrderState.SUPERSEDED, OrderState.CANCELLED]
    assert account.pending(TODAY) is None
    assert account.billed(DECEMBER.date()) == tariff("C10")


def test_r28_a_superseding_order_must_fit_the_extras_in_use(store: Store) -> None:
    installation = install(store)
    order(store, installation, "C25", adding=objects(24))
    (obstacle,) = refused(lambda: order(store, installation, "P10")).obstacles
    assert (obstacle.excess, len(obstacle.objects)) == (14, 14)
    assert order(store, installation, "P25").tariff == tariff("P25")


def test_r29_cancelling_until_the_day_before(store: Store) -> None:
    installation = install(store)
    placed = order(store, installation, "C25")
    assert placed.cancellable_until == date(2026, 11, 30)
    error = refused(lambda: store.cancel_order(installation, placed.order_number, "zu spät", DECEMBER))
    assert error.refusal is Refusal.NOT_PENDING
    now = local("2026-11-30 23:59:59")
    store.cancel_order(installation, placed.order_number, " Kunde will nicht ", now)
    (cancelled,) = store.account(installation).orders
    assert (cancelled.ending, cancelled.reason, cancelled.ended_at) == (Ending.CANCELLED, "Kunde will nicht", now)
    mail = store.mails(installation)[-1]
    assert (mail.kind, mail.order_number, mail.recipient) == ("CANCELLED", placed.order_number, EMAIL)
    entry = store.audit_entries(installation)[0]
    assert (entry.action, entry.reason) == (Action.ORDER_CANCELLED, "Kunde will nicht")


@pytest.mark.parametrize(("reason", "fault"), [("", Fault.EMPTY), (" \t", Fault.EMPTY), ("x" * 501, Fault.TOO_LONG)])
def test_r29_cancelling_needs_a_reason(store: Store, reason: str, fault: Fault) -> None:
    installation = install(store)
    placed = order(store, installation, "C25")
    with pytest.raises(InvalidInput) as caught:
        store.cancel_order(installation, placed.order_number, reason, NOW)
    assert (caught.value.field, caught.value.fault) == ("reason", fault)
    assert store.account(installation).pending(TODAY) == placed


def test_r29_no_cancelling_while_extras_would_stay_free(store: Store, engine: Engine) -> None:
    installation = install(store, devices=1)
    placed = order(store, installation, "C25", adding=objects(12))
    before = dump(engine)
    error = refused(lambda: store.cancel_order(installation, placed.order_number, "Irrtum", NOW))
    (obstacle,) = error.obstacles
    assert (error.refusal, [entry.name for entry in obstacle.objects]) == (
        Refusal.OBSTACLES,
        ["Nebenstelle 10", "Nebenstelle 11"],
    )
    assert dump(engine) == before
    store.remove_objects(installation, Removal(extensions=tuple(entry.id for entry in obstacle.objects)), NOW)
    store.cancel_order(installation, placed.order_number, "Irrtum", NOW)
    assert store.account(installation).pending(TODAY) is None


@pytest.mark.parametrize("superseded", [True, False])
def test_r29_only_the_pending_order_can_be_cancelled(store: Store, superseded: bool) -> None:
    installation = install(store)
    former = order(store, installation, "C25")
    order(store, installation, "C50")
    number = former.order_number if superseded else 9999
    error = refused(lambda: store.cancel_order(installation, number, "Irrtum", NOW))
    assert (error.refusal, error.obstacles) == (Refusal.NOT_PENDING, ())


def under_a_smaller_pending_tariff(store: Store) -> int:
    """Classic 50, Classic 10 ordered, ten of each used: the 11th needs a choice."""
    installation = install(store, "C50", 8, 8)
    order(store, installation, "C10")
    store.add_objects(installation, objects(2, 2, start=8), NOW)
    return installation


def test_r30_within_the_smaller_pending_tariff_nobody_is_asked(store: Store) -> None:
    installation = install(store, "C25", 8, 8)
    pending = order(store, installation, "C10")
    store.add_objects(installation, objects(1, 1, start=8), NOW)
    store.add_objects(installation, objects(1, 1, start=9), NOW)
    assert store.account(installation).pending(TODAY) == pending
    decision = limit_reached(lambda: store.add_objects(installation, objects(1, start=10), NOW))
    assert (decision.verdict, decision.pending) == (Verdict.CHOICE, pending)
    assert len(store.account(installation).extensions) == 10


@pytest.mark.parametrize("eleventh", [objects(1, start=10), objects(0, 1, start=10)], ids=["extension", "device"])
def test_r30_the_eleventh_needs_a_choice(store: Store, engine: Engine, eleventh: Additions) -> None:
    installation = under_a_smaller_pending_tariff(store)
    before = dump(engine)
    decision = limit_reached(lambda: store.add_objects(installation, eleventh, NOW))
    assert decision.pending == store.account(installation).pending(TODAY)
    assert (decision.verdict, decision.offer) == (Verdict.CHOICE, tariff("C25"))
    assert dump(engine) == before


def test_r30_choice_one_cancels_and_creates(store: Store) -> None:
    installation = under_a_smaller_pending_tariff(store)
    (pending,) = store.account(installation).orders
    store.cancel_order(installation, pending.order_number, "wächst", NOW, objects(1, start=10))
    account = store.account(installation)
    assert (account.pending(TODAY), len(account.extensions)) == (None, 11)


def test_r30_choice_two_replaces_and_creates(store: Store) -> None:
    installation = under_a_smaller_pending_tariff(store)
    placed = order(store, installation, "C25", adding=objects(1, start=10))
    account = store.account(installation)
    assert (account.pending(TODAY), len(account.extensions)) == (placed, 11)


def test_r30_cancelling_makes_no_room_beyond_the_current_tariff(store: Store, engine: Engine) -> None:
    installation = under_a_smaller_pending_tariff(store)
    (pending,) = store.account(installation).orders
    before = dump(engine)
    many = objects(41, start=10)
    decision = limit_reached(lambda: store.cancel_order(installation, pending.order_number, "wächst", NOW, many))
    assert (decision.verdict, decision.offer) == (Verdict.OFFER, tariff("C100"))
    assert dump(engine) == before


def test_r30_a_pro_function_under_a_pending_classic_needs_a_choice(store: Store) -> None:
    installation = install(store, "P25", 1)
    pending = order(store, installation, "C25")
    feature = Additions(features=(CALL_FLOW,))
    decision = limit_reached(lambda: store.add_objects(installation, feature, NOW))
    assert (decision.verdict, decision.offer, decision.pending) == (Verdict.CHOICE, tariff("P10"), pending)
    store.cancel_order(installation, pending.order_number, "bleibt Pro", NOW, feature)
    assert len(store.account(installation).features) == 1


def test_r30_a_pending_tariff_of_the_same_edition_needs_no_choice(store: Store) -> None:
    installation = install(store, "P25", 1)
    order(store, installation, "P10")
    store.add_objects(installation, Additions(features=(CALL_FLOW,)), NOW)
    assert len(store.account(installation).features) == 1


# Prices


def test_r31_half_a_cent_of_vat_is_rounded_up() -> None:
    assert Price.of(1450, 1900) == Price(Decimal("14.50"), Decimal("2.76"), Decimal("17.26"))


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_r31_vat_is_rounded_half_up_once(net_cents: int, vat_bp: int) -> None:
    price = Price.of(net_cents, vat_bp)
    assert price.vat * 100 == (net_cents * vat_bp + 5_000) // 10_000
    assert price.net * 100 == net_cents
    assert price.gross == price.net + price.vat
    assert price.gross == price.gross.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_r31_money_is_stored_as_whole_cents(store: Store, engine: Engine) -> None:
    order(store, install(store), "C25")
    for table in ("price", "installation", "tariff_order"):
        amounts = [row["net_cents"] for row in engine.query(f"SELECT net_cents FROM {table}")]
        assert {type(amount) for amount in amounts} == {int}


def test_r32_the_list_in_force_at_the_instant(store: Store) -> None:
    lists = (PRICES_2027, PRICES)
    for day, expected in ((date(2025, 6, 1), PRICES), (date(2026, 12, 31), PRICES), (date(2027, 1, 1), PRICES_2027)):
        assert price_list_on(day, lists) == expected
        assert store.prices_on(day).valid_from == expected.valid_from


def test_r33_a_retired_tariff_keeps_running_and_leaving_it_warns(store: Store) -> None:
    installation = install(store, "C20", 3)
    account = store.account(installation)
    assert account.billed(date(2029, 1, 1)) == tariff("C20")
    assert tariff("C20") not in [choice.tariff for choice in account.choices(PRICES, TODAY)]
    assert quote(store, installation, "C25").leaves_retired
    order(store, installation, "C25")
    january = local("2026-12-20 10:00")
    assert quote(store, installation, "C20", january).refusal is Refusal.NOT_ON_SALE
    assert not quote(store, installation, "C50", january).leaves_retired


# Clock

ASKS_FOR_THE_TIME = re.compile(
    r"\b(datetime|date)\.(now|today|utcnow)$"
    r"|\btime\.(time|time_ns|localtime|gmtime|ctime|strftime)$"
    r"|\b(QDate|QTime|QDateTime)\.current\w+$"
)
SQL_ASKS = re.compile(r"CURRENT_(TIME|DATE|TIMESTAMP)|'now'")


def asks_for_the_time(source: str) -> list[str]:
    tree = ast.parse(source)
    names = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    imported = [node.names for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "time"]
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [
        *[name for name in names if ASKS_FOR_THE_TIME.search(name)],
        *[alias.name for names in imported for alias in names],
        *[text for text in texts if SQL_ASKS.search(text)],
    ]


@pytest.mark.parametrize(
    "source",
    [
        "datetime.datetime.now()",
        "date.today()",
        "f(time.time)",
        "from time import time",
        "QDate.currentDate()",
        "'x=CURRENT_DATE'",
    ],
)
def test_r34_the_search_finds_who_asks_for_the_time(source: str) -> None:
    assert asks_for_the_time(source)


@pytest.mark.parametrize("path", [*SOURCES, SHIPPED.parents[1] / "main.py"], ids=lambda path: path.stem)
def test_r34_nothing_but_the_clock_asks_for_the_time(path: Path) -> None:
    if path.name not in ("system_clock.py", "server_clock.py") and path.exists():
        assert asks_for_the_time(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("ahead", "state"),
    [
        (timedelta(0), ClockState.RIGHT),
        (-timedelta(minutes=5), ClockState.RIGHT),
        (-timedelta(minutes=5, microseconds=1), ClockState.BEHIND),
        (timedelta(days=45), ClockState.RIGHT),
        (timedelta(days=45, microseconds=1), ClockState.AHEAD),
    ],
)
def test_r35_how_far_a_clock_may_be_off(ahead: timedelta, state: ClockState) -> None:
    latest = NOW.astimezone(UTC)
    assert judge_clock((latest + ahead).astimezone(BERLIN), latest) is state


def test_r35_the_night_the_clock_goes_back_is_no_jump() -> None:
    assert judge_clock(local("2027-10-31 02:01", fold=1), local("2027-10-31 02:59", fold=0).astimezone(UTC)) is (
        ClockState.RIGHT
    )


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(days=46)])
def test_r35_a_suspicious_clock_pauses_ordering_and_cancelling(store: Store, engine: Engine, off: timedelta) -> None:
    installation = install(store)
    placed = order(store, installation, "C25", local("2026-11-22 10:00"))
    before, then = dump(engine), NOW + off
    with pytest.raises(ClockSuspect):
        order(store, installation, "C50", then)
    with pytest.raises(ClockSuspect):
        store.cancel_order(installation, placed.order_number, "Irrtum", then)
    assert dump(engine) == before


def test_r35_the_clerk_confirms_a_jump_ahead(store: Store) -> None:
    installation, later = install(store), NOW + timedelta(days=46)
    assert store.clock_state(later) is ClockState.AHEAD
    store.add_objects(installation, objects(1), later)
    assert store.clock_state(later) is ClockState.AHEAD
    store.confirm_clock(later)
    assert store.clock_state(later) is ClockState.RIGHT
    assert order(store, installation, "C25", later).placed_at == later


def test_r35_nobody_can_confirm_a_clock_that_is_behind(store: Store) -> None:
    install(store)
    earlier = NOW - timedelta(days=1)
    store.confirm_clock(earlier)
    assert store.clock_state(earlier) is ClockState.BEHIND
    assert store.clock_state(NOW) is ClockState.RIGHT


def test_r35_a_new_database_believes_the_clock(store: Store) -> None:
    assert store.clock_state(local("2024-01-01 00:00")) is ClockState.RIGHT


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC"])
def test_r35_no_clock_is_believed_that_was_never_set(store: Store, zone: str) -> None:
    """Not even by a new database, and nothing written with it makes the right clock look as if it had jumped."""
    unset = datetime.fromtimestamp(0, ZoneInfo(zone))
    installation = install(store, "C10", 12, now=unset)
    assert store.clock_state(unset) is ClockState.UNSET
    with pytest.raises(ClockSuspect):
        order(store, installation, "C25", unset)
    assert store.clock_state(NOW) is ClockState.RIGHT
    assert order(store, installation, "C25").effective_on == date(2026, 12, 1)
    assert store.clock_state(unset) is ClockState.UNSET
    assert list(store.verify().findings) == []


# Trace


def journey(store: Store) -> int:
    """Every verb of the store once; the installation."""
    installation = install(store, "C10", 8, 1)
    store.change_customer(installation, Customer("K-1", "Müller & Söhne", "neu@example.org"), NOW)
    store.add_objects(installation, objects(1, 1, start=8), NOW)
    store.load_objects(installation, objects(1, 1, start=9), NOW)
    account = store.account(installation)
    store.change_extension(installation, account.extensions[0].id, NewExtension("77", "Frau Krause"), NOW)
    store.change_device(installation, account.devices[0].id, NewDevice("Büro Krause", extensions=("77",)), NOW)
    store.remove_objects(installation, Removal(devices=(account.devices[1].id,)), NOW)
    order(store, installation, "C25")
    second = order(store, installation, "C50", adding=objects(1, start=20))
    store.remove_objects(installation, Removal(extensions=(account.extensions[1].id,)), NOW)
    store.cancel_order(installation, second.order_number, "Kunde bleibt", NOW)
    store.confirm_clock(NOW)
    later = SHIPPED.read_text(encoding="utf-8").replace("2026-01-01", "2031-01-01").replace("2027-01-01", "2032-01-01")
    store.add_price_lists(later, NOW)
    deliver(store)
    store.profiles.keep(replace(shipped_profiles()[0], system="Eigene Anlage"), NOW)
    store.settings.change_provider(Provider("Müller & Söhne"), NOW)
    store.settings.change_mail_server(MailServer("mail.example.org", sender=EMAIL), NOW)
    store.keep_zone(NOW)
    begin_to_move(store)
    return installation


def begin_to_move(store: Store) -> None:
    """Everything to another file, given up when the first rows go over."""

    def stop(stage: Stage, _done: int, _of: int) -> None:
        if stage is Stage.COPYING:
            raise GivenUp

    with TemporaryDirectory() as folder, new_target(f"{folder}/elsewhere.db") as target, pytest.raises(GivenUp):
        store.transfer.run(target, lambda: NOW, stop)


def deliver(store: Store) -> None:
    """One mail is sent, one is refused and asked for again."""
    sent, refused = store.outbox.claim(NOW), store.outbox.claim(NOW)
    assert sent
    assert refused
    store.outbox.sent(sent, "250 OK", NOW)
    store.outbox.refused(refused, "RECIPIENT: 550 unknown", NOW)
    store.outbox.send_again(refused.mail.message_id, "andere@example.org", NOW)


def test_r36_every_change_leaves_an_entry_with_who_when_and_what(store: Store, engine: Engine) -> None:
    installation = journey(store)
    entries = engine.query("SELECT * FROM audit ORDER BY seq")
    assert {row["action"] for row in entries} == {str(action) for action in Action}
    assert [row["seq"] for row in entries] == list(range(1, len(entries) + 1))
    assert {(row["clerk"], row["at"]) for row in entries} == {(CLERK, "2026-11-22T09:00:00.000000+00:00")}
    shown = store.audit_entries(installation)
    assert [entry.seq for entry in shown] == [
        row["seq"] for row in reversed(entries) if row["installation_id"] == installation
    ]
    placed = next(entry for entry in shown if entry.action is Action.ORDER_PLACED)
    assert (placed.before, placed.after["tariff"]) == ({"tariff": "classic-10"}, "classic-50")
    assert placed.at == NOW
    assert store.audit_entries(installation, limit=2) == shown[:2]


def test_r36_the_history_is_chained(store: Store, engine: Engine) -> None:
    journey(store)
    previous = ""
    for row in engine.query("SELECT * FROM audit ORDER BY seq"):
        found = row.pop("hash")
        assert found == chained_hash(previous, row)
        assert found != chained_hash(previous, row | {"at": "2026-11-22T09:00:00.000001+00:00"})
        previous = found
    (head,) = engine.query("SELECT * FROM audit_head")
    assert head["hash"] == previous


def test_r36_the_revision_grows_with_every_change(store: Store) -> None:
    installation = install(store)
    assert store.account(installation).installation.revision == 1
    store.add_objects(installation, objects(1), NOW)
    order(store, installation, "C25")
    assert store.account(installation).installation.revision == 3


def test_r36_a_change_of_nothing_leaves_no_entry(store: Store) -> None:
    installation = install(store)
    store.change_customer(installation, Customer("K-1 ", " Muster GmbH", EMAIL), NOW)
    assert [entry.action for entry in store.audit_entries(installation)] == [Action.INSTALLATION_CREATED]


def test_r36_the_history_holds_no_names_and_no_addresses(store: Store, engine: Engine) -> None:
    journey(store)
    for row in engine.query("SELECT before, after FROM audit"):
        told = json.dumps([json.loads(row["before"]), json.loads(row["after"])], ensure_ascii=False)
        for personal in ("@", "Muster", "Müller", "Krause", "Nebenstelle", "Telefon", "Büro"):
            assert personal not in told


def test_r36_the_history_of_a_large_import_stays_small(store: Store) -> None:
    installation = install(store, "C250", 150)
    (entry,) = store.audit_entries(installation)
    assert entry.after["extension_count"] == 150
    assert entry.after["extensions"] == [str(100 + n) for n in range(100)]


APPEND_ONLY = ("audit", "audit_head", "tariff_order", "price", "price_list", "outbox")
CHANGED = {
    "audit": "reason = 'x'",
    "audit_head": "hash = 'x'",
    "tariff_order": "net_cents = 0",
    "price": "net_cents = 0",
    "price_list": "vat_bp = 0",
    "outbox": "content = 'x'",
}


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database of ours in the hands of another program, all append-only tables filled."""
    path = tmp_path / "tarifwechsel.db"
    store = open_store(path)
    order(store, install(store), "C25")
    store.close()
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


def test_r36_orders_end_once(store: Store, engine: Engine) -> None:
    installation = install(store)
    placed = order(store, installation, "C25")
    store.cancel_order(installation, placed.order_number, "Irrtum", NOW)
    with pytest.raises(REFUSED, match="append-only"), engine.write():
        engine.execute("UPDATE tariff_order SET reason = 'anders'")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM {0}", "UPDATE {0} SET {1}", "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"],
    ids=["delete", "update", "replace"],
)
def test_r36_not_even_another_program_edits_what_was_written(
    foreign: sqlite3.Connection, table: str, statement: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        foreign.execute(statement.format(table, CHANGED[table]))


def copied(connection: sqlite3.Connection, table: str, **changed: object) -> None:
    """INSERT OR REPLACE a copy of the table's first row with other values."""
    connection.row_factory = sqlite3.Row
    row = {**connection.execute(f"SELECT * FROM {table} ORDER BY rowid LIMIT 1").fetchone(), **changed}
    names = ", ".join(f":{name}" for name in row)
    connection.execute(f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) VALUES ({names})", row)


def test_r36_no_other_order_takes_a_pending_orders_place(foreign: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|UNIQUE"):
        copied(foreign, "tariff_order", order_number=99, quote_id="another")


def test_r36_no_new_entry_takes_an_old_ones_place(foreign: sqlite3.Connection) -> None:
    def take_place() -> None:
        foreign.execute("UPDATE audit_head SET seq = seq + 1")
        copied(foreign, "audit", seq=foreign.execute("SELECT seq FROM audit_head").fetchone()[0])

    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|UNIQUE"):
        take_place()


@pytest.mark.parametrize("change", ["seq = seq - 1", "seq = seq + 2", "latest_at = ''"])
def test_r36_the_head_of_the_history_only_moves_forward(foreign: sqlite3.Connection, change: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        foreign.execute(f"UPDATE audit_head SET {change}")


def test_r36_who_is_the_operating_systems_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOGNAME", "jemand anderes")
    monkeypatch.setenv("USER", "jemand anderes")
    assert clerk_name() not in ("", "jemand anderes")
    store = open_store(tmp_path / "tarifwechsel.db")
    assert store.audit_entries(install(store))[0].clerk == clerk_name()
    store.close()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="accounts have no numbers here")
def test_r36_an_account_without_a_name_is_told_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)
    assert clerk_name() == "uid 3999999999"


def test_r37_addresses_reach_no_log_and_no_error_message(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        journey(store)
        with pytest.raises(InvalidInput) as caught:
            checked_email("kunde@example.org, zweite@example.org")
    assert "@" not in caplog.text + str(caught.value)


# What there isn't


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.account(99),
        lambda store: store.add_objects(99, objects(1), NOW),
        lambda store: store.load_objects(99, objects(1), NOW),
        lambda store: store.cancel_order(99, 1, "Irrtum", NOW),
        lambda store: store.remove_objects(99, Removal(), NOW),
    ],
)
def test_an_installation_that_is_gone(store: Store, act: Callable[[Store], object]) -> None:
    with pytest.raises(NoSuchInstallation):
        act(store)
