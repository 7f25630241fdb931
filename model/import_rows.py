"""Reads the rows of a table with a system's profile: extensions with their devices, or devices with their lines."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from model.import_columns import NOWHERE, SAMPLE_ROWS, Columns, RowGuard, Sample, shown_value, source_file
from model.import_profile import ANY_VALUE, DeviceRule, HintRule, ImportProfile, NamedThings, shipped_profiles
from model.import_result import Collector, SkipReason, SourceFile, WarningReason, skip_reason
from model.import_table import Table
from model.installation import (
    LONGEST_NAME,
    DeviceKind,
    ExtensionKind,
    NewDevice,
    NewExtension,
    ProFeature,
    checked_mac,
    checked_number,
    checked_text,
    without_unseen,
)
from model.refusals import ImportFault, ImportRefused, InvalidInput

# Text that is surely fine as it is; anything else takes the long way.
PLAIN = re.compile(r"(?!')[0-9A-Za-zÀ-ÖØ-öø-ÿ.,&()/+'_:#-]+(?: [0-9A-Za-zÀ-ÖØ-öø-ÿ.,&()/+'_:#-]+)*")
PLAIN_NUMBER = re.compile(r"[0-9]{1,20}")
PLAIN_MAC = re.compile(r"[0-9a-f]{12}")
# 1,565E+09: what a spreadsheet makes of 001565000000 can't be turned back.
SPOILT_BY_SPREADSHEET = re.compile(r"[0-9]+(?:[.,][0-9]+)?E[+-]?[0-9]+", re.IGNORECASE)
FORMULA_OF_TEXT = re.compile(r'="(.*)"', re.DOTALL)
KEPT_AS_TEXT = re.compile(r"\A'(?=[=+@0-9-])")
LIST_ENTRY = re.compile(r"\s*\w+=\w*\s*")


def read_rows(table: Table, profile: ImportProfile, collector: Collector) -> SourceFile:
    """Take over every row of a table; a faulty one is skipped with its reason.

    Raises ImportRefused for a table without the column of the numbers, or with too many rows.
    """
    columns = Columns(table, profile)
    reader = LineReader(columns, collector) if profile.serves else ExtensionReader(columns, collector)
    columns.warn(collector, number=not profile.serves)
    for line, cells, lines in table.rows():
        if cells is None:
            reader.refuse(line)
        elif not any(cells) or not any(map(str.strip, cells)):
            collector.empty_rows += 1
        else:
            reader.read(line, cells, lines)
    return source_file(collector.file, columns, reader.sample)


class TableReader(ABC):
    """What both sorts of table have in common: sound rows, padded to the header's length, and their devices."""

    def __init__(self, columns: Columns, collector: Collector, lines: Sequence[int] = ()) -> None:
        profile = columns.profile
        self.columns = columns
        self.collector = collector
        self.width = columns.width
        self.numbers = [*columns.each(profile.number), *lines]
        self.hints = [(columns.first((hint.column,)), folded(hint.values), hint) for hint in profile.hints]
        shown = [*columns.each(profile.columns()), *lines]
        self.sample = Sample(shown)
        anchors = columns.each([title for rule in profile.devices for title in (*rule.mac, *rule.account)])
        self._guard = RowGuard(columns, shown, self.numbers, anchors, self._complete_lengths(lines))
        found = (_DeviceColumns(columns, rule) for rule in profile.devices)
        self._devices = [device for device in found if device.is_there]
        self._lists = columns.each(profile.lists)
        self._last_length = self._length_before = self.width
        self.in_doubt = self._is_short = False

    def read(self, line: int, cells: list[str], lines: int) -> None:
        """One filled row."""
        for place in self._lists:
            _join_list(cells, place)
        length, before = len(cells), self._length_before
        self._length_before = length
        self._is_short = length < self.width and not self._guard.is_usual(length)
        if (length != self.width or lines > 1 or self.in_doubt) and not self._is_sound(cells, lines, before):
            self.refuse(line)
            return
        if length < self.width:
            cells.extend([""] * (self.width - length))
        number = self.take(line, cells)
        if number is None:
            return
        self.in_doubt, self._last_length = False, length
        self.collector.read_rows += 1
        if length > self.width:
            self.collector.warn(line, WarningReason.ROW_TOO_LONG, number)
        if len(self.sample.rows) < SAMPLE_ROWS:
            self.sample.take(cells, self.width)

    def refuse(self, line: int) -> None:
        """A row whose cells can't be told apart; the next line may be the rest of one of them."""
        self.collector.skip(line, SkipReason.UNREADABLE)
        self.in_doubt = True

    def shown(self, cell: str) -> str:
        """As much of a cell as can be repeated; nothing where it may be the rest of another row's."""
        return "" if self.in_doubt or self._is_short else shown_value(cell, self.columns.table.delimiter)

    def _is_sound(self, cells: list[str], lines: int, before: int) -> bool:
        length = len(cells)
        if self.in_doubt and not (self._guard.is_usual(length) or length == self._last_length):
            return False
        if not any(cells[place].strip() for place in self.numbers if place < length):
            return True
        return self._guard.is_sound(cells, lines, before)

    @abstractmethod
    def take(self, line: int, cells: list[str]) -> str | None:
        """Take over a row as long as the header, at least; the number it is about, None if it was skipped."""

    def matching_hints(self, cells: list[str]) -> Iterator[tuple[HintRule, str]]:
        """The functions a row tells of that would need Pro, and what tells it."""
        for place, values, hint in self.hints:
            if place != NOWHERE and cells[place].strip().casefold() in values:
                yield hint, cells[place].strip() if hint.apps else self.columns.title(place)

    def add_devices(self, line: int, cells: list[str], numbers: tuple[str, ...], *, apps: bool) -> None:
        """The devices of a row."""
        for columns in self._devices:
            columns.add(line, cells, numbers, self.collector, apps=apps)

    def _complete_lengths(self, lines: Sequence[int]) -> list[int]:
        if len(lines) < 2:
            return []
        step = lines[1] - lines[0]
        return list(range(self.width, lines[0], -step)) if step > 0 else []


