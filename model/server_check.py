"""A look at a server before its database is opened: what is there, and what an account may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from model.errors import StorageFault, StoreUnavailable
from model.passwords import known_password
from model.server_place import ServerPlace, with_password


class Holds(StrEnum):
    """What a database holds."""

    NOTHING = "NOTHING"
    OURS = "OURS"
    OLDER = "OLDER"
    NEWER = "NEWER"
    ELSE = "ELSE"


class May(StrEnum):
    """What an account may do there."""

    OWN = "OWN"
    CHANGE = "CHANGE"
    LOOK = "LOOK"
    NOTHING = "NOTHING"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a server said: the TLS version ("" if nothing is encrypted), its own, and what is in the database."""

    tls: str
    version: str
    is_old: bool
    encoding: str
    holds: Holds
    may: May

    @property
    def usable(self) -> bool:
        """Whether the program can work there, perhaps after setting up."""
        if self.is_old or self.encoding != "UTF8" or self.may is May.NOTHING:
            return False
        return self.holds is Holds.OURS or (self.holds in (Holds.NOTHING, Holds.OLDER) and self.may is May.OWN)


def check_server(place: ServerPlace, password: str = "") -> Seen:
    """Connect, look and leave; without a password with the known one. Raises StoreUnavailable."""
    try:
        from model.postgres_check import look
    except ImportError as error:
        raise StoreUnavailable(StorageFault.NO_DRIVER) from error
    return look(with_password(place.address, password or known_password(place)))
