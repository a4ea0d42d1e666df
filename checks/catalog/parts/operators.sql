SELECT 'operator', 'pg_operator', o.oid, 0,
    ARRAY[n.nspname, format('%s(%s, %s)', o.oprname,
        CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END, format_type(o.oprright, NULL))],
    json_build_object(
        'owner', pg_get_userbyid(o.oprowner),
        'function', o.oprcode::regprocedure::text,
        'returns', format_type(o.oprresult, NULL),
        'commutator', nullif(o.oprcom::regoperator::text, '0'),
        'negator', nullif(o.oprnegate::regoperator::text, '0'),
        'restrict', nullif(o.oprrest::text, '-'),
        'join', nullif(o.oprjoin::text, '-'),
        'hashes', o.oprcanhash, 'merges', o.oprcanmerge),
    json_build_object(
        'sql', format('%I.%s (%s, %s)', n.nspname, o.oprname,
            CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END, format_type(o.oprright, NULL)),
        'name', format('%I.%s', n.nspname, o.oprname),
        'left', CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END,
        'right', format_type(o.oprright, NULL), 'procedure', o.oprcode::text,
        'commutator', CASE WHEN o.oprcom <> 0 THEN o.oprcom::regoper::text END,
        'negator', CASE WHEN o.oprnegate <> 0 THEN o.oprnegate::regoper::text END)
FROM pg_operator o
JOIN user_schema n ON n.oid = o.oprnamespace
WHERE o.oprcode <> 0 AND NOT EXISTS (
    SELECT FROM extension_member e WHERE e.classid = 'pg_operator'::regclass AND e.objid = o.oid)
