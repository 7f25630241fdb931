"""Writes orders, their endings and their mails, inside the transaction of the verb that asked for it (R22)."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from datetime import UTC, datetime

from model.account import Account, Quote
from model.audit import Action, Journal
from model.clock import to_text
from model.digests import mail_digest
from model.engine import Engine, Row
from model.installation import Additions
from model.orders import Ending, TariffOrder
from model.records import mail_content, mail_text, order_columns, sorted_json

MAIL_NAMESPACE = uuid.UUID("6f0c8a0e-5a1c-5d0e-9a53-2f6d9d3b7c11")
ENDING_COLUMNS = frozenset({"order_number", "ending", "ended_at", "reason", "superseded_by"})


class OrderBook:
    """The orders of a database; every change of one leaves an entry in the history."""

    def __init__(self, engine: Engine, journal: Journal) -> None:
        self._engine = engine
        self._journal = journal

    def place(self, quote: Quote, account: Account, now: datetime) -> TariffOrder:
        """The order takes its number from the history; what was pending is superseded first (R24, R26)."""
        pending = account.pending(now.date())
        order = _order(quote, now)
        columns = order_columns(order, quote.installation_id)
        mail = _mail("ORDERED", order, account, (quote.extensions, quote.devices, pending), now)
        number = self._journal.note(
            Action.ORDER_PLACED,
            now,
            quote.installation_id,
            before={"tariff": quote.current.code},
            after=_facts(order, quote, columns) | {"mail_digest": mail_digest(mail)},
        )
        if pending:
            self._supersede(pending, number, quote.installation_id, now)
        self._engine.insert("tariff_order", columns | {"order_number": number})
        self._insert_mail(mail, number)
        return replace(order, order_number=number)

    def cancel(self, order: TariffOrder, account: Account, adding: Additions, reason: str, now: datetime) -> None:
        """End a pending order and tell the customer (R29)."""
        self._end(order, Ending.CANCELLED, now, reason)
        counts = len(account.extensions) + len(adding.extensions), len(account.devices) + len(adding.devices)
        mail = _mail("CANCELLED", order, account, (*counts, None), now)
        before, after = {"order": order.order_number, "tariff": order.tariff.code}, {"mail_digest": mail_digest(mail)}
        self._journal.note(
            Action.ORDER_CANCELLED, now, account.installation.id, before=before, after=after, reason=reason
        )
        self._insert_mail(mail, order.order_number)

    def _supersede(self, order: TariffOrder, by: int, installation_id: int, now: datetime) -> None:
        self._end(order, Ending.SUPERSEDED, now, superseded_by=by)
        before, after = {"order": order.order_number}, {"order": by}
        self._journal.note(Action.ORDER_SUPERSEDED, now, installation_id, before=before, after=after)

    def _end(
        self, order: TariffOrder, ending: Ending, now: datetime, reason: str = "", superseded_by: int | None = None
    ) -> None:
        self._engine.execute(
            """UPDATE tariff_order SET ending = :ending, ended_at = :at, reason = :reason, superseded_by = :by
               WHERE order_number = :number""",
            {
                "ending": str(ending),
                "at": to_text(now),
                "reason": reason,
                "by": superseded_by,
                "number": order.order_number,
            },
        )

    def _insert_mail(self, mail: Row, order_number: int) -> None:
        """Once the history has given the order its number."""
        content = mail_text(mail["content"] | {"order_number": order_number})
        self._engine.insert("outbox", mail | {"order_number": order_number, "content": content})
        self._engine.insert(
            "delivery",
            {
                "message_id": mail["message_id"],
                "recipient": mail["recipient"],
                "requested_at": mail["created_at"],
                "next_try_at": mail["created_at"],
            },
        )


def order_digest(columns: Row) -> str:
    """A hash of everything in an order but its number and its end: the history keeps it, so that a change shows."""
    kept = {name: value for name, value in columns.items() if name not in ENDING_COLUMNS}
    return hashlib.sha256(sorted_json(kept).encode()).hexdigest()


def _order(quote: Quote, now: datetime) -> TariffOrder:
    """The order of a quote, before the history has given it a number."""
    return TariffOrder(
        0,
        quote.quote_id,
        quote.target,
        quote.current,
        now.astimezone(UTC),
        str(now.tzinfo),
        quote.effective_on,
        quote.mail_to,
    )


def _mail(
    kind: str, order: TariffOrder, account: Account, said: tuple[int, int, TariffOrder | None], now: datetime
) -> Row:
    """A mail's columns and what it says: how many extensions and devices there are, which order was replaced."""
    installation = account.installation
    return {
        "message_id": str(uuid.uuid5(MAIL_NAMESPACE, f"{kind} {order.quote_id}")),
        "order_number": order.order_number,
        "installation_id": installation.id,
        "kind": kind,
        "recipient": installation.email or order.mail_to,
        "language": str(installation.language),
        "content": mail_content(order, installation, *said, now),
        "created_at": to_text(now),
    }


def _facts(order: TariffOrder, quote: Quote, columns: Row) -> dict[str, object]:
    return {
        "tariff": order.tariff.code,
        "effective_on": order.effective_on.isoformat(),
        "net_cents": order.tariff.net_cents,
        "replaces": quote.replaces,
        "digest": order_digest(columns),
    }
