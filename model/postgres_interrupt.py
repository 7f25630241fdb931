"""Ending what one thread asks a PostgreSQL server from another thread, and nothing else.

The wish goes to the server over a connection of its own. While it is under way the thread that asked sends nothing
new, and a server that gets it while nothing is asked ignores it: so it never meets the next statement.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from model.errors import Interrupted
from model.postgres_address import Connection

LONGEST_WISH_S = 2.0


class Interruptions:
    """Knows what may be ended; only the newest question is."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._newest: _Question | None = None

    @contextmanager
    def question(self) -> Iterator[None]:
        """What this thread asks here may be ended."""
        self._local.question = self._newest = asked = _Question()
        try:
            yield
        finally:
            self._local.question = None
            if self._newest is asked:
                self._newest = None

    @contextmanager
    def statement(self, connection: Connection) -> Iterator[None]:
        """One statement, of a question or not; raises Interrupted if it was ended, or is no longer wanted."""
        question: _Question | None = getattr(self._local, "question", None)
        if question is None:
            yield
        else:
            with question.statement(connection):
                yield

    def interrupt(self) -> None:
        """End the question under way, if there is one; waits for nothing."""
        question = self._newest
        if question is not None:
            question.is_over = True
            threading.Thread(target=question.end, name="interrupting").start()


class _Question:
    """Some statements, one after the other, which nobody may want any more."""

    def __init__(self) -> None:
        self.is_over = False
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    @contextmanager
    def statement(self, connection: Connection) -> Iterator[None]:
        with self._lock:
            if self.is_over:
                raise Interrupted
            self._connection = connection
        try:
            yield
        except psycopg.errors.QueryCanceled as error:
            if self.is_over:
                raise Interrupted from error
            raise
        finally:
            with self._lock:
                self._connection = None

    def end(self) -> None:
        """Ask the server to end the statement under way, if there is one; who can't be asked isn't."""
        with self._lock, suppress(psycopg.Error):
            if self._connection is not None:
                self._connection.cancel_safe(timeout=LONGEST_WISH_S)
