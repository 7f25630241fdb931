"""A server's clock: besides the one handed in the only one that is asked, to compare that one with it (R34, R35)."""

from __future__ import annotations

from datetime import datetime

from model.clock import Clock, ClockCheck, ClockState, ahead_of, judge_clock
from model.engine import Engine, Row
from model.opened import latest_from

# One round trip for both.
CLOCKS = "SELECT latest_at, CURRENT_TIMESTAMP AS told FROM audit_head WHERE id = 1"


def check_with_server(engine: Engine, clock: Clock) -> ClockCheck:
    """The clock against the server's, then against the latest instant ever written."""
    asked = clock.now()
    latest, told = engine.value(_clocks_from, CLOCKS)
    answered = clock.now()
    ahead = ahead_of(told, asked, answered)
    return ClockCheck(ClockState.APART, ahead) if ahead else ClockCheck(judge_clock(answered, latest))


def _clocks_from(row: Row) -> tuple[datetime | None, datetime]:
    return latest_from(row), row["told"]
