"""Importing an installation: which file, which customer, what will be created and what is skipped and why."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QRadioButton, QTabWidget, QVBoxLayout, QWidget

from model.account import Account
from model.errors import Fault, InvalidInput, ModelError
from model.import_preview import CreatedRow, Preview, preview
from model.import_result import ImportedFile
from model.installation import Additions, Customer, number_key
from model.tariff import PriceList, Tariff
from ui import formats, labels
from ui.customer_form import CustomerForm, tariff_box
from ui.form import LONGEST_INPUT, FormDialog
from ui.i18n import _, ngettext
from ui.import_words import skip_reason, warning_reason
from ui.table import Table
from ui.table_model import Column, TableModel
from ui.widgets import TabBar, label, resize_within_screen, tab_in_reading_order, wrapped


@dataclass(frozen=True, slots=True)
class Note:
    """A row of the file that is skipped or taken over with a remark."""

    place: int
    row: int
    text: str
    value: str
    cell: str


class ImportDialog(FormDialog):
    """Made with the file as read; `account_wanted` when the clerk names an existing customer's number."""

    account_wanted = Signal(str)

    def __init__(self, imported: ImportedFile, prices: PriceList, parent: QWidget) -> None:
        super().__init__("importDialog", _("Import an installation"), _("Import"), parent)
        self._imported = imported
        self._account: Account | None = None
        self.preview: Preview = preview(imported, None)
        self._made = _created_table()
        self._notes = _notes_table()
        self._tabs = QTabWidget()
        self._tabs.setTabBar(TabBar())
        self._counts = wrapped(label(name="importCounts", bold=True))
        self.body.insertWidget(0, wrapped(label(_recognised(imported), name="importSystem", tone="muted")))
        self._add_customer(prices)
        self._add_preview()
        self._choose()
        resize_within_screen(self, 104, 52)

    def show_account(self, account: Account | None) -> None:
        """The existing customer that was looked for; None if there is none of that number."""
        self._account = account
        unknown = account is None and bool(self._number.text().strip())
        fault = self.form.fields["existing"].fault
        fault.setText(_("There is no customer with this number."))
        fault.setVisible(unknown)
        self._customer_name.setText(account.installation.name if account else "")
        self._show_preview()

    def value(self) -> int | tuple[Customer, Tariff]:
        """An existing installation's id, or the new customer and tariff; raises InvalidInput."""
        if self._existing.isChecked():
            if self._account is None:
                raise InvalidInput("existing", Fault.EMPTY)
            return self._account.installation.id
        return self._customer_form.customer(), self._tariff.currentData()

    @property
    def additions(self) -> Additions:
        """What will be created."""
        return self.preview.additions

    def show_error(self, error: ModelError) -> None:
        """A wrong value is said in the form that is shown."""
        if self._new.isChecked() and isinstance(error, InvalidInput) and self._customer_form.show_fault(error):
            self.set_busy(busy=False)
            return
        super().show_error(error)

    def focus_first(self) -> None:
        """The new customer's number: what has to be typed first."""
        self._customer_form.fields["customer_number"].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    # ------------------------------------------------------------------ which customer

    def _add_customer(self, prices: PriceList) -> None:
        self._new = QRadioButton(_("Ne&w customer"))
        self._new.setObjectName("importNewCustomer")
        self._new.setChecked(True)
        self._existing = QRadioButton(_("E&xisting customer"))
        self._existing.setObjectName("importExistingCustomer")
        self._number = QLineEdit()
        self._number.setMaxLength(LONGEST_INPUT)
        self._number.textEdited.connect(self.account_wanted)
        self.form.add("existing", _("C&ustomer number"), "importCustomerNumber", self._number)
        self._customer_name = wrapped(label(name="importCustomerName", tone="muted"))
        self._customer_form = CustomerForm(columns=2)
        self._tariff: QComboBox = tariff_box(prices)
        self._customer_form.add("tariff", _("&Tariff"), "importTariff", self._tariff)
        row = QHBoxLayout()
        row.setSpacing(24)
        for radio in (self._new, self._existing):
            row.addWidget(radio)
        row.addStretch(1)
        self.body.insertLayout(1, row)
        self.body.insertWidget(2, self._customer_form)
        self.body.addWidget(self._customer_name)
        for radio in (self._new, self._existing):
            radio.toggled.connect(lambda _on: self._choose())

    def _choose(self) -> None:
        new = self._new.isChecked()
        self._customer_form.setVisible(new)
        self.form.setVisible(not new)
        self._customer_name.setVisible(not new)
        self._show_preview()
        if self.isVisible():
            tab_in_reading_order(self)

    # ------------------------------------------------------------------ what will happen

    def _add_preview(self) -> None:
        self._tabs.setObjectName("importTabs")
        self._tabs.setAccessibleName(_("Preview"))
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.addTab(self._made, "")
        self._tabs.addTab(self._notes, "")
        self._tabs.setMinimumHeight(self.fontMetrics().lineSpacing() * 9)
        column = QVBoxLayout()
        column.addWidget(self._counts)
        column.addWidget(self._tabs, 1)
        self.body.addLayout(column, 1)
        self.outer.setStretchFactor(self.body, 100)

    def _show_preview(self) -> None:
        account = None if self._new.isChecked() else self._account
        self.preview = preview(self._imported, account)
        additions = self.preview.additions
        skipped = len(self.preview.skipped)
        words = _("Will be created: {extensions} and {devices}.").format(
            extensions=labels.extensions(len(additions.extensions)), devices=labels.devices(len(additions.devices))
        )
        if skipped:
            text = ngettext("{count} row is skipped.", "{count} rows are skipped.", skipped)
            words += " " + text.format(count=formats.number(skipped))
        self._counts.setText(words)
        self._made.set_rows(list(self.preview.created))
        self._notes.set_rows(notes(self.preview))
        self._tabs.setTabText(0, _("Will be created {count}").format(count=formats.number(len(self.preview.created))))
        self._tabs.setTabText(
            1, _("Skipped and remarks {count}").format(count=formats.number(len(notes(self.preview))))
        )
        self.allow(possible=bool(additions) and (self._new.isChecked() or self._account is not None))


