-- Whether a session waits for a lock of any kind.
SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1::int AND NOT granted)
