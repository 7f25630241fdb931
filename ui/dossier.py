"""The dossier of an order: what was shown and ordered, what became of it, and what proves it, in one document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from model.audit import AuditEntry
from model.order_facts import facts_of_mail, one_line
from model.order_file import OrderFile
from model.orders import Ending, OrderState, order_label
from model.outbox import Delivery, DeliveryEnd
from model.records import OrderMail
from ui import formats, history, labels, mail_words
from ui.i18n import _, language
from ui.letter import Comparison, Rows, compared
from ui.pdf import REGIONS, Paper


@dataclass(frozen=True, slots=True)
class Part:
    """One thing of several, with a checksum or identification that is to be compared letter by letter."""

    title: str
    rows: Rows
    code: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what belongs to it; whatever is empty is left out."""

    title: str
    rows: Rows = ()
    comparison: Comparison | None = None
    parts: tuple[Part, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """All of it, in the language of the program: it is the provider's own paper."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]


def write_dossier(file: OrderFile, now: datetime) -> Dossier:
    """The dossier as it is at an instant, whose zone every instant in it is told in."""
    subtitle = _("{customer} · customer number {number} · as of {instant}").format(
        customer=one_line(file.account.installation.name),
        number=file.account.installation.customer_number,
        instant=formats.exact_instant(now),
    )
    sections = (
        Section(_("Order"), rows=tuple(_order_rows(file, now))),
        Section(
            _("What was shown and ordered"),
            rows=tuple(_in_use(file)),
            comparison=compared(file.order.previous, file.order.tariff, file.order.effective_on),
        ),
        Section(_("What became of it"), rows=tuple(_states(file, now))),
        Section(_("Order information"), parts=tuple(_mail(file, mail, now) for mail in file.mails)),
        Section(_("History"), parts=tuple(_entry(entry, now) for entry in file.entries)),
        Section(_("How to check this"), words=_checking()),
    )
    return Dossier(_("Dossier of order {order}").format(order=_number(file)), subtitle, sections)


def dossier_paper(dossier: Dossier, now: datetime) -> Paper:
    """The dossier as a document."""
    data = {
        **asdict(dossier),
        "language": language(),
        "region": REGIONS[language()],
        "page": _("Page {page} of {pages}"),
    }
    return Paper("dossier.typ", json.dumps(data, ensure_ascii=False), now)


def _order_rows(file: OrderFile, now: datetime) -> Iterator[tuple[str, str]]:
    order, day = file.order, formats.day
    yield _("Order number"), _number(file)
    yield _("Ordered"), _exact(order.placed_at, now)
    yield _("Time zone of the desk"), order.zone
    yield _("Change"), _("{old} → {new}").format(old=order.previous.name, new=order.tariff.name)
    yield _("Effective and billed from"), day(order.effective_on)
    yield _("Can be cancelled until"), day(order.cancellable_until)
    yield _("Price list"), _("from {day}").format(day=day(order.tariff.price_list))
    yield _("Order information to"), order.mail_to
    yield _("State"), labels.order_state(order, now.date())
    yield _("Summary’s identification"), order.quote_id


def _in_use(file: OrderFile) -> Iterator[tuple[str, str]]:
    """The counts the summary showed, as the order's first mail keeps them."""
    for mail in file.mails:
        if mail.kind == "ORDERED":
            in_use = facts_of_mail(mail).in_use
            counts = {"extensions": labels.extensions(in_use.extensions), "devices": labels.devices(in_use.devices)}
            yield _("In use then"), _("{extensions} and {devices}").format(**counts)


def _states(file: OrderFile, now: datetime) -> Iterator[tuple[str, str]]:
    """When the order was in which state (R5, R6)."""
    order = file.order
    yield (
        _exact(order.placed_at, now),
        _("ordered, to take effect on {day}").format(day=formats.day(order.effective_on)),
    )
    if order.ended_at and order.ending is Ending.CANCELLED:
        yield _exact(order.ended_at, now), _("cancelled: {reason}").format(reason=one_line(order.reason))
    elif order.ended_at:
        yield _exact(order.ended_at, now), labels.order_state(order, now.date())
    elif order.state(now.date()) is OrderState.EFFECTIVE:
        yield formats.day(order.effective_on), _("in force and billed")


def _mail(file: OrderFile, mail: OrderMail, now: datetime) -> Part:
    title = _("{message} of {instant}").format(message=mail_words.kind(mail.kind), instant=_exact(mail.created_at, now))
    rows = [
        row
        for delivery in file.deliveries
        if delivery.mail.message_id == mail.message_id
        for row in _delivery_rows(delivery, now)
    ]
    return Part(title, tuple(rows))


def _delivery_rows(delivery: Delivery, now: datetime) -> Iterator[tuple[str, str]]:
    """When it was asked for, what came of it, the server's words, and the Message-ID it went by."""
    requested = _("{instant} to {address}")
    yield (
        _("Delivery {number} requested").format(number=formats.number(delivery.number)),
        requested.format(instant=_exact(delivery.requested_at, now), address=one_line(delivery.recipient)),
    )
    if delivery.ending is None:
        yield _("not sent yet"), _("tries so far: {count}").format(count=formats.number(delivery.tries))
    elif delivery.ended_at:
        yield (_("sent") if delivery.ending is DeliveryEnd.SENT else _("refused")), _exact(delivery.ended_at, now)
    if delivery.answer:
        yield _("Mail server’s answer"), one_line(mail_words.answer(delivery.answer))
    yield _("Message-ID"), delivery.message_id


def _entry(entry: AuditEntry, now: datetime) -> Part:
    """One entry of the history (R36)."""
    title = _("Entry {number}: {action}").format(number=formats.number(entry.seq), action=labels.action(entry))
    rows = (
        (_("When"), _exact(entry.at, now)),
        (_("Who"), one_line(entry.clerk)),
        (_("What"), one_line(history.details(entry))),
        (_("Reason"), one_line(entry.reason)),
    )
    return Part(title, tuple(row for row in rows if row[1]), entry.hash)


def _checking() -> str:
    return _(
        "“Help” → “Check database” checks every entry of the history. The checksum below an entry is made of the"
        " entry and of the checksum before it: had an entry been changed afterwards, it would differ from the one"
        " printed here."
    )


def _number(file: OrderFile) -> str:
    return order_label(file.order.order_number)


def _exact(instant: datetime, now: datetime) -> str:
    return formats.exact_instant(instant.astimezone(now.tzinfo))
