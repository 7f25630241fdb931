"""Mails wait, are leased to one program at a time, and end as sent or refused; leases and waits obey the clock."""

from __future__ import annotations

import uuid
from datetime import timedelta
from email import message_from_string
from email.message import EmailMessage
from pathlib import Path

import pytest

from model.audit import Action
from model.engine import Engine
from model.outbox import FIRST_WAIT, LEASE, LONGEST_WAIT, DeliveryEnd, OutboxCounts
from model.refusals import InvalidInput, StillWaiting
from model.store import Store, open_store
from tests.examples import EMAIL, NOW, REFUSED, install, order

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SCHEMAS = Path(__file__).with_name("schemas")


def letter(words: str = "Guten Tag") -> str:
    message = EmailMessage()
    message["Subject"] = "Ihre Bestellung"
    message.set_content(words)
    message.add_alternative(f"<p>{words}</p>", subtype="html")
    message.add_attachment(b"%PDF" * 1000, maintype="application", subtype="pdf", filename="Zusammenfassung.pdf")
    return message.as_string()


def actions(store: Store, installation: int) -> list[Action]:
    return [entry.action for entry in store.audit_entries(installation)]


def test_an_order_waits_and_is_claimed_once(store: Store) -> None:
    installation = install(store, "C10", 3)
    placed = order(store, installation, "C25")
    assert store.outbox.counts() == OutboxCounts(1, 0)
    assert store.outbox.is_due(NOW)
    delivery = store.outbox.claim(NOW)
    assert delivery
    assert (delivery.mail.order_number, delivery.recipient, delivery.tries) == (placed.order_number, EMAIL, 1)
    assert delivery.message_id == delivery.mail.message_id
    assert not store.outbox.is_due(NOW)
    assert store.outbox.claim(NOW + LEASE - MINUTE) is None


def test_the_earliest_goes_first(store: Store) -> None:
    numbers = [
        order(store, install(store, number=f"K-{n}", now=NOW + n * MINUTE), "C25", NOW + n * MINUTE).order_number
        for n in range(3)
    ]
    claimed = [store.outbox.claim(NOW + 3 * MINUTE) for _ in numbers]
    assert [delivery.mail.order_number for delivery in claimed if delivery] == numbers


def test_an_installation_has_the_mails_of_its_own_orders_alone(store: Store) -> None:
    one, other, without = (install(store, number=f"K-{n}") for n in range(3))
    placed = [order(store, installation, "C25").order_number for installation in (one, other)]
    placed.append(order(store, one, "C50").order_number)
    for installation, numbers in ((one, [placed[0], placed[2]]), (other, [placed[1]]), (without, [])):
        assert [entry.mail.order_number for entry in store.outbox.of_installation(installation)] == numbers
        assert [mail.order_number for mail in store.mails(installation)] == numbers


def test_a_lease_that_ran_out_is_taken_over_and_the_former_holder_changes_nothing(store: Store) -> None:
    order(store, install(store), "C25")
    first = store.outbox.claim(NOW)
    second = store.outbox.claim(NOW + LEASE)
    assert first
    assert second
    assert (second.id, second.tries, first.lease == second.lease) == (first.id, 2, False)
    store.outbox.deferred(first, "SILENT", NOW + LEASE)
    store.outbox.refused(first, "RECIPIENT: 550", NOW + LEASE)
    assert store.outbox.claim(NOW + LEASE + MINUTE) is None
    assert store.outbox.of_installation(1)[0].ending is None


def test_what_was_sent_is_sent_whoever_holds_the_lease(store: Store) -> None:
    installation = install(store)
    order(store, installation, "C25")
    first, _second = store.outbox.claim(NOW), store.outbox.claim(NOW + LEASE)
    assert first
    store.outbox.sent(first, "250 OK", NOW + LEASE)
    (delivery,) = store.outbox.of_installation(installation)
    assert (delivery.ending, delivery.answer, delivery.ended_at) == (DeliveryEnd.SENT, "250 OK", NOW + LEASE)
    store.outbox.sent(delivery, "250 again", NOW + 2 * LEASE)
    assert store.outbox.of_installation(installation) == [delivery]
    assert actions(store, installation).count(Action.MAIL_SENT) == 1
    assert store.verify().findings == ()


def test_r35_nothing_is_claimed_while_the_clock_cannot_be_right(store: Store) -> None:
    """A clock set back would make leases and waits seem long, one set ahead would end them early."""
    order(store, install(store, now=NOW - DAY), "C25", NOW - DAY)
    store.confirm_clock(NOW)
    assert store.outbox.claim(NOW - 6 * MINUTE) is None
    assert store.outbox.claim(NOW + 46 * DAY) is None
    assert store.outbox.claim(NOW - 4 * MINUTE)


def test_r35_a_clock_set_back_ends_no_lease(store: Store) -> None:
    order(store, install(store), "C25")
    assert store.outbox.claim(NOW + 4 * MINUTE)
    for minutes in (-4, 0, 3, 13):
        assert store.outbox.claim(NOW + minutes * MINUTE) is None


def test_r35_what_a_wrong_clock_wrote_holds_up_nothing(store: Store) -> None:
    """A clock that was days ahead, and nothing but the lease or the wait was written with it."""
    order(store, install(store), "C25")
    assert store.outbox.claim(NOW + 3 * DAY)
    delivery = store.outbox.claim(NOW)
    assert delivery
    store.outbox.deferred(delivery, "SILENT", NOW + 3 * DAY)
    assert store.outbox.claim(NOW)


