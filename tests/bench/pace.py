"""A child: how long importing Qt's widgets takes at the moment, in ms; with it the speed of a machine can be compared.

Where the goals were set, it took 100 ms.
"""

from __future__ import annotations

import time


def main() -> None:
    """Import and tell."""
    begun = time.perf_counter()
    import PySide6.QtWidgets  # noqa: F401 - this is what is measured

    print((time.perf_counter() - begun) * 1e3)


if __name__ == "__main__":
    main()
