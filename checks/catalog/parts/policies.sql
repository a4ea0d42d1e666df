SELECT 'policy', 'pg_policy', p.oid, 0, ARRAY[c.nspname, c.relname, p.polname::text],
    json_build_object(
        'command', CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'
            WHEN 'd' THEN 'delete' ELSE 'all' END,
        'permissive', p.polpermissive,
        'roles', roles.names,
        'using', pg_get_expr(p.polqual, p.polrelid),
        'with_check', pg_get_expr(p.polwithcheck, p.polrelid)),
    json_build_object(
        'sql', quote_ident(p.polname), 'holder', format('%I.%I', c.nspname, c.relname), 'schema', c.nspname, 'table', c.relname, 'name', p.polname,
        'roles', roles.sql)
FROM pg_policy p
JOIN relation c ON c.oid = p.polrelid
CROSS JOIN LATERAL (
    SELECT string_agg(name, ', ' ORDER BY name) AS names, string_agg(quoted, ', ' ORDER BY name) AS sql
    FROM (
        SELECT CASE member WHEN 0 THEN 'public' ELSE pg_get_userbyid(member)::text END AS name,
            CASE member WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(member)) END AS quoted
        FROM unnest(p.polroles) member) named
) roles
