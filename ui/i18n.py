"""The language of the program: catalogues from `translations/`, German as the default and the fallback."""

from __future__ import annotations

import contextlib
import gettext as _gettext
import io
import os
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("de", "en")
FOLDER = Path(__file__).parents[1] / "translations"
DOMAIN = "tarifwechsel"


class _Language:
    """The language the program speaks; texts are resolved when shown, so that a change holds at once."""

    def __init__(self) -> None:
        self.code = "de"


_program = _Language()
_letter: ContextVar[str] = ContextVar("letter", default="")


def use_language(code: str) -> None:
    """Show everything from now on in "de" or "en"; anything else is German."""
    _program.code = code if code in LANGUAGES else "de"


@contextlib.contextmanager
def speaking(code: str) -> Iterator[None]:
    """Words, amounts and dates in another language than the program's: what is written to a customer."""
    before = _letter.set(code)
    try:
        yield
    finally:
        _letter.reset(before)


def language() -> str:
    """The code of the language in use."""
    return _letter.get() or _program.code


def _(message: str) -> str:
    """The text in the language in use."""
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The text for a number of things."""
    return _catalogue(language()).ngettext(singular, plural, number)


def pgettext(context: str, message: str) -> str:
    """The text where the same English words have two translations."""
    return _catalogue(language()).pgettext(context, message)


@cache
def _catalogue(code: str) -> _gettext.NullTranslations:
    """A language's texts; German where one is missing."""
    catalogue = load_catalogue(code)
    if code != "de":
        catalogue.add_fallback(_catalogue("de"))
    return catalogue


def load_catalogue(code: str) -> _gettext.NullTranslations:
    """The compiled catalogue, compiled anew when its .po is newer; kept beside it where that can be written.

    Without Babel the texts stay as they are in the code: that is enough to say that libraries are missing.
    """
    source = FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = source.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        with compiled.open("rb") as file:
            return _gettext.GNUTranslations(file)
    try:
        data = _compile(source)
    except ImportError:
        return _gettext.NullTranslations()
    with contextlib.suppress(OSError):
        unfinished = compiled.with_suffix(f".{os.getpid()}.tmp")
        unfinished.write_bytes(data)
        unfinished.replace(compiled)
    return _gettext.GNUTranslations(io.BytesIO(data))


def _compile(source: Path) -> bytes:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file)
    data = io.BytesIO()
    write_mo(data, catalogue)
    return data.getvalue()
