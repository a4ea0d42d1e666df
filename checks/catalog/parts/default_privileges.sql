SELECT 'default privileges', 'pg_default_acl', d.oid, 0,
    ARRAY[concat_ws(' ', CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
            WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END,
        'of', pg_get_userbyid(d.defaclrole), 'in schema ' || n.nspname)],
    json_build_object(),
    json_build_object(
        'of', CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
            WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END,
        'role', quote_ident(pg_get_userbyid(d.defaclrole)), 'in_schema', quote_ident(n.nspname))
FROM pg_default_acl d
LEFT JOIN user_schema n ON n.oid = d.defaclnamespace
