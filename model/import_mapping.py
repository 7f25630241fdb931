"""Which columns of an unknown table mean what: proposed by what is known of others, chosen by a clerk, a profile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from model.import_profile import DeviceRule, ImportProfile, KindRule, parse_profile, profile_to_toml, shipped_profiles
from model.import_result import SourceFile
from model.installation import checked_text
from model.refusals import Fault, InvalidInput

MOST_TITLES = 100
SHORT_NUMBER = re.compile(r"[0-9*#]{1,6}")
MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2}")


class Meaning(StrEnum):
    """What a column can hold that is taken over."""

    NUMBER = "NUMBER"
    NAME = "NAME"
    FIRST_NAME = "FIRST_NAME"
    LAST_NAME = "LAST_NAME"
    KIND = "KIND"
    MAC = "MAC"
    ACCOUNT = "ACCOUNT"
    DEVICE = "DEVICE"


def offered_titles(source: SourceFile) -> list[str]:
    """The columns that can be chosen: those with a title, the first of each, and none that is called a secret (R37)."""
    titles = dict.fromkeys(title for title in source.titles if title)
    return [title for title in titles if title not in source.secret_columns and _can_be_kept(title)]


def proposed(source: SourceFile) -> dict[Meaning, str]:
    """What the columns most likely are: by the titles of known systems, else by what is in them; each column once."""
    found: dict[Meaning, str] = {}
    titles = offered_titles(source)
    for meaning, known in _known_titles():
        match = next((title for title in titles if title.casefold() == known and title not in found.values()), None)
        if match:
            found.setdefault(meaning, match)
    for meaning, form in ((Meaning.MAC, MAC), (Meaning.NUMBER, SHORT_NUMBER)):
        left = [title for title in titles if title not in found.values()]
        match = next((title for title in left if _is_all(form, source, title)), None)
        if match:
            found.setdefault(meaning, match)
    return found


def mapped_profile(
    name: str, source: SourceFile, columns: Mapping[Meaning, str], resources: Sequence[str] = ()
) -> ImportProfile:
    """The profile of a table with these columns; next time it is recognised by all of its titles.

    `resources` are the values of the column of kinds that mean no person. Raises InvalidInput for what is missing,
    ImportRefused for what can't be a profile.
    """
    if Meaning.NUMBER not in columns:
        raise InvalidInput("number", Fault.EMPTY)
    device = DeviceRule(
        _title(columns, Meaning.MAC), _title(columns, Meaning.ACCOUNT), _group(columns, Meaning.DEVICE), named=True
    )
    profile = ImportProfile(
        checked_text("profile", name),
        needs=tuple(filter(_can_be_kept, dict.fromkeys(source.titles)))[:MOST_TITLES],
        secrets=source.secret_columns,
        number=_title(columns, Meaning.NUMBER),
        name=_group(columns, Meaning.NAME) + _group(columns, Meaning.FIRST_NAME, Meaning.LAST_NAME),
        kind=KindRule("".join(_title(columns, Meaning.KIND)), resources=tuple(resources), words=_words_of_things()),
        devices=(device,) if device.mac or device.account or device.name else (),
    )
    return parse_profile(profile_to_toml(profile))


def _known_titles() -> Iterator[tuple[Meaning, str]]:
    """The titles of the shipped profiles, folded, with what they mean; pairs of columns first."""
    for profile in shipped_profiles():
        yield from ((Meaning.NUMBER, title.casefold()) for title in profile.number)
        for group in profile.name:
            meanings = (Meaning.FIRST_NAME, Meaning.LAST_NAME) if len(group) > 1 else (Meaning.NAME,)
            yield from ((meaning, title.casefold()) for meaning, title in zip(meanings, group, strict=False))
        yield Meaning.KIND, profile.kind.column.casefold()
        for rule in profile.devices:
            yield from ((Meaning.MAC, title.casefold()) for title in rule.mac)
            yield from ((Meaning.ACCOUNT, title.casefold()) for title in rule.account)
            yield from ((Meaning.DEVICE, title.casefold()) for group in rule.name for title in group)


def _words_of_things() -> tuple[str, ...]:
    """What known systems call things that are no persons."""
    return tuple(sorted({word for profile in shipped_profiles() for word in profile.kind.words}))


def _is_all(form: re.Pattern[str], source: SourceFile, title: str) -> bool:
    place = source.titles.index(title)
    cells = [row[place].strip() for row in source.sample if place < len(row)]
    return any(cells) and all(form.fullmatch(cell) for cell in cells if cell)


def _title(columns: Mapping[Meaning, str], meaning: Meaning) -> tuple[str, ...]:
    return (columns[meaning],) if meaning in columns else ()


def _group(columns: Mapping[Meaning, str], *meanings: Meaning) -> tuple[tuple[str, ...], ...]:
    group = tuple(columns[meaning] for meaning in meanings if meaning in columns)
    return (group,) if group else ()


def _can_be_kept(title: str) -> bool:
    try:
        return bool(title) and checked_text("title", title) == title
    except InvalidInput:
        return False
