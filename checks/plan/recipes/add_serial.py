"""A column that numbers its rows (serial, identity) is added without the table being written anew.

New rows are numbered by the default first, then the old ones in batches. An identity makes its own sequence, which goes on
where the one of the batches has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from postgast import pg_query_pb2 as pg

from checks.plan.model import Deploy, Phase, Step
from checks.plan.pieces import named
from checks.plan.recipes import NoWay, Stages
from checks.plan.recipes.batched import batches, in_batches, later
from checks.plan.recipes.required import require
from checks.plan.statement import Part
from checks.rules.actions import AddColumn, AddConstraint
from checks.rules.wording import quoted, short, table_part

RULES = ("add-column-serial",)
TITLE = "Number the rows in batches"
MORE = "`{column}` has a constraint of its own: write the column first, and the constraint in a statement that follows."
OPTIONS = "The sequence of `{column}` has options of its own, which this way would lose."
INTEGERS = {
    "smallserial": "smallint",
    "serial2": "smallint",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
}
KINDS = {"a": "ALWAYS", "d": "BY DEFAULT"}
NOTE = "Which row gets which number is another matter than in one rewrite: do not count on an order."


@dataclass(frozen=True)
class _Numbered:
    part: Part
    column: AddColumn
    identity: str
    """``ALWAYS``, ``BY DEFAULT`` or, for serial, ``""``."""

    @property
    def relation(self) -> str:
        return self.part.locate(self.column.relation)

    @property
    def table(self) -> str:
        return self.part.name(self.column.relation)

    @property
    def name(self) -> str:
        return quoted(self.column.column)

    @property
    def integer(self) -> str:
        return INTEGERS[self.column.type]

    @property
    def own(self) -> str:
        """The sequence that PostgreSQL gives such a column."""
        return self._sequence("seq")

    @property
    def sequence(self) -> str:
        """The one that numbers the rows: for an identity, whose own comes at the end, another one."""
        return self._sequence("numbers") if self.identity else self.own

    def _sequence(self, word: str) -> str:
        schema, _, table = self.relation.rpartition(".")
        return quoted(short(f"{schema}.{named(table_part(table), self.column.column, word)}"))


def recipe(part: Part) -> Stages | None:
    """Raises NoWay and Refused."""
    column = part.the(AddColumn)
    if column is None or not column.serial or column.type not in INTEGERS:
        return None
    if any(isinstance(action, AddConstraint) and action.kind != "not null" for action in part.actions[1:]):
        raise NoWay(TITLE, MORE.format(column=column.column))
    return [*_stages(_Numbered(part, column, _identity(column)))]


def _identity(column: AddColumn) -> str:
    """Raises NoWay when its sequence is not the one that PostgreSQL makes by itself."""
    for one in column.node.constraints:
        if one.constraint.contype == pg.CONSTR_IDENTITY:
            if one.constraint.options:
                raise NoWay(TITLE, OPTIONS.format(column=column.column))
            return KINDS[one.constraint.generated_when]
    return ""


def _stages(it: _Numbered) -> Iterator[Step | Deploy]:
    part, table, name = it.part, it.table, it.name
    yield part.step(
        Phase.EXPAND,
        f"Add `{it.column.column}` to `{short(it.relation)}`; new rows are numbered.",
        f"ALTER TABLE {table} ADD COLUMN {name} {it.integer}",
        f"CREATE SEQUENCE {it.sequence} AS {it.integer} OWNED BY {table}.{name}",
        f"ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {_next(it.sequence)}",
        transaction=True,
        undo=(f"ALTER TABLE {table} DROP COLUMN {name}",),
    )
    found = batches(part, f"UPDATE {table} SET {name} = DEFAULT WHERE {name} IS NULL")
    title = f"The rows that `{short(it.relation)}` has are numbered"
    yield from in_batches(part, found, title, NOTE, f"{it.relation}.{it.column.column}")
    yield from map(later, require(part, it.column.relation, it.column.column, filled=True))
    if it.identity:
        yield _as_identity(it)


def _next(sequence: str) -> str:
    return f"nextval('{_literal(sequence)}')"


def _as_identity(it: _Numbered) -> Step:
    alter = f"ALTER TABLE {it.table} ALTER COLUMN {it.name}"
    return it.part.step(
        Phase.SWITCH,
        f"`{it.column.column}` becomes an identity, which goes on with the next number.",
        f"{alter} DROP DEFAULT",
        f"{alter} ADD GENERATED {it.identity} AS IDENTITY",
        _goes_on(it.own, it.sequence),
        f"DROP SEQUENCE {it.sequence}",
        transaction=True,
        undo=(
            f"CREATE SEQUENCE {it.sequence} AS {it.integer} OWNED BY {it.table}.{it.name}",
            _goes_on(it.sequence, it.own),
            f"{alter} DROP IDENTITY",
            f"{alter} SET DEFAULT {_next(it.sequence)}",
        ),
    )


def _goes_on(sequence: str, behind: str) -> str:
    return f"SELECT setval('{_literal(sequence)}', {_next(behind)}, false)"


def _literal(name: str) -> str:
    return name.replace("'", "''")
