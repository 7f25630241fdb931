"""The databases and files that are measured; a child, because making many customers takes memory that stays.

python -m tests.bench.made FOLDER COUNT
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from model.account import NOTHING
from model.demo import open_demo
from model.installation import Additions, Customer, NewDevice, NewExtension
from model.store import Store, open_store
from tests.bench.processes import Place
from ui.system_clock import SystemClock

BIG = 5_000
BIG_NAMES = ("Klinikum Nordstadt", "Klinikum Südstadt")
FIRST_NAMES = ("Anja", "Jörg", "Zoë", "Mehmet", "Łukasz", "Käthe", "Émile", "Ute")
SURNAMES = ("Müller", "Brenner", "Ährensack", "Groß", "Yılmaz", "Østergård", "von der Heide", "Kowalski", "Öztürk")
HEADER = "extension,password,name,tech,dial,secret\n"


def database(folder: Path, count: int, place: Place) -> Path:
    """A database of so many customers and two large ones; made if it isn't there."""
    place.answer("made", folder, count)
    return path_of(folder, count)


def path_of(folder: Path, count: int) -> Path:
    """Where it is."""
    return folder / f"{count}.db"


def big_number(which: int) -> str:
    """The customer number of a large customer."""
    return f"K-{BIG}-{which}"


def export(path: Path, rows: int, seed: int) -> None:
    """A telephone system's export of so many extensions, each with a telephone."""
    if path.exists():
        return
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        file.writelines(_export_lines(rows, seed))
    unfinished.replace(path)


def _export_lines(rows: int, seed: int) -> Iterator[str]:
    for place in range(rows):
        first = FIRST_NAMES[(place + seed) % len(FIRST_NAMES)]
        surname = SURNAMES[place // len(FIRST_NAMES) % len(SURNAMES)]
        number = 100_000 + place
        yield f'{number},x{place},"{surname}, {first} {place // 72}",pjsip,PJSIP/{number},s{place}\n'


def _make(folder: Path, count: int) -> None:
    path, now = path_of(folder, count), SystemClock().now()
    if not path.exists():
        with closing(open_demo(folder / "made", now, count)) as store:
            made = Path(store.target)
        made.replace(path)
    with closing(open_store(path, create=False)) as store:
        for which, name in enumerate(BIG_NAMES):
            if store.find_customer(big_number(which)) is None:
                _add_big(store, big_number(which), name)


def _add_big(store: Store, number: str, name: str) -> None:
    now = SystemClock().now()
    extensions = tuple(
        NewExtension(str(10_000 + place), f"{SURNAMES[place % len(SURNAMES)]} {place}") for place in range(BIG)
    )
    devices = tuple(NewDevice(f"Telefon {entry.number}", extensions=(entry.number,)) for entry in extensions)
    largest = max(store.prices_on(now.date()).tariffs, key=lambda tariff: tariff.max_extensions)
    customer = Customer(number, name, "technik@klinikum.example")
    store.create_installation(customer, largest, now, NOTHING)
    found = store.find_customer(number)
    assert found is not None
    store.load_objects(found, Additions(extensions, devices), now)


if __name__ == "__main__":
    _make(Path(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps(str(path_of(Path(sys.argv[1]), int(sys.argv[2])))))
