-- Functions, procedures and window functions. One with an SQL-standard body has no source text of its own.
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, 'pg_proc', p.oid, 0,
    ARRAY[p.nspname, concat(p.proname, '(', p.types, ')')],
    json_build_object(
        'owner', pg_get_userbyid(p.proowner),
        'arguments', pg_get_function_arguments(p.oid),
        'returns', pg_get_function_result(p.oid),
        'language', l.lanname,
        'body', CASE WHEN p.prosrc <> '' THEN p.prosrc
            ELSE coalesce(substring(pg_get_functiondef(p.oid) FROM '\n((BEGIN ATOMIC|RETURN ).*)$'), '') END,
        'library', p.probin,
        'volatility', CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
        'parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END,
        'strict', p.proisstrict,
        'security_definer', p.prosecdef,
        'leakproof', p.proleakproof,
        'window', p.prokind = 'w',
        'cost', p.procost, 'rows', p.prorows,
        'support', CASE WHEN p.prosupport <> 0 THEN p.prosupport::text END,
        'settings', array_to_string(p.proconfig, ', ')),
    json_build_object(
        'sql', format('%I.%I(%s)', p.nspname, p.proname, p.types),
        'schema', p.nspname, 'name', p.proname, 'quoted', quote_ident(p.proname), 'definition', pg_get_functiondef(p.oid))
FROM routine p
JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind <> 'a'
