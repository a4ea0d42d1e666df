"""The vocabulary of the summary: what a model is asked for, what is kept of it, what it cost."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from bot.model import Model
from checks.model.findings import AdviceFile


class Sentence(Model):
    text: str
    rests_on: tuple[str, ...]
    """Ids of findings, observations (``"<migration id>/up/3"``) and migrations of the Report."""


class Draft(Model):
    """What a model answers. Nothing of it is trusted."""

    headline: Sentence
    changes: tuple[Sentence, ...]
    """What changes."""
    running_system: tuple[Sentence, ...]
    """What it does to a running system."""
    rollout: tuple[Sentence, ...]
    rollback: tuple[Sentence, ...]
    open: tuple[Sentence, ...]
    """What stays open."""
    needs_deeper_review: str = ""
    """Why a stronger model should look at it; empty when it need not."""


class Dropped(Model):
    """A sentence, or a whole answer, that was not shown."""

    text: str
    reason: str


class Usage(Model):
    """One call of a model."""

    model: str
    purpose: str
    """``summary``, ``retry``, ``redesign`` …"""
    input_tokens: int = 0
    """Those that were not read from the cache or written to it."""
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    dollars: float = Field(default=0.0, ge=0)
    outcome: str = "answered"
    """``answered``, or what came instead: ``refusal``, ``max_tokens``, ``overloaded`` …"""


class ErrorType(StrEnum):
    """The four kinds of case that are handed to a stronger model."""

    MIGRATION_FAILURE = "Migration Failure"
    """The run failed."""
    DATA_INTEGRITY = "Data Integrity"
    """Rows violate, lose or change data."""
    COMPLEX_BACKFILL = "Complex Backfill"
    """Data moves that are more than one keyed update."""
    ROLLBACK_COMPLEXITY = "Rollback Complexity"
    """No down, a down that does not restore, or irreversible."""


class Escalation(Model):
    """The record that goes to the stronger model with the Report, and that people see."""

    error_type: ErrorType
    """The gravest that applies."""
    also: tuple[ErrorType, ...] = ()
    """The others that apply."""
    details: tuple[str, ...]
    """SQL errors, rows, requirements."""
    attempted: tuple[str, ...]
    """Each simple fix that was run, and what came of it."""
    why: str
    suggested_action: str
    context: tuple[str, ...]
    """Current schema, goal of the migration, failures, data safety."""
    answers: tuple[str, ...] = ()
    """The four questions that have to be answered from evidence before a case is handed over, with their answers."""


class Redesign(Model):
    """What the stronger model proposes, and what PostgreSQL made of it."""

    analysis: tuple[Sentence, ...]
    files: tuple[AdviceFile, ...] = ()
    """Migrations of this repository's own tool, up and down."""
    gone: tuple[str, ...] = ()
    """Files of the change that these take the place of, under other names."""
    queries: tuple[str, ...] = ()
    """Validation queries: a row is what is wrong."""
    history: str = ""
    """The id of the history that it is for."""
    works: bool = False
    """Whether it ran up, down and up again, reached the wanted schema, and no query gave a row."""
    seen: tuple[str, ...] = ()
    """What came of running it, a sentence each."""


class Summary(Model):
    """What people read. Every sentence was held against the Report; what did not hold is in ``dropped``."""

    halt: str = ""
    """What stands before everything else when the evidence leaves the fate of data open. No model wrote it."""
    headline: Sentence
    changes: tuple[Sentence, ...] = ()
    running_system: tuple[Sentence, ...] = ()
    rollout: tuple[Sentence, ...] = ()
    rollback: tuple[Sentence, ...] = ()
    open: tuple[Sentence, ...] = ()
    written_by: str = "template"
    """The model's id, or ``template``."""
    dropped: tuple[Dropped, ...] = ()
    asks_for_deeper_review: bool = False
    """Whether a model said itself that a stronger one should look at it."""
    usage: tuple[Usage, ...] = ()
    escalation: Escalation | None = None
    redesign: Redesign | None = None

    @property
    def dollars(self) -> float:
        return sum(call.dollars for call in self.usage)
