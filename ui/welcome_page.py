"""What is shown where there is nothing to show yet: an empty database, or no installation chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.changes import change_button
from ui.i18n import _
from ui.widgets import IconLabel, button, label, wrapped


class WelcomePage(QWidget):
    """An empty database: two ways on, and a third for who types."""

    demo_wanted = Signal()
    import_wanted = Signal()
    new_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcomePage")
        words = wrapped(
            label(
                _(
                    "There are no installations in this database yet. Look around with the example data, which is kept"
                    " apart from your own, or import a customer's installation from the export of a telephone system."
                ),
                name="welcomeText",
            )
        )
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        row.addWidget(button(_("See the example data"), "welcomeDemoButton", self.demo_wanted.emit, "sparkles"))
        row.addWidget(
            change_button(_("Import an installation …"), "welcomeImportButton", self.import_wanted.emit, "file-input")
        )
        row.addWidget(change_button(_("New customer …"), "welcomeNewButton", self.new_wanted.emit, "plus"))
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(60, 30, 60, 30)
        layout.setSpacing(16)
        layout.addStretch(2)
        layout.addWidget(IconLabel("building-2", "muted", 4.0), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(label(_("Welcome to Tarifwechsel"), scale=1.8, bold=True), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(words)
        layout.addSpacing(8)
        layout.addLayout(row)
        layout.addStretch(3)


class NothingChosenPage(QWidget):
    """A database with installations, none of them chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = wrapped(label(_("Choose an installation from the list, or search for one with Ctrl+F."), tone="muted"))
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(words)
        layout.addStretch(2)