class ExtensionReader(TableReader):
    """Reads a table with one extension in each row."""

    def __init__(self, columns: Columns, collector: Collector) -> None:
        super().__init__(columns, collector)
        profile, kind = columns.profile, columns.profile.kind
        if not self.numbers:
            title = profile.number[0] if profile.number else ""
            raise ImportRefused(ImportFault.COLUMN_MISSING, columns.table.header_line, title)
        # A second header row may be in another language.
        self._titles = folded([title for known in (profile, *shipped_profiles()) for title in known.number])
        self._names = columns.groups(profile.name)
        self._kind = columns.first((kind.column,))
        self._users, self._resources = folded(kind.users), folded(kind.resources)
        self._left_out, self._without_device = folded(kind.left_out), folded(kind.without_device)
        self._persons = columns.each(kind.persons)
        self._things = NamedThings(kind.words)

    def take(self, line: int, cells: list[str]) -> str | None:
        """The extension of a row, with its devices and hints."""
        value = cells[self._kind].strip().casefold() if self._kind != NOWHERE else ""
        cell, place = self._number(cells)
        try:
            if value and value in self._left_out:
                self.collector.skip(line, SkipReason.NOT_AN_EXTENSION, self.shown(cell), self.columns.title(place))
                return None
            number = cell if PLAIN_NUMBER.fullmatch(cell) else checked_number(unwrapped(cell))
            self.collector.claim(number)
        except InvalidInput as error:
            self._skip(line, cell, place, skip_reason(error))
            return None
        try:
            name = self._name(line, cells, number)
        except InvalidInput:
            title = self.columns.title(self._names[0][0])
            self.collector.skip(line, SkipReason.NAME_UNUSABLE, number, title)
            return None
        kind, is_guessed = self._kind_of(value, cells, name)
        self.collector.add(line, NewExtension(number, name, kind), is_guessed=is_guessed)
        apps = self._hint(line, cells, number)
        if not (value and value in self._without_device):
            self.add_devices(line, cells, (number,), apps=apps)
        return number

    def _number(self, cells: list[str]) -> tuple[str, int]:
        """The first filled cell that can hold the number, and its place."""
        for place in self.numbers:
            cell = cells[place].strip()
            if cell:
                return cell, place
        return "", self.numbers[0]

    def _skip(self, line: int, cell: str, place: int, reason: SkipReason) -> None:
        if reason is SkipReason.NUMBER_FORM and " ".join(cell.split()).casefold() in self._titles:
            reason = SkipReason.HEADER_AGAIN
        self.collector.skip(line, reason, self.shown(cell), self.columns.title(place))

    def _name(self, line: int, cells: list[str], number: str) -> str:
        """The name, or else the number; raises InvalidInput."""
        given = joined(cells, self._names)
        if len(given) <= LONGEST_NAME and PLAIN.fullmatch(given):
            return given
        name, was_cleaned = cleaned(given)
        if was_cleaned:
            self.collector.warn(line, WarningReason.NAME_CLEANED, number, self.columns.title(self._names[0][0]))
        if not name:
            self.collector.warn(line, WarningReason.NAME_MISSING, number)
        return checked_text("name", name or number)

    def _kind_of(self, value: str, cells: list[str], name: str) -> tuple[ExtensionKind, bool]:
        """User or resource, and whether only the name tells."""
        if value and (value in self._resources or ANY_VALUE in self._resources):
            return ExtensionKind.RESOURCE, False
        if self._persons:
            is_person = any(cells[place].strip() for place in self._persons)
            return ExtensionKind.USER if is_person else ExtensionKind.RESOURCE, False
        if value not in self._users and self._things.has(name):
            return ExtensionKind.RESOURCE, True
        return ExtensionKind.USER, False

    def _hint(self, line: int, cells: list[str], number: str) -> bool:
        """Note the functions that would need Pro; whether the row's devices are apps."""
        if not self.hints:
            return False
        found: dict[ProFeature, str] = {}
        apps = False
        for hint, name in self.matching_hints(cells):
            found.setdefault(hint.feature, name)
            apps = apps or hint.apps
        for feature, name in found.items():
            self.collector.hint(line, feature, name, number)
        return apps


