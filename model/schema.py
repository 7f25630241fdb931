"""Tables, constraints and append-only guards. Migrations are only ever appended and are plain SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from model.sqlite_library import sqlite3

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x54575731
FIRST = """
CREATE TABLE price_list (
    valid_from TEXT PRIMARY KEY CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    vat_bp INTEGER NOT NULL CHECK (vat_bp BETWEEN 0 AND 10000),
    note TEXT NOT NULL
) STRICT;
CREATE TABLE price (
    price_list TEXT NOT NULL REFERENCES price_list (valid_from),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    edition TEXT NOT NULL CHECK (edition IN ('CLASSIC', 'PRO')),
    max_extensions INTEGER NOT NULL CHECK (max_extensions >= 1),
    max_devices INTEGER NOT NULL CHECK (max_devices >= 1),
    net_cents INTEGER NOT NULL CHECK (net_cents >= 0),
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (price_list, code)
) STRICT;
CREATE TABLE installation (
    id INTEGER PRIMARY KEY,
    customer_number TEXT NOT NULL UNIQUE CHECK (length(customer_number) BETWEEN 1 AND 32),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('de', 'en')),
    sort_name TEXT NOT NULL,
    sort_number TEXT NOT NULL,
    search TEXT NOT NULL,
    tariff_code TEXT NOT NULL,
    tariff_name TEXT NOT NULL,
    edition TEXT NOT NULL CHECK (edition IN ('CLASSIC', 'PRO')),
    max_extensions INTEGER NOT NULL CHECK (max_extensions >= 1),
    max_devices INTEGER NOT NULL CHECK (max_devices >= 1),
    net_cents INTEGER NOT NULL CHECK (net_cents >= 0),
    vat_bp INTEGER NOT NULL CHECK (vat_bp BETWEEN 0 AND 10000),
    price_list TEXT NOT NULL,
    extension_count INTEGER NOT NULL DEFAULT 0 CHECK (extension_count >= 0),
    device_count INTEGER NOT NULL DEFAULT 0 CHECK (device_count >= 0),
    revision INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX installation_by_name ON installation (sort_name, id, search);
