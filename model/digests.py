"""What entries of the history vouch for: digests of the rows an act left behind, so that a foreign change shows (R36).

A customer's names and addresses are in none but those of orders and mails, so that an erasure request can be met.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from itertools import islice

from model.engine import Engine, Row
from model.moved import MARK

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
# So many rows are put into words at once.
STEP = 1_000
# What counts in installations (R1–R4, R9), by its sort.
PARTS = {
    "device": """
        SELECT installation_id, 'device' AS sort, id, '' AS what, kind, created_at FROM device
        WHERE installation_id BETWEEN :first AND :last""",
    "extension": """
        SELECT installation_id, 'extension' AS sort, id, number AS what, kind, created_at FROM extension
        WHERE installation_id BETWEEN :first AND :last""",
    "feature_use": """
        SELECT installation_id, 'feature_use' AS sort, id, CAST(COALESCE(extension_id, 0) AS TEXT) AS what,
            feature AS kind, created_at
        FROM feature_use WHERE installation_id BETWEEN :first AND :last""",
    "serves": """
        SELECT d.installation_id, 'serves' AS sort, d.id, CAST(l.extension_id AS TEXT) AS what,
            '' AS kind, '' AS created_at
        FROM device d JOIN device_extension l ON l.device_id = d.id WHERE d.installation_id BETWEEN :first AND :last""",
}
# One statement: on a server each is a round trip.
OBJECTS = f"{' UNION ALL '.join(PARTS.values())} ORDER BY 1, 2, 3, 4"


def digest(value: object) -> str:
    """A hash of plain values; what only a damaged file can hold counts as what it looks like."""
    return hashlib.sha256(_json(value).encode()).hexdigest()


# `json.dumps` would make an encoder for each text.
_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=repr).encode


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


def objects_digest(engine: Engine, installation_id: int) -> str:
    """Of the `stored_objects` of one installation; of thousands, there is never more than one sort in memory."""
    text = engine.finder.as_text(("id", "what", "kind", "created_at"))
    parts = ", ".join(f"(SELECT {text} FROM ({part}) AS found) AS {sort}" for sort, part in PARTS.items())
    (texts,) = engine.query(f"SELECT {parts}", {"first": installation_id, "last": installation_id})
    hashed, before = hashlib.sha256(), "["
    for sort in PARTS:
        rows = iter(sorted(zip(*json.loads(texts.pop(sort)), strict=True)))
        while step := [(sort, *row) for row in islice(rows, STEP)]:
            hashed.update(f"{before}{_json(step)[1:-1]}".encode())
            before = ","
    hashed.update(b"[]" if before == "[" else b"]")
    return hashed.hexdigest()


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
    """Of what holds for every desk, by its name; not of the mark that the data are elsewhere."""
    rows = engine.query("SELECT name, value FROM setting WHERE name <> :mark", {"mark": MARK})
    return {str(row["name"]): digest(row["value"]) for row in rows}


def profile_digests(engine: Engine) -> dict[str, str]:
    """Of every import profile by its name."""
    return {str(row["name"]): digest(row["toml"]) for row in engine.query("SELECT name, toml FROM import_profile")}


def kept_digest(kept: Mapping[str, object]) -> str:
    """Of what is kept of an import; the salt in it goes with it, and then no name can be guessed from this."""
    return digest([kept["installation_id"], kept["objects"]])


def mail_digest(mail: Row) -> str:
    """Of a mail's columns and what it says, but the order's number, which the history gives after this."""
    number = {"order_number": 0}
    return digest({**mail, **number, "content": {**mail["content"], **number}})
