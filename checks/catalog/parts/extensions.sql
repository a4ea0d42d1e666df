SELECT 'extension', 'pg_extension', x.oid, 0, ARRAY[x.extname::text],
    json_build_object('version', x.extversion, 'schema', n.nspname),
    json_build_object('sql', quote_ident(x.extname), 'schema_sql', quote_ident(n.nspname))
FROM pg_extension x
JOIN pg_namespace n ON n.oid = x.extnamespace
