"""Measure everything and tell: a table, and on request JSON and a plot.

uv run python -m tests.bench --sizes 1000,10000,100000,1000000 --json bench.json --svg bench.svg
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import made
from tests.bench.figures import LARGE, Line, Result
from tests.bench.lines import EVERY_SIZE, GROUPS, Bench
from tests.bench.machine import facts, in_words
from tests.bench.memory import held
from tests.bench.plot import svg
from tests.bench.processes import ChildFailed, Place
from tests.bench.report import as_json, table
from tests.bench.screen import is_installed, xvfb
from tests.bench.server import Server

FAILED = "failed"
# How often the pace is taken, before a group and after it.
PACE = 5


def main(given: Sequence[str] | None = None) -> int:
    """Run the bench; 1 if a goal isn't met or something couldn't be measured."""
    arguments = _arguments(given)
    sizes = [int(size) for size in arguments.sizes.split(",")]
    machine = facts()
    print(in_words(machine), flush=True)
    with _bench(arguments) as bench:
        results = list(_measured(bench, sizes, arguments.only or list(GROUPS)))
    print(table(results))
    if arguments.json:
        written = json.dumps(as_json(results, machine), ensure_ascii=False, indent=1)
        arguments.json.write_text(f"{written}\n", encoding="utf-8")
    if arguments.svg:
        arguments.svg.write_text(svg(results), encoding="utf-8")
    return int(any(result.met is False or result.note == FAILED for result in results))


def _measured(bench: Bench, sizes: Sequence[int], groups: Sequence[str]) -> Iterator[Result]:
    """Group by group, size by size; what takes long says so on the error channel."""
    for size in sizes:
        print(f"{size}: database", file=sys.stderr, flush=True)
        made.database(bench.data, size, bench.place)
    one = LARGE if LARGE in sizes else max(sizes)
    for group in groups:
        for size in sizes if group in EVERY_SIZE else [one]:
            print(f"{size}: {group}", file=sys.stderr, flush=True)
            try:
                with held(made.path_of(bench.data, size)) as is_held:
                    if not is_held:
                        print(f"{size}: not held in memory, may be read from the disk", file=sys.stderr, flush=True)
                    yield from _paced(bench.place, partial(GROUPS[group], bench, size))
            except ChildFailed as failure:
                print(failure, file=sys.stderr, flush=True)
                yield Result(Line(group, group), size, note=FAILED)


def _paced(place: Place, measure: Callable[[], list[Result]]) -> list[Result]:
    """The results, and how quick the machine was just before and after."""
    before = [place.answer("pace") for _ in range(PACE)]
    results = measure()
    pace = before + [place.answer("pace") for _ in range(PACE)]
    return [replace(result, pace=pace) for result in results]


@contextmanager
def _bench(arguments: argparse.Namespace) -> Iterator[Bench]:
    """A home, a folder for copies and, where there is Xvfb, a screen, all gone afterwards."""
    if arguments.data:
        arguments.data.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=arguments.data, ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        data = arguments.data or work
        (work / "home").mkdir()
        if not is_installed("Xvfb"):
            print("Xvfb is not installed: measured without a screen", file=sys.stderr)
        with ExitStack() as stack:
            screen = stack.enter_context(xvfb(work)) if is_installed("Xvfb") else None
            place = Place(work / "home", screen.display if screen else "")
            yield Bench(data, work, place, arguments.pairs, screen=screen, server=Server(stack))


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--sizes", default="1000,100000", metavar="N,N…", help="numbers of installations")
    parser.add_argument("--pairs", type=int, default=15, metavar="N", help="how often each pair is measured")
    parser.add_argument("--only", action="append", choices=GROUPS, help="a group of lines; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--svg", type=Path, metavar="FILE")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="keeps the databases that are made")
    return parser.parse_args(given)


if __name__ == "__main__":
    sys.exit(main())
