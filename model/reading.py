"""What can be asked of a database: the list, one installation, its history, prices. Portable SQL, no change."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from model.account import Account
from model.audit import AuditEntry, audit_entry
from model.backups import back_up
from model.engine import Engine, Parameters, Row, Value
from model.errors import NoSuchInstallation
from model.export_list import ListedInstallation, list_page
from model.installation import LONGEST_CUSTOMER_NUMBER, Device, Installation
from model.lazy import Lazy
from model.list_query import ListQuery
from model.listing import PAGE, InstallationRow
from model.opened import Opened
from model.records import (
    DEVICE_COLUMNS,
    EXTENSION_COLUMNS,
    OrderMail,
    devices_from,
    extensions_from,
    feature_from,
    installation_from,
    mail_from,
    order_from,
    price_list_from,
    tariff_from,
)
from model.search import sort_key
from model.tariff import PriceList, Tariff, price_list_on
from model.verification import Verification, verify


class Reading(Opened):
    """The reading half of a Store."""

    def __init__(self, engine: Engine, clerk: str) -> None:
        super().__init__(engine, clerk)
        # A thread's connection tells of what others have written; what it wrote itself is counted.
        self._prices = threading.local()
        self._prices_added = 0

    def look_over(self) -> None:
        """Look whether all is sound, prices too; raises StoreUnavailable, and then nothing is written any more."""
        self._engine.look_over()
        self._read_prices()

    def back_up(self, folder: Path, now: datetime) -> Path:
        """Make a checked copy of the database in a folder; raises StoreUnavailable."""
        return back_up(self._engine, folder, now)

    def verify(self) -> Verification:
        """Check file, guards, history and orders (R36); takes long in a large database."""
        return verify(self._engine)

    def find_installations(self, query: ListQuery, offset: int = 0, limit: int = PAGE) -> list[InstallationRow]:
        """A page of the list: names that begin with the text first, then in German order."""
        return self.listing.page(self.listing.find(query), offset, limit)

    def list_page(self, query: ListQuery, after: Sequence[object]) -> list[ListedInstallation]:
        """A page of the list with everything that is exported, after the row with a key; () for the first page."""
        return list_page(self._engine, query, after)

    def count_installations(self, query: ListQuery) -> int:
        """How many installations the list has."""
        return self.listing.find(query).total

    def place_of(self, installation_id: int, query: ListQuery) -> int | None:
        """Where an installation stands in the list; None if it isn't in it."""
        return self.listing.place(installation_id, self.listing.find(query))

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """Several questions about one state of the database, whatever others write meanwhile."""
        with self._engine.read():
            yield

    def account(self, installation_id: int) -> Account:
        """An installation with everything that decides about its tariff; raises NoSuchInstallation."""
        with self._engine.read():
            return self._account(installation_id)

    def find_customer(self, customer_number: str) -> int | None:
        """The installation of a customer number, in small letters or capitals; the very same number comes first."""
        return next(iter(self._customers(customer_number)), None)

    def audit_entries(self, installation_id: int, limit: int = 1000) -> list[AuditEntry]:
        """The latest entries of an installation's history, newest first (R36)."""
        return self._engine.values(
            audit_entry,
            "SELECT * FROM audit WHERE installation_id = :id ORDER BY seq DESC LIMIT :limit",
            {"id": installation_id, "limit": limit},
        )

    def mails(self, installation_id: int) -> list[OrderMail]:
        """The order information that waits to be sent."""
        return self._engine.values(
            mail_from,
            """SELECT * FROM outbox
               WHERE order_number IN (SELECT order_number FROM tariff_order WHERE installation_id = :id)
               ORDER BY order_number, created_at""",
            {"id": installation_id},
        )

    def price_lists(self) -> tuple[PriceList, ...]:
        """Every price list, earliest first; what was read is known until another connection has written."""
        with self._engine.read():
            version = self._engine.data_version(), self._prices_added
            if getattr(self._prices, "version", None) != version:
                lists = self._read_prices()
                # Two programs fill an empty database at once, and not every server tells of that.
                self._prices.version, self._prices.lists = version if lists else None, lists
            known: tuple[PriceList, ...] = self._prices.lists
        return known

    def prices_on(self, day: date) -> PriceList:
        """The price list in force on a day (R32)."""
        return price_list_on(day, self.price_lists())

    def _read_prices(self) -> tuple[PriceList, ...]:
        prices: dict[str, list[Row]] = {}
        for price in self._engine.query("SELECT * FROM price ORDER BY price_list, code"):
            prices.setdefault(price["price_list"], []).append(price)
        lists = self._engine.values(
            lambda row: price_list_from(row, prices.get(row["valid_from"], ())),
            "SELECT * FROM price_list ORDER BY valid_from",
        )
        return tuple(lists)

    def _customers(self, customer_number: str) -> list[int]:
        """The installations of a customer number, the very same number first; older databases may hold A1 and a1."""
        number = customer_number.strip()[: LONGEST_CUSTOMER_NUMBER + 1]
        key = sort_key(number)
        rows = self._engine.query(
            "SELECT id, customer_number FROM installation WHERE sort_number >= :start AND sort_number < :end",
            {"start": f"{key}\n", "end": f"{key}\v"},
        )
        alike = [row for row in rows if row["customer_number"].casefold() == number.casefold()]
        return [row["id"] for row in sorted(alike, key=lambda row: row["customer_number"] != number)]

    def _account(self, installation_id: int) -> Account:
        key, values = {"id": installation_id}, self._engine.values
        contracts = values(_contract_from, "SELECT * FROM installation WHERE id = :id", key)
        if not contracts:
            raise NoSuchInstallation(installation_id)
        orders = values(order_from, "SELECT * FROM tariff_order WHERE installation_id = :id ORDER BY order_number", key)
        extensions = self._columns(extensions_from, EXTENSION_COLUMNS, "extension WHERE installation_id = :id", key)
        features = values(
            feature_from,
            """SELECT f.*, e.number FROM feature_use f LEFT JOIN extension e ON e.id = f.extension_id
               WHERE f.installation_id = :id ORDER BY f.created_at, f.id""",
            key,
        )
        devices = self._devices(key)
        return Account(*contracts[0], tuple(orders), extensions, devices, tuple(features))

    def _devices(self, key: Parameters) -> Lazy[Device]:
        links = "device_extension l JOIN extension e ON e.id = l.extension_id WHERE e.installation_id = :id"
        served: dict[int, list[str]] = {}
        for device, number in self._columns(_pairs, ("device_id", "number"), links, key):
            served.setdefault(device, []).append(number)
        make = partial(devices_from, served=served)
        return self._columns(make, DEVICE_COLUMNS, "device WHERE installation_id = :id", key)

    def _columns(
        self, make: Callable[[dict[str, list[Any]]], Value], names: Sequence[str], source: str, parameters: Parameters
    ) -> Value:
        """What is made of whole columns: of thousands of rows, which are read as one text."""
        return self._engine.value(
            lambda row: make(dict(zip(names, json.loads(row["text"]), strict=True))),
            f"SELECT {self._engine.finder.as_text(names)} AS text FROM {source}",
            parameters,
        )


def _pairs(columns: dict[str, list[Any]]) -> Iterator[tuple[Any, ...]]:
    return zip(*columns.values(), strict=True)


def _contract_from(row: Row) -> tuple[Installation, Tariff]:
    """Whose contract it is and with which tariff it began."""
    return installation_from(row), tariff_from(row)
