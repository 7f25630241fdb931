"""The domain's words in the language in use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from model.account import Account, Coverage, Flag, Limits, Obstacle, ObstacleKind
from model.audit import Action, AuditEntry
from model.installation import (
    Device,
    DeviceKind,
    Extension,
    ExtensionKind,
    Language,
    ProFeature,
    ProFeatureUse,
)
from model.orders import OrderState, TariffOrder, order_label
from model.tariff import Edition, Tariff
from model.verification import Finding, Wrong
from ui import formats
from ui.i18n import _, ngettext, pgettext


def edition(value: Edition) -> str:
    """Classic or Pro."""
    return _("Classic") if value is Edition.CLASSIC else _("Pro")


def extension_kind(value: ExtensionKind) -> str:
    """Benutzer or Ressource."""
    return _("User") if value is ExtensionKind.USER else _("Resource")


def device_kind(value: DeviceKind) -> str:
    """The sort of a device account."""
    return {
        DeviceKind.IP_PHONE: _("IP phone"),
        DeviceKind.APP: _("App"),
        DeviceKind.EXTERNAL_PHONE: _("External phone"),
    }[value]


def feature(value: ProFeature) -> str:
    """A Pro function's name."""
    return {
        ProFeature.CALL_FLOW: _("Call Flow"),
        ProFeature.ANALYTICS: _("Analytics"),
        ProFeature.DESKTOP_CLIENT: _("Desktop client"),
    }[value]


def language(value: Language) -> str:
    """The language a customer is written to in."""
    return _("German") if value is Language.GERMAN else _("English")


def feature_use(use: ProFeatureUse) -> str:
    """Call Flow „Zentrale“ (Nebenstelle 30)."""
    if not use.extension:
        return _("{feature} “{name}”").format(feature=feature(use.feature), name=use.name)
    return _("{feature} “{name}” (extension {number})").format(
        feature=feature(use.feature), name=use.name, number=use.extension
    )


def thing(entry: Extension | Device | ProFeatureUse) -> str:
    """An object's name as an obstacle shows it."""
    if isinstance(entry, Extension):
        return _("Extension {number} “{name}”").format(number=entry.number, name=entry.name)
    if isinstance(entry, Device):
        return _("Device “{name}”").format(name=entry.name)
    return feature_use(entry)


def extensions(count: int) -> str:
    """1 Nebenstelle, 2 Nebenstellen."""
    return ngettext("{count} extension", "{count} extensions", count).format(count=formats.number(count))


def devices(count: int) -> str:
    """1 Endgerät, 2 Endgeräte."""
    return ngettext("{count} device", "{count} devices", count).format(count=formats.number(count))


def limits(tariff: Tariff) -> str:
    """10 Nebenstellen und 10 Endgeräte."""
    return _("{extensions} and {devices}").format(
        extensions=extensions(tariff.max_extensions), devices=devices(tariff.max_devices)
    )


def excess(count: int) -> str:
    """2 zu viel."""
    return _("{count} too many").format(count=formats.number(count))


def uncovered(account: Account, day: date) -> str:
    """What is beyond the tariff: 2 Nebenstellen und 1 Endgerät."""
    return counts(account.uncovered(day))


def counts(value: Limits) -> str:
    """2 Nebenstellen und 1 Endgerät; what there is none of is left out."""
    parts = [extensions(value.extensions)] if value.extensions else []
    parts += [devices(value.devices)] if value.devices else []
    return listed(parts)


