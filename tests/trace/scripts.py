"""Short ways to trace a script and to write down what is expected of it."""

from __future__ import annotations

from checks.model.migrations import Script, TransactionMode
from checks.model.observations import LockMode, Observation, Trace
from checks.sandbox import Database
from checks.settings import Settings
from checks.sql.split import split
from checks.trace import as_the_tool_runs_it, relation_names, statement_by_statement

SHORT = {"".join(word[0] for word in mode.value.split()): mode for mode in LockMode} | {
    "E": LockMode.EXCLUSIVE
}
"""AS, RS, RE, SUE, S, SRE, E, AE"""
_NAMES = {mode: name for name, mode in SHORT.items()}


def script(sql: str, mode: TransactionMode = TransactionMode.TRANSACTION) -> Script:
    return Script(statements=split(sql, "m.sql"), transaction=mode)


def pass_a(
    database: Database, sql: str, mode: TransactionMode = TransactionMode.TRANSACTION, **settings: object
) -> Trace:
    existing = frozenset(relation_names(database).values())
    options = Settings.model_validate(settings)
    return statement_by_statement(database, script(sql, mode), options, ids="m/up", existing=existing)


def pass_b(
    database: Database, sql: str, mode: TransactionMode = TransactionMode.TRANSACTION, **settings: object
) -> Trace:
    existing = frozenset(relation_names(database).values())
    options = Settings.model_validate(settings)
    return as_the_tool_runs_it(database, script(sql, mode), options, ids="m/up", existing=existing)


def last(trace: Trace) -> Observation:
    return trace.observations[-1]


def locks(observation: Observation) -> str:
    """``a:AE r:SRE``: the locks on what existed before, by name."""
    kept = [lock for lock in observation.locks if lock.existed_before]
    return " ".join(sorted(f"{bare(lock.relation)}:{_NAMES[lock.mode]}" for lock in kept))


def bare(name: str) -> str:
    return name.removeprefix("public.")


def names(relations: tuple[str, ...]) -> str:
    return " ".join(map(bare, relations))