class LineReader(TableReader):
    """Reads a table with one device in each row, whose lines name the extensions it serves."""

    def __init__(self, columns: Columns, collector: Collector) -> None:
        title = columns.profile.serves.casefold()
        further = (f"{title}|{line}" for line in range(2, columns.width + 1))
        super().__init__(columns, collector, columns.each([title, *further]))

    def take(self, line: int, cells: list[str]) -> str | None:
        """The device of a row, with its hints."""
        title = self.columns.profile.serves.casefold()
        if self.numbers and cells[self.numbers[0]].strip().casefold() == title:
            self.collector.skip(line, SkipReason.HEADER_AGAIN)
            return None
        numbers = tuple(dict.fromkeys(self._served(line, cells)))
        hints = list(self.matching_hints(cells))
        self.add_devices(line, cells, numbers, apps=any(hint.apps for hint, _name in hints))
        for hint, name in hints:
            for number in numbers or ("",):
                self.collector.hint(line, hint.feature, name, number)
        return numbers[0] if numbers else ""

    def _served(self, line: int, cells: list[str]) -> Iterator[str]:
        for place in self.numbers:
            cell = cells[place].strip()
            try:
                if cell:
                    yield checked_number(unwrapped(cell))
            except InvalidInput:
                self.collector.warn(line, WarningReason.LINE_UNUSABLE, self.shown(cell), self.columns.title(place))


