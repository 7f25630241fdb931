"""The hook for what nobody expected: one dialog, a log without customers' data (R37), and the program goes on."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from ui.i18n import _

if TYPE_CHECKING:
    from types import TracebackType

    from PySide6.QtWidgets import QMessageBox

LOGGER = logging.getLogger("tarifwechsel")
LOGGER.addHandler(logging.NullHandler())
LOG = "tarifwechsel.log"


class _Log(logging.Handler):
    """A file that is looked for and begun with the first entry; a disk that is full then is no further error."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    @cached_property
    def path(self) -> Path | None:
        """Where it is; None if it can't be anywhere."""
        return _log_in(self._folder)

    def emit(self, record: logging.LogRecord) -> None:
        """Logging: write an entry."""
        self._file.emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Logging: what can't be written is dropped."""

    def close(self) -> None:
        """Logging: write nothing more."""
        if "_file" in self.__dict__:
            self._file.close()
        super().close()

    @cached_property
    def _file(self) -> logging.Handler:
        if self.path is None:
            return logging.NullHandler()
        from logging.handlers import RotatingFileHandler

        made = RotatingFileHandler(self.path, maxBytes=500_000, backupCount=3, encoding="utf-8", delay=True)
        made.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        made.handleError = self.handleError  # type: ignore[method-assign]
        return made


def install(folder: Path) -> None:
    """Catch every exception that nothing else catches, from slots and threads too; the log is kept in the folder."""
    log = _Log(folder)
    LOGGER.addHandler(log)

    def hook(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        show_crash(kind, trace, log.path)

    sys.excepthook = hook


def attempt(start: Callable[[], bool]) -> bool:
    """Start the program; what nobody expected is said in a box that waits, because nothing is there to go on with."""
    try:
        return start()
    except Exception as error:  # noqa: BLE001 - said in words, with its place in the log
        show_crash(type(error), error.__traceback__, _log_in_use(), start=True)
        return False


def crash_report(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Where it happened and what sort of error it was; not its message, which may hold a customer's data."""
    from traceback import extract_tb

    lines = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in extract_tb(trace)]
    return "\n".join([kind.__name__, *lines])


def show_crash(
    kind: type[BaseException], trace: TracebackType | None, log: Path | None, *, start: bool = False
) -> None:
    """Log it, tell the clerk, offer to copy the report, go on; what repeats itself is told once."""
    report = crash_report(kind, trace)
    LOGGER.error(report)
    if any(widget.objectName() == "crashBox" and widget.isVisible() for widget in QApplication.topLevelWidgets()):
        return
    box = _crash_box(report, start=start)
    place = _("Details are in {log}").format(log=log) if log else _("No log could be written.")
    advice = _("The program cannot be started.") if start else _("Please check what is shown and try again.")
    box.setInformativeText(f"{advice} {place}")
    if start:
        box.exec()
        return
    # Without a window to belong to, nothing else would keep the box until it is closed.
    box.finished.connect(lambda _result: box.deleteLater())
    box.open()


def _crash_box(report: str, *, start: bool) -> QMessageBox:
    from PySide6.QtWidgets import QMessageBox

    from ui.widgets import message_icon

    # At the start whatever window there is may be on its way out, and would take the box along.
    box = QMessageBox(None if start else QApplication.activeWindow())
    box.setObjectName("crashBox")
    box.setTextFormat(QtCore.Qt.TextFormat.PlainText)
    box.setIconPixmap(message_icon("danger"))
    box.setWindowTitle(_("Unexpected error"))
    lost = _("Something unexpected happened. Your last action may not have been carried out.")
    box.setText(_("Something unexpected happened.") if start else lost)
    copy = box.addButton(_("Copy report"), QMessageBox.ButtonRole.ActionRole)
    copy.clicked.disconnect()
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
    box.addButton(_("Close"), QMessageBox.ButtonRole.RejectRole)
    return box


def _log_in(folder: Path) -> Path | None:
    """A file in the folder that can be written, or one in a folder for temporary files; None if nothing can."""
    for temporary in (False, True):
        try:
            place = Path(mkdtemp(prefix="tarifwechsel-")) if temporary else folder
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryFile(dir=place):
                log = place / LOG
        except OSError:
            continue
        if not log.exists() or (log.is_file() and os.access(log, os.W_OK)):
            return log
    return None


def _log_in_use() -> Path | None:
    """Where the log is, if the hook has been installed and could have one."""
    places = [handler.path for handler in LOGGER.handlers if isinstance(handler, _Log)]
    return places[-1] if places else None
