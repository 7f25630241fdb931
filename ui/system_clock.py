"""The computer's clock: the only place that asks for the time (R34)."""

from __future__ import annotations

import os
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LINK = "/etc/localtime"
ZONES = "/zoneinfo/"


class SystemClock:
    """The local time in the zone the computer is set to, asked for each time: a clerk may travel."""

    def now(self) -> datetime:
        """The instant with the zone's name, or with its offset where the system doesn't tell the name."""
        try:
            return datetime.now(ZoneInfo(_zone_name()))
        except (ZoneInfoNotFoundError, ValueError):
            return datetime.now().astimezone()


def _zone_name() -> str:
    """What Qt tells; it looks through the whole folder of zones first, so the system's link is followed without it."""
    if "TZ" not in os.environ:
        try:
            name = os.readlink(LINK).partition(ZONES)[2]  # noqa: PTH115 - asked each second; a Path costs more
        except OSError:
            name = ""
        if name:
            return name
    from PySide6.QtCore import QTimeZone

    return bytes(QTimeZone.systemTimeZoneId().data()).decode()
