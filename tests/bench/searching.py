"""A child: types realistic searches letter by letter into the program's search field, and clicks its filters.

python -m tests.bench.searching DATABASE typing|filters MOST [ADDRESS]

With an address the program shows the same customers from a server.
"""

from __future__ import annotations

import re
import sys
import time
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QPushButton, QWidget

from tests.bench.bare_query import BareQuery, Expected
from tests.bench.eye import Eye, TooLate
from tests.bench.program import click, find, play, press, type_letter

AFTER_S = 0.02
KEY_S = 0.09
FILTERS = ("filterOver", "filterPending")


class Typing:
    """One search field, one list, and what both should show."""

    def __init__(self, database: str, window: QWidget, eye: Eye) -> None:
        self._window, self._eye = window, eye
        self._query = BareQuery(database)
        self._view = find(window, QAbstractItemView, "installationList")
        self._field = find(window, QLineEdit, "searchField")
        self._all = len(self._query.names())
        self.samples: dict[str, list[float]] = {"first": [], "complete": [], "stop": [], "floor": [], "still": []}
        self.wrong: list[str] = []

    def run(self, most: int) -> dict[str, Any]:
        """Every prefix of every search, each waited for; then each search again at a good typist's pace."""
        self._field.setFocus()
        searches = self._query.searches()[-most:]
        for text in searches:
            self._clear()
            for end in range(1, len(text) + 1):
                self._type(text[:end])
        for text in searches:
            self._clear()
            self._type_on(text)
        return {**self.samples, "wrong": self.wrong}

    def _clear(self) -> None:
        press(self._window, Qt.Key.Key_Escape)
        self._eye.wait(lambda: self._view.model().rowCount() == self._all)
        self._eye.rest(AFTER_S)

    def _type(self, text: str) -> None:
        started = time.perf_counter()
        ids = self._query.find(text)
        floor, expected = time.perf_counter() - started, self._query.expected(ids)
        self._eye.begin()
        self._eye.rest(2 * AFTER_S)
        still, pressed = self._eye.end(), self._eye.begin()
        type_letter(self._window, text[-1])
        try:
            first = self._eye.wait(partial(self._shows_first, expected, pressed))
            complete = self._eye.wait(lambda: self._view.model().rowCount() == expected.count)
        except TooLate:
            self.wrong.append(f"{text}: {self._view.model().rowCount()} for {expected.count}")
            return
        self._eye.rest(AFTER_S)
        for name, seconds in (
            ("first", first - pressed),
            ("complete", complete - pressed),
            ("stop", self._eye.end()),
            ("floor", floor),
            ("still", still),
        ):
            self.samples[name].append(seconds * 1e3)

    def _type_on(self, text: str) -> None:
        """Without waiting for any answer."""
        for letter in text:
            self._eye.begin()
            type_letter(self._window, letter)
            self._eye.rest(KEY_S)
            self.samples["stop"].append(self._eye.end() * 1e3)

    def _shows_first(self, expected: Expected, pressed: float) -> bool:
        """Were the first rows painted after they came? The list may not have learned yet how many there are."""
        if not pressed <= self._eye.changed <= self._eye.painted:
            return False
        model = self._view.model()
        if model.rowCount() < len(expected.names) or (model.rowCount() > 0) != (expected.count > 0):
            return False
        return all(model.index(row, 0).data() == name for row, name in enumerate(expected.names))


def click_filters(rounds: int, window: QWidget, eye: Eye) -> dict[str, list[float]]:
    """Each filter in turns with the whole list; the button says how many there have to be."""
    view = find(window, QAbstractItemView, "installationList")
    samples: dict[str, list[float]] = {name: [] for name in (*FILTERS, "stop")}
    everything = view.model().rowCount()
    for place in range(rounds * len(FILTERS)):
        name = FILTERS[place % len(FILTERS)]
        button = find(window, QPushButton, name)
        wanted = int("0" + re.sub(r"\D", "", button.text()))
        pressed = eye.begin()
        click(button)
        seen = eye.wait(partial(_shows, view, eye, wanted, pressed))
        eye.rest(AFTER_S)
        samples[name].append((seen - pressed) * 1e3)
        samples["stop"].append(eye.end() * 1e3)
        pressed = eye.begin()
        click(find(window, QPushButton, "filterAll"))
        eye.wait(partial(_shows, view, eye, everything, pressed))
        eye.rest(AFTER_S)
    return samples


def _shows(view: QAbstractItemView, eye: Eye, count: int, pressed: float) -> bool:
    model = view.model()
    if not pressed <= eye.changed <= eye.painted or model.rowCount() != count:
        return False
    return count == 0 or bool(model.index(0, 0).data())


def main() -> None:
    """Type, or click each filter so many times."""
    database, part, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
    shown = (sys.argv[4:] or [database])[0]
    if part == "typing":
        play(shown, lambda window, eye: Typing(database, window, eye).run(most))
    else:
        play(shown, partial(click_filters, most))


if __name__ == "__main__":
    main()
