"""What is known of one telephone system's tables: how to recognise them and which column means what.

A profile is data, one TOML file for each system; titles and values are compared without regard to case.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from model.installation import ProFeature, checked_text
from model.refusals import ImportFault, ImportRefused, InvalidInput

PROFILES = Path(__file__).parents[1] / "resources" / "import"
LONGEST_PROFILE = 64 * 1024
MOST_ENTRIES = 500
LONGEST_PLACE = 60
ANY_VALUE = "*"
# Titles of columns that are never read, whatever a profile says (R37); a preview blanks them in unknown tables.
SECRET_TITLE = re.compile(
    r"passw|passcode|passphrase|kennwort|secret|geheim|vmpwd|credential|token|auth[ _-]?(id|user|name)|web_pass"
    r"|(?<![a-z])(pass|pwd|pw|pin|pins|key)(?![a-z])",
    re.IGNORECASE,
)
WORD = re.compile(r"\w+")

Alternatives = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class KindRule:
    """User or resource, by the value of a column, else by the persons' columns, else by words in the name.

    Where a value of the column is in `left_out` the row is no extension, in `without_device` it has no account.
    """

    column: str = ""
    users: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    without_device: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceRule:
    """A device of a row, by its MAC address or its account; `name` has alternatives of columns to be joined.

    The first of the titles that the table has counts. With `apps`, what is no MAC address is the account of an app;
    with `named`, a name alone makes a device.
    """

    mac: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    name: Alternatives = ()
    apps: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class HintRule:
    """A column that tells, by one of its values, a function that would need Pro; `apps`: its device is an app."""

    column: str
    values: tuple[str, ...]
    feature: ProFeature
    apps: bool = False


@dataclass(frozen=True, slots=True)
class ImportProfile:
    """How to recognise and read one system's tables.

    `number` has fall-backs, `name` alternatives of columns to be joined. With `serves` the rows are devices, and
    this column, with `|2`, `|3` … after it, names the extensions of their lines. `lists` are columns whose
    `key=value` entries some exports forget to quote.
    """

    system: str
    needs: tuple[str, ...] = ()
    any_of: Alternatives = ()
    starts_with: str = ""
    is_phone_book: bool = False
    secrets: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    name: Alternatives = ()
    serves: str = ""
    kind: KindRule = field(default_factory=KindRule)
    devices: tuple[DeviceRule, ...] = ()
    hints: tuple[HintRule, ...] = ()

    def recognised_by(self, titles: Collection[str]) -> tuple[str, ...]:
        """The titles, as this profile writes them, that tell a table with these folded titles; () if it is none."""
        if self.starts_with and not next(iter(titles), "").startswith(self.starts_with):
            return ()
        if not all(title.casefold() in titles for title in self.needs):
            return ()
        groups = [[title for title in group if title.casefold() in titles] for group in self.any_of]
        return () if not all(groups) else (*self.needs, *(title for group in groups for title in group))

    def is_secret(self, title: str) -> bool:
        """Whether a column, by its folded title, is never read (R37)."""
        return any(title == secret.casefold() for secret in self.secrets) or bool(SECRET_TITLE.search(title))

    def columns(self) -> tuple[str, ...]:
        """Every title this profile reads, but for the further lines of devices."""
        rules = self.devices
        return tuple(
            dict.fromkeys(
                title
                for title in (
                    *self.number,
                    *(title for group in self.name for title in group),
                    *((self.serves,) if self.serves else ()),
                    *((self.kind.column,) if self.kind.column else ()),
                    *self.kind.persons,
                    *(title for rule in rules for title in (*rule.mac, *rule.account)),
                    *(title for rule in rules for group in rule.name for title in group),
                    *(rule.column for rule in self.hints),
                )
            )
        )


class NamedThings:
    """Tells a name of a thing from one of a person by whole words: "Fax Vertrieb", "Call Flow Zentrale"."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = [f" {' '.join(WORD.findall(phrase.casefold()))} " for phrase in phrases]
        self._first_words = {phrase.split()[0] for phrase in self._phrases if phrase.split()}

    def has(self, name: str) -> bool:
        """Whether one of the phrases is in the name."""
        words = WORD.findall(name.casefold())
        if self._first_words.isdisjoint(words):
            return False
        padded = f" {' '.join(words)} "
        return any(phrase in padded for phrase in self._phrases)


@lru_cache(maxsize=1)
def shipped_profiles() -> tuple[ImportProfile, ...]:
    """The systems that come with the program."""
    return read_profiles(PROFILES)


def read_profiles(folder: Path) -> tuple[ImportProfile, ...]:
    """The profiles in a folder, one TOML file each, by file name; raises ImportRefused for one that can't be used."""
    return tuple(read_profile(path) for path in sorted(folder.glob("*.toml")))


def read_profile(path: Path) -> ImportProfile:
    """A profile a clerk got from somewhere; raises ImportRefused for a file that is none."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_PROFILE + 1)
        return parse_profile(content.decode("utf-8") if len(content) <= LONGEST_PROFILE else "")
    except ImportRefused as refused:
        refused.file = path.name
        raise
    except OSError:
        raise ImportRefused(ImportFault.MISSING, file=path.name) from None
    except ValueError:
        raise ImportRefused(ImportFault.PROFILE, file=path.name) from None


def parse_profile(text: str) -> ImportProfile:
    """A profile from its TOML; raises ImportRefused with the key that is wrong.

    A profile that reads a secret column, or that could not tell its tables from others, is none (R37).
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise ImportRefused(ImportFault.PROFILE) from None
    profile = _profile(_Part(data, ""))
    for title in profile.columns():
        if profile.is_secret(title.casefold()):
            raise ImportRefused(ImportFault.PROFILE, cell=title)
    if not profile.system:
        raise ImportRefused(ImportFault.PROFILE, cell="system")
    if not (profile.needs or (profile.any_of and all(profile.any_of))):
        raise ImportRefused(ImportFault.PROFILE, cell="needs")
    if not (profile.number or profile.serves or profile.is_phone_book):
        raise ImportRefused(ImportFault.PROFILE, cell="number")
    return profile


