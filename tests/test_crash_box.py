"""What nobody expected is one dialog and a log without anybody's data (R37)."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.computer import Answer
from tests.examples import install
from tests.screen import settle, text
from ui import last_resort
from ui.main_window import MainWindow

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
    assert "test_crash_box.py" in report
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
    assert "ERROR LookupError\ntest_crash_box.py:" in logged
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


def test_the_box_at_the_start_outlives_a_window_that_goes(qtbot: QtBot, crash_log: Path, answer: Answer) -> None:
    going = QWidget()
    going.show()
    with qtbot.waitActive(going):
        going.activateWindow()
    going.deleteLater()
    said = answer("Schließen")
    assert not last_resort.attempt(lambda: bool(1 // 0))
    assert said == ["Es ist etwas Unerwartetes geschehen."]
    assert crash_log.exists()


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
