"""Fixtures every test may ask for; Qt draws into memory."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import NoReturn

# The offscreen platform's own screen is smaller than any real one.
os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={Path(__file__).with_name('screen.json')}")
# No test reads or writes the passwords of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

from collections.abc import Callable, Iterator

import hypothesis
import pytest
from PySide6.QtCore import QSettings, QStandardPaths, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from model.account import Account
from model.clock import Clock
from model.engine import Engine
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Store, open_store
from tests import postgres
from tests.computer import Answer, Computer
from tests.examples import CLERK, FixedClock
from tests.faults import Case, filled
from tests.object_forms import Show
from tests.screen import PatientBot, find, settle
from ui import app, changes, i18n, last_resort, theme, warming, watch
from ui.backup_work import RestoreDialog
from ui.main_window import MainWindow
from ui.table import Table

hypothesis.settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("repeatable")
QStandardPaths.setTestModeEnabled(True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """More of what tries its luck."""
    parser.addoption("--rounds", type=int, default=200, help="how often test_crashes.py kills the program")
    parser.addoption("--cuts", type=int, default=200, help="how often test_power_cut.py cuts the power")
    parser.addoption("--kills", type=int, default=50, help="how often test_sending.py kills a program that sends")
    parser.addoption("--server-kills", type=int, default=20, help="how often test_server_kills.py kills the server")
    parser.addoption("--variants", type=int, default=200, help="how many damaged files test_damaged_files.py makes")
    parser.addoption("--histories", type=int, default=1000, help="how many histories test_any_history.py tries")


def pytest_xdist_auto_num_workers() -> int:
    """More than a small computer has processors: half of the tests' time is waiting for disks and servers."""
    return max(4, os.cpu_count() or 1)


@pytest.fixture(scope="session")
def office(worker_id: str) -> Iterator[postgres.Office]:
    """A database on a PostgreSQL server; without one the tests that need it are left out, but not in CI."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(postgres.server())
        except postgres.NoServer:
            postgres.without()
        made = postgres.Office(server, f"tarifwechsel_{worker_id}")
        made.open().close()
        yield made
        made.remove()


@pytest.fixture
def plot(office: postgres.Office) -> Iterator[postgres.Office]:
    """A place on a server where nothing is yet, for what can't be undone."""
    made = postgres.Office(office.server, f"{office.name}_plot")
    yield made
    made.remove()


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Engine]]:
    """Opens an empty database: MEMORY, "file" or "server"."""
    with contextlib.ExitStack() as stack:

        def made(kind: str) -> Engine:
            if kind == "server":
                office: postgres.Office = request.getfixturevalue("office")
                stack.callback(office.empty)
                return stack.enter_context(contextlib.closing(office.open()))
            place = MEMORY if kind == MEMORY else tmp_path / "tarifwechsel.db"
            return stack.enter_context(contextlib.closing(SqliteEngine(place)))

        yield made


@pytest.fixture(params=[MEMORY, "file", "server"])
def engine(request: pytest.FixtureRequest, database: Callable[[str], Engine]) -> Engine:
    """An empty database of each kind."""
    return database(request.param)


@pytest.fixture
def store(engine: Engine) -> Store:
    """A Store over each kind of database, with the price lists that come with the program."""
    store = Store(engine, CLERK)
    store.load_shipped_prices()
    return store


@pytest.fixture
def clock() -> FixedClock:
    """A clock in Berlin that a test sets."""
    return FixedClock()


@pytest.fixture
def memory() -> Iterator[Store]:
    """An empty Store in memory with the shipped price lists, for tests of what is shown."""
    store = open_store(MEMORY)
    yield store
    store.close()


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Settings of a fresh computer."""
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture(autouse=True)
def no_file_chooser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file chooser that no test answers would wait for ever."""

    def refuse(*_args: object) -> NoReturn:
        pytest.fail("a file was asked for")

    for name in ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"):
        monkeypatch.setattr(QFileDialog, name, refuse)


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """pytest-qt: what the application is started with."""
    return ["tests", *theme.STYLE]


@pytest.fixture(autouse=True)
def no_key_held() -> Iterator[None]:
    """The keys of the last event count as held for whatever comes next: with Shift a table selects up to a row.

    After Ctrl+Shift+C Qt's own test functions leave it so.
    """
    yield
    if QApplication.keyboardModifiers() != Qt.KeyboardModifier.NoModifier:
        QTest.keyRelease(QWidget(), Qt.Key.Key_Shift)


@pytest.fixture(autouse=True)
def seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A summary counts as seen as soon as it is shown."""
    monkeypatch.setattr(changes, "UNSEEN_MS", 0)


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy computer reading takes long, and a window rests ten times as long before it looks again."""
    monkeypatch.setattr(watch, "RESTS", 0)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody types while a window gets ready."""
    monkeypatch.setattr(warming, "PAUSE_MS", 0)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:  # noqa: ARG001 - has to be there first
    """pytest-qt's, with more patience."""
    return PatientBot(request)


@pytest.fixture
def german(qapp: QApplication) -> QApplication:
    """The application as it starts by default: German, light."""
    i18n.use_language("de")
    theme.apply_theme(qapp, theme.Appearance.LIGHT)
    return qapp


@pytest.fixture
def window(
    german: QApplication,  # noqa: ARG001 - has to be there first
    qtbot: QtBot,
    memory: Store,
    clock: FixedClock,
    settings: QSettings,
) -> Iterator[MainWindow]:
    """The main window over the store in memory, shown; fill the store, then `tests.screen.settle`."""
    made = app.build(memory, clock, settings)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.settings_page.drafts.discard()
    made.close()


@pytest.fixture
def open_file(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the same database file, each time with connections of its own."""
    stores: list[Store] = []

    def build() -> Store:
        stores.append(open_store(tmp_path / "tarifwechsel.db"))
        return stores[-1]

    yield build
    for store in stores:
        store.close()


@pytest.fixture
def open_window(
    german: QApplication,  # noqa: ARG001 - has to be there first
    qtbot: QtBot,
    clock: Clock,
    settings: QSettings,
) -> Iterator[Callable[[Store], MainWindow]]:
    """Opens windows over stores, with the same clock and settings, and closes them."""
    opened: list[MainWindow] = []

    def build(store: Store) -> MainWindow:
        made = app.build(store, clock, settings)
        qtbot.addWidget(made)
        made.show()
        settle(qtbot, made)
        opened.append(made)
        return made

    yield build
    for made in opened:
        made.settings_page.drafts.discard()
        assert made.close()


@pytest.fixture
def show(qtbot: QtBot, window: MainWindow, memory: Store) -> Show:
    """Shows an installation; gives what the store holds of it."""

    def choose(installation: int) -> Callable[[], Account]:
        window.choose(installation)
        settle(qtbot, window)
        return lambda: memory.account(installation)

    return choose


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """A database in a file, with an order that was acknowledged."""
    made = filled(tmp_path / "Kundendaten ü" / "tarifwechsel.db")
    yield made
    made.store.close()


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
    theme.apply_theme(german, theme.Appearance.LIGHT)


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
