-- Ordinary, partitioned and foreign tables.
SELECT CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END, 'pg_class', c.oid, 0,
    ARRAY[c.nspname, c.relname],
    json_build_object(
        'owner', pg_get_userbyid(c.relowner),
        'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END,
        'partition_key', CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
        'partition_of', CASE WHEN c.relispartition THEN parents.names END,
        'bound', CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
        'detach_pending', CASE WHEN c.relispartition THEN nullif(parents.detach_pending, false) END,
        'inherits', CASE WHEN NOT c.relispartition THEN parents.names END,
        'row_security', c.relrowsecurity,
        'force_row_security', c.relforcerowsecurity,
        'replica_identity', CASE c.relreplident
            WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' ELSE 'default' END,
        'access_method', am.amname,
        'options', array_to_string(c.reloptions, ', '),
        'toast_options', array_to_string(toast.reloptions, ', '),
        'tablespace', space.spcname,
        'of_type', CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
        'server', server.srvname,
        'foreign_options', array_to_string(f.ftoptions, ', ')),
    json_build_object(
        'sql', format('%I.%I', c.nspname, c.relname),
        'schema', c.nspname, 'name', c.relname, 'quoted', quote_ident(c.relname), 'kind', c.relkind, 'parents', parents.sql,
        'inherits_from', parents.path, 'foreign_options', f.ftoptions)
FROM relation c
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_tablespace space ON space.oid = c.reltablespace
LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid
LEFT JOIN pg_foreign_server server ON server.oid = f.ftserver
LEFT JOIN (
    SELECT i.inhrelid, string_agg(concat_ws('.', n.nspname, p.relname), ', ' ORDER BY i.inhseqno) AS names,
        string_agg(format('%I.%I', n.nspname, p.relname), ', ' ORDER BY i.inhseqno) AS sql,
        (array_agg(ARRAY[n.nspname, p.relname]::text[] ORDER BY i.inhseqno))[1:1] AS path,
        bool_or((to_jsonb(i) ->> 'inhdetachpending')::boolean) AS detach_pending
    FROM pg_inherits i
    JOIN pg_class p ON p.oid = i.inhparent
    JOIN pg_namespace n ON n.oid = p.relnamespace
    GROUP BY i.inhrelid
) parents ON parents.inhrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'f')
