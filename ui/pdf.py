"""A document as PDF and as drawings of its pages, set by Typst: PDF/UA, so that it can be searched and read aloud."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from model.order_facts import one_line
from model.provider import Provider
from ui.i18n import _, speaking
from ui.letter import Letter

if TYPE_CHECKING:
    from typst import Fonts

TEMPLATES = Path(__file__).parents[1] / "resources" / "letters"
REGIONS = {"de": "DE", "en": "GB"}
LOGO_ALONE = b"#image(bytes(json(bytes(sys.inputs.data)).logo))"


@dataclass(frozen=True, slots=True)
class Paper:
    """A template's name and what it says; the same paper gives the same bytes.

    `data` is JSON, which the template only ever shows: nothing that a customer is called becomes a command.
    """

    template: str
    data: str
    made_at: datetime

    def pdf(self) -> bytes:
        """The document as a tagged PDF with title and language."""
        document, _system = self._set()
        return document

    def pages(self) -> tuple[bytes, ...]:
        """Every page as an SVG drawing, which is sharp on every printer."""
        _document, system = self._set()
        made: Any = self._compile("svg", system=system)
        return tuple(made) if isinstance(made, list) else (made,)

    def _set(self) -> tuple[bytes, bool]:
        """The PDF, and whether it took the system's fonts.

        Those that come along look the same everywhere; what they can't write, one of the system's may. PDF/UA refuses
        a character that no font has: better a letter with a box in it than none.
        """
        from typst import TypstError

        for system in (False, True):
            try:
                return self._compile("pdf", system=system), system
            except TypstError:
                continue
        return self._compile("pdf", system=True, accessible=False), True

    def _compile(self, form: Literal["pdf", "svg"], *, system: bool, accessible: bool = True) -> bytes:
        import typst

        return typst.compile(
            (TEMPLATES / self.template).read_bytes(),
            font_paths=_fonts(system=system),
            format=form,
            sys_inputs={"data": self.data},
            pdf_standards=["ua-1"] if accessible else [],
            timestamp=int(self.made_at.timestamp()),
        )


def letter_paper(letter: Letter, provider: Provider, now: datetime) -> Paper:
    """A letter, with the provider's logo if there is one that can be drawn."""
    with speaking(letter.language):
        page, logo_text = _("Page {page} of {pages}"), one_line(provider.name) or _("Logo")
    logo = _drawable(provider.logo)
    data = {
        **asdict(letter),
        "region": REGIONS[letter.language],
        "page": page,
        "logo": list(logo),
        "logo_text": logo_text,
    }
    return Paper("letter.typ", json.dumps(data, ensure_ascii=False), now)


@cache
def _fonts(*, system: bool) -> Fonts:
    from typst import Fonts

    return Fonts(include_system_fonts=system)


@lru_cache(maxsize=4)
def _drawable(logo: str) -> bytes:
    """The logo's file; nothing if it can't be drawn: a broken picture never stops a letter."""
    import typst

    try:
        content = b64decode(logo, validate=True)
        data = json.dumps({"logo": list(content)})
        typst.compile(LOGO_ALONE, font_paths=_fonts(system=False), sys_inputs={"data": data})
    except (binascii.Error, typst.TypstError):
        return b""
    return content
