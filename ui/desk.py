"""What a clerk can do: one small typed function for each intent, done on worker threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from model.account import NOTHING, Account, Choice, Quote
from model.audit import AuditEntry
from model.clock import Clock, ClockState
from model.errors import ModelError, StorageFault, StoreUnavailable
from model.import_comparison import ImportChanges
from model.import_profile import ImportProfile
from model.installation import Additions, Customer, NewDevice, NewExtension
from model.orders import TariffOrder
from model.outbox import Delivery
from model.price_lists import read_price_file
from model.reading import ListCounts
from model.records import InstallationRow, OrderMail
from model.search import ListQuery
from model.store import Removal, Store, new_quote_id
from model.tariff import PriceList, Tariff
from ui.ami_reading import AmiReading
from ui.background import Background
from ui.batching import Batching
from ui.exporting import Exporting
from ui.importing import Importing
from ui.keeping import Keeping
from ui.papers import Papers
from ui.sending import Post

Result = TypeVar("Result")
Failed = Callable[[ModelError], None]
# What a change may find out about the database that holds for everything else too.
OF_THE_WHOLE = (StorageFault.DAMAGED, StorageFault.REPLACED)


@dataclass(frozen=True, slots=True)
class Case:
    """An installation as the clerk sees it at an instant: everything a page or the dialog shows."""

    account: Account
    prices: PriceList
    now: datetime
    entries: tuple[AuditEntry, ...]
    mails: tuple[OrderMail, ...]
    deliveries: tuple[Delivery, ...]
    mail_ready: bool

    def choices(self, adding: Additions = NOTHING) -> tuple[Choice, ...]:
        """R14: what page 1 of the dialog offers."""
        return self.account.choices(self.prices, self.now.date(), adding)

    def quote(self, target: Tariff, adding: Additions = NOTHING) -> Quote:
        """R17: the summary for a tariff; a new quote each time."""
        return self.account.quote(target, self.prices, self.now, new_quote_id(), adding)


@dataclass(frozen=True, slots=True)
class ListPage:
    """The answer to a search: how many there are, the first of them, and where the current one stands."""

    query: ListQuery
    count: int
    rows: list[InstallationRow]
    current: int | None
    place: int | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is looked at regularly: whether anybody wrote, the day's counts, the clock."""

    version: int
    counts: ListCounts
    clock: ClockState
    now: datetime


class Looking(QObject):
    """What can be asked of the store, from the GUI thread without ever waiting; `unreadable` when it can't be read."""

    PAGE = 64
    unreadable = Signal(object)

    def __init__(self, store: Store, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._reading = Background("reading", self)
        self._searching = Background("searching", self)

    def now(self) -> datetime:
        """The local instant (R34)."""
        return self._clock.now()

    def close(self) -> None:
        """Finish what was begun; what was only asked for has nobody to be shown to any more."""
        self._searching.close(finish=False)
        self._reading.close(finish=False)

    def search(self, query: ListQuery, current: int | None, done: Callable[[ListPage], None], failed: Failed) -> None:
        """The newest search wins."""
        self._searching.run_newest(lambda: self._list_page(query, current), done, self._noticing(failed))

    def page(
        self, query: ListQuery, offset: int, done: Callable[[list[InstallationRow]], None], failed: Failed
    ) -> None:
        """A later page of the list."""
        self._searching.run(
            lambda: self._store.find_installations(query, offset, self.PAGE), done, self._noticing(failed)
        )

    def open_case(self, installation_id: int, done: Callable[[Case], None], failed: Failed) -> None:
        """Everything about one installation."""
        self._read(lambda: self._case(installation_id), done, failed)

    def pulse(self, done: Callable[[Pulse], None], failed: Failed) -> None:
        """A look at what may have changed."""
        now = self.now()
        self._read(
            lambda: Pulse(
                self._store.data_version(), self._store.counts(now.date()), self._store.clock_state(now), now
            ),
            done,
            failed,
        )

    def glance(self, done: Callable[[tuple[int, ClockState]], None], failed: Failed) -> None:
        """Whether the file is still there, whether anybody wrote, whether the clock is right, and nothing more."""
        now = self.now()

        def look() -> tuple[int, ClockState]:
            self._store.check_place()
            return self._store.data_version(), self._store.clock_state(now)

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

    def _case(self, installation_id: int) -> Case:
        now = self.now()
        return Case(
            self._store.account(installation_id),
            self._store.prices_on(now.date()),
            now,
            tuple(self._store.audit_entries(installation_id)),
            tuple(self._store.mails(installation_id)),
            tuple(self._store.outbox.of_installation(installation_id)),
            self._store.settings.mail_server().ready,
        )

    def _list_page(self, query: ListQuery, current: int | None) -> ListPage:
        rows = self._store.find_installations(query, 0, self.PAGE)
        count = len(rows) if len(rows) < self.PAGE else self._store.count_installations(query)
        place = next((place for place, row in enumerate(rows) if row.id == current), None)
        if place is None and current is not None and count > len(rows):
            place = self._store.place_of(current, query)
        return ListPage(query, count, rows, current, place)


class Desk(Looking):
    """Looking and changing. A change has a thread of its own, so that no reading holds up a click.

    `settled` when the outcome of a change is known and told: whether it was done.
    """

    ordered = Signal()
    settled = Signal(bool)

    def __init__(self, store: Store, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(store, clock, parent)
        self.place, self.read_only = store.target, store.read_only
        self._changing = Background("changing", self)
        self._under_way = 0
        self.keeping = Keeping(store, clock, self)
        self.exporting = Exporting(store, self)
        self.batching = Batching(store, clock, self)
        self.importing = Importing(store, self)
        self.asking = AmiReading(self)
        self.papers = Papers(store, clock, self)
        self.post = Post(store, clock, self)
        self.ordered.connect(self.post.wake)

    @property
    def busy(self) -> bool:
        """Whether the outcome of a change is still open."""
        return self._under_way > 0

    def close(self) -> None:
        """Finish every change that was asked for."""
        super().close()
        self.exporting.close()
        self.batching.close()
        self.importing.close()
        self.asking.close()
        self.papers.close()
        self._changing.close(finish=True)
        self.post.close()
        self.keeping.close()

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
        self._change(
            lambda: self._store.add_price_lists(read_price_file(path), self.now()),
            done,
            failed,
        )

    def confirm_clock(self, done: Callable[[None], None], failed: Failed) -> None:
        """The clock is right although it jumped ahead (R35)."""
        self._change(lambda: self._store.confirm_clock(self.now()), done, failed)

    # ------------------------------------------------------------------ ordering

    def place_order(self, quote: Quote, adding: Additions, done: Callable[[TariffOrder], None], failed: Failed) -> None:
        """Order what the summary shows; the instant is the click's (R21)."""
        clicked = self.now()
        self._change(lambda: self._store.place_order(quote, clicked, adding), self._tell(done), failed)

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
        self._change(
            lambda: self._store.cancel_order(installation_id, order_number, reason, clicked, adding),
            self._tell(done),
            failed,
        )

    def _tell(self, done: Callable[[Result], None]) -> Callable[[Result], None]:
        """Also let those know who look after the database."""

        def told(result: Result) -> None:
            self.ordered.emit()
            done(result)

        return told

    def _change(self, work: Callable[[], Result], done: Callable[[Result], None], failed: Failed) -> None:
        """Change something; whoever asked is told first, then those who wait for the outcome."""

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
        self._changing.run(work, succeeded, refused)

    def _settle(self, *, done: bool) -> None:
        self._under_way -= 1
        self.settled.emit(done)
