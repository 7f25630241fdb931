"""A PostgreSQL server of the bench's own, with the same customers as the files beside it."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from tests.bench.processes import Place
from tests.postgres import Cluster

# A server an office would use: it survives a power cut, and every desk has connections of its own.
SETTINGS = """
fsync = on
full_page_writes = on
max_connections = 500
shared_buffers = 512MB
max_wal_size = 4GB
"""


class Server:
    """Started when it is first asked for and gone at the stack's end; a database for each size, filled once."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._address = ""
        self._filled: dict[int, float] = {}

    def address(self, size: int) -> str:
        """The address of a filled database."""
        return self._address.replace("/postgres?", f"/bench_{size}?")

    def fill(self, place: Place, copy: str, size: int) -> float:
        """Move a copy of the file there, once; how long that took, in ms. Raises NoServer."""
        if size not in self._filled:
            self._start()
            # One that was filled in part is left where its child failed.
            self._do(self._address, f"DROP DATABASE IF EXISTS bench_{size} WITH (FORCE)")
            self._do(self._address, f"CREATE DATABASE bench_{size}")
            self._filled[size] = place.answer("filling", copy, self.address(size))
            # What the server does by itself within some minutes.
            self._do(self.address(size), "VACUUM ANALYZE")
        return self._filled[size]

    def _start(self) -> None:
        if self._address:
            return
        # Not in the folder of the files: the server's account may not be let in there.
        folder = Path(mkdtemp(prefix="bench-"))
        self._stack.callback(shutil.rmtree, folder)
        made = Cluster(folder, settings=SETTINGS)
        made.start()
        self._stack.callback(made.kill)
        self._address = made.address

    def _do(self, address: str, statement: str) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())
