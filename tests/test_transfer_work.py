"""The clerk moves the database to a server and back: the dialogs, what other desks are told, a move cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from model.audit import Action, AuditEntry
from model.demo import open_demo
from model.errors import StorageFault, StoreUnavailable
from model.refusals import TransferFault, TransferRefused
from model.server_place import place_of
from model.store import open_store
from model.transfer_target import new_target
from tests.examples import NOW, RunningClock, install, midday, order
from tests.postgres import Office
from tests.screen import click, dialog, find, settle, text, write
from ui import backup_work, errors, history, labels
from ui.app import Program
from ui.main_window import MainWindow
from ui.transfer_dialog import ToServerDialog

Windows = Callable[[], list[MainWindow]]


@pytest.fixture
def plot(office: Office) -> Iterator[Office]:
    """A place on a server where nothing is yet."""
    made = Office(office.server, f"{office.name}_moved")
    yield made
    made.remove()


@pytest.fixture
def clock() -> RunningClock:
    """A computer whose clock is right, which a server looks at."""
    return RunningClock(midday())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one customer and an order."""
    path = tmp_path / "office.db"
    with closing(open_store(path, now=NOW)) as store:
        order(store, install(store, "C10", 8, 8), "C25")
    return path


@pytest.fixture
def start(
    german: QApplication, clock: RunningClock, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Path | str], None]]:
    """Starts the program on a database; what is open at the end is closed."""
    monkeypatch.setattr(backup_work, "AT_START_MS", 3_600_000)
    made = Program(german, clock, open_store, open_demo, settings)

    def begin(place: Path | str) -> None:
        assert made.start(place, None, "de")

    yield begin
    for window in windows():
        window.close()


def windows() -> list[MainWindow]:
    return [entry for entry in QApplication.topLevelWidgets() if isinstance(entry, MainWindow) and entry.isVisible()]


def the_window(qtbot: QtBot, other_than: MainWindow | None = None) -> MainWindow:
    """The only one there is, once it shows its list."""
    qtbot.waitUntil(lambda: len(windows()) == 1 and windows()[0] is not other_than)
    (window,) = windows()
    settle(qtbot, window)
    return window


def open_transfer(window: MainWindow, name: str) -> QWidget:
    window.actions_by_name.named["transfer"].trigger()
    return dialog(name)


def to_the_server(qtbot: QtBot, window: MainWindow, plot: Office) -> QWidget:
    """The whole way through the dialog."""
    form = open_transfer(window, "toServerDialog")
    assert isinstance(form, ToServerDialog)
    form.server.show_place(place_of(plot.address))
    click(qtbot, form, "toServerDialogSubmit")
    qtbot.waitUntil(lambda: not form.busy)
    assert "ist noch leer" in find(form, QWidget, "transferBar").accessibleName()
    assert find(form, QPushButton, "toServerDialogSubmit").text() == "Dort einrichten und über&tragen"
    click(qtbot, form, "toServerDialogSubmit")
    qtbot.waitUntil(lambda: not form.busy)
    return form


def test_to_the_server_and_on_with_it_there(
    qtbot: QtBot, start: Callable[[Path | str], None], path: Path, plot: Office
) -> None:
    start(path)
    window = the_window(qtbot)
    assert window.actions_by_name.named["transfer"].text() == "Auf Server über&tragen …"
    form = to_the_server(qtbot, window, plot)
    assert text(form, "transferWords").startswith(f"Alles liegt jetzt unter {plot.shown}")
    figures = text(form, "transferFigures").splitlines()
    assert figures[:3] == ["Anlagen: 1", "Nebenstellen: 8", "Endgeräte: 8"]
    assert "Bestellungen: 1" in figures
    assert "Summe aller Bestellungen: 19,90\u00a0€ netto im Monat" in figures
    click(qtbot, form, "workThereButton")
    there = the_window(qtbot, window)
    assert there.desk.place == plot.shown
    assert not there.desk.read_only
    assert there.panel.list.list_model.rowCount() == 1
    assert there.actions_by_name.named["transfer"].text() == "In eine Datei übe&rtragen …"
    with closing(open_store(path, create=False)) as archive:
        assert archive.read_only


