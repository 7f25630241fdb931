"""E-mail addresses: whether one can be written to, as it is shown and as it goes over the wire (R25)."""

from __future__ import annotations

import re
import unicodedata

from model.refusals import Fault, InvalidInput

LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
MOST_READ = 4 * LONGEST_ADDRESS
SHOWN = 40
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL_PART = re.compile(rf"{ATOM}(?:\.{ATOM})*")
LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
PLAIN_DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})*")
# Two labels at least; the last one of two letters at least, or the A-label of an international one.
DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)")


def checked_email(text: str) -> str:
    """One address as typed, without blanks around it and with its domain in small letters.

    Raises InvalidInput for anything else: no or two addresses, line breaks, a name beside the address, a domain that
    can't exist (IDNA 2008), a part before the @ with other than ASCII letters, digits and signs, or that is too long.
    """
    local, domain, _host = _parts(text)
    return f"{local}@{domain}"


def wire_address(email: str) -> str:
    """The address as mail servers take it: the domain as A-labels ("xn--…"); raises InvalidInput as checked_email."""
    local, _domain, host = _parts(email)
    return f"{local}@{host}"


def is_email(text: str) -> bool:
    """Whether checked_email would take it."""
    try:
        checked_email(text)
    except InvalidInput:
        return False
    return True


def _parts(text: str) -> tuple[str, str, str]:
    """The part before the @, the domain as it is read, the domain as A-labels."""
    text = text.strip()
    if len(text) > MOST_READ:
        raise InvalidInput("email", Fault.EMAIL_TOO_LONG)
    text = unicodedata.normalize("NFC", text)
    local, _at, typed = text.rpartition("@")
    if text.count("@") == 1 and not local.isascii():
        raise InvalidInput("email", Fault.EMAIL_LOCAL_PART)
    domain, host = _domain(typed)
    if not LOCAL_PART.fullmatch(local) or not DOMAIN.fullmatch(host):
        raise InvalidInput("email", Fault.EMAIL_FORM, text[:SHOWN])
    if len(local) > LONGEST_LOCAL_PART or len(local) + 1 + len(host) > LONGEST_ADDRESS:
        raise InvalidInput("email", Fault.EMAIL_TOO_LONG)
    return local, domain, host


def _domain(typed: str) -> tuple[str, str]:
    """A domain in small letters and as A-labels; both empty if it can't exist."""
    if typed.isascii() and PLAIN_DOMAIN.fullmatch(typed.lower()):
        return typed.lower(), typed.lower()
    # Its tables take some 80 ms to load, and few addresses need them.
    import idna

    # UTS 46 leaves out characters that nobody sees; here they are no part of a domain.
    if any(unicodedata.category(character)[0] in "CZ" for character in typed):
        return "", ""
    try:
        domain = idna.uts46_remap(typed)
        return domain, idna.encode(domain).decode("ascii")
    except idna.IDNAError:
        return "", ""
