"""Changes → a migration module: ``change`` where Ecto can turn it around, else ``up`` and ``down``.

Of several ways to say it only those count that, read back, give exactly the statements that were wanted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from checks.ecto.write import backfill
from checks.ecto.write.changes import Change, Place, says
from checks.ecto.write.layout import Call, body
from checks.ecto.write.literals import string
from checks.ecto.write.steps import backward, forward, plainly, turned_around
from checks.sql.batches import batch_of
from checks.sql.concurrently import is_concurrent

_EXECUTED = re.compile(r"^    execute \"|^            \"(?!\"\"$)(?!\"$)", re.MULTILINE)
_Written = Sequence[str]
"""Lines of functions, indented by two."""


def write_module(name: str, changes: Sequence[Change], place: Place) -> str:
    """``name``: ``MyApp.Repo.Migrations.AddIndex``. Raises ValueError when no text says these changes."""
    alone = any(map(_runs_alone, _all_sql(changes)))
    ways = (_module(name, functions, alone=alone) for functions in _ways(changes))
    right = [text for text in ways if says(text, changes, place)]
    if not right:
        raise ValueError("a way back that cannot be written as statements of a migration")
    return min(right, key=_raw)


def _raw(text: str) -> int:
    """How many texts of SQL are in it: Ecto's own words are better, and the first of equal ways is the best."""
    return len(_EXECUTED.findall(text))


def _ways(changes: Sequence[Change]) -> Iterator[_Written]:
    batch = _batch(changes)
    if batch is not None:
        *first, _ = _ups(changes)
        yield backfill.functions(batch, first, _down(changes, lambda these: plainly(_downs(these))))
        return
    for with_source in (True, False) if any(change.source for change in changes) else (False,):
        calls = turned_around(changes, with_source=with_source)
        if calls is not None:
            yield _function("change", calls)
    yield [*_function("up", forward(changes)), "", *_down(changes, backward)]
    yield [
        *_function("up", plainly(_ups(changes))),
        "",
        *_down(changes, lambda these: plainly(_downs(these))),
    ]


def _down(changes: Sequence[Change], calls: Callable[[Sequence[Change]], Sequence[Call]]) -> _Written:
    reasons = dict.fromkeys(change.no_way_back for change in changes if change.no_way_back)
    if reasons:
        return _function("down", [Call("raise", (string(" ".join(reasons)),), parens=False)])
    made = calls(changes)
    return _function("down", made) if made else ["  def down, do: :ok"]


def _function(name: str, calls: Sequence[Call]) -> _Written:
    return [f"  def {name} do", *body(calls, 4), "  end"]


def _module(name: str, functions: _Written, *, alone: bool) -> str:
    attributes = ["  @disable_ddl_transaction true", "  @disable_migration_lock true", ""] if alone else []
    lines = [f"defmodule {name} do", "  use Ecto.Migration", "", *attributes, *functions, "end"]
    return "\n".join(lines) + "\n"


def _batch(changes: Sequence[Change]) -> str | None:
    """The command of a file that does nothing but repeat it, with what has to be there for it."""
    statements = _ups(changes)
    return batch_of(statements[-1]) if 1 <= len(statements) <= 2 else None


def _runs_alone(sql: str) -> bool:
    """What builds or drops CONCURRENTLY and what commits by itself, neither of which can be in a transaction."""
    return batch_of(sql) is not None or is_concurrent(sql)


def _all_sql(changes: Sequence[Change]) -> list[str]:
    return [*_ups(changes), *_downs(changes)]


def _ups(changes: Sequence[Change]) -> list[str]:
    return [sql for change in changes for sql in change.up]


def _downs(changes: Sequence[Change]) -> list[str]:
    return [sql for change in reversed(changes) for sql in change.down]
