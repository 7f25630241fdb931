"""How a line of the list is painted: whole or shortened, readable, in the colours that mean something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from model.list_query import ListQuery
from model.listing import InstallationRow
from tests.examples import TODAY
from tests.test_contrast import TEXT, contrast
from ui import installation_list, theme
from ui.arrangement import Face
from ui.installation_list import InstallationListView
from ui.searching import ListPage
from ui.theme import DARK, LIGHT, Appearance, Colors

OVER, PENDING = (3, False), (0, True)


def painted(qtbot: QtBot, *lines: tuple[int, bool]) -> QImage:
    """A list with a line for each state: how many too many, whether an order is pending."""
    view = InstallationListView()
    qtbot.addWidget(view)
    view.resize(420, 200)
    rows = [
        InstallationRow(place, f"K-{place}", "Muster GmbH", "Classic 10", *line) for place, line in enumerate(lines)
    ]
    view.show_page(ListPage(ListQuery(TODAY), len(rows), rows, None, None))
    return view.grab().toImage()


def has(image: QImage, color: str, *, off: int = 0) -> bool:
    """Whether a pixel has a colour; thin strokes may be `off` by some steps of 255."""
    red, green, blue = (getattr(QColor(color), part)() for part in ("red", "green", "blue"))
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return any(
        max(abs(pixel.red() - red), abs(pixel.green() - green), abs(pixel.blue() - blue)) <= off for pixel in pixels
    )


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
@pytest.mark.parametrize(("line", "tone"), [(OVER, "warning"), (PENDING, "info")])
def test_a_badge_has_its_colours(
    qtbot: QtBot,
    german: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    appearance: Appearance,
    line: tuple[int, bool],
    tone: str,
) -> None:
    monkeypatch.setattr(installation_list, "draw", lambda *_drawing: None)
    theme.apply_theme(german, appearance)
    try:
        chosen = theme.colors()
        for color, off in ((getattr(chosen, tone), 40), (getattr(chosen, f"{tone}_tint"), 0)):
            assert has(painted(qtbot, line), color, off=off)
            assert not has(painted(qtbot, (0, False)), color, off=off)
    finally:
        theme.apply_theme(german, Appearance.LIGHT)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_second_line_is_readable(palette: Colors) -> None:
    text, base, share = QColor(palette.text), QColor(palette.base), installation_list.MUTED
    parts = zip((text.redF(), text.greenF(), text.blueF()), (base.redF(), base.greenF(), base.blueF()), strict=True)
    assert contrast(QColor.fromRgbF(*(share * one + (1 - share) * other for one, other in parts)), base) >= TEXT


@pytest.mark.usefixtures("qapp")
@given(text=st.text(st.sampled_from("aäïlWM.&< 7€"), max_size=60), width=st.integers(0, 400))
def test_a_text_that_is_too_long_is_shortened_until_it_fits(text: str, width: int) -> None:
    font = QApplication.font()
    metrics = QFontMetrics(font)
    shown = Face(font, metrics).elided(text, width)
    if metrics.horizontalAdvance(text) <= width:
        assert shown == text
        return
    assert shown == "…" or metrics.horizontalAdvance(shown) <= width
    assert text.startswith(shown.removesuffix("…"))
    one_more = f"{text[: len(shown)]}…"
    assert metrics.horizontalAdvance(one_more) > width or text[len(shown) - 1].isspace()


def test_the_number_of_the_role_is_qts() -> None:
    assert Qt.ItemDataRole.DisplayRole == installation_list.DISPLAY


class _Paintings(QObject):
    """Counts how often a widget is painted."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def _seen(qtbot: QtBot) -> tuple[InstallationListView, _Paintings]:
    """A list of a few lines; the keyboard, with which a line would become the current one, is elsewhere."""
    view, paintings = InstallationListView(), _Paintings()
    qtbot.addWidget(view)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    view.resize(420, 200)
    view.show()
    qtbot.waitExposed(view)
    view.viewport().installEventFilter(paintings)
    return view, paintings


def test_an_answer_is_painted_once(qtbot: QtBot, german: QApplication) -> None:
    """Also where the scroll bar comes or goes with it, which Qt sees to only while it paints."""
    view, paintings = _seen(qtbot)
    for text, count in (("a", 64), ("al", 3), ("alt", 50)):
        rows = [InstallationRow(place, f"K-{place}", "Muster", "Classic 10", *OVER) for place in range(count)]
        _handle_everything(german)
        paintings.count = 0
        view.show_page(ListPage(ListQuery(TODAY, text), count, rows, None, None))
        _handle_everything(german)
        assert paintings.count == 1


@pytest.mark.parametrize(("first", "whole", "times"), [(64, 200, 0), (64, 64, 0), (3, 200, 1), (3, 3, 0)])
def test_the_rest_of_an_answer_is_painted_only_where_it_is_seen(
    qtbot: QtBot, german: QApplication, first: int, whole: int, times: int
) -> None:
    view, paintings = _seen(qtbot)
    rows = [InstallationRow(place, f"K-{place}", "Muster", "Classic 10", *OVER) for place in range(64)]
    query = ListQuery(TODAY, "a")
    view.show_page(ListPage(query, first, rows[:first], None, None, whole=False))
    _handle_everything(german)
    paintings.count = 0
    view.show_page(ListPage(query, whole, rows[:whole], None, None))
    _handle_everything(german)
    assert paintings.count == times
    before = view.grab().toImage()
    view.viewport().update()
    assert view.grab().toImage() == before
    assert view.verticalScrollBar().maximum() == max(0, whole * view.line_height() - view.viewport().height())


def test_a_row_that_changed_is_painted_again(qtbot: QtBot, german: QApplication) -> None:
    view, paintings = _seen(qtbot)
    rows = [InstallationRow(place, f"K-{place}", "Muster", "Classic 10", *OVER) for place in range(64)]
    query = ListQuery(TODAY, "a")
    view.show_page(ListPage(query, 64, rows, None, None))
    _handle_everything(german)
    for place, times in ((2, 1), (63, 0)):
        paintings.count = 0
        changed = [row._replace(name="Anders") if row.id == place else row for row in rows]
        view.show_page(ListPage(query, 64, changed, None, None))
        _handle_everything(german)
        assert paintings.count == times
        rows = changed


def _handle_everything(application: QApplication) -> None:
    """Each round may bring what only the next one sees to."""
    for _round in range(5):
        application.processEvents()
