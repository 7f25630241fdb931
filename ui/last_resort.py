"""The hook for what nobody expected: one dialog, a log without customers' data (R37), and the program goes on."""

from __future__ import annotations

import logging
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from ui.i18n import _
from ui.widgets import message_icon

LOGGER = logging.getLogger("tarifwechsel")
LOGGER.addHandler(logging.NullHandler())


def install(folder: Path) -> None:
    """Catch every exception that nothing else catches, from slots and threads too."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = folder / "tarifwechsel.log"
    handler = RotatingFileHandler(log, maxBytes=500_000, backupCount=3, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOGGER.addHandler(handler)

    def hook(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        report = crash_report(kind, trace)
        LOGGER.error(report)
        show_crash(report, log)

    sys.excepthook = hook


def crash_report(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Where it happened and what sort of error it was; not its message, which may hold a customer's data."""
    lines = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    return "\n".join([kind.__name__, *lines])


def show_crash(report: str, log: Path) -> None:
    """Tell the clerk, offer to copy the report, go on; what repeats itself is told once."""
    if any(widget.objectName() == "crashBox" and widget.isVisible() for widget in QApplication.topLevelWidgets()):
        return
    box = QMessageBox(QApplication.activeWindow())
    box.setObjectName("crashBox")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIconPixmap(message_icon("danger"))
    box.setWindowTitle(_("Unexpected error"))
    box.setText(_("Something unexpected happened. Your last action may not have been carried out."))
    box.setInformativeText(_("Please check what is shown and try again. Details are in {log}").format(log=log))
    copy = box.addButton(_("Copy report"), QMessageBox.ButtonRole.ActionRole)
    copy.clicked.disconnect()
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
    box.addButton(QMessageBox.StandardButton.Close)
    # Without a window to belong to, nothing else would keep the box until it is closed.
    box.finished.connect(lambda _result: box.deleteLater())
    box.open()
