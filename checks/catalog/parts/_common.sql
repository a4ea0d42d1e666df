-- What several parts need: the schemas of users; what belongs to an extension (and is left out); what
-- a range type made for itself.
WITH extension_member AS MATERIALIZED (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
),
made_by_type AS MATERIALIZED (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'i' AND refclassid = 'pg_type'::regclass
),
user_schema AS MATERIALIZED (
    SELECT oid, nspname::text, nspowner, nspacl FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
),
relation AS MATERIALIZED (
    SELECT c.oid, n.nspname, c.relname::text, c.relkind, c.relowner, c.relpersistence, c.reloptions, c.relam,
           c.reltablespace, c.reltoastrelid, c.relispartition, c.relpartbound, c.relrowsecurity,
           c.relforcerowsecurity, c.relreplident, c.reloftype, c.relispopulated, c.relacl
    FROM pg_class c JOIN user_schema n ON n.oid = c.relnamespace
    WHERE NOT EXISTS (
        SELECT FROM extension_member e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid)
),
routine AS MATERIALIZED (
    SELECT p.*, n.nspname, oidvectortypes(p.proargtypes) AS types
    FROM pg_proc p JOIN user_schema n ON n.oid = p.pronamespace
    WHERE NOT EXISTS (
        SELECT FROM extension_member e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid)
    AND NOT EXISTS (SELECT FROM made_by_type m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
),
user_type AS MATERIALIZED (
    SELECT t.*, n.nspname
    FROM pg_type t JOIN user_schema n ON n.oid = t.typnamespace
    WHERE NOT EXISTS (
        SELECT FROM extension_member e WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid)
)
