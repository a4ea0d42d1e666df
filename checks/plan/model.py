"""A rollout without downtime: steps in the order in which they are taken, with checks and ways back."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from checks.backfill.model import Backfill
from checks.model.base import Model
from checks.model.findings import Unproven
from checks.model.report import Verdict

AS_WRITTEN = "The down of `{path}`, as far as it goes."
"""Why a step has no way back of its own whose statement is the author's."""


class Phase(StrEnum):
    """Parallel change, also called expand and contract, with its data moved and its readers switched in between."""

    EXPAND = "expand"
    """What old code does not notice."""
    BACKFILL = "backfill"
    """Rows are brought into the new shape, in small transactions."""
    SWITCH = "switch"
    """The new shape counts from now on."""
    CONTRACT = "contract"
    """What only old code needs goes away."""


class Section(StrEnum):
    """What a step touches."""

    SCHEMA = "schema"
    DATA = "data"


class Step(Model):
    """Statements that are run together, with no deploy between them."""

    phase: Phase
    section: Section = Section.SCHEMA
    title: str
    """What it does, as one sentence; names between backticks."""
    sql: tuple[str, ...] = ()
    """Empty: something that only a person can write, as ``title`` and ``note`` say."""
    transaction: bool = False
    """All statements in one transaction; else each by itself, outside of any."""
    file: str = ""
    """The same in the syntax of the migration tool, with the way back as its down. Steps that share a file: all of
    it at the first of them."""
    file_path: str = ""
    """Where the file goes, for tools whose files name each other's order."""
    check: str = ""
    """A query that is run after it and gives no row when all is well; a row is what is wrong."""
    undo: tuple[str, ...] = ()
    """Statements that lead back to the state before the step, run as the step is."""
    no_undo: str = ""
    """Why there is none, when there is none."""
    note: str = ""
    caution: str = ""
    """What its being under way brings that the author's statement does not: a sentence that goes where the step goes."""
    numbers: str = ""
    """``schema.table.column`` in which it gives each row a number of its own: which row gets which is open."""
    backfill: Backfill | None = None
    """Where it changes rows in batches: what they are made of."""
    seen: tuple[str, ...] = ()
    """What running it in the sandbox showed, a sentence each; empty when it was not run."""
    path: str
    line: int
    """The statement that it is made of."""


class Deploy(Model):
    """The application has to be deployed before a phase begins."""

    before: Phase
    needs: str
    """What its code does from then on, as one sentence."""


class Round(Model):
    """One expand … contract. A change to a table that is still under way waits for the next round."""

    steps: tuple[Step, ...]
    deploys: tuple[Deploy, ...] = ()


class Plan(Model):
    """Everything that a person sees of it is rendered from this."""

    schema_version: Literal["1"] = "1"
    base: str
    head: str
    verdict: Verdict
    rounds: tuple[Round, ...] = ()
    fails: bool = False
    """A statement fails in the sandbox: what follows it was not seen to run."""
    as_written: bool = False
    """No statement needs another way than the migrations themselves."""
    unplanned: tuple[Unproven, ...] = ()
    """What is in no step, and why."""
    rollback: tuple[str, ...] = ()
    """What was proven of the migrations' own downs."""
