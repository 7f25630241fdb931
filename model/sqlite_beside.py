"""Asks SQLite a second question at the same time; loaded with the first search of a long list."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from sqlite3 import Connection
from typing import TypeVar

AGAIN_S = 0.005
# With two processors the window is the third that wants one: it goes first, then who asks, then the thread beside.
LESS_PRESSING, LEAST_PRESSING = 5, 10
Answer = TypeVar("Answer")


class Beside:
    """One thread beside the one that asks, always the same, as a connection to a database wants it."""

    def __init__(self, connection: Callable[[], Connection | None]) -> None:
        """`connection` gives the calling thread's."""
        self._thread = ThreadPoolExecutor(1, "searching beside", _step_back, (LEAST_PRESSING,))
        self._connection = connection
        self._asking: Connection | None = None

    def both(self, here: Callable[[], Answer], there: Callable[[], Answer]) -> tuple[Answer, Answer]:
        """The answers to two questions, each about the state it finds; if the first fails, the second is ended."""
        if threading.current_thread() is not threading.main_thread():
            _step_back(LESS_PRESSING)
        asked = self._thread.submit(self._ask, there)
        try:
            return here(), asked.result()
        except BaseException:
            # What hasn't begun can't be interrupted yet.
            while wait([asked], AGAIN_S).not_done:
                if self._asking is not None:
                    self._asking.interrupt()
            raise

    def close(self) -> None:
        """No question is asked any more."""
        self._thread.shutdown()

    def _ask(self, there: Callable[[], Answer]) -> Answer:
        """On the thread."""
        self._asking = self._connection()
        return there()


def _step_back(by: int) -> None:
    """The calling thread lets others go first."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), by)
