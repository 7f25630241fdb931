"""Many files at once, one customer each: every file is imported as a whole or not at all, and the rest goes on.

Files are read one after the other, and those of a group are written in one transaction: waiting for the disk after each
would take six times as long. A file that fails is undone alone; a crash loses the last group at most, of which nothing
was reported yet, and running the batch again finds everything else unchanged.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from model.account import Account, Limits
from model.errors import ModelError, StorageFault, StoreUnavailable
from model.import_archive import BatchFiles
from model.import_comparison import Difference, compare
from model.import_files import AS_RECOGNISED, Choices, read_sources
from model.import_naming import NameColumns, Named, NamePattern
from model.import_profile import ImportProfile, shipped_profiles
from model.import_result import HARMLESS, ImportedFile, RowWarning, SkippedRow
from model.import_source import Source
from model.installation import Additions
from model.refusals import ImportFault, ImportRefused, InvalidInput
from model.store import Store
from model.tariff import Edition, PriceList, Tariff

# So long that the disk's waiting is shared, so short that an order of another desk waits for a fraction of a second.
MOST_FILES_OF_A_GROUP = 20
MOST_OBJECTS_OF_A_GROUP = 2_000
MOST_TRIES = 6
MOST_SHOWN = 3
NONE_OVER = Limits(0, 0)


class Outcome(StrEnum):
    """What became of a file."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    NO_CUSTOMER = "NO_CUSTOMER"
    NOT_FITTING = "NOT_FITTING"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How a batch is imported.

    Customers who aren't there are created with the cheapest fitting tariff of `edition`, without one they are left out.
    A file with faulty rows is refused, or imported without them if `takes_faulty`.
    """

    rule: NamePattern | NameColumns
    edition: Edition | None = None
    takes_faulty: bool = False
    choices: Choices = AS_RECOGNISED


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file, or of two that belong together; counts are of extensions, `over` what is beyond (R12).

    `missing` are the customer's that the file doesn't hold: they stay (R13). `needs_pro` counts hints; of faulty rows
    and of warnings only the first are kept. `error` says why a file was refused, without any content (R37).
    """

    files: tuple[str, ...]
    outcome: Outcome
    number: str = ""
    name: str = ""
    tariff: str = ""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    needs_pro: int = 0
    over: Limits = NONE_OVER
    faulty: int = 0
    faults: tuple[SkippedRow, ...] = ()
    warned: int = 0
    warnings: tuple[RowWarning, ...] = ()
    error: ModelError | None = None


Tell = Callable[[Sequence[FileReport]], None]
# Hears how much of how much is done, and answers whether to go on.
GoesOn = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class Told:
    """A file of a batch as an example: whose it is, as far as that can be told."""

    file: str
    named: Named | None = None
    error: ModelError | None = None


@dataclass(frozen=True, slots=True)
class _Assigned:
    """A file of a customer's."""

    place: int
    named: Named


@dataclass(frozen=True, slots=True)
class _Ready:
    """A file, or two that belong together, read and waiting to be written."""

    files: tuple[str, ...]
    named: Named
    imported: ImportedFile

    @property
    def objects(self) -> int:
        return len(self.imported.extensions) + len(self.imported.devices)

    @property
    def faults(self) -> list[SkippedRow]:
        return [entry for entry in self.imported.skipped if entry.reason not in HARMLESS]


def examples(files: BatchFiles, options: BatchOptions, count: int) -> list[Told]:
    """Whose the first files would be."""
    return [_told(files, place, options) for place in range(min(count, len(files.names)))]


