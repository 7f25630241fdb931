"""The dialog "Tarif anpassen": choose, look at the summary, order."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from model.account import NOTHING, Quote
from model.errors import ModelError, StorageFault, StoreUnavailable
from model.installation import Additions
from model.refusals import QuoteStale
from model.tariff import Tariff
from ui import errors, labels
from ui.arrangement import resize_within_screen, tab_in_reading_order
from ui.case import Case
from ui.changes import AT_ONCE_MS, OrderButton
from ui.choice_page import ChoicePage
from ui.i18n import _
from ui.summary_page import SummaryPage
from ui.widgets import Notice, button, label, wrapped
from ui.working_dialog import WorkingDialog


class TariffChangeDialog(WorkingDialog):
    """Made with a case and the objects that are to be created with the order.

    It isn't modal, so that what stands in the way can be removed beside it and tick itself off (R15).
    """

    order_requested = Signal(object, object)
    order_held = Signal(object, object)
    cancellation_requested = Signal()
    reveal_requested = Signal(object)
    email_wanted = Signal()
    draft_requested = Signal(object)
    product_page_requested = Signal()
    guide_requested = Signal()

    def __init__(self, case: Case, parent: QWidget, adding: Additions = NOTHING, chosen: Tariff | None = None) -> None:
        super().__init__("tariffChangeDialog", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Adjust tariff – {customer}").format(customer=case.account.installation.name))
        self.case = case
        self.adding = adding
        self._quote: Quote | None = None
        self._no_longer_at_once = QTimer(self)
        self._no_longer_at_once.setSingleShot(True)
        self._no_longer_at_once.setInterval(AT_ONCE_MS)
        self._no_longer_at_once.timeout.connect(self._show_busy)
        self._choice = ChoicePage(case, adding, chosen or case.account.billed(case.now.date()))
        self._summary = SummaryPage()
        self._notice = Notice("dialogNotice", "dialogNoticeText", "danger", "triangle-alert")
        self._title = label(_("Adjust tariff"), name="dialogTitle", scale=1.3, bold=True)
        self._make_buttons()
        self._put_together()
        self._choice.changed.connect(self._show_possible)
        self._choice.reveal_requested.connect(self.reveal_requested)
        self._choice.product_page_requested.connect(self.product_page_requested)
        self._choice.guide_requested.connect(self.guide_requested)
        self._summary.email_wanted.connect(self.email_wanted)
        self._summary.draft_wanted.connect(lambda: self.draft_requested.emit(self._quote))
        self._show_possible()

    def show_case(self, case: Case) -> None:
        """The installation changed or the day did: judge page 1 anew.

        The summary stays as it was shown (R19), unless it could not be ordered anyway.
        """
        self.case = case
        self._choice.show_case(case)
        if self._quote is not None and self._quote.refusal is not None and not self._on_first_page():
            fresh = case.quote(self._quote.target, self.adding)
            # What was said about this very state stays, such as that nothing was ordered.
            if self._quote.changes(fresh):
                self._show_summary(fresh)

    def show_error(self, error: ModelError) -> None:
        """The order wasn't placed: say why, show what holds now, let the clerk go on."""
        self.set_busy(busy=False)
        if isinstance(error, QuoteStale):
            self._quote = error.fresh
            self._notice.show_text("", "")
            self._summary.show_change(error, extras=self._extras())
            self.order_button.setEnabled(error.fresh.refusal is None)
            self.order_button.begin()
            self.back_button.setFocus()
            return
        self._notice.show_text(*_words(error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter means "Auswählen" on page 1 and nothing on page 2, but for buttons that have the focus (R18)."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._on_first_page() and not event.isAutoRepeat() and self.select_button.isEnabled():
                self._select()
            return
        super().keyPressEvent(event)

    # ------------------------------------------------------------------ the two pages

    def _on_first_page(self) -> bool:
        return self._pages.currentIndex() == 0

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: Tab follows what is seen, from the edition that is chosen on."""
        super().showEvent(event)
        tab_in_reading_order(self)
        if self._on_first_page():
            self._choice.focus_edition()

    def _show_possible(self) -> None:
        """Whether "Auswählen" leads anywhere."""
        if self.isVisible():
            tab_in_reading_order(self)
        choice = self._choice.choice()
        pending = self.case.account.pending(self.case.now.date())
        possible = choice is not None and not choice.obstacles and not choice.is_pending
        if choice is not None and choice.is_current:
            possible = pending is not None
        self.select_button.setEnabled(possible)

    def _select(self) -> None:
        choice = self._choice.choice()
        if choice is None:
            return
        if choice.is_current:
            self.cancellation_requested.emit()
            return
        self._show_summary(self.case.quote(choice.tariff, self.adding))
        self._notice.show_text("", "")
        self._title.setText(_("Check and order"))
        self._show_page(1)
        self.back_button.setFocus()

    def _show_summary(self, quote: Quote) -> None:
        self._quote = quote
        self._summary.show_quote(quote, extras=self._extras())
        self.order_button.setEnabled(quote.refusal is None)
        self.order_button.begin()

    def _back(self) -> None:
        if self.busy:
            return
        self._title.setText(_("Adjust tariff"))
        self._notice.show_text("", "")
        self._show_page(0)
        self.select_button.setFocus()

    def _hold_order(self) -> None:
        if not self.busy:
            self.order_held.emit(self._quote, self.adding)

    def _order(self) -> None:
        if self._quote is None or self.busy:
            return
        self.busy = True
        # First the timer: what follows the order here would take the interpreter from the thread that places it.
        self._no_longer_at_once.start()
        self.order_requested.emit(self._quote, self.adding)

    def _show_busy(self) -> None:
        """What is done at once needs nothing drawn, which would hold up the dialog's end."""
        if self.busy:
            self._notice.show_text("", "")
            self.set_busy(busy=True)

    def set_busy(self, *, busy: bool) -> None:
        """While an order is under way nothing else can be pressed."""
        super().set_busy(busy=busy)
        self.order_button.setEnabled(not busy)
        self.back_button.setEnabled(not busy)
        self.cancel_button.setEnabled(not busy)

    def _extras(self) -> bool:
        """Whether objects beyond the current tariff are in use or about to be."""
        billed = self.case.account.billed(self.case.now.date())
        return any(entry.kind != "EDITION" for entry in self.case.account.obstacles(billed, self.adding))

    def _show_page(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        self._whose.setVisible(place == 0 or bool(self.adding))
        for made, shown in ((self.select_button, 0), (self.back_button, 1), (self.order_button, 1)):
            made.setVisible(shown == place)
        tab_in_reading_order(self)

    # ------------------------------------------------------------------ how it is put together

    def _make_buttons(self) -> None:
        self.cancel_button = button(_("Cancel"), "cancelButton", self.reject)
        self.select_button = button(_("Select"), "selectButton", self._select)
        self.select_button.setDefault(True)
        self.back_button = button(_("&Back"), "backButton", self._back)
        self.order_button = OrderButton(_("order with costs"))
        self.order_button.setObjectName("orderButton")
        self.order_button.setAutoDefault(False)
        self.order_button.setProperty("primary", "true")
        self.order_button.pressed.connect(self._hold_order)
        self.order_button.clicked.connect(self._order)

    def _put_together(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self._choice)
        self._pages.addWidget(self._summary)
        buttons = QHBoxLayout()
        buttons.addWidget(self.cancel_button)
        buttons.addStretch(1)
        for made in (self.select_button, self.back_button, self.order_button):
            buttons.addWidget(made)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self._title)
        self._whose = wrapped(label(self._occasion(), name="dialogOccasion", tone="muted"))
        layout.addWidget(self._whose)
        layout.addWidget(self._notice)
        layout.addWidget(self.slow_bar)
        layout.addWidget(self._pages, 1)
        layout.addLayout(buttons)
        self._show_page(0)
        resize_within_screen(self, 118, 50)

    def _occasion(self) -> str:
        """Whose tariff, and what is to be created with the order."""
        name = self.case.account.installation.name
        if not self.adding:
            return name
        parts = [labels.extensions(len(self.adding.extensions))] if self.adding.extensions else []
        parts += [labels.devices(len(self.adding.devices))] if self.adding.devices else []
        return _("{customer} · with the order: {objects} added").format(
            customer=name, objects=labels.listed(parts) or labels.feature(self.adding.features[0].feature)
        )


def _words(error: ModelError) -> tuple[str, str]:
    """What happened to an order, and what to do: title and text."""
    if isinstance(error, StoreUnavailable) and error.fault is StorageFault.OUTCOME_UNKNOWN:
        return _("Not certain whether it was ordered"), _(
            "The connection to the server was interrupted at the last moment. Please press the button again: what was"
            " ordered already is not ordered twice."
        )
    return _("Not ordered"), errors.message(error)
