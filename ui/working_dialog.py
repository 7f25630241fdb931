"""A dialog that asks for work to be done elsewhere, and stays open until it is done."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QWidget


class WorkingDialog(QDialog):
    """While the work is under way neither Esc nor the window's button closes it: its result would find nobody."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.busy = False

    def set_busy(self, *, busy: bool) -> None:
        """Work has begun, or it failed and the clerk goes on."""
        self.busy = busy

    def finish(self) -> None:
        """The work is done."""
        self.busy = False
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
