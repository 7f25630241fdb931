"""The lines of the table, and how each group of them is measured."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import made, others
from tests.bench.figures import Goal, Kind, Line, Result
from tests.bench.processes import Place, duel, interleaved
from tests.bench.report import number
from tests.bench.screen import Screen
from tests.bench.server import Server
from tests.postgres import NoServer

IMPORT_ROWS, IMPORT_FILES = 50_000, 20
# What has nothing to be paired with is done more often: of 15 samples the slowest is their 99th percentile.
ROUNDS_A_PAIR = 7
SERVED_PAGES = 1_000
DESKS, DESKS_S, DESKS_A_CHILD = 200, 300.0, 50
START = Line("start", "process start to the first painted list", goal=Goal(Kind.RATIO, 1.20, 1.30))
MEMORY = Line("memory", "resident memory then", "MiB", Goal(Kind.RATIO, 1.35, 1.5))
FIRST = Line("first", "key to first rows painted", goal=Goal(Kind.P99, 25))
COMPLETE = Line("complete", "key to complete result and count", goal=Goal(Kind.P99, 50, 250))
STOP = Line("stop", "longest stop of the GUI thread for a key", goal=Goal(Kind.P99, 16, 20))
OVER = Line("over", "filter “Über Tarif”", goal=Goal(Kind.P99, 25, 130))
PENDING = Line("pending", "filter “Vorgemerkt”", goal=Goal(Kind.P99, 25, 130))
PAGE = Line("page", "scroll by page", goal=Goal(Kind.P99, 16))
WHEEL = Line("wheel", "scroll by wheel", goal=Goal(Kind.P99, 16))
JUMP = Line("jump", "scroll by jumps", goal=Goal(Kind.P99, 16))
SMALL = Line("small", "open a customer with 12 extensions", goal=Goal(Kind.P99, 16))
LARGE = Line("large", "open a customer with 5 000 extensions", goal=Goal(Kind.P99, 80))
SMALL_STOP = Line("small-stop", "longest stop meanwhile (12)")
LARGE_STOP = Line("large-stop", "longest stop meanwhile (5 000)")
FIRST_OPEN = Line("first-open", "open the first customer after the start")
ORDER = Line("order", "order: click to acknowledged", goal=Goal(Kind.RATIO, 1.4))
IMPORT = Line("import", "import of {all} extension rows, a file of {rows}", goal=Goal(Kind.RATIO, 2.5))
IMPORT_MEMORY = Line("import-memory", "peak memory of it above the idle program", "MiB", Goal(Kind.MOST, 150))
IDLE = Line("idle", "processor time a minute beside the refresh timer", goal=Goal(Kind.MOST, 10))
REFRESH = Line("refresh", "processor time a minute with the refresh timer")
GROWTH = Line("growth", "growth in an hour of refreshes, held by Python", "KiB", Goal(Kind.MOST, 64))
RESIDENT = Line("resident", "growth in an hour of refreshes, resident", "KiB", Goal(Kind.MOST, 1024))
MOVE = Line("move", "move everything to a server, with all comparisons")
# The file beside it is the floor.
SERVED = {
    line.name: replace(line, name=f"server-{line.name}", words=f"server: {line.words}", goal=None)
    for line in (START, MEMORY, FIRST, COMPLETE, STOP, PAGE, JUMP, SMALL, LARGE, ORDER)
}
DESK = {
    name: Line(f"desk-{name}", f"{{desks}} desks at once: {words}")
    for name, words in {
        "search": "a search, complete",
        "open": "open a customer",
        "filter": "a filter",
        "order": "an order",
        "follow": "read again what another has changed",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Bench:
    """How thoroughly, where, and with which files."""

    data: Path
    work: Path
    place: Place
    pairs: int = 15
    searches: int = 100
    most_pages: int = 10_000
    idle_s: float = 60.0
    looks: int = 3_600
    import_rows: int = IMPORT_ROWS
    import_files: int = IMPORT_FILES
    desks: int = DESKS
    desks_s: float = DESKS_S
    screen: Screen | None = None
    server: Server | None = None

    @property
    def rounds(self) -> int:
        """How often a customer is opened, or a filter clicked."""
        return self.pairs * ROUNDS_A_PAIR

    def database(self, size: int) -> str:
        """The path of a made database."""
        return str(made.path_of(self.data, size))

    def copy(self, size: int, name: str) -> str:
        """A copy to be written to."""
        target = self.work / f"{name}.db"
        shutil.copyfile(self.database(size), target)
        # Or the first transactions would write the whole file.
        with target.open("rb") as copied:
            os.fsync(copied.fileno())
        return str(target)


def start(bench: Bench, size: int) -> list[Result]:
    """Program and bare window in turns, each in a process of its own."""
    bench.place.remember(bench.database(size))
    bench.place.answer("searching", bench.database(size), "filters", 1)  # daily copy, compiled modules and texts
    floor, program = interleaved(
        bench.pairs,
        (
            lambda: bench.place.first_paint("bare_window", size),
            lambda: bench.place.first_paint("first_paint"),
        ),
    )
    return [
        Result(line, size, [entry[part] for entry in program], [entry[part] for entry in floor])
        for part, line in enumerate((START, MEMORY))
    ]


def search(bench: Bench, size: int) -> list[Result]:
    """Every prefix of realistic searches."""
    found = bench.place.answer("searching", bench.database(size), "typing", bench.searches)
    wrong = f"{len(found['wrong'])} wrong: {', '.join(found['wrong'][:5])}" if found["wrong"] else ""
    return [
        Result(FIRST, size, found["first"], note=wrong),
        Result(COMPLETE, size, found["complete"], found["floor"]),
        Result(STOP, size, found["stop"], found["still"]),
    ]


def filters(bench: Bench, size: int) -> list[Result]:
    """Both filters."""
    found = bench.place.answer("searching", bench.database(size), "filters", bench.rounds)
    return [Result(OVER, size, found["filterOver"]), Result(PENDING, size, found["filterPending"])]


def scroll(bench: Bench, size: int) -> list[Result]:
    """The list beside the same list over a plain array."""
    found = bench.place.answer("scrolling", bench.database(size), bench.most_pages)
    return [Result(line, size, found["measured"][line.name], found["floor"][line.name]) for line in (PAGE, WHEEL, JUMP)]


def opening(bench: Bench, size: int) -> list[Result]:
    """From the list to a page."""
    found = bench.place.answer("opening", bench.database(size), bench.rounds)
    lines = {"small": SMALL, "large": LARGE, "small_stop": SMALL_STOP, "large_stop": LARGE_STOP, "first": FIRST_OPEN}
    return [Result(line, size, found[name]) for name, line in lines.items()]


def order(bench: Bench, size: int) -> list[Result]:
    """Two databases, an order in each in turns."""
    children = [bench.place.child("ordering", part, bench.copy(size, f"order-{part}")) for part in ("program", "floor")]
    program, floor = duel(bench.pairs + 1, *children)
    return [Result(ORDER, size, program[1:], floor[1:], "the first order of each is left out")]


def load(bench: Bench, size: int) -> list[Result]:
    """The same files into two databases in turns."""
    files = [bench.data / f"{bench.import_rows}-{place}.csv" for place in range(bench.import_files)]
    for place, file in enumerate(files):
        made.export(file, bench.import_rows, place)
    children = [
        bench.place.child("importing", part, bench.copy(size, f"import-{part}"), *files)
        for part in ("program", "floor")
    ]
    program, floor = duel(len(files), *children)
    rows, everything = bench.import_rows, bench.import_rows * bench.import_files
    line = replace(IMPORT, words=IMPORT.words.format(all=number(everything), rows=number(rows)))
    note = "each file is a customer's; each row an extension with a telephone"
    return [
        Result(line, size, [entry["ms"] for entry in program], [entry["ms"] for entry in floor], note),
        Result(IMPORT_MEMORY, size, [max(entry["peak"] for entry in program)]),
    ]


def idle(bench: Bench, size: int) -> list[Result]:
    """A minute, and an hour's refreshes."""
    found: dict[str, Any] = bench.place.answer("idling", bench.database(size), bench.idle_s, bench.looks)
    lines = {"without": IDLE, "with_refresh": REFRESH, "traced": GROWTH, "resident": RESIDENT}
    return [Result(line, size, [found[name]]) for name, line in lines.items()]


