"""What the model refuses, said with its cause and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from model.engine import is_server
from model.errors import ClockSuspect, ModelError, NoSuchInstallation, StorageFault, StoreUnavailable, Unexpected
from model.refusals import (
    AmiFailed,
    AmiFault,
    Fault,
    FileFault,
    FileNotSaved,
    ImportFault,
    ImportRefused,
    ImportStale,
    InvalidInput,
    LimitReached,
    NoSuchObject,
    OrderRefused,
    PriceFault,
    PriceListInvalid,
    QuoteStale,
    Refusal,
    StillWaiting,
    TransferRefused,
)
from ui import formats, labels
from ui.i18n import _
from ui.import_words import batch_faults
from ui.server_words import no_way, on_server, read_only_server, server_faults, whole_server
from ui.transfer_words import elsewhere, refused, unsaved


def message(error: ModelError) -> str:
    """One or two sentences for the clerk; never a traceback."""
    for kind, words in WORDS:
        if isinstance(error, kind):
            return words(error)
    raise AssertionError(error)


def fault(error: InvalidInput) -> str:
    """What is wrong with a value, under its field."""
    texts = {
        Fault.EMPTY: _("Please fill this in."),
        Fault.TOO_LONG: _("This is too long: {value} characters at most."),
        Fault.UNPRINTABLE: _(
            "This contains a character that cannot be seen ({value}). Please type the text instead of pasting it."
        ),
        Fault.NUMBER_FORM: _("“{value}” is not a valid number: only digits and * # + without spaces, 20 at most."),
        Fault.NUMBER_TAKEN: _("Extension {value} already exists in this installation."),
        Fault.CUSTOMER_TAKEN: _("There is already a customer with the number {value}."),
        Fault.MAC_FORM: _("“{value}” is not a MAC address: twelve digits 0–9 and A–F."),
        Fault.EMAIL_FORM: _(
            "“{value}” is not a valid e-mail address. Please enter exactly one, like name@company.com."
        ),
        Fault.EMAIL_LOCAL_PART: _(
            "Before the @, only letters without accents, digits and signs such as dot, hyphen and underscore are"
            " possible."
        ),
        Fault.EMAIL_TOO_LONG: _("This address is too long: 64 characters at most before the @, 254 in all."),
        Fault.HOST_FORM: _("“{value}” is not a server’s name. Please enter only the name, like mail.company.com."),
        Fault.PORT_FORM: _("Please enter a number from 1 to 65535; usual are 587 and 465."),
        Fault.AMI_PORT_FORM: _("Please enter a number from 1 to 65535; usual are 5039 and, without encryption, 5038."),
        Fault.DATABASE_PORT_FORM: _("Please enter a number from 1 to 65535; usual is 5432."),
        Fault.WEBSITE_FORM: _("“{value}” is not the address of a website, like www.company.com."),
        Fault.IMAGE_FORM: _("This is not a picture this program reads: PNG, JPEG or SVG."),
        Fault.IMAGE_UNREADABLE: _("The file cannot be opened."),
        Fault.IMAGE_TOO_LARGE: _("The picture is too large: 512 KB at most."),
        Fault.NO_SUCH_EXTENSION: _("There is no extension {value} in this installation."),
        Fault.FEATURE_TAKEN: _("This function is already in use there."),
        Fault.PROFILE_TAKEN: _("There is already a system named “{value}”."),
        Fault.PATTERN_FORM: _("Please enter “{value}” in braces once, with something like _ or - beside it."),
    }
    # What can't be seen must not turn or hide the words around it.
    value = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in error.value)
    if error.field == "customer_number" and error.fault is Fault.NUMBER_FORM:
        return _("“{value}” is not a valid customer number: letters, digits and - / . only.").format(value=value)
    if error.field == "extension" and error.fault is Fault.EMPTY:
        return _("Please choose an extension.")
    return texts[error.fault].format(value=value)


def refusal(value: Refusal) -> str:
    """Why something can't be ordered or cancelled."""
    return {
        Refusal.CURRENT_TARIFF: _("This is the current tariff."),
        Refusal.ALREADY_ORDERED: _("This tariff has already been ordered."),
        Refusal.NOT_ON_SALE: _("This tariff can no longer be booked."),
        Refusal.NO_EMAIL: _(
            "There is no valid e-mail address on file for the order information. Please enter one first."
        ),
        Refusal.OBSTACLES: _("Something stands in the way."),
        Refusal.NOT_PENDING: _("The order is no longer pending; it cannot be cancelled any more."),
        Refusal.DAY_BEFORE: _(
            "By this computer's clock, today lies before the day of another order."
            " Please check date, time and time zone."
        ),
    }[value]


