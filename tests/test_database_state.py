"""What a clerk sees when the database is damaged, gone, replaced, busy, write-protected or far away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QStorageInfo, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from model import sqlite_connections
from model.backups import back_up
from model.demo import open_demo
from model.sqlite_engine import SqliteEngine
from model.store import Store, open_store
from tests.examples import NOW, TODAY, FixedClock, install, order
from tests.faults import held
from tests.screen import click, dialog, find, settle, text, write
from ui import database_state
from ui.app import Program, build
from ui.main_window import MainWindow
from ui.table import Table

BUTTONS = (
    "addExtensionButton", "editExtensionButton", "removeExtensionButton", "addDeviceButton", "editDeviceButton",
    "removeDeviceButton", "addFeatureButton", "removeFeatureButton", "cancelOrderButton", "settingsCancelOrderButton",
    "saveCustomerButton", "welcomeImportButton", "welcomeNewButton",
)  # fmt: skip
ACTIONS = ("import", "new", "prices", "paste", "addExtension", "addDevice", "addFeature", "cancelOrder")
LOOKING = (
    "adjust", "settings", "copy", "copyHeader", "search", "refresh", "restore", "verify", "preferences", "help", "about"
)  # fmt: skip
GONE = "Die Datenbank ist nicht mehr an ihrem Ort"
DAMAGED = "Die Datenbank ist beschädigt"
SPOIL = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as connection:
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", sys.argv[2:]).fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
connection.close()
with open(sys.argv[1], "r+b") as file:
    file.seek(24)
    file.write(b"\\0\\0\\7\\0")
    file.seek((page - 1) * size)
    file.write(b"\\xa5" * size)
"""
Open = Callable[..., MainWindow]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with a customer who has ordered, and a copy of it."""
    path = tmp_path / "büro" / "office.db"
    with closing(open_store(path)) as store:
        order(store, install(store, "C10", 8, 8), "C25")
    with closing(SqliteEngine(path)) as engine:
        back_up(engine, path.parent / "Sicherungen", NOW)
    return path


@pytest.fixture(autouse=True)
def looked_over_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first look over the whole file finds is tested on its own."""
    monkeypatch.setattr(database_state, "LOOK_OVER_MS", 3_600_000)


@pytest.fixture
def open_office(
    german: QApplication,  # noqa: ARG001 - has to be there first
    qtbot: QtBot,
    path: Path,
    clock: FixedClock,
    settings: QSettings,
) -> Iterator[Open]:
    """Opens a window over the file, on its customer."""
    opened: list[tuple[MainWindow, Store]] = []

    def make(store: Store | None = None, *, choose: bool = True) -> MainWindow:
        store = store or open_store(path)
        window = build(store, clock, settings)
        opened.append((window, store))
        qtbot.addWidget(window)
        window.show()
        if choose:
            window.choose(1)
        settle(qtbot, window)
        return window

    yield make
    for window, store in opened:
        window.settings_page.drafts.discard()
        assert window.close()
        store.close()


@pytest.fixture
def office(open_office: Open) -> MainWindow:
    return open_office()


def spoil(path: Path, table: str = "tariff_order") -> None:
    """Another process damages the page of a table."""
    subprocess.run([sys.executable, "-c", SPOIL, str(path), table], check=True)


def bar(window: MainWindow, name: str = "databaseBar") -> QFrame:
    return find(window, QFrame, name)


def wait_for_bar(qtbot: QtBot, window: MainWindow, title: str) -> None:
    """Within two seconds and a look."""
    qtbot.waitUntil(lambda: bar(window).accessibleName().startswith(title), timeout=2500)
    assert bar(window).isVisible()


def wait_until_gone(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not bar(window).isVisible(), timeout=2500)


def assert_no_change_is_possible(window: MainWindow, reason: str) -> None:
    """Every change is off and its tooltip says why; looking is on."""
    for name in BUTTONS:
        made = find(window, QPushButton, name)
        assert not made.isEnabled(), name
        assert reason in made.toolTip(), name
        assert reason in made.accessibleDescription(), name
    for name in ACTIONS:
        action = window.actions_by_name.named[name]
        assert not action.isEnabled(), name
        assert reason in action.toolTip(), name
    assert all(window.actions_by_name.named[name].isEnabled() for name in LOOKING)
    assert not any(action.isEnabled() for action in window.page.extensions.context_actions)


def assert_changes_are_possible(window: MainWindow) -> None:
    for name in ("addExtensionButton", "addDeviceButton", "cancelOrderButton"):
        made = find(window, QPushButton, name)
        assert made.isEnabled(), name
        assert made.toolTip() == ""
    assert all(window.actions_by_name.named[name].isEnabled() for name in ACTIONS)
    assert window.page.extensions.context_actions[0].isEnabled()


