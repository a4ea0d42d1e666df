CREATE SCHEMA shop;
CREATE TYPE shop.mood AS ENUM ('sad', 'fine', 'happy');
CREATE TYPE shop.address AS (street text, city text);
CREATE TYPE shop.span AS RANGE (subtype = integer);
CREATE DOMAIN shop.email AS text CONSTRAINT has_at CHECK (value LIKE '%@%');
CREATE TABLE shop.users (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL DEFAULT 'nobody',
    email shop.email,
    mood shop.mood DEFAULT 'fine',
    age integer CONSTRAINT grown CHECK (age >= 18),
    score numeric(10, 2),
    doubled integer GENERATED ALWAYS AS (age * 2) STORED,
    note text
);
CREATE TABLE shop.orders (
    id bigserial PRIMARY KEY,
    user_id integer CONSTRAINT orders_user REFERENCES shop.users,
    code text CONSTRAINT orders_code UNIQUE,
    during shop.span,
    placed timestamptz NOT NULL DEFAULT now(),
    total integer,
    CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&)
);
CREATE INDEX orders_placed ON shop.orders (placed);
CREATE INDEX orders_recent ON shop.orders (user_id, placed DESC) INCLUDE (total) WHERE total > 0;
CREATE INDEX orders_lower ON shop.orders (lower(code));
CREATE TABLE shop.events (id integer, at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE shop.events_2024 PARTITION OF shop.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.events_2025 (id integer, at date NOT NULL, kind text);
CREATE TABLE shop.parent (a integer);
CREATE TABLE shop.child (b integer) INHERITS (shop.parent);
CREATE TABLE shop.loner (a integer, b integer);
CREATE SEQUENCE shop.tickets;
CREATE VIEW shop.adults AS SELECT id, name FROM shop.users WHERE age >= 21;
CREATE MATERIALIZED VIEW shop.totals AS SELECT user_id, sum(total) AS total FROM shop.orders GROUP BY user_id;
CREATE FUNCTION shop.twice(n integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT n * 2';
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
  NEW.note := now()::text;
  RETURN NEW;
END';
CREATE FUNCTION shop.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE PROCEDURE shop.tidy() LANGUAGE sql AS 'DELETE FROM shop.loner';
CREATE AGGREGATE shop.total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE TRIGGER touched BEFORE UPDATE ON shop.users FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE RULE quiet AS ON DELETE TO shop.loner DO INSTEAD NOTHING;
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.orders FOR SELECT TO app USING (user_id > 0);
CREATE STATISTICS shop.pair ON a, b FROM shop.loner;
CREATE COLLATION shop.plain FROM "C";
CREATE TEXT SEARCH CONFIGURATION shop.words (COPY = simple);
CREATE TEXT SEARCH DICTIONARY shop.stems (TEMPLATE = simple);
CREATE OPERATOR shop.=== (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
CREATE CAST (shop.address AS text) WITH INOUT;
CREATE PUBLICATION feed FOR TABLE shop.loner;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER nowhere OPTIONS (host 'a');
CREATE FOREIGN TABLE shop.far (a integer OPTIONS (column_name 'x')) SERVER elsewhere OPTIONS (remote 'far');
CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION shop.watch();
COMMENT ON TABLE shop.users IS 'people';
COMMENT ON COLUMN shop.users.name IS 'full name';
GRANT SELECT ON shop.users TO observer;
