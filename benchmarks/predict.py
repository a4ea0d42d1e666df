"""Whether predicted durations hold: what is said of a large table from small ones, against what then happens.

    python -m benchmarks.predict [--rows 1000000] [--largest 40000] [--only PART]

Makes a database of its own with so many rows, whose values, widths and keys come from another generator than the
sandbox's, takes its statistics with ``migration stats export``'s query, has each statement reviewed with nothing but
those, and runs it on a copy of the large database. Prints one Markdown table and the share of times inside the range.
Both sides run on this machine, in memory, and both are the time of the server's processor, for others may use the machine,
too; the elapsed time of the large one stands beside it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from checks import sandbox
from checks.model.observations import Observation, Prediction
from checks.model.report import Report
from checks.production import timing, words
from checks.production.export import export_query
from checks.production.read import parse_statistics
from checks.production.statistics import Statistics
from checks.production.timing import tell_usage
from checks.replay.session import Session
from checks.sandbox.server import Database, Role
from checks.settings import Limits, Settings
from checks.trees import MemoryTree
from checks.validate import validate

FOLDER = "db/migrations"
SCHEMA = """\
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, name text NOT NULL);
CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id integer NOT NULL, reference text NOT NULL, status text NOT NULL,
    total numeric(10, 2) NOT NULL, note text, created_at timestamptz NOT NULL, tags text[] NOT NULL, doc jsonb NOT NULL,
    buyer bigint REFERENCES customers (id));