def listed(parts: Sequence[str]) -> str:
    """A, B und C."""
    if len(parts) < 2:
        return "".join(parts)
    return _("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])


def coverage(flag: Flag, effective_on: date | None) -> str:
    """The flag of one object in words (R9)."""
    if flag.coverage is Coverage.INCLUDED:
        return _("Included")
    if flag.coverage is Coverage.COVERED and effective_on:
        return _("Usable at once, billed from {day}").format(day=formats.day(effective_on))
    return _("Beyond the tariff: number {place} of {limit}").format(
        place=formats.number(flag.place), limit=formats.number(flag.limit)
    )


def obstacle(value: Obstacle) -> str:
    """What has to be done before the tariff can be ordered (R15)."""
    if value.kind is ObstacleKind.EDITION:
        return ngettext(
            "Classic has no Pro functions: please remove {count} Pro function first.",
            "Classic has no Pro functions: please remove {count} Pro functions first.",
            value.excess,
        ).format(count=formats.number(value.excess))
    if value.kind is ObstacleKind.EXTENSIONS:
        return ngettext(
            "{count} extension too many: this tariff has {limit}.",
            "{count} extensions too many: this tariff has {limit}.",
            value.excess,
        ).format(count=formats.number(value.excess), limit=formats.number(value.limit))
    return ngettext(
        "{count} device too many: this tariff has {limit}.",
        "{count} devices too many: this tariff has {limit}.",
        value.excess,
    ).format(count=formats.number(value.excess), limit=formats.number(value.limit))


def order_state(order: TariffOrder, today: date) -> str:
    """vorgemerkt, wirksam, storniert or ersetzt, with what belongs to it."""
    state = order.state(today)
    if state is OrderState.PENDING:
        return pgettext("order", "pending")
    if state is OrderState.EFFECTIVE:
        return pgettext("order", "effective")
    if state is OrderState.CANCELLED:
        return pgettext("order", "cancelled")
    return _("superseded by {order}").format(order=order_label(order.superseded_by or 0))


def entries(count: int) -> str:
    """1 Eintrag, 2 Einträge of the history."""
    return ngettext("{count} entry", "{count} entries", count).format(count=formats.number(count))


def orders(count: int) -> str:
    """1 Bestellung, 2 Bestellungen."""
    return ngettext("{count} order", "{count} orders", count).format(count=formats.number(count))


def finding(value: Finding) -> str:
    """What is wrong in the database, and in which row."""
    return {
        Wrong.FILE: _("The file is damaged or was changed by another program: {row}"),
        Wrong.GAP: _("History: entry {row} is missing."),
        Wrong.CHAIN: _("History: entry {row} was changed."),
        Wrong.HEAD: _("History: the end at entry {row} is missing or was changed."),
        Wrong.ORDER_CHANGED: _("Order {number} was changed."),
        Wrong.ORDER_UNKNOWN: _("Order {number} is not in the history."),
        Wrong.ORDER_LOST: _("Order {number} is missing."),
        Wrong.ENDING: _("Order {number}: the cancellation or replacement does not agree with the history."),
        Wrong.MAIL: _("Order {number}: order information is missing or does not agree with the history."),
        Wrong.PRICES: _("The price list from {day} is missing or does not agree with the history."),
        Wrong.CUSTOMER: _("Customer {row}: the record does not agree with the history."),
        Wrong.CUSTOMER_LOST: _("A customer of the history is missing: record {row}."),
        Wrong.TARIFF: _("Customer {row}: the first tariff was changed."),
        Wrong.OBJECTS: _("Customer {row}: extensions, devices or Pro functions do not agree with the history."),
        Wrong.COUNT: _("Customer {row}: the counts do not agree with the objects."),
        Wrong.SETTING: _("The provider's data or the mail server do not agree with the history."),
        Wrong.IMPORT: _("Import {row}: what was there before is missing or was changed."),
        Wrong.PROFILE: _("Import profile “{row}” is missing or does not agree with the history."),
    }[value.wrong].format(row=value.row, number=_order_of(value.row), day=_day_of(value.row))


def _order_of(row: str) -> str:
    return order_label(int(row)) if row.isdecimal() else row


def _day_of(row: str) -> str:
    try:
        return formats.day(date.fromisoformat(row))
    except ValueError:
        return row


def action(entry: AuditEntry) -> str:
    """What was done, in a few words."""
    return {
        Action.INSTALLATION_CREATED: _("Installation created"),
        Action.CUSTOMER_CHANGED: _("Customer changed"),
        Action.OBJECTS_CREATED: _("Objects created"),
        Action.OBJECTS_IMPORTED: _("Import taken back") if "takes_back" in entry.after else _("Objects imported"),
        Action.EXTENSION_CHANGED: _("Extension changed"),
        Action.DEVICE_CHANGED: _("Device changed"),
        Action.OBJECTS_REMOVED: _("Objects removed"),
        Action.ORDER_PLACED: _("Tariff ordered"),
        Action.ORDER_SUPERSEDED: _("Order superseded"),
        Action.ORDER_CANCELLED: _("Order cancelled"),
        Action.PRICES_ADDED: _("Price list added"),
        Action.CLOCK_CONFIRMED: _("Clock confirmed"),
        Action.MAIL_SENT: _("E-mail sent"),
        Action.MAIL_REFUSED: _("E-mail undeliverable"),
        Action.MAIL_AGAIN: _("E-mail to be sent again"),
        Action.PROVIDER_CHANGED: _("Provider’s data changed"),
        Action.MAIL_SERVER_CHANGED: _("Mail server changed"),
        Action.PROFILE_CHANGED: _("Import profile changed"),
        Action.ZONE_SET: _("Office’s time zone set"),
        Action.TRANSFER_BEGUN: _("Transfer of the database begun"),
        Action.TRANSFER_GIVEN_UP: _("Transfer of the database given up"),
    }[entry.action]
