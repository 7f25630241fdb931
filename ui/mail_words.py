"""What became of a mail, in words of the language in use."""

from __future__ import annotations

from datetime import tzinfo

from model.outbox import Delivery, DeliveryEnd, OutboxCounts
from model.provider import MailServer
from model.smtp import Outcome, Trouble, read_answer
from ui import formats
from ui.i18n import _, ngettext


def kind(kept: str) -> str:
    """What a mail is about, by OrderMail.kind."""
    return {"ORDERED": _("Order confirmation"), "CANCELLED": _("Cancellation")}[kept]


def state(delivery: Delivery, zone: tzinfo | None, *, server_ready: bool) -> str:
    """How a delivery stands."""
    if delivery.ending is DeliveryEnd.SENT and delivery.ended_at:
        return _("sent on {instant}").format(instant=formats.instant(delivery.ended_at.astimezone(zone)))
    if delivery.ending is DeliveryEnd.REFUSED:
        return _("undeliverable: {reason}").format(reason=answer(delivery.answer))
    if not server_ready:
        return _("waiting (no mail server set up)")
    if delivery.answer:
        return _("waiting, last try: {reason}").format(reason=answer(delivery.answer))
    return _("waiting")


def state_icon(delivery: Delivery) -> tuple[str, str]:
    """The icon that goes with `state`, and its colour."""
    if delivery.ending is DeliveryEnd.SENT:
        return "check", "success"
    return ("triangle-alert", "danger") if delivery.ending is DeliveryEnd.REFUSED else ("clock", "muted")


def answer(kept: str) -> str:
    """Why a try failed: in our words where they say more than the mail server's."""
    trouble, words = read_answer(kept)
    text = {
        Trouble.ADDRESS: _("the address is not valid"),
        Trouble.UNWRITTEN: _("the message could not be written"),
        Trouble.UNREACHABLE: _("the mail server cannot be reached"),
        Trouble.SILENT: _("the mail server does not answer"),
        Trouble.DISCONNECTED: _("the mail server ended the connection"),
        Trouble.CERTIFICATE: _("the mail server’s certificate cannot be trusted"),
        Trouble.NO_ENCRYPTION: _("the mail server does not encrypt the connection"),
        Trouble.NO_LOGIN: _("the mail server offers no way to log in"),
        Trouble.PASSWORD: _("the mail server does not accept account and password"),
        Trouble.SENDER: _("the mail server does not accept the sender"),
    }.get(trouble, "")
    return _("{text} (“{words}”)").format(text=text, words=words) if text and words else text or words


def why_waiting(server: MailServer, outcome: Outcome | None, *, missing: bool) -> str:
    """Why nothing is sent at the moment, and the next step; empty if everything is in order."""
    if not server.ready:
        return _("No mail server has been set up: e-mails wait until one is entered in the settings under “E-mail”.")
    if missing:
        text = _("The password of {account} is needed. Until it is entered, e-mails wait.")
        return text.format(account=server.account)
    return fault(server, outcome) if outcome is not None else ""


def fault(server: MailServer, outcome: Outcome) -> str:
    """What is wrong with the mail server or its settings, and the next step."""
    words = outcome.words
    text = {
        Trouble.UNREACHABLE: _(
            "{host} cannot be reached. Please check the connection, the server’s name and the port."
        ),
        Trouble.SILENT: _("{host} does not answer. Please check port and encryption."),
        Trouble.DISCONNECTED: _("{host} ended the connection. It will be tried again."),
        Trouble.UNWILLING: _("{host} accepts nothing at the moment. It will be tried again."),
        Trouble.CERTIFICATE: _(
            "The certificate of {host} cannot be trusted; nothing was sent. Please check the server’s name, or ask"
            " whoever runs it."
        ),
        Trouble.NO_ENCRYPTION: _(
            "{host} does not offer this encryption at port {port}; nothing was sent. Please check port and encryption."
        ),
        Trouble.NO_LOGIN: _("{host} offers no way to log in that this program knows. Please ask whoever runs it."),
        Trouble.PASSWORD: _("{host} does not accept account and password. Please enter them again."),
        Trouble.SENDER: _("{host} does not accept the sender {sender}. Please check the sender’s address."),
    }.get(outcome.trouble)
    if text is None:
        return words
    # A port is a name made of digits: no separators.
    text = text.format(host=server.host, port=str(server.port), sender=server.sender)
    if words[:1].isdigit():
        return _("{text} The server says: “{words}”").format(text=text, words=words)
    return _("{text} (“{words}”)").format(text=text, words=words) if words else text


def counts(found: OutboxCounts) -> str:
    """How much isn't delivered, in a few words; empty if there is nothing to be done."""
    parts = []
    if found.refused:
        text = ngettext("{count} undeliverable", "{count} undeliverable", found.refused)
        parts.append(text.format(count=formats.number(found.refused)))
    if found.waiting:
        text = ngettext("{count} e-mail waiting", "{count} e-mails waiting", found.waiting)
        parts.append(text.format(count=formats.number(found.waiting)))
    return " · ".join(parts)
