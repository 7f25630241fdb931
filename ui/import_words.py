"""What is said about single rows of an imported file."""

from __future__ import annotations

from model.import_result import SkipReason, WarningReason
from model.refusals import ImportFault
from ui.i18n import _


def skip_reason(reason: SkipReason) -> str:
    """Why a row isn't taken over."""
    return {
        SkipReason.NO_NUMBER: _("no extension number"),
        SkipReason.HEADER_AGAIN: _("the header once more"),
        SkipReason.NOT_AN_EXTENSION: _("a trunk line, not an extension"),
        SkipReason.NUMBER_FORM: _("not a valid extension number"),
        SkipReason.NUMBER_TWICE: _("the number is already in an earlier row"),
        SkipReason.NAME_UNUSABLE: _("the name cannot be used (control characters or too long)"),
        SkipReason.UNREADABLE: _(
            "its cells cannot be told apart for certain; is a quotation mark missing or too many?"
        ),
        SkipReason.GONE: _("the telephone system no longer gave its details"),
    }[reason]


def warning_reason(reason: WarningReason) -> str:
    """What is remarked although the row is taken over."""
    return {
        WarningReason.ROW_TOO_LONG: _("The row has more cells than the header; the rest was ignored."),
        WarningReason.TITLE_TWICE: _("This column is there twice; the first one counts."),
        WarningReason.COLUMN_MISSING: _("This column is missing."),
        WarningReason.FILE_MISSING: _(
            "The system exports extensions and devices as two files; one of them is missing."
        ),
        WarningReason.PART_MISSING: _(
            "The telephone system does not tell this: the module is not loaded, or the account may not read it."
        ),
        WarningReason.NAME_MISSING: _("No name; the number is taken as the name."),
        WarningReason.NAME_CLEANED: _("Characters that nobody sees were left out of the name."),
        WarningReason.DEVICE_UNUSABLE: _("The device cannot be used and is left out."),
        WarningReason.MAC_UNUSABLE: _("Not a MAC address, perhaps spoilt by a spreadsheet; the device has none."),
        WarningReason.LINE_UNUSABLE: _("Not a valid extension number; the device does not serve it."),
        WarningReason.NO_SUCH_EXTENSION: _("There is no such extension; the device does not serve it."),
        WarningReason.INCLUDE_IGNORED: _("Not included: not in the same folder, not there, or already read."),
        WarningReason.EXEC_IGNORED: _("Not executed: a file that is imported never runs a program."),
        WarningReason.TEMPLATE_MISSING: _("The section this one continues or is based on is missing."),
    }[reason]


def batch_faults() -> dict[ImportFault, str]:
    """Why many files at once, or one of them, can't be imported."""
    return {
        ImportFault.NO_ARCHIVE: _("This is neither a folder nor a ZIP archive, or the archive is damaged."),
        ImportFault.ARCHIVE_TOO_LARGE: _("Unpacked, this would be far too large. Please check where it comes from."),
        ImportFault.ARCHIVE_DAMAGED: _("The file is damaged in the archive. Please pack it again."),
        ImportFault.ENCRYPTED: _("The file is encrypted in the archive. Please pack it without a password."),
        ImportFault.COMPRESSION: _(
            "The file is packed in a way this program does not read. Please make a usual ZIP archive."
        ),
        ImportFault.OUTSIDE: _("The file's path leads out of the archive; it is not read."),
        ImportFault.TOO_MANY_IN_BATCH: _("These are too many files for one run (50,000 at most). Please split them."),
        ImportFault.CUSTOMER_TWICE: _("There is another file for this customer number; only the first one is read."),
        ImportFault.CUSTOMERS_DIFFER: _(
            "The file holds several customers' numbers. Please give each customer a file of its own."
        ),
        ImportFault.NO_CUSTOMER_NUMBER: _("The customer number is not in this file."),
        ImportFault.SECRET_COLUMN: _("This column may hold secrets and is never read. Please choose another one."),
    }
