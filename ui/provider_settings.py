"""The settings' page "Provider": what letters say of who sells the tariffs, and the logo on them."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from model.provider import Provider
from ui.form import LONGEST_INPUT, Form
from ui.i18n import _
from ui.widgets import button, label, wrapped

LINES = 3


class LinesField(QPlainTextEdit):
    """A few lines of plain text; Tab leads on."""

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Qt: text is pasted; far more than an address can be is cut."""
        self.insertPlainText(source.text()[:LONGEST_INPUT])


class LogoField(QWidget):
    """A picture that can be chosen and removed."""

    choose_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.logo = ""
        self._picture = QLabel()
        self._picture.setObjectName("logoPreview")
        self._words = label(tone="muted", name="logoText")
        self._choose = button(_("Choose &logo …"), "chooseLogoButton", self.choose_wanted.emit)
        self._remove = button(_("Remove logo"), "removeLogoButton", lambda: self.show_logo("", QImage()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for part in (self._picture, self._words, self._choose, self._remove):
            row.addWidget(part)
        row.addStretch(1)
        self.show_logo("", QImage())

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Qt: to its button; a focus proxy would break the way by Tab."""
        self._choose.setFocus(reason)

    def show_logo(self, logo: str, image: QImage) -> None:
        """Another logo, or none."""
        self.logo = logo
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(max(2.0, self.devicePixelRatioF()))
        self._picture.setPixmap(pixmap)
        self._picture.setAccessibleName(_("Logo"))
        self._picture.setVisible(not image.isNull())
        self._words.setText("" if logo else _("No logo. PNG, JPEG or SVG, 512 KB at most."))
        self._words.setVisible(not logo)
        self._remove.setVisible(bool(logo))


class ProviderPage(QWidget):
    """Off until the settings have been read."""

    logo_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.form = Form(columns=2)
        add = self.form.add_text
        self._name = add("name", _("&Company"), "providerNameField")
        self._website = add("website", _("We&bsite"), "providerWebsiteField")
        self._address = self._add_lines("address", _("Ad&dress"), "providerAddressField")
        self._register = self._add_lines("register", _("Commercial &register, directors"), "providerRegisterField")
        self._vat_id = add("vat_id", _("VAT &ID no."), "providerVatField")
        self._phone = add("phone", _("P&hone"), "providerPhoneField")
        self._email = add("email", _("E-mail addre&ss"), "providerEmailField")
        self.logo = LogoField()
        self.form.add("logo", _("Logo"), "providerLogoField", self.logo)
        self.logo.choose_wanted.connect(self.logo_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        hint = _("This is what the order information says of you: in the e-mail, and in the PDF attached to it.")
        layout.addWidget(wrapped(label(hint, tone="muted")))
        layout.addWidget(self.form)
        layout.addStretch(1)

    def show_provider(self, provider: Provider, logo: QImage) -> None:
        """What holds now."""
        for field, value in (
            (self._name, provider.name),
            (self._website, provider.website),
            (self._vat_id, provider.vat_id),
            (self._phone, provider.phone),
            (self._email, provider.email),
        ):
            field.setText(value)
            field.setCursorPosition(0)
        self._address.setPlainText(provider.address)
        self._register.setPlainText(provider.register)
        self.logo.show_logo(provider.logo, logo)

    def provider(self) -> Provider:
        """As entered; nothing is checked."""
        return Provider(
            self._name.text(),
            self._address.toPlainText(),
            self._register.toPlainText(),
            self._vat_id.text(),
            self._phone.text(),
            self._email.text(),
            self._website.text(),
            self.logo.logo,
        )

    def _add_lines(self, field: str, title: str, name: str) -> QPlainTextEdit:
        edit = LinesField()
        edit.setTabChangesFocus(True)
        edit.setFixedHeight(edit.fontMetrics().lineSpacing() * LINES + 16)
        self.form.add(field, title, name, edit)
        edit.textChanged.connect(self.form.fields[field].fault.hide)
        return edit
