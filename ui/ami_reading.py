"""Asks a running Asterisk on a thread of its own, with progress, until it is read or the clerk cancels."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from model.ami import AmiConnection, AmiServer
from model.errors import ModelError
from model.import_ami import AmiAnswer, read_ami, try_ami
from model.import_result import ImportedFile
from ui.background import Background

Failed = Callable[[ModelError], None]


class AmiReading(QObject):
    """One connection at a time; `progressed` with whole per cents. The password lives as long as its connection."""

    progressed = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background("asking", self)
        self._connection: AmiConnection | None = None
        self._percent = 0

    def read(self, server: AmiServer, password: str, done: Callable[[ImportedFile], None], failed: Failed) -> None:
        """Read everything; nothing is stored."""
        connection = self._connect(server)
        self._percent = 0
        self._background.run(lambda: read_ami(connection, password, self._tell), done, failed)

    def check(self, server: AmiServer, password: str, done: Callable[[AmiAnswer], None], failed: Failed) -> None:
        """Only try whether it could be read."""
        connection = self._connect(server)
        self._background.run(lambda: try_ami(connection, password), done, failed)

    def cancel(self) -> None:
        """End what is under way: it fails with AmiFault.CANCELLED."""
        if self._connection is not None:
            self._connection.cut()

    def close(self) -> None:
        """Nobody waits for an answer any more."""
        self.cancel()
        self._background.close(finish=False)

    def _connect(self, server: AmiServer) -> AmiConnection:
        self.cancel()
        self._connection = AmiConnection(server)
        return self._connection

    def _tell(self, done: int, total: int) -> None:
        """On the thread."""
        percent = 100 * done // total
        if percent != self._percent:
            self._percent = percent
            self.progressed.emit(percent)
