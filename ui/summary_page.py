"""Page 2 of "Tarif anpassen": the summary, then the total, then directly the button that orders (R17, R18)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from model.account import Quote
from model.orders import order_label
from model.refusals import QuoteStale, Refusal
from model.tariff import Tariff
from ui import errors, formats, labels
from ui.choice_page import retired_warning
from ui.i18n import _
from ui.widgets import Notice, button, label, readable, scrolled, separator, set_state, wrapped


class SummaryPage(QWidget):
    """Shows a quote as it will be ordered; what changed since it was first shown is highlighted (R19)."""

    email_wanted = Signal()
    draft_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("summaryPage")
        self.notice = Notice("summaryNotice", "summaryNoticeText", "warning", "triangle-alert")
        self.email_button = button(_("Enter e-mail address"), "enterEmailButton", self.email_wanted.emit)
        self.notice.add_button(self.email_button)
        self._customer = readable(wrapped(label(tone="muted")))
        self._draft_button = button(_("Save as &PDF …"), "draftButton", self.draft_wanted.emit, "file-down")
        self._table = SummaryTable()
        self._facts = {
            "effective_on": label(name="effectiveOn", bold=True),
            "cancellable_until": label(name="cancellableUntil"),
            "difference": label(name="summaryDifference"),
            "mail_to": label(name="mailTo"),
            "until_then": label(name="untilThen"),
        }
        self._total_net = label(name="totalNet")
        self._total_gross = label(name="totalGross", scale=1.5, bold=True)
        self._put_together()

    def show_quote(self, quote: Quote, *, extras: bool) -> None:
        """Show a quote; `extras` when objects are in use beyond the current tariff."""
        self.notice.show_text("", "\n".join(self._warnings(quote)))
        self._customer.setText(
            _("{name} · customer number {number}").format(name=quote.customer_name, number=quote.customer_number)
        )
        self._table.show_quote(quote)
        facts = {
            "effective_on": formats.long_day(quote.effective_on),
            "cancellable_until": formats.long_day(quote.cancellable_until),
            "difference": _("{month} a month, {year} in twelve months (net)").format(
                month=formats.signed_money(quote.monthly_difference), year=formats.signed_money(quote.yearly_difference)
            ),
            "mail_to": quote.mail_to or _("no address on file"),
            "until_then": until_then(quote, extras=extras),
        }
        for name, text in facts.items():
            self._facts[name].setText(text)
        price = quote.target.price
        self._total_net.setText(
            _("{net} net + {vat} VAT ({rate})").format(
                net=formats.money(price.net), vat=formats.money(price.vat), rate=formats.percent(quote.target.vat_bp)
            )
        )
        self._total_gross.setText(formats.money(price.gross))
        self.email_button.setVisible(quote.refusal is Refusal.NO_EMAIL)
        self._draft_button.setEnabled(quote.refusal in (None, Refusal.NO_EMAIL))
        for made in self._values():
            set_state(made, "changed", "false")

    def show_change(self, error: QuoteStale, *, extras: bool) -> None:
        """Nothing was ordered: show what holds now and mark every text that is different."""
        before = {made: made.text() for made in self._values()}
        self.show_quote(error.fresh, extras=extras)
        words = [errors.message(error), *self._warnings(error.fresh)]
        words += [labels.obstacle(entry) for entry in error.fresh.obstacles]
        self.notice.show_text(_("Changed in the meantime"), " ".join(words))
        for made, text in before.items():
            set_state(made, "changed", "true" if made.text() != text else "false")

    def _values(self) -> list[QLabel]:
        """Every label that shows a part of the quote."""
        return [self._customer, *self._table.values(), *self._facts.values(), self._total_net, self._total_gross]

    @staticmethod
    def _warnings(quote: Quote) -> list[str]:
        words = [retired_warning(quote.current)] if quote.leaves_retired else []
        if quote.replaces and quote.replaced_tariff and not quote.refusal:
            words.append(
                _("This order replaces the pending order {order} for {tariff}.").format(
                    order=order_label(quote.replaces), tariff=quote.replaced_tariff.name
                )
            )
        if quote.refusal is Refusal.ALREADY_ORDERED and quote.replaces and quote.replaced_at:
            # Another desk may have ordered it meanwhile: R27 wants the day.
            instant = formats.instant(quote.replaced_at.astimezone(quote.shown_at.tzinfo))
            order = order_label(quote.replaces)
            words.append(_("Already ordered on {instant} as {order}.").format(instant=instant, order=order))
        elif quote.refusal:
            words.append(errors.refusal(quote.refusal))
        return words

    # ------------------------------------------------------------------ how it is put together

    def _put_together(self) -> None:
        titles = {
            "effective_on": _("Effective and billed from"),
            "cancellable_until": _("Can be cancelled until"),
            "difference": _("Difference"),
            "mail_to": _("Order information to"),
            "until_then": _("Until then"),
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for row, (name, fact) in enumerate(self._facts.items()):
            grid.addWidget(label(titles[name], tone="muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            fact.setAccessibleName(titles[name])
            grid.addWidget(readable(wrapped(fact)), row, 1, Qt.AlignmentFlag.AlignTop)
        # At the top: nothing may come between the total and the button that orders (R18).
        top = QHBoxLayout()
        top.addWidget(self._customer, 1, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self._draft_button, 0, Qt.AlignmentFlag.AlignTop)
        body = QVBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(12)
        body.addLayout(top)
        body.addWidget(self.notice)
        body.addWidget(self._table)
        body.addLayout(grid)
        body.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(scrolled(body), 1)
        layout.addWidget(separator())
        layout.addLayout(self._total_row())

    def _total_row(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(_("Total a month, gross"), bold=True))
        words.addWidget(self._total_net, 0, Qt.AlignmentFlag.AlignLeft)
        self._total_net.setAccessibleName(_("Total a month, net"))
        self._total_gross.setAccessibleName(_("Total a month, gross"))
        row = QHBoxLayout()
        row.addLayout(words, 1)
        row.addWidget(self._total_gross, 0, Qt.AlignmentFlag.AlignBottom)
        return row


class SummaryTable(QFrame):
    """The columns bisher and neu."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("summaryTable")
        self.setAccessibleName(_("Summary"))
        self.setProperty("card", "true")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 10, 14, 10)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        self._cells: dict[str, tuple[QLabel, QLabel]] = {}
        self._add_row("", "", bold=True)
        for name, title in _row_titles().items():
            self._add_row(name, title, bold=name in ("tariff", "gross"))
        self._cells[""][0].setText(_("until now"))
        self._cells[""][1].setText(_("new"))

    def show_quote(self, quote: Quote) -> None:
        """Fill in both columns."""
        old = _column(quote.current, quote.extensions_before, quote.devices_before)
        new = _column(quote.target, quote.extensions, quote.devices)
        for name, title in _row_titles().items():
            for cell, column in zip(self._cells[name], (old, new), strict=True):
                cell.setText(column[name])
            spoken = _("{title}: until now {old}, new {new}").format(
                title=title, old=self._cells[name][0].text(), new=self._cells[name][1].text()
            )
            self._cells[name][1].setAccessibleName(spoken)

    def values(self) -> list[QLabel]:
        """The cells of both columns."""
        return [cell for cells in self._cells.values() for cell in cells]

    def _add_row(self, name: str, title: str, *, bold: bool) -> None:
        row = self._grid.rowCount()
        self._grid.addWidget(label(title, bold=bold), row, 0)
        cells = (label(name=f"{name}Old", bold=bold), label(name=f"{name}New", bold=bold))
        for column, cell in enumerate(cells, start=1):
            self._grid.addWidget(readable(cell), row, column, Qt.AlignmentFlag.AlignRight)
        self._cells[name] = cells


