"""Adding and editing an extension, a device, a use of a Pro function; pasting many extensions."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from model.account import Account
from model.errors import ModelError
from model.installation import (
    NUMBER,
    Additions,
    Device,
    DeviceKind,
    Extension,
    ExtensionKind,
    NewDevice,
    NewExtension,
    NewProFeatureUse,
    ProFeature,
    number_key,
)
from model.refusals import Fault, InvalidInput
from ui import errors, formats, labels
from ui.export import unguarded
from ui.form import FormDialog
from ui.i18n import _, ngettext
from ui.widgets import LINE_SPACING, box_of_names, label, wrapped
from ui.words import tooltip

MOST_ROWS = 2_000
LONGEST_ROW = 500


class ExtensionDialog(FormDialog):
    """A new extension, or an existing one with other values."""

    def __init__(self, parent: QWidget, account: Account, extension: Extension | None = None) -> None:
        title = _("Edit extension") if extension else _("Add extension")
        super().__init__("extensionDialog", title, _("Save") if extension else _("Add"), parent)
        shown = extension or NewExtension(next_number(account), "")
        self._number = self.form.add_text("number", _("&Number"), "extensionNumberField", shown.number)
        self._name = self.form.add_text("name", _("N&ame"), "extensionNameField", shown.name)
        self._kind = self.form.add_choice(
            "kind", _("&Kind"), "extensionKindField", list(ExtensionKind), labels.extension_kind, shown.kind
        )
        self._name.setFocus()

    def value(self) -> NewExtension:
        """What was typed; raises InvalidInput."""
        kind = ExtensionKind(self._kind.currentData())
        return NewExtension(self._number.text(), self._name.text(), kind).checked()


class DeviceDialog(FormDialog):
    """A new device account, or an existing one with other values."""

    def __init__(self, parent: QWidget, account: Account, device: Device | None = None) -> None:
        title = _("Edit device") if device else _("Add device")
        super().__init__("deviceDialog", title, _("Save") if device else _("Add"), parent)
        shown = device or NewDevice("")
        self._name = self.form.add_text("name", _("N&ame"), "deviceNameField", shown.name, _("e.g. Yealink T54W"))
        self._kind = self.form.add_choice(
            "kind", _("&Kind"), "deviceKindField", list(DeviceKind), labels.device_kind, shown.kind
        )
        self._mac = self.form.add_text("mac", _("&MAC address (optional)"), "deviceMacField", shown.mac)
        self._served = QListWidget()
        self._served.setSpacing(LINE_SPACING)
        self._served.setMinimumHeight(self.fontMetrics().height() * 6)
        for extension in sorted(account.extensions, key=lambda entry: number_key(entry.number)):
            item = QListWidgetItem(f"{extension.number}  {extension.name}", self._served)
            item.setData(Qt.ItemDataRole.UserRole, extension.number)
            checked = extension.number in shown.extensions
            item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
        self.form.add("extensions", _("&Serves the extensions"), "deviceExtensionsField", self._served)

    def value(self) -> NewDevice:
        """What was typed; raises InvalidInput."""
        items = [self._served.item(place) for place in range(self._served.count())]
        served = [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked]
        kind = DeviceKind(self._kind.currentData())
        return NewDevice(self._name.text(), kind, self._mac.text(), tuple(served)).checked()


class FeatureDialog(FormDialog):
    """A Pro function to be taken into use by an extension."""

    def __init__(self, parent: QWidget, account: Account) -> None:
        super().__init__("featureDialog", _("Use a Pro function"), _("Add"), parent)
        self._feature = self.form.add_choice(
            "feature", _("&Function"), "featureField", list(ProFeature), labels.feature, ProFeature.CALL_FLOW
        )
        self._account = account
        self._extension = box_of_names()
        self.form.add("extension", _("&Used by"), "featureExtensionField", self._extension)
        self._name = self.form.add_text("name", _("N&ame"), "featureNameField")
        self._extension.currentIndexChanged.connect(self._suggest_name)
        self._feature.currentIndexChanged.connect(self._offer_users)
        self._offer_users()

    def value(self) -> NewProFeatureUse:
        """What was chosen; raises InvalidInput."""
        number, _name = self._extension.currentData() or ("", "")
        return NewProFeatureUse(ProFeature(self._feature.currentData()), self._name.text(), number).checked()

    def _offer_users(self) -> None:
        """Only Analytics can be on for the whole installation."""
        self._extension.clear()
        if self._feature.currentData() == ProFeature.ANALYTICS:
            self._extension.addItem(_("The whole installation"), ("", _("The whole installation")))
        for extension in sorted(self._account.extensions, key=lambda entry: number_key(entry.number)):
            text = f"{extension.number}  {extension.name}"
            self._extension.addItem(text, (extension.number, extension.name))
            self._extension.setItemData(self._extension.count() - 1, tooltip(text), Qt.ItemDataRole.ToolTipRole)

    def _suggest_name(self) -> None:
        if not self._name.isModified():
            self._name.setText((self._extension.currentData() or ("", ""))[1])


class RowsField(QPlainTextEdit):
    """Text in rows; `refused` instead of taking in more than anybody means to paste."""

    refused = Signal()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Qt: something is pasted or dropped."""
        if is_too_much(self.toPlainText() + source.text()):
            self.refused.emit()
        else:
            super().insertFromMimeData(source)


