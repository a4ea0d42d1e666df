"""Makes the labels: runs each change on a PostgreSQL with rows in it and writes down what happened. Knows no rule.

    python -m benchmarks.field.label [WORD …] [--write]

A change is **hazardous** when at least one of these was seen, and harmless otherwise:

1. *fails*: it does not get through.
2. *blocks*: a table with rows is written anew or read from end to end, or an index of it is built, while a lock is held that
   lets others not read or not write a table with rows; or one statement changes at least half of the rows of a table, each of
   which is locked until commit; or others can neither read nor write meanwhile although the statement's own
   CONCURRENTLY form gets through as well.
3. *takes away*: a statement of the application that worked before fails or answers otherwise afterwards; rows or values
   are gone; a constraint, unique index or trigger of a table that stays is gone; anybody at all may do what only some could.

A strong lock that is held for an instant is none: every change of a table takes one.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import psycopg
from pydantic import BaseModel, ConfigDict

from benchmarks.field.cases import Case, all_cases, chosen
from benchmarks.field.work import Runner, Work
from benchmarks.field.world import Connection, Relation, World, look
from checks.sandbox import Database, Role, Server, open_server
from checks.settings import Limits, Settings

STORED = Path(__file__).with_name("labels.json")
_WITHOUT = re.compile(
    r"(?P<front>\bDROP\s+INDEX\b|\bDETACH\s+PARTITION\s+[\w.\"]+)(?!\s+CONCURRENTLY)", re.IGNORECASE
)
"""Where CONCURRENTLY can be put into a statement that takes ACCESS EXCLUSIVE for an instant."""


class Label(BaseModel):
    """What was seen of a change."""

    model_config = ConfigDict(frozen=True)

    locks: dict[str, str] = {}
    """Relation with rows → the strongest lock that was taken on it."""
    fails: str = ""
    blocks: tuple[str, ...] = ()
    takes_away: tuple[str, ...] = ()

    @property
    def hazardous(self) -> bool:
        return bool(self.fails or self.blocks or self.takes_away)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(name for name in ("fails", "blocks", "takes_away") if getattr(self, name))


def stored_labels() -> dict[str, Label]:
    return {id: Label.model_validate(row) for id, row in json.loads(STORED.read_text()).items()}


def label_all(cases: Sequence[Case]) -> dict[str, Label]:
    """In the order of the cases; one server for each version. Raises SandboxError."""
    made = {case.id: bench.label(case) for bench, group in benches(cases) for case in group}
    return {case.id: made[case.id] for case in cases}


def benches(cases: Sequence[Case]) -> Iterator[tuple[Bench, Sequence[Case]]]:
    """One for each version of PostgreSQL, with the cases that are for it. Raises SandboxError."""
    by_version: defaultdict[int, list[Case]] = defaultdict(list)
    for case in cases:
        by_version[case.postgres].append(case)
    for version, group in sorted(by_version.items()):
        with open_server(Settings(postgres=version, limits=Limits(total_seconds=3600))) as server:
            yield Bench(server), group


class Bench:
    """A server, with one database for each context of a case, of which copies are made."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._ready: dict[tuple[str, ...], Database] = {}
        self._numbers = count(1)

    def label(self, case: Case) -> Label:
        with self.copy(case) as database:
            return _label(case, database)

    @contextmanager
    def copy(self, case: Case) -> Iterator[Database]:
        """The database as it is before the change, for this one case."""
        self.server.provide(case.roles)
        with self._context(case).clone(f"field_case_{next(self._numbers)}") as database:
            yield database

    def _context(self, case: Case) -> Database:
        texts = (case.schema_sql, case.rows_sql, *case.roles, *case.before)
        if texts not in self._ready:
            name = f"field_context_{next(self._numbers)}"
            self.server.create(name)
            self._ready[texts] = Database(self.server, name)
            _prepare(case, self._ready[texts])
        return self._ready[texts]


def _label(case: Case, database: Database) -> Label:
    with database.connect(Role.ADMIN) as admin:
        before = look(admin)
    with ExitStack() as stack:
        twins = [
            stack.enter_context(database.clone(f"{database.name}_twin{place}"))
            for place, _ in enumerate(_twins(case.text))
        ]
        answers = _answers(database, before, case)
        refused = [one for one, answer in answers.items() if answer.startswith("refused")]
        assert not refused, f"{case.id}: the application cannot {refused[0]}: {answers[refused[0]]}"
        work = Runner(database, before).run(case.text)
        with database.connect(Role.ADMIN) as admin:
            after = look(admin)
        blocks = [*_waits(work), *_avoidable(case, before, work, twins)]
        return Label(
            locks=dict(sorted(work.locks.items())),
            fails=work.error or "",
            blocks=tuple(blocks) if not work.error else (),
            takes_away=() if work.error else tuple(_taken_away(database, before, after, case, answers)),
        )


def _prepare(case: Case, database: Database) -> None:
    with database.connect(Role.APP) as connection:
        for text in (case.schema_sql, case.rows_sql, *case.before):
            connection.execute(text)  # type: ignore[arg-type]
    with database.connect(Role.APP) as connection:
        connection.execute("ANALYZE")


