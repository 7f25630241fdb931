"""A child: moves a database to an empty one on a server, as a clerk would, and says how long that took.

python -m tests.bench.filling DATABASE ADDRESS
"""

from __future__ import annotations

import sys
import time
from contextlib import closing

from model.clerk import clerk_name
from model.sqlite_engine import SqliteEngine
from model.transfer import Transfer
from model.transfer_target import new_target
from ui.system_clock import SystemClock


def main() -> None:
    """Move everything; it is compared on both sides."""
    database, address = sys.argv[1:]
    started = time.perf_counter()
    with closing(SqliteEngine(database, create=False)) as engine, new_target(address, create=True) as target:
        Transfer(engine, clerk_name()).run(target, SystemClock().now, lambda *_step: None)
    print((time.perf_counter() - started) * 1e3)


if __name__ == "__main__":
    main()
