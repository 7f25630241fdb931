"""Amounts, dates and numbers as the language in use writes them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from ui.i18n import _, language

if TYPE_CHECKING:
    from decimal import Decimal

    from model.tariff import Tariff

LOCALES = {"de": "de_DE", "en": "en_GB"}
THOUSANDS = {"de": ".", "en": ","}
MINUS = "\N{MINUS SIGN}"


def money(amount: Decimal) -> str:
    """19,90 €."""
    return _money(amount, LOCALES[language()])


def signed_money(amount: Decimal) -> str:
    """+10,00 €, or -10,00 € with a true minus sign."""
    sign = "+" if amount > 0 else MINUS if amount < 0 else ""
    return sign + money(abs(amount))


def net_price(tariff: Tariff) -> str:
    """The net price for a month."""
    return money(tariff.price.net)


def percent(vat_bp: int) -> str:
    """19 % from 1900 basis points."""
    return _percent(vat_bp, LOCALES[language()])


def day(value: date) -> str:
    """01.12.2026."""
    return _in_digits(value, _("dd/MM/yyyy"))


def long_day(value: date) -> str:
    """Dienstag, 1. Dezember 2026."""
    return _date(value, _("EEEE, d MMMM yyyy"), LOCALES[language()])


def written_day(value: date) -> str:
    """1. Dezember 2026, within a sentence; no line ends between day and month."""
    return _date(value, _("d MMMM yyyy"), LOCALES[language()]).replace(" ", "\N{NO-BREAK SPACE}", 1)


def instant(value: datetime) -> str:
    """22.11.2026, 09:41, in the zone the value carries."""
    return _in_digits(value, _("dd/MM/yyyy, HH:mm"))


def exact_instant(value: datetime) -> str:
    """22.11.2026, 09:41:07 +01:00, in the zone the value carries."""
    from babel.dates import format_datetime

    pattern = _("dd/MM/yyyy, HH:mm:ss xxx")
    return format_datetime(value, pattern, tzinfo=value.tzinfo, locale=LOCALES[language()])


def number(value: int) -> str:
    """8.431."""
    return f"{value:,}".replace(",", THOUSANDS[language()])


def prepare() -> None:
    """Babel reads what it knows of a language when it first writes an amount or a day: ten milliseconds, ahead."""
    from decimal import Decimal

    money(Decimal())
    percent(0)
    long_day(date(2000, 1, 1))


@lru_cache(maxsize=512)
def _money(amount: Decimal, locale: str) -> str:
    from babel.numbers import format_currency

    return format_currency(amount, "EUR", locale=locale)


@lru_cache(maxsize=16)
def _percent(vat_bp: int, locale: str) -> str:
    from decimal import Decimal

    from babel.numbers import format_percent

    return format_percent(
        Decimal(vat_bp) / 10_000, "#,##0.##\N{NO-BREAK SPACE}%" if locale == "de_DE" else "#,##0.##%", locale=locale
    )


@lru_cache(maxsize=512)
def _date(value: date, pattern: str, locale: str) -> str:
    from babel.dates import format_date

    return format_date(value, pattern, locale=locale)


def _in_digits(value: date, pattern: str) -> str:
    """Babel's patterns of digits alone; the first window would have to wait for Babel."""
    parts = {"dd": f"{value.day:02}", "MM": f"{value.month:02}", "yyyy": f"{value.year:04}"}
    if isinstance(value, datetime):
        parts |= {"HH": f"{value.hour:02}", "mm": f"{value.minute:02}"}
    for letters, digits in parts.items():
        pattern = pattern.replace(letters, digits)
    return pattern
