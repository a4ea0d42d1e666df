-- since 14
-- Of a subscription, what everybody may read: its connection string is not among that.
SELECT 'subscription', 'pg_subscription', s.oid, 0, ARRAY[s.subname::text],
    json_build_object(
        'owner', pg_get_userbyid(s.subowner), 'enabled', s.subenabled, 'slot', s.subslotname,
        'synchronous_commit', s.subsynccommit, 'publications', array_to_string(s.subpublications, ', ')),
    json_build_object('sql', quote_ident(s.subname))
FROM pg_subscription s
JOIN pg_database d ON d.oid = s.subdbid
WHERE d.datname = current_database()
