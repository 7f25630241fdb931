"""The way from a server's address to an open database, with the clerk's help where it isn't found or is empty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit

from model.errors import ModelError, StorageFault, StoreUnavailable
from model.opened import Opened
from model.passwords import known_password, remember_password
from model.refusals import Fault, InvalidInput
from model.server_place import ServerPlace, has_password, place_if_any, with_password
from ui.beside import beside
from ui.form import FormDialog
from ui.i18n import _
from ui.mail_dialogs import password_hint
from ui.opening import WayOn, explain
from ui.server_form import ServerForm
from ui.widgets import label, wrapped

MAY_PASS = (
    StorageFault.UNREACHABLE,
    StorageFault.NO_TRUST,
    StorageFault.NO_DATABASE,
    StorageFault.NOT_PERMITTED,
    StorageFault.CONNECTION_LOST,
    StorageFault.BUSY,
    StorageFault.FULL,
)
Open = Callable[[str, bool], Opened]


@dataclass(frozen=True, slots=True)
class Try:
    """What is tried next: an address, a password that was typed for it, whether a schema may be made there."""

    address: str = field(repr=False)
    password: str = field(default="", repr=False)
    create: bool = False
    is_new: bool = False


class ServerOpening:
    """Asks until the database is open or the clerk gives up; nothing is made on a server unasked.

    `open_file` opens a file instead; `remember` is told the address of another server that the clerk chose.
    """

    def __init__(
        self, open_store: Open, open_file: Callable[[Path], Opened | None], remember: Callable[[str], None]
    ) -> None:
        self._open_store = open_store
        self._open_file = open_file
        self._remember = remember
        self._addresses: dict[str, str] = {}

    def open(self, address: str, last: str = "") -> Opened | None:
        """The store; a password that was typed is kept as soon as it was right.

        `last` is what giving up is called, unless that ends the program.
        """
        wanted: Try | Path | None = Try(self._addresses.get(address, address))
        while wanted is not None:
            if isinstance(wanted, Path):
                return self._open_file(wanted)
            try:
                store = beside(_("Connecting to the server …"), partial(self._attempt, wanted))
            except StoreUnavailable as error:
                wanted = explain(error, _ways(wanted, error), last or _("Quit"))
            else:
                self._addresses[store.target] = wanted.address
                if wanted.is_new:
                    self._remember(wanted.address)
                return store
        return None

    def _attempt(self, wanted: Try) -> Opened:
        """On a thread: the keyring may have to be opened first."""
        place = place_if_any(wanted.address)
        password = wanted.password
        if place and not password and not has_password(wanted.address):
            password = known_password(place) or ""
        store = self._open_store(with_password(wanted.address, password), wanted.create)
        if place and wanted.password:
            remember_password(place, wanted.password)
        return store


def _ways(tried: Try, error: StoreUnavailable) -> list[WayOn[Try | Path]]:
    ways: list[WayOn[Try | Path]] = []
    if error.fault is StorageFault.NOT_SET_UP:
        ways.append(WayOn("setUpButton", _("Set up here"), lambda: replace(tried, create=True)))
    if error.fault is StorageFault.OLDER:
        ways.append(WayOn("setUpButton", _("Bring up to date"), lambda: replace(tried, create=True)))
    if error.fault is StorageFault.LOGIN:
        ways.append(WayOn("passwordButton", _("Enter password …"), lambda: _with_password(tried, error.place)))
    if error.fault in MAY_PASS:
        ways.append(WayOn("tryAgainButton", _("Try again"), lambda: tried))
    ways.append(WayOn("serverSettingsButton", _("Settings …"), lambda: _elsewhere(tried)))
    ways.append(WayOn("otherFileButton", _("Open a file instead …"), lambda: _file_instead(tried)))
    return ways


class ServerPasswordDialog(FormDialog):
    """Asked for before there is a window."""

    CHANGES = False

    def __init__(self, place: str) -> None:
        super().__init__("serverPasswordDialog", _("Password of the database account"), _("Connect"), None)
        self.body.insertWidget(0, wrapped(label(place, name="serverPlace")))
        self._password = self.form.add_text("password", _("&Password"), "serverPasswordField")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self.body.addWidget(wrapped(label(password_hint(), tone="muted")))

    def value(self) -> str:
        """The password; raises InvalidInput without one."""
        if not self._password.text():
            raise InvalidInput("password", Fault.EMPTY)
        return self._password.text()


class ServerDialog(FormDialog):
    """Which server to work with, asked for before there is a window."""

    CHANGES = False

    def __init__(self, place: ServerPlace | None) -> None:
        super().__init__("serverDialog", _("Database on a server"), _("Connect"), None)
        self.characters = 112
        self.server = ServerForm(place)
        self.server.told.connect(self._grow)
        self.body.addWidget(self.server)

    def value(self) -> ServerPlace:
        """What was entered; raises InvalidInput."""
        return self.server.value()

    def show_error(self, error: ModelError) -> None:
        """Under its field."""
        self.set_busy(busy=False)
        self.server.show_fault(error)
        self._grow()


def _with_password(tried: Try, place: str) -> Try:
    """With the password that is typed, or as it was tried."""
    dialog, typed = ServerPasswordDialog(place), [tried]

    def use() -> None:
        typed.append(replace(tried, password=dialog.value()))
        dialog.finish()

    dialog.submitted.connect(use)
    dialog.exec()
    return typed[-1]


def _elsewhere(tried: Try) -> Try:
    """What is entered in place of what was tried, or the same again."""
    dialog, entered = ServerDialog(place_if_any(tried.address)), [tried]

    def use() -> None:
        entered.append(Try(dialog.value().address, dialog.server.password(), is_new=True))
        dialog.finish()

    dialog.submitted.connect(use)
    dialog.exec()
    return entered[-1]


def _file_instead(tried: Try) -> Try | Path:
    name, _kind = QFileDialog.getOpenFileName(None, _("Open database"), "", _("Databases (*.db)"))
    return Path(name).absolute() if name else tried