CREATE INDEX orders_created_at_idx ON orders (created_at);
CREATE TABLE archive (LIKE orders);
CREATE TABLE lines (order_id bigint NOT NULL, nr integer NOT NULL, amount integer, sku text NOT NULL);
ALTER TABLE lines ADD CONSTRAINT lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;
ALTER TABLE lines ADD CONSTRAINT lines_nr_check CHECK (nr >= 0) NOT VALID;
CREATE TABLE events (id bigint NOT NULL, kind integer NOT NULL, body text, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE events_0 PARTITION OF events FOR VALUES IN (0);
CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
CREATE MATERIALIZED VIEW skus AS SELECT DISTINCT sku, nr FROM lines;
CREATE MATERIALIZED VIEW totals AS SELECT sku, sum(amount) AS amount FROM lines GROUP BY sku;
"""
FILL = """\
INSERT INTO customers SELECT n, md5(n::text) || '@example.org', 'Customer ' || n FROM generate_series(1, {parents}) AS n;
INSERT INTO orders SELECT n, 1 + (random() * ({parents} - 1))::int, md5(random()::text), (ARRAY['open','paid','sent'])[1 + n % 3],
    (random() * 1000)::numeric(10, 2), CASE WHEN n % 3 > 0 THEN repeat(md5(random()::text), 1 + n % 3) END,
    timestamptz '2020-01-01' + random() * interval '5 years',
    ARRAY['t' || (random() * 500)::int, 't' || (random() * 500)::int, 't' || (random() * 50)::int],
    jsonb_build_object('a', n, 'b', md5(random()::text)), 1 + (random() * ({parents} - 1))::int
    FROM generate_series(1, {rows}) AS n;
INSERT INTO lines SELECT 1 + (random() * ({rows} - 1))::bigint, n % 7, n, 'sku-' || (random() * 10000)::int
    FROM generate_series(1, {rows}) AS n;
CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2);
INSERT INTO events SELECT n, n % 3, md5(random()::text) FROM generate_series(1, {rows}) AS n;
REFRESH MATERIALIZED VIEW totals;
"""
CASES: Mapping[str, str] = {
    "index, btree, integer": "CREATE INDEX i ON orders (customer_id)",
    "index, btree, text": "CREATE INDEX i ON orders (note)",
    "index, btree, two columns": "CREATE INDEX i ON orders (customer_id, created_at)",
    "index, expression": "CREATE INDEX i ON orders (lower(reference))",
    "index, partial": "CREATE INDEX i ON orders (total) WHERE status = 'open'",
    "index, unique": "CREATE UNIQUE INDEX i ON orders (reference, id)",
    "index, concurrently": "CREATE INDEX CONCURRENTLY i ON orders (reference)",
    "index, hash": "CREATE INDEX i ON orders USING hash (reference)",
    "index, gin, array": "CREATE INDEX i ON orders USING gin (tags)",
    "index, gin, jsonb": "CREATE INDEX i ON orders USING gin (doc jsonb_path_ops)",
    "index, brin": "CREATE INDEX i ON orders USING brin (created_at)",
    "foreign key, validate": "ALTER TABLE lines VALIDATE CONSTRAINT lines_order_id_fkey",
    "check, validate": "ALTER TABLE lines VALIDATE CONSTRAINT lines_nr_check",
    "check": "ALTER TABLE orders ADD CONSTRAINT c CHECK (length(reference) >= 0)",
    "not null": "ALTER TABLE orders ALTER COLUMN buyer SET NOT NULL",
    "foreign key": "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id)",
    "type, integer to bigint": "ALTER TABLE orders ALTER COLUMN customer_id TYPE bigint",
    "type, numeric scale": "ALTER TABLE orders ALTER COLUMN total TYPE numeric(14, 4)",
    "default, volatile": "ALTER TABLE orders ADD COLUMN key uuid DEFAULT gen_random_uuid()",
    "column, generated": "ALTER TABLE orders ADD COLUMN tax numeric GENERATED ALWAYS AS (total * 0.2) STORED",
    "update, whole table": "UPDATE orders SET status = upper(status)",
    "update, with a join": "UPDATE orders SET note = c.name FROM customers AS c WHERE c.id = orders.buyer",
    "delete, a third": "DELETE FROM lines WHERE nr % 3 = 0",
    "insert, from a query": "INSERT INTO archive SELECT * FROM orders",
    "primary key": "ALTER TABLE lines ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "vacuum full": "VACUUM FULL orders",
    "materialized view": "REFRESH MATERIALIZED VIEW totals",
}


UNBOUNDED = Settings(
    limits=Limits(disk_mb=12_000, memory_mb=4096, statement_seconds=900, total_seconds=14_400),
    parameters={"statement_timeout": "0"},
)


HELD_OUT: Mapping[str, str] = {
    "index, btree, timestamp": "CREATE INDEX i ON orders (created_at DESC, id)",
    "index, btree, numeric": "CREATE INDEX i ON orders (total, status)",
    "index, including": "CREATE INDEX i ON orders (buyer) INCLUDE (status, total)",
    "index, few values": "CREATE INDEX i ON lines (sku)",
    "unique constraint": "ALTER TABLE orders ADD CONSTRAINT u UNIQUE (reference, created_at, id)",
    "cluster": "CLUSTER orders USING orders_created_at_idx",
    "type, text to bytea": "ALTER TABLE orders ALTER COLUMN reference TYPE bytea USING convert_to(reference, 'UTF8')",
    "check, regular expression": "ALTER TABLE orders ADD CONSTRAINT c CHECK (status ~ '^[a-z0-9 ]*' OR id IS NOT NULL)",
    "column, identity": "ALTER TABLE orders ADD COLUMN nr bigint GENERATED BY DEFAULT AS IDENTITY",
    "update, json": "UPDATE orders SET doc = doc || '{\"seen\": true}'",
    "update, a third": "UPDATE lines SET amount = 0 WHERE nr % 3 = 0",
    "delete, everything": "DELETE FROM lines",
    "insert, grouped": "INSERT INTO customers SELECT -row_number() OVER (), sku, count(*) FROM lines GROUP BY sku",
    "not null, two at once": "ALTER TABLE lines ALTER COLUMN amount SET NOT NULL, ALTER COLUMN sku SET NOT NULL",
}
"""The ranges were set with ``CASES``; these were not looked at before."""
HELD_OUT_AGAIN: Mapping[str, str] = {
    "index, gin, text search": "CREATE INDEX i ON orders USING gin (to_tsvector('simple', coalesce(note, '')))",
    "index, gin, keys of jsonb": "CREATE INDEX i ON orders USING gin (doc)",
    "index, gist, ranges": "CREATE INDEX i ON orders USING gist (tstzrange(created_at, 'infinity'))",
    "index, spgist, text": "CREATE INDEX i ON orders USING spgist (reference)",
    "cluster, by the key": "CLUSTER orders USING orders_pkey",
    "update, with a large join": "UPDATE orders SET total = total + 1 FROM lines WHERE order_id = orders.id AND nr = 0",
    "update, from a subquery": "UPDATE orders SET note = (SELECT name FROM customers AS c WHERE c.id = orders.buyer)",
    "update, an indexed column": "UPDATE orders SET created_at = created_at + interval '1 day'",
    "delete, with a join": "DELETE FROM lines USING orders AS o WHERE o.id = order_id AND o.status = 'paid'",
    "insert, into an index": "INSERT INTO events SELECT id, 1 FROM orders WHERE id > 0 ON CONFLICT DO NOTHING",
    "materialized view, distinct": "REFRESH MATERIALIZED VIEW skus",
    "partitions, update": "UPDATE events SET body = upper(body)",
    "partitions, index": "CREATE INDEX i ON events (body)",
    "partitions, one of them": "UPDATE events SET body = upper(body) WHERE kind = 1",
}
"""Chosen before the range was made wider for random access and few groups, and not looked at before."""


@dataclass(frozen=True)
class Outcome:
    name: str
    actual_ms: float
    elapsed_ms: float
    prediction: Prediction | None
    reason: str

    @property
    def holds(self) -> bool:
        return (
            self.prediction is not None
            and self.prediction.low_ms <= self.actual_ms <= self.prediction.high_ms
        )

    def __str__(self) -> str:
        found = self.prediction
        timed = (
            ", ".join(f"{words.amount(one.rows)}: {words.duration(one.ms)}" for one in found.timed)
            if found
            else ""
        )
        said = words.span(found.low_ms, found.high_ms) if found else self.reason
        far = f"{found.rows / found.timed[-1].rows:.0f} ×" if found else ""
        took = [words.duration(self.actual_ms), words.duration(self.elapsed_ms)]
        return f"| {' | '.join([self.name, timed, far, said, *took, 'yes' if self.holds else '**no**'])} |"


def main() -> None:
    arguments = _arguments()
    print("| statement | timed at | far | predicted | took | elapsed | inside |", "|" + "---|" * 7, sep="\n")
    timing.SECONDS = arguments.seconds
    timing.SIZES = tuple(size for size in timing.SIZES if size <= arguments.largest)
    timing.RUNS = timing.RUNS[: len(timing.SIZES)]
    outcomes = []
    for outcome in measure(arguments.rows, arguments.only):
        print(outcome, flush=True)
        outcomes.append(outcome)
    for title, cases in (
        ("The ranges were set with these", CASES),
        ("Held out", HELD_OUT),
        ("Held out again", HELD_OUT_AGAIN),
    ):
        _summarise(title, [one for one in outcomes if one.name in cases])


def _summarise(title: str, outcomes: Sequence[Outcome]) -> None:
    predicted = [one for one in outcomes if one.prediction]
    widths = [one.prediction.high_ms / one.prediction.low_ms for one in predicted if one.prediction]
    inside = sum(one.holds for one in predicted)
    print(f"\n{title}: {inside} of {len(predicted)} inside the range, {len(outcomes)} statements.")
    print(f"At the median the upper end is {median(widths or [0]):.1f} times the lower one.")


def measure(rows: int, only: str) -> Iterator[Outcome]:
    with sandbox.open_server(UNBOUNDED) as server:
        server.create("large")
        large = Database(server, "large")
        _run(large, SCHEMA + FILL.format(rows=rows, parents=rows // 10))
        with large.connect() as session:
            session.execute("VACUUM (ANALYZE)")
        statistics = _statistics(large)
        for name, statement in {**CASES, **HELD_OUT, **HELD_OUT_AGAIN}.items():
            if only in name:
                seen = _predicted(statement, statistics)
                with large.clone("try") as copy:
                    outcome = Outcome(name, *_run(copy, statement), seen.predicted, seen.not_predicted)
                yield outcome


def _statistics(database: Database) -> Statistics:
    with database.connect(Role.OBSERVER) as session:
        row = session.execute(export_query().encode()).fetchone()
    assert row is not None
    return parse_statistics(str(row[0]), "statistics.json")


def _predicted(statement: str, statistics: Statistics) -> Observation:
    base = {f"{FOLDER}/0001_shop.sql": f"-- +goose NO TRANSACTION\n-- +goose Up\n{SCHEMA}"}
    new = {
        f"{FOLDER}/0002_new.sql": f"-- +goose NO TRANSACTION\n-- +goose Up\n{statement};\n-- +goose Down\nSELECT 1;\n"
    }
    report: Report = validate(
        MemoryTree(base), MemoryTree({**base, **new}), Settings(), statistics=statistics
    )
    return report.migrations[0].up.statements[-1]


def _run(database: Database, script: str) -> tuple[float, float]:
    """Milliseconds of the processor and of the clock for the last statement."""
    tell_usage(database)
    with Session(database, UNBOUNDED, messages="log") as session:
        for statement in filter(str.strip, script.split(";")):
            reply = session.run(statement)
            if reply.error or reply.processor_ms is None:
                raise SystemExit(f"{statement}: {reply.error}")
    return reply.processor_ms or 0.0, reply.duration_ms


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--largest", type=int, default=40_000, help="Rows of the largest size that is timed.")
    parser.add_argument(
        "--seconds", type=float, default=120, help="For timing one statement; a review takes 10."
    )
    parser.add_argument("--only", default="", help="Statements whose name holds this.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
