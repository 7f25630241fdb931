"""What the model refuses, said with its cause and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from model.clock import ClockState
from model.errors import (
    ClockSuspect,
    Fault,
    ImportFault,
    ImportRefused,
    InvalidInput,
    LimitReached,
    ModelError,
    NoSuchInstallation,
    NoSuchObject,
    OrderRefused,
    PriceFault,
    PriceListInvalid,
    QuoteStale,
    Refusal,
    StorageFault,
    StoreUnavailable,
    Unexpected,
)
from ui import labels
from ui.i18n import _


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
        Fault.TOO_LONG: _("This is too long."),
        Fault.UNPRINTABLE: _("This contains characters that cannot be shown."),
        Fault.NUMBER_FORM: _("“{value}” is not a valid number: only digits and * # + without spaces, 20 at most."),
        Fault.NUMBER_TAKEN: _("Extension {value} already exists in this installation."),
        Fault.CUSTOMER_TAKEN: _("There is already a customer with the number {value}."),
        Fault.MAC_FORM: _("“{value}” is not a MAC address: twelve digits 0–9 and A–F."),
        Fault.EMAIL_FORM: _(
            "“{value}” is not a valid e-mail address. Please enter exactly one, like name@company.com."
        ),
        Fault.NO_SUCH_EXTENSION: _("There is no extension {value} in this installation."),
        Fault.FEATURE_TAKEN: _("This function is already in use there."),
    }
    if error.field == "customer_number" and error.fault is Fault.NUMBER_FORM:
        return _("“{value}” is not a valid customer number: letters, digits and - / . only.").format(value=error.value)
    if error.field == "extension" and error.fault is Fault.EMPTY:
        return _("Please choose an extension.")
    return texts[error.fault].format(value=error.value)


def refusal(value: Refusal) -> str:
    """Why something can't be ordered or cancelled."""
    return {
        Refusal.CURRENT_TARIFF: _("This is the current tariff."),
        Refusal.ALREADY_ORDERED: _("This tariff has already been ordered."),
        Refusal.NOT_ON_SALE: _("This tariff can no longer be booked."),
        Refusal.NO_EMAIL: _(
            "There is no e-mail address on file for the order information."
            " Please enter one under “advanced settings” first."
        ),
        Refusal.OBSTACLES: _("Something stands in the way."),
        Refusal.NOT_PENDING: _("The order is no longer pending; it cannot be cancelled any more."),
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
        StorageFault.WRITE_FAILED: _("Not saved: writing to {place} failed. Please check the disk and try again."),
    }
    return texts[error.fault].format(place=error.place)


def read_only(place: str) -> str:
    """Why nothing can be changed."""
    text = _("The database {place} is write-protected: everything can be looked at, nothing can be changed or ordered.")
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
    """Why a file can't be imported."""
    return {
        ImportFault.MISSING: _("The file cannot be opened. Please check whether it is still there."),
        ImportFault.EMPTY: _("The file is empty."),
        ImportFault.TOO_LARGE: _("The file is too large for an export of a telephone system (32 MB at most)."),
        ImportFault.TOO_MANY_ROWS: _("The file has too many rows for one telephone system (50,000 at most)."),
        ImportFault.BINARY: _("This is not a text file. Please export the extensions as CSV."),
        ImportFault.NOT_A_TABLE: _("The file is not a table that can be read. Please export it again as CSV."),
        ImportFault.UNKNOWN: _(
            "The file is not an export this program knows: FreePBX Bulk Handler has at least the columns"
            " “extension” and “name”."
        ),
        ImportFault.NO_ROWS: _("The file has a header but no rows."),
    }[error.fault]


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


def clock(state: ClockState) -> str:
    """Why ordering pauses (R35)."""
    if state is ClockState.BEHIND:
        return _("The computer's clock is behind the last entry. Please correct it; until then nothing can be ordered.")
    return _("The computer's clock is more than 45 days ahead of the last entry. Is the date right?")


def _order_refused(error: OrderRefused) -> str:
    return " ".join([refusal(error.refusal), *(labels.obstacle(entry) for entry in error.obstacles)])


def _limit(_error: ModelError) -> str:
    return _("This goes beyond what can be used; nothing was created.")


def _clock_suspect(_error: ModelError) -> str:
    return _("Not ordered: the computer's clock does not look right. Please see the notice above.")


def _stale(_error: ModelError) -> str:
    return _("Changed in the meantime: nothing was ordered. Please check the new summary.")


def _unexpected(_error: ModelError) -> str:
    return _("Something unexpected happened. Your last action may not have been carried out.")


def _gone(_error: ModelError) -> str:
    return _("This entry no longer exists; somebody removed it in the meantime.")


WORDS: tuple[tuple[type[ModelError], Callable[[Any], str]], ...] = (
    (InvalidInput, fault),
    (OrderRefused, _order_refused),
    (StoreUnavailable, storage),
    (ImportRefused, import_fault),
    (PriceListInvalid, price_list),
    (LimitReached, _limit),
    (ClockSuspect, _clock_suspect),
    (QuoteStale, _stale),
    (NoSuchInstallation, _gone),
    (NoSuchObject, _gone),
    (Unexpected, _unexpected),
)
