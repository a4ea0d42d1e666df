-- The relations with these oids that exist now; an index with its table.
SELECT c.oid, NULL, n.nspname::text, c.relname::text, c.relkind::text, pg_relation_filenode(c.oid), i.indrelid
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.oid = ANY ($1::oid[]) AND n.nspname <> 'pg_toast'
