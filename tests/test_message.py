"""The e-mail about an order, taken apart as a mail program does; what a name could do to it and mustn't."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_string, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.outbox import without_attachments
from model.provider import MailServer, Provider
from model.records import OrderMail
from model.refusals import InvalidInput
from model.sqlite_engine import MEMORY
from model.store import Store, open_store
from tests.examples import NOW
from tests.letters import NO_PROVIDER, PROVIDER, SERVER, cancelled, ordered
from ui.message import LONGEST_SENDER_NAME, compose, draft_eml

ID = "0f2e9a4c-7d7f-5c59-9d1f-7f4f43a7a001"
RECIPIENT = "kunde@example.org"
ODD_NAME = "A, \"B\" <b>&amp;</b> <img src=x onerror=alert(1)> 'C'"


def composed(mail: OrderMail, provider: Provider = PROVIDER, server: MailServer = SERVER, to: str = RECIPIENT) -> str:
    return compose(mail, provider, server, ID, to, NOW)


def parsed(text: str) -> EmailMessage:
    message = message_from_string(text, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n").replace("\N{NO-BREAK SPACE}", " ")


class Page(HTMLParser):
    """The texts of a page and the tags it is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}

    def handle_data(self, data: str) -> None:
        self.words.append(data)


# ---------------------------------------------------------------------- what it is made of


def test_it_is_seven_bit_text_with_lines_that_every_server_takes(memory: Store) -> None:
    text = composed(ordered(memory, name="Bäckerei Ährensack"))
    assert text.isascii()
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line) for line in text.split("\r\n")) <= 78
    assert text.endswith("\r\n")


def test_the_same_arguments_give_the_same_bytes(memory: Store) -> None:
    mail = ordered(memory)
    assert composed(mail) == composed(mail)


def test_its_headers_say_who_to_whom_and_what(memory: Store) -> None:
    message = parsed(composed(ordered(memory), server=replace(SERVER, reply_to="service@example.com")))
    assert str(message["From"]) == "Bestellungen <bestellung@example.com>"
    assert str(message["To"]) == "kunde@example.org"
    assert str(message["Reply-To"]) == "service@example.com"
    assert str(message["Subject"]) == "Bestellbestätigung TW-000002: Classic 25 ab 01.12.2026"
    assert message["Message-ID"] == f"<{ID}@example.com>"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "de"
    assert message["MIME-Version"] == "1.0"
    assert not [name for name, values in message.items() if len(message.get_all(name, [])) != 1]


def test_it_holds_text_html_and_the_summary(memory: Store) -> None:
    message = parsed(composed(ordered(memory)))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "Zusammenfassung.pdf"
    assert attached.get_content().startswith(b"%PDF-")
    assert not [part.defects for part in message.walk() if part.defects]


def test_an_english_customer_gets_a_summary(memory: Store) -> None:
    message = parsed(composed(ordered(memory, language="en")))
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "Summary.pdf"
    assert message["Content-Language"] == "en"
    assert "The attached file “Summary.pdf” says the same, for your records." in body(message, "plain")


# ---------------------------------------------------------------------- what it says


def test_the_text_can_be_read_without_columns(memory: Store) -> None:
    text = body(parsed(composed(ordered(memory, name="Bäckerei Ährensack"))), "plain")
    assert text.startswith("Guten Tag,\n\nwir bestätigen Ihre Bestellung:")
    assert "Kunde: Bäckerei Ährensack\nBestellnummer: TW-000002\nKundennummer: K-1\n" in text
    assert "bis 30.11.2026 → ab 01.12.2026:\nTarif: Classic 10 → Classic 25\n" in text
    assert "Brutto im Monat: 11,78 € → 23,68 €\n" in text
    assert "Stornierbar bis: Montag, 30. November 2026\n" in text
    assert "Mit freundlichen Grüßen\nMuster Telefon GmbH\n\n-- \nMuster Telefon GmbH\nHauptstraße 1\n" in text
    assert text.rstrip().endswith("USt-IdNr. DE123456789")


def test_text_and_html_say_the_same(memory: Store) -> None:
    for mail in (ordered(memory), cancelled(memory), ordered(memory, "P25", "C10", language="en")):
        message = parsed(composed(mail))
        shown = " ".join(Page(body(message, "html")).words)
        for line in re.split(r"\n| → |: ", body(message, "plain")):
            words = line.strip().rstrip(":")
            assert words in shown or words == "--", words


def test_without_a_provider_nothing_is_left_hanging(memory: Store) -> None:
    message = parsed(composed(ordered(memory), NO_PROVIDER))
    text = body(message, "plain")
    assert text.rstrip().endswith("enthält dasselbe für Ihre Unterlagen.")
    assert "Mit freundlichen" not in text
    assert "\n\n\n" not in text
    assert "<p></p>" not in body(message, "html")
    assert str(message["From"]) == "Bestellungen <bestellung@example.com>"


def test_the_html_loads_nothing_and_runs_nothing(memory: Store) -> None:
    page = Page(body(parsed(composed(ordered(memory, name=ODD_NAME))), "html"))
    assert page.tags <= {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "div",
        "h1",
        "h2",
        "p",
        "br",
        "table",
        "tr",
        "th",
        "td",
    }
    assert page.attributes <= {"lang", "charset", "style", "scope"}


