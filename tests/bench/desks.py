"""A child: many desks at once, each with connections of its own, at work on one database on a server.

python -m tests.bench.desks ADDRESS DESKS SECONDS SEED
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import date

from model.account import Choice
from model.errors import ModelError
from model.list_query import Filter, ListQuery
from model.opened import Opened, open_database
from model.refusals import OrderRefused, QuoteStale
from model.store import new_quote_id
from ui.system_clock import SystemClock
from ui.watch import LONGEST_REST_MS, LOOK_MS, RESTS

ACTIONS_A_MINUTE = 10
# Of a hundred actions.
SHARES = {"search": 50, "open": 35, "filter": 5, "order": 10}
# Whose work it is: some thousands that the example data have enough of.
CUSTOMERS, MOST_CUSTOMERS = "gmbh", 5_000
SEARCHES = ("mül", "gmbh", "kran", "nord", "praxis", "k-1", "12", "zz")
Samples = dict[str, list[float]]


class Desk:
    """Does what a clerk does, at random moments, and reads again when somebody else has changed something."""

    def __init__(self, opened: Opened, customers: list[int], seed: int) -> None:
        self._opened, self._customers = opened, customers
        self._chance, self._clock = random.Random(seed), SystemClock()
        self._shown = self._chance.choice(customers)
        self._version, self._seq = 0, opened.first_entry
        self._total = opened.counts(self._day()).all
        self._found = opened.listing.find(ListQuery(self._day()))
        self._lines = self._first_lines()
        self.samples: Samples = {name: [] for name in (*SHARES, "follow")}
        self.errors: list[str] = []
        self.refused = 0

    def work(self, begin: threading.Event, seconds: float) -> None:
        """An action now and then, in between a look at what others do."""
        acts = {"search": self._search, "open": self._open, "filter": self._filter, "order": self._order}
        begin.wait()
        end = time.monotonic() + seconds
        following = time.monotonic() + self._pause()
        looking = time.monotonic() + self._chance.uniform(0, LOOK_MS / 1e3)
        while (now := time.monotonic()) < end:
            if now >= following:
                (name,) = self._chance.choices(list(SHARES), list(SHARES.values()))
                self._timed(name, acts[name])
                following += self._pause()
            if now >= looking:
                self._look()
                rest = min(RESTS * (time.monotonic() - now), LONGEST_REST_MS / 1e3)
                looking = time.monotonic() + max(LOOK_MS / 1e3, rest)
            time.sleep(max(0.0, min(following, looking) - time.monotonic()))

    def _pause(self) -> float:
        return self._chance.expovariate(ACTIONS_A_MINUTE / 60)

    def _timed(self, name: str, act: Callable[[], object]) -> None:
        started = time.perf_counter()
        try:
            act()
        except (OrderRefused, QuoteStale):
            # Another desk was first.
            self.refused += 1
        except ModelError as error:
            self.errors.append(f"{name}: {error!r}")
        else:
            self.samples[name].append((time.perf_counter() - started) * 1e3)

    def _look(self) -> None:
        try:
            self._opened.check_place()
            version, _clock = self._opened.data_version(), self._opened.check_clock(self._clock)
            if version == self._version:
                return
            changes = self._opened.changes_since(self._seq)
        except ModelError as error:
            self.errors.append(f"look: {error!r}")
            return
        self._version, self._seq = version, changes.seq
        self._timed("follow", lambda: self._follow(changes.installations))

    def _follow(self, changed: frozenset[int] | None) -> None:
        """As `ui.watch` and `ui.main_window` do."""
        listing = self._opened.listing
        self._opened.counts(self._day(), None if changed is None else self._total)
        if changed is None or not listing.still_finds(self._found, changed):
            self._find(self._found.query)
        else:
            listing.lines(changed & self._lines, self._day())
        if not changed or self._shown in changed:
            self._opened.whole.account(self._shown)

    def _search(self) -> None:
        self._find(ListQuery(self._day(), self._chance.choice(SEARCHES)))

    def _filter(self) -> None:
        self._find(ListQuery(self._day(), filter=self._chance.choice((Filter.OVER, Filter.PENDING))))

    def _find(self, query: ListQuery) -> None:
        listing = self._opened.listing
        with listing.interruptible():
            self._found = listing.find(query, lambda _rows: None)
            self._lines = self._first_lines()

    def _first_lines(self) -> frozenset[int]:
        return frozenset(row.id for row in self._opened.listing.page(self._found, 0))

    def _open(self) -> None:
        self._shown = self._chance.choice(self._customers)
        self._opened.whole.account(self._shown)

    def _order(self) -> None:
        store, now = self._opened.whole, self._clock.now()
        account, prices = store.account(self._chance.choice(self._customers)), store.prices_on(now.date())
        possible = [choice.tariff for choice in account.choices(prices, now.date()) if _may_be_ordered(choice)]
        if possible:
            store.place_order(account.quote(self._chance.choice(possible), prices, now, new_quote_id()), now)

    def _day(self) -> date:
        return self._clock.now().date()


def _may_be_ordered(choice: Choice) -> bool:
    return not (choice.obstacles or choice.is_current or choice.is_pending)


def main() -> None:
    """Let them work at the same time, then print what was measured."""
    address, count, seconds, seed = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    begin = threading.Event()
    with ExitStack() as stack:
        opened = [stack.enter_context(closing(open_database(address, create=False))) for _desk in range(count)]
        ids = opened[0].listing.find(ListQuery(SystemClock().now().date(), text=CUSTOMERS)).ids
        assert ids is not None
        customers = ids.some(0, MOST_CUSTOMERS)
        desks = [Desk(entry, customers, seed + place) for place, entry in enumerate(opened)]
        threads = [threading.Thread(target=desk.work, args=(begin, seconds)) for desk in desks]
        for thread in threads:
            thread.start()
        begin.set()
        for thread in threads:
            thread.join()
    samples = {name: [took for desk in desks for took in desk.samples[name]] for name in desks[0].samples}
    errors = [error for desk in desks for error in desk.errors]
    print(json.dumps({"samples": samples, "errors": errors, "refused": sum(desk.refused for desk in desks)}))


if __name__ == "__main__":
    main()
