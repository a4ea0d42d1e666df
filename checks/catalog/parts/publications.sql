SELECT 'publication', 'pg_publication', p.oid, 0, ARRAY[p.pubname::text],
    json_build_object(
        'owner', pg_get_userbyid(p.pubowner),
        'all_tables', p.puballtables,
        'publishes', concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
            CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END),
        'via_partition_root', p.pubviaroot,
        'generated_columns', to_jsonb(p) ->> 'pubgencols'),
    json_build_object('sql', quote_ident(p.pubname))
FROM pg_publication p