class PasteDialog(FormDialog):
    """Several rows from a spreadsheet as new extensions: number, name, kind."""

    def __init__(self, parent: QWidget, text: str) -> None:
        super().__init__("pasteDialog", _("Paste extensions"), _("Add all"), parent)
        hint = _("One extension a line: number, name and, if you like, “User” or “Resource”, separated by tabs.")
        self.body.insertWidget(0, wrapped(label(hint, tone="muted")))
        self._text = RowsField("" if is_too_much(text) else text.strip("\r\n"))
        self._text.refused.connect(self._refuse)
        self._text.setTabChangesFocus(True)
        self._text.setMinimumHeight(self.fontMetrics().height() * 10)
        self.form.add("rows", _("&Rows"), "pasteField", self._text)
        self._count = label(name="pasteCount", tone="muted")
        self.body.addWidget(self._count)
        self._text.textChanged.connect(self._show_count)
        self._text.textChanged.connect(self.form.clear_faults)
        self._show_count()
        if is_too_much(text):
            self._refuse()

    def value(self) -> Additions:
        """The extensions; raises InvalidInput for the first row that is wrong."""
        if not self._lines():
            raise InvalidInput("rows", Fault.EMPTY)
        return Additions(tuple(_pasted(line) for _place, line in self._lines()))

    def show_error(self, error: ModelError) -> None:
        """A wrong value is named with its row."""
        if not isinstance(error, InvalidInput) or error.field == "rows":
            super().show_error(error)
            return
        self.set_busy(busy=False)
        words = _("Row {row}: {text}").format(row=self._row_of(error), text=errors.fault(error))
        self.form.show_words("rows", words)

    def _row_of(self, error: InvalidInput) -> int:
        """The first row that is wrong by itself, else the last one with the number that is taken."""
        found = 1
        for place, line in self._lines():
            try:
                number = _pasted(line).number
            except InvalidInput:
                return place
            if number == error.value:
                found = place
        return found

    def _refuse(self) -> None:
        """Too much was pasted: nothing of it is taken."""
        words = _("That is too much to paste: {rows} rows of {characters} characters at most. Please import a file.")
        self.form.show_words(
            "rows", words.format(rows=formats.number(MOST_ROWS), characters=formats.number(LONGEST_ROW))
        )

    def _lines(self) -> list[tuple[int, str]]:
        lines = enumerate(self._text.toPlainText().splitlines(), start=1)
        return [(place, line) for place, line in lines if line.strip()]

    def _show_count(self) -> None:
        count = len(self._lines())
        self._count.setText(ngettext("{count} row", "{count} rows", count).format(count=count))


def _pasted(line: str) -> NewExtension:
    """One row: number, name, kind; spreadsheets put tabs between, CSV files semicolons."""
    cells = [unguarded(cell.strip()) for cell in line.split("\t" if "\t" in line else ";")]
    cells += [""] * (3 - len(cells))
    resource = cells[2].casefold() in {_("Resource").casefold(), "resource", "ressource"}
    return NewExtension(cells[0], cells[1], ExtensionKind.RESOURCE if resource else ExtensionKind.USER).checked()


def is_too_much(text: str) -> bool:
    """Whether a text has more or longer rows than can be drawn and checked at once."""
    rows = text.splitlines()
    return len(rows) > MOST_ROWS or any(len(row) > LONGEST_ROW for row in rows)


def next_number(account: Account) -> str:
    """A number that is free: one more than the largest plain number, in the same length; "" if that is too long."""
    numbers = [entry.number for entry in account.extensions if entry.number.isdigit()]
    if not numbers:
        return "10"
    largest = max(numbers, key=int)
    following = str(int(largest) + 1).zfill(len(largest))
    return following if NUMBER.fullmatch(following) else ""
