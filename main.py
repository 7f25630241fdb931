"""Tarifwechsel: arguments, the store, the clock, the window; the only place that knows all of them."""

from __future__ import annotations

import gc
import os
import sys

# Before Qt: PySide reads the source of every module that is imported after it.
from model.opened import open_database, open_example
from ui import arguments, i18n, preflight

# What the start makes stays, so there is nothing to collect; later `ui.collecting` does it.
gc.disable()


def main() -> int:
    """Start the program; the exit status is 0 unless it could not open its window or its database."""
    given = arguments.parse(sys.argv[1:])
    i18n.use_language(given.language or "de")
    preflight.require_count(given.demo)
    preflight.require_display(os.environ)
    with preflight.libraries_explained():
        from ui import last_resort
        from ui.app import Program, application
        from ui.collecting import Collecting
        from ui.system_clock import SystemClock
    app = application(sys.argv[:1])
    Collecting(app)

    def start() -> bool:
        program = Program(app, SystemClock(), open_database, open_example)
        return program.start(given.database, given.demo, given.language)

    return app.exec() if last_resort.attempt(start) else 1


if __name__ == "__main__":
    sys.exit(main())
