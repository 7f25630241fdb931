"""An installation as the clerk sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from model.account import NOTHING, Account, Choice, Quote
from model.audit import AuditEntry
from model.installation import Additions
from model.outbox import Delivery
from model.records import OrderMail
from model.store import Store, new_quote_id
from model.tariff import PriceList, Tariff
from ui.installation_rows import DeviceRow, ExtensionRow, device_rows, extension_rows, history_rows


@dataclass(frozen=True, slots=True)
class Case:
    """An installation as the clerk sees it at an instant: everything a page or the dialog shows, put in order.

    The instants of `entries` are in the clerk's zone.
    """

    account: Account
    extension_rows: Sequence[ExtensionRow]
    device_rows: Sequence[DeviceRow]
    prices: PriceList
    now: datetime
    entries: tuple[AuditEntry, ...]
    mails: tuple[OrderMail, ...]
    deliveries: tuple[Delivery, ...]
    mail_ready: bool

    def is_as(self, before: Case) -> bool:
        """Whether nothing that can be seen is different; instants of one day show the same."""
        return self.now.date() == before.now.date() and replace(self, now=before.now) == before

    def choices(self, adding: Additions = NOTHING) -> tuple[Choice, ...]:
        """R14: what page 1 of the dialog offers."""
        return self.account.choices(self.prices, self.now.date(), adding)

    def quote(self, target: Tariff, adding: Additions = NOTHING) -> Quote:
        """R17: the summary for a tariff; a new quote each time."""
        return self.account.quote(target, self.prices, self.now, new_quote_id(), adding)


def read_case(store: Store, installation_id: int, now: datetime) -> Case:
    """Everything about an installation; takes its time."""
    account = store.account(installation_id)
    return Case(
        account,
        extension_rows(account, now.date()),
        device_rows(account, now.date()),
        store.prices_on(now.date()),
        now,
        history_rows(store.audit_entries(installation_id), now),
        tuple(store.mails(installation_id)),
        tuple(store.outbox.of_installation(installation_id)),
        store.settings.mail_server().ready,
    )
