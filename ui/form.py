"""Forms: labelled fields with their fault in words below, in a dialog that keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from model.errors import ModelError
from model.refusals import InvalidInput
from ui import errors
from ui.arrangement import tab_in_reading_order, widen
from ui.changes import change_button
from ui.i18n import _
from ui.widgets import Notice, button, label, wrapped
from ui.working_dialog import WorkingDialog

Choice = TypeVar("Choice", bound=StrEnum)
# Far more than any value may have, so that too much is told instead of cut off, and far less than takes time to draw.
LONGEST_INPUT = 2_000


@dataclass(frozen=True, slots=True)
class Field:
    """A widget for one value, with its label and the line for its fault."""

    widget: QWidget
    caption: QLabel
    fault: QLabel


class Form(QWidget):
    """Fields one below the other, or in columns; `changed` when a value is edited."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, columns: int = 1) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        self._columns = columns
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(10)
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)

    def add_text(self, field: str, title: str, name: str, value: str = "", hint: str = "") -> QLineEdit:
        """A line of text; `field` is the name of the model's attribute."""
        edit = QLineEdit(value)
        edit.setMaxLength(LONGEST_INPUT)
        edit.setPlaceholderText(hint)
        edit.setCursorPosition(0)
        edit.textEdited.connect(lambda _text: self._edited(field))
        self.add(field, title, name, edit)
        return edit

    def add_choice(
        self, field: str, title: str, name: str, values: Sequence[Choice], text: Callable[[Choice], str], value: Choice
    ) -> QComboBox:
        """One of a few values."""
        box = QComboBox()
        for entry in values:
            box.addItem(text(entry), entry)
        box.setCurrentIndex(list(values).index(value))
        box.currentIndexChanged.connect(lambda _index: self._edited(field))
        self.add(field, title, name, box)
        return box

    def add(self, field: str, title: str, name: str, widget: QWidget) -> None:
        """Any widget as a field."""
        widget.setObjectName(name)
        widget.setAccessibleName(title.replace("&", ""))
        caption = QLabel(title)
        caption.setBuddy(widget)
        fault = wrapped(label(name=f"{name}Fault", tone="danger"))
        fault.hide()
        cell = QVBoxLayout()
        cell.setSpacing(3)
        for part in (caption, widget, fault):
            cell.addWidget(part)
        self._grid.addLayout(cell, *divmod(len(self.fields), self._columns), Qt.AlignmentFlag.AlignTop)
        self.fields[field] = Field(widget, caption, fault)

    def show_field(self, name: str, *, shown: bool) -> None:
        """A field that isn't always of use; its label goes with it."""
        field = self.fields[name]
        for part in (field.caption, field.widget):
            part.setVisible(shown)
        field.fault.hide()

    def show_fault(self, error: InvalidInput) -> bool:
        """Say what is wrong under its field and go there; False if the field isn't in this form."""
        if error.field not in self.fields:
            return False
        self.show_words(error.field, errors.fault(error))
        return True

    def show_words(self, name: str, words: str) -> None:
        """Say something under a field and go there."""
        field = self.fields[name]
        field.fault.setText(words)
        field.fault.show()
        field.widget.setAccessibleDescription(words)
        field.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear_faults(self) -> None:
        """Nothing is wrong, as far as known."""
        for field in self.fields.values():
            field.fault.hide()
            field.widget.setAccessibleDescription("")

    def _edited(self, name: str) -> None:
        self.fields[name].fault.hide()
        self.changed.emit()


class FormDialog(WorkingDialog):
    """A form with a button that submits; it stays open, with everything typed, until the work is done.

    `CHANGES` is False for a form that changes nothing in the database.
    """

    CHANGES = True
    submitted = Signal()

    def __init__(
        self, name: str, title: str, submit: str, parent: QWidget | None, form: Form | None = None, cancel: str = ""
    ) -> None:
        super().__init__(name, parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = form or Form()
        self.notice = Notice(f"{name}Notice", f"{name}NoticeText", "danger", "triangle-alert")
        made = change_button if self.CHANGES else button
        self.submit_button: QPushButton = made(submit, f"{name}Submit", self._submit)
        self.submit_button.setDefault(True)
        self._possible = True
        self.cancel_button = button(cancel or _("Cancel"), f"{name}Cancel", self.reject)
        row = QHBoxLayout()
        row.addWidget(self.cancel_button)
        row.addStretch(1)
        row.addWidget(self.submit_button)
        self.body = QVBoxLayout()
        self.body.addWidget(self.form)
        self.outer = layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(14)
        layout.addWidget(wrapped(label(title, scale=1.3, bold=True)))
        layout.addWidget(self.notice)
        layout.addWidget(self.slow_bar)
        layout.addLayout(self.body)
        layout.addStretch(1)
        layout.addLayout(row)
        self.characters = 62

    def show_error(self, error: ModelError) -> None:
        """The work failed: say why beside the field or at the top, and let the clerk try again."""
        self.set_busy(busy=False)
        if not (isinstance(error, InvalidInput) and self.form.show_fault(error)):
            self.notice.show_text("", errors.message(error))
        self._grow()

    def set_busy(self, *, busy: bool) -> None:
        """While the work is under way nothing can be submitted twice, and the dialog stays open."""
        super().set_busy(busy=busy)
        self.submit_button.setEnabled(self._possible and not busy)
        self.cancel_button.setEnabled(not busy)
        self._grow()

    def show_slow(self) -> None:
        """Room for the words."""
        super().show_slow()
        self._grow()

    def show_forbidden(self, reason: str) -> None:
        """Room for the words."""
        super().show_forbidden(reason)
        if self.isVisible():
            self._grow()

    def allow(self, *, possible: bool) -> None:
        """Whether there is anything to submit."""
        self._possible = possible
        self.submit_button.setEnabled(possible and not self.busy)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: Tab follows what is seen, and begins with the first field that is empty."""
        super().showEvent(event)
        widen(self, self.characters)
        self._grow()
        parts = tab_in_reading_order(self)
        self.focus_first()
        if self.focusWidget() is None:
            # Qt would begin with what was made first, a button.
            next(filter(QWidget.isEnabled, parts), self).setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_first(self) -> None:
        """The first field, unless the form has chosen another one."""
        if not isinstance(self.focusWidget(), QPushButton | None):
            return
        for field in self.form.fields.values():
            if field.widget.isVisible() and field.widget.isEnabled():
                field.widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _grow(self) -> None:
        """Room for a fault that has just been said."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def _submit(self) -> None:
        self.form.clear_faults()
        self.notice.show_text("", "")
        try:
            self.value()
        except ModelError as error:
            self.show_error(error)
            return
        self.set_busy(busy=True)
        self.submitted.emit()

    def value(self) -> object:
        """What was entered; raises a ModelError if it can't be right. The store checks again."""
        return None


class LongFormDialog(FormDialog):
    """A form whose work has a bar of its own; `cancel_wanted` to end the work while it goes on."""

    cancel_wanted = Signal()

    def set_busy(self, *, busy: bool) -> None:
        """Cancel stays of use all the time."""
        super().set_busy(busy=busy)
        self.cancel_button.setEnabled(True)

    def show_slow(self) -> None:
        """The bar tells enough."""

    def reject(self) -> None:
        """Qt: Cancel or Esc; while the work goes on it only ends that, once."""
        if self.busy:
            self.cancel_button.setEnabled(False)
            self.cancel_wanted.emit()
            return
        super().reject()
