"""What an Asterisk's dial plan tells: which numbers lead to a queue, a menu or a conference."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from model.import_asterisk_config import Entry, Section
from model.import_result import MOST_EXTENSIONS
from model.installation import NUMBER
from model.refusals import ImportFault, ImportRefused

STEP = re.compile(r"([A-Za-z]\w*)(?:\((.*)\))?", re.DOTALL)
CONFERENCES = frozenset({"confbridge", "meetme"})
KEPT = frozenset({"queue", "background", "waitexten", "goto", *CONFERENCES})
UNSET = ("", "")


@dataclass(slots=True)
class _Extension:
    """An `exten` with the applications that matter here."""

    file: str
    line: int
    context: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    @property
    def place(self) -> tuple[str, str]:
        return self.context, self.name


@dataclass(frozen=True, slots=True)
class Found:
    """A thing in the dial plan; `number` is "" if none leads there."""

    file: str
    line: int
    name: str
    number: str


class DialPlan:
    """Gathers a dial plan's entries; what it asks for is judged when all of them are there."""

    def __init__(self) -> None:
        self._extensions: dict[tuple[str, str], _Extension] = {}
        self._context = ""
        self._current: _Extension | None = None

    def section(self, head: Section) -> None:
        """Another context begins, or goes on."""
        self._context = head.name
        self._current = None

    def entry(self, entry: Entry) -> None:
        """One line of a context."""
        name, _comma, rest = entry.value.partition(",")
        if entry.key == "exten":
            name = name.partition("/")[0].strip()
            made = _Extension(entry.file, entry.line, self._context, name)
            self._current = self._extensions.get(made.place, made)
        elif entry.key == "same":
            rest = entry.value
        else:
            return
        priority, _comma, step = rest.partition(",")
        application = STEP.match(step.strip())
        if self._current is None or priority.strip() == "hint" or not application:
            return
        if application[1].casefold() in KEPT:
            self._current.steps.append((application[1].casefold(), (application[2] or "").strip()))
            self._extensions.setdefault(self._current.place, self._current)
            if len(self._extensions) > MOST_EXTENSIONS:
                raise ImportRefused(ImportFault.TOO_MANY_ROWS, entry.line, file=entry.file)

    def queues(self) -> list[Found]:
        """Each queue that is called, with the first number that leads there."""
        return self._things(frozenset({"queue"}))

    def conferences(self) -> list[Found]:
        """Each conference room, with the first number that leads there."""
        return self._things(CONFERENCES)

    def menus(self) -> list[Found]:
        """Each menu: what is played while digits are waited for; named by its context."""
        entries = [entry for entry in self._extensions.values() if _is_menu(entry)]
        leading = self._leading()
        return [Found(entry.file, entry.line, entry.context, self._number(entry, leading)) for entry in entries]

    def _things(self, applications: frozenset[str]) -> list[Found]:
        """What the applications are called with, in order; a choice in a menu is no number of its own."""
        leading = self._leading()
        in_menus = {entry.context for entry in self._extensions.values() if _is_menu(entry)}
        found: dict[str, Found] = {}
        for entry in self._extensions.values():
            number = "" if entry.context in in_menus else self._number(entry, leading)
            for application, arguments in entry.steps:
                name = arguments.partition(",")[0].strip()
                if application not in applications or "${" in name:
                    continue
                known = found.get(name.casefold())
                if known is None or (number and not known.number):
                    found[name.casefold()] = Found(entry.file, entry.line, name or number, number)
        return [entry for entry in found.values() if entry.name]

    def _leading(self) -> dict[tuple[str, str], str]:
        """The first number from which a Goto leads to each place."""
        leading: dict[tuple[str, str], str] = {}
        for entry in self._extensions.values():
            if NUMBER.fullmatch(entry.name):
                for application, arguments in entry.steps:
                    if application == "goto":
                        leading.setdefault(_goal(entry, arguments), entry.name)
        return leading

    def _number(self, entry: _Extension, leading: dict[tuple[str, str], str]) -> str:
        return entry.name if NUMBER.fullmatch(entry.name) else leading.get(entry.place, "")


def _is_menu(entry: _Extension) -> bool:
    return {"background", "waitexten"} <= {application for application, _arguments in entry.steps}


def _goal(entry: _Extension, arguments: str) -> tuple[str, str]:
    """The context and name a Goto leads to; (context, name,) priority."""
    parts = [part.strip() for part in arguments.split(",")]
    if len(parts) == 1:
        return entry.place
    return (parts[0], parts[1]) if len(parts) > 2 else (entry.context, parts[0])
