"""When what isn't needed any more is let go.

Looks for what is left over, and still holds itself, in the window's thread alone.
Python would look wherever it happens to be; on another thread an object of Qt could be let go while the window waits
for it, and both would stand still for ever.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 1_000
# As long as nothing is made there is nothing to look for.
IDLE_MS = 5_000
LEAVE_MS = 100


class Collecting(QObject):
    """From now on, until it is deleted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_MS)

    def _look(self) -> None:
        soon = LOOK_MS if look() else IDLE_MS
        if self._timer.interval() != soon:
            self._timer.setInterval(soon)


class Leaving(QObject):
    """Holds what was shown until what is shown instead of it is painted: a large customer takes a millisecond to go.

    What is left over then is looked for at once: later the next customer might have to wait for it.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._held: object = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._let_go)

    def hold(self, shown: object) -> None:
        """For a moment, this one alone."""
        self._held = shown
        self._timer.start(LEAVE_MS)

    def _let_go(self) -> None:
        self._held = None
        look()


def look() -> bool:
    """Collect the oldest generation that is due; whether one was."""
    due = [made > most for made, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if any(due):
        gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
    return any(due)
