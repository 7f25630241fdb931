"""The outbox: every mail has deliveries, one after the other, and each is sent at least once by one program at a time.

A program that sends takes a delivery by a lease. Should it be killed, the lease runs out and another try follows: the
customer may get the mail twice, with one Message-ID and the same bytes, but never not at all. Leases and waits are told
by the clock on the wall: while it can't be right (R35) nothing is taken, so that a clock set back never ends a lease
early; and what lies further ahead than any lease or wait can reach was written by a clock that has been set back since,
and holds up nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_string, policy
from enum import StrEnum

from model.audit import Action, Journal
from model.clock import MOST_BEHIND, ClockState, from_text, to_text
from model.email_address import checked_email
from model.engine import Engine, Row
from model.records import OrderMail, mail_from
from model.refusals import StillWaiting

# Longer than the longest try (model.smtp) and two clocks that are both believed to be right.
LEASE = timedelta(minutes=10)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
MOST_LISTED = 2_000
COLUMNS = """
    d.id, d.recipient AS delivered_to, d.requested_at, d.tries, d.next_try_at, d.lease, d.answer, d.ending, d.ended_at,
    (SELECT count(*) FROM delivery e WHERE e.message_id = d.message_id AND e.id <= d.id) AS number,
    o.installation_id, o.message_id, o.order_number, o.kind, o.recipient, o.language, o.created_at, o.content
FROM delivery d JOIN outbox o ON o.message_id = d.message_id
"""
LATEST = "NOT EXISTS (SELECT 1 FROM delivery n WHERE n.message_id = d.message_id AND n.id > d.id)"
DUE = """ending IS NULL AND (next_try_at <= :now OR next_try_at > :furthest_wait)
    AND (lease = '' OR leased_until <= :now OR leased_until > :furthest_lease)"""


class DeliveryEnd(StrEnum):
    """How a delivery ended: the mail server took it, or never will."""

    SENT = "SENT"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail on its way to one address; `number` counts the mail's deliveries, `answer` is what the last try gave."""

    id: int
    number: int
    mail: OrderMail
    installation_id: int
    recipient: str
    requested_at: datetime
    tries: int
    next_try_at: datetime
    lease: str
    answer: str
    ending: DeliveryEnd | None
    ended_at: datetime | None

    @property
    def message_id(self) -> str:
        """The same for all tries; another for each delivery, or mailboxes would drop a mail sent again as known."""
        if self.number == 1:
            return self.mail.message_id
        return str(uuid.uuid5(uuid.UUID(self.mail.message_id), str(self.number)))


