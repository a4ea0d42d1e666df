-- A stamp for each object: how many rows of the catalogs make it, and the newest transaction that wrote one of them.
-- Every change writes a row with a newer transaction or takes one away, so what has the same stamp is the same.
WITH row_of (catalog, oid, xmin) AS (
    SELECT 'pg_class'::regclass, oid, xmin FROM pg_class WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_class', c.oid, toast.xmin FROM pg_class c JOIN pg_class toast ON toast.oid = c.reltoastrelid
    WHERE c.oid >= 16384 AND toast.reloptions IS NOT NULL
    UNION ALL
    SELECT 'pg_class', attrelid, xmin FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0
    UNION ALL
    SELECT 'pg_class', adrelid, xmin FROM pg_attrdef
    UNION ALL
    SELECT 'pg_class', indexrelid, xmin FROM pg_index WHERE indexrelid >= 16384
    UNION ALL
    SELECT 'pg_class', inhrelid, xmin FROM pg_inherits
    UNION ALL
    SELECT 'pg_class', partrelid, xmin FROM pg_partitioned_table
    UNION ALL
    SELECT 'pg_class', seqrelid, xmin FROM pg_sequence
    UNION ALL
    SELECT 'pg_class', ftrelid, xmin FROM pg_foreign_table
    UNION ALL
    SELECT 'pg_class', ev_class, xmin FROM pg_rewrite WHERE ev_class >= 16384
    UNION ALL
    SELECT 'pg_class', objid, xmin FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND objid >= 16384
    UNION ALL
    SELECT 'pg_rewrite', oid, xmin FROM pg_rewrite WHERE ev_class >= 16384
    UNION ALL
    SELECT 'pg_constraint', oid, xmin FROM pg_constraint WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_trigger', oid, xmin FROM pg_trigger
    UNION ALL
    SELECT 'pg_policy', oid, xmin FROM pg_policy
    UNION ALL
    SELECT 'pg_statistic_ext', oid, xmin FROM pg_statistic_ext
    UNION ALL
    SELECT 'pg_type', oid, xmin FROM pg_type WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_type', enumtypid, xmin FROM pg_enum
    UNION ALL
    SELECT 'pg_type', rngtypid, xmin FROM pg_range WHERE rngtypid >= 16384
    UNION ALL
    SELECT 'pg_proc', oid, xmin FROM pg_proc WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_proc', aggfnoid, xmin FROM pg_aggregate WHERE aggfnoid >= 16384::oid
    UNION ALL
    SELECT classoid, objoid, xmin FROM pg_description WHERE objoid >= 16384
    -- What others are named or made with, though it is read in full each time.
    UNION ALL
    SELECT 'pg_namespace', oid, xmin FROM pg_namespace
    UNION ALL
    SELECT 'pg_collation', oid, xmin FROM pg_collation WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_operator', oid, xmin FROM pg_operator WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_opclass', oid, xmin FROM pg_opclass WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_opfamily', oid, xmin FROM pg_opfamily WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_conversion', oid, xmin FROM pg_conversion WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_ts_config', oid, xmin FROM pg_ts_config WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_ts_dict', oid, xmin FROM pg_ts_dict WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_language', oid, xmin FROM pg_language WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_foreign_server', oid, xmin FROM pg_foreign_server
    UNION ALL
    SELECT 'pg_extension', oid, xmin FROM pg_extension
)
SELECT json_object_agg(address, stamp)
FROM (
    SELECT concat(catalog::oid, ' ', oid) AS address, concat(count(*), ' ', max(xmin::text::bigint)) AS stamp
    FROM row_of
    GROUP BY catalog, oid
) AS stamps
