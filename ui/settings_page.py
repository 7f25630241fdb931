"""The "erweiterte Einstellungen" of an installation: the customer, and at the very bottom the tariff change."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from model.email_address import is_email
from model.errors import ModelError
from model.installation import Customer
from model.refusals import InvalidInput
from ui import errors, formats, labels
from ui.case import Case
from ui.changes import change_button
from ui.customer_form import NOBODY, CustomerForm
from ui.drafts import Draft, Drafts
from ui.i18n import _
from ui.installation_page import pending_details
from ui.widgets import Notice, button, label, readable, scrolled, set_tone, wrapped


class SettingsPage(QWidget):
    """Emits what the clerk wants; what was typed stays in `drafts` until it is saved or taken back.

    `save_wanted` carries the installation's id and the customer as typed.
    """

    back_wanted = Signal()
    save_wanted = Signal(int, object)
    adjust_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsPage")
        self.drafts = Drafts(self)
        self._due: Case | None = None
        self._shown: int | None = None
        self._held = NOBODY
        self._is_saved = False
        self.form = CustomerForm()
        self.form.changed.connect(self._edited)
        self.notice = Notice("settingsNotice", "settingsNoticeText", "danger", "triangle-alert")
        self._title = readable(wrapped(label(scale=1.6, bold=True)))
        self._put_together()
        self._show_changed()

    def show_case(self, case: Case) -> None:
        """Show an installation's settings as they are now, with what was typed for it and not saved.

        Where nothing was typed it waits until somebody sees the page: every customer opened would wait for it.
        """
        self._due = case
        if self.isVisible() or self.drafts.of(case.account.installation.id):
            self._catch_up()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: the page comes to the front."""
        self._catch_up()
        super().showEvent(event)

    def _catch_up(self) -> None:
        case, self._due = self._due, None
        if case is not None:
            self._show(case)

    def _show(self, case: Case) -> None:
        installation = case.account.installation
        another, self._shown, self._held = installation.id != self._shown, installation.id, installation.customer
        draft = self.drafts.of(installation.id)
        draft = draft.on(self._held) if draft else Draft(self._held, self._held)
        if draft.typed != self.form.typed():
            self.form.show_customer(draft.typed)
        self._title.setText(_("Advanced settings – {customer}").format(customer=installation.name))
        if another:
            self._begin(draft)
        self.drafts.keep(installation.id, draft)
        self._show_tariff(case)
        self._show_changed()

    def show_saved(self, installation_id: int, typed: Customer) -> bool:
        """The customer is saved, without the blanks around what was typed; False if another one is shown by now."""
        self._catch_up()
        self.drafts.saved(installation_id, typed)
        if installation_id != self._shown:
            return False
        self._held = typed.checked()
        self.notice.show_text("", "")
        draft = self.drafts.of(installation_id)
        self.form.show_customer(draft.typed if draft else self._held)
        self._is_saved = True
        self._show_changed()
        return True

    def show_error(self, installation_id: int, error: ModelError) -> bool:
        """It wasn't saved: say why, at once or when the customer is shown again; False if another one is by now."""
        self._catch_up()
        self.drafts.refused(installation_id, error)
        if installation_id != self._shown:
            return False
        self._say(error)
        return True

    def focus_first(self) -> None:
        """Go to the first field."""
        self.form.fields["customer_number"].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin(self, draft: Draft) -> None:
        """Nothing of the customer shown before is left; why this one's draft was refused is said again."""
        self.form.clear_faults()
        self.notice.show_text("", "")
        self._is_saved = False
        if draft.refused:
            self._say(draft.refused)

    def _say(self, error: ModelError) -> None:
        if not (isinstance(error, InvalidInput) and self.form.show_fault(error)):
            self.notice.show_text("", errors.message(error))

    def _edited(self) -> None:
        if self._shown is not None:
            self.drafts.keep(self._shown, Draft(self._held, self.form.typed()))
            self._is_saved = False
            self._show_changed()

    def _show_changed(self) -> None:
        edited = self.form.typed() != self._held
        self._save.setEnabled(edited)
        self._undo.setEnabled(edited)
        self._state.setText(_("Not saved yet.") if edited else _("Saved.") if self._is_saved else "")
        set_tone(self._state, "warning" if edited else "success")

    def _take_back(self) -> None:
        self.form.show_customer(self._held)
        self.notice.show_text("", "")
        self._edited()

    def _submit(self) -> None:
        self.form.clear_faults()
        self.notice.show_text("", "")
        if self._shown is None:
            return
        try:
            self.form.customer()
        except InvalidInput as error:
            self._say(error)
        else:
            self.save_wanted.emit(self._shown, self.form.typed())

    def _show_tariff(self, case: Case) -> None:
        day = case.now.date()
        billed, pending = case.account.billed(day), case.account.pending(day)
        self._tariff.setText(
            _("Current tariff: Cloud Telefonanlage {tariff}, {limits}, {price} net a month").format(
                tariff=billed.name, limits=labels.limits(billed), price=formats.net_price(billed)
            )
        )
        title = ""
        if pending:
            title = _("{tariff} is ordered and billed from {day}").format(
                tariff=pending.tariff.name, day=formats.day(pending.effective_on)
            )
        self._pending.show_text(title, pending_details(case, pending) if pending else "")
        missing = _("There is no valid e-mail address on file for the order information. Please enter one above.")
        self._no_email.show_text("", "" if is_email(case.account.installation.email) else missing)

    def _put_together(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self._customer_box())
        column.addStretch(1)
        column.addWidget(self._tariff_box())
        head = QHBoxLayout()
        head.addWidget(self._title, 1, Qt.AlignmentFlag.AlignVCenter)
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
        self._save = change_button(_("Save &changes"), "saveCustomerButton", self._submit)
        for edit in self.form.findChildren(QLineEdit):
            edit.returnPressed.connect(self._save.click)
        self._undo = button(_("Undo changes"), "undoCustomerButton", self._take_back)
        self._state = label(name="savedLabel", tone="success")
        row = QHBoxLayout()
        row.addWidget(self._save)
        row.addWidget(self._undo)
        row.addWidget(self._state)
        row.addStretch(1)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(14, 12, 14, 12)
        self.form.setMaximumWidth(self.fontMetrics().averageCharWidth() * 84)
        layout.addWidget(label(_("Customer"), bold=True))
        layout.addSpacing(4)
        # In a row of its own: a layout asks how high a form is at all the width there is, more than it takes.
        limited = QHBoxLayout()
        limited.addWidget(self.form, 1)
        limited.addStretch(0)
        layout.addLayout(limited)
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
        self._pending.add_button(
            change_button(_("Cancel order …"), "settingsCancelOrderButton", self.cancel_wanted.emit)
        )
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
