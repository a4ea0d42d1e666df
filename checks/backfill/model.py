"""A statement that changes rows, in batches."""

from __future__ import annotations

from checks.model.base import Model


class Refused(Exception):
    """It cannot be done in batches; the message is a sentence that says why."""


class Backfill(Model):
    """One statement, walked along a key. The texts are SQL; how many rows a batch has is said when they are put together."""

    statement: str
    """The author's, as it was."""
    verb: str
    """``UPDATE``, ``DELETE`` or ``INSERT``."""
    walked: str
    """``schema.name`` of the table whose rows are walked: the one that is changed, or the source of an INSERT."""
    changed: str
    """``schema.name`` of the table whose rows change."""
    key: tuple[str, ...]
    """Columns of ``walked``, in the order in which they are walked."""
    progress: str
    """The table of one row that says how far it is, as SQL takes the name."""
    start: str
    """Makes the progress table, unless it is there: then it goes on from it."""
    reached: str
    """SELECT of the keys that come next, without its LIMIT."""
    change: str
    """The author's statement, for the rows whose key is in the batch."""
    names: tuple[str, str, str, str]
    """What the parts of a batch are called: none of the author's relations."""
