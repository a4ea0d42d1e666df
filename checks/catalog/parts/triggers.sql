SELECT 'trigger', 'pg_trigger', t.oid, 0, ARRAY[c.nspname, c.relname, t.tgname::text],
    json_build_object(
        'definition', pg_get_triggerdef(t.oid),
        'enabled', CASE t.tgenabled
            WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' ELSE 'yes' END),
    json_build_object(
        'sql', quote_ident(t.tgname), 'holder', format('%I.%I', c.nspname, c.relname), 'schema', c.nspname, 'table', c.relname, 'name', t.tgname,
        'parent_oid', nullif(t.tgparentid, 0)::bigint)
FROM pg_trigger t
JOIN relation c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal
