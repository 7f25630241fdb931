"""Finds installations on a thread of its own: the newest search wins, and ends the one under way."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple, TypeVar

from PySide6.QtCore import QObject

from model.errors import ModelError
from model.list_query import ListQuery
from model.listing import PAGE, Found, InstallationRow
from model.opened import Opened
from ui.background import Background

ANCHORS_AT_ONCE = 16
Result = TypeVar("Result")
Failed = Callable[[ModelError], None]


class ListPage(NamedTuple):
    """The answer to a search: how many there are, the first of them, and where the current one stands.

    While the rest is still looked for (`whole` is False) it has the first rows alone.
    """

    query: ListQuery
    total: int
    rows: list[InstallationRow]
    current: int | None
    place: int | None
    whole: bool = True


Shown = Callable[[ListPage], None]
Renewed = Callable[[list[InstallationRow] | None], None]


class Searching(QObject):
    """Answers in two steps, and remembers what was found last, of which `page` gives more."""

    def __init__(self, opened: Opened, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listing = opened.listing
        self._thread = Background("searching", self)
        self._found: Found | None = None

    def close(self) -> None:
        """Nobody waits for an answer any more."""
        self._listing.interrupt()
        self._thread.close(finish=False)

    def search(
        self, query: ListQuery, current: int | None, done: Shown, failed: Failed, first: Shown | None = None
    ) -> None:
        """The newest search wins; `first` is shown the first rows as soon as they are known."""

        def told(page: ListPage) -> None:
            done(page)
            self._note_anchors(failed)

        self._listing.interrupt()
        self._thread.run_newest(lambda: self._look(query, current, first), told, failed)

    def page(
        self, query: ListQuery, offset: int, done: Callable[[list[InstallationRow]], None], failed: Failed
    ) -> None:
        """A later page of what was found last; no rows if that was something else."""
        self._thread.run(lambda: self._page(query, offset), done, failed)

    def follow(
        self, query: ListQuery, changed: Collection[int], shown: Collection[int], done: Renewed, failed: Failed
    ) -> None:
        """The lines `shown` of installations that were `changed`; None where the search has to be made again."""
        self._thread.run(lambda: self._renewed(query, changed, shown), done, failed)

    def run_after(self, work: Callable[[int | None], Result], done: Callable[[Result], None], failed: Failed) -> None:
        """Do something else after the search; `work` is given how many installations there are, if all were found."""

        def add() -> Result:
            found = self._found
            return work(found.total if found is not None and found.ids is None else None)

        self._thread.run(add, done, failed)

    def _note_anchors(self, failed: Failed) -> None:
        """In a very long list note where far pages begin, some at a time, so that a page that is wanted comes first."""

        def more(left: bool) -> None:
            if left:
                self._note_anchors(failed)

        self._thread.run(self._add_anchors, more, failed)

    # ------------------------------------------------------------------ on the thread

    def _look(self, query: ListQuery, current: int | None, first: Shown | None) -> ListPage:
        begun: list[InstallationRow] = []

        def begin(rows: list[InstallationRow]) -> None:
            begun.extend(rows)
            if first is not None:
                place = next((place for place, row in enumerate(rows) if row.id == current), None)
                page = ListPage(query, len(rows), rows, current, place, whole=False)
                self._thread.deliver(lambda: first(page))

        with self._listing.interruptible():
            found = self._listing.find(query, begin)
            rows = self._first_page(found, begun)
            place = None if current is None else self._listing.place(current, found)
        self._found = found
        return ListPage(query, found.total, rows, current, place)

    def _first_page(self, found: Found, begun: list[InstallationRow]) -> list[InstallationRow]:
        """What was read for the first rows isn't read again, unless somebody has changed it meanwhile."""
        if found.ids is None:
            return begun
        if found.ids.some(0, len(begun)) != [row.id for row in begun]:
            begun = []
        return begun + self._listing.page(found, len(begun), PAGE - len(begun))

    def _page(self, query: ListQuery, offset: int) -> list[InstallationRow]:
        found = self._found
        return [] if found is None or found.query != query else self._listing.page(found, offset, PAGE)

    def _renewed(
        self, query: ListQuery, changed: Collection[int], shown: Collection[int]
    ) -> list[InstallationRow] | None:
        found = self._found
        if found is None or found.query != query:
            # The answer to that is still to come, and will be newer.
            return []
        return self._listing.lines(shown, query.day) if self._listing.still_finds(found, changed) else None

    def _add_anchors(self) -> bool:
        found = self._found
        return found is not None and all(self._listing.anchor(found) for _ in range(ANCHORS_AT_ONCE))