def open_summary(qtbot: QtBot, window: MainWindow, size: str = "size50") -> QWidget:
    window.orders.adjust()
    change = dialog("tariffChangeDialog")
    click(qtbot, change, size)
    click(qtbot, change, "selectButton")
    return change


# ---------------------------------------------------------------------- write-protected


def test_a_write_protected_database_is_looked_at_and_nothing_can_be_pressed(
    qtbot: QtBot, open_office: Open, path: Path
) -> None:
    window = open_office(open_store(path, read_only=True))
    reason = "Alles lässt sich ansehen, nichts ändern oder bestellen."
    assert "office.db ist schreibgeschützt" in text(window, "readOnlyText")
    assert text(window, "readOnlyText").endswith(reason)
    find(window, Table, "extensionTable").selectAll()
    find(window, Table, "deviceTable").selectRow(0)
    assert_no_change_is_possible(window, reason)
    assert text(window, "customerTitle") == "Muster GmbH"
    change = open_summary(qtbot, window)
    ordering = find(change, QPushButton, "orderButton")
    assert not ordering.isEnabled()
    assert reason in ordering.toolTip()
    click(qtbot, change, "backButton")
    click(qtbot, change, "selectButton")
    assert not ordering.isEnabled()
    click(qtbot, window, "advancedSettingsButton")
    write(qtbot, window, "nameField", "Neuer Name")
    assert not find(window, QPushButton, "saveCustomerButton").isEnabled()


@pytest.mark.parametrize("name", ["extensionDialog", "pasteDialog", "removalDialog", "newCustomerDialog"])
def test_a_dialog_that_opens_all_the_same_cannot_be_submitted(
    qtbot: QtBot, open_office: Open, path: Path, name: str
) -> None:
    """By a double click, by keys or by a file that is dropped."""
    window = open_office(open_store(path, read_only=True))
    table = find(window, Table, "extensionTable")
    table.selectRow(0)
    {
        "extensionDialog": lambda: window.objects.edit(table.selected_rows()[0]),
        "pasteDialog": lambda: window.objects.paste("900\tEmpfang"),
        "removalDialog": lambda: window.objects.remove("Extension"),
        "newCustomerDialog": window.customers.new,
    }[name]()
    settle(qtbot, window)
    submit = "removalConfirm" if name == "removalDialog" else f"{name}Submit"
    made = find(dialog(name), QPushButton, submit)
    assert not made.isEnabled()
    assert "schreibgeschützt" in made.toolTip()


# ---------------------------------------------------------------------- gone while open


def away(path: Path) -> Callable[[], object]:
    aside = path.rename(path.with_name("aside.db"))
    return lambda: aside.rename(path)


def folder_away(path: Path) -> Callable[[], object]:
    aside = path.parent.rename(path.parent.with_name("anderswo"))
    return lambda: aside.rename(path.parent)


def another_in_its_place(path: Path) -> Callable[[], object]:
    aside = path.rename(path.with_name("aside.db"))
    other_database(path)
    return lambda: aside.replace(path)


