"""The one loop whose end only rows decide: a function that calls itself until a query touches no row.

defp backfill do
  case repo().query!(@batch) do
    %{num_rows: 0} -> :ok
    _ -> Process.sleep(@pause)
         backfill()
  end
end
"""

from __future__ import annotations

from checks.elixir.scope import FunctionClause
from checks.elixir.syntax import Block, Call, Clauses, Literal, MapOf, Name, Node
from checks.elixir.values import Atom


def repeated_query(name: str, clauses: list[FunctionClause]) -> Call | None:
    """The query that the function ``name/0`` repeats; None when it is anything else."""
    if len(clauses) != 1 or clauses[0].parameters or clauses[0].guard is not None:
        return None
    body = _only(clauses[0].body)
    if not isinstance(body, Call) or body.name != "case" or len(body.arguments) != 1:
        return None
    query, choices = body.arguments[0], body.blocks.get("do")
    if not isinstance(query, Call) or not isinstance(choices, Clauses) or len(choices.clauses) != 2:
        return None
    done, more = choices.clauses
    ends = _says_no_row(done.patterns) and isinstance(_only(done.body), Literal)
    repeats = done.guard is more.guard is None and _is_anything(more.patterns) and _again(name, more.body)
    return query if ends and repeats and query.name == "query!" else None


def _only(node: Node | None) -> Node | None:
    return node.statements[0] if isinstance(node, Block) and len(node.statements) == 1 else node


def _says_no_row(patterns: list[Node]) -> bool:
    """``%{num_rows: 0}``"""
    pairs = patterns[0].pairs if isinstance(patterns[0], MapOf) else []
    return [
        (key.value, number.value)
        for key, number in pairs
        if isinstance(key, Literal) and isinstance(number, Literal)
    ] == [(Atom("num_rows"), 0)]


def _is_anything(patterns: list[Node]) -> bool:
    return isinstance(patterns[0], Name) and patterns[0].name.startswith("_")


def _again(name: str, body: Node) -> bool:
    """The function itself, perhaps after a sleep."""
    steps = body.statements if isinstance(body, Block) else [body]
    *before, last = steps or [body]
    calls_itself = (
        isinstance(last, Call) and last.receiver is None and not last.arguments and last.name == name
    )
    return calls_itself and all(isinstance(step, Call) and step.name == "sleep" for step in before)
