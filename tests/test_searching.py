"""What the search's own thread answers, without a window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from model import finding
from model.demo import fill_demo
from model.errors import ModelError
from model.finding import FIRST_ROWS
from model.list_query import Filter, ListQuery
from model.listing import PAGE, First, Found, InstallationRow
from model.opened import Opened, open_database
from tests.examples import NOW, TODAY
from ui.searching import ListPage, Searching


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Three hundred installations."""
    with closing(open_database(tmp_path / "office.db")) as opened:
        fill_demo(opened.whole, NOW, 300)
        yield opened


@pytest.fixture
def searching(opened: Opened) -> Iterator[Searching]:
    made = Searching(opened)
    yield made
    made.close()


def answers(qtbot: QtBot, searching: Searching, query: ListQuery) -> list[ListPage]:
    """The pages that are shown for a query."""
    shown: list[ListPage] = []
    failed: list[ModelError] = []
    searching.search(query, None, shown.append, failed.append, shown.append)
    qtbot.waitUntil(lambda: bool(failed) or (bool(shown) and shown[-1].whole))
    assert failed == []
    return shown


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        (ListQuery(TODAY), 2),
        (ListQuery(TODAY, "e"), 2),
        (ListQuery(TODAY, "e", Filter.OVER), 2),
        (ListQuery(TODAY, "gibtesnicht"), 1),
        (ListQuery(TODAY, filter=Filter.OVER), 1),
        (ListQuery(TODAY, filter=Filter.PENDING), 1),
    ],
)
def test_the_first_rows_come_apart_where_others_follow_them(
    qtbot: QtBot, searching: Searching, monkeypatch: pytest.MonkeyPatch, query: ListQuery, pages: int
) -> None:
    monkeypatch.setattr(finding, "FIRST_ROWS", 2)
    shown = answers(qtbot, searching, query)
    assert len(shown) == pages
    assert shown[-1].total > 2 or not shown[-1].rows
    assert shown[0].rows == shown[-1].rows[: len(shown[0].rows)]


@pytest.mark.parametrize(("changed", "read"), [(False, (FIRST_ROWS, PAGE - FIRST_ROWS)), (True, (0, PAGE))])
def test_only_first_rows_that_changed_meanwhile_are_read_again(
    qtbot: QtBot,
    opened: Opened,
    searching: Searching,
    monkeypatch: pytest.MonkeyPatch,
    changed: bool,
    read: tuple[int, int],
) -> None:
    find, page, asked = opened.listing.find, opened.listing.page, list[tuple[int, int]]()

    def begin(query: ListQuery, first: First | None = None) -> Found:
        assert first is not None
        return find(query, lambda rows: first(rows[::-1] if changed else rows))

    def note(found: Found, offset: int, limit: int = PAGE) -> list[InstallationRow]:
        asked.append((offset, limit))
        return page(found, offset, limit)

    monkeypatch.setattr(opened.listing, "find", begin)
    monkeypatch.setattr(opened.listing, "page", note)
    shown = answers(qtbot, searching, ListQuery(TODAY, "e"))
    assert asked == [read]
    monkeypatch.undo()
    assert shown[-1].rows == page(find(ListQuery(TODAY, "e")), 0)
