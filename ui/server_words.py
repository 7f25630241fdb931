"""What can be wrong with a database on a server, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.errors import NoWay, StorageFault
from ui.i18n import _

if TYPE_CHECKING:
    from model.server_check import Seen
    from model.server_place import Tls


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
        StorageFault.VIEWER: _("Not saved: your account may only look. Please ask the server’s administrator."),
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
        StorageFault.READ_ONLY: _(
            "Not saved: the server accepts no changes at the moment ({place}). Please ask its administrator."
        ),
    }


def read_only_server() -> str:
    """Why nothing can be changed where the account would be allowed to."""
    return _(
        "The server of {place} accepts no changes at the moment, perhaps because it stands by for another one:"
        " everything can be looked at, nothing can be changed or ordered."
    )


def viewer() -> str:
    """Why nothing can be changed by this account."""
    return _(
        "Your account may only look, not change or order anything. Who may do more is decided by the server’s"
        " administrator."
    )


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


def no_way(cause: NoWay) -> str:
    """Why there is no connection, and what to do about it."""
    return {
        NoWay.HOST: _("There is no server of this name: {place}. Please check how it is written, and the network."),
        NoWay.REFUSED: _(
            "The computer answers, but there is no database server at this port: {place}. Please check the port, or ask"
            " the server’s administrator whether it is running."
        ),
        NoWay.SILENT: _(
            "The server does not answer in time: {place}. Please check the network, the server’s name and the firewall."
        ),
        NoWay.NO_TLS: _(
            "The server offers no encryption: {place}. Please ask its administrator; nothing was sent unencrypted."
        ),
        NoWay.OTHER_NAME: _(
            "The server’s certificate is made out to another name than {place}. Please enter the name that is in the"
            " certificate."
        ),
        NoWay.OTHER_AUTHORITY: _(
            "The certificate of {place} is not trusted: it has expired, or was made by another authority. Please ask"
            " the server’s administrator for the authority’s certificate file."
        ),
        NoWay.NO_CERTIFICATE: _(
            "The certificate file of the authority cannot be read. Please choose the file that the server’s"
            " administrator gave you."
        ),
        NoWay.NOT_ADMITTED: _(
            "The server {place} does not admit this computer, this account or this kind of connection. Please ask its"
            " administrator (pg_hba.conf)."
        ),
        NoWay.OTHER_SERVICE: _(
            "What answers at this port is no PostgreSQL server: {place}. Please check the server’s name and the port."
        ),
    }[cause]


def tls_name(tls: Tls) -> str:
    """What a kind of protection means."""
    from model.server_place import Tls

    return {
        Tls.VERIFY_FULL: _("TLS, certificate and name are checked"),
        Tls.VERIFY_CA: _("TLS, certificate is checked, name is not"),
        Tls.REQUIRE: _("TLS, but the server need not prove who it is"),
        Tls.PREFER: _("TLS if the server offers it"),
        Tls.DISABLE: _("none, everybody on the way can read along"),
    }[tls]


def seen(found: Seen) -> str:
    """What a look at a server showed, one sentence a line."""
    encrypted = _("The server answers, encrypted ({protocol}).").format(protocol=found.tls.replace("TLSv", "TLS "))
    lines = [encrypted if found.tls else _("The server answers, without encryption.")]
    version = _("PostgreSQL {version}")
    if found.is_old:
        version = _("PostgreSQL {version} is too old: version 15 or newer is needed.")
    lines.append(version.format(version=found.version))
    if found.encoding != "UTF8":
        text = _("The database keeps text as {encoding}; it has to be made with the encoding UTF8.")
        lines.append(text.format(encoding=found.encoding))
    return "\n".join([*lines, _holds(found), *_may(found)])


def _holds(found: Seen) -> str:
    from model.server_check import Holds

    return {
        Holds.NOTHING: _("The database is still empty; the program asks before it sets it up."),
        Holds.OURS: _("The database is one of this program."),
        Holds.OLDER: _("The database was made by an older version; the program asks before it brings it up to date."),
        Holds.NEWER: _("The database was made by a newer version. Please update this program."),
        Holds.ELSE: _("Something else is kept there. Please choose another database."),
    }[found.holds]


def _may(found: Seen) -> list[str]:
    """What the account may do, where that matters."""
    from model.server_check import Holds, May

    if found.holds in (Holds.NEWER, Holds.ELSE):
        return []
    if found.holds is not Holds.OURS and found.may is not May.OWN:
        return [_("Your account may not do that. Please ask the server’s administrator.")]
    return [
        {
            May.OWN: _("The account owns the database; for everyday work, an account of a clerk is safer."),
            May.CHANGE: _("The account may look at everything, change and order (clerk)."),
            May.LOOK: _("The account may look at everything and change nothing (viewer)."),
            May.NOTHING: _("The account has no rights there. Please ask the server’s administrator."),
        }[found.may]
    ]
