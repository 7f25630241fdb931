"""An installation that is about to be ordered for, read before the click that orders, on the thread that will write."""

from __future__ import annotations

import threading
from collections.abc import Callable

from model.account import Account
from model.engine import Engine

HEAD = "SELECT hash FROM audit_head WHERE id = 1"


class ReadAhead:
    """One account for each thread; it holds as long as nobody, in this program or another, has written anything.

    A thread's connection tells of what others have written, even past the history; what it wrote itself moved the head
    of the history. On a server nothing ever holds, because every change begins by locking the head.
    """

    def __init__(self, engine: Engine, read: Callable[[int], Account]) -> None:
        self._engine = engine
        self._read = read
        self._local = threading.local()

    def read(self, installation_id: int) -> None:
        """Read an account for later; raises NoSuchInstallation, StoreUnavailable."""
        with self._engine.read():
            self._local.kept = self._state(), self._read(installation_id)

    def account(self, installation_id: int) -> Account:
        """An account as it is now, inside `write()`; raises NoSuchInstallation."""
        kept: tuple[object, Account] | None = self._local.__dict__.pop("kept", None)
        if kept and kept[1].installation.id == installation_id and kept[0] == self._state():
            return kept[1]
        return self._read(installation_id)

    def _state(self) -> tuple[object, ...]:
        return self._engine.data_version(), *(row["hash"] for row in self._engine.query(HEAD))
