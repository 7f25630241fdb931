"""An installation with its tariff, its orders and its objects, and what follows from them on a day: all pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from model.email_address import is_email
from model.installation import Additions, Device, Extension, Installation, ProFeatureUse, number_keys
from model.lazy import values_of
from model.orders import OrderState, TariffOrder, next_month_change, pending_on, tariff_on
from model.refusals import NoSuchObject, Refusal
from model.tariff import Edition, PriceList, Tariff

NOTHING = Additions()
ObjectT = TypeVar("ObjectT", Extension, Device)


class Coverage(StrEnum):
    """Whether an object is within the billed tariff, within a pending one, or beyond both (R9)."""

    INCLUDED = "INCLUDED"
    COVERED = "COVERED"
    UNCOVERED = "UNCOVERED"


@dataclass(frozen=True, slots=True)
class Flag:
    """An object's coverage; it is the `place`th of its sort where `limit` are billed."""

    coverage: Coverage
    place: int
    limit: int


class Flags(Mapping[int, Flag]):
    """The flags of all objects of a sort by their ids, each made when it is looked at."""

    def __init__(self, objects: Sequence[Extension | Device], order: Sequence[int], billed: int, usable: int) -> None:
        """`order` is where the objects stand, oldest first."""
        ids = values_of(objects, "id")
        self._places = {ids[at]: place for place, at in enumerate(order, start=1)}
        self._billed, self._usable = billed, usable

    def __getitem__(self, object_id: int) -> Flag:
        """Python: the flag of an object; raises KeyError."""
        place = self._places[object_id]
        covered = Coverage.COVERED if place <= self._usable else Coverage.UNCOVERED
        return Flag(Coverage.INCLUDED if place <= self._billed else covered, place, self._billed)

    def __iter__(self) -> Iterator[int]:
        """Python: the ids, oldest object first."""
        return iter(self._places)

    def __len__(self) -> int:
        """Python: how many."""
        return len(self._places)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many of each may be used (R7)."""

    extensions: int
    devices: int


class ObstacleKind(StrEnum):
    """What keeps a tariff from being ordered (R15)."""

    EDITION = "EDITION"
    EXTENSIONS = "EXTENSIONS"
    DEVICES = "DEVICES"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """How many objects are too many for a tariff's `limit`, and which are in the way."""

    kind: ObstacleKind
    excess: int
    limit: int
    objects: tuple[Extension | Device | ProFeatureUse, ...]


class Verdict(StrEnum):
    """What has to happen before objects are created (R11, R30)."""

    FITS = "FITS"
    OFFER = "OFFER"
    INDIVIDUAL = "INDIVIDUAL"
    CHOICE = "CHOICE"
    PRO_NEEDED = "PRO_NEEDED"
    PRO_PENDING = "PRO_PENDING"


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, with the tariff that would fit and the pending order it concerns."""

    verdict: Verdict
    adding: Additions
    offer: Tariff | None = None
    pending: TariffOrder | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One tariff on page 1 of "Tarif anpassen" (R14, R15)."""

    tariff: Tariff
    is_current: bool
    is_pending: bool
    obstacles: tuple[Obstacle, ...]


# What is another each time, and what follows from what is compared.
NO_DIFFERENCE = {"quote_id", "shown_at", "extensions_before", "devices_before", "replaced_at"}


@dataclass(frozen=True, slots=True)
class Quote:
    """The summary: what was shown is what is ordered (R17, R20).

    Counts are those before and after the objects about to be created; `leaves_retired` warns of a tariff that can't be
    had again (R33); `refusal` says why it can't be ordered, if so.
    """

    quote_id: str
    installation_id: int
    shown_at: datetime
    customer_number: str
    customer_name: str
    mail_to: str
    current: Tariff
    target: Tariff
    extensions_before: int
    devices_before: int
    extensions: int
    devices: int
    effective_on: date
    replaces: int | None
    replaced_at: datetime | None
    replaced_tariff: Tariff | None
    obstacles: tuple[Obstacle, ...]
    leaves_retired: bool
    refusal: Refusal | None

    @property
    def cancellable_until(self) -> date:
        """The last day on which the order can be cancelled (R29)."""
        return self.effective_on - timedelta(days=1)

    @property
    def monthly_difference(self) -> Decimal:
        """New minus old net price for a month."""
        return self.target.price.net - self.current.price.net

    @property
    def yearly_difference(self) -> Decimal:
        """The net difference over twelve months."""
        return 12 * self.monthly_difference

    def changes(self, fresh: Quote) -> frozenset[str]:
        """Names of the fields in which what was shown differs from what holds now (R19)."""
        return frozenset(name for name in COMPARED if getattr(self, name) != getattr(fresh, name))