def beside(bench: Bench, size: int) -> list[Result]:
    """What a clerk would use instead."""
    if bench.screen is None:
        return []
    return others.measure(bench.screen, bench.place, bench.database(size), size, bench.pairs)


def served(bench: Bench, size: int) -> list[Result]:
    """The program on a server, in turns with the program on a file or right after it."""
    address, moved = _on_server(bench, size)
    if not address:
        return [Result(MOVE, size, note="no server")]
    file = bench.database(size)

    def start(place: str) -> tuple[float, float]:
        bench.place.remember(place)
        return bench.place.first_paint("first_paint")

    beside, program = interleaved(bench.pairs, [partial(start, place) for place in (file, address)])
    results = [Result(MOVE, size, [moved])]
    results += [
        Result(SERVED[name], size, [entry[part] for entry in program], [entry[part] for entry in beside])
        for part, name in enumerate(("start", "memory"))
    ]
    for module, arguments, names in (
        ("searching", ("typing", bench.searches), {"first": "first", "complete": "complete", "stop": "stop"}),
        ("opening", (bench.pairs,), {"small": "small", "large": "large"}),
    ):
        floor, found = (bench.place.answer(module, file, *arguments, *place) for place in ((), (address,)))
        results += [Result(SERVED[name], size, found[key], floor[key]) for key, name in names.items()]
    pages = min(bench.most_pages, SERVED_PAGES)
    floor, found = (bench.place.answer("scrolling", file, pages, *place)["measured"] for place in ((), (address,)))
    return results + [Result(SERVED[name], size, found[name], floor[name]) for name in ("page", "jump")]


