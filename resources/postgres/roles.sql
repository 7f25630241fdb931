-- Who may what in a database of Tarifwechsel. Run it as the server's administrator, or as the database's owner if that
-- account may make roles: once, after every update of the program, and after a restore.
--
--     sudo -u postgres psql --dbname tarifwechsel --file roles.sql
--
-- It makes two roles, which nobody signs in with; give them to accounts, one for each person:
--
--     CREATE ROLE "anna.muster" LOGIN PASSWORD '…' IN ROLE tarifwechsel_clerk;
--     CREATE ROLE "pruefung" LOGIN PASSWORD '…' IN ROLE tarifwechsel_viewer;
--
-- Clerks do everything the program does, and nothing else: orders, prices and history can only be added to, and of what
-- was written only what ends an order or a delivery can be changed. Viewers see everything and change nothing.
-- The history names the account, so nobody should share one.

\set ON_ERROR_STOP on
BEGIN;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tarifwechsel_viewer') THEN
        CREATE ROLE tarifwechsel_viewer NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tarifwechsel_clerk') THEN
        CREATE ROLE tarifwechsel_clerk NOLOGIN IN ROLE tarifwechsel_viewer;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO tarifwechsel_viewer', current_schema());
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM PUBLIC, tarifwechsel_viewer, tarifwechsel_clerk',
        current_schema());
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO tarifwechsel_viewer', current_schema());
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO tarifwechsel_clerk', current_schema());
    -- Without this a temporary table could stand in a real one's place.
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

-- Customers and what belongs to them; not the tariff a contract began with.
GRANT INSERT ON installation TO tarifwechsel_clerk;
GRANT UPDATE (
    customer_number, name, email, language, sort_name, sort_number, search, revision,
    extension_count, device_count, holding_extensions, holding_devices, changes_on
) ON installation TO tarifwechsel_clerk;
GRANT INSERT, UPDATE, DELETE ON extension, device, device_extension, feature_use TO tarifwechsel_clerk;
GRANT INSERT, UPDATE, DELETE ON setting, import_profile, import_kept TO tarifwechsel_clerk;

-- What is only added to.
GRANT INSERT ON price_list, price, tariff_order, audit, outbox, delivery TO tarifwechsel_clerk;

-- An order ends, a delivery is tried and ends, the history's head moves; the guards watch over how.
GRANT UPDATE (ending, ended_at, reason, superseded_by) ON tariff_order TO tarifwechsel_clerk;
GRANT UPDATE (message, tries, next_try_at, lease, leased_until, answer, ending, ended_at) ON delivery TO tarifwechsel_clerk;
GRANT UPDATE (seq, hash, latest_at) ON audit_head TO tarifwechsel_clerk;

COMMIT;
