"""One worker thread owns the store's work; results come back to the GUI thread as signals."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from model.errors import Interrupted, ModelError, Unexpected
from ui.worker import Worker

Result = TypeVar("Result")
Failed = Callable[[ModelError], None]


class Background(QObject):
    """Runs calls one after the other on its own thread and delivers each result where it was asked for.

    The thread knows a job by its number alone: what a job holds, widgets among it, must not be let go there. Qt may
    wait for the interpreter while it lets go of an object, and the window for Qt: both would stand still for ever.
    """

    _finished = Signal(int)
    _told = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = Worker(name, self._work)
        self._numbers = count()
        self._jobs: dict[int, _Job] = {}
        self._newest: int | None = None
        self._open = True
        # They come from the other thread, so Qt queues them for this object's.
        self._finished.connect(self._finish)
        self._told.connect(self._tell)

    def run(self, work: Callable[[], Result], done: Callable[[Result], None], failed: Failed) -> None:
        """Do `work` on the thread; then `done` or, for an expected error, `failed` in the GUI thread.

        For anything else `failed` gets Unexpected, and the error is raised again for the last-resort hook. Nobody
        waits for work that was interrupted.
        """
        self._submit(_Job(work, done, failed))

    def run_newest(self, work: Callable[[], Result], done: Callable[[Result], None], failed: Failed) -> None:
        """Like `run`, but what was asked for in this way before and has not begun yet is dropped."""
        if self._newest is not None and self._worker.drop(self._newest):
            del self._jobs[self._newest]
        self._newest = self._submit(_Job(work, done, failed))

    def deliver(self, outcome: Callable[[], None]) -> None:
        """Have something done in the GUI thread, before what the work under way gives in the end."""
        self._told.emit(outcome)

    def close(self, *, finish: bool) -> None:
        """Finish what was begun, and with `finish` what was asked for; deliver nothing more."""
        self._open = False
        self._worker.close(finish=finish)

    def _submit(self, job: _Job) -> int | None:
        if not self._open:
            return None
        number = next(self._numbers)
        self._jobs[number] = job
        self._worker.add(number)
        return number

    def _work(self, number: int) -> None:
        """On the thread: nothing of the job is left here when its number goes back."""
        self._jobs[number].attempt()
        self._finished.emit(number)

    def _finish(self, number: int) -> None:
        job = self._jobs.pop(number)
        if self._open:
            job.deliver()

    def _tell(self, outcome: Callable[[], None]) -> None:
        if self._open:
            outcome()


class _Job:
    """What is to be done, who waits for it, and how it ended."""

    def __init__(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Failed) -> None:
        self._work, self._done, self._failed = work, done, failed
        self._result: object = None
        self._error: BaseException | None = None

    def attempt(self) -> None:
        """Do it."""
        try:
            self._result = self._work()
        except BaseException as error:  # noqa: BLE001 - carried over to the GUI thread
            self._error = error

    def deliver(self) -> None:
        """Tell whoever waits; the error that nobody expected is raised for the last-resort hook."""
        # The error's traceback leads back here: kept, both would wait for the collector, on whichever thread it runs.
        error, self._error = self._error, None
        if error is None:
            self._done(self._result)
        elif isinstance(error, Interrupted):
            return
        elif isinstance(error, ModelError):
            self._failed(error)
        else:
            # Whoever asked is let go first, or a dialog would wait for ever.
            self._failed(Unexpected())
            raise error
