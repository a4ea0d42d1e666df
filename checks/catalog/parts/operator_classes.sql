-- Operator classes with their operators and support functions.
SELECT 'operator class', 'pg_opclass', o.oid, 0, ARRAY[n.nspname, concat(o.opcname, ' USING ', am.amname)],
    json_build_object(
        'owner', pg_get_userbyid(o.opcowner),
        'type', format_type(o.opcintype, NULL),
        'default', o.opcdefault,
        'family', format('%I.%I', family_schema.nspname, f.opfname),
        'storage', CASE WHEN o.opckeytype <> 0 THEN format_type(o.opckeytype, NULL) END,
        'operators', (
            SELECT string_agg(concat(m.amopstrategy, ' ', m.amopopr::regoperator::text), ', ' ORDER BY m.amopstrategy,
                m.amoplefttype, m.amoprighttype)
            FROM pg_amop m WHERE m.amopfamily = o.opcfamily AND m.amoplefttype = o.opcintype),
        'functions', (
            SELECT string_agg(concat(s.amprocnum, ' ', s.amproc::regprocedure::text), ', ' ORDER BY s.amprocnum)
            FROM pg_amproc s WHERE s.amprocfamily = o.opcfamily AND s.amproclefttype = o.opcintype)),
    json_build_object('sql', format('%I.%I USING %I', n.nspname, o.opcname, am.amname))
FROM pg_opclass o
JOIN user_schema n ON n.oid = o.opcnamespace
JOIN pg_am am ON am.oid = o.opcmethod
JOIN pg_opfamily f ON f.oid = o.opcfamily
JOIN pg_namespace family_schema ON family_schema.oid = f.opfnamespace
WHERE NOT EXISTS (
    SELECT FROM extension_member e WHERE e.classid = 'pg_opclass'::regclass AND e.objid = o.oid)
