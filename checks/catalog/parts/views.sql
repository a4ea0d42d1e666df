-- Views and materialized views.
SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END, 'pg_class', c.oid, 0,
    ARRAY[c.nspname, c.relname],
    json_build_object(
        'owner', pg_get_userbyid(c.relowner),
        'definition', pg_get_viewdef(c.oid),
        'options', array_to_string(c.reloptions, ', '),
        'populated', c.relispopulated,
        'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END,
        'access_method', am.amname,
        'tablespace', space.spcname),
    json_build_object(
        'sql', format('%I.%I', c.nspname, c.relname),
        'schema', c.nspname, 'name', c.relname, 'quoted', quote_ident(c.relname), 'kind', c.relkind,
        'reads', (
            SELECT json_agg(DISTINCT concat(d.refobjid, ' ', d.refobjsubid))
            FROM pg_rewrite r
            JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                AND d.refobjid <> c.oid AND d.refclassid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass)
            WHERE r.ev_class = c.oid))
FROM relation c
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_tablespace space ON space.oid = c.reltablespace
WHERE c.relkind IN ('v', 'm')
