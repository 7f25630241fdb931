"""How the program is built: main → ui → model, one engine, no hidden HTML or SQL, nothing large."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_archon import archrule

ROOT = Path(__file__).parents[1]
PRODUCT = sorted([ROOT / "main.py", *(ROOT / "model").rglob("*.py"), *(ROOT / "ui").rglob("*.py")])
ENGINE = ("model.sqlite_*", "model.postgres_*", "model.schema")
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE|PRAGMA)\b", re.DOTALL
)
MANY_CALLS = """
from PySide6.QtCore import QObject
made = QObject()
for _ in range(100_000):
    made.setObjectName("x")
    made.signalsBlocked()
print("alive")
"""
LONGEST_FILE, LONGEST_FUNCTION, MOST_METHODS = 400, 45, 25
Function = ast.FunctionDef | ast.AsyncFunctionDef


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(folder: str) -> Iterator[tuple[Path, ast.AST]]:
    """Every node of every module in a folder."""
    for path in PRODUCT:
        if path.is_relative_to(ROOT / folder):
            yield from ((path, node) for node in ast.walk(tree(path)))


def test_the_model_never_imports_what_shows_it() -> None:
    archrule("model below ui").match("model*").should_not_import("ui*", "main", "tests*").check("model")


def test_the_window_never_imports_what_starts_it() -> None:
    archrule("ui below main").match("ui*").should_not_import("main", "tests*").check("ui")


def test_the_model_knows_no_window_and_no_language() -> None:
    archrule("no Qt, no texts").match("model*").should_not_import("PySide6*", "babel*", "gettext*").check("model")


def test_only_the_engine_imports_a_database_library() -> None:
    rule = archrule("one engine").match("model*", "ui*").exclude(*ENGINE)
    forbidden = rule.should_not_import("sqlite3*", "sqlite_utils*", "psycopg*")
    for package in ("model", "ui"):
        forbidden.check(package, only_direct_imports=True)


def test_only_the_model_contains_sql() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path, node in nodes("ui")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
    ]
    assert not found


def test_main_is_short() -> None:
    assert len((ROOT / "main.py").read_text(encoding="utf-8").splitlines()) <= 40


def test_only_the_help_shows_html() -> None:
    forbidden = {"setHtml", "insertHtml", "RichText", "MarkdownText", "setMarkdown"}
    found = [
        f"{name(path)}:{node.lineno} {node.attr}"
        for path, node in nodes("ui")
        if isinstance(node, ast.Attribute) and node.attr in forbidden and path.name != "help_window.py"
    ]
    assert not found


def test_no_file_is_long() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PRODUCT}
    assert not {path: length for path, length in lengths.items() if length > LONGEST_FILE}


def test_no_function_is_long() -> None:
    lengths = {
        f"{name(path)} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in PRODUCT
        for node in ast.walk(tree(path))
        if isinstance(node, Function)
    }
    assert not {function: length for function, length in lengths.items() if length > LONGEST_FUNCTION}


def test_no_class_has_many_methods() -> None:
    counts = {
        f"{name(path)} {node.name}": sum(isinstance(part, Function) for part in node.body)
        for path in PRODUCT
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
    }
    assert not {made: count for made, count in counts.items() if count > MOST_METHODS}


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="counts references")
def test_pyside_survives_many_void_and_bool_calls() -> None:
    """PySide6 6.12.0 loses a reference to None or False on each and aborts on Python 3.11 after some thousand."""
    done = subprocess.run([sys.executable, "-c", MANY_CALLS], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr
