"""What assistive tools and a keyboard find: names, roles and a way by Tab, in every window and dialog."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QTabBar,
    QTableView,
    QTabWidget,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.examples import FixedClock
from tests.gallery import screens
from ui.form import FormDialog
from ui.main_window import MainWindow

INTERACTIVE = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit, QProgressBar, QTextEdit)
MAIN: dict[str, type[QWidget]] = {
    "searchField": QLineEdit, "filterAll": QPushButton, "filterOver": QPushButton, "filterPending": QPushButton,
    "installationList": QListView, "customerTitle": QLabel, "tariffLabel": QLabel,
    "offerBar": QFrame, "offerText": QLabel, "offerButton": QPushButton,
    "pendingBar": QFrame, "pendingText": QLabel, "cancelOrderButton": QPushButton, "clockBar": QFrame,
    "extensionsBar": QProgressBar, "devicesBar": QProgressBar, "tabs": QTabWidget,
    "extensionTable": QTableView, "deviceTable": QTableView, "featureTable": QTableView,
    "orderTable": QTableView, "auditTable": QTableView,
    "addExtensionButton": QPushButton, "removeExtensionButton": QPushButton,
    "addDeviceButton": QPushButton, "removeDeviceButton": QPushButton, "advancedSettingsButton": QPushButton,
    "settingsPage": QWidget, "emailField": QLineEdit, "tariffChangeSection": QFrame,
    "adjustTariffButton": QPushButton,
}  # fmt: skip
DIALOG: dict[str, type[QWidget]] = {
    "editionClassic": QRadioButton, "editionPro": QRadioButton, "sizeList": QFrame,
    **{f"size{size}": QRadioButton for size in (10, 25, 50, 100, 250)},
    "obstacleList": QWidget, "priceDifference": QLabel, "selectButton": QPushButton, "cancelButton": QPushButton,
    "summaryPage": QWidget, "summaryTable": QFrame, "effectiveOn": QLabel, "cancellableUntil": QLabel,
    "totalNet": QLabel, "totalGross": QLabel, "mailTo": QLabel, "backButton": QPushButton, "orderButton": QPushButton,
}  # fmt: skip


@pytest.fixture
def shown(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, tmp_path: Path
) -> Iterator[tuple[str, QWidget]]:
    """Every screen in turn."""
    return screens(qtbot, window, memory, clock, tmp_path)


Screens = Iterator[tuple[str, QWidget]]


def screen(shown: Screens, wanted: str) -> QWidget:
    """The screen of a title, open."""
    return next(widget for title, widget in shown if title == wanted)


def parts(window: QWidget) -> list[QWidget]:
    """What is visible in a window or dialog, not in the dialogs opened from it."""
    inside = [part for part in window.findChildren(QWidget) if part.window() is window and part.isVisible()]
    return [window, *inside]


def spoken(part: QWidget, what: QAccessible.Text = QAccessible.Text.Name) -> str:
    return QAccessible.queryAccessibleInterface(part).text(what)


def role(part: QWidget) -> QAccessible.Role:
    return QAccessible.queryAccessibleInterface(part).role()


def called(part: QWidget) -> str:
    return f"{type(part).__name__} {part.objectName() or spoken(part)}"


def is_acted_on(part: QWidget) -> bool:
    """Whether a person uses it or reads a value from it; a tab widget, say, hands its focus on to its tab bar."""
    focusable = part.isEnabled() and part.focusPolicy() != Qt.FocusPolicy.NoFocus and part.focusProxy() is None
    return focusable or isinstance(part, QProgressBar)


def test_everything_acted_on_has_a_name_and_a_role(shown: Screens) -> None:
    nameless, roleless = set(), set()
    for title, window in shown:
        for part in parts(window):
            if part is window or is_acted_on(part):
                nameless |= {f"{title}: {called(part)}"} if not spoken(part).strip() else set()
                roleless |= {f"{title}: {called(part)}"} if role(part) is QAccessible.Role.Client else set()
    assert not nameless
    assert not roleless


def test_no_name_is_left_with_a_mnemonic_or_a_placeholder(shown: Screens) -> None:
    for title, window in shown:
        for part in parts(window):
            assert "&" not in spoken(part).replace(" & ", ""), f"{title}: {called(part)}"
            assert "{" not in spoken(part), f"{title}: {called(part)}"


def test_the_window_has_every_name_once(shown: Screens) -> None:
    widget = screen(shown, "installation over, extensions")
    assert widget.objectName() == "mainWindow"
    assert wrong_names(widget, MAIN) == []


def test_the_tariff_dialog_has_every_name_once(shown: Screens) -> None:
    for title, widget in shown:
        if title.startswith(("tariff", "summary")):
            assert widget.objectName() == "tariffChangeDialog"
            assert wrong_names(widget, DIALOG) == []


def wrong_names(window: QWidget, names: dict[str, type[QWidget]]) -> list[str]:
    """Names that aren't there exactly once, or on another class of widget."""
    inside = [part for part in window.findChildren(QWidget) if part.window() is window]
    wrong = []
    for name, kind in names.items():
        found = [part for part in inside if part.objectName() == name]
        if len(found) != 1 or not isinstance(found[0], kind):
            wrong.append(f"{name}: {[type(part).__name__ for part in found]}")
    return wrong


