"""What changed since a desk last looked: told by the history, and all that is read again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from model.change_set import MOST, ChangeSet, changes_since
from model.engine import Engine
from model.installation import Additions, Customer, NewDevice
from model.list_query import Filter, ListQuery
from model.listing import Listing
from model.store import Removal, Store
from tests.examples import EMAIL, NOW, TODAY, install, objects, order
from tests.screen import find, rows, settle
from ui.case import read_case
from ui.main_window import MainWindow

Open = Callable[[Store], MainWindow]
MAC = "001565abcdef"
QUERIES = [
    ListQuery(TODAY, text, which)
    for text, which in product(("", "gmbh", "k-2", "100", "109", "5", MAC, "gmbh 109"), Filter)
]


def remove_extensions(store: Store, installation: int) -> None:
    extensions = store.account(installation).extensions
    store.remove_objects(installation, Removal(tuple(entry.id for entry in extensions)), NOW)


CHANGES: dict[str, Callable[[Store, int], object]] = {
    "extensions": lambda store, which: store.load_objects(which, objects(3, start=9), NOW),
    "device": lambda store, which: store.load_objects(which, Additions(devices=(NewDevice("Telefon", mac=MAC),)), NOW),
    "order": lambda store, which: order(store, which, "C50"),
    "removal": remove_extensions,
}


def latest(engine: Engine) -> int:
    return int(engine.query("SELECT seq FROM audit_head")[0]["seq"])


# ---------------------------------------------------------------------- what the history tells


def test_what_was_changed_is_told_once(store: Store, engine: Engine) -> None:
    first, second, _third = (install(store, number=f"K-{n}") for n in (1, 2, 3))
    seen = latest(engine)
    assert changes_since(engine, seen) == ChangeSet(seen, frozenset())
    store.add_objects(second, objects(1), NOW)
    order(store, first, "C25")
    order(store, first, "C50")
    changes = changes_since(engine, seen)
    assert changes == ChangeSet(latest(engine), frozenset({first, second}))
    assert changes_since(engine, changes.seq).installations == frozenset()


@pytest.mark.parametrize(
    "act",
    [
        lambda store, _which: install(store, number="K-9"),
        lambda store, which: store.change_customer(which, Customer("K-1", "Anders GmbH", EMAIL), NOW),
        lambda store, _which: store.confirm_clock(NOW),
    ],
    ids=["new", "renamed", "of the whole"],
)
def test_what_may_concern_everything_is_told_as_that(
    store: Store, engine: Engine, act: Callable[[Store, int], object]
) -> None:
    installation = install(store)
    seen = latest(engine)
    act(store, installation)
    store.add_objects(installation, objects(1), NOW)
    assert changes_since(engine, seen) == ChangeSet(seen + 2, None)


def test_of_too_many_changes_only_the_latest_is_known(store: Store, engine: Engine) -> None:
    installation = install(store)
    seen = latest(engine)
    with store.together():
        for place in range(MOST):
            store.load_objects(installation, objects(1, start=place), NOW)
    assert changes_since(engine, seen) == ChangeSet(seen + MOST, frozenset({installation}))
    store.load_objects(installation, objects(1, start=MOST), NOW)
    assert changes_since(engine, seen) == ChangeSet(seen + MOST + 1, None)


# ---------------------------------------------------------------------- what the list makes of it


@pytest.mark.parametrize("change", CHANGES)
def test_a_list_is_made_again_if_and_only_if_it_would_be_another(store: Store, engine: Engine, change: str) -> None:
    made = [install(store, "C10", n + 7, n, number=f"K-{n}", name=f"Kunde {n} GmbH") for n in range(1, 5)]
    order(store, made[3], "C25")
    listing, seen = Listing(engine), latest(engine)
    before = [listing.find(query) for query in QUERIES]
    CHANGES[change](store, made[1])
    changed = changes_since(engine, seen).installations
    assert changed is not None
    assert changed == frozenset({made[1]})
    others = 0
    for query, found in zip(QUERIES, before, strict=True):
        now = listing.find(query)
        same = [row.id for row in listing.page(now, 0)] == [
            identity for identity in made if found.ids is None or found.ids.place(identity) is not None
        ]
        assert listing.still_finds(found, changed) == same, query
        others += not same
    assert 0 < others < len(QUERIES)
    (line,) = listing.lines(changed, TODAY)
    assert line in listing.page(listing.find(ListQuery(TODAY)), 0)


# ---------------------------------------------------------------------- what is shown


@pytest.fixture
def desks(open_file: Callable[[], Store], open_window: Open) -> tuple[Store, MainWindow]:
    """Somebody else's desk, and a window here."""
    there = open_file()
    for n in (1, 2, 3):
        install(there, "C10", 9, number=f"K-{n}", name=f"Kunde {n} GmbH")
    return there, open_window(open_file())


