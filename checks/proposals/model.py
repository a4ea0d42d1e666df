"""What is proposed in the place of a change, and what PostgreSQL made of it."""

from __future__ import annotations

from checks.model.base import Model
from checks.model.findings import AdviceFile


class Proposal(Model):
    """Files that somebody else wrote: as hostile as a pull request's."""

    history: str
    """The id of the history that they are for, ``goose:db/migrations``."""
    files: tuple[AdviceFile, ...]
    """In the place of all that the change adds to that history."""
    queries: tuple[str, ...] = ()
    """Each a SELECT of what is wrong afterwards: a row is a fault."""
    wanted: tuple[AdviceFile, ...] = ()
    """A simple fix of the change that works: what it ends in is wanted where the change itself ends nowhere."""
    wanted_gone: tuple[str, ...] = ()


class Proof(Model):
    """What came of running it."""

    works: bool
    """It ran up, down and up again, ended in the wanted schema, lost no row, and no query gave one."""
    seen: tuple[str, ...] = ()
    """What held, a sentence each."""
    gone: tuple[str, ...] = ()
    """Files of the change that its files take the place of, under other names."""
    faults: tuple[str, ...] = ()
    """What did not, a sentence each; no value of a row is in them."""
