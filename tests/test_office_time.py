"""Which day it is, and by whose clock: the zone a database carries, and a server's time against a desk's (R21, R35)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from model.audit import Action
from model.clock import MOST_APART, ClockCheck, ClockState, ahead_of
from model.engine import Engine
from model.errors import ClockSuspect, StorageFault, StoreUnavailable
from model.provider import MailServer
from model.refusals import OrderRefused, QuoteStale
from model.sqlite_engine import MEMORY, SqliteEngine
from model.store import Store, open_store
from tests.examples import (
    BERLIN,
    CLERK,
    EMAIL,
    NOW,
    FixedClock,
    RunningClock,
    install,
    local,
    midday,
    objects,
    order,
    quote,
)
from tests.postgres import Office
from tests.screen import click, dialog, find, settle, text
from ui.app import build
from ui.clock_words import duration
from ui.desk import Desk
from ui.main_window import MainWindow
from ui.sending import Post

LISBON, UTC_ZONE, AUCKLAND = ZoneInfo("Europe/Lisbon"), ZoneInfo("UTC"), ZoneInfo("Pacific/Auckland")
SET_ZONE = "INSERT INTO setting (name, value) VALUES ('zone', :zone)"
Open = Callable[[datetime | None], Store]


@pytest.fixture(params=["file", "server"])
def open_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens another desk at the same database, which the first one makes, on a computer with that time."""
    with ExitStack() as stack:
        place: str | Path = tmp_path / "office.db"
        if request.param == "server":
            office: Office = request.getfixturevalue("office")
            stack.callback(office.empty)
            place = office.address
        yield lambda now: stack.enter_context(closing(open_store(place, now=now)))


def zone_name(store: Store) -> str:
    assert store.zone is not None
    return store.zone.key


# ---------------------------------------------------------------------- the zone of the database


def test_r21_a_database_carries_the_zone_of_the_computer_that_made_it(open_desk: Open) -> None:
    """Without an entry in the history, which would be an act before any act."""
    assert zone_name(open_desk(NOW)) == "Europe/Berlin"
    later = open_desk(NOW.astimezone(LISBON))
    assert zone_name(later) == "Europe/Berlin"
    assert later.last_entry() == 0
    assert later.verify().findings == ()
    assert later.local(NOW.astimezone(UTC)).isoformat() == NOW.isoformat()


def test_r21_a_database_in_memory_has_a_zone_too() -> None:
    with closing(open_store(MEMORY, now=NOW)) as store:
        assert zone_name(store) == "Europe/Berlin"


@pytest.mark.parametrize(
    ("instant", "effective"),
    [
        ("2026-10-31T22:30Z", "2026-11-01"),  # 23:30 in Berlin, 22:30 in Lisbon, already November in Auckland
        ("2026-10-31T23:30Z", "2026-12-01"),  # 00:30 in Berlin, still October in Lisbon
        ("2026-07-31T21:59:59Z", "2026-08-01"),  # summer: 23:59:59 in Berlin
        ("2026-07-31T22:00Z", "2026-09-01"),
        ("2027-10-31T00:30Z", "2027-11-01"),  # 02:30 in Berlin, both times
        ("2027-10-31T01:30Z", "2027-11-01"),
        ("2026-12-31T23:00Z", "2027-02-01"),
    ],
)
def test_r21_desks_in_other_zones_order_on_the_same_day(open_desk: Open, instant: str, effective: str) -> None:
    """Each with the time as its own computer tells it."""
    now = datetime.fromisoformat(instant)
    desks = [open_desk(now.astimezone(zone)) for zone in (BERLIN, LISBON, UTC_ZONE, AUCKLAND)]
    placed = []
    for n, (desk, zone) in enumerate(zip(desks, (BERLIN, LISBON, UTC_ZONE, AUCKLAND), strict=True)):
        here = now.astimezone(zone)
        installation = install(desk, number=f"K-{n}", now=here)
        placed.append(desk.place_order(quote(desk, installation, "C25", desk.local(here)), here))
    assert {entry.effective_on for entry in placed} == {date.fromisoformat(effective)}
    assert {entry.zone for entry in placed} == {"Europe/Berlin"}
    assert {entry.placed_at for entry in placed} == {now}
    assert desks[1].verify().findings == ()