def storage(error: StoreUnavailable) -> str:
    """Why the database can't be used, and the next step."""
    texts = {
        StorageFault.MISSING: _("The database {place} is not there any more. Was it moved or is a drive missing?"),
        StorageFault.EMPTY_FILE: _("The file {place} is empty. Please choose another file or restore a backup."),
        StorageFault.NOT_OURS: _("{place} is not a database of this program. Please choose another file."),
        StorageFault.NEWER: _("{place} was made by a newer version. Please update this program."),
        StorageFault.DAMAGED: _("The database {place} is damaged. Please restore a backup; nothing was written."),
        StorageFault.FULL: _("Not saved: the disk is full. Please make room and try again."),
        StorageFault.BUSY: _("Not saved: another program is writing to the database. Please try again."),
        StorageFault.READ_ONLY: _("Not saved: the database {place} can only be read. Please check the permissions."),
        StorageFault.NO_ACCESS: _(
            "The database {place} cannot be opened. Please check the folder and the permissions."
        ),
        StorageFault.REPLACED: _("Not saved: the database {place} was moved or replaced while open. Please restart."),
        StorageFault.NOT_MIGRATED: _(
            "The database could not be brought up to this version of the program and is unchanged."
            " A copy is in {place}."
        ),
        StorageFault.NO_ZONE: _(
            "The office’s time zone “{place}” is not known on this computer. Please update the program and the system."
        ),
        StorageFault.WRITE_FAILED: _("Not saved: writing to {place} failed. Please check the disk and try again."),
        **unsaved(),
        **server_faults(),
        **(on_server() if is_server(error.place) else {}),
    }
    if error.cause is not None:
        return no_way(error.cause).format(place=error.place)
    return texts[error.fault].format(place=error.place)


def read_only(place: str) -> str:
    """Why nothing can be changed."""
    if is_server(place):
        return read_only_server().format(place=place)
    text = _("The database {place} is write-protected: everything can be looked at, nothing can be changed or ordered.")
    return text.format(place=place)


def whole_database(error: StoreUnavailable) -> tuple[str, str]:
    """What is the matter with the database for everything, looking included: title, and what to do about it."""
    if error.fault in (StorageFault.MOVING, StorageFault.MOVED):
        return elsewhere(error)
    if is_server(error.place) and error.fault is not StorageFault.BUSY:
        title, text = whole_server(error.fault)
        return title, text.format(place=error.place)
    if error.fault is StorageFault.DAMAGED:
        text = _("Nothing can be changed or ordered any more. Please restore a copy; the damaged file {place} is kept.")
        return _("The database is damaged"), text.format(place=error.place)
    if error.fault is StorageFault.BUSY:
        text = _("What is shown may be out of date. It is read again as soon as the other program has finished.")
        return _("Another program is writing to the database"), text
    if error.fault in (StorageFault.REPLACED, StorageFault.MISSING, StorageFault.EMPTY_FILE, StorageFault.NOT_OURS):
        text = _(
            "{place} was deleted, moved or replaced, or a drive is missing. Until it is back, nothing can be changed"
            " or ordered. If it does not come back, please open it again."
        )
        return _("The database is no longer in its place"), text.format(place=error.place)
    text = _(
        "{place} does not answer. Please check the drive, the network and the permissions. Until then, nothing can be"
        " changed or ordered; it is read again by itself."
    )
    return _("The database cannot be read"), text.format(place=error.place)


def network_drive(place: str) -> str:
    """Why a database doesn't belong on a drive of another computer."""
    text = _(
        "The database {place} is on a network drive, where two programs at once can damage it. Please keep it on this"
        " computer; for several workplaces, use a database server (server mode)."
    )
    return text.format(place=place)


def backup(error: ModelError) -> str:
    """Why no copy could be made; orders are not affected."""
    texts = {
        StorageFault.FULL: _("The disk is full."),
        StorageFault.DAMAGED: _("The database is damaged. Please check it with “Help” → “Check database”."),
        StorageFault.NO_ACCESS: _("The folder cannot be written to. Please choose another one in the settings."),
    }
    fault_of = error.fault if isinstance(error, StoreUnavailable) else StorageFault.WRITE_FAILED
    text = texts.get(fault_of, _("The copy could not be written."))
    return text + " " + _("Orders are stored all the same.")


def import_fault(error: ImportRefused) -> str:
    """Why a file can't be imported, and where in which file."""
    text = {
        ImportFault.MISSING: _("The file cannot be opened. Please check whether it is still there."),
        ImportFault.NOT_A_FILE: _("This is a folder or a device, not a file. Please choose the exported file itself."),
        ImportFault.CHANGED: _("The file changed while it was being read. Please try again when it is complete."),
        ImportFault.EMPTY: _("The file is empty."),
        ImportFault.TOO_LARGE: _("The file is too large for an export of a telephone system (32 MB at most)."),
        ImportFault.TOO_MANY_FILES: _(
            "These are too many files for one telephone system (20 at most). Files of many customers can be imported"
            " from a folder."
        ),
        ImportFault.TOO_MANY_ROWS: _("The file has too many rows for one telephone system (50,000 at most)."),
        ImportFault.TOO_MANY_COLUMNS: _("The file has too many columns for a list of extensions (1,000 at most)."),
        ImportFault.ARCHIVE: _(
            "This is an archive or an Excel workbook; it is not unpacked here. Please choose the unpacked file,"
            " or save the table as CSV."
        ),
        ImportFault.BINARY: _("This is not a text file. Please export the extensions as CSV."),
        ImportFault.ENCODING: _("The file contains bytes that are no characters in its encoding. Is it damaged?"),
        ImportFault.NOT_A_TABLE: _("The file is not a table that can be read. Please export it again as CSV."),
        ImportFault.PHONE_BOOK: _(
            "This is a phone book or a contact list, not an inventory of extensions. Please export the extensions."
        ),
        ImportFault.UNKNOWN: _(
            "The file is not an export this program knows: no telephone system has these columns,"
            " and none of them is called “Extension” or “Internal number”."
        ),
        ImportFault.MIXED: _("The files come from different telephone systems. Please import one system at a time."),
        ImportFault.COLUMN_MISSING: _("The column with the extensions' numbers is missing."),
        ImportFault.NO_ROWS: _("The file has a header but no rows."),
        ImportFault.PROFILE: _("The description of this telephone system's columns cannot be used."),
        **batch_faults(),
    }[error.fault]
    return " ".join(filter(None, [text, _place(error)]))


def asterisk(error: AmiFailed) -> str:
    """Why a running Asterisk can't be read, and what to do."""
    return {
        AmiFault.UNREACHABLE: _("Nobody answers there. Please check server, port and network."),
        AmiFault.SILENT: _(
            "The telephone system does not answer in time. Please try again; is the port right, and does it use the"
            " chosen encryption?"
        ),
        AmiFault.DISCONNECTED: _("The telephone system closed the connection. May this computer connect to it?"),
        AmiFault.NO_ENCRYPTION: _(
            "No encrypted connection could be made; nothing was sent. Does the telephone system offer TLS at this port?"
        ),
        AmiFault.SELF_SIGNED: _(
            "The telephone system's certificate is signed by itself, so it could be anybody's. Nothing was sent."
            " Please install a certificate this computer trusts."
        ),
        AmiFault.CERTIFICATE: _("The telephone system's certificate is not accepted; nothing was sent. ({detail})"),
        AmiFault.NOT_ASTERISK: _("What answers there is not the manager interface of an Asterisk."),
        AmiFault.LOGIN: _("Account or password is wrong, or this computer may not log in with them."),
        AmiFault.PERMISSION: _(
            "The account may not ask for “{detail}”. Please give it the right “system” (write) in manager.conf;"
            " mailboxes need “call” or “reporting”."
        ),
        AmiFault.UNKNOWN_ACTION: _("This Asterisk does not know “{detail}”. Is PJSIP loaded?"),
        AmiFault.REFUSED: _("The telephone system refused “{detail}”. Please try again."),
        AmiFault.INCOMPLETE: _("The list “{detail}” did not arrive whole. Nothing was imported; please try again."),
        AmiFault.TOO_MUCH: _("The telephone system sends more than one can have. Nothing was imported."),
        AmiFault.NO_ENDPOINTS: _("The telephone system has no PJSIP endpoints; there is nothing to import."),
        AmiFault.CANCELLED: _("Cancelled: nothing was imported."),
    }[error.fault].format(detail=error.detail)


