-- What a stranger to the migration can name or rely on, of everything that is no system object.
SELECT json_build_object(
    'relations', (
        SELECT coalesce(json_object_agg(c.oid::bigint, json_build_object(
            'name', n.nspname || '.' || c.relname, 'kind', c.relkind,
            'storage', pg_relation_filenode(c.oid)::bigint, 'table', i.indrelid::bigint)), '{}')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'm', 'v', 'i', 'S')),
    'columns', (
        SELECT coalesce(json_object_agg(attrelid::bigint, names), '{}')
        FROM (SELECT attrelid, json_agg(attname ORDER BY attnum) AS names FROM pg_attribute
              WHERE attnum > 0 AND NOT attisdropped GROUP BY attrelid) a
        WHERE attrelid IN (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                           WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')),
    'functions', (
        SELECT coalesce(json_agg(p.oid::regprocedure::text), '[]') FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'),
    'values', (
        SELECT coalesce(json_agg(quote_literal(enumlabel) || '::' || format_type(enumtypid, NULL)), '[]') FROM pg_enum),
    'guarantees', (
        SELECT coalesce(json_object_agg(oid, promise), '{}') FROM (
            SELECT oid::bigint, conrelid::bigint || ' ' || pg_get_constraintdef(oid) AS promise FROM pg_constraint
            WHERE conrelid <> 0 AND contype IN ('c', 'f', 'x')
            UNION ALL
            SELECT indexrelid::bigint, concat_ws(' ', indrelid::bigint, 'unique', indkey::text,
                                                 pg_get_expr(indexprs, indrelid), pg_get_expr(indpred, indrelid))
            FROM pg_index WHERE indisunique AND indisvalid AND NOT EXISTS (
                SELECT FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
                WHERE c.oid = indexrelid AND n.nspname ~ '^pg_')
            UNION ALL
            SELECT oid::bigint, tgrelid::bigint || ' trigger ' || tgname FROM pg_trigger
            WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
        ) promises),
    'required', (
        SELECT coalesce(json_agg(format('%s CHECK ((%I IS NOT NULL))', attrelid::bigint, attname)), '[]')
        FROM pg_attribute WHERE attnotnull AND attnum > 0 AND NOT attisdropped),
    'public', (
        SELECT coalesce(json_agg(c.oid::bigint || ' ' || acl.privilege_type), '[]')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) acl
        WHERE acl.grantee = 0 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
)
