"""A file → its modules, with their functions, attributes and imports; nothing of it is run but attributes."""

from __future__ import annotations

from checks.elixir.evaluate import Evaluator
from checks.elixir.scope import FunctionClause, Module, Scope, full_name
from checks.elixir.special import aliases_of
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.syntax import Alias, Attribute, Block, Call, Literal, Name, Node, Operation, Unsupported
from checks.elixir.values import Atom, Unknown

_DEFINES = frozenset({"def", "defp"})
_MACROS = frozenset({"defmacro", "defmacrop", "defguard", "defguardp"})
_HARMLESS = frozenset({"require", "defstruct", "defexception", "defdelegate", "@"})


def read_modules(file: Block, evaluator: Evaluator) -> list[Module]:
    """Outer modules before those inside of them."""
    found: list[Module] = []
    aliases: dict[str, str] = {}
    for statement in file.statements:
        if isinstance(statement, Call) and statement.name == "defmodule":
            _module(statement, "", aliases, found, evaluator)
        elif isinstance(statement, Call) and statement.name == "alias" and statement.arguments:
            aliases |= aliases_of(statement, aliases)
    return found


def _module(
    node: Call, outer: str, aliases: dict[str, str], found: list[Module], evaluator: Evaluator
) -> None:
    written = _written_name(node)
    if written is None:
        return
    name = f"{outer}.{written}" if outer else written
    module = Module(name, node.line)
    found.append(module)
    scope = Scope(module, {}, {}, {**aliases, written.rpartition(".")[2]: name})
    body = node.blocks.get("do")
    for statement in body.statements if isinstance(body, Block) else [body] if body else []:
        _read(statement, module, scope, found, evaluator)
    module.attributes = scope.attributes


def _written_name(node: Call) -> str | None:
    """``A.B``, or ``:"Elixir.A.B"`` for names that are no aliases."""
    match node.arguments:
        case [Alias(name=name), *_]:
            return name
        case [Literal(value=Atom(name=name)), *_]:
            return name.removeprefix("Elixir.")
        case _:
            return None


def _read(node: Node, module: Module, scope: Scope, found: list[Module], evaluator: Evaluator) -> None:
    match node:
        case Attribute(value=value) if value is not None:
            _set(node, scope, evaluator)
        case Call(name=name) if name in _DEFINES:
            _define(node, module, scope)
        case Call(name=name) if name in _MACROS:
            module.macros.add(_name_and_parameters(node.arguments[0])[0] if node.arguments else "")
        case Call(name="defmodule"):
            _module(node, module.name, scope.aliases, found, evaluator)
            scope.aliases = {**scope.aliases, **_nested(node, module)}
        case Call(name="use", arguments=[Alias() as used, *_]):
            module.uses.append((full_name(used.name, scope), node.line))
        case Call(name="import", arguments=[Alias() as imported, *_]):
            module.imports.append(full_name(imported.name, scope))
        case Call(name="alias", arguments=[_, *_]):
            scope.aliases = {**scope.aliases, **aliases_of(node, scope.aliases)}
        case Call(name=name) if name in _HARMLESS:
            pass
        case Attribute() | Block(statements=[]):
            pass
        case _:
            what = f"`{node.name}`" if isinstance(node, (Call, Name)) else "code"
            module.unread.append((f"{what} in the body of the module is not evaluated here", node.line))


def _nested(node: Call, module: Module) -> dict[str, str]:
    head = node.arguments[0]
    return (
        {head.name: f"{module.name}.{head.name}"} if isinstance(head, Alias) and "." not in head.name else {}
    )


def _set(node: Attribute, scope: Scope, evaluator: Evaluator) -> None:
    """An attribute that is not constant is unknown until somebody reads it."""
    assert node.value is not None
    try:
        value = evaluator.evaluate(node.value, scope)
    except DynamicError as stop:
        value = Unknown(stop.reason, stop.line)
    except RaisedError as stop:
        value = Unknown(f"setting it raises {stop}", stop.line or node.line)
    scope.attributes = {**scope.attributes, node.name: value}


def _define(node: Call, module: Module, scope: Scope) -> None:
    guard, head = None, node.arguments[0] if node.arguments else None
    if isinstance(head, Operation) and head.operator == "when":
        head, guard = head.operands
    if head is None:
        return
    name, parameters = _name_and_parameters(head)
    body = node.blocks.get("do")
    if not node.blocks.keys() <= {"do"}:
        body = Unsupported(node.line, f"`{name}`, which rescues what fails when it runs,")
    defaults = {
        place: parameter.operands[1]
        for place, parameter in enumerate(parameters)
        if isinstance(parameter, Operation) and parameter.operator == "\\\\"
    }
    plain = [
        parameter.operands[0] if place in defaults and isinstance(parameter, Operation) else parameter
        for place, parameter in enumerate(parameters)
    ]
    clause = FunctionClause(node.line, plain, guard, body, defaults, scope.attributes, scope.aliases)
    module.functions.setdefault(name, []).append(clause)


def _name_and_parameters(head: Node) -> tuple[str, list[Node]]:
    match head:
        case Name():
            return head.name, []
        case Call():
            return head.name, head.arguments
        case Operation(operator="when"):
            return _name_and_parameters(head.operands[0])
        case _:
            return "", []