def served_order(bench: Bench, size: int) -> list[Result]:
    """Orders on a server, in turns with orders in a file."""
    address, _moved = _on_server(bench, size)
    if not address:
        return [Result(SERVED["order"], size, note="no server")]
    in_file = bench.copy(size, "order-file")
    children = [bench.place.child("ordering", "program", in_file, *place) for place in ((address,), ())]
    program, floor = duel(bench.pairs + 1, *children)
    return [Result(SERVED["order"], size, program[1:], floor[1:])]


def desks(bench: Bench, size: int) -> list[Result]:
    """Many desks for some minutes, in a few processes."""
    address, _moved = _on_server(bench, size)
    if not address:
        return [Result(DESK["order"], size, note="no server")]
    count = -(-bench.desks // DESKS_A_CHILD)
    shares = [bench.desks // count + (place < bench.desks % count) for place in range(count)]
    children = [
        bench.place.child("desks", address, share, bench.desks_s, place * DESKS_A_CHILD)
        for place, share in enumerate(shares)
    ]
    answers = [json.loads(child.communicate()[0].splitlines()[-1]) for child in children]
    errors = [error for answer in answers for error in answer["errors"]]
    note = f"{len(errors)} errors, {sum(answer['refused'] for answer in answers)} orders came second"
    note += "".join(f"; {error}" for error in errors[:3])
    return [
        Result(
            replace(line, words=line.words.format(desks=bench.desks)),
            size,
            [took for answer in answers for took in answer["samples"][name]],
            note=note if name == "order" else "",
        )
        for name, line in DESK.items()
    ]


def _on_server(bench: Bench, size: int) -> tuple[str, float]:
    """The address of the same customers on a server and how long moving them took, in ms; "" if there is none."""
    if bench.server is None:
        return "", 0.0
    try:
        moved = bench.server.fill(bench.place, bench.copy(size, "moved"), size)
    except NoServer:
        return "", 0.0
    return bench.server.address(size), moved


Group = Callable[[Bench, int], list[Result]]
EVERY_SIZE: dict[str, Group] = {
    "start": start,
    "search": search,
    "filters": filters,
    "scroll": scroll,
    "open": opening,
    "server": served,
    "server-order": served_order,
}
# Measured at one size: 100,000 if it is among those asked for, else the largest.
ONE_SIZE: dict[str, Group] = {"order": order, "import": load, "idle": idle, "others": beside, "desks": desks}
GROUPS = EVERY_SIZE | ONE_SIZE
