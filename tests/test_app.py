"""The program around the window: databases, languages, looks, what it says when it can't start, and every word."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest
from PySide6.QtCore import QMessageLogContext, QSettings, QStandardPaths, QTimer, QtMsgType
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QRadioButton,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from model.account import Coverage, Decision, Flag, Obstacle, ObstacleKind, Verdict
from model.audit import Action, AuditEntry
from model.backups import back_up
from model.clock import ClockCheck, ClockState
from model.demo import open_demo
from model.errors import (
    AmiFailed,
    AmiFault,
    ClockSuspect,
    Fault,
    FileFault,
    FileNotSaved,
    ImportFault,
    ImportRefused,
    ImportStale,
    InvalidInput,
    LimitReached,
    ModelError,
    NoSuchInstallation,
    NoSuchObject,
    OrderRefused,
    PriceFault,
    PriceListInvalid,
    QuoteStale,
    Refusal,
    StillWaiting,
    StorageFault,
    StoreUnavailable,
    TransferFault,
    TransferRefused,
    Unexpected,
)
from model.installation import (
    Additions,
    Customer,
    DeviceKind,
    ExtensionKind,
    Language,
    NewDevice,
    NewExtension,
    ProFeature,
    ProFeatureUse,
)
from model.search import ListQuery
from model.server_place import place_of
from model.sqlite_engine import SqliteEngine
from model.store import Removal, Store, open_store
from model.tariff import Edition
from tests.examples import NOW, TODAY, FixedClock, install, objects, order, quote, tariff
from tests.postgres import Office
from tests.proxy import Proxy
from tests.screen import click, dialog, find, settle, text, write
from ui import app, backup_work, clock_words, errors, formats, history, i18n, labels, last_resort, preflight, theme
from ui.app import Program
from ui.backup_work import RestoreDialog
from ui.import_words import skip_reason, warning_reason
from ui.main_window import MainWindow
from ui.preferences import Preferences, load_database, load_preferences, save_database, save_preferences
from ui.table import Table
from ui.theme import Appearance

ROOT = Path(__file__).parents[1]
NBSP = "\N{NO-BREAK SPACE}"
Answer = Callable[..., list[str]]


class Computer:
    """A fresh computer: where the program keeps its data, and the program started on it."""

    def __init__(self, folder: Path, clock: FixedClock, qtbot: QtBot) -> None:
        self.folder = folder
        self.database = folder / "daten" / "Tarifwechsel.db"
        self._clock, self._qtbot = clock, qtbot
        self.programs: list[Program] = []

    @property
    def settings(self) -> QSettings:
        """What the program keeps of what a clerk set."""
        return QSettings(str(self.folder / "settings.ini"), QSettings.Format.IniFormat)

    def start(self, database: Path | str | None = None, demo: int | None = None, language: str | None = None) -> bool:
        """What `main.py` does; what is unexpected goes to the test, not to the last resort."""
        hook, application = sys.excepthook, QApplication.instance()
        assert isinstance(application, QApplication)
        program = Program(application, self._clock, open_store, open_demo)
        sys.excepthook = hook
        self.programs.append(program)
        return program.start(database, demo, language)

    @property
    def windows(self) -> list[MainWindow]:
        """The windows of the program started last."""
        return list(self.programs[-1]._windows)

    @property
    def window(self) -> MainWindow:
        """The newest window, ready."""
        window = self.windows[-1]
        settle(self._qtbot, window)
        return window

    def quit(self) -> None:
        """Close everything."""
        for program in self.programs:
            for window in list(program._windows):
                window.close()


@pytest.fixture
def no_handlers() -> Iterator[None]:
    """Whatever is added to the log is taken away again."""
    before = list(last_resort.LOGGER.handlers)
    yield
    for handler in [entry for entry in last_resort.LOGGER.handlers if entry not in before]:
        last_resort.LOGGER.removeHandler(handler)
        handler.close()


@pytest.fixture
def computer(
    german: QApplication,
    no_handlers: None,  # noqa: ARG001 - only undone
    qtbot: QtBot,
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Computer]:
    """The program on a computer of its own."""
    settings = str(tmp_path / "settings.ini")
    monkeypatch.setattr(app, "QSettings", lambda *_names: QSettings(settings, QSettings.Format.IniFormat))
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _place: str(tmp_path / "daten"))
    made = Computer(tmp_path, clock, qtbot)
    yield made
    made.quit()
    for program in made.programs:
        program._use_language("en")
        program.deleteLater()
    i18n.use_language("de")
    theme.apply_theme(german, Appearance.LIGHT)


@pytest.fixture
def answer(qapp: QApplication) -> Iterator[Answer]:
    """Presses a button of each box as soon as it is there, and chooses the newest copy where one is to be chosen.

    Gives what the boxes said; a box too many is told to quit.
    """
    words: list[str] = []
    said: list[str] = []
    looking = QTimer(qapp)

    def press() -> None:
        shown = QApplication.activeModalWidget()
        if isinstance(shown, RestoreDialog):
            find(shown, Table, "backupTable").selectRow(0)
            find(shown, QPushButton, "restoreDialogSubmit").click()
        elif isinstance(shown, QMessageBox) and shown.objectName() in ("databaseFaultBox", "crashBox"):
            said.append(shown.text())
            wanted = words.pop(0) if words else "Beenden"
            found = {made.text(): made for made in shown.buttons()}
            # A box that isn't as expected must not wait for ever.
            (found[wanted].click if wanted in found else shown.reject)()

    def expect(*buttons: str) -> list[str]:
        words[:], said[:] = buttons, ()
        return said

    looking.timeout.connect(press)
    looking.start(5)
    yield expect
    looking.stop()


def choose_preference(qtbot: QtBot, window: MainWindow, name: str, words: str) -> None:
    """Settings, choose, save."""
    window.actions_by_name.named["preferences"].trigger()
    form = dialog("preferencesDialog")
    box = find(form, QComboBox, name)
    box.setCurrentIndex(box.findText(words))
    click(qtbot, form, "preferencesDialogSubmit")


# ---------------------------------------------------------------------- databases


def test_the_first_start_creates_the_database(computer: Computer) -> None:
    assert not computer.database.exists()
    assert computer.start()
    assert "noch keine Anlagen" in text(computer.window, "welcomeText")
    assert computer.window.windowTitle().startswith("Tarifwechsel – Tarifwechsel")
    assert computer.database.stat().st_size > 0


def test_the_database_of_the_command_line_is_opened(computer: Computer) -> None:
    path = computer.folder / "andere.db"
    store = open_store(path)
    install(store, name="Andere AG")
    store.close()
    assert computer.start(path)
    assert find(computer.window, QPushButton, "filterAll").text() == "Alle 1"
    assert not computer.database.exists()


def test_a_known_database_that_vanished_is_never_replaced_unasked(
    computer: Computer, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert computer.start()
    computer.quit()
    other = computer.folder / "gerettet.db"
    computer.database.rename(other)
    said = answer("Beenden")
    assert not computer.start()
    assert said == [
        f"Die Datenbank {computer.database} ist nicht mehr da. Wurde sie verschoben oder fehlt ein Laufwerk?"
    ]
    assert not computer.database.exists()

    chosen = iter([("", ""), (str(other), "")])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: next(chosen))
    said = answer("Andere Datei wählen …", "Andere Datei wählen …")
    assert computer.start()
    assert len(said) == 2
    assert computer.window.desk.place == str(other)
    assert not computer.database.exists()


def newer(path: Path) -> None:
    open_store(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()


BAD_DATABASES: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.write_bytes(b"Guten Tag. " * 200), "{place} ist keine Datenbank dieses Programms."),
    (lambda path: path.write_bytes(b""), "Die Datei {place} ist leer."),
    (newer, "{place} wurde von einer neueren Version angelegt."),
    (lambda path: path.mkdir(), "{place} ist keine Datenbank dieses Programms."),
]


@pytest.mark.parametrize(("make", "words"), BAD_DATABASES, ids=["text", "empty", "newer", "folder"])
def test_a_file_that_is_no_database_of_ours_stays_untouched(
    computer: Computer, answer: Answer, make: Callable[[Path], object], words: str
) -> None:
    path = computer.folder / "schlecht.db"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    said = answer("Beenden")
    assert not computer.start(path)
    assert said[0].startswith(words.format(place=path))
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert computer.windows == []


def with_a_copy(computer: Computer) -> Path:
    """A database that is known, with a customer, and a copy of it in its folder."""
    assert computer.start()
    computer.quit()
    with closing(open_store(computer.database)) as store:
        order(store, install(store, name="Eigene AG"), "C25")
    with closing(SqliteEngine(computer.database)) as engine:
        return back_up(engine, computer.database.parent / "Sicherungen", NOW)


def make_empty(path: Path) -> None:
    path.write_bytes(b"")


def make_text(path: Path) -> None:
    path.write_bytes(b"Guten Tag. " * 200)


def damage(path: Path) -> None:
    """The page of the orders."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tariff_order'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