CREATE INDEX installation_by_number ON installation (sort_number, id);
CREATE TABLE extension (
    id INTEGER PRIMARY KEY,
    installation_id INTEGER NOT NULL REFERENCES installation (id),
    number TEXT NOT NULL CHECK (length(number) BETWEEN 1 AND 20),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind TEXT NOT NULL CHECK (kind IN ('USER', 'RESOURCE')),
    created_at TEXT NOT NULL,
    UNIQUE (installation_id, number)
) STRICT;
CREATE INDEX extension_by_number ON extension (number, installation_id);
CREATE TABLE device (
    id INTEGER PRIMARY KEY,
    installation_id INTEGER NOT NULL REFERENCES installation (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind TEXT NOT NULL CHECK (kind IN ('IP_PHONE', 'APP', 'EXTERNAL_PHONE')),
    mac TEXT NOT NULL CHECK (mac = '' OR length(mac) = 12),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX device_by_installation ON device (installation_id);
CREATE INDEX device_by_mac ON device (mac, installation_id) WHERE mac <> '';
CREATE TABLE device_extension (
    device_id INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    extension_id INTEGER NOT NULL REFERENCES extension (id) ON DELETE CASCADE,
    PRIMARY KEY (device_id, extension_id)
) STRICT;
CREATE INDEX device_extension_by_extension ON device_extension (extension_id);
CREATE TABLE feature_use (
    id INTEGER PRIMARY KEY,
    installation_id INTEGER NOT NULL REFERENCES installation (id),
    feature TEXT NOT NULL CHECK (feature IN ('CALL_FLOW', 'ANALYTICS', 'DESKTOP_CLIENT')),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    extension_id INTEGER REFERENCES extension (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    CHECK (feature = 'ANALYTICS' OR extension_id IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX feature_use_once ON feature_use (installation_id, feature, extension_id);
CREATE INDEX feature_use_by_extension ON feature_use (extension_id);
CREATE TABLE tariff_order (
    order_number INTEGER PRIMARY KEY,
    quote_id TEXT NOT NULL UNIQUE,
    installation_id INTEGER NOT NULL REFERENCES installation (id),
    tariff_code TEXT NOT NULL,
    tariff_name TEXT NOT NULL,
    edition TEXT NOT NULL CHECK (edition IN ('CLASSIC', 'PRO')),
    max_extensions INTEGER NOT NULL CHECK (max_extensions >= 1),
    max_devices INTEGER NOT NULL CHECK (max_devices >= 1),
    net_cents INTEGER NOT NULL CHECK (net_cents >= 0),
    vat_bp INTEGER NOT NULL CHECK (vat_bp BETWEEN 0 AND 10000),
    price_list TEXT NOT NULL,
    previous TEXT NOT NULL,
    placed_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    effective_on TEXT NOT NULL CHECK (effective_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-01'),
    mail_to TEXT NOT NULL CHECK (mail_to <> ''),
    ending TEXT CHECK (ending IN ('CANCELLED', 'SUPERSEDED')),
    ended_at TEXT,
    reason TEXT NOT NULL DEFAULT '',
    superseded_by INTEGER REFERENCES tariff_order (order_number) DEFERRABLE INITIALLY DEFERRED,
    CHECK ((ending IS NULL) = (ended_at IS NULL)),
    CHECK ((superseded_by IS NOT NULL) = (ending IS NOT NULL AND ending = 'SUPERSEDED'))
) STRICT;
CREATE UNIQUE INDEX one_pending_order ON tariff_order (installation_id, effective_on) WHERE ending IS NULL;
CREATE INDEX tariff_order_by_installation ON tariff_order (installation_id);
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    clerk TEXT NOT NULL,
    action TEXT NOT NULL,
    installation_id INTEGER REFERENCES installation (id),
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX audit_by_installation ON audit (installation_id, seq);
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    latest_at TEXT NOT NULL
) STRICT;
INSERT INTO audit_head (id, seq, hash, latest_at) VALUES (1, 0, '', '');
CREATE TABLE outbox (
    message_id TEXT PRIMARY KEY,
    order_number INTEGER NOT NULL REFERENCES tariff_order (order_number),
    installation_id INTEGER NOT NULL REFERENCES installation (id),
    kind TEXT NOT NULL CHECK (kind IN ('ORDERED', 'CANCELLED')),
    recipient TEXT NOT NULL CHECK (recipient <> ''),
    language TEXT NOT NULL CHECK (language IN ('de', 'en')),
    content TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_order ON outbox (order_number);
CREATE TRIGGER count_extension_in AFTER INSERT ON extension BEGIN
    UPDATE installation SET extension_count = extension_count + 1 WHERE id = NEW.installation_id;
END;
CREATE TRIGGER count_extension_out AFTER DELETE ON extension BEGIN
    UPDATE installation SET extension_count = extension_count - 1 WHERE id = OLD.installation_id;
END;
CREATE TRIGGER count_device_in AFTER INSERT ON device BEGIN
    UPDATE installation SET device_count = device_count + 1 WHERE id = NEW.installation_id;
END;
CREATE TRIGGER count_device_out AFTER DELETE ON device BEGIN
    UPDATE installation SET device_count = device_count - 1 WHERE id = OLD.installation_id;
END;
CREATE TRIGGER order_not_deleted BEFORE DELETE ON tariff_order BEGIN
    SELECT RAISE(ABORT, 'append-only: tariff_order');
END;
CREATE TRIGGER order_only_ended BEFORE UPDATE ON tariff_order
WHEN OLD.ending IS NOT NULL OR NEW.ending IS NULL
    OR NEW.order_number IS NOT OLD.order_number OR NEW.quote_id IS NOT OLD.quote_id
    OR NEW.installation_id IS NOT OLD.installation_id OR NEW.tariff_code IS NOT OLD.tariff_code
    OR NEW.tariff_name IS NOT OLD.tariff_name OR NEW.edition IS NOT OLD.edition
    OR NEW.max_extensions IS NOT OLD.max_extensions OR NEW.max_devices IS NOT OLD.max_devices
    OR NEW.net_cents IS NOT OLD.net_cents OR NEW.vat_bp IS NOT OLD.vat_bp
    OR NEW.price_list IS NOT OLD.price_list OR NEW.previous IS NOT OLD.previous
    OR NEW.placed_at IS NOT OLD.placed_at OR NEW.zone IS NOT OLD.zone
    OR NEW.effective_on IS NOT OLD.effective_on OR NEW.mail_to IS NOT OLD.mail_to
BEGIN
    SELECT RAISE(ABORT, 'append-only: tariff_order');
END;
CREATE TRIGGER order_not_replaced BEFORE INSERT ON tariff_order
WHEN NEW.ending IS NOT NULL
    OR EXISTS (SELECT 1 FROM tariff_order WHERE order_number = NEW.order_number OR quote_id = NEW.quote_id
        OR (installation_id = NEW.installation_id AND effective_on = NEW.effective_on AND ending IS NULL))
BEGIN
    SELECT RAISE(ABORT, 'append-only: tariff_order');
END;
CREATE TRIGGER audit_not_deleted BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'append-only: audit');
END;
CREATE TRIGGER audit_not_updated BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'append-only: audit');
END;
CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
WHEN NEW.seq IS NOT (SELECT seq FROM audit_head) OR EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq OR hash = NEW.hash)
BEGIN
    SELECT RAISE(ABORT, 'append-only: audit');
END;
CREATE TRIGGER audit_head_not_deleted BEFORE DELETE ON audit_head BEGIN
    SELECT RAISE(ABORT, 'append-only: audit_head');
END;
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
WHEN NEW.seq NOT IN (OLD.seq, OLD.seq + 1) OR NEW.latest_at < OLD.latest_at
    OR (NEW.hash IS NOT OLD.hash AND NEW.hash IS NOT (SELECT hash FROM audit WHERE seq = NEW.seq))
BEGIN
    SELECT RAISE(ABORT, 'append-only: audit_head');
END;
CREATE TRIGGER audit_head_not_replaced BEFORE INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head) BEGIN
    SELECT RAISE(ABORT, 'append-only: audit_head');
END;
CREATE TRIGGER price_list_not_replaced BEFORE INSERT ON price_list
WHEN EXISTS (SELECT 1 FROM price_list WHERE valid_from = NEW.valid_from)
BEGIN
    SELECT RAISE(ABORT, 'append-only: price_list');
END;
CREATE TRIGGER price_not_replaced BEFORE INSERT ON price
WHEN EXISTS (SELECT 1 FROM price WHERE price_list = NEW.price_list AND code = NEW.code)
BEGIN
    SELECT RAISE(ABORT, 'append-only: price');
END;
CREATE TRIGGER price_list_not_deleted BEFORE DELETE ON price_list BEGIN
    SELECT RAISE(ABORT, 'append-only: price_list');
END;
CREATE TRIGGER price_list_not_updated BEFORE UPDATE ON price_list BEGIN
    SELECT RAISE(ABORT, 'append-only: price_list');
END;
CREATE TRIGGER price_not_deleted BEFORE DELETE ON price BEGIN
    SELECT RAISE(ABORT, 'append-only: price');
END;
CREATE TRIGGER price_not_updated BEFORE UPDATE ON price BEGIN
    SELECT RAISE(ABORT, 'append-only: price');
END;
CREATE TRIGGER outbox_not_replaced BEFORE INSERT ON outbox
WHEN EXISTS (SELECT 1 FROM outbox WHERE message_id = NEW.message_id)
BEGIN
    SELECT RAISE(ABORT, 'append-only: outbox');
END;
CREATE TRIGGER outbox_not_updated BEFORE UPDATE ON outbox BEGIN
    SELECT RAISE(ABORT, 'append-only: outbox');
END;
CREATE TRIGGER outbox_not_deleted BEFORE DELETE ON outbox BEGIN
    SELECT RAISE(ABORT, 'append-only: outbox');
END;
"""
SECOND = """
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL REFERENCES outbox (message_id),
    recipient TEXT NOT NULL CHECK (recipient <> ''),
    requested_at TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    next_try_at TEXT NOT NULL,
    lease TEXT NOT NULL DEFAULT '',
    leased_until TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT '',
    ending TEXT CHECK (ending IN ('SENT', 'REFUSED')),
    ended_at TEXT,
    CHECK ((ending IS NULL) = (ended_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX one_open_delivery ON delivery (message_id) WHERE ending IS NULL;
CREATE INDEX delivery_due ON delivery (next_try_at) WHERE ending IS NULL;
CREATE INDEX delivery_by_message ON delivery (message_id);
INSERT INTO delivery (message_id, recipient, requested_at, next_try_at)
    SELECT message_id, recipient, created_at, created_at FROM outbox ORDER BY order_number, created_at;
CREATE TRIGGER delivery_ended BEFORE UPDATE ON delivery
WHEN OLD.ending IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.message_id IS NOT OLD.message_id
    OR NEW.recipient IS NOT OLD.recipient OR NEW.requested_at IS NOT OLD.requested_at
BEGIN
    SELECT RAISE(ABORT, 'append-only: delivery');
END;
CREATE TRIGGER delivery_not_deleted BEFORE DELETE ON delivery BEGIN
    SELECT RAISE(ABORT, 'append-only: delivery');
END;
CREATE TRIGGER delivery_not_replaced BEFORE INSERT ON delivery
WHEN EXISTS (SELECT 1 FROM delivery WHERE id = NEW.id OR (message_id = NEW.message_id AND ending IS NULL))
BEGIN
    SELECT RAISE(ABORT, 'append-only: delivery');
END;
"""
THIRD = """
CREATE TABLE import_kept (
    seq INTEGER PRIMARY KEY REFERENCES audit (seq),
    installation_id INTEGER NOT NULL REFERENCES installation (id),
    objects TEXT NOT NULL
) STRICT;
CREATE INDEX import_kept_by_installation ON import_kept (installation_id, seq);
CREATE TABLE import_profile (
    name TEXT PRIMARY KEY,
    toml TEXT NOT NULL
) STRICT;
"""
FOURTH = """
ALTER TABLE installation ADD COLUMN holding_extensions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE installation ADD COLUMN holding_devices INTEGER NOT NULL DEFAULT 0;
ALTER TABLE installation ADD COLUMN changes_on TEXT NOT NULL DEFAULT '';
UPDATE installation SET holding_extensions = max_extensions, holding_devices = max_devices;
UPDATE installation SET (holding_extensions, holding_devices, changes_on) = (
    SELECT o.max_extensions, o.max_devices, o.effective_on FROM tariff_order o
    WHERE o.installation_id = installation.id AND o.ending IS NULL ORDER BY o.effective_on DESC LIMIT 1)
WHERE id IN (SELECT o.installation_id FROM tariff_order o WHERE o.ending IS NULL);
CREATE INDEX installation_beyond ON installation (sort_name, id, changes_on)
    WHERE extension_count > holding_extensions OR device_count > holding_devices;
CREATE INDEX installation_changing ON installation (changes_on, sort_name, id) WHERE changes_on <> '';
DROP INDEX installation_by_number;
CREATE INDEX installation_by_number ON installation (sort_number, id, search);
CREATE TRIGGER installation_holds AFTER INSERT ON installation BEGIN
    UPDATE installation SET holding_extensions = NEW.max_extensions, holding_devices = NEW.max_devices
    WHERE id = NEW.id;
END;
CREATE TRIGGER order_holds AFTER INSERT ON tariff_order BEGIN
    UPDATE installation SET (holding_extensions, holding_devices, changes_on) = (
        SELECT o.max_extensions, o.max_devices, o.effective_on FROM tariff_order o
        WHERE o.installation_id = NEW.installation_id AND o.ending IS NULL ORDER BY o.effective_on DESC LIMIT 1)
    WHERE id = NEW.installation_id;
END;
CREATE TRIGGER order_no_longer_holds AFTER UPDATE ON tariff_order BEGIN
    UPDATE installation SET holding_extensions = max_extensions, holding_devices = max_devices, changes_on = ''
    WHERE id = NEW.installation_id;
    UPDATE installation SET (holding_extensions, holding_devices, changes_on) = (
        SELECT o.max_extensions, o.max_devices, o.effective_on FROM tariff_order o
        WHERE o.installation_id = NEW.installation_id AND o.ending IS NULL ORDER BY o.effective_on DESC LIMIT 1)
    WHERE id IN (SELECT o.installation_id FROM tariff_order o
        WHERE o.installation_id = NEW.installation_id AND o.ending IS NULL);
END;
CREATE VIRTUAL TABLE installation_text USING fts5 (
    search, content = 'installation', content_rowid = 'id', tokenize = 'trigram', detail = 'none');
INSERT INTO installation_text (installation_text) VALUES ('rebuild');
"""
MIGRATIONS = (FIRST, SECOND, THIRD, FOURTH)
VERSION = len(MIGRATIONS)
# `sqlite_health.checksum` of what these make: a new migration has a new one.
CHECKSUM = 2198359518


def migrations() -> Migrations:
    """The schema's history as sqlite-utils migrations, one for each entry of MIGRATIONS."""
    from sqlite_utils import Migrations

    history = Migrations("tarifwechsel")
    for number, script in enumerate(MIGRATIONS, start=1):

        def step(db: Database, script: str = script) -> None:
            for statement in statements(script):
                db.execute(statement)

        history(name=f"{number:03d}")(step)
    return history


def statements(script: str) -> Iterator[str]:
    """The statements of a script, a trigger with all its semicolons in one.

    `executescript` of sqlite-utils looks for the end after every letter: two thirds of the time that a new file took.
    """
    *parts, rest = script.split(";")
    statement = ""
    for part in parts:
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement := (statement + rest).strip():
        yield statement
