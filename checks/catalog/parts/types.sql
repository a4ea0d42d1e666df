-- Enums, domains, composite types, ranges, and base types. Row types of tables, array types and the
-- multiranges that come with a range are left out: they follow from what they belong to.
SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite type'
        WHEN 'r' THEN 'range' ELSE 'type' END,
    'pg_type', t.oid, 0, ARRAY[t.nspname, t.typname::text],
    json_build_object(
        'owner', pg_get_userbyid(t.typowner),
        'labels', labels.names,
        'type', CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
        'not_null', CASE WHEN t.typtype = 'd' THEN t.typnotnull END,
        'default', t.typdefault,
        'collation', CASE WHEN t.typtype = 'd' AND t.typcollation <> base.typcollation
            THEN t.typcollation::regcollation::text END,
        'subtype', CASE WHEN r.rngtypid IS NOT NULL THEN format_type(r.rngsubtype, NULL) END,
        'subtype_collation', CASE WHEN r.rngcollation <> 0 THEN r.rngcollation::regcollation::text END,
        'subtype_opclass', (
            SELECT format('%I.%I', n.nspname, o.opcname)
            FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace WHERE o.oid = r.rngsubopc),
        'canonical', nullif(r.rngcanonical::text, '-'),
        'subtype_diff', nullif(r.rngsubdiff::text, '-'),
        'multirange', format_type((to_jsonb(r) ->> 'rngmultitypid')::oid, NULL),
        'input', CASE WHEN t.typtype = 'b' THEN t.typinput::text END,
        'output', CASE WHEN t.typtype = 'b' THEN t.typoutput::text END),
    json_build_object(
        'sql', format('%I.%I', t.nspname, t.typname), 'schema', t.nspname, 'name', t.typname, 'quoted', quote_ident(t.typname),
        'labels', labels.list, 'row_oid', nullif(t.typrelid, 0)::bigint)
FROM user_type t
LEFT JOIN pg_class row_of ON row_of.oid = t.typrelid
LEFT JOIN pg_type base ON base.oid = t.typbasetype
LEFT JOIN pg_range r ON r.rngtypid = t.oid
LEFT JOIN LATERAL (
    SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) AS names,
        json_agg(e.enumlabel ORDER BY e.enumsortorder) AS list
    FROM pg_enum e WHERE e.enumtypid = t.oid AND t.typtype = 'e'
) labels ON true
WHERE t.typtype IN ('e', 'd', 'r')
    OR t.typtype = 'c' AND row_of.relkind = 'c'
    OR t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type element WHERE element.typarray = t.oid)
