"""An import beside what a customer has: filters, ticks for what is to be removed, kinds that were guessed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from model.account import Limits
from model.import_comparison import Comparison, Difference
from model.installation import ExtensionKind
from ui import formats, labels
from ui.comparison_rows import ComparedRow, Key, right_words
from ui.i18n import _
from ui.importing import Compared
from ui.table import Table
from ui.table_model import Column, TableModel
from ui.widgets import button, label, set_tone, wrapped

MOST_NAMED = 5
FILTER_NAMES = {
    None: "comparisonAll",
    Difference.NEW: "comparisonNew",
    Difference.CHANGED: "comparisonChanged",
    Difference.MISSING: "comparisonMissing",
    Difference.UNCHANGED: "comparisonUnchanged",
}
ICONS = {
    Difference.NEW: ("plus", "success"),
    Difference.CHANGED: ("pencil", "info"),
    Difference.MISSING: ("triangle-alert", "warning"),
    Difference.UNCHANGED: ("check", "muted"),
}


class ComparisonPanel(QWidget):
    """`changed` when something was ticked or switched; what was stays by number when the rows are compared again."""

    changed = Signal()

    def __init__(self, left: Callable[[], str], right: Callable[[], str]) -> None:
        super().__init__()
        self.kinds: dict[str, ExtensionKind] = {}
        self.ticked: frozenset[Key] = frozenset()
        self.compared: Compared | None = None
        self._shown: Difference | None = None
        self._filters = self._make_filters()
        self.table = self._make_table(left, right)
        self._switch = button(_("Switch &kind"), "comparisonSwitchKind", self._switch_kinds)
        self._removal = wrapped(label(name="comparisonRemoval"))
        self._put_together()

    @property
    def removing(self) -> frozenset[str]:
        """The numbers that are ticked."""
        return frozenset(str(key) for sort, key in self.ticked if sort == "extension")

    @property
    def removing_devices(self) -> frozenset[int]:
        """The ids of the devices that are ticked."""
        return frozenset(int(key) for sort, key in self.ticked if sort == "device")

    def show_compared(self, compared: Compared) -> None:
        """Show a comparison; ticks at what is no longer missing are gone."""
        self.compared = compared
        self.ticked &= compared.table.missing
        self._show_counts()
        self._show_rows()
        self._show_removal()
        self.table.show_column("hints", shown=compared.table.has_hints)
        self._switch.setVisible(compared.table.can_switch)

    def tick(self, extensions: Collection[str], devices: Collection[int]) -> None:
        """Tick what is missing of these."""
        wanted: set[Key] = {("extension", number) for number in extensions} | {("device", key) for key in devices}
        self._tick(self.ticked | wanted)

    # ------------------------------------------------------------------ what is shown

    def _show_counts(self) -> None:
        table = self.compared.table if self.compared else None
        titles = {
            None: _("All {count}"),
            Difference.NEW: _("New {count}"),
            Difference.CHANGED: _("Changed {count}"),
            Difference.MISSING: _("Missing {count}"),
            Difference.UNCHANGED: _("Unchanged {count}"),
        }
        for which, made in self._filters.items():
            count = 0 if table is None else len(table.rows) if which is None else table.counts[which]
            made.setText(titles[which].format(count=formats.number(count)))

    def _show_rows(self) -> None:
        rows = self.compared.table.rows if self.compared else []
        self.table.set_rows(rows if self._shown is None else [row for row in rows if row.difference is self._shown])

    def _show_removal(self) -> None:
        """What is removed, and what goes along with it."""
        if self.compared is None or not self.ticked:
            missing = self.compared is not None and bool(self.compared.table.missing)
            set_tone(self._removal, "muted")
            self._removal.setText(_("What is missing stays unless you tick it.") if missing else "")
            self._removal.setVisible(missing)
            return
        numbers, ticked = self.removing, self.removing_devices
        along = self.compared.comparison.devices_along(numbers)
        devices = ticked.union(device.id for device in along)
        text = _("Will be removed: {objects}.").format(objects=labels.counts(Limits(len(numbers), len(devices))))
        names = _features_along(self.compared.comparison, numbers)
        names += [labels.thing(device) for device in along if device.id not in ticked]
        if names:
            text += " " + _("These go along: {names}.").format(names=_few(names))
        set_tone(self._removal, "warning")
        self._removal.setText(text)
        self._removal.show()

    # ------------------------------------------------------------------ what the clerk does

    def _filter(self, which: Difference | None, on: bool) -> None:
        if on:
            self._shown = which
            self._show_rows()

    def _toggle(self, rows: list[ComparedRow]) -> None:
        """All of them on, unless they are."""
        keys = {row.key for row in rows}
        self._tick(self.ticked - keys if keys <= self.ticked else self.ticked | keys)

    def _tick(self, keys: frozenset[Key]) -> None:
        self.ticked = keys & self.compared.table.missing if self.compared else frozenset()
        self._tell()

    def _switch_kinds(self) -> None:
        """A user becomes a resource, and the other way round."""
        for row in self.table.selected_rows():
            kind = self._kind(row)
            if kind is not None:
                other = ExtensionKind.USER if kind is ExtensionKind.RESOURCE else ExtensionKind.RESOURCE
                self.kinds[row.number] = other
        self._tell()

    def _tell(self) -> None:
        self.table.rows.refresh()
        self._show_removal()
        self.changed.emit()

    def _kind(self, row: ComparedRow) -> ExtensionKind | None:
        """The kind a row would be created with; None where it can't be chosen."""
        entry = row.extension
        if entry is None or entry.told is None or not row.can_switch:
            return None
        return self.kinds.get(row.number, entry.told.kind)

    # ------------------------------------------------------------------ how it is put together

    def _make_filters(self) -> dict[Difference | None, QPushButton]:
        group, made = QButtonGroup(self), {}
        for which, name in FILTER_NAMES.items():
            chip = QPushButton()
            chip.setObjectName(name)
            chip.setCheckable(True)
            chip.setAutoDefault(False)
            chip.setProperty("filter", "true")
            chip.setChecked(which is None)
            chip.toggled.connect(partial(self._filter, which))
            group.addButton(chip)
            made[which] = chip
        return made

    def _make_table(self, left: Callable[[], str], right: Callable[[], str]) -> Table[ComparedRow]:
        columns = (
            Column[ComparedRow](
                "state",
                lambda: _("Comparison"),
                lambda row: row.state,
                sort=lambda row: row.ranks["state"],
                icon=lambda row: ICONS[row.difference],
                check=lambda row: row.key in self.ticked if row.is_missing else None,
            ),
            Column[ComparedRow](
                "number", lambda: _("No."), lambda row: row.number, sort=lambda row: row.ranks["number"], numeric=True
            ),
            Column[ComparedRow]("left", left, lambda row: row.left or "–", sort=lambda row: row.ranks["left"]),
            Column[ComparedRow](
                "right",
                right,
                lambda row: right_words(row, self.kinds.get(row.number)) or "–",
                sort=lambda row: row.ranks["right"],
            ),
            Column[ComparedRow](
                "hints", lambda: _("Would need Pro"), lambda row: row.hints or "–", sort=lambda row: row.ranks["hints"]
            ),
        )
        model = TableModel(columns, lambda row: row.key)
        table = Table[ComparedRow](
            "comparisonTable", _("Comparison"), model, lambda: _("There is nothing of this sort.")
        )
        table.fit_columns({"state": 33, "number": 7, "left": 41, "right": 41})
        model.ticked.connect(self._toggle)
        return table

    def _put_together(self) -> None:
        chips, below = QHBoxLayout(), QHBoxLayout()
        chips.setSpacing(6)
        for chip in self._filters.values():
            chips.addWidget(chip)
        chips.addStretch(1)
        below.addWidget(self._removal, 1)
        below.addStretch(0)
        below.addWidget(self._switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(chips)
        column.addWidget(self.table, 1)
        column.addLayout(below)
        self.table.selectionModel().selectionChanged.connect(self._show_switch)
        self.table.rows.modelReset.connect(self._show_switch)
        self._show_counts()
        self._show_removal()
        self._show_switch()

    def _show_switch(self) -> None:
        """Only as far as one is found: many rows may be selected."""
        chosen = self.table.selectionModel().selection()
        ranges = (chosen.at(place) for place in range(chosen.count()))
        rows = (self.table.rows.row(place) for part in ranges for place in range(part.top(), part.bottom() + 1))
        self._switch.setEnabled(any(self._kind(row) is not None for row in rows))


def _features_along(comparison: Comparison, numbers: frozenset[str]) -> list[str]:
    removed = (entry for entry in comparison.extensions if entry.number in numbers)
    return [labels.feature_use(use) for entry in removed for use in entry.features]


def _few(names: list[str]) -> str:
    """As many names as fit a line or two."""
    rest = len(names) - MOST_NAMED
    more = [_("{count} more").format(count=formats.number(rest))] if rest > 0 else []
    return labels.listed([*names[:MOST_NAMED], *more])
