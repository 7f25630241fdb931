"""Another database chosen in the settings, in a file or on a server, while the program runs."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QRadioButton, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from model.store import open_store
from tests.computer import Answer, Computer
from tests.postgres import Office
from tests.screen import click, dialog, find, write
from ui.main_window import MainWindow
from ui.preferences import load_database, save_database


def open_database_page(window: MainWindow) -> QWidget:
    """The settings' page "Database", with a server chosen."""
    window.actions_by_name.named["preferences"].trigger()
    form = dialog("preferencesDialog")
    tabs = find(form, QTabWidget, "preferencesTabs")
    tabs.setCurrentIndex(tabs.count() - 1)
    find(form, QRadioButton, "databaseServerChoice").setChecked(True)
    return form


def use(qtbot: QtBot, computer: Computer, form: QWidget) -> MainWindow:
    """Work with the database that is entered; the window over it."""
    before = computer.windows[-1]
    click(qtbot, form, "useDatabaseButton")
    qtbot.waitUntil(lambda: computer.windows != [] and computer.windows[-1] is not before)
    return computer.window


def test_a_server_that_is_chosen_is_set_up_after_asking_and_opened_at_every_start(
    computer: Computer, plot: Office, answer: Answer, qtbot: QtBot
) -> None:
    save_database(computer.settings, plot.address)
    assert computer.start(computer.database)
    form = open_database_page(computer.window)
    write(qtbot, form, "productPageField", "https://example.org/produkt")
    said = answer("Hier anlegen")
    window = use(qtbot, computer, form)
    assert said == [f"Die Datenbank {plot.shown} ist noch leer."]
    assert (window.desk.place, window.desk.read_only) == (plot.shown, False)
    assert window.preferences.product_page == "https://example.org/produkt"
    computer.quit()
    assert computer.start()
    assert computer.window.desk.place == plot.shown
    form = open_database_page(computer.window)
    find(form, QRadioButton, "databaseFileChoice").setChecked(True)
    assert find(form, QLineEdit, "databaseFileField").text() == str(computer.database)
    assert use(qtbot, computer, form).desk.place == str(computer.database)
    computer.quit()
    assert computer.start()
    assert computer.window.desk.place == str(computer.database)


def test_another_language_and_another_database_may_be_chosen_at_once(computer: Computer, qtbot: QtBot) -> None:
    other = computer.folder / "andere.db"
    open_store(other).close()
    assert computer.start()
    form = open_database_page(computer.window)
    language = find(form, QComboBox, "programLanguageField")
    language.setCurrentIndex(language.findText("English"))
    find(form, QRadioButton, "databaseFileChoice").setChecked(True)
    write(qtbot, form, "databaseFileField", str(other))
    click(qtbot, form, "useDatabaseButton")
    qtbot.waitUntil(lambda: [window.desk.place for window in computer.windows] == [str(other)])
    assert find(computer.window, QPushButton, "filterAll").text() == "All 0"


def test_a_fault_on_another_page_keeps_the_database_that_is_open(computer: Computer, qtbot: QtBot) -> None:
    assert computer.start()
    form = open_database_page(computer.window)
    find(form, QRadioButton, "databaseFileChoice").setChecked(True)
    find(form, QLineEdit, "productPageField").setText("https://example.org/\u202e")
    write(qtbot, form, "databaseFileField", str(computer.folder / "andere.db"))
    click(qtbot, form, "useDatabaseButton")
    assert find(form, QLabel, "productPageFieldFault").isVisible()
    write(qtbot, form, "productPageField", "https://example.org/")
    click(qtbot, form, "preferencesDialogSubmit")
    qtbot.waitUntil(lambda: not form.isVisible())
    assert [window.desk.place for window in computer.windows] == [str(computer.database)]


def test_who_gives_the_other_database_up_goes_on_with_the_former(
    computer: Computer, plot: Office, answer: Answer, qtbot: QtBot
) -> None:
    save_database(computer.settings, plot.address)
    assert computer.start(computer.database)
    form = open_database_page(computer.window)
    said = answer("Zurück")
    assert use(qtbot, computer, form).desk.place == str(computer.database)
    assert said == [f"Die Datenbank {plot.shown} ist noch leer."]
    form = open_database_page(computer.window)
    find(form, QRadioButton, "databaseFileChoice").setChecked(True)
    write(qtbot, form, "databaseFileField", str(computer.folder / "vertippt.db"))
    said = answer("Zurück")
    assert use(qtbot, computer, form).desk.place == str(computer.database)
    assert "vertippt.db ist nicht mehr da" in said[0]
    assert not (computer.folder / "vertippt.db").exists()
    assert load_database(computer.settings) == plot.address
