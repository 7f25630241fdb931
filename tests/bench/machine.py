"""What was measured on: facts about the machine and the libraries, nothing that names it."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path

from PySide6.QtCore import qVersion

Facts = dict[str, str | int | float]


def facts() -> Facts:
    """Processor, cores, memory, versions, and how busy the machine was with other things."""
    return {
        "processor": _first(Path("/proc/cpuinfo"), "model name") or platform.machine(),
        "cores": os.cpu_count() or 1,
        "memory_gib": round(int(_first(Path("/proc/meminfo"), "MemTotal").split()[0] or 0) / 2**20, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "qt": qVersion(),
        "sqlite": sqlite3.sqlite_version,
        "load": round(os.getloadavg()[0], 2),
    }


def in_words(found: Facts) -> str:
    """One line."""
    return (
        "{processor}, {cores} cores, {memory_gib} GiB, {system}, Python {python}, Qt {qt}, SQLite {sqlite}, "
        "load at the start {load}"
    ).format_map(found)


def _first(path: Path, name: str) -> str:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "0")
