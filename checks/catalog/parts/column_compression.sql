-- since 14
SELECT 'addition', 'pg_class', a.attrelid, a.attnum::int, NULL::text[],
    json_build_object('compression', CASE a.attcompression WHEN 'p' THEN 'pglz' ELSE 'lz4' END),
    NULL::json
FROM pg_attribute a JOIN relation c ON c.oid = a.attrelid
WHERE a.attnum > 0 AND a.attcompression <> ''
