"""What an entry of the history says, in words of the language in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from model.account import Limits
from model.audit import NO_FACTS, Action, AuditEntry
from model.installation import ExtensionKind, ProFeature
from model.orders import order_label
from ui import formats, labels, mail_words
from ui.i18n import _, ngettext

Facts = Mapping[str, object]
LONGEST_LIST = 8


def details(entry: AuditEntry) -> str:
    """Before and after of an entry (R36)."""
    return DETAILS[entry.action](entry.before, entry.after)


def _created(_before: Facts, after: Facts) -> str:
    parts = []
    if tariff := after.get("tariff"):
        parts.append(_tariff_name(tariff))
    if count := _count(after, "extension_count"):
        numbers = _shortened(_list(after, "extensions"), count)
        parts.append(ngettext("extension {numbers}", "extensions {numbers}", count).format(numbers=numbers))
    if count := _count(after, "device_count"):
        parts.append(labels.devices(count))
    return " · ".join([*parts, *_features(after)])


def _removed(before: Facts, _after: Facts) -> str:
    numbers, parts = _list(before, "extensions"), []
    if numbers:
        text = ngettext("extension {numbers}", "extensions {numbers}", len(numbers))
        parts.append(text.format(numbers=_shortened(numbers, len(numbers))))
    if count := len(_list(before, "devices")):
        parts.append(labels.devices(count))
    return " · ".join([*parts, *_features(before)])


def _imported(before: Facts, after: Facts) -> str:
    """Each of what is new, changed and removed, as far as there is any."""
    changed = labels.counts(Limits(_count(after, "changed_extension_count"), _count(after, "changed_device_count")))
    removed = _created(NO_FACTS, before)
    parts = [_created(NO_FACTS, after)]
    parts += [_("changed: {objects}").format(objects=changed)] if changed else []
    parts += [_("removed: {objects}").format(objects=removed)] if removed else []
    return " · ".join(filter(None, parts))


def _profile(before: Facts, after: Facts) -> str:
    names = [str(facts["profile"]) for facts in (before, after) if "profile" in facts]
    if len(names) > 1 and names[0] != names[1]:
        return _("{old} → {new}").format(old=names[0], new=names[1])
    return names[-1]


def _customer(_before: Facts, after: Facts) -> str:
    names = {
        "customer_number": _("customer number"),
        "name": _("name"),
        "email": _("e-mail address"),
        "language": _("language"),
    }
    return labels.listed([names[str(name)] for name in _list(after, "changed")])


def _extension(before: Facts, after: Facts) -> str:
    parts = []
    if before["number"] != after["number"]:
        parts.append(_("number {old} → {new}").format(old=before["number"], new=after["number"]))
    else:
        parts.append(_("extension {number}").format(number=after["number"]))
    if before["kind"] != after["kind"]:
        kinds = [labels.extension_kind(ExtensionKind(str(facts["kind"]))) for facts in (before, after)]
        parts.append(_("{old} → {new}").format(old=kinds[0], new=kinds[1]))
    if after["name_changed"]:
        parts.append(_("name"))
    return " · ".join(parts)


def _device(before: Facts, after: Facts) -> str:
    lists = [
        _shortened(_list(facts, "extensions"), len(_list(facts, "extensions"))) or "–" for facts in (before, after)
    ]
    if lists[0] == lists[1]:
        return _("serves {numbers}").format(numbers=lists[1])
    return _("serves {old} → {new}").format(old=lists[0], new=lists[1])


def _placed(before: Facts, after: Facts) -> str:
    return _("{old} → {new} from {day}").format(
        old=_tariff_name(before["tariff"]),
        new=_tariff_name(after["tariff"]),
        day=formats.day(date.fromisoformat(str(after["effective_on"]))),
    )


def _superseded(before: Facts, after: Facts) -> str:
    return _("{old} → {new}").format(old=_order(before["order"]), new=_order(after["order"]))


def _cancelled(before: Facts, _after: Facts) -> str:
    return f"{_order(before['order'])} · {_tariff_name(before['tariff'])}"


def _prices(_before: Facts, after: Facts) -> str:
    return _("from {day}").format(day=formats.day(date.fromisoformat(str(after["valid_from"]))))


def _mail(_before: Facts, after: Facts) -> str:
    return f"{_order(after['order'])} · {mail_words.kind(str(after['kind']))}"


def _nothing(_before: Facts, _after: Facts) -> str:
    return ""


def _features(facts: Facts) -> list[str]:
    names = []
    for kind, number in _pairs(facts, "features"):
        name = labels.feature(ProFeature(kind))
        names.append(_("{feature} (extension {number})").format(feature=name, number=number) if number else name)
    return names


def _tariff_name(code: object) -> str:
    return str(code).replace("-", " ").capitalize()


def _order(number: object) -> str:
    return order_label(int(str(number)))


def _count(facts: Facts, name: str) -> int:
    return int(str(facts.get(name, 0)))


def _list(facts: Facts, name: str) -> list[str]:
    found = facts.get(name, [])
    return list(found) if isinstance(found, Iterable) else []


def _pairs(facts: Facts, name: str) -> list[tuple[str, str]]:
    return [(entry[0], entry[1]) for entry in _list(facts, name)]


def _shortened(numbers: list[str], count: int) -> str:
    text = ", ".join(str(number) for number in numbers[:LONGEST_LIST])
    return text if count <= LONGEST_LIST else f"{text} … ({formats.number(count)})"


DETAILS: Mapping[Action, Callable[[Facts, Facts], str]] = {
    Action.INSTALLATION_CREATED: _created,
    Action.CUSTOMER_CHANGED: _customer,
    Action.OBJECTS_CREATED: _created,
    Action.OBJECTS_IMPORTED: _imported,
    Action.EXTENSION_CHANGED: _extension,
    Action.DEVICE_CHANGED: _device,
    Action.OBJECTS_REMOVED: _removed,
    Action.ORDER_PLACED: _placed,
    Action.ORDER_SUPERSEDED: _superseded,
    Action.ORDER_CANCELLED: _cancelled,
    Action.PRICES_ADDED: _prices,
    Action.CLOCK_CONFIRMED: _nothing,
    Action.MAIL_SENT: _mail,
    Action.MAIL_REFUSED: _mail,
    Action.MAIL_AGAIN: _mail,
    Action.PROVIDER_CHANGED: _nothing,
    Action.MAIL_SERVER_CHANGED: _nothing,
    Action.PROFILE_CHANGED: _profile,
    Action.ZONE_SET: lambda _before, after: str(after["zone"]),
    Action.TRANSFER_BEGUN: lambda _before, after: str(after["to"]),
    Action.TRANSFER_GIVEN_UP: lambda _before, after: str(after["to"]),
}
