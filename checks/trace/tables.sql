-- The tables that a session's role may lock, as quoted names.
SELECT format('%I.%I', n.nspname, c.relname)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.oid >= 16384
  AND pg_has_role((SELECT usesysid FROM pg_stat_activity WHERE pid = $1::int), c.relowner, 'USAGE')
ORDER BY c.oid
