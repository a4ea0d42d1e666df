-- What Oban's versioned migrations send (Oban.Migrations.Postgres.V01 to V14 of Oban 2.21), by version and direction.
-- Oban is Copyright Parker Selbert, under the Apache License 2.0 (https://github.com/oban-bg/oban).
-- {quoted} is the prefix in double quotes, {escaped} the prefix as it stands in a string. `--;` divides statements.

-- V1 up
CREATE SCHEMA IF NOT EXISTS {quoted}
--;
DO $$
BEGIN
IF NOT EXISTS (SELECT 1 FROM pg_type
               WHERE typname = 'oban_job_state'
                 AND typnamespace = '{escaped}'::regnamespace::oid) THEN
    CREATE TYPE {quoted}.oban_job_state AS ENUM (
      'available',
      'suspended',
      'scheduled',
      'executing',
      'retryable',
      'completed',
      'discarded',
      'cancelled'
    );
  END IF;
END$$;
--;
CREATE TABLE IF NOT EXISTS {quoted}."oban_jobs" ("id" bigserial, "state" {quoted}.oban_job_state DEFAULT 'available' NOT NULL, "queue" text DEFAULT 'default' NOT NULL, "worker" text NOT NULL, "args" jsonb NOT NULL, "errors" jsonb[] DEFAULT ARRAY[]::jsonb[] NOT NULL, "attempt" integer DEFAULT 0 NOT NULL, "max_attempts" integer DEFAULT 20 NOT NULL, "inserted_at" timestamp DEFAULT timezone('UTC', now()) NOT NULL, "scheduled_at" timestamp DEFAULT timezone('UTC', now()) NOT NULL, "attempted_at" timestamp, "completed_at" timestamp, PRIMARY KEY ("id"))
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_queue_index" ON {quoted}."oban_jobs" ("queue")
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_state_index" ON {quoted}."oban_jobs" ("state")
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_scheduled_at_index" ON {quoted}."oban_jobs" ("scheduled_at")
--;
CREATE OR REPLACE FUNCTION {quoted}.oban_jobs_notify() RETURNS trigger AS $$
DECLARE
  channel text;
  notice json;
BEGIN
  IF (TG_OP = 'INSERT') THEN
    channel = '{escaped}.oban_insert';
    notice = json_build_object('queue', NEW.queue, 'state', NEW.state);

    -- No point triggering for a job that isn't scheduled to run now
    IF NEW.scheduled_at IS NOT NULL AND NEW.scheduled_at > now() AT TIME ZONE 'utc' THEN
      RETURN null;
    END IF;
  ELSE
    channel = '{escaped}.oban_update';
    notice = json_build_object('queue', NEW.queue, 'new_state', NEW.state, 'old_state', OLD.state);
  END IF;

  PERFORM pg_notify(channel, notice::text);

  RETURN NULL;
END;
$$ LANGUAGE plpgsql;
--;
DROP TRIGGER IF EXISTS oban_notify ON {quoted}.oban_jobs
--;
CREATE TRIGGER oban_notify
AFTER INSERT OR UPDATE OF state ON {quoted}.oban_jobs
FOR EACH ROW EXECUTE PROCEDURE {quoted}.oban_jobs_notify();

-- V1 down
DROP TRIGGER IF EXISTS oban_notify ON {quoted}.oban_jobs
--;
DROP FUNCTION IF EXISTS {quoted}.oban_jobs_notify()
--;
DROP TABLE IF EXISTS {quoted}."oban_jobs"
--;
DROP TYPE IF EXISTS {quoted}.oban_job_state

-- V2 up
DROP INDEX IF EXISTS {quoted}."oban_jobs_scheduled_at_index"
--;
CREATE INDEX "oban_jobs_scheduled_at_index" ON {quoted}."oban_jobs" ("scheduled_at") WHERE state in ('available'::{quoted}.oban_job_state, 'scheduled'::{quoted}.oban_job_state)
--;
ALTER TABLE {quoted}."oban_jobs" ADD CONSTRAINT "worker_length" CHECK (char_length(worker) > 0 AND char_length(worker) < 128)
--;
ALTER TABLE {quoted}."oban_jobs" ADD CONSTRAINT "queue_length" CHECK (char_length(queue) > 0 AND char_length(queue) < 128)
--;
CREATE OR REPLACE FUNCTION {quoted}.oban_wrap_id(value bigint) RETURNS int AS $$
BEGIN
  RETURN (CASE WHEN value > 2147483647 THEN mod(value, 2147483647) ELSE value END)::int;
END;
$$ LANGUAGE plpgsql IMMUTABLE;

-- V2 down
ALTER TABLE {quoted}."oban_jobs" DROP CONSTRAINT IF EXISTS "queue_length"
--;
ALTER TABLE {quoted}."oban_jobs" DROP CONSTRAINT IF EXISTS "worker_length"
--;
DROP INDEX IF EXISTS {quoted}."oban_jobs_scheduled_at_index"
--;
CREATE INDEX "oban_jobs_scheduled_at_index" ON {quoted}."oban_jobs" ("scheduled_at")
--;
DROP FUNCTION IF EXISTS {quoted}.oban_wrap_id(value bigint)

-- V3 up
ALTER TABLE {quoted}."oban_jobs" ADD COLUMN IF NOT EXISTS "attempted_by" text[]

-- V3 down
ALTER TABLE {quoted}."oban_jobs" DROP COLUMN IF EXISTS "attempted_by"

-- V4 up
DROP FUNCTION IF EXISTS {quoted}.oban_wrap_id(value bigint)

-- V4 down
CREATE OR REPLACE FUNCTION {quoted}.oban_wrap_id(value bigint) RETURNS int AS $$
BEGIN
  RETURN (CASE WHEN value > 2147483647 THEN mod(value, 2147483647) ELSE value END)::int;
END;
$$ LANGUAGE plpgsql IMMUTABLE;

-- V5 up
DROP INDEX IF EXISTS {quoted}."oban_jobs_scheduled_at_index"
--;
DROP INDEX IF EXISTS {quoted}."oban_jobs_queue_index"
--;
DROP INDEX IF EXISTS {quoted}."oban_jobs_state_index"
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_queue_state_scheduled_at_id_index" ON {quoted}."oban_jobs" ("queue", "state", "scheduled_at", "id")

-- V5 down
DROP INDEX IF EXISTS {quoted}."oban_jobs_queue_state_scheduled_at_id_index"
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_queue_index" ON {quoted}."oban_jobs" ("queue")
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_state_index" ON {quoted}."oban_jobs" ("state")
--;
CREATE INDEX "oban_jobs_scheduled_at_index" ON {quoted}."oban_jobs" ("scheduled_at") WHERE state in ('available'::{quoted}.oban_job_state, 'scheduled'::{quoted}.oban_job_state)

-- V6 up

-- V6 down

-- V7 up
CREATE INDEX IF NOT EXISTS "oban_jobs_attempted_at_id_index" ON {quoted}."oban_jobs" (attempted_at desc, "id") WHERE state in ('completed', 'discarded')

-- V7 down
DROP INDEX IF EXISTS {quoted}."oban_jobs_attempted_at_id_index"

-- V8 up
ALTER TABLE {quoted}."oban_jobs" ADD COLUMN IF NOT EXISTS "discarded_at" timestamp, ADD COLUMN IF NOT EXISTS "priority" integer, ADD COLUMN IF NOT EXISTS "tags" text[]
--;
ALTER TABLE {quoted}."oban_jobs" ALTER COLUMN "priority" TYPE integer, ALTER COLUMN "priority" SET DEFAULT 0, ALTER COLUMN "tags" TYPE text[], ALTER COLUMN "tags" SET DEFAULT ARRAY[]::text[]
--;
DROP INDEX IF EXISTS {quoted}."oban_jobs_queue_state_scheduled_at_id_index"
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_state_queue_priority_scheduled_at_id_index" ON {quoted}."oban_jobs" ("state", "queue", "priority", "scheduled_at", "id")
--;
CREATE OR REPLACE FUNCTION {quoted}.oban_jobs_notify() RETURNS trigger AS $$
DECLARE
  channel text;
  notice json;
BEGIN
  IF NEW.state = 'available' THEN
    channel = '{escaped}.oban_insert';
    notice = json_build_object('queue', NEW.queue);

    PERFORM pg_notify(channel, notice::text);
  END IF;

  RETURN NULL;
END;
$$ LANGUAGE plpgsql;
--;
DROP TRIGGER IF EXISTS oban_notify ON {quoted}.oban_jobs
--;
CREATE TRIGGER oban_notify
AFTER INSERT ON {quoted}.oban_jobs
FOR EACH ROW EXECUTE PROCEDURE {quoted}.oban_jobs_notify();

-- V8 down
DROP INDEX IF EXISTS {quoted}."oban_jobs_queue_state_priority_scheduled_at_id_index"
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_queue_state_scheduled_at_id_index" ON {quoted}."oban_jobs" ("queue", "state", "scheduled_at", "id")
--;
ALTER TABLE {quoted}."oban_jobs" DROP COLUMN IF EXISTS "discarded_at", DROP COLUMN IF EXISTS "priority", DROP COLUMN IF EXISTS "tags"
--;
CREATE OR REPLACE FUNCTION {quoted}.oban_jobs_notify() RETURNS trigger AS $$
DECLARE
  channel text;
  notice json;
BEGIN
  IF (TG_OP = 'INSERT') THEN
    channel = '{escaped}.oban_insert';
    notice = json_build_object('queue', NEW.queue, 'state', NEW.state);

    -- No point triggering for a job that isn't scheduled to run now
    IF NEW.scheduled_at IS NOT NULL AND NEW.scheduled_at > now() AT TIME ZONE 'utc' THEN
      RETURN null;
    END IF;
  ELSE
    channel = '{escaped}.oban_update';
    notice = json_build_object('queue', NEW.queue, 'new_state', NEW.state, 'old_state', OLD.state);
  END IF;

  PERFORM pg_notify(channel, notice::text);

  RETURN NULL;
END;
$$ LANGUAGE plpgsql;
--;
DROP TRIGGER IF EXISTS oban_notify ON {quoted}.oban_jobs
--;
CREATE TRIGGER oban_notify
AFTER INSERT OR UPDATE OF state ON {quoted}.oban_jobs
FOR EACH ROW EXECUTE PROCEDURE {quoted}.oban_jobs_notify();

-- V9 up
ALTER TABLE {quoted}."oban_jobs" ADD COLUMN IF NOT EXISTS "meta" jsonb DEFAULT '{}', ADD COLUMN IF NOT EXISTS "cancelled_at" timestamp
--;
ALTER TYPE {quoted}.oban_job_state ADD VALUE IF NOT EXISTS 'cancelled'
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_state_queue_priority_scheduled_at_id_index" ON {quoted}."oban_jobs" ("state", "queue", "priority", "scheduled_at", "id")

-- V9 down
ALTER TABLE {quoted}."oban_jobs" DROP COLUMN IF EXISTS "meta", DROP COLUMN IF EXISTS "cancelled_at"
--;
UPDATE {quoted}.oban_jobs SET state = 'discarded' WHERE state = 'cancelled'

-- V10 up
ALTER TABLE {quoted}."oban_jobs" ALTER COLUMN "args" TYPE jsonb, ALTER COLUMN "args" SET DEFAULT '{}', ALTER COLUMN "priority" TYPE integer, ALTER COLUMN "priority" SET NOT NULL
--;
ALTER TABLE {quoted}."oban_jobs" ADD CONSTRAINT "priority_range" CHECK (priority between 0 and 3)
--;
ALTER TABLE {quoted}."oban_jobs" ADD CONSTRAINT "positive_max_attempts" CHECK (max_attempts > 0)
--;
ALTER TABLE {quoted}."oban_jobs" ADD CONSTRAINT "attempt_range" CHECK (attempt between 0 and max_attempts)
--;
DROP INDEX IF EXISTS {quoted}."oban_jobs_args_vector"
--;
DROP INDEX IF EXISTS {quoted}."oban_jobs_worker_gist"
--;
DROP INDEX IF EXISTS {quoted}."oban_jobs_attempted_at_id_index"
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_args_index" ON {quoted}."oban_jobs" USING gin ("args")
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_meta_index" ON {quoted}."oban_jobs" USING gin ("meta")

-- V10 down
ALTER TABLE {quoted}."oban_jobs" ALTER COLUMN "args" TYPE jsonb, ALTER COLUMN "args" SET DEFAULT NULL, ALTER COLUMN "priority" TYPE integer, ALTER COLUMN "priority" DROP NOT NULL
--;
ALTER TABLE {quoted}."oban_jobs" DROP CONSTRAINT IF EXISTS "attempt_range"
--;
ALTER TABLE {quoted}."oban_jobs" DROP CONSTRAINT IF EXISTS "positive_max_attempts"
--;
ALTER TABLE {quoted}."oban_jobs" DROP CONSTRAINT IF EXISTS "priority_range"

-- V11 up
CREATE TABLE IF NOT EXISTS {quoted}."oban_peers" ("name" text NOT NULL, "node" text NOT NULL, "started_at" timestamp NOT NULL, "expires_at" timestamp NOT NULL, PRIMARY KEY ("name"))
--;
ALTER TABLE {quoted}.oban_peers SET UNLOGGED

-- V11 down
DROP TABLE {quoted}."oban_peers"

-- V12 up
ALTER TABLE {quoted}."oban_jobs" DROP CONSTRAINT "priority_range"
--;
ALTER TABLE {quoted}."oban_jobs" ADD CONSTRAINT "non_negative_priority" CHECK (priority >= 0) NOT VALID
--;
DROP TRIGGER IF EXISTS oban_notify ON {quoted}.oban_jobs
--;
DROP FUNCTION IF EXISTS {quoted}.oban_jobs_notify()

-- V12 down
ALTER TABLE {quoted}."oban_jobs" DROP CONSTRAINT "non_negative_priority"
--;
ALTER TABLE {quoted}."oban_jobs" ADD CONSTRAINT "priority_range" CHECK (priority between 0 and 3) NOT VALID
--;
CREATE OR REPLACE FUNCTION {quoted}.oban_jobs_notify() RETURNS trigger AS $$
DECLARE
  channel text;
  notice json;
BEGIN
  IF NEW.state = 'available' THEN
    channel = '{escaped}.oban_insert';
    notice = json_build_object('queue', NEW.queue);

    PERFORM pg_notify(channel, notice::text);
  END IF;

  RETURN NULL;
END;
$$ LANGUAGE plpgsql;
--;
CREATE TRIGGER oban_notify
AFTER INSERT ON {quoted}.oban_jobs
FOR EACH ROW EXECUTE PROCEDURE {quoted}.oban_jobs_notify();

-- V13 up
CREATE INDEX IF NOT EXISTS "oban_jobs_state_cancelled_at_index" ON {quoted}."oban_jobs" ("state", "cancelled_at")
--;
CREATE INDEX IF NOT EXISTS "oban_jobs_state_discarded_at_index" ON {quoted}."oban_jobs" ("state", "discarded_at")

-- V13 down
DROP INDEX IF EXISTS {quoted}."oban_jobs_state_discarded_at_index"
--;
DROP INDEX IF EXISTS {quoted}."oban_jobs_state_cancelled_at_index"

-- V14 up
ALTER TYPE {quoted}.oban_job_state ADD VALUE IF NOT EXISTS 'suspended' BEFORE 'scheduled'

-- V14 down
UPDATE {quoted}.oban_jobs SET state = 'scheduled' WHERE state = 'suspended'
