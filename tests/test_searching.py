"""The two steps of a search: its first rows are painted before anything else is looked for."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from model.list_query import ListQuery
from model.listing import PAGE
from model.store import Store
from tests.examples import TODAY, install
from ui import searching
from ui.searching import ListPage, Searching

MANY = 3 * PAGE
BAKERS, BREWERS = ListQuery(TODAY, "bäck"), ListQuery(TODAY, "brau")


@pytest.fixture
def finder(memory: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Searching]:
    """More bakers and brewers than a page has, and a window that is always waited for."""
    monkeypatch.setattr(searching, "PAINTED_S", 60.0)
    with memory.together():
        for place in range(MANY):
            for letter, trade in (("A", "Bäckerei"), ("R", "Brauerei")):
                install(memory, number=f"{letter}-{place}", name=f"{trade} {place}")
    made = Searching(memory)
    yield made
    made.close()


def fail(error: object) -> None:
    raise AssertionError(error)


def test_the_rest_is_looked_for_when_the_first_rows_are_painted(qtbot: QtBot, finder: Searching) -> None:
    shown: list[ListPage] = []

    def show(page: ListPage) -> None:
        shown.append(page)
        time.sleep(0.05)
        assert finder._found is None

    with qtbot.waitCallback() as done:
        finder.search(BAKERS, None, done, fail, show)
    (first,), whole = shown, done.args[0]
    assert (first.total, first.whole) == (PAGE, False)
    assert (whole.total, whole.whole, whole.rows) == (MANY, True, first.rows)


def test_a_search_whose_first_rows_are_shown_is_given_up_for_a_newer_one(qtbot: QtBot, finder: Searching) -> None:
    told: list[ListPage] = []
    finder.search(BAKERS, None, told.append, fail, lambda _page: finder.search(BREWERS, None, told.append, fail))
    qtbot.waitUntil(lambda: bool(told))
    assert [(page.query, page.total) for page in told] == [(BREWERS, MANY)]


def test_closing_does_not_wait_for_the_window(finder: Searching) -> None:
    finder.search(BAKERS, None, fail, fail, fail)
    started = time.monotonic()
    finder.close()
    assert time.monotonic() - started < searching.PAINTED_S
