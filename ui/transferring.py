"""Moving a whole database elsewhere, on a thread of its own; and how one ended that was cut off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from model.clock import Clock
from model.engine import is_server
from model.errors import GivenUp, ModelError
from model.passwords import known_password, remember_password
from model.server_place import ServerPlace, place_of, with_password
from model.store import Store
from model.transfer import Stage, Transferred
from model.transfer_target import new_target
from ui.background import Background

Done = Callable[[Transferred | None], None]
Failed = Callable[[ModelError], None]


class Transferring(QObject):
    """One move at a time; `progressed` with what is being done and whole per cents of it."""

    progressed = Signal(object, int)

    def __init__(self, store: Store, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._background = Background("transferring", self)
        self._cancelled = Event()
        self._told: tuple[Stage, int] | None = None

    def to_server(self, place: ServerPlace, password: str, *, create: bool, done: Done, failed: Failed) -> None:
        """Move everything to a server; without a password with the known one. None if the clerk gave up.

        The schema is made only if `create`. A password that was typed is kept when everything is there.
        """

        def work() -> Transferred | None:
            moved = self._run(with_password(place.address, password or known_password(place)), create=create)
            if moved is not None and password:
                remember_password(place, password)
            return moved

        self._begin(work, done, failed)

    def to_file(self, path: Path, done: Done, failed: Failed) -> None:
        """Move everything into a new file; None if the clerk gave up."""
        self._begin(lambda: self._run(str(path), create=True), done, failed)

    def settle(self, password: str, done: Callable[[bool], None], failed: Failed) -> None:
        """Look whether what was begun has arrived, and finish or undo it; whether it has."""

        def work() -> bool:
            mark = self._store.transfer.mark
            if mark is None:
                return False
            address = mark.address
            if is_server(address):
                place = place_of(address)
                address = with_password(address, password or known_password(place))
            return self._store.transfer.settle(address, self._clock.now())

        self._background.run(work, done, failed)

    def cancel(self) -> None:
        """End what is under way; everything is then as before."""
        self._cancelled.set()

    def close(self) -> None:
        """Nobody waits any more: what can still be undone is undone."""
        self.cancel()
        self._background.close(finish=True)

    def _begin(self, work: Callable[[], Transferred | None], done: Done, failed: Failed) -> None:
        self._cancelled = Event()
        self._told = None
        self._background.run(work, done, failed)

    # ------------------------------------------------------------------ on the thread

    def _run(self, address: str, *, create: bool) -> Transferred | None:
        try:
            with new_target(address, create=create) as target:
                return self._store.transfer.run(target, self._clock.now, self._tell)
        except GivenUp:
            return None

    def _tell(self, stage: Stage, done: int, of: int) -> None:
        told = stage, 100 * done // max(1, of)
        if told != self._told:
            self._told = told
            self.progressed.emit(*told)
        if self._cancelled.is_set():
            raise GivenUp
