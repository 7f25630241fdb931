"""What a clerk can do: one small typed function for each intent, done on worker threads."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from model.clock import Clock, ClockCheck, ClockState
from model.errors import ClockSuspect, ModelError, StorageFault, StoreUnavailable
from model.list_query import ListQuery
from model.listing import InstallationRow, ListCounts
from model.opened import Opened
from ui.background import Background
from ui.searching import Renewed, Searching, Shown
from ui.workrooms import Workrooms

if TYPE_CHECKING:
    from model.account import Account, Quote
    from model.change_set import ChangeSet
    from model.held_order import HeldOrder
    from model.import_comparison import ImportChanges
    from model.import_profile import ImportProfile
    from model.installation import Additions, Customer, NewDevice, NewExtension
    from model.orders import TariffOrder
    from model.store import Removal
    from model.tariff import PriceList, Tariff
    from ui.case import Case

Result = TypeVar("Result")
Failed = Callable[[ModelError], None]
# A finger is down for a tenth of a second; longer, and other desks would wait for somebody who may never click.
HOLD_MS = 250
# What a change may find out about the database that holds for everything else too.
OF_THE_WHOLE = (StorageFault.DAMAGED, StorageFault.REPLACED, StorageFault.MOVING, StorageFault.MOVED)


class Pulse(NamedTuple):
    """What is read along with everything: the day's counts, the clock."""

    counts: ListCounts
    clock: ClockCheck
    now: datetime


class Glance(NamedTuple):
    """What is looked at regularly: which state the database is in, what has changed if that is another, the clock."""

    version: int
    changes: ChangeSet | None
    clock: ClockCheck


