SELECT 'cast', 'pg_cast', c.oid, 0,
    ARRAY[format('%s AS %s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL))],
    json_build_object(
        'function', CASE WHEN c.castfunc <> 0 THEN c.castfunc::regprocedure::text END,
        'context', CASE c.castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'assignment' ELSE 'explicit' END,
        'method', CASE c.castmethod WHEN 'f' THEN 'function' WHEN 'i' THEN 'inout' ELSE 'binary' END),
    json_build_object('sql', format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)))
FROM pg_cast c
WHERE c.oid >= 16384 AND NOT EXISTS (
    SELECT FROM extension_member e WHERE e.classid = 'pg_cast'::regclass AND e.objid = c.oid)
AND NOT EXISTS (SELECT FROM made_by_type m WHERE m.classid = 'pg_cast'::regclass AND m.objid = c.oid)
