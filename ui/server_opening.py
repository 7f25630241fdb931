"""The way from a server's address to an open database, with the clerk's help where it isn't found or is empty."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from PySide6.QtWidgets import QLineEdit

from model.errors import Fault, InvalidInput, StorageFault, StoreUnavailable
from model.opened import Opened
from ui.beside import beside
from ui.form import FormDialog
from ui.i18n import _
from ui.opening import WayOn, explain
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


class ServerOpening:
    """Asks until the database is open or the clerk gives up; nothing is made on a server unasked."""

    def __init__(self, open_store: Open) -> None:
        self._open_store = open_store
        self._addresses: dict[str, str] = {}

    def open(self, address: str) -> Opened | None:
        """The store; a password that was typed holds until the program ends, and is kept nowhere."""
        wanted: str | None = self._addresses.get(address, address)
        create = False
        while wanted is not None:
            try:
                store = beside(_("Connecting to the server …"), partial(self._open_store, wanted, create))
            except StoreUnavailable as error:
                create = error.fault in (StorageFault.NOT_SET_UP, StorageFault.OLDER)
                wanted = self._ask(address, wanted, error)
            else:
                self._addresses[address] = self._addresses[store.target] = wanted
                return store
        return None

    def _ask(self, address: str, tried: str, error: StoreUnavailable) -> str | None:
        """The address to go on with; None if the clerk gives up."""
        ways = []
        if error.fault is StorageFault.NOT_SET_UP:
            ways.append(WayOn("setUpButton", _("Set up here"), lambda: tried))
        if error.fault is StorageFault.OLDER:
            ways.append(WayOn("setUpButton", _("Bring up to date"), lambda: tried))
        if error.fault is StorageFault.LOGIN:
            ways.append(
                WayOn("passwordButton", _("Enter password …"), lambda: _with_password(address, tried, error.place))
            )
        if error.fault in MAY_PASS:
            ways.append(WayOn("tryAgainButton", _("Try again"), lambda: tried))
        return explain(error, ways, _("Quit"))


class ServerPasswordDialog(FormDialog):
    """Asked for before there is a window."""

    CHANGES = False

    def __init__(self, place: str) -> None:
        super().__init__("serverPasswordDialog", _("Password of the database account"), _("Connect"), None)
        self.body.insertWidget(0, wrapped(label(place, name="serverPlace")))
        self._password = self.form.add_text("password", _("&Password"), "serverPasswordField")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        hint = _("The password is kept only until the program ends.")
        self.body.addWidget(wrapped(label(hint, tone="muted")))

    def value(self) -> str:
        """The password; raises InvalidInput without one."""
        if not self._password.text():
            raise InvalidInput("password", Fault.EMPTY)
        return self._password.text()


def _with_password(address: str, tried: str, place: str) -> str:
    """The address with the password that is typed, or as it was tried."""
    dialog, typed = ServerPasswordDialog(place), []

    def use() -> None:
        typed.append(quote(dialog.value(), safe=""))
        dialog.finish()

    dialog.submitted.connect(use)
    dialog.exec()
    return f"{address}{'&' if '?' in address else '?'}password={typed[0]}" if typed else tried
