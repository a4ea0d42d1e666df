-- Foreign-data wrappers, servers and user mappings (whose options only their owner may see).
SELECT 'foreign-data wrapper', 'pg_foreign_data_wrapper', w.oid, 0, ARRAY[w.fdwname::text],
    json_build_object(
        'owner', pg_get_userbyid(w.fdwowner),
        'handler', nullif(w.fdwhandler::regproc::text, '-'),
        'validator', nullif(w.fdwvalidator::regproc::text, '-'),
        'options', array_to_string(w.fdwoptions, ', ')),
    json_build_object('sql', quote_ident(w.fdwname), 'options', w.fdwoptions)
FROM pg_foreign_data_wrapper w
WHERE NOT EXISTS (
    SELECT FROM extension_member e WHERE e.classid = 'pg_foreign_data_wrapper'::regclass AND e.objid = w.oid)
UNION ALL
SELECT 'server', 'pg_foreign_server', s.oid, 0, ARRAY[s.srvname::text],
    json_build_object(
        'owner', pg_get_userbyid(s.srvowner),
        'wrapper', w.fdwname, 'type', s.srvtype, 'version', s.srvversion,
        'options', array_to_string(s.srvoptions, ', ')),
    json_build_object('sql', quote_ident(s.srvname), 'options', s.srvoptions)
FROM pg_foreign_server s
JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE NOT EXISTS (
    SELECT FROM extension_member e WHERE e.classid = 'pg_foreign_server'::regclass AND e.objid = s.oid)
UNION ALL
SELECT 'user mapping', 'pg_user_mapping', m.umid, 0, ARRAY[concat(m.usename, ' on ', m.srvname)],
    json_build_object('options', array_to_string(m.umoptions, ', ')),
    json_build_object(
        'sql', format('%s SERVER %I', CASE m.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(m.usename) END, m.srvname),
        'server_path', ARRAY[m.srvname::text], 'options', m.umoptions)
FROM pg_user_mappings m
