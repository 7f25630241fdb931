"""Who works at this computer: the operating system's account, not an environment variable (R36)."""

from __future__ import annotations

import sys


def clerk_name() -> str:
    """The account's name, from the user database or the Windows session's token."""
    if sys.platform == "win32":  # pragma: no cover - measured on Windows only
        import ctypes

        size = ctypes.c_ulong(257)
        buffer = ctypes.create_unicode_buffer(size.value)
        ctypes.windll.advapi32.GetUserNameW(buffer, ctypes.byref(size))
        return buffer.value
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
