"""Work on another thread: results come back in the GUI thread, faults too, and nothing after the end."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from model.errors import ModelError, NoSuchInstallation, Unexpected
from tests.screen import text
from ui import beside
from ui.background import Background


@pytest.fixture
def background(qapp: QApplication) -> Iterator[Background]:
    made = Background("work", qapp)
    yield made
    made.close(finish=True)
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


class Held:
    """What a job holds, such as a dialog; it notes on which thread it is let go."""

    def __init__(self, let_go: list[str]) -> None:
        self._let_go = let_go

    def __del__(self) -> None:
        self._let_go.append(thread_name())

    def act(self, *_answer: object) -> None:
        pass

    def fail(self) -> None:
        raise NoSuchInstallation(7)


def test_what_a_job_holds_is_never_let_go_on_its_thread(qtbot: QtBot, background: Background) -> None:
    let_go: list[str] = []
    for _ in range(300):
        for work in (Held.act, Held.fail):
            background.run(partial(work, Held(let_go)), Held(let_go).act, Held(let_go).act)
            background.run_newest(partial(work, Held(let_go)), Held(let_go).act, Held(let_go).act)
        with qtbot.waitCallback() as done:
            background.run(lambda: None, done, unexpected)
    assert len(let_go) > 3000
    assert set(let_go) == {threading.main_thread().name}


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
    for words in ("second", "third"):
        background.run_newest(partial(str, words), answers.append, unexpected)
    with qtbot.waitCallback() as done:
        background.run_newest(lambda: "fourth", done, unexpected)
        go.set()
    assert (answers, done.args) == (["first"], ["fourth"])


def test_the_newest_drops_nothing_of_another_kind(qtbot: QtBot, background: Background) -> None:
    """A page of the list that was asked for comes, whatever is typed meanwhile."""
    begun, go = threading.Event(), threading.Event()
    pages: list[str] = []

    def hold() -> None:
        begun.set()
        go.wait(5)

    background.run_newest(hold, lambda _answer: None, unexpected)
    assert begun.wait(5)
    background.run(lambda: "page", pages.append, unexpected)
    with qtbot.waitCallback() as done:
        background.run_newest(lambda: "newest", done, unexpected)
        go.set()
    assert pages == ["page"]


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
    background.close(finish=True)
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
    background.close(finish=True)
    assert finished == list(range(5))


def test_closing_drops_what_nobody_will_see(qapp: QApplication) -> None:
    """What was only to be read and has not begun."""
    background = Background("work", qapp)
    begun, go = threading.Event(), threading.Event()
    read: list[int] = []

    def hold() -> None:
        begun.set()
        go.wait(5)
        read.append(0)

    background.run(hold, done_wrongly, unexpected)
    for number in (1, 2):
        background.run(partial(read.append, number), done_wrongly, unexpected)
    assert begun.wait(5)
    threading.Timer(0.01, go.set).start()
    background.close(finish=False)
    assert read == [0]


@pytest.fixture
def shown_at_once(german: QApplication, monkeypatch: pytest.MonkeyPatch) -> QApplication:
    monkeypatch.setattr(beside, "SOON_MS", 0)
    return german


def test_what_takes_long_before_there_is_a_window_is_said(shown_at_once: QApplication) -> None:  # noqa: ARG001
    go, seen = threading.Event(), []
    looking = QTimer()

    def look() -> None:
        box = QApplication.activeModalWidget()
        if box is not None:
            box.close()
            seen.append((box.isVisible(), text(box, "workingText")))
            looking.stop()
            go.set()

    looking.timeout.connect(look)
    looking.start(1)
    assert beside.beside("Gleich fertig …", lambda: go.wait(5)) is True
    assert seen == [(True, "Gleich fertig …")], "the box stays while the work goes on"
    assert QApplication.activeModalWidget() is None


def test_what_is_done_at_once_is_done_without_a_word(german: QApplication) -> None:  # noqa: ARG001
    assert beside.beside("Gleich fertig …", lambda: 7) == 7
    assert QApplication.activeModalWidget() is None


def test_a_failure_beside_comes_back_to_who_asked(german: QApplication) -> None:  # noqa: ARG001
    with pytest.raises(NoSuchInstallation):
        beside.beside("Gleich fertig …", raising(NoSuchInstallation(7)))
    assert QApplication.activeModalWidget() is None


def test_closing_twice_is_harmless(qapp: QApplication) -> None:
    background = Background("work", qapp)
    background.close(finish=True)
    background.close(finish=True)
