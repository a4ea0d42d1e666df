-- Constraints of tables and domains. A foreign key to a partitioned table also has a row of its own for every
-- partition it refers to; those follow from it and are left out. Constraint triggers are triggers here.
SELECT 'constraint', 'pg_constraint', k.oid, 0, ARRAY[o.nspname, o.name, k.conname::text],
    json_build_object(
        'kind', CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
            WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' WHEN 'n' THEN 'not null' END,
        'definition', CASE WHEN k.convalidated AND NOT k.condeferrable THEN printed.text
            ELSE regexp_replace(printed.text, '( NOT VALID| NOT ENFORCED| DEFERRABLE| INITIALLY DEFERRED)+$', '') END,
        'valid', k.convalidated,
        'deferrable', CASE WHEN k.condeferred THEN 'initially deferred'
            WHEN k.condeferrable THEN 'initially immediate' ELSE 'no' END,
        'enforced', k.convalidated OR printed.text !~ ' NOT ENFORCED$'),
    json_build_object(
        'sql', quote_ident(k.conname), 'holder', format('%I.%I', o.nspname, o.name), 'schema', o.nspname, 'table', o.name, 'name', k.conname,
        'domain', o.domain, 'inherited', k.coninhcount > 0 AND NOT k.conislocal, 'definition', printed.text,
        'relation_oid', k.conrelid::bigint, 'column_numbers', k.conkey,
        'referenced_oid', k.confrelid::bigint, 'referenced_numbers', k.confkey,
        'references', CASE WHEN k.contype = 'f' THEN (
            SELECT concat_ws('.', n.nspname, r.relname)
            FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.oid = k.confrelid) END,
        'index_oid', CASE WHEN k.contype IN ('p', 'u', 'x') THEN k.conindid::bigint END,
        'parent_oid', nullif(k.conparentid, 0)::bigint)
FROM pg_constraint k
JOIN (
    SELECT c.oid AS relid, 0::oid AS typid, c.nspname, c.relname AS name, false AS domain
    FROM relation c WHERE c.relkind IN ('r', 'p', 'f')
    UNION ALL
    SELECT 0, t.oid, t.nspname, t.typname::text, true FROM user_type t WHERE t.typtype = 'd'
) o ON o.relid = k.conrelid AND o.typid = k.contypid
CROSS JOIN LATERAL (SELECT pg_get_constraintdef(k.oid) AS text OFFSET 0) printed
WHERE k.contype <> 't'
AND NOT EXISTS (
    SELECT FROM pg_constraint whole
    WHERE k.contype = 'f' AND whole.oid = k.conparentid AND whole.conrelid = k.conrelid)
