"""How tests bring about faults of a disk or a file, in processes of their own, and what a clerk has to read then."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from model.account import Quote
from model.errors import StorageFault, StoreUnavailable
from model.store import Store, open_store
from tests.examples import NOW, install, order, quote
from ui import errors, i18n

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions and locks open files")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs a file system of its own")
ROOT = Path(__file__).parents[1]
NOBODY = 65534
SLOWEST_S = 60
# The cause and the next step, word by word: what a clerk reads.
WORDS = {
    StorageFault.MISSING: "Die Datenbank {place} ist nicht mehr da. Wurde sie verschoben oder fehlt ein Laufwerk?",
    StorageFault.EMPTY_FILE: "Die Datei {place} ist leer. Bitte wählen Sie eine andere Datei oder stellen Sie eine"
    " Sicherung wieder her.",
    StorageFault.NOT_OURS: "{place} ist keine Datenbank dieses Programms. Bitte wählen Sie eine andere Datei.",
    StorageFault.NEWER: "{place} wurde von einer neueren Version angelegt. Bitte aktualisieren Sie das Programm.",
    StorageFault.DAMAGED: "Die Datenbank {place} ist beschädigt. Bitte stellen Sie eine Sicherung wieder her; es wurde"
    " nichts geschrieben.",
    StorageFault.FULL: "Nicht gespeichert: Datenträger voll. Bitte schaffen Sie Platz und versuchen Sie es noch"
    " einmal.",
    StorageFault.BUSY: "Nicht gespeichert: Ein anderes Programm schreibt gerade in die Datenbank. Bitte versuchen Sie"
    " es noch einmal.",
    StorageFault.READ_ONLY: "Nicht gespeichert: Die Datenbank {place} ist schreibgeschützt. Bitte prüfen Sie die"
    " Berechtigungen.",
    StorageFault.NO_ACCESS: "Die Datenbank {place} lässt sich nicht öffnen. Bitte prüfen Sie Ordner und"
    " Berechtigungen.",
    StorageFault.REPLACED: "Nicht gespeichert: Die Datenbank {place} wurde im Betrieb verschoben oder ersetzt. Bitte"
    " starten Sie das Programm neu.",
    StorageFault.WRITE_FAILED: "Nicht gespeichert: Das Schreiben nach {place} ist fehlgeschlagen. Bitte prüfen Sie den"
    " Datenträger und versuchen Sie es noch einmal.",
    StorageFault.NOT_MIGRATED: "Die Datenbank konnte nicht auf diese Version des Programms gebracht werden und ist"
    " unverändert. Eine Sicherung liegt in {place}.",
    StorageFault.NO_FILE: "{place} wurde nicht angelegt: Sicherungen einer Datenbank auf einem Server entstehen dort.",
    StorageFault.NO_DRIVER: "Für eine Datenbank auf einem Server braucht das Programm einen Treiber. Bitte starten Sie"
    " es so: uv run --extra server main.py",
    StorageFault.NO_ADDRESS: "{place} ist keine Adresse einer Datenbank. So sieht eine aus:"
    " postgresql://konto@server/datenbank",
    StorageFault.UNREACHABLE: "Der Server antwortet nicht: {place}. Bitte prüfen Sie Netzwerk, Servernamen und Port.",
    StorageFault.NO_TRUST: "Mit {place} kommt keine sichere Verbindung zustande. Bitte fragen Sie die Verwaltung des"
    " Servers nach seinem Zertifikat (sslmode, sslrootcert) und danach, wer sich verbinden darf (pg_hba.conf).",
    StorageFault.LOGIN: "{place} nimmt Konto oder Kennwort nicht an.",
    StorageFault.NO_DATABASE: "Diese Datenbank gibt es auf dem Server nicht: {place}. Bitte fragen Sie seine"
    " Verwaltung.",
    StorageFault.NOT_SET_UP: "Die Datenbank {place} ist noch leer.",
    StorageFault.OLDER: "Die Datenbank {place} wurde von einer älteren Version dieses Programms angelegt.",
    StorageFault.NOT_PERMITTED: "Ihr Konto darf das in {place} nicht. Bitte fragen Sie die Verwaltung des Servers.",
    StorageFault.CONNECTION_LOST: "Nicht gespeichert: Die Verbindung zum Server wurde unterbrochen ({place}). Bitte"
    " versuchen Sie es noch einmal.",
    StorageFault.OUTCOME_UNKNOWN: "Die Verbindung zum Server wurde beim Speichern unterbrochen ({place}). Bitte sehen"
    " Sie nach, ob gespeichert wurde, bevor Sie es noch einmal versuchen.",
    StorageFault.VIEWER: "Nicht gespeichert: Ihr Konto darf nur ansehen. Bitte wenden Sie sich an die Verwaltung des"
    " Servers.",
    StorageFault.MOVING: "Nicht gespeichert: Die Daten werden gerade nach {place} übertragen.",
    StorageFault.MOVED: "Nicht gespeichert: Die Daten liegen jetzt unter {place}. Bitte arbeiten Sie mit der Datenbank"
    " dort.",
    StorageFault.NO_ZONE: "Die Zeitzone des Büros, „{place}“, ist auf diesem Computer nicht bekannt. Bitte"
    " aktualisieren Sie das Programm und das Betriebssystem.",
}
# What a script in a process of its own may use.
ELSEWHERE = """
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from model.backups import back_up
from model.errors import StorageFault, StoreUnavailable
from model.list_query import ListQuery
from model.store import open_store
from tests.examples import NOW, TODAY, install, order
from tests.faults import NOBODY, ROOT, Case, content, filled, import_everything, refused

folder = Path(sys.argv[1])
"""
MOUNTED = """
import errno
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False).returncode:
    sys.exit(77)

def fill(rest=0):
    with open(folder / "andere Daten", "ab", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
        file.truncate(max(0, file.tell() - rest))
"""
HOLD = """
import sqlite3, sys, time
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN {kind}")
print("held", flush=True)
sys.stdin.readline()
other.execute("COMMIT")
print("released", flush=True)
"""


def refused(fault: StorageFault, place: Path, act: Callable[[], object]) -> None:
    """The act fails with this fault, and the clerk reads cause and next step in German."""
    i18n.use_language("de")
    with pytest.raises(StoreUnavailable) as caught:
        act()
    assert caught.value.fault is fault
    assert errors.message(caught.value) == WORDS[fault].format(place=place)


@dataclass
class Case:
    """A database with an order that was acknowledged, and the quote of the next one."""

    path: Path
    store: Store
    quote: Quote

    def place(self) -> int:
        return self.store.place_order(self.quote, NOW).order_number

    def again(self) -> None:
        """The cause is gone: the same act succeeds, once."""
        number = self.place()
        assert self.place() == number
        self.orders(2)

    def orders(self, count: int, path: Path | None = None) -> None:
        """A program that opens the file finds these orders and nothing wrong."""
        with closing(open_store(path or self.path, create=False)) as store:
            verification = store.verify()
        assert verification.orders == count
        assert verification.findings == ()


def filled(path: Path) -> Case:
    store = open_store(path)
    first = install(store, extensions=3)
    order(store, first, "C25")
    return Case(path, store, quote(store, first, "C50"))


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but empty journals; not while this process has a database open there."""
    found = {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}
    return {name: data for name, data in found.items() if data or not name.endswith("-journal")}


def elsewhere(
    script: str, folder: Path, *, uid: int | None = None, own_mounts: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, with what `ELSEWHERE` imports; `folder` is a variable there."""
    lines = [ELSEWHERE]
    if uid is not None:
        lines += ["import_everything()", f"os.setgid({uid}); os.setuid({uid})"]
    command = [sys.executable, "-c", "\n".join([*lines, textwrap.dedent(script)]), str(folder)]
    if own_mounts:
        command = ["unshare", "--mount", "--map-root-user", *command]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SLOWEST_S, check=False)


def import_everything() -> None:
    """What is imported when it is needed has to be there before the account changes."""
    with TemporaryDirectory() as name:
        case = filled(Path(name) / "tarifwechsel.db")
        case.again()
        refused(StorageFault.EMPTY_FILE, Path(name) / "leer", lambda: open_store(_touched(Path(name) / "leer")))
        case.store.close()


def _touched(path: Path) -> Path:
    path.touch()
    return path


def succeeds(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr


def on_a_disk_of_its_own(script: str, folder: Path) -> None:
    """Run a script with a file system of 1 MB at `folder`."""
    if not shutil.which("unshare"):
        pytest.skip("file systems of one's own aren't possible here")
    done = elsewhere(MOUNTED + textwrap.dedent(script), folder, own_mounts=True)
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip("file systems of one's own aren't possible here")
    succeeds(done)


@contextmanager
def held(path: Path, kind: str) -> Iterator[Callable[[], None]]:
    """Another process holds the lock until told to let go; with the block it ends."""
    command = [sys.executable, "-c", HOLD.format(kind=kind), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin
        assert other.stdout
        assert other.stdout.readline() == "held\n"

        def release() -> None:
            assert other.stdin
            assert other.stdout
            print(file=other.stdin, flush=True)
            assert other.stdout.readline() == "released\n"

        yield release
        other.kill()


def write_other_log(path: Path) -> None:
    """A database whose changes go to a file beside it first (WAL)."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE kasse (betrag REAL)")
