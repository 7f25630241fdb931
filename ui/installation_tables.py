"""The tables of an installation's tabs, and what each column shows."""

from __future__ import annotations

from model.account import Coverage
from model.audit import AuditEntry
from model.installation import Device, ProFeatureUse, number_key
from ui import formats, history, labels
from ui.i18n import _
from ui.installation_rows import DeviceRow, ExtensionRow
from ui.table import Table
from ui.table_model import Column, TableModel

TINTS = {Coverage.INCLUDED: "", Coverage.COVERED: "info_tint", Coverage.UNCOVERED: "danger_tint"}
TONES = {Coverage.INCLUDED: "", Coverage.COVERED: "info", Coverage.UNCOVERED: "danger"}
ICONS = {
    Coverage.INCLUDED: ("check", "success"),
    Coverage.COVERED: ("clock", "info"),
    Coverage.UNCOVERED: ("triangle-alert", "danger"),
}


def extension_table() -> Table[ExtensionRow]:
    """Number, name, kind, devices and flag of every extension."""
    columns = (
        Column[ExtensionRow](
            "number",
            lambda: _("No."),
            lambda row: row.extension.number,
            sort=lambda row: number_key(row.extension.number),
        ),
        Column[ExtensionRow]("name", lambda: _("Name"), lambda row: row.extension.name),
        Column[ExtensionRow]("kind", lambda: _("Kind"), lambda row: labels.extension_kind(row.extension.kind)),
        Column[ExtensionRow](
            "devices", lambda: _("Devices"), lambda row: row.devices or "–", value=lambda row: row.devices
        ),
        Column[ExtensionRow](
            "coverage",
            lambda: _("Tariff"),
            lambda row: row.coverage,
            sort=lambda row: row.flag.place,
            icon=lambda row: ICONS[row.flag.coverage],
            tone=lambda row: TONES[row.flag.coverage],
        ),
    )
    model = TableModel(columns, lambda row: row.extension.id, lambda row: TINTS[row.flag.coverage])
    table = Table[ExtensionRow](
        "extensionTable",
        _("Extensions"),
        model,
        lambda: _("There are no extensions yet. “Add extension” creates one; rows from a spreadsheet can be pasted."),
    )
    table.fit_columns({"number": 9, "name": 26, "kind": 11, "devices": 33})
    return table


def device_table() -> Table[DeviceRow]:
    """Name, kind, address and flag of every device."""
    columns = (
        Column[DeviceRow]("name", lambda: _("Name"), lambda row: row.device.name),
        Column[DeviceRow]("kind", lambda: _("Kind"), lambda row: labels.device_kind(row.device.kind)),
        Column[DeviceRow](
            "mac", lambda: _("MAC address"), lambda row: _mac(row.device) or "–", value=lambda row: _mac(row.device)
        ),
        Column[DeviceRow](
            "extensions",
            lambda: _("Serves"),
            lambda row: ", ".join(row.device.extensions) or "–",
            value=lambda row: ", ".join(row.device.extensions),
        ),
        Column[DeviceRow](
            "coverage",
            lambda: _("Tariff"),
            lambda row: row.coverage,
            sort=lambda row: row.flag.place,
            icon=lambda row: ICONS[row.flag.coverage],
            tone=lambda row: TONES[row.flag.coverage],
        ),
    )
    model = TableModel(columns, lambda row: row.device.id, lambda row: TINTS[row.flag.coverage])
    table = Table[DeviceRow](
        "deviceTable", _("Devices"), model, lambda: _("There are no devices yet. “Add device” creates one.")
    )
    table.fit_columns({"name": 29, "kind": 18, "mac": 19, "extensions": 14})
    return table


def feature_table() -> Table[ProFeatureUse]:
    """What is in use of the Pro edition."""
    columns = (
        Column[ProFeatureUse]("feature", lambda: _("Function"), lambda use: labels.feature(use.feature)),
        Column[ProFeatureUse]("name", lambda: _("Used by"), lambda use: use.name),
        Column[ProFeatureUse](
            "extension",
            lambda: _("Extension"),
            lambda use: use.extension or "–",
            sort=lambda use: number_key(use.extension),
            value=lambda use: use.extension,
        ),
    )
    model = TableModel(columns, lambda use: use.id)
    table = Table[ProFeatureUse](
        "featureTable",
        _("Pro functions"),
        model,
        lambda: _("No Pro function is in use. Call Flow, Analytics and the desktop client need the Pro edition."),
    )
    table.fit_columns({"feature": 20, "name": 30})
    return table


def history_table() -> Table[AuditEntry]:
    """What was done, by whom, when and why (R36)."""
    columns = (
        Column[AuditEntry](
            "at",
            lambda: _("When"),
            lambda entry: formats.instant(entry.at),
            sort=lambda entry: entry.seq,
            value=lambda entry: entry.at,
        ),
        Column[AuditEntry]("clerk", lambda: _("Who"), lambda entry: entry.clerk),
        Column[AuditEntry]("action", lambda: _("What"), labels.action),
        Column[AuditEntry]("details", lambda: _("Details"), history.details),
        Column[AuditEntry]("reason", lambda: _("Reason"), lambda entry: entry.reason),
    )
    model = TableModel(columns, lambda entry: entry.seq)
    table = Table[AuditEntry]("auditTable", _("History"), model, lambda: _("Nothing has happened yet."))
    table.fit_columns({"at": 19, "clerk": 17, "action": 22, "details": 52})
    return table


def _mac(device: Device) -> str:
    """00:15:65:…, as it is printed on the box; empty if it isn't known."""
    return ":".join(device.mac[place : place + 2] for place in range(0, len(device.mac), 2)).upper()