def test_r19_a_summary_in_the_desks_own_zone_is_no_order(open_desk: Open) -> None:
    now = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    open_desk(now.astimezone(BERLIN))
    desk, here = open_desk(now.astimezone(LISBON)), now.astimezone(LISBON)
    installation = install(desk, now=here)
    with pytest.raises(QuoteStale) as caught:
        desk.place_order(quote(desk, installation, "C25", here), here)
    assert caught.value.changed == {"effective_on"}
    assert caught.value.fresh.effective_on == date(2026, 12, 1)


def test_r29_the_offices_day_decides_whether_an_order_can_be_cancelled(open_desk: Open) -> None:
    desk = open_desk(local("2026-11-30 12:00"))
    installation = install(desk)
    placed = order(desk, installation, "C25", local("2026-11-30 12:00"))
    too_late = local("2026-12-01 00:10").astimezone(LISBON)
    assert too_late.date() == date(2026, 11, 30)
    with pytest.raises(OrderRefused, match="NOT_PENDING"):
        desk.cancel_order(installation, placed.order_number, "Irrtum", too_late)


def test_r36_a_database_from_before_gets_its_zone_with_an_entry_and_from_one_desk_alone(open_desk: Open) -> None:
    before = open_desk(None)
    install(before)
    assert open_desk(NOW.replace(tzinfo=timezone(timedelta(hours=1)))).zone is None, "an offset is no zone"
    first = open_desk(NOW.astimezone(LISBON))
    assert first.settings.keep_zone("Pacific/Auckland", NOW) == "Europe/Lisbon", "who comes first decides"
    assert zone_name(open_desk(NOW)) == "Europe/Lisbon"
    assert first.last_entry() == 2
    (entry,) = first._engine.query("SELECT action, after FROM audit WHERE seq = 2")
    assert entry["action"] == Action.ZONE_SET
    assert '"zone":"Europe/Lisbon"' in entry["after"]
    assert first.verify().findings == ()


def test_a_database_that_is_only_read_is_shown_in_the_desks_own_zone(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    open_store(path).close()
    with closing(open_store(path, read_only=True, now=NOW)) as reading:
        assert reading.zone is None
        assert Desk(reading, FixedClock()).now().tzinfo is BERLIN
    with closing(open_store(path)) as store:
        assert store.zone is None


def test_r36_a_zone_changed_behind_the_history_is_found(engine: Engine) -> None:
    store = Store(engine, CLERK)
    store.load_shipped_prices()
    store.keep_zone(NOW)
    install(store)
    with engine.write():
        engine.execute("UPDATE setting SET value = 'Asia/Tokyo' WHERE name = 'zone'")
    assert [entry.row for entry in store.verify().findings] == ["zone"]


@pytest.mark.parametrize("name", ["Mond/Krater", "", "../../etc/passwd", "Europe", "x" * 5000])
def test_a_zone_this_computer_does_not_know_is_said(tmp_path: Path, name: str) -> None:
    path = tmp_path / "office.db"
    with closing(SqliteEngine(path)) as engine, engine.write():
        engine.execute(SET_ZONE, {"zone": name})
    with pytest.raises(StoreUnavailable) as caught:
        open_store(path, now=NOW)
    assert caught.value.fault is StorageFault.NO_ZONE
    assert caught.value.place == name[:100]


def test_a_busy_database_is_opened_all_the_same_and_gets_its_zone_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.sqlite_connections.TIMEOUT_S", 0.01)
    path = tmp_path / "office.db"
    open_store(path).close()
    with closing(SqliteEngine(path)) as other, other.write(), closing(open_store(path, now=NOW)) as store:
        assert store.zone is None
    with closing(open_store(path, now=NOW)) as store:
        assert zone_name(store) == "Europe/Berlin"


@pytest.fixture
def away(
    german: QApplication,  # noqa: ARG001 - has to be there first
    qtbot: QtBot,
    settings: QSettings,
) -> Iterator[MainWindow]:
    """A window on a computer in Lisbon, over a database of an office in Berlin where it is already the next month."""
    now = local("2026-12-01 00:30")
    with closing(open_store(MEMORY, now=now)) as store:
        install(store, "C10", 12, now=local("2026-11-30 12:00"))
        window = build(store, FixedClock(now.astimezone(LISBON)), settings)
        qtbot.addWidget(window)
        window.show()
        window.choose(1)
        settle(qtbot, window)
        yield window
        assert window.close()


def test_r21_a_desk_in_another_zone_shows_the_offices_day(qtbot: QtBot, away: MainWindow) -> None:
    assert find(away, QLabel, "statusInstant").text() == "Stand: 01.12.2026, 00:30"
    away.orders.adjust_to_offer()
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "selectButton")
    assert text(change, "effectiveOn") == "Freitag, 1. Januar 2027"
    click(qtbot, change, "orderButton")
    settle(qtbot, away)
    (placed,) = away.desk._store.account(1).orders
    assert (placed.effective_on, placed.zone) == (date(2027, 1, 1), "Europe/Berlin")


