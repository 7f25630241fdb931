"""What is wrong with the computer's clock, in words (R35)."""

from __future__ import annotations

from datetime import timedelta

from model.clock import ClockCheck, ClockState
from ui import formats
from ui.i18n import _, ngettext

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def clock(check: ClockCheck) -> str:
    """Why ordering pauses; empty for a clock that is right."""
    return {
        ClockState.RIGHT: "",
        ClockState.UNSET: _(
            "The computer's clock shows a day long past. Please correct it; until then nothing can be ordered."
        ),
        ClockState.BEHIND: _(
            "The computer's clock is behind the last entry. Please correct it; until then nothing can be ordered."
        ),
        ClockState.AHEAD: _("The computer's clock is more than 45 days ahead of the last entry. Is the date right?"),
        ClockState.APART: _apart(check.ahead),
    }[check.state]


def _apart(ahead: timedelta) -> str:
    if ahead > timedelta():
        text = _(
            "This computer's clock is {time} ahead of the server's. Please correct it; until then nothing can be"
            " changed or ordered here."
        )
    else:
        text = _(
            "This computer's clock is {time} behind the server's. Please correct it; until then nothing can be"
            " changed or ordered here."
        )
    return text.format(time=duration(abs(ahead)))


def duration(time: timedelta) -> str:
    """A length of time in the unit that says enough: minutes up to two hours, hours up to two days."""
    if time < 2 * HOUR:
        count = max(1, round(time / MINUTE))
        text = ngettext("{count} minute", "{count} minutes", count)
    elif time < 2 * DAY:
        count = round(time / HOUR)
        text = ngettext("{count} hour", "{count} hours", count)
    else:
        count = round(time / DAY)
        text = ngettext("{count} day", "{count} days", count)
    return text.format(count=formats.number(count))
