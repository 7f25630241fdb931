"""Looks for what is left over, and still holds itself, in the window's thread alone.

Python would look wherever it happens to be; on another thread an object of Qt could be let go while the window waits
for it, and both would stand still for ever.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 1_000


class Collecting(QObject):
    """From now on, until it is deleted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self)
        timer.timeout.connect(look)
        timer.start(LOOK_MS)


def look() -> None:
    """Collect the oldest generation that is due, if one is."""
    due = [made > most for made, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if any(due):
        gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
