"""Rows on the clipboard, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6 import QtCore
from PySide6.QtCore import QKeyCombination
from PySide6.QtGui import QGuiApplication, QKeyEvent


def copies_with_header(event: QKeyEvent) -> bool:
    """Whether a key is the one that copies the heading too."""
    control_shift = QtCore.Qt.KeyboardModifier.ControlModifier | QtCore.Qt.KeyboardModifier.ShiftModifier
    return event.keyCombination() == QKeyCombination(control_shift, QtCore.Qt.Key.Key_C)


def copy_lines(lines: Sequence[Sequence[str]], header: Sequence[str] = ()) -> None:
    """Lines for a spreadsheet: tabs between the cells, none in a cell, nothing that it takes for a formula."""
    from ui.export import guarded

    if lines:
        cells = [header, *lines] if header else lines
        text = "\n".join("\t".join(guarded(" ".join(cell.split())) for cell in line) for line in cells)
        QGuiApplication.clipboard().setText(text)
