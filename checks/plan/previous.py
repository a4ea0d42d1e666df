"""The way back from a change of a column that stays as it is written: to what the schema said before."""

from __future__ import annotations

from checks.model.differences import Difference
from checks.plan.statement import Part
from checks.rules.actions import Action, ChangeType, SetNotNull
from checks.rules.wording import quoted

_FAMILIES = {
    "text": ("character varying", "character(", "text"),
    "number": ("numeric", "smallint", "integer", "bigint"),
    "time": ("timestamp",),
}


def back_to_before(part: Part) -> tuple[str, ...]:
    """Empty when the report does not tell, or when rows would have to be converted back in a way of their own."""
    action = part.actions[0] if len(part.actions) == 1 else None
    if isinstance(action, ChangeType) and not action.using:
        was = _changed(part, action, action.column, "type")
        casts_back = was is not None and _family(was.before) == _family(was.after) != ""
        return (_altered(part, action, action.column, f"TYPE {was.before}"),) if was and casts_back else ()
    if isinstance(action, SetNotNull):
        was = _changed(part, action, action.column, "not null")
        return (_altered(part, action, action.column, f"{'DROP' if was else 'SET'} NOT NULL"),)
    return ()


def _family(type_name: str | None) -> str:
    """Types that are cast to each other by assignment, in both directions."""
    return next((name for name, words in _FAMILIES.items() if (type_name or "").startswith(words)), "")


def _changed(part: Part, action: Action, column: str, what: str) -> Difference | None:
    name = f"{part.locate(action.relation)}.{column}"
    found = (
        one
        for one in part.migration.schema_diff
        if (one.object_type, one.name, one.property) == ("column", name, what)
    )
    return next(found, None)


def _altered(part: Part, action: Action, column: str, what: str) -> str:
    return f"ALTER TABLE {part.name(action.relation)} ALTER COLUMN {quoted(column)} {what}"
