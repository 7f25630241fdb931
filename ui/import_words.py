"""What is said about single rows of an imported file."""

from __future__ import annotations

from model.import_result import SkipReason, WarningReason
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
        SkipReason.ALREADY_THERE: _("the customer already has this extension"),
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
        WarningReason.DEVICE_ALREADY_THERE: _("The customer already has this device."),
        WarningReason.NO_SUCH_EXTENSION: _("There is no such extension; the device does not serve it."),
        WarningReason.INCLUDE_IGNORED: _("Not included: not in the same folder, not there, or already read."),
        WarningReason.EXEC_IGNORED: _("Not executed: a file that is imported never runs a program."),
        WarningReason.TEMPLATE_MISSING: _("The section this one continues or is based on is missing."),
    }[reason]
