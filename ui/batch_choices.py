"""How a batch is imported: where the customer's number stands, what with new customers and with faulty rows."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from model.import_batch import BatchOptions
from model.import_naming import NAME, NUMBER, NameColumns, NamePattern
from model.refusals import Fault, InvalidInput
from model.tariff import Edition
from ui.export_dialog import HINT_INDENT, Choices
from ui.form import Form
from ui.i18n import _, pgettext
from ui.widgets import label, wrapped

BY_NAME = 0
EDITIONS = (None, Edition.CLASSIC, Edition.PRO)


class BatchChoices(QWidget):
    """Two columns of choices; `rule_changed` when files would belong to other customers."""

    rule_changed = Signal()

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self._source = Choices(_("Customer number"))
        by_name = self._source.offer(_("from the file &name"), "batchByName")
        by_column = self._source.offer(_("from a c&olumn of the table"), "batchByColumn")
        self._by_name, self._by_column = Form(), Form(columns=2)
        self._pattern = self._by_name.add_text("pattern", _("&Pattern"), "batchPattern", _in_words(pattern))
        self._number = self._by_column.add_text("number", _("Col&umn"), "batchNumberColumn", _("Customer number"))
        self._name = self._by_column.add_text("name", _("Column of the na&me, if any"), "batchNameColumn")
        self._unknown = Choices(_("Customers that are not there yet"))
        self._faulty = QCheckBox(_("&Leave faulty rows out"))
        self._faulty.setObjectName("batchTakesFaulty")
        self._offer_unknown()
        self._put_together()
        self._by_column.hide()
        for radio in (by_name, by_column):
            radio.toggled.connect(lambda on: self._follow() if on else None)
        for form in (self._by_name, self._by_column):
            form.changed.connect(self.rule_changed)

    @property
    def pattern(self) -> str:
        """The pattern in the words of no language, to be remembered."""
        text = self._pattern.text().strip()
        for sign in (NUMBER, NAME):
            text = text.replace(_in_words(sign), sign)
        return text

    def options(self) -> BatchOptions:
        """What was chosen; raises InvalidInput."""
        return BatchOptions(self._rule(), EDITIONS[self._unknown.chosen], self._faulty.isChecked())

    def show_fault(self, error: InvalidInput) -> bool:
        """Say what is wrong under its field; False if it isn't here."""
        said = InvalidInput(error.field, error.fault, _word(error.value))
        return self._by_name.show_fault(said) or self._by_column.show_fault(said)

    def clear_faults(self) -> None:
        """Nothing is wrong, as far as known."""
        self._by_name.clear_faults()
        self._by_column.clear_faults()

    def _rule(self) -> NamePattern | NameColumns:
        if self._source.chosen == BY_NAME:
            return NamePattern(self.pattern)
        number = self._number.text().strip()
        if not number:
            raise InvalidInput("number", Fault.EMPTY)
        return NameColumns(number, self._name.text().strip())

    def _follow(self) -> None:
        by_name = self._source.chosen == BY_NAME
        self._by_name.setVisible(by_name)
        self._by_column.setVisible(not by_name)
        self.rule_changed.emit()

    def _offer_unknown(self) -> None:
        self._unknown.offer(_("&skip and name in the report"), "batchSkip")
        self._unknown.offer(_("create in the cheapest &Classic tariff"), "batchClassic")
        self._unknown.offer(_("create in the cheapest P&ro tariff"), "batchPro")

    def _put_together(self) -> None:
        explained = _("In braces, “{number}” is the customer number and “{name}” the name; * is anything.")
        self._source.explain(0, explained.format(number=_word(NUMBER), name=_word(NAME)))
        self._source.explain(1, _("It says the same number in every row of a file."))
        self._unknown.explain(0, _("Only customers that are there already are brought up to date."))
        self._unknown.explain(
            1, _("The cheapest one that fits; if none does, the largest, and the customer is flagged.")
        )
        self._unknown.explain(2, _("The same, and Pro functions can be used at once."))
        hint = wrapped(label(_("Otherwise a file with faulty rows is refused as a whole."), tone="muted"))
        hint.setContentsMargins(HINT_INDENT, 0, 0, 0)
        self._faulty.setAccessibleDescription(hint.text())
        left: list[QWidget] = [self._source, self._by_name, self._by_column]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(32)
        for parts in (left, [self._unknown, self._faulty, hint]):
            column = QVBoxLayout()
            column.setSpacing(4)
            for part in parts:
                column.addWidget(part)
            column.addStretch(1)
            row.addLayout(column, 1)


def _in_words(pattern: str) -> str:
    """A pattern with its signs in the language in use."""
    for sign in (NUMBER, NAME):
        pattern = pattern.replace(sign, f"{{{_word(sign)}}}")
    return pattern


def _word(sign: str) -> str:
    """What stands in the braces of a sign; anything else is as it is."""
    return {NUMBER: pgettext("pattern", "number"), NAME: pgettext("pattern", "name")}.get(sign, sign)