def test_only_the_line_that_changed_is_read_again(qtbot: QtBot, desks: tuple[Store, MainWindow]) -> None:
    there, window = desks
    model = window.panel.list.list_model
    changed: list[tuple[int, int]] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        changed.append((first.row(), last.row()))

    model.dataChanged.connect(note)
    order(there, 2, "C25")
    qtbot.waitUntil(lambda: bool(changed))
    settle(qtbot, window)
    assert changed == [(1, 1)]
    assert [(row.id, row.pending) for row in map(model.row, range(3)) if row] == [(1, False), (2, True), (3, False)]
    assert find(window, QPushButton, "filterPending").text() == "Vorgemerkt 1"
    assert find(window, QLabel, "statusCounts").text() == "3 Anlagen · 0 über Tarif · 1 vorgemerkt"


def test_a_filtered_list_gets_and_loses_what_others_change(qtbot: QtBot, desks: tuple[Store, MainWindow]) -> None:
    there, window = desks
    model = window.panel.list.list_model
    find(window, QPushButton, "filterPending").click()
    settle(qtbot, window)
    assert model.rowCount() == 0
    placed = order(there, 2, "C25")
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    there.add_objects(2, objects(1, start=20), NOW)
    there.cancel_order(2, placed.order_number, "Irrtum", NOW)
    qtbot.waitUntil(lambda: model.rowCount() == 0)


def test_an_open_installation_is_read_again_only_if_it_changed(qtbot: QtBot, desks: tuple[Store, MainWindow]) -> None:
    there, window = desks
    window.choose(1)
    settle(qtbot, window)
    shown = window.case
    order(there, 2, "C25")
    qtbot.waitUntil(lambda: find(window, QPushButton, "filterPending").text() == "Vorgemerkt 1")
    settle(qtbot, window)
    assert window.case is shown
    there.add_objects(1, objects(1, start=20), NOW)
    qtbot.waitUntil(lambda: len(rows(window, "extensionTable")) == 10)


def test_an_attempt_to_send_a_mail_is_shown(qtbot: QtBot, desks: tuple[Store, MainWindow]) -> None:
    """No entry of the history tells of it."""
    there, window = desks
    order(there, 1, "C25")
    window.choose(1)
    settle(qtbot, window)
    assert window.case
    assert not window.case.deliveries[0].tries
    delivery = there.outbox.claim(NOW)
    assert delivery
    there.outbox.deferred(delivery, "450 später", NOW)
    qtbot.waitUntil(lambda: bool(window.case and window.case.deliveries[0].tries))


def test_instants_of_one_day_show_the_same(memory: Store) -> None:
    installation = install(memory)
    case = read_case(memory, installation, NOW)
    assert read_case(memory, installation, NOW.replace(minute=NOW.minute + 1)).is_as(case)
    assert not read_case(memory, installation, NOW.replace(day=NOW.day + 1)).is_as(case)
    memory.add_objects(installation, objects(1), NOW)
    assert not read_case(memory, installation, NOW).is_as(case)
