-- Explicit privileges, wherever they are: an object that never saw a GRANT or REVOKE has its default ones.
-- The owner is told by being the owner, so that another owner is one difference, not two.
SELECT 'addition', acl.catalog, acl.oid, acl.sub, NULL::text[], NULL::json,
    json_build_object('grants', (
        SELECT json_agg(item ORDER BY item ->> 0, item ->> 2)
        FROM (
            SELECT json_build_array(
                CASE WHEN x.grantee <> 0 THEN quote_ident(pg_get_userbyid(x.grantee)) END,
                x.grantee = acl.owner, x.privilege_type, bool_or(x.is_grantable)) AS item
            FROM aclexplode(acl.acl) x GROUP BY x.grantee, x.privilege_type) items),
        'default_grants', (
        SELECT json_agg(item ORDER BY item ->> 0, item ->> 2)
        FROM (
            SELECT json_build_array(
                CASE WHEN x.grantee <> 0 THEN quote_ident(pg_get_userbyid(x.grantee)) END,
                x.grantee = acl.owner, x.privilege_type, x.is_grantable) AS item
            FROM aclexplode(acldefault(acl.kind::"char", acl.owner)) x WHERE acl.kind <> 'c') items))
FROM (
    SELECT 'pg_class' AS catalog, c.oid, 0 AS sub, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END AS kind,
        c.relowner AS owner, c.relacl AS acl FROM relation c WHERE c.relacl IS NOT NULL
    UNION ALL
    SELECT 'pg_class', c.oid, a.attnum, 'c', c.relowner, a.attacl
    FROM pg_attribute a JOIN relation c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND a.attnum > 0
    UNION ALL
    SELECT 'pg_namespace', n.oid, 0, 'n', n.nspowner, n.nspacl FROM user_schema n WHERE n.nspacl IS NOT NULL
    UNION ALL
    SELECT 'pg_proc', p.oid, 0, 'f', p.proowner, p.proacl FROM routine p WHERE p.proacl IS NOT NULL
    UNION ALL
    SELECT 'pg_type', t.oid, 0, 'T', t.typowner, t.typacl FROM user_type t WHERE t.typacl IS NOT NULL
    UNION ALL
    SELECT 'pg_foreign_data_wrapper', w.oid, 0, 'F', w.fdwowner, w.fdwacl
    FROM pg_foreign_data_wrapper w WHERE w.fdwacl IS NOT NULL
    UNION ALL
    SELECT 'pg_foreign_server', s.oid, 0, 'S', s.srvowner, s.srvacl
    FROM pg_foreign_server s WHERE s.srvacl IS NOT NULL
    UNION ALL
    SELECT 'pg_database', d.oid, 0, 'd', d.datdba, d.datacl
    FROM pg_database d WHERE d.datacl IS NOT NULL AND d.datname = current_database()
    UNION ALL
    SELECT 'pg_default_acl', d.oid, 0, CASE d.defaclobjtype WHEN 'r' THEN 'r' WHEN 'S' THEN 's' ELSE d.defaclobjtype::text END,
        d.defaclrole, d.defaclacl FROM pg_default_acl d
) acl
