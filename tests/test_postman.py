"""What the postman makes of a try: sent, refused, later; a mail that can't be written holds up no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from model.clock import to_text
from model.outbox import FIRST_WAIT, Delivery, DeliveryEnd
from model.postman import LONGEST_SERVER_WAIT, Compose, Postman
from model.provider import MailServer
from model.smtp import Verdict
from model.sqlite_engine import SqliteEngine
from model.store import Store
from tests.examples import EMAIL, NOW, FixedClock, install, order
from tests.sending_child import compose
from tests.smtp_server import Mailbox, free_port, mail_server, trusting


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[MailServer]:
    with mail_server(mailbox) as running:
        yield running


def postman(store: Store, clock: FixedClock, write: Compose = compose) -> Postman:
    return Postman(store.outbox, store.settings, clock, write, trusting())


def only(store: Store) -> Delivery:
    (delivery,) = store.outbox.of_installation(1)
    return delivery


def test_nothing_due_is_nothing_done(memory: Store, clock: FixedClock, server: MailServer) -> None:
    assert postman(memory, clock).deliver_one(server, "") is None
    order(memory, install(memory), "C25")
    carrier = postman(memory, clock)
    carrier.stop(0)
    assert carrier.deliver_one(server, "") is None
    assert only(memory).tries == 0


def test_an_address_nobody_can_write_to_is_refused_without_a_try(
    store: Store, engine: SqliteEngine, clock: FixedClock, mailbox: Mailbox, server: MailServer
) -> None:
    """A database from before the check may hold one."""
    order(store, install(store), "C25")
    first = store.outbox.claim(NOW)
    assert first
    store.outbox.sent(first, "250 OK", NOW)
    with engine.write():
        row = {"message_id": first.mail.message_id, "recipient": "a@b.de, evil@x.de"}
        engine.insert("delivery", {**row, "requested_at": to_text(NOW), "next_try_at": to_text(NOW)})
    outcome = postman(store, clock).deliver_one(server, "")
    assert outcome
    assert (outcome.verdict, mailbox.received) == (Verdict.REFUSED, [])
    assert store.outbox.of_installation(1)[-1].answer == "ADDRESS"


def test_after_the_message_was_handed_over_every_try_sends_the_same(
    memory: Store, clock: FixedClock, mailbox: Mailbox, server: MailServer
) -> None:
    order(memory, install(memory), "C25")
    for reply in ("452 4.3.1 later", "451 4.3.0 later", "250 OK"):
        mailbox.replies = {"CONTENT": reply}
        assert postman(memory, clock).deliver_one(server, "")
        clock.instant += timedelta(hours=1)
    assert len(mailbox.received) == 3
    assert len({entry.content for entry in mailbox.received}) == 1
    assert only(memory).ending is DeliveryEnd.SENT


def test_before_it_was_handed_over_the_message_may_change(
    memory: Store, clock: FixedClock, mailbox: Mailbox, server: MailServer
) -> None:
    """Else a sender that was wrong would stay in the mails that wait."""
    order(memory, install(memory), "C25")
    mailbox.replies = {"RECIPIENT": "451 4.7.1 greylisted"}
    postman(memory, clock).deliver_one(server, "")
    assert memory.outbox.message(only(memory)) == ""
    assert only(memory).next_try_at == NOW + FIRST_WAIT


def test_a_server_that_is_away_for_long_finds_the_mails_soon_after(memory: Store, clock: FixedClock) -> None:
    order(memory, install(memory), "C25")
    away = MailServer("localhost", free_port(), sender=EMAIL)
    for _try in range(8):
        outcome = postman(memory, clock).deliver_one(away, "")
        assert outcome
        assert outcome.verdict is Verdict.SERVER_FAULT
        waits = only(memory).next_try_at - clock.instant
        clock.instant = only(memory).next_try_at
    assert waits == LONGEST_SERVER_WAIT


@pytest.mark.parametrize("fault", ["raises", "not 7-bit"])
def test_a_mail_that_cannot_be_written_holds_up_no_other(
    memory: Store, clock: FixedClock, mailbox: Mailbox, server: MailServer, fault: str
) -> None:
    order(memory, install(memory), "C25")
    order(memory, install(memory, number="K-2"), "C50")

    def write(mail, provider, server, message_id, recipient, now):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        if mail.content["customer_number"] == "K-1":
            return "Grüße" if fault == "not 7-bit" else 1 / 0
        return compose(mail, provider, server, message_id, recipient, now)

    carrier = postman(memory, clock, write)
    with pytest.raises((ZeroDivisionError, UnicodeEncodeError)):
        carrier.deliver_one(server, "")
    outcome = carrier.deliver_one(server, "")
    assert outcome
    assert outcome.verdict is Verdict.SENT
    assert (only(memory).answer, only(memory).lease) == ("UNWRITTEN", "")
    assert len(mailbox.received) == 1