def test_back_into_a_file_and_every_desk_is_told(
    qtbot: QtBot,
    start: Callable[[Path | str], None],
    plot: Office,
    tmp_path: Path,
) -> None:
    with closing(open_store(plot.address, now=NOW)) as store:
        order(store, install(store, "C10", 8, 8), "C25")
    start(plot.address)
    window = the_window(qtbot)
    form = open_transfer(window, "toFileDialog")
    taken = tmp_path / "taken.db"
    taken.write_bytes(b"x")
    write(qtbot, form, "transferFileField", str(taken))
    click(qtbot, form, "toFileDialogSubmit")
    qtbot.waitUntil(lambda: find(form, QWidget, "toFileDialogNotice").isVisible())
    assert "überschrieben wird nichts" in text(form, "toFileDialogNoticeText").replace("\u200b", "")
    write(qtbot, form, "transferFileField", str(tmp_path / "neu.db"))
    click(qtbot, form, "toFileDialogSubmit")
    qtbot.waitUntil(lambda: find(form, QPushButton, "workThereButton").isVisible())
    # While it was under way the bar said so.
    qtbot.waitUntil(lambda: "wurden übertragen" in find(window, QWidget, "databaseBar").accessibleName())
    assert f"Die Daten liegen jetzt unter {tmp_path}" in text(window, "databaseText").replace("\u200b", "")
    assert not window.actions_by_name.named["new"].isEnabled()
    click(qtbot, form, "toFileDialogCancel")
    click(qtbot, window, "reopenButton")
    archive = the_window(qtbot, window)
    assert text(archive, "readOnlyText").startswith("Archiv: Die Daten liegen seit ")
    assert not archive.actions_by_name.named["transfer"].isEnabled()
    click(qtbot, archive, "openMovedButton")
    there = the_window(qtbot, archive)
    assert there.desk.place == str(tmp_path / "neu.db")
    assert not there.desk.read_only


def test_cancelled_the_clerk_goes_on_as_before(
    qtbot: QtBot, start: Callable[[Path | str], None], path: Path, plot: Office
) -> None:
    start(path)
    window = the_window(qtbot)
    form = open_transfer(window, "toServerDialog")
    assert isinstance(form, ToServerDialog)
    form.server.show_place(place_of(plot.address))
    form.sets_up = True
    form.submitted.connect(lambda: click(qtbot, form, "toServerDialogCancel"))
    click(qtbot, form, "toServerDialogSubmit")
    qtbot.waitUntil(lambda: not form.busy)
    assert "Abgebrochen: Nichts wurde übertragen" in text(form, "transferText")
    form.reject()
    settle(qtbot, window)
    assert not find(window, QWidget, "databaseBar").isVisible()
    assert window.actions_by_name.named["new"].isEnabled()


def test_what_is_wrong_is_said_where_it_is(
    qtbot: QtBot, start: Callable[[Path | str], None], path: Path, plot: Office
) -> None:
    with closing(open_store(plot.address, now=NOW)) as store:
        install(store)
    start(path)
    form = open_transfer(the_window(qtbot), "toServerDialog")
    assert isinstance(form, ToServerDialog)
    click(qtbot, form, "toServerDialogSubmit")
    assert find(form, QLabel, "serverHostFieldFault").isVisible()
    form.server.show_place(place_of(plot.address))
    click(qtbot, form, "toServerDialogSubmit")
    qtbot.waitUntil(lambda: not form.busy)
    assert text(form, "toServerDialogNoticeText").replace("\u200b", "") == (
        f"Unter {plot.shown} liegen schon Daten (Anlagen). Bitte wählen Sie eine Datenbank, mit der noch niemand"
        " gearbeitet hat."
    )
    assert not find(form, QProgressBar, "transferProgress").isVisible()
    form.reject()


