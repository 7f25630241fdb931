"""Reads an Asterisk's configuration: endpoints with their devices, queues, menus and conferences of the dial plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from model.import_asterisk_config import ConfigReader, Entry, Section
from model.import_asterisk_dialplan import DialPlan, Found
from model.import_asterisk_objects import LONGEST_VALUE, YES, Endpoint, note_mailbox, take_endpoint, take_thing
from model.import_result import Collector, SourceFile, WarningReason
from model.import_source import Source, Text
from model.installation import NUMBER, ProFeature
from model.refusals import ImportFault, ImportRefused

# All that is ever kept of a section; passwords are not among it (R37).
KEPT = frozenset({"type", "callerid", "auth", "outbound_auth", "username", "webrtc"})


class Role(StrEnum):
    """What a configuration file is for; the value is what its name says."""

    DIAL_PLAN = "extensions"
    ENDPOINTS = "pjsip"
    QUEUES = "queues"
    VOICEMAIL = "voicemail"


# What tells a file's role where its name doesn't; the first that is found counts.
MARKS = {
    Role.DIAL_PLAN: re.compile(r"^[ \t]*(?:exten|same)[ \t]*=", re.MULTILINE),
    Role.ENDPOINTS: re.compile(r"^[ \t]*type[ \t]*=[ \t]*(?:endpoint|auth|aor|transport|identify)", re.MULTILINE),
    Role.QUEUES: re.compile(r"^[ \t]*(?:member|strategy)[ \t]*=", re.MULTILINE),
    Role.VOICEMAIL: re.compile(r"^[ \t]*[0-9]+[ \t]*=>?[ \t]*[0-9-]*,", re.MULTILINE),
}
SHOWN_MARKS = {
    Role.DIAL_PLAN: "exten =>",
    Role.ENDPOINTS: "type=endpoint",
    Role.QUEUES: "member =>",
    Role.VOICEMAIL: "1101 => …,",
}
SECRETS = {Role.ENDPOINTS: ("password",), Role.VOICEMAIL: ("PIN",)}


@dataclass(frozen=True, slots=True)
class _File:
    source: Source
    text: Text
    role: Role | None

    def described(self) -> SourceFile:
        """The file as it was recognised."""
        if self.role is None:
            return SourceFile(self.source.name, (), self.text.encoding)
        secrets = SECRETS.get(self.role, ())
        return SourceFile(self.source.name, (SHOWN_MARKS[self.role],), self.text.encoding, secret_columns=secrets)


@dataclass(slots=True)
class _Object:
    """A section of pjsip.conf with what is kept of it."""

    head: Section
    values: dict[str, str] = field(default_factory=dict)


def read_asterisk(
    sources: Iterable[tuple[Source, Text]], collector: Collector, decode: Callable[[bytes], Text]
) -> tuple[SourceFile, ...]:
    """Take over what the files of one Asterisk hold; one that another of them includes is read where it is included.

    Raises ImportRefused for two files of one name, and for what takes too much to read.
    """
    files = [_File(source, text, _role(source.name, text)) for source, text in sources]
    if not any(file.role for file in files):
        raise ImportRefused(ImportFault.UNKNOWN)
    if len({file.source.name for file in files}) < len(files):
        raise ImportRefused(ImportFault.MIXED)
    config = ConfigReader(collector, tuple(file.source for file in files), decode)
    reader = _Reader(collector)
    # An including file comes first, so that what it includes is read in its place.
    for file in sorted(files, key=lambda file: b"#include" not in file.source.content):
        if file.source.name not in config.read:
            reader.begin(file.role)
            for part in config.parts(file.source):
                reader.take(part)
    reader.finish()
    return tuple(file.described() for file in files)


def asterisk_files(folder: Path) -> tuple[Path, ...]:
    """The files of the one Asterisk in a folder, by their names; empty if it has none, or those of several."""
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return ()
    found = {role: [name for name in names if name.casefold().endswith(f"{role}.conf")] for role in Role}
    if len(found[Role.ENDPOINTS]) != 1:
        return ()
    return tuple(folder / entries[0] for entries in found.values() if len(entries) == 1)


class _Endpoints:
    """The sections of pjsip.conf; several may have the same name, told apart by their type."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._objects: list[_Object] = []
        self._by_name: dict[str, _Object] = {}
        self._by_type: dict[tuple[str, str], _Object] = {}
        self._current = _Object(Section("", 0, ""))

    def section(self, head: Section) -> None:
        """Another section begins, with what its templates have; an addition goes on with an earlier one."""
        if head.is_addition:
            wanted = (head.name, head.wanted_type)
            known = self._by_type.get(wanted) if head.wanted_type else self._by_name.get(head.name)
            if known is None:
                self._collector.warn(head.line, WarningReason.TEMPLATE_MISSING, head.name[:LONGEST_VALUE])
            self._current = known or _Object(head)
            return
        self._current = _Object(head)
        for name in head.takes_from:
            template = self._by_name.get(name)
            if template is None:
                self._collector.warn(head.line, WarningReason.TEMPLATE_MISSING, name[:LONGEST_VALUE])
            else:
                self._current.values.update(template.values)
        self._objects.append(self._current)
        self._by_name.setdefault(head.name, self._current)
        self._note_type()

    def entry(self, entry: Entry) -> None:
        """A key of the section; of one that is there twice the last counts."""
        if entry.key in KEPT:
            self._current.values[entry.key] = entry.value
            if entry.key == "type":
                self._note_type()

    def add_to(self, names: dict[str, str]) -> None:
        """Every endpoint as an extension with its device; `names` are those of the mailboxes, by number."""
        users = {
            entry.head.name: entry.values.get("username", "")
            for entry in self._objects
            if entry.values.get("type") == "auth" and not entry.head.is_template
        }
        for entry in self._objects:
            if entry.values.get("type") == "endpoint" and not entry.head.is_template:
                self._collector.file = entry.head.file
                self._add(entry, names, users)

    def _note_type(self) -> None:
        kind = self._current.values.get("type")
        if kind:
            self._by_type.setdefault((self._current.head.name, kind.casefold()), self._current)

    def _add(self, entry: _Object, names: dict[str, str], users: dict[str, str]) -> None:
        head, values = entry.head, entry.values
        endpoint = Endpoint(
            head.line,
            head.name,
            values.get("callerid", ""),
            tuple(users.get(auth.strip(), "") for auth in values.get("auth", "").split(",")),
            is_outbound="outbound_auth" in values,
            is_app=values.get("webrtc", "").casefold() in YES,
        )
        take_endpoint(endpoint, names, self._collector)


