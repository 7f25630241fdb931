"""What a clerk does with customers and price lists: create, save, load."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from model.account import NOTHING
from model.errors import ModelError
from model.installation import Customer
from model.tariff import PriceList
from ui import errors, formats
from ui.customer_form import NewCustomerDialog
from ui.i18n import _, ngettext
from ui.widgets import show_message

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class CustomerWork(QObject):
    """Opens the dialogs and hands what they give to the desk."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def new(self) -> None:
        """A new customer with an empty installation."""
        self._window.desk.prices(lambda prices: self._show(prices[0]), self._window.show_error)

    def save(self, installation_id: int, typed: Customer) -> None:
        """Who the customer is, from the settings page; by the time it is known another one may be shown."""
        page, window = self._window.settings_page, self._window

        def saved(_nothing: None) -> None:
            if not page.show_saved(installation_id, typed):
                window.show_done(_("Saved."))
            window.reload()

        def refused(error: ModelError) -> None:
            if not page.show_error(installation_id, error):
                window.show_error(error)

        window.desk.change_customer(installation_id, typed, saved, refused)

    def load_prices(self) -> None:
        """Price lists from a file (R32)."""
        name, _kind = QFileDialog.getOpenFileName(self._window, _("Load price list"), "", _("Price lists (*.toml)"))
        if name:
            self.load_price_file(Path(name))

    def load_price_file(self, path: Path) -> None:
        """The new price lists of a file, or a message that names the row that is wrong."""

        def loaded(count: int) -> None:
            text = ngettext("{count} new price list loaded.", "{count} new price lists loaded.", count)
            self._window.show_done(text.format(count=formats.number(count)))
            self._window.reload()

        def refused(error: ModelError) -> None:
            show_message(self._window, _("{file} cannot be loaded").format(file=path.name), errors.message(error))

        self._window.desk.add_prices(path, loaded, refused)

    def _show(self, prices: PriceList) -> None:
        self._window.dialogs.open_once("newCustomer", lambda: self._make(prices))

    def _make(self, prices: PriceList) -> NewCustomerDialog:
        dialog = NewCustomerDialog(prices, self._window)

        def created(installation_id: int) -> None:
            dialog.finish()
            self._window.choose(installation_id)
            self._window.reload()

        def create() -> None:
            customer, tariff = dialog.value()
            self._window.desk.create_installation(customer, tariff, NOTHING, created, dialog.show_error)

        dialog.submitted.connect(create)
        return dialog
