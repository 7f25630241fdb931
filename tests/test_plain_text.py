"""What a customer is called is shown as it is: no name becomes HTML, loads a file or loses a character."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.examples import FixedClock
from tests.gallery import screens
from ui.main_window import MainWindow
from ui.widgets import show_message

MARK = '<b>x</b><img src="file:///etc/passwd">&amp;'
UI = Path(__file__).parents[1] / "ui"
STATIC = ("about", "critical", "information", "question", "warning")
Screens = Iterator[tuple[str, QWidget]]


@pytest.fixture
def marked(qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, tmp_path: Path) -> Screens:
    """Every screen, with HTML in the name of every customer, extension, device and function."""
    return screens(qtbot, window, memory, clock, tmp_path, MARK)


def screen(marked: Screens, wanted: str) -> QWidget:
    return next(widget for title, widget in marked if title == wanted)


def labels(window: QWidget) -> list[QLabel]:
    """Every label in a window, also those that are hidden at the moment."""
    return [label for label in window.findChildren(QLabel) if label.window() is window]


def test_no_label_could_show_html(marked: Screens) -> None:
    """Except for labels that hold no words, and Qt's own."""
    found = {
        f"{title}: {label.objectName()} {label.text()[:60]!r}"
        for title, window in marked
        for label in labels(window)
        if label.textFormat() is not Qt.TextFormat.PlainText and label.text() and not _is_own(label)
    }
    assert not found


def _is_own(label: QLabel) -> bool:
    """Labels of the status bar, and captions of fields: our own words and numbers."""
    return label.objectName() in ("statusCounts", "statusInstant") or label.buddy() is not None


def test_names_are_shown_in_most_screens(marked: Screens) -> None:
    """The mark reaches what is looked at here."""
    seen = [
        f"{title}: {label.objectName()}"
        for title, window in marked
        for label in labels(window)
        if MARK in label.text() and label.isVisible()
    ]
    assert len(seen) > 20


def test_a_customer_is_named_in_full_wherever_it_stands(marked: Screens, window: MainWindow) -> None:
    screen(marked, "installation over, extensions")
    name = f"Autohaus Brenner GmbH{MARK}"
    title = window.findChild(QLabel, "customerTitle")
    assert isinstance(title, QLabel)
    assert title.text() == name
    lines = window.panel.list.model()
    assert name in [lines.index(row, 0).data() for row in range(lines.rowCount())]
    assert window.page.extensions.model().index(0, 1).data() == f"Nebenstelle 0{MARK}"
    dialog = screen(marked, "summary, offer")
    assert name in dialog.windowTitle()
    assert any(label.text().startswith(name) for label in labels(dialog))


def test_no_tooltip_is_html(marked: Screens) -> None:
    """Qt shows a tooltip as HTML if it looks like HTML; a name may not."""
    for title, window in marked:
        for part in (window, *window.findChildren(QWidget)):
            assert MARK not in part.toolTip(), f"{title}: {part.objectName()}"
            assert MARK not in part.statusTip(), f"{title}: {part.objectName()}"
            assert MARK not in part.whatsThis(), f"{title}: {part.objectName()}"
            if isinstance(part, QAbstractItemView) and part.model():
                assert not [tip for tip in tooltips(part.model()) if "<img" in tip or MARK in tip], title


def tooltips(model: QAbstractItemModel) -> list[str]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    indexes = [model.index(row, column) for row in range(model.rowCount()) for column in range(columns)]
    return [str(index.data(Qt.ItemDataRole.ToolTipRole) or "") for index in indexes]


def test_a_message_shows_its_texts_as_they_are(qtbot: QtBot, window: MainWindow) -> None:
    """The cause of a fault may quote a file, a cell or a name."""
    box = show_message(window, f"Titel {MARK}", f"Text {MARK}")
    qtbot.addWidget(box)
    shown = [label for label in box.findChildren(QLabel) if MARK in label.text()]
    assert [label.text() for label in shown] == [f"Titel {MARK}", f"Text {MARK}"]
    assert [label.textFormat() for label in shown] == [Qt.TextFormat.PlainText] * 2


def test_a_file_name_is_shown_as_it_is(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "<b>Preise<b> &amp; mehr.toml"
    path.write_text("[", encoding="utf-8")
    window.customers.load_price_file(path)
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "messageBox") is not None)
    box = window.findChild(QMessageBox, "messageBox")
    assert isinstance(box, QMessageBox)
    assert path.name in box.text()
    assert box.textFormat() is Qt.TextFormat.PlainText
    box.close()


def test_every_message_box_is_told_not_to_show_html() -> None:
    """Also those with a path in them; Qt's own functions for a message can't be told."""
    wrong = []
    for path in sorted(UI.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                calls = {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
                plain = any(call.endswith(".setTextFormat") for call in calls)
                if ("QMessageBox" in calls and not plain) or any(f"QMessageBox.{name}" in calls for name in STATIC):
                    wrong.append(f"{path.name} {function.name}")
    assert not wrong
