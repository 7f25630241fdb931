"""Every dialog that an action opens is open once: pressed again, the action brings it to the front."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Dialogs(QObject):
    """The open dialogs of a window, by what they are for."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._opened: dict[Hashable, QDialog] = {}

    def open_once(self, purpose: Hashable, make: Callable[[], QDialog], *, modal: bool = True) -> None:
        """Make and open a dialog, or bring the one to the front that is open for this purpose."""
        known = self._opened.get(purpose)
        if known is not None and isValid(known) and known.isVisible():
            known.raise_()
            known.activateWindow()
            return
        made = self._opened[purpose] = make()
        # Its buttons have to know whether anything may be changed at the moment.
        self._window.changes.watch_over(made)
        # F1 works in each of them.
        made.addAction(self._window.actions_by_name.named["help"])
        if modal:
            made.open()
        else:
            made.show()
            made.raise_()


def step_aside(dialog: QWidget, area: QRect) -> None:
    """Move a dialog to an edge of the screen, if then an area can be seen that it covers."""
    frame, screen = dialog.frameGeometry(), dialog.screen().availableGeometry()
    if not frame.intersects(area):
        return
    right, bottom = screen.right() - frame.width() + 1, screen.bottom() - frame.height() + 1
    for corner in (
        QPoint(frame.x(), bottom),
        QPoint(right, frame.y()),
        QPoint(screen.x(), frame.y()),
        QPoint(frame.x(), screen.y()),
    ):
        if not QRect(corner, frame.size()).intersects(area):
            dialog.move(corner)
            return
