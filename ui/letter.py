"""The letter about an order: its words, once, for the mail's text and HTML, the PDF and the print."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from model.account import Quote
from model.installation import Language
from model.order_facts import OrderFacts, facts_of_mail, facts_of_quote, one_line
from model.orders import order_label
from model.provider import Provider
from model.records import OrderMail
from model.tariff import Edition, Tariff
from ui import formats, labels
from ui.i18n import _, language, pgettext, speaking

Rows = tuple[tuple[str, str], ...]
NO_COSTS = Decimal(0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The tariffs side by side; every row has a title and then a cell for each heading."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """What a customer reads, in the customer's language; empty parts are left out by whoever shows it.

    `mark` says that a draft is one, `facts` are titles with values, `notes` titles with paragraphs, `sender` groups
    of lines: address, ways to get in touch, register data.
    """

    language: str
    subject: str
    mark: str
    recipient: str
    reference: Rows
    salutation: str
    paragraphs: tuple[str, ...]
    comparison: Comparison
    facts: Rows
    notes: Rows
    closing: str
    signature: str
    sender: tuple[tuple[str, ...], ...]


def write_letter(mail: OrderMail, provider: Provider) -> Letter:
    """The letter about an order or its cancellation, from the mail's snapshot alone (R23)."""
    facts = facts_of_mail(mail)
    write = _cancellation if mail.kind == "CANCELLED" else _confirmation
    with speaking(mail.language):
        return write(facts, provider)


def write_draft(quote: Quote, provider: Provider, reader: Language) -> Letter:
    """What the summary shows, to be kept before anything is ordered (R17)."""
    facts = facts_of_quote(quote)
    with speaking(reader):
        told = ((_("Order information to"), one_line(quote.mail_to)),) if quote.mail_to else ()
        return Letter(
            language=language(),
            subject=_("Summary of the tariff change to {tariff}").format(tariff=facts.target.name),
            mark=_("Draft – not ordered yet"),
            recipient=facts.customer_name,
            reference=((_("Customer number"), facts.customer_number), (_("As of"), _local(facts.told_at))),
            salutation="",
            paragraphs=(_draft_opening(facts), *_would_replace(facts)),
            comparison=compared(facts.current, facts.target, facts.effective_on),
            facts=(*_terms(facts), *told),
            notes=((_("Until then"), _until_then(facts)), (_("If you change your mind"), _draft_cancelling(facts))),
            closing="",
            signature="",
            sender=_sender(provider),
        )


def _confirmation(facts: OrderFacts, provider: Provider) -> Letter:
    day, order = formats.day(facts.effective_on), order_label(facts.order_number or 0)
    opening = _(
        "We confirm your order: your Cloud Telefonanlage changes from {old} to {new} on {day}."
        " The change itself is free of charge."
    ).format(old=facts.current.name, new=facts.target.name, day=formats.written_day(facts.effective_on))
    return Letter(
        language=language(),
        subject=_("Order confirmation {order}: {tariff} from {day}").format(
            order=order, tariff=facts.target.name, day=day
        ),
        mark="",
        recipient=facts.customer_name,
        reference=_reference(facts, (_("Ordered"), _local(facts.placed_at))),
        salutation=_("Dear customer,"),
        paragraphs=(opening, *_replacing(facts)),
        comparison=compared(facts.current, facts.target, facts.effective_on),
        facts=_terms(facts),
        notes=((_("Until then"), _until_then(facts)), (_("If you change your mind"), _cancelling(facts, provider))),
        closing=_("Yours faithfully") if provider.name else "",
        signature=one_line(provider.name),
        sender=_sender(provider),
    )


