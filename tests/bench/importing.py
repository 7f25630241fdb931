"""Two children that import the same files in turns: the program's functions, and the floor, csv and executemany.

python -m tests.bench.importing program|floor DATABASE FILE…
"""

from __future__ import annotations

import csv
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from model.import_files import read_import
from model.import_preview import preview
from model.installation import Customer
from model.store import open_store
from tests.bench.eye import Eye
from tests.bench.ordering import PRAGMAS
from tests.bench.painted import status
from tests.bench.processes import serve
from tests.bench.program import play
from ui.system_clock import SystemClock

CLEAR_PEAK = "5"
GLANCE_S = 0.02
EXTENSION = "INSERT INTO extension (id, installation_id, number, name, kind, created_at) VALUES (?, ?, ?, ?, 'USER', ?)"
DEVICE = "INSERT INTO device (id, installation_id, name, kind, mac, created_at) VALUES (?, ?, ?, 'IP_PHONE', '', ?)"
LINK = "INSERT INTO device_extension (device_id, extension_id) VALUES (?, ?)"


class Importer:
    """The running program, with one thread for what is imported, as when a clerk imports one file after the other."""

    def __init__(self, database: str, files: list[Path]) -> None:
        self._store, self._files, self._clock = open_store(database, create=False), iter(files), SystemClock()
        self._thread = ThreadPoolExecutor(1)
        self._idle = status("VmRSS")

    def import_next(self) -> dict[str, float]:
        """From reading the file to the end of its transaction, in ms; the peak above the idle program in MiB."""
        path = next(self._files)
        Path("/proc/self/clear_refs").write_text(CLEAR_PEAK, encoding="ascii")
        took = self._thread.submit(_timed, lambda: self._import(path))
        while not took.done():
            wait([took], GLANCE_S)
            QApplication.processEvents()
        return {"ms": took.result(), "peak": (status("VmHWM") - self._idle) / 1024}

    def _import(self, path: Path) -> None:
        now = self._clock.now()
        tariff = max(self._store.prices_on(now.date()).tariffs, key=lambda entry: entry.max_extensions)
        created = preview(read_import(path)).additions
        self._store.create_installation(Customer(path.stem, path.stem, ""), tariff, now, created)


class Floor:
    """The same rows in the same tables with the same indexes and triggers, taken as they come."""

    def __init__(self, database: str, files: list[Path]) -> None:
        self._db, self._files = sqlite3.connect(database, isolation_level=None), iter(files)
        for pragma in PRAGMAS:
            self._db.execute(f"PRAGMA {pragma}").fetchall()
        self._now = SystemClock().now().isoformat()

    def import_next(self) -> dict[str, float]:
        """The same in a transaction."""
        return {"ms": _timed(lambda: self._import(next(self._files)))}

    def _import(self, path: Path) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        owner = self._owner(path.stem)
        first = {table: self._one(f"SELECT max(id) FROM {table}") + 1 for table in ("extension", "device")}
        extensions = self._rows(path, lambda at, row: (at, owner, row[0], row[2]), first["extension"])
        count = self._db.executemany(EXTENSION, extensions).rowcount
        self._db.executemany(DEVICE, self._rows(path, lambda at, row: (at, owner, row[4]), first["device"]))
        self._db.executemany(LINK, ((first["device"] + at, first["extension"] + at) for at in range(count)))
        self._db.execute("COMMIT")

    def _rows(
        self, path: Path, make: Callable[[int, list[str]], tuple[Any, ...]], first: int
    ) -> Iterator[tuple[Any, ...]]:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            next(rows)
            for place, row in enumerate(rows, start=first):
                yield (*make(place, row), self._now)

    def _owner(self, number: str) -> int:
        """A customer like the first one."""
        self._db.row_factory = sqlite3.Row
        like = dict(self._db.execute("SELECT * FROM installation LIMIT 1").fetchone())
        self._db.row_factory = None
        for name in [name for name in like if name == "id" or name.endswith("_count") or name.startswith("holding")]:
            del like[name]
        names = ", ".join(f":{name}" for name in like)
        sql = f"INSERT INTO installation ({', '.join(like)}) VALUES ({names})"
        return int(self._db.execute(sql, {**like, "customer_number": number}).lastrowid or 0)

    def _one(self, sql: str) -> int:
        return int(self._db.execute(sql).fetchone()[0] or 0)


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1e3


def main() -> None:
    """Import one file for each line read."""
    part, database, files = sys.argv[1], sys.argv[2], [Path(name) for name in sys.argv[3:]]
    if part == "floor":
        serve(Floor(database, files).import_next)
        return

    def scene(_window: QWidget, eye: Eye) -> None:
        eye.close()
        serve(Importer(database, files).import_next)

    play(database, scene)


if __name__ == "__main__":
    main()
