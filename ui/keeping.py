"""Looking after the database beside everything else: checking it, copying it, listing the copies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from model.backups import Backup, backups, default_folder
from model.clock import Clock
from model.errors import ModelError
from model.store import Store
from model.verification import Verification
from ui.background import Background

Failed = Callable[[ModelError], None]


class Keeping(QObject):
    """Has a thread of its own: what it does may take long and must never hold up an order."""

    def __init__(self, store: Store, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._background = Background("keeping", self)

    @property
    def possible(self) -> bool:
        """Whether there is a file to copy."""
        return self._store.has_file

    def folder(self, chosen: str) -> Path:
        """Where copies are kept: where the clerk wants them, else beside the database."""
        return Path(chosen) if chosen else default_folder(self._store.target)

    def look_over(self, done: Callable[[None], None], failed: Failed) -> None:
        """Look for damage in the whole file, once after the start."""
        self._background.run(self._store.look_over, done, failed)

    def verify(self, done: Callable[[Verification], None], failed: Failed) -> None:
        """Check the whole database (R36)."""
        self._background.run(self._store.verify, done, failed)

    def back_up(self, folder: Path, done: Callable[[Path], None], failed: Failed) -> None:
        """Make a checked copy, and let old ones go."""
        now = self._clock.now()
        self._background.run(lambda: self._store.back_up(folder, now), done, failed)

    def list(self, folder: Path, done: Callable[[list[Backup]], None], failed: Failed) -> None:
        """The copies there are, with what is in them."""
        stem = Path(self._store.target).stem
        self._background.run(lambda: backups(folder, stem), done, failed)

    def close(self) -> None:
        """Make the copy that is due, finish what was begun."""
        self._background.close(finish=True)
