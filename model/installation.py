"""An installation ("Cloud Telefonanlage") and the objects in it, with the checks on what a person or a file gives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from model.email_address import checked_email
from model.lazy import values_of
from model.refusals import Fault, InvalidInput

LONGEST_NAME = 200
LONGEST_CUSTOMER_NUMBER = 32
LONGEST_REASON = 500
# Letters, marks and signs of which nothing is seen: fillers of Hangul, an inherent vowel, a Braille cell without dots.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Between two letters they belong to the spelling of some languages, and to some emoji.
JOINERS = frozenset("\u200c\u200d")
# Composed and visible as it is; anything else takes the long way.
PLAIN_TEXT = re.compile(r"[!-~À-ÖØ-öø-ÿ](?:[ -~À-ÖØ-öø-ÿ]*[!-~À-ÖØ-öø-ÿ])?")
NUMBER = re.compile(r"[0-9*#+]{1,20}")
CUSTOMER_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./_-]*")
MAC_NOISE = re.compile(r"(?i)^SEP|[\s:.\-]")


class ExtensionKind(StrEnum):
    """A person's extension, or one of a thing: IVR, fax, conference, queue, call flow."""

    USER = "USER"
    RESOURCE = "RESOURCE"


class DeviceKind(StrEnum):
    """The sorts of device account."""

    IP_PHONE = "IP_PHONE"
    APP = "APP"
    EXTERNAL_PHONE = "EXTERNAL_PHONE"


class ProFeature(StrEnum):
    """What only the Pro edition can do."""

    CALL_FLOW = "CALL_FLOW"
    ANALYTICS = "ANALYTICS"
    DESKTOP_CLIENT = "DESKTOP_CLIENT"


class Language(StrEnum):
    """The language a customer is written to in."""

    GERMAN = "de"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension ("Nebenstelle"); it counts once whatever its kind (R1)."""

    id: int
    number: str
    name: str
    kind: ExtensionKind
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Device:
    """One device account ("Endgerät"); it counts once however many extensions it serves (R2)."""

    id: int
    name: str
    kind: DeviceKind
    mac: str
    extensions: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ProFeatureUse:
    """A Pro function in use by an object (R4); `name` is the object's, `extension` its number or ""."""

    id: int
    feature: ProFeature
    name: str
    extension: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Installation:
    """A customer's Cloud Telefonanlage; `revision` grows with every change."""

    id: int
    customer_number: str
    name: str
    email: str
    language: Language
    revision: int

    @property
    def customer(self) -> Customer:
        """Whose it is, as it can be changed."""
        return Customer(self.customer_number, self.name, self.email, self.language)


@dataclass(frozen=True, slots=True)
class Customer:
    """What is entered for an installation: who the customer is."""

    customer_number: str
    name: str
    email: str = ""
    language: Language = Language.GERMAN

    def checked(self) -> Customer:
        """The same, trimmed; raises InvalidInput. An empty e-mail address is allowed (R25)."""
        number = checked_text("customer_number", self.customer_number, LONGEST_CUSTOMER_NUMBER)
        if not CUSTOMER_NUMBER.fullmatch(number):
            raise InvalidInput("customer_number", Fault.NUMBER_FORM, number)
        email = checked_email(self.email) if self.email.strip() else ""
        return Customer(number, checked_text("name", self.name), email, self.language)


