"""What other programs of the computer show: pages and folders."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from ui.i18n import _
from ui.widgets import show_message


def browse(address: QUrl, parent: QWidget) -> None:
    """Hand an address over to the browser or the file manager; where there is none, show it."""
    if not QDesktopServices.openUrl(address):
        shown = address.toLocalFile() if address.isLocalFile() else address.toString()
        text = _("No program on this computer opens it. The address: {address}").format(address=shown)
        show_message(parent, _("It could not be opened"), text)
