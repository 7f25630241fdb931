"""The computer's clock: the only place that asks for the time (R34)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QTimeZone


class SystemClock:
    """The local time in the zone the computer is set to, asked for each time: a clerk may travel."""

    def now(self) -> datetime:
        """The instant with the zone's name, or with its offset where the system doesn't tell the name."""
        name = bytes(QTimeZone.systemTimeZoneId().data()).decode()
        try:
            return datetime.now(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError):
            return datetime.now().astimezone()
