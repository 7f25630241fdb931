"""What is said about the files of a batch, one by one and all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from model.import_batch import FileReport, Outcome
from model.import_result import RowWarning, SkippedRow
from ui import errors, formats, labels
from ui.i18n import _, ngettext, pgettext
from ui.import_words import skip_reason, warning_reason

TONES = {Outcome.REFUSED: "danger", Outcome.NO_CUSTOMER: "warning"}
ICONS = {
    Outcome.CREATED: "circle-check",
    Outcome.CHANGED: "circle-check",
    Outcome.REFUSED: "triangle-alert",
    Outcome.NO_CUSTOMER: "triangle-alert",
}


def outcome(value: Outcome) -> str:
    """What became of a file."""
    return {
        Outcome.CREATED: _("customer created"),
        Outcome.CHANGED: _("taken over"),
        Outcome.UNCHANGED: _("unchanged"),
        Outcome.NO_CUSTOMER: _("no such customer"),
        Outcome.NOT_FITTING: _("name does not fit"),
        Outcome.REFUSED: pgettext("file", "refused"),
    }[value]


def summary(reports: Iterable[FileReport]) -> str:
    """How many files of each outcome there are."""
    counts: Counter[Outcome] = Counter()
    for report in reports:
        counts[report.outcome] += len(report.files)
    found = [(outcome(value), formats.number(counts[value])) for value in Outcome if counts[value]]
    return " · ".join(_("{result}: {count}").format(result=result, count=count) for result, count in found)


def remark(report: FileReport) -> str:
    """Why a file was refused, or what is to be looked at in one that was taken over."""
    parts = [errors.message(report.error)] if report.error else []
    if report.faulty:
        parts.append(_listed(_faulty(report), [_fault(entry) for entry in report.faults], report.faulty))
    if report.warned and report.outcome is not Outcome.REFUSED:
        text = ngettext("{count} remark.", "{count} remarks.", report.warned)
        parts.append(_listed(text, [_warning(entry) for entry in report.warnings], report.warned))
    return " ".join(parts)


def over(report: FileReport) -> str:
    """What is beyond the tariff after the import (R12)."""
    return labels.counts(report.over) if report.over.extensions or report.over.devices else ""


def _faulty(report: FileReport) -> str:
    if report.outcome is Outcome.REFUSED:
        return ngettext(
            "Nothing was imported: {count} row is faulty.",
            "Nothing was imported: {count} rows are faulty.",
            report.faulty,
        )
    return ngettext("{count} faulty row was left out.", "{count} faulty rows were left out.", report.faulty)


def _listed(text: str, entries: list[str], count: int) -> str:
    """How many there are, and the first of them."""
    more = ["…"] if count > len(entries) else []
    return " ".join([text.format(count=formats.number(count)), *entries, *more])


def _fault(entry: SkippedRow) -> str:
    value = " " + _("(“{value}”)").format(value=entry.value) if entry.value else ""
    return f"{_place(entry)}: {skip_reason(entry.reason)}{value}."


def _warning(entry: RowWarning) -> str:
    return f"{_place(entry)}: {warning_reason(entry.reason)}"


def _place(entry: SkippedRow | RowWarning) -> str:
    parts = [_("row {row}").format(row=formats.number(entry.row))]
    if entry.cell:
        parts.append(_("cell “{cell}”").format(cell=entry.cell))
    return ", ".join(parts)
