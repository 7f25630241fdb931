"""A child: starts the whole program, tells when its list was first painted with rows and how much memory it held then.

python -m tests.bench.first_paint, with a database in the settings
"""

from __future__ import annotations

import sys

# First, as when it is started by itself: after Qt its modules would load slower.
import main as program

# isort: split
from PySide6.QtWidgets import QAbstractItemView, QApplication

from tests.bench.painted import FirstPaint


def _run(*_application: object) -> int:
    for window in QApplication.topLevelWidgets():
        view = window.findChild(QAbstractItemView, "installationList")
        if isinstance(view, QAbstractItemView):
            FirstPaint(view)
            # In case it was painted before the first event: better a moment late than never.
            view.viewport().update()
    return REAL_EXEC()


REAL_EXEC = QApplication.exec


def main() -> None:
    """Run the program, watched."""
    QApplication.exec = _run  # type: ignore[method-assign]
    sys.argv[0] = "main.py"
    program.main()


if __name__ == "__main__":
    main()
