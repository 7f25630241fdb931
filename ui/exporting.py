"""Exports on a thread of their own: written row by row, with progress, until they are done or cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from model.errors import ModelError
from model.export_list import WholeList
from model.list_query import ListQuery
from model.refusals import FileFault, FileNotSaved
from model.store import Store
from ui.background import Background
from ui.export import Format, Sheet, write_sheet
from ui.saving import saved_whole
from ui.table_model import Column

RowT = TypeVar("RowT")
EVERY = 100


@dataclass(frozen=True, slots=True)
class Job:
    """What file is wanted: its place, its kind, what stands above the rows."""

    path: Path
    form: Format
    title: str
    made_at: datetime
    columns: Sequence[Column[Any]]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written; `one_state` is False if others changed something while a long list was read."""

    path: Path
    count: int
    one_state: bool = True


Done = Callable[[Exported], None]
Failed = Callable[[ModelError], None]


class Exporting(QObject):
    """One export after the other; `progressed` with whole per cents. No order ever waits for one."""

    progressed = Signal(int)

    def __init__(self, store: Store, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._background = Background("exporting", self)
        self._cancelled = Event()

    def export_rows(self, job: Job, rows: Sequence[Any], done: Done, failed: Failed) -> None:
        """Write rows that are there already."""
        progress = self._progress()

        def work() -> Exported:
            progress.total = len(rows)
            with saved_whole(job.path) as unfinished:
                _write(job, unfinished, rows, progress)
            return Exported(job.path, len(rows))

        self._background.run(work, done, failed)

    def export_list(self, job: Job, query: ListQuery, done: Done, failed: Failed) -> None:
        """Write every installation of a list: first it is read, quickly, then it is written."""
        progress = self._progress()

        def work() -> Exported:
            count = self._store.count_installations(query)
            progress.total = 2 * count
            with WholeList() as found, saved_whole(job.path) as unfinished:
                found.read(self._store, query, lambda read: progress.show(min(read, count)))
                progress.total = count + len(found)
                _write(job, unfinished, found, progress, start=count)
            return Exported(job.path, len(found), found.one_state)

        self._background.run(work, done, failed)

    def cancel(self) -> None:
        """End the export that is under way: it fails with FileFault.CANCELLED, and nothing is saved."""
        self._cancelled.set()

    def close(self) -> None:
        """Nobody waits for a file any more."""
        self.cancel()
        self._background.close(finish=False)

    def _progress(self) -> _Progress:
        self._cancelled = Event()
        return _Progress(self.progressed.emit, self._cancelled)


class _Progress:
    """How far a job is; a cancelled job ends where it is looked at."""

    def __init__(self, tell: Callable[[int], None], cancelled: Event) -> None:
        self.total = 0
        self._tell = tell
        self._cancelled = cancelled
        self._percent = -1

    def show(self, done: int) -> None:
        """So much is done of the total; raises FileNotSaved if the job is cancelled."""
        if self._cancelled.is_set():
            raise FileNotSaved(FileFault.CANCELLED)
        percent = 100 * done // max(1, self.total)
        if percent != self._percent:
            self._percent = percent
            self._tell(percent)

    def counted(self, rows: Iterable[RowT], start: int) -> Iterator[RowT]:
        """The rows, with a look every now and then."""
        for done, row in enumerate(rows, start):
            if done % EVERY == 0:
                self.show(done)
            yield row


def _write(job: Job, unfinished: Path, rows: Iterable[Any], progress: _Progress, start: int = 0) -> None:
    headings = [column.title() for column in job.columns]
    cells = ([column.exported(row) for column in job.columns] for row in progress.counted(rows, start))
    write_sheet(unfinished, job.form, Sheet(job.title, job.made_at, headings, cells))
    progress.show(progress.total)
