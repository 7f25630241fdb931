"""The domain's verbs over a database; the only SQL text besides the schema's, the same for every engine."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from model.account import NOTHING, Account, Quote, Verdict
from model.audit import Action, Journal
from model.clock import ClockState, to_text
from model.email_address import checked_email
from model.engine import Engine, Row
from model.errors import ClockSuspect
from model.import_book import ImportBook
from model.import_comparison import ImportChanges
from model.import_kept import KeptImport
from model.import_profiles import ImportProfiles
from model.installation import LONGEST_REASON, Additions, Customer, NewDevice, NewExtension, checked_text
from model.objects import facts_of, insert_objects, link_devices
from model.opened import open_database
from model.order_book import OrderBook
from model.orders import TariffOrder
from model.outbox import Outbox
from model.price_lists import SHIPPED, new_price_lists, read_price_lists
from model.provider import Settings
from model.reading import Reading
from model.records import customer_columns, order_from, price_rows, tariff_columns
from model.refusals import Fault, ImportStale, InvalidInput, LimitReached, OrderRefused, QuoteStale, Refusal
from model.tariff import PriceList, Tariff


@dataclass(frozen=True, slots=True)
class Removal:
    """Objects to be removed together, by id; what belongs to a removed extension goes with it."""

    extensions: tuple[int, ...] = ()
    devices: tuple[int, ...] = ()
    features: tuple[int, ...] = ()


class Store(Reading):
    """Reads and changes installations and orders; every change is one transaction with its history entry (R22)."""

    def __init__(self, engine: Engine, clerk: str) -> None:
        super().__init__(engine, clerk)
        self._journal = Journal(engine, clerk)
        self._orders = OrderBook(engine, self._journal)
        self.outbox = Outbox(engine, self._journal)
        self.settings = Settings(engine, self._journal)
        self.profiles = ImportProfiles(engine, self._journal)
        self._imports = ImportBook(engine, self._journal)

    @cached_property
    def whole(self) -> Store:
        """Itself."""
        return self

    @contextmanager
    def together(self) -> Iterator[None]:
        """Several changes in one transaction: many would each wait for the disk. One that fails is undone alone."""
        with self._engine.write():
            yield

    def create_installation(
        self, customer: Customer, tariff: Tariff, now: datetime, adding: Additions = NOTHING
    ) -> int:
        """A new customer with its first tariff and the objects its system already has (R12); the id."""
        customer, adding = customer.checked(), adding.checked()
        with self._engine.write():
            if self.find_customer(customer.customer_number) is not None:
                raise InvalidInput("customer_number", Fault.CUSTOMER_TAKEN, customer.customer_number)
            columns = {**customer_columns(customer), **tariff_columns(tariff), "created_at": to_text(now)}
            installation_id = self._engine.insert("installation", columns)
            self._engine.finder.index_text(installation_id)
            insert_objects(self._engine, installation_id, adding, now)
            facts = {"tariff": tariff.code, **facts_of(adding)}
            self._journal.append(Action.INSTALLATION_CREATED, now, installation_id, after=facts)
        return installation_id

    def change_customer(self, installation_id: int, customer: Customer, now: datetime) -> None:
        """Change who the customer is; an order already placed keeps its address."""
        customer = customer.checked()
        with self._engine.write():
            known = self.account(installation_id).installation
            others = [owner for owner in self._customers(customer.customer_number) if owner != installation_id]
            if others and customer.customer_number != known.customer_number:
                raise InvalidInput("customer_number", Fault.CUSTOMER_TAKEN, customer.customer_number)
            changed = [
                name
                for name in ("customer_number", "name", "email", "language")
                if getattr(known, name) != getattr(customer, name)
            ]
            if changed:
                self._engine.finder.forget_text(installation_id)
                self._update("installation", installation_id, customer_columns(customer))
                self._engine.finder.index_text(installation_id)
                self._journal.note(Action.CUSTOMER_CHANGED, now, installation_id, after={"changed": changed})

    def enter_email(self, installation_id: int, email: str, now: datetime) -> None:
        """Change the e-mail address alone (R25), whatever else another desk has changed; raises InvalidInput."""
        email = checked_email(email)
        with self._engine.write():
            known = self.account(installation_id).installation
            self.change_customer(installation_id, replace(known.customer, email=email), now)

    def add_objects(self, installation_id: int, adding: Additions, now: datetime) -> None:
        """Create objects within what may be used; raises LimitReached before anything is created (R11, R30)."""
        adding = adding.checked()
        with self._engine.write():
            self._require_room(self.account(installation_id), adding, self.local(now).date())
            self._create(Action.OBJECTS_CREATED, installation_id, adding, now)

    def load_objects(self, installation_id: int, adding: Additions, now: datetime) -> None:
        """Take over the objects a telephone system already has, also beyond the limit (R12)."""
        adding = adding.checked()
        with self._engine.write():
            self.account(installation_id)
            self._create(Action.OBJECTS_IMPORTED, installation_id, adding, now)

    def import_objects(self, installation_id: int, changes: ImportChanges, now: datetime) -> int:
        """Write what an import changes, also beyond the limit (R12); its number in the history, 0 for no change.

        Raises ImportStale if the customer's objects are no longer those it was compared with, LimitReached for Pro
        functions to be restored that may not be used any more, InvalidInput.
        """
        changes = changes.checked()
        with self._engine.write():
            account = self.account(installation_id)
            if account.installation.revision != changes.revision:
                raise ImportStale
            if not changes:
                return 0
            if features := changes.additions.features:
                self._require_room(account, Additions(features=features), self.local(now).date())
            return self._imports.write(account, changes, now)

    def kept_import(self, installation_id: int, seq: int) -> KeptImport | None:
        """What a customer had before an import, to take it back; None if that is kept no longer."""
        return self._imports.kept(installation_id, seq)

    def change_extension(self, installation_id: int, extension_id: int, new: NewExtension, now: datetime) -> None:
        """Give an extension another number, name or kind."""
        new = new.checked()
        with self._engine.write():
            account = self.account(installation_id)
            old = account.extension(extension_id)
            if new.number in {entry.number for entry in account.extensions if entry.id != extension_id}:
                raise InvalidInput("number", Fault.NUMBER_TAKEN, new.number)
            if new == NewExtension(old.number, old.name, old.kind):
                return
            self._update("extension", extension_id, {"number": new.number, "name": new.name, "kind": str(new.kind)})
            before = {"number": old.number, "kind": str(old.kind)}
            after = {"number": new.number, "kind": str(new.kind), "name_changed": old.name != new.name}
            self._journal.note(Action.EXTENSION_CHANGED, now, installation_id, before=before, after=after)

    def change_device(self, installation_id: int, device_id: int, new: NewDevice, now: datetime) -> None:
        """Give a device another name, kind, MAC address or other extensions."""
        new = new.checked()
        with self._engine.write():
            old = self.account(installation_id).device(device_id)
            if new == NewDevice(old.name, old.kind, old.mac, old.extensions):
                return
            self._update("device", device_id, {"name": new.name, "kind": str(new.kind), "mac": new.mac})
            self._engine.execute("DELETE FROM device_extension WHERE device_id = :id", {"id": device_id})
            link_devices(self._engine, installation_id, [(device_id, new)])
            before = {"device": device_id, "kind": str(old.kind), "extensions": list(old.extensions)}
            after = {"device": device_id, "kind": str(new.kind), "extensions": list(new.extensions)}
            self._journal.note(Action.DEVICE_CHANGED, now, installation_id, before=before, after=after)

    def remove_objects(self, installation_id: int, removal: Removal, now: datetime) -> None:
        """Remove objects at the clerk's wish; Pro functions of a removed extension go with it."""
        with self._engine.write():
            account = self.account(installation_id)
            extensions = [entry for entry in account.extensions if entry.id in removal.extensions]
            numbers = {entry.number for entry in extensions}
            devices = [entry for entry in account.devices if entry.id in removal.devices]
            features = [f for f in account.features if f.id in removal.features or f.extension in numbers]
            for table, objects in (("feature_use", features), ("device", devices), ("extension", extensions)):
                for entry in objects:
                    self._engine.execute(f"DELETE FROM {table} WHERE id = :id", {"id": entry.id})
            if not (extensions or devices or features):
                return
            before = {
                "extensions": sorted(numbers),
                "devices": [entry.id for entry in devices],
                "features": [[str(entry.feature), entry.extension] for entry in features],
            }
            self._journal.note(Action.OBJECTS_REMOVED, now, installation_id, before=before)

    def place_order(self, quote: Quote, now: datetime, adding: Additions = NOTHING) -> TariffOrder:
        """Order what the summary showed, and create the objects it was asked for, in one transaction (R19–R26).

        The same quote again gives the same order. Raises QuoteStale if anything shown is no longer so,
        OrderRefused for a rule, ClockSuspect for a clock that can't be right.
        """
        with self.ordering(quote, now, adding) as order:
            return order

    @contextmanager
    def ordering(self, quote: Quote, now: datetime, adding: Additions = NOTHING) -> Iterator[TariffOrder]:
        """Like `place_order`, but the order is placed with the end of the block, or never if that raises."""
        adding, now = adding.checked(), self.local(now)
        with self._engine.write():
            found = "SELECT * FROM tariff_order WHERE quote_id = :id"
            if placed := self._engine.values(order_from, found, {"id": quote.quote_id}):
                yield placed[0]
                return
            self._require_clock(now)
            account = _judged(self, quote, adding, now)
            order = self._orders.place(quote, account, now)
            if adding:
                self._require_room(account.with_order(order, now.date()), adding, now.date())
                self._create(Action.OBJECTS_CREATED, quote.installation_id, adding, now)
            yield order

    def cancel_order(
        self, installation_id: int, order_number: int, reason: str, now: datetime, adding: Additions = NOTHING
    ) -> None:
        """Cancel the pending order, and create objects that then fit, in one transaction (R29, R30).

        Raises OrderRefused if it isn't pending or the objects exceed the current tariff, InvalidInput without a reason.
        """
        reason, adding = checked_text("reason", reason, LONGEST_REASON), adding.checked()
        now = self.local(now)
        day = now.date()
        with self._engine.write():
            self._require_clock(now)
            account = self.account(installation_id)
            pending = account.pending(day)
            if pending is None or pending.order_number != order_number:
                raise OrderRefused(Refusal.NOT_PENDING)
            if account.is_before_an_order(day):
                raise OrderRefused(Refusal.DAY_BEFORE)
            if obstacles := account.obstacles(account.billed(day)):
                raise OrderRefused(Refusal.OBSTACLES, obstacles)
            self._require_room(account.without_pending(day), adding, day)
            self._orders.cancel(pending, account, adding, reason, now)
            self._create(Action.OBJECTS_CREATED, installation_id, adding, now)

    def confirm_clock(self, now: datetime) -> None:
        """The clerk says that the clock is right although it jumped ahead (R35)."""
        with self._engine.write():
            self._journal.append(Action.CLOCK_CONFIRMED, now)

    def add_price_lists(self, text: str, now: datetime) -> int:
        """Take over the new price lists of a TOML text; how many. Raises PriceListInvalid, the old lists stay (R32)."""
        offered = read_price_lists(text)
        with self._prices_changing(), self._engine.write():
            fresh = new_price_lists(offered, self.price_lists(), self.local(now).date())
            self._insert_prices(fresh)
            for prices in fresh:
                self._journal.append(Action.PRICES_ADDED, now, after={"valid_from": prices.valid_from.isoformat()})
        return len(fresh)

    def load_shipped_prices(self) -> None:
        """Give a new database the price lists that come with the program."""
        if self.price_lists():
            return
        with self._prices_changing(), self._engine.write():
            if not self.price_lists():
                self._insert_prices(read_price_lists(SHIPPED.read_text(encoding="utf-8")))

    def _create(self, action: Action, installation_id: int, adding: Additions, now: datetime) -> None:
        if adding:
            insert_objects(self._engine, installation_id, adding, now)
            self._journal.note(action, now, installation_id, after=facts_of(adding))

    def _require_room(self, account: Account, adding: Additions, day: date) -> None:
        if not adding:
            return
        decision = account.decide(adding, self.prices_on(day), day)
        if decision.verdict is not Verdict.FITS:
            raise LimitReached(decision)

    def _require_clock(self, now: datetime) -> None:
        state = self.clock_state(now)
        if state is not ClockState.RIGHT:
            raise ClockSuspect(state)

    @contextmanager
    def _prices_changing(self) -> Iterator[None]:
        """What this thread knows of the prices ends with its own change, done or undone."""
        try:
            yield
        finally:
            self._prices_added += 1

    def _insert_prices(self, lists: Iterable[PriceList]) -> None:
        for prices in lists:
            self._engine.insert(
                "price_list",
                {"valid_from": prices.valid_from.isoformat(), "vat_bp": prices.vat_bp, "note": prices.note},
            )
            self._engine.insert_many("price", price_rows(prices))

    def _update(self, table: str, row_id: int, columns: Row) -> None:
        setting = ", ".join(f"{name} = :{name}" for name in columns)
        self._engine.execute(f"UPDATE {table} SET {setting} WHERE id = :row_id", {**columns, "row_id": row_id})


def _judged(store: Reading, quote: Quote, adding: Additions, now: datetime) -> Account:
    """The installation of a summary that is still as shown (R19) and may be ordered; QuoteStale or OrderRefused."""
    account = store.account(quote.installation_id)
    fresh = account.quote(quote.target, store.prices_on(now.date()), now, quote.quote_id, adding)
    if changed := quote.changes(fresh):
        raise QuoteStale(replace(fresh, quote_id=new_quote_id()), changed)
    if fresh.refusal:
        raise OrderRefused(fresh.refusal, fresh.obstacles)
    return account


def open_store(
    target: str | Path, *, create: bool = True, read_only: bool = False, now: datetime | None = None
) -> Store:
    """The Store over a database file, made if nothing is there and `create`, over `:memory:` or over a server.

    Where `now` is given, a file of an older schema is copied before it is changed; a server's schema is made or
    changed only if `create`. Raises StoreUnavailable for what can't be used; it stays untouched then.
    """
    return open_database(target, create=create, read_only=read_only, now=now).whole


def new_quote_id() -> str:
    """The idempotency key of one summary (R20)."""
    return str(uuid.uuid4())
