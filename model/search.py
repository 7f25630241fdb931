"""How text is folded for searching and sorting, and a search as an SQL condition (portable, LIKE only)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LONGEST_SEARCH = 200
MOST_WORDS = 8
GERMAN = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
DIGRAPHS = re.compile("[aou]e")
DIGITS = re.compile(r"\d+")
ORDER_NUMBER = re.compile(r"(?:tw-?)?(\d{1,12})")
MAC_PART = re.compile(r"[0-9a-f]{6,12}")
MAC_NOISE = re.compile(r"^sep(?=[0-9a-f]{6})|[:.\-]")


class Filter(StrEnum):
    """The three lists a clerk chooses from."""

    ALL = "ALL"
    OVER = "OVER"
    PENDING = "PENDING"


class Sorting(StrEnum):
    """What the list is sorted by."""

    NAME = "NAME"
    NUMBER = "NUMBER"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the list shows: a text, a filter, an order, on a day (R5)."""

    day: date
    text: str = ""
    filter: Filter = Filter.ALL
    sorting: Sorting = Sorting.NAME


def fold(text: str) -> str:
    """Lower case without accents: Ä is a, ß is ss; without what nobody sees, which no database could look for."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(GERMAN))
    return "".join(c for c in plain if not unicodedata.combining(c) and _is_seen(c)).translate(GERMAN)


def fold_digraphs(folded: str) -> str:
    """ae, oe, ue as a, o, u, so that Mueller, Müller and muller are one."""
    return DIGRAPHS.sub(lambda match: match[0][0], folded)


def search_text(name: str, customer_number: str) -> str:
    """The searchable text of an installation: the name without digraphs, as it is, and the number."""
    plain = fold(name)
    return "\n".join(dict.fromkeys((fold_digraphs(plain), plain, fold(customer_number))))


def sort_text(name: str) -> str:
    """Sorts as German dictionaries do (Ä beside A), numbers by value; equal keys by the name itself."""
    return f"{sort_key(name)}\n{name}"


def sort_key(name: str) -> str:
    """What sort_text begins with; names that differ in case, accents or leading zeros alone have the same."""
    return DIGITS.sub(lambda match: match[0].lstrip("0").rjust(12, "0"), fold(name))


def conditions(text: str) -> tuple[list[str], dict[str, object]]:
    """SQL conditions on `installation i`, one for each word, and their parameters."""
    parts: list[str] = []
    parameters: dict[str, object] = {}
    for place, word in enumerate(fold(text[:LONGEST_SEARCH]).split()[:MOST_WORDS]):
        ways = [_like(place, word, parameters), *_exact(place, word, parameters)]
        parts.append(f"({' OR '.join(ways)})")
    return parts, parameters


def begins_with(text: str) -> tuple[str, dict[str, object]]:
    """An SQL expression that is 0 where the name begins with the text, else 1."""
    folded = fold_digraphs(fold(text[:LONGEST_SEARCH]).strip())
    return r"CASE WHEN i.search LIKE :begin ESCAPE '\' THEN 0 ELSE 1 END", {"begin": f"{_escaped(folded)}%"}


def _like(place: int, word: str, parameters: dict[str, object]) -> str:
    parameters[f"text{place}"] = f"%{_escaped(word)}%"
    joined = fold_digraphs(word)
    if joined == word:
        return rf"i.search LIKE :text{place} ESCAPE '\'"
    parameters[f"joined{place}"] = f"%{_escaped(joined)}%"
    return rf"i.search LIKE :text{place} ESCAPE '\' OR i.search LIKE :joined{place} ESCAPE '\'"


def _exact(place: int, word: str, parameters: dict[str, object]) -> list[str]:
    """Extension number, order number, MAC address: looked up by index."""
    ways = []
    if word.isdigit() and len(word) >= 2:
        parameters[f"number{place}"] = word
        ways.append(f"i.id IN (SELECT installation_id FROM extension WHERE number = :number{place})")
    if order := ORDER_NUMBER.fullmatch(word):
        parameters[f"order{place}"] = int(order[1])
        ways.append(f"i.id IN (SELECT installation_id FROM tariff_order WHERE order_number = :order{place})")
    mac = MAC_NOISE.sub("", word)
    if MAC_PART.fullmatch(mac):
        parameters[f"mac{place}"], parameters[f"end{place}"] = mac, mac + "g"
        ways.append(
            f"i.id IN (SELECT installation_id FROM device WHERE mac <> '' AND mac >= :mac{place} AND mac < :end{place})"
        )
    return ways


def _is_seen(character: str) -> bool:
    return character.isprintable() or character.isspace()


def _escaped(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)
