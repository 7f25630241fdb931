"""Finding a customer: what is typed, filtered, sorted, scrolled to, and what stays when the list changes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from model.demo import fill_demo
from model.finding import FIRST_ROWS
from model.installation import Additions, Customer, NewDevice, NewExtension
from model.list_query import ListQuery, Sorting
from model.listing import PAGE
from model.store import Removal, Store
from tests.examples import FixedClock, install, objects, order
from tests.screen import click, settle
from ui import theme
from ui.installation_list import InstallationListView
from ui.main_window import MainWindow
from ui.searching import ListPage

NAMES = ("Müller & Söhne", "Mueller Bau", "Muller GmbH", "Ärztehaus Öst", "Zahnarzt Groß", "Adler-Apotheke")


@pytest.fixture
def customers(qtbot: QtBot, window: MainWindow, memory: Store) -> dict[str, int]:
    """Six customers, shown: by name."""
    made = {name: install(memory, number=f"K-{place}", name=name) for place, name in enumerate(NAMES)}
    show(qtbot, window)
    return made


@pytest.fixture
def many(qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock) -> InstallationListView:
    """Three hundred installations, shown."""
    fill_demo(memory, clock.now(), 300)
    show(qtbot, window)
    return window.panel.list


def show(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    window.reload()
    settle(qtbot, window)


def names(window: MainWindow) -> list[str]:
    model = window.panel.list.list_model
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def search(qtbot: QtBot, window: MainWindow, text: str) -> list[str]:
    """Type or paste into the search field; what the list shows then."""
    field = window.panel.search
    field.setFocus()
    field.selectAll()
    QGuiApplication.clipboard().setText(text)
    field.paste()
    settle(qtbot, window)
    return names(window)


def go_to(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Make a line the current one."""
    view = window.panel.list
    view.setCurrentIndex(view.list_model.index(names(window).index(name)))
    settle(qtbot, window)


def current(window: MainWindow) -> str:
    """The name in the line that is selected."""
    view = window.panel.list
    selected = view.selectionModel().selectedIndexes()
    return str(selected[0].data()) if selected else ""


# ---------------------------------------------------------------------- searching


