"""Rows on which a migration gets through. The synthetic ones are there to hurt it; what is timed has to come to its end.

Of a table whose rows a statement refuses, those are taken away with which it fails: found by trying, so it does not matter
whether it is a NULL, a value that a CHECK or a cast refuses, or one that is there twice. Where a foreign key is added, the
child's rows are given keys that the parent has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from psycopg import sql

from checks.data import Follow
from checks.data.multiply import WIDEST
from checks.data.session import filling_session, without_triggers
from checks.model.migrations import Statement
from checks.model.observations import Observation
from checks.replay.session import Session
from checks.rules.actions import AddConstraint, ChangeType
from checks.rules.statements import actions_in
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.sql.mentions import words
from checks.sql.parse import name_parts, parse

MOST_ROWS = 48
"""Of one table that are tried."""
ABOUT_ROWS = ("22", "23")
"""Classes data_exception and integrity_constraint_violation (PostgreSQL docs, appendix A)."""


_FITTING = "(pg_typeof(p.{key}) <> 'bigint'::regtype OR p.{key}::text::numeric BETWEEN 0 AND 2147483647)"
"""The child's column may be an integer."""


def refuses_rows(observations: Sequence[Observation]) -> bool:
    return any(seen.error and seen.error.sqlstate.startswith(ABOUT_ROWS) for seen in observations)


def follows_of(database: Database, observations: Sequence[Observation]) -> tuple[Follow, ...]:
    """The foreign keys that will be there, so that copies must lead to copies."""
    return tuple(follow for seen in observations for follow in _follows(database, seen))


def make_agree(
    database: Database,
    tables: Mapping[int, str],
    follows: Sequence[Follow],
    observations: Sequence[Observation],
    settings: Settings,
    end: float,
) -> None:
    """Change the rows until every statement takes those of its table.

    ``tables`` are the largest tables (``schema.table``) of the statements, by their numbers; ``end`` is a ``monotonic()``.
    """
    with database.connect() as session:
        role = session.info.user
    with filling_session(database, role, settings.search_path) as session:
        for follow in follows:
            session.execute(_give_keys(follow))
        for table in dict.fromkeys(tables.values()):
            own = frozenset(number for number, one in tables.items() if one == table)
            with without_triggers(database, role), Session(database, settings) as tester:
                trial = _Trial(tester, observations, own, _identifier(table), end)
                rows = [str(row[0]) for row in session.execute(trial.choose())]
                kept = rows if trial.passes(rows) else trial.keep(rows, [])
            session.execute(trial.delete_but(kept))


def fixed_columns(observations: Sequence[Observation]) -> frozenset[str]:
    """Columns whose values other statements judge: copies must not change them."""
    found: set[str] = set()
    for seen in observations:
        for action in actions_in(seen):
            if isinstance(action, AddConstraint) and action.kind == "check":
                text = Statement(sql=seen.sql, path=seen.path, line=seen.line, end_line=seen.end_line)
                found |= words([text])
            if isinstance(action, ChangeType):
                found.add(action.column)
    return frozenset(found)


@dataclass(frozen=True)
class _Trial:
    """One table's rows, and the statements that must take them."""

    session: Session
    observations: Sequence[Observation]
    own: frozenset[int]
    table: sql.Identifier
    end: float

    def choose(self) -> sql.Composed:
        query = "SELECT ctid FROM ONLY {} AS r WHERE pg_column_size(r.*) <= {} LIMIT {}"
        return sql.SQL(query).format(self.table, WIDEST, MOST_ROWS)

    def delete_but(self, kept: Sequence[str]) -> sql.Composed:
        return sql.SQL("DELETE FROM ONLY {} WHERE NOT ctid = ANY ({}::tid[])").format(self.table, list(kept))

    def keep(self, rows: Sequence[str], kept: list[str]) -> list[str]:
        """``kept`` and as many of the rows as go with it."""
        if not rows or monotonic() > self.end:
            return kept
        if self.passes([*kept, *rows]):
            return [*kept, *rows]
        if len(rows) == 1:
            return kept
        half = len(rows) // 2
        return self.keep(rows[half:], self.keep(rows[:half], kept))

    def passes(self, rows: Sequence[str]) -> bool:
        self.session.run("BEGIN")
        self.session.run(self.delete_but(rows).as_string())
        passes = True
        for number in range(len(self.observations)):
            passes = self._takes(number) and passes
        self.session.run("ROLLBACK")
        return passes

    def _takes(self, number: int) -> bool:
        """What fails for another reason (no transaction may be open) says nothing about rows."""
        statement = self.observations[number].sql
        if type(parse(statement)).__name__ == "TransactionStmt":
            return True
        self.session.run("SAVEPOINT migration_trial")
        error = self.session.run(statement).error
        if error is None:
            return True
        self.session.run("ROLLBACK TO migration_trial")
        return number not in self.own or not error.sqlstate.startswith(ABOUT_ROWS)


def _follows(database: Database, seen: Observation) -> Iterator[Follow]:
    """The foreign keys that a statement adds between live tables."""
    live = {lock.relation.partition(".")[2]: lock.relation for lock in seen.locks if lock.existed_before}
    for action in actions_in(seen):
        if isinstance(action, AddConstraint) and action.kind == "foreign key" and action.references:
            child, parent = (name.rpartition(".")[2] for name in (action.relation, action.references))
            if child in live and parent in live and action.node is not None:
                named = tuple(name_parts(action.node.pk_attrs))
                theirs = named or _primary_key(database, live[parent])
                if len(theirs) == len(action.columns):
                    yield Follow(live[child], action.columns, live[parent], theirs)


def _primary_key(database: Database, table: str) -> tuple[str, ...]:
    query = (
        "SELECT a.attname::text FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid "
        "AND a.attnum = ANY (i.indkey) WHERE i.indisprimary AND i.indrelid = %s::regclass "
        "ORDER BY array_position(i.indkey::int2[], a.attnum)"
    )
    with database.connect(options={"search_path": "pg_catalog"}) as session:
        return tuple(str(name) for (name,) in session.execute(query, [_identifier(table).as_string()]))


def _give_keys(follow: Follow) -> sql.Composed:
    """Each row with a key gets one of those that the parent has."""
    ours = [sql.Identifier(name) for name in follow.columns]
    theirs = [sql.Identifier(name) for name in follow.parent_columns]
    return sql.SQL(
        "UPDATE ONLY {child} AS c SET {sets} FROM (SELECT ctid AS place, row_number() OVER () AS nth FROM ONLY {child}) AS n, "
        "(SELECT p.*, row_number() OVER () AS migration_nth, count(*) OVER () AS migration_rows FROM {parent} AS p "
        "WHERE {fitting}) AS p "
        "WHERE n.place = c.ctid AND p.migration_nth = 1 + n.nth % p.migration_rows AND {given}"
    ).format(
        child=_identifier(follow.child),
        parent=_identifier(follow.parent),
        sets=sql.SQL(", ").join(
            sql.SQL("{} = p.{}").format(our, their) for our, their in zip(ours, theirs, strict=True)
        ),
        given=sql.SQL(" AND ").join(sql.SQL("c.{} IS NOT NULL").format(our) for our in ours),
        fitting=sql.SQL(" AND ").join(sql.SQL(_FITTING).format(key=their) for their in theirs),
    )


def _identifier(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split(".", 1))
