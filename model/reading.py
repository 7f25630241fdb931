"""What can be asked of a database: the list, one installation, its history, prices. Portable SQL, no change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from model.account import Account
from model.audit import AuditEntry, audit_entry
from model.backups import back_up
from model.errors import NoSuchInstallation
from model.installation import Device
from model.records import (
    InstallationRow,
    OrderMail,
    device_from,
    extension_from,
    feature_from,
    installation_from,
    list_row_from,
    mail_from,
    order_from,
    price_list_from,
    tariff_from,
)
from model.search import Filter, ListQuery, Sorting, begins_with, conditions
from model.sqlite_engine import SqliteEngine
from model.tariff import PriceList, price_list_on
from model.verification import Verification, verify

# On the day asked for: the order that is billed and the one that is pending, if any (R5, R6).
HOLDING = """
FROM installation i
LEFT JOIN tariff_order b ON b.order_number = (
    SELECT o.order_number FROM tariff_order o
    WHERE o.installation_id = i.id AND o.ending IS NULL AND o.effective_on <= :day
    ORDER BY o.effective_on DESC LIMIT 1)
LEFT JOIN tariff_order p ON p.order_number = (
    SELECT o.order_number FROM tariff_order o
    WHERE o.installation_id = i.id AND o.ending IS NULL AND o.effective_on > :day
    ORDER BY o.effective_on DESC LIMIT 1)