def test_the_roles_are_those_of_what_the_widgets_are(shown: Screens) -> None:
    roles = QAccessible.Role
    expected = {
        QProgressBar: roles.ProgressBar, QTableView: roles.Table, QListView: roles.List, QLineEdit: roles.EditableText,
        QRadioButton: roles.RadioButton, QComboBox: roles.ComboBox,
    }  # fmt: skip
    for title, window in shown:
        for part in parts(window):
            for kind, meant in expected.items():
                assert not isinstance(part, kind) or role(part) is meant, f"{title}: {called(part)}"


def test_the_filters_say_which_one_is_chosen(shown: Screens) -> None:
    widget = screen(shown, "nothing chosen")
    pushed = [part for part in parts(widget) if isinstance(part, QPushButton) and part.isCheckable()]
    states = [QAccessible.queryAccessibleInterface(part).state() for part in pushed]
    assert [(state.checkable, state.checked) for state in states] == [(1, 1), (1, 0), (1, 0)]


def test_the_bars_tell_value_maximum_and_words(shown: Screens) -> None:
    bar = screen(shown, "installation over, extensions").findChild(QProgressBar, "extensionsBar")
    assert isinstance(bar, QProgressBar)
    value = QAccessible.queryAccessibleInterface(bar).valueInterface()
    assert (value.currentValue(), value.minimumValue(), value.maximumValue()) == (12, 0, 12)
    assert bar.text() == "12 von 10, 2 zu viel"
    assert spoken(bar) == "Nebenstellen"
    assert spoken(bar, QAccessible.Text.Description) == bar.text()


def test_a_line_of_the_list_is_spoken_in_full(shown: Screens, window: MainWindow) -> None:
    screen(shown, "nothing chosen")
    assert "Autohaus Brenner GmbH, Classic 10, K-C10-12, 2 zu viel" in children(window.panel.list)


def test_titles_and_cells_of_a_table_are_spoken_as_shown(shown: Screens, window: MainWindow) -> None:
    screen(shown, "installation over, extensions")
    assert {"Nr.", "Name", "111", "Über dem Tarif: 12. von 10"} <= children(window.page.extensions)


def children(view: QWidget) -> set[str]:
    """What is spoken of a list's lines or a table's cells and titles."""
    inside = QAccessible.queryAccessibleInterface(view)
    return {inside.child(place).text(QAccessible.Text.Name) for place in range(inside.childCount())}


def test_a_field_is_named_by_its_label_and_describes_its_fault(shown: Screens) -> None:
    field = screen(shown, "new extension, fault").findChild(QLineEdit, "extensionNameField")
    assert isinstance(field, QLineEdit)
    assert spoken(field) == "Name"
    assert spoken(field, QAccessible.Text.Description) == "Bitte ausfüllen."


def test_tab_reaches_everything_that_can_be_acted_on(qtbot: QtBot, shown: Screens) -> None:
    unreachable = set()
    for title, window in shown:
        reached = set(by_tab(qtbot, window))
        wanted = [part for part in parts(window) if wants_tab(part)]
        unreachable |= {f"{title}: {called(part)}" for part in wanted if reached.isdisjoint(alike(part))}
    assert not unreachable


def test_tab_follows_what_is_seen(qtbot: QtBot, shown: Screens, window: MainWindow) -> None:
    """From top to bottom, in the main window first the list and then the page; then it begins again."""
    astray = []
    for title, widget in shown:
        order = by_tab(qtbot, widget)
        places = [place_of(part, window) for part in order]
        back = [called(order[n]) for n in range(len(order)) if before(places[n], places[n - 1])]
        if len(back) > 1:
            astray.append(f"{title}: {', '.join(back)}")
    assert not astray, "\n".join(astray)


def test_a_form_begins_with_a_field(shown: Screens) -> None:
    wrong = []
    for title, widget in shown:
        if isinstance(widget, FormDialog) and isinstance(widget.focusWidget(), QPushButton) and "blocked" not in title:
            wrong.append(f"{title}: {called(widget.focusWidget())}")
    assert not wrong


def wants_tab(part: QWidget) -> bool:
    """What Qt puts inside its widgets has keys of its own."""
    if not part.isEnabled() or not isinstance(part, INTERACTIVE) or isinstance(part, QProgressBar | QHeaderView):
        return False
    return not isinstance(part.parentWidget(), QLineEdit | QTableView | QTabBar)


def alike(part: QWidget) -> list[QWidget]:
    """The widget, or the group it belongs to: Tab leads to one of them, arrows to the others."""
    if isinstance(part, QAbstractButton) and part.group() is not None:
        return list(part.group().buttons())
    parent = part.parentWidget()
    return list(parent.findChildren(QRadioButton)) if parent and isinstance(part, QRadioButton) else [part]


def by_tab(qtbot: QtBot, window: QWidget) -> list[QWidget]:
    """Where the focus goes when Tab is pressed again and again."""
    with qtbot.waitActive(window):
        window.activateWindow()
    reached: dict[QWidget, None] = {}
    for _press in range(40):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        reached[QApplication.focusWidget() or window] = None
    return list(reached)


def place_of(part: QWidget, window: MainWindow) -> tuple[bool, int, int]:
    """The column of the main window, the top and the bottom."""
    top = part.mapTo(part.window(), part.rect().topLeft()).y()
    return part.window() is window and not window.panel.isAncestorOf(part), top, top + part.height()


def before(place: tuple[bool, int, int], other: tuple[bool, int, int]) -> bool:
    """Whether a place is left of or wholly above another one."""
    return place[0] < other[0] or (place[0] == other[0] and place[2] <= other[1])