def _cancellation(facts: OrderFacts, provider: Provider) -> Letter:
    order = order_label(facts.order_number or 0)
    opening = _(
        "We have cancelled your order {order} of {placed}. The change to {new} on {day} does not take place, and"
        " nothing is billed for it. {old} stays in force and is billed as before."
    ).format(
        order=order,
        placed=formats.written_day(facts.placed_at.date()),
        new=facts.target.name,
        day=formats.written_day(facts.effective_on),
        old=facts.current.name,
    )
    return Letter(
        language=language(),
        subject=_("Cancellation of your order {order}").format(order=order),
        mark="",
        recipient=facts.customer_name,
        reference=_reference(facts, (_("Cancelled on"), _local(facts.told_at))),
        salutation=_("Dear customer,"),
        paragraphs=(opening,),
        comparison=Comparison((_("stays in force"),), _tariff_rows((facts.current,))),
        facts=(),
        notes=((_("If you did not want this"), _objecting(order, provider)),),
        closing=_("Yours faithfully") if provider.name else "",
        signature=one_line(provider.name),
        sender=_sender(provider),
    )


# ---------------------------------------------------------------------- parts


def _reference(facts: OrderFacts, when: tuple[str, str]) -> Rows:
    return (
        (_("Order number"), order_label(facts.order_number or 0)),
        (_("Customer number"), facts.customer_number),
        when,
    )


def _terms(facts: OrderFacts) -> Rows:
    """From when, what the change costs, until when it can be taken back (R8, R21, R29)."""
    return (
        (_("Effective and billed from"), formats.long_day(facts.effective_on)),
        (_("One-time cost of the change"), formats.money(NO_COSTS)),
        (_("Can be cancelled until"), formats.long_day(facts.cancellable_until)),
    )


def compared(current: Tariff, target: Tariff, effective_on: date) -> Comparison:
    """The tariff until the change and the one from then on, with limits, net, VAT and gross (R31)."""
    headings = (
        _("until {day}").format(day=formats.day(effective_on - timedelta(days=1))),
        _("from {day}").format(day=formats.day(effective_on)),
    )
    return Comparison(headings, _tariff_rows((current, target)))


def _tariff_rows(tariffs: Iterable[Tariff]) -> tuple[tuple[str, ...], ...]:
    def up_to(limit: int) -> str:
        return _("up to {count}").format(count=formats.number(limit))

    cells: dict[str, Callable[[Tariff], str]] = {
        _("Tariff"): lambda tariff: tariff.name,
        _("Version"): lambda tariff: labels.edition(tariff.edition),
        _("Extensions"): lambda tariff: up_to(tariff.max_extensions),
        _("Devices"): lambda tariff: up_to(tariff.max_devices),
        _("Net a month"): lambda tariff: formats.money(tariff.price.net),
        _("VAT"): lambda tariff: f"{formats.money(tariff.price.vat)} ({formats.percent(tariff.vat_bp)})",
        _("Gross a month"): lambda tariff: formats.money(tariff.price.gross),
    }
    shown = tuple(tariffs)
    return tuple((title, *(text(tariff) for tariff in shown)) for title, text in cells.items())


def _draft_opening(facts: OrderFacts) -> str:
    text = _("This is what changes when you order the change from {old} to {new}. Nothing has been ordered yet.")
    return text.format(old=facts.current.name, new=facts.target.name)


def _would_replace(facts: OrderFacts) -> tuple[str, ...]:
    if facts.replaces is None:
        return ()
    return (_("The new order would replace your order {order}.").format(order=_replaced(facts, facts.replaces)),)


def _replacing(facts: OrderFacts) -> tuple[str, ...]:
    """R26: the mail of a superseding order says so."""
    if facts.replaces is None:
        return ()
    text = _("This order replaces your order {order}; the former order is not carried out any more.")
    return (text.format(order=_replaced(facts, facts.replaces)),)


def _replaced(facts: OrderFacts, order_number: int) -> str:
    order = order_label(order_number)
    if not facts.replaced_tariff:
        return order
    return _("{order} for {tariff}").format(order=order, tariff=facts.replaced_tariff)


