"""What only Ecto's own language makes dangerous, read from the commands of a migration."""

from __future__ import annotations

from collections.abc import Iterator

from checks.ecto.objects import AlterTable, Create, Drop, Execute, Index, Modify, Remove
from checks.ecto.runner import Executed
from checks.ecto.settings import RepoSettings
from checks.ecto.translate import Direction, Translation
from checks.elixir.values import Atom, atom_name, is_atom, is_truthy, pair_of
from checks.model.migrations import Problem

_HARMLESS_LOCKS = (Atom("pg_advisory_lock"), False, None)


def hazards(path: str, translation: Translation, settings: RepoSettings) -> list[Problem]:
    """Each once per line."""
    up = translation.up
    found = [
        *_refused(path, up),
        *_waits_for_its_own_lock(path, translation, settings),
        *(_irreversible(path, up) if up.operation == "change" else ()),
        *_schemas(path, translation),
    ]
    return list({(problem.rule, problem.line): problem for problem in found}.values())


def _refused(path: str, up: Direction) -> Iterator[Problem]:
    if up.refusal is not None:
        message = f"Ecto refuses to migrate: {up.refusal.message.rstrip('.')}. Nothing of the file is sent."
        yield Problem(rule="ecto-refused", path=path, line=up.refusal.line, message=message)


def _waits_for_its_own_lock(path: str, translation: Translation, settings: RepoSettings) -> Iterator[Problem]:
    waits = not translation.transaction and translation.migration_lock
    if not waits or settings.migration_lock in _HARMLESS_LOCKS:
        return
    for direction in (translation.up, translation.down):
        for executed in direction.executed:
            if _is_concurrent(executed):
                message = (
                    "It waits for ever: CONCURRENTLY waits for the transaction in which Ecto holds its lock on "
                    "schema_migrations, and that waits for this. Add `@disable_migration_lock true`, or set "
                    "`migration_lock: :pg_advisory_lock` for the repo."
                )
                yield Problem(
                    rule="ecto-concurrently-with-lock", path=path, line=executed.line, message=message
                )


def _is_concurrent(executed: Executed) -> bool:
    command = executed.command
    index = command.object if isinstance(command, (Create, Drop)) else None
    return isinstance(index, Index) and is_truthy(index.concurrently)


def _irreversible(path: str, up: Direction) -> Iterator[Problem]:
    """What ``mix ecto.rollback`` stops at, in a ``change``."""
    for executed in up.executed:
        match executed.command:
            case Execute(has_down=False):
                message = (
                    "Rollback stops here: nothing says how to undo this `execute`. Give it a second argument "
                    '(`""` when there is nothing to undo), or write `up` and `down`.'
                )
                yield Problem(
                    rule="ecto-execute-without-down", path=path, line=executed.line, message=message
                )
            case AlterTable(changes=changes):
                for change in changes:
                    yield from _irreversible_change(path, executed.line, change)
    for line in up.flushed:
        message = "Rollback stops here: Ecto cannot turn a `change` around that calls `flush()`. Write `up` and `down`."
        yield Problem(rule="ecto-flush-in-change", path=path, line=line, message=message)


def _irreversible_change(path: str, line: int, change: object) -> Iterator[Problem]:
    match change:
        case Modify() if pair_of(change.options, "from")[1] is None:
            column = _shown(change.column)
            message = (
                f"Rollback stops here: what `{column}` was before this `modify` is not said. Add "
                "`from: {:old_type, null: true}` with its present type and options."
            )
            yield Problem(rule="ecto-modify-without-from", path=path, line=line, message=message)
        case Remove(options=None, if_exists=False):
            column = _shown(change.column)
            message = (
                f"Rollback stops here: `remove :{column}` does not say what to add again. Give its type and options: "
                f"`remove :{column}, :type, null: …`."
            )
            yield Problem(rule="ecto-remove-without-type", path=path, line=line, message=message)


def _schemas(path: str, translation: Translation) -> Iterator[Problem]:
    for module, line in (*translation.up.schemas, *translation.down.schemas):
        message = (
            f"It uses `{module}` of the application as it is when the migration runs, which may be after its fields have "
            'changed. Name the table (`from u in "users"`), or define a schema in this file.'
        )
        yield Problem(rule="ecto-schema-of-application", path=path, line=line, message=message)


def _shown(column: object) -> str:
    return atom_name(column) if is_atom(column) else str(column)
