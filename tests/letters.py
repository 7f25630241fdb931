"""What the tests of letters are written with: a provider, a mail server, mails of every kind, PDF read back."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from model.installation import Customer, Language
from model.provider import MailServer, Provider
from model.records import OrderMail
from model.store import Store
from tests.examples import EMAIL, NOW, objects, order, tariff

LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60">'
    b'<rect width="200" height="60" fill="#164a7b"/></svg>'
)
PROVIDER = Provider(
    name="Muster Telefon GmbH",
    address="Hauptstraße 1\n10115 Berlin",
    register="Amtsgericht Charlottenburg, HRB 12345 B\nGeschäftsführerin: Karin Muster",
    vat_id="DE123456789",
    phone="030 123456-0",
    email="service@example.com",
    website="www.example.com",
    logo=base64.b64encode(LOGO).decode(),
)
SERVER = MailServer("smtp.example.com", sender_name="Bestellungen", sender="bestellung@example.com")
NO_PROVIDER = Provider()
reads_pdf = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads PDF back with poppler's tools")


def customer(store: Store, short: str = "C10", count: int = 8, language: str = "de", name: str = "Muster GmbH") -> int:
    """An installation of as many extensions and devices."""
    known = store.counts(NOW.date()).all
    described = Customer(f"K-{known + 1}", name, EMAIL, Language(language))
    return store.create_installation(described, tariff(short), NOW, objects(count, count))


def ordered(
    store: Store, old: str = "C10", new: str = "C25", count: int = 8, language: str = "de", name: str = "Muster GmbH"
) -> OrderMail:
    """The mail about an order."""
    installation = customer(store, old, count, language, name)
    order(store, installation, new)
    return store.mails(installation)[-1]


def cancelled(store: Store, old: str = "C10", new: str = "C25", language: str = "de") -> OrderMail:
    """The mail about an order's cancellation."""
    installation = customer(store, old, language=language)
    placed = order(store, installation, new)
    store.cancel_order(installation, placed.order_number, "doch nicht", NOW)
    return store.mails(installation)[-1]


def replaced(store: Store, language: str = "de") -> OrderMail:
    """The mail about an order that replaces another."""
    installation = customer(store, language=language)
    order(store, installation, "C25")
    order(store, installation, "C50")
    return store.mails(installation)[-1]


def pdf_text(document: bytes, folder: Path) -> str:
    """What a reader selects and copies, in reading order; all blanks as ordinary ones."""
    path = folder / "document.pdf"
    path.write_bytes(document)
    done = subprocess.run(["pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().replace("\N{ZERO WIDTH SPACE}", "").split())


def pdf_facts(document: bytes, folder: Path) -> dict[str, str]:
    """What the PDF says of itself: title, pages, size, whether it is tagged."""
    path = folder / "document.pdf"
    path.write_bytes(document)
    done = subprocess.run(["pdfinfo", str(path)], capture_output=True, check=True)
    pairs = (line.partition(":") for line in done.stdout.decode().splitlines())
    return {name: value.strip() for name, _colon, value in pairs}
