"""What is asked: what to do when objects go beyond, why an order is cancelled, what goes with a removal."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from model.account import Account, Decision, Limits, Verdict
from model.email_address import checked_email
from model.installation import LONGEST_REASON, Additions, checked_text
from model.orders import TariffOrder, order_label
from ui import formats, labels
from ui.arrangement import widen
from ui.case import Case
from ui.changes import change_button
from ui.form import FormDialog
from ui.i18n import _, ngettext
from ui.obstacle_list import ObstacleList
from ui.widgets import IconLabel, button, label, scrolled, wrapped


class DecisionDialog(QDialog):
    """R11, R30: nothing has been created yet; the clerk decides with the customer what to do."""

    offer_accepted = Signal()
    cancellation_accepted = Signal()

    def __init__(self, case: Case, decision: Decision, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("decisionDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title, text = _decision_words(case, decision)
        self.setWindowTitle(_("Beyond the tariff"))
        words = QVBoxLayout()
        words.addWidget(wrapped(label(title, name="decisionTitle", scale=1.3, bold=True)))
        words.addWidget(wrapped(label(text, name="decisionText")))
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(IconLabel("triangle-alert", "warning", 2.2), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(18)
        layout.addLayout(row)
        layout.addStretch(1)
        layout.addLayout(self._buttons(decision))
        widen(self, 74)

    def _buttons(self, decision: Decision) -> QHBoxLayout:
        row = QHBoxLayout()
        only = decision.offer is None or decision.verdict is Verdict.PRO_PENDING
        row.addWidget(button(_("Close") if only else _("Do not create"), "declineButton", self.reject))
        row.addStretch(1)
        if decision.verdict is Verdict.CHOICE:
            row.addWidget(button(_("Replace order …"), "replaceOrderButton", self._accept_offer))
            row.addWidget(
                button(_("Cancel order and create …"), "cancelAndCreateButton", self.cancellation_accepted.emit)
            )
        elif decision.verdict is Verdict.PRO_NEEDED and decision.offer:
            row.addWidget(button(_("See change to Pro"), "acceptOfferButton", self._accept_offer))
        elif decision.offer:
            row.addWidget(button(_("See tariff upgrade"), "acceptOfferButton", self._accept_offer))
        return row

    def _accept_offer(self) -> None:
        self.offer_accepted.emit()
        self.accept()


class CancelOrderDialog(FormDialog):
    """R29: an order is cancelled with a reason; what blocks it is listed and ticks itself off."""

    reveal_requested = Signal(object)

    def __init__(self, case: Case, pending: TariffOrder, parent: QWidget, adding: Additions) -> None:
        title, keep = _("Cancel order"), _("Do not cancel")
        super().__init__("cancelOrderDialog", title, title, parent, cancel=keep)
        self.characters = 76
        self.case = case
        self.order_number = pending.order_number
        self.adding = adding
        self._obstacles = ObstacleList()
        self._obstacles.reveal_requested.connect(self.reveal_requested)
        text = _("{order}: {tariff} from {day}. After cancelling, {current} stays in force.").format(
            order=order_label(pending.order_number),
            tariff=pending.tariff.name,
            day=formats.day(pending.effective_on),
            current=case.account.billed(case.now.date()).name,
        )
        mail = _("The customer gets an e-mail about the cancellation: {address}").format(
            address=case.account.installation.email or pending.mail_to
        )
        self._blocked = wrapped(label(name="cancelBlocked", bold=True))
        parts = (
            wrapped(label(case.account.installation.name, name="cancelCustomer", bold=True)),
            wrapped(label(text, name="cancelOrderText")),
            wrapped(label(mail, tone="muted")),
            self._blocked,
        )
        in_the_way = QVBoxLayout()
        in_the_way.setContentsMargins(0, 0, 6, 0)
        in_the_way.addWidget(self._obstacles)
        in_the_way.addStretch(1)
        self._blocking = scrolled(in_the_way)
        self._blocking.setMinimumHeight(9 * self.fontMetrics().lineSpacing())
        for place, part in enumerate((*parts, self._blocking)):
            self.body.insertWidget(place, part)
        hint = _("e.g. the customer changed their mind")
        self._reason = self.form.add_text("reason", _("&Reason"), "cancelReasonField", hint=hint)
        self._reason.setFocus()
        self.show_case(case)

    def show_case(self, case: Case) -> None:
        """Judge anew what blocks the cancellation: else the extras would stay free."""
        self.case = case
        billed = case.account.billed(case.now.date())
        obstacles = case.account.obstacles(billed)
        self._obstacles.show_obstacles(obstacles)
        self._blocked.setText(
            _("The order cannot be cancelled while more is in use than {tariff} contains:").format(tariff=billed.name)
        )
        self._blocked.setVisible(bool(obstacles))
        self._blocking.setVisible(not self._obstacles.isHidden())
        self.form.setEnabled(not obstacles)
        self.allow(possible=not obstacles)

    def value(self) -> str:
        """The reason; raises InvalidInput if there is none."""
        return checked_text("reason", self._reason.text(), LONGEST_REASON)


class EmailDialog(FormDialog):
    """R25: the address an order needs, entered where it is missed."""

    def __init__(self, case: Case, parent: QWidget) -> None:
        known = case.account.installation
        title = _("E-mail address of {customer}").format(customer=known.name)
        super().__init__("emailDialog", title, _("Save"), parent)
        self._email = self.form.add_text(
            "email",
            _("E-&mail address for order information"),
            "missingEmailField",
            known.email,
            _("name@company.com"),
        )

    def value(self) -> str:
        """The address; raises InvalidInput."""
        return checked_email(self._email.text())


class RemovalDialog(QDialog):
    """R13: the clerk confirms what is removed, and sees what goes with it."""

    def __init__(self, names: Sequence[str], along: Sequence[str], parent: QWidget, question: str = "") -> None:
        super().__init__(parent)
        self.setObjectName("removalDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Remove"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(wrapped(label(question or _("Remove from the installation?"), scale=1.3, bold=True)))
        layout.addWidget(wrapped(label(_shortened(names), name="removalText")))
        if along:
            text = _("This goes with it: {objects}").format(objects=_shortened(along))
            layout.addWidget(wrapped(label(text, name="removalAlong", tone="warning")))
        layout.addSpacing(8)
        layout.addStretch(1)
        row = QHBoxLayout()
        keep = button(_("Keep"), "removalKeep", self.reject)
        keep.setDefault(True)
        row.addWidget(keep)
        row.addStretch(1)
        row.addWidget(change_button(_("Remove"), "removalConfirm", self.accept, "trash-2"))
        layout.addLayout(row)
        widen(self, 74)


def _decision_words(case: Case, decision: Decision) -> tuple[str, str]:
    """What goes beyond, and what can be done about it."""
    account, day = case.account, case.now.date()
    if decision.verdict is Verdict.PRO_PENDING and decision.pending:
        title = _("Pro functions can be used from {day}").format(day=formats.day(decision.pending.effective_on))
        return title, _("Pro is ordered but not in force yet. Please add the function then; nothing was created.")
    if decision.verdict is Verdict.PRO_NEEDED:
        return _pro_words(case, decision)
    counts = _after(account, decision.adding)
    if decision.verdict is Verdict.CHOICE and decision.pending:
        title = _("{tariff} is ordered from {day}").format(
            tariff=decision.pending.tariff.name, day=formats.day(decision.pending.effective_on)
        )
        text = _("With {objects} the ordered tariff no longer fits. What should happen to order {order}?")
        return title, text.format(objects=counts, order=order_label(decision.pending.order_number))
    usable = account.usable(day)
    title = _("{objects} need a larger tariff").format(objects=counts)
    held = _("{extensions} and {devices} can be used at present.").format(
        extensions=labels.extensions(usable.extensions), devices=labels.devices(usable.devices)
    )
    if decision.offer is None:
        return title, held + " " + _("No tariff is large enough. Please make an individual offer; nothing was created.")
    return title, f"{held} {_offer_words(case, decision)}"


def _offer_words(case: Case, decision: Decision) -> str:
    if decision.offer is None:
        return ""
    quote = case.quote(decision.offer, decision.adding)
    return _(
        "{tariff} fits: {new} instead of {old} net a month from {day}."
        " Everything can be used at once, until then without extra charge."
    ).format(
        tariff=decision.offer.name,
        new=formats.net_price(decision.offer),
        old=formats.net_price(quote.current),
        day=formats.day(quote.effective_on),
    )


def _pro_words(case: Case, decision: Decision) -> tuple[str, str]:
    title = _("Pro functions need the Pro edition")
    if decision.offer is None:
        return title, _("No Pro tariff is large enough. Please make an individual offer; nothing was created.")
    quote = case.quote(decision.offer)
    text = _(
        "{tariff} has them: {new} instead of {old} net a month. Pro functions can be used from {day};"
        " please add the function then. Nothing was created."
    ).format(
        tariff=decision.offer.name,
        new=formats.net_price(decision.offer),
        old=formats.net_price(quote.current),
        day=formats.day(quote.effective_on),
    )
    return title, text


def _after(account: Account, adding: Additions) -> str:
    """The counts as they would be, of what is about to be added."""
    after = Limits(len(account.extensions) + len(adding.extensions), len(account.devices) + len(adding.devices))
    parts = [labels.extensions(after.extensions)] if adding.extensions else []
    parts += [labels.devices(after.devices)] if adding.devices else []
    parts += [labels.feature(new.feature) for new in adding.features]
    return labels.listed(parts)


def _shortened(names: Sequence[str], most: int = 12) -> str:
    shown = "\n".join(names[:most])
    more = len(names) - most
    if more <= 0:
        return shown
    return f"{shown}\n" + ngettext("and {count} more", "and {count} more", more).format(count=formats.number(more))