class Batch:
    """One run over the files of a folder or a zip; `tell` hears of each file once it is written for good.

    `now` is asked for each group (R34), `goes_on` before each file.
    """

    def __init__(
        self,
        store: Store,
        files: BatchFiles,
        options: BatchOptions,
        now: Callable[[], datetime],
        tell: Tell,
        goes_on: GoesOn,
    ) -> None:
        self._store = store
        self._files = files
        self._options = options
        self._now = now
        self._tell = tell
        self._goes_on = goes_on
        self._done = 0
        # Where a column tells the customer, every file is looked at twice.
        self._total = len(files.names) * (1 + isinstance(options.rule, NameColumns))

    def run(self) -> bool:
        """Import every file; False if it ended before the last one: what is done stays.

        Raises StoreUnavailable where nothing more can be written.
        """
        customers = self._customers()
        if customers is None:
            return False
        waiting: list[_Ready] = []
        for customer in customers:
            if not self._proceeds():
                return False
            self._done += len(customer)
            with _uncollected():
                waiting += self._read(customer)
                if _is_group(waiting):
                    self._write(waiting)
                    waiting = []
        self._write(waiting)
        return True

    def _proceeds(self) -> bool:
        return self._goes_on(self._done, self._total)

    # ------------------------------------------------------------------ whose file it is

    def _customers(self) -> list[list[_Assigned]] | None:
        """The files of each customer, in the order of the first; None if it isn't wanted any more."""
        found: dict[str, list[_Assigned]] = {}
        reads = isinstance(self._options.rule, NameColumns)
        for place, name in enumerate(self._files.names):
            if not self._proceeds():
                return None
            told = _told(self._files, place, self._options)
            self._done += reads + (told.named is None)
            if told.named:
                found.setdefault(told.named.key, []).append(_Assigned(place, told.named))
            elif told.error:
                self._refuse((name,), told.error)
            else:
                self._tell([FileReport((name,), Outcome.NOT_FITTING)])
        return list(found.values())

    # ------------------------------------------------------------------ reading

    def _read(self, customer: Sequence[_Assigned]) -> Iterator[_Ready]:
        """The first file of a customer with the one it belongs to; any other is refused."""
        first, *others = customer
        try:
            ready, others = self._first(first, others)
        except ModelError as error:
            self._refuse((self._files.names[first.place],), error, first.named)
        else:
            yield from self._sound(ready)
        for other in others:
            name = self._files.names[other.place]
            self._refuse((name,), ImportRefused(ImportFault.CUSTOMER_TWICE, file=name), other.named)

    def _first(self, first: _Assigned, others: list[_Assigned]) -> tuple[_Ready, list[_Assigned]]:
        """A customer's first file, with its other half if it has one, and the files that are left."""
        first.named.customer()
        source, imported = self._source(first)
        other = self._other_half(imported.profile, others)
        if other is None:
            return _Ready((self._files.names[first.place],), first.named, imported), others
        assigned, second = other
        together = read_sources([source, second], self._options.choices)
        names = self._files.names[first.place], self._files.names[assigned.place]
        return _Ready(names, first.named, together), [entry for entry in others if entry is not assigned]

    def _other_half(
        self, profile: ImportProfile | None, others: Sequence[_Assigned]
    ) -> tuple[_Assigned, Source] | None:
        """The file with the devices of a system that exports them apart, or the one with its extensions."""
        if profile is None or not _has_halves(profile, self._options.choices):
            return None
        for entry in others:
            try:
                source, imported = self._source(entry)
            except ModelError:
                continue
            found = imported.profile
            if found and found.system == profile.system and bool(found.serves) != bool(profile.serves):
                return entry, source
        return None

    def _source(self, assigned: _Assigned) -> tuple[Source, ImportedFile]:
        """A file; raises ImportRefused, also if it tells another customer by now."""
        source = self._files.read(assigned.place)
        imported = read_sources([source], self._options.choices)
        rule = self._options.rule
        if isinstance(rule, NameColumns) and rule.named(source, imported) != assigned.named:
            raise ImportRefused(ImportFault.CHANGED, file=self._files.names[assigned.place])
        return source, imported

    def _sound(self, ready: _Ready) -> Iterator[_Ready]:
        if ready.faults and not self._options.takes_faulty:
            self._tell([_report(ready, Outcome.REFUSED)])
        else:
            yield ready

    # ------------------------------------------------------------------ writing

    def _write(self, group: Sequence[_Ready]) -> None:
        """One transaction; while another program writes, it waits and tries again."""
        if not group:
            return
        for tried in range(1, MOST_TRIES + 1):
            try:
                reports = self._written(group)
            except StoreUnavailable as error:
                if error.fault is not StorageFault.BUSY or tried == MOST_TRIES or not self._proceeds():
                    raise
            else:
                self._tell(reports)
                return

    def _written(self, group: Sequence[_Ready]) -> list[FileReport]:
        now = self._now()
        with self._store.together():
            prices = self._store.prices_on(now.date())
            return [self._outcome(entry, prices, now) for entry in group]

    def _outcome(self, ready: _Ready, prices: PriceList, now: datetime) -> FileReport:
        try:
            found = self._store.find_customer(ready.named.number)
            if found is not None:
                return self._change(found, ready, now)
            if self._options.edition is None:
                return _report(ready, Outcome.NO_CUSTOMER)
            return self._create(ready, self._options.edition, prices, now)
        except InvalidInput as error:
            return replace(_report(ready, Outcome.REFUSED), error=_without_trace(error))

    def _create(self, ready: _Ready, edition: Edition, prices: PriceList, now: datetime) -> FileReport:
        customer, adding = ready.named.customer().checked(), ready.imported.additions
        tariff = _first_tariff(prices, edition, adding)
        self._store.create_installation(customer, tariff, now, adding)
        over = Limits(
            max(0, len(adding.extensions) - tariff.max_extensions), max(0, len(adding.devices) - tariff.max_devices)
        )
        report = replace(_report(ready, Outcome.CREATED), number=customer.customer_number, name=customer.name)
        return replace(report, over=over, tariff=tariff.name, new=len(adding.extensions))

    def _change(self, installation_id: int, ready: _Ready, now: datetime) -> FileReport:
        comparison = compare(self._store.account(installation_id), ready.imported)
        changes, counts = comparison.changes(), comparison.counts
        if changes:
            self._store.import_objects(installation_id, changes, now)
        account = self._store.account(installation_id) if changes else comparison.account
        return replace(
            _report(ready, Outcome.CHANGED if changes else Outcome.UNCHANGED, account, now),
            new=counts[Difference.NEW],
            changed=counts[Difference.CHANGED],
            unchanged=counts[Difference.UNCHANGED],
            missing=counts[Difference.MISSING],
        )

    def _refuse(self, files: tuple[str, ...], error: ModelError, named: Named | None = None) -> None:
        report = FileReport(files, Outcome.REFUSED, named.number if named else "", error=_without_trace(error))
        self._tell([report])


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is read of a file holds no cycles: to look for some in it again and again takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _told(files: BatchFiles, place: int, options: BatchOptions) -> Told:
    """Whose a file is; neither a name nor an error if the pattern doesn't fit it."""
    name, rule = files.names[place], options.rule
    if isinstance(rule, NamePattern):
        return Told(name, rule.named(name))
    try:
        source = files.read(place)
        return Told(name, rule.named(source, read_sources([source], options.choices)))
    except ImportRefused as error:
        error.file = error.file or name
        return Told(name, error=_without_trace(error))


