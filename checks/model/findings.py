"""What it means: findings, their ways out, and what could not be proven."""

from __future__ import annotations

from enum import StrEnum

from checks.model.base import Model
from checks.model.observations import SqlError


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Certainty(StrEnum):
    OBSERVED = "observed"
    """PostgreSQL did it."""
    DERIVED = "derived"
    """Follows from observations and the catalogs."""
    STATIC = "static"
    """Read from the files; nothing had to run."""


class AdviceFile(Model):
    path: str
    content: str
    needs: str = ""
    """What has to be deployed before this file is applied, as a sentence."""
    replaces: int = 0
    """How many lines the file has whose place it takes; 0 for a new one, and where nobody has counted."""


class Advice(Model):
    """A safer way, in files of the migration tool. ``proven`` only when it ran and gave the same schema and rows."""

    title: str
    proven: bool
    files: tuple[AdviceFile, ...] = ()
    """In the order in which they are applied; one with the path of the finding takes the place of that file."""
    seen: tuple[str, ...] = ()
    """What running it showed, a sentence each: which locks became weaker or shorter, that schema and rows are equal."""
    reason: str = ""
    """Why it is not proven, when it is not."""
    note: str = ""
    """What it brings that the author's does not; what the tool does when it gives up, and how it is tried again."""


class Attempt(Model):
    """A simple fix of a migration that fails, run in its place."""

    fix: str
    """Which one: ``syntax``, ``constraint``, ``order``, ``concurrently``, ``transaction``."""
    title: str
    """What was changed, as one sentence."""
    worked: bool
    """Whether the migration runs with it, down and up again included where there is a down."""
    files: tuple[AdviceFile, ...] = ()
    """What was run, in place of the migration's files."""
    gone: tuple[str, ...] = ()
    """The migration's files that these replace under another name."""
    error: SqlError | None = None
    outcome: str = ""
    """What came of it, as one sentence."""


class Finding(Model):
    id: str
    """Stable across runs for the same hazard on the same statement text."""
    rule: str
    severity: Severity
    certainty: Certainty
    path: str
    line: int
    end_line: int
    line_is_guess: bool = False
    """As in the statement that it is about."""
    message: str
    """What this statement does, what it costs here, what to do instead: at most three short sentences; with production's
    statistics one or two more, about the size of the table and how long it will take."""
    migration: str | None = None
    evidence: tuple[str, ...] = ()
    """Ids of the observations it rests on."""
    irreversible: bool = False
    """It destroys something that no down can bring back, so it needs an approval."""
    advice: Advice | None = None

    @property
    def must_be_mended(self) -> bool:
        """What cannot be undone is no mistake: it is somebody's to approve."""
        return self.severity is Severity.ERROR and not self.irreversible


class Suppression(Model):
    """A finding that a person has accepted in the file."""

    rule: str
    path: str
    line: int
    reason: str
    until: str | None = None
    findings: tuple[Finding, ...] = ()


class Unproven(Model):
    """What could not be run or observed, where, and what would prove it."""

    path: str
    line: int
    reason: str
