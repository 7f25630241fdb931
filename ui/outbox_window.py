"""The outbox: what waits to be sent and what could not be delivered, of all customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout

from model.orders import order_label
from model.outbox import Delivery
from ui import formats, mail_words
from ui.arrangement import resize_within_screen
from ui.changes import change_button
from ui.i18n import _
from ui.mail_menu import MailMenu
from ui.sending import PostState
from ui.table import Table
from ui.table_model import Column, TableModel
from ui.widgets import button, label, wrapped

if TYPE_CHECKING:
    from ui.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class MailRow:
    """A delivery as a line, its instants in the clerk's zone."""

    delivery: Delivery
    state: str
    asked_at: datetime
    next_try: datetime | None

    @property
    def customer(self) -> str:
        """The customer's name, as it was when the order was placed."""
        return str(self.delivery.mail.content["customer_name"])

    @property
    def number(self) -> str:
        """The customer's number, likewise."""
        return str(self.delivery.mail.content["customer_number"])


class OutboxWindow(QDialog):
    """Stays open beside the main window and follows what happens."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setObjectName("outboxWindow")
        self.setWindowTitle(_("Outbox"))
        self._window = window
        self._reason = wrapped(label(name="outboxReason", tone="muted"))
        self.table = _table()
        self._now = change_button(_("Send &now"), "sendNowButton", window.desk.post.resume, "refresh-cw")
        self._customer = button(_("Go to &customer"), "outboxCustomerButton", self._go_to_customer, "building-2")
        menu = MailMenu(window, self.table, "outboxMail", lambda row: [row.delivery])
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for made in (menu.button, self._customer, self._now):
            buttons.addWidget(made)
        buttons.addStretch(1)
        buttons.addWidget(button(_("Close"), "outboxCloseButton", self.reject))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(self._reason)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        self.table.activated_row.connect(lambda _row: self._go_to_customer())
        self.table.selectionModel().selectionChanged.connect(self._show_possible)
        window.desk.post.changed.connect(self._show_state)
        window.exports.offer(self.table)
        window.changes.apply_to(self)
        resize_within_screen(self, 170, 30)
        self._show_state(window.desk.post.state)

    def _show_state(self, state: PostState) -> None:
        self._reason.setText(mail_words.why_waiting(state.server, state.fault, missing=state.password_missing))
        self._reason.setVisible(bool(self._reason.text()))
        self._now.setEnabled(state.server.ready and state.counts.waiting > 0)
        self._window.desk.post.unfinished(self._show_rows, self._window.show_error)

    def _show_rows(self, deliveries: list[Delivery]) -> None:
        ready = self._window.desk.post.state.server.ready
        zone = self._window.desk.now().tzinfo
        self.table.set_rows(
            [
                MailRow(
                    delivery,
                    mail_words.state(delivery, zone, server_ready=ready),
                    delivery.requested_at.astimezone(zone),
                    None if delivery.ending or not ready else delivery.next_try_at.astimezone(zone),
                )
                for delivery in deliveries
            ]
        )
        self._show_possible()

    def _show_possible(self) -> None:
        self._customer.setEnabled(len(self.table.selected_rows()) == 1)

    def _go_to_customer(self) -> None:
        for row in self.table.selected_rows()[:1]:
            self._window.choose(row.delivery.installation_id)
            self._window.activateWindow()


def _instant(value: datetime | None) -> str:
    return formats.instant(value) if value else ""


def _table() -> Table[MailRow]:
    model = TableModel(COLUMNS, lambda row: row.delivery.id)
    table = Table[MailRow]("outboxTable", _("Outbox"), model, lambda: _("Everything has been delivered."))
    table.fit_columns(
        {"customer": 26, "order": 12, "kind": 20, "to": 26, "state": 38, "tries": 9, "next": 18, "asked": 18}
    )
    return table


COLUMNS = (
    Column[MailRow]("customer", lambda: _("Customer"), lambda row: row.customer),
    Column[MailRow](
        "order",
        lambda: _("Order"),
        lambda row: order_label(row.delivery.mail.order_number),
        sort=lambda row: row.delivery.mail.order_number,
    ),
    Column[MailRow]("kind", lambda: _("Message"), lambda row: mail_words.kind(row.delivery.mail.kind)),
    Column[MailRow]("to", lambda: _("To"), lambda row: row.delivery.recipient),
    Column[MailRow](
        "state",
        lambda: _("State"),
        lambda row: row.state,
        icon=lambda row: mail_words.state_icon(row.delivery),
    ),
    Column[MailRow](
        "tries",
        lambda: _("Tries"),
        lambda row: formats.number(row.delivery.tries),
        sort=lambda row: row.delivery.tries,
        numeric=True,
        value=lambda row: row.delivery.tries,
    ),
    Column[MailRow](
        "next",
        lambda: _("Next try"),
        lambda row: _instant(row.next_try),
        sort=lambda row: str(row.next_try or ""),
        value=lambda row: row.next_try or "",
    ),
    Column[MailRow](
        "asked",
        lambda: _("Since"),
        lambda row: formats.instant(row.asked_at),
        sort=lambda row: row.asked_at,
        value=lambda row: row.asked_at,
    ),
    Column[MailRow]("number", lambda: _("Customer number"), lambda row: row.number),
)
