"""Two children that order in turns: the program by clicks, and the floor, the same rows in one bare transaction.

python -m tests.bench.ordering program|floor DATABASE [ADDRESS]
"""

from __future__ import annotations

import re
import sqlite3
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QRadioButton, QWidget

from tests.bench.bare_query import BareQuery
from tests.bench.eye import Eye
from tests.bench.opening import Opening
from tests.bench.processes import serve
from tests.bench.program import click, find, play
from ui.changes import UNSEEN_MS

# Customers who never ordered, can be written to, and have room: any larger tariff may be ordered.
MAY_ORDER = """SELECT customer_number, name, extension_count FROM installation i
    WHERE email <> '' AND extension_count <= max_extensions AND device_count <= max_devices
        AND NOT EXISTS (SELECT 1 FROM tariff_order o WHERE o.installation_id = i.id)
    ORDER BY id DESC"""
# How long a finger holds a mouse button down.
FINGER_S = 0.08
PRAGMAS = ("foreign_keys=ON", "trusted_schema=OFF", "journal_mode=TRUNCATE", "synchronous=FULL")
NEXT_ENTRY = "UPDATE audit_head SET seq = seq + 1, latest_at = max(latest_at, :at) WHERE id = 1 RETURNING seq"
Values = dict[str, Any]


class Gone(QObject):
    """Sees the instant in which a window is taken off the screen."""

    def __init__(self, window: QWidget, seen: Callable[[], object]) -> None:
        super().__init__(window)
        self.at = 0.0
        self._seen = seen
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Qt: the window system has been told by now."""
        if event.type() == QEvent.Type.Hide:
            self.at = time.perf_counter()
            self._seen()
        return False


class Clerk:
    """Opens the tariff dialog of the next customer, chooses another size, and orders."""

    def __init__(self, database: str, window: QWidget, eye: Eye) -> None:
        self._window, self._eye = window, eye
        self._opening = Opening(database, window, eye)
        # All at once: a half-read result would hold up every order.
        self._customers = iter(BareQuery(database).database.execute(MAY_ORDER).fetchall())

    def order(self) -> float:
        """From letting go of the button that orders, which is the click for Qt, to the dialog being gone, in ms."""
        self._opening.open(*next(self._customers))
        action = self._window.findChild(QAction, "adjustAction")
        assert isinstance(action, QAction)
        action.trigger()
        self._eye.wait(lambda: self._dialog() is not None)
        dialog = self._dialog()
        assert dialog is not None
        sizes = [found for found in dialog.findChildren(QRadioButton) if re.fullmatch(r"size\d+", found.objectName())]
        select = find(dialog, QPushButton, "selectButton")
        for size in reversed([size for size in sizes if not size.isChecked()]):
            size.click()
            if select.isEnabled():
                break
        click(select)
        button = find(dialog, QPushButton, "orderButton")
        self._eye.rest(UNSEEN_MS / 1e3)
        self._eye.rest_until_quiet()
        QTest.mousePress(button, Qt.MouseButton.LeftButton)
        self._eye.rest(FINGER_S)
        took = self._eye.closed(lambda: self._timed(button, dialog))
        # The copy made after an order would slow down the floor.
        self._eye.rest_until_quiet()
        return took * 1e3

    def _timed(self, button: QPushButton, dialog: QDialog) -> float:
        loop = QEventLoop()
        gone = Gone(dialog, loop.quit)
        released = time.perf_counter()
        QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
        if not gone.at:
            loop.exec()
        return gone.at - released

    def _dialog(self) -> QDialog | None:
        for found in QApplication.topLevelWidgets():
            if isinstance(found, QDialog) and found.objectName() == "tariffChangeDialog" and found.isVisible():
                return found
        return None


class Floor:
    """What an order writes, like the latest order of the database, without any check."""

    def __init__(self, database: str) -> None:
        self._db = sqlite3.connect(database, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        for pragma in PRAGMAS:
            self._db.execute(f"PRAGMA {pragma}").fetchall()
        self._order = self._latest("SELECT * FROM tariff_order ORDER BY order_number DESC LIMIT 1")
        number = {"number": self._order["order_number"]}
        self._entry = self._latest("SELECT * FROM audit WHERE seq = :number", number)
        self._mail = self._latest("SELECT * FROM outbox WHERE order_number = :number", number)
        self._delivery = self._latest("SELECT * FROM delivery ORDER BY id DESC LIMIT 1")
        self._head = self._latest("SELECT * FROM audit_head")
        self._customers: Iterator[int] = (
            self._id(row["customer_number"]) for row in self._db.execute(MAY_ORDER).fetchall()
        )

    def order(self) -> float:
        """Begin, insert, commit, in ms."""
        customer, name = next(self._customers), str(uuid.uuid4())
        started = time.perf_counter()
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("UPDATE installation SET revision = revision + 1 WHERE id = ?", [customer])
        number = self._db.execute(NEXT_ENTRY, {"at": self._head["latest_at"]}).fetchone()[0]
        order = {**self._order, "order_number": number, "quote_id": name, "installation_id": customer}
        order |= {"ending": None, "ended_at": None, "superseded_by": None, "reason": ""}
        mail = {**self._mail, "message_id": name, "order_number": number, "installation_id": customer}
        delivery = {**self._delivery, "id": None, "message_id": name, "ending": None, "ended_at": None}
        entry = {**self._entry, "seq": number, "installation_id": customer, "hash": sha256(name.encode()).hexdigest()}
        self._insert("audit", entry)
        self._db.execute("UPDATE audit_head SET hash = ? WHERE id = 1", [entry["hash"]])
        for table, row in (("tariff_order", order), ("outbox", mail), ("delivery", delivery)):
            self._insert(table, row)
        self._db.execute("COMMIT")
        return (time.perf_counter() - started) * 1e3

    def _insert(self, table: str, row: Values) -> None:
        names = ", ".join(f":{name}" for name in row)
        self._db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({names})", row)

    def _latest(self, sql: str, values: Values | None = None) -> Values:
        return dict(self._db.execute(sql, values or {}).fetchone())

    def _id(self, number: str) -> int:
        return int(self._latest("SELECT id FROM installation WHERE customer_number = :n", {"n": number})["id"])


def main() -> None:
    """Order once for each line read."""
    part, database = sys.argv[1:3]
    if part == "floor":
        serve(Floor(database).order)
    else:
        shown = (sys.argv[3:] or [database])[0]
        play(shown, lambda window, eye: serve(Clerk(database, window, eye).order))


if __name__ == "__main__":
    main()
