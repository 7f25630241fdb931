"""Closing a window while something is being saved: it waits, with words, until the outcome is known, and says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox

from ui.i18n import _
from ui.widgets import message_icon

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Leaving(QObject):
    """What went wrong keeps the window open: what was typed is in a dialog that can try again."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._box: QMessageBox | None = None
        self._is_known = False
        window.desk.settled.connect(self._settled)

    def must_wait(self) -> bool:
        """Whether the outcome of a change is still open; then it is waited for."""
        if not self._window.desk.busy:
            return False
        if self._box is None:
            self._window.show_done("")
            self._is_known = False
            self._box = self._make_box()
            self._box.open()
        return True

    def _settled(self, done: bool) -> None:
        box = self._box
        if box is None:
            return
        if not done:
            self._forget()
            box.close()
        elif not self._window.desk.busy:
            # Good news are read before the window closes.
            self._is_known = True
            box.setText(self._window.statusBar().currentMessage() or _("Saved."))
            box.setInformativeText("")
            self._stay.hide()
            self._close.show()

    def _finished(self) -> None:
        """The box was closed: by a button, a key, or because the window stays."""
        if self._is_known:
            self._box = None
            self._window.close()
        elif self._box is not None:
            self._forget()

    def _forget(self) -> None:
        """The window is not closed, and what was to follow is not done."""
        self._box = None
        self._window.then = None

    def _make_box(self) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setObjectName("leavingBox")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(_("Saving …"))
        box.setIconPixmap(message_icon("info"))
        box.setText(_("Your last change is still being saved"))
        box.setInformativeText(_("The window closes when it is known whether it was saved."))
        self._stay = box.addButton(_("Do not close"), QMessageBox.ButtonRole.RejectRole)
        self._stay.setObjectName("stayButton")
        self._close = box.addButton(_("Close"), QMessageBox.ButtonRole.AcceptRole)
        self._close.setObjectName("leaveButton")
        self._close.hide()
        box.finished.connect(lambda _result: self._finished())
        return box
