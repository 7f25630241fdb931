"""Reads the exports of a telephone system; which one it is, is told by their content. Nothing is written here.

Which columns mean what is data: one TOML file for each sort of table in `resources/import/`. Asterisk's configuration,
which is no table, is read by `import_asterisk`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from model.import_asterisk import asterisk_files, read_asterisk
from model.import_asterisk_config import is_configuration
from model.import_asterisk_objects import SYSTEM as ASTERISK
from model.import_columns import unknown_table
from model.import_profile import ImportProfile, shipped_profiles
from model.import_result import Collector, ImportedFile, SourceFile, WarningReason
from model.import_rows import read_rows
from model.import_source import Source, Text, read_source, read_text
from model.import_table import Table, find_tables
from model.refusals import ImportFault, ImportRefused

MOST_FILES = 20
ARCHIVE_SUFFIX = ".zip"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a clerk set instead of what would be recognised; `profiles` are tried instead of the shipped ones."""

    encoding: str | None = None
    delimiter: str | None = None
    profile: ImportProfile | None = None
    profiles: tuple[ImportProfile, ...] | None = None


AS_RECOGNISED = Choices()


def read_import(paths: Path | Sequence[Path], choices: Choices = AS_RECOGNISED) -> ImportedFile:
    """Read the files of one telephone system.

    A faulty row is skipped with its reason. Raises ImportRefused for a file that can't be read, comes from no known
    system or has no rows; nothing of its content is in the exception (R37).
    """
    chosen = [paths] if isinstance(paths, Path) else list(paths)
    if len(chosen) > MOST_FILES:
        raise ImportRefused(ImportFault.TOO_MANY_FILES)
    return read_sources([read_source(path) for path in chosen], choices)


def files_of_one_system(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The files to be read as one import; of the folder of an Asterisk those that say what it has.

    Empty for any other folder and for an archive: what is in them are many customers' files.
    """
    if len(paths) != 1:
        return tuple(paths)
    (path,) = paths
    if path.is_dir():
        return asterisk_files(path)
    return () if path.suffix.casefold() == ARCHIVE_SUFFIX else (path,)


def read_sources(sources: Sequence[Source], choices: Choices = AS_RECOGNISED) -> ImportedFile:
    """The same with the files' content."""
    if not sources:
        raise ImportRefused(ImportFault.MISSING)
    texts = [(source, _text(source, choices)) for source in sources]
    configurations = [] if choices.profile else [source for source, text in texts if is_configuration(text)]
    if configurations and len(configurations) < len(texts):
        raise ImportRefused(ImportFault.MIXED, file=configurations[0].name)
    collector = Collector()
    if configurations:
        with _in_file(sources[0].name):
            described = read_asterisk(texts, collector, lambda content: read_text(content, choices.encoding))
        system, profile = ASTERISK, None
    else:
        described, profile = _read_tables(texts, collector, choices)
        system = profile.system
    if not (collector.read_rows or collector.skipped):
        raise ImportRefused(ImportFault.NO_ROWS, file=sources[0].name)
    return collector.imported(system, described, profile)


def look_at(path: Path, choices: Choices = AS_RECOGNISED) -> SourceFile:
    """An unknown table's titles and first rows, for choosing its columns; what is called a secret is blanked (R37).

    Raises ImportRefused for what is no table.
    """
    source = read_source(path)
    with _in_file(source.name):
        return unknown_table(source.name, find_tables(_text(source, choices), choices.delimiter)[0])


def _text(source: Source, choices: Choices) -> Text:
    with _in_file(source.name):
        return read_text(source.content, choices.encoding)


@contextmanager
def _in_file(name: str) -> Iterator[None]:
    """A refusal says in which file."""
    try:
        yield
    except ImportRefused as refused:
        refused.file = refused.file or name
        raise


def _read_tables(
    texts: Sequence[tuple[Source, Text]], collector: Collector, choices: Choices
) -> tuple[tuple[SourceFile, ...], ImportProfile]:
    """Every table with its own profile, those with extensions first."""
    found = []
    for source, text in texts:
        with _in_file(source.name):
            found.append((source.name, *_recognised(text, choices)))
    first = min((profile for _name, _table, profile in found), key=lambda profile: bool(profile.serves))
    described = []
    for name, table, profile in sorted(found, key=lambda entry: bool(entry[2].serves)):
        with _in_file(name):
            if profile.system != first.system:
                raise ImportRefused(ImportFault.MIXED)
            collector.file = name
            described.append(read_rows(table, profile, collector))
    _warn_of_missing_files(found, collector, choices)
    return tuple(described), first


def _recognised(text: Text, choices: Choices) -> tuple[Table, ImportProfile]:
    """The table with the line as its header, and the system, that have most of the known titles."""
    tables = find_tables(text, choices.delimiter)
    if choices.profile:
        known = choices.profile
        return max(tables, key=lambda table: len(known.recognised_by(table.titles))), known
    profiles = choices.profiles if choices.profiles is not None else shipped_profiles()
    matches = [
        (table, profile, hits)
        for table in tables
        for profile in profiles
        if (hits := profile.recognised_by(table.titles))
    ]
    inventories = [match for match in matches if not match[1].is_phone_book]
    if inventories:
        table, profile, _hits = max(inventories, key=lambda match: (-match[0].header_line, len(match[2])))
        return table, profile
    if matches:
        raise ImportRefused(ImportFault.PHONE_BOOK, cell=", ".join(matches[0][2]))
    raise ImportRefused(ImportFault.UNKNOWN)


def _warn_of_missing_files(
    found: Sequence[tuple[str, Table, ImportProfile]], collector: Collector, choices: Choices
) -> None:
    """Remark that a system's extensions and devices come in files of their own, and one of them is not here."""
    name, table, profile = found[0]
    known = choices.profiles if choices.profiles is not None else shipped_profiles()
    read = {entry[2] for entry in found}
    for other in known:
        if other.system == profile.system and other not in read and other.number != profile.number:
            collector.file = name
            title = other.needs[0] if other.needs else ""
            collector.warn(table.header_line, WarningReason.FILE_MISSING, cell=title)
