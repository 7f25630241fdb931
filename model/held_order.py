"""An order that is written while its button is held down, so that its click has only to commit it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from model.account import Quote
from model.installation import Additions
from model.orders import TariffOrder
from model.sqlite_file import sync_journal

if TYPE_CHECKING:
    from model.store import Store


_Wish = tuple[Quote, Additions, date]


class _Held(NamedTuple):
    wish: _Wish
    writing: AbstractContextManager[TariffOrder]
    order: TariffOrder


class HeldOrder:
    """One order in an open transaction, of one thread, which asks for nothing else before `let_go`.

    Nobody else can write to the file meanwhile: so what the order was judged by stays as it is (R19), and so whoever
    holds one has to let go soon. Killed in between, the file is as if it had never been written.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: _Held | None = None

    def hold(self, quote: Quote, now: datetime, adding: Additions) -> None:
        """Write an order up to its commit; raises what `Store.place_order` does, and holds nothing then.

        Nothing on a server, where all desks would wait for one finger, nor in memory, where every thread would.
        """
        self.let_go()
        if self._store.has_file:
            writing = self._store.ordering(quote, now, adding)
            self._held = _Held(self._wish(quote, now, adding), writing, writing.__enter__())
            sync_journal(Path(self._store.target))

    def place(self, quote: Quote, now: datetime, adding: Additions) -> TariffOrder:
        """Like `Store.place_order`: commits what is held if it is this very order on this day; raises the same."""
        held = self._held
        if held is None or held.wish != self._wish(quote, now, adding):
            self.let_go()
            return self._store.place_order(quote, now, adding)
        self._held = None
        held.writing.__exit__(None, None, None)
        return held.order

    def let_go(self) -> None:
        """Undo what is held. Raises StoreUnavailable."""
        held, self._held = self._held, None
        if held is not None:
            held.writing.__exit__(GeneratorExit, GeneratorExit(), None)

    def _wish(self, quote: Quote, now: datetime, adding: Additions) -> _Wish:
        return quote, adding, self._store.local(now).date()
