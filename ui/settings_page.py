"""The "erweiterte Einstellungen" of an installation: the customer, and at the very bottom the tariff change."""

from __future__ import annotations

from dataclasses import fields, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from model.errors import InvalidInput, ModelError
from model.installation import Customer
from ui import errors, formats, labels
from ui.customer_form import CustomerForm
from ui.desk import Case
from ui.i18n import _
from ui.installation_page import pending_details
from ui.widgets import Notice, button, label, readable, scrolled, wrapped


class SettingsPage(QWidget):
    """Emits what the clerk wants; what was typed stays until it is saved or taken back."""

    back_wanted = Signal()
    save_wanted = Signal(object)
    adjust_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsPage")
        self._case: Case | None = None
        self.form = CustomerForm()
        self.form.changed.connect(self._show_changed)
        self.notice = Notice("settingsNotice", "settingsNoticeText", "danger", "triangle-alert")
        self._title = readable(wrapped(label(scale=1.6, bold=True)))
        self._put_together()
        self._show_changed()

    def show_case(self, case: Case) -> None:
        """Show an installation's settings; what was half typed for the same one is kept, the rest is as it is now."""
        installation = case.account.installation
        fresh = _customer(case)
        if self._case is not None and self._case.account.installation.id == installation.id:
            fresh = _merged(_customer(self._case), self.form.typed(), fresh)
        self._case = case
        self._title.setText(_("Advanced settings – {customer}").format(customer=installation.name))
        if fresh != self.form.typed():
            self.form.show_customer(fresh)
        self._show_tariff(case)
        self._show_changed()

    def show_saved(self, customer: Customer) -> None:
        """The customer was saved, without the blanks around what was typed."""
        self.notice.show_text("", "")
        self.form.show_customer(customer)
        self._saved.setText(_("Saved."))
        self._save.setEnabled(False)
        self._undo.setEnabled(False)

    def show_error(self, error: ModelError) -> None:
        """It wasn't saved: say why."""
        if not (isinstance(error, InvalidInput) and self.form.show_fault(error)):
            self.notice.show_text("", errors.message(error))

    def focus_email(self) -> None:
        """Go to the e-mail address: it is missing for an order (R25)."""
        self.form.fields["email"].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_first(self) -> None:
        """Go to the first field."""
        self.form.fields["customer_number"].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _is_edited(self) -> bool:
        return self._case is not None and self.form.typed() != _customer(self._case)

    def _show_changed(self) -> None:
        edited = self._is_edited()
        self._save.setEnabled(edited)
        self._undo.setEnabled(edited)
        if edited:
            self._saved.setText("")

    def _take_back(self) -> None:
        if self._case:
            self.form.show_customer(_customer(self._case))
            self._show_changed()

    def _submit(self) -> None:
        self.form.clear_faults()
        try:
            customer = self.form.customer()
        except InvalidInput as error:
            self.show_error(error)
            return
        self.save_wanted.emit(customer)

    def _show_tariff(self, case: Case) -> None:
        day = case.now.date()
        billed, pending = case.account.billed(day), case.account.pending(day)
        self._tariff.setText(
            _("Current tariff: Cloud Telefonanlage {tariff} with {limits}, {price} net a month").format(
                tariff=billed.name, limits=labels.limits(billed), price=formats.net_price(billed)
            )
        )
        title = ""
        if pending:
            title = _("{tariff} is ordered and billed from {day}").format(
                tariff=pending.tariff.name, day=formats.day(pending.effective_on)
            )
        self._pending.show_text(title, pending_details(case, pending) if pending else "")
        missing = _("There is no e-mail address on file for the order information. Please enter one above.")
        self._no_email.show_text("", "" if case.account.installation.email else missing)

    def _put_together(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self._customer_box())
        column.addStretch(1)
        column.addWidget(self._tariff_box())
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(button(_("Back to the installation"), "settingsBackButton", self.back_wanted.emit, "arrow-left"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 12, 14, 8)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.notice)
        layout.addWidget(scrolled(column), 1)

    def _customer_box(self) -> QFrame:
        box = QFrame()
        box.setProperty("card", "true")
        self._save = button(_("Save &changes"), "saveCustomerButton", self._submit)
        self._undo = button(_("Undo changes"), "undoCustomerButton", self._take_back)
        self._saved = label(name="savedLabel", tone="success")
        row = QHBoxLayout()
        row.addWidget(self._save)
        row.addWidget(self._undo)
        row.addWidget(self._saved)
        row.addStretch(1)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(14, 12, 14, 12)
        self.form.setMaximumWidth(self.fontMetrics().averageCharWidth() * 84)
        layout.addWidget(label(_("Customer"), bold=True))
        layout.addSpacing(4)
        layout.addWidget(self.form)
        layout.addSpacing(6)
        layout.addLayout(row)
        return box

    def _tariff_box(self) -> QFrame:
        box = QFrame()
        box.setProperty("card", "true")
        box.setObjectName("tariffChangeSection")
        box.setAccessibleName(_("Tariff change"))
        self._tariff = readable(wrapped(label(name="settingsTariffLabel")))
        self._pending = Notice("settingsPendingBar", "settingsPendingText", "info", "calendar-clock")
        self._pending.add_button(button(_("Cancel order …"), "settingsCancelOrderButton", self.cancel_wanted.emit))
        self._no_email = Notice("noEmailBar", "noEmailText", "warning", "triangle-alert")
        note = _("Changing the tariff is always free of charge. It takes effect at the next change of month.")
        row = QHBoxLayout()
        row.addWidget(button(_("Adjust tariff"), "adjustTariffButton", self.adjust_wanted.emit))
        row.addStretch(1)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(14, 12, 14, 14)
        layout.setSpacing(8)
        layout.addWidget(label(_("Tariff change"), bold=True))
        for part in (self._tariff, self._pending, self._no_email, wrapped(label(note, tone="muted"))):
            layout.addWidget(part)
        layout.addLayout(row)
        return box


def _customer(case: Case) -> Customer:
    installation = case.account.installation
    return Customer(installation.customer_number, installation.name, installation.email, installation.language)


def _merged(before: Customer, typed: Customer, fresh: Customer) -> Customer:
    """What was typed where something was, else what holds now: another clerk's change is never written back."""
    changed = {
        field.name: getattr(typed, field.name)
        for field in fields(Customer)
        if getattr(typed, field.name) != getattr(before, field.name)
    }
    return replace(fresh, **changed)
