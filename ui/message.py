"""The letter as an e-mail: text, HTML and the PDF, in 7-bit characters that every mail server takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from model.email_address import wire_address
from model.order_facts import one_line
from model.provider import MailServer, Provider
from model.records import OrderMail
from ui.i18n import _, speaking
from ui.letter import Letter, Rows, write_letter
from ui.pdf import letter_paper

# Longer ones are encoded in several words, which not every mail program puts together again.
LONGEST_SENDER_NAME = 64
PAGE = "max-width:40em;margin:0;padding:16px;font-family:Arial,sans-serif;font-size:15px;line-height:1.5;color:#1c2733"
TITLE = "font-size:20px;line-height:1.3;margin:0"
NOTE = "font-size:15px;margin:24px;margin-left:0;margin-bottom:0"
QUIET = "font-size:13px;color:#5b6775"
TABLE = "border-collapse:collapse;margin:20px;margin-left:0"
FACT = "padding:2px;padding-left:0;padding-right:20px;text-align:left;vertical-align:top;font-weight:normal"
CELL = f"{FACT};padding-top:5px;padding-bottom:5px;border-bottom:1px;border-bottom-style:solid;border-color:#c9d0d8"


def compose(
    mail: OrderMail, provider: Provider, server: MailServer, message_id: str, recipient: str, now: datetime
) -> str:
    """The complete message (RFC 5322, lines end with CRLF); the same for the same arguments.

    Raises InvalidInput if an address can't be written to.
    """
    message = _message(mail, provider, server, message_id, recipient, now)
    sender = wire_address(server.sender)
    message["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    message["Date"] = format_datetime(now)
    # Nobody's holiday notice shall answer it (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    return message.as_string()


def draft_eml(mail: OrderMail, provider: Provider, server: MailServer, recipient: str, now: datetime) -> str:
    """The same message as a file that a mail program opens as a draft; raises InvalidInput."""
    message = _message(mail, provider, server, mail.message_id, recipient, now)
    message["X-Unsent"] = "1"
    return message.as_string()


def _message(
    mail: OrderMail, provider: Provider, server: MailServer, message_id: str, recipient: str, now: datetime
) -> EmailMessage:
    letter = write_letter(mail, provider)
    message = EmailMessage(policy=policy.SMTP)
    if server.sender:
        name = one_line(server.sender_name or provider.name)[:LONGEST_SENDER_NAME].strip()
        message["From"] = Address(name, addr_spec=wire_address(server.sender))
    if server.reply_to:
        message["Reply-To"] = Address(addr_spec=wire_address(server.reply_to))
    message["To"] = Address(addr_spec=wire_address(recipient))
    message["Subject"] = letter.subject
    with speaking(letter.language):
        attached = _("Summary.pdf")
        _add_words(message, letter, attached, message_id)
    document = letter_paper(letter, provider, now).pdf()
    # Boundaries of their own, as Python's are drawn by lot: every try sends the same bytes.
    message.make_mixed(boundary=f"mixed-{message_id}")
    message.add_attachment(document, maintype="application", subtype="pdf", filename=attached)
    message["Content-Language"] = letter.language
    return message


def _add_words(message: EmailMessage, letter: Letter, attached: str, message_id: str) -> None:
    message.set_content(plain_text(letter, attached), charset="utf-8", cte="quoted-printable")
    message.make_alternative(boundary=f"alternative-{message_id}")
    message.add_alternative(html(letter, attached), subtype="html", charset="utf-8", cte="quoted-printable")


# ---------------------------------------------------------------------- the two ways to write it


def plain_text(letter: Letter, attached: str) -> str:
    """The letter as lines of text that need no columns to be understood."""
    parts = [
        letter.salutation,
        *letter.paragraphs,
        _lines(_who(letter)),
        "\n".join(_compared(letter)),
        _lines(letter.facts),
        *(f"{title}\n{words}" for title, words in letter.notes),
        _where_else(attached),
        "\n".join(filter(None, (letter.closing, letter.signature))),
    ]
    text = "\n\n".join(filter(None, parts))
    sender = "\n".join(line for group in letter.sender for line in group)
    # Mail programs know what follows two hyphens and a blank as a signature.
    return f"{text}\n\n-- \n{sender}\n" if sender else f"{text}\n"


def html(letter: Letter, attached: str) -> str:
    """The letter as a page; texts are put in as texts, so that nothing in them is taken for HTML."""
    page = ET.Element("html", lang=letter.language)
    head = ET.SubElement(page, "head")
    ET.SubElement(head, "meta", charset="utf-8")
    ET.SubElement(head, "title").text = letter.subject
    body = ET.SubElement(ET.SubElement(page, "body"), "div", style=PAGE)
    ET.SubElement(body, "h1", style=TITLE).text = letter.subject
    for words in filter(None, (letter.salutation, *letter.paragraphs)):
        ET.SubElement(body, "p").text = words
    _add_facts(body, _who(letter))
    _add_comparison(body, letter)
    _add_facts(body, letter.facts)
    for title, words in letter.notes:
        ET.SubElement(body, "h2", style=NOTE).text = title
        ET.SubElement(body, "p", style="margin:0").text = words
    ET.SubElement(body, "p").text = _where_else(attached)
    _add_broken(body, (letter.closing, letter.signature), "")
    for group in letter.sender:
        _add_broken(body, group, QUIET)
    return f"<!DOCTYPE {page.tag}>\n{ET.tostring(page, encoding='unicode', method='html')}\n"


def _who(letter: Letter) -> Rows:
    return ((_("Customer"), letter.recipient), *letter.reference)


def _where_else(attached: str) -> str:
    return _("The attached file “{name}” says the same, for your records.").format(name=attached)


def _lines(rows: Rows) -> str:
    return "\n".join(f"{title}: {value}" for title, value in rows)


def _compared(letter: Letter) -> Iterator[str]:
    yield " → ".join(letter.comparison.headings) + ":"
    for title, *cells in letter.comparison.rows:
        yield f"{title}: {' → '.join(cells)}"


def _add_facts(body: ET.Element, rows: Rows) -> None:
    if not rows:
        return
    table = ET.SubElement(body, "table", style=TABLE)
    for title, value in rows:
        row = ET.SubElement(table, "tr")
        ET.SubElement(row, "th", scope="row", style=FACT).text = title
        ET.SubElement(row, "td", style=FACT).text = value


def _add_comparison(body: ET.Element, letter: Letter) -> None:
    table = ET.SubElement(body, "table", style=TABLE)
    heading = ET.SubElement(table, "tr")
    for text in ("", *letter.comparison.headings):
        ET.SubElement(heading, "th", scope="col", style=CELL).text = text
    for title, *cells in letter.comparison.rows:
        row = ET.SubElement(table, "tr")
        ET.SubElement(row, "th", scope="row", style=CELL).text = title
        for cell in cells:
            ET.SubElement(row, "td", style=CELL).text = cell


def _add_broken(body: ET.Element, lines: tuple[str, ...], style: str) -> None:
    """A paragraph with a line break between its lines."""
    shown = list(filter(None, lines))
    if not shown:
        return
    paragraph = ET.SubElement(body, "p", {"style": style} if style else {})
    paragraph.text = shown[0]
    for line in shown[1:]:
        ET.SubElement(paragraph, "br").tail = line
