"""Everything the model refuses, as words of the domain; `ui.errors` says them in the clerk's language."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.account import Decision, Obstacle, Quote


class ModelError(Exception):
    """An expected refusal: shown beside the action, never a crash."""


class Unexpected(ModelError):
    """Something nobody expected happened on the way; whether anything was done is not known."""


class Fault(StrEnum):
    """What is wrong with one value a person or a file gave."""

    EMPTY = "EMPTY"
    TOO_LONG = "TOO_LONG"
    UNPRINTABLE = "UNPRINTABLE"
    NUMBER_FORM = "NUMBER_FORM"
    NUMBER_TAKEN = "NUMBER_TAKEN"
    CUSTOMER_TAKEN = "CUSTOMER_TAKEN"
    MAC_FORM = "MAC_FORM"
    EMAIL_FORM = "EMAIL_FORM"
    NO_SUCH_EXTENSION = "NO_SUCH_EXTENSION"
    FEATURE_TAKEN = "FEATURE_TAKEN"


class InvalidInput(ModelError):
    """A value that can't be stored; `field` is the attribute's name, `value` what was given."""

    def __init__(self, field: str, fault: Fault, value: str = "") -> None:
        super().__init__(f"{field}: {fault}")
        self.field = field
        self.fault = fault
        self.value = value


class LimitReached(ModelError):
    """The objects to be created go beyond what may be used: decide first (R11, R30)."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.verdict)
        self.decision = decision


class Refusal(StrEnum):
    """Why an order or a cancellation can't be made."""

    CURRENT_TARIFF = "CURRENT_TARIFF"
    ALREADY_ORDERED = "ALREADY_ORDERED"
    NOT_ON_SALE = "NOT_ON_SALE"
    NO_EMAIL = "NO_EMAIL"
    OBSTACLES = "OBSTACLES"
    NOT_PENDING = "NOT_PENDING"


class OrderRefused(ModelError):
    """The order or the cancellation breaks a rule; obstacles are named where there are any."""

    def __init__(self, refusal: Refusal, obstacles: tuple[Obstacle, ...] = ()) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.obstacles = obstacles


class QuoteStale(ModelError):
    """Something the summary showed is no longer so (R19); `fresh` is what holds now."""

    def __init__(self, fresh: Quote, changed: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(changed)))
        self.fresh = fresh
        self.changed = changed


class ClockSuspect(ModelError):
    """The computer's clock is not believable (R35); ordering pauses."""


class NoSuchInstallation(ModelError):
    """The installation is not, or no longer, in the database."""


class NoSuchObject(ModelError):
    """The extension or device is no longer in the database."""


class PriceListInvalid(ModelError):
    """A price list that can't be used (R32); `row` names where, `reason` says what."""

    def __init__(self, row: str, reason: PriceFault) -> None:
        super().__init__(f"{row}: {reason}")
        self.row = row
        self.reason = reason


class PriceFault(StrEnum):
    """What is wrong with a price list (R32)."""

    MISSING = "MISSING"
    UNREADABLE = "UNREADABLE"
    NO_DATE = "NO_DATE"
    NO_VAT = "NO_VAT"
    OVERLAP = "OVERLAP"
    IN_FORCE = "IN_FORCE"
    NO_TARIFFS = "NO_TARIFFS"
    EDITION = "EDITION"
    LIMIT = "LIMIT"
    PRICE = "PRICE"
    TWICE = "TWICE"


class StorageFault(StrEnum):
    """Why the database can't be opened, read or written."""

    MISSING = "MISSING"
    EMPTY_FILE = "EMPTY_FILE"
    NOT_OURS = "NOT_OURS"
    NEWER = "NEWER"
    DAMAGED = "DAMAGED"
    FULL = "FULL"
    BUSY = "BUSY"
    READ_ONLY = "READ_ONLY"
    NO_ACCESS = "NO_ACCESS"
    REPLACED = "REPLACED"
    WRITE_FAILED = "WRITE_FAILED"
    NOT_MIGRATED = "NOT_MIGRATED"


class StoreUnavailable(ModelError):
    """The database can't do it now; nothing was written."""

    def __init__(self, fault: StorageFault, place: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.place = place


class ImportFault(StrEnum):
    """Why a file can't be imported at all."""

    MISSING = "MISSING"
    EMPTY = "EMPTY"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    BINARY = "BINARY"
    NOT_A_TABLE = "NOT_A_TABLE"
    UNKNOWN = "UNKNOWN"
    NO_ROWS = "NO_ROWS"


class ImportRefused(ModelError):
    """The file is no export this program reads; nothing was stored."""

    def __init__(self, fault: ImportFault, row: int = 0) -> None:
        super().__init__(fault)
        self.fault = fault
        self.row = row
