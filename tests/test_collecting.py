"""Cyclic leftovers are collected, and in the window's thread alone."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.background import Background
from ui.collecting import IDLE_MS, LOOK_MS, Collecting


class Leftover:
    """Holds itself; notes on which thread it goes."""

    def __init__(self, gone: list[threading.Thread]) -> None:
        self._gone, self._itself = gone, self

    def __del__(self) -> None:
        self._gone.append(threading.current_thread())


@pytest.fixture
def collecting(qapp: QApplication) -> Iterator[Collecting]:
    made = Collecting(qapp)
    yield made
    made.deleteLater()
    gc.enable()


@pytest.mark.usefixtures("collecting")
def test_leftovers_go_in_the_windows_thread(qtbot: QtBot) -> None:
    gone: list[threading.Thread] = []
    parent = QObject()
    background = Background("work", parent)

    def leave() -> None:
        for _ in range(5000):
            Leftover(gone)

    with qtbot.waitCallback() as done:
        background.run(leave, done, done)
    assert gone == []
    qtbot.waitUntil(lambda: len(gone) == 5000)
    assert set(gone) == {threading.main_thread()}
    background.close(finish=True)


def test_as_long_as_nothing_is_made_it_looks_seldom(collecting: Collecting) -> None:
    timer = collecting.findChild(QTimer)
    assert isinstance(timer, QTimer)
    gc.collect()
    collecting._look()
    assert timer.interval() == IDLE_MS
    kept = [[place] for place in range(5000)]
    collecting._look()
    assert timer.interval() == LOOK_MS
    assert len(kept) == 5000