def test_the_settings_show_the_offices_zone(qtbot: QtBot, away: MainWindow) -> None:
    away.settings.open()
    settings_dialog = dialog("preferencesDialog")
    find(settings_dialog, QTabWidget, "preferencesTabs").setCurrentIndex(3)
    settle(qtbot, away)
    assert text(settings_dialog, "zoneLabel") == (
        "Zeitzone des Büros: Europe/Berlin. Nach ihr richtet sich an jedem Arbeitsplatz, welcher Tag es ist; sie"
        " bleibt, wie sie beim Anlegen der Datenbank war."
    )


# ---------------------------------------------------------------------- a server's clock


@pytest.mark.parametrize(
    ("asked", "answered", "ahead"),
    [
        (0, 0, 0),
        (60, 60, 0),
        (-60, -60, 0),
        (61, 61, 61),
        (-61, -61, -61),
        (-30, 200, 0),  # the answer took long: the clock may be right
        (100, 140, 120),
        (-140, -100, -120),
    ],
)
def test_r35_half_the_way_there_and_back_is_taken_into_account(asked: int, answered: int, ahead: int) -> None:
    """Seconds after the server's time."""
    looked = [NOW + timedelta(seconds=seconds) for seconds in (asked, answered)]
    assert ahead_of(NOW.astimezone(UTC), *looked) == timedelta(seconds=ahead)


@pytest.mark.parametrize(
    ("time", "german"),
    [
        (timedelta(seconds=61), "1 Minute"),
        (timedelta(minutes=119), "119 Minuten"),
        (timedelta(hours=2), "2 Stunden"),
        (timedelta(hours=47), "47 Stunden"),
        (timedelta(days=400), "400 Tage"),
    ],
)
@pytest.mark.usefixtures("german")
def test_a_length_of_time_in_words(time: timedelta, german: str) -> None:
    assert duration(time) == german


