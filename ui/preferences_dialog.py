"""The dialog to change what the clerk has set."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtWidgets import QLineEdit, QTabWidget, QVBoxLayout, QWidget

from model.engine import is_server
from model.errors import ModelError
from model.installation import checked_text
from model.provider import MailServer, Provider
from model.refusals import InvalidInput
from ui.arrangement import resize_within_screen, tab_in_reading_order
from ui.database_page import DatabasePage
from ui.form import FormDialog
from ui.i18n import _
from ui.mail_settings import MailPage
from ui.preferences import GUIDE_PAGE, PRODUCT_PAGE, Preferences
from ui.provider_settings import ProviderPage
from ui.sending import MailSettings
from ui.theme import Appearance
from ui.widgets import TabBar, label, scrolled, wrapped

# Of an address on the web or of a folder, in characters.
LONGEST_PLACE = 1_000


class _Language(StrEnum):
    DE = "de"
    EN = "en"


class PreferencesDialog(FormDialog):
    """Language and appearance hold at once, and for this account; mail server and provider hold for every desk."""

    CHANGES = False

    def __init__(self, preferences: Preferences, database: str, page: DatabasePage, parent: QWidget) -> None:
        super().__init__("preferencesDialog", _("Settings"), _("Save"), parent)
        self.characters = 110
        self.mail, self.provider, self.database = MailPage(), ProviderPage(), page
        self._shared: MailSettings | None = None
        self.wanted_database = ""
        self._language = self.form.add_choice(
            "language",
            _("&Language"),
            "programLanguageField",
            list(_Language),
            _language_name,
            _Language(preferences.language),
        )
        self._appearance = self.form.add_choice(
            "appearance",
            _("&Appearance"),
            "appearanceField",
            list(Appearance),
            _appearance_name,
            preferences.appearance,
        )
        self._product = self.form.add_text(
            "product_page", _("&Product page of the Cloud Telefonanlage"), "productPageField", preferences.product_page
        )
        self._guide = self.form.add_text(
            "guide_page", _("&Guide for SIP trunk and minute packages"), "guidePageField", preferences.guide_page
        )
        beside = _("made on the server") if is_server(database) else _("beside the database")
        self._backups = self.form.add_text(
            "backup_folder",
            _("&Folder for copies of the database"),
            "backupFolderField",
            preferences.backup_folder,
            beside,
        )
        self._backups.setEnabled(not is_server(database))
        self._put_together()
        self.database.use_wanted.connect(self._use)

    def show_shared(self, shared: MailSettings, reason: str) -> None:
        """What holds for every desk was read; for a reason it can't be changed."""
        self._shared = shared
        self.mail.show_server(shared.server)
        self.provider.show_provider(shared.provider, shared.logo)
        self.show_reason(reason)

    def show_reason(self, reason: str) -> None:
        """Why mail server and provider can't be changed; without a reason they can."""
        for page, words in ((self.mail, self._mail_reason), (self.provider, self._provider_reason)):
            page.setEnabled(not reason)
            words.setText(reason)
            words.setVisible(bool(reason))

    def show_mail(self) -> None:
        """Bring the mail server to the front."""
        self._tabs.setCurrentIndex(1)

    def changes(self) -> tuple[Provider | None, MailServer | None, str]:
        """Provider, mail server and a new password, as far as they were changed here; nothing is checked.

        What wasn't changed is left out: another desk may have changed it meanwhile.
        """
        if self._shared is None:
            return None, None, ""
        provider, server = self.provider.provider(), self.mail.server()
        return (
            None if provider == self._shared.provider else provider,
            None if server == self._shared.server else server,
            self.mail.password(),
        )

    def show_error(self, error: ModelError) -> None:
        """The page with the fault comes to the front; with a fault no other database is opened."""
        self.wanted_database = ""
        forms = (self.form, self.mail.form, self.provider.form)
        for place, form in enumerate(forms):
            if isinstance(error, InvalidInput) and error.field in form.fields:
                self._tabs.setCurrentIndex(place)
                form.show_fault(error)
                self.set_busy(busy=False)
                return
        super().show_error(error)

    def _put_together(self) -> None:
        self._tabs = QTabWidget()
        self._tabs.setObjectName("preferencesTabs")
        self._tabs.setTabBar(TabBar())
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.setAccessibleName(_("Settings"))
        self._mail_reason, self._provider_reason = (
            wrapped(label(name=name, tone="warning")) for name in ("mailReason", "providerReason")
        )
        self._tabs.addTab(_page(self.form), _("G&eneral"))
        self._tabs.addTab(_page(self._mail_reason, self.mail), _("E-&mail"))
        self._tabs.addTab(_page(self._provider_reason, self.provider), _("Pro&vider"))
        self._tabs.addTab(_page(self.database), _("Database"))
        self._tabs.currentChanged.connect(lambda _place: tab_in_reading_order(self))
        self.body.addWidget(self._tabs, 1)
        self.outer.setStretchFactor(self.body, 100)
        resize_within_screen(self, 120, 46)
        self.show_reason(_("The settings are being read …"))

    def _use(self, place: str) -> None:
        """Save what else was chosen, then work with another database."""
        self.wanted_database = place
        self._submit()

    def refuse_language(self, unfinished: str) -> None:
        """Another language builds every window anew: what is typed in an open dialog would be lost."""
        self.set_busy(busy=False)
        self.wanted_database = ""
        text = _("Please finish or close “{dialog}” first: what you have chosen there would be lost.")
        self.form.show_words("language", text.format(dialog=unfinished))
        self._grow()

    def value(self) -> Preferences:
        """What was chosen for this account; raises InvalidInput for what no address and no folder is called."""
        for form in (*self.mail.forms, self.provider.form):
            form.clear_faults()
        return Preferences(
            str(self._language.currentData()),
            Appearance(self._appearance.currentData()),
            _checked("product_page", self._product) or PRODUCT_PAGE,
            _checked("guide_page", self._guide) or GUIDE_PAGE,
            _checked("backup_folder", self._backups),
        )


def _checked(field: str, edit: QLineEdit) -> str:
    """What stands in a field that may be empty."""
    text = edit.text().strip()
    return checked_text(field, text, LONGEST_PLACE) if text else ""


def _page(*parts: QWidget) -> QWidget:
    """A tab, which scrolls where the screen is too small."""
    column = QVBoxLayout()
    column.setContentsMargins(14, 14, 14, 14)
    column.setSpacing(12)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return scrolled(column)


def _language_name(code: _Language) -> str:
    """Every language by its own name."""
    return {_Language.DE: "Deutsch", _Language.EN: "English"}[code]


def _appearance_name(appearance: Appearance) -> str:
    return {
        Appearance.SYSTEM: _("As the system"),
        Appearance.LIGHT: _("Light"),
        Appearance.DARK: _("Dark"),
    }[appearance]
