"""Work on another thread: results come back in the GUI thread, faults too, and nothing after the end."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from model.errors import ModelError, NoSuchInstallation, Unexpected
from ui.background import Background


@pytest.fixture
def background(qapp: QApplication) -> Iterator[Background]:
    made = Background("work", qapp)
    yield made
    made.close()
    made.deleteLater()


def raising(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def unexpected(error: ModelError) -> None:
    raise AssertionError(error)


def test_work_is_done_elsewhere_and_its_result_arrives_here(qtbot: QtBot, background: Background) -> None:
    with qtbot.waitCallback() as done:
        background.run(threading.current_thread, done, unexpected)
    assert done.args[0] is not threading.main_thread()
    assert done.args[0].name.startswith("work")


def test_a_result_is_delivered_in_the_gui_thread(qtbot: QtBot, background: Background) -> None:
    with qtbot.waitCallback() as done:
        background.run(lambda: 1, lambda _result: done(threading.current_thread()), unexpected)
    assert done.args == [threading.main_thread()]


def test_an_expected_error_goes_to_who_asked(qtbot: QtBot, background: Background) -> None:
    with qtbot.waitCallback() as failed:
        background.run(raising(NoSuchInstallation(7)), done_wrongly, lambda error: failed(error, thread_name()))
    assert isinstance(failed.args[0], NoSuchInstallation)
    assert failed.args[1] == threading.main_thread().name


def done_wrongly(_result: object) -> None:
    pytest.fail("work that failed has no result")


def thread_name() -> str:
    return threading.current_thread().name


def test_an_unexpected_error_reaches_the_last_resort(qtbot: QtBot, background: Background) -> None:
    failures: list[ModelError] = []
    with qtbot.capture_exceptions() as caught, qtbot.waitCallback() as next_done:
        background.run(raising(ZeroDivisionError("unexpected")), done_wrongly, failures.append)
        background.run(lambda: None, next_done, unexpected)
    assert [(kind, str(error)) for kind, error, _trace in caught] == [(ZeroDivisionError, "unexpected")]
    assert frames(caught[0][1])[-1] == "work"
    assert [type(failure) for failure in failures] == [Unexpected]


def frames(error: BaseException) -> list[str]:
    """Where it happened; the report has to name the work's own place."""
    return [frame.name for frame in traceback.extract_tb(error.__traceback__)]


def test_one_thing_is_done_after_the_other(qtbot: QtBot, background: Background) -> None:
    order: list[int] = []
    with qtbot.waitCallback() as done:
        for number in range(20):
            background.run(partial(int, number), order.append, unexpected)
        background.run(lambda: None, done, unexpected)
    assert order == list(range(20))


def test_the_newest_drops_what_has_not_begun(qtbot: QtBot, background: Background) -> None:
    begun, go = threading.Event(), threading.Event()
    answers: list[str] = []

    def hold() -> str:
        begun.set()
        go.wait(5)
        return "first"

    background.run_newest(hold, answers.append, unexpected)
    assert begun.wait(5)
    for text in ("second", "third"):
        background.run_newest(partial(str, text), answers.append, unexpected)
    with qtbot.waitCallback() as done:
        background.run_newest(lambda: "fourth", done, unexpected)
        go.set()
    assert (answers, done.args) == (["first"], ["fourth"])


def test_closing_finishes_what_was_begun_and_delivers_nothing_more(qapp: QApplication) -> None:
    background = Background("work", qapp)
    begun, go = threading.Event(), threading.Event()
    finished: list[str] = []
    delivered: list[object] = []

    def write() -> None:
        begun.set()
        go.wait(5)
        finished.append("written")

    background.run(write, delivered.append, unexpected)
    assert begun.wait(5)
    go.set()
    background.close()
    background.run(lambda: finished.append("too late"), delivered.append, unexpected)
    qapp.processEvents()
    assert finished == ["written"]
    assert delivered == []


def test_closing_does_what_was_asked_for_and_not_begun(qapp: QApplication) -> None:
    """An order that was clicked is placed, even if the window closes at once."""
    background = Background("work", qapp)
    finished: list[int] = []
    for number in range(5):
        background.run(partial(finished.append, number), done_wrongly, unexpected)
    background.close()
    assert finished == list(range(5))


def test_closing_twice_is_harmless(qapp: QApplication) -> None:
    background = Background("work", qapp)
    background.close()
    background.close()
