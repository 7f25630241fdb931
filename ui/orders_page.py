"""The orders of an installation: what was ordered when, from when it is billed, and how its mail stands."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from model.orders import OrderState, TariffOrder, order_label
from ui import formats, labels
from ui.desk import Case
from ui.i18n import _
from ui.icons import icon
from ui.table import Table
from ui.table_model import Column, TableModel

ICONS = {
    OrderState.PENDING: ("calendar-clock", "info"),
    OrderState.EFFECTIVE: ("check", "success"),
    OrderState.CANCELLED: ("ban", "muted"),
    OrderState.SUPERSEDED: ("history", "muted"),
}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as a line: its state on the day, and its times in the clerk's zone."""

    order: TariffOrder
    state: OrderState
    state_text: str
    placed: str
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
            {"number": 12, "placed": 18, "from": 11, "to": 11, "effective": 12, "net": 15, "state": 32, "reason": 24}
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.table)

    def show_case(self, case: Case) -> None:
        """The orders as they stand on the case's day."""
        self.table.set_rows([_row(order, case) for order in reversed(case.account.orders)])


def _row(order: TariffOrder, case: Case) -> OrderRow:
    day, waiting = case.now.date(), [mail for mail in case.mails if mail.order_number == order.order_number]
    placed = formats.instant(order.placed_at.astimezone(case.now.tzinfo))
    mail = _("waiting, to {address}").format(address=waiting[-1].recipient) if waiting else ""
    return OrderRow(order, order.state(day), labels.order_state(order, day), placed, mail)


def _tint(row: OrderRow) -> str:
    return "info_tint" if row.state is OrderState.PENDING else ""


COLUMNS = (
    Column[OrderRow](
        "number",
        lambda: _("Order"),
        lambda row: order_label(row.order.order_number),
        sort=lambda row: row.order.order_number,
    ),
    Column[OrderRow]("placed", lambda: _("Ordered"), lambda row: row.placed, sort=lambda row: row.order.placed_at),
    Column[OrderRow]("from", lambda: _("From tariff"), lambda row: row.order.previous.name),
    Column[OrderRow]("to", lambda: _("To tariff"), lambda row: row.order.tariff.name),
    Column[OrderRow](
        "effective",
        lambda: _("Billed from"),
        lambda row: formats.day(row.order.effective_on),
        sort=lambda row: row.order.effective_on,
    ),
    Column[OrderRow](
        "net",
        lambda: _("Net a month"),
        lambda row: formats.net_price(row.order.tariff),
        sort=lambda row: row.order.tariff.net_cents,
        numeric=True,
    ),
    Column[OrderRow]("state", lambda: _("State"), lambda row: row.state_text, icon=lambda row: icon(*ICONS[row.state])),
    Column[OrderRow]("reason", lambda: _("Reason"), lambda row: row.order.reason),
    Column[OrderRow]("mail", lambda: _("Order information"), lambda row: row.mail),
)
