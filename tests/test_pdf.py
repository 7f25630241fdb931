"""The summary as PDF, read back as a reader, a screen reader and a printer meet it."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from model.installation import Language
from model.provider import Provider
from model.store import Store
from tests.examples import NOW, quote
from tests.letters import (
    LOGO,
    NO_PROVIDER,
    PROVIDER,
    cancelled,
    customer,
    ordered,
    pdf_facts,
    pdf_text,
    reads_pdf,
    replaced,
)
from ui.letter import Letter, write_draft, write_letter
from ui.pdf import Paper, letter_paper

HEBREW, ARABIC, CHINESE, EMOJI = "שלום בע״מ", "شركة النور", "株式会社", "Büro \N{TELEPHONE RECEIVER}"
NO_FONT = "Amt \N{LINEAR B SYLLABLE B008 A}\N{CUNEIFORM SIGN A}"
BLUE = QColor("#164a7b")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mPk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def paper(letter: Letter, provider: Provider = PROVIDER) -> Paper:
    return letter_paper(letter, provider, NOW)


def summary(store: Store, language: str = "de", name: str = "Muster GmbH") -> Paper:
    return paper(write_letter(ordered(store, language=language, name=name), PROVIDER))


def drawn(page: bytes) -> QImage:
    """A page as a printer draws it, at 72 dots an inch."""
    picture = QImage(595, 842, QImage.Format.Format_RGB32)
    picture.fill(QColor("white"))
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(page)).render(painter)
    painter.end()
    return picture


# ---------------------------------------------------------------------- what is in it


@reads_pdf
def test_it_reads_back_with_umlauts_hyphens_and_amounts_in_order(memory: Store, tmp_path: Path) -> None:
    text = pdf_text(summary(memory, name="Bäckerei Ährensack & Söhne-Groß").pdf(), tmp_path)
    parts = [
        "Muster Telefon GmbH · Hauptstraße 1 · 10115 Berlin",
        "Bäckerei Ährensack & Söhne-Groß",
        "Bestellnummer",
        "TW-000002",
        "Bestellbestätigung TW-000002: Classic 25 ab 01.12.2026",
        "Guten Tag,",
        "wechselt am 1. Dezember 2026 von Classic 10 zu Classic 25.",
        "bis 30.11.2026",
        "ab 01.12.2026",
        "Nebenstellen",
        "bis zu 10",
        "bis zu 25",
        "1,88 € (19 %)",
        "Brutto im Monat",
        "11,78 €",
        "23,68 €",
        "Wirksam und berechnet ab",
        "Dienstag, 1. Dezember 2026",
        "0,00 €",
        "Montag, 30. November 2026",
        "Bis dahin",
        "Wenn Sie es sich anders überlegen",
        "Mit freundlichen Grüßen",
        "Amtsgericht Charlottenburg, HRB 12345 B",
        "USt-IdNr. DE123456789",
    ]
    assert re.search(".*".join(map(re.escape, parts)), text), text
    assert "\N{SOFT HYPHEN}" not in text


@reads_pdf
def test_it_says_everything_the_letter_says(memory: Store, tmp_path: Path) -> None:
    for mail in (replaced(memory), cancelled(memory), ordered(memory, "P25", "C10", language="en")):
        letter = write_letter(mail, PROVIDER)
        text = pdf_text(paper(letter).pdf(), tmp_path)
        said = [*letter.paragraphs, *(part for pair in (*letter.facts, *letter.notes) for part in pair)]
        said += [cell for row in letter.comparison.rows for cell in row]
        assert not [words for words in said if " ".join(words.split()) not in text]


@reads_pdf
def test_it_is_one_tagged_page_of_a4_with_a_title(memory: Store, tmp_path: Path) -> None:
    for mail in (ordered(memory, count=12), ordered(memory, "C10", "P25"), replaced(memory), cancelled(memory)):
        letter = write_letter(mail, PROVIDER)
        facts = pdf_facts(paper(letter).pdf(), tmp_path)
        assert facts["Tagged"] == "yes"
        assert facts["Page size"].endswith("(A4)")
        assert facts["Title"] == letter.subject
        assert facts["Author"] == "Muster Telefon GmbH"
        assert facts["Pages"] == "1"


@pytest.mark.parametrize(("language", "mark"), [("de", b"/Lang(de-DE)"), ("en", b"/Lang(en-GB)")])
def test_it_tells_a_screen_reader_its_language(memory: Store, language: str, mark: bytes) -> None:
    document = summary(memory, language=language).pdf()
    assert mark in document
    assert b"pdfuaid" in document


@reads_pdf
def test_a_draft_is_marked_before_anything_else(memory: Store, tmp_path: Path) -> None:
    shown = quote(memory, customer(memory), "C25")
    for language, mark in (
        (Language.GERMAN, "Entwurf – noch nicht bestellt"),
        (Language.ENGLISH, "Draft – not ordered yet"),
    ):
        text = pdf_text(paper(write_draft(shown, PROVIDER, language)).pdf(), tmp_path)
        assert text.startswith(mark)


def test_the_same_paper_gives_the_same_bytes(memory: Store) -> None:
    made = summary(memory)
    assert made.pdf() == replace(made).pdf()
    assert made.pdf() != replace(made, made_at=NOW + timedelta(seconds=1)).pdf()


def test_the_start_of_the_program_doesn_t_pay_for_it() -> None:
    known = "import sys, ui.app; print([name for name in ('typst', 'PySide6.QtPrintSupport') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", known], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---------------------------------------------------------------------- what a name could do


@reads_pdf
@pytest.mark.parametrize(
    "name", ['#panic("x")', "$x^2$ *fett* _kursiv_ `c`", "#{1+1} \\u{41}", "<b>x</b> &amp;", "// weg"]
)
def test_a_name_is_no_command(memory: Store, tmp_path: Path, name: str) -> None:
    assert name in pdf_text(summary(memory, name=name).pdf(), tmp_path)


@reads_pdf
def test_long_names_break_into_lines_and_push_nothing_off_the_page(memory: Store, tmp_path: Path) -> None:
    for name in ("Ährensack " * 19, "W" * 200):
        document = summary(memory, name=name.strip()).pdf()
        assert "Mit freundlichen Grüßen" in pdf_text(document, tmp_path)
        assert pdf_text(document, tmp_path).replace(" ", "").count(name.replace(" ", "")) == 1
        done = subprocess.run(
            ["pdftotext", "-bbox", str(tmp_path / "document.pdf"), "-"], capture_output=True, check=True
        )
        assert max(float(edge) for edge in re.findall(r'<word .*?xMax="([\d.]+)"', done.stdout.decode())) < 595


@reads_pdf
@pytest.mark.parametrize("name", [HEBREW, ARABIC])
def test_scripts_that_run_the_other_way_are_written(memory: Store, tmp_path: Path, name: str) -> None:
    document = summary(memory, name=name).pdf()
    assert pdf_facts(document, tmp_path)["Tagged"] == "yes"
    assert set(name) - set(pdf_text(document, tmp_path)) <= {" "}


@reads_pdf
@pytest.mark.parametrize("name", [CHINESE, EMOJI, NO_FONT])
def test_a_name_no_font_can_write_stops_no_letter(memory: Store, tmp_path: Path, name: str) -> None:
    made = summary(memory, name=name)
    document = made.pdf()
    assert "Mit freundlichen Grüßen" in pdf_text(document, tmp_path)
    assert pdf_facts(document, tmp_path)["Tagged"] == "yes"
    assert len(made.pages()) == 1


@reads_pdf
def test_an_address_of_many_lines_is_kept(memory: Store, tmp_path: Path) -> None:
    provider = replace(PROVIDER, address="\n".join(f"Zeile {number} mit einigen Wörtern" for number in range(6)))
    document = paper(write_letter(ordered(memory), provider), provider).pdf()
    assert pdf_text(document, tmp_path).count("Zeile 5 mit einigen Wörtern") == 2
    assert pdf_facts(document, tmp_path)["Pages"] == "1"


# ---------------------------------------------------------------------- the logo


def has_logo(page: bytes) -> bool:
    picture = drawn(page)
    return any(picture.pixelColor(x, y) == BLUE for x in range(300, 560, 4) for y in range(40, 120, 4))


def test_the_logo_is_drawn(german: QApplication, memory: Store) -> None:  # noqa: ARG001 - has to be there first
    letter = write_letter(ordered(memory), PROVIDER)
    assert has_logo(paper(letter).pages()[0])
    assert not has_logo(paper(letter, replace(PROVIDER, logo="")).pages()[0])


@pytest.mark.parametrize("logo", [PNG, LOGO])
def test_a_logo_has_words_for_who_can_t_see_it(memory: Store, logo: bytes) -> None:
    """PDF/UA refuses a picture without them."""
    provider = Provider(logo=base64.b64encode(logo).decode())
    document = paper(write_letter(ordered(memory), provider), provider).pdf()
    assert b"pdfuaid" in document


@pytest.mark.parametrize(
    "logo",
    [
        "kein Base64!",
        base64.b64encode(b"kein Bild").decode(),
        base64.b64encode(PNG[:40]).decode(),
        base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>').decode(),
        base64.b64encode(
            b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/hostname"/></svg>'
        ).decode(),
    ],
)
def test_a_broken_logo_stops_no_letter(memory: Store, logo: str) -> None:
    letter = write_letter(ordered(memory), PROVIDER)
    assert paper(letter, replace(PROVIDER, logo=logo)).pdf() == paper(letter, replace(PROVIDER, logo="")).pdf()


def test_without_a_provider_it_is_a_letter_all_the_same(memory: Store) -> None:
    assert paper(write_letter(ordered(memory), NO_PROVIDER), NO_PROVIDER).pdf().startswith(b"%PDF-1.7")
