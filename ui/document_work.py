"""What a clerk does with documents: save the summary, the cancellation or the dossier of an order, or print it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Qt
from PySide6.QtGui import QAction
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from model.account import Quote
from model.errors import ModelError
from model.orders import TariffOrder, order_label
from ui import errors
from ui.i18n import _
from ui.icons import icon
from ui.papers import Make
from ui.saving import file_name
from ui.widgets import button, show_message

if TYPE_CHECKING:
    from ui.case import Case
    from ui.main_window import MainWindow
    from ui.tariff_change_dialog import TariffChangeDialog

FOLDER = "documents/folder"
Act = Callable[["Document", "Case", TariffOrder], None]


class Document(StrEnum):
    """What there is about an order; a cancellation only if it was cancelled."""

    SUMMARY = "Summary"
    CANCELLATION = "Cancellation"
    DOSSIER = "Dossier"


KINDS = {Document.SUMMARY: "ORDERED", Document.CANCELLATION: "CANCELLED"}


class DocumentWork(QObject):
    """Offers an order's documents beside and in the table of orders, and remembers where they were saved."""

    def __init__(self, window: MainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._orders = window.page.orders.table
        self._actions: dict[Document, list[QAction]] = {document: [] for document in Document}
        self._button = button(_("D&ocuments"), "documentsButton", lambda: None, "printer")
        self._menu = self._make_menu()
        self._button.setMenu(self._menu)
        window.page.orders.add_button(self._button)
        self._orders.context_actions.append(self._menu.menuAction())
        self._orders.selectionModel().selectionChanged.connect(self._show_possible)
        self._orders.rows.modelReset.connect(self._show_possible)
        self._orders.rows.dataChanged.connect(self._show_possible)
        self._show_possible()

    def save(self, document: Document, case: Case, order: TariffOrder) -> None:
        """Ask where, then write the document as PDF."""
        names = {
            Document.SUMMARY: _("Order {number} summary"),
            Document.CANCELLATION: _("Order {number} cancellation"),
            Document.DOSSIER: _("Order {number} dossier"),
        }
        name = names[document].format(number=order_label(order.order_number))
        self._choose_file(name, self._making(document, case, order), self._window)

    def save_draft(self, dialog: TariffChangeDialog, quote: Quote) -> None:
        """The summary before anything is ordered, in the customer's language."""
        name = _("Draft {number} {tariff}").format(number=quote.customer_number, tariff=quote.target.name)
        reader, papers = dialog.case.account.installation.language, self._window.desk.papers
        self._choose_file(name, lambda: papers.draft(quote, reader), dialog)

    def print(self, document: Document, case: Case, order: TariffOrder) -> None:
        """Show the pages as they will be printed; the printer is chosen there."""
        title = order_label(order.order_number)

        def show(pages: list[QSvgRenderer]) -> None:
            # Not earlier: the program's start needs no printer.
            from ui.printing import PrintPreview

            self._window.dialogs.open_once("print", lambda: PrintPreview(pages, title, self._window))

        def failed(error: ModelError) -> None:
            show_message(self._window, _("The document could not be made"), errors.message(error))

        self._window.desk.papers.draw(self._making(document, case, order), show, failed)

    def _making(self, document: Document, case: Case, order: TariffOrder) -> Make:
        papers, number = self._window.desk.papers, order.order_number
        if document is Document.DOSSIER:
            return lambda: papers.dossier(case.account.installation.id, number)
        told = (number, KINDS[document])
        (mail,) = (mail for mail in case.mails if (mail.order_number, mail.kind) == told)
        return lambda: papers.letter(mail)

    # ------------------------------------------------------------------ which one

    def _make_menu(self) -> QMenu:
        menu = QMenu(_("Documents"), self._window)
        menu.setObjectName("documentsMenu")
        for document, text in {
            Document.SUMMARY: _("&Summary as PDF …"),
            Document.CANCELLATION: _("&Cancellation as PDF …"),
            Document.DOSSIER: _("&Dossier as PDF …"),
        }.items():
            self._add(menu, document, text, f"save{document}Action", "file-down", self.save)
        menu.addSeparator()
        for document, text in {
            Document.SUMMARY: _("&Print summary …"),
            Document.CANCELLATION: _("Print c&ancellation …"),
            Document.DOSSIER: _("Print d&ossier …"),
        }.items():
            self._add(menu, document, text, f"print{document}Action", "printer", self.print)
        return menu

    def _add(self, menu: QMenu, document: Document, text: str, name: str, icon_name: str, act: Act) -> None:
        action = menu.addAction(icon(icon_name), text)
        action.setObjectName(name)
        action.triggered.connect(lambda: self._act(act, document))
        self._actions[document].append(action)

    def _act(self, act: Act, document: Document) -> None:
        case, chosen = self._window.case, self._orders.selected_rows()
        if case is not None and len(chosen) == 1:
            act(document, case, chosen[0].order)

    def _show_possible(self) -> None:
        """One order at a time; what wasn't cancelled has no letter about it."""
        case, chosen = self._window.case, self._orders.selected_rows()
        self._button.setEnabled(len(chosen) == 1)
        self._menu.setEnabled(len(chosen) == 1)
        if case is None or len(chosen) != 1:
            return
        told = {mail.kind for mail in case.mails if mail.order_number == chosen[0].order.order_number}
        for document, kind in KINDS.items():
            for action in self._actions[document]:
                action.setVisible(kind in told)

    # ------------------------------------------------------------------ where to

    def _choose_file(self, name: str, make: Make, parent: QWidget) -> None:
        """A file that is there already is replaced only when the clerk says so."""
        chooser = QFileDialog(parent, _("Save as PDF"), str(self._last_folder()), _("PDF files (*.pdf)"))
        chooser.setObjectName("documentFileDialog")
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("pdf")
        chooser.selectFile(f"{file_name(name)}.pdf")
        chooser.fileSelected.connect(lambda path: self._save(make, Path(path), parent))
        chooser.open()

    def _save(self, make: Make, path: Path, parent: QWidget) -> None:
        self._settings.setValue(FOLDER, str(path.parent))

        def done(_nothing: None) -> None:
            self._window.show_done(_("Saved: {file}").format(file=path))

        def failed(error: ModelError) -> None:
            show_message(parent, _("The document could not be saved"), errors.message(error))

        self._window.desk.papers.save(make, path, done, failed)

    def _last_folder(self) -> Path:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = Path(str(self._settings.value(FOLDER, documents, type=str)))
        return folder if folder.is_dir() else Path(documents)