def latest_of_each(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """The latest delivery of each mail, the mails in the order they were written."""
    latest = {delivery.mail.message_id: delivery for delivery in sorted(deliveries, key=lambda entry: entry.id)}
    return sorted(latest.values(), key=lambda entry: entry.mail.created_at)


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many mails wait, and how many were refused and not sent again."""

    waiting: int
    refused: int


class Outbox:
    """What waits, what was sent and what was refused; every end leaves an entry in the history."""

    def __init__(self, engine: Engine, journal: Journal) -> None:
        self._engine = engine
        self._journal = journal

    def claim(self, now: datetime) -> Delivery | None:
        """Take what is due earliest, for LEASE; None if nothing is due or the clock can't be right (R35)."""
        with self._engine.write():
            if self._journal.clock_state(now) is not ClockState.RIGHT:
                return None
            taken = self._engine.query(
                f"""UPDATE delivery SET lease = :lease, leased_until = :until, tries = tries + 1
                    WHERE id = (SELECT id FROM delivery WHERE {DUE} ORDER BY next_try_at, id LIMIT 1) RETURNING id""",
                {**_bounds(now), "lease": str(uuid.uuid4()), "until": to_text(now + LEASE)},
            )
            return self._found("WHERE d.id = :id", taken[0])[0] if taken else None

    def is_due(self, now: datetime) -> bool:
        """Whether there is anything to claim."""
        return bool(self._engine.query(f"SELECT id FROM delivery WHERE {DUE} LIMIT 1", _bounds(now)))

    def message(self, delivery: Delivery) -> str:
        """What is kept of the message; empty before the first try."""
        rows = self._engine.query("SELECT message FROM delivery WHERE id = :id", {"id": delivery.id})
        return str(rows[0]["message"]) if rows else ""

    def keep_message(self, delivery: Delivery, text: str) -> str:
        """Keep what is about to be sent, unless something is kept already; what is to be sent, now and ever after."""
        with self._engine.write():
            self._engine.execute(
                "UPDATE delivery SET message = :text WHERE id = :id AND ending IS NULL AND message = ''",
                {"id": delivery.id, "text": text},
            )
            return self.message(delivery)

    def sent(self, delivery: Delivery, answer: str, now: datetime) -> None:
        """The server took it: that stays true even if the lease ran out meanwhile."""
        self._end(delivery, DeliveryEnd.SENT, answer, now, "ending IS NULL")

    def refused(self, delivery: Delivery, answer: str, now: datetime) -> None:
        """The server will never take it."""
        self._end(delivery, DeliveryEnd.REFUSED, answer, now, "ending IS NULL AND lease = :lease")

    def deferred(
        self, delivery: Delivery, answer: str, now: datetime, *, longest: timedelta = LONGEST_WAIT, forget: bool = False
    ) -> None:
        """Not this time: when to try again, twice as long after each try, from FIRST_WAIT to `longest`.

        `forget` lets a message go of which nothing has left this computer: the next try may say who it is from anew.
        """
        again = now + min(longest, FIRST_WAIT * (1 << min(delivery.tries - 1, 16)))
        with self._engine.write():
            self._engine.execute(
                """UPDATE delivery SET lease = '', leased_until = '', answer = :answer, next_try_at = :again,
                       message = CASE WHEN :forget = 1 THEN '' ELSE message END
                   WHERE id = :id AND ending IS NULL AND lease = :lease""",
                {
                    "id": delivery.id,
                    "lease": delivery.lease,
                    "answer": answer,
                    "again": to_text(again),
                    "forget": int(forget),
                },
            )

    def hurry(self, now: datetime) -> None:
        """Whatever waits for a later try is due now: what stood in the way may be gone."""
        with self._engine.write():
            self._engine.execute(
                "UPDATE delivery SET next_try_at = :now WHERE ending IS NULL AND next_try_at > :now",
                {"now": to_text(now)},
            )

    def send_again(self, message_id: str, recipient: str, now: datetime) -> None:
        """A new delivery of a mail, after the one before has ended; raises StillWaiting, InvalidInput."""
        recipient = checked_email(recipient)
        with self._engine.write():
            former = self._found(f"WHERE d.message_id = :message_id AND {LATEST}", {"message_id": message_id})[0]
            if former.ending is None:
                raise StillWaiting
            at = to_text(now)
            self._engine.insert(
                "delivery",
                {"message_id": message_id, "recipient": recipient, "requested_at": at, "next_try_at": at},
            )
            self._note(Action.MAIL_AGAIN, former, now)

    def of_order(self, order_number: int) -> list[Delivery]:
        """The deliveries of an order's mails, in the order they were asked for."""
        return self._found("WHERE o.order_number = :number ORDER BY d.id", {"number": order_number})

    def of_installation(self, installation_id: int) -> list[Delivery]:
        """The deliveries of an installation's mails, in the order they were asked for."""
        # By its orders: mails themselves are found by order alone, and reading all of them takes long.
        of_orders = "SELECT order_number FROM tariff_order WHERE installation_id = :id"
        return self._found(f"WHERE o.order_number IN ({of_orders}) ORDER BY d.id", {"id": installation_id})

    def unfinished(self) -> list[Delivery]:
        """What waits, and what was refused and not sent again; the oldest MOST_LISTED of them."""
        return self._found(
            f"WHERE d.ending IS NULL OR (d.ending = 'REFUSED' AND {LATEST}) ORDER BY d.id LIMIT :most",
            {"most": MOST_LISTED},
        )

    def counts(self) -> OutboxCounts:
        """How much isn't delivered."""
        if not self._engine.has_table("delivery"):
            return OutboxCounts(0, 0)
        (row,) = self._engine.query(
            f"""SELECT (SELECT count(*) FROM delivery WHERE ending IS NULL) AS waiting,
                       (SELECT count(*) FROM delivery d WHERE d.ending = 'REFUSED' AND {LATEST}) AS refused"""
        )
        return OutboxCounts(row["waiting"], row["refused"])

    def _end(self, delivery: Delivery, ending: DeliveryEnd, answer: str, now: datetime, condition: str) -> None:
        """The letter stays as the customer read it; what was attached can be made again."""
        with self._engine.write():
            ended = self._engine.execute(
                f"""UPDATE delivery SET ending = :ending, ended_at = :at, answer = :answer, message = :message,
                        lease = '', leased_until = ''
                    WHERE id = :id AND {condition}""",
                {
                    "id": delivery.id,
                    "lease": delivery.lease,
                    "ending": str(ending),
                    "at": to_text(now),
                    "answer": answer,
                    "message": without_attachments(self.message(delivery)),
                },
            )
            if ended:
                self._note(Action.MAIL_SENT if ending is DeliveryEnd.SENT else Action.MAIL_REFUSED, delivery, now)

    def _note(self, action: Action, delivery: Delivery, now: datetime) -> None:
        mail = delivery.mail
        facts = {"order": mail.order_number, "kind": mail.kind, "message_id": mail.message_id}
        self._journal.note(action, now, delivery.installation_id, after=facts)

    def _found(self, clauses: str, parameters: Row) -> list[Delivery]:
        if not self._engine.has_table("delivery"):
            return []
        return self._engine.values(_delivery_from, f"SELECT {COLUMNS} {clauses}", parameters)


def without_attachments(text: str) -> str:
    """A message as its reader sees it: its words, and not the files attached."""
    message = message_from_string(text, policy=policy.SMTP)
    for part in message.walk():
        if part.is_multipart():
            part.set_payload([inner for inner in part.iter_parts() if not inner.is_attachment()])
    return message.as_string() if text else ""


def _bounds(now: datetime) -> Row:
    """What is due at an instant, and beyond which nothing can have been written by a clock that was right."""
    return {
        "now": to_text(now),
        "furthest_wait": to_text(now + LONGEST_WAIT + MOST_BEHIND),
        "furthest_lease": to_text(now + LEASE + MOST_BEHIND),
    }


def _delivery_from(row: Row) -> Delivery:
    return Delivery(
        row["id"],
        row["number"],
        mail_from(row),
        row["installation_id"],
        row["delivered_to"],
        from_text(row["requested_at"]),
        row["tries"],
        from_text(row["next_try_at"]),
        row["lease"],
        row["answer"],
        DeliveryEnd(row["ending"]) if row["ending"] else None,
        from_text(row["ended_at"]) if row["ended_at"] else None,
    )
