"""The tables of a batch: whose the first files would be, and what became of each file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from model.import_batch import FileReport, Outcome, Told
from model.installation import number_key
from ui import batch_words, errors, formats
from ui.i18n import _
from ui.table import Table
from ui.table_model import Column, TableModel

ICONS = {
    Outcome.CREATED: ("circle-check", "success"),
    Outcome.CHANGED: ("circle-check", "success"),
    Outcome.NO_CUSTOMER: ("triangle-alert", "warning"),
    Outcome.REFUSED: ("circle-x", "danger"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A file's report and its place among all."""

    place: int
    report: FileReport


def example_table() -> Table[Told]:
    """The first files, and whose they would be."""
    columns = (
        Column[Told]("file", lambda: _("File"), lambda told: told.file),
        Column[Told]("number", lambda: _("Customer number"), lambda told: told.named.number if told.named else "–"),
        Column[Told]("name", lambda: _("Name"), lambda told: told.named.name if told.named else ""),
        Column[Told]("remark", lambda: _("Remark"), _example_remark, tone=lambda told: "" if told.named else "warning"),
    )
    model = TableModel(columns, lambda told: told.file)
    table = Table[Told](
        "batchExamples", _("The first files"), model, lambda: _("Choose a folder or a ZIP archive with files first.")
    )
    table.fit_columns({"file": 40, "number": 16, "name": 28})
    return table


def report_table() -> Table[Line]:
    """Every file, with what it brought."""
    columns = (
        Column[Line]("file", lambda: _("File"), lambda line: ", ".join(line.report.files)),
        Column[Line](
            "number",
            lambda: _("Customer number"),
            lambda line: line.report.number,
            sort=lambda line: number_key(line.report.number),
        ),
        Column[Line](
            "outcome",
            lambda: _("Result"),
            lambda line: batch_words.outcome(line.report.outcome),
            icon=lambda line: ICONS.get(line.report.outcome),
        ),
        Column[Line]("remark", lambda: _("Remark"), lambda line: batch_words.remark(line.report)),
        Column[Line]("name", lambda: _("Name"), lambda line: line.report.name),
        _count("new", lambda: _("New"), lambda report: report.new),
        _count("changed", lambda: _("Changed"), lambda report: report.changed),
        _count("unchanged", lambda: _("Unchanged"), lambda report: report.unchanged),
        _count("missing", lambda: _("Not in the file"), lambda report: report.missing),
        _count("needsPro", lambda: _("Would need Pro"), lambda report: report.needs_pro),
        Column[Line]("tariff", lambda: _("First tariff"), lambda line: line.report.tariff),
        Column[Line]("over", lambda: _("Over tariff"), lambda line: batch_words.over(line.report)),
    )
    model = TableModel(columns, lambda line: line.place)
    table = Table[Line]("batchReport", _("Report of the import"), model, lambda: _("No file has been read yet."))
    widths = {"file": 24, "number": 12, "outcome": 22, "remark": 62, "name": 24, "new": 5, "changed": 8}
    table.fit_columns(widths | {"unchanged": 10, "missing": 8, "needsPro": 8, "tariff": 14, "over": 18})
    return table


def _count(name: str, title: Callable[[], str], count: Callable[[FileReport], int]) -> Column[Line]:
    return Column[Line](
        name,
        title,
        lambda line: formats.number(count(line.report)) if count(line.report) else "–",
        sort=lambda line: count(line.report),
        numeric=True,
        value=lambda line: count(line.report),
    )


def _example_remark(told: Told) -> str:
    if told.error:
        return errors.message(told.error)
    return "" if told.named else _("The name does not fit; the file is skipped.")
