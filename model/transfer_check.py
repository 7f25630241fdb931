"""Whether two databases say the same of what matters: which tariff holds for whom, and what was ordered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from model.account import Account
from model.engine import Engine, Row
from model.installation import Installation
from model.orders import TariffOrder
from model.records import installation_from, order_from, tariff_from
from model.tariff import Tariff

STEP = 1_000
CONTRACTS = "SELECT * FROM installation WHERE id > :last ORDER BY id LIMIT :step"
ORDERS = """
SELECT * FROM tariff_order WHERE installation_id BETWEEN :first AND :last ORDER BY installation_id, order_number"""
SUMS = """
SELECT COALESCE(ending, '') AS ending, count(*) AS orders, sum(net_cents) AS net_cents FROM tariff_order
GROUP BY COALESCE(ending, '') ORDER BY 1"""
# The customer, what is billed, what is pending.
Holds = tuple[str, Tariff, Tariff | None]


@dataclass(frozen=True, slots=True)
class Sum:
    """How many orders ended in a way ("" for not at all) and what they come to a month, net."""

    ending: str
    orders: int
    net_cents: int


def sums(engine: Engine) -> tuple[Sum, ...]:
    """Of all orders."""
    return tuple(Sum(row["ending"], row["orders"], int(row["net_cents"])) for row in engine.query(SUMS))


def differing_customer(one: Engine, other: Engine, day: date, tell: Callable[[int], object]) -> str:
    """The number of the first customer for whom another tariff is billed or pending on a day; "" if there is none."""
    nobody: list[Holds] = []
    for mine, others in zip_longest(_tariffs(one, day), _tariffs(other, day), fillvalue=nobody):
        for here, there in zip_longest(mine, others):
            if here != there:
                return (here or there)[0]
        tell(len(mine))
    return ""


def _tariffs(engine: Engine, day: date) -> Iterator[list[Holds]]:
    """What is billed and pending for every customer, some at a time (R5–R7)."""
    last = 0
    while contracts := engine.values(_contract_from, CONTRACTS, {"last": last, "step": STEP}):
        first, last = contracts[0][0].id, contracts[-1][0].id
        orders: dict[int, list[TariffOrder]] = {}
        for installation_id, order in engine.values(_order_from, ORDERS, {"first": first, "last": last}):
            orders.setdefault(installation_id, []).append(order)
        yield [_holds(*contract, orders.get(contract[0].id, []), day) for contract in contracts]


def _holds(installation: Installation, tariff: Tariff, orders: list[TariffOrder], day: date) -> Holds:
    account = Account(installation, tariff, tuple(orders), (), (), ())
    pending = account.pending(day)
    return installation.customer_number, account.billed(day), pending.tariff if pending else None


def _contract_from(row: Row) -> tuple[Installation, Tariff]:
    return installation_from(row), tariff_from(row)


def _order_from(row: Row) -> tuple[int, TariffOrder]:
    return row["installation_id"], order_from(row)
