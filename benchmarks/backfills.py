"""``python -m benchmarks.backfills``: generated statements in batches, proven or refused, and whether the proof can fail.

Each batched form is also weakened by one step at a time; the proof has to tell each weakened one from the whole.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as Printed

from checks import catalog
from checks.backfill import Backfill, Refused, backfill, block, row_change
from checks.backfill.proof import NotProven, prove_form, standing
from checks.backfill.proof.alone import Alone
from checks.backfill.tables import batching, unstable_functions
from checks.model.tables import Batching
from checks.sandbox import Database, open_server
from checks.settings import Limits, Settings

ROWS = 60
SETTINGS = Settings(limits=Limits(statement_seconds=10))


@dataclass(frozen=True)
class Key:
    name: str
    columns: str
    """Definitions."""
    values: str
    """For row ``n``."""
    constraint: str
    behind: str = ""
    """What CREATE TABLE ends with."""
    more: str = ""


KEYS = (
    Key("bigint", "id bigint", "n", "PRIMARY KEY (id)"),
    Key("uuid", "id uuid", "md5(n::text)::uuid", "PRIMARY KEY (id)"),
    Key("text", "id text", "'k' || n % 7 || '-' || n", "PRIMARY KEY (id)"),
    Key("two columns", "id int, part text", "n / 7, 'p' || n % 7", "PRIMARY KEY (id, part)"),
    Key(
        "unique index", "id int NOT NULL", "n * 3 - 90", "CHECK (true)", more="CREATE UNIQUE INDEX ON t (id);"
    ),
    Key(
        "three columns",
        "at timestamptz, id int, part bool",
        "'2026-01-01'::timestamptz + n / 9 * interval '1 day', n / 2, n % 2 = 0",
        "PRIMARY KEY (at, id, part)",
    ),
    Key(
        "partitions",
        "id int, part int",
        "n, n % 3",
        "PRIMARY KEY (id, part)",
        behind="PARTITION BY LIST (part)",
        more="CREATE TABLE t0 PARTITION OF t FOR VALUES IN (0); CREATE TABLE t12 PARTITION OF t FOR VALUES IN (1, 2);",
    ),
)
COLUMNS = "a text, b text, c int, note text, seen timestamptz"
VALUES = (
    "'A' || n, CASE WHEN n % 3 > 0 THEN 'b' || n END, n, CASE WHEN n % 4 > 0 THEN 'x' END, "
    "CASE WHEN n % 5 > 0 THEN '2026-01-01'::timestamptz END"
)
OTHERS = """
CREATE TABLE u (n int PRIMARY KEY, word text, banned boolean);
INSERT INTO u SELECT n, 'word' || n, n % 2 = 0 FROM generate_series(1, 60) n;
CREATE TABLE kept (id bigserial PRIMARY KEY, c int, a text);
"""
STATEMENTS = {
    "fill NULL": "UPDATE t SET b = 'none' WHERE b IS NULL",
    "fill from row": "UPDATE t SET b = lower(a) || '-' || c",
    "count up": "UPDATE t SET c = c + 1",
    "count up some": "UPDATE t AS x SET c = x.c * 2, note = NULL WHERE x.c % 3 = 0 OR x.note IS NULL",
    "own value per row": "UPDATE t SET a = a || random(), seen = now() WHERE seen IS NULL OR c > 20",
    "own value for all": "UPDATE t SET a = a || random()",
    "joined": "UPDATE t SET b = u.word FROM u WHERE u.n = t.c",
    "row of a subquery": "UPDATE t SET (a, b) = (SELECT u.word, u.word || '!' FROM u WHERE u.n = t.c)",
    "where exists": "UPDATE t SET note = 'banned' WHERE EXISTS (SELECT FROM u WHERE u.n = t.c AND u.banned)",
    "delete some": "DELETE FROM t WHERE c > 20 OR note IS NULL",
    "delete joined": "DELETE FROM t USING u WHERE u.n = t.c AND (u.banned OR t.c < 50)",
    "delete all": "DELETE FROM t",
    "copy some": "INSERT INTO kept (c, a) SELECT c, a FROM t WHERE note IS NULL OR c > 9",
    "copy with own value": "INSERT INTO kept (c, a) SELECT c, gen_random_uuid()::text FROM t WHERE c % 3 > 0",
    "copy joined": "INSERT INTO kept (c, a) SELECT x.c, u.word FROM t x LEFT JOIN u ON u.n = x.c",
}
REFUSED = (
    "UPDATE t SET id = id + 1",
    "UPDATE t SET c = (SELECT max(c) FROM t)",
    "UPDATE t SET c = o.c FROM t o WHERE o.id = t.id - 1",
    "UPDATE t SET c = 1 WHERE c > (SELECT avg(c) FROM t)",
    "UPDATE t SET c = nextval('kept_id_seq')",
    "UPDATE t SET c = 1 WHERE random() < 0.5",
    "UPDATE t SET c = counted(c)",
    "UPDATE t SET c = 1 RETURNING id",
    "WITH w AS (SELECT 1) UPDATE t SET c = 1 FROM w",
    "UPDATE t SET c = 1 WHERE ctid = '(0,1)'",
    "UPDATE t SET c = 1 FROM v WHERE v.id = t.id",
    "UPDATE keyless SET c = 1",
    "UPDATE v SET c = 1",
    "UPDATE watched SET c = 1",
    "UPDATE ruled SET c = 1",
    "UPDATE parent SET c = 1",
    "UPDATE referred SET code = code + 1",
    "UPDATE late SET place = place + 1",
    "DELETE FROM referred",
    "DELETE FROM tree",
    "DELETE FROM t WHERE id IN (SELECT id FROM t ORDER BY c LIMIT 9)",
    "INSERT INTO kept (c) SELECT c FROM t ORDER BY c",
    "INSERT INTO kept (c) SELECT c FROM t LIMIT 5",
    "INSERT INTO kept (c) SELECT DISTINCT c FROM t",
    "INSERT INTO kept (c) SELECT count(*) FROM t GROUP BY a",
    "INSERT INTO kept (c) SELECT count(*) FROM t",
    "INSERT INTO kept (c) SELECT row_number() OVER (ORDER BY id) FROM t",
    "INSERT INTO kept (c) SELECT c FROM t UNION SELECT n FROM u",
    "INSERT INTO kept (c) SELECT c FROM t ON CONFLICT DO NOTHING",
    "INSERT INTO t (id, c) SELECT id + 1000, c FROM t",
    "INSERT INTO kept (c) VALUES (1)",
    "INSERT INTO kept (c) SELECT n FROM generate_series(1, 9) n",
    "INSERT INTO kept (c) SELECT u.n FROM t RIGHT JOIN u ON u.n = t.c",
    "MERGE INTO t USING u ON u.n = t.c WHEN MATCHED THEN UPDATE SET a = u.word",
)
HAZARDS = """
CREATE FUNCTION counted(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT count(*)::int FROM t WHERE c > $1';
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE VIEW v AS SELECT id, c FROM t;
CREATE TABLE keyless (c int, d int UNIQUE);
CREATE TABLE watched (id int PRIMARY KEY, c int);
CREATE TRIGGER whole AFTER UPDATE ON watched REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TABLE ruled (id int PRIMARY KEY, c int);
CREATE RULE r AS ON UPDATE TO ruled DO ALSO INSERT INTO kept (c) VALUES (1);
CREATE TABLE parent (id int PRIMARY KEY, c int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE referred (id int PRIMARY KEY, code int UNIQUE);
CREATE TABLE referring (code int REFERENCES referred (code) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE tree (id int PRIMARY KEY, above int REFERENCES tree);
CREATE TABLE late (id int PRIMARY KEY, place int UNIQUE DEFERRABLE);
"""

Weaken = Callable[[Backfill, int, float], str | None]
"""The form with one step less; None where it has no such step."""


def without_the_last_batch(found: Backfill, size: int, pause: float) -> str:
    place = f"{found.names[0]} AS (SELECT {_following(found)} FROM {found.progress})"
    left = f"WITH {place} SELECT count(*) FROM ({found.reached}) AS reached"
    return block(found, size, pause).replace("  LOOP\n", f"  LOOP\n    EXIT WHEN ({left}) <= {size};\n", 1)


def without_resuming(found: Backfill, size: int, pause: float) -> str:
    again = f"DROP TABLE IF EXISTS {found.progress};\n  CREATE TABLE IF NOT EXISTS"
    return block(found, size, pause).replace("CREATE TABLE IF NOT EXISTS", again, 1)


def off_by_one(found: Backfill, size: int, pause: float) -> str:
    return _with(found, size, pause, reached=found.reached.replace(" >= (", " > (", 1))


def one_row_too_many(found: Backfill, size: int, pause: float) -> str:
    return block(found, size, pause).replace(f"LIMIT {size}\n", f"LIMIT {size + 1}\n", 1)


def without_commit(found: Backfill, size: int, pause: float) -> str:
    return block(found, size, pause).replace(
        "    EXIT WHEN NOT FOUND;\n    COMMIT;\n", "    EXIT WHEN NOT FOUND;\n", 1
    )


def wrong_with_null(found: Backfill, size: int, pause: float) -> str:
    return _with(found, size, pause, reached=_behind_where(found, "note = note"))


def without_predicate(found: Backfill, size: int, pause: float) -> str | None:
    statement, where, _ = found.statement.partition(" WHERE ")
    if not where or " FROM " in statement or " USING " in statement:
        return None
    whole = backfill(
        row_change(
            statement, {found.walked: Batching(keys=(found.key,)), found.changed: Batching(keys=(found.key,))}
        )
    )
    return _with(found, size, pause, reached=whole.reached, change=whole.change)


def without_bound(found: Backfill, size: int, pause: float) -> str:
    text = block(found, size, pause).replace(f"LIMIT {size}\n", "LIMIT 1000000\n", 1)
    return text.replace(f"LIMIT {size + 1}\n", "LIMIT 1000001\n", 1).replace(
        f"OFFSET {size} ", "OFFSET 1000000 ", 1
    )


def without_key(found: Backfill, size: int, pause: float) -> str:
    """The statement as it was, in each batch."""
    return _with(found, size, pause, change=f"{found.statement} RETURNING 1")


def in_no_order(found: Backfill, size: int, pause: float) -> str:
    head, _, order = found.reached.rpartition("ORDER BY")
    return _with(
        found, size, pause, reached=f"{head}ORDER BY{', '.join(f'{one} DESC' for one in order.split(','))}"
    )


def forgets_where_it_is(found: Backfill, size: int, pause: float) -> str | None:
    """The next batch begins with the last row of this one: nothing else where that row is not asked for any more."""
    if found.verb == "DELETE" or found.statement == STATEMENTS["fill NULL"]:
        return None
    return block(found, size, pause).replace(f"OFFSET {size} ", f"OFFSET {size - 1} ", 1)


def progress_before_rows(found: Backfill, size: int, pause: float) -> str:
    """In a transaction of its own: who is killed behind it leaves out a batch."""
    return _in_two_transactions(found, size, pause, "{progress}\n    COMMIT;\n    {rows}")


def progress_behind_rows(found: Backfill, size: int, pause: float) -> str | None:
    """The same the other way: a batch is done again. That is nothing where its rows are not asked for any more."""
    if found.verb == "DELETE" or found.statement == STATEMENTS["fill NULL"]:
        return None
    return _in_two_transactions(found, size, pause, "{rows}\n    COMMIT;\n    {progress}")


def _in_two_transactions(found: Backfill, size: int, pause: float, order: str) -> str:
    place, reached, batch, changed = found.names
    key, following = ", ".join(found.key), _following(found)
    row = following if len(found.key) == 1 else f"({following})"
    progress = (
        f"UPDATE {found.progress} SET {row} = (SELECT {key} FROM {reached} ORDER BY {key} OFFSET {size} LIMIT 1), "
        "batches_done = batches_done + 1;"
    )
    rows = f"WITH {changed} AS ({found.change}) SELECT count(*) INTO rows FROM {changed};"
    return f"""DO $batches$
DECLARE rows bigint;
BEGIN
  {found.start};
  COMMIT;
  LOOP
    DROP TABLE IF EXISTS {place}, {reached}, {batch};
    CREATE TEMP TABLE {place} AS SELECT {following} FROM {found.progress} WHERE next_1 IS NOT NULL;
    EXIT WHEN NOT EXISTS (SELECT FROM {place});
    CREATE TEMP TABLE {reached} AS {found.reached} LIMIT {size + 1};
    CREATE TEMP TABLE {batch} AS SELECT {key} FROM {reached} ORDER BY {key} LIMIT {size};
    {order.format(progress=progress, rows=rows)}
    COMMIT;
    PERFORM pg_catalog.pg_sleep({pause});
  END LOOP;
END $batches$"""


MUTATIONS: tuple[Weaken, ...] = (
    without_the_last_batch,
    without_resuming,
    off_by_one,
    one_row_too_many,
    without_commit,
    wrong_with_null,
    without_predicate,
    without_bound,
    without_key,
    in_no_order,
    forgets_where_it_is,
    progress_before_rows,
    progress_behind_rows,
)


def tables(key: Key) -> str:
    return f"""
CREATE TABLE t ({key.columns}, {COLUMNS}, {key.constraint}) {key.behind};
{key.more}
INSERT INTO t SELECT {key.values}, {VALUES} FROM generate_series(1, {ROWS}) n;
{OTHERS}
"""


def known(database: Database) -> dict[str, Batching]:
    schema = catalog.read(database)
    return {table: batching(schema, table) for table in schema.tables()}


def proven(alone: Alone, form: Weaken | None = None) -> str:
    """``""``, or why it is not."""
    write = (lambda *given: form(*given) or "") if form else block
    try:
        for _ in prove_form(alone, write):
            pass
    except NotProven as reason:
        return str(reason)
    return ""


def weakened(alone: Alone) -> Iterator[tuple[str, str]]:
    """Each mutation that there is of it, and why it is not proven."""
    for mutation in MUTATIONS:
        if mutation(alone.backfill, 10, 0) is not None:
            yield mutation.__name__, proven(alone, mutation)


def main(kinds: list[str]) -> int:
    console, started = Console(), time.monotonic()
    caught: dict[str, Counter[str]] = {mutation.__name__: Counter() for mutation in MUTATIONS}
    outcomes, failures = Printed("statement", *(key.name for key in KEYS)), []
    cells: dict[str, list[str]] = {}
    with open_server(Settings(postgres=18, provider="bundled", limits=Limits(total_seconds=7200))) as server:
        for number, key in enumerate(KEYS):
            server.create(name := f"keys_{number}")
            database = Database(server, name)
            _fill(database, tables(key))
            there = known(database)
            for kind in kinds or STATEMENTS:
                found = backfill(row_change(STATEMENTS[kind], there))
                with standing(found, database, SETTINGS) as alone:
                    why = proven(alone)
                    cells.setdefault(kind, []).append("no: " + why if why else "proven")
                    for mutation, reason in weakened(alone) if not why else ():
                        caught[mutation][reason] += 1
                        if not reason:
                            failures.append(f"{mutation} of {STATEMENTS[kind]!r} by {key.name} is not caught")
        refusals = [*refused(server_database(server))]
    for kind, row in cells.items():
        outcomes.add_row(kind, *row)
    console.print(outcomes, _caught(caught), _refused(refusals))
    failures += [f"{kind}: {cell}" for kind, row in cells.items() for cell in row if cell != "proven"]
    failures += [f"not refused: {statement}" for statement, reason in refusals if not reason]
    for failure in failures:
        console.print(failure, style="red")
    count = sum(map(len, cells.values()))
    console.print(
        f"{count} statements in batches, {len(refusals)} refused, {time.monotonic() - started:.0f} s"
    )
    return bool(failures)


def server_database(server: object) -> Database:
    server.create("refused")  # type: ignore[attr-defined]
    database = Database(server, "refused")  # type: ignore[arg-type]
    _fill(database, tables(KEYS[0]) + HAZARDS)
    return database


def refused(database: Database) -> Iterator[tuple[str, str]]:
    """Each statement of ``REFUSED`` and why; ``""`` when it is not."""
    there = known(database)
    names = frozenset({"counted"})
    unstable = frozenset(unstable_functions(catalog.read(database), names))
    for statement in REFUSED:
        try:
            backfill(row_change(statement, there, unstable=unstable))
        except Refused as reason:
            yield statement, str(reason)
        else:
            yield statement, ""


def _with(found: Backfill, size: int, pause: float, **parts: str) -> str:
    return block(found.model_copy(update=parts), size, pause)


def _behind_where(found: Backfill, condition: str) -> str:
    head, _, order = found.reached.rpartition("ORDER BY")
    return f"{head}AND {condition} ORDER BY{order}"


def _following(found: Backfill) -> str:
    return ", ".join(f"next_{number}" for number in range(1, len(found.key) + 1))


def _fill(database: Database, script: str) -> None:
    with database.connect() as session:
        session.execute(script.encode())


def _caught(caught: dict[str, Counter[str]]) -> Printed:
    table = Printed("weakened by", "caught", "not caught", "mostly because")
    for name, found in caught.items():
        (why, _) = found.most_common(1)[0] if found else ("", 0)
        table.add_row(name.replace("_", " "), str(found.total() - found[""]), str(found[""]), why)
    return table


def _refused(refusals: list[tuple[str, str]]) -> Printed:
    table = Printed("refused", "why")
    for statement, reason in refusals:
        table.add_row(statement, reason)
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
