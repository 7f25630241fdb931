"""WCAG contrast of what is painted, light and dark: texts 4.5 to 1; edges, icons and bars 3 to 1."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ui import theme
from ui.icons import icon
from ui.theme import DARK, LIGHT, Appearance, Colors
from ui.widgets import CapacityBar

TEXT, SHAPE = 4.5, 3.0
# Which text stands on which surface: window, fields and cards, the chosen card, notices and flagged rows.
SURFACES = {
    "text": ("window", "base", "raised", "accent_tint", "warning_tint", "danger_tint", "info_tint"),
    "muted": ("window", "base", "raised", "accent_tint"),
    "accent_text": ("accent",),
    "warning": ("window", "base", "accent_tint", "warning_tint"),
    "danger": ("window", "base", "danger_tint"),
    "success": ("window", "base", "accent_tint"),
    "info": ("window", "base", "accent_tint", "info_tint"),
}
PALETTES = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]


@pytest.fixture(params=[Appearance.LIGHT, Appearance.DARK])
def chosen(request: pytest.FixtureRequest, german: QApplication) -> Iterator[Colors]:
    """The application in one of its palettes."""
    theme.apply_theme(german, request.param)
    yield theme.colors()
    theme.apply_theme(german, Appearance.LIGHT)


def luminance(color: QColor) -> float:
    parts = [color.redF(), color.greenF(), color.blueF()]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: QColor | str, other: QColor | str) -> float:
    dark, light = sorted((luminance(QColor(one)), luminance(QColor(other))))
    return (light + 0.05) / (dark + 0.05)


# ---------------------------------------------------------------------- what the palettes say


@pytest.mark.parametrize("palette", PALETTES)
def test_every_text_is_readable_on_every_surface_it_stands_on(palette: Colors) -> None:
    found = {
        f"{text} on {surface}": contrast(getattr(palette, text), getattr(palette, surface))
        for text, surfaces in SURFACES.items()
        for surface in surfaces
    }
    assert not {pair: round(value, 2) for pair, value in found.items() if value < TEXT}


@pytest.mark.parametrize("palette", PALETTES)
def test_every_rule_of_the_style_sheet_is_readable(palette: Colors) -> None:
    found = {}
    for rule in re.findall(r"([^{}]+)\{([^}]*)\}", theme.style_sheet(palette)):
        colors = dict(re.findall(r"(?:^|[; ])(color|background):\s*(#\w+)", rule[1]))
        if len(colors) == 2 and ":disabled" not in rule[0]:
            found[rule[0].strip()] = contrast(colors["color"], colors["background"])
    assert len(found) >= 4
    assert not {rule: round(value, 2) for rule, value in found.items() if value < TEXT}


@pytest.mark.parametrize("palette", PALETTES)
def test_what_is_disabled_can_still_be_read(palette: Colors) -> None:
    made = theme.make_palette(palette)
    roles = (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText)
    for role in roles:
        for surface in (palette.window, palette.base, palette.raised, palette.track):
            assert contrast(made.color(QPalette.ColorGroup.Disabled, role), surface) >= SHAPE, (role, surface)


@pytest.mark.parametrize("palette", PALETTES)
def test_texts_of_the_palette_are_readable(palette: Colors) -> None:
    made, role = theme.make_palette(palette), QPalette.ColorRole
    for text, surface in (
        (role.WindowText, role.Window), (role.Text, role.Base), (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button), (role.ToolTipText, role.ToolTipBase), (role.PlaceholderText, role.Base),
        (role.HighlightedText, role.Highlight), (role.Link, role.Base), (role.BrightText, role.Window),
    ):  # fmt: skip
        assert contrast(made.color(text), made.color(surface)) >= TEXT, (text, surface)


@pytest.mark.parametrize("palette", PALETTES)
def test_what_is_chosen_stands_out(palette: Colors) -> None:
    """The selected line, the primary button, the frame of what is chosen or has the focus."""
    for surface in (palette.window, palette.base):
        assert contrast(palette.accent, surface) >= SHAPE, surface


# ---------------------------------------------------------------------- what is painted


@pytest.mark.parametrize("name", ["line", "text", "choice", "button", "radio", "check", "filter", "chosen filter"])
def test_an_edge_stands_out_from_both_sides(qtbot: QtBot, chosen: Colors, name: str) -> None:
    """It says where to click or to type."""
    widget = edged()[name]
    ground = placed(qtbot, widget)
    found = edge(ground.grab().toImage(), area_of(widget))
    assert found >= SHAPE, chosen


def test_a_box_to_tick_in_a_list_stands_out(qtbot: QtBot, chosen: Colors) -> None:
    view = QListWidget()
    item = QListWidgetItem("", view)
    item.setCheckState(Qt.CheckState.Unchecked)
    ground = placed(qtbot, view)
    image, y = view.viewport().grab().toImage(), view.visualItemRect(item).center().y()
    found = max(contrast(image.pixelColor(x, y), chosen.base) for x in range(30))
    assert found >= SHAPE
    assert ground.isVisible()


def edged() -> dict[str, QWidget]:
    """Everything with an edge that says where to click or to type."""
    pushed, unpushed = QPushButton(), QPushButton()
    for button in (pushed, unpushed):
        button.setProperty("filter", "true")
        button.setCheckable(True)
    pushed.setChecked(True)
    return {
        "line": QLineEdit(), "text": QPlainTextEdit(), "choice": QComboBox(), "button": QPushButton(),
        "radio": QRadioButton(), "check": QCheckBox(), "filter": unpushed, "chosen filter": pushed,
    }  # fmt: skip


def placed(qtbot: QtBot, widget: QWidget, width: int = 120) -> QWidget:
    """A window with nothing but the widget, without the focus."""
    ground = QWidget()
    qtbot.addWidget(ground)
    ground.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    layout = QVBoxLayout(ground)
    layout.addWidget(widget)
    ground.resize(width, 60)
    with qtbot.waitActive(ground):
        ground.show()
    ground.setFocus()
    return ground


def area_of(widget: QWidget) -> QRect:
    """Where a widget's frame or indicator is."""
    if not isinstance(widget, QRadioButton | QCheckBox):
        return widget.geometry()
    element = QStyle.SubElement
    kind = element.SE_RadioButtonIndicator if isinstance(widget, QRadioButton) else element.SE_CheckBoxIndicator
    option = QStyleOptionButton()
    option.initFrom(widget)
    return widget.style().subElementRect(kind, option, widget).translated(widget.pos())


