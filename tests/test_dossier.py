"""The dossier of an order: everything there is about it, from one state of the database, and how to check it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from model.audit import Action
from model.order_file import order_file
from model.orders import TariffOrder
from model.store import Store
from tests.examples import NOW, local, objects, order
from tests.letters import customer, pdf_facts, pdf_text, reads_pdf
from ui import i18n
from ui.dossier import Dossier, Section, dossier_paper, write_dossier

AT_NIGHT = local("2026-11-30 23:59:59")
LATER = local("2026-12-02 08:00")


@pytest.fixture(autouse=True)
def _german() -> None:
    i18n.use_language("de")


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def placed(memory: Store) -> TariffOrder:
    """Ordered with two extensions beyond the tariff, after something else had happened."""
    installation = customer(memory, count=9, name="Bäckerei Ährensack")
    memory.add_objects(installation, objects(1, 1, start=50), at(1))
    return order(memory, installation, "C25", at(2), objects(2, 0, start=60))


def made(store: Store, number: int, now: datetime = LATER) -> Dossier:
    return write_dossier(order_file(store, 1, number), now)


def section(dossier: Dossier, title: str) -> Section:
    (found,) = (entry for entry in dossier.sections if entry.title == title)
    return found


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from texts(part)


def deliver(store: Store, answer: str, *, sent: bool) -> None:
    """What a sending program does with what is due."""
    delivery = store.outbox.claim(at(10))
    assert delivery is not None
    (store.outbox.sent if sent else store.outbox.refused)(delivery, answer, at(11))


# ---------------------------------------------------------------------- what belongs to an order


def test_it_has_what_was_done_in_one_transaction_with_the_order_and_nothing_else(
    memory: Store, placed: TariffOrder
) -> None:
    file = order_file(memory, 1, placed.order_number)
    assert [entry.action for entry in file.entries] == [Action.ORDER_PLACED, Action.OBJECTS_CREATED]
    assert [entry.seq for entry in file.entries] == [3, 4]
    assert [mail.order_number for mail in file.mails] == [placed.order_number]


def test_it_follows_the_order_to_its_end(memory: Store, placed: TariffOrder) -> None:
    deliver(memory, "250 OK", sent=True)
    successor = order(memory, 1, "C50", at(20))
    actions = [entry.action for entry in order_file(memory, 1, placed.order_number).entries]
    assert actions[2:] == [Action.MAIL_SENT, Action.ORDER_PLACED, Action.ORDER_SUPERSEDED]
    assert order_file(memory, 1, successor.order_number).order.tariff.name == "Classic 50"


def test_the_hashes_are_those_of_the_history(memory: Store, placed: TariffOrder) -> None:
    known = {entry.seq: entry.hash for entry in memory.audit_entries(1)}
    parts = section(made(memory, placed.order_number), "Verlauf").parts
    assert [part.code for part in parts] == [known[3], known[4]]
    assert all(len(part.code) == 64 for part in parts)
    assert not memory.verify().findings


# ---------------------------------------------------------------------- what it says


def test_it_says_what_was_ordered_when_and_where(memory: Store, placed: TariffOrder) -> None:
    dossier = made(memory, placed.order_number)
    assert dossier.title == "Vorgang zur Bestellung TW-000003"
    assert dossier.subtitle == "Bäckerei Ährensack · Kundennummer K-1 · Stand 02.12.2026, 08:00:00 +01:00"
    rows = dict(section(dossier, "Bestellung").rows)
    assert rows["Bestellt am"] == "22.11.2026, 10:02:00 +01:00"
    assert rows["Zeitzone des Arbeitsplatzes"] == "Europe/Berlin"
    assert rows["Wechsel"] == "Classic 10 → Classic 25"
    assert rows["Status"] == "wirksam"
    assert rows["Bestellinformation an"] == "kunde@example.org"
    assert rows["Kennung der Zusammenfassung"] == placed.quote_id


def test_r21_the_last_second_of_a_month_can_be_told_from_the_first_of_the_next(memory: Store) -> None:
    installation = customer(memory)
    number = order(memory, installation, "C25", AT_NIGHT).order_number
    rows = dict(section(made(memory, number), "Bestellung").rows)
    assert rows["Bestellt am"] == "30.11.2026, 23:59:59 +01:00"
    assert rows["Wirksam und berechnet ab"] == "01.12.2026"


def test_it_shows_what_the_summary_showed(memory: Store, placed: TariffOrder) -> None:
    shown = section(made(memory, placed.order_number), "Was gezeigt und bestellt wurde")
    assert shown.rows == (("Damals genutzt", "12 Nebenstellen und 10 Endgeräte"),)
    assert shown.comparison is not None
    assert shown.comparison.headings == ("bis 30.11.2026", "ab 01.12.2026")
    assert [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in shown.comparison.rows[-1]] == [
        "Brutto im Monat",
        "11,78 €",
        "23,68 €",
    ]


@pytest.mark.parametrize(
    ("day", "states"),
    [
        (at(60), ["bestellt, wirksam ab 01.12.2026"]),
        (LATER, ["bestellt, wirksam ab 01.12.2026", "in Kraft und berechnet"]),
    ],
)
def test_r5_its_states_follow_from_the_day(
    memory: Store, placed: TariffOrder, day: datetime, states: list[str]
) -> None:
    rows = section(made(memory, placed.order_number, day), "Was daraus wurde").rows
    assert [words for _when, words in rows] == states


def test_r29_a_cancellation_is_told_with_its_reason_and_both_mails(memory: Store) -> None:
    installation = customer(memory)
    number = order(memory, installation, "C25", at(2)).order_number
    memory.cancel_order(installation, number, "Kunde hat es sich anders überlegt", at(30))
    dossier = made(memory, number)
    assert section(dossier, "Was daraus wurde").rows == (
        ("22.11.2026, 10:02:00 +01:00", "bestellt, wirksam ab 01.12.2026"),
        ("22.11.2026, 10:30:00 +01:00", "storniert: Kunde hat es sich anders überlegt"),
    )
    assert [part.title for part in section(dossier, "Bestellinformation").parts] == [
        "Bestellbestätigung vom 22.11.2026, 10:02:00 +01:00",
        "Stornierung vom 22.11.2026, 10:30:00 +01:00",
    ]


def test_r26_what_replaced_it_is_named(memory: Store, placed: TariffOrder) -> None:
    order(memory, 1, "C50", at(20))
    rows = section(made(memory, placed.order_number), "Was daraus wurde").rows
    assert rows[1] == ("22.11.2026, 10:20:00 +01:00", "ersetzt durch TW-000005")


def test_every_delivery_is_told_with_the_server_s_words(memory: Store, placed: TariffOrder) -> None:
    deliver(memory, "RECIPIENT: 550 5.1.1 no such user", sent=False)
    (mail,) = memory.mails(1)
    memory.outbox.send_again(mail.message_id, "neu@example.org", at(15))
    (part,) = section(made(memory, placed.order_number), "Bestellinformation").parts
    (first, second) = memory.outbox.of_order(placed.order_number)
    assert part.rows == (
        ("1. Zustellung beauftragt", "22.11.2026, 10:02:00 +01:00 an kunde@example.org"),
        ("nicht zustellbar", "22.11.2026, 10:11:00 +01:00"),
        ("Antwort des Mailservers", "550 5.1.1 no such user"),
        ("Message-ID", first.message_id),
        ("2. Zustellung beauftragt", "22.11.2026, 10:15:00 +01:00 an neu@example.org"),
        ("noch nicht gesendet", "bisherige Versuche: 0"),
        ("Message-ID", second.message_id),
    )
    assert first.message_id != second.message_id


def test_a_mail_that_went_out_says_when(memory: Store, placed: TariffOrder) -> None:
    deliver(memory, "250 2.0.0 OK", sent=True)
    (part,) = section(made(memory, placed.order_number), "Bestellinformation").parts
    assert ("gesendet", "22.11.2026, 10:11:00 +01:00") in part.rows


def test_the_language_is_the_program_s(memory: Store, placed: TariffOrder) -> None:
    i18n.use_language("en")
    dossier = made(memory, placed.order_number)
    assert dossier.title == "Dossier of order TW-000003"
    assert b"/Lang(en-GB)" in dossier_paper(dossier, LATER).pdf()
    i18n.use_language("de")
    german = set(texts(asdict(made(memory, placed.order_number))))
    assert not {text for text in german & set(texts(asdict(dossier))) if " " in text and "Bäckerei" not in text} - {
        "Classic 10",
        "Classic 25",
        "Classic 10 → Classic 25",
    }


# ---------------------------------------------------------------------- as a document


@reads_pdf
def test_the_document_reads_back_whole(memory: Store, placed: TariffOrder, tmp_path: Path) -> None:
    deliver(memory, "250 OK", sent=True)
    dossier = made(memory, placed.order_number)
    document = dossier_paper(dossier, LATER).pdf()
    text = pdf_text(document, tmp_path)
    missing = [words for words in texts(asdict(dossier)) if " ".join(words.split()) not in text]
    assert not missing
    facts = pdf_facts(document, tmp_path)
    assert (facts["Tagged"], facts["Title"]) == ("yes", dossier.title)
    assert facts["Page size"].endswith("(A4)")
    assert f"Seite 1 von {facts['Pages']}" in text


@reads_pdf
def test_a_long_story_goes_over_many_pages(memory: Store, placed: TariffOrder, tmp_path: Path) -> None:
    (mail,) = memory.mails(1)
    for number in range(20):
        delivery = memory.outbox.claim(at(10 + number))
        assert delivery is not None
        memory.outbox.refused(delivery, f"RECIPIENT: {550} {'x' * 400} {number}", at(10 + number))
        memory.outbox.send_again(mail.message_id, "neu@example.org", at(10 + number))
    made_of = made(memory, placed.order_number)
    document = dossier_paper(made_of, LATER).pdf()
    pages = int(pdf_facts(document, tmp_path)["Pages"])
    assert pages > 3
    assert len(dossier_paper(made_of, LATER).pages()) == pages
    assert f"Seite {pages} von {pages}" in pdf_text(document, tmp_path)
