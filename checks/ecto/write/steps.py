"""Changes → the calls of ``change``, of ``up`` and of ``down``."""

from __future__ import annotations

from collections.abc import Sequence

from checks.ecto.objects import Command, Execute
from checks.ecto.reverse import reverse
from checks.ecto.write.calls import call_of
from checks.ecto.write.changes import Change
from checks.ecto.write.commands import commands_of, sent_by
from checks.ecto.write.equal import undone_by
from checks.ecto.write.gathering import gathered
from checks.ecto.write.layout import Call
from checks.elixir.stops import RaisedError

Said = Command | Call
"""A command, or the author's own call."""


def turned_around(changes: Sequence[Change], *, with_source: bool) -> list[Call] | None:
    """The calls of a ``change``; None when Ecto would not turn one of them around as wanted."""
    said: list[Said] = []
    for change in changes:
        if change.source and with_source:
            said.append(Call("", source=change.source))
            continue
        commands = None if change.no_way_back else _reversible(change)
        if commands is None:
            return None
        said += commands
    return _calls(said)


def forward(changes: Sequence[Change]) -> list[Call]:
    return _calls(
        [command for change in changes for sql in change.up for command in _words(sql, change.down)]
    )


def backward(changes: Sequence[Change]) -> list[Call]:
    return _calls(
        [command for change in reversed(changes) for sql in change.down for command in _words(sql, change.up)]
    )


def plainly(statements: Sequence[str]) -> list[Call]:
    """Nothing but ``execute``."""
    return [call_of(Execute(sql, None, has_down=False)) for sql in statements]


def _words(sql: str, back: Sequence[str]) -> Sequence[Command]:
    return commands_of(sql, back) or [Execute(sql, None, has_down=False)]


def _reversible(change: Change) -> list[Command] | None:
    if not change.down:
        return [Execute(sql, "", has_down=True) for sql in change.up]
    whole = [command for sql in change.up for command in commands_of(sql, change.down) or ()]
    if whole and _leads_back(whole, change.down) and all(commands_of(sql, change.down) for sql in change.up):
        return whole
    if len(change.up) != len(change.down):
        return None
    pairs = zip(change.up, reversed(change.down), strict=True)
    return [command for up, down in pairs for command in _pair(up, down)]


def _pair(up: str, down: str) -> Sequence[Command]:
    commands = commands_of(up, [down])
    return commands if commands and _leads_back(commands, [down]) else [Execute(up, down, has_down=True)]


def _leads_back(commands: Sequence[Command], down: Sequence[str]) -> bool:
    try:
        back = [reverse(command, 0) for command in reversed(commands)]
    except RaisedError:
        return False
    return undone_by(sent_by(back)) == undone_by(down)


def _calls(said: Sequence[Said]) -> list[Call]:
    """Neighbouring changes of a table in one block, and a new foreign key beside its column."""
    calls: list[Call] = []
    run: list[Command] = []
    for one in [*said, None]:
        if one is None or isinstance(one, Call):
            calls += map(call_of, gathered(run))
            calls += [] if one is None else [one]
            run = []
        else:
            run.append(one)
    return calls