def profile_to_toml(profile: ImportProfile) -> str:
    """The TOML of a profile, for `parse_profile`."""
    kind = profile.kind
    lines = [
        f"system = {_toml(profile.system)}",
        *_entries({"secrets": profile.secrets, "lists": profile.lists}),
        *_table(
            "[recognise]",
            {
                "needs": profile.needs,
                "any_of": profile.any_of,
                "starts_with": profile.starts_with,
                "phone_book": profile.is_phone_book,
            },
        ),
        *_table("[columns]", {"number": profile.number, "name": profile.name, "serves": profile.serves}),
        *_table("[kind]", {name: getattr(kind, name) for name in KindRule.__dataclass_fields__}),
    ]
    for device in profile.devices:
        lines += _table("[[devices]]", {name: getattr(device, name) for name in DeviceRule.__dataclass_fields__})
    for hint in profile.hints:
        lines += _table("[[hints]]", {name: getattr(hint, name) for name in HintRule.__dataclass_fields__})
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------------- from TOML


class _Part:
    """A table of a profile's TOML; every value asked for is checked, and what is asked for by nobody is refused."""

    def __init__(self, data: object, place: str) -> None:
        if not isinstance(data, dict):
            raise ImportRefused(ImportFault.PROFILE, cell=place.rstrip("."))
        self._data: Mapping[str, Any] = data
        self._place = place
        self._asked: set[str] = set()

    def text(self, key: str, default: str | None = None) -> str:
        return self._checked(key, self._value(key, default))

    def flag(self, key: str) -> bool:
        value = self._value(key, default=False)
        if not isinstance(value, bool):
            raise self._fault(key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(self._checked(key, entry) for entry in self._entries(key, self._value(key, [])))

    def alternatives(self, key: str) -> Alternatives:
        return tuple(
            tuple(self._checked(key, entry) for entry in self._entries(key, group))
            for group in self._entries(key, self._value(key, []))
        )

    def part(self, key: str) -> _Part:
        return _Part(self._value(key, {}), f"{self._place}{key}.")

    def parts(self, key: str) -> list[_Part]:
        return [_Part(entry, f"{self._place}{key}.") for entry in self._entries(key, self._value(key, []))]

    def close(self) -> None:
        for key in self._data.keys() - self._asked:
            raise self._fault(key)

    def _value(self, key: str, default: object) -> object:
        self._asked.add(key)
        return self._data.get(key, default)

    def _entries(self, key: str, value: object) -> list[object]:
        if not isinstance(value, list) or len(value) > MOST_ENTRIES:
            raise self._fault(key)
        return value

    def _checked(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self._fault(key)
        try:
            return checked_text(key, value) if value else ""
        except InvalidInput:
            raise self._fault(key) from None

    def _fault(self, key: str) -> ImportRefused:
        return ImportRefused(ImportFault.PROFILE, cell=f"{self._place}{key}"[:LONGEST_PLACE])


def _profile(data: _Part) -> ImportProfile:
    recognise, columns, kind = data.part("recognise"), data.part("columns"), data.part("kind")
    devices, hints = data.parts("devices"), data.parts("hints")
    profile = ImportProfile(
        system=data.text("system"),
        needs=recognise.texts("needs"),
        any_of=recognise.alternatives("any_of"),
        starts_with=recognise.text("starts_with", ""),
        is_phone_book=recognise.flag("phone_book"),
        secrets=data.texts("secrets"),
        lists=data.texts("lists"),
        number=columns.texts("number"),
        name=columns.alternatives("name"),
        serves=columns.text("serves", ""),
        kind=KindRule(
            column=kind.text("column", ""),
            users=kind.texts("users"),
            resources=kind.texts("resources"),
            left_out=kind.texts("left_out"),
            without_device=kind.texts("without_device"),
            persons=kind.texts("persons"),
            words=kind.texts("words"),
        ),
        devices=tuple(_device(entry) for entry in devices),
        hints=tuple(_hint(entry) for entry in hints),
    )
    for part in (data, recognise, columns, kind, *devices, *hints):
        part.close()
    return profile


def _device(data: _Part) -> DeviceRule:
    return DeviceRule(
        mac=data.texts("mac"),
        account=data.texts("account"),
        name=data.alternatives("name"),
        apps=data.flag("apps"),
        named=data.flag("named"),
    )


def _hint(data: _Part) -> HintRule:
    try:
        feature = ProFeature(data.text("feature"))
    except ValueError:
        raise ImportRefused(ImportFault.PROFILE, cell="hints.feature") from None
    return HintRule(data.text("column"), data.texts("values"), feature, data.flag("apps"))


# ---------------------------------------------------------------------- to TOML


def _table(header: str, entries: Mapping[str, object]) -> list[str]:
    lines = _entries(entries)
    return ["", header, *lines] if lines else []


def _entries(entries: Mapping[str, object]) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in entries.items() if value]


def _toml(value: object) -> str:
    # A JSON string is a TOML string, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