SPOILT: list[tuple[Callable[[Path], object], str]] = [
    (Path.unlink, "ist nicht mehr da. Wurde sie verschoben oder fehlt ein Laufwerk?"),
    (make_empty, "ist leer. Bitte wählen Sie eine andere Datei oder stellen Sie eine Sicherung wieder her."),
    (make_text, "ist keine Datenbank dieses Programms. Bitte wählen Sie eine andere Datei."),
    (damage, "ist beschädigt. Bitte stellen Sie eine Sicherung wieder her; es wurde nichts geschrieben."),
]


@pytest.mark.parametrize(("spoil", "words"), SPOILT, ids=["missing", "empty", "text", "damaged"])
def test_a_copy_takes_the_place_of_a_database_that_cannot_be_opened(
    computer: Computer, answer: Answer, spoil: Callable[[Path], object], words: str
) -> None:
    with_a_copy(computer)
    spoil(computer.database)
    before = computer.database.read_bytes() if computer.database.exists() else None
    said = answer("Sicherung wiederherstellen …")
    assert computer.start()
    assert [text.endswith(words) for text in said] == [True]
    (kept,) = computer.database.parent.glob("Tarifwechsel-replaced-*.db") if before is not None else (None,)
    assert kept is None or kept.read_bytes() == before
    box = dialog("messageBox")
    assert isinstance(box, QMessageBox)
    assert box.text() == "Die Sicherung ist wiederhergestellt"
    told = box.informativeText().replace("\u200b", "")
    assert told == (f"Die bisherige Datenbank liegt in {kept}" if kept else "Die Datenbank ist wieder auf dem Stand der"
                    " Sicherung.")  # fmt: skip
    box.close()
    assert find(computer.window, QPushButton, "filterPending").text() == "Vorgemerkt 1"
    assert not find(computer.window, QWidget, "databaseBar").isVisible()


