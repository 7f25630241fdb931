"""A customer's page is laid out and painted once for each customer, and nothing on it is cut off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel, QTabWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.examples import install, order
from tests.object_forms import Show
from tests.screen import find, settle
from ui import theme
from ui.collecting import Leaving
from ui.drawings import FOLDER, draw
from ui.main_window import MainWindow
from ui.widgets import Notice, label, wrapped

SENTENCE = "Die Uhr des Computers geht gegenüber dem letzten Eintrag nach. Bitte stellen Sie sie richtig."


class Paintings(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def customers(memory: Store) -> dict[str, int]:
    """One that fits, one beyond its tariff, one with an order, and one whose table needs a scroll bar."""
    pending = install(memory, "C10", 12, number="K-3")
    order(memory, pending, "C25")
    return {
        "plain": install(memory, "C10", 2, number="K-1"),
        "over": install(memory, "C10", 12, number="K-2"),
        "pending": pending,
        "long": install(memory, "C100", 90, number="K-4"),
    }


def places(window: MainWindow) -> list[QRect]:
    """Where the parts of the page are."""
    page = window.page
    parts = (page.pending_bar, page.offer_bar, page.tabs, page.extensions.viewport())
    return [QRect(part.mapTo(page, QPoint()), part.size()) for part in parts if not part.isHidden()]


@pytest.mark.parametrize("before", ["plain", "over", "pending", "long"])
@pytest.mark.parametrize("after", ["plain", "over", "pending", "long"])
def test_a_page_is_laid_out_before_it_can_be_painted(
    qtbot: QtBot, window: MainWindow, customers: dict[str, int], show: Show, before: str, after: str
) -> None:
    show(customers[after])
    case = window.page.case
    assert case is not None
    show(customers[before])
    window.page.show_case(case)
    at_once = places(window)
    settle(qtbot, window)
    assert places(window) == at_once


def test_the_rows_after_a_long_table_are_painted_once(
    qtbot: QtBot, window: MainWindow, customers: dict[str, int], show: Show
) -> None:
    show(customers["plain"])
    case = window.page.case
    assert case is not None
    show(customers["long"])
    assert window.page.extensions.verticalScrollBar().isVisible()
    paintings = Paintings(window.page.extensions.viewport())
    window.page.show_case(case)
    settle(qtbot, window)
    assert not window.page.extensions.verticalScrollBar().isVisible()
    assert paintings.count == 1


def test_what_is_too_many_stays_bold_in_another_appearance(
    german: QApplication, window: MainWindow, customers: dict[str, int], show: Show
) -> None:
    show(customers["over"])
    rest = find(window, QLabel, "extensionsBarRest")
    assert rest.text() == "2 zu viel"
    assert rest.font().bold()
    theme.apply_theme(german, theme.Appearance.DARK)
    assert rest.font().bold()
    assert rest.palette().color(rest.foregroundRole()) == QColor(theme.DARK.danger)
    theme.apply_theme(german, theme.Appearance.LIGHT)
    show(customers["plain"])
    assert not rest.font().bold()


def test_the_settings_of_a_customer_are_filled_in_when_they_are_seen(
    qtbot: QtBot, window: MainWindow, memory: Store, customers: dict[str, int], show: Show
) -> None:
    show(customers["plain"])
    show(customers["over"])
    assert window.settings_page.form.typed().customer_number == ""
    window.open_settings()
    assert window.settings_page.form.typed() == memory.account(customers["over"]).installation.customer
    settle(qtbot, window)


def test_the_least_window_shows_a_row_and_cuts_no_words_off(
    qtbot: QtBot, window: MainWindow, customers: dict[str, int], show: Show
) -> None:
    show(customers["over"])
    window.resize(window.minimumSizeHint())
    settle(qtbot, window)
    window.resize(window.minimumSizeHint())
    settle(qtbot, window)
    table, bar = window.page.extensions, window.page.offer_bar
    assert table.viewport().height() >= table.rowHeight(0)
    for words in (bar.title, bar.text, find(window.page, QLabel, "customerTitle")):
        assert words.height() >= words.heightForWidth(words.width())


# ---------------------------------------------------------------------- words and bars


def test_heights_that_are_remembered_follow_text_and_font(german: QApplication, qtbot: QtBot) -> None:
    words, fresh = wrapped(label(SENTENCE)), wrapped(label(SENTENCE * 2))
    qtbot.addWidget(words)
    qtbot.addWidget(fresh)
    low = words.heightForWidth(200)
    words.setText(SENTENCE * 2)
    assert words.heightForWidth(200) == fresh.heightForWidth(200) > low
    font = german.font()
    font.setPointSize(font.pointSize() * 2)
    before = words.heightForWidth(200)
    words.setFont(font)
    assert words.heightForWidth(200) > before


@pytest.mark.parametrize("title", ["", "Die Datenbank ist nicht mehr an ihrem Ort"])
def test_a_bar_is_as_high_as_its_words_at_every_width(german: QApplication, qtbot: QtBot, title: str) -> None:
    page, bar = QWidget(), Notice("testBar", "testText", "info", "clock")
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    column.addWidget(bar)
    column.addWidget(QTabWidget(), 1)
    page.resize(420, 500)
    page.show()
    bar.show_text(title, SENTENCE * 2)
    for width in (420, 900, 300):
        page.resize(width, 500)
        german.processEvents()
        heights = [part.heightForWidth(part.width()) for part in (bar.title, bar.text) if part.isVisible()]
        margins = bar.contentsMargins()
        layout = bar.layout()
        assert layout is not None
        around = margins.top() + margins.bottom() + layout.contentsMargins().top() + layout.contentsMargins().bottom()
        assert bar.height() == sum(heights) + 2 * (len(heights) - 1) + around


def test_a_bar_that_was_rehearsed_is_still_hidden_and_says_nothing(
    german: QApplication,  # noqa: ARG001 - has to be there first
    qtbot: QtBot,
) -> None:
    bar = Notice("testBar", "testText", "info", "clock")
    qtbot.addWidget(bar)
    bar.rehearse()
    assert (bar.isHidden(), bar.title.text(), bar.text.text()) == (True, "", "")
    bar.show_text("Titel", "Text")
    bar.rehearse()
    assert (bar.title.text(), bar.text.text()) == ("Titel", "Text")


# ---------------------------------------------------------------------- icons


@pytest.mark.parametrize("density", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("area", [QRect(3, 4, 17, 17), QRect(1, 2, 22, 15), QRect(0, 0, 16, 21)])
def test_an_icon_drawn_once_is_the_picture_of_its_lines(
    german: QApplication,  # noqa: ARG001 - has to be there first
    area: QRect,
    density: float,
) -> None:
    side = min(area.width(), area.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(QRectF(area).center())
    svg = (FOLDER / "clock.svg").read_bytes().replace(b"currentColor", b"#336699")
    wanted = picture(density, lambda painter: QSvgRenderer(svg).render(painter, square))
    for _time in range(2):
        seen = picture(density, lambda painter: draw(painter, area, "clock", "#336699"))
        assert largest_difference(wanted, seen) <= 2


def picture(density: float, paint: Callable[[QPainter], object]) -> QImage:
    """What is painted on white."""
    image = QImage(48, 48, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(density)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint(painter)
    painter.end()
    return image


def largest_difference(one: QImage, other: QImage) -> int:
    """Of any colour of any pixel."""
    pairs = zip(bytes(one.constBits()), bytes(other.constBits()), strict=True)
    return max(abs(left - right) for left, right in pairs)


# ---------------------------------------------------------------------- what is left


def test_what_was_shown_is_let_go_a_moment_later(qtbot: QtBot) -> None:
    gone: list[str] = []

    class Shown:
        def __del__(self) -> None:
            gone.append("gone")

    parent = QObject()
    leaving = Leaving(parent)
    leaving.hold(Shown())
    assert gone == []
    qtbot.waitUntil(lambda: gone == ["gone"])