# ---------------------------------------------------------------------- what a name could do


def test_a_name_is_shown_as_it_is(memory: Store) -> None:
    message = parsed(composed(ordered(memory, name=ODD_NAME)))
    assert f"Kunde: {ODD_NAME}\n" in body(message, "plain")
    assert ODD_NAME in Page(body(message, "html")).words


def test_a_name_with_a_line_break_adds_no_header_and_no_recipient(memory: Store) -> None:
    mail = ordered(memory)
    content = {**mail.content, "customer_name": "A\r\nBcc: evil@example.net\r\n\r\n<html>"}
    content["target"] = {**mail.content["target"], "tariff_name": "Classic\r\nBcc: evil@example.net"}
    provider = replace(PROVIDER, name="P\r\nBcc: evil@example.net", address="A\r\n\r\n.\r\nB")
    server = replace(SERVER, sender_name="S\r\nBcc: evil@example.net")
    message = parsed(composed(replace(mail, content=content), provider, server))
    assert message["Bcc"] is None
    assert str(message["To"]) == "kunde@example.org"
    assert message["From"].addresses[0].addr_spec == "bestellung@example.com"
    assert "Kunde: A Bcc: evil@example.net <html>\n" in body(message, "plain")


SENDER_NAMES = st.text(st.characters(codec="utf-8"), max_size=80) | st.sampled_from(
    ['Müller, "Tele" <b>', "A, B", "a@b.de", "=?utf-8?q?x?=", "שלום, ארץ", "ü" * 64, "Wörter und, " * 6, "(x) \\ ;"]
)


@pytest.fixture(scope="module")
def mail() -> OrderMail:
    store = open_store(MEMORY)
    made = ordered(store)
    store.close()
    return made


@settings(max_examples=40)
@given(name=SENDER_NAMES)
def test_any_sender_name_stays_one_name_beside_one_address(mail: OrderMail, name: str) -> None:
    text = composed(mail, server=replace(SERVER, sender_name=name))
    (address,) = parsed(text)["From"].addresses
    assert address.addr_spec == "bestellung@example.com"
    assert max(len(line) for line in text.split("\r\n")) <= 998
    # Python may put a blank between the words that a long name is encoded in.
    assert len(address.display_name.replace(" ", "")) <= LONGEST_SENDER_NAME
    assert parsed(text)["Subject"].startswith("Bestellbestätigung")


@pytest.mark.parametrize(
    "name", ['Müller, "Tele" <b>', "A, B", "a@b.de", "Telefon für alle (Süd)", "O'Neill \\ Söhne; KG"]
)
def test_a_sender_s_name_arrives_as_it_was_entered(mail: OrderMail, name: str) -> None:
    (address,) = parsed(composed(mail, server=replace(SERVER, sender_name=name)))["From"].addresses
    assert address.display_name == name


def test_international_domains_go_over_the_wire_as_ascii(mail: OrderMail) -> None:
    server = MailServer("smtp", sender="bestellung@müller.example", reply_to="service@müller.example")
    message = parsed(composed(mail, server=server, to="kunde@bäckerei.example"))
    assert message["From"].addresses[0].addr_spec == "bestellung@xn--mller-kva.example"
    assert str(message["Reply-To"]) == "service@xn--mller-kva.example"
    assert str(message["To"]) == "kunde@xn--bckerei-5wa.example"
    assert message["Message-ID"] == f"<{ID}@xn--mller-kva.example>"


@pytest.mark.parametrize("to", ["a@b.de, evil@example.net", "a@b.de\r\nBcc: evil@example.net", "a", "<a@b.de>", ""])
def test_an_address_that_isn_t_one_is_refused(mail: OrderMail, to: str) -> None:
    with pytest.raises(InvalidInput):
        composed(mail, to=to)


def test_a_long_domain_breaks_no_header(mail: OrderMail) -> None:
    domain = ".".join(["a" * 60] * 3) + ".example"
    message = parsed(composed(mail, server=replace(SERVER, sender=f"x@{domain}")))
    assert message["Message-ID"] == f"<{ID}@{domain}>"
    assert message["From"].addresses[0].domain == domain


# ---------------------------------------------------------------------- as a file, and as it is kept


def test_a_draft_is_opened_as_one_and_gets_number_and_date_where_it_is_sent(mail: OrderMail) -> None:
    text = draft_eml(mail, PROVIDER, SERVER, RECIPIENT, NOW)
    message = parsed(text)
    assert message["X-Unsent"] == "1"
    assert message["Message-ID"] is message["Date"] is message["Auto-Submitted"] is None
    assert body(message, "plain") == body(parsed(composed(mail)), "plain")
    assert draft_eml(mail, PROVIDER, SERVER, RECIPIENT, NOW) == text


def test_a_draft_needs_no_mail_server(mail: OrderMail) -> None:
    message = parsed(draft_eml(mail, PROVIDER, MailServer(), RECIPIENT, NOW))
    assert message["From"] is None
    assert str(message["To"]) == RECIPIENT


def test_what_is_kept_after_sending_reads_the_same_without_the_pdf(mail: OrderMail) -> None:
    sent = parsed(composed(mail))
    kept = parsed(without_attachments(composed(mail)))
    assert list(kept.iter_attachments()) == []
    for kind in ("plain", "html"):
        assert body(kept, kind) == body(sent, kind)
