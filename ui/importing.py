"""Reads files to be imported and compares them with a customer, beside everything else: both may take long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject

from model.errors import ModelError
from model.import_comparison import Comparison, ImportChanges, compare
from model.import_files import Choices, files_of_one_system, look_at, read_import
from model.import_kept import KeptImport
from model.import_preview import Preview, preview, remarks
from model.import_profile import ImportProfile, shipped_profiles
from model.import_result import ImportedFile, SourceFile
from model.store import Store
from ui.background import Background
from ui.comparison_rows import ComparedRows, compared_rows
from ui.import_tables import CreatedLine, Note, created_lines, notes

Failed = Callable[[ModelError], None]


@dataclass(frozen=True, slots=True)
class Read:
    """Files as they were read with a clerk's choices; `paths` is empty for what came from a running system."""

    paths: tuple[Path, ...]
    choices: Choices
    profiles: tuple[ImportProfile, ...]
    imported: ImportedFile
    preview: Preview
    created: list[CreatedLine]
    notes: list[Note]


@dataclass(frozen=True, slots=True)
class Compared:
    """An import beside a customer; `changes` is what it would write if nothing was ticked."""

    comparison: Comparison
    changes: ImportChanges
    table: ComparedRows
    notes: list[Note]


class Importing(QObject):
    """Two threads of its own, so that a large file holds up nothing; of several askings the newest counts."""

    def __init__(self, store: Store, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._reading = Background("importing", self)
        self._comparing = Background("comparing", self)

    def sort_out(self, paths: Sequence[Path], done: Callable[[tuple[Path, ...]], None], failed: Failed) -> None:
        """Which files to read as one import; empty for a folder or an archive of many customers."""
        self._reading.run(lambda: files_of_one_system(paths), done, failed)

    def read(self, paths: Sequence[Path], choices: Choices, done: Callable[[Read], None], failed: Failed) -> None:
        """Read files with everything known of systems, and what would become of them."""
        self._reading.run_newest(lambda: self._read(tuple(paths), choices), done, failed)

    def prepare(self, imported: ImportedFile, done: Callable[[Read], None], failed: Failed) -> None:
        """The same for what was read elsewhere."""
        self._reading.run(lambda: _read((), Choices(), (), imported), done, failed)

    def look_at(self, path: Path, choices: Choices, done: Callable[[SourceFile], None], failed: Failed) -> None:
        """An unknown table's titles and first rows."""
        self._comparing.run(lambda: look_at(path, choices), done, failed)

    def profiles(self, done: Callable[[tuple[ImportProfile, ...]], None], failed: Failed) -> None:
        """The profiles clerks have made."""
        self._comparing.run(self._store.profiles.all, done, failed)

    def compare(
        self, number: str, imported: ImportedFile, done: Callable[[Compared | None], None], failed: Failed
    ) -> None:
        """What was read beside what a customer has; None if nobody has this number."""

        def work() -> Compared | None:
            found = self._store.find_customer(number)
            if found is None:
                return None
            account = self._store.account(found)
            known = [entry.number for entry in account.extensions]
            return _compared(compare(account, imported), notes(remarks(imported, known)))

        self._comparing.run_newest(work, done, failed)

    def compare_kept(
        self,
        installation_id: int,
        seq: int,
        done: Callable[[tuple[KeptImport, Compared] | None], None],
        failed: Failed,
    ) -> None:
        """What there was before an import beside what there is; None if that is kept no longer."""

        def work() -> tuple[KeptImport, Compared] | None:
            kept = self._store.kept_import(installation_id, seq)
            return None if kept is None else (kept, _compared(kept.compare(self._store.account(installation_id)), []))

        self._comparing.run(work, done, failed)

    def close(self) -> None:
        """Nobody waits for an answer any more."""
        self._reading.close(finish=False)
        self._comparing.close(finish=False)

    def _read(self, paths: tuple[Path, ...], choices: Choices) -> Read:
        known = (*self._store.profiles.all(), *shipped_profiles())
        tried = choices if choices.profiles or choices.profile else replace(choices, profiles=known)
        return _read(paths, choices, known, read_import(paths, tried))


def _read(paths: tuple[Path, ...], choices: Choices, known: tuple[ImportProfile, ...], imported: ImportedFile) -> Read:
    found = preview(imported)
    return Read(paths, choices, known, imported, found, created_lines(found), notes(found))


def _compared(comparison: Comparison, remarked: list[Note]) -> Compared:
    return Compared(comparison, comparison.changes(), compared_rows(comparison), remarked)
