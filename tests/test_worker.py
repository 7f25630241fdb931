"""A thread that does jobs one after the other, and loses none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Event, Thread, current_thread
from time import sleep

from ui.worker import Worker

ROOT = Path(__file__).parents[1]
ENDS_AT_ONCE = """
import time
from ui.worker import Worker

def work(number):
    time.sleep(0.05)
    print(number, flush=True)

worker = Worker("work", work)
for number in range(3):
    worker.add(number)
"""


class Jobs:
    """They wait until they may go on."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.done = Event(), Event(), list[int]()

    def do(self, number: int) -> None:
        self.begun.set()
        self.go_on.wait()
        self.done.append(number)


def test_jobs_are_done_in_order_on_one_thread() -> None:
    done: list[tuple[int, str]] = []
    worker = Worker("work", lambda number: done.append((number, current_thread().name)))
    for number in range(5):
        worker.add(number)
    worker.close(finish=True)
    assert done == [(number, "work") for number in range(5)]


def test_a_job_that_waits_can_be_left_out_and_one_that_has_begun_cannot() -> None:
    jobs = Jobs()
    worker = Worker("work", jobs.do)
    for number in range(3):
        worker.add(number)
    jobs.begun.wait()
    assert (worker.drop(0), worker.drop(1), worker.drop(1)) == (False, True, False)
    jobs.go_on.set()
    worker.close(finish=True)
    assert jobs.done == [0, 2]


def test_closed_it_does_nothing_more() -> None:
    jobs = Jobs()
    worker = Worker("work", jobs.do)
    worker.add(0)
    worker.add(1)
    jobs.begun.wait()
    closing = Thread(target=worker.close, kwargs={"finish": False})
    closing.start()
    while worker._waiting:
        sleep(0.001)
    jobs.go_on.set()
    closing.join()
    assert jobs.done == [0]


def test_one_that_never_began_is_closed_at_once() -> None:
    Worker("work", lambda _number: None).close(finish=True)


def test_a_program_that_ends_without_closing_it_finishes_what_was_asked_for() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDS_AT_ONCE], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["0", "1", "2"], "")
