-- The relation locks of one session (backend pid), with what is committed about each relation: names and storage
-- from before its open transaction. Without TOAST, and without what initdb made (oids below 16384).
SELECT l.relation, l.mode, n.nspname::text, c.relname::text, c.relkind::text, pg_relation_filenode(c.oid), NULL
FROM pg_locks l
LEFT JOIN pg_class c ON c.oid = l.relation
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE l.pid = $1::int AND l.locktype = 'relation' AND l.relation >= 16384 AND n.nspname IS DISTINCT FROM 'pg_toast'
