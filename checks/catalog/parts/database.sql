-- The database itself (its name is left out, because a clone has another) and what ALTER DATABASE SET gave it.
SELECT 'database', 'pg_database', d.oid, 0, ARRAY['this'],
    json_build_object(
        'owner', pg_get_userbyid(d.datdba),
        'encoding', pg_encoding_to_char(d.encoding), 'lc_collate', d.datcollate, 'lc_ctype', d.datctype,
        'connection_limit', d.datconnlimit, 'tablespace', s.spcname),
    json_build_object('sql', quote_ident(d.datname))
FROM pg_database d
JOIN pg_tablespace s ON s.oid = d.dattablespace
WHERE d.datname = current_database()
UNION ALL
SELECT 'database setting', concat('pg_db_role_setting ', s.setrole, ' ', split_part(setting, '=', 1)), s.setdatabase, 0,
    ARRAY[concat(split_part(setting, '=', 1), CASE WHEN s.setrole <> 0 THEN ' of ' || pg_get_userbyid(s.setrole) END)],
    json_build_object('value', substring(setting FROM position('=' IN setting) + 1)),
    json_build_object(
        'parameter', split_part(setting, '=', 1),
        'role', CASE WHEN s.setrole <> 0 THEN quote_ident(pg_get_userbyid(s.setrole)) END,
        'database', quote_ident(d.datname))
FROM pg_db_role_setting s
JOIN pg_database d ON d.oid = s.setdatabase
CROSS JOIN LATERAL unnest(s.setconfig) setting
WHERE d.datname = current_database()
