"""What an import creates for a new customer; a kind can be switched."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from model.installation import ExtensionKind
from ui import labels
from ui.comparison_rows import kind_words
from ui.i18n import _
from ui.import_tables import CreatedLine, created_table
from ui.importing import Read
from ui.widgets import button, label, wrapped


class CreatedPanel(QWidget):
    """The extensions, row by row; `kinds` are those the clerk chose, by number."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: dict[str, ExtensionKind] = {}
        self._table = created_table(self._kind_words)
        self._switch = button(_("Switch &kind"), "importSwitchKind", self._switch_kinds)
        self._guessed = wrapped(label(name="importGuessed", tone="muted"))
        self._guessed.setText(_("“Guessed” is what only the name tells."))
        self._table.selectionModel().selectionChanged.connect(self._show_switch)
        self._table.rows.modelReset.connect(self._show_switch)
        below = QHBoxLayout()
        below.addWidget(self._guessed, 1)
        below.addStretch(0)
        below.addWidget(self._switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._table, 1)
        column.addLayout(below)
        self._show_switch()

    def show_read(self, read: Read) -> None:
        """Other rows; a kind that was chosen stays with its number."""
        self._table.set_rows(read.created)
        self._guessed.setVisible(any(line.row.is_guessed for line in read.created))

    def _kind_words(self, line: CreatedLine) -> str:
        chosen = self.kinds.get(line.row.extension.number)
        if chosen is not None:
            return labels.extension_kind(chosen)
        return kind_words(line.row.extension.kind, is_guessed=line.row.is_guessed)

    def _switch_kinds(self) -> None:
        for line in self._table.selected_rows():
            new = line.row.extension
            kind = self.kinds.get(new.number, new.kind)
            self.kinds[new.number] = ExtensionKind.USER if kind is ExtensionKind.RESOURCE else ExtensionKind.RESOURCE
        self._table.rows.refresh()

    def _show_switch(self) -> None:
        self._switch.setEnabled(self._table.selectionModel().hasSelection())
