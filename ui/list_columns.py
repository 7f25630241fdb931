"""What an export tells of each installation of the list."""

from __future__ import annotations

from collections.abc import Callable

from model.export_list import ListedInstallation
from ui import formats
from ui.i18n import _
from ui.table_model import Column


def _count(
    name: str, title: Callable[[], str], count: Callable[[ListedInstallation], int]
) -> Column[ListedInstallation]:
    return Column[ListedInstallation](name, title, lambda row: formats.number(count(row)), numeric=True, value=count)


COLUMNS = (
    Column[ListedInstallation]("number", lambda: _("Customer number"), lambda row: row.customer_number),
    Column[ListedInstallation]("name", lambda: _("Name"), lambda row: row.name),
    Column[ListedInstallation]("tariff", lambda: _("Tariff"), lambda row: row.tariff),
    _count("extensions", lambda: _("Extensions"), lambda row: row.extensions),
    _count("maxExtensions", lambda: _("Extensions in the tariff"), lambda row: row.max_extensions),
    _count("overExtensions", lambda: _("Extensions too many"), lambda row: row.uncovered_extensions),
    _count("devices", lambda: _("Devices"), lambda row: row.devices),
    _count("maxDevices", lambda: _("Devices in the tariff"), lambda row: row.max_devices),
    _count("overDevices", lambda: _("Devices too many"), lambda row: row.uncovered_devices),
    Column[ListedInstallation]("pending", lambda: _("Pending tariff"), lambda row: row.pending_tariff),
    Column[ListedInstallation](
        "pendingFrom",
        lambda: _("Billed from"),
        lambda row: formats.day(row.pending_from) if row.pending_from else "",
        value=lambda row: row.pending_from,
    ),
)
# Only in a complete export: addresses are not on the screen either.
EMAIL = Column[ListedInstallation]("email", lambda: _("E-mail address"), lambda row: row.email)
