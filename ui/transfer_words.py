"""What is said of a database whose data go elsewhere, or went."""

from __future__ import annotations

from datetime import tzinfo
from decimal import Decimal

from model.errors import StorageFault, StoreUnavailable
from model.moved import Moved
from model.refusals import TransferFault, TransferRefused
from model.transfer import Stage, Transferred
from ui import formats
from ui.i18n import _


def archive(mark: Moved, zone: tzinfo | None) -> str:
    """Why a database can only be looked at."""
    text = _(
        "The transfer of this database to {place}, begun on {instant}, is still under way or was cut off. Until that"
        " is settled everything can be looked at, but nothing can be changed or ordered."
    )
    if mark.done:
        text = _(
            "Archive: since {instant} the data have been in {place}. Everything can be looked at here, but nothing can"
            " be changed or ordered any more."
        )
    return text.format(place=mark.place, instant=formats.instant(mark.at.astimezone(zone)))


def unsaved() -> dict[StorageFault, str]:
    """Why a change is refused."""
    return {
        StorageFault.MOVING: _("Not saved: the data are being transferred to {place} at the moment."),
        StorageFault.MOVED: _("Not saved: the data are in {place} now. Please work with the database there."),
    }


def elsewhere(error: StoreUnavailable) -> tuple[str, str]:
    """What a desk is told that has the database open: title, and what follows."""
    if error.fault is StorageFault.MOVING:
        text = _(
            "The data are being transferred to {place}. Until that is done or given up, nothing can be changed or"
            " ordered; what you have typed stays."
        )
        return _("The database is being transferred"), text.format(place=error.place)
    text = _(
        "The data are in {place} now; nothing can be changed or ordered here any more. Please choose the database there"
        " under “Settings” → “Database”."
    )
    return _("The data have been transferred"), text.format(place=error.place)


def refused(error: TransferRefused) -> str:
    """Why nothing was transferred."""
    text = {
        TransferFault.NOT_EMPTY: _(
            "There are data in {place} already ({what}). Please choose a database nobody has worked with."
        ),
        TransferFault.TAKEN: _(
            "There is something at {place} already, and nothing is overwritten. Please choose another name."
        ),
        TransferFault.NOT_SOUND: _(
            "Nothing was transferred: the data are not in order ({what}). Please see “Help” → “Check database”."
        ),
        TransferFault.NUL: _(
            "Nothing was transferred: a text holds a character that a server cannot keep (NUL): {what}. Please enter it"
            " anew."
        ),
        TransferFault.DIFFERENT: _("Nothing was transferred: what arrived in {place} is not the same ({what})."),
        TransferFault.CHANGED: _(
            "Nothing was transferred: somebody gave up the transfer or changed the database meanwhile."
        ),
    }[error.fault]
    table, _space, row = error.what.partition(" ")
    nouns = tables()
    what = f"{nouns[table]} {row}".strip() if table in nouns else error.what
    return text.format(place=error.place, what=what)


def stage(value: Stage) -> str:
    """What is being done."""
    return {
        Stage.LOOKING: _("Checking this database …"),
        Stage.COPYING: _("Transferring …"),
        Stage.COMPARING: _("Comparing what has arrived …"),
        Stage.CHECKING: _("Checking the new database …"),
    }[value]


def figures(done: Transferred) -> str:
    """What is the same on both sides, line by line."""
    nouns = tables()
    lines = [f"{noun}: {formats.number(done.rows[name])}" for name, noun in nouns.items() if done.rows[name]]
    net = sum(entry.net_cents for entry in done.sums)
    lines.append(_("Sum of all orders: {amount} net a month").format(amount=formats.money(Decimal(net) / 100)))
    lines.append(_("Hash at the end of the history: {hash}").format(hash=f"{done.last_hash[:16]}…"))
    return "\n".join(lines)


def tables() -> dict[str, str]:
    """What is kept where."""
    return {
        "installation": _("Installations"),
        "extension": _("Extensions"),
        "device": _("Devices"),
        "device_extension": _("Devices’ extensions"),
        "feature_use": _("Pro functions"),
        "tariff_order": _("Orders"),
        "audit": _("Entries of the history"),
        "outbox": _("Order information"),
        "delivery": _("Deliveries of e-mail"),
        "price_list": _("Price lists"),
        "price": _("Prices"),
        "import_kept": _("Imports that can be taken back"),
        "import_profile": _("Import profiles"),
        "setting": _("Settings"),
    }
