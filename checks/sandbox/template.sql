-- Run once in the database that new ones are copied from, by the superuser: what a migration finds in one of its own.

DO $$
BEGIN
    -- From 15 on the schema belongs to pg_database_owner, which is app.
    IF current_setting('server_version_num')::int < 150000 THEN
        ALTER SCHEMA public OWNER TO app;
    END IF;
    EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO app', current_database());
END
$$;

-- A dump comments on this extension, which only its owner may.
DROP EXTENSION plpgsql;
SET ROLE app;
CREATE EXTENSION plpgsql;
RESET ROLE;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM app', current_database());
END
$$;
