"""What takes long before there is a window: done on a thread, while a box says what."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout

from model.errors import GivenUp
from ui.arrangement import widen
from ui.i18n import _
from ui.widgets import button, label, wrapped
from ui.working_dialog import WorkingDialog

Result = TypeVar("Result")
SOON_MS = 700
LOOK_MS = 100


class _End(QObject):
    reached = Signal()


class Progress:
    """How much is done, told on the thread of the work and looked at in the window's; the clerk may give up."""

    def __init__(self) -> None:
        self.done, self.all = 0, 0
        self.given_up = False

    def __call__(self, done: int, of: int) -> None:
        """So much is done; raises GivenUp."""
        self.done, self.all = done, of
        if self.given_up:
            raise GivenUp

    def give_up(self) -> None:
        """The work ends when it tells the next time."""
        self.given_up = True


def beside(words: str, work: Callable[[], Result], progress: Progress | None = None) -> Result:
    """The result of the work, or what it raised; the words are shown when it isn't done at once.

    With `progress`, which the work tells, the bar shows how far it is, and there is a button to give up.
    """
    loop, end, box = QEventLoop(), _End(), _box(words)
    if progress is not None:
        _show_progress(box, progress)
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


def _show_progress(box: WorkingDialog, progress: Progress) -> None:
    bar, layout = box.findChild(QProgressBar), box.layout()
    giving_up = button(_("Cancel"), "workingCancel", progress.give_up)
    giving_up.clicked.connect(lambda: giving_up.setEnabled(False))
    if isinstance(layout, QVBoxLayout):
        layout.addWidget(giving_up, 0, Qt.AlignmentFlag.AlignRight)

    def show() -> None:
        if bar is not None and progress.all:
            bar.setRange(0, progress.all)
            bar.setValue(progress.done)

    looking = QTimer(box)
    looking.timeout.connect(show)
    looking.start(LOOK_MS)


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
