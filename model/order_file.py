"""Everything there is about one order, to answer a complaint with."""

from __future__ import annotations

from dataclasses import dataclass

from model.account import Account
from model.audit import AuditEntry
from model.orders import TariffOrder
from model.outbox import Delivery
from model.records import OrderMail
from model.store import Store

MOST_ENTRIES = 1_000_000


@dataclass(frozen=True, slots=True)
class OrderFile:
    """An order with its customer, its mails, their deliveries and its entries of the history, oldest first."""

    account: Account
    order: TariffOrder
    mails: tuple[OrderMail, ...]
    deliveries: tuple[Delivery, ...]
    entries: tuple[AuditEntry, ...]


def order_file(store: Store, installation_id: int, order_number: int) -> OrderFile:
    """Read from one state of the database; raises NoSuchInstallation."""
    with store.one_state():
        account = store.account(installation_id)
        (order,) = (entry for entry in account.orders if entry.order_number == order_number)
        mails = [mail for mail in store.mails(installation_id) if mail.order_number == order_number]
        deliveries = store.outbox.of_order(order_number)
        entries = store.audit_entries(installation_id, MOST_ENTRIES)
    told = [entry for entry in reversed(entries) if _is_about(entry, order)]
    return OrderFile(account, order, tuple(mails), tuple(deliveries), tuple(told))


def _is_about(entry: AuditEntry, order: TariffOrder) -> bool:
    """The order's own entry, those that name it, and what was done in one transaction with it (R22)."""
    named = (entry.before.get("order"), entry.after.get("order"))
    return order.order_number in (entry.seq, *named) or entry.at in (order.placed_at, order.ended_at)
