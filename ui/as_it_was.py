"""How the window was left: its geometry, its columns, its last customer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from PySide6.QtCore import QByteArray, QSettings

from ui.arrangement import resize_within_screen

if TYPE_CHECKING:
    from model.account import Account
    from ui.main_window import MainWindow


class AsItWas:
    """Remembered from one start to the next."""

    def __init__(self, window: MainWindow, settings: QSettings) -> None:
        self._window = window
        self._settings = settings
        self._customer = ""

    def restore(self) -> None:
        """Window and splitter come back."""
        window = self._window
        resize_within_screen(window, 196, 52)
        geometry, splitter = self._settings.value("window/geometry"), self._settings.value("window/splitter")
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)
        if isinstance(splitter, QByteArray):
            window.splitter.restoreState(splitter)

    def open_last_customer(self) -> None:
        """The customer that was shown when the program was closed comes back."""
        last = str(self._settings.value(self._last_key(), "", type=str))
        if last:
            self._window.desk.find_account(last, self._choose, self._window.show_error)

    def save(self) -> None:
        """The window closes."""
        self._settings.setValue("window/geometry", self._window.saveGeometry())
        self._settings.setValue("window/splitter", self._window.splitter.saveState())
        if self._customer:
            self._settings.setValue(self._last_key(), self._customer)
        if self._window.is_made("page"):
            self._window.page.save_columns(self._settings)

    def remember(self, customer_number: str) -> None:
        """The customer that is shown.

        It is kept when the window closes: Qt would write the settings at once, and wait for the disk in the window's
        thread, twice, right after a customer was opened or an order placed.
        """
        self._customer = customer_number

    def _choose(self, account: Account | None) -> None:
        if account is not None:
            self._window.choose(account.installation.id)

    def _last_key(self) -> str:
        """Each database has its own last customer."""
        return f"last_customer/{quote(self._window.desk.place, safe='')}"