def _until_then(facts: OrderFacts) -> str:
    """What holds until the change, and that extras cost nothing until then (R7, R8, R9)."""
    text = _("Until {day}, {tariff} stays in force and is billed as before.")
    words = [text.format(day=formats.written_day(facts.cancellable_until), tariff=facts.current.name)]
    if facts.grows:
        words += _extras(facts)
    if facts.target.edition is not facts.current.edition:
        words.append(_pro_functions(facts))
    elif not facts.grows:
        words.append(_("Nothing changes in your Cloud Telefonanlage until then."))
    return " ".join(words)


def _extras(facts: OrderFacts) -> list[str]:
    text = _(
        "You can use additional extensions and devices at once, {extensions} and {devices} in all;"
        " they are billed only from {day}."
    )
    words = text.format(
        extensions=labels.extensions(facts.usable.extensions),
        devices=labels.devices(facts.usable.devices),
        day=formats.written_day(facts.effective_on),
    )
    beyond = labels.counts(facts.extras)
    if not beyond:
        return [words]
    included = _("This includes what goes beyond {tariff} already: {objects}.")
    return [words, included.format(tariff=facts.current.name, objects=beyond)]


def _pro_functions(facts: OrderFacts) -> str:
    """R7: they come and go with the tariff, not before."""
    if facts.target.edition is Edition.PRO:
        return _("You can use the Pro functions from {day}.").format(day=formats.written_day(facts.effective_on))
    return _("The Pro functions are there until then; {tariff} does not contain them.").format(tariff=facts.target.name)


def _cancelling(facts: OrderFacts, provider: Provider) -> str:
    """Until when and how (R29)."""
    until = _("You can cancel this order up to and including {day}.")
    how = _("Please get in touch {ways} and quote the order number {order}.")
    words = [
        until.format(day=formats.written_day(facts.cancellable_until)),
        how.format(ways=_ways(provider), order=order_label(facts.order_number or 0)),
    ]
    return " ".join([*words, *_removing(facts)])


def _draft_cancelling(facts: OrderFacts) -> str:
    until = _("Once ordered, you can cancel the change up to and including {day}.")
    return " ".join([until.format(day=formats.written_day(facts.cancellable_until)), *_removing(facts)])


def _removing(facts: OrderFacts) -> list[str]:
    """R29: an order can't be cancelled while more exists than the current tariff has."""
    if not facts.grows:
        return []
    text = _("If you have set up more by then than {tariff} contains, please remove it first.")
    return [text.format(tariff=facts.current.name)]


def _objecting(order: str, provider: Provider) -> str:
    text = _("If this cancellation was not what you wanted, please get in touch {ways} and quote the number {order}.")
    return text.format(ways=_ways(provider), order=order)


def _ways(provider: Provider) -> str:
    """How the provider is reached, as far as it is known."""
    phone, email = one_line(provider.phone), one_line(provider.email)
    ways = [_("by telephone on {phone}").format(phone=phone)] if phone else []
    ways += [_("by e-mail to {email}").format(email=email)] if email else []
    if len(ways) == 2:
        return _("{first} or {second}").format(first=ways[0], second=ways[1])
    return ways[0] if ways else _("with us")


def _local(instant: datetime) -> str:
    """An instant on the desk's clock; where only UTC is known, it says so."""
    text = pgettext("letter", "{instant}").format(instant=formats.instant(instant))
    return text if instant.utcoffset() != timedelta(0) else f"{text} (UTC)"


def _sender(provider: Provider) -> tuple[tuple[str, ...], ...]:
    """The provider's address, ways to get in touch and register data; nothing for what isn't known."""
    phone, vat_id = one_line(provider.phone), one_line(provider.vat_id)
    groups = (
        (provider.name, *provider.address.splitlines()),
        (_("Telephone {number}").format(number=phone) if phone else "", provider.email, provider.website),
        (*provider.register.splitlines(), _("VAT ID {number}").format(number=vat_id) if vat_id else ""),
    )
    cleaned = (tuple(filter(None, map(one_line, group))) for group in groups)
    return tuple(group for group in cleaned if group)
