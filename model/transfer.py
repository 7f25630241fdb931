"""Moving a whole database to a server, or from there into a file: everything or nothing, and never two that are used.

First the database is marked: from then on nobody changes it any more. Everything goes over in one transaction, is
compared there, and only with the marked database locked it is made to stay. Last the mark says that it is done. Killed
at any moment, the mark stays; whether the data have arrived is then told by the entry of the history that came with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial

from model.audit import Action, Journal
from model.engine import Engine
from model.errors import StoreUnavailable
from model.moved import MARK, Moved, moved, text_of
from model.refusals import TransferFault, TransferRefused
from model.transfer_check import Sum, differing_customer, sums
from model.transfer_rows import TABLES, clear, content, copied, count, require_empty
from model.transfer_target import Target, has_arrived
from model.verification import verify


class Stage(StrEnum):
    """What is being done."""

    LOOKING = "LOOKING"
    COPYING = "COPYING"
    COMPARING = "COMPARING"
    CHECKING = "CHECKING"


Told = Callable[[Stage, int, int], object]


@dataclass(frozen=True, slots=True)
class Transferred:
    """What is the same on both sides: rows of each table, orders and their sums, the history's end."""

    place: str
    address: str
    rows: Mapping[str, int]
    sums: tuple[Sum, ...]
    last_hash: str


class Transfer:
    """Moves one database; `mark` tells where its data are, if they aren't here."""

    def __init__(self, engine: Engine, clerk: str) -> None:
        self._engine = engine
        self._clerk = clerk
        self._journal = Journal(engine, clerk)

    @property
    def mark(self) -> Moved | None:
        """Where the data are or go; None for a database to work with."""
        return moved(self._engine)

    def run(self, target: Target, now: Callable[[], datetime], tell: Told) -> Transferred:
        """Move everything; from then on this database is an archive. `tell` may raise GivenUp.

        Raises TransferRefused, StoreUnavailable or what `tell` raised; then nothing was moved. Only if the connection
        is lost so that nobody can tell whether the data have arrived, the mark stays for `settle`.
        """
        require_empty(target.engine)
        _require_sound(self._engine, target.place, partial(tell, Stage.LOOKING, 0, 1))
        mark = self._begin(target, now())
        arrived: Callable[[str], bool] = _nothing_arrived
        try:
            with ExitStack() as locked:
                with target.engine.write():
                    everything = self._carry(target, now().date(), tell)
                    locked.enter_context(self._engine.write(moving=True))
                    self._require_unchanged(mark)
                    arrived = target.arrived
                target.publish()
                self._keep(mark._replace(done=True))
        except BaseException:
            # Should this fail too, the mark tells of it.
            with suppress(StoreUnavailable):
                if self._end(mark, arrived, now()):
                    return everything
            raise
        return everything

    def settle(self, address: str, now: datetime) -> bool:
        """The end of a move isn't known: look whether the data have arrived at an address, and finish or undo it.

        Returns whether they have. Raises StoreUnavailable if that can't be told; then nothing is changed.
        """
        mark = self.mark
        return mark is not None and (mark.done or self._end(mark, partial(has_arrived, address), now))

    def _carry(self, target: Target, day: date, tell: Told) -> Transferred:
        """Copy everything and compare it; the target decides later whether it stays."""
        copying, comparing = _Steps(tell, Stage.COPYING), _Steps(tell, Stage.COMPARING)
        engine = target.engine
        # Nobody else can begin to work there any more; before this they could.
        require_empty(engine)
        with target.filling(engine), self._engine.read():
            copying.all = count(self._engine)
            clear(engine)
            wanted = {table.name: copied(self._engine, engine, table, copying.add) for table in TABLES}
        comparing.all = copying.done + wanted["installation"].rows
        found = {table.name: content(engine, table, comparing.add) for table in TABLES}
        different = [name for name, kept in found.items() if kept != wanted[name]]
        customer = differing_customer(self._engine, engine, day, comparing.add)
        if sums(engine) != sums(self._engine):
            different.append("tariff_order")
        if different or customer:
            raise TransferRefused(TransferFault.DIFFERENT, target.place, customer or different[0])
        _require_sound(engine, target.place, partial(tell, Stage.CHECKING, 0, 1))
        rows = {name: kept.rows for name, kept in found.items()}
        return Transferred(target.place, target.address, rows, sums(engine), _head(engine))

    # ------------------------------------------------------------------ the mark

    def _begin(self, target: Target, now: datetime) -> Moved:
        with self._engine.write():
            self._journal.append(Action.TRANSFER_BEGUN, now, after={"to": target.place})
            mark = Moved(target.place, target.address, now, self._clerk, _head(self._engine), done=False)
            self._keep(mark)
        return mark

    def _require_unchanged(self, mark: Moved) -> None:
        """Nothing came after the entry about the move, and nobody has undone it."""
        if self.mark != mark or _head(self._engine) != mark.entry:
            raise TransferRefused(TransferFault.CHANGED, mark.place)

    def _end(self, mark: Moved, arrived: Callable[[str], bool], now: datetime) -> bool:
        """Whether the data have arrived, in which case it is done, or else undone; nobody else decides meanwhile."""
        with self._engine.write(moving=True):
            if self.mark != mark:
                return self.mark == mark._replace(done=True)
            there = arrived(mark.entry)
            if there:
                self._keep(mark._replace(done=True))
            else:
                self._engine.execute("DELETE FROM setting WHERE name = :name", {"name": MARK})
                self._journal.append(Action.TRANSFER_GIVEN_UP, now, after={"to": mark.place})
        return there

    def _keep(self, mark: Moved) -> None:
        self._engine.execute(
            "INSERT INTO setting (name, value) VALUES (:name, :value)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            {"name": MARK, "value": text_of(mark)},
        )


class _Steps:
    """Tells how many rows of how many are done."""

    def __init__(self, tell: Told, stage: Stage) -> None:
        self._tell, self._stage = tell, stage
        self.done, self.all = 0, 0

    def add(self, rows: int) -> None:
        """So many more."""
        self.done += rows
        self._tell(self._stage, self.done, self.all)


def _nothing_arrived(_entry: str) -> bool:
    """As long as nothing is made to stay."""
    return False


def _require_sound(engine: Engine, place: str, going_on: Callable[[], object]) -> None:
    """Guards, history, orders and counters (R36). Raises TransferRefused."""
    going_on()
    if findings := verify(engine, going_on).findings:
        raise TransferRefused(TransferFault.NOT_SOUND, place, findings[0].row)


def _head(engine: Engine) -> str:
    """The hash at the history's end."""
    return engine.value(lambda row: str(row["hash"]), "SELECT hash FROM audit_head")
