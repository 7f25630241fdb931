"""The floor of a search: one bare query in sqlite3 for what the rules of the search say, all ids in order."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from model.search import fold, fold_digraphs

SHOWN = 5
ORDERED = re.compile(r"(?:tw-?)?(\d{1,12})")
MAC = re.compile(r"[0-9a-f]{6,12}")
MAC_NOISE = re.compile(r"^sep(?=[0-9a-f]{6})|[:.\-]")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a search has to show: how many, and the names of the first."""

    count: int
    names: tuple[str, ...]


class BareQuery:
    """A connection of its own to a database that is only read."""

    def __init__(self, path: str) -> None:
        self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)

    def find(self, text: str) -> list[int]:
        """Ids of what is found, those whose name begins with the text first."""
        parts, values = [], []
        for word in fold(text).split():
            ways, more = _ways(word)
            parts.append(f"({' OR '.join(ways)})")
            values += more
        begins = f"{_escaped(fold_digraphs(fold(text).strip()))}%"
        sql = rf"""SELECT id FROM installation WHERE {" AND ".join(parts) or "1"}
            ORDER BY CASE WHEN search LIKE ? ESCAPE '\' THEN 0 ELSE 1 END, sort_name, id"""
        return [row[0] for row in self.database.execute(sql, [*values, begins])]

    def expected(self, ids: list[int]) -> Expected:
        """What the list has to show for these."""
        name = "SELECT name FROM installation WHERE id = ?"
        return Expected(len(ids), tuple(self.database.execute(name, [found]).fetchone()[0] for found in ids[:SHOWN]))

    def names(self) -> list[str]:
        """Every name in the order of the list."""
        return [row[0] for row in self.database.execute("SELECT name FROM installation ORDER BY sort_name, id")]

    def searches(self) -> list[str]:
        """What clerks type: names, towns, umlauts, numbers, parts of a MAC address; frequent, rare and in vain."""
        number = "SELECT customer_number FROM installation ORDER BY id LIMIT 1 OFFSET ?"
        name = "SELECT name FROM installation ORDER BY sort_name LIMIT 1 OFFSET ?"
        mac = "SELECT mac FROM device WHERE mac <> '' ORDER BY id LIMIT 1 OFFSET ?"
        (count,) = self.database.execute("SELECT count(*) FROM installation").fetchone()
        (devices,) = self.database.execute("SELECT count(*) FROM device WHERE mac <> ''").fetchone()
        found = [self._one(number, count * part // 7) for part in (1, 3, 6)]
        found += [self._one(name, count * part // 11)[:24] for part in range(1, 11, 2)]
        address = self._one(mac, devices // 2)
        found += [address[:8], ":".join(address[at : at + 2] for at in range(0, 8, 2))] if address else []
        return [*found, *ALWAYS]

    def _one(self, sql: str, offset: int) -> str:
        row = self.database.execute(sql, [offset]).fetchone()
        return str(row[0]) if row else ""


ALWAYS = (
    "müller gmbh",
    "mueller",
    "bäckerei",
    "Größ",
    "jäger",
    "autohaus",
    "brenner",
    "zahnarzt",
    "hamburg",
    "gmbh",
    "ährensack",
    "elektro schmidt",
    "praxis",
    "15",
    "201",
    "tw-100",
    "xyzq",
    "100423",
)


def _ways(word: str) -> tuple[list[str], list[str | int]]:
    """Conditions that find a word, and their values."""
    texts = list(dict.fromkeys((word, fold_digraphs(word))))
    ways = [r"search LIKE ? ESCAPE '\'" for _text in texts]
    values: list[str | int] = [f"%{_escaped(text)}%" for text in texts]
    if word.isdigit() and len(word) >= 2:
        ways.append("id IN (SELECT installation_id FROM extension WHERE number = ?)")
        values.append(word)
    if order := ORDERED.fullmatch(word):
        ways.append("id IN (SELECT installation_id FROM tariff_order WHERE order_number = ?)")
        values.append(int(order[1]))
    mac = MAC_NOISE.sub("", word)
    if MAC.fullmatch(mac):
        ways.append("id IN (SELECT installation_id FROM device WHERE mac <> '' AND mac >= ? AND mac < ?)")
        values += [mac, f"{mac}g"]
    return ways, values


def _escaped(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)
