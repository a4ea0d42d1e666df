"""A step in the syntax of the migration tool, as its documentation gives it; ``""`` for tools whose file says less."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from checks.plan.model import Step


def as_file(tool: str, step: Step) -> str:
    """The content of a migration file that runs the step, and takes it back as its down."""
    write = _WRITERS.get(tool)
    return write(step) if write is not None and step.sql else ""


def _may_share(step: Step) -> bool:
    """Whether it can run in a transaction, as tools open one: what builds or drops CONCURRENTLY and what commits cannot."""
    statements = (*step.sql, *step.undo)
    return step.transaction or not any("CONCURRENTLY" in sql or sql.startswith("DO ") for sql in statements)


def _goose(step: Step) -> str:
    head = [] if _may_share(step) else ["-- +goose NO TRANSACTION"]
    return _lines(
        *head,
        "-- +goose Up",
        *map(_goose_statement, step.sql),
        "-- +goose Down",
        *map(_goose_statement, step.undo),
    )


def _goose_statement(sql: str) -> str:
    """goose cuts at a semicolon that ends a line, wherever it stands."""
    if ";" in sql:
        return f"-- +goose StatementBegin\n{sql};\n-- +goose StatementEnd"
    return f"{sql};"


def _dbmate(step: Step) -> str:
    mode = "" if _may_share(step) else " transaction:false"
    return _lines(f"-- migrate:up{mode}", *_ended(step.sql), f"-- migrate:down{mode}", *_ended(step.undo))


def _sql_migrate(step: Step) -> str:
    mode = "" if _may_share(step) else " notransaction"
    up, down = (map(_sql_migrate_statement, statements) for statements in (step.sql, step.undo))
    return _lines(f"-- +migrate Up{mode}", *up, f"-- +migrate Down{mode}", *down)


def _sql_migrate_statement(sql: str) -> str:
    return f"-- +migrate StatementBegin\n{sql};\n-- +migrate StatementEnd" if ";" in sql else f"{sql};"


def _sqlx(step: Step) -> str:
    head = [] if _may_share(step) else ["-- no-transaction"]
    return _lines(*head, *_ended(step.sql))


def _atlas(step: Step) -> str:
    head = [] if _may_share(step) else ["-- atlas:txmode none", ""]
    return _lines(*head, *_ended(step.sql))


def _ended(statements: Sequence[str]) -> list[str]:
    return [f"{sql};" for sql in statements]


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"


_WRITERS: dict[str, Callable[[Step], str]] = {
    "atlas": _atlas,
    "dbmate": _dbmate,
    "goose": _goose,
    "sql-migrate": _sql_migrate,
    "sqlx": _sqlx,
}
