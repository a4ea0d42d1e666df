-- Run once in the maintenance database of a new cluster, by the superuser.
CREATE ROLE app LOGIN;
CREATE ROLE observer LOGIN;
GRANT pg_read_all_stats TO observer;
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
REVOKE ALL ON DATABASE template1 FROM PUBLIC;
