"""What goes on beside the desk, each on threads of its own: loaded when it is first needed, not with the window."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from model.clock import Clock, OfficeClock
from model.opened import Opened

if TYPE_CHECKING:
    from model.store import Store
    from ui.ami_reading import AmiReading
    from ui.batching import Batching
    from ui.exporting import Exporting
    from ui.importing import Importing
    from ui.keeping import Keeping
    from ui.papers import Papers
    from ui.sending import Post
    from ui.transferring import Transferring


class Workrooms(QObject):
    """Over one database; `ordered` when an order was placed or cancelled."""

    ordered = Signal()

    def __init__(self, opened: Opened, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opened = opened
        self._clock: Clock = OfficeClock(clock, opened.zone) if opened.zone else clock

    @cached_property
    def keeping(self) -> Keeping:
        """Looks after the database."""
        from ui.keeping import Keeping

        return Keeping(self._store, self._clock, self)

    @cached_property
    def exporting(self) -> Exporting:
        """Writes tables as files."""
        from ui.exporting import Exporting

        return Exporting(self._store, self)

    @cached_property
    def batching(self) -> Batching:
        """Imports many installations."""
        from ui.batching import Batching

        return Batching(self._store, self._clock, self)

    @cached_property
    def importing(self) -> Importing:
        """Reads and compares exports of telephone systems."""
        from ui.importing import Importing

        return Importing(self._store, self)

    @cached_property
    def asking(self) -> AmiReading:
        """Asks a running Asterisk."""
        from ui.ami_reading import AmiReading

        return AmiReading(self)

    @cached_property
    def papers(self) -> Papers:
        """Makes documents."""
        from ui.papers import Papers

        return Papers(self._store, self._clock, self)

    @cached_property
    def post(self) -> Post:
        """Sends mail; from the first look at it on."""
        from ui.sending import Post

        post = Post(self._store, self._clock, self)
        self.ordered.connect(post.wake)
        return post

    @cached_property
    def transferring(self) -> Transferring:
        """Moves the whole database elsewhere."""
        from ui.transferring import Transferring

        return Transferring(self._store, self._clock, self)

    @property
    def _store(self) -> Store:
        """Loaded when it is first asked for, better not on the GUI thread."""
        return self._opened.whole

    def _close_rooms(self, *names: str) -> None:
        """Those of them that were ever needed."""
        for name in names:
            if name in self.__dict__:
                getattr(self, name).close()
