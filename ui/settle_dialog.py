"""A transfer whose end isn't known: whether the data have arrived, and what follows from that."""

from __future__ import annotations

from datetime import tzinfo

from PySide6.QtWidgets import QLineEdit, QWidget

from model.engine import is_server
from model.errors import ModelError, StorageFault, StoreUnavailable
from model.moved import Moved
from ui import errors, formats
from ui.form import FormDialog
from ui.i18n import _
from ui.mail_dialogs import password_hint
from ui.widgets import label, wrapped


class SettleDialog(FormDialog):
    """Says what will be done; a server may want the password."""

    CHANGES = False

    def __init__(self, mark: Moved, zone: tzinfo | None, parent: QWidget) -> None:
        super().__init__("settleDialog", _("Transfer without a known end"), _("&Look and settle"), parent)
        self.characters = 84
        words = _(
            "On {instant}, {clerk} began to transfer this database to {place}. If another program is still at it,"
            " please let it finish.\n\nOtherwise it is looked there now whether everything has arrived. If so, this"
            " database becomes an archive. If not, the transfer is undone, and you can go on working here as before."
        )
        instant = formats.instant(mark.at.astimezone(zone))
        text = words.format(instant=instant, clerk=mark.clerk, place=mark.place)
        self.body.insertWidget(0, wrapped(label(text, name="settleWords")))
        self._password = self.form.add_text("password", _("&Password"), "settlePasswordField")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._hint = wrapped(label(password_hint(), tone="muted"))
        self.body.addWidget(self._hint)
        self.form.setVisible(is_server(mark.address))
        self._hint.setVisible(is_server(mark.address))

    def value(self) -> str:
        """The password; empty if the one that is kept, if any, is to be used."""
        return self._password.text()

    def show_error(self, error: ModelError) -> None:
        """Under the password, if it is about that."""
        super().show_error(error)
        if isinstance(error, StoreUnavailable) and error.fault is StorageFault.LOGIN:
            self.notice.show_text("", "")
            self.form.show_words("password", errors.message(error))
            self._grow()
