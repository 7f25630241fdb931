"""One installation: what it has, what goes beyond its tariff, what is offered and what is pending."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QRect, QSettings, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from model.audit import Action
from model.installation import Device, Extension, ProFeatureUse
from model.orders import TariffOrder, order_label
from model.outbox import latest_of_each
from ui import formats, labels, mail_words
from ui.arrangement import laid_out_once
from ui.case import Case
from ui.changes import change_button
from ui.i18n import _, ngettext
from ui.installation_tables import device_table, extension_table, feature_table, history_table
from ui.orders_page import OrdersPage
from ui.table import Table
from ui.widgets import CapacityBar, IconLabel, Notice, TabBar, button, label, readable, set_tone, wrapped


class InstallationPage(QWidget):
    """The right side; widgets emit what the clerk wants, the main window does it."""

    upgrade_wanted = Signal()
    cancel_wanted = Signal()
    settings_wanted = Signal()
    add_wanted = Signal(str)
    edit_wanted = Signal(object)
    remove_wanted = Signal(str)
    pasted = Signal(str)
    take_back_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("installationPage")
        self.case: Case | None = None
        self.extensions = extension_table()
        self.extensions.pasted.connect(self.pasted)
        self.devices = device_table()
        self.features = feature_table()
        self.orders = OrdersPage()
        self.history = history_table()
        self.tabs = self._make_tabs()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 12, 14, 8)
        layout.setSpacing(10)
        layout.addLayout(self._make_header())
        layout.addWidget(self._make_pending_bar())
        layout.addWidget(self._make_offer_bar())
        self._capacity = self._make_capacity()
        layout.addWidget(self._capacity)
        layout.addWidget(self.tabs, 1)

    @property
    def tables(self) -> list[Table[Any]]:
        """Every table, for copying and for the columns' memory."""
        return [self.extensions, self.devices, self.features, self.orders.table, self.history]

    def show_case(self, case: Case) -> None:
        """Show an installation as it is now; selection and scrolling stay when it is the same one."""
        self.case = case
        with laid_out_once(self, (self.pending_bar, self.offer_bar, self._capacity)):
            self._show_header(case)
            self._show_pending(case)
            self._show_offer(case)
            self._show_capacity(case)
            self._show_tables(case)

    def save_columns(self, settings: QSettings) -> None:
        """Remember how the tables were left."""
        for table in self.tables:
            table.save_columns(settings)

    def restore_columns(self, settings: QSettings) -> None:
        """Bring the tables back as they were left."""
        for table in self.tables:
            table.restore_columns(settings)

    def reveal(self, entry: Extension | Device | ProFeatureUse) -> QRect:
        """Show an object in its table, the way on from an obstacle; where on the screen its row begins."""
        place = [Extension, Device, ProFeatureUse].index(type(entry))
        self.tabs.setCurrentIndex(place)
        table = self.tables[place]
        table.reveal(entry.id)
        table.setFocus()
        first = table.visualRect(table.currentIndex().siblingAtColumn(0))
        return first.translated(table.viewport().mapToGlobal(QPoint()))

    # ------------------------------------------------------------------ what is shown

    def _show_header(self, case: Case) -> None:
        installation, billed = case.account.installation, case.account.billed(case.now.date())
        self._title.setText(installation.name)
        text = _("Customer number {number} · Cloud Telefonanlage {tariff}").format(
            number=installation.customer_number, tariff=billed.name
        )
        if case.prices.on_sale(billed.code) is None:
            text += " " + _("(can no longer be booked)")
        self._tariff.setText(text)

    def _show_pending(self, case: Case) -> None:
        pending = case.account.pending(case.now.date())
        if pending is None:
            self.pending_bar.show_text("", "")
            return
        title = _("{tariff} is ordered and billed from {day}").format(
            tariff=pending.tariff.name, day=formats.day(pending.effective_on)
        )
        self.pending_bar.show_text(title, pending_details(case, pending))

    def _show_offer(self, case: Case) -> None:
        day = case.now.date()
        beyond = labels.uncovered(case.account, day)
        if not beyond:
            self.offer_bar.show_text("", "")
            return
        self.offer_bar.show_text(_("{objects} beyond the tariff").format(objects=beyond), offer_text(case))
        offer = case.account.offer(case.prices, day)
        self.offer_button.setVisible(offer is not None)

    def _show_capacity(self, case: Case) -> None:
        day = case.now.date()
        billed, usable = case.account.billed(day), case.account.usable(day)
        rows = (
            (self._extension_capacity, len(case.account.extensions), billed.max_extensions, usable.extensions),
            (self._device_capacity, len(case.account.devices), billed.max_devices, usable.devices),
        )
        for capacity, used, limit, most in rows:
            capacity.show_usage(used, limit, most)

    def _show_tables(self, case: Case) -> None:
        self.extensions.set_rows(case.extension_rows)
        self.devices.set_rows(case.device_rows)
        self.features.set_rows(case.account.features)
        self.orders.show_case(case)
        self.history.set_rows(case.entries)
        self._show_tab_titles(case)

    def _show_tab_titles(self, case: Case) -> None:
        account, number = case.account, formats.number
        titles = (
            _("E&xtensions {count}").format(count=number(len(account.extensions))),
            _("&Devices {count}").format(count=number(len(account.devices))),
            _("&Pro functions {count}").format(count=number(len(account.features))),
            _("O&rders {count}").format(count=number(len(account.orders))),
            _("Histor&y"),
        )
        for place, title in enumerate(titles):
            # Each title that is set lays all of them out.
            if title != self.tabs.tabText(place):
                self.tabs.setTabText(place, title)

    # ------------------------------------------------------------------ how it is put together

    def _make_header(self) -> QHBoxLayout:
        self._title = readable(label(name="customerTitle", scale=1.6, bold=True))
        self._title.setSizePolicy(wrapped(label()).sizePolicy())
        self._title.setWordWrap(True)
        self._tariff = readable(wrapped(label(name="tariffLabel", tone="muted")))
        words = QVBoxLayout()
        words.setSpacing(2)
        for made in (self._title, self._tariff):
            made.keep_whole()
            words.addWidget(made)
        settings = button(_("advanced settings"), "advancedSettingsButton", self.settings_wanted.emit, "settings")
        row = QHBoxLayout()
        row.addLayout(words, 1)
        row.addWidget(settings, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _make_pending_bar(self) -> Notice:
        self.pending_bar = Notice("pendingBar", "pendingText", "info", "calendar-clock")
        self.pending_bar.add_button(change_button(_("Cancel order …"), "cancelOrderButton", self.cancel_wanted.emit))
        return self.pending_bar

    def _make_offer_bar(self) -> Notice:
        self.offer_bar = Notice("offerBar", "offerText", "warning", "triangle-alert")
        self.offer_button = button(_("See tariff upgrade"), "offerButton", self.upgrade_wanted.emit)
        self.offer_bar.add_button(self.offer_button)
        return self.offer_bar

    def _make_capacity(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("card", "true")
        grid = QGridLayout(frame)
        grid.setContentsMargins(14, 10, 14, 10)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(2, 1)
        self._extension_capacity = Capacity(grid, 0, "phone", _("Extensions"), "extensionsBar")
        self._device_capacity = Capacity(grid, 1, "monitor-smartphone", _("Devices"), "devicesBar")
        return frame

    def _make_tabs(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setTabBar(TabBar())
        tabs.setObjectName("tabs")
        tabs.setAccessibleName(_("Parts of the installation"))
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        tabs.addTab(self._object_tab(self.extensions, "Extension", _("Add extension")), "")
        tabs.addTab(self._object_tab(self.devices, "Device", _("Add device")), "")
        tabs.addTab(self._object_tab(self.features, "Feature", _("Use a Pro function")), "")
        tabs.addTab(self.orders, "")
        tabs.addTab(self._history_tab(), "")
        return tabs

    def _object_tab(self, table: Table[Any], kind: str, add_text: str) -> QWidget:
        tab = QWidget()
        add = change_button(add_text, f"add{kind}Button", lambda: self.add_wanted.emit(kind), "plus")
        edit = change_button(_("Edit"), f"edit{kind}Button", lambda: self._edit(table), "pencil")
        remove = change_button(_("Remove"), f"remove{kind}Button", lambda: self.remove_wanted.emit(kind), "trash-2")
        buttons = [add, remove] if kind == "Feature" else [add, edit, remove]
        row = QHBoxLayout()
        row.setSpacing(8)
        for made in buttons:
            row.addWidget(made)
            table.context_actions.append(made.as_action(table))
        row.addStretch(1)

        def show_selection() -> None:
            count = len(table.selected_rows())
            remove.setEnabled(count > 0)
            edit.setEnabled(count == 1)

        table.selectionModel().selectionChanged.connect(show_selection)
        table.rows.modelReset.connect(show_selection)
        table.activated_row.connect(self.edit_wanted)
        table.delete_pressed.connect(lambda: self.remove_wanted.emit(kind))
        show_selection()
        layout = QVBoxLayout(tab)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addLayout(row)
        layout.addWidget(table, 1)
        return tab

    def _history_tab(self) -> QWidget:
        """The history, with the way back from an import."""
        take_back = change_button(_("Take import back …"), "takeBackButton", self._take_back, "history")
        self.history.context_actions.append(take_back.as_action(self.history))

        def show_selection() -> None:
            chosen = self.history.selected_rows()
            take_back.setEnabled(len(chosen) == 1 and chosen[0].action is Action.OBJECTS_IMPORTED)

        self.history.selectionModel().selectionChanged.connect(show_selection)
        self.history.rows.modelReset.connect(show_selection)
        show_selection()
        row = QHBoxLayout()
        row.addWidget(take_back)
        row.addStretch(1)
        tab = QWidget()
        layout = QVBoxLayout(tab)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.history, 1)
        return tab

    def _take_back(self) -> None:
        for entry in self.history.selected_rows()[:1]:
            self.take_back_wanted.emit(entry)

    def _edit(self, table: Table[Any]) -> None:
        for row in table.selected_rows()[:1]:
            self.edit_wanted.emit(row)


class Capacity:
    """One line of the capacity box: icon, word, bar, numbers, what is free or too many."""

    def __init__(self, grid: QGridLayout, row: int, icon_name: str, title: str, bar_name: str) -> None:
        self._bar = CapacityBar(bar_name, title)
        self._count = label(name=f"{bar_name}Count")
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._rest = label(name=f"{bar_name}Rest")
        parts: tuple[QWidget, ...] = (IconLabel(icon_name), label(title), self._bar, self._count, self._rest)
        for column, part in enumerate(parts):
            grid.addWidget(part, row, column)

    def show_usage(self, used: int, billed: int, usable: int) -> None:
        """`used` of `billed`; what a pending order makes usable counts as usable already (R7)."""
        count = _("{used} of {limit}").format(used=formats.number(used), limit=formats.number(billed))
        rest, tone = rest_text(used, billed, usable)
        self._count.setText(count)
        self._rest.setText(rest)
        set_tone(self._rest, tone)
        self._bar.show_usage(used, billed, usable, f"{count}, {rest}")


def rest_text(used: int, billed: int, usable: int) -> tuple[str, str]:
    """What is free or too many, and the tone to say it in."""
    if used > usable:
        return labels.excess(used - usable), "excess"
    if used > billed:
        count = used - billed
        text = ngettext("{count} covered by the order", "{count} covered by the order", count)
        return text.format(count=formats.number(count)), ""
    if used == billed == usable:
        return _("full"), ""
    free = formats.number(usable - used)
    if usable > billed:
        return _("{count} free ({usable} usable)").format(count=free, usable=formats.number(usable)), ""
    return _("{count} free").format(count=free), ""


def pending_details(case: Case, pending: TariffOrder) -> str:
    """What holds until then, the order's number and how its mail stands."""
    parts = [
        _("Until then {tariff} is billed.").format(tariff=case.account.billed(case.now.date()).name),
        _("Order {order} of {instant}, can be cancelled until {day}.").format(
            order=order_label(pending.order_number),
            instant=formats.instant(pending.placed_at.astimezone(case.now.tzinfo)),
            day=formats.day(pending.cancellable_until),
        ),
    ]
    own = [entry for entry in case.deliveries if entry.mail.order_number == pending.order_number]
    for delivery in latest_of_each(own):
        state = mail_words.state(delivery, case.now.tzinfo, server_ready=case.mail_ready)
        parts.append(_("Order information to {address}: {state}.").format(address=delivery.recipient, state=state))
    return " ".join(parts)


def offer_text(case: Case) -> str:
    """The offer with its price, the price now and the day (R10)."""
    day = case.now.date()
    offer = case.account.offer(case.prices, day)
    if offer is None:
        return _("No tariff is large enough. Please make an individual offer.")
    quote = case.quote(offer)
    return _("{tariff}: {new} instead of {old} net a month from {day}, until then without extra charge.").format(
        tariff=offer.name,
        new=formats.net_price(offer),
        old=formats.net_price(quote.current),
        day=formats.day(quote.effective_on),
    )
