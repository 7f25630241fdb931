"""What a customer reads about an order: every fact the rules ask for, from the snapshot alone, in both languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC
from typing import Any

import pytest

from model.installation import Customer, Language
from model.provider import Provider
from model.records import OrderMail
from model.store import Store
from tests.examples import NOW, local, objects, order, quote, tariff
from tests.letters import NO_PROVIDER, PROVIDER, cancelled, customer, ordered, replaced
from ui import formats, i18n
from ui.letter import Letter, write_draft, write_letter

GERMAN, ENGLISH = Language.GERMAN, Language.ENGLISH


@pytest.fixture(autouse=True, params=i18n.LANGUAGES)
def _program(request: pytest.FixtureRequest) -> Iterator[None]:
    """A letter speaks the customer's language, whichever the program speaks."""
    i18n.use_language(request.param)
    yield
    i18n.use_language("de")


def texts(value: Any) -> Iterator[str]:
    """Every text in a letter."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from texts(part)


def plain(text: str) -> str:
    """With ordinary blanks only."""
    return unicodedata.normalize("NFKC", text)


def words(letter: Letter) -> str:
    return plain("\n".join(texts(asdict(letter))))


def row(letter: Letter, title: str) -> list[str]:
    (found,) = (cells for cells in letter.comparison.rows if cells[0] == title)
    return [plain(cell) for cell in found[1:]]


def fact(letter: Letter, title: str) -> str:
    return plain(dict((*letter.reference, *letter.facts))[title])


def note(letter: Letter, title: str) -> str:
    return plain(dict(letter.notes)[title])


# ---------------------------------------------------------------------- an order


def test_it_says_in_its_first_sentence_what_was_ordered(memory: Store) -> None:
    letter = write_letter(ordered(memory), PROVIDER)
    assert letter.subject == "Bestellbestätigung TW-000002: Classic 25 ab 01.12.2026"
    assert letter.salutation == "Guten Tag,"
    assert plain(letter.paragraphs[0]) == (
        "wir bestätigen Ihre Bestellung: Ihre Cloud Telefonanlage wechselt am 1. Dezember 2026 von Classic 10 zu"
        " Classic 25. Der Wechsel selbst ist kostenlos."
    )


def test_r17_old_and_new_tariff_with_limits_net_vat_and_gross(memory: Store) -> None:
    letter = write_letter(ordered(memory), PROVIDER)
    assert letter.comparison.headings == ("bis 30.11.2026", "ab 01.12.2026")
    assert row(letter, "Tarif") == ["Classic 10", "Classic 25"]
    assert row(letter, "Nebenstellen") == ["bis zu 10", "bis zu 25"]
    assert row(letter, "Endgeräte") == ["bis zu 10", "bis zu 25"]
    assert row(letter, "Netto im Monat") == ["9,90 €", "19,90 €"]
    assert row(letter, "Umsatzsteuer") == ["1,88 € (19 %)", "3,78 € (19 %)"]
    assert row(letter, "Brutto im Monat") == ["11,78 €", "23,68 €"]


def test_r31_vat_is_rounded_half_up(memory: Store) -> None:
    letter = write_letter(ordered(memory, "C20", "C25"), PROVIDER)
    assert row(letter, "Netto im Monat")[0] == "14,50 €"
    assert row(letter, "Umsatzsteuer")[0] == "2,76 € (19 %)"
    assert row(letter, "Brutto im Monat")[0] == "17,26 €"


def test_the_numbers_to_quote_are_there(memory: Store) -> None:
    letter = write_letter(ordered(memory, name="Bäckerei Ährensack"), PROVIDER)
    assert letter.recipient == "Bäckerei Ährensack"
    assert fact(letter, "Bestellnummer") == "TW-000002"
    assert fact(letter, "Kundennummer") == "K-1"
    assert fact(letter, "Bestellt am") == "22.11.2026, 10:00 Uhr"


def test_r8_the_change_costs_nothing(memory: Store) -> None:
    assert fact(write_letter(ordered(memory), PROVIDER), "Einmalige Kosten des Wechsels") == "0,00 €"


def test_r21_the_effective_date_is_written_out(memory: Store) -> None:
    letter = write_letter(ordered(memory), PROVIDER)
    assert fact(letter, "Wirksam und berechnet ab") == "Dienstag, 1. Dezember 2026"


def test_r21_the_desk_s_clock_decides_which_day_it_was_ordered(memory: Store) -> None:
    installation = customer(memory)
    order(memory, installation, "C25", local("2026-12-01 00:00:30"))
    letter = write_letter(memory.mails(installation)[-1], PROVIDER)
    assert fact(letter, "Bestellt am") == "01.12.2026, 00:00 Uhr"
    assert fact(letter, "Wirksam und berechnet ab") == "Freitag, 1. Januar 2027"


def test_an_instant_is_told_in_its_own_zone_also_after_it_was_told_in_another() -> None:
    assert formats.instant(NOW.astimezone(UTC)) != formats.instant(NOW)


def test_r29_until_when_and_how_it_can_be_cancelled(memory: Store) -> None:
    letter = write_letter(ordered(memory), PROVIDER)
    assert fact(letter, "Stornierbar bis") == "Montag, 30. November 2026"
    assert note(letter, "Wenn Sie es sich anders überlegen") == (
        "Sie können diese Bestellung bis einschließlich 30. November 2026 stornieren. Melden Sie sich dazu bitte"
        " telefonisch unter 030 123456-0 oder per E-Mail an service@example.com und nennen Sie die Bestellnummer"
        " TW-000002. Haben Sie bis dahin mehr eingerichtet, als Classic 10 enthält, entfernen Sie es bitte vorher."
    )


@pytest.mark.parametrize(
    ("provider", "ways"),
    [
        (Provider(phone="030 1"), "bitte telefonisch unter 030 1 und nennen"),
        (Provider(email="a@example.com"), "bitte per E-Mail an a@example.com und nennen"),
        (NO_PROVIDER, "bitte bei uns und nennen"),
    ],
)
def test_r29_only_ways_that_are_known_are_named(memory: Store, provider: Provider, ways: str) -> None:
    assert ways in note(write_letter(ordered(memory), provider), "Wenn Sie es sich anders überlegen")


def test_r7_more_can_be_used_at_once_and_is_billed_from_the_change(memory: Store) -> None:
    assert note(write_letter(ordered(memory), PROVIDER), "Bis dahin") == (
        "Bis einschließlich 30. November 2026 bleibt Classic 10 in Kraft und wird wie bisher berechnet. Zusätzliche"
        " Nebenstellen und Endgeräte können Sie sofort nutzen, insgesamt 25 Nebenstellen und 25 Endgeräte; berechnet"
        " werden sie erst ab dem 1. Dezember 2026."
    )


def test_r9_extras_in_use_already_are_named(memory: Store) -> None:
    text = note(write_letter(ordered(memory, count=11), PROVIDER), "Bis dahin")
    assert text.endswith(
        "Das gilt auch für das, was schon jetzt über Classic 10 hinausgeht: 1 Nebenstelle und 1 Endgerät."
    )


def test_r7_a_smaller_tariff_lowers_nothing_early(memory: Store) -> None:
    letter = write_letter(ordered(memory, "C25", "C10"), PROVIDER)
    assert note(letter, "Bis dahin").endswith("An Ihrer Cloud Telefonanlage ändert sich bis dahin nichts.")
    assert "sofort" not in words(letter)
    assert "vorher" not in words(letter)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("C10", "P10", "Die Pro-Funktionen können Sie ab dem 1. Dezember 2026 nutzen."),
        ("P10", "C10", "Die Pro-Funktionen stehen bis dahin bereit; Classic 10 enthält sie nicht."),
    ],
)
def test_r7_pro_functions_change_with_the_tariff(memory: Store, old: str, new: str, sentence: str) -> None:
    assert note(write_letter(ordered(memory, old, new), PROVIDER), "Bis dahin").endswith(sentence)


def test_r16_a_mixed_change_is_told_whole(memory: Store) -> None:
    letter = write_letter(ordered(memory, "P10", "C25"), PROVIDER)
    text = note(letter, "Bis dahin")
    assert "insgesamt 25 Nebenstellen und 25 Endgeräte" in text
    assert "Classic 25 enthält sie nicht" in text
    assert row(letter, "Version") == ["Pro", "Classic"]


def test_r26_a_superseding_order_says_what_it_replaces(memory: Store) -> None:
    letter = write_letter(replaced(memory), PROVIDER)
    assert letter.paragraphs[1] == (
        "Diese Bestellung ersetzt Ihre Bestellung TW-000002 (Classic 25); die frühere Bestellung wird nicht mehr"
        " ausgeführt."
    )
    assert row(letter, "Tarif") == ["Classic 10", "Classic 50"]


def test_r23_what_changes_later_doesn_t_change_the_letter(memory: Store) -> None:
    mail = ordered(memory)
    before = write_letter(mail, PROVIDER)
    memory.change_customer(1, Customer("K-9", "Ganz anders AG", "neu@example.org", ENGLISH), NOW)
    memory.remove_objects(1, _everything(memory), NOW)
    assert write_letter(memory.mails(1)[-1], PROVIDER) == before


def _everything(store: Store) -> Any:
    from model.store import Removal

    account = store.account(1)
    return Removal(tuple(entry.id for entry in account.extensions), tuple(entry.id for entry in account.devices))


# ---------------------------------------------------------------------- a cancellation


def test_r29_a_cancellation_says_what_is_cancelled_and_what_stays(memory: Store) -> None:
    letter = write_letter(cancelled(memory), PROVIDER)
    assert letter.subject == "Stornierung Ihrer Bestellung TW-000002"
    assert [plain(text) for text in letter.paragraphs] == [
        "wir haben Ihre Bestellung TW-000002 vom 22. November 2026 storniert. Der Wechsel zu Classic 25 am 1. Dezember"
        " 2026 findet nicht statt, und es wird nichts dafür berechnet. Classic 10 bleibt in Kraft und wird wie bisher"
        " berechnet."
    ]
    assert letter.comparison.headings == ("bleibt in Kraft",)
    assert row(letter, "Tarif") == ["Classic 10"]
    assert row(letter, "Brutto im Monat") == ["11,78 €"]
    assert fact(letter, "Storniert am") == "22.11.2026, 10:00 Uhr"
    assert "030 123456-0" in note(letter, "Wenn das nicht in Ihrem Sinn ist")


def test_the_clerk_s_reason_stays_in_the_house(memory: Store) -> None:
    assert "doch nicht" not in words(write_letter(cancelled(memory), PROVIDER))


# ---------------------------------------------------------------------- a draft


def test_a_draft_says_that_nothing_is_ordered(memory: Store) -> None:
    installation = customer(memory)
    letter = write_draft(quote(memory, installation, "C25"), PROVIDER, GERMAN)
    assert letter.mark == "Entwurf – noch nicht bestellt"
    assert letter.paragraphs[0].endswith("Noch ist nichts bestellt.")
    assert "Bestellnummer" not in words(letter)
    assert not letter.closing
    assert fact(letter, "Stand") == "22.11.2026, 10:00 Uhr"
    assert fact(letter, "Bestellinformation an") == "kunde@example.org"
    assert row(letter, "Brutto im Monat") == ["11,78 €", "23,68 €"]


def test_a_draft_says_what_it_would_replace(memory: Store) -> None:
    installation = customer(memory)
    order(memory, installation, "C25")
    letter = write_draft(quote(memory, installation, "C50"), PROVIDER, GERMAN)
    assert letter.paragraphs[1] == "Die neue Bestellung würde Ihre Bestellung TW-000002 (Classic 25) ersetzen."


def test_r25_a_draft_without_an_address_leaves_it_out(memory: Store) -> None:
    installation = customer(memory)
    memory.change_customer(installation, Customer("K-1", "Muster GmbH"), NOW)
    letter = write_draft(quote(memory, installation, "C25"), PROVIDER, GERMAN)
    assert "Bestellinformation an" not in dict(letter.facts)


# ---------------------------------------------------------------------- both languages, every kind


def kinds(store: Store, language: str) -> list[OrderMail]:
    changes = (("C10", "C25"), ("C25", "C10"), ("C10", "P10"), ("P25", "C10"))
    mails = [ordered(store, old, new, language=language) for old, new in changes]
    return [*mails, replaced(store, language), cancelled(store, language=language)]


def test_english_customers_read_english(memory: Store) -> None:
    letter = write_letter(ordered(memory, language="en"), PROVIDER)
    assert letter.language == "en"
    assert letter.subject == "Order confirmation TW-000002: Classic 25 from 01/12/2026"
    assert letter.paragraphs[0].startswith("We confirm your order:")
    assert row(letter, "Gross a month") == ["€11.78", "€23.68"]
    assert fact(letter, "Effective and billed from") == "Tuesday, 1 December 2026"


def test_nothing_of_the_other_language_is_left(memory: Store) -> None:
    german = {text for mail in kinds(memory, "de") for text in texts(asdict(write_letter(mail, PROVIDER)))}
    english = {text for mail in kinds(memory, "en") for text in texts(asdict(write_letter(mail, PROVIDER)))}
    shared = {text for text in german & english if any(character.isalpha() for character in text)}
    allowed = {"Version", "Muster GmbH", *texts(asdict(PROVIDER)), "Hauptstraße 1", "10115 Berlin"}
    allowed |= {
        *PROVIDER.register.splitlines(),
        *(f"{sort} {size}" for sort in ("Classic", "Pro") for size in (10, 25, 50)),
    }
    assert not {text for text in shared - allowed - {"Classic", "Pro"} if not text.startswith(("TW-", "K-"))}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("provider", [PROVIDER, NO_PROVIDER])
def test_no_line_is_empty_and_no_label_dangles(memory: Store, language: str, provider: Provider) -> None:
    for mail in kinds(memory, language):
        letter = write_letter(mail, provider)
        optional = {letter.mark, letter.closing, letter.signature}
        assert all(texts_of for texts_of in texts(asdict(letter)) if texts_of not in optional)
        assert all(name and value for name, value in (*letter.reference, *letter.facts, *letter.notes))
        assert all(len(cells) == len(letter.comparison.headings) + 1 for cells in letter.comparison.rows)
        assert not any(text.endswith((" ", ":")) or "  " in text or "{" in text for text in texts(asdict(letter)))
        assert bool(letter.closing) == bool(letter.signature) == bool(provider.name)


def test_the_provider_is_named_with_its_register_data(memory: Store) -> None:
    assert write_letter(ordered(memory), PROVIDER).sender == (
        ("Muster Telefon GmbH", "Hauptstraße 1", "10115 Berlin"),
        ("Telefon 030 123456-0", "service@example.com", "www.example.com"),
        ("Amtsgericht Charlottenburg, HRB 12345 B", "Geschäftsführerin: Karin Muster", "USt-IdNr. DE123456789"),
    )
    assert write_letter(ordered(memory), NO_PROVIDER).sender == ()


# ---------------------------------------------------------------------- what came before, and what does harm


def test_a_snapshot_of_an_older_version_is_written_too(memory: Store) -> None:
    for mail in (replaced(memory), cancelled(memory)):
        content = {name: value for name, value in mail.content.items() if name not in ("told_at", "replaced_tariff")}
        letter = write_letter(replace(mail, content={**content, "placed_at": "2026-11-22T09:00:00+00:00"}), PROVIDER)
        when = dict(letter.reference).keys() & {"Bestellt am", "Storniert am"}
        assert fact(letter, when.pop()) == "22.11.2026, 09:00 Uhr (UTC)"
        assert "()" not in words(letter)


def test_an_invisible_character_of_an_older_database_turns_nothing_round(memory: Store) -> None:
    mail = ordered(memory)
    name = "A\u202eB\r\nBcc: c@d.de\x00\ud800 \u2066C\u2069\t<b>"
    letter = write_letter(replace(mail, content={**mail.content, "customer_name": name}), PROVIDER)
    assert letter.recipient == "AB Bcc: c@d.de C <b>"


def test_names_of_other_scripts_stay_whole(memory: Store) -> None:
    name = "שלום בע״מ \N{ARABIC LETTER NOON}\N{ZERO WIDTH NON-JOINER}\N{ARABIC LETTER MEEM} 株式会社"
    assert write_letter(ordered(memory, name=name), PROVIDER).recipient == name


def test_limits_of_both_tariffs_hold_until_the_change(memory: Store) -> None:
    """R7, per dimension: a price list may have tariffs of other shapes."""
    mail = ordered(memory)
    content = {**mail.content, "current": {**mail.content["current"], "max_extensions": 40}}
    text = note(write_letter(replace(mail, content=content), PROVIDER), "Bis dahin")
    assert "insgesamt 40 Nebenstellen und 25 Endgeräte" in text


def test_objects_made_with_the_order_count_as_extras(memory: Store) -> None:
    installation = customer(memory, count=10)
    order(memory, installation, "C25", adding=objects(3, 0, start=20))
    text = note(write_letter(memory.mails(installation)[-1], PROVIDER), "Bis dahin")
    assert text.endswith("was schon jetzt über Classic 10 hinausgeht: 3 Nebenstellen.")


def test_r23_today_s_price_for_a_former_tariff(memory: Store) -> None:
    """Going back takes the price of the list in force."""
    later = local("2027-01-04 09:00")
    installation = customer(memory)
    order(memory, installation, "C25", later)
    letter = write_letter(memory.mails(installation)[-1], PROVIDER)
    assert row(letter, "Netto im Monat") == ["9,90 €", "21,90 €"]
    assert tariff("C25").net_cents == 1990
