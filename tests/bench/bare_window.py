"""The floor of the start: a bare window with a table of the list's columns over a plain array.

python -m tests.bench.bare_window ROWS
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

from tests.bench.painted import FirstPaint

COLUMNS = 4
NO_INDEX = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class _Plain(QAbstractTableModel):
    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else COLUMNS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        return f"{index.row()} {index.column()}" if role == Qt.ItemDataRole.DisplayRole else None


def main() -> None:
    """Show the window, as large as the program's, until it is painted."""
    app = QApplication(sys.argv[:1])
    window, view, model = QMainWindow(), QTableView(), _Plain(int(sys.argv[1]))
    view.setModel(model)
    window.setCentralWidget(view)
    letter = window.fontMetrics()
    wanted = QSize(letter.averageCharWidth() * 196, letter.lineSpacing() * 52)
    window.resize(wanted.boundedTo(window.screen().availableSize() * 0.94))
    FirstPaint(view)
    window.show()
    app.exec()


if __name__ == "__main__":
    main()