def cut_off(path: Path, plot: Office, *, arrived: bool) -> None:
    """As a killed program leaves it."""

    class Killed(BaseException):
        """The end of the process."""

    def die() -> None:
        raise Killed

    with closing(open_store(path)) as store, new_target(plot.address, create=True) as target:
        if not arrived:
            store.transfer._begin(target, NOW)
            return
        with pytest.raises(Killed):
            store.transfer.run(replace(target, publish=die, arrived=nobody_answers), lambda: NOW, lambda *_told: None)


def nobody_answers(_entry: str) -> bool:
    raise StoreUnavailable(StorageFault.UNREACHABLE)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_move_that_was_cut_off_is_settled(
    qtbot: QtBot, start: Callable[[Path | str], None], path: Path, plot: Office, *, arrived: bool
) -> None:
    cut_off(path, plot, arrived=arrived)
    start(path)
    window = the_window(qtbot)
    assert "läuft noch oder wurde abgebrochen" in text(window, "readOnlyText")
    assert not window.actions_by_name.named["new"].isEnabled()
    click(qtbot, window, "settleButton")
    form = dialog("settleDialog")
    assert plot.shown in text(form, "settleWords").replace("\u200b", "")
    assert find(form, QLineEdit, "settlePasswordField").isVisible()
    click(qtbot, form, "settleDialogSubmit")
    qtbot.waitUntil(lambda: any(box.isVisible() for box in window.findChildren(QMessageBox)))
    box = dialog("messageBox")
    assert isinstance(box, QMessageBox)
    assert box.informativeText().startswith("Dort ist alles angekommen" if arrived else "Dort ist nichts angekommen")
    box.accept()
    settled = the_window(qtbot, window)
    assert settled.desk.read_only is arrived
    assert settled.actions_by_name.named["new"].isEnabled() is not arrived
    if arrived:
        assert text(settled, "readOnlyText").startswith("Archiv: Die Daten liegen seit ")


def test_a_move_whose_server_does_not_answer_stays_open(
    qtbot: QtBot, start: Callable[[Path | str], None], path: Path, plot: Office
) -> None:
    cut_off(path, plot, arrived=False)
    with closing(open_store(path)) as store, store._engine.write(moving=True):
        mark = store.transfer.mark
        assert mark
        store.transfer._keep(mark._replace(address="postgresql://anna@127.0.0.1:1/office"))
    start(path)
    window = the_window(qtbot)
    click(qtbot, window, "settleButton")
    form = dialog("settleDialog")
    click(qtbot, form, "settleDialogSubmit")
    qtbot.waitUntil(lambda: find(form, QWidget, "settleDialogNotice").isVisible())
    form.close()
    with closing(open_store(path)) as store:
        assert store.moved is not None


def test_r36_the_history_names_it(window: MainWindow) -> None:
    entry = AuditEntry(1, NOW, "anna", Action.TRANSFER_BEGUN, {}, {"to": "postgresql://server/office"}, "")
    assert window
    assert (labels.action(entry), history.details(entry)) == (
        "Übertragung der Datenbank begonnen",
        "postgresql://server/office",
    )
    assert labels.action(replace(entry, action=Action.TRANSFER_GIVEN_UP)) == "Übertragung der Datenbank aufgegeben"


@pytest.mark.parametrize("fault", list(TransferFault))
def test_every_refusal_has_its_words(german: QApplication, fault: TransferFault) -> None:
    assert german
    words = errors.message(TransferRefused(fault, "postgresql://server/office", "device 3"))
    assert words.startswith(("Nichts wurde übertragen: ", "Unter postgresql://", "An der Stelle postgresql://"))
    assert ("Endgeräte 3" in words) is (
        fault in (TransferFault.NOT_EMPTY, TransferFault.NOT_SOUND, TransferFault.NUL, TransferFault.DIFFERENT)
    )