def notes(found: Preview) -> list[Note]:
    """What is skipped and what is remarked, by row."""
    texts = [
        (entry.row, _("Skipped: {reason}").format(reason=skip_reason(entry.reason)), entry.value, entry.cell)
        for entry in found.skipped
    ]
    texts += [(entry.row, warning_reason(entry.reason), entry.value, entry.cell) for entry in found.warnings]
    return [Note(place, *entry) for place, entry in enumerate(sorted(texts))]


def _recognised(imported: ImportedFile) -> str:
    names = {"\t": _("tab"), ",": _("comma"), ";": _("semicolon"), "|": _("vertical bar")}
    text = _("{file} · recognised as {system} · {encoding}").format(
        file=imported.sources[0].name, system=imported.system, encoding=imported.encoding
    )
    if not imported.delimiter:
        return text
    return text + " · " + _("delimiter: {delimiter}").format(delimiter=names[imported.delimiter])


def _created_table() -> Table[CreatedRow]:
    columns = (
        Column[CreatedRow](
            "row", lambda: _("Row"), lambda row: formats.number(row.row), sort=lambda row: row.row, numeric=True
        ),
        Column[CreatedRow](
            "number",
            lambda: _("No."),
            lambda row: row.extension.number,
            sort=lambda row: number_key(row.extension.number),
            numeric=True,
        ),
        Column[CreatedRow]("name", lambda: _("Name"), lambda row: row.extension.name),
        Column[CreatedRow]("kind", lambda: _("Kind"), lambda row: labels.extension_kind(row.extension.kind)),
        Column[CreatedRow](
            "device", lambda: _("Device"), lambda row: ", ".join(entry.name for entry in row.devices) or "–"
        ),
    )
    model = TableModel(columns, lambda row: row.row)
    table = Table[CreatedRow]("importTable", _("Will be created"), model, lambda: _("Nothing of this file is new."))
    table.fit_columns({"row": 6, "number": 8, "name": 28, "kind": 12})
    return table


def _notes_table() -> Table[Note]:
    columns = (
        Column[Note](
            "row", lambda: _("Row"), lambda note: formats.number(note.row), sort=lambda note: note.row, numeric=True
        ),
        Column[Note]("text", lambda: _("Remark"), lambda note: note.text),
        Column[Note]("cell", lambda: _("Column"), lambda note: note.cell or "–"),
        Column[Note]("value", lambda: _("Value"), lambda note: note.value or "–"),
    )
    model = TableModel(columns, lambda note: note.place)
    table = Table[Note]("importNotes", _("Skipped and remarks"), model, lambda: _("No row is skipped."))
    table.fit_columns({"row": 6, "text": 52, "cell": 14})
    return table
