"""What was typed about customers and isn't saved: kept for each until it is saved or taken back."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from PySide6.QtCore import QObject, Signal

from model.errors import ModelError
from model.installation import Customer


@dataclass(frozen=True, slots=True)
class Draft:
    """`typed` where there was `before`; `refused` says why it couldn't be saved."""

    before: Customer
    typed: Customer
    refused: ModelError | None = None

    def on(self, held: Customer) -> Draft:
        """The same on what is held now: another clerk's change is never written back."""
        changed = {
            field.name: getattr(self.typed, field.name)
            for field in fields(Customer)
            if getattr(self.typed, field.name) != getattr(self.before, field.name)
        }
        return replace(self, before=held, typed=replace(held, **changed))


class Drafts(QObject):
    """The drafts by installation; `changed` when there is one more or less."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drafts: dict[int, Draft] = {}

    def of(self, installation_id: int) -> Draft | None:
        """What was typed for an installation, if anything."""
        return self._drafts.get(installation_id)

    def all(self) -> dict[int, Draft]:
        """Every draft, the oldest first."""
        return dict(self._drafts)

    def keep(self, installation_id: int, draft: Draft) -> None:
        """What was typed now; what is as it was before is no draft any more."""
        if draft.typed != draft.before:
            self._drafts[installation_id] = draft
        else:
            self._drafts.pop(installation_id, None)
        self.changed.emit()

    def saved(self, installation_id: int, typed: Customer) -> None:
        """What was typed is saved; what was typed since stays a draft."""
        draft = self._drafts.get(installation_id)
        if draft is not None:
            self.keep(installation_id, Draft(typed, draft.typed).on(typed.checked()))

    def refused(self, installation_id: int, error: ModelError) -> None:
        """It couldn't be saved, and why."""
        draft = self._drafts.get(installation_id)
        if draft is not None:
            self.keep(installation_id, replace(draft, refused=error))

    def take_over(self, earlier: Drafts) -> None:
        """Those of a window that this one takes the place of."""
        self._drafts |= earlier.all()
        self.changed.emit()

    def discard(self) -> None:
        """The clerk doesn't want them."""
        self._drafts.clear()
        self.changed.emit()