def test_without_a_copy_none_is_offered(computer: Computer) -> None:
    assert computer.start()
    computer.quit()
    computer.database.unlink()
    offered: list[str] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        offered.extend(made.text() for made in box.buttons())
        box.reject()

    QTimer.singleShot(0, look)
    assert not computer.start()
    assert sorted(offered) == ["Andere Datei wählen …", "Beenden", "Erneut versuchen"]


def test_a_drive_that_comes_back_is_tried_again(computer: Computer, answer: Answer) -> None:
    with_a_copy(computer)
    aside = computer.folder / "laufwerk"
    computer.database.parent.rename(aside)
    said = answer("Erneut versuchen", "Erneut versuchen")
    looking = QTimer(QApplication.instance())
    looking.timeout.connect(lambda: aside.rename(computer.database.parent) if len(said) == 1 else None)
    looking.timeout.connect(lambda: looking.stop() if said else None)
    looking.start(1)
    assert computer.start(computer.database)
    assert find(computer.window, QPushButton, "filterAll").text() == "Alle 1"


def test_the_example_data_are_opened_once(computer: Computer) -> None:
    assert computer.start()
    own = computer.window
    for _time in range(2):
        own.demo_requested.emit()
    assert len(computer.windows) == 2


def test_the_example_data_are_kept_apart(computer: Computer) -> None:
    assert computer.start(demo=4)
    assert find(computer.window, QPushButton, "filterAll").text() == "Alle 4"
    assert "Beispiel" in computer.window.windowTitle()
    assert not computer.database.exists()
    computer.quit()
    assert computer.start()
    assert "noch keine Anlagen" in text(computer.window, "welcomeText")


def test_the_example_data_open_beside_the_clerks_own(qtbot: QtBot, computer: Computer) -> None:
    assert computer.start()
    own = computer.window
    click(qtbot, own, "welcomeDemoButton")
    assert len(computer.windows) == 2
    assert find(computer.window, QPushButton, "filterAll").text() == "Alle 48"
    assert find(own, QPushButton, "filterAll").text() == "Alle 0"


def test_a_look_at_the_example_data_does_not_lose_the_clerks_last_customer(computer: Computer) -> None:
    store = open_store(computer.database)
    installation = install(store, name="Eigene AG")
    store.close()
    for demo in (None, 4):
        assert computer.start(demo=demo)
        computer.window.choose(installation)
        assert text(computer.window, "customerTitle")
        computer.quit()
    assert computer.start()
    assert text(computer.window, "customerTitle") == "Eigene AG"


def test_example_data_that_cannot_be_opened_are_said(qtbot: QtBot, computer: Computer, answer: Answer) -> None:
    assert computer.start()
    (computer.folder / "daten" / "Beispiel").write_bytes(b"im Weg")
    click(qtbot, computer.window, "welcomeDemoButton")
    box = dialog("messageBox")
    assert isinstance(box, QMessageBox)
    assert box.text() == "Die Beispieldaten lassen sich nicht öffnen"
    box.accept()
    said = answer("Beenden")
    assert not computer.start(demo=4)
    assert "lässt sich nicht öffnen" in said[0]


# ---------------------------------------------------------------------- settings


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


# ---------------------------------------------------------------------- nothing to start on


def run_main(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items()
            if name not in {"QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"}}  # fmt: skip
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "--database", ":memory:"],
        env={**kept, **environment}, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
