SELECT 'event trigger', 'pg_event_trigger', t.oid, 0, ARRAY[t.evtname::text],
    json_build_object(
        'owner', pg_get_userbyid(t.evtowner),
        'event', t.evtevent,
        'tags', array_to_string(t.evttags, ', '),
        'function', t.evtfoid::regprocedure::text,
        'enabled', CASE t.evtenabled
            WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' ELSE 'yes' END),
    json_build_object('sql', quote_ident(t.evtname))
FROM pg_event_trigger t
WHERE NOT EXISTS (
    SELECT FROM extension_member e WHERE e.classid = 'pg_event_trigger'::regclass AND e.objid = t.oid)
