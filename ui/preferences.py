"""What the clerk has set, kept by Qt in the system's place for settings; and the dialog to change it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLineEdit, QTabWidget, QVBoxLayout, QWidget

from model.errors import InvalidInput, ModelError
from model.installation import checked_text
from model.provider import MailServer, Provider
from ui.form import FormDialog
from ui.i18n import LANGUAGES, _
from ui.mail_settings import MailPage
from ui.provider_settings import ProviderPage
from ui.sending import MailSettings
from ui.theme import Appearance
from ui.widgets import TabBar, label, resize_within_screen, scrolled, tab_in_reading_order, wrapped

PRODUCT_PAGE = "https://www.example.com/cloud-telefonanlage"
GUIDE_PAGE = "https://www.example.com/hilfe/sip-trunk-und-minutenpakete"
# Of an address on the web or of a folder, in characters.
LONGEST_PLACE = 1_000


class _Language(StrEnum):
    DE = "de"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Preferences:
    """Language, appearance, the addresses of the two pages the dialog leads to, where copies are kept."""

    language: str = "de"
    appearance: Appearance = Appearance.SYSTEM
    product_page: str = PRODUCT_PAGE
    guide_page: str = GUIDE_PAGE
    backup_folder: str = ""


def load_preferences(settings: QSettings) -> Preferences:
    """The settings kept; what is missing or unknown is the default."""
    language = str(settings.value("language", "de", type=str))
    appearance = str(settings.value("appearance", "system", type=str))
    return Preferences(
        language if language in LANGUAGES else "de",
        Appearance(appearance) if appearance in list(Appearance) else Appearance.SYSTEM,
        str(settings.value("product_page", PRODUCT_PAGE, type=str)),
        str(settings.value("guide_page", GUIDE_PAGE, type=str)),
        str(settings.value("backup_folder", "", type=str)),
    )


def save_preferences(settings: QSettings, preferences: Preferences) -> None:
    """Keep the settings."""
    settings.setValue("language", preferences.language)
    settings.setValue("appearance", str(preferences.appearance))
    settings.setValue("product_page", preferences.product_page)
    settings.setValue("guide_page", preferences.guide_page)
    settings.setValue("backup_folder", preferences.backup_folder)


class PreferencesDialog(FormDialog):
    """Language and appearance hold at once, and for this account; mail server and provider hold for every desk."""

    CHANGES = False

    def __init__(self, preferences: Preferences, database: str, parent: QWidget) -> None:
        super().__init__("preferencesDialog", _("Settings"), _("Save"), parent)
        self.characters = 110
        self.mail, self.provider = MailPage(), ProviderPage()
        self._shared: MailSettings | None = None
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
        beside = _("beside the database")
        self._backups = self.form.add_text(
            "backup_folder",
            _("&Folder for copies of the database"),
            "backupFolderField",
            preferences.backup_folder,
            beside,
        )
        self._put_together(database)

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
        """The page with the fault comes to the front."""
        forms = (self.form, self.mail.form, self.provider.form)
        for place, form in enumerate(forms):
            if isinstance(error, InvalidInput) and error.field in form.fields:
                self._tabs.setCurrentIndex(place)
                form.show_fault(error)
                self.set_busy(busy=False)
                return
        super().show_error(error)

    def _put_together(self, database: str) -> None:
        self._tabs = QTabWidget()
        self._tabs.setObjectName("preferencesTabs")
        self._tabs.setTabBar(TabBar())
        self._tabs.setAccessibleName(_("Settings"))
        self._mail_reason, self._provider_reason = (
            wrapped(label(name=name, tone="warning")) for name in ("mailReason", "providerReason")
        )
        place = label(_("Database: {place}").format(place=database), tone="muted", name="databaseLabel")
        self._tabs.addTab(_page(self.form, wrapped(place)), _("G&eneral"))
        self._tabs.addTab(_page(self._mail_reason, self.mail), _("E-&mail"))
        self._tabs.addTab(_page(self._provider_reason, self.provider), _("Pro&vider"))
        self._tabs.currentChanged.connect(lambda _place: tab_in_reading_order(self))
        self.body.addWidget(self._tabs, 1)
        self.outer.setStretchFactor(self.body, 100)
        resize_within_screen(self, 120, 46)
        self.show_reason(_("The settings are being read …"))

    def refuse_language(self, unfinished: str) -> None:
        """Another language builds every window anew: what is typed in an open dialog would be lost."""
        self.set_busy(busy=False)
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
