"""Words that the messages of several rules share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from checks.model.observations import Lock
from checks.rules.review import Run
from checks.sql.spelling import quoted as quoted

OUTSIDE = {
    "alembic": "`with op.get_context().autocommit_block():`",
    "atlas": "`-- atlas:txmode none` at the top of the file",
    "dbmate": "`-- migrate:up transaction:false`",
    "diesel": "`run_in_transaction = false` in the migration's metadata.toml",
    "django": "`atomic = False` in the Migration",
    "ecto": "`@disable_ddl_transaction true` and `@disable_migration_lock true` in the module",
    "flyway": "`executeInTransaction=false` in the migration's .conf file",
    "golang-migrate": "a migration with this one statement alone",
    "goose": "`-- +goose NO TRANSACTION`",
    "knex": "`exports.config = { transaction: false }`",
    "liquibase": "`runInTransaction:false` on the changeset",
    "prisma": "a migration with this one statement alone",
    "rails": "`disable_ddl_transaction!` in the class",
    "sql-migrate": "`-- +migrate Up notransaction`",
    "sqlx": "`-- no-transaction` as the first line",
}
"""How each tool is told to open no transaction (the tools' own documentation)."""

EXECUTE = {
    "alembic": 'op.execute("{sql}")',
    "django": 'migrations.RunSQL("{sql}", migrations.RunSQL.noop)',
    "ecto": 'execute("{sql}", "")',
    "knex": 'await knex.raw("{sql}")',
    "rails": 'up_only {{ execute "{sql}" }}',
    "typeorm": 'await queryRunner.query("{sql}")',
}
"""How a migration that is code sends a statement, and nothing on its way back (the tools' own documentation)."""


def short(relation: str) -> str:
    """The name as most people write it: without the schema where that is ``public``."""
    return relation.removeprefix("public.")


def listed(names: Iterable[str], most: int = 4) -> str:
    """```a`, `b` and `c```; of more than ``most`` names the first ones and how many follow."""
    quoted = [f"`{name}`" for name in dict.fromkeys(names)]
    if len(quoted) > most:
        return f"{', '.join(quoted[: most - 1])} and {len(quoted) - most + 1} more"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def code(*statements: str) -> str:
    """Statements to paste, on one line."""
    return "`" + " ".join(f"{statement.strip().rstrip(';')};" for statement in statements) + "`"


def said_by_tool(run: Run, statement: str) -> str:
    """A statement without double quotes, to paste into the file that the author writes."""
    way = EXECUTE.get(run.review.change.head.tool)
    return f"`{way.format(sql=statement)}`" if way else code(statement)


def outside_transaction(run: Run) -> str:
    """How to run a statement outside of a transaction with the tool of this migration."""
    way = OUTSIDE.get(run.review.change.head.tool)
    return f"outside of a transaction ({way})" if way else "outside of a transaction"


def held(run: Run, lock: Lock) -> str:
    """How long a lock is kept."""
    if lock.held_until == "statement":
        return "until the statement ends"
    behind = lock.statements_behind
    return f"until commit, {behind} statement{'s' if behind > 1 else ''} later" if behind else "until commit"


def table_part(name: str) -> str:
    """The last part of a dotted name."""
    return name.rpartition(".")[2]


def check_for_not_null(table: str, column: str) -> str:
    """The CHECK that stands in for NOT NULL for a while; ``…_not_null`` is what PostgreSQL 18 calls the NOT NULL itself."""
    return re.sub(r"\W", "_", f"{table_part(table)}_{column}_is_there", flags=re.ASCII)[:63]


def columns(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in names)
