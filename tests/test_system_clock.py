"""The computer's own clock is aware of its zone (R34)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest


def test_r34_the_computers_clock_is_aware() -> None:
    from ui.system_clock import SystemClock

    now = SystemClock().now()
    assert now.utcoffset() is not None
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Berlin"])
def test_r34_the_zone_is_where_the_systems_link_leads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, zone: str
) -> None:
    from ui import system_clock

    (link := tmp_path / "localtime").symlink_to(Path("/usr/share/zoneinfo", zone))
    monkeypatch.setattr(system_clock, "LINK", str(link))
    monkeypatch.delenv("TZ", raising=False)
    assert str(system_clock.SystemClock().now().tzinfo) == zone
    monkeypatch.setenv("TZ", "America/New_York")
    assert str(system_clock.SystemClock().now().tzinfo) == "America/New_York"


def test_r34_without_the_link_qt_tells_the_zone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from ui import system_clock

    monkeypatch.setattr(system_clock, "LINK", str(tmp_path / "localtime"))
    monkeypatch.delenv("TZ", raising=False)
    assert system_clock.SystemClock().now().utcoffset() == datetime.now().astimezone().utcoffset()
