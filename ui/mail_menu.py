"""What can be done with the mails of a table's rows: send again, save as a file, open in the mail program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from model.errors import ModelError
from model.orders import order_label
from model.outbox import Delivery, latest_of_each
from ui import errors
from ui.i18n import _
from ui.icons import icon
from ui.mail_dialogs import SendAgainDialog
from ui.saving import file_name
from ui.table import Table
from ui.widgets import button, show_message

if TYPE_CHECKING:
    from ui.case import Case
    from ui.main_window import MainWindow


class MailMenu(QObject):
    """A button with a menu, which is in the table's context menu too; for the one row that is selected."""

    def __init__(
        self, window: MainWindow, table: Table[Any], name: str, deliveries_of: Callable[[Any], list[Delivery]]
    ) -> None:
        super().__init__(table)
        self._window = window
        self._table = table
        self._deliveries_of = deliveries_of
        self._menu = QMenu(_("E-mail"), table)
        self._menu.setObjectName(f"{name}Menu")
        self._again = self._offer("sendAgainAction", _("&Send again …"), "mail", self._send_again)
        self._offer("saveMailAction", _("Save as .&eml …"), "file-down", self._save)
        self._offer("openMailAction", _("&Open in the mail program"), "external-link", self._open)
        self.button = button(_("E-mai&l"), f"{name}Button", lambda: None, "mail")
        self.button.setMenu(self._menu)
        table.context_actions.append(self._menu.menuAction())
        self._menu.aboutToShow.connect(self._show_possible)
        table.selectionModel().selectionChanged.connect(self._show_possible)
        table.rows.modelReset.connect(self._show_possible)
        table.rows.dataChanged.connect(self._show_possible)
        self._show_possible()

    def _offer(self, name: str, text: str, icon_name: str, act: Callable[[list[Delivery]], None]) -> QAction:
        action = self._menu.addAction(icon(icon_name), text)
        action.setObjectName(name)
        action.triggered.connect(lambda: act(self._chosen()) if self._chosen() else None)
        return action

    def _chosen(self) -> list[Delivery]:
        """The latest delivery of each mail of the row selected."""
        rows = self._table.selected_rows()
        return latest_of_each(self._deliveries_of(rows[0])) if len(rows) == 1 else []

    def _show_possible(self) -> None:
        chosen = self._chosen()
        self.button.setEnabled(bool(chosen))
        self._menu.setEnabled(bool(chosen))
        ended = any(delivery.ending for delivery in chosen)
        self._again.setEnabled(ended and not self._window.changes.reason)

    # ------------------------------------------------------------------ sending again

    def _send_again(self, chosen: list[Delivery]) -> None:
        """The address on file now may have been changed since the table was read."""

        def ask(case: Case) -> None:
            self._window.dialogs.open_once("sendAgain", lambda: self._make_dialog(chosen, case))

        self._window.desk.open_case(chosen[0].installation_id, ask, self._window.show_error)

    def _make_dialog(self, chosen: list[Delivery], case: Case) -> SendAgainDialog:
        dialog = SendAgainDialog(chosen, case.account.installation.email, self._table.window())

        def done(_nothing: None) -> None:
            dialog.finish()
            self._window.show_done(_("The e-mail will be sent again."))
            self._window.reload()

        dialog.submitted.connect(lambda: self._window.desk.post.send_again(*dialog.value(), done, dialog.show_error))
        return dialog

    # ------------------------------------------------------------------ as a file

    def _save(self, chosen: list[Delivery]) -> None:
        """Ask where; a file that is there already is replaced only when the clerk says so."""
        last = self._window.mail.last_folder()
        chooser = QFileDialog(self._table, _("Save e-mail"), str(last), _("E-mails (*.eml)"))
        chooser.setObjectName("mailFileDialog")
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("eml")
        chooser.selectFile(_name(chosen[-1]))
        chooser.fileSelected.connect(lambda path: self._save_as(chosen[-1], Path(path)))
        chooser.open()

    def _save_as(self, delivery: Delivery, path: Path) -> None:
        def done(saved: Path) -> None:
            self._window.mail.remember_folder(saved.parent)
            self._window.show_done(_("Saved: {file}").format(file=saved))

        self._window.desk.post.write_draft(delivery, path, done, self._failed)

    def _open(self, chosen: list[Delivery]) -> None:
        path = self._window.mail.private_folder() / _name(chosen[-1])
        self._window.desk.post.write_draft(chosen[-1], path, self._window.mail.open_file, self._failed)

    def _failed(self, error: ModelError) -> None:
        show_message(self._table, _("The e-mail could not be saved"), errors.message(error))


def _name(delivery: Delivery) -> str:
    name = _("Order {number} e-mail").format(number=order_label(delivery.mail.order_number))
    return f"{file_name(name)}.eml"
