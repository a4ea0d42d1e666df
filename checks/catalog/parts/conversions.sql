SELECT 'conversion', 'pg_conversion', v.oid, 0, ARRAY[n.nspname, v.conname::text],
    json_build_object(
        'owner', pg_get_userbyid(v.conowner),
        'from', pg_encoding_to_char(v.conforencoding), 'to', pg_encoding_to_char(v.contoencoding),
        'function', v.conproc::regproc::text, 'default', v.condefault),
    json_build_object('sql', format('%I.%I', n.nspname, v.conname))
FROM pg_conversion v
JOIN user_schema n ON n.oid = v.connamespace
