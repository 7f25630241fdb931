"""What has to be there before a window can open: said in one plain message, without Qt and without a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NoReturn

from ui.i18n import _

MOST_CUSTOMERS = 1_000_000

# Library → Debian package: first what Qt needs to load, then what a window on X11 needs.
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def require_display(environment: Mapping[str, str], platform: str = sys.platform) -> None:
    """End the program with a message when there is no display to open a window on."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        stop(no_display(_("DISPLAY and WAYLAND_DISPLAY are not set")))


def require_count(count: int | None) -> None:
    """End the program with a message when it is asked for a number of example customers that can't be."""
    if count is not None and not 1 <= count <= MOST_CUSTOMERS:
        stop(_("--demo {count}: please give a number of customers from 1 to 1,000,000").format(count=count))


@contextmanager
def libraries_explained() -> Iterator[None]:
    """While Qt is imported: a missing library becomes a message with the command that mends it."""
    try:
        yield
    except ImportError as error:
        stop(no_window(str(error)))


def explain_fatal(messages: Sequence[str]) -> NoReturn:
    """Qt is about to abort: say why, by its last messages, and how to mend it instead."""
    unreachable = [text.strip() for text in messages if "connect to display" in text]
    stop(no_display(unreachable[-1]) if unreachable else no_window(messages[-1].strip().splitlines()[0]))


def no_display(cause: str) -> str:
    """The words for a missing or unreachable display."""
    return _(
        "Tarifwechsel cannot open a window: there is no display ({cause}).\n"
        "Please start it in a desktop session, or without one like this: xvfb-run -a python main.py"
    ).format(cause=cause)


def no_window(cause: str) -> str:
    """The words for libraries that are missing, of the system or of Python."""
    missing = [name for name in LIBRARIES if not _loads(name)]
    if missing and sys.platform.startswith("linux"):
        return _(
            "Tarifwechsel cannot open a window: system libraries are missing ({cause}).\nPlease run: {command}"
        ).format(
            cause=", ".join(missing),
            command=f"sudo apt-get install {' '.join(LIBRARIES[name] for name in missing)}",
        )
    return _("Tarifwechsel cannot start: {cause}\nPlease run: python -m pip install -r requirements.lock").format(
        cause=cause
    )


def stop(message: str) -> NoReturn:
    """Say it and end the program at once, also from inside Qt, which would abort otherwise."""
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
    os._exit(1)


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
