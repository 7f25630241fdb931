"""The parts of the window that the list does without: each is loaded and made when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from ui.window_frame import WindowFrame

if TYPE_CHECKING:
    from ui.ami_work import AmiWork
    from ui.backup_work import BackupWork
    from ui.batch_work import BatchWork
    from ui.case import Case
    from ui.customer_work import CustomerWork
    from ui.desk import Desk
    from ui.document_work import DocumentWork
    from ui.draft_work import DraftWork
    from ui.export_work import ExportWork
    from ui.import_work import ImportWork
    from ui.installation_page import InstallationPage
    from ui.mail_work import MailWork
    from ui.object_work import ObjectWork
    from ui.order_work import OrderWork
    from ui.preferences_work import PreferencesWork
    from ui.settings_page import SettingsPage
    from ui.transfer_work import TransferWork
    from ui.welcome_page import WelcomePage


class WindowParts(WindowFrame):
    """Pages, and what works behind them."""

    def __init__(self, desk: Desk, settings: QSettings) -> None:
        super().__init__(desk)
        self.case: Case | None = None
        self._kept = settings
        self._page: InstallationPage | None = None
        self._settings_page: SettingsPage | None = None

    def _steps(self) -> Iterator[Callable[[], object]]:
        """What makes them ahead of their use, one after the other."""
        yield self._window.panel.search.complete
        for bar in (*self._window.database.bars, self._window.watch.clock_bar, self._fault_bar):
            yield partial(getattr, bar, "notice")
        for name in ("page", "settings_page", "backups", "imports", "orders", "welcome_page"):
            yield partial(getattr, self, name)
        yield from (self.page.pending_bar.rehearse, self.page.offer_bar.rehearse)

    @cached_property
    def nothing_page(self) -> QWidget:
        """A database with installations, none of them chosen."""
        from ui.welcome_page import NothingChosenPage

        page = NothingChosenPage()
        self._add_page(page)
        return page

    @cached_property
    def welcome_page(self) -> WelcomePage:
        """An empty database."""
        from ui.welcome_page import WelcomePage

        page = WelcomePage()
        page.demo_wanted.connect(lambda: self._window.demo_requested.emit())
        page.import_wanted.connect(lambda: self.imports.choose_files())
        page.new_wanted.connect(lambda: self.customers.new())
        self._add_page(page)
        return page

    @property
    def page(self) -> InstallationPage:
        """A customer's installation, with the buttons that others put on it."""
        if self._page is None:
            from ui.installation_page import InstallationPage

            self._page = page = InstallationPage()
            page.settings_wanted.connect(lambda: self._window.open_settings())
            page.upgrade_wanted.connect(lambda: self.orders.adjust_to_offer())
            page.cancel_wanted.connect(lambda: self.orders.cancel())
            page.add_wanted.connect(lambda kind: self.objects.add(kind))
            page.edit_wanted.connect(lambda row: self.objects.edit(row))
            page.remove_wanted.connect(lambda kind: self.objects.remove(kind))
            page.pasted.connect(lambda text: self.objects.paste(text))
            page.take_back_wanted.connect(lambda entry: self.imports.taking_back.take_back(entry))
            page.restore_columns(self._kept)
            self._put_on(page)
        return self._page

    def _put_on(self, page: InstallationPage) -> None:
        """What adds buttons and entries of menus to the page's tables."""
        from ui.document_work import DocumentWork
        from ui.export_work import ExportWork
        from ui.mail_work import MailWork

        self._documents = DocumentWork(self._window, self._kept)
        self._mail = MailWork(self._window, self._kept)
        self.statusBar().insertPermanentWidget(1, self._mail.hint)
        self.place_bar(self._mail.bar)
        self._exports = ExportWork(self._window, self._kept)
        self._add_page(page)

    @property
    def settings_page(self) -> SettingsPage:
        """A customer's advanced settings, with what is typed there and not saved."""
        if self._settings_page is None:
            from ui.draft_work import DraftWork
            from ui.settings_page import SettingsPage

            self._settings_page = page = SettingsPage()
            page.back_wanted.connect(lambda: self._window.show_page(self.page))
            page.save_wanted.connect(lambda key, typed: self.customers.save(key, typed))
            page.adjust_wanted.connect(lambda: self.orders.adjust())
            page.cancel_wanted.connect(lambda: self.orders.cancel())
            self._add_page(page)
            self._pages.currentChanged.connect(lambda _place: self.drafts.show_bar())
            self._drafts = DraftWork(self._window)
            self.place_bar(self._drafts.bar)
            if self.case is not None:
                page.show_case(self.case)
        return self._settings_page

    @cached_property
    def objects(self) -> ObjectWork:
        """What a clerk does with extensions, devices and Pro functions."""
        from ui.object_work import ObjectWork

        return ObjectWork(self._window)

    @cached_property
    def imports(self) -> ImportWork:
        """Imports of one installation."""
        from ui.import_work import ImportWork

        made = ImportWork(self._window)
        self.place_bar(made.taking_back.bar)
        return made

    @cached_property
    def ami(self) -> AmiWork:
        """Imports from a running Asterisk."""
        from ui.ami_work import AmiWork

        return AmiWork(self._window)

    @cached_property
    def batches(self) -> BatchWork:
        """Imports of many installations."""
        from ui.batch_work import BatchWork

        return BatchWork(self._window, self._kept)

    @cached_property
    def orders(self) -> OrderWork:
        """What a clerk does with orders."""
        from ui.order_work import OrderWork

        return OrderWork(self._window)

    @cached_property
    def customers(self) -> CustomerWork:
        """What a clerk does with customers and price lists."""
        from ui.customer_work import CustomerWork

        return CustomerWork(self._window)

    @property
    def exports(self) -> ExportWork:
        """Tables as files; made with the page that shows it."""
        _page = self.page
        return self._exports

    @property
    def documents(self) -> DocumentWork:
        """Documents about orders; made with the page that shows it."""
        _page = self.page
        return self._documents

    @cached_property
    def settings(self) -> PreferencesWork:
        """What a clerk does with the settings."""
        from ui.preferences_work import PreferencesWork

        return PreferencesWork(self._window, self._kept)

    @cached_property
    def transfers(self) -> TransferWork:
        """Moving the whole database elsewhere."""
        from ui.transfer_work import TransferWork

        return TransferWork(self._window)

    @property
    def mail(self) -> MailWork:
        """What the window says of mail; made with the page that shows it."""
        _page = self.page
        return self._mail

    @property
    def drafts(self) -> DraftWork:
        """What was typed and isn't saved; made with the page that shows it."""
        _page = self.settings_page
        return self._drafts

    @cached_property
    def backups(self) -> BackupWork:
        """Copies of the database."""
        from ui.backup_work import BackupWork

        made = BackupWork(self._window)
        self.place_bar(made.bar)
        return made
