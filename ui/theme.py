"""Fusion with an own light and dark palette; the few colours that mean something have names."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from PySide6 import QtCore
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

# An argument of Qt's: a call would give the style back, and with it all that PySide knows of styles, 566 constants.
STYLE = ("-style", "fusion")
STYLE_SHEET = Path(__file__).parents[1] / "resources" / "style.qss"
# Fusion draws edges as Window.darker(140); a darker Window role for these lifts them above 3:1.
EDGED = (
    "QListWidget",
    "QTableView",
    "QLineEdit",
    "QComboBox",
    "QAbstractSpinBox",
    "QCheckBox",
    "QRadioButton",
    "QPushButton",
)


class Appearance(StrEnum):
    """What the clerk chooses in the settings."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Colors(NamedTuple):
    """The colours of one palette; every text colour has at least 4.5:1 on the surfaces it is used on."""

    window: str
    base: str
    raised: str
    text: str
    muted: str
    line: str
    edge: str
    accent: str
    accent_text: str
    accent_tint: str
    track: str
    fill: str
    warning: str
    warning_tint: str
    warning_line: str
    danger: str
    danger_tint: str
    success: str
    info: str
    info_tint: str
    info_line: str


LIGHT = Colors(
    window="#f4f5f7", base="#ffffff", raised="#ffffff", text="#1b1d21", muted="#5a606b", line="#d3d7de", edge="#a3a9b3",
    accent="#1c62d6", accent_text="#ffffff", accent_tint="#eaf1fd", track="#e8eaee", fill="#1c62d6",
    warning="#7a4300", warning_tint="#fff3dc", warning_line="#e3b667",
    danger="#ab1616", danger_tint="#fdeaea", success="#146c3a",
    info="#174ea6", info_tint="#e9f0fc", info_line="#9dbdf0",
)  # fmt: skip
DARK = Colors(
    window="#1d2024", base="#16181b", raised="#24282d", text="#e8eaed", muted="#a3abb6", line="#3a4048", edge="#b8bfc9",
    accent="#2069df", accent_text="#ffffff", accent_tint="#1b2a44", track="#30353c", fill="#6aa3ff",
    warning="#ffcf80", warning_tint="#3a2a10", warning_line="#8a6420",
    danger="#ffb0ab", danger_tint="#43191a", success="#7ddba0",
    info="#a8c8ff", info_tint="#1a2a45", info_line="#41639c",
)  # fmt: skip


def is_dark(app: QApplication, appearance: Appearance) -> bool:
    """Whether to show the dark palette; "system" asks the desktop."""
    if appearance is not Appearance.SYSTEM:
        return appearance is Appearance.DARK
    if not app.styleSheet():
        # At the start the palette is still the desktop's.
        return colors() is DARK
    return QGuiApplication.styleHints().colorScheme() is QtCore.Qt.ColorScheme.Dark


def colors(palette: QPalette | None = None) -> Colors:
    """The named colours that belong to a palette, by default the application's."""
    window = (palette or QGuiApplication.palette()).color(QPalette.ColorRole.Window)
    return DARK if window.lightness() < 128 else LIGHT


def apply_theme(app: QApplication, appearance: Appearance) -> None:
    """Give the application, which was started with STYLE, its palette and style sheet."""
    chosen = DARK if is_dark(app, appearance) else LIGHT
    if app.styleSheet() == style_sheet(chosen):
        return
    palette = make_palette(chosen)
    app.setPalette(palette)
    edged = make_palette(chosen)
    edged.setColor(QPalette.ColorRole.Window, QColor(chosen.edge))
    for name in EDGED:
        app.setPalette(edged, name)  # type: ignore[arg-type] # the stub says bytes, only str is accepted
    menus = make_palette(chosen)
    menus.setColor(QPalette.ColorRole.Highlight, QColor(chosen.accent_tint))
    menus.setColor(QPalette.ColorRole.HighlightedText, QColor(chosen.text))
    app.setPalette(menus, "QMenu")  # type: ignore[arg-type] # as above
    app.setStyleSheet(style_sheet(chosen))


def style_sheet(chosen: Colors) -> str:
    """The style sheet with the names of the colours filled in, longest first."""
    text = STYLE_SHEET.read_text(encoding="utf-8")
    for name in sorted(chosen._fields, key=len, reverse=True):
        text = text.replace(f"@{name}", getattr(chosen, name))
    return text


def make_palette(chosen: Colors) -> QPalette:
    """A complete palette, also for disabled widgets."""
    role = QPalette.ColorRole
    roles = {
        role.Window: chosen.window,
        role.WindowText: chosen.text,
        role.Base: chosen.base,
        role.AlternateBase: chosen.window,
        role.Text: chosen.text,
        role.Button: chosen.raised,
        role.ButtonText: chosen.text,
        role.BrightText: chosen.danger,
        role.ToolTipBase: chosen.raised,
        role.ToolTipText: chosen.text,
        role.PlaceholderText: chosen.muted,
        role.Highlight: chosen.accent,
        role.HighlightedText: chosen.accent_text,
        role.Link: chosen.info,
        role.LinkVisited: chosen.info,
        role.Accent: chosen.accent,
    }
    palette = QPalette()
    for which, name in roles.items():
        palette.setColor(which, QColor(name))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(chosen.muted))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(chosen.line))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Base, QColor(chosen.window))
    return palette
