"""One migration file → what Ecto would send, up and down."""

from __future__ import annotations

from dataclasses import dataclass

from checks.ecto.host import Host
from checks.ecto.oban import ObanState
from checks.ecto.project import Project
from checks.ecto.runner import Executed, Sent
from checks.ecto.settings import RepoSettings
from checks.elixir.modules import read_modules
from checks.elixir.parse import SyntaxProblem, parse
from checks.elixir.scope import Module
from checks.elixir.stops import DynamicError, Kind, RaisedError, TooMuchError
from checks.elixir.syntax import Block
from checks.elixir.values import is_truthy

_MIGRATION = "Ecto.Migration"


@dataclass(frozen=True, slots=True)
class Dynamic:
    """What the file alone does not say: one sentence, and its line."""

    line: int
    reason: str
    kind: Kind = Kind.CODE


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Ecto raises in place of migrating: ``** (ArgumentError) …``, one line."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Direction:
    sent: tuple[Sent, ...] = ()
    dynamic: tuple[Dynamic, ...] = ()
    """Parts that are not among the statements."""
    refusal: Refusal | None = None
    """Nothing is sent then: the transaction is rolled back."""
    executed: tuple[Executed, ...] = ()
    flushed: tuple[int, ...] = ()
    """Lines of ``flush()``."""
    schemas: tuple[tuple[str, int], ...] = ()
    """Modules of the application whose rows are asked for, each with the line."""
    operation: str = ""
    """``up``, ``down`` or ``change``: the function that says it; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Translation:
    up: Direction
    down: Direction
    transaction: bool = True
    migration_lock: bool = True


def translate(
    text: str,
    settings: RepoSettings,
    prefix: str | None = None,
    project: Project | None = None,
    oban_state: ObanState | None = None,
) -> Translation:
    """Never raises for what a file says. ``oban_state`` is then what the file's up leaves behind."""
    try:
        file = parse(text)
        state = oban_state or ObanState()
        return _File(file, settings, prefix, project or Project(), state).translation()
    except SyntaxProblem as problem:
        return _nothing(problem.line, f"the file cannot be read: {problem.message}")
    except TooMuchError as stop:
        return _nothing(stop.line, f"the file is not read: {stop.reason}")
    except RecursionError:
        return _nothing(1, "the file is not read: it is nested too deeply")


def _nothing(line: int, reason: str) -> Translation:
    direction = Direction(dynamic=(Dynamic(line, reason),))
    return Translation(direction, direction)


class _File:
    def __init__(
        self, file: Block, settings: RepoSettings, prefix: str | None, project: Project, oban_state: ObanState
    ) -> None:
        self._oban_state = oban_state
        self._settings = settings
        self._prefix = prefix
        self._project = project
        reader = Host((), project, settings, prefix, "up", is_backward=False, oban_state=oban_state)
        self._modules = read_modules(file, reader.evaluator)
        self._reading = _noted(reader)

    def translation(self) -> Translation:
        module = self._migration()
        if module is None:
            return _nothing(1, "no module of the file has `use Ecto.Migration`")
        return Translation(
            self._direction(module, "up"),
            self._direction(module, "down"),
            transaction=not is_truthy(module.attributes.get("disable_ddl_transaction")),
            migration_lock=not is_truthy(module.attributes.get("disable_migration_lock")),
        )

    def _migration(self) -> Module | None:
        """The module that is one; else one that uses something that may make it one."""
        ours = [module for module in self._modules if any(used == _MIGRATION for used, _ in module.uses)]
        others = [module for module in self._modules if module.uses]
        return next(iter([*ours, *others]), None)

    def _direction(self, module: Module, direction: str) -> Direction:
        operation = next((name for name in (direction, "change") if module.defines(name, 0)), None)
        doubts = (*self._reading, *_doubts(module))
        if operation is None and doubts:
            return Direction(dynamic=doubts)
        if operation is None:
            return self._without_function(module, direction)
        host = Host(
            self._modules,
            self._project,
            self._settings,
            self._prefix,
            direction,
            is_backward=direction == "down" and operation == "change",
            oban_state=self._oban_state if direction == "up" else self._oban_state.copy(),
        )
        refusal = stop = None
        try:
            _perform(host, module, operation)
        except RaisedError as error:
            first_line = str(error).partition("\n")[0]
            refusal = Refusal(error.line or host.evaluator.line or module.line, first_line)
        except TooMuchError as limit:
            stop = Dynamic(limit.line or module.line, f"nothing of it is translated: {limit.reason}")
        dynamic = (*doubts, *_noted(host), *([stop] if stop else []))
        sent = () if refusal or stop else tuple(host.runner.sent)
        return Direction(
            sent,
            dynamic,
            refusal,
            tuple(host.runner.executed),
            tuple(host.flushed),
            tuple(host.schemas),
            operation,
        )

    def _without_function(self, module: Module, direction: str) -> Direction:
        message = f"no function: ** (Ecto.MigrationError) {module.name} does not implement a `{direction}/0` function"
        return Direction(refusal=Refusal(module.line, message))


def _noted(host: Host) -> tuple[Dynamic, ...]:
    notes = host.evaluator.notes.items()
    return tuple(Dynamic(line, reason, stop.kind) for (line, reason), stop in notes)


def _perform(host: Host, module: Module, operation: str) -> None:
    """Callbacks run only where there is a transaction around."""
    in_transaction = not is_truthy(module.attributes.get("disable_ddl_transaction"))
    callbacks = in_transaction and module
    for name in ("after_begin", operation, "before_commit"):
        if name != operation and not (callbacks and module.defines(name, 0)):
            continue
        try:
            host.evaluator.run(module, name)
        except DynamicError as stop:
            host.evaluator.note(stop)
        host.runner.flush()


def _doubts(module: Module) -> tuple[Dynamic, ...]:
    uses = [
        (f"`use {used}` may define or change anything here", line)
        for used, line in module.uses
        if used != _MIGRATION
    ]
    return tuple(Dynamic(line, reason) for reason, line in (*uses, *module.unread))
