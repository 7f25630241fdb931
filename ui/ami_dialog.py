"""Which running Asterisk to import from, and as whom; the password is asked for each time and never kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QWidget

from model.ami import PORTS, AmiSecurity, AmiServer, checked_password
from model.errors import ModelError
from model.import_ami import AmiAnswer
from model.refusals import AmiFailed, AmiFault, InvalidInput
from ui import errors, formats
from ui.form import Form, LongFormDialog
from ui.i18n import _, ngettext
from ui.widgets import Notice, button, label, set_tone, wrapped


@dataclass(frozen=True, slots=True)
class AmiLogin:
    """What was entered."""

    server: AmiServer
    password: str = field(repr=False)


class AmiDialog(LongFormDialog):
    """Stays open until everything is read; `check_wanted` for a trial, `cancel_wanted` to give up what is under way."""

    CHANGES = False
    check_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        form = Form(columns=2)
        super().__init__("amiDialog", _("Import from a running Asterisk"), _("Read …"), parent, form)
        self.characters = 78
        self._host = form.add_text("host", _("&Server"), "amiHostField", hint=_("for example pbx.example.com"))
        self._port = form.add_text("port", _("P&ort"), "amiPortField", str(PORTS[AmiSecurity.TLS]))
        self._security = form.add_choice(
            "security", _("Encr&yption"), "amiSecurityField", list(AmiSecurity), _security_name, AmiSecurity.TLS
        )
        self._account = form.add_text("account", _("Acco&unt"), "amiAccountField", hint=_("from manager.conf"))
        self._password = form.add_text("password", _("Pass&word"), "amiPasswordField")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._add_rest()
        self._security.currentIndexChanged.connect(lambda _place: self._follow_security())
        self._port.textEdited.connect(self._follow_port)
        form.changed.connect(lambda: self._show_result("", ""))
        self._follow_security()

    def value(self) -> AmiLogin:
        """What was entered; raises InvalidInput."""
        port = self._port.text().strip()
        server = AmiServer(
            self._host.text(),
            int(port) if port.isascii() and port.isdigit() and len(port) < 7 else 0,
            AmiSecurity(self._security.currentData()),
            self._account.text(),
        )
        return AmiLogin(server.checked(), checked_password(self._password.text()))

    def show_answer(self, answer: AmiAnswer) -> None:
        """The trial went well."""
        self.set_busy(busy=False)
        text = ngettext(
            "Connected and logged in: {version}, {count} endpoint.",
            "Connected and logged in: {version}, {count} endpoints.",
            answer.endpoints,
        )
        self._show_result(text.format(version=answer.version, count=formats.number(answer.endpoints)), "success")

    def show_progress(self, percent: int) -> None:
        """So much is read."""
        self._progress.setRange(0, 100)
        self._progress.setValue(percent)
        self._progress.setFormat(formats.percent(100 * percent))

    def set_busy(self, *, busy: bool) -> None:
        """While Asterisk is asked there is a bar, and what was entered stays; Cancel ends the asking."""
        super().set_busy(busy=busy)
        self.form.setEnabled(not busy)
        self._check.setEnabled(not busy)
        self._progress.setVisible(busy)
        # Until the first list is there nobody knows how much there is to read.
        self._progress.setRange(0, 0)
        if busy:
            self._show_result("", "")
        self._grow()

    def show_error(self, error: ModelError) -> None:
        """Why nothing was read; what the clerk didn't want any more is no fault."""
        if isinstance(error, AmiFailed) and error.fault is AmiFault.CANCELLED:
            self.set_busy(busy=False)
            self._show_result(errors.message(error), "muted")
            return
        if isinstance(error, AmiFailed) and error.fault is AmiFault.LOGIN:
            self.set_busy(busy=False)
            self.form.show_words("password", errors.message(error))
            self._grow()
            return
        super().show_error(error)

    # ------------------------------------------------------------------ how it is put together

    def _add_rest(self) -> None:
        self._plain = Notice("amiPlainNotice", "amiPlainText", "warning", "triangle-alert")
        self._check = button(_("&Check connection"), "amiCheckButton", self._ask_for_check)
        self._result = wrapped(label(name="amiResult"))
        self._progress = QProgressBar()
        self._progress.setObjectName("amiProgress")
        self._progress.setAccessibleName(_("Progress of the reading"))
        for part in (self._result, self._progress):
            part.hide()
        hint = _(
            "Only the manager interface (AMI) is asked for endpoints, queues and mailboxes; nothing is changed there."
            " The password is used for this connection alone and not kept."
        )
        row = QHBoxLayout()
        row.addWidget(self._check)
        row.addStretch(1)
        self.body.setSpacing(12)
        self.body.addWidget(self._plain)
        self.body.addWidget(wrapped(label(hint, tone="muted")))
        self.body.addLayout(row)
        self.body.addWidget(self._result)
        self.body.addWidget(self._progress)

    def _ask_for_check(self) -> None:
        self.form.clear_faults()
        self.notice.show_text("", "")
        try:
            self.value()
        except InvalidInput as error:
            self.show_error(error)
            return
        self.set_busy(busy=True)
        self.check_wanted.emit()

    def _show_result(self, text: str, tone: str) -> None:
        set_tone(self._result, tone)
        self._result.setText(text)
        self._result.setVisible(bool(text))
        self._grow()

    def _follow_security(self) -> None:
        """Who chooses the other encryption most likely needs its port; what plain text means is said."""
        chosen = AmiSecurity(self._security.currentData())
        if self._port.text().strip() in {str(port) for port in PORTS.values()}:
            self._port.setText(str(PORTS[chosen]))
        title, text = (
            _("Everybody on the way can read along"),
            _(
                "Asterisk also sends the telephones' passwords on this connection. They are not kept here, but without"
                " encryption others can read them. Please choose this only inside your own network."
            ),
        )
        plain = chosen is AmiSecurity.PLAIN
        self._plain.show_text(title if plain else "", text if plain else "")
        if self.isVisible():
            self._grow()

    def _follow_port(self, text: str) -> None:
        """The port for encrypted connections is one."""
        if text.strip() == str(PORTS[AmiSecurity.TLS]):
            self._security.setCurrentIndex(list(AmiSecurity).index(AmiSecurity.TLS))


def _security_name(security: AmiSecurity) -> str:
    return {
        AmiSecurity.TLS: _("TLS, certificate is checked"),
        AmiSecurity.PLAIN: _("none, for this connection only"),
    }[security]
