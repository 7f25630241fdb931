"""Batches of files on a thread and a connection of their own: no order and no look waits for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from model.clock import Clock
from model.errors import ModelError
from model.import_archive import BatchFiles, open_files
from model.import_batch import Batch, BatchOptions, FileReport, Told, examples
from model.import_naming import NamePattern
from model.import_profile import shipped_profiles
from model.store import Store
from ui.background import Background

EXAMPLES = 8
Failed = Callable[[ModelError], None]


@dataclass(frozen=True, slots=True)
class Look:
    """What is in a folder or an archive: how many files, how many names fit (None if columns tell), the first ones."""

    count: int
    fitting: int | None
    examples: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a batch ended: of how many files, and whether it came to the last one."""

    count: int
    is_whole: bool


class Batching(QObject):
    """One batch at a time; `progressed` with whole per cents, `reported` with what became of some files."""

    progressed = Signal(int)
    reported = Signal(object)

    def __init__(self, store: Store, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._looking = Background("looking", self)
        self._background = Background("batching", self)
        self._cancelled = Event()
        self._percent = -1

    def look(self, path: Path, options: BatchOptions, done: Callable[[Look], None], failed: Failed) -> None:
        """Whose the files would be; nothing is stored. The newest question wins."""

        def work() -> Look:
            with closing(open_files(path)) as files:
                told = examples(files, self._knowing(options), EXAMPLES)
                return Look(len(files.names), _fitting(files, options), tuple(told))

        self._looking.run_newest(work, done, failed)

    def run(self, path: Path, options: BatchOptions, done: Callable[[Ended], None], failed: Failed) -> None:
        """Import them; also where it fails in the middle, what was reported is done."""
        self._cancelled = Event()
        self._percent = -1

        def work() -> Ended:
            with closing(open_files(path)) as files:
                knowing = self._knowing(options)
                batch = Batch(self._store, files, knowing, self._clock.now, self._tell, self._goes_on)
                return Ended(len(files.names), batch.run())

        self._background.run(work, done, failed)

    def cancel(self) -> None:
        """End the batch that is under way before its next file."""
        self._cancelled.set()

    def close(self) -> None:
        """Nobody waits for a batch any more."""
        self.cancel()
        self._looking.close(finish=False)
        self._background.close(finish=False)

    # ------------------------------------------------------------------ on the thread

    def _knowing(self, options: BatchOptions) -> BatchOptions:
        """With the profiles that are kept in the database, too."""
        profiles = (*shipped_profiles(), *self._store.profiles.all())
        return replace(options, choices=replace(options.choices, profiles=profiles))

    def _tell(self, reports: Sequence[FileReport]) -> None:
        self.reported.emit(tuple(reports))

    def _goes_on(self, done: int, total: int) -> bool:
        percent = 100 * done // max(1, total)
        if percent != self._percent:
            self._percent = percent
            self.progressed.emit(percent)
        return not self._cancelled.is_set()


def _fitting(files: BatchFiles, options: BatchOptions) -> int | None:
    rule = options.rule
    return sum(rule.named(name) is not None for name in files.names) if isinstance(rule, NamePattern) else None