@pytest.mark.parametrize(
    "environment", [{}, {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":987"}], ids=["none", "unreachable"]
)
def test_without_a_display_the_program_ends_with_one_plain_message(environment: dict[str, str]) -> None:
    ended = run_main(**environment)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Tarifwechsel kann kein Fenster öffnen:")
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 2
    assert ended.stdout == ""


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ending at once becomes an exception."""

    def leave(status: int) -> None:
        raise SystemExit(status)

    monkeypatch.setattr(os, "_exit", leave)


@pytest.mark.usefixtures("german", "ends")
def test_a_missing_display_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        preflight.require_display({}, "linux")
    assert "DISPLAY und WAYLAND_DISPLAY sind nicht gesetzt" in capsys.readouterr().err
    for environment in ({"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}, {"QT_QPA_PLATFORM": "offscreen"}):
        preflight.require_display(environment, "linux")
    preflight.require_display({}, "win32")


@pytest.mark.usefixtures("german", "ends")
@pytest.mark.parametrize(
    ("libraries", "platform", "words"),
    [
        ({"libgibtesnicht.so.1": "libgibtesnicht1"}, "linux", "sudo apt-get install libgibtesnicht1"),
        ({}, "linux", "python -m pip install -r requirements.lock"),
        ({"libgibtesnicht.so.1": "libgibtesnicht1"}, "darwin", "python -m pip install -r requirements.lock"),
    ],
)
def test_missing_libraries_are_named_with_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    libraries: dict[str, str],
    platform: str,
    words: str,
) -> None:
    monkeypatch.setattr(preflight, "LIBRARIES", libraries)
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(SystemExit, match="1"), preflight.libraries_explained():
        raise ImportError("libgibtesnicht.so.1: cannot open shared object file")
    said = capsys.readouterr().err
    assert words in said
    assert said.startswith("Tarifwechsel kann")


@pytest.mark.usefixtures("german", "ends")
def test_what_qt_says_before_it_gives_up_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    messages, context = app._QtMessages(), QMessageLogContext()
    messages(QtMsgType.QtWarningMsg, context, "could not connect to display :987")
    with pytest.raises(SystemExit, match="1"):
        messages(QtMsgType.QtFatalMsg, context, "This application failed to start")
    assert "es gibt keine Anzeige (could not connect to display :987)" in capsys.readouterr().err.replace("Es", "es")
    with pytest.raises(SystemExit, match="1"):
        preflight.explain_fatal(["no Qt platform plugin could be initialized\nReinstalling may fix it"])
    assert "Tarifwechsel kann" in capsys.readouterr().err


# ---------------------------------------------------------------------- what nobody expected

SECRET = "Müller, mueller@example.org"


def crash(kind: type[BaseException] = ValueError) -> None:
    """Something nobody expected, with a customer's data in its message."""
    try:
        raise kind(SECRET)  # noqa: TRY301 - the hook wants a trace
    except kind as error:
        sys.excepthook(kind, error, error.__traceback__)


