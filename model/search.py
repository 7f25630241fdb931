"""How text is folded for searching and sorting, and a search as SQL conditions (portable, LIKE only)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from model.list_query import LONGEST_SEARCH

MOST_WORDS = 8
MOST_SPELLINGS = 3
GERMAN = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
DIGRAPHS = re.compile("[aou]e")
DIGITS = re.compile(r"\d+")
ORDER_NUMBER = re.compile(r"(?:tw-?)?(\d{1,12})")
MAC_PART = re.compile(r"[0-9a-f]{6,12}")
LAST_CHARACTER = "\U0010ffff"
MAC_NOISE = re.compile(r"^sep(?=[0-9a-f]{6})|[:.\-]")


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


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a search: texts of which name or number has to contain one, or look-ups that find the installation.

    `likes` are SQL conditions on `installation i`; `lookups` are SQL for the ids of installations.
    """

    texts: tuple[str, ...]
    likes: tuple[str, ...]
    lookups: tuple[str, ...]
    parameters: dict[str, object]

    def condition(self) -> str:
        """As SQL on `installation i`."""
        return " OR ".join([*self.likes, *(f"i.id IN ({lookup})" for lookup in self.lookups)])


def searched_words(text: str) -> tuple[Word, ...]:
    """The words of a search; an installation has to have all of them."""
    return tuple(_word(place, word) for place, word in enumerate(fold(text[:LONGEST_SEARCH]).split()[:MOST_WORDS]))


def begins_with(text: str) -> tuple[str, dict[str, object]]:
    """An SQL condition that holds where the name begins with the text, and its parameters."""
    start = _start(text)
    return _like(start, "begin"), {"begin": f"{_escaped(start)}%"}


def sort_ranges(text: str) -> list[tuple[str, str]]:
    """Ranges of sort keys, from and below, that hold all names beginning with a text, however they spell ä, ö and ü.

    At a number, which is sorted by its value, and at the fourth vowel that may be spelt in two ways the text is cut:
    the ranges are wider than needed then.
    """
    starts, vowels = [""], 0
    for letter in _start(text):
        if letter.isdecimal():
            return [(f"{start}0", f"{start}:") for start in _apart(starts)]
        starts = [start + letter for start in starts]
        if letter in "aou":
            vowels += 1
            if vowels > MOST_SPELLINGS:
                break
            starts += [f"{start}e" for start in starts]
    return [(start, start + LAST_CHARACTER) for start in _apart(starts)]


def _apart(starts: list[str]) -> list[str]:
    """Without those that begin with another one."""
    known = sorted(set(starts))
    return [start for start in known if not any(start != other and start.startswith(other) for other in known)]


def _start(text: str) -> str:
    return fold_digraphs(fold(text[:LONGEST_SEARCH]).strip())


def _word(place: int, word: str) -> Word:
    texts = tuple(dict.fromkeys((word, fold_digraphs(word))))
    names = [f"text{place}_{n}" for n in range(len(texts))]
    parameters: dict[str, object] = {name: f"%{_escaped(text)}%" for name, text in zip(names, texts, strict=True)}
    likes = tuple(_like(text, name) for name, text in zip(names, texts, strict=True))
    return Word(texts, likes, _lookups(place, word, parameters), parameters)


def _like(text: str, name: str) -> str:
    """The condition that a text is found by the parameter of a name."""
    # SQLite takes an eighth longer where it is told of an escape character.
    return f"i.search LIKE :{name}" + (r" ESCAPE '\'" if _escaped(text) != text else "")


def _lookups(place: int, word: str, parameters: dict[str, object]) -> tuple[str, ...]:
    """Extension number, order number, MAC address."""
    ways = []
    if word.isdigit() and len(word) >= 2:
        parameters[f"number{place}"] = word
        ways.append(f"SELECT installation_id AS id FROM extension WHERE number = :number{place}")
    if order := ORDER_NUMBER.fullmatch(word):
        parameters[f"order{place}"] = int(order[1])
        ways.append(f"SELECT installation_id AS id FROM tariff_order WHERE order_number = :order{place}")
    mac = MAC_NOISE.sub("", word)
    if MAC_PART.fullmatch(mac):
        parameters[f"mac{place}"], parameters[f"end{place}"] = mac, mac + "g"
        known = f"mac <> '' AND mac >= :mac{place} AND mac < :end{place}"
        ways.append(f"SELECT installation_id AS id FROM device WHERE {known}")
    return tuple(ways)


def _is_seen(character: str) -> bool:
    return character.isprintable() or character.isspace()


def _escaped(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)
