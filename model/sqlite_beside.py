"""Asks SQLite a second question at the same time; loaded with the first search of a long list."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TypeVar

AGAIN_S = 0.005
LESS_PRESSING = 10
Answer = TypeVar("Answer")


class Beside:
    """One thread beside the one that asks, always the same, as a connection to a database wants it."""

    def __init__(self, interrupt: Callable[[], None]) -> None:
        """`interrupt` ends the statement that is under way on the thread, if one is."""
        self._thread = ThreadPoolExecutor(1, "searching beside", _step_back)
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


def _step_back() -> None:
    """With two processors the window is the third that wants one: it goes before this thread."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LESS_PRESSING)