class _DeviceColumns:
    """Where one device of a row is."""

    def __init__(self, columns: Columns, rule: DeviceRule) -> None:
        self._rule = rule
        self._columns = columns
        self._mac = columns.first(rule.mac)
        self._account = columns.first(rule.account)
        self._names = columns.groups(rule.name)
        self._is_certain = bool(columns.profile.serves)

    @property
    def is_there(self) -> bool:
        """Whether a row of this table can have such a device."""
        places = {self._mac, self._account}
        return self._is_certain or places != {NOWHERE} or (bool(self._names) and self._rule.named)

    def add(self, line: int, cells: list[str], numbers: tuple[str, ...], collector: Collector, *, apps: bool) -> None:
        """The device, if there is one; what can't be used is warned of with its cell."""
        cell = cells[self._mac].strip() if self._mac != NOWHERE else ""
        account = cells[self._account].strip() if self._account != NOWHERE else ""
        mac, account = self._address(cell, account)
        name = joined(cells, self._names)
        if not (cell or account or self._is_certain or (name and self._rule.named)):
            return
        name = name or account or formatted(mac) or next(iter(numbers), "")
        if cell and not mac and not account:
            value, title = shown_value(cell, self._columns.table.delimiter), self._columns.title(self._mac)
            collector.warn(line, WarningReason.MAC_UNUSABLE, value, title)
        is_app = apps or (self._rule.apps and not mac and bool(account))
        kind = DeviceKind.APP if is_app else DeviceKind.IP_PHONE
        self._add(line, NewDevice(name, kind, mac, numbers), account, collector)

    def _add(self, line: int, device: NewDevice, account: str, collector: Collector) -> None:
        try:
            if len(device.name) > LONGEST_NAME or not PLAIN.fullmatch(device.name):
                name, _was_cleaned = cleaned(device.name)
                if not name and not device.mac and not self._is_certain:
                    return
                device = replace(device, name=checked_text("name", name or formatted(device.mac)))
        except InvalidInput:
            collector.warn(line, WarningReason.DEVICE_UNUSABLE, device.extensions[0] if device.extensions else "")
            return
        key = f"mac {device.mac}" if device.mac else f"account {account}" if account else ""
        collector.add_device(line, device, key)

    def _address(self, cell: str, account: str) -> tuple[str, str]:
        """The MAC address in a cell, or the account of an app; both "" if it is neither."""
        if PLAIN_MAC.fullmatch(cell) and len(set(cell)) > 1:
            return cell, account
        if not cell:
            return "", account
        try:
            return checked_mac(unwrapped(cell)), account
        except InvalidInput:
            is_account = self._rule.apps and not SPOILT_BY_SPREADSHEET.fullmatch(cell)
            return "", cell if is_account else account


def joined(cells: list[str], groups: Iterable[Sequence[int]]) -> str:
    """The cells of the first group of places that has a filled one."""
    for places in groups:
        if len(places) == 1:
            text = cells[places[0]].strip()
        else:
            text = " ".join([cells[place].strip() for place in places]).strip()
        if text:
            return text
    return ""


def folded(words: Sequence[str]) -> frozenset[str]:
    """The words, casefolded."""
    return frozenset(word.casefold() for word in words)


def formatted(mac: str) -> str:
    """00:15:65:AA:00:01 from twelve digits."""
    return ":".join(mac[place : place + 2] for place in range(0, len(mac), 2)).upper()


def unwrapped(cell: str) -> str:
    """A cell without what keeps a spreadsheet from taking it for a number: ="007" or '007."""
    found = FORMULA_OF_TEXT.fullmatch(cell)
    return found[1] if found else KEPT_AS_TEXT.sub("", cell)


def cleaned(text: str) -> tuple[str, bool]:
    """A name in one line, without what nobody sees; and whether anything unseen was left out."""
    text = " ".join(unwrapped(text).split())
    if len(text) > 4 * LONGEST_NAME:
        return text, False
    name = without_unseen(text)
    return name, name != text


def _join_list(cells: list[str], place: int) -> None:
    """Put together again the entries of a list that wasn't quoted."""
    if place < len(cells) and LIST_ENTRY.fullmatch(cells[place]):
        while place + 1 < len(cells) and LIST_ENTRY.fullmatch(cells[place + 1]):
            cells[place] += "," + cells.pop(place + 1)
