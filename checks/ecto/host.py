"""What surrounds a migration that is evaluated: Ecto's functions, the repo, and modules of the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from checks.ecto import oban
from checks.ecto.language import Language
from checks.ecto.oban import ObanState
from checks.ecto.objects import AlterTable, CreateTable, Execute, Table
from checks.ecto.project import Project
from checks.ecto.runner import Runner
from checks.ecto.settings import RepoSettings
from checks.elixir.evaluate import Evaluator
from checks.elixir.scope import Module, Scope, full_name
from checks.elixir.show import inspect
from checks.elixir.stops import DynamicError, Kind, RaisedError
from checks.elixir.syntax import Alias, Call, Name, Operation
from checks.elixir.values import Atom, ProjectPath, Unknown, Value, atom_name, is_atom, is_keyword, is_truthy
from checks.sql.batches import can_be_repeated, until_no_row

_QUERIES = frozenset({"query", "query!"})
_ROWS = frozenset(
    {"all", "one", "one!", "get", "get!", "get_by", "get_by!", "exists?", "aggregate", "stream", "preload"}
    | {
        "insert",
        "insert!",
        "insert_all",
        "update",
        "update!",
        "update_all",
        "delete",
        "delete!",
        "delete_all",
    }
)
"""Functions of Ecto.Repo about rows."""
_QUERY_MACROS = frozenset(
    {
        "where",
        "or_where",
        "select",
        "select_merge",
        "join",
        "order_by",
        "group_by",
        "having",
        "limit",
        "offset",
    }
    | {"update", "preload", "distinct", "lock", "exclude", "subquery"}
)
"""Macros of Ecto.Query that take a query first."""
_CONFIGURATION = frozenset(
    {"get_env", "fetch_env", "fetch_env!", "compile_env", "compile_env!", "get_all_env"}
)

_REPEATED = "this is sent by itself until it touches no row; the block that stands for it here does the same"


@dataclass(frozen=True, slots=True)
class Repo:
    """``repo()``"""


class Host:
    """One direction of one migration."""

    def __init__(
        self,
        modules: Sequence[Module],
        project: Project,
        settings: RepoSettings,
        prefix: str | None,
        direction: str,
        *,
        is_backward: bool,
        oban_state: ObanState,
    ) -> None:
        self.evaluator = Evaluator(self, project.folder)
        self.runner = Runner(is_backward, settings.map_type, self._call, self.evaluator.note)
        self._language = Language(self.runner, settings, prefix, direction, self.evaluator)
        self._modules = {module.name: module for module in modules}
        self._project = project
        self._settings = settings
        self._direction = direction
        self.flushed: list[int] = []
        self.schemas: list[tuple[str, int]] = []
        self._prefix = prefix
        self._oban_state = oban_state

    def _call(self, function: Value) -> object:
        return self.evaluator.apply(function, [])

    # ── What the evaluator asks for ────────────────────────────────────────────────────────────────

    def macro(self, call: Call, scope: Scope) -> Callable[[Call, Scope], Value] | None:
        match call.name, len(call.arguments):
            case (("create" | "create_if_not_exists" | "alter"), 1) if "do" in call.blocks:
                return self._with_block
            case "flush", 0:
                return self._flush
            case "from", _:
                return self._from
            case (name, 2 | 3 | 4 | 5) if name in _QUERY_MACROS and "Ecto.Query" in scope.module.imports:
                return self._from
            case _:
                return None

    def function(self, name: str, arity: int) -> Callable[[list[Value], Call | Name], Value] | None:
        match name, arity:
            case "repo", 0:
                return lambda arguments, place: Repo()
            case "execute_file", 1 | 2:
                return self._execute_file
            case _:
                return self._language.function(name, arity)

    def module(self, name: str) -> Module | None:
        return self._modules.get(name) or self._project.module(name)

    def entered(self, module: Module, call: Call) -> None:
        """What another file of the application says today is not what it says when the migration runs."""
        if module.name not in self._modules:
            called = f"{module.name}.{call.name}/{len(call.arguments)}"
            self.evaluator.note(
                DynamicError(f"`{called}` is code of the application, and may change", call.line, Kind.DOUBT)
            )

    def repeated(self, query: Call, scope: Scope) -> bool:
        """As one block of PL/pgSQL, which does the same: how often the query is sent, only the rows decide."""
        receiver = None if query.receiver is None else self.evaluator.evaluate(query.receiver, scope)
        sql, *others = [self.evaluator.evaluate(argument, scope) for argument in query.arguments] or [None]
        is_repo = isinstance(receiver, Repo) or receiver == Atom(f"Elixir.{self._settings.module}")
        commits = is_truthy(scope.module.attributes.get("disable_ddl_transaction"))
        if not (is_repo and commits and others[:1] in ([], [[]]) and can_be_repeated(sql)):
            return False
        self.runner.query(until_no_row(sql.strip().removesuffix(";")), query.line, query.end_line)
        self.evaluator.note(DynamicError(_REPEATED, query.line, Kind.STATE))
        return True

    def remote(self, receiver: Value, name: str, arguments: list[Value], line: int) -> Value:
        module = receiver.name.removeprefix("Elixir.") if isinstance(receiver, Atom) else ""
        if isinstance(receiver, Repo) or (module and module == self._settings.module):
            return self._ask_repo(name, arguments, line)
        if module == "Ecto.Adapters.SQL" and name in _QUERIES:
            return self._query(arguments[1:], line)
        if module in oban.MODULES and name in ("up", "down") and len(arguments) <= 1:
            return self._oban(name, arguments, line)
        if module == "File" and name == "read!":
            return self._read(arguments[0], line)
        if module == "Application" and name in _CONFIGURATION:
            return self._configured(name, arguments, line)
        if module == "System":
            raise DynamicError(f"`System.{name}` asks the machine that it runs on", line)
        if module.rpartition(".")[2] == "Repo" and name in _ROWS:
            return self._ask_repo(name, arguments, line)
        called = f"{module or inspect(receiver)[:40]}.{name}/{len(arguments)}"
        raise DynamicError(f"`{called}` is code that is not in this file", line)

    # ── Forms ──────────────────────────────────────────────────────────────────────────────────────

    def _with_block(self, call: Call, scope: Scope) -> Value:
        """``create``, ``create_if_not_exists`` and ``alter`` with a block: all of it, or nothing."""
        table = self.evaluator.known(call.arguments[0], scope)
        if not isinstance(table, Table):
            message = f"no match of right hand side value: {inspect(table)}"
            raise RaisedError("MatchError", message, call.line)
        placed = self._language.placed(table, call)
        try:
            self._block(call, scope, table, placed)
        except DynamicError:
            self.runner.abandon()
            raise
        self.runner.end(call.line, call.end_line)
        return table

    def _block(self, call: Call, scope: Scope, table: Table, placed: Table) -> None:
        if call.name == "alter":
            self.runner.start(AlterTable(placed, ()), call.line)
        else:
            self.runner.start(CreateTable(placed, (), call.name == "create_if_not_exists"), call.line)
            key = self._language.primary_key(table, call)
            if key:
                self.runner.subcommand(key, call.line)
        self.evaluator.whole(call.blocks["do"], scope)

    def _flush(self, call: Call, scope: Scope) -> Value:
        if self._direction == "down" and not scope.module.defines("down", 0):
            message = "calling flush() inside change when doing rollback is not supported."
            raise RaisedError("RuntimeError", message, call.line)
        self.flushed.append(call.line)
        self.runner.flush()
        return Atom("ok")

    # ── The repo ───────────────────────────────────────────────────────────────────────────────────

    def _ask_repo(self, name: str, arguments: list[Value], line: int) -> Value:
        if name in _QUERIES:
            return self._query(arguments, line)
        if name == "__adapter__":
            return Atom("Elixir.Ecto.Adapters.Postgres")
        if name not in _ROWS:
            raise DynamicError(f"`{name}` of the repo depends on the running system", line)
        for argument in arguments:
            if isinstance(argument, Atom) and argument.name.startswith("Elixir."):
                self._name_schema(argument.name.removeprefix("Elixir."), line)
        called = f"`{name}` of the repo"
        raise DynamicError(
            f"{called} reads or writes rows in a way that is not worked out here", line, Kind.DATA
        )

    def _name_schema(self, module: str, line: int) -> None:
        """A schema that the file defines itself stays as it is; the application's does not."""
        if module not in self._modules:
            self.schemas.append((module, line))

    def _query(self, arguments: list[Value], line: int) -> Value:
        """Sent at once. What it answers is not known."""
        sql = arguments[0] if arguments else None
        parameters = arguments[1] if len(arguments) > 1 else []
        if isinstance(sql, Unknown):
            raise DynamicError(sql.reason, sql.line)
        if not isinstance(sql, str):
            raise DynamicError("a query that is no string", line)
        if parameters != []:
            raise DynamicError("a query with parameters is not sent by itself here", line)
        self.runner.query(sql, line, line)
        return Unknown("what a query answers is known only when it runs", line)

    def _configured(self, name: str, arguments: list[Value], line: int) -> Value:
        """What config.exs says, if it is constant; that the running system has the same is not sure."""
        reason = f"`Application.{name}` reads the configuration of the running system"
        if len(arguments) < 2 or not is_atom(arguments[0]):
            raise DynamicError(reason, line)
        known, value = self._project.environment(atom_name(arguments[0]), arguments[1])
        if not known:
            raise DynamicError(reason, line)
        self.evaluator.note(DynamicError(f"{reason}; read from config.exs here", line, Kind.DOUBT))
        return value

    def _oban(self, name: str, arguments: list[Value], line: int) -> Value:
        """Each statement is a command of its own, as ``execute`` would queue it."""
        options = arguments[0] if arguments else []
        if not is_keyword(options):
            raise DynamicError(f"`Oban.Migrations.{name}` with options that are not constant", line)
        call = oban.ObanCall(name, options)
        try:
            self._expect_prefix(call.prefix, line)
            self.runner.query(call.query(), line, line)
            for sql in list(call.statements(self._oban_state)):
                self.runner.execute(Execute(sql, None, has_down=False), line, line)
        except ValueError as error:
            raise DynamicError(f"`Oban.Migrations.{name}` with {error}", line) from error
        reason = f"`Oban.Migrations.{name}` goes on from the version that the database has and to the one of the Oban in mix.lock"
        self.evaluator.note(DynamicError(reason, line, Kind.STATE))
        return Atom("ok")

    def _expect_prefix(self, prefix: str, line: int) -> None:
        if self._prefix not in (None, prefix):
            message = f"the :prefix option `{prefix}` does not match the migrator prefix `{self._prefix}`"
            raise RaisedError("Ecto.MigrationError", message, line)

    # ── Files ──────────────────────────────────────────────────────────────────────────────────────

    def _execute_file(self, arguments: list[Value], place: Call | Name) -> Value:
        texts = [self._read(path, place.line) for path in arguments]
        down = texts[1] if len(texts) > 1 else None
        end = place.end_line if isinstance(place, Call) else place.line
        self.runner.execute(Execute(texts[0], down, has_down=len(texts) > 1), place.line, end)
        return Atom("ok")

    def _read(self, path: Value, line: int) -> str:
        if isinstance(path, Unknown):
            raise DynamicError(path.reason, path.line)
        name = path.path if isinstance(path, ProjectPath) else path
        text = self._project.text(name) if isinstance(name, str) else None
        if text is None:
            raise DynamicError(f"the file {inspect(name)} is not in the project", line)
        return text

    def _from(self, call: Call, scope: Scope) -> Value:
        """``from row in Some.Schema, …``"""
        source = call.arguments[0] if call.arguments else None
        if isinstance(source, Operation) and source.operator == "in":
            source = source.operands[1]
        if isinstance(source, Alias):
            self._name_schema(full_name(source.name, scope), call.line)
        raise DynamicError("what an Ecto query becomes as SQL is not worked out here", call.line, Kind.DATA)
