"""What a clerk sets holds at once and at the next start: language, appearance, the links' addresses."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from model.store import open_store
from tests.computer import Computer
from tests.examples import install
from tests.screen import click, dialog, find, text, write
from ui import theme
from ui.main_window import MainWindow
from ui.preferences import Preferences, load_preferences, save_preferences
from ui.theme import Appearance


def choose_preference(qtbot: QtBot, window: MainWindow, name: str, words: str) -> None:
    """Settings, choose, save."""
    window.actions_by_name.named["preferences"].trigger()
    form = dialog("preferencesDialog")
    box = find(form, QComboBox, name)
    box.setCurrentIndex(box.findText(words))
    click(qtbot, form, "preferencesDialogSubmit")


def test_the_language_changes_with_the_same_customer_and_back(qtbot: QtBot, computer: Computer) -> None:
    store = open_store(computer.folder / "kunden.db")
    installation = install(store)
    store.close()
    assert computer.start(computer.folder / "kunden.db")
    computer.window.choose(installation)
    assert text(computer.window, "tariffLabel") == "Kundennummer K-1 · Cloud Telefonanlage Classic 10"
    for language, words in (
        ("English", "Customer number K-1 · Cloud Telefonanlage Classic 10"),
        ("Deutsch", "Kundennummer K-1 · Cloud Telefonanlage Classic 10"),
    ):
        choose_preference(qtbot, computer.window, "programLanguageField", language)
        qtbot.waitUntil(lambda: len(computer.windows) == 1)
        qtbot.waitUntil(lambda: find(computer.window, QLabel, "tariffLabel").isVisible())
        assert text(computer.window, "tariffLabel") == words
        assert computer.window.windowTitle() == "Tarifwechsel – kunden"
    assert QGuiApplication.quitOnLastWindowClosed()


def test_the_language_of_the_command_line_holds(computer: Computer) -> None:
    assert computer.start(language="en")
    assert "There are no installations" in text(computer.window, "welcomeText")


def test_saving_other_settings_keeps_the_language_of_the_command_line(qtbot: QtBot, computer: Computer) -> None:
    assert computer.start(language="en")
    computer.window.actions_by_name.named["preferences"].trigger()
    click(qtbot, dialog("preferencesDialog"), "preferencesDialogSubmit")
    assert "There are no installations" in text(computer.window, "welcomeText")


def test_the_appearance_changes_at_once_and_is_kept(qtbot: QtBot, computer: Computer) -> None:
    def lightness() -> int:
        return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness()

    assert computer.start()
    choose_preference(qtbot, computer.window, "appearanceField", "Dunkel")
    assert lightness() < 128
    assert not computer.window.grab().isNull()
    computer.quit()
    theme.apply_theme(QApplication.instance(), Appearance.LIGHT)  # type: ignore[arg-type] # it is a QApplication
    assert computer.start()
    assert lightness() < 128
    choose_preference(qtbot, computer.window, "appearanceField", "Hell")
    assert lightness() > 128


@pytest.mark.parametrize("desktops", [theme.LIGHT, theme.DARK])
def test_the_first_appearance_is_the_desktops(german: QApplication, desktops: theme.Colors) -> None:
    german.setStyleSheet("")
    german.setPalette(theme.make_palette(desktops))
    theme.apply_theme(german, Appearance.SYSTEM)
    assert theme.colors() is desktops
    theme.apply_theme(german, Appearance.LIGHT)


def test_the_addresses_of_the_links_are_kept(qtbot: QtBot, computer: Computer) -> None:
    assert computer.start()
    computer.window.actions_by_name.named["preferences"].trigger()
    form = dialog("preferencesDialog")
    assert find(form, QLabel, "databaseLabel").text() == f"Jetzt geöffnet: {computer.database}"
    write(qtbot, form, "productPageField", "https://example.org/produkt")
    click(qtbot, form, "preferencesDialogSubmit")
    assert computer.window.preferences.product_page == "https://example.org/produkt"
    computer.quit()
    assert computer.start()
    assert computer.window.preferences.product_page == "https://example.org/produkt"


def test_settings_that_are_unknown_are_the_defaults(settings: QSettings) -> None:
    settings.setValue("language", "kl")
    settings.setValue("appearance", "grell")
    assert load_preferences(settings) == Preferences()
    chosen = Preferences("en", Appearance.DARK, "https://a.example", "https://b.example")
    save_preferences(settings, chosen)
    assert load_preferences(settings) == chosen
