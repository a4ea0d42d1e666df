-- Run once in the maintenance database of a new cluster, by the superuser.

-- The passwords are 24 random bytes, which no dictionary holds: one round of hashing does, where 4096 would cost each
-- session 10 ms.
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 160000 THEN
        PERFORM set_config('scram_iterations', '1', false);
    END IF;
END
$$;

CREATE ROLE app LOGIN;
CREATE ROLE observer LOGIN;
GRANT pg_read_all_stats TO observer;
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
REVOKE ALL ON DATABASE template1 FROM PUBLIC;
