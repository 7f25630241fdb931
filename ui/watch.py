"""What changes by itself: other desks' work, the day, the clock; and what the window says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from PySide6.QtWidgets import QLabel

from model.clock import ClockCheck, ClockState
from model.errors import ModelError
from ui import formats
from ui.desk import Glance, Pulse
from ui.i18n import _, ngettext
from ui.late_bar import LateBar

if TYPE_CHECKING:
    from model.change_set import ChangeSet
    from ui.main_window import MainWindow
    from ui.widgets import Notice

# With what follows a look, a change of another desk is shown within a second.
LOOK_MS = 750
# So many times as long as reading took it rests, or many desks that read after each change would leave a server no time
# for the changes.
RESTS, LONGEST_REST_MS = 10, 10_000


class Watch(QObject):
    """Looks regularly, and lets the window read again only when there is something new."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._pulse: Pulse | None = None
        self._version: int | None = None
        self._seq = window.desk.first_entry
        self._clock_words = ""
        self._looking = False
        self._since, self._rest_ms = QElapsedTimer(), 0
        self.clock_bar = LateBar(window, self._make_clock_bar)
        self.counts, self.instant = QLabel(), QLabel()
        self.counts.setObjectName("statusCounts")
        self.instant.setObjectName("statusInstant")
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """From now on."""
        self._timer.start()

    def stop(self) -> None:
        """The window closes."""
        self._timer.stop()

    def begin(self) -> None:
        """Read counts and clock for the first time, right after the list."""
        self._since.start()
        self._window.desk.first_pulse(self._show, self._window.show_error)

    def read(self, total: int | None = None) -> None:
        """Read counts and clock now; `total` is how many installations there are, where that is known."""
        self._since.start()
        self._window.desk.pulse(total, self._show, self._window.show_error)

    def _look(self) -> None:
        """Not while the last look is still waiting for a locked database, nor while it rests."""
        if not self._looking and self._since.hasExpired(self._rest_ms):
            self._looking = True
            self._window.desk.glance(self._version, self._seq, self._compare, self._looked)

    def _looked(self, _error: ModelError) -> None:
        """What went wrong is said by the bar about the database."""
        self._looking = False

    def _compare(self, glance: Glance) -> None:
        """Has anybody written, is the clock as it was, has the day changed?"""
        self._looking = False
        readable_again = self._window.database.show_readable()
        if self._pulse is None and not readable_again:
            return
        self._show_clock(glance.clock)
        before = self._pulse and (self._pulse.clock.state, self._pulse.now.date())
        changes, self._version = glance.changes, glance.version
        if changes is not None:
            self._seq = changes.seq
        if readable_again or (glance.clock.state, self._window.desk.now().date()) != before:
            self._window.reload()
        elif changes is not None:
            self._follow(changes)
        chosen = self._window.panel.list.current
        if readable_again and chosen is not None:
            self._window.open_case(chosen)

    def _follow(self, changes: ChangeSet) -> None:
        """Only what changed: each desk that read everything again after each order would be too much for a server."""
        if changes.installations is None or self._pulse is None:
            self._window.reload()
            return
        window, changed = self._window, changes.installations
        self.read(self._pulse.counts.all)
        if window.is_made("mail"):
            window.desk.post.look()
        window.panel.follow(changed)
        if window.case is not None:
            shown = window.case.account.installation.id
            if shown in changed or not changed:
                window.open_case(shown)

    def _show(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._rest_ms = min(RESTS * max(1, self._since.restart()), LONGEST_REST_MS)
        number, counts = formats.number, pulse.counts
        text = ngettext("{count} installation", "{count} installations", counts.all)
        self.counts.setText(
            _("{installations} · {over} over tariff · {pending} pending").format(
                installations=text.format(count=number(counts.all)),
                over=number(counts.over),
                pending=number(counts.pending),
            )
        )
        self.instant.setText(_("As of {instant}").format(instant=formats.instant(pulse.now)))
        self._show_clock(pulse.clock)
        self._window.show_counts(counts)

    def _show_clock(self, clock: ClockCheck) -> None:
        """A clock that isn't the server's writes wrong times into everything, and nobody can say that it is right."""
        text = _why_wrong(clock)
        if text == self._clock_words:
            return
        self._clock_words = text
        self.clock_bar.show_text("", text)
        if text:
            self._confirm.setVisible(clock.state is ClockState.AHEAD)
        self._window.database.show_clock(text if clock.state is ClockState.APART else "")

    def _make_clock_bar(self) -> Notice:
        from ui.changes import change_button
        from ui.widgets import Notice

        made = Notice("clockBar", "clockText", "warning", "clock")
        self._confirm = change_button(_("The date is right"), "confirmClockButton", self._confirm_clock)
        made.add_button(self._confirm)
        return made

    def _confirm_clock(self) -> None:
        self._window.desk.confirm_clock(lambda _nothing: self._window.reload(), self._window.show_error)


def _why_wrong(clock: ClockCheck) -> str:
    if clock.state is ClockState.RIGHT:
        return ""
    from ui import clock_words

    return clock_words.clock(clock)
