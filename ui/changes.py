"""Whether anything may be changed or ordered at the moment: decided in one place, obeyed by every such button."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QDialog, QWidget

from ui.widgets import Button, dressed
from ui.words import tooltip

if TYPE_CHECKING:
    from ui.main_window import MainWindow


# Longer than a slow double click, shorter than anybody reads.
UNSEEN_MS = 800
# What takes no longer needs nothing drawn meanwhile, which would hold it up.
AT_ONCE_MS = 100
PRESSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Changes(QObject):
    """Off for a reason, or on; the buttons of dialogs opened later are told by `apply_to`."""

    changed = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.reason = ""

    def forbid(self, reason: str) -> None:
        """Nothing may be changed, and why; without a reason everything may."""
        if reason != self.reason:
            self.reason = reason
            self.apply_to(self._window)
            self._window.actions_by_name.forbid_changes(reason)
            self.changed.emit(reason)

    def apply_to(self, parent: QWidget) -> None:
        """Tell every button that changes something, also those in open dialogs."""
        for made in parent.findChildren(ChangeButton):
            made.forbid(self.reason)

    def watch_over(self, dialog: QDialog) -> None:
        """Tell the buttons of a dialog that was opened, and let it say why one is off."""
        from ui.working_dialog import WorkingDialog

        self.apply_to(dialog)
        if isinstance(dialog, WorkingDialog) and dialog.findChildren(ChangeButton):
            dialog.show_forbidden(self.reason)
            self.changed.connect(dialog.show_forbidden)


class ChangeButton(Button):
    """A button that changes something: off while that is forbidden, whatever the page it is on thinks of it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._possible = True
        self._reason = ""
        self._action: QAction | None = None

    def setEnabled(self, possible: bool) -> None:
        """Qt: whether there is anything to do for it."""
        self._possible = possible
        self._show_state()

    def forbid(self, reason: str) -> None:
        """Off, with the reason as its tooltip; on again without one."""
        self._reason = reason
        self.setToolTip(tooltip(reason) if reason else "")
        self.setAccessibleDescription(reason)
        self._show_state()

    def as_action(self, parent: QObject) -> QAction:
        """The same as an entry of a context menu."""
        self._action = QAction(self.icon(), self.text(), parent)
        self._action.triggered.connect(self.click)
        self._show_state()
        return self._action

    def _show_state(self) -> None:
        super().setEnabled(self._possible and not self._reason)
        if self._action is not None:
            self._action.setEnabled(self.isEnabled())


class OrderButton(ChangeButton):
    """The button that orders what is shown, which has to be there long enough to be seen (R17, R19).

    The second click of a double click on what was in its place before orders nothing, nor does a click on a summary
    that has just changed under the pointer, or while the button was held down.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._shown = QElapsedTimer()
        self._is_held = False
        self._up = QTimer(self)
        self._up.setSingleShot(True)
        self._up.setInterval(AT_ONCE_MS)
        self._up.timeout.connect(lambda: self.setDown(False))

    def begin(self) -> None:
        """What it orders is shown from now on; pressing it before was about something else."""
        self._shown.start()
        self._is_held = False
        self.setDown(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: not yet."""
        if self._is_unseen():
            return
        super().mousePressEvent(event)
        self._is_held = self.isDown()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: the click. Qt itself would first draw the button anew, which takes a quarter of the time of an order."""
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
        elif self._is_held and self.isDown() and self.hitButton(event.position().toPoint()):
            self._up.start()
            self.clicked.emit()
        else:
            self.setDown(False)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Qt: the first click was the one that counted."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: not yet, but the focus may go on."""
        if event.key() in PRESSING and self._is_unseen():
            event.accept()
            return
        super().keyPressEvent(event)

    def _is_unseen(self) -> bool:
        return self._shown.isValid() and self._shown.elapsed() < UNSEEN_MS


def change_button(text: str, name: str, clicked: Callable[[], object], icon_name: str = "") -> ChangeButton:
    """A push button that changes something and is never pressed by Enter in another field."""
    made = ChangeButton(text)
    dressed(made, name, clicked, icon_name)
    return made
