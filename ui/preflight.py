"""What has to be there before a window can open: said in one plain message, without Qt and without a traceback."""

from __future__ import annotations

import ctypes.util
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

from ui.i18n import _

# Library → Debian package: first what Qt needs to load, then what a window on X11 needs.
LIBRARIES = {
    "GL": "libgl1",
    "EGL": "libegl1",
    "glib-2.0": "libglib2.0-0",
    "fontconfig": "libfontconfig1",
    "dbus-1": "libdbus-1-3",
    "xkbcommon": "libxkbcommon0",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "xcb-xkb": "libxcb-xkb1",
    "xkbcommon-x11": "libxkbcommon-x11-0",
}


def require_display(environment: Mapping[str, str], platform: str = sys.platform) -> None:
    """End the program with a message when there is no display to open a window on."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        stop(no_display(_("DISPLAY and WAYLAND_DISPLAY are not set")))


@contextmanager
def libraries_explained() -> Iterator[None]:
    """While Qt is imported: a missing library becomes a message with the command that mends it."""
    try:
        yield
    except ImportError as error:
        stop(no_window(str(error)))


def explain_fatal(text: str) -> NoReturn:
    """Qt is about to abort: say why and how to mend it instead."""
    stop(no_display(text.strip()) if "connect to display" in text else no_window(text.strip().splitlines()[0]))


def no_display(cause: str) -> str:
    """The words for a missing or unreachable display."""
    return _(
        "Tarifwechsel cannot open a window: there is no display ({cause}).\n"
        "Please start it in a desktop session, or without one like this: xvfb-run -a python main.py"
    ).format(cause=cause)


def no_window(cause: str) -> str:
    """The words for libraries that are missing, of the system or of Python."""
    missing = [package for name, package in LIBRARIES.items() if ctypes.util.find_library(name) is None]
    if missing and sys.platform.startswith("linux"):
        return _(
            "Tarifwechsel cannot open a window: system libraries are missing ({cause}).\nPlease run: {command}"
        ).format(cause=cause, command=f"sudo apt-get install {' '.join(missing)}")
    return _("Tarifwechsel cannot start: {cause}\nPlease run: python -m pip install -r requirements.lock").format(
        cause=cause
    )


def stop(message: str) -> NoReturn:
    """Say it and end the program at once, also from inside Qt, which would abort otherwise."""
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
    os._exit(1)
