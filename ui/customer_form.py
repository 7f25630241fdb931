"""Who the customer is: the same form for a new customer, an import and the settings."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from model.installation import Customer, Language
from model.tariff import Edition, PriceList, Tariff
from ui import formats, labels
from ui.form import Form, FormDialog
from ui.i18n import _

NOBODY = Customer("", "")


class CustomerForm(Form):
    """Customer number, name, e-mail address and language."""

    def __init__(self, customer: Customer = NOBODY, columns: int = 1) -> None:
        super().__init__(columns=columns)
        self._number = self.add_text(
            "customer_number", _("Customer &number"), "customerNumberField", customer.customer_number
        )
        self._name = self.add_text("name", _("N&ame"), "nameField", customer.name)
        self._email = self.add_text(
            "email", _("E-&mail address for order information"), "emailField", customer.email, _("name@company.com")
        )
        self._language = self.add_choice(
            "language",
            _("&Language of the order information"),
            "languageField",
            list(Language),
            labels.language,
            customer.language,
        )

    def customer(self) -> Customer:
        """What was typed; raises InvalidInput."""
        return self.typed().checked()

    def typed(self) -> Customer:
        """What was typed, as it is."""
        language = self._language.currentData()
        return Customer(self._number.text(), self._name.text(), self._email.text(), Language(language))

    def show_customer(self, customer: Customer) -> None:
        """Show another customer; where it says the same, the cursor stays."""
        shown = ((self._number, customer.customer_number), (self._name, customer.name), (self._email, customer.email))
        for edit, text in shown:
            if edit.text() != text:
                edit.setText(text)
                edit.setCursorPosition(0)
        self._language.setCurrentIndex(self._language.findData(customer.language))
        self.clear_faults()


def tariff_box(prices: PriceList) -> QComboBox:
    """A choice of the tariffs on sale, with their prices."""
    box = QComboBox()
    for tariff in (tariff for edition in Edition for tariff in prices.editions(edition)):
        text = _("{tariff} – {price} net a month").format(tariff=tariff.name, price=formats.net_price(tariff))
        box.addItem(text, tariff)
    return box


class NewCustomerDialog(FormDialog):
    """A new customer with an empty installation and its first tariff."""

    def __init__(self, prices: PriceList, parent: QWidget) -> None:
        self.customer_form = CustomerForm()
        super().__init__("newCustomerDialog", _("New customer"), _("Create customer"), parent, self.customer_form)
        self._tariff = tariff_box(prices)
        self.form.add("tariff", _("&Tariff"), "tariffField", self._tariff)

    def value(self) -> tuple[Customer, Tariff]:
        """The customer and the tariff chosen; raises InvalidInput."""
        return self.customer_form.customer(), self._tariff.currentData()
