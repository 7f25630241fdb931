"""A dialog that asks for work to be done elsewhere, and stays open until it is done."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from ui.i18n import _
from ui.widgets import Notice

SLOW_MS = 1_000


class WorkingDialog(QDialog):
    """While the work is under way neither Esc nor the window's button closes it: its result would find nobody.

    Work that takes longer than a second is said in `slow_bar`, which every dialog puts where its notices are; so is
    why nothing can be changed at all.
    """

    def __init__(self, name: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.busy = False
        self.slow_bar = Notice(f"{name}Slow", f"{name}SlowText", "info", "info")
        self._forbidden = ""
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(self.show_slow)

    def set_busy(self, *, busy: bool) -> None:
        """Work has begun, or it failed and the clerk goes on."""
        self.busy = busy
        if busy:
            self._slow.start()
        else:
            self._slow.stop()
            self.slow_bar.show_text("", self._forbidden)

    def show_forbidden(self, reason: str) -> None:
        """Why nothing can be changed at the moment, if so: a tooltip is only seen by who looks for it."""
        self._forbidden = reason
        if not self.busy:
            self.slow_bar.show_text("", reason)

    def show_slow(self) -> None:
        """The work takes longer than usual."""
        text = _("Another program may be writing to the database at the moment. Your entries are kept.")
        self.slow_bar.show_text(_("Saving …"), text)

    def finish(self) -> None:
        """The work is done; a dialog that closes has nothing more to show."""
        self.busy = False
        self._slow.stop()
        self.accept()

    def reject(self) -> None:
        """Qt: Cancel or Esc."""
        if not self.busy:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: the window's own button."""
        if self.busy:
            event.ignore()
            return
        super().closeEvent(event)


def open_work(besides: QDialog) -> WorkingDialog | None:
    """A dialog with entries that is open in any window of the program, besides the one that asks."""
    for found in QApplication.topLevelWidgets():
        if isinstance(found, WorkingDialog) and found.isVisible() and found is not besides:
            return found
    return None
