"""The help page behind F1: opens at the part that explains what is on the screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from ui import theme
from ui.arrangement import resize_within_screen
from ui.browsing import browse
from ui.i18n import _, language
from ui.widgets import button

FOLDER = Path(__file__).parents[1] / "resources" / "help"


class HelpWindow(QDialog):
    """Our own page, the only HTML the program shows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("helpWindow")
        self.setWindowTitle(_("Help"))
        self._page = QTextBrowser()
        self._page.setObjectName("helpText")
        self._page.setAccessibleName(_("Help"))
        self._page.setOpenLinks(False)
        self._page.document().setDocumentMargin(12)
        self._page.anchorClicked.connect(self._follow)
        layout = QVBoxLayout(self)
        layout.addWidget(self._page, 1)
        layout.addWidget(button(_("Close"), "helpClose", self.close), 0, Qt.AlignmentFlag.AlignRight)
        resize_within_screen(self, 96, 42)

    def show_topic(self, topic: str) -> None:
        """Open at a topic, an anchor of the page."""
        chosen = theme.colors()
        self._page.document().setDefaultStyleSheet(
            f"h1, h2 {{ color: {chosen.text}; }} a {{ color: {chosen.info}; }} p, li {{ line-height: 130%; }}"
        )
        self._page.setHtml((FOLDER / f"{language()}.html").read_text(encoding="utf-8"))
        self.show()
        self.raise_()
        self._page.scrollToAnchor(topic)

    def _follow(self, address: QUrl) -> None:
        if address.isRelative() and address.hasFragment():
            self._page.scrollToAnchor(address.fragment())
        else:
            browse(address, self)
