"""Asks SQLite a second question at the same time; loaded with the first search of a long list."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

AGAIN_S = 0.005
Answer = TypeVar("Answer")


class Beside:
    """One thread beside the one that asks, always the same, as a connection to a database wants it."""

    def __init__(self, interrupt: Callable[[], None]) -> None:
        """`interrupt` ends the statement that is under way on the thread, if one is."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="searching beside")
        self._interrupt = interrupt

    def both(self, here: Callable[[], Answer], there: Callable[[], Answer]) -> tuple[Answer, Answer]:
        """The answers to two questions; if the first fails, the second is ended."""
        asked = self._thread.submit(there)
        try:
            return here(), asked.result()
        except BaseException:
            # What hasn't begun can't be interrupted yet.
            while wait([asked], AGAIN_S).not_done:
                self._interrupt()
            raise

    def close(self) -> None:
        """No question is asked any more."""
        self._thread.shutdown()
