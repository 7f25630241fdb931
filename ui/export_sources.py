"""What can be exported: any table, and the list of installations, which is never in memory as a whole."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Protocol

from model.list_query import Filter, ListQuery
from ui import formats
from ui.exporting import Done, Exporting, Failed, Job
from ui.i18n import _, ngettext
from ui.list_columns import COLUMNS, EMAIL
from ui.list_panel import ListPanel
from ui.table import Table
from ui.table_model import Column


class Range(StrEnum):
    """How much of it."""

    SHOWN = "SHOWN"
    EVERYTHING = "EVERYTHING"


class Source(Protocol):
    """Something that can be exported; `title` names the file and the sheet."""

    @property
    def title(self) -> str:
        """What is exported."""

    def words(self, which: Range) -> str:
        """What a range comprises, for the clerk who chooses."""

    def columns(self, which: Range) -> list[Column[Any]]:
        """The columns of a range, in their order."""

    def export(self, exporting: Exporting, job: Job, which: Range, done: Done, failed: Failed) -> None:
        """Have a range written."""


class TableSource:
    """A table; `subject` says whose it is, such as a customer number."""

    def __init__(self, table: Table[Any], subject: str = "") -> None:
        self.table = table
        self.title = f"{table.accessibleName()} {subject}".strip()

    def words(self, which: Range) -> str:
        """How many rows and columns."""
        rows, columns = self.table.rows.rowCount(), len(self.columns(which))
        return _("{rows}, {columns}").format(
            rows=ngettext("{count} row", "{count} rows", rows).format(count=formats.number(rows)),
            columns=ngettext("{count} column", "{count} columns", columns).format(count=formats.number(columns)),
        )

    def columns(self, which: Range) -> list[Column[Any]]:
        """Those that are shown, as they are shown; or all."""
        return self.table.shown_columns() if which is Range.SHOWN else list(self.table.rows.columns)

    def export(self, exporting: Exporting, job: Job, which: Range, done: Done, failed: Failed) -> None:  # noqa: ARG002
        """The rows in the order shown; a table has no others."""
        exporting.export_rows(job, self.table.rows.rows(), done, failed)


class ListSource:
    """The list of installations."""

    def __init__(self, panel: ListPanel) -> None:
        self._panel = panel
        self.title = _("Installations")

    def words(self, which: Range) -> str:
        """How many installations, and by what they were chosen."""
        if which is Range.EVERYTHING:
            count = self._panel.counts.all
            text = ngettext(
                "{count} installation, with e-mail address", "{count} installations, with e-mail address", count
            )
            return text.format(count=formats.number(count))
        count = self._panel.list.list_model.rowCount()
        text = ngettext("{count} installation", "{count} installations", count).format(count=formats.number(count))
        return " · ".join([text, *_chosen_by(self._panel.query)])

    def columns(self, which: Range) -> list[Column[Any]]:
        """Addresses only where everything is wanted."""
        return list(COLUMNS) if which is Range.SHOWN else [*COLUMNS, EMAIL]

    def export(self, exporting: Exporting, job: Job, which: Range, done: Done, failed: Failed) -> None:
        """What is searched for, or all installations in the same order."""
        query = self._panel.query
        if which is Range.EVERYTHING:
            query = ListQuery(query.day, sorting=query.sorting)
        exporting.export_list(job, query, done, failed)


def _chosen_by(query: ListQuery) -> list[str]:
    names = {Filter.ALL: "", Filter.OVER: _("over tariff"), Filter.PENDING: _("with a pending order")}
    parts = [names[query.filter]] if names[query.filter] else []
    if query.text.strip():
        parts.append(_("search “{text}”").format(text=query.text.strip()))
    return parts