"""
OVER = """(
    (i.extension_count > COALESCE(b.max_extensions, i.max_extensions)
        AND i.extension_count > COALESCE(p.max_extensions, 0))
    OR (i.device_count > COALESCE(b.max_devices, i.max_devices)
        AND i.device_count > COALESCE(p.max_devices, 0)))"""
FILTERS = {Filter.ALL: [], Filter.OVER: [OVER], Filter.PENDING: ["p.order_number IS NOT NULL"]}
SORTINGS = {Sorting.NAME: "i.sort_name, i.id", Sorting.NUMBER: "i.sort_number, i.id"}


@dataclass(frozen=True, slots=True)
class ListCounts:
    """How many installations there are, how many beyond their limits, how many with a pending order."""

    all: int
    over: int
    pending: int


class Reading:
    """The reading half of a Store."""

    def __init__(self, engine: SqliteEngine) -> None:
        self._engine = engine
        self.target = engine.target
        self.read_only = engine.read_only

    def close(self) -> None:
        """Close the database; no thread may be using it any more."""
        self._engine.close()

    def data_version(self) -> int:
        """Changes when another connection, of this program or another, has written."""
        return self._engine.data_version()

    def back_up(self, folder: Path, now: datetime) -> Path:
        """Make a checked copy of the database in a folder; raises StoreUnavailable."""
        return back_up(self._engine, folder, now)

    def verify(self) -> Verification:
        """Check file, guards, history and orders (R36); takes long in a large database."""
        return verify(self._engine)

    def find_installations(self, query: ListQuery, offset: int = 0, limit: int = 64) -> list[InstallationRow]:
        """A page of the list: names that begin with the text first, then in German order."""
        (where, order), parameters = _clauses(query)
        rows = self._engine.query(
            f"""SELECT i.id, i.customer_number, i.name, COALESCE(b.tariff_name, i.tariff_name) AS tariff_name,
                    i.extension_count, i.device_count,
                    COALESCE(b.max_extensions, i.max_extensions) AS billed_extensions,
                    COALESCE(b.max_devices, i.max_devices) AS billed_devices,
                    COALESCE(p.max_extensions, 0) AS pending_extensions,
                    COALESCE(p.max_devices, 0) AS pending_devices,
                    p.order_number AS pending
                {HOLDING} {where} ORDER BY {order} LIMIT :limit OFFSET :offset""",
            parameters | {"limit": limit, "offset": offset},
        )
        return [list_row_from(row) for row in rows]

    def count_installations(self, query: ListQuery) -> int:
        """How many installations the list has."""
        (where, _order), parameters = _clauses(query)
        return int(self._engine.query(f"SELECT count(*) AS n {HOLDING} {where}", parameters)[0]["n"])

    def place_of(self, installation_id: int, query: ListQuery) -> int | None:
        """Where an installation stands in the list; None if it isn't in it."""
        (where, order), parameters = _clauses(query)
        rows = self._engine.query(
            f"""SELECT place FROM (SELECT i.id AS id, row_number() OVER (ORDER BY {order}) - 1 AS place
                {HOLDING} {where}) AS numbered WHERE id = :id""",
            parameters | {"id": installation_id},
        )
        return int(rows[0]["place"]) if rows else None

    def counts(self, day: date) -> ListCounts:
        """The numbers on the filters."""
        row = self._engine.query(
            f"""SELECT count(*) AS everything, COALESCE(sum(CASE WHEN {OVER} THEN 1 ELSE 0 END), 0) AS beyond,
                    count(p.order_number) AS pending {HOLDING}""",
            {"day": day.isoformat()},
        )[0]
        return ListCounts(row["everything"], row["beyond"], row["pending"])

    def account(self, installation_id: int) -> Account:
        """An installation with everything that decides about its tariff; raises NoSuchInstallation."""
        with self._engine.read():
            return self._account(installation_id)

    def find_customer(self, customer_number: str) -> int | None:
        """The installation of a customer number, if there is one."""
        rows = self._engine.query(
            "SELECT id FROM installation WHERE customer_number = :number", {"number": customer_number.strip()}
        )
        return int(rows[0]["id"]) if rows else None

    def audit_entries(self, installation_id: int, limit: int = 1000) -> list[AuditEntry]:
        """The latest entries of an installation's history, newest first (R36)."""
        rows = self._engine.query(
            "SELECT * FROM audit WHERE installation_id = :id ORDER BY seq DESC LIMIT :limit",
            {"id": installation_id, "limit": limit},
        )
        return [audit_entry(row) for row in rows]

    def mails(self, installation_id: int) -> list[OrderMail]:
        """The order information that waits to be sent."""
        rows = self._engine.query(
            "SELECT * FROM outbox WHERE installation_id = :id ORDER BY order_number, created_at",
            {"id": installation_id},
        )
        return [mail_from(row) for row in rows]

    def price_lists(self) -> tuple[PriceList, ...]:
        """Every price list, earliest first."""
        with self._engine.read():
            prices = self._engine.query("SELECT * FROM price ORDER BY price_list, code")
            lists = self._engine.query("SELECT * FROM price_list ORDER BY valid_from")
        return tuple(
            price_list_from(row, [price for price in prices if price["price_list"] == row["valid_from"]])
            for row in lists
        )

    def prices_on(self, day: date) -> PriceList:
        """The price list in force on a day (R32)."""
        return price_list_on(day, self.price_lists())

    def _account(self, installation_id: int) -> Account:
        key = {"id": installation_id}
        rows = self._engine.query("SELECT * FROM installation WHERE id = :id", key)
        if not rows:
            raise NoSuchInstallation(installation_id)
        orders = self._engine.query("SELECT * FROM tariff_order WHERE installation_id = :id ORDER BY order_number", key)
        extensions = self._engine.query("SELECT * FROM extension WHERE installation_id = :id", key)
        features = self._engine.query(
            """SELECT f.*, e.number FROM feature_use f LEFT JOIN extension e ON e.id = f.extension_id
               WHERE f.installation_id = :id ORDER BY f.created_at, f.id""",
            key,
        )
        return Account(
            installation_from(rows[0]),
            tariff_from(rows[0]),
            tuple(order_from(row) for row in orders),
            tuple(extension_from(row) for row in extensions),
            self._devices(installation_id),
            tuple(feature_from(row) for row in features),
        )

    def _devices(self, installation_id: int) -> tuple[Device, ...]:
        key = {"id": installation_id}
        served: dict[int, list[str]] = {}
        for row in self._engine.query(
            """SELECT l.device_id, e.number FROM device_extension l JOIN extension e ON e.id = l.extension_id
               WHERE e.installation_id = :id ORDER BY e.number""",
            key,
        ):
            served.setdefault(row["device_id"], []).append(row["number"])
        rows = self._engine.query("SELECT * FROM device WHERE installation_id = :id", key)
        return tuple(device_from(row, served.get(row["id"], ())) for row in rows)


def _clauses(query: ListQuery) -> tuple[tuple[str, str], dict[str, object]]:
    """The WHERE clause and the order of a list, with their parameters."""
    words, parameters = conditions(query.text)
    parts = [*FILTERS[query.filter], *words]
    order = SORTINGS[query.sorting]
    if words:
        begins, more = begins_with(query.text)
        order, parameters = f"{begins}, {order}", parameters | more
    where = f"WHERE {' AND '.join(parts)}" if parts else ""
    return (where, order), parameters | {"day": query.day.isoformat()}
