"""Price lists as they are shipped, read, refused and taken over (R32)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from model.audit import Action
from model.engine import Engine
from model.price_lists import LARGEST_FILE, new_price_lists, read_price_file, read_price_lists
from model.refusals import PriceFault, PriceListInvalid
from model.store import Store
from model.tariff import Edition, PriceList
from tests.examples import NOW, PRICES, PRICES_2027, TODAY, dump, install, order, tariff

LIST = """
[[price_list]]
valid_from = 2028-01-01
vat_rate = 7.50
note = "ab 2028"
tariff = [
    { edition = "Classic", extensions = 10, devices = 20, net = 10 },
    { edition = "PRO", extensions = 5, devices = 5, net = 0.01, retired = true },
]
"""


def refusal(text: str) -> tuple[str, PriceFault]:
    with pytest.raises(PriceListInvalid) as caught:
        read_price_lists(text)
    return caught.value.row, caught.value.reason


@pytest.mark.parametrize(
    ("edition", "net_cents"),
    [(Edition.CLASSIC, (990, 1990, 3490, 5990, 12990)), (Edition.PRO, (1990, 3990, 6990, 11990, 25990))],
)
def test_the_shipped_prices(edition: Edition, net_cents: tuple[int, ...]) -> None:
    on_sale = PRICES.editions(edition)
    assert tuple(entry.net_cents for entry in on_sale) == net_cents
    assert [(entry.max_extensions, entry.max_devices) for entry in on_sale] == [(n, n) for n in (10, 25, 50, 100, 250)]
    assert [entry.name for entry in on_sale] == [f"{edition.capitalize()} {n}" for n in (10, 25, 50, 100, 250)]
    assert {entry.vat_bp for entry in on_sale} == {1900}


def test_the_second_shipped_list_changes_one_price() -> None:
    assert (PRICES.valid_from, PRICES_2027.valid_from) == (date(2026, 1, 1), date(2027, 1, 1))
    dearer = [new.code for old, new in zip(PRICES.tariffs, PRICES_2027.tariffs, strict=True) if old.price != new.price]
    assert dearer == ["classic-25"]
    assert tariff("C25", PRICES_2027).net_cents == 2190


@pytest.mark.parametrize("prices", [PRICES, PRICES_2027])
def test_one_shipped_tariff_is_retired(prices: PriceList) -> None:
    (retired,) = prices.retired
    assert (retired.code, retired.net_cents) == ("classic-20", 1450)
    assert prices.on_sale(retired.code) is None
    assert len(prices.tariffs) == 10


def test_a_list_is_read_to_the_cent() -> None:
    (prices,) = read_price_lists(LIST)
    (on_sale,), (retired,) = prices.tariffs, prices.retired
    assert (prices.valid_from, prices.vat_bp, prices.note) == (date(2028, 1, 1), 750, "ab 2028")
    assert (on_sale.code, on_sale.name, on_sale.net_cents) == ("classic-10/20", "Classic 10/20", 1000)
    assert (on_sale.vat_bp, on_sale.price_list) == (750, prices.valid_from)
    assert (retired.code, retired.edition, retired.net_cents) == ("pro-5", Edition.PRO, 1)


FIRST_ROW, SECOND_ROW = "price_list 2028-01-01, tariff 1", "price_list 2028-01-01, tariff 2"
WHOLE_LIST = "price_list 2028-01-01"
REFUSALS = [
    ("valid_from = 2028-01-01", "", "price_list 1", PriceFault.NO_DATE),
    ("2028-01-01", '"2028-01-01"', "price_list 1", PriceFault.NO_DATE),
    ("2028-01-01", "2028-01-01T00:00:00", "price_list 1", PriceFault.NO_DATE),
    ("vat_rate = 7.50", "", WHOLE_LIST, PriceFault.NO_VAT),
    ("7.50", "7.505", WHOLE_LIST, PriceFault.NO_VAT),
    ("7.50", "-7.50", WHOLE_LIST, PriceFault.NO_VAT),
    ("7.50", "100.01", WHOLE_LIST, PriceFault.NO_VAT),
    ("7.50", "nan", WHOLE_LIST, PriceFault.NO_VAT),
    ('edition = "Classic", ', "", FIRST_ROW, PriceFault.EDITION),
    ('"Classic"', '"Basic"', FIRST_ROW, PriceFault.EDITION),
    ('"PRO"', '["PRO"]', SECOND_ROW, PriceFault.EDITION),
    ("extensions = 10", "extensions = 0", FIRST_ROW, PriceFault.LIMIT),
    ("extensions = 10", "extensions = true", FIRST_ROW, PriceFault.LIMIT),
    ("devices = 20", "devices = 2.5", FIRST_ROW, PriceFault.LIMIT),
    ("devices = 5, ", "", SECOND_ROW, PriceFault.LIMIT),
    ("devices = 5, ", f"devices = {10**20}, ", SECOND_ROW, PriceFault.LIMIT),
    (", net = 10", "", FIRST_ROW, PriceFault.PRICE),
    ("net = 10", "net = true", FIRST_ROW, PriceFault.PRICE),
    ("net = 10", 'net = "10"', FIRST_ROW, PriceFault.PRICE),
    ("net = 10", "net = inf", FIRST_ROW, PriceFault.PRICE),
    ("net = 10", "net = -0.01", FIRST_ROW, PriceFault.PRICE),
    ("net = 10", "net = 1e30", FIRST_ROW, PriceFault.PRICE),
    ("net = 10", f"net = {10**20}", FIRST_ROW, PriceFault.PRICE),
    ("net = 0.01", "net = 0.001", SECOND_ROW, PriceFault.PRICE),
    ('"PRO", extensions = 5, devices = 5', '"Classic", extensions = 10, devices = 20', SECOND_ROW, PriceFault.TWICE),
    ("net = 10", "net = 10, retired = true", WHOLE_LIST, PriceFault.NO_TARIFFS),
    ("tariff", "tarif", WHOLE_LIST, PriceFault.NO_TARIFFS),
]


@pytest.mark.parametrize(("old", "new", "row", "reason"), REFUSALS, ids=[f"{r[1]}-{r[3]}" for r in REFUSALS])
def test_r32_a_faulty_list_is_refused_and_names_the_row(
    store: Store, engine: Engine, old: str, new: str, row: str, reason: PriceFault
) -> None:
    assert old in LIST
    before, faulty = dump(engine), LIST.replace(old, new)
    assert refusal(faulty) == (row, reason)
    with pytest.raises(PriceListInvalid):
        store.add_price_lists(LIST.replace("2028", "2029") + faulty, NOW)
    assert dump(engine) == before


NO_LIST = {
    "nothing": "",
    "a number": "price_list = 3",
    "an empty array": "price_list = []",
    "an array of numbers": "price_list = [1]",
    "one table": LIST.replace("[[price_list]]", "[price_list]"),
    "another name": LIST.replace("[[price_list]]", "[[prices]]"),
    "tariffs that are numbers": LIST.split("tariff")[0] + "tariff = [1]",
    "tariffs that are a number": LIST.split("tariff")[0] + "tariff = 1",
}


@pytest.mark.parametrize("text", NO_LIST.values(), ids=NO_LIST)
def test_r32_what_is_no_list_at_all_is_refused(text: str) -> None:
    assert refusal(text)[1] in (PriceFault.NO_TARIFFS, PriceFault.UNREADABLE)


def test_r32_what_is_no_toml_is_refused_with_its_line() -> None:
    row, reason = refusal(LIST + "\nvat_rate 19")
    assert reason is PriceFault.UNREADABLE
    assert "line 11" in row


def test_r32_two_lists_of_one_day_overlap() -> None:
    assert refusal(LIST + LIST.replace("2028", "2029") + LIST) == (WHOLE_LIST, PriceFault.OVERLAP)


def test_r32_a_new_list_holds_from_its_day(store: Store) -> None:
    assert store.add_price_lists(LIST, NOW) == 1
    assert store.prices_on(date(2027, 12, 31)).valid_from == date(2027, 1, 1)
    assert (store.prices_on(date(2028, 1, 1)),) == read_price_lists(LIST)


def test_r32_a_list_known_to_the_cent_is_taken_over_once(store: Store, engine: Engine) -> None:
    assert store.add_price_lists(LIST, NOW) == 1
    before = dump(engine)
    assert store.add_price_lists(LIST, NOW) == 0
    assert dump(engine) == before
    (entry,) = engine.query("SELECT action FROM audit")
    assert entry["action"] == Action.PRICES_ADDED


@pytest.mark.parametrize(
    ("day", "reason"), [(TODAY, PriceFault.IN_FORCE), (TODAY - timedelta(days=1), PriceFault.IN_FORCE)]
)
def test_r32_a_list_must_begin_after_today(day: date, reason: PriceFault) -> None:
    offered = [replace(PRICES, valid_from=day)]
    with pytest.raises(PriceListInvalid) as caught:
        new_price_lists(offered, [PRICES], TODAY)
    assert (caught.value.row, caught.value.reason) == (f"price_list {day}", reason)
    assert new_price_lists(offered, [PRICES], day - timedelta(days=1)) == tuple(offered)


@pytest.mark.parametrize(
    "changed",
    [
        replace(PRICES_2027, vat_bp=700),
        replace(PRICES_2027, note="anders"),
        replace(PRICES_2027, retired=()),
        replace(PRICES_2027, tariffs=PRICES_2027.tariffs[1:]),
        replace(PRICES_2027, tariffs=(replace(PRICES_2027.tariffs[0], net_cents=1), *PRICES_2027.tariffs[1:])),
    ],
)
def test_r32_a_known_list_can_not_be_changed(changed: PriceList) -> None:
    with pytest.raises(PriceListInvalid) as caught:
        new_price_lists([changed], [PRICES, PRICES_2027], TODAY)
    assert caught.value.reason is PriceFault.OVERLAP


def test_r32_a_later_list_changes_no_order_that_was_placed(store: Store) -> None:
    installation = install(store)
    placed = order(store, installation, "C25")
    store.add_price_lists(LIST, NOW)
    assert store.account(installation).billed(date(2028, 2, 1)) == placed.tariff == tariff("C25")


def test_the_shipped_prices_are_loaded_once(store: Store, engine: Engine) -> None:
    before = dump(engine)
    store.load_shipped_prices()
    assert dump(engine) == before
    assert [entry.valid_from for entry in store.price_lists()] == [PRICES.valid_from, PRICES_2027.valid_from]
    for stored, shipped in zip(store.price_lists(), (PRICES, PRICES_2027), strict=True):
        assert set(stored.tariffs) == set(shipped.tariffs)
        assert stored.retired == shipped.retired


def test_r32_a_file_that_is_far_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    with pytest.raises(PriceListInvalid) as error:
        read_price_file(path)
    assert (error.value.row, error.value.reason) == ("prices.toml", PriceFault.UNREADABLE)
