"""What the database refuses, and what every refusal is; `ui.errors` says them in the clerk's language."""

from __future__ import annotations

from enum import StrEnum


class ModelError(Exception):
    """An expected refusal: shown beside the action, never a crash."""


class Unexpected(ModelError):
    """Something nobody expected happened on the way; whether anything was done is not known."""


class GivenUp(Exception):
    """The clerk didn't want to wait any longer; nothing is left of what had been done."""


class Interrupted(Exception):
    """A question that nobody waits for any more was ended; whoever asked it has nothing to tell anybody."""


class ClockSuspect(ModelError):
    """The computer's clock is not believable (R35); ordering pauses."""


class NoSuchInstallation(ModelError):
    """The installation is not, or no longer, in the database."""


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
    NO_ZONE = "NO_ZONE"
    VIEWER = "VIEWER"
    NO_FILE = "NO_FILE"
    NO_DRIVER = "NO_DRIVER"
    NO_ADDRESS = "NO_ADDRESS"
    UNREACHABLE = "UNREACHABLE"
    NO_TRUST = "NO_TRUST"
    LOGIN = "LOGIN"
    NO_DATABASE = "NO_DATABASE"
    NOT_SET_UP = "NOT_SET_UP"
    OLDER = "OLDER"
    NOT_PERMITTED = "NOT_PERMITTED"
    CONNECTION_LOST = "CONNECTION_LOST"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    MOVING = "MOVING"
    MOVED = "MOVED"


class NoWay(StrEnum):
    """Why there is no connection to a server, as far as that can be told more closely than by the fault."""

    HOST = "HOST"
    REFUSED = "REFUSED"
    SILENT = "SILENT"
    NO_TLS = "NO_TLS"
    OTHER_NAME = "OTHER_NAME"
    OTHER_AUTHORITY = "OTHER_AUTHORITY"
    NO_CERTIFICATE = "NO_CERTIFICATE"
    NOT_ADMITTED = "NOT_ADMITTED"
    OTHER_SERVICE = "OTHER_SERVICE"


class StoreUnavailable(ModelError):
    """The database can't do it now; nothing was written, unless the fault is OUTCOME_UNKNOWN."""

    def __init__(self, fault: StorageFault, place: str = "", cause: NoWay | None = None) -> None:
        super().__init__(fault)
        self.fault = fault
        self.place = place
        self.cause = cause