def _is_group(waiting: Sequence[_Ready]) -> bool:
    objects = sum(entry.objects for entry in waiting)
    return len(waiting) >= MOST_FILES_OF_A_GROUP or objects >= MOST_OBJECTS_OF_A_GROUP


def _has_halves(profile: ImportProfile, choices: Choices) -> bool:
    known = choices.profiles if choices.profiles is not None else shipped_profiles()
    return any(other.system == profile.system and bool(other.serves) != bool(profile.serves) for other in known)


def _first_tariff(prices: PriceList, edition: Edition, adding: Additions) -> Tariff:
    """The cheapest that fits (R10); where none does, the largest: the PBX has the objects already (R12)."""
    fitting = prices.cheapest(edition, len(adding.extensions), len(adding.devices))
    return fitting or max(prices.editions(edition), key=lambda tariff: (tariff.max_extensions, tariff.max_devices))


def _report(ready: _Ready, outcome: Outcome, account: Account | None = None, now: datetime | None = None) -> FileReport:
    """What can be told of every file that was read; of the customer as it is now, if there is one."""
    known, imported, faults = account.installation if account else None, ready.imported, ready.faults
    return FileReport(
        ready.files,
        outcome,
        known.customer_number if known else ready.named.number,
        known.name if known else ready.named.name,
        over=account.uncovered(now.date()) if account and now else NONE_OVER,
        needs_pro=len(imported.hints),
        faulty=len(faults),
        faults=tuple(faults[:MOST_SHOWN]),
        warned=len(imported.warnings),
        warnings=imported.warnings[:MOST_SHOWN],
    )


def _without_trace(error: ModelError) -> ModelError:
    """The error alone: its trace would keep a file's whole content, secrets and all, as long as the report (R37)."""
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error
