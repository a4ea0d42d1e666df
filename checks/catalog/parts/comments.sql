SELECT 'addition', d.classoid::regclass::text, d.objoid, d.objsubid, NULL::text[],
    json_build_object('comment', d.description), NULL::json
FROM pg_description d
WHERE d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass
UNION ALL
SELECT 'addition', 'pg_database', d.oid, 0, NULL, json_build_object('comment', s.description), NULL
FROM pg_shdescription s
JOIN pg_database d ON d.oid = s.objoid
WHERE s.classoid = 'pg_database'::regclass AND d.datname = current_database()
