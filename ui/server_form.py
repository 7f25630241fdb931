"""Where a database on a server is: fields to enter it, and a button that tries whether it can be reached."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from model.errors import ModelError, StorageFault, StoreUnavailable
from model.passwords import remember_password
from model.refusals import InvalidInput
from model.server_check import Seen, check_server
from model.server_place import PORT, ServerPlace, Tls, usual_tls
from ui import errors, server_words
from ui.arrangement import tab_in_reading_order
from ui.background import Background
from ui.form import Form
from ui.i18n import _
from ui.mail_dialogs import password_hint
from ui.widgets import button, label, set_tone, wrapped

WITH_CERTIFICATE = (Tls.VERIFY_FULL, Tls.VERIFY_CA)
Then = Callable[[Seen], None]
Answer = TypeVar("Answer")
Told = TypeVar("Told")


class ServerForm(QWidget):
    """`changed` when something was edited, `told` when words came or went that need room.

    Whether it can be reached is looked for on a thread; a result that nobody waits for any more is dropped.
    """

    changed = Signal()
    told = Signal()

    def __init__(self, place: ServerPlace | None = None) -> None:
        super().__init__()
        self.form = Form(columns=2)
        add = self.form.add_text
        self._host = add("host", _("&Server"), "serverHostField", hint=_("for example db.example.com"))
        self._port = add("port", _("P&ort"), "serverPortField", str(PORT))
        self._database = add("database", _("Data&base"), "serverDatabaseField")
        self._account = add("account", _("Acco&unt"), "serverAccountField", hint=_("one for each person"))
        self._password = add("password", _("Pass&word"), "serverAccountPasswordField")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._tls = self.form.add_choice(
            "tls", _("Encr&yption"), "serverTlsField", list(Tls), server_words.tls_name, Tls.VERIFY_FULL
        )
        # What the kinds mean takes more room than a small screen has.
        self._tls.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._tls.setMinimumContentsLength(20)
        self._certificate = add(
            "certificate",
            _("Certi&ficate file of the authority"),
            "serverCertificateField",
            hint=_("those that this computer trusts"),
        )
        self._check = button(_("&Check connection"), "serverCheckButton", self.check)
        self._choose = button(_("Choose certificate file …"), "serverCertificateButton", self._choose_certificate)
        self._result = wrapped(label(name="serverCheckResult"))
        self._more: tuple[tuple[str, str], ...] = ()
        self._asked = 0
        self._tls_is_chosen = False
        self._lay_out()
        self._tls.activated.connect(lambda _place: self._keep_tls())
        self._tls.currentIndexChanged.connect(lambda _place: self._follow_tls())
        self._host.textEdited.connect(self._follow_host)
        self.form.changed.connect(self._edited)
        self.show_place(place or ServerPlace())

    def show_place(self, place: ServerPlace) -> None:
        """Fill the fields in."""
        for field, value in (
            (self._host, place.host),
            (self._port, str(place.port)),
            (self._database, place.database),
            (self._account, place.account),
            (self._certificate, place.certificate),
        ):
            field.setText(value)
            field.setCursorPosition(0)
        self._more = place.more
        self._tls.setCurrentIndex(list(Tls).index(place.tls))
        self._follow_tls()

    def value(self) -> ServerPlace:
        """What was entered; raises InvalidInput, which `show_fault` says under its field."""
        port = self._port.text().strip()
        tls = Tls(self._tls.currentData())
        return ServerPlace(
            self._host.text(),
            int(port) if port.isascii() and port.isdigit() and len(port) < 7 else 0,
            self._database.text(),
            self._account.text(),
            tls,
            self._certificate.text() if tls in WITH_CERTIFICATE else "",
            self._more,
        ).checked()

    def address(self) -> str:
        """The address, without a password; raises InvalidInput."""
        return self.value().address

    def password(self) -> str:
        """As typed; empty if the one that is kept, if any, is to be used."""
        return self._password.text()

    def show_fault(self, error: ModelError) -> None:
        """Say what is wrong under the field it is about, else under the button."""
        self._show_result("", "")
        if isinstance(error, StoreUnavailable) and error.fault is StorageFault.LOGIN:
            self.form.show_words("password", errors.message(error))
        elif not (isinstance(error, InvalidInput) and self.form.show_fault(error)):
            self._show_result(errors.message(error), "danger")

    def check(self, then: Then | None = None) -> None:
        """Say what is found; `then` gets it, but only if the program can work there."""
        self.form.clear_faults()
        try:
            place, password = self.value(), self.password()
        except InvalidInput as error:
            self.show_fault(error)
            return
        self._show_result(_("Connecting to the server …"), "muted")

        def done(seen: Seen) -> None:
            self._show_result(server_words.seen(seen), "success" if seen.usable else "danger")
            if seen.usable and then is not None:
                then(seen)

        self._ask(lambda: check_server(place, password), done)

    def use(self, then: Callable[[str], None]) -> None:
        """Check, keep the password if one was typed, and give the address; a fault is said here."""

        def keep(_seen: Seen) -> None:
            place, password = self.value(), self.password()
            self._ask(
                lambda: remember_password(place, password) if password else None,
                lambda _nothing: then(place.address),
            )

        self.check(keep)

    def _ask(self, work: Callable[[], Answer], done: Callable[[Answer], None]) -> None:
        """On the thread; what is told too late, or to nobody, is dropped."""
        self._asked += 1
        asked = self._asked
        self._check.setEnabled(False)

        def told(tell: Callable[[Told], None]) -> Callable[[Told], None]:
            def tell_whoever_waits(what: Told) -> None:
                if isValid(self) and asked == self._asked:
                    self._check.setEnabled(True)
                    tell(what)

            return tell_whoever_waits

        _checking().run(work, told(done), told(self.show_fault))

    # ------------------------------------------------------------------ what follows what

    def _edited(self) -> None:
        """What was found out was about something else."""
        self._asked += 1
        self._check.setEnabled(True)
        self._show_result("", "")
        self.changed.emit()

    def _follow_host(self, host: str) -> None:
        """Until somebody chooses the protection, it is the one that is right for the server."""
        if not self._tls_is_chosen:
            self._tls.setCurrentIndex(list(Tls).index(usual_tls(host.strip())))

    def _keep_tls(self) -> None:
        self._tls_is_chosen = True

    def _follow_tls(self) -> None:
        shown = Tls(self._tls.currentData()) in WITH_CERTIFICATE
        self.form.show_field("certificate", shown=shown)
        self._choose.setVisible(shown)
        tab_in_reading_order(self.window())

    def _choose_certificate(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(
            self, _("Choose certificate file"), "", _("Certificates (*.crt *.pem);;All files (*)")
        )
        if name:
            self._certificate.setText(str(Path(name)))
            self._edited()

    def _show_result(self, text: str, tone: str) -> None:
        set_tone(self._result, tone)
        self._result.setText(text)
        self._result.setVisible(bool(text))
        self.told.emit()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._check)
        row.addWidget(self._choose)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.form)
        layout.addWidget(wrapped(label(password_hint(), tone="muted")))
        layout.addLayout(row)
        layout.addWidget(self._result)
        self._result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._result.hide()


@cache
def _checking() -> Background:
    """One thread for the whole program: a server that doesn't answer must not hold up the form that is closed."""
    application = QCoreApplication.instance()
    made = Background("checking", application)
    if application is not None:
        application.aboutToQuit.connect(lambda: made.close(finish=False))
    return made
