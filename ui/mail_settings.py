"""The settings' page "E-mail": the mail server, its account, who mails are from, and a test message."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from model.errors import ModelError
from model.provider import PORTS, MailSecurity, MailServer
from model.refusals import InvalidInput
from model.smtp import Outcome, Verdict
from ui import errors, mail_words
from ui.form import Form
from ui.i18n import _
from ui.mail_dialogs import password_hint
from ui.widgets import button, label, separator, set_tone, wrapped


class MailPage(QWidget):
    """Off until the settings have been read; the password is only ever written."""

    test_wanted = Signal(object, str, str)

    def __init__(self) -> None:
        super().__init__()
        self.form = Form(columns=2)
        add = self.form.add_text
        self._host = add("host", _("Mail &server"), "mailHostField", hint=_("for example smtp.example.com"))
        self._port = add("port", _("P&ort"), "mailPortField")
        self._security = self.form.add_choice(
            "security", _("Encr&yption"), "mailSecurityField", list(MailSecurity), _security_name, MailSecurity.STARTTLS
        )
        self._account = add("account", _("Acco&unt"), "mailAccountField", hint=_("empty if none is needed"))
        self._password = add("password", _("Pass&word"), "mailAccountPasswordField")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._sender_name = add("sender_name", _("Sender’s &name"), "mailSenderNameField")
        self._sender = add("sender", _("Sender’s a&ddress"), "mailSenderField")
        self._reply_to = add("reply_to", _("&Replies to"), "mailReplyToField", hint=_("the sender’s address"))
        self.test_form = Form()
        self._test_to = self.test_form.add_text(
            "test_recipient", _("Send a &test message to"), "testRecipientField", hint=_("the sender’s address")
        )
        self._test = button(_("Send test message"), "testMailButton", self._ask_for_test, "mail")
        self._result = wrapped(label(name="testMailResult"))
        self._lay_out()
        self._security.currentIndexChanged.connect(lambda _place: self._follow_security())
        self._security_before = MailSecurity.STARTTLS

    @property
    def forms(self) -> tuple[Form, Form]:
        """All fields of the page."""
        return self.form, self.test_form

    def show_server(self, server: MailServer) -> None:
        """What holds now."""
        self._security_before = server.security
        self._security.setCurrentIndex(list(MailSecurity).index(server.security))
        self._port.setText(str(server.port))
        for field, value in (
            (self._host, server.host),
            (self._account, server.account),
            (self._sender_name, server.sender_name),
            (self._sender, server.sender),
            (self._reply_to, server.reply_to),
        ):
            field.setText(value)
            field.setCursorPosition(0)

    def show_password_known(self, known: bool) -> None:
        """Whether there is one already."""
        self._password.setPlaceholderText(_("kept, unchanged") if known else "")

    def server(self) -> MailServer:
        """As entered; a port that is no number is 0. Nothing is checked."""
        port = self._port.text().strip()
        return MailServer(
            self._host.text(),
            int(port) if port.isascii() and port.isdigit() and len(port) < 7 else 0,
            MailSecurity(self._security.currentData()),
            self._account.text(),
            self._sender_name.text(),
            self._sender.text(),
            self._reply_to.text(),
        )

    def password(self) -> str:
        """A new one; empty if it stays."""
        return self._password.text()

    def show_outcome(self, outcome: Outcome) -> None:
        """What came of the test message."""
        if outcome.verdict is Verdict.SENT:
            text = _("The mail server has taken the test message. Please look whether it arrives.")
            self._show_result(text, "success")
            return
        words = mail_words.fault(self.server(), outcome)
        text = _("The mail server did not take the test message: “{words}”").format(words=words)
        self._show_result(text if words == outcome.words else words, "danger")

    def show_error(self, error: ModelError) -> None:
        """The test message could not be sent at all."""
        self._show_result("", "")
        if not (isinstance(error, InvalidInput) and any(form.show_fault(error) for form in self.forms)):
            self._show_result(errors.message(error), "danger")

    def _ask_for_test(self) -> None:
        for form in self.forms:
            form.clear_faults()
        self._show_result(_("The test message is being sent …"), "muted")
        self._test.setEnabled(False)
        self.test_wanted.emit(self.server(), self.password(), self._test_to.text())

    def _show_result(self, text: str, tone: str) -> None:
        self._test.setEnabled(True)
        set_tone(self._result, tone)
        self._result.setText(text)
        self._result.setVisible(bool(text))

    def _follow_security(self) -> None:
        """Who chooses the other encryption most likely needs its port."""
        chosen = MailSecurity(self._security.currentData())
        if self._port.text().strip() == str(PORTS[self._security_before]):
            self._port.setText(str(PORTS[chosen]))
        self._security_before = chosen

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._test)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.form)
        layout.addWidget(wrapped(label(password_hint(), tone="muted")))
        layout.addWidget(separator())
        layout.addWidget(self.test_form)
        layout.addLayout(row)
        layout.addWidget(self._result)
        layout.addStretch(1)
        self._result.hide()


def _security_name(security: MailSecurity) -> str:
    return {
        MailSecurity.STARTTLS: _("STARTTLS (usually port 587)"),
        MailSecurity.TLS: _("TLS (usually port 465)"),
    }[security]
