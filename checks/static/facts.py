"""What one statement is going to do, as PostgreSQL's documentation has it: gathered, then written as an Observation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from checks.model.migrations import Statement
from checks.model.observations import Lock, LockMode, Observation, SqlError
from checks.rules.actions import Action

Kind = Literal["table", "index", "sequence", "view", "materialized view", "other"]
THE_TABLE = "public.its table"
"""Stands for the table of an index that the files do not tell of, in the sentences of the rules, too."""
THE_TABLES = "public.its tables"
THE_TARGET = "public.the table it refers to"


@dataclass
class Facts:
    """Relations are ``schema.name``."""

    locks: dict[str, tuple[LockMode, Kind]] = field(default_factory=dict)
    rewrites: list[str] = field(default_factory=list)
    scans: list[str] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    validated: list[str] = field(default_factory=list)
    rewrites_perhaps: list[str] = field(default_factory=list)
    scans_perhaps: list[str] = field(default_factory=list)
    provided: str = ""
    """On what ``…_perhaps`` depends: the end of a sentence that begins with "if"."""
    open: list[str] = field(default_factory=list)
    """What only a run can tell: the ends of sentences that begin with "whether"."""
    notices: list[str] = field(default_factory=list)
    error: SqlError | None = None

    def lock(self, relation: str, mode: LockMode, kind: Kind = "table") -> None:
        """A statement holds the strongest mode that any part of it takes."""
        held = self.locks.get(relation)
        if held is None or held[0].strength < mode.strength:
            self.locks[relation] = mode, kind

    def refuse(self, sqlstate: str, message: str, hint: str | None = None, line: int | None = None) -> None:
        """The first error is the one that PostgreSQL reports."""
        if self.error is None:
            self.error = SqlError(sqlstate=sqlstate, message=message, hint=hint, line=line)


class Expected(NamedTuple):
    """One statement of a script, with what is expected of it."""

    statement: Statement
    kind: str
    facts: Facts
    transaction: int | None
    actions: tuple[Action, ...]
    """What it asks for, the commands of bodies included."""

    def observation(
        self, id: str, live: frozenset[str], behind: int, *, perhaps: bool = False
    ) -> Observation:
        """``perhaps``: with what it does only under a condition."""
        facts, statement = self.facts, self.statement
        until: Literal["statement", "commit"] = "statement" if self.transaction is None else "commit"
        return Observation(
            id=id,
            sql=statement.sql,
            path=statement.path,
            line=statement.line,
            end_line=statement.end_line,
            kind=self.kind,
            transaction=self.transaction,
            locks=tuple(
                Lock(
                    relation=relation,
                    mode=mode,
                    existed_before=relation in live,
                    held_until=until,
                    statements_behind=behind,
                    relation_kind=kind,
                )
                for relation, (mode, kind) in facts.locks.items()
            ),
            rewrites=tuple(facts.rewrites + (facts.rewrites_perhaps if perhaps else [])),
            scans=tuple(facts.scans + (facts.scans_perhaps if perhaps else [])),
            indexes_built=tuple(facts.built),
            validated=tuple(facts.validated),
            notices=tuple(facts.notices),
            error=facts.error,
        )