def edge(image: QImage, area: QRect) -> float:
    """The contrast of the left edge, halfway down, to what is outside and inside, whichever is less."""
    y = area.center().y()
    row = [image.pixelColor(x, y) for x in range(area.left() - 3, area.left() + 4)]
    value = max(min(contrast(pixel, row[0]), contrast(pixel, row[-1])) for pixel in row[1:-1])
    return round(value, 2)


@pytest.mark.parametrize("tone", ["text", "muted", "warning", "danger", "success", "info"])
def test_icons_stand_out_from_every_surface(chosen: Colors, tone: str) -> None:
    image = icon("triangle-alert", tone).pixmap(24, 24).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    drawn = max((pixel for pixel in pixels), key=QColor.alpha)
    assert drawn.alpha() > 200
    for surface in SURFACES[tone]:
        assert contrast(drawn, getattr(chosen, surface)) >= SHAPE, surface


def test_the_capacity_bar_stands_out(qtbot: QtBot, chosen: Colors) -> None:
    bar = CapacityBar("bar", "Nebenstellen")
    bar.show_usage(5, 10, 10, "5 von 10")
    ground = placed(qtbot, bar, 200)
    image, area = ground.grab().toImage(), bar.geometry()
    y = area.center().y()
    fill, track = image.pixelColor(area.left() + 20, y), image.pixelColor(area.right() - 20, y)
    assert (fill.name(), track.name()) == (chosen.fill, chosen.track)
    assert contrast(fill, track) >= SHAPE


@pytest.mark.parametrize(("usable", "line", "ground"), [(10, "danger", "danger_tint"), (25, "info", "info_tint")])
def test_what_is_beyond_is_hatched(qtbot: QtBot, chosen: Colors, usable: int, line: str, ground: str) -> None:
    """What is beyond, or covered by an order only, is told from what is included without seeing colours."""
    bar = CapacityBar("bar", "Nebenstellen")
    bar.show_usage(20, 10, usable, "20 von 10")
    window = placed(qtbot, bar, 200)
    image, area = window.grab().toImage(), bar.geometry()
    y, middle = area.center().y(), area.center().x()
    included = {image.pixelColor(x, y).name() for x in range(area.left() + 10, middle - 6)}
    beyond = {image.pixelColor(x, y).name() for x in range(middle + 6, area.right() - 10)}
    assert included == {chosen.fill}
    assert {getattr(chosen, line), getattr(chosen, ground)} <= beyond
    assert contrast(getattr(chosen, line), getattr(chosen, ground)) >= SHAPE


@pytest.mark.parametrize("name", ["line", "choice", "button", "filter"])
def test_what_has_the_focus_looks_different_and_stands_out(qtbot: QtBot, chosen: Colors, name: str) -> None:
    widget = edged()[name]
    ground = placed(qtbot, widget)
    before = ground.grab().toImage()
    QTest.keyClick(ground, Qt.Key.Key_Tab)
    assert widget.hasFocus()
    after = ground.grab().toImage()
    assert before != after
    found = edge(after, area_of(widget))
    assert found >= SHAPE, chosen
