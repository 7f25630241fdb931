"""What an Asterisk's endpoints, queues and menus become here, whether its files tell of them or it does itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from model.import_asterisk_dialplan import Found
from model.import_result import Collector, SkipReason, WarningReason, skip_reason
from model.import_rows import cleaned
from model.installation import (
    LONGEST_NAME,
    NUMBER,
    DeviceKind,
    NewDevice,
    NewExtension,
    ProFeature,
    checked_mac,
    checked_text,
)
from model.refusals import InvalidInput

SYSTEM = "Asterisk"
YES = frozenset({"yes", "true", "1", "on", "y", "t"})
LONGEST_VALUE = 20
DIGITS = re.compile(r"[0-9]+")
LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An account of a telephone; `users` are the names it logs in with, `is_outbound` if Asterisk logs in there."""

    row: int
    name: str
    caller_id: str = ""
    users: tuple[str, ...] = ()
    is_outbound: bool = False
    is_app: bool = False


def take_endpoint(endpoint: Endpoint, names: Mapping[str, str], collector: Collector) -> None:
    """Add an endpoint as an extension with its device; `names` are those of the mailboxes, by number."""
    name, number = caller(endpoint.caller_id)
    number = number or (endpoint.name if NUMBER.fullmatch(endpoint.name) else "")
    if not (name or number) or (not endpoint.caller_id and endpoint.is_outbound):
        collector.skip(endpoint.row, SkipReason.NOT_AN_EXTENSION, endpoint.name[:LONGEST_VALUE])
        return
    named = name or names.get(number, "")
    try:
        new = NewExtension(number, cleaned(named)[0] or number).checked()
        collector.claim(number)
    except InvalidInput as error:
        collector.skip(endpoint.row, skip_reason(error), (number or endpoint.name)[:LONGEST_VALUE], "callerid")
        return
    collector.read_rows += 1
    collector.add(endpoint.row, new, is_guessed=not named)
    if not named:
        collector.warn(endpoint.row, WarningReason.NAME_MISSING, number)
    _add_device(endpoint, number, collector)


def take_thing(found: Found, feature: ProFeature | None, collector: Collector) -> None:
    """Add what a number leads to as a resource, with the function it would need Pro for."""
    number = ""
    try:
        collector.add_resource(found.line, found.number, cleaned(found.name)[0])
        collector.read_rows += 1
        number = found.number
    except InvalidInput as error:
        collector.skip(found.line, skip_reason(error), found.number or found.name[:LONGEST_VALUE])
    if feature:
        collector.hint(found.line, feature, found.name[:LONGEST_NAME], number)


def note_mailbox(names: dict[str, str], mailbox: str, name: str) -> None:
    """Keep a mailbox's name by its number; digits are no name."""
    if DIGITS.fullmatch(mailbox) and LETTER.search(name):
        names.setdefault(mailbox, name.strip())


def caller(text: str) -> tuple[str, str]:
    """Name and number of a caller id: "Erika Muster" <1107>, Erika Muster <1107>, <1107>, 1107."""
    name, sign, number = text.strip().rpartition("<")
    if not sign:
        name, number = ("", number) if NUMBER.fullmatch(number) else (number, "")
    number = number.strip().removesuffix(">").strip()
    return name.strip().strip('"').strip(), number if NUMBER.fullmatch(number) else ""


def _add_device(endpoint: Endpoint, number: str, collector: Collector) -> None:
    """The endpoint's account; phones that log in with their MAC address are known by it."""
    mac = next(filter(None, map(_mac, [*endpoint.users, endpoint.name])), "")
    kind = DeviceKind.APP if endpoint.is_app else DeviceKind.IP_PHONE
    try:
        device = NewDevice(checked_text("name", f"PJSIP/{endpoint.name}"), kind, mac, (number,))
    except InvalidInput:
        collector.warn(endpoint.row, WarningReason.DEVICE_UNUSABLE, number)
        return
    collector.add_device(endpoint.row, device, f"mac {mac}" if mac else f"account {device.name}")


def _mac(user: str) -> str:
    try:
        return checked_mac(user)
    except InvalidInput:
        return ""
