"""The start: the first picture has the list in it, and nothing is loaded for it that it doesn't show."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from hypothesis.strategies import datetimes, integers
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot
from sqlite_utils import utils

from model import sqlite_library
from model.errors import StorageFault, StoreUnavailable
from model.store import Store, open_store
from tests.examples import NOW, FixedClock, install, order
from tests.screen import find, settle
from ui import app, formats, i18n
from ui.changes import ChangeButton
from ui.desk import Desk, Pulse
from ui.main_window import MainWindow
from ui.welcome_page import NothingChosenPage
from ui.widgets import Notice
from ui.words import tooltip

ROOT = Path(__file__).parents[1]
MOST_OWN = 48
# What no first picture needs; sqlite_utils and Babel alone took as long as Qt.
LATER = frozenset(
    {
        "asyncio", "babel", "click", "concurrent", "dataclasses", "decimal", "email", "hashlib", "http", "idna",
        "json", "keyring", "logging.handlers",
        "psycopg", "secrets", "smtplib", "socket", "sqlite_utils", "ssl", "tomllib", "typst", "xlsxwriter", "xml",
    }
)  # fmt: skip
CHILD = """
import os, sys
sys.argv = ["main.py", "--database", sys.argv[1]]
import main
from PySide6 import QtCore, QtGui, QtWidgets
from ui import installation_list

# Made by PySide with hundreds of others: Qt's constants, all classes of widgets, all of events.
DEAR = (QtCore, "Qt"), (QtWidgets, "QCalendarWidget"), (QtGui, "QWheelEvent")

paint = installation_list.InstallationListView.paintEvent

def painted(self, event):
    paint(self, event)
    print([self.list_model.index(place).data() for place in range(self.list_model.rowCount())])
    print([name for module, name in DEAR if name in vars(module)])
    print(*sorted(sys.modules), sep="\\n")
    sys.stdout.flush()
    os._exit(0)

installation_list.InstallationListView.paintEvent = painted
main.main()
"""


@pytest.fixture
def first_picture(tmp_path: Path) -> list[str]:
    """What a program that has just painted its list for the first time says: rows, what is dear, modules."""
    path = tmp_path / "office.db"
    store = open_store(path, now=NOW)
    install(store, name="Muster GmbH")
    install(store, "C10", 12, number="K-2", name="Über & Über GmbH")
    order(store, install(store, number="K-3", name=f"{'Vorgemerkte lange ' * 5}GmbH"), "C25")
    store.close()
    folders = {name: str(tmp_path / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)],
        cwd=ROOT,
        env={**os.environ, **folders, "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*.warning=false"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_first_picture_has_rows_and_needs_few_modules_and_classes(first_picture: list[str]) -> None:
    rows, dear, *modules = first_picture
    assert rows.startswith("['Muster GmbH', 'Über & Über GmbH', 'Vorgemerkte lange")
    assert dear == "[]"
    assert sorted(LATER & set(modules)) == []
    own = [name for name in modules if name.split(".")[0] in ("model", "ui")]
    assert len(own) <= MOST_OWN, own


def test_no_class_of_qt_is_made_beside_the_window() -> None:
    """Not even Qt's own, which PySide makes when they are first asked for."""
    script = """
from importlib import import_module
import shiboken6
import ui.app, ui.main_window
from ui.warming import BESIDE, HERE

def classes():
    found, rest = set(), [shiboken6.Shiboken.Object]
    while rest:
        new = set(rest.pop().__subclasses__()) - found
        found |= new
        rest += new
    return found

known = classes()
assert len(known) > 50
for name in BESIDE:
    import_module(name)
    assert not classes() - known, (name, classes() - known)
import_module(HERE[0])
assert classes() - known
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only there the names of threads can be read")
@pytest.mark.parametrize(("start", "helped"), [("ui.app.application", False), ("QApplication", True)])
def test_the_window_paints_without_waiting_for_other_threads(start: str, helped: bool) -> None:
    """What Qt does by itself shows that this would be seen."""
    script = f"""
