-- since 15
SELECT 'publication table', 'pg_publication_rel', r.oid, 0, ARRAY[p.pubname::text, c.nspname, c.relname],
    json_build_object(
        'filter', pg_get_expr(r.prqual, r.prrelid),
        'columns', (
            SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
            FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs))),
    json_build_object('publication', quote_ident(p.pubname), 'publication_path', ARRAY[p.pubname::text],
        'sql', format('%I.%I', c.nspname, c.relname))
FROM pg_publication_rel r
JOIN pg_publication p ON p.oid = r.prpubid
JOIN relation c ON c.oid = r.prrelid
UNION ALL
SELECT 'publication schema', 'pg_publication_namespace', r.oid, 0, ARRAY[p.pubname::text, n.nspname],
    json_build_object(),
    json_build_object('publication', quote_ident(p.pubname), 'publication_path', ARRAY[p.pubname::text],
        'sql', quote_ident(n.nspname))
FROM pg_publication_namespace r
JOIN pg_publication p ON p.oid = r.pnpubid
JOIN user_schema n ON n.oid = r.pnnspid
