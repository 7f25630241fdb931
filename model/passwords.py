"""Passwords of accounts at servers: in the system's keyring where there is one, else known to this run alone.

None is ever written into a file, the log or the database. A keyring that is missing, locked or broken is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Tarifwechsel"
# Below are keyrings that keep nothing or keep it readable.
LEAST_PRIORITY = 1
_of_this_run: dict[str, str] = {}


class Server(Protocol):
    """Where an account is: a mail server or a database server, told apart by their ports."""

    @property
    def account(self) -> str:
        """Who logs in."""

    @property
    def host(self) -> str:
        """Its name or address."""

    @property
    def port(self) -> int:
        """Where it listens."""


def known_password(server: Server) -> str | None:
    """The password of the server's account; None if nobody has entered it. May wait for the keyring to be opened."""
    known = _of_this_run.get(_name(server))
    keyring = None if known else _keyring()
    if keyring is not None:
        try:
            known = keyring.get_password(SERVICE, _name(server))
        except Exception:  # noqa: BLE001 - each system's keyring has errors of its own
            known = None
    if known:
        _of_this_run[_name(server)] = known
    return known or None


def remember_password(server: Server, password: str) -> None:
    """For this run, and in the keyring for those to come."""
    _of_this_run[_name(server)] = password
    keyring = _keyring()
    if keyring is not None:
        try:
            keyring.set_password(SERVICE, _name(server), password)
        except Exception:  # noqa: BLE001 - as above
            return


def _keyring() -> KeyringBackend | None:
    try:
        import keyring

        found = keyring.get_keyring()
        good = found.priority >= LEAST_PRIORITY
    except Exception:  # noqa: BLE001 - the library is optional, and looking for a keyring may fail in many ways
        return None
    return found if good else None


def _name(server: Server) -> str:
    return f"{server.account}@{server.host}:{server.port}"
