"""The end that is wanted: the schema in which the author's own change ends, and what it takes away on the way."""

from __future__ import annotations

from dataclasses import dataclass

from checks import catalog, data
from checks.catalog import Catalog
from checks.change import compare
from checks.frameworks.find import find_histories
from checks.model.migrations import Change, History
from checks.model.rollback import DataLoss
from checks.proposals.model import Proposal
from checks.replay.execute import execute
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.state import State
from checks.trees import OverlayTree, Tree

BY_ITSELF = "the schema in which the change itself ends"
WITHOUT_ROWS = "the schema in which the change ends on empty tables"
BY_A_FIX = "the schema in which the change ends with a simple fix"


@dataclass(frozen=True)
class Wanted:
    schema: Catalog
    how: str
    """Where it is from, as the end of a sentence."""
    losses: tuple[DataLoss, ...] = ()
    """What the change takes away from the rows by itself."""


def wanted(change: Change, proposal: Proposal, state: State, head: Tree, settings: Settings) -> Wanted | None:
    """None when neither the change, nor the change without rows, nor a simple fix of it comes to an end."""
    with state.database.clone("wanted") as database:
        before = data.fingerprint(database)
        if runs(change, database, state.settings):
            return Wanted(
                catalog.read(database),
                BY_ITSELF,
                data.compare(before, data.fingerprint(database), filling=True),
            )
    with state.without_rows.clone("wanted") as database:
        if runs(change, database, state.settings):
            return Wanted(catalog.read(database), WITHOUT_ROWS)
    fixed = _fixed(change, proposal, head, settings) if proposal.wanted else None
    with state.without_rows.clone("wanted") as database:
        if fixed is not None and runs(fixed, database, state.settings):
            return Wanted(catalog.read(database), BY_A_FIX)
    return None


def runs(change: Change, database: Database, settings: Settings) -> bool:
    """Take the database through the new migrations. Raises SandboxLost."""
    scripts = [one.migration.up for one in change.pending]
    if None in scripts:
        return False
    return execute(database, [script for script in scripts if script], settings).committed


def overlaid(change: Change, tree: Tree, settings: Settings) -> Change | None:
    """The change of the same history to another head; None when the tool finds none there."""
    found = (history for history in find_histories(tree, settings) if history.id == change.head.id)
    history: History | None = next(found, None)
    return compare(change.base, history) if history else None


def _fixed(change: Change, proposal: Proposal, head: Tree, settings: Settings) -> Change | None:
    files = {file.path: file.content for file in proposal.wanted}
    return overlaid(change, OverlayTree(head, files, proposal.wanted_gone), settings)
