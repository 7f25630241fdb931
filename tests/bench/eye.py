"""What somebody in front of the window sees and feels: when a view was painted, how long nothing moved."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView

LIMIT_S = 20.0
BEAT_MS = 1
QUIET_S = 0.5
QUIET_SHARE = 0.06


class TooLate(Exception):
    """What was waited for didn't come."""


class Eye(QObject):
    """Watches a view and the thread it lives in; instants are those of `time.perf_counter`.

    A timer of one millisecond beats beside everything else: the longest time between two beats is the longest time in
    which no event was handled, be it for work or for waiting on the interpreter. What is waited for is looked for at
    each beat and after each painting, also of the other views that an eye `of` the same window watches: a beat may come
    only after the next painting. What changes below what is seen of the view is no change.
    """

    def __init__(self, view: QAbstractItemView, of: Eye | None = None) -> None:
        super().__init__(view)
        self._waiting = of or self
        self.painted = self.changed = self._last = time.perf_counter()
        self.longest = 0.0
        self._seen: Callable[[], bool] | None = None
        self._loop: QEventLoop | None = None
        self._at = 0.0
        self._view = view
        view.viewport().installEventFilter(self)
        model = view.model()
        for signal in (model.modelReset, model.layoutChanged, model.rowsRemoved):
            signal.connect(self._note_change)
        model.rowsInserted.connect(lambda _parent, first, _last: self._note_rows(first))
        model.dataChanged.connect(lambda first, _last: self._note_rows(first.row()))
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def close(self) -> None:
        """Beat no more: nothing is to be waited for."""
        self._timer.stop()

    def closed(self, act: Callable[[], float]) -> float:
        """What is done without the beat, which would take the interpreter from other threads each millisecond."""
        self.close()
        try:
            return act()
        finally:
            self._timer.start(BEAT_MS)

    def begin(self) -> float:
        """Something is about to be done; now."""
        self.longest, self._last = 0.0, time.perf_counter()
        return self._last

    def end(self) -> float:
        """The longest stop since `begin`, in seconds."""
        self.longest = max(self.longest, time.perf_counter() - self._last)
        return self.longest

    def wait(self, seen: Callable[[], bool], limit_s: float = LIMIT_S) -> float:
        """Let everything go on until something is seen; the instant. Raises TooLate."""
        self._seen, self._at = seen, 0.0
        self._loop, end = QEventLoop(), QTimer()
        end.setSingleShot(True)
        end.timeout.connect(self._loop.quit)
        end.start(round(limit_s * 1000))
        self._look()
        if not self._at:
            self._loop.exec()
        end.stop()
        self._seen = None
        if not self._at:
            raise TooLate
        return self._at

    def rest(self, seconds: float) -> None:
        """Let everything go on for a while."""
        until = time.perf_counter() + seconds
        self.wait(lambda: time.perf_counter() >= until, seconds + LIMIT_S)

    def rest_until_quiet(self, limit_s: float = 900.0) -> None:
        """Until the program has nothing to do: no page to read, no copy to make."""
        until = time.perf_counter() + limit_s
        while time.perf_counter() < until:
            before = time.process_time()
            self.rest(QUIET_S)
            if time.process_time() - before < QUIET_S * QUIET_SHARE:
                return

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Qt: the view is about to be painted; what is posted now comes after the painting."""
        if event.type() == QEvent.Type.Paint:
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.HighEventPriority.value)
        return False

    def event(self, event: QEvent) -> bool:
        """Qt: the view was painted."""
        if event.type() == QEvent.Type.User:
            self.painted = time.perf_counter()
            self._waiting._look()
        return super().event(event)

    def _note_change(self) -> None:
        self.changed = time.perf_counter()

    def _note_rows(self, first: int) -> None:
        """From this one on."""
        if self._view.visualRect(self._view.model().index(first, 0)).top() < self._view.viewport().height():
            self._note_change()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now
        self._look()

    def _look(self) -> None:
        if self._seen is not None and self._loop is not None and not self._at and self._seen():
            self._at = time.perf_counter()
            self._loop.quit()
