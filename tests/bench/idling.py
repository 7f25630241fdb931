"""A child: leaves the program alone, for its processor time and for what grows.

python -m tests.bench.idling DATABASE SECONDS LOOKS
"""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from functools import partial

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QWidget

from tests.bench.eye import Eye
from tests.bench.painted import status
from tests.bench.program import play

FAST_MS = 5
WARM_UP = 400
SETTLING_S = 15.0
# In as long; what the look over the file and the day's copy take is more.
SETTLED_MS = 100.0


def idle(seconds: float, looks: int, window: QWidget, eye: Eye) -> dict[str, float]:
    """Processor time a minute in ms with and without the refresh timer; growth over so many refreshes in KiB."""
    eye.close()
    while _processor_ms(min(SETTLING_S, seconds)) > SETTLED_MS:
        pass
    with_refresh = _processor_ms(seconds)
    refresh = [timer for timer in window.findChildren(QTimer) if timer.isActive() and not timer.isSingleShot()]
    for timer in refresh:
        timer.stop()
    without = _processor_ms(seconds)
    resident, traced = _grown(refresh, looks)
    return {
        "timers": len(refresh),
        "with_refresh": with_refresh * 60 / seconds,
        "without": without * 60 / seconds,
        "resident": resident,
        "traced": traced,
    }


def _processor_ms(seconds: float) -> float:
    before = time.process_time()
    _leave_alone(seconds)
    return (time.process_time() - before) * 1e3


def _leave_alone(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _grown(refresh: list[QTimer], looks: int) -> tuple[float, float]:
    """An hour of refreshes, as fast as they can be done: resident memory, and what Python holds."""
    warm_up = min(WARM_UP, looks)
    _look(refresh, warm_up)
    before = status("VmRSS")
    _look(refresh, looks)
    resident = status("VmRSS") - before
    tracemalloc.start()
    _look(refresh, warm_up)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    _look(refresh, looks)
    gc.collect()
    return resident, (tracemalloc.get_traced_memory()[0] - before) / 1024


def _look(refresh: list[QTimer], count: int) -> None:
    loop, left = QEventLoop(), [count]

    def counted() -> None:
        left[0] -= 1
        if left[0] <= 0:
            loop.quit()

    for timer in refresh:
        timer.start(FAST_MS)
    if refresh:
        connection = refresh[0].timeout.connect(counted)
        loop.exec()
        refresh[0].timeout.disconnect(connection)
    for timer in refresh:
        timer.stop()


if __name__ == "__main__":
    play(sys.argv[1], partial(idle, float(sys.argv[2]), int(sys.argv[3])))