def other_database(path: Path) -> None:
    """Another database of ours comes to a path."""
    with closing(open_store(path.with_name("andere.db"))) as other:
        install(other, number="K-1", name="Andere AG")
        install(other, number="K-2", name="Bald AG")
    path.with_name("andere.db").rename(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody move a file that is open")
@pytest.mark.parametrize("happen", [away, folder_away, another_in_its_place])
def test_a_database_that_goes_is_said_at_once_and_what_was_typed_is_still_there_when_it_is_back(
    qtbot: QtBot, office: MainWindow, path: Path, happen: Callable[[Path], Callable[[], object]]
) -> None:
    click(qtbot, office, "advancedSettingsButton")
    write(qtbot, office, "nameField", "Halb getip")
    change = open_summary(qtbot, office)
    find(office, Table, "extensionTable").selectAll()
    find(office, Table, "deviceTable").selectRow(0)
    come_back = happen(path)
    wait_for_bar(qtbot, office, GONE)
    assert text(office, "databaseText") == (
        f"{path} wurde gelöscht, verschoben oder ersetzt, oder ein Laufwerk fehlt. Bis sie wieder da ist, lässt sich"
        " nichts ändern oder bestellen. Kommt sie nicht zurück, öffnen Sie sie bitte neu."
    )
    assert find(office, QPushButton, "reopenButton").isVisible()
    assert not find(office, QPushButton, "restoreButton").isVisible()
    assert_no_change_is_possible(office, GONE)
    assert not find(change, QPushButton, "orderButton").isEnabled()
    assert not bar(office, "faultBar").isVisible()
    come_back()
    wait_until_gone(qtbot, office)
    assert_changes_are_possible(office)
    assert find(office, QLineEdit, "nameField").text() == "Halb getip"
    assert [row.extension.number for row in find(office, Table, "extensionTable").selected_rows()][:2] == ["100", "101"]
    click(qtbot, change, "orderButton")
    settle(qtbot, office)
    assert len(office.desk._store.account(1).orders) == 2


Windows = Callable[[], list[MainWindow]]


@pytest.fixture
def program(german: QApplication, clock: FixedClock, settings: QSettings, path: Path) -> Iterator[Windows]:
    """The program with its window; what is open at the end is closed."""
    made = Program(german, clock, open_store, open_demo, settings)
    assert made.start(path, None, "de")
    yield lambda: list(made._windows)
    for window in list(made._windows):
        window.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody move a file that is open")
def test_another_database_in_its_place_is_opened_when_the_clerk_says_so(
    qtbot: QtBot, program: Windows, path: Path
) -> None:
    (window,) = program()
    settle(qtbot, window)
    path.unlink()
    other_database(path)
    wait_for_bar(qtbot, window, GONE)
    click(qtbot, window, "reopenButton")
    (opened,) = program()
    assert opened is not window
    settle(qtbot, opened)
    assert find(opened, QPushButton, "filterAll").text() == "Alle 2"
    assert not bar(opened).isVisible()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody move a file that is open")
def test_a_database_that_is_gone_for_good_is_never_replaced_by_an_empty_one(
    qtbot: QtBot, program: Windows, path: Path
) -> None:
    """Opened again, it is asked for: here the clerk takes the copy."""
    (window,) = program()
    settle(qtbot, window)
    path.unlink()
    path.with_name("office.db-journal").unlink(missing_ok=True)
    wait_for_bar(qtbot, window, GONE)
    looking, said = QTimer(window), []

    def answer() -> None:
        shown = QApplication.activeModalWidget()
        if isinstance(shown, QMessageBox):
            said.append(shown.text())
            find(shown, QPushButton, "restoreCopyButton").click()
        elif shown is not None and shown.objectName() == "restoreDialog":
            looking.stop()
            find(shown, Table, "backupTable").selectRow(0)
            find(shown, QPushButton, "restoreDialogSubmit").click()

    looking.timeout.connect(answer)
    looking.start(5)
    click(qtbot, window, "reopenButton")
    assert said == [f"Die Datenbank {path} ist nicht mehr da. Wurde sie verschoben oder fehlt ein Laufwerk?"]
    (opened,) = program()
    dialog("messageBox").close()
    settle(qtbot, opened)
    assert find(opened, QPushButton, "filterPending").text() == "Vorgemerkt 1"


# ---------------------------------------------------------------------- damaged while open


def test_damage_is_looked_for_after_the_start_and_stops_every_change(
    qtbot: QtBot, open_office: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In what nobody has read yet: the devices, while no customer is chosen."""
    monkeypatch.setattr(database_state, "LOOK_OVER_MS", 0)
    store = open_store(path)
    spoil(path, "device")
    window = open_office(store, choose=False)
    wait_for_bar(qtbot, window, DAMAGED)
    assert text(window, "databaseText") == (
        f"Es lässt sich nichts mehr ändern oder bestellen. Bitte stellen Sie eine Sicherung wieder her; die"
        f" beschädigte Datei {path} bleibt erhalten."
    )
    assert find(window, QPushButton, "restoreButton").isVisible()
    assert not window.actions_by_name.named["new"].isEnabled()
    window.reload()
    settle(qtbot, window)
    assert bar(window).isVisible(), "damage doesn't go by itself"


def test_a_sound_database_is_looked_over_without_a_word(
    qtbot: QtBot, open_office: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_state, "LOOK_OVER_MS", 0)
    window = open_office()
    with qtbot.waitCallback() as looked:
        window.desk.keeping.look_over(looked, looked)
    assert looked.args == [None]
    assert not bar(window).isVisible()
    assert_changes_are_possible(window)


def test_a_file_that_was_overwritten_and_is_right_again_is_opened_again(
    qtbot: QtBot, program: Windows, path: Path
) -> None:
    (window,) = program()
    settle(qtbot, window)
    good = path.read_bytes()
    path.write_bytes(b"x" * len(good))
    wait_for_bar(qtbot, window, DAMAGED)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    settle(qtbot, window)
    assert not bar(window, "faultBar").isVisible(), "one bar says it"
    path.write_bytes(good)
    click(qtbot, window, "reopenButton")
    (opened,) = program()
    opened.choose(1)
    settle(qtbot, opened)
    assert not bar(opened).isVisible()
    assert_changes_are_possible(opened)


def test_damage_that_an_order_finds_leads_to_the_copy_from_before(qtbot: QtBot, program: Windows, path: Path) -> None:
    (window,) = program()
    window.choose(1)
    settle(qtbot, window)
    change = open_summary(qtbot, window)
    spoil(path)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert "ist beschädigt" in text(change, "dialogNoticeText")
    assert change.isVisible()
    assert not find(change, QPushButton, "orderButton").isEnabled()
    wait_for_bar(qtbot, window, DAMAGED)
    click(qtbot, window, "restoreButton")
    qtbot.waitUntil(lambda: bool(window.findChildren(QWidget, "restoreDialog")))
    form = dialog("restoreDialog")
    find(form, Table, "backupTable").selectRow(0)
    click(qtbot, form, "restoreDialogSubmit")
    (restored,) = program()
    dialog("messageBox").close()
    restored.choose(1)
    settle(qtbot, restored)
    assert not bar(restored).isVisible()
    assert_changes_are_possible(restored)
    (kept,) = path.parent.glob("office-replaced-*.db")
    assert kept.exists()
    place = open_summary(qtbot, restored)
    click(qtbot, place, "orderButton")
    settle(qtbot, restored)
    with closing(open_store(path, create=False)) as store:
        assert store.verify().findings == ()
        assert len(store.account(1).orders) == 2


# ---------------------------------------------------------------------- busy, far away


def test_a_program_that_holds_the_database_is_named_and_the_bar_goes_by_itself(
    qtbot: QtBot, open_office: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was searched for and chosen meanwhile is shown then."""
    monkeypatch.setattr(sqlite_connections, "TIMEOUT_S", 0.05)
    with closing(open_store(path)) as store:
        second = install(store, number="K-2", name="Andere AG")
    window = open_office()
    with held(path, "EXCLUSIVE") as release:
        wait_for_bar(qtbot, window, "Ein anderes Programm schreibt in die Datenbank")
        assert text(window, "databaseText") == (
            "Die Anzeige ist vielleicht nicht aktuell. Sie wird erneuert, sobald das andere Programm fertig ist."
        )
        assert_changes_are_possible(window)
        assert not find(window, QPushButton, "reopenButton").isVisible()
        window.choose(second)
        write(qtbot, window, "searchField", "andere")
        settle(qtbot, window)
        assert text(window, "customerTitle") == "Muster GmbH"
        assert not bar(window, "faultBar").isVisible(), "one bar says it"
        window.page.extensions.selectRow(0)
        click(qtbot, window, "removeExtensionButton")
        click(qtbot, dialog("removalDialog"), "removalConfirm")
        settle(qtbot, window)
        assert text(window, "faultText").startswith("Nicht gespeichert: Ein anderes Programm schreibt gerade")
        release()
        wait_until_gone(qtbot, window)
    settle(qtbot, window)
    assert text(window, "customerTitle") == "Andere AG"
    assert text(window, "faultText").startswith("Nicht gespeichert"), "chosen before it was said"
    lines = window.panel.list.list_model
    assert [lines.index(place).data() for place in range(lines.rowCount())] == ["Andere AG"]


def test_a_database_on_a_network_drive_is_warned_of_and_names_the_server_mode(
    qtbot: QtBot, open_office: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file system that the tests run on counts as a network's."""
    kind = bytes(QStorageInfo(str(path)).fileSystemType().data()).decode()
    monkeypatch.setattr(database_state, "NETWORK_FILE_SYSTEMS", frozenset({kind}))
    window = open_office()
    words = text(window, "networkText")
    assert words.startswith(f"Die Datenbank {path} liegt auf einem Netzlaufwerk;")
    assert words.endswith("(Servermodus).")
    assert_changes_are_possible(window)
    click(qtbot, window, "hideNetworkButton")
    assert not bar(window, "networkBar").isVisible()


@pytest.mark.parametrize(
    ("place", "far"), [("\\\\server\\büro\\office.db", True), ("//server/office.db", True), (":memory:", False)]
)
def test_a_place_on_another_computer_is_known_by_its_name(place: str, far: bool) -> None:
    assert database_state.is_on_network(place) is far


def test_a_file_on_this_computer_is_not_far_away(qtbot: QtBot, office: MainWindow) -> None:
    settle(qtbot, office)
    assert not bar(office, "networkBar").isVisible()
    assert office.desk._store.counts(TODAY).all == 1
