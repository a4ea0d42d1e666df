-- Run once in template1 of a new cluster, by the superuser: what a migration finds in a database of its own.

-- From 15 on the schema belongs to pg_database_owner, which is app.
DO $$
BEGIN
    IF current_setting('server_version_num')::int < 150000 THEN
        ALTER SCHEMA public OWNER TO app;
    END IF;
END
$$;

-- A dump comments on this extension, which only its owner may.
DROP EXTENSION plpgsql;
GRANT CONNECT, CREATE ON DATABASE template1 TO app;
SET ROLE app;
CREATE EXTENSION plpgsql;
RESET ROLE;
REVOKE ALL ON DATABASE template1 FROM app;
