"""The orders of an installation: what was ordered when, from when it is billed, and how its mail stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from model.orders import OrderState, TariffOrder, order_label
from model.outbox import Delivery, latest_of_each
from ui import formats, labels, mail_words
from ui.case import Case
from ui.i18n import _
from ui.table import Table
from ui.table_model import Column, Drawing, TableModel

ICONS = {
    OrderState.PENDING: ("calendar-clock", "info"),
    OrderState.EFFECTIVE: ("check", "success"),
    OrderState.CANCELLED: ("ban", "muted"),
    OrderState.SUPERSEDED: ("history", "muted"),
}
# Tones of a mail's icon, what needs looking after first.
URGENCY = ("danger", "muted", "success")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as a line: its state on the day, and its instant in the clerk's zone."""

    order: TariffOrder
    state: OrderState
    state_text: str
    placed: datetime
    deliveries: tuple[Delivery, ...]
    mail: str


class OrdersPage(QWidget):
    """The tab with the orders, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        model = TableModel(COLUMNS, lambda row: row.order.order_number, _tint)
        self.table = Table[OrderRow](
            "orderTable",
            _("Orders"),
            model,
            lambda: _("Nothing has been ordered yet. “advanced settings” leads to the tariff change."),
        )
        self.table.fit_columns(
            {"number": 12, "placed": 18, "from": 11, "to": 11, "effective": 12, "net": 15, "state": 32, "mail": 34}
        )
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addLayout(self._buttons)
        layout.addWidget(self.table, 1)

    def add_button(self, made: QPushButton) -> None:
        """Something that can be done with the order selected, above the table."""
        self._buttons.insertWidget(self._buttons.count() - 1, made)

    def show_case(self, case: Case) -> None:
        """The orders as they stand on the case's day."""
        self.table.set_rows([_row(order, case) for order in reversed(case.account.orders)])


def _row(order: TariffOrder, case: Case) -> OrderRow:
    day, placed = case.now.date(), order.placed_at.astimezone(case.now.tzinfo)
    deliveries = tuple(entry for entry in case.deliveries if entry.mail.order_number == order.order_number)
    state, words = order.state(day), labels.order_state(order, day)
    return OrderRow(order, state, words, placed, deliveries, _mail(deliveries, case))


def _mail(deliveries: tuple[Delivery, ...], case: Case) -> str:
    """How the order information stands; of an order that was cancelled there are two."""
    latest = latest_of_each(deliveries)
    states = [mail_words.state(entry, case.now.tzinfo, server_ready=case.mail_ready) for entry in latest]
    if len(states) < 2:
        return "".join(states)
    told = _("{message}: {state}")
    parts = [
        told.format(message=mail_words.kind(entry.mail.kind), state=state)
        for entry, state in zip(latest, states, strict=True)
    ]
    return " · ".join(reversed(parts))


def _mail_icon(row: OrderRow) -> Drawing | None:
    """Of the mail that needs looking after most: not delivered, waiting, sent."""
    states = [mail_words.state_icon(entry) for entry in latest_of_each(row.deliveries)]
    return min(states, key=lambda state: URGENCY.index(state[1]), default=None)


def _tint(row: OrderRow) -> str:
    return "info_tint" if row.state is OrderState.PENDING else ""


COLUMNS = (
    Column[OrderRow](
        "number",
        lambda: _("Order"),
        lambda row: order_label(row.order.order_number),
        sort=lambda row: row.order.order_number,
    ),
    Column[OrderRow](
        "placed",
        lambda: _("Ordered"),
        lambda row: formats.instant(row.placed),
        sort=lambda row: row.placed,
        value=lambda row: row.placed,
    ),
    Column[OrderRow]("from", lambda: _("From tariff"), lambda row: row.order.previous.name),
    Column[OrderRow]("to", lambda: _("To tariff"), lambda row: row.order.tariff.name),
    Column[OrderRow](
        "effective",
        lambda: _("Billed from"),
        lambda row: formats.day(row.order.effective_on),
        sort=lambda row: row.order.effective_on,
        value=lambda row: row.order.effective_on,
    ),
    Column[OrderRow](
        "net",
        lambda: _("Net a month"),
        lambda row: formats.net_price(row.order.tariff),
        sort=lambda row: row.order.tariff.net_cents,
        numeric=True,
        value=lambda row: row.order.tariff.price.net,
    ),
    Column[OrderRow]("state", lambda: _("State"), lambda row: row.state_text, icon=lambda row: ICONS[row.state]),
    Column[OrderRow]("mail", lambda: _("Order information"), lambda row: row.mail, icon=_mail_icon),
    Column[OrderRow]("reason", lambda: _("Reason"), lambda row: row.order.reason),
)
