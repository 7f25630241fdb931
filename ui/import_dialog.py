"""Importing an installation: for which customer, what becomes of it there, and how the files were read."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QSizePolicy,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from model.account import Limits
from model.errors import ModelError
from model.import_result import ImportedFile
from model.installation import Additions, Customer
from model.refusals import Fault, ImportStale, InvalidInput
from model.tariff import PriceList, Tariff
from ui import errors, formats, labels
from ui.arrangement import resize_within_screen, tab_in_reading_order
from ui.comparison_panel import ComparisonPanel
from ui.created_panel import CreatedPanel
from ui.customer_form import CustomerForm, tariff_box
from ui.form import LONGEST_INPUT, FormDialog
from ui.i18n import _, ngettext
from ui.import_file_page import FilePage, delimiter_name
from ui.import_tables import Note, notes_table, show_files
from ui.importing import Compared, Read
from ui.widgets import TabBar, label, wrapped


class ImportDialog(FormDialog):
    """Made with the files as read; `account_wanted` when the clerk names an existing customer's number.

    `reading_wanted` when a correction asks for another reading, whose answer is `show_read` or `show_refusal`.
    """

    account_wanted = Signal(str)
    reading_wanted = Signal(object)

    def __init__(self, read: Read, prices: PriceList, parent: QWidget) -> None:
        super().__init__("importDialog", _("Import an installation"), _("Import"), parent)
        self.read = read
        self.file_page = FilePage()
        self._compared: Compared | None = None
        self._is_read = True
        self._created = CreatedPanel()
        self.comparison = ComparisonPanel(lambda: _("At present"), lambda: _("In the file"))
        self._outcome = QStackedWidget()
        self._notes = notes_table()
        self._shown_notes: list[Note] | None = None
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._system = wrapped(label(name="importSystem", tone="muted"))
        self._counts = wrapped(label(name="importCounts", bold=True))
        self._hints = wrapped(label(name="importHints", tone="muted"))
        self.body.insertWidget(0, self._system)
        self._add_customer(prices)
        self._add_tabs()
        self.comparison.changed.connect(self._show_outcome)
        self.file_page.chosen.connect(self._read_again)
        self.show_read(read)
        self._choose()
        resize_within_screen(self, 140, 54)

    # ------------------------------------------------------------------ answers

    def show_read(self, read: Read) -> None:
        """The files, perhaps read in another way than before; the customer is compared again."""
        self.read = read
        self._is_read = True
        self._compared = None
        self.notice.show_text("", "")
        self._system.setText(recognised(read.imported))
        self.file_page.show_read(read)
        self._created.show_read(read)
        self._show_hints()
        self._show_outcome()
        self._ask_for_account()

    def show_refusal(self, error: ModelError) -> None:
        """The files can't be read like this: nothing can be imported until the correction is corrected."""
        self._show_outcome()
        self.notice.show_text("", errors.message(error))
        self._grow()

    def show_compared(self, number: str, compared: Compared | None) -> None:
        """What was read beside the customer of a number; None if there is none."""
        if number != self._number.text():
            return
        self._compared = compared
        unknown = compared is None and bool(number.strip())
        fault = self.form.fields["existing"].fault
        fault.setText(_("There is no customer with this number."))
        fault.setVisible(unknown)
        self._customer_name.setText(compared.comparison.account.installation.name if compared else "")
        if compared:
            self.comparison.show_compared(compared)
        self._show_outcome()

    def show_error(self, error: ModelError) -> None:
        """A wrong value is said in the form that is shown; a customer that changed meanwhile is compared again."""
        if self._new.isChecked() and isinstance(error, InvalidInput) and self._customer_form.show_fault(error):
            self.set_busy(busy=False)
            return
        super().show_error(error)
        if isinstance(error, ImportStale):
            self._ask_for_account()

    # ------------------------------------------------------------------ what is submitted

    def value(self) -> Compared | tuple[Customer, Tariff]:
        """An existing customer's comparison, or the new customer and tariff; raises InvalidInput."""
        if self._existing.isChecked():
            if self._compared is None:
                raise InvalidInput("existing", Fault.EMPTY)
            return self._compared
        return self._customer_form.customer(), self._tariff.currentData()

    @property
    def additions(self) -> Additions:
        """What will be created for a new customer."""
        return self.read.preview.with_kinds(self._created.kinds)

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
        self._number.textEdited.connect(lambda _text: self._ask_for_account())
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
        self._outcome.setCurrentWidget(self._created if new else self.comparison)
        self._show_outcome()
        if self.isVisible():
            tab_in_reading_order(self)

    def _ask_for_account(self) -> None:
        """What is typed is looked for at once; until the answer is there nothing can be imported."""
        self._compared = None
        self._show_outcome()
        if self._existing.isChecked() or self._number.text():
            self.account_wanted.emit(self._number.text())

    def _read_again(self) -> None:
        self._is_read = False
        self._show_outcome()
        self._counts.setText(_("Reading …"))
        self.reading_wanted.emit(self.file_page.form.choices())

    # ------------------------------------------------------------------ what will happen

    def _add_tabs(self) -> None:
        self._tabs.setTabBar(TabBar())
        self._tabs.setObjectName("importTabs")
        self._tabs.setAccessibleName(_("Preview"))
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        for panel in (self._created, self.comparison):
            self._outcome.addWidget(panel)
        first = QWidget()
        below = QVBoxLayout(first)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self._outcome, 1)
        below.addWidget(self._hints)
        self._tabs.addTab(first, "")
        self._tabs.addTab(self._notes, "")
        self._tabs.addTab(self.file_page, _("File"))
        self._tabs.setMinimumHeight(self.fontMetrics().lineSpacing() * 12)
        self._tabs.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._tabs.currentChanged.connect(lambda _place: tab_in_reading_order(self))
        column = QVBoxLayout()
        column.addWidget(self._counts)
        column.addWidget(self._tabs, 1)
        self.body.addLayout(column, 1)
        self.outer.setStretchFactor(self.body, 100)

    def _show_outcome(self) -> None:
        new = self._new.isChecked()
        self._counts.setText(self._created_words() if new else self._compared_words())
        shown = self.read.notes if new or self._compared is None else self._compared.notes
        self._show_notes(shown)
        title = _("Will be created {count}") if new else _("Comparison {count}")
        rows = self.read.created if new else self._compared.table.rows if self._compared else []
        self._tabs.setTabText(0, title.format(count=formats.number(len(rows))))
        self.allow(possible=self._is_read and (bool(self.read.preview.additions) if new else self._has_changes()))

    def _show_notes(self, shown: list[Note]) -> None:
        if shown is self._shown_notes:
            return
        self._shown_notes = shown
        self._notes.set_rows(shown)
        show_files(self._notes, shown=len(self.read.imported.sources) > 1)
        self._tabs.setTabText(1, _("Skipped and remarks {count}").format(count=formats.number(len(shown))))

    def _show_hints(self) -> None:
        hints = sorted({labels.feature(hint.feature) for hint in self.read.imported.hints})
        text = _("Would need Pro and is not taken over: {functions}").format(functions=", ".join(hints))
        self._hints.setText(text if hints else "")
        self._hints.setVisible(bool(hints))

    def _has_changes(self) -> bool:
        return self._compared is not None and bool(self._compared.changes or self.comparison.ticked)

    def _created_words(self) -> str:
        additions, skipped = self.read.preview.additions, len(self.read.preview.skipped)
        words = _("Will be created: {extensions} and {devices}.").format(
            extensions=labels.extensions(len(additions.extensions)), devices=labels.devices(len(additions.devices))
        )
        if skipped:
            text = ngettext("{count} row is skipped.", "{count} rows are skipped.", skipped)
            words += " " + text.format(count=formats.number(skipped))
        return words

    def _compared_words(self) -> str:
        if self._compared is None:
            return ""
        changes, additions = self._compared.changes, self._compared.changes.additions
        created = labels.counts(Limits(len(additions.extensions), len(additions.devices)))
        changed = labels.counts(Limits(len(changes.changed_extensions), len(changes.changed_devices)))
        parts = [_("new: {objects}").format(objects=created)] if created else []
        parts += [_("changed: {objects}").format(objects=changed)] if changed else []
        words = " · ".join(parts)
        return words[:1].upper() + words[1:] if words else _("Everything in the file is there already.")


def recognised(imported: ImportedFile) -> str:
    """Which files, which system, which encoding and delimiter."""
    names = ", ".join(source.name for source in imported.sources)
    text = _("{file} · recognised as {system} · {encoding}").format(
        file=names, system=imported.system, encoding=imported.encoding
    )
    if not imported.delimiter:
        return text
    return text + " · " + _("delimiter: {delimiter}").format(delimiter=delimiter_name(imported.delimiter))
