-- The source of the user-defined functions with these names, and its language.
SELECT p.prosrc, l.lanname::text
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang
WHERE p.proname = ANY ($1::name[]) AND p.oid >= 16384 AND l.lanname IN ('sql', 'plpgsql')
ORDER BY p.oid
