"""What makes customers with thousands of extensions quick, beside the plain way of doing the same."""

from __future__ import annotations

import gc
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from model.account import Account, Coverage, Flag
from model.demo import open_demo
from model.engine import Engine
from model.errors import StorageFault, StoreUnavailable
from model.import_archive import open_files
from model.import_batch import Batch, BatchOptions
from model.import_naming import NamePattern
from model.installation import (
    PLAIN_TEXT,
    Device,
    DeviceKind,
    Extension,
    ExtensionKind,
    Installation,
    Language,
    NewExtension,
    number_key,
)
from model.sqlite_health import UponFailure
from model.store import Store, open_store
from model.tariff import Edition, PriceList
from tests.examples import BERLIN, NOW, PRICES, TODAY, FixedClock, install, objects, order, tariff
from tests.test_price_lists import LIST
from ui import app, labels
from ui.installation_rows import device_rows, extension_rows

START = datetime(2026, 11, 1, tzinfo=UTC)
NUMBERS = st.text("019*#+", min_size=1, max_size=4)
AGES = st.integers(0, 3)
IN_2028 = datetime(2028, 2, 1, 9, 0, tzinfo=BERLIN)


def account(extensions: list[tuple[str, int]], devices: list[tuple[str, int]], short: str = "C10") -> Account:
    """Of numbers and names, each with its age in days."""
    return Account(
        Installation(1, "K-1", "Muster GmbH", "", Language.GERMAN, 1),
        tariff(short),
        (),
        tuple(
            Extension(place, number, "Anna", ExtensionKind.USER, START - timedelta(days=age))
            for place, (number, age) in enumerate(extensions, start=1)
        ),
        tuple(
            Device(100 - place, name, DeviceKind.APP, "", (), START - timedelta(days=age))
            for place, (name, age) in enumerate(devices, start=1)
        ),
        (),
    )


many = st.builds(
    account,
    st.lists(st.tuples(NUMBERS, AGES), max_size=16, unique_by=lambda entry: entry[0]),
    st.lists(st.tuples(st.text("aBä", max_size=2), AGES), max_size=16),
)


# ---------------------------------------------------------------------- who counts as an extra


@given(many)
def test_r9_the_place_of_each_object_is_that_of_one_sorting_by_age_and_number(found: Account) -> None:
    extensions = sorted(found.extensions, key=lambda entry: (entry.created_at, number_key(entry.number)))
    devices = sorted(found.devices, key=lambda entry: (entry.created_at, entry.id))
    for by_age, flags in ((extensions, found.extension_flags(TODAY)), (devices, found.device_flags(TODAY))):
        assert [flags[entry.id].place for entry in by_age] == list(range(1, len(by_age) + 1))


@given(many)
def test_r15_all_choices_have_the_obstacles_each_tariff_has_alone(found: Account) -> None:
    for choice in found.choices(PRICES, TODAY):
        assert choice.obstacles == found.obstacles(choice.tariff)


@given(st.text("0159*#+²٣ ", max_size=6))
def test_numbers_sort_by_their_decimal_digits(number: str) -> None:
    digits = "".join(sign for sign in number if sign in "0123456789")
    assert number_key(number) == (int(digits) if digits else -1, number)


@given(many)
def test_the_lines_of_the_tables_are_in_order_and_say_what_their_flags_say(found: Account) -> None:
    extensions, devices = extension_rows(found, TODAY), device_rows(found, TODAY)
    assert [row.extension for row in extensions] == sorted(found.extensions, key=lambda one: number_key(one.number))
    assert [row.device for row in devices] == sorted(found.devices, key=lambda one: (one.name.casefold(), one.id))
    of_extensions, of_devices = found.extension_flags(TODAY), found.device_flags(TODAY)
    told = [(row.flag, row.coverage) for row in extensions] + [(row.flag, row.coverage) for row in devices]
    flags = [of_extensions[row.extension.id] for row in extensions] + [of_devices[row.device.id] for row in devices]
    assert told == [(flag, labels.coverage(flag, None)) for flag in flags]


def test_the_lines_know_from_when_extras_are_billed(memory: Store) -> None:
    key = install(memory, "C10", 12)
    before = extension_rows(memory.account(key), TODAY)[11]
    assert (before.flag, before.from_day) == (Flag(Coverage.UNCOVERED, 12, 10), None)
    placed = order(memory, key, "C25")
    after = extension_rows(memory.account(key), TODAY)[11]
    assert (after.flag, after.from_day) == (Flag(Coverage.COVERED, 12, 10), placed.effective_on)


# ---------------------------------------------------------------------- texts


@given(st.text(st.characters(max_codepoint=0x17F), max_size=12))
def test_text_that_is_taken_as_it_is_is_composed_trimmed_and_visible(text: str) -> None:
    if PLAIN_TEXT.fullmatch(text):
        assert unicodedata.normalize("NFC", text.strip()) == text
        assert text.isprintable()
        assert unicodedata.category(text[0])[0] not in "CZ"


