"""What the tests are written with: a customer, objects, tariffs by short name, a clock that stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from sqlite_utils.utils import sqlite3

from model.account import NOTHING, Quote
from model.engine import Engine
from model.installation import Additions, Customer, NewDevice, NewExtension, NewProFeatureUse, ProFeature
from model.orders import TariffOrder
from model.price_lists import SHIPPED, read_price_lists
from model.sqlite_engine import SqliteEngine
from model.store import Store, new_quote_id
from model.tariff import Edition, PriceList, Tariff
from model.verification import TABLES

CLERK = "sachbearbeitung"
EMAIL = "kunde@example.org"
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=BERLIN)
TODAY = NOW.date()
PRICES, PRICES_2027 = read_price_lists(SHIPPED.read_text(encoding="utf-8"))
CALL_FLOW = NewProFeatureUse(ProFeature.CALL_FLOW, "Zentrale", "100")
# What each driver says of a constraint or a guard.
REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)
Dump = dict[str, list[dict[str, Any]]]


@dataclass
class FixedClock:
    """Stands still until it is set."""

    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant


@dataclass
class RunningClock:
    """The computer's own clock, set wrong by so much."""

    zone: ZoneInfo
    wrong: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(self.zone) + self.wrong


def midday() -> ZoneInfo:
    """Where it is noon now: no test that needs the computer's clock runs over midnight."""
    return ZoneInfo(f"Etc/GMT{datetime.now(UTC).hour - 12:+d}")


def local(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    """What a wall clock in a zone shows; `fold` is 1 for the second time of a repeated hour."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def tariff(short: str, prices: PriceList = PRICES) -> Tariff:
    """C25 is Classic 25, P10 is Pro 10; the retired ones too."""
    edition = Edition.CLASSIC if short[0] == "C" else Edition.PRO
    known = (*prices.tariffs, *prices.retired)
    return next(t for t in known if t.edition is edition and t.max_extensions == int(short[1:]))


def objects(extensions: int = 0, devices: int = 0, *, start: int = 0, call_flow: bool = False) -> Additions:
    """Extensions 100, 101, … and devices; `start` leaves numbers out that exist already."""
    return Additions(
        tuple(NewExtension(str(100 + n), f"Nebenstelle {n}") for n in range(start, start + extensions)),
        tuple(NewDevice(f"Telefon {n}") for n in range(start, start + devices)),
        (CALL_FLOW,) if call_flow else (),
    )


def install(
    store: Store,
    short: str = "C10",
    extensions: int = 0,
    devices: int = 0,
    *,
    call_flow: bool = False,
    number: str = "K-1",
    name: str = "Muster GmbH",
    email: str = EMAIL,
    now: datetime = NOW,
) -> int:
    """An installation with so many objects in a tariff; its id."""
    adding = objects(extensions, devices, call_flow=call_flow)
    return store.create_installation(Customer(number, name, email), tariff(short), now, adding)


def quote(store: Store, installation: int, short: str, now: datetime = NOW, adding: Additions = NOTHING) -> Quote:
    """The summary a clerk sees for a tariff of the price list in force."""
    prices = store.prices_on(now.date())
    return store.account(installation).quote(tariff(short, prices), prices, now, new_quote_id(), adding)


def order(store: Store, installation: int, short: str, now: datetime = NOW, adding: Additions = NOTHING) -> TariffOrder:
    """Summary and click at one instant."""
    return store.place_order(quote(store, installation, short, now, adding), now, adding)


def tamper(store: Store, *statements: str) -> None:
    """What a tool does past the program; not in the middle of what another thread reads over the same connection."""
    engine = store._engine
    assert isinstance(engine, SqliteEngine)
    with engine._alone():
        for statement in statements:
            engine.execute(statement)


def dump(engine: Engine) -> Dump:
    """Everything that is stored, to see that nothing has changed."""
    tables = sorted(name.removeprefix("table ") for name in TABLES)
    return {name: engine.query(f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables}