from pathlib import Path
from PySide6.QtGui import QImage, QLinearGradient, QPainter
from PySide6.QtWidgets import QApplication
import ui.app

application = {start}(["program"])
picture = QImage(64, 2000, QImage.Format.Format_RGB32)
painter = QPainter(picture)
painter.fillRect(picture.rect(), QLinearGradient(0, 0, 64, 2000))
painter.end()
assert any("pooled" in task.read_text() for task in Path("/proc/self/task").glob("*/comm")) is {helped}
"""
    environment = {name: value for name, value in os.environ.items() if name != "QT_NO_GUI_THREADPOOL"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**environment, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_everything_else_is_there_a_moment_later(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    install(memory)
    settle(qtbot, window)
    parts = ("page", "settings_page", "mail", "drafts", "backups", "imports", "orders", "exports", "documents")
    assert [name for name in parts if not window.is_made(name)] == []


@pytest.mark.parametrize("name", ["mail", "drafts", "exports", "documents", "imports", "backups"])
def test_whatever_is_asked_for_first_is_made_once(qtbot: QtBot, window: MainWindow, memory: Store, name: str) -> None:
    first = getattr(window, name)
    install(memory)
    settle(qtbot, window)
    assert getattr(window, name) is first
    for bar in ("mailBar", "draftBar", "importedBar", "backupBar"):
        find(window, Notice, bar)


@pytest.mark.usefixtures("german")
def test_counts_that_cannot_be_read_leave_no_empty_page(
    qtbot: QtBot, memory: Store, clock: FixedClock, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_desk: Desk, now: datetime, _total: int | None) -> Pulse:
        raise StoreUnavailable(StorageFault.BUSY, str(now))

    monkeypatch.setattr(Desk, "_pulse", fail)
    made = app.build(memory, clock, settings)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: isinstance(made._pages.currentWidget(), NothingChosenPage))
    made.close()


def test_nothing_is_made_while_somebody_types(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    install(memory)
    window.warming._typing.setInterval(3_600_000)
    qtbot.keyClicks(window.panel.search, "mu")
    qtbot.wait(100)
    assert not window.is_made("page")
    window.warming._typing.start(0)
    settle(qtbot, window)
    assert window.is_made("page")


def test_a_window_closed_at_once_makes_nothing_more(qtbot: QtBot, memory: Store, clock: FixedClock) -> None:
    made = app.build(memory, clock)
    qtbot.addWidget(made)
    made.show()
    made.close()
    qtbot.wait(200)
    assert not made.is_made("page")


def test_a_part_made_later_obeys_what_is_forbidden(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    window.changes.forbid("gesperrt")
    assert not window.is_made("page")
    install(memory)
    window.choose(1)
    settle(qtbot, window)
    adding = find(window, ChangeButton, "addExtensionButton")
    assert (adding.isEnabled(), adding.toolTip()) == (False, tooltip("gesperrt"))


@pytest.mark.parametrize("code", ["de", "en"])
@hypothesis.given(number=integers(-(10**12), 10**12), instant=datetimes())
def test_numbers_and_dates_are_as_babel_writes_them(code: str, number: int, instant: datetime) -> None:
    with i18n.speaking(code):
        locale = formats.LOCALES[code]
        dotted = "dd.MM.yyyy" if code == "de" else "dd/MM/yyyy"
        assert formats.number(number) == format_decimal(number, locale=locale)
        assert formats.day(instant.date()) == format_date(instant.date(), dotted, locale=locale)
        assert formats.instant(instant) == format_datetime(instant, f"{dotted}, HH:mm", locale=locale)


def test_the_library_is_the_one_that_sqlite_utils_works_with() -> None:
    assert sqlite_library.sqlite3 is utils.sqlite3