@pytest.mark.parametrize("text", ["müller", "MUELLER", "muller", "Mull", "üller"])
@pytest.mark.usefixtures("customers")
def test_umlauts_and_case_do_not_matter(qtbot: QtBot, window: MainWindow, text: str) -> None:
    assert set(search(qtbot, window, text)) == set(NAMES[:3])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("arztehaus", "Ärztehaus Öst"), ("öst ärzte", "Ärztehaus Öst"), ("gross", "Zahnarzt Groß"),
        ("GROSS", "Zahnarzt Groß"), ("K-5", "Adler-Apotheke"), ("soehne", "Müller & Söhne"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("customers")
def test_names_and_numbers_are_found(qtbot: QtBot, window: MainWindow, text: str, found: str) -> None:
    assert search(qtbot, window, text) == [found]


def test_extensions_orders_and_mac_addresses_are_found(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, customers: dict[str, int]
) -> None:
    devices = (NewDevice("Telefon", mac="00:15:65:AB:CD:EF", extensions=("4711",)),)
    memory.add_objects(customers["Zahnarzt Groß"], Additions((NewExtension("4711", "Empfang"),), devices), clock.now())
    placed = order(memory, customers["Zahnarzt Groß"], "C25")
    for text in ("4711", "00-15-65-ab-cd-ef", "001565abc", f"TW-{placed.order_number:06}"):
        assert search(qtbot, window, text) == ["Zahnarzt Groß"], text


@pytest.mark.usefixtures("customers")
def test_the_list_follows_every_letter(qtbot: QtBot, window: MainWindow) -> None:
    window.panel.search.setFocus()
    counts = []
    for letter in "adler":
        QTest.keyClicks(window.panel.search, letter)
        settle(qtbot, window)
        counts.append(len(names(window)))
    assert counts == sorted(counts, reverse=True)
    assert names(window) == ["Adler-Apotheke"]


@pytest.mark.usefixtures("customers")
def test_the_newest_search_wins(qtbot: QtBot, window: MainWindow) -> None:
    """Ten letters in one go: only the answer to the last text is shown, twice if the window looks for changes then."""
    answers: list[ListQuery] = []
    window.panel.searched.connect(lambda page: answers.append(page.query))
    QTest.keyClicks(window.panel.search, "zahnarzt g")
    settle(qtbot, window)
    assert names(window) == ["Zahnarzt Groß"]
    assert {query.text for query in answers} == {"zahnarzt g"}


def test_an_old_answer_is_not_shown(qtbot: QtBot, window: MainWindow, customers: dict[str, int]) -> None:
    assert search(qtbot, window, "adler") == ["Adler-Apotheke"]
    with qtbot.waitCallback() as answered:
        window.desk.search(ListQuery(window.desk.now().date()), None, answered, answered)
    assert answered.args[0].total == len(customers)
    window.panel._show(answered.args[0])
    assert names(window) == ["Adler-Apotheke"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"', "nichts davon", "( )"])
@pytest.mark.usefixtures("customers")
def test_nothing_found_says_what_to_do(qtbot: QtBot, window: MainWindow, text: str) -> None:
    assert search(qtbot, window, text) == []
    assert window.panel.list.empty_text == f"Nichts gefunden für „{text}“. Esc leert die Suche."
    painted = window.panel.list.viewport().grab().toImage()
    assert len({painted.pixelColor(x, 28).name() for x in range(painted.width())}) > 1


@pytest.mark.usefixtures("customers")
def test_escape_clears_the_search(qtbot: QtBot, window: MainWindow) -> None:
    assert len(search(qtbot, window, "adler")) == 1
    QTest.keyClick(window.panel.search, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert window.panel.search.text() == ""
    assert len(names(window)) == 6


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.usefixtures("customers")
def test_a_key_goes_from_the_search_to_the_first_line(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    search(qtbot, window, "adler")
    QTest.keyClick(window.panel.search, key)
    settle(qtbot, window)
    assert QApplication.focusWidget() is window.panel.list
    assert current(window) == "Adler-Apotheke"
    assert window.case is not None
    assert window.case.account.installation.name == "Adler-Apotheke"


@pytest.mark.usefixtures("customers")
def test_enter_right_after_typing_goes_to_what_was_typed(qtbot: QtBot, window: MainWindow) -> None:
    """The answer isn't there yet; the first line of the old list would be another customer."""
    QTest.keyClicks(window.panel.search, "zahnarzt")
    QTest.keyClick(window.panel.search, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert current(window) == "Zahnarzt Groß"
    assert window.case is not None
    assert window.case.account.installation.name == "Zahnarzt Groß"


@pytest.mark.usefixtures("customers")
def test_down_goes_on_to_the_line_that_was_chosen(qtbot: QtBot, window: MainWindow) -> None:
    go_to(qtbot, window, "Zahnarzt Groß")
    window.panel.search.setFocus()
    QTest.keyClick(window.panel.search, Qt.Key.Key_Down)
    assert current(window) == "Zahnarzt Groß"


@pytest.mark.usefixtures("customers")
def test_enter_in_the_list_goes_on_to_the_installation(qtbot: QtBot, window: MainWindow) -> None:
    go_to(qtbot, window, "Zahnarzt Groß")
    window.panel.list.setFocus()
    QTest.keyClick(window.panel.list, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is window.page.extensions


@pytest.mark.usefixtures("customers")
def test_getting_the_focus_chooses_nothing(qtbot: QtBot, window: MainWindow) -> None:
    window.panel.list.setFocus()
    settle(qtbot, window)
    assert window.case is None


# ---------------------------------------------------------------------- filters and sorting


def test_filters_count_and_show(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    install(memory, "C10", 12, number="K-1", name="Über Tarif")
    pending = install(memory, "C10", 3, number="K-2", name="Vorgemerkt")
    install(memory, "C10", 3, number="K-3", name="Ohne alles")
    order(memory, pending, "C25")
    show(qtbot, window)
    buttons = [button.text() for button in window.panel.filters.values()]
    assert buttons == ["Alle 3", "Über Tarif 1", "Vorgemerkt 1"]
    found = {}
    for name in ("filterOver", "filterPending", "filterAll"):
        click(qtbot, window, name)
        settle(qtbot, window)
        found[name] = names(window)
    assert found == {
        "filterOver": ["Über Tarif"], "filterPending": ["Vorgemerkt"],
        "filterAll": ["Ohne alles", "Über Tarif", "Vorgemerkt"],
    }  # fmt: skip
    assert [button.isChecked() for button in window.panel.filters.values()] == [True, False, False]


def test_a_filter_and_a_search_hold_together(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    for number, name in enumerate(("Adler groß", "Adler klein", "Zabel groß")):
        install(memory, "C10", 12 if name.endswith("groß") else 1, number=f"K-{number}", name=name)
    click(qtbot, window, "filterOver")
    assert search(qtbot, window, "adler") == ["Adler groß"]


@pytest.mark.parametrize(("name", "words"), [("filterOver", "über ihrem Tarif"), ("filterPending", "vorgemerkt")])
@pytest.mark.usefixtures("customers")
def test_an_empty_filter_says_why(qtbot: QtBot, window: MainWindow, name: str, words: str) -> None:
    click(qtbot, window, name)
    settle(qtbot, window)
    assert names(window) == []
    assert words in window.panel.list.empty_text


@pytest.mark.usefixtures("customers")
def test_names_are_sorted_as_in_a_german_dictionary(window: MainWindow) -> None:
    assert names(window) == [
        "Adler-Apotheke", "Ärztehaus Öst", "Mueller Bau", "Müller & Söhne", "Muller GmbH", "Zahnarzt Groß",
    ]  # fmt: skip


def test_numbers_are_sorted_by_value(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    for number in ("100", "9", "20"):
        install(memory, number=number, name=f"Kunde {number}")
    show(qtbot, window)
    assert names(window) == ["Kunde 9", "Kunde 20", "Kunde 100"]
    window.actions_by_name.named[f"sort{Sorting.NUMBER}"].trigger()
    settle(qtbot, window)
    assert names(window) == ["Kunde 9", "Kunde 20", "Kunde 100"]


@pytest.mark.usefixtures("customers")
def test_sorting_by_number_and_back(qtbot: QtBot, window: MainWindow) -> None:
    by_name = names(window)
    go_to(qtbot, window, "Muller GmbH")
    window.actions_by_name.named[f"sort{Sorting.NUMBER}"].trigger()
    settle(qtbot, window)
    assert names(window) == list(NAMES)
    assert current(window) == "Muller GmbH"
    window.actions_by_name.named[f"sort{Sorting.NAME}"].trigger()
    settle(qtbot, window)
    assert names(window) == by_name
    assert current(window) == "Muller GmbH"


# ---------------------------------------------------------------------- long lists


def test_a_long_list_comes_page_by_page(
    qtbot: QtBot, window: MainWindow, memory: Store, many: InstallationListView
) -> None:
    model = many.list_model
    assert model.rowCount() == 300
    assert model.row(0) is not None
    assert 4 * PAGE <= 299
    many.scrollToBottom()
    qtbot.waitUntil(lambda: bool(model.index(299, 0).data()))
    settle(qtbot, window)
    assert names(window)[-20:] == expected(memory, window)[-20:]


def expected(memory: Store, window: MainWindow) -> list[str]:
    return [row.name for row in memory.find_installations(window.panel.query, 0, 1000)]


def test_every_row_is_the_right_one(
    qtbot: QtBot, window: MainWindow, memory: Store, many: InstallationListView
) -> None:
    for place in range(0, 300, 10):
        many.scrollTo(many.list_model.index(place))
        settle(qtbot, window)
    assert names(window) == expected(memory, window)


def test_a_page_for_another_search_is_left_out(
    qtbot: QtBot, window: MainWindow, memory: Store, many: InstallationListView
) -> None:
    old = window.panel.query
    search(qtbot, window, "gmbh")
    model, before = many.list_model, names(window)
    model.add_page(old, 0, memory.find_installations(old, 0, PAGE))
    assert names(window) == before
    assert 0 < len(before) < 300


def test_end_goes_to_the_last_one(qtbot: QtBot, window: MainWindow, memory: Store, many: InstallationListView) -> None:
    many.setFocus()
    QTest.keyClick(many, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: window.case is not None)
    settle(qtbot, window)
    assert window.case is not None
    assert window.case.account.installation.name == expected(memory, window)[-1]


def test_the_first_rows_come_before_the_whole(qtbot: QtBot, window: MainWindow, many: InstallationListView) -> None:
    pages: list[ListPage] = []
    query = ListQuery(window.desk.now().date(), "e")
    window.desk.search(query, None, pages.append, window.show_error, pages.append)
    settle(qtbot, window)
    first, whole = pages
    assert (first.whole, len(first.rows), whole.whole) == (False, FIRST_ROWS, True)
    assert first.rows == whole.rows[:FIRST_ROWS]
    assert whole.total > PAGE
    assert many.list_model.rowCount() == 300


def test_a_line_that_is_still_read_is_hinted_at(window: MainWindow, many: InstallationListView) -> None:
    many.list_model.page_wanted.disconnect(window.panel._fetch_page)
    many.scrollToBottom()
    many.viewport().repaint()
    painted = many.viewport().grab().toImage()
    middle = painted.height() // 2
    drawn = {painted.pixelColor(15, y).name() for y in range(middle, middle + 40)}
    assert theme.colors().line in drawn
    assert len(drawn) == 2


def test_typing_in_the_list_searches(qtbot: QtBot, window: MainWindow, many: InstallationListView) -> None:
    many.setFocus()
    QTest.keyClicks(many, "z")
    assert QApplication.focusWidget() is window.panel.search
    QTest.keyClicks(window.panel.search, "a")
    settle(qtbot, window)
    assert window.panel.search.text() == "za"
    assert 0 < many.list_model.rowCount() < 300


# ---------------------------------------------------------------------- what stays


@pytest.mark.parametrize("name", ["AAA", "ZZZ"])
@pytest.mark.usefixtures("customers")
def test_the_line_stays_when_others_come(qtbot: QtBot, window: MainWindow, memory: Store, name: str) -> None:
    go_to(qtbot, window, "Muller GmbH")
    install(memory, number="K-99", name=name)
    window.reload()
    settle(qtbot, window)
    assert current(window) == "Muller GmbH"
    assert len(names(window)) == 7
    assert window.case is not None
    assert window.case.account.installation.name == "Muller GmbH"


def test_the_line_stays_when_it_gets_another_name(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock, customers: dict[str, int]
) -> None:
    go_to(qtbot, window, "Adler-Apotheke")
    key = customers["Adler-Apotheke"]
    known = memory.account(key).installation
    memory.change_customer(key, Customer(known.customer_number, "Zz-Apotheke", known.email), clock.now())
    window.reload()
    settle(qtbot, window)
    assert current(window) == "Zz-Apotheke"
    assert window.case is not None
    assert window.case.account.installation.id == key


def test_the_place_stays_in_a_long_list(
    qtbot: QtBot, window: MainWindow, memory: Store, many: InstallationListView
) -> None:
    many.scrollToBottom()
    settle(qtbot, window)
    many.setCurrentIndex(many.list_model.index(280))
    settle(qtbot, window)
    name = current(window)
    many.scrollTo(many.currentIndex())
    scrolled = many.verticalScrollBar().value()
    window.reload()
    settle(qtbot, window)
    assert current(window) == name == expected(memory, window)[280]
    assert many.verticalScrollBar().value() == scrolled


@pytest.mark.parametrize(("name", "lines"), [("AAA", 1), ("ZZZ", 0)])
def test_what_is_seen_stays_when_others_come(
    qtbot: QtBot, window: MainWindow, memory: Store, many: InstallationListView, name: str, lines: int
) -> None:
    many.setCurrentIndex(many.list_model.index(150))
    settle(qtbot, window)
    seen = many.visualRect(many.currentIndex())
    install(memory, number="N-1", name=name)
    window.reload()
    settle(qtbot, window)
    assert many.currentIndex().row() == 150 + lines
    assert many.visualRect(many.currentIndex()) == seen
    assert names(window)[150 + lines] == current(window) == expected(memory, window)[150 + lines]


@pytest.mark.usefixtures("customers")
def test_an_installation_stays_open_when_the_search_leaves_it_out(qtbot: QtBot, window: MainWindow) -> None:
    go_to(qtbot, window, "Zahnarzt Groß")
    search(qtbot, window, "adler")
    assert current(window) == ""
    assert window.case is not None
    assert window.case.account.installation.name == "Zahnarzt Groß"
    search(qtbot, window, "")
    assert current(window) == "Zahnarzt Groß"


def test_a_line_that_left_its_filter_stays_open(
    qtbot: QtBot, window: MainWindow, memory: Store, clock: FixedClock
) -> None:
    key = install(memory, "C10", 12, name="Über Tarif")
    install(memory, "C10", 14, number="K-2", name="Auch über Tarif")
    show(qtbot, window)
    click(qtbot, window, "filterOver")
    settle(qtbot, window)
    go_to(qtbot, window, "Über Tarif")
    extensions = memory.account(key).extensions
    memory.remove_objects(key, Removal(extensions=tuple(entry.id for entry in extensions[:2])), clock.now())
    window.reload()
    settle(qtbot, window)
    assert names(window) == ["Auch über Tarif"]
    assert window.case is not None
    assert window.case.account.installation.id == key
    assert current(window) == ""


def test_a_line_says_what_is_too_much_and_what_is_pending(qtbot: QtBot, window: MainWindow, memory: Store) -> None:
    over = install(memory, "C10", 12, 13, number="K-1", name="A")
    pending = install(memory, "C10", number="K-2", name="B")
    install(memory, "P25", number="K-3", name="C")
    order(memory, pending, "C25")
    memory.load_objects(over, objects(1, start=50), window.desk.now())
    show(qtbot, window)
    model = window.panel.list.list_model
    spoken = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert spoken == ["A, Classic 10, K-1, 6 zu viel", "B, Classic 10, K-2, Vorgemerkt", "C, Pro 25, K-3"]
