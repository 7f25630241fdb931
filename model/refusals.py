"""What the model refuses of what a person or a file gave, as words of the domain; `model.errors` has the database's.

Apart from those, because the first picture needs none of these, and a hundred names take a while to define.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from model.errors import ModelError

if TYPE_CHECKING:
    from model.account import Decision, Obstacle, Quote


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
    EMAIL_LOCAL_PART = "EMAIL_LOCAL_PART"
    EMAIL_TOO_LONG = "EMAIL_TOO_LONG"
    HOST_FORM = "HOST_FORM"
    PORT_FORM = "PORT_FORM"
    AMI_PORT_FORM = "AMI_PORT_FORM"
    DATABASE_PORT_FORM = "DATABASE_PORT_FORM"
    WEBSITE_FORM = "WEBSITE_FORM"
    IMAGE_FORM = "IMAGE_FORM"
    IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"
    IMAGE_UNREADABLE = "IMAGE_UNREADABLE"
    NO_SUCH_EXTENSION = "NO_SUCH_EXTENSION"
    FEATURE_TAKEN = "FEATURE_TAKEN"
    PROFILE_TAKEN = "PROFILE_TAKEN"
    PATTERN_FORM = "PATTERN_FORM"


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
    DAY_BEFORE = "DAY_BEFORE"


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


class StillWaiting(ModelError):
    """The mail can't be sent again: it still waits to be sent."""


class NoSuchObject(ModelError):
    """The extension or device is no longer in the database."""


class ImportStale(ModelError):
    """The customer changed after the import was compared; nothing was written, compare again."""


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


class TransferFault(StrEnum):
    """Why a whole database can't be moved elsewhere."""

    NOT_EMPTY = "NOT_EMPTY"
    TAKEN = "TAKEN"
    NOT_SOUND = "NOT_SOUND"
    NUL = "NUL"
    DIFFERENT = "DIFFERENT"
    CHANGED = "CHANGED"


class TransferRefused(ModelError):
    """The data were not moved; both databases are as they were. `what` names what is in the way, or differs."""

    def __init__(self, fault: TransferFault, place: str, what: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.place = place
        self.what = what


class ImportFault(StrEnum):
    """Why a file can't be imported at all."""

    MISSING = "MISSING"
    NOT_A_FILE = "NOT_A_FILE"
    CHANGED = "CHANGED"
    EMPTY = "EMPTY"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY_FILES = "TOO_MANY_FILES"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    TOO_MANY_COLUMNS = "TOO_MANY_COLUMNS"
    ARCHIVE = "ARCHIVE"
    BINARY = "BINARY"
    ENCODING = "ENCODING"
    NOT_A_TABLE = "NOT_A_TABLE"
    PHONE_BOOK = "PHONE_BOOK"
    UNKNOWN = "UNKNOWN"
    MIXED = "MIXED"
    COLUMN_MISSING = "COLUMN_MISSING"
    NO_ROWS = "NO_ROWS"
    PROFILE = "PROFILE"
    NO_ARCHIVE = "NO_ARCHIVE"
    ARCHIVE_TOO_LARGE = "ARCHIVE_TOO_LARGE"
    ARCHIVE_DAMAGED = "ARCHIVE_DAMAGED"
    ENCRYPTED = "ENCRYPTED"
    COMPRESSION = "COMPRESSION"
    OUTSIDE = "OUTSIDE"
    TOO_MANY_IN_BATCH = "TOO_MANY_IN_BATCH"
    CUSTOMER_TWICE = "CUSTOMER_TWICE"
    CUSTOMERS_DIFFER = "CUSTOMERS_DIFFER"
    NO_CUSTOMER_NUMBER = "NO_CUSTOMER_NUMBER"
    SECRET_COLUMN = "SECRET_COLUMN"


class ImportRefused(ModelError):
    """The file is no export this program reads; nothing was stored.

    `row` is the line in an editor, 0 for the whole file; `cell` the title of a column, or what a file was told by.
    """

    def __init__(self, fault: ImportFault, row: int = 0, cell: str = "", file: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.row = row
        self.cell = cell
        self.file = file


class AmiFault(StrEnum):
    """Why a running Asterisk can't be read."""

    UNREACHABLE = "UNREACHABLE"
    SILENT = "SILENT"
    DISCONNECTED = "DISCONNECTED"
    NO_ENCRYPTION = "NO_ENCRYPTION"
    SELF_SIGNED = "SELF_SIGNED"
    CERTIFICATE = "CERTIFICATE"
    NOT_ASTERISK = "NOT_ASTERISK"
    LOGIN = "LOGIN"
    PERMISSION = "PERMISSION"
    UNKNOWN_ACTION = "UNKNOWN_ACTION"
    REFUSED = "REFUSED"
    INCOMPLETE = "INCOMPLETE"
    TOO_MUCH = "TOO_MUCH"
    NO_ENDPOINTS = "NO_ENDPOINTS"
    CANCELLED = "CANCELLED"


class AmiFailed(ModelError):
    """A running Asterisk could not be read; nothing was stored.

    `detail` is what was asked for, or why a certificate isn't accepted; never the server's own words (R37).
    """

    def __init__(self, fault: AmiFault, detail: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.detail = detail


class FileFault(StrEnum):
    """Why a file a clerk wants to save can't be written."""

    FULL = "FULL"
    NO_ACCESS = "NO_ACCESS"
    NO_FOLDER = "NO_FOLDER"
    BAD_NAME = "BAD_NAME"
    IN_USE = "IN_USE"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


class FileNotSaved(ModelError):
    """The file could not be written; what was at its place before is unchanged."""

    def __init__(self, fault: FileFault, place: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.place = place
