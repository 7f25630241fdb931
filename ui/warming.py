"""After the first paint: what the clerk will need next is loaded and made, while nothing else is to be done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from itertools import chain
from threading import Event

from PySide6.QtCore import QObject, QTimer

from ui import formats
from ui.background import Background

PAUSE_MS = 15
PATIENCE_MS = 500
# The interpreter goes over to the window's thread as soon as a key is pressed, not 5 ms later.
SWITCH_S = 0.000_5
# Before Python 3.12 PySide keeps what it knows of a class in a table that the window's thread reads without the
# interpreter's lock: a class of Qt made on another thread meanwhile ends the program. These make none.
BESIDE = (
    "model.finding",
    "model.store",
    "ui.case",
    "babel.dates",
    "babel.numbers",
    "sqlite_utils",
    "ui.errors",
    "model.postman",
    "model.order_file",
    "model.order_facts",
    "model.import_files",
    "model.import_mapping",
    "model.import_preview",
    "model.server_check",
    "idna",
    "xml.etree.ElementTree",
)
# One at a time: what others need comes first, so that no step takes long.
HERE = (
    "ui.table",
    "ui.installation_page",
    "ui.form",
    "ui.mail_work",
    "ui.document_work",
    "ui.export_work",
    "ui.settings_page",
    "ui.draft_work",
    "ui.tariff_change_dialog",
    "ui.order_work",
    "ui.object_work",
    "ui.customer_work",
    "ui.backup_work",
    "ui.import_file_page",
    "ui.import_work",
    "ui.preferences_work",
)


class Warming(QObject):
    """Modules, as far as possible on a thread of its own; then one step after the other, with pauses between.

    It waits while somebody types: a step may take as long as three keys.
    """

    def __init__(self, steps: Iterator[Callable[[], object]], parent: QObject) -> None:
        super().__init__(parent)
        loading: Iterator[Callable[[], object]] = (partial(import_module, name) for name in HERE)
        self._steps = chain(loading, steps)
        self._background = Background("warming", self)
        self._open = True
        self._free = Event()
        self._free.set()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(PATIENCE_MS)
        self._typing.timeout.connect(self._free.set)
        self.is_done = False

    def start(self) -> None:
        """Begin."""
        self._background.run(self._load, lambda _nothing: self._step(), lambda _error: None)

    def hold(self) -> None:
        """Somebody has typed."""
        if not self.is_done and self._open:
            self._free.clear()
            self._typing.start()

    def close(self) -> None:
        """Nothing more is needed."""
        self._open = False
        self._free.set()
        self._background.close(finish=False)

    def _load(self) -> None:
        """On the thread."""
        imports: list[Callable[[], object]] = [partial(import_module, name) for name in BESIDE]
        before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)
        try:
            for step in (*imports, formats.prepare):
                self._free.wait()
                if self._open:
                    step()
        finally:
            sys.setswitchinterval(before)

    def _step(self) -> None:
        if not self._open:
            return
        if self._free.is_set():
            step = next(self._steps, None)
            if step is None:
                self.is_done = True
                return
            step()
        QTimer.singleShot(PAUSE_MS, self, self._step)
