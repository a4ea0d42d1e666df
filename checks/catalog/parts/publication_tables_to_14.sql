-- until 14
SELECT 'publication table', 'pg_publication_rel', r.oid, 0, ARRAY[p.pubname::text, c.nspname, c.relname],
    json_build_object('filter', NULL, 'columns', NULL),
    json_build_object('publication', quote_ident(p.pubname), 'publication_path', ARRAY[p.pubname::text],
        'sql', format('%I.%I', c.nspname, c.relname))
FROM pg_publication_rel r
JOIN pg_publication p ON p.oid = r.prpubid
JOIN relation c ON c.oid = r.prrelid