@pytest.fixture
def crash_log(
    german: QApplication,  # noqa: ARG001 - has to be there first
    no_handlers: None,  # noqa: ARG001 - only undone
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    last_resort.install(tmp_path / "daten")
    yield tmp_path / "daten" / "tarifwechsel.log"
    for box in crash_boxes():
        box.close()


def crash_boxes() -> list[QWidget]:
    return [entry for entry in QApplication.topLevelWidgets() if entry.objectName() == "crashBox" and entry.isVisible()]


def test_r37_a_crash_is_one_dialog_and_a_log_without_anybodys_data(
    qtbot: QtBot, window: MainWindow, crash_log: Path
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    crash()
    (box,) = crash_boxes()
    assert isinstance(box, QMessageBox)
    assert box.windowTitle() in ("Unerwarteter Fehler", "")
    assert box.text() == (
        "Es ist etwas Unerwartetes geschehen. Ihre letzte Aktion wurde möglicherweise nicht ausgeführt."
    )
    assert str(crash_log) in box.informativeText()
    copy = next(made for made in box.buttons() if made.text() == "Bericht kopieren")
    copy.click()
    report = QGuiApplication.clipboard().text()
    assert report.splitlines()[0] == "ValueError"
    assert "test_app.py" in report
    for kept in (report, crash_log.read_text(encoding="utf-8"), box.text(), box.informativeText()):
        assert "ller" not in kept
        assert "example.org" not in kept


def test_a_crash_without_an_active_window_is_shown_too(crash_log: Path) -> None:
    crash()
    assert len(crash_boxes()) == 1
    assert crash_log.exists()


def test_a_crash_that_repeats_itself_is_one_dialog(window: MainWindow, crash_log: Path) -> None:
    window.activateWindow()
    for _time in range(5):
        crash()
    assert len(crash_boxes()) == 1
    assert crash_log.read_text(encoding="utf-8").count("ValueError") == 5


def test_after_a_crash_the_program_goes_on(qtbot: QtBot, window: MainWindow, memory: Store, crash_log: Path) -> None:
    """A mistake in a slot, in the middle of the event loop."""

    def slot() -> None:
        raise LookupError(SECRET)

    QTimer.singleShot(0, slot)
    qtbot.waitUntil(lambda: len(crash_boxes()) == 1)
    crash_boxes()[0].close()
    window.choose(install(memory, name="Weiter AG"))
    settle(qtbot, window)
    assert text(window, "customerTitle") == "Weiter AG"
    logged = crash_log.read_text(encoding="utf-8")
    assert "ERROR LookupError\ntest_app.py:" in logged
    assert "ller" not in logged


def test_where_no_log_can_be_kept_the_program_starts_and_says_so(
    german: QApplication,  # noqa: ARG001 - has to be there first
    no_handlers: None,  # noqa: ARG001 - only undone
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """First in a folder for temporary files, then nowhere."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    (tmp_path / "im Weg").write_bytes(b"")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "zwischen"))
    for words in (str(tmp_path / "zwischen" / "tarifwechsel-"), "Ein Protokoll konnte nicht geschrieben werden."):
        (tmp_path / "zwischen").mkdir(exist_ok=True)
        if words.startswith("Ein"):
            shutil.rmtree(tmp_path / "zwischen")
        last_resort.install(tmp_path / "im Weg" / "daten")
        crash()
        (box,) = crash_boxes()
        assert isinstance(box, QMessageBox)
        assert words in box.informativeText().replace("\u200b", "")
        box.close()


def test_a_log_that_fails_later_is_no_further_crash(crash_log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    crash_log.mkdir(parents=True)
    crash()
    assert len(crash_boxes()) == 1
    assert capsys.readouterr().err == ""


def test_what_nobody_expected_at_the_start_is_one_box_that_waits(crash_log: Path, answer: Answer) -> None:
    def start() -> bool:
        raise ZeroDivisionError(SECRET)

    said = answer("Schließen")
    assert not last_resort.attempt(start)
    assert said == ["Es ist etwas Unerwartetes geschehen."]
    assert "ZeroDivisionError" in crash_log.read_text(encoding="utf-8")
    assert last_resort.attempt(lambda: True)


def test_an_example_without_customers_is_refused_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    for count in ("0", "-5", "1000001"):
        done = subprocess.run(
            [sys.executable, ROOT / "main.py", "--demo", count], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stderr == f"--demo {count}: Bitte geben Sie eine Zahl von 1 bis 1.000.000 Kunden an\n"
    assert capfd.readouterr().out == ""


def test_ctrl_c_in_the_terminal_is_no_crash(crash_log: Path) -> None:
    crash(KeyboardInterrupt)
    assert crash_boxes() == []
    assert not crash_log.exists()


def test_the_log_does_not_grow_for_ever(crash_log: Path) -> None:
    for _time in range(60):
        last_resort.LOGGER.warning("x" * 50_000)
    files = sorted(crash_log.parent.iterdir())
    assert [path.name for path in files] == ["tarifwechsel.log", *(f"tarifwechsel.log.{n}" for n in (1, 2, 3))]
    assert sum(path.stat().st_size for path in files) < 2_100_000
    assert logging.getLogger("tarifwechsel") is last_resort.LOGGER


# ---------------------------------------------------------------------- words


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both languages, one after the other."""
    i18n.use_language(request.param)
    yield str(request.param)
    i18n.use_language("de")


def in_both(words: Callable[[], str]) -> tuple[str, str]:
    """What is said in German and in English."""
    said = []
    for code in ("de", "en"):
        i18n.use_language(code)
        said.append(words())
    i18n.use_language("de")
    return said[0], said[1]


FORMATS: list[tuple[Callable[[], str], str, str]] = [
    (lambda: labels.extensions(0), "0 Nebenstellen", "0 extensions"),
    (lambda: labels.extensions(1), "1 Nebenstelle", "1 extension"),
    (lambda: labels.extensions(2), "2 Nebenstellen", "2 extensions"),
    (lambda: labels.devices(1), "1 Endgerät", "1 device"),
    (lambda: labels.devices(1234), "1.234 Endgeräte", "1,234 devices"),
    (lambda: formats.number(8431), "8.431", "8,431"),
    (lambda: formats.money(Decimal("1234.5")), f"1.234,50{NBSP}€", "€1,234.50"),
    (lambda: formats.signed_money(Decimal(10)), f"+10,00{NBSP}€", "+€10.00"),
    (lambda: formats.signed_money(Decimal(-10)), f"−10,00{NBSP}€", "−€10.00"),
    (lambda: formats.signed_money(Decimal(0)), f"0,00{NBSP}€", "€0.00"),
    (lambda: formats.net_price(tariff("C10")), f"9,90{NBSP}€", "€9.90"),
    (lambda: formats.percent(1900), f"19{NBSP}%", "19%"),
    (lambda: formats.percent(750), f"7,5{NBSP}%", "7.5%"),
    (lambda: formats.day(TODAY), "22.11.2026", "22/11/2026"),
    (lambda: formats.long_day(TODAY), "Sonntag, 22. November 2026", "Sunday, 22 November 2026"),
    (lambda: formats.instant(NOW), "22.11.2026, 10:00", "22/11/2026, 10:00"),
    (lambda: labels.limits(tariff("C10")), "10 Nebenstellen und 10 Endgeräte", "10 extensions and 10 devices"),
    (lambda: labels.listed([]), "", ""),
    (lambda: labels.listed(["A"]), "A", "A"),
    (lambda: labels.listed(["A", "B", "C"]), "A, B und C", "A, B and C"),
    (lambda: labels.excess(2), "2 zu viel", "2 too many"),
]


@pytest.mark.parametrize(("words", "german_words", "english"), FORMATS)
def test_amounts_dates_and_numbers_are_written_as_each_language_does(
    words: Callable[[], str], german_words: str, english: str
) -> None:
    assert in_both(words) == (german_words, english)


def test_an_unknown_language_is_german() -> None:
    i18n.use_language("kl")
    assert i18n.language() == "de"
    assert labels.extensions(1) == "1 Nebenstelle"


def obstacle(kind: ObstacleKind, excess: int) -> Obstacle:
    return Obstacle(kind, excess, 10, ())


OF_A_MAIL = (Action.MAIL_SENT, Action.MAIL_REFUSED, Action.MAIL_AGAIN)
SAME_IN_BOTH = {"Classic", "Pro", "App", "Call Flow", "Analytics", "Version"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (Edition, labels.edition),
        (ExtensionKind, labels.extension_kind),
        (DeviceKind, labels.device_kind),
        (ProFeature, labels.feature),
        (Language, labels.language),
        (tuple(ClockState)[1:], lambda value: clock_words.clock(ClockCheck(value, timedelta(minutes=3)))),
        (Refusal, errors.refusal),
        (Coverage, lambda value: labels.coverage(Flag(value, 11, 10), TODAY)),
        (ObstacleKind, lambda value: labels.obstacle(obstacle(value, 1))),
        (ObstacleKind, lambda value: labels.obstacle(obstacle(value, 2))),
        (Action, lambda value: labels.action(AuditEntry(1, NOW, "", value, {}, {}, ""))),
        (Fault, lambda value: errors.fault(InvalidInput("name", value, "x"))),
        (Fault, lambda value: errors.fault(InvalidInput("customer_number", value, "x"))),
        (StorageFault, lambda value: errors.message(StoreUnavailable(value, "ort.db"))),
        (ImportFault, lambda value: errors.message(ImportRefused(value))),
        (PriceFault, lambda value: errors.message(PriceListInvalid("Zeile 3", value))),
        (TransferFault, lambda value: errors.message(TransferRefused(value, "office.db", "device 3"))),
        (Refusal, lambda value: errors.message(OrderRefused(value, (obstacle(ObstacleKind.DEVICES, 2),)))),
    ],
)  # fmt: skip
def test_every_member_has_words_in_both_languages(values: type[StrEnum], words: Callable[[StrEnum], str]) -> None:
    for value in values:
        german_words, english = in_both(lambda value=value: words(value))  # type: ignore[misc]
        assert german_words
        assert english
        assert "{" not in german_words + english, value
        assert german_words != english or german_words in SAME_IN_BOTH, value


def test_every_reason_of_an_import_has_words() -> None:
    from model.import_result import SkipReason, WarningReason

    for reason in SkipReason:
        assert len(set(in_both(lambda reason=reason: skip_reason(reason)))) == 2  # type: ignore[misc]
    for remark in WarningReason:
        assert len(set(in_both(lambda remark=remark: warning_reason(remark)))) == 2  # type: ignore[misc]


def test_every_error_of_the_model_has_words(memory: Store) -> None:
    fresh = quote(memory, install(memory), "C25")
    known: list[ModelError] = [
        InvalidInput("name", Fault.EMPTY),
        LimitReached(Decision(Verdict.OFFER, objects(1))),
        OrderRefused(Refusal.NO_EMAIL),
        QuoteStale(fresh, frozenset({"mail_to"})),
        ClockSuspect(ClockState.AHEAD),
        NoSuchInstallation(1),
        NoSuchObject(1),
        Unexpected(),
        PriceListInvalid("Zeile 3", PriceFault.TWICE),
        StillWaiting(),
        FileNotSaved(FileFault.FULL, "liste.csv"),
        TransferRefused(TransferFault.TAKEN, "office.db"),
        AmiFailed(AmiFault.REFUSED),
        StoreUnavailable(StorageFault.FULL, "ort.db"),
        ImportRefused(ImportFault.EMPTY),
        ImportStale(),
    ]
    assert {type(error) for error in known} == set(ModelError.__subclasses__())
    for error in known:
        german_words, english = in_both(lambda error=error: errors.message(error))  # type: ignore[misc]
        assert german_words != english
        assert german_words[-1] in ".?"


def test_objects_are_named_with_what_they_belong_to(language: str) -> None:
    use = ProFeatureUse(1, ProFeature.CALL_FLOW, "Zentrale", "30", NOW)
    everything = ProFeatureUse(1, ProFeature.ANALYTICS, "Alles", "", NOW)
    assert [labels.thing(use), labels.thing(everything)] == {
        "de": ["Call Flow „Zentrale“ (Nebenstelle 30)", "Analytics „Alles“"],
        "en": ["Call Flow “Zentrale” (extension 30)", "Analytics “Alles”"],
    }[language]


def told(store: Store, installation: int) -> list[AuditEntry]:
    """Everything that can happen to an installation, once."""
    store.change_customer(installation, Customer("K-2", "Andere AG", "neu@example.org", Language.ENGLISH), NOW)
    store.add_objects(installation, Additions((NewExtension("10", "A"),), (NewDevice("D", extensions=("10",)),)), NOW)
    store.load_objects(installation, objects(8, 2, start=2), NOW)
    account = store.account(installation)
    extension = next(entry for entry in account.extensions if entry.number == "10")
    device = next(entry for entry in account.devices if entry.name == "D")
    store.change_extension(installation, extension.id, NewExtension("11", "B", ExtensionKind.RESOURCE), NOW)
    store.change_extension(installation, extension.id, NewExtension("11", "C", ExtensionKind.RESOURCE), NOW)
    store.change_device(installation, device.id, NewDevice("E", extensions=("11", "100")), NOW)
    store.change_device(installation, device.id, NewDevice("F", extensions=("11", "100")), NOW)
    store.remove_objects(installation, Removal((extension.id,), (device.id,)), NOW)
    order(store, installation, "P25")
    second = order(store, installation, "P50")
    store.cancel_order(installation, second.order_number, "Grund", NOW)
    return store.audit_entries(installation)


def test_every_entry_of_the_history_says_before_and_after(memory: Store) -> None:
    entries = [
        *told(memory, install(memory, "P10", 2, call_flow=True)),
        AuditEntry(98, NOW, "", Action.PRICES_ADDED, {}, {"valid_from": "2027-01-01"}, ""),
        AuditEntry(99, NOW, "", Action.CLOCK_CONFIRMED, {}, {}, ""),
        *(AuditEntry(99, NOW, "", action, {}, {"order": 7, "kind": "CANCELLED"}, "") for action in OF_A_MAIL),
        AuditEntry(99, NOW, "", Action.PROVIDER_CHANGED, {}, {"changed": ["name"]}, ""),
        AuditEntry(99, NOW, "", Action.MAIL_SERVER_CHANGED, {}, {"changed": ["host"]}, ""),
        AuditEntry(99, NOW, "", Action.PROFILE_CHANGED, {"profile": "Alt"}, {"profile": "Neu"}, ""),
        AuditEntry(99, NOW, "", Action.ZONE_SET, {}, {"zone": "Europe/Lisbon"}, ""),
        AuditEntry(99, NOW, "", Action.TRANSFER_BEGUN, {}, {"to": "office.db"}, ""),
        AuditEntry(99, NOW, "", Action.TRANSFER_GIVEN_UP, {}, {"to": "office.db"}, ""),
    ]
    assert {entry.action for entry in entries} == set(Action)
    german_words, english = in_both(lambda: "\n".join(history.details(entry) for entry in entries))
    assert "Pro 10 · Nebenstellen 100, 101 · Call Flow (Nebenstelle 100)" in german_words.splitlines()
    assert "Kundennummer, Name, E-Mail-Adresse und Sprache" in german_words.splitlines()
    assert "Pro 10 → Pro 25 ab 01.12.2026" in german_words.splitlines()
    assert "Nummer 10 → 11 · Benutzer → Ressource · Name" in german_words.splitlines()
    assert "ab 01.01.2027" in german_words.splitlines()
    assert "TW-000007 · Stornierung" in german_words.splitlines()
    assert "from 01/01/2027" in english.splitlines()
    assert "{" not in german_words + english


def test_r34_the_computers_clock_is_aware() -> None:
    from ui.system_clock import SystemClock

    now = SystemClock().now()
    assert now.utcoffset() is not None
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Berlin"])
def test_r34_the_zone_is_where_the_systems_link_leads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, zone: str
) -> None:
    from ui import system_clock

    (link := tmp_path / "localtime").symlink_to(Path("/usr/share/zoneinfo", zone))
    monkeypatch.setattr(system_clock, "LINK", str(link))
    monkeypatch.delenv("TZ", raising=False)
    assert str(system_clock.SystemClock().now().tzinfo) == zone
    monkeypatch.setenv("TZ", "America/New_York")
    assert str(system_clock.SystemClock().now().tzinfo) == "America/New_York"


def test_r34_without_the_link_qt_tells_the_zone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from ui import system_clock

    monkeypatch.setattr(system_clock, "LINK", str(tmp_path / "localtime"))
    monkeypatch.delenv("TZ", raising=False)
    assert system_clock.SystemClock().now().utcoffset() == datetime.now().astimezone().utcoffset()


# ---------------------------------------------------------------------- databases on a server


@pytest.fixture
def plot(office: Office) -> Iterator[Office]:
    """An empty place on a server."""
    made = Office(office.server, f"{office.name}_app")
    yield made
    made.remove()


def test_a_database_on_a_server_is_set_up_after_asking(computer: Computer, plot: Office, answer: Answer) -> None:
    said = answer("Beenden")
    assert not computer.start(plot.address)
    assert said == [f"Die Datenbank {plot.shown} ist noch leer."]
    answer("Hier anlegen")
    assert computer.start(plot.address)
    installation = install(computer.windows[-1].desk._store, "C10", 8)
    assert [row.id for row in computer.window.desk._store.find_installations(ListQuery(TODAY))] == [installation]


def test_a_password_is_asked_for_and_kept_nowhere(
    computer: Computer, plot: Office, answer: Answer, qapp: QApplication
) -> None:
    plot.open().close()
    said = answer("Kennwort eingeben …", "Beenden")
    typing = QTimer(qapp)

    def type_password() -> None:
        shown = QApplication.activeModalWidget()
        if shown is not None and shown.objectName() == "serverPasswordDialog":
            find(shown, QLineEdit, "serverPasswordField").setText("ge heim&=")
            find(shown, QPushButton, "serverPasswordDialogSubmit").click()

    typing.timeout.connect(type_password)
    typing.start(5)
    assert not computer.start(f"{plot.address}&user=niemand")
    typing.stop()
    assert said == [f"{plot.shown} nimmt Konto oder Kennwort nicht an."] * 2
    kept = "".join(path.read_text(errors="replace") for path in computer.folder.rglob("*") if path.is_file())
    assert "heim" not in kept


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


def test_a_server_that_is_away_at_the_start_leaves_every_way_open(
    computer: Computer, plot: Office, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot.open().close()
    away = f"{plot.address}&host=127.0.0.1&port=1"
    save_database(computer.settings, away)
    open_store(computer.database).close()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(computer.database), ""))
    offered: list[list[str]] = []
    presses = iter(["tryAgainButton", "otherFileButton", "serverSettingsButton"])

    def act() -> None:
        shown = QApplication.activeModalWidget()
        if isinstance(shown, QMessageBox):
            offered.append(sorted(made.text() for made in shown.buttons()))
            find(shown, QPushButton, next(presses)).click()
        elif shown is not None and shown.objectName() == "serverDialog":
            find(shown, QLineEdit, "serverHostField").setText(plot.host)
            find(shown, QLineEdit, "serverPortField").setText(plot.port)
            find(shown, QPushButton, "serverDialogSubmit").click()

    acting = QTimer(qapp)
    acting.timeout.connect(act)
    acting.start(5)
    assert computer.start()
    assert computer.window.desk.place == str(computer.database)
    assert load_database(computer.settings) == away
    computer.quit()
    assert computer.start()
    acting.stop()
    assert offered == [["Beenden", "Einstellungen …", "Erneut versuchen", "Stattdessen eine Datei öffnen …"]] * 3
    assert not computer.window.desk.read_only
    assert place_of(load_database(computer.settings)).host == plot.host


