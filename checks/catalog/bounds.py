"""The bounds of a partition as a condition on its rows, as PostgreSQL itself derives it (partbounds.c, get_qual_from_partbound).

A validated CHECK that says as much spares ATTACH PARTITION the reading of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from checks.catalog.schema import Catalog
from checks.sql.parse import find, name_parts, parse
from checks.sql.spelling import expression_text, quoted

_BOUND = "CREATE TABLE t PARTITION OF p {bound}"
_KEY = "CREATE TABLE p (c int) PARTITION BY {key}"
LONGEST = 63
"""Bytes of a name; how PostgreSQL shortens a longer one is not repeated here."""
_INFINITE = ("minvalue", "maxvalue")


def conditions(catalog: Catalog, table: str) -> tuple[str, ...]:
    """Of the bounds of a partition, and then of those of the tables that it is in.

    Empty for what is no partition, for a default partition, whose rows are the rest, and for one by hash, whose condition
    names its table by number.
    """
    own = _condition(catalog, table)
    parent = (catalog.properties("table", table) or {}).get("partition_of")
    return (own, *conditions(catalog, str(parent))) if own and parent else ()


def check_left_behind(catalog: Catalog, table: str) -> str:
    """What DETACH … CONCURRENTLY will call the CHECK of these conditions (heap.c, ChooseConstraintName); ``""`` for none.

    The name of the table, then that of the column when there is but one, and a number when it is taken.
    """
    found: Any = parse(f"SELECT {' AND '.join(conditions(catalog, table))}")
    if found is None or not found.target_list:
        return ""
    columns = {name_parts(one.fields)[-1] for one in find(found, "ColumnRef")}  # type: ignore[attr-defined]
    schema, _, name = table.rpartition(".")
    plain = "_".join([name, *(columns if len(columns) == 1 else ()), "check"])
    taken = {
        str(catalog.fact(key, "name"))
        for key in catalog.objects
        if key[0] == "constraint" and catalog.fact(key, "schema") == schema
    }
    numbered = (f"{plain}{number}" for number in range(1, len(taken) + 2))
    free = next(name for name in (plain, *numbered) if name not in taken)
    return free if len(free.encode()) <= LONGEST else ""


def _condition(catalog: Catalog, table: str) -> str:
    row = catalog.properties("table", table) or {}
    parent = catalog.properties("table", str(row.get("partition_of"))) or {}
    bound: Any = parse(_BOUND.format(bound=row.get("bound")))
    key: Any = parse(_KEY.format(key=parent.get("partition_key")))
    if bound is None or key is None:
        return ""
    elements = [one.partition_elem for one in key.partspec.part_params]
    keys = [quoted(one.name) if one.name else f"({expression_text(one.expr)})" for one in elements]
    empty = [name for name, one in zip(keys, elements, strict=True) if not _is_required(catalog, table, one)]
    if bound.partbound.strategy == "r":
        return " AND ".join([*(f"{name} IS NOT NULL" for name in empty), *_range(keys, bound.partbound)])
    return _list(keys[0], bound.partbound, can_be_empty=bool(empty)) if bound.partbound.listdatums else ""


def _is_required(catalog: Catalog, table: str, element: Any) -> bool:
    column = catalog.column(table, element.name) if element.name else None
    return column is not None and column.not_null


def _range(keys: Sequence[str], bound: Any) -> Iterator[str]:
    """``FROM (…) TO (…)``: columns with one value only, then from where to where the others go."""
    lower, upper = (
        [expression_text(one) for one in datums] for datums in (bound.lowerdatums, bound.upperdatums)
    )
    same = 0
    while lower[same] == upper[same] and lower[same] not in _INFINITE:
        yield f"{keys[same]} = {lower[same]}"
        same += 1
    yield from _beyond(keys[same:], lower[same:], ">", closed_by="minvalue", closed=True)
    yield from _beyond(keys[same:], upper[same:], "<", closed_by="maxvalue", closed=False)


def _beyond(
    keys: Sequence[str], values: Sequence[str], sign: str, *, closed_by: str, closed: bool
) -> Iterator[str]:
    """Behind or before a point, in the order of all keys. ``closed``: the point is in it, when all its values are finite."""
    end = next((place for place, value in enumerate(values) if value in _INFINITE), len(values))
    inclusive = closed if end == len(values) else values[end] == closed_by
    equal = [f"{key} = {value}" for key, value in zip(keys, values, strict=True)]
    arms = [
        " AND ".join(
            [
                *equal[:place],
                f"{keys[place]} {sign}{'=' if inclusive and place == end - 1 else ''} {values[place]}",
            ]
        )
        for place in range(end)
    ]
    if arms:
        yield arms[0] if len(arms) == 1 else "(" + " OR ".join(f"({arm})" for arm in arms) + ")"


def _list(key: str, bound: Any, *, can_be_empty: bool) -> str:
    """``IN (…)``, where NULL is a value like any other."""
    values = [expression_text(one) for one in bound.listdatums if not one.a_const.isnull]
    among = f"{key} IN ({', '.join(values)})" if values else ""
    if len(values) < len(bound.listdatums):
        return f"({key} IS NULL OR {among})" if among else f"{key} IS NULL"
    return f"{key} IS NOT NULL AND {among}" if can_be_empty else among
