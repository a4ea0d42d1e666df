-- name: functions
-- Bodies of the user's functions of these names.
SELECT p.oid::int8, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.proname = ANY (%(words)s) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema';

-- name: tables
-- Tables behind the names: named themselves, owners of what is named, read by named views, with columns of named types.
WITH RECURSIVE
mine(oid) AS (
    SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
),
types(oid) AS (
    SELECT t.oid FROM pg_type t WHERE t.typname = ANY (%(words)s) AND t.typnamespace IN (SELECT oid FROM mine)
    UNION
    SELECT k.contypid FROM pg_constraint k WHERE k.conname = ANY (%(words)s) AND k.contypid <> 0
    UNION
    SELECT made_of_it.oid FROM types
    CROSS JOIN LATERAL (
        SELECT t.oid FROM pg_type t WHERE t.typelem = types.oid OR t.typbasetype = types.oid
        UNION ALL
        SELECT c.reltype FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'c'
        WHERE a.atttypid = types.oid
    ) made_of_it(oid)
),
relations(oid) AS (
    SELECT c.oid FROM pg_class c WHERE c.relname = ANY (%(words)s) AND c.relnamespace IN (SELECT oid FROM mine)
    UNION SELECT k.conrelid FROM pg_constraint k WHERE k.conname = ANY (%(words)s) AND k.conrelid <> 0
    UNION SELECT t.tgrelid FROM pg_trigger t WHERE t.tgname = ANY (%(words)s)
    UNION SELECT p.polrelid FROM pg_policy p WHERE p.polname = ANY (%(words)s)
    UNION SELECT r.ev_class FROM pg_rewrite r WHERE r.rulename = ANY (%(words)s)
    UNION SELECT s.stxrelid FROM pg_statistic_ext s WHERE s.stxname = ANY (%(words)s)
    UNION SELECT a.attrelid FROM pg_attribute a WHERE a.atttypid IN (SELECT oid FROM types) AND NOT a.attisdropped
    UNION SELECT d.refobjid FROM pg_depend d
          WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_class'::regclass AND d.objid = ANY (%(functions)s::oid[])
    UNION
    SELECT behind.oid FROM relations
    -- OFFSET: or the planner looks behind every relation there is, before it takes these.
    CROSS JOIN LATERAL (SELECT oid, relkind FROM pg_class WHERE pg_class.oid = relations.oid OFFSET 0) c
    CROSS JOIN LATERAL (
        SELECT i.indrelid FROM pg_index i WHERE i.indexrelid = c.oid
        UNION ALL
        SELECT d.refobjid FROM pg_depend d
        WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
          AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid <> 0
        UNION ALL
        SELECT f.adrelid FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
        WHERE c.relkind = 'S' AND d.classid = 'pg_attrdef'::regclass
          AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
        UNION ALL
        SELECT d.refobjid FROM pg_rewrite r
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        WHERE c.relkind IN ('v', 'm') AND r.ev_class = c.oid AND d.refclassid = 'pg_class'::regclass
          AND d.refobjid <> c.oid
    ) behind(oid)
),
family(oid) AS (
    SELECT r.oid FROM relations r JOIN pg_class c ON c.oid = r.oid WHERE c.relkind IN ('r', 'p')
    UNION
    SELECT CASE WHEN i.inhrelid = family.oid THEN i.inhparent ELSE i.inhrelid END
    FROM family JOIN pg_inherits i ON family.oid IN (i.inhrelid, i.inhparent)
),
neighbours(oid) AS (
    SELECT oid FROM family
    UNION SELECT k.confrelid FROM pg_constraint k JOIN family ON family.oid = k.conrelid WHERE k.contype = 'f'
    UNION SELECT k.conrelid FROM pg_constraint k JOIN family ON family.oid = k.confrelid WHERE k.contype = 'f'
)
SELECT n.nspname || '.' || c.relname
FROM neighbours JOIN pg_class c ON c.oid = neighbours.oid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.oid IN (SELECT oid FROM mine);
