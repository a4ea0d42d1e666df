SELECT 'schema', 'pg_namespace', n.oid, 0, ARRAY[n.nspname],
    json_build_object('owner', pg_get_userbyid(n.nspowner)),
    json_build_object('sql', quote_ident(n.nspname))
FROM user_schema n
WHERE NOT EXISTS (
    SELECT FROM extension_member e WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid)
