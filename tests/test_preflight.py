"""Where the program can't start it says why in plain words: no display, no library, a wrong argument."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType

from ui import app, preflight

ROOT = Path(__file__).parents[1]


def run_main(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items()
            if name not in {"QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"}}  # fmt: skip
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "--database", ":memory:"],
        env={**kept, **environment}, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
@pytest.mark.parametrize(
    "environment", [{}, {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":987"}], ids=["none", "unreachable"]
)
def test_without_a_display_the_program_ends_with_one_plain_message(environment: dict[str, str]) -> None:
    ended = run_main(**environment)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Tarifwechsel kann kein Fenster öffnen:")
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 2
    assert ended.stdout == ""


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ending at once becomes an exception."""

    def leave(status: int) -> None:
        raise SystemExit(status)

    monkeypatch.setattr(os, "_exit", leave)


@pytest.mark.usefixtures("german", "ends")
def test_a_missing_display_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        preflight.require_display({}, "linux")
    assert "DISPLAY und WAYLAND_DISPLAY sind nicht gesetzt" in capsys.readouterr().err
    for environment in ({"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}, {"QT_QPA_PLATFORM": "offscreen"}):
        preflight.require_display(environment, "linux")
    preflight.require_display({}, "win32")


@pytest.mark.usefixtures("german", "ends")
@pytest.mark.parametrize(
    ("libraries", "platform", "words"),
    [
        ({"libgibtesnicht.so.1": "libgibtesnicht1"}, "linux", "sudo apt-get install libgibtesnicht1"),
        ({}, "linux", "python -m pip install -r requirements.lock"),
        ({"libgibtesnicht.so.1": "libgibtesnicht1"}, "darwin", "python -m pip install -r requirements.lock"),
    ],
)
def test_missing_libraries_are_named_with_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    libraries: dict[str, str],
    platform: str,
    words: str,
) -> None:
    monkeypatch.setattr(preflight, "LIBRARIES", libraries)
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(SystemExit, match="1"), preflight.libraries_explained():
        raise ImportError("libgibtesnicht.so.1: cannot open shared object file")
    said = capsys.readouterr().err
    assert words in said
    assert said.startswith("Tarifwechsel kann")


@pytest.mark.usefixtures("german", "ends")
def test_what_qt_says_before_it_gives_up_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    messages, context = app._QtMessages(), QMessageLogContext()
    messages(QtMsgType.QtWarningMsg, context, "could not connect to display :987")
    with pytest.raises(SystemExit, match="1"):
        messages(QtMsgType.QtFatalMsg, context, "This application failed to start")
    assert "es gibt keine Anzeige (could not connect to display :987)" in capsys.readouterr().err.replace("Es", "es")
    with pytest.raises(SystemExit, match="1"):
        preflight.explain_fatal(["no Qt platform plugin could be initialized\nReinstalling may fix it"])
    assert "Tarifwechsel kann" in capsys.readouterr().err


def test_an_example_without_customers_is_refused_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    for count in ("0", "-5", "1000001"):
        done = subprocess.run(
            [sys.executable, ROOT / "main.py", "--demo", count], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stderr == f"--demo {count}: Bitte geben Sie eine Zahl von 1 bis 1.000.000 Kunden an\n"
    assert capfd.readouterr().out == ""
