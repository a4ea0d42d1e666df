SELECT 'collation', 'pg_collation', l.oid, 0, ARRAY[n.nspname, l.collname::text],
    json_build_object(
        'owner', pg_get_userbyid(l.collowner),
        'provider', CASE l.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'd' THEN 'default' ELSE 'libc' END,
        'deterministic', l.collisdeterministic,
        'lc_collate', l.collcollate, 'lc_ctype', l.collctype,
        'locale', coalesce(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> 'colliculocale'),
        'rules', to_jsonb(l) ->> 'collicurules'),
    json_build_object('sql', format('%I.%I', n.nspname, l.collname))
FROM pg_collation l
JOIN user_schema n ON n.oid = l.collnamespace
WHERE NOT EXISTS (
    SELECT FROM extension_member e WHERE e.classid = 'pg_collation'::regclass AND e.objid = l.oid)
