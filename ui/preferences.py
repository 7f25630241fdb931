"""What the clerk has set, kept by Qt in the system's place for settings; and the dialog to change it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from ui.form import FormDialog
from ui.i18n import LANGUAGES, _
from ui.theme import Appearance
from ui.widgets import label

PRODUCT_PAGE = "https://www.example.com/cloud-telefonanlage"
GUIDE_PAGE = "https://www.example.com/hilfe/sip-trunk-und-minutenpakete"


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
    """Language and appearance hold at once."""

    def __init__(self, preferences: Preferences, database: str, parent: QWidget) -> None:
        super().__init__("preferencesDialog", _("Settings"), _("Save"), parent)
        self.characters = 80
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
        self.body.addWidget(label(_("Database: {place}").format(place=database), tone="muted", name="databaseLabel"))

    def value(self) -> Preferences:
        """What was chosen."""
        return Preferences(
            str(self._language.currentData()),
            Appearance(self._appearance.currentData()),
            self._product.text().strip() or PRODUCT_PAGE,
            self._guide.text().strip() or GUIDE_PAGE,
            self._backups.text().strip(),
        )


def _language_name(code: _Language) -> str:
    """Every language by its own name."""
    return {_Language.DE: "Deutsch", _Language.EN: "English"}[code]


def _appearance_name(appearance: Appearance) -> str:
    return {
        Appearance.SYSTEM: _("As the system"),
        Appearance.LIGHT: _("Light"),
        Appearance.DARK: _("Dark"),
    }[appearance]