def test_copies_of_a_database_on_a_server_are_made_there(
    computer: Computer, plot: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot.open().close()
    assert computer.start(plot.address)
    window, told = computer.window, []
    monkeypatch.setattr(backup_work, "show_message", lambda _parent, *words, tone: told.append((words, tone)))
    window.actions_by_name.named["restore"].trigger()
    words = "Sicherungen einer Datenbank auf einem Server macht dort, wer sie verwaltet."
    assert told == [(("Es gibt keine Sicherungen", words), "info")]
    window.actions_by_name.named["preferences"].trigger()
    folder = find(dialog("preferencesDialog"), QLineEdit, "backupFolderField")
    assert (folder.isEnabled(), folder.placeholderText()) == (False, "entstehen auf dem Server")


def test_the_window_says_that_the_server_is_gone_and_goes_on_when_it_is_back(
    computer: Computer, plot: Office, qtbot: QtBot
) -> None:
    plot.open().close()
    with Proxy(plot.server) as proxy:
        assert computer.start(f"{plot.address}&host=127.0.0.1&port={proxy.port}&sslmode=disable")
        window = computer.window
        bar = find(window, QFrame, "databaseBar")
        proxy.silent = True
        plot.end_sessions()
        window.reload()
        qtbot.waitUntil(bar.isVisible)
        assert bar.accessibleName().startswith("Verbindung zum Server unterbrochen")
        proxy.silent = False
        qtbot.waitUntil(lambda: not bar.isVisible())