def until_then(quote: Quote, *, extras: bool) -> str:
    """What holds until the change (R7)."""
    text = _("{tariff} stays in force and is billed as before.").format(tariff=quote.current.name)
    grows = (
        quote.target.max_extensions > quote.current.max_extensions
        or quote.target.max_devices > quote.current.max_devices
    )
    if grows or extras:
        text += " " + _("Additional extensions and devices can be used at once; they are billed only after the change.")
    if quote.target.edition is not quote.current.edition:
        text += " " + _("The Pro functions change with the tariff, not before.")
    return text


def _row_titles() -> dict[str, str]:
    return {
        "tariff": _("Tariff"),
        "edition": _("Version"),
        "extensions": _("Extensions"),
        "devices": _("Devices"),
        "net": _("Net a month"),
        "vat": _("VAT"),
        "gross": _("Gross a month"),
    }


def _column(tariff: Tariff, extensions: int, devices: int) -> dict[str, str]:
    """What a tariff is and what is used of it, row by row."""

    def used(count: int, limit: int) -> str:
        return _("{used} of {limit}").format(used=formats.number(count), limit=formats.number(limit))

    return {
        "tariff": tariff.name,
        "edition": labels.edition(tariff.edition),
        "extensions": used(extensions, tariff.max_extensions),
        "devices": used(devices, tariff.max_devices),
        "net": formats.money(tariff.price.net),
        "vat": f"{formats.money(tariff.price.vat)} ({formats.percent(tariff.vat_bp)})",
        "gross": formats.money(tariff.price.gross),
    }
