BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
) STRICT;
INSERT INTO "_sqlite_migrations" VALUES(1,'tarifwechsel','001','2026-11-22 16:40:36.944743+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'tarifwechsel','002','2026-11-22 16:40:36.951063+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'tarifwechsel','003','2026-11-22 16:40:36.951738+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'tarifwechsel','004','2026-11-22 16:40:36.958475+00:00');
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
INSERT INTO "audit" VALUES(1,'2026-11-22T09:00:00.000000+00:00','sachbearbeitung','INSTALLATION_CREATED',1,'{}','{"device_count":0,"digests":{"customer":"72b12fd0e0e17c065be7b77b6ebc47a413fde854cc61c8d7780cb7a4a6198f77","objects":"ac7f685a2c5e317637c39c4269943443885385e0ee030fa6d8837d67bb15df08","price_lists":{"2026-01-01":"d5358e759e1669fe6782752e828f4f928aeab3d8a54e1bd7dd5c1614461a413e","2027-01-01":"53e73875ce6a675bfe4eb1826afd8dda74149c8b7b7ad95067402665f3b192f8"},"tariff":"ab551ea9c28fe8b61ff96147f5f14424c28ead7552ff0b7808a4e0bada2f7982"},"extension_count":3,"extensions":["100","101","102"],"feature_count":0,"features":[],"tariff":"classic-10"}','','3e374f72d54e5bb0d73c7098b72d2155cbf70587e41237896f8b68d7e39d7336');
INSERT INTO "audit" VALUES(2,'2026-11-22T09:00:00.000000+00:00','sachbearbeitung','ORDER_PLACED',1,'{"tariff":"classic-10"}','{"digest":"f65bed243ae92625df20255628a829afc756f42291e54aff6c2e061603465def","effective_on":"2026-12-01","mail_digest":"82c0d06a26e218091cc1c0525400730cabb55ffe1d88de68286cc0abbef5daa8","net_cents":1990,"replaces":null,"tariff":"classic-25"}','','3f7fc1a02f63f1943703e94c3b4fc1fdacd5fd80e4d26ba109641660a9dd4960');
INSERT INTO "audit" VALUES(3,'2026-11-22T09:00:00.000000+00:00','sachbearbeitung','ORDER_PLACED',1,'{"tariff":"classic-10"}','{"digest":"2582d8b8032b706679fcbe09cb9bf0b80e8675e7c11007458a340703d1ea3360","effective_on":"2026-12-01","mail_digest":"a8faae372417129aede72a9b1d3db4fb9f9402d1ef3f141094415e80caf3fb8d","net_cents":3490,"replaces":2,"tariff":"classic-50"}','','34e84ed6481d6a59b919e545e4f85b2401c0047e0f1bedafa40d2faae576254f');
INSERT INTO "audit" VALUES(4,'2026-11-22T09:00:00.000000+00:00','sachbearbeitung','ORDER_SUPERSEDED',1,'{"order":2}','{"order":3}','','98bca7820c732a11d559874c9fcef013f99bc9b2093d9e467e8274667091f8fd');
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    latest_at TEXT NOT NULL
) STRICT;
INSERT INTO "audit_head" VALUES(1,4,'98bca7820c732a11d559874c9fcef013f99bc9b2093d9e467e8274667091f8fd','2026-11-22T09:00:00.000000+00:00');
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
INSERT INTO "delivery" VALUES(1,'fad32fde-eb95-5494-8ab7-0100c21d1750','kunde@example.org','2026-11-22T09:00:00.000000+00:00','',0,'2026-11-22T09:00:00.000000+00:00','','','',NULL,NULL);
INSERT INTO "delivery" VALUES(2,'c0949e72-baa6-5b4f-831c-a55c47bafa1c','kunde@example.org','2026-11-22T09:00:00.000000+00:00','',0,'2026-11-22T09:00:00.000000+00:00','','','',NULL,NULL);
CREATE TABLE device (
    id INTEGER PRIMARY KEY,
    installation_id INTEGER NOT NULL REFERENCES installation (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind TEXT NOT NULL CHECK (kind IN ('IP_PHONE', 'APP', 'EXTERNAL_PHONE')),
    mac TEXT NOT NULL CHECK (mac = '' OR length(mac) = 12),
    created_at TEXT NOT NULL
) STRICT;
CREATE TABLE device_extension (
    device_id INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    extension_id INTEGER NOT NULL REFERENCES extension (id) ON DELETE CASCADE,
    PRIMARY KEY (device_id, extension_id)
) STRICT;
CREATE TABLE extension (
    id INTEGER PRIMARY KEY,
    installation_id INTEGER NOT NULL REFERENCES installation (id),
    number TEXT NOT NULL CHECK (length(number) BETWEEN 1 AND 20),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind TEXT NOT NULL CHECK (kind IN ('USER', 'RESOURCE')),
    created_at TEXT NOT NULL,
    UNIQUE (installation_id, number)
) STRICT;
INSERT INTO "extension" VALUES(1,1,'100','Nebenstelle 0','USER','2026-11-22T09:00:00.000000+00:00');
INSERT INTO "extension" VALUES(2,1,'101','Nebenstelle 1','USER','2026-11-22T09:00:00.000000+00:00');
INSERT INTO "extension" VALUES(3,1,'102','Nebenstelle 2','USER','2026-11-22T09:00:00.000000+00:00');
CREATE TABLE feature_use (
    id INTEGER PRIMARY KEY,
    installation_id INTEGER NOT NULL REFERENCES installation (id),
    feature TEXT NOT NULL CHECK (feature IN ('CALL_FLOW', 'ANALYTICS', 'DESKTOP_CLIENT')),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    extension_id INTEGER REFERENCES extension (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    CHECK (feature = 'ANALYTICS' OR extension_id IS NOT NULL)
) STRICT;
CREATE TABLE import_kept (
    seq INTEGER PRIMARY KEY REFERENCES audit (seq),
    installation_id INTEGER NOT NULL REFERENCES installation (id),
    objects TEXT NOT NULL
) STRICT;
CREATE TABLE import_profile (
    name TEXT PRIMARY KEY,
    toml TEXT NOT NULL
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
, holding_extensions INTEGER NOT NULL DEFAULT 0, holding_devices INTEGER NOT NULL DEFAULT 0, changes_on TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO "installation" VALUES(1,'K-1','Muster GmbH','kunde@example.org','de','muster gmbh
Muster GmbH','k-000000000001
K-1','muster gmbh
k-1','classic-10','Classic 10','CLASSIC',10,10,990,1900,'2026-01-01',3,0,4,'2026-11-22T09:00:00.000000+00:00',50,50,'2026-12-01');
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
INSERT INTO "outbox" VALUES('fad32fde-eb95-5494-8ab7-0100c21d1750',2,1,'ORDERED','kunde@example.org','de','{"cancellable_until": "2026-11-30", "current": {"edition": "CLASSIC", "max_devices": 10, "max_extensions": 10, "net_cents": 990, "price_list": "2026-01-01", "tariff_code": "classic-10", "tariff_name": "Classic 10", "vat_bp": 1900}, "customer_name": "Muster GmbH", "customer_number": "K-1", "devices": 0, "effective_on": "2026-12-01", "extensions": 3, "order_number": 2, "placed_at": "2026-11-22T10:00:00+01:00", "replaced_tariff": "", "replaces": null, "target": {"edition": "CLASSIC", "max_devices": 25, "max_extensions": 25, "net_cents": 1990, "price_list": "2026-01-01", "tariff_code": "classic-25", "tariff_name": "Classic 25", "vat_bp": 1900}, "told_at": "2026-11-22T10:00:00+01:00"}','2026-11-22T09:00:00.000000+00:00');
INSERT INTO "outbox" VALUES('c0949e72-baa6-5b4f-831c-a55c47bafa1c',3,1,'ORDERED','kunde@example.org','de','{"cancellable_until": "2026-11-30", "current": {"edition": "CLASSIC", "max_devices": 10, "max_extensions": 10, "net_cents": 990, "price_list": "2026-01-01", "tariff_code": "classic-10", "tariff_name": "Classic 10", "vat_bp": 1900}, "customer_name": "Muster GmbH", "customer_number": "K-1", "devices": 0, "effective_on": "2026-12-01", "extensions": 3, "order_number": 3, "placed_at": "2026-11-22T10:00:00+01:00", "replaced_tariff": "Classic 25", "replaces": 2, "target": {"edition": "CLASSIC", "max_devices": 50, "max_extensions": 50, "net_cents": 3490, "price_list": "2026-01-01", "tariff_code": "classic-50", "tariff_name": "Classic 50", "vat_bp": 1900}, "told_at": "2026-11-22T10:00:00+01:00"}','2026-11-22T09:00:00.000000+00:00');
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
INSERT INTO "price" VALUES('2026-01-01','classic-10','Classic 10','CLASSIC',10,10,990,0);
INSERT INTO "price" VALUES('2026-01-01','classic-25','Classic 25','CLASSIC',25,25,1990,0);
INSERT INTO "price" VALUES('2026-01-01','classic-50','Classic 50','CLASSIC',50,50,3490,0);
INSERT INTO "price" VALUES('2026-01-01','classic-100','Classic 100','CLASSIC',100,100,5990,0);
INSERT INTO "price" VALUES('2026-01-01','classic-250','Classic 250','CLASSIC',250,250,12990,0);
INSERT INTO "price" VALUES('2026-01-01','pro-10','Pro 10','PRO',10,10,1990,0);
INSERT INTO "price" VALUES('2026-01-01','pro-25','Pro 25','PRO',25,25,3990,0);
INSERT INTO "price" VALUES('2026-01-01','pro-50','Pro 50','PRO',50,50,6990,0);
INSERT INTO "price" VALUES('2026-01-01','pro-100','Pro 100','PRO',100,100,11990,0);
INSERT INTO "price" VALUES('2026-01-01','pro-250','Pro 250','PRO',250,250,25990,0);
INSERT INTO "price" VALUES('2026-01-01','classic-20','Classic 20','CLASSIC',20,20,1450,1);
INSERT INTO "price" VALUES('2027-01-01','classic-10','Classic 10','CLASSIC',10,10,990,0);
INSERT INTO "price" VALUES('2027-01-01','classic-25','Classic 25','CLASSIC',25,25,2190,0);
INSERT INTO "price" VALUES('2027-01-01','classic-50','Classic 50','CLASSIC',50,50,3490,0);
INSERT INTO "price" VALUES('2027-01-01','classic-100','Classic 100','CLASSIC',100,100,5990,0);
INSERT INTO "price" VALUES('2027-01-01','classic-250','Classic 250','CLASSIC',250,250,12990,0);
INSERT INTO "price" VALUES('2027-01-01','pro-10','Pro 10','PRO',10,10,1990,0);
INSERT INTO "price" VALUES('2027-01-01','pro-25','Pro 25','PRO',25,25,3990,0);
INSERT INTO "price" VALUES('2027-01-01','pro-50','Pro 50','PRO',50,50,6990,0);
INSERT INTO "price" VALUES('2027-01-01','pro-100','Pro 100','PRO',100,100,11990,0);
INSERT INTO "price" VALUES('2027-01-01','pro-250','Pro 250','PRO',250,250,25990,0);
INSERT INTO "price" VALUES('2027-01-01','classic-20','Classic 20','CLASSIC',20,20,1450,1);
CREATE TABLE price_list (
    valid_from TEXT PRIMARY KEY CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    vat_bp INTEGER NOT NULL CHECK (vat_bp BETWEEN 0 AND 10000),
    note TEXT NOT NULL
) STRICT;
INSERT INTO "price_list" VALUES('2026-01-01',1900,'Beispielpreise');
INSERT INTO "price_list" VALUES('2027-01-01',1900,'Beispielpreise');
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
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
INSERT INTO "tariff_order" VALUES(2,'fd50cc4e-1699-4584-adc8-dba94e5b6314',1,'classic-25','Classic 25','CLASSIC',25,25,1990,1900,'2026-01-01','{"tariff_code": "classic-10", "tariff_name": "Classic 10", "edition": "CLASSIC", "max_extensions": 10, "max_devices": 10, "net_cents": 990, "vat_bp": 1900, "price_list": "2026-01-01"}','2026-11-22T09:00:00.000000+00:00','Europe/Berlin','2026-12-01','kunde@example.org','SUPERSEDED','2026-11-22T09:00:00.000000+00:00','',3);
INSERT INTO "tariff_order" VALUES(3,'f3f96c65-ba4e-4da7-bb3a-c781b198abd1',1,'classic-50','Classic 50','CLASSIC',50,50,3490,1900,'2026-01-01','{"tariff_code": "classic-10", "tariff_name": "Classic 10", "edition": "CLASSIC", "max_extensions": 10, "max_devices": 10, "net_cents": 990, "vat_bp": 1900, "price_list": "2026-01-01"}','2026-11-22T09:00:00.000000+00:00','Europe/Berlin','2026-12-01','kunde@example.org',NULL,NULL,'',NULL);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX installation_by_name ON installation (sort_name, id, search);
CREATE INDEX extension_by_number ON extension (number, installation_id);
CREATE INDEX device_by_installation ON device (installation_id);
CREATE INDEX device_by_mac ON device (mac, installation_id) WHERE mac <> '';
CREATE INDEX device_extension_by_extension ON device_extension (extension_id);
CREATE UNIQUE INDEX feature_use_once ON feature_use (installation_id, feature, extension_id);
CREATE INDEX feature_use_by_extension ON feature_use (extension_id);
CREATE UNIQUE INDEX one_pending_order ON tariff_order (installation_id, effective_on) WHERE ending IS NULL;
CREATE INDEX tariff_order_by_installation ON tariff_order (installation_id);
CREATE INDEX audit_by_installation ON audit (installation_id, seq);
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
CREATE UNIQUE INDEX one_open_delivery ON delivery (message_id) WHERE ending IS NULL;
CREATE INDEX delivery_due ON delivery (next_try_at) WHERE ending IS NULL;
CREATE INDEX delivery_by_message ON delivery (message_id);
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
CREATE INDEX import_kept_by_installation ON import_kept (installation_id, seq);
CREATE INDEX installation_beyond ON installation (sort_name, id, changes_on)
    WHERE extension_count > holding_extensions OR device_count > holding_devices;
CREATE INDEX installation_changing ON installation (changes_on, sort_name, id) WHERE changes_on <> '';
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
COMMIT;
PRAGMA application_id = 1415010097;
PRAGMA user_version = 4;
