"""A check or a foreign key is added first for new rows, then for all."""

from __future__ import annotations

from checks.plan.model import Phase
from checks.plan.recipes import Stages
from checks.plan.statement import Part
from checks.rules.actions import AddConstraint
from checks.rules.spelling import expression_text
from checks.rules.wording import columns, quoted, short

RULES = (
    "check-without-not-valid",
    "foreign-key-without-not-valid",
    "foreign-key-to-live-table",
    "constraint-fails-on-rows",
)
TO_MEND = "A row here breaks the constraint: mend or delete it, then go on."


def recipe(part: Part) -> Stages | None:
    constraint = part.the(AddConstraint)
    if constraint is None or constraint.kind not in ("check", "foreign key") or constraint.not_valid:
        return None
    name = constraint.name or _given_name(part, constraint)
    if not name or not constraint.definition:
        return None
    table, sql_name = part.name(constraint.relation), quoted(name)
    for_new_rows = f"ALTER TABLE {table} ADD CONSTRAINT {sql_name} {constraint.definition} NOT VALID"
    return [
        part.step(
            Phase.EXPAND,
            f"`{name}` of `{short(part.locate(constraint.relation))}` counts for new rows.",
            for_new_rows,
            check=_violations(part, constraint, table),
            undo=(f"ALTER TABLE {table} DROP CONSTRAINT {sql_name}",),
            note=TO_MEND,
        ),
        part.step(
            Phase.SWITCH,
            f"`{name}` is checked against all rows while writers go on.",
            f"ALTER TABLE {table} VALIDATE CONSTRAINT {sql_name}",
            undo=(f"ALTER TABLE {table} DROP CONSTRAINT {sql_name}", for_new_rows),
        ),
    ]


def _given_name(part: Part, constraint: AddConstraint) -> str:
    """The name that PostgreSQL chose."""
    found = [
        name for name in part.observation.validated if name.startswith(part.locate(constraint.relation) + ".")
    ]
    return found[0].rpartition(".")[2] if len(found) == 1 else ""


def _violations(part: Part, constraint: AddConstraint, table: str) -> str:
    """Rows that break it; ``""`` where no short query says so."""
    if constraint.kind == "check":
        return f"SELECT * FROM {table} WHERE NOT ({expression_text(constraint.node.raw_expr)}) LIMIT 10"
    referenced = [item.string.sval for item in constraint.node.pk_attrs]
    if constraint.references is None or len(referenced) != len(constraint.columns):
        return ""
    own = [f"child.{quoted(name)}" for name in constraint.columns]
    pairs = " AND ".join(
        f"parent.{quoted(there)} = {here}" for there, here in zip(referenced, own, strict=True)
    )
    there = " AND ".join(f"{name} IS NOT NULL" for name in own)
    return (
        f"SELECT {columns([*constraint.columns])} FROM {table} AS child WHERE {there} "
        f"AND NOT EXISTS (SELECT FROM {part.name(constraint.references)} AS parent WHERE {pairs}) LIMIT 10"
    )