def _waits(work: Work) -> list[str]:
    return [
        *(f"{name} is written anew" for name in sorted(work.rewritten)),
        *(f"{name} is read from end to end" for name in sorted(work.read)),
        *(f"an index of {name} is built" for name in sorted(work.built_on)),
        *(f"half of the rows of {name} or more are locked" for name in sorted(work.changed)),
    ]


def _twins(text: str) -> list[str]:
    statements = [one.strip() for one in text.split(";") if _WITHOUT.search(one)]
    return [_WITHOUT.sub(r"\g<front> CONCURRENTLY", one) for one in statements]


def _avoidable(case: Case, before: World, work: Work, twins: Sequence[Database]) -> list[str]:
    closed = sorted(name for name, mode in work.locks.items() if mode == "AccessExclusiveLock")
    if not closed:
        return []
    texts = zip(_twins(case.text), twins, strict=True)
    return [f"{closed[0]} is closed, and need not be: {text}" for text, twin in texts if _runs(twin, text)]


def _runs(database: Database, statement: str) -> bool:
    with database.connect(Role.APP) as connection:
        try:
            connection.execute(statement)  # type: ignore[arg-type]
        except psycopg.Error:
            return False
    return True


def _answers(database: Database, world: World, case: Case) -> dict[str, str]:
    """What the application is told: its own statements, and one for each relation, function and value that it may name."""
    names = [_read(one, world) for one in world.relations.values() if one.kind in "rpmv"]
    calls = [f"SELECT '{one}'::regprocedure" for one in sorted(world.functions)]
    labels = [f"SELECT {one}" for one in sorted(world.values)]
    counters = [
        f"SELECT last_value FROM {_quoted(one)}" for one in world.relations.values() if one.kind == "S"
    ]
    with database.connect(Role.APP) as connection:
        connection.autocommit = False
        told = {
            one: _answer(connection, one).partition(":")[0] for one in [*names, *calls, *labels, *counters]
        }
        return told | {one: _answer(connection, one) for one in case.code}


def _read(relation: Relation, world: World) -> str:
    columns = ", ".join(f'"{column}"' for column in world.columns.get(relation.oid, ()))
    return f"SELECT {columns} FROM {_quoted(relation)} LIMIT 0"


def _quoted(relation: Relation) -> str:
    return ".".join(f'"{part}"' for part in relation.name.split(".", 1))


def _answer(connection: Connection, statement: str) -> str:
    """``answered: <rows>`` or ``refused: <why>``; nothing of it stays."""
    try:
        cursor = connection.execute(statement)  # type: ignore[arg-type]
        while cursor.nextset():
            pass
        return f"answered: {cursor.fetchall() if cursor.description else cursor.rowcount}"
    except psycopg.Error as error:
        return f"refused: {error.sqlstate} {str(error).splitlines()[0]}"
    finally:
        connection.rollback()


def _taken_away(
    database: Database, before: World, after: World, case: Case, answers: dict[str, str]
) -> list[str]:
    now = _answers(database, before, case)
    stays = after.relations.keys() & before.relations.keys()
    fewer = [
        one.name
        for oid, one in before.relations.items()
        if one.own_rows and (oid not in stays or after.relations[oid].own_rows < one.own_rows)
    ]
    dropped = [
        promise
        for oid, promise in before.guarantees.items()
        if int(promise.split()[0]) in stays
        and oid not in after.guarantees
        and promise not in {*after.guarantees.values(), *after.required}
    ]
    opened = [one for one in after.public - before.public if int(one.split()[0]) in stays]
    return [
        *(f"{statement}: {now[statement]}" for statement, told in answers.items() if now[statement] != told),
        *(f"rows of {name} are gone" for name in fewer),
        *(f"{_named(promise, before)} is gone" for promise in dropped),
        *(f"anybody: {_named(one, before)}" for one in sorted(opened)),
    ]


def _named(promise: str, world: World) -> str:
    oid, _, text = promise.partition(" ")
    return f"{world.relations[int(oid)].name}: {text}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="only cases with one of these in their id")
    parser.add_argument("--write", action="store_true", help="store them")
    wanted = parser.parse_args()
    made = label_all(chosen(wanted.words))
    for case in chosen(wanted.words):
        _print(case, made[case.id])
    if wanted.write:
        known = stored_labels() if STORED.exists() else {}
        kept = {case.id: (known | made)[case.id] for case in all_cases() if case.id in known | made}
        rows = {id: one.model_dump(exclude_defaults=True) for id, one in kept.items()}
        STORED.write_text(json.dumps(rows, indent=1) + "\n")


def _print(case: Case, label: Label) -> None:
    unlike = "  <-- not what its author meant" if label.hazardous != bool(case.kinds) else ""
    print(f"{case.id}: {', '.join(label.reasons) or 'harmless'}{unlike}")
    for line in (label.fails, *label.blocks, *label.takes_away) if unlike or len(sys.argv) > 1 else ():
        print(f"    {line}" if line else "", end="\n" if line else "")


if __name__ == "__main__":
    main()
