SELECT 'statistics', 'pg_statistic_ext', s.oid, 0, ARRAY[n.nspname, s.stxname::text],
    json_build_object(
        'owner', pg_get_userbyid(s.stxowner),
        'definition', pg_get_statisticsobjdef(s.oid),
        'target', nullif(s.stxstattarget, -1)),
    json_build_object(
        'sql', format('%I.%I', n.nspname, s.stxname), 'table_schema', c.nspname, 'table', c.relname)
FROM pg_statistic_ext s
JOIN user_schema n ON n.oid = s.stxnamespace
JOIN relation c ON c.oid = s.stxrelid