class Looking(Workrooms):
    """What can be asked of the store, from the GUI thread without ever waiting; `unreadable` when it can't be read."""

    unreadable = Signal(object)

    def __init__(self, opened: Opened, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(opened, clock, parent)
        self._reading = Background("reading", self)
        self._searching = Searching(opened, self)

    def now(self) -> datetime:
        """The local instant (R34)."""
        return self._clock.now()

    def close(self) -> None:
        """Finish what was begun; what was only asked for has nobody to be shown to any more."""
        self._searching.close()
        self._reading.close(finish=False)

    def search(
        self, query: ListQuery, current: int | None, done: Shown, failed: Failed, first: Shown | None = None
    ) -> None:
        """The newest search wins; `first` is shown the first rows as soon as they are known."""
        self._searching.search(query, current, done, self._noticing(failed), first)

    def page(
        self, query: ListQuery, offset: int, done: Callable[[list[InstallationRow]], None], failed: Failed
    ) -> None:
        """A later page of the list."""
        self._searching.page(query, offset, done, self._noticing(failed))

    def follow(
        self, query: ListQuery, changed: Collection[int], shown: Collection[int], done: Renewed, failed: Failed
    ) -> None:
        """The lines `shown` of installations that were `changed`; None where the search has to be made again."""
        self._searching.follow(query, changed, shown, done, self._noticing(failed))

    def open_case(self, installation_id: int, done: Callable[[Case], None], failed: Failed) -> None:
        """Everything about one installation."""
        self._read(lambda: self._case(installation_id), done, failed)

    def pulse(self, total: int | None, done: Callable[[Pulse], None], failed: Failed) -> None:
        """Counts and clock; `total` is how many installations there are, where that is known."""
        now = self.now()
        self._read(lambda: self._pulse(now, total), done, failed)

    def first_pulse(self, done: Callable[[Pulse], None], failed: Failed) -> None:
        """The same after the first search, with its connection: another would only make both slower."""
        now = self.now()
        self._searching.run_after(lambda total: self._pulse(now, total), done, self._noticing(failed))

    def glance(self, version: int | None, seq: int, done: Callable[[Glance], None], failed: Failed) -> None:
        """Whether the file is still there, what was changed since, whether the clock is right, and nothing more."""
        opened = self._opened

        def look() -> Glance:
            opened.check_place()
            now = opened.data_version()
            return Glance(now, None if now == version else opened.changes_since(seq), opened.check_clock(self._clock))

        self._read(look, done, failed)

    def prices(self, done: Callable[[tuple[PriceList, PriceList]], None], failed: Failed) -> None:
        """The price list in force and the latest one known."""
        day = self.now().date()
        self._read(lambda: (self._store.prices_on(day), self._store.price_lists()[-1]), done, failed)

    def find_account(self, number: str, done: Callable[[Account | None], None], failed: Failed) -> None:
        """Everything about the installation of a customer number; None if there is none."""

        def look() -> Account | None:
            found = self._store.find_customer(number)
            return None if found is None else self._store.account(found)

        self._read(look, done, failed)

    def _read(self, work: Callable[[], Result], done: Callable[[Result], None], failed: Failed) -> None:
        self._reading.run(work, done, self._noticing(failed))

    def _noticing(self, failed: Failed) -> Failed:
        """Also let those know who look after the database as a whole."""

        def noticed(error: ModelError) -> None:
            if isinstance(error, StoreUnavailable):
                self.unreadable.emit(error)
            failed(error)

        return noticed

    # ------------------------------------------------------------------ on the worker threads

    def _pulse(self, now: datetime, total: int | None) -> Pulse:
        return Pulse(self._opened.counts(now.date(), total), self._opened.check_clock(self._clock), now)

    def _case(self, installation_id: int) -> Case:
        from ui.case import read_case

        return read_case(self._store, installation_id, self.now())


class Desk(Looking):
    """Looking and changing. A change has a thread of its own, so that no reading holds up a click.

    `asked` when a change is asked for, `settled` when its outcome is known and told: whether it was done.
    """

    asked = Signal()
    settled = Signal(bool)

    def __init__(self, opened: Opened, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(opened, clock, parent)
        self.place, self.read_only, self.is_viewer = opened.target, opened.read_only, opened.is_viewer
        self.first_entry = opened.first_entry
        self.moved = opened.moved
        self._changing = Background("changing", self)
        self._letting_go = QTimer(self)
        self._letting_go.setSingleShot(True)
        self._letting_go.setInterval(HOLD_MS)
        self._letting_go.timeout.connect(self._let_go)
        self._under_way = 0

    @property
    def busy(self) -> bool:
        """Whether the outcome of a change is still open."""
        return self._under_way > 0

    def close(self) -> None:
        """Finish every change that was asked for."""
        # First: whoever is waited for below may want to write.
        if self._letting_go.isActive():
            self._let_go()
        super().close()
        self._close_rooms("transferring", "exporting", "batching", "importing", "asking", "papers")
        self._changing.close(finish=True)
        self._close_rooms("post", "keeping")

    def create_installation(
        self, customer: Customer, tariff: Tariff, adding: Additions, done: Callable[[int], None], failed: Failed
    ) -> None:
        """A new customer, with or without imported objects (R12)."""
        self._change(lambda: self._store.create_installation(customer, tariff, self.now(), adding), done, failed)

    def change_customer(
        self, installation_id: int, customer: Customer, done: Callable[[None], None], failed: Failed
    ) -> None:
        """Who the customer is."""
        self._change(lambda: self._store.change_customer(installation_id, customer, self.now()), done, failed)

    def enter_email(self, installation_id: int, email: str, done: Callable[[None], None], failed: Failed) -> None:
        """The address an order needs (R25)."""
        self._change(lambda: self._store.enter_email(installation_id, email, self.now()), done, failed)

    def add_objects(
        self, installation_id: int, adding: Additions, done: Callable[[None], None], failed: Failed
    ) -> None:
        """Objects within what may be used (R11)."""
        self._change(lambda: self._store.add_objects(installation_id, adding, self.now()), done, failed)

    def import_objects(
        self,
        installation_id: int,
        changes: Callable[[], ImportChanges],
        done: Callable[[int], None],
        failed: Failed,
    ) -> None:
        """What an import changes (R12), put together on the thread: of a large file that takes a moment."""
        self._change(lambda: self._store.import_objects(installation_id, changes(), self.now()), done, failed)

    def keep_profile(
        self, profile: ImportProfile, replacing: str, done: Callable[[None], None], failed: Failed
    ) -> None:
        """Keep an import profile, perhaps in the place of the one of a name."""

        def work() -> None:
            if replacing:
                self._store.profiles.replace(replacing, profile, self.now())
            else:
                self._store.profiles.keep(profile, self.now())

        self._change(work, done, failed)

    def remove_profile(self, name: str, done: Callable[[None], None], failed: Failed) -> None:
        """Remove an import profile."""
        self._change(lambda: self._store.profiles.remove(name, self.now()), done, failed)

    def change_object(
        self,
        installation_id: int,
        object_id: int,
        new: NewExtension | NewDevice,
        done: Callable[[None], None],
        failed: Failed,
    ) -> None:
        """An extension's or a device's values."""
        from model.installation import NewExtension

        def work() -> None:
            if isinstance(new, NewExtension):
                self._store.change_extension(installation_id, object_id, new, self.now())
            else:
                self._store.change_device(installation_id, object_id, new, self.now())

        self._change(work, done, failed)

    def remove_objects(
        self, installation_id: int, removal: Removal, done: Callable[[None], None], failed: Failed
    ) -> None:
        """What the clerk wants removed."""
        self._change(lambda: self._store.remove_objects(installation_id, removal, self.now()), done, failed)

    def add_prices(self, path: Path, done: Callable[[int], None], failed: Failed) -> None:
        """The new price lists of a file (R32)."""
        from model.price_lists import read_price_file

        self._change(
            lambda: self._store.add_price_lists(read_price_file(path), self.now()),
            done,
            failed,
        )

    def confirm_clock(self, done: Callable[[None], None], failed: Failed) -> None:
        """The clock is right although it jumped ahead (R35)."""
        self._change(lambda: self._store.confirm_clock(self.now()), done, failed)

    # ------------------------------------------------------------------ ordering

    def hold_order(self, quote: Quote, adding: Additions) -> None:
        """The button that orders is down: write the order, which its click will commit; undone if that doesn't come.

        What fails now is told by the click.
        """
        now = self.now()
        self._changing.run(lambda: self._held.hold(quote, now, adding), _ignore, _ignore)
        self._letting_go.start()

    def place_order(self, quote: Quote, adding: Additions, done: Callable[[TariffOrder], None], failed: Failed) -> None:
        """Order what the summary shows; the instant is the click's (R21), of an order that was held the press's."""
        clicked = self.now()

        def work() -> TariffOrder:
            self._require_clock()
            return self._held.place(quote, clicked, adding)

        self._settling(work, self._tell(done), failed)

    def cancel_order(
        self,
        installation_id: int,
        order_number: int,
        reason: str,
        adding: Additions,
        done: Callable[[None], None],
        failed: Failed,
    ) -> None:
        """Cancel what is pending (R29)."""
        clicked = self.now()

        def work() -> None:
            self._require_clock()
            self._store.cancel_order(installation_id, order_number, reason, clicked, adding)

        self._change(work, self._tell(done), failed)

    def _require_clock(self) -> None:
        """On the thread, right before an order: is this computer's clock the server's (R35)?"""
        if self._opened.is_apart(self._clock):
            raise ClockSuspect(ClockState.APART)

    def _tell(self, done: Callable[[Result], None]) -> Callable[[Result], None]:
        """Also let those know who look after the database."""

        def told(result: Result) -> None:
            try:
                done(result)
            finally:
                self.ordered.emit()

        return told

    @cached_property
    def _held(self) -> HeldOrder:
        """On the thread that changes."""
        from model.held_order import HeldOrder

        return HeldOrder(self._store)

    def _let_go(self) -> None:
        self._letting_go.stop()
        self._changing.run(lambda: self._held.let_go(), _ignore, _ignore)

    def _change(self, work: Callable[[], Result], done: Callable[[Result], None], failed: Failed) -> None:
        """Change something; an order that is only held is undone before."""

        def alone() -> Result:
            self._held.let_go()
            return work()

        self._settling(alone, done, failed)

    def _settling(self, work: Callable[[], Result], done: Callable[[Result], None], failed: Failed) -> None:
        """Whoever asked is told first, then those who wait for the outcome."""

        def succeeded(result: Result) -> None:
            try:
                done(result)
            finally:
                self._settle(done=True)

        def refused(error: ModelError) -> None:
            if isinstance(error, StoreUnavailable) and error.fault in OF_THE_WHOLE:
                self.unreadable.emit(error)
            try:
                failed(error)
            finally:
                self._settle(done=False)

        self._under_way += 1
        self.asked.emit()
        self._changing.run(work, succeeded, refused)

    def _settle(self, *, done: bool) -> None:
        self._under_way -= 1
        self.settled.emit(done)


def _ignore(_outcome: object) -> None:
    """Nobody waits for it."""
