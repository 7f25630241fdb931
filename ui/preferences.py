"""What the clerk has set, kept by Qt in the system's place for settings."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QSettings

from ui.i18n import LANGUAGES
from ui.theme import Appearance

PRODUCT_PAGE = "https://www.example.com/cloud-telefonanlage"
GUIDE_PAGE = "https://www.example.com/hilfe/sip-trunk-und-minutenpakete"


class Preferences(NamedTuple):
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


def load_database(settings: QSettings) -> str:
    """The file or the server's address that the clerk chose to work with; "" for the program's own file."""
    return str(settings.value("database", "", type=str))


def save_database(settings: QSettings, place: str) -> None:
    """From now on this one is opened at the start; a password is never in it."""
    settings.setValue("database", place)
