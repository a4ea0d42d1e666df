"""What PostgreSQL makes of the snapshots: their tables, made beside the real ones, so that the server itself prints both.

Each snapshot's table is made from nothing in a schema of its own, in a copy of the database that the migrations
made: types, functions and the tables that it refers to are there. Nothing is guessed of types, defaults and
expressions, for the server says both sides in the same words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from checks.ash.generate import commands
from checks.ash.quoting import identifier
from checks.ash.snapshot import Snapshot
from checks.ash.vocabulary import Command, Kind, Site
from checks.ecto.settings import RepoSettings
from checks.ecto.translate import Direction, translate
from checks.replay.session import Session
from checks.sandbox.server import Database
from checks.settings import Settings

_MOST_REFUSALS = 20
_COLUMN = re.compile(r'column "([^"]*)"')
_OURS = 'relation "ash snapshots'
_HEAD = "defmodule Snapshot do\nuse Ecto.Migration\ndef up do\n"


@dataclass(frozen=True)
class Wanted:
    """One snapshot, and where its table is."""

    path: str
    snapshot: Snapshot
    schema: str
    made_in: str

    @property
    def table(self) -> str:
        """The real one."""
        return f"{self.schema}.{self.snapshot.table}"

    @property
    def made(self) -> str:
        return f"{self.made_in}.{self.snapshot.table}"


@dataclass
class Made:
    """What came of one snapshot's commands."""

    wanted: Wanted
    refused: dict[tuple[Kind, str], str] = field(default_factory=dict)
    """Kind and name → what PostgreSQL or Ecto said to it."""
    without_default: set[str] = field(default_factory=set)
    """Attributes whose default is no constant."""

    @property
    def table(self) -> tuple[Kind, str]:
        """Refused under this: then nothing of it can be compared."""
        return Kind.TABLE, self.wanted.snapshot.table

    def told(self, reason: str) -> str | None:
        """A refusal in words; nothing when it only follows from something else that is told, or not the snapshot's."""
        column = _COLUMN.match(reason)
        if column and (
            (Kind.ATTRIBUTE, column[1]) in self.refused or self.wanted.snapshot.has_statement_about(column[1])
        ):
            return None
        return None if reason.startswith(_OURS) else f"it, and PostgreSQL refuses it: {reason}"


def make(database: Database, wanted: Sequence[Wanted], repo: RepoSettings, settings: Settings) -> list[Made]:
    """Make the tables of the snapshots in ``database``, which is then of no other use. Raises SandboxLost."""
    keys = {
        (one.snapshot.table, attribute.source): attribute.primary_key
        for one in wanted
        for attribute in one.snapshot.attributes
    }
    with Session(database, settings) as session:
        for schema in dict.fromkeys(one.made_in for one in wanted):
            session.run(f"CREATE SCHEMA {identifier(schema)}")
        return list(_make_all(wanted, keys, repo, session))


def _make_all(
    wanted: Sequence[Wanted], keys: Mapping[tuple[str, str], bool], repo: RepoSettings, session: Session
) -> Iterator[Made]:
    """After the first command that runs into the time limit none is begun: others may wait as long."""
    expired = False
    for one in wanted:
        made = Made(one)
        expired = expired or not _make(made, keys, repo, session)
        if expired:
            made.refused[made.table] = "a default or an expression runs into the time limit of the sandbox"
        yield made


def _make(made: Made, keys: Mapping[tuple[str, str], bool], repo: RepoSettings, session: Session) -> bool:
    """Whether it got to the end in time."""
    wanted = made.wanted
    site = Site(wanted.made_in, wanted.schema, lambda table, column: keys.get((table, column), False))
    for command, sql in _translated(list(commands(wanted.snapshot, site)), repo, made):
        if command.kind is Kind.ATTRIBUTE and not command.default:
            made.without_default.add(command.name)
        reply = session.run(sql)
        if reply.error:
            made.refused[command.kind, command.name] = reply.error.message
        if reply.expired or reply.lost:
            return False
    return True


def _translated(left: list[Command], repo: RepoSettings, made: Made) -> Iterator[tuple[Command, str]]:
    """Each command's statements. What Ecto refuses is left out, and the rest tried again."""
    for _ in range(_MOST_REFUSALS):
        starts, up = _translate(left, repo)
        if up.refusal is None:
            break
        refused = left.pop(_at(starts, up.refusal.line))
        made.refused[refused.kind, refused.name] = up.refusal.message
    else:
        made.refused[made.table] = "Ecto refuses more than can be left out"
    for dynamic in up.dynamic:
        unknown = left[_at(starts, dynamic.line)]
        made.refused.setdefault((unknown.kind, unknown.name), f"it is no constant: {dynamic.reason}")
    for sent in up.sent:
        yield left[_at(starts, sent.line)], sent.sql


def _translate(left: Sequence[Command], repo: RepoSettings) -> tuple[list[int], Direction]:
    """The line on which each command begins, and what Ecto would send for all of them."""
    starts, line = [], _HEAD.count("\n") + 1
    for command in left:
        starts.append(line)
        line += command.elixir.count("\n") + 1
    body = "\n".join(command.elixir for command in left)
    return starts, translate(f"{_HEAD}{body}\nend\nend\n", repo).up


def _at(starts: Sequence[int], line: int) -> int:
    return max(bisect_right(starts, line) - 1, 0)
