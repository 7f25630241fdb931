"""What a clerk with an order on the screen reads when the disk fails, and that the same click succeeds afterwards.

The other rows of the table of faults: a writer that holds the lock (test_under_way.py), a file that goes, is replaced
or damaged, a network drive (test_database_state.py), what can't be opened at all (test_app_start.py).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QSettings, QStandardPaths
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QLabel, QRadioButton, QWidget

from model.demo import open_demo
from model.store import open_store
from tests.examples import FixedClock, install
from tests.faults import elsewhere, linux, on_a_disk_of_its_own, posix, succeeds
from tests.screen import dialog, find
from ui import backup_work
from ui.app import Program
from ui.main_window import MainWindow

SLOWEST_MS = 20_000
AS_A_CLERK = "from tests.test_fault_table import *\n"


class Clerk:
    """The program in a process of its own, with the summary of Classic 25 open on the only customer."""

    def __init__(self, folder: Path) -> None:
        QStandardPaths.setTestModeEnabled(True)
        backup_work.SOON_MS = backup_work.AT_START_MS = 3_600_000
        self.path = folder / "tarifwechsel.db"
        if not self.path.exists():
            with closing(open_store(self.path)) as store:
                install(store, "C10", 8, 8)
        app = QApplication.instance() or QApplication([])
        assert isinstance(app, QApplication)
        settings = QSettings(str(folder.with_name("settings.ini")), QSettings.Format.IniFormat)
        self.program = Program(app, FixedClock(), open_store, open_demo, settings)
        assert self.program.start(self.path, None, "de")
        self.look()

    @property
    def window(self) -> MainWindow:
        return list(self.program._windows)[-1]

    def look(self) -> None:
        """Go to the customer, open the dialog, choose, look at the summary."""
        self.window.choose(1)
        self.wait(lambda: self.window.case is not None)
        self.window.orders.adjust()
        self.dialog = dialog("tariffChangeDialog")
        find(self.dialog, QRadioButton, "size25").click()
        find(self.dialog, QAbstractButton, "selectButton").click()
        self.total = find(self.dialog, QLabel, "totalGross").text()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until something has happened on the screen."""
        deadline = QDeadlineTimer(SLOWEST_MS)
        while not condition():
            QApplication.processEvents()
            assert not deadline.hasExpired()

    def press(self, name: str, parent: QWidget) -> None:
        made = find(parent, QAbstractButton, name)
        assert made.isEnabled(), name
        made.click()
        self.wait(lambda: not self.window.desk.busy)

    def is_refused(self, words: str) -> None:
        """The order is pressed and isn't placed: cause and next step are read, the summary is as it was."""
        self.press("orderButton", self.dialog)
        assert find(self.dialog, QFrame, "dialogNotice").accessibleName() == f"Nicht bestellt {words}"
        assert self.dialog.isVisible()
        assert find(self.dialog, QLabel, "totalGross").text() == self.total
        assert find(self.dialog, QRadioButton, "size25").isChecked()

    def succeeds(self) -> None:
        """The order is pressed and placed, once."""
        self.press("orderButton", self.dialog)
        self.window.close()
        with closing(open_store(self.path, create=False)) as store:
            assert [placed.tariff.code for placed in store.account(1).orders] == ["classic-25"]
            assert store.verify().findings == ()


@linux
def test_a_full_disk_is_said_and_the_same_click_orders_when_there_is_room(tmp_path: Path) -> None:
    folder = tmp_path / "platte"
    folder.mkdir()
    on_a_disk_of_its_own(
        AS_A_CLERK
        + """
clerk = Clerk(folder)
fill()
clerk.is_refused("Nicht gespeichert: Datenträger voll. Bitte schaffen Sie Platz und versuchen Sie es noch einmal.")
(folder / "andere Daten").unlink()
clerk.succeeds()
""",
        folder,
    )


@posix
def test_a_write_error_is_said_and_the_same_click_orders_when_it_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "platte"
    folder.mkdir()
    succeeds(
        elsewhere(
            AS_A_CLERK
            + """
import resource
clerk = Clerk(folder)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
clerk.is_refused(
    f"Nicht gespeichert: Das Schreiben nach {clerk.path} ist fehlgeschlagen. Bitte prüfen Sie den Datenträger und"
    " versuchen Sie es noch einmal."
)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
clerk.succeeds()
""",
            folder,
        )
    )


@linux
def test_a_write_protected_disk_is_said_and_ordered_on_when_it_can_be_written_again(tmp_path: Path) -> None:
    folder = tmp_path / "platte"
    folder.mkdir()
    on_a_disk_of_its_own(
        AS_A_CLERK
        + """
with closing(open_store(folder / "tarifwechsel.db")) as store:
    install(store, "C10", 8, 8)
subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
clerk = Clerk(folder)
bar = find(clerk.window, QFrame, "readOnlyBar")
assert bar.accessibleName() == (
    f"Die Datenbank {clerk.path} ist schreibgeschützt: Alles lässt sich ansehen, nichts ändern oder bestellen."
)
assert not find(clerk.dialog, QAbstractButton, "orderButton").isEnabled()
clerk.dialog.close()
subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
clerk.press("reopenWritableButton", clerk.window)
assert not any(bar.isVisible() for bar in clerk.window.findChildren(QFrame, "readOnlyBar"))
clerk.look()
clerk.succeeds()
""",
        folder,
    )


__all__ = ["Clerk", "QAbstractButton", "QFrame", "closing", "find", "install", "open_store"]
