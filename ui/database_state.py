"""What is the matter with the database as a whole: the bars that say so, and whether anything may be changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStorageInfo, QTimer

from model.errors import ModelError, StorageFault, StoreUnavailable
from ui.i18n import _
from ui.late_bar import LateBar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from model.moved import Moved
    from ui.desk import Desk
    from ui.main_window import MainWindow
    from ui.widgets import Notice

LOOK_OVER_MS = 1_500
NETWORK_FILE_SYSTEMS = frozenset(
    ("9p", "afs", "cephfs", "cifs", "davfs", "fuse.sshfs", "glusterfs", "ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs")
)


class DatabaseState(QObject):
    """Write-protected, only to be looked at, damaged, gone, held by another program, on a network drive.

    What passes goes by itself.

    What a reader finds out counts for everything; damage stays until another file is opened.
    """

    def __init__(self, window: MainWindow, restore: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._fault: StoreUnavailable | None = None
        self._told: StoreUnavailable | None = None
        self._standing = _read_only(window.desk) if window.desk.read_only else ""
        self._clock = ""
        self._restore_a_copy = restore
        self._read_only = LateBar(window, self._make_read_only)
        self._network = LateBar(window, self._make_network)
        self._trouble = LateBar(window, self._make_trouble)
        self.bars = (self._read_only, self._trouble, self._network)
        window.desk.unreadable.connect(self.show_fault)

    def start(self) -> None:
        """The window is put together: what is known is said, what takes long is looked for."""
        if self._standing:
            self._read_only.show_text("", self._standing)
            self._window.changes.forbid(self._standing)
        if is_on_network(self._window.desk.place):
            from ui.errors import network_drive

            self._network.show_text("", network_drive(self._window.desk.place))
        QTimer.singleShot(LOOK_OVER_MS, self, self._look_over)

    def show_fault(self, error: StoreUnavailable) -> None:
        """Something could not be read, or a change found out what holds for everything."""
        self._told = error
        if not self._is_damaged:
            self._fault = error
            self._show()

    def show_readable(self) -> bool:
        """The database could be read: whether that is news."""
        news = self._fault is not None and not self._is_damaged
        if news:
            self._fault = None
            self._show()
        return news

    def show_clock(self, reason: str) -> None:
        """Why a clock that isn't the server's forbids changes; nothing once it is."""
        self._clock = reason
        self._show()

    def says(self, error: ModelError) -> bool:
        """Whether the bar tells of this very error; another one of the same kind may be of a change that failed."""
        return error is self._told

    @property
    def _is_damaged(self) -> bool:
        return self._fault is not None and self._fault.fault is StorageFault.DAMAGED

    def _show(self) -> None:
        from ui.errors import whole_database

        fault = self._fault
        title, text = whole_database(fault) if fault else ("", "")
        busy = fault is not None and fault.fault is StorageFault.BUSY
        self._trouble.show_text(title, text)
        if fault:
            self._restore.setVisible(self._is_damaged and self._window.desk.keeping.possible)
            self._reopen.setVisible(not busy)
        # Who is only busy may be done by the next click.
        self._window.changes.forbid(f"{title}. {text}" if fault and not busy else self._standing or self._clock)

    def _make_read_only(self) -> Notice:
        from ui.widgets import Notice, button

        made, window = Notice("readOnlyBar", "readOnlyText", "info", "info"), self._window
        if not window.desk.is_viewer:
            again = window.reopen_requested.emit
            made.add_button(button(_("Open again …"), "reopenWritableButton", again, "refresh-cw"))
        if window.desk.moved is not None:
            made.add_button(_way_on(window, window.desk.moved))
        return made

    def _make_network(self) -> Notice:
        from ui.widgets import Notice, button

        made = Notice("networkBar", "networkText", "warning", "triangle-alert")
        made.add_button(button(_("Hide"), "hideNetworkButton", made.hide))
        return made

    def _make_trouble(self) -> Notice:
        from ui.widgets import Notice, button

        made, again = Notice("databaseBar", "databaseText", "danger", "triangle-alert"), self._window.reopen_requested
        self._restore = button(_("Restore a copy …"), "restoreButton", self._restore_a_copy, "history")
        self._reopen = button(_("Open again …"), "reopenButton", again.emit, "refresh-cw")
        for way in (self._restore, self._reopen):
            made.add_button(way)
        return made

    def _look_over(self) -> None:
        if self._window.desk.keeping.possible:
            self._window.desk.keeping.look_over(lambda _nothing: None, self._unsound)

    def _unsound(self, error: ModelError) -> None:
        if isinstance(error, StoreUnavailable):
            self.show_fault(error)


def _read_only(desk: Desk) -> str:
    from ui.errors import read_only
    from ui.server_words import viewer

    if desk.moved is not None:
        from ui.transfer_words import archive

        return archive(desk.moved, desk.now().tzinfo)
    return viewer() if desk.is_viewer else read_only(desk.place)


def _way_on(window: MainWindow, mark: Moved) -> QPushButton:
    """To where the data are; or, if nobody knows whether they are there, to the question."""
    from ui.widgets import button

    if mark.done:
        there = partial(window.database_chosen.emit, mark.address)
        return button(_("Work with the data there"), "openMovedButton", there)
    return button(_("Settle …"), "settleButton", lambda: window.transfers.settle(mark))


def is_on_network(place: str) -> bool:
    """Whether a file is on a drive of another computer, where locks can't be relied on."""
    kind = bytes(QStorageInfo(place).fileSystemType().data()).decode().lower()
    return kind in NETWORK_FILE_SYSTEMS or place.startswith(("\\\\", "//"))
