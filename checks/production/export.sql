-- Sizes and traffic of this database's tables, as one JSON document. It reads no table: no row, no value, no histogram,
-- no query text. PostgreSQL 13 to 18, any role. On the primary, for each server counts its own traffic:
--   migration stats export | PGOPTIONS='-c lock_timeout=2s' psql -XAtq "$DATABASE_URL" > .github/migration-stats.json
-- A role without pg_read_all_stats sees its own open transactions only; the document says so under "left_out".
WITH relations AS (
    SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relkind, c.reltuples, c.relispartition
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_t%'
),
tables AS (
    SELECT r.name AS "table", r.relkind AS kind,
           (SELECT p.name FROM pg_catalog.pg_inherits AS i JOIN relations AS p ON p.oid = i.inhparent
            WHERE i.inhrelid = r.oid AND r.relispartition) AS partition_of,
           r.reltuples::float8::numeric AS reltuples, s.n_live_tup,
           pg_catalog.pg_relation_size(r.oid) AS heap_bytes, pg_catalog.pg_total_relation_size(r.oid) AS total_bytes,
           coalesce((SELECT pg_catalog.json_object_agg(i.relname, coalesce(pg_catalog.pg_relation_size(i.oid), 0))
                     FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
                     WHERE x.indrelid = r.oid), '{}'::json) AS index_bytes,
           s.n_tup_ins, s.n_tup_upd, s.n_tup_del, s.seq_scan, s.idx_scan
    FROM relations AS r LEFT JOIN pg_catalog.pg_stat_user_tables AS s ON s.relid = r.oid
),
transactions AS (
    SELECT extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::float8 AS seconds
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.datname = pg_catalog.current_database() AND a.backend_type = 'client backend'
      AND a.xact_start IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid()
)
SELECT pg_catalog.concat(
    '{"format": "migration-stats/1",',
    E'\n"taken_at": ', pg_catalog.to_json(pg_catalog.now()), ',',
    E'\n"counted_since": ', coalesce((
        SELECT pg_catalog.to_json(coalesce(d.stats_reset, b.stats_reset))::text
        FROM pg_catalog.pg_stat_database AS d, pg_catalog.pg_stat_bgwriter AS b
        WHERE d.datname = pg_catalog.current_database()), 'null'), ',',
    E'\n"server_version": ', pg_catalog.to_json(pg_catalog.current_setting('server_version')), ',',
    E'\n"settings": ', (
        SELECT pg_catalog.json_object_agg(s.name, pg_catalog.current_setting(s.name) ORDER BY s.name)
        FROM pg_catalog.pg_settings AS s
        WHERE s.name IN ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'max_wal_size',
                         'checkpoint_timeout', 'maintenance_work_mem', 'work_mem', 'shared_buffers', 'wal_level',
                         'max_parallel_maintenance_workers', 'synchronous_commit', 'track_counts')), ',',
    E'\n"open_transactions": ', (
        SELECT pg_catalog.json_build_object(
            'count', pg_catalog.count(*),
            'median_seconds', pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY t.seconds),
            'p95_seconds', pg_catalog.percentile_cont(0.95) WITHIN GROUP (ORDER BY t.seconds),
            'longest_seconds', pg_catalog.max(t.seconds))
        FROM transactions AS t), ',',
    E'\n"left_out": ', CASE WHEN pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') THEN '[]'
        ELSE '["open transactions of other roles (the role is no member of pg_read_all_stats)"]' END, ',',
    E'\n"tables": [\n', (
        SELECT pg_catalog.string_agg(pg_catalog.row_to_json(t)::text, E',\n' ORDER BY t."table") FROM tables AS t),
    E'\n]}');
