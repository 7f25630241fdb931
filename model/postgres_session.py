"""Connections to a PostgreSQL server and their transactions.

Changes come one after the other, as with SQLite: each begins by locking the head of the history, which it is going to
move anyway. So every statement of a change sees all that was done before it, two changes never wait for each other,
and nothing has to be tried again in the middle of one.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg.pq import TransactionStatus

from model.engine import Row
from model.errors import StorageFault, StoreUnavailable
from model.moved import MARKED
from model.postgres_address import Connection, ServerAddress, fault_of

# The mark is looked at with the lock held, or it might come in between.
WRITE = f"BEGIN; SELECT hash FROM audit_head WHERE id = 1 FOR UPDATE; {MARKED}".encode()
READ = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
HEAD = b"SELECT hash FROM audit_head WHERE id = 1"
ENTRY = b"SELECT seq FROM audit WHERE hash = %s"
MAY_PASS = (StorageFault.BUSY, StorageFault.CONNECTION_LOST)
# About how long to wait before each further try.
PAUSES_S = (0.05, 0.3)
SETTLING_S = (0.1, 0.5, 1.0, 2.0, 4.0)


class Sessions:
    """As many connections as there are threads asking at once; each serves the next one, which needn't be the same.

    One that was lost is made anew, but never in the middle of a transaction.
    """

    def __init__(self, address: ServerAddress) -> None:
        self._address = address
        self._local = threading.local()
        self._idle: list[Connection] = []
        self._closed = False

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """The connection of the thread's transaction, or one for a statement."""
        held: Connection | None = getattr(self._local, "held", None)
        if held is not None:
            yield held
            return
        taken = self._take()
        try:
            yield taken
        finally:
            self._give_back(taken)

    def close(self) -> None:
        """Close every connection; what is under way ends first."""
        self._closed = True
        self.forget()

    def forget(self) -> None:
        """Close what nobody uses: after one connection was lost no other is to be trusted."""
        while self._idle:
            self._idle.pop().close()

    @property
    def is_inside(self) -> bool:
        """Whether the thread is inside a transaction."""
        return getattr(self._local, "held", None) is not None

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of a transaction, which is undone alone if it fails."""
        with self.connection() as connection, self.translated(), connection.transaction():
            yield

    @contextmanager
    def write(self) -> Iterator[list[Row]]:
        """A transaction in which nobody else writes; the mark on a database whose data are elsewhere, if it has one."""
        connection, (head, marks) = self._begun(WRITE)
        before = _hash(head)
        with self._inside(connection):
            yield marks
            with self.translated():
                self._commit(connection, before)

    @contextmanager
    def read(self) -> Iterator[None]:
        """A transaction that sees one state."""
        connection, _nothing = self._begun(READ)
        with self._inside(connection):
            yield

    @contextmanager
    def translated(self) -> Iterator[None]:
        """PostgreSQL's errors as StoreUnavailable; a broken statement of ours stays what it is."""
        try:
            yield
        except psycopg.Error as error:
            fault = fault_of(error)
            if fault is None:
                raise
            raise StoreUnavailable(fault, self._address.shown) from error

    @contextmanager
    def _inside(self, connection: Connection) -> Iterator[None]:
        self._local.held = connection
        try:
            yield
        finally:
            self._local.held = None
            self._give_back(connection)

    def _take(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._address.connect()

    def _give_back(self, connection: Connection) -> None:
        """What isn't committed is undone; a connection on which not even that is possible is of no use any more."""
        try:
            if connection.info.transaction_status is not TransactionStatus.IDLE:
                connection.execute(b"ROLLBACK")
        except psycopg.Error:
            connection.close()
        if self._closed or connection.closed:
            connection.close()
        else:
            self._idle.append(connection)

    def _begun(self, statements: bytes) -> tuple[Connection, list[list[Row]]]:
        """Begin, again if the connection was lost since the last time or others take long; what the look-ups gave."""
        pauses = iter(PAUSES_S)
        while True:
            connection = self._take()
            try:
                with self.translated():
                    begun = connection.execute(statements)
                    return connection, _further(begun)
            except BaseException as error:
                self._give_back(connection)
                pause = next(pauses, None)
                if pause is None or not isinstance(error, StoreUnavailable) or error.fault not in MAY_PASS:
                    raise
                if error.fault is StorageFault.CONNECTION_LOST:
                    self.forget()
            time.sleep(pause * random.uniform(0.5, 1.5))

    def _commit(self, connection: Connection, before: str) -> None:
        after = _hash(connection.execute(HEAD).fetchall())
        try:
            connection.execute(b"COMMIT")
        except psycopg.OperationalError:
            if not connection.closed or not self._was_committed(before, after):
                raise

    def _was_committed(self, before: str, after: str) -> bool:
        """The connection was lost at the very end: is the change's last entry in the history?

        Whoever gets the lock knows that the transaction has ended. Its number wouldn't do: a server that was killed may
        give it again. Of a change that left no entry nobody can tell.
        """
        self.forget()
        for pause in SETTLING_S if after != before else ():
            time.sleep(pause * random.uniform(0.5, 1.5))
            with suppress(StoreUnavailable, psycopg.Error), self._address.connect() as connection:
                connection.execute(WRITE)
                return bool(connection.execute(ENTRY, [after]).fetchall())
        raise StoreUnavailable(StorageFault.OUTCOME_UNKNOWN, self._address.shown)


def _further(begun: psycopg.Cursor[Row]) -> list[list[Row]]:
    """The rows of the second statement, and of those that follow."""
    found = []
    while begun.nextset():
        found.append(begun.fetchall())
    return found


def _hash(found: list[Row]) -> str:
    """The head's; a damaged history may have lost it."""
    return "".join(row["hash"] for row in found)
