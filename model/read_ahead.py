"""What an order looks at, read before the click that orders, on the thread that will write."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from model.engine import Engine

Question = TypeVar("Question")
Answer = TypeVar("Answer")
HEAD = "SELECT hash FROM audit_head WHERE id = 1"


class ReadAhead(Generic[Question, Answer]):
    """One answer for each thread; it holds as long as nobody, in this program or another, has written anything.

    A thread's connection tells of what others have written, even past the history; what it wrote itself moved the head
    of the history. On a server nothing ever holds, because every change begins by locking the head.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._local = threading.local()

    def read(self, question: Question, answer: Callable[[], Answer]) -> None:
        """Read an answer for later; raises what `answer` does, and StoreUnavailable."""
        with self._engine.read():
            self._local.kept = self._state(), question, answer()

    def answer(self, question: Question, answer: Callable[[], Answer]) -> Answer:
        """The answer as it is now, inside `write()`: the one that was read if it holds; raises what `answer` does."""
        kept: tuple[object, Question, Answer] | None = self._local.__dict__.pop("kept", None)
        if kept and kept[1] == question and kept[0] == self._state():
            return kept[2]
        return answer()

    def _state(self) -> tuple[object, ...]:
        return self._engine.data_version(), *(row["hash"] for row in self._engine.query(HEAD))