class _Reader:
    """Hands each file's sections and entries to what its role wants of them."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._role: Role | None = None
        self._endpoints = _Endpoints(collector)
        self._dial_plan = DialPlan()
        self._queues: dict[str, Section] = {}
        self._names: dict[str, str] = {}

    def begin(self, role: Role | None) -> None:
        """Another file begins."""
        self._role = role
        if role is Role.DIAL_PLAN:
            self._dial_plan.section(Section("", 0, ""))

    def take(self, part: Section | Entry) -> None:
        """One section's head, or one entry."""
        if self._role is Role.QUEUES:
            self._take_queue(part)
        elif self._role is Role.VOICEMAIL:
            self._take_mailbox(part)
        elif self._role is not None:
            consumer = self._dial_plan if self._role is Role.DIAL_PLAN else self._endpoints
            consumer.section(part) if isinstance(part, Section) else consumer.entry(part)

    def finish(self) -> None:
        """Take over the endpoints, then the things that numbers lead to."""
        self._endpoints.add_to(self._names)
        called = {found.name.casefold(): found for found in self._dial_plan.queues()}
        for name, head in self._queues.items():
            found = called.pop(name, None)
            number = found.number if found else name if NUMBER.fullmatch(name) else ""
            self._add(Found(head.file, head.line, head.name, number), ProFeature.ANALYTICS)
        for found in called.values():
            self._add(found, ProFeature.ANALYTICS)
        for found in self._dial_plan.menus():
            self._add(found, ProFeature.CALL_FLOW)
        for found in self._dial_plan.conferences():
            self._add(found, None)

    def _take_queue(self, part: Section | Entry) -> None:
        if isinstance(part, Section) and part.name != "general" and not (part.is_template or part.is_addition):
            self._queues.setdefault(part.name.casefold(), part)

    def _take_mailbox(self, part: Section | Entry) -> None:
        """1101 => PIN,name,…: only the name is kept (R37)."""
        if isinstance(part, Entry):
            name = part.value.split(",", 2)[1:2]
            note_mailbox(self._names, part.key, name[0] if name else "")

    def _add(self, found: Found, feature: ProFeature | None) -> None:
        self._collector.file = found.file
        take_thing(found, feature, self._collector)


def _role(name: str, text: Text) -> Role | None:
    """What a file is for, by its entries, else by its name."""
    content = "".join(text.lines())
    named = [role for role in Role if role.value in name.casefold()]
    found = [role for role in MARKS if MARKS[role].search(content)]
    certain = [role for role in found if role is not Role.VOICEMAIL]
    return next(iter([*certain, *named, *found]), None)
