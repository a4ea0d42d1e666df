-- Text search configurations with their mappings, and dictionaries.
SELECT 'text search configuration', 'pg_ts_config', c.oid, 0, ARRAY[n.nspname, c.cfgname::text],
    json_build_object(
        'owner', pg_get_userbyid(c.cfgowner),
        'parser', (SELECT format('%I.%I', s.nspname, p.prsname)
            FROM pg_ts_parser p JOIN pg_namespace s ON s.oid = p.prsnamespace WHERE p.oid = c.cfgparser),
        'mappings', (
            SELECT string_agg(concat(m.maptokentype, '=', m.mapdict::regdictionary::text), ', '
                ORDER BY m.maptokentype, m.mapseqno)
            FROM pg_ts_config_map m WHERE m.mapcfg = c.oid)),
    json_build_object('sql', format('%I.%I', n.nspname, c.cfgname), 'mappings', (
        SELECT json_agg(json_build_array(token.alias, token.dictionaries) ORDER BY token.alias)
        FROM (
            SELECT k.alias, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries
            FROM pg_ts_config_map m
            JOIN ts_token_type(c.cfgparser) k ON k.tokid = m.maptokentype
            WHERE m.mapcfg = c.oid GROUP BY k.alias) token))
FROM pg_ts_config c
JOIN user_schema n ON n.oid = c.cfgnamespace
WHERE NOT EXISTS (
    SELECT FROM extension_member e WHERE e.classid = 'pg_ts_config'::regclass AND e.objid = c.oid)
UNION ALL
SELECT 'text search dictionary', 'pg_ts_dict', d.oid, 0, ARRAY[n.nspname, d.dictname::text],
    json_build_object(
        'owner', pg_get_userbyid(d.dictowner),
        'template', (SELECT format('%I.%I', s.nspname, t.tmplname)
            FROM pg_ts_template t JOIN pg_namespace s ON s.oid = t.tmplnamespace WHERE t.oid = d.dicttemplate),
        'options', d.dictinitoption),
    json_build_object('sql', format('%I.%I', n.nspname, d.dictname))
FROM pg_ts_dict d
JOIN user_schema n ON n.oid = d.dictnamespace
WHERE NOT EXISTS (
    SELECT FROM extension_member e WHERE e.classid = 'pg_ts_dict'::regclass AND e.objid = d.oid)
