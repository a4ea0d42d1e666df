-- Columns of tables and views; attributes of composite types. Positions count the columns that are there.
SELECT CASE c.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END, 'pg_class', a.attrelid, a.attnum::int,
    ARRAY[c.nspname, c.relname, a.attname::text],
    json_build_object(
        'type', format_type(a.atttypid, a.atttypmod),
        'not_null', a.attnotnull,
        'default', pg_get_expr(d.adbin, d.adrelid),
        'position', a.position,
        'collation', CASE WHEN a.attcollation <> t.typcollation
            THEN (SELECT format('%I.%I', n.nspname, l.collname)
                  FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
                  WHERE l.oid = a.attcollation) END,
        'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
        'generated', CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END,
        'storage', CASE a.attstorage
            WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END,
        'statistics', nullif(a.attstattarget, -1),
        'options', array_to_string(a.attoptions, ', '),
        'foreign_options', array_to_string(a.attfdwoptions, ', ')),
    json_build_object(
        'sql', quote_ident(a.attname), 'holder', format('%I.%I', c.nspname, c.relname), 'schema', c.nspname, 'table', c.relname, 'name', a.attname,
        'type_oid', a.atttypid::bigint, 'kind', c.relkind, 'inherited', a.attinhcount > 0 AND NOT a.attislocal, 'foreign_options', a.attfdwoptions)
FROM relation c
JOIN (
    SELECT a.*, row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS position
    FROM pg_attribute a
    WHERE a.attrelid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
) a ON a.attrelid = c.oid
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
