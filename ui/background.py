"""One worker thread owns the store's work; results come back to the GUI thread as signals."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from model.errors import ModelError, Unexpected

Result = TypeVar("Result")


class Background(QObject):
    """Runs calls one after the other on its own thread and delivers each result where it was asked for."""

    _delivered = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._newest: Future[None] | None = None
        self._open = True
        self._delivered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[ModelError], None],
    ) -> None:
        """Do `work` on the thread; then `done` or, for an expected error, `failed` in the GUI thread.

        For anything else `failed` gets Unexpected, and the error is raised again for the last-resort hook.
        """
        self._submit(work, done, failed)

    def run_newest(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[ModelError], None],
    ) -> None:
        """Like `run`, but what was asked for in this way before and has not begun yet is dropped."""
        if self._newest is not None:
            self._newest.cancel()
        self._newest = self._submit(work, done, failed)

    def close(self, *, finish: bool) -> None:
        """Finish what was begun, and with `finish` what was asked for; deliver nothing more."""
        self._open = False
        self._executor.shutdown(wait=True, cancel_futures=not finish)

    def _submit(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[ModelError], None],
    ) -> Future[None] | None:
        return self._executor.submit(self._work, work, done, failed) if self._open else None

    def _work(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[ModelError], None],
    ) -> None:
        try:
            result = work()
        except ModelError as error:
            self._delivered.emit(_Failure(failed, error))
        except BaseException as error:  # noqa: BLE001 - carried over to the GUI thread's hook
            self._delivered.emit(_Crash(failed, error))
        else:
            self._delivered.emit(lambda: done(result))

    def _deliver(self, outcome: Callable[[], None]) -> None:
        if self._open:
            outcome()


class _Failure:
    def __init__(self, failed: Callable[[ModelError], None], error: ModelError) -> None:
        self._failed, self._error = failed, error

    def __call__(self) -> None:
        self._failed(self._error)


class _Crash:
    def __init__(self, failed: Callable[[ModelError], None], error: BaseException) -> None:
        self._failed, self._error = failed, error

    def __call__(self) -> None:
        """Whoever asked is let go first, or a dialog would wait for ever."""
        self._failed(Unexpected())
        raise self._error
