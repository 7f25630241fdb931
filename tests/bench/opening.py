"""A child: opens customers with few and with 5,000 extensions from the list.

python -m tests.bench.opening DATABASE ROUNDS [ADDRESS]
"""

from __future__ import annotations

import sys
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QLineEdit, QWidget

from tests.bench.bare_query import BareQuery
from tests.bench.eye import Eye
from tests.bench.made import big_number
from tests.bench.program import click, find, play, press, type_letter

FEW = 12
AFTER_S = 0.05
MOST_FOUND = 20
BESIDE = "SELECT customer_number, name, extension_count FROM installation"


class Opening:
    """Finds customers by number and clicks on what is found."""

    def __init__(self, database: str, window: QWidget, eye: Eye) -> None:
        self._window, self._eye = window, eye
        self._query = BareQuery(database).database
        self._view = find(window, QAbstractItemView, "installationList")
        self._field = find(window, QLineEdit, "searchField")
        self._page: _Page | None = None
        self.samples: dict[str, list[float]] = {"small": [], "large": [], "small_stop": [], "large_stop": []}

    def run(self, rounds: int) -> dict[str, list[float]]:
        """In turns, so that each opening is of another customer; the very first one builds the page and is apart."""
        few = f"{BESIDE} WHERE customer_number NOT LIKE 'K-%' ORDER BY abs(extension_count - {FEW}), id LIMIT ?"
        small = self._query.execute(few, [rounds + 1]).fetchall()
        large = [self._query.execute(f"{BESIDE} WHERE customer_number = ?", [big_number(n)]).fetchone() for n in (0, 1)]
        first = self.open(*small[0])
        for place, customer in enumerate(small[1:]):
            for name, (number, title, count) in (("small", customer), ("large", large[place % 2])):
                took, stop = self.open(number, title, count)
                self.samples[name].append(took)
                self.samples[f"{name}_stop"].append(stop)
        return {**self.samples, "first": [first[0]]}

    def open(self, number: str, title: str, count: int) -> tuple[float, float]:
        """From the click on the row to the painted page, and the longest stop meanwhile, in ms."""
        self._search(number, title)
        row = self._view.model().index(self._row(title), 0)
        self._view.scrollTo(row)
        pressed = self._eye.begin()
        click(self._view.viewport(), self._view.visualRect(row).center())
        if self._page is None:
            self._eye.wait(lambda: self._window.findChild(QAbstractItemView, "extensionTable") is not None)
            self._page = _Page(self._window, self._eye)
        seen = self._eye.wait(partial(self._page.shows, title, count, pressed))
        self._eye.rest(AFTER_S)
        return (seen - pressed) * 1e3, self._eye.end() * 1e3

    def _search(self, number: str, title: str) -> None:
        """A number finds extensions and orders of the same number too."""
        self._field.setFocus()
        press(self._window, Qt.Key.Key_Escape)
        for letter in number:
            type_letter(self._window, letter)
        self._eye.wait(lambda: 0 < self._view.model().rowCount() <= MOST_FOUND and self._row(title) >= 0)
        self._eye.rest(AFTER_S)

    def _row(self, title: str) -> int:
        model = self._view.model()
        rows = range(min(MOST_FOUND, model.rowCount()))
        return next((row for row in rows if model.index(row, 0).data() == title), -1)


class _Page:
    """The page of a customer; may be made when the first one is opened."""

    def __init__(self, window: QWidget, eye: Eye) -> None:
        self._title = find(window, QLabel, "customerTitle")
        self._table = find(window, QAbstractItemView, "extensionTable")
        self._eye = Eye(self._table, eye)
        self._eye.close()
        self._table.viewport().update()

    def shows(self, title: str, count: int, pressed: float) -> bool:
        """Was the customer's table painted after its rows came?"""
        if not pressed <= self._eye.painted or self._eye.painted < self._eye.changed:
            return False
        model = self._table.model()
        if self._title.text() != title or model.rowCount() != count or not self._table.isVisible():
            return False
        return count == 0 or bool(model.index(0, 0).data())


def main() -> None:
    """Open them."""
    database, rounds = sys.argv[1], int(sys.argv[2])
    shown = (sys.argv[3:] or [database])[0]
    play(shown, lambda window, eye: Opening(database, window, eye).run(rounds))


if __name__ == "__main__":
    main()
