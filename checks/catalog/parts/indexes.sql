SELECT 'index', 'pg_class', i.indexrelid, 0, ARRAY[x.nspname, x.relname],
    json_build_object(
        'definition', pg_get_indexdef(i.indexrelid),
        'valid', i.indisvalid,
        'clustered', i.indisclustered,
        'replica_identity', i.indisreplident,
        'tablespace', space.spcname,
        'statistics', (
            SELECT string_agg(concat(s.attnum, ': ', s.attstattarget), ', ' ORDER BY s.attnum)
            FROM pg_attribute s WHERE s.attrelid = i.indexrelid AND s.attstattarget >= 0),
        'partition_of', (
            SELECT concat_ws('.', n.nspname, p.relname)
            FROM pg_class p JOIN pg_namespace n ON n.oid = p.relnamespace WHERE p.oid = h.inhparent)),
    json_build_object(
        'sql', format('%I.%I', x.nspname, x.relname), 'quoted', quote_ident(x.relname),
        'holder', format('%I.%I', c.nspname, c.relname), 'schema', x.nspname, 'name', x.relname,
        'table', c.relname, 'table_schema', c.nspname, 'unique', i.indisunique, 'primary', i.indisprimary,
        'method', am.amname, 'predicate', pg_get_expr(i.indpred, i.indrelid),
        'relation_oid', c.oid::bigint, 'column_numbers', i.indkey::int2[], 'key_columns', i.indnkeyatts,
        'parent_index_oid', h.inhparent::bigint, 'constraint', k.conname, 'constraint_oid', k.oid::bigint)
FROM pg_index i
JOIN relation x ON x.oid = i.indexrelid
JOIN relation c ON c.oid = i.indrelid
JOIN pg_class raw ON raw.oid = i.indexrelid
JOIN pg_am am ON am.oid = raw.relam
LEFT JOIN pg_tablespace space ON space.oid = x.reltablespace
LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