def _place(error: ImportRefused) -> str:
    """Where in which file a fault is, as far as it is known."""
    parts = [
        error.file,
        _("row {row}").format(row=formats.number(error.row)) if error.row else "",
        _("cell “{cell}”").format(cell=error.cell) if error.cell else "",
    ]
    return _("Place: {place}.").format(place=", ".join(filter(None, parts))) if any(parts) else ""


def not_saved(error: FileNotSaved) -> str:
    """Why a file can't be written, and what to do; a file that was there before is unchanged."""
    return {
        FileFault.FULL: _("Not saved: the disk is full. Please make room or choose another folder."),
        FileFault.NO_ACCESS: _("Not saved: {place} may not be written to. Please choose another folder."),
        FileFault.NO_FOLDER: _("Not saved: the folder of {place} is not there any more. Please choose another one."),
        FileFault.BAD_NAME: _("Not saved: {place} cannot be the name of a file. Please choose another one."),
        FileFault.IN_USE: _(
            "Not saved: {place} is open in another program or write-protected. Please close it there and try again,"
            " or choose another name."
        ),
        FileFault.TOO_MANY_ROWS: _("Not saved: an Excel workbook holds 1,048,575 rows. Please choose CSV."),
        FileFault.CANCELLED: _("Cancelled: nothing was saved."),
        FileFault.FAILED: _("Not saved: writing to {place} failed. Please check the drive or choose another folder."),
    }[error.fault].format(place=error.place)


def price_list(error: PriceListInvalid) -> str:
    """What is wrong with a price list, and in which row."""
    text = {
        PriceFault.MISSING: _("The file cannot be opened."),
        PriceFault.UNREADABLE: _("The file is not valid TOML."),
        PriceFault.NO_DATE: _("“valid_from” is missing or not a date."),
        PriceFault.NO_VAT: _("“vat_rate” is missing or not a percentage."),
        PriceFault.OVERLAP: _("There is another price list from the same day."),
        PriceFault.IN_FORCE: _("It would change prices that are already in force; it must begin after today."),
        PriceFault.NO_TARIFFS: _("There are no tariffs."),
        PriceFault.EDITION: _("The edition is unknown; Classic and Pro are possible."),
        PriceFault.LIMIT: _("A limit is missing or below 1."),
        PriceFault.PRICE: _("The price is missing or not an amount in euros and cents."),
        PriceFault.TWICE: _("The same tariff is listed twice."),
    }[error.reason]
    return _("Price list not accepted, the old one stays. {row}: {text}").format(row=error.row, text=text)


def _order_refused(error: OrderRefused) -> str:
    return " ".join([refusal(error.refusal), *(labels.obstacle(entry) for entry in error.obstacles)])


def _limit(_error: ModelError) -> str:
    return _("This goes beyond what can be used; nothing was created.")


def _import_stale(_error: ModelError) -> str:
    return _("Not imported: the customer was changed meanwhile. Please look at the comparison again.")


def _clock_suspect(_error: ModelError) -> str:
    return _("Not ordered: the computer's clock does not look right. Please see the notice above.")


def _stale(_error: ModelError) -> str:
    return _("Changed in the meantime: nothing was ordered. Please check the new summary.")


def _unexpected(_error: ModelError) -> str:
    return _("Something unexpected happened. Your last action may not have been carried out.")


def _gone(_error: ModelError) -> str:
    return _("This entry no longer exists; somebody removed it in the meantime.")


def _still_waiting(_error: ModelError) -> str:
    return _("This mail has not been sent yet.")


WORDS: tuple[tuple[type[ModelError], Callable[[Any], str]], ...] = (
    (InvalidInput, fault),
    (OrderRefused, _order_refused),
    (StoreUnavailable, storage),
    (ImportRefused, import_fault),
    (AmiFailed, asterisk),
    (FileNotSaved, not_saved),
    (TransferRefused, refused),
    (StillWaiting, _still_waiting),
    (PriceListInvalid, price_list),
    (LimitReached, _limit),
    (ImportStale, _import_stale),
    (ClockSuspect, _clock_suspect),
    (QuoteStale, _stale),
    (NoSuchInstallation, _gone),
    (NoSuchObject, _gone),
    (Unexpected, _unexpected),
)