def test_waits_grow_from_a_minute_to_six_hours(store: Store) -> None:
    order(store, install(store), "C25")
    now, waits = NOW, []
    for _try in range(12):
        delivery = store.outbox.claim(now)
        assert delivery
        store.outbox.deferred(delivery, "RECIPIENT: 451 later", now)
        next_try = store.outbox.of_order(delivery.mail.order_number)[0].next_try_at
        waits.append(next_try - now)
        assert store.outbox.claim(next_try - timedelta(seconds=1)) is None
        now = next_try
    assert waits[:4] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT, 8 * FIRST_WAIT]
    assert waits[9:] == [LONGEST_WAIT] * 3


def test_hurry_makes_all_due_but_breaks_no_lease(store: Store) -> None:
    for number in ("K-1", "K-2"):
        order(store, install(store, number=number), "C25")
    first, second = store.outbox.claim(NOW), store.outbox.claim(NOW)
    assert first
    assert second
    store.outbox.deferred(first, "SILENT", NOW)
    store.outbox.hurry(NOW)
    again = store.outbox.claim(NOW)
    assert again
    assert again.id == first.id
    assert store.outbox.claim(NOW) is None


def test_a_message_is_kept_as_it_was_first_written(store: Store) -> None:
    order(store, install(store), "C25")
    delivery = store.outbox.claim(NOW)
    assert delivery
    assert store.outbox.message(delivery) == ""
    assert store.outbox.keep_message(delivery, "first") == "first"
    assert store.outbox.keep_message(delivery, "second") == "first"
    store.outbox.deferred(delivery, "DISCONNECTED", NOW)
    assert store.outbox.message(delivery) == "first"


def test_a_message_that_never_left_may_be_written_anew(store: Store) -> None:
    order(store, install(store), "C25")
    delivery = store.outbox.claim(NOW)
    assert delivery
    store.outbox.keep_message(delivery, "with the wrong sender")
    store.outbox.deferred(delivery, "SENDER: 553", NOW, forget=True)
    assert store.outbox.message(delivery) == ""


@pytest.mark.parametrize("ending", list(DeliveryEnd))
def test_what_ended_keeps_its_words_and_not_its_attachments(store: Store, ending: DeliveryEnd) -> None:
    order(store, install(store), "C25")
    delivery = store.outbox.claim(NOW)
    assert delivery
    store.outbox.keep_message(delivery, letter("Grüße aus Köln"))
    end = store.outbox.sent if ending is DeliveryEnd.SENT else store.outbox.refused
    end(delivery, "an answer", NOW)
    kept = message_from_string(store.outbox.message(delivery))
    assert [part.get_content_type() for part in kept.walk() if not part.is_multipart()] == ["text/plain", "text/html"]
    texts = [part.get_payload(decode=True) for part in kept.walk() if not part.is_multipart()]
    assert all(isinstance(text, bytes) and "Grüße aus Köln" in text.decode() for text in texts)
    assert kept["Subject"] == "Ihre Bestellung"


def test_a_refused_mail_is_sent_again_as_another_message(store: Store) -> None:
    installation = install(store)
    placed = order(store, installation, "C25")
    delivery = store.outbox.claim(NOW)
    assert delivery
    with pytest.raises(StillWaiting):
        store.outbox.send_again(delivery.mail.message_id, "neu@example.org", NOW)
    store.outbox.refused(delivery, "RECIPIENT: 550 5.1.1 No such user", NOW)
    assert store.outbox.counts() == OutboxCounts(0, 1)
    assert [entry.recipient for entry in store.outbox.unfinished()] == [EMAIL]
    with pytest.raises(InvalidInput):
        store.outbox.send_again(delivery.mail.message_id, "a@b.de, evil@x.de", NOW)
    store.outbox.send_again(delivery.mail.message_id, "neu@example.org", NOW + HOUR)
    assert store.outbox.counts() == OutboxCounts(1, 0)
    again = store.outbox.claim(NOW + HOUR)
    assert again
    assert (again.number, again.recipient, again.mail) == (2, "neu@example.org", delivery.mail)
    assert again.message_id == str(uuid.uuid5(uuid.UUID(delivery.mail.message_id), "2"))
    store.outbox.sent(again, "250 OK", NOW + HOUR)
    assert [entry.recipient for entry in store.outbox.of_order(placed.order_number)] == [EMAIL, "neu@example.org"]
    assert actions(store, installation)[:3] == [Action.MAIL_SENT, Action.MAIL_AGAIN, Action.MAIL_REFUSED]
    assert "@" not in str([(entry.before, entry.after) for entry in store.audit_entries(installation)])
    assert store.verify().findings == ()


def test_an_ended_delivery_stays_as_it_is(store: Store, engine: Engine) -> None:
    order(store, install(store), "C25")
    delivery = store.outbox.claim(NOW)
    assert delivery
    store.outbox.sent(delivery, "250 OK", NOW)
    for change in ("UPDATE delivery SET answer = 'x'", "DELETE FROM delivery"):
        with pytest.raises(REFUSED), engine.write():
            engine.execute(change)


def test_mails_of_a_database_from_before_wait_too(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "office.db"
    with sqlite3.connect(path) as connection:
        connection.executescript((SCHEMAS / "001.sql").read_text(encoding="utf-8"))
    connection.close()
    reading = open_store(path, read_only=True)
    assert (reading.outbox.unfinished(), reading.outbox.counts()) == ([], OutboxCounts(0, 0))
    assert reading.settings.mail_server().ready is False
    reading.close()
    store = open_store(path, now=NOW)
    assert store.outbox.counts() == OutboxCounts(2, 0)
    claimed = [store.outbox.claim(NOW + HOUR) for _ in range(2)]
    assert [delivery.mail.order_number for delivery in claimed if delivery] == [2, 3]
    store.close()
