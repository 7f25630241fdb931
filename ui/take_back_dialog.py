"""Taking an import back: what was before beside what there is now, shown before anything is written."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from model.audit import AuditEntry
from model.errors import ModelError
from model.import_comparison import Comparison
from model.import_kept import KeptImport
from model.installation import ProFeatureUse
from model.refusals import LimitReached
from ui import formats, history, labels
from ui.arrangement import resize_within_screen
from ui.comparison_panel import ComparisonPanel
from ui.form import FormDialog
from ui.i18n import _
from ui.importing import Compared
from ui.widgets import label, wrapped


class TakeBackDialog(FormDialog):
    """What the import created is ticked to be removed; what was created since stays."""

    def __init__(self, entry: AuditEntry, kept: KeptImport, compared: Compared, parent: QWidget) -> None:
        super().__init__("takeBackDialog", _("Take an import back"), _("Take back"), parent)
        self._compared = compared
        self.panel = ComparisonPanel(lambda: _("At present"), lambda: _("Before the import"))
        text = _("Import of {instant}: {details}").format(
            instant=formats.instant(entry.at), details=history.details(entry)
        )
        self.body.insertWidget(0, wrapped(label(text, name="takeBackImport", tone="muted")))
        self._features = QCheckBox(_("Use the Pro &functions of before again"))
        self._features.setObjectName("takeBackFeatures")
        self._features.setChecked(True)
        self._restored = wrapped(label(name="takeBackRestored", tone="muted"))
        self.body.insertWidget(1, self._features)
        self.body.insertWidget(2, self._restored)
        self.body.addWidget(self.panel, 1)
        self.form.hide()
        self.outer.setStretchFactor(self.body, 100)
        self.panel.changed.connect(self._allow)
        self.panel.setMinimumHeight(self.fontMetrics().lineSpacing() * 14)
        self.show_compared(compared)
        self.panel.tick(kept.created_extensions, kept.created_devices)
        resize_within_screen(self, 140, 44)

    def show_compared(self, compared: Compared) -> None:
        """What holds now."""
        self._compared = compared
        self.panel.show_compared(compared)
        names = [
            labels.feature_use(ProFeatureUse(0, use.feature, use.name, use.extension, since))
            for since, use in compared.comparison.restored
        ]
        self._restored.setText(labels.listed(names))
        for part in (self._features, self._restored):
            part.setVisible(bool(names))
        self._allow()

    def focus_first(self) -> None:
        """What is compared: there is nothing to be typed."""
        self.panel.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_error(self, error: ModelError) -> None:
        """Pro functions need Pro (R7); the rest can be taken back without them."""
        super().show_error(error)
        if isinstance(error, LimitReached):
            text = _("The tariff does not allow the Pro functions of before. Please untick them to take back the rest.")
            self.notice.show_text("", text)
            self._grow()

    def value(self) -> Comparison:
        """What is to be written, with the ticks of the panel."""
        comparison = self._compared.comparison
        return comparison if self._features.isChecked() else replace(comparison, restored=())

    def _allow(self) -> None:
        self.allow(possible=bool(self._compared.changes or self.panel.ticked))