@pytest.fixture
def served(
    german: QApplication,  # noqa: ARG001 - has to be there first
    office: Office,
    qtbot: QtBot,
    settings: QSettings,
) -> Iterator[tuple[MainWindow, RunningClock]]:
    """A window over a server, on a customer, and the clock of its computer, which is right."""
    clock = RunningClock(midday())
    with closing(open_store(office.address, now=clock.now())) as store:
        install(store, "C10", 2, 2, now=clock.now())
        window = build(store, clock, settings)
        qtbot.addWidget(window)
        window.show()
        window.choose(1)
        settle(qtbot, window)
        yield window, clock
        clock.wrong = timedelta()
        assert window.close()
    office.empty()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (timedelta(minutes=3), "um 3 Minuten vor"),
        (timedelta(hours=-30), "um 30 Stunden nach"),
        (timedelta(days=60), "um 60 Tage vor"),
    ],
)
def test_r35_a_clock_that_is_not_the_servers_is_told_so_and_pauses_until_it_is_right(
    qtbot: QtBot, served: tuple[MainWindow, RunningClock], wrong: timedelta, words: str
) -> None:
    window, clock = served
    window.orders.adjust()
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "size25")
    click(qtbot, change, "selectButton")
    clock.wrong = wrong
    qtbot.waitUntil(find(window, QWidget, "clockBar").isVisible)
    said = text(window, "clockText")
    assert said == (
        f"Die Uhr dieses Computers geht gegenüber der des Servers {words}. Bitte stellen Sie sie richtig; bis dahin"
        " lässt sich hier nichts ändern oder bestellen."
    )
    assert not find(window, QPushButton, "confirmClockButton").isVisible(), "a server's time can't be confirmed away"
    ordering = find(change, QPushButton, "orderButton")
    assert not ordering.isEnabled()
    assert words in ordering.accessibleDescription()
    assert text(change, "tariffChangeDialogSlowText") == said
    clock.wrong = timedelta()
    qtbot.waitUntil(ordering.isEnabled)
    assert not find(window, QWidget, "clockBar").isVisible()
    assert not find(change, QWidget, "tariffChangeDialogSlow").isVisible()
    settle(qtbot, window)
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert len(window.desk._store.account(1).orders) == 1


def test_r35_the_servers_clock_is_asked_once_more_with_the_order(
    qtbot: QtBot, served: tuple[MainWindow, RunningClock]
) -> None:
    """The clock was set wrong since the last look."""
    window, clock = served
    case, store = window.case, window.desk._store
    assert case is not None
    wanted = quote(store, 1, "C25", case.now)
    clock.wrong = 2 * MOST_APART
    with qtbot.waitCallback() as refused:
        window.desk.place_order(wanted, objects(), lambda _order: None, refused)
    assert isinstance(refused.args[0], ClockSuspect)
    clock.wrong = MOST_APART / 2
    with qtbot.waitCallback() as placed:
        window.desk.place_order(wanted, objects(), placed, lambda _error: None)
    number = placed.args[0].order_number
    clock.wrong = -2 * MOST_APART
    with qtbot.waitCallback() as refused:
        window.desk.cancel_order(1, number, "Irrtum", objects(), lambda _nothing: None, refused)
    assert isinstance(refused.args[0], ClockSuspect)


def test_r35_a_desk_whose_clock_is_wrong_takes_no_mail(qapp: QApplication, office: Office) -> None:
    """By its clock what another desk is sending would be free again."""
    clock = RunningClock(midday())
    with closing(open_store(office.address, now=clock.now())) as store:
        order(store, install(store, now=clock.now()), "C25", clock.now())
        store.settings.change_mail_server(MailServer("mail.example.org", sender=EMAIL), clock.now())
        post = Post(store, clock, qapp)
        clock.wrong = timedelta(hours=1)
        assert post._send_one().outcome is None
        clock.wrong = timedelta()
        assert store.outbox.claim(clock.now())
        post.close()
    office.empty()


def test_without_a_server_only_what_was_written_tells_whether_a_clock_is_right(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "office.db")) as store:
        install(store)
        assert store.check_clock(FixedClock()) == ClockCheck(ClockState.RIGHT)
        assert store.check_clock(FixedClock(NOW + timedelta(days=60))) == ClockCheck(ClockState.AHEAD)
        assert not store.is_apart(FixedClock(NOW + timedelta(days=60)))
