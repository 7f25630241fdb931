"""Every dialog that an action opens is open once: pressed again, the action brings it to the front."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog
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
