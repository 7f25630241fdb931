"""The dialogs of the outbox: a mail to be sent again, the mail account's password."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from model.orders import order_label
from model.outbox import Delivery
from model.provider import MailServer
from model.refusals import Fault, InvalidInput
from ui import mail_words
from ui.form import FormDialog
from ui.i18n import _
from ui.widgets import box_of_names, label, wrapped


class SendAgainDialog(FormDialog):
    """Which mail of an order, and whether to the address of then or to the one on file now."""

    def __init__(self, deliveries: list[Delivery], email_now: str, parent: QWidget) -> None:
        title = _("Send order information again: {order}")
        title = title.format(order=order_label(deliveries[0].mail.order_number))
        super().__init__("sendAgainDialog", title, _("Send"), parent)
        self._deliveries = deliveries
        self._email_now = email_now
        self._which, self._to = QComboBox(), box_of_names()
        for delivery in deliveries:
            self._which.addItem(mail_words.kind(delivery.mail.kind))
        self._which.setCurrentIndex(len(deliveries) - 1)
        if len(deliveries) > 1:
            self.form.add("mail", _("&Message"), "sendAgainMessage", self._which)
        self.form.add("email", _("&To"), "sendAgainTo", self._to)
        hint = _("It is the same letter about the order as it was placed. It leaves as a new message.")
        self.body.addWidget(wrapped(label(hint, tone="muted")))
        self._which.currentIndexChanged.connect(lambda _place: self._show_addresses())
        self._show_addresses()

    def value(self) -> tuple[str, str]:
        """The mail's Message-ID and the address; raises InvalidInput while the mail still waits."""
        return self._chosen.mail.message_id, str(self._to.currentData())

    @property
    def _chosen(self) -> Delivery:
        return self._deliveries[self._which.currentIndex()]

    def _show_addresses(self) -> None:
        """The one on file now comes first: it is the one that may have been put right."""
        then = self._chosen.recipient
        self._to.clear()
        if self._email_now and self._email_now != then:
            self._to.addItem(_("{address} (on file now)").format(address=self._email_now), self._email_now)
        self._to.addItem(_("{address} (as last time)").format(address=then), then)
        waits = self._chosen.ending is None
        self.allow(possible=not waits)
        if waits:
            self.form.show_words("email", _("This mail has not been sent yet."))
        else:
            self.form.clear_faults()


class PasswordDialog(FormDialog):
    """Asked for once in a run, beside everything else; who closes it lets the mails wait."""

    CHANGES = False

    def __init__(self, server: MailServer, parent: QWidget) -> None:
        super().__init__("passwordDialog", _("Password of the mail account"), _("Use"), parent, cancel=_("Later"))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.server = server
        text = _("E-mails wait to be sent by {account} at {host}.").format(account=server.account, host=server.host)
        self.body.insertWidget(0, wrapped(label(text, name="passwordText")))
        self._password = self.form.add_text("password", _("&Password"), "mailPasswordField")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self.body.addWidget(wrapped(label(password_hint(), tone="muted")))

    def value(self) -> str:
        """The password; raises InvalidInput without one."""
        if not self._password.text():
            raise InvalidInput("password", Fault.EMPTY)
        return self._password.text()


def password_hint() -> str:
    """Where a password is kept."""
    return _(
        "The password is kept in the system’s keyring; where there is none, only until the program ends. It is never"
        " written into a file."
    )
