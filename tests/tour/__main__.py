"""Takes the pictures: python -m tests.tour DIR [--only NAME] [--font 15]."""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QLibraryInfo, QStandardPaths, QTranslator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.tour import import_scenes, object_scenes, other_scenes, tariff_scenes, window_scenes
from tests.tour.stage import LOOK_MS, Stage
from ui import app as program
from ui import changes, i18n, theme
from ui.theme import Appearance

SCREEN = (2560, 1600)
APPEARANCES = (Appearance.LIGHT, Appearance.DARK)
SCENES = {
    **window_scenes.SCENES,
    **tariff_scenes.SCENES,
    **object_scenes.SCENES,
    **import_scenes.SCENES,
    **other_scenes.SCENES,
}


def main(argv: Sequence[str]) -> int:
    """Take the pictures; each scale needs a process of its own, since Qt reads it when it starts."""
    options = _options(argv)
    if len(options.scale) == 1:
        return _take(options)
    rest = [str(options.folder), f"--only={options.only}", f"--language={options.language}"]
    rest += [f"--font={options.font}"] if options.font else []
    runs = [[sys.executable, "-m", "tests.tour", *rest, f"--scale={scale}"] for scale in options.scale]
    return max(subprocess.run(run, check=False).returncode for run in runs)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tour", description="Pictures of every state of the program")
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the pictures go")
    parser.add_argument("--only", default="*", metavar="NAME", help='only the scenes of a name, such as "main-*"')
    parser.add_argument("--scale", type=int, action="append", help="pixels for a point, 1 and 2 by default")
    parser.add_argument("--font", type=float, default=0.0, metavar="PT", help="size of the font in points")
    parser.add_argument("--language", choices=i18n.LANGUAGES, default="de")
    options = parser.parse_args(argv)
    options.scale = options.scale or [1, 2]
    return options


def _take(options: argparse.Namespace) -> int:
    """Every scene that was asked for, in a fresh window over fresh example data each."""
    options.folder.mkdir(parents=True, exist_ok=True)
    failed = []
    with TemporaryDirectory() as home:
        app = _start(options, Path(home))
        for name in fnmatch.filter(SCENES, options.only):
            try:
                _take_scene(app, name, Path(home), options)
            except Exception as error:  # noqa: BLE001 - one scene that fails doesn't keep the others away
                failed.append(name)
                print(f"{name}: {error!r}", file=sys.stderr)
    return 1 if failed else 0


def _start(options: argparse.Namespace, home: Path) -> QApplication:
    """The application as `main.py` starts it, on a screen that is large enough."""
    os.environ["QT_SCALE_FACTOR"] = str(options.scale[0])
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={_screen(home, options.scale[0])}")
    QStandardPaths.setTestModeEnabled(True)
    app = program.application(["tour"])
    # Nobody has to read the summaries of the scenes.
    changes.UNSEEN_MS = 0
    sys.excepthook = lambda _kind, error, _trace: print(f"raised: {error!r}", file=sys.stderr)
    if options.font:
        font = app.font()
        font.setPointSizeF(options.font)
        app.setFont(font)
    return app


def _screen(home: Path, scale: int) -> Path:
    """One screen for the offscreen platform; its own default is smaller than the window."""
    width, height = (side * scale for side in SCREEN)
    screen = {"name": "tour", "x": 0, "y": 0, "width": width, "height": height}
    path = home / "screen.json"
    path.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return path


def _take_scene(app: QApplication, name: str, home: Path, options: argparse.Namespace) -> None:
    scale = options.scale[0]
    for appearance in APPEARANCES:
        _use_language(app, options.language)
        theme.apply_theme(app, appearance)
        stage = Stage(home)
        try:
            shown = SCENES[name](stage)
            QTest.qWait(LOOK_MS)
            shown.grab().save(str(options.folder / f"{name}-{appearance}{'' if scale == 1 else f'@{scale}x'}.png"))
        finally:
            stage.close()


def _use_language(app: QApplication, code: str) -> None:
    """Our texts and Qt's own."""
    i18n.use_language(code)
    for translator in app.findChildren(QTranslator):
        app.removeTranslator(translator)
        translator.deleteLater()
    translator = QTranslator(app)
    if code == "de" and translator.load("qtbase_de", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
