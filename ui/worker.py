"""A thread that does numbered jobs one after the other."""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread


class Worker:
    """The thread begins with the first job, and is the same for all, as a connection to a database wants it.

    `concurrent.futures` does the same and more; importing it and making its futures took 1 % of the start.
    """

    def __init__(self, name: str, work: Callable[[int], None]) -> None:
        self._work = work
        self._waiting: deque[int] = deque()
        self._changed = Condition()
        self._open = True
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def add(self, number: int) -> None:
        """Do a job after those that wait already."""
        with self._changed:
            self._waiting.append(number)
            self._changed.notify()
        if self._thread.ident is None:
            # Whoever ends the program without a word must not lose what was asked for.
            atexit.register(self.close, finish=True)
            self._thread.start()

    def drop(self, number: int) -> bool:
        """Leave a job out; False if it has begun, or is done."""
        with self._changed:
            if number not in self._waiting:
                return False
            self._waiting.remove(number)
            return True

    def close(self, *, finish: bool) -> None:
        """Wait for the job that was begun, and with `finish` for those that wait."""
        with self._changed:
            self._open = False
            if not finish:
                self._waiting.clear()
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join()
            atexit.unregister(self.close)

    def _run(self) -> None:
        while (number := self._next()) is not None:
            self._work(number)

    def _next(self) -> int | None:
        """The next job as soon as there is one; None when there will be none any more."""
        with self._changed:
            while not self._waiting and self._open:
                self._changed.wait()
            return self._waiting.popleft() if self._waiting else None