@pytest.mark.parametrize("number", ["10", " 10", "010 "])
@pytest.mark.parametrize("name", ["Müller, Änne", " Müller", "Mu\u0308ller"])
def test_an_object_that_is_right_stays_the_same_one(number: str, name: str) -> None:
    new = NewExtension(number, name)
    checked = new.checked()
    assert checked == NewExtension(number.strip(), unicodedata.normalize("NFC", name.strip()))
    assert (checked is new) == (checked == new)


# ---------------------------------------------------------------------- storing


@pytest.mark.parametrize("count", [0, 1, 199, 200, 2_500])
def test_any_number_of_rows_is_stored_in_their_order(store: Store, count: int) -> None:
    key = install(store, "C50", count)
    assert [(entry.number, entry.name) for entry in by_id(store, key)] == [
        (new.number, new.name) for new in objects(count).extensions
    ]


def test_a_row_that_is_refused_leaves_none_of_those_before_it(engine: Engine) -> None:
    store = Store(engine, "sachbearbeitung")
    store.load_shipped_prices()
    key = install(store)
    rows = [
        {"installation_id": key, "number": str(n), "name": "Anna", "kind": kind, "created_at": "2026-11-22"}
        for n, kind in [*((n, "USER") for n in range(300)), (300, "DOG")]
    ]
    with pytest.raises(Exception, match=r"(?i)check|constraint"), engine.write():
        engine.insert_many("extension", rows)
    assert store.account(key).extensions == ()


def by_id(store: Store, key: int) -> list[Extension]:
    return sorted(store.account(key).extensions, key=lambda entry: entry.id)


# ---------------------------------------------------------------------- price lists that are known


def test_r32_a_price_list_that_another_program_adds_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    with closing(open_store(path)) as store, closing(open_store(path)) as other:
        assert store.prices_on(IN_2028.date()).note != "ab 2028"
        other.add_price_lists(LIST, NOW)
        assert store.prices_on(IN_2028.date()).note == "ab 2028"


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_r32_a_price_list_that_is_added_is_seen_on_every_thread(tmp_path: Path, kind: str) -> None:
    seen: list[PriceList] = []
    with closing(open_store(":memory:" if kind == "memory" else tmp_path / "office.db")) as store:
        asked, added = threading.Event(), threading.Event()

        def look() -> None:
            seen.append(store.prices_on(IN_2028.date()))
            asked.set()
            added.wait()
            seen.append(store.prices_on(IN_2028.date()))

        thread = threading.Thread(target=look)
        thread.start()
        asked.wait()
        store.prices_on(IN_2028.date())
        store.add_price_lists(LIST, NOW)
        added.set()
        thread.join()
        seen.append(store.prices_on(IN_2028.date()))
    assert [prices.note == "ab 2028" for prices in seen] == [False, True, True]


def test_what_is_known_of_prices_is_the_same_object_until_somebody_writes(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    with closing(open_store(path)) as store, closing(open_store(path)) as other:
        first = store.prices_on(TODAY)
        assert store.prices_on(TODAY) is first
        install(other)
        assert store.prices_on(TODAY) is not first
        assert store.prices_on(TODAY) == first


# ---------------------------------------------------------------------- what nobody should wait for


@pytest.mark.parametrize("was_on", [True, False])
def test_a_batch_leaves_the_search_for_cycles_as_it_was(memory: Store, tmp_path: Path, was_on: bool) -> None:
    (tmp_path / "K-9.csv").write_text("Nebenstelle;Name\n10;Anna\n", encoding="utf-8")
    options = BatchOptions(NamePattern("{number}.csv"), Edition.CLASSIC)
    try:
        (gc.enable if was_on else gc.disable)()
        with closing(open_files(tmp_path)) as files:
            Batch(memory, files, options, lambda: NOW, lambda _told: None, lambda _done, _total: True).run()
        assert gc.isenabled() is was_on
    finally:
        gc.enable()
    assert memory.find_customer("K-9") is not None


@pytest.fixture
def unfrozen() -> Callable[[], int]:
    """How many objects are left out of the search for cycles; none at the beginning."""
    gc.unfreeze()
    return gc.get_freeze_count


def test_what_is_loaded_once_the_window_is_there_is_not_looked_through_again(
    german: QApplication,
    clock: FixedClock,
    settings: QSettings,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    unfrozen: Callable[[], int],
) -> None:
    monkeypatch.setattr(app, "SETTLED_MS", 0)
    program = app.Program(german, clock, open_store, open_demo, settings)
    assert program.start(tmp_path / "office.db", None, "de")
    qtbot.waitUntil(lambda: unfrozen() > 0)
    gc.unfreeze()
    for window in list(program._windows):
        window.close()


def test_what_fails_is_explained_once_and_what_does_not_is_left_alone() -> None:
    explained: list[str] = []

    @contextmanager
    def explaining() -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            explained.append(str(error))
            raise StoreUnavailable(StorageFault.BUSY) from error

    upon_failure = UponFailure(explaining)
    with upon_failure:
        pass
    with pytest.raises(KeyError, match="other"), upon_failure:
        raise KeyError("other")
    with pytest.raises(StoreUnavailable) as caught, upon_failure, upon_failure:
        raise ValueError("wrong")
    assert (explained, str(caught.value.__cause__)) == (["wrong"], "wrong")
