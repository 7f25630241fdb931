"""A long row of ids, kept as the one text a database made of them: numbers would cost a second to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

DIGITS = 13
EARLY, LATE = 10 ** (DIGITS - 1), 2 * 10 ** (DIGITS - 1)


def code(identity: str, late: str = "") -> str:
    """SQL for what the text has of an id; where the condition `late` holds, it comes behind all others."""
    early = f"CASE WHEN {late} THEN {LATE} ELSE {EARLY} END" if late else str(EARLY)
    return f"{early} + {identity}"


class Ids:
    """Ids in an order. The text has the `code` of each, EARLY or LATE plus the id, all of the same length."""

    def __init__(self, text: str) -> None:
        self._text = _early_first(text)

    @classmethod
    def of(cls, ids: Iterable[int]) -> Ids:
        """The ids as they come."""
        return cls("".join(str(EARLY + identity) for identity in ids))

    def __len__(self) -> int:
        return len(self._text) // DIGITS

    def some(self, start: int, most: int) -> list[int]:
        """The ids from a place on."""
        end = min(start + most, len(self))
        return [int(self._text[at + 1 : at + DIGITS]) for at in range(start * DIGITS, end * DIGITS, DIGITS)]

    def place(self, identity: int) -> int | None:
        """Where an id stands, if it does."""
        wanted = str(EARLY + identity)[1:]
        at = self._text.find(wanted)
        while at >= 0 and at % DIGITS != 1:
            at = self._text.find(wanted, at + 1)
        return at // DIGITS if at >= 0 else None


def _early_first(text: str) -> str:
    """The late ones behind the others, each in the order they have; they come in few runs."""
    runs = list(_runs(text[::DIGITS]))
    if len(runs) < 2 or (len(runs) == 2 and text[0] == "1"):
        return text
    parts = [(text[start * DIGITS], text[start * DIGITS : end * DIGITS]) for start, end in runs]
    return "".join(part for _which, part in sorted(parts, key=lambda part: part[0]))


def _runs(flags: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(flags):
        end = flags.find("2" if flags[start] == "1" else "1", start)
        end = len(flags) if end < 0 else end
        yield start, end
        start = end