COMPARED = {field.name for field in fields(Quote)} - NO_DIFFERENCE


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that decides about one installation's tariff."""

    installation: Installation
    first_tariff: Tariff
    orders: tuple[TariffOrder, ...]
    extensions: Sequence[Extension]
    devices: Sequence[Device]
    features: tuple[ProFeatureUse, ...]

    def billed(self, day: date) -> Tariff:
        """R5: the tariff that is paid for on a day."""
        return tariff_on(day, self.first_tariff, self.orders)

    def pending(self, day: date) -> TariffOrder | None:
        """R6: the order yet to take effect."""
        return pending_on(day, self.orders)

    def is_before_an_order(self, day: date) -> bool:
        """Whether a clock or a zone went back over a month change: two orders pending can't be of one day (R6)."""
        return sum(order.state(day) is OrderState.PENDING for order in self.orders) > 1

    def usable(self, day: date) -> Limits:
        """R7: per dimension the larger of the billed and the pending tariff."""
        billed, pending = self.billed(day), self.pending(day)
        target = pending.tariff if pending else billed
        return Limits(max(billed.max_extensions, target.max_extensions), max(billed.max_devices, target.max_devices))

    def extension(self, extension_id: int) -> Extension:
        """One extension by its id; raises NoSuchObject if it was removed meanwhile."""
        return _by_id(self.extensions, extension_id)

    def device(self, device_id: int) -> Device:
        """One device by its id; raises NoSuchObject if it was removed meanwhile."""
        return _by_id(self.devices, device_id)

    def extension_flags(self, day: date) -> Flags:
        """R9 for every extension, by its id."""
        order = _by_age(self.extensions, number_keys(self.extensions))
        return Flags(self.extensions, order, self.billed(day).max_extensions, self.usable(day).extensions)

    def device_flags(self, day: date) -> Flags:
        """R9 for every device, by its id."""
        order = _by_age(self.devices, values_of(self.devices, "id"))
        return Flags(self.devices, order, self.billed(day).max_devices, self.usable(day).devices)

    def uncovered(self, day: date) -> Limits:
        """How many of each are beyond what may be used."""
        usable = self.usable(day)
        return Limits(max(0, len(self.extensions) - usable.extensions), max(0, len(self.devices) - usable.devices))

    def offer(self, prices: PriceList, day: date, adding: Additions = NOTHING) -> Tariff | None:
        """R10: the cheapest tariff on sale that fits; None is an "individuelles Angebot".

        The edition is the one the customer has ordered, else the one billed.
        """
        pending = self.pending(day)
        edition = (pending.tariff if pending else self.billed(day)).edition
        return prices.cheapest(edition, *self._counts(adding))

    def decide(self, adding: Additions, prices: PriceList, day: date) -> Decision:
        """R11, R30: whether objects may be created, or what has to be decided first.

        Only what is added is judged: an import may have left the other dimension over its limit (R12).
        """
        pending, pro = self.pending(day), self.billed(day).edition is Edition.PRO
        if adding.features and not pro:
            if pending and pending.tariff.edition is Edition.PRO:
                return Decision(Verdict.PRO_PENDING, adding, pending=pending)
            offer = prices.cheapest(Edition.PRO, *self._counts(adding))
            return Decision(Verdict.PRO_NEEDED, adding, offer, pending)
        usable = self.usable(day)
        offer = self.offer(prices, day, adding)
        if self._goes_beyond(adding, usable):
            return Decision(Verdict.OFFER if offer else Verdict.INDIVIDUAL, adding, offer, pending)
        if pending and self._goes_beyond(adding, _limits(pending.tariff)):
            return Decision(Verdict.CHOICE, adding, offer, pending)
        if pending and adding.features and pending.tariff.edition is Edition.CLASSIC:
            return Decision(Verdict.CHOICE, adding, prices.cheapest(Edition.PRO, *self._counts(adding)), pending)
        return Decision(Verdict.FITS, adding)

    def obstacles(self, target: Tariff, adding: Additions = NOTHING) -> tuple[Obstacle, ...]:
        """R15, R28: everything that keeps a tariff from being ordered; edition and size are judged apart."""
        return self._obstacles(target, adding, _ByAge(self))

    def choices(self, prices: PriceList, day: date, adding: Additions = NOTHING) -> tuple[Choice, ...]:
        """R14: every tariff on sale with its obstacles, Classic first, smallest first."""
        billed, pending, by_age = self.billed(day), self.pending(day), _ByAge(self)
        return tuple(
            Choice(
                tariff,
                tariff.code == billed.code,
                pending is not None and tariff.code == pending.tariff.code,
                self._obstacles(tariff, adding, by_age),
            )
            for edition in Edition
            for tariff in prices.editions(edition)
        )

    def quote(
        self, target: Tariff, prices: PriceList, now: datetime, quote_id: str, adding: Additions = NOTHING
    ) -> Quote:
        """R17: the summary for changing to a tariff, at the clock's local instant and today's price (R23)."""
        day = now.date()
        pending, on_sale = self.pending(day), prices.on_sale(target.code)
        extensions, devices = self._counts(adding)
        obstacles = self.obstacles(on_sale or target, adding)
        return Quote(
            quote_id=quote_id,
            installation_id=self.installation.id,
            shown_at=now,
            customer_number=self.installation.customer_number,
            customer_name=self.installation.name,
            mail_to=self.installation.email,
            current=self.billed(day),
            target=on_sale or target,
            extensions_before=len(self.extensions),
            devices_before=len(self.devices),
            extensions=extensions,
            devices=devices,
            effective_on=next_month_change(day),
            replaces=pending.order_number if pending else None,
            replaced_at=pending.placed_at if pending else None,
            replaced_tariff=pending.tariff if pending else None,
            obstacles=obstacles,
            leaves_retired=prices.on_sale(self.billed(day).code) is None,
            refusal=self._refusal(target, on_sale, pending, day, obstacles),
        )

    def with_order(self, order: TariffOrder, day: date) -> Account:
        """The account as it is once an order has superseded what is pending (R26)."""
        return replace(self.without_pending(day), orders=(*self.without_pending(day).orders, order))

    def without_pending(self, day: date) -> Account:
        """The account as it is once the pending order is gone."""
        pending = self.pending(day)
        return replace(self, orders=tuple(order for order in self.orders if order is not pending))

    def _obstacles(self, target: Tariff, adding: Additions, by_age: _ByAge) -> tuple[Obstacle, ...]:
        extensions, devices = self._counts(adding)
        found = []
        uses = len(self.features) + len(adding.features)
        if target.edition is Edition.CLASSIC and uses:
            found.append(Obstacle(ObstacleKind.EDITION, uses, 0, self.features))
        if extensions > target.max_extensions:
            objects: Sequence[Extension | Device] = by_age.extensions[target.max_extensions :]
            excess = extensions - target.max_extensions
            found.append(Obstacle(ObstacleKind.EXTENSIONS, excess, target.max_extensions, tuple(objects)))
        if devices > target.max_devices:
            objects = by_age.devices[target.max_devices :]
            excess = devices - target.max_devices
            found.append(Obstacle(ObstacleKind.DEVICES, excess, target.max_devices, tuple(objects)))
        return tuple(found)

    def _refusal(
        self,
        target: Tariff,
        on_sale: Tariff | None,
        pending: TariffOrder | None,
        day: date,
        obstacles: tuple[Obstacle, ...],
    ) -> Refusal | None:
        if self.is_before_an_order(day):
            return Refusal.DAY_BEFORE
        if target.code == self.billed(day).code:
            return Refusal.CURRENT_TARIFF
        if pending and pending.tariff.code == target.code:
            return Refusal.ALREADY_ORDERED
        if on_sale is None:
            return Refusal.NOT_ON_SALE
        if obstacles:
            return Refusal.OBSTACLES
        return None if is_email(self.installation.email) else Refusal.NO_EMAIL

    def _counts(self, adding: Additions) -> tuple[int, int]:
        return len(self.extensions) + len(adding.extensions), len(self.devices) + len(adding.devices)

    def _goes_beyond(self, adding: Additions, limits: Limits) -> bool:
        extensions, devices = self._counts(adding)
        return bool(
            (adding.extensions and extensions > limits.extensions) or (adding.devices and devices > limits.devices)
        )


class _ByAge:
    """An account's objects, oldest first (R9); those of an age by number or id. Put in order once, when asked for."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @cached_property
    def extensions(self) -> list[Extension]:
        found = self._account.extensions
        return [found[place] for place in _by_age(found, number_keys(found))]

    @cached_property
    def devices(self) -> list[Device]:
        found = self._account.devices
        return [found[place] for place in _by_age(found, values_of(found, "id"))]


def _by_age(objects: Sequence[Extension | Device], keys: Sequence[Any]) -> list[int]:
    """Where the objects stand, oldest first (R9); those of an age by their keys."""
    order = sorted(range(len(objects)), key=keys.__getitem__)
    order.sort(key=values_of(objects, "created_at").__getitem__)
    return order


def _by_id(objects: Iterable[ObjectT], object_id: int) -> ObjectT:
    for entry in objects:
        if entry.id == object_id:
            return entry
    raise NoSuchObject(object_id)


def _limits(tariff: Tariff) -> Limits:
    return Limits(tariff.max_extensions, tariff.max_devices)
