"""Rows on the clipboard, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QGuiApplication

COPY_WITH_HEADER = QKeyCombination(
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, Qt.Key.Key_C
)


def copy_lines(lines: Sequence[Sequence[str]], header: Sequence[str] = ()) -> None:
    """Lines for a spreadsheet: tabs between the cells, none in a cell, nothing that it takes for a formula."""
    from ui.export import guarded

    if lines:
        cells = [header, *lines] if header else lines
        text = "\n".join("\t".join(guarded(" ".join(cell.split())) for cell in line) for line in cells)
        QGuiApplication.clipboard().setText(text)
