-- What a sequence is; never where it stands.
SELECT 'sequence', 'pg_class', c.oid, 0, ARRAY[c.nspname, c.relname],
    json_build_object(
        'owner', pg_get_userbyid(c.relowner),
        'type', format_type(s.seqtypid, NULL),
        'start', s.seqstart, 'increment', s.seqincrement, 'minimum', s.seqmin, 'maximum', s.seqmax,
        'cache', s.seqcache, 'cycle', s.seqcycle,
        'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END,
        'owned_by', concat_ws('.', o.nspname, o.relname, a.attname)),
    json_build_object(
        'sql', format('%I.%I', c.nspname, c.relname), 'schema', c.nspname, 'name', c.relname, 'quoted', quote_ident(c.relname),
        'kind', c.relkind, 'identity', d.deptype = 'i',
        'owner_table', CASE WHEN a.attname IS NOT NULL THEN ARRAY[o.nspname, o.relname] END,
        'owner_column', a.attname,
        'owned_by', CASE WHEN a.attname IS NOT NULL
            THEN format('%I.%I.%I', o.nspname, o.relname, a.attname) END)
FROM relation c
JOIN pg_sequence s ON s.seqrelid = c.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN relation o ON o.oid = d.refobjid
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
