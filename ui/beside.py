"""What takes long before there is a window: done on a thread, while a box says what."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout

from ui.widgets import label, widen, wrapped
from ui.working_dialog import WorkingDialog

Result = TypeVar("Result")
SOON_MS = 700


class _End(QObject):
    reached = Signal()


def beside(words: str, work: Callable[[], Result]) -> Result:
    """The result of the work, or what it raised; the words are shown when it isn't done at once."""
    loop, end, box = QEventLoop(), _End(), _box(words)
    end.reached.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
    soon = QTimer()
    soon.setSingleShot(True)
    soon.timeout.connect(box.open)
    soon.start(SOON_MS)
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(work)
        doing.add_done_callback(lambda _done: end.reached.emit())
        loop.exec()
    soon.stop()
    box.finish()
    box.deleteLater()
    return doing.result()


def _box(words: str) -> WorkingDialog:
    """Words and a bar that moves; it can't be closed while the work goes on."""
    box = WorkingDialog("workingBox", None)
    box.setWindowTitle("Tarifwechsel")
    box.busy = True
    bar = QProgressBar()
    bar.setObjectName("workingBar")
    bar.setAccessibleName(words)
    bar.setRange(0, 0)
    bar.setTextVisible(False)
    layout = QVBoxLayout(box)
    layout.setContentsMargins(20, 18, 20, 18)
    layout.setSpacing(14)
    layout.addWidget(wrapped(label(words, name="workingText")))
    layout.addWidget(bar)
    widen(box, 62)
    return box
