"""The way from a path to an open database, with the clerk's help where the file can't be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from PySide6 import QtCore
from PySide6.QtCore import QSettings

from model.errors import ModelError, StorageFault, StoreUnavailable
from ui.i18n import _
from ui.preferences import load_preferences

if TYPE_CHECKING:
    from model.backups import Backup
    from model.clock import Clock
    from model.opened import Opened

Place = TypeVar("Place")
MAY_PASS = (
    StorageFault.MISSING,
    StorageFault.NO_ACCESS,
    StorageFault.BUSY,
    StorageFault.FULL,
    StorageFault.WRITE_FAILED,
)
A_COPY_HELPS = (
    StorageFault.DAMAGED,
    StorageFault.MISSING,
    StorageFault.EMPTY_FILE,
    StorageFault.NOT_OURS,
    StorageFault.NO_ACCESS,
)


class WayOn(NamedTuple, Generic[Place]):
    """A button of the question what to do about a database, and the path or address that pressing it leads to."""

    name: str
    text: str
    follow: Callable[[], Place]


class OpenStore(Protocol):
    """`model.store.open_store`."""

    def __call__(self, target: Path | str, *, create: bool, now: datetime) -> Opened:
        """A database at a place; raises StoreUnavailable."""


class Opening:
    """Asks until a database is open or the clerk gives up; knows which databases there have been."""

    def __init__(self, clock: Clock, open_store: OpenStore, settings: QSettings) -> None:
        self._clock = clock
        self._open_store = open_store
        self._settings = settings
        self.news = ""

    def open(self, path: Path, *, create: bool = True, last: str = "") -> Opened | None:
        """The store; a database that was known and is gone is never replaced by an empty one unasked.

        `last` is what giving up is called, unless that ends the program.
        """
        wanted: Path | None = path.absolute()
        while wanted is not None:
            known = self._known()
            try:
                store = self._open_store(wanted, create=create and str(wanted) not in known, now=self._clock.now())
            except StoreUnavailable as error:
                wanted = self._ask(wanted, error, last or _("Quit"))
            else:
                if str(wanted) not in known:
                    self._settings.setValue("known_databases", sorted({*known, str(wanted)}))
                return store
        return None

    def put_back(self, backup: Backup, path: Path) -> None:
        """Put a copy in the place of a database that nobody has open; what was there stays beside it."""
        from model.backups import restore
        from ui.beside import beside

        now = self._clock.now()
        try:
            aside = beside(_("The copy is being restored …"), lambda: restore(backup.path, path, now))
        except StoreUnavailable as error:
            explain(error, (), _("Close"))
            return
        self.news = _("The database is as it was when the copy was made.")
        if aside is not None:
            self.news = _("The database as it was before is in {place}").format(place=aside)

    def take_news(self) -> str:
        """What is to be told in the window that is opened next; once."""
        news, self.news = self.news, ""
        return news

    def _known(self) -> list[str]:
        known = self._settings.value("known_databases", [])
        return [known] if isinstance(known, str) else list(known or [])  # type: ignore[call-overload]

    def _ask(self, path: Path, error: StoreUnavailable, last: str) -> Path | None:
        """The path to go on with; None if the clerk gives up."""
        from model.backups import has_backups

        folder = self._folder(path)
        ways = []
        if error.fault in MAY_PASS:
            ways.append(WayOn("tryAgainButton", _("Try again"), lambda: path))
        if error.fault in A_COPY_HELPS and has_backups(folder, path.stem):
            ways.append(WayOn("restoreCopyButton", _("Restore a copy …"), lambda: self._choose_copy(folder, path)))
        ways.append(WayOn("otherFileButton", _("Choose another file …"), lambda: _choose_file(path)))
        return explain(error, ways, last)

    def _folder(self, path: Path) -> Path:
        from model.backups import default_folder

        chosen = load_preferences(self._settings).backup_folder
        return Path(chosen) if chosen else default_folder(str(path))

    def _choose_copy(self, folder: Path, path: Path) -> Path:
        """Back to a copy, or to the question."""
        from model.backups import backups
        from ui.backup_work import RestoreDialog
        from ui.beside import beside

        found = beside(_("The copies are being read …"), lambda: backups(folder, path.stem))
        dialog = RestoreDialog(folder, found, self._clock.now().tzinfo, None)
        dialog.chosen.connect(lambda backup: self.put_back(backup, path))
        dialog.exec()
        return path


def explain(error: ModelError, ways: Sequence[WayOn[Place]], last: str) -> Place | None:
    """Say why nothing can be opened, or go the way on that the clerk takes; None for the last button, which ends it."""
    from PySide6.QtWidgets import QMessageBox

    from ui import errors, icons
    from ui.widgets import message_icon

    icons.give_program_its_own()
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Tarifwechsel", errors.message(error))
    box.setIconPixmap(message_icon("warning"))
    box.setObjectName("databaseFaultBox")
    box.setTextFormat(QtCore.Qt.TextFormat.PlainText)
    buttons = [box.addButton(way.text, QMessageBox.ButtonRole.AcceptRole) for way in ways]
    for made, way in zip(buttons, ways, strict=True):
        made.setObjectName(way.name)
    box.addButton(last, QMessageBox.ButtonRole.RejectRole).setObjectName("lastButton")
    box.exec()
    for made, way in zip(buttons, ways, strict=True):
        if box.clickedButton() is made:
            return way.follow()
    return None


def _choose_file(path: Path) -> Path:
    """Another file, or the same one again, and with it the question."""
    from PySide6.QtWidgets import QFileDialog

    name, _kind = QFileDialog.getOpenFileName(None, _("Open database"), "", _("Databases (*.db)"))
    return Path(name).absolute() if name else path
