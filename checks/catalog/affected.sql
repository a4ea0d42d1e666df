-- The objects that tell of the given ones (catalogs, oids): what depends on them, however indirectly, by name or
-- in an expression; and of an affected default or view rule its table or view.
WITH RECURSIVE affected (catalog, oid) AS (
    SELECT * FROM unnest(%s::oid[], %s::oid[])
    UNION
    SELECT d.classid, d.objid
    FROM affected a
    JOIN pg_depend d ON d.refclassid = a.catalog AND d.refobjid = a.oid
)
SELECT coalesce(array_agg(DISTINCT oid::bigint), '{}')
FROM (
    SELECT oid FROM affected
    UNION ALL
    SELECT d.adrelid FROM affected a JOIN pg_attrdef d ON d.oid = a.oid WHERE a.catalog = 'pg_attrdef'::regclass
    UNION ALL
    SELECT r.ev_class FROM affected a JOIN pg_rewrite r ON r.oid = a.oid WHERE a.catalog = 'pg_rewrite'::regclass
) AS told (oid)
