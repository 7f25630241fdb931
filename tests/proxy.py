"""A way to a PostgreSQL server that breaks where a test wants it to."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import suppress
from typing import Self

from psycopg.conninfo import conninfo_to_dict

LOOPBACK = "127.0.0.1"
COMMIT = b"COMMIT\x00"
# Where the connection may break: the server never gets the COMMIT, or nobody gets its answer.
BEFORE, AFTER = "before", "after"


class Proxy:
    """Listens on a port of its own and passes everything on, but breaks once at a COMMIT if `cut` says where.

    Whoever comes while it is `silent`, perhaps only since the cut, gets no answer.
    """

    def __init__(self, server: str) -> None:
        self._parts = conninfo_to_dict(server)
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = self._listener.getsockname()[1]
        self.cut = ""
        self.silent = self.silent_after_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Nobody gets through any more; who is connected stays so."""
        # A listener that another thread waits at isn't closed by close().
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                if self.silent:
                    client.close()
                    continue
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client, self._server() as server:
            while True:
                for source in select.select([client, server], [], [])[0]:
                    data = source.recv(65536)
                    if not data or (source is client and self._breaks(data, server)):
                        return
                    (server if source is client else client).sendall(data)

    def _breaks(self, data: bytes, server: socket.socket) -> bool:
        """Whether the connection breaks now."""
        if not self.cut or COMMIT not in data:
            return False
        cut, self.cut = self.cut, ""
        self.silent = self.silent_after_cut
        if cut == AFTER:
            server.sendall(data)
            server.recv(65536)
        return True

    def _server(self) -> socket.socket:
        host, port = str(self._parts.get("host") or "localhost"), int(self._parts.get("port") or 5432)
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        made = socket.socket(socket.AF_UNIX)
        made.connect(f"{host}/.s.PGSQL.{port}")
        return made
