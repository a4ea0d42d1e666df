SELECT 'rule', 'pg_rewrite', r.oid, 0, ARRAY[c.nspname, c.relname, r.rulename::text],
    json_build_object(
        'definition', pg_get_ruledef(r.oid),
        'enabled', CASE r.ev_enabled
            WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' ELSE 'yes' END),
    json_build_object('sql', quote_ident(r.rulename), 'holder', format('%I.%I', c.nspname, c.relname),
        'schema', c.nspname, 'table', c.relname, 'name', r.rulename)
FROM pg_rewrite r
JOIN relation c ON c.oid = r.ev_class
WHERE r.rulename <> '_RETURN'
