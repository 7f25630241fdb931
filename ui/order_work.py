"""What a clerk does with tariffs: look at the offer, adjust, order, cancel, decide what goes beyond."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from shiboken6 import isValid

from model.account import NOTHING, Decision, Quote, Verdict
from model.installation import Additions, Device, Extension, ProFeatureUse
from model.orders import TariffOrder, order_label
from model.tariff import Tariff
from ui import formats
from ui.dialogs import step_aside
from ui.form import FormDialog
from ui.i18n import _
from ui.order_dialogs import CancelOrderDialog, DecisionDialog, EmailDialog
from ui.tariff_change_dialog import TariffChangeDialog

if TYPE_CHECKING:
    from ui.case import Case
    from ui.main_window import MainWindow


class OrderWork(QObject):
    """At most one tariff dialog is open; it follows what happens to its installation."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._dialogs: list[TariffChangeDialog | CancelOrderDialog] = []

    def show_case(self, case: Case) -> None:
        """The installation was read again: open dialogs judge anew (R15)."""
        for dialog in self._alive():
            if dialog.case.account.installation.id == case.account.installation.id:
                dialog.show_case(case)

    def adjust(self) -> None:
        """The tariff dialog with the current tariff chosen."""
        if self._window.case:
            self._open(self._window.case)

    def adjust_to_offer(self) -> None:
        """The tariff dialog with the offered tariff chosen, if something is beyond the tariff."""
        case = self._window.case
        if case is None:
            return
        day = case.now.date()
        beyond = case.account.uncovered(day)
        needs = beyond.extensions or beyond.devices
        self._open(case, chosen=case.account.offer(case.prices, day) if needs else None)

    def cancel(self) -> None:
        """Cancel the pending order."""
        if self._window.case:
            self._cancel(self._window.case, NOTHING)

    def decide(self, case: Case, decision: Decision, source: FormDialog) -> None:
        """Objects would go beyond: nothing is created until the clerk decides; what was typed stays."""
        adding = decision.adding if decision.verdict in (Verdict.OFFER, Verdict.CHOICE) else NOTHING

        def make() -> DecisionDialog:
            dialog = DecisionDialog(case, decision, source)
            dialog.offer_accepted.connect(lambda: self._open(case, adding, decision.offer, source))
            dialog.cancellation_accepted.connect(dialog.accept)
            dialog.cancellation_accepted.connect(lambda: self._cancel(case, adding, source))
            return dialog

        self._window.dialogs.open_once("decide", make)

    # ------------------------------------------------------------------ the tariff dialog

    def _open(
        self,
        case: Case,
        adding: Additions = NOTHING,
        chosen: Tariff | None = None,
        source: FormDialog | None = None,
    ) -> None:
        purpose = ("tariff", case.account.installation.id, adding)
        for known in [entry for entry in self._alive() if isinstance(entry, TariffChangeDialog)]:
            if known.busy:
                known.raise_()
                return
            if (known.case.account.installation.id, known.adding) != purpose[1:]:
                known.reject()
        self._window.dialogs.open_once(purpose, lambda: self._make(case, adding, chosen, source), modal=False)

    def _make(
        self, case: Case, adding: Additions, chosen: Tariff | None, source: FormDialog | None
    ) -> TariffChangeDialog:
        dialog = TariffChangeDialog(case, source or self._window, adding, chosen)
        dialog.order_requested.connect(lambda quote, objects: self._order(dialog, quote, objects))
        dialog.order_held.connect(lambda quote, objects: self._window.desk.hold_order(quote, objects))
        dialog.cancellation_requested.connect(lambda: self._cancel(dialog.case, adding, dialog))
        dialog.reveal_requested.connect(lambda entry: self._reveal(dialog, entry))
        dialog.email_wanted.connect(lambda: self._enter_email(dialog))
        dialog.draft_requested.connect(lambda quote: self._window.documents.save_draft(dialog, quote))
        dialog.product_page_requested.connect(self._window.program.open_product_page)
        dialog.guide_requested.connect(self._window.program.open_guide)
        self._follow(dialog, source)
        return dialog

    def _order(self, dialog: TariffChangeDialog, quote: Quote, adding: Additions) -> None:
        def placed(order: TariffOrder) -> None:
            dialog.finish()
            self._window.show_page(self._window.page)
            self._window.show_done(
                _("{order} placed: {tariff} from {day}.").format(
                    order=order_label(order.order_number),
                    tariff=order.tariff.name,
                    day=formats.day(order.effective_on),
                )
            )
            self._window.reload()

        self._window.desk.place_order(quote, adding, placed, dialog.show_error)

    # ------------------------------------------------------------------ cancelling

    def _cancel(self, case: Case, adding: Additions, source: FormDialog | TariffChangeDialog | None = None) -> None:
        pending = case.account.pending(case.now.date())
        if pending is None:
            return

        def make() -> CancelOrderDialog:
            dialog = CancelOrderDialog(case, pending, source or self._window, adding)
            dialog.submitted.connect(lambda: self._submit_cancellation(dialog))
            dialog.reveal_requested.connect(lambda entry: self._reveal(dialog, entry))
            self._follow(dialog, source)
            return dialog

        self._window.dialogs.open_once(("cancel", pending.order_number, adding), make, modal=False)

    def _submit_cancellation(self, dialog: CancelOrderDialog) -> None:
        def done(_nothing: None) -> None:
            dialog.finish()
            self._window.show_page(self._window.page)
            self._window.show_done(_("{order} is cancelled.").format(order=order_label(dialog.order_number)))
            self._window.reload()

        self._window.desk.cancel_order(
            dialog.case.account.installation.id,
            dialog.order_number,
            dialog.value(),
            dialog.adding,
            done,
            dialog.show_error,
        )

    # ------------------------------------------------------------------ dialogs

    def _alive(self) -> list[TariffChangeDialog | CancelOrderDialog]:
        """The open dialogs, without those that went with the form they were opened from."""
        self._dialogs = [dialog for dialog in self._dialogs if isValid(dialog)]
        return self._dialogs

    def _follow(
        self,
        dialog: TariffChangeDialog | CancelOrderDialog,
        source: FormDialog | TariffChangeDialog | None,
    ) -> None:
        """A dialog hears of what happens to its installation; what it was opened from is done when it is."""
        if source is not None:
            dialog.accepted.connect(source.accept)
        self._dialogs.append(dialog)
        dialog.finished.connect(lambda _result: self._forget(dialog))

    def _forget(self, dialog: TariffChangeDialog | CancelOrderDialog) -> None:
        self._dialogs = [entry for entry in self._dialogs if entry is not dialog]

    def _enter_email(self, summary: TariffChangeDialog) -> None:
        """Over the summary, which learns of it (R25)."""
        window, key = self._window, summary.case.account.installation.id

        def make() -> EmailDialog:
            dialog = EmailDialog(summary.case, summary)

            def saved(_nothing: None) -> None:
                dialog.finish()
                window.reload()
                # The window may show somebody else meanwhile.
                window.desk.open_case(key, self.show_case, window.show_error)

            dialog.submitted.connect(lambda: window.desk.enter_email(key, dialog.value(), saved, dialog.show_error))
            return dialog

        window.dialogs.open_once(("email", key), make)

    def _is_shown(self, dialog: TariffChangeDialog | CancelOrderDialog) -> bool:
        """Whether the window shows the dialog's customer; if not, it goes there first, and nothing else is touched."""
        wanted, shown = dialog.case.account.installation.id, self._window.case
        if shown is not None and shown.account.installation.id == wanted:
            return True
        self._window.choose(wanted)
        return False

    def _reveal(
        self, dialog: TariffChangeDialog | CancelOrderDialog, entry: Extension | Device | ProFeatureUse
    ) -> None:
        if not self._is_shown(dialog):
            return
        self._window.show_page(self._window.page)
        step_aside(dialog, self._window.page.reveal(entry))
        self._window.activateWindow()
