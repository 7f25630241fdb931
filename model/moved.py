"""The mark on a database whose data are being moved elsewhere, or were: from then on it is only read, by everybody.

It is a row of `setting`, so that every desk sees it, and no part of what the history vouches for: history and content
stay exactly those of the database that the data went to.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from model.clock import from_text, to_text
from model.engine import Engine, Row
from model.errors import StorageFault, StoreUnavailable

MARK = "transfer"
MARKED = f"SELECT value FROM setting WHERE name = '{MARK}'"


class Moved(NamedTuple):
    """Where the data go, since when and by whom; `done` once they are there.

    `place` is for people, `address` for the program, both without a password. `entry` is the hash of the history's
    entry about it: a database that holds it has everything, because it all comes in one transaction.
    """

    place: str
    address: str
    at: datetime
    clerk: str
    entry: str
    done: bool

    @property
    def error(self) -> StoreUnavailable:
        """What whoever wants to write is told."""
        return StoreUnavailable(StorageFault.MOVED if self.done else StorageFault.MOVING, self.place)


def moved_from(row: Row) -> Moved:
    """The mark from its row; raises ValueError, TypeError or KeyError for what can be none."""
    import json

    kept = json.loads(row["value"])
    kept["at"] = from_text(kept["at"])
    return Moved(**kept)


def text_of(mark: Moved) -> str:
    """The mark as it is kept."""
    import json

    kept = {name: getattr(mark, name) for name in ("place", "address", "clerk", "entry", "done")}
    return json.dumps({**kept, "at": to_text(mark.at)}, ensure_ascii=False, sort_keys=True)


def moved(engine: Engine) -> Moved | None:
    """The mark, if there is one; a database that can only be read may be too old for any."""
    if not engine.has_table("setting"):
        return None
    return next(iter(engine.values(moved_from, MARKED)), None)


def require_here(marks: Iterable[Moved]) -> None:
    """Raises StoreUnavailable if the data are elsewhere, or on their way."""
    for mark in marks:
        raise mark.error
