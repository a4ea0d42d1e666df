SELECT 'aggregate', 'pg_proc', p.oid, 0, ARRAY[p.nspname, concat(p.proname, '(', p.types, ')')],
    json_build_object(
        'owner', pg_get_userbyid(p.proowner),
        'arguments', pg_get_function_arguments(p.oid),
        'returns', pg_get_function_result(p.oid),
        'kind', CASE a.aggkind WHEN 'o' THEN 'ordered set' WHEN 'h' THEN 'hypothetical set' ELSE 'normal' END,
        'sfunc', a.aggtransfn::text, 'stype', format_type(a.aggtranstype, NULL),
        'sspace', a.aggtransspace,
        'finalfunc', nullif(a.aggfinalfn::text, '-'),
        'finalfunc_extra', a.aggfinalextra, 'finalfunc_modify', a.aggfinalmodify,
        'combinefunc', nullif(a.aggcombinefn::text, '-'),
        'serialfunc', nullif(a.aggserialfn::text, '-'),
        'deserialfunc', nullif(a.aggdeserialfn::text, '-'),
        'initcond', a.agginitval,
        'msfunc', nullif(a.aggmtransfn::text, '-'), 'minvfunc', nullif(a.aggminvtransfn::text, '-'),
        'mstype', CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END,
        'mfinalfunc', nullif(a.aggmfinalfn::text, '-'), 'minitcond', a.aggminitval,
        'sortop', CASE WHEN a.aggsortop <> 0 THEN a.aggsortop::regoperator::text END,
        'parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END),
    json_build_object(
        'sql', format('%I.%I(%s)', p.nspname, p.proname, CASE WHEN p.pronargs = 0 THEN '*' ELSE p.types END),
        'schema', p.nspname, 'name', p.proname, 'quoted', quote_ident(p.proname))
FROM routine p
JOIN pg_aggregate a ON a.aggfnoid = p.oid
