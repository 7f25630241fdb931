"""What can be wrong with a database on a server, in words."""

from __future__ import annotations

from model.errors import StorageFault
from ui.i18n import _


def server_faults() -> dict[StorageFault, str]:
    """The faults that only a server has."""
    return {
        StorageFault.NO_FILE: _("{place} was not written: copies of a database on a server are made there."),
        StorageFault.NO_DRIVER: _(
            "For a database on a server the program needs a driver. Please start it like this:"
            " uv run --extra server main.py"
        ),
        StorageFault.NO_ADDRESS: _(
            "{place} is not the address of a database. It looks like this: postgresql://account@server/database"
        ),
        StorageFault.UNREACHABLE: _(
            "The server does not answer: {place}. Please check the network, the server’s name and the port."
        ),
        StorageFault.NO_TRUST: _(
            "There is no secure connection to {place}. Please ask the server’s administrator about its certificate"
            " (sslmode, sslrootcert) and who may connect (pg_hba.conf)."
        ),
        StorageFault.LOGIN: _("{place} does not accept the account or the password."),
        StorageFault.NO_DATABASE: _("The server has no such database: {place}. Please ask its administrator."),
        StorageFault.NOT_SET_UP: _("The database {place} is still empty."),
        StorageFault.OLDER: _("The database {place} was made by an older version of this program."),
        StorageFault.NOT_PERMITTED: _(
            "Your account may not do this in {place}. Please ask the server’s administrator."
        ),
        StorageFault.CONNECTION_LOST: _(
            "Not saved: the connection to the server was interrupted ({place}). Please try again."
        ),
        StorageFault.OUTCOME_UNKNOWN: _(
            "The connection to the server was interrupted while it was saving ({place}). Please look whether it was"
            " saved before you try again."
        ),
    }


def on_server() -> dict[StorageFault, str]:
    """What files have too, but where nobody can choose another file or restore a copy."""
    return {
        StorageFault.NOT_OURS: _("Something else is kept in {place}. Please choose another database or schema."),
        StorageFault.DAMAGED: _(
            "The database {place} is damaged; nothing was written. Please ask the server’s administrator."
        ),
    }


def whole_server(fault: StorageFault) -> tuple[str, str]:
    """What is the matter with a server's database for everything, looking included: title, and what follows."""
    if fault is StorageFault.DAMAGED:
        text = _("Nothing can be changed or ordered any more. Please ask the administrator of {place}.")
        return _("The database is damaged"), text
    text = _(
        "{place} does not answer. Until it does, nothing can be changed or ordered; what you have typed stays, and the"
        " connection is restored by itself."
    )
    return _("The connection to the server is interrupted"), text
