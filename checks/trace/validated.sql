-- The constraints of these tables that hold for all rows, as schema.table.name.
SELECT k.oid, n.nspname::text || '.' || c.relname::text || '.' || k.conname::text
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.conrelid = ANY ($1::oid[]) AND k.convalidated AND k.contype IN ('c', 'f', 'n')
