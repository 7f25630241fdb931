"""A server killed at any moment under desks that order: what was acknowledged is there, once, and nothing half."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import pytest

from model.account import Quote
from model.errors import StorageFault, StoreUnavailable
from model.refusals import OrderRefused, QuoteStale
from model.store import Store, open_store
from tests import postgres
from tests.examples import NOW, install, quote

DESKS = 4
TARGETS = ("C25", "C50", "C100", "P25", "P50", "P100")
LONGEST_S = 0.4
LOST = (StorageFault.CONNECTION_LOST, StorageFault.UNREACHABLE, StorageFault.OUTCOME_UNKNOWN, StorageFault.BUSY)


@dataclass
class Desk:
    """Orders one tariff after the other for its customers, each until it is told how that ended."""

    store: Store
    customers: list[int]
    chance: random.Random
    acknowledged: list[str] = field(default_factory=list)
    interrupted: int = 0

    def work(self, end: threading.Event) -> None:
        """Until the end."""
        while not end.is_set():
            try:
                wanted = quote(self.store, self.chance.choice(self.customers), self.chance.choice(TARGETS))
            except StoreUnavailable as error:
                self._wait(error)
                continue
            self._order(wanted)

    def _order(self, wanted: Quote) -> None:
        while True:
            try:
                self.acknowledged.append(self.store.place_order(wanted, NOW).quote_id)
            except (OrderRefused, QuoteStale):
                pass
            except StoreUnavailable as error:
                self._wait(error)
                continue
            return

    def _wait(self, error: StoreUnavailable) -> None:
        assert error.fault in LOST, error
        self.interrupted += 1
        time.sleep(0.02)


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    """A server of our own, to be killed."""
    with ExitStack() as stack:
        try:
            made = stack.enter_context(postgres.cluster())
        except postgres.NoServer:
            postgres.without()
        yield made


def test_a_killed_server_loses_no_order_it_has_acknowledged(
    cluster: postgres.Cluster, request: pytest.FixtureRequest
) -> None:
    kills, seed = request.config.getoption("--server-kills"), random.getrandbits(64)
    print(f"seed {seed}")
    chance, end = random.Random(seed), threading.Event()
    with ExitStack() as stack:
        stores = [stack.enter_context(closing(open_store(cluster.address))) for _n in range(DESKS)]
        customers = [install(stores[0], number=f"K-{n}") for n in range(DESKS)]
        # Two desks share each customer.
        desks = [
            Desk(store, [customers[n], customers[n - 1]], random.Random(seed + n)) for n, store in enumerate(stores)
        ]
        threads = [threading.Thread(target=desk.work, args=(end,)) for desk in desks]
        for thread in threads:
            thread.start()
        for _kill in range(kills):
            time.sleep(chance.uniform(0, LONGEST_S))
            cluster.kill()
            cluster.start()
        end.set()
        for thread in threads:
            thread.join()
        acknowledged = [key for desk in desks for key in desk.acknowledged]
        found = Counter(entry.quote_id for customer in customers for entry in stores[0].account(customer).orders)
        print(f"{kills} kills, {len(acknowledged)} orders, {sum(desk.interrupted for desk in desks)} interruptions")
        assert len(acknowledged) > kills, "too few orders were acknowledged: this proves nothing"
        assert set(found) == set(acknowledged)
        assert set(found.values()) == {1}
        assert stores[0].verify().findings == ()
