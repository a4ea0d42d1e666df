-- name: tables
-- Every table of the user's schemas that holds rows or divides them among partitions.
SELECT c.oid::int8, n.nspname, c.relname, c.relkind::text, c.relispartition,
       c.relforcerowsecurity OR (c.relrowsecurity AND NOT pg_has_role(c.relowner, 'USAGE')),
       c.relkind = 'r' AND pg_relation_size(c.oid) > 0,
       (SELECT i.inhparent::int8 FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relispartition)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname;

-- name: foreign_keys
-- Foreign keys as they were declared: not the copies that PostgreSQL keeps for the partitions of either side.
SELECT k.conrelid::int8, k.confrelid::int8, k.conname,
       array_agg(ours.attname::text ORDER BY pair.nth), array_agg(theirs.attname::text ORDER BY pair.nth),
       array_agg(format('OPERATOR(%I.%s)', n.nspname, o.oprname) ORDER BY pair.nth),
       k.confmatchtype = 'f', k.convalidated, bool_and(ours.attnotnull)
FROM pg_constraint k
CROSS JOIN LATERAL unnest(k.conkey, k.confkey, k.conpfeqop) WITH ORDINALITY AS pair(ours, theirs, operator, nth)
JOIN pg_attribute ours ON ours.attrelid = k.conrelid AND ours.attnum = pair.ours
JOIN pg_attribute theirs ON theirs.attrelid = k.confrelid AND theirs.attnum = pair.theirs
JOIN pg_operator o ON o.oid = pair.operator
JOIN pg_namespace n ON n.oid = o.oprnamespace
WHERE k.contype = 'f'
  AND NOT EXISTS (SELECT FROM pg_constraint up WHERE up.oid = k.conparentid AND up.conrelid = k.conrelid)
GROUP BY k.oid, k.conrelid, k.confrelid, k.conname, k.confmatchtype, k.convalidated
ORDER BY k.conrelid, k.conname;

-- name: columns
SELECT a.attrelid::int8, a.attname, a.atttypid::int8, a.atttypmod, format_type(a.atttypid, a.atttypmod),
       a.attnotnull, a.attgenerated::text, a.attidentity <> '',
       CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY (%(tables)s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum;

-- name: sequences
-- Sequences that number a column: owned by it, made for its identity, or named by its default.
SELECT d.refobjid::int8, a.attname, s.oid::int8, q.seqmin, q.seqmax, q.seqincrement
FROM pg_depend d
JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_sequence q ON q.seqrelid = s.oid
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
  AND d.deptype IN ('a', 'i') AND d.refobjid = ANY (%(tables)s::oid[])
UNION
SELECT f.adrelid::int8, a.attname, s.oid::int8, q.seqmin, q.seqmax, q.seqincrement
FROM pg_depend d
JOIN pg_attrdef f ON f.oid = d.objid
JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
JOIN pg_sequence q ON q.seqrelid = s.oid
JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
  AND f.adrelid = ANY (%(tables)s::oid[]);

-- name: checks
-- CHECK constraints and partition bounds as expressions, with the columns they read and the functions they call.
SELECT k.conrelid::int8, pg_get_expr(k.conbin, k.conrelid),
       (SELECT array_agg(a.attname::text) FROM pg_attribute a
        WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)),
       (SELECT string_agg(p.prosrc, E'\n') FROM pg_depend d JOIN pg_proc p ON p.oid = d.refobjid
        JOIN pg_language l ON l.oid = p.prolang
        WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
          AND d.refclassid = 'pg_proc'::regclass AND l.lanname IN ('sql', 'plpgsql'))
FROM pg_constraint k WHERE k.contype = 'c' AND k.conrelid = ANY (%(tables)s::oid[])
UNION ALL
SELECT c.oid::int8, pg_get_partition_constraintdef(c.oid), NULL, NULL
FROM pg_class c
WHERE c.relispartition AND c.oid = ANY (%(tables)s::oid[]) AND pg_get_partition_constraintdef(c.oid) IS NOT NULL;

-- name: unique_keys
-- Unique and exclusion indexes with every column that their keys, expressions and predicates read.
SELECT i.indrelid::int8,
       (SELECT array_agg(DISTINCT a.attname::text) FROM pg_attribute a
        WHERE a.attrelid = i.indrelid
          AND (a.attnum = ANY (i.indkey)
               OR EXISTS (SELECT FROM pg_depend d
                          WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid
                            AND d.refobjsubid = a.attnum))),
       i.indisexclusion, i.indimmediate, i.indpred IS NULL AND i.indexprs IS NULL
FROM pg_index i
WHERE (i.indisunique OR i.indisexclusion) AND i.indrelid = ANY (%(tables)s::oid[]);

-- name: types
-- The given types and all that they are made of. Multiranges are read through JSON: PostgreSQL 13 has no such column.
WITH RECURSIVE needed(oid) AS (
    SELECT unnest(%(types)s::oid[])
    UNION
    SELECT part.oid FROM needed
    JOIN pg_type t ON t.oid = needed.oid
    CROSS JOIN LATERAL (
        SELECT t.typelem WHERE t.typlen = -1 AND t.typelem <> 0
        UNION ALL SELECT t.typbasetype WHERE t.typbasetype <> 0
        UNION ALL SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid
        UNION ALL SELECT (to_jsonb(r) ->> 'rngtypid')::oid FROM pg_range r
                  WHERE t.typtype = 'm' AND (to_jsonb(r) ->> 'rngmultitypid')::oid = t.oid
        UNION ALL SELECT a.atttypid FROM pg_attribute a
                  WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ) part(oid)
)
SELECT t.oid::int8, n.nspname, t.typname, t.typtype::text, t.typcategory::text, t.typnotnull,
       COALESCE((SELECT e.oid FROM pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid), 0)::int8,
       t.typbasetype::int8, t.typtypmod, format_type(t.typbasetype, t.typtypmod), format_type(t.oid, NULL),
       (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
       (SELECT array_agg(json_build_array(a.attname, a.atttypid::int8, a.atttypmod, format_type(a.atttypid, a.atttypmod))
                         ORDER BY a.attnum)
        FROM pg_attribute a
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
       (SELECT array_agg(pg_get_constraintdef(k.oid)) FROM pg_constraint k
        WHERE k.contypid = t.oid AND k.contype = 'c'),
       COALESCE((SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid),
                CASE WHEN t.typtype = 'm' THEN
                    (SELECT (to_jsonb(r) ->> 'rngtypid')::oid FROM pg_range r
                     WHERE (to_jsonb(r) ->> 'rngmultitypid')::oid = t.oid) END, 0)::int8
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.oid IN (SELECT oid FROM needed);
