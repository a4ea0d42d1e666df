"""Tools that run all new migrations in one transaction: what must not share it has to be deployed by itself."""

from __future__ import annotations

from dataclasses import replace

from checks.model.migrations import TransactionMode
from checks.plan.files.rewrite import Rewrite
from checks.plan.files.sql import New

BY_ITSELF = "The migrations before this one, by themselves: {tool} runs all that are new in one transaction."


def by_itself(rewrite: Rewrite, new: New) -> New:
    if rewrite.up.transaction is not TransactionMode.ALL_PENDING:
        return new
    return replace(new, needs=f"{new.needs} {BY_ITSELF.format(tool=rewrite.tool)}".strip())
