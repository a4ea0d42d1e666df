"""What the questions look at, and how they say what they found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from checks.ash.as_it_stands import AsItStands
from checks.audit.model import AuditFinding
from checks.catalog import Catalog, Index
from checks.model.findings import Severity
from checks.model.migrations import Change, History, Migration
from checks.model.rollback import RollbackProof
from checks.rules.wording import quoted, short
from checks.sql.parse import parse


@dataclass(frozen=True)
class Subject:
    """The histories of one database, and the schema that they build."""

    histories: tuple[History, ...]
    catalog: Catalog
    proofs: Mapping[str, RollbackProof] = field(default_factory=dict)
    """Path of a migration → what came of its down."""
    standing: tuple[Change, ...] = ()
    """Each history compared with itself: what is wrong with it as it stands."""
    snapshots: tuple[AsItStands, ...] = ()
    """Of each history that has resource snapshots of Ash."""

    @cached_property
    def own_tables(self) -> frozenset[str]:
        """Tables that are the author's to mend: no partition, not the tool's own."""
        tools = {_made(sql) for history in self.histories for sql in history.bookkeeping}
        return frozenset(
            name
            for name in self.catalog.tables()
            if name.rpartition(".")[2] not in tools
            and self.catalog.objects[("table", name)].get("partition_of") is None
        )

    def indexes(self) -> Iterator[Index]:
        """Of the author's tables."""
        for table in sorted(self.own_tables):
            yield from self.catalog.indexes(table)

    def migrations(self) -> Iterator[tuple[History, Migration]]:
        for history in self.histories:
            for migration in history.migrations:
                yield history, migration


def _made(sql: str) -> str | None:
    """The name of the table that a statement makes."""
    node: Any = parse(sql)
    return node.relation.relname if type(node).__name__ == "CreateStmt" else None


def about_schema(module: str, severity: Severity, object: str, message: str, *remedy: str) -> AuditFinding:
    return AuditFinding(
        question=question_id(module), severity=severity, object=object, message=message, remedy=remedy
    )


def about_file(module: str, severity: Severity, path: str, message: str, line: int = 1) -> AuditFinding:
    return AuditFinding(
        question=question_id(module), severity=severity, path=path, line=line, message=message
    )


def question_id(module: str) -> str:
    """``checks.audit.questions.invalid_index`` → ``invalid-index``."""
    return module.rpartition(".")[2].replace("_", "-")


def sql_name(name: str) -> str:
    """``schema.name`` as a statement takes it."""
    return quoted(short(name))