@dataclass(frozen=True, slots=True)
class NewExtension:
    """An extension to be created or the new state of an edited one."""

    number: str
    name: str
    kind: ExtensionKind = ExtensionKind.USER

    def checked(self) -> NewExtension:
        """The same, trimmed; raises InvalidInput."""
        number, name = checked_number(self.number), checked_text("name", self.name)
        return self if (number, name) == (self.number, self.name) else NewExtension(number, name, self.kind)


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device to be created or the new state of an edited one; `extensions` are numbers it serves."""

    name: str
    kind: DeviceKind = DeviceKind.IP_PHONE
    mac: str = ""
    extensions: tuple[str, ...] = ()

    def checked(self) -> NewDevice:
        """The same, trimmed, the MAC address as twelve digits; raises InvalidInput."""
        name, mac = checked_text("name", self.name), checked_mac(self.mac) if self.mac.strip() else ""
        extensions = tuple(dict.fromkeys(self.extensions))
        if (name, mac, extensions) == (self.name, self.mac, self.extensions):
            return self
        return NewDevice(name, self.kind, mac, extensions)


@dataclass(frozen=True, slots=True)
class NewProFeatureUse:
    """A Pro function to be taken into use; call flows and desktop clients belong to an extension."""

    feature: ProFeature
    name: str
    extension: str = ""

    def checked(self) -> NewProFeatureUse:
        """The same, trimmed; raises InvalidInput."""
        if self.feature is not ProFeature.ANALYTICS and not self.extension:
            raise InvalidInput("extension", Fault.EMPTY)
        return NewProFeatureUse(self.feature, checked_text("name", self.name), self.extension)


@dataclass(frozen=True, slots=True)
class Additions:
    """Objects to be created together, all or nothing."""

    extensions: tuple[NewExtension, ...] = ()
    devices: tuple[NewDevice, ...] = ()
    features: tuple[NewProFeatureUse, ...] = ()

    def checked(self) -> Additions:
        """Every object checked; raises InvalidInput for the first that is wrong."""
        return Additions(
            tuple(entry.checked() for entry in self.extensions),
            tuple(entry.checked() for entry in self.devices),
            tuple(entry.checked() for entry in self.features),
        )

    def __bool__(self) -> bool:
        return bool(self.extensions or self.devices or self.features)


def checked_text(field: str, text: str, longest: int = LONGEST_NAME) -> str:
    """Trimmed text of at least one visible character, without any that is invisible or a control character.

    Raises InvalidInput, with the limit or the character ("U+202E") as its value.
    """
    if len(text) <= longest and PLAIN_TEXT.fullmatch(text):
        return text
    text = text.strip()
    # Composing can't make so long a text short enough, and takes long.
    if len(text) > 4 * longest:
        raise InvalidInput(field, Fault.TOO_LONG, str(longest))
    text = unicodedata.normalize("NFC", text)
    if all(_is_blank(character) for character in text):
        raise InvalidInput(field, Fault.EMPTY)
    if len(text) > longest:
        raise InvalidInput(field, Fault.TOO_LONG, str(longest))
    for place in _unseen(text):
        raise InvalidInput(field, Fault.UNPRINTABLE, f"U+{ord(text[place]):04X}")
    return text


def without_unseen(text: str) -> str:
    """The text without formatting characters and fillers that nobody sees; control characters stay."""
    unseen = {place for place in _unseen(text) if text[place] in BLANK or unicodedata.category(text[place]) == "Cf"}
    return "".join(character for place, character in enumerate(text) if place not in unseen)


def _unseen(text: str) -> Iterator[int]:
    """Where characters stand that can't be seen or shown; which way a text runs is told by its letters alone."""
    if text.isprintable() and BLANK.isdisjoint(text):
        return
    padded = f" {text} "
    for place, (before, character, after) in enumerate(zip(padded, text, padded[2:], strict=False)):
        if character in JOINERS:
            if _is_blank(before) or _is_blank(after):
                yield place
        elif character in BLANK or not (character.isprintable() or unicodedata.category(character) == "Zs"):
            yield place


def _is_blank(character: str) -> bool:
    return unicodedata.category(character)[0] in "CZ"


def checked_number(number: str) -> str:
    """An extension's number as text, leading zeros kept; raises InvalidInput."""
    number = number.strip()
    if not number:
        raise InvalidInput("number", Fault.EMPTY)
    if not NUMBER.fullmatch(number):
        raise InvalidInput("number", Fault.NUMBER_FORM, number[:20])
    return number


def checked_mac(mac: str) -> str:
    """A MAC address as twelve lower-case digits; raises InvalidInput for anything else, also one digit repeated."""
    digits = MAC_NOISE.sub("", mac.strip()).lower()
    if not re.fullmatch(r"[0-9a-f]{12}", digits) or len(set(digits)) == 1:
        raise InvalidInput("mac", Fault.MAC_FORM, mac.strip()[:20])
    return digits


def number_key(number: str) -> tuple[int, str]:
    """Sorts numbers by value, then as text: 9 before 10, 01 beside 1."""
    if number.isascii() and number.isdigit():
        return int(number), number
    digits = "".join(character for character in number if "0" <= character <= "9")
    return (int(digits) if digits else -1, number)


def number_keys(extensions: Sequence[Extension]) -> list[tuple[int, str]]:
    """The `number_key` of each extension."""
    return [number_key(number) for number in values_of(extensions, "number")]
