"""What entries of the history vouch for: digests of the rows an act left behind, so that a foreign change shows (R36).

A customer's names and addresses are in none but those of orders and mails, so that an erasure request can be met.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from model.engine import Engine, Row

TARIFF_COLUMNS = (
    "tariff_code",
    "tariff_name",
    "edition",
    "max_extensions",
    "max_devices",
    "net_cents",
    "vat_bp",
    "price_list",
    "created_at",
)
# One statement: on a server each is a round trip.
OBJECTS = """
SELECT installation_id, 'extension' AS sort, id, number AS what, kind, created_at FROM extension
WHERE installation_id BETWEEN :first AND :last
UNION ALL SELECT installation_id, 'device', id, '', kind, created_at FROM device
WHERE installation_id BETWEEN :first AND :last
UNION ALL SELECT installation_id, 'feature_use', id, CAST(COALESCE(extension_id, 0) AS TEXT), feature, created_at
FROM feature_use WHERE installation_id BETWEEN :first AND :last
UNION ALL SELECT d.installation_id, 'serves', d.id, CAST(l.extension_id AS TEXT), '', ''
FROM device d JOIN device_extension l ON l.device_id = d.id WHERE d.installation_id BETWEEN :first AND :last
ORDER BY 1, 2, 3, 4
"""


def digest(value: object) -> str:
    """A hash of plain values; what only a damaged file can hold counts as what it looks like."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def tariff_digest(installation: Row) -> str:
    """Of the first tariff in an installation's columns, and since when it holds (R5)."""
    return digest([installation[name] for name in TARIFF_COLUMNS])


def stored_objects(engine: Engine, first: int, last: int) -> dict[int, list[list[object]]]:
    """What counts in each installation of a range of ids: extensions, devices and Pro functions (R1–R4, R9)."""
    found: dict[int, list[list[object]]] = {}
    for row in engine.query(OBJECTS, {"first": first, "last": last}):
        installation_id, *values = row.values()
        found.setdefault(installation_id, []).append(values)
    return found


def price_list_digests(engine: Engine) -> dict[str, str]:
    """Of every price list by the day it begins (R32)."""
    found = {
        str(row["valid_from"]): [list(row.values())]
        for row in engine.query("SELECT valid_from, vat_bp, note FROM price_list ORDER BY valid_from")
    }
    for row in engine.query(
        """SELECT price_list, code, name, edition, max_extensions, max_devices, net_cents, retired
           FROM price ORDER BY price_list, code"""
    ):
        found.setdefault(str(row["price_list"]), []).append(list(row.values()))
    return {valid_from: digest(rows) for valid_from, rows in found.items()}


def setting_digests(engine: Engine) -> dict[str, str]:
    """Of what holds for every desk, by its name."""
    return {str(row["name"]): digest(row["value"]) for row in engine.query("SELECT name, value FROM setting")}


def profile_digests(engine: Engine) -> dict[str, str]:
    """Of every import profile by its name."""
    return {str(row["name"]): digest(row["toml"]) for row in engine.query("SELECT name, toml FROM import_profile")}


def kept_digest(kept: Mapping[str, object]) -> str:
    """Of what is kept of an import; the salt in it goes with it, and then no name can be guessed from this."""
    return digest([kept["installation_id"], kept["objects"]])


def mail_digest(mail: Mapping[str, object]) -> str:
    """Of a mail's columns but the order's number, which the history gives after this; raises ValueError for no JSON."""
    content = json.loads(str(mail["content"]))
    return digest({**mail, "order_number": 0, "content": {**content, "order_number": 0}})
