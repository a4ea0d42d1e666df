"""Compare two schemas: one entry for each real difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.catalog.describe import summary
from checks.catalog.renames import Rename, are_of_one_database, undo_renames
from checks.catalog.schema import EMPTY, Catalog, Key, Scalar
from checks.model.differences import Difference, DifferenceKind, Significance

SIGNIFICANCE = {
    "comment": Significance.COMMENT,
    "privileges": Significance.PRIVILEGE,
    "owner": Significance.PRIVILEGE,
}
VIEWS = ("view", "materialized view")


def compare(before: Catalog, after: Catalog) -> tuple[Difference, ...]:
    """What is new, gone or changed, in the order of object types and names.

    Left out is what follows from a difference that is told: the parts of a table that is new or gone, the
    columns of a view with another definition, and what the partitions of a table were given through it.
    In two states of one database an object that was renamed is that, not one that is gone and one that is new.
    """
    renamed: list[Rename] = []
    if are_of_one_database(before, after):
        renamed, after = undo_renames(before, after)
    return (
        *(rename_difference(rename) for rename in renamed if is_told(rename)),
        *all_differences(before, after),
    )


def is_told(rename: Rename) -> bool:
    """Not told: what was renamed with something else, and the columns of a view, which its definition names."""
    if rename.key[0] == "column" and any(owner[0] in VIEWS for owner in rename.now["belongs_to"]):
        return False
    return (
        not rename.follows and not rename.now.get("constraint") and rename.now["path"] != rename.then["path"]
    )


def rename_difference(rename: Rename) -> Difference:
    return Difference(
        kind=DifferenceKind.CHANGED,
        object_type=rename.key[0],
        name=rename.back[1],
        property="name",
        before=".".join(rename.then["path"]),
        after=".".join(rename.now["path"]),
    )


def all_differences(before: Catalog, after: Catalog) -> Iterator[Difference]:
    gone = before.objects.keys() - after.objects.keys()
    # What was not read again is the very same row.
    other = (
        key
        for key, row in after.objects.items()
        if row is not (was := before.objects.get(key)) and row != was
    )
    keys = sorted([*gone, *other])
    for key in keys:
        yield from differences(key, before, after)
    for key in holders(keys, before, after):
        yield from column_order(key, before, after)


def differences(key: Key, before: Catalog, after: Catalog) -> Iterator[Difference]:
    if key not in after.objects:
        if not follows_from(key, before, after):
            yield one_sided(DifferenceKind.REMOVED, key, before)
    elif key not in before.objects:
        if not follows_from(key, after, before):
            yield one_sided(DifferenceKind.ADDED, key, after)
    else:
        yield from changes(key, before, after)


def one_sided(kind: DifferenceKind, key: Key, catalog: Catalog) -> Difference:
    text = summary(key, catalog)
    return Difference(
        kind=kind,
        object_type=key[0],
        name=key[1],
        before=text if kind is DifferenceKind.REMOVED else None,
        after=text if kind is DifferenceKind.ADDED else None,
        significance=Significance.PRIVILEGE if key[0] == "default privileges" else Significance.SEMANTIC,
    )


def follows_from(key: Key, present: Catalog, absent: Catalog) -> bool:
    """Whether an object that only ``present`` has is there because of another one that only it has."""
    whole = (*(present.fact(key, "belongs_to") or ()), present.fact(key, "follows"))
    if any(owner is not None and owner not in absent.objects for owner in whole):
        return True
    return is_view_column(key, present) or tells_not_null(key, present, absent)


def is_view_column(key: Key, catalog: Catalog) -> bool:
    return key[0] == "column" and any(owner[0] in VIEWS for owner in catalog.fact(key, "belongs_to") or ())


def tells_not_null(key: Key, present: Catalog, absent: Catalog) -> bool:
    """A not-null constraint (kept from PostgreSQL 17 on) of a column or domain that tells it already."""
    row, facts = present.objects[key], present.facts[key]
    if key[0] != "constraint" or row["kind"] != "not null":
        return False
    holder = f"{facts['schema']}.{facts['table']}"
    told = ("domain", holder) if facts["domain"] else ("column", f"{holder}.{facts['columns'][0]}")
    there, here = absent.objects.get(told), present.objects.get(told, EMPTY)
    return there is None or there["not_null"] != here.get("not_null")


def changes(key: Key, before: Catalog, after: Catalog) -> Iterator[Difference]:
    changed = changed_properties(key, before, after)
    if is_view_column(key, after):
        changed -= set() if same_definition(key, before, after) else {"type", "collation", "storage"}
    leader = after.fact(key, "follows")
    if leader is not None and leader == before.fact(key, "follows"):
        changed -= changed_properties(leader, before, after)
    changed -= told_by_owner(key, before, after)
    if moved_with_its_table(key, before, after):
        return
    for name in sorted(changed):
        yield change(key, name, before.objects[key].get(name), after.objects[key].get(name))


def changed_properties(key: Key, before: Catalog, after: Catalog) -> set[str]:
    """Names of the properties that differ; not the position of columns, which is told once per table."""
    old, new = before.objects.get(key, EMPTY), after.objects.get(key, EMPTY)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)} - {"position"}


def told_by_owner(key: Key, before: Catalog, after: Catalog) -> set[str]:
    """A sequence's owner is its table's; what is inherited changes with the table's parent."""
    owners: list[Key] = list(after.fact(key, "belongs_to") or ())
    told = {name for owner in owners[:1] for name in changed_properties(owner, before, after)}
    inherited = {"partition_of"} if told & {"partition_of", "inherits"} else set()
    return inherited | (told & {"owner"})


def same_definition(column: Key, before: Catalog, after: Catalog) -> bool:
    return all(
        "definition" not in changed_properties(view, before, after)
        for view in after.fact(column, "belongs_to") or ()
    )


def moved_with_its_table(key: Key, before: Catalog, after: Catalog) -> bool:
    """An index or sequence of the same name whose table has another name now: the table is told."""
    old: list[Key] = list(before.fact(key, "belongs_to") or ())
    new: list[Key] = list(after.fact(key, "belongs_to") or ())
    return bool(old and new) and old[0] not in after.objects and new[0] not in before.objects


def change(key: Key, name: str, old: Scalar, new: Scalar) -> Difference:
    only_space = name == "body" and "".join(str(old).split()) == "".join(str(new).split())
    return Difference(
        kind=DifferenceKind.CHANGED,
        object_type=key[0],
        name=key[1],
        property=f"{name.replace('_', ' ')} (only white space)" if only_space else name.replace("_", " "),
        before=text(old),
        after=text(new),
        significance=SIGNIFICANCE.get(name, Significance.SEMANTIC),
    )


def text(value: Scalar) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def holders(keys: Iterable[Key], before: Catalog, after: Catalog) -> list[Key]:
    """The tables and composite types, in both schemas, whose columns are among the keys."""
    found = {
        owner
        for key in keys
        if key[0] in ("column", "attribute") and key in before.objects and key in after.objects
        for owner in after.facts[key]["belongs_to"]
        if owner[0] not in VIEWS
    }
    return sorted(found & before.objects.keys())


def column_order(key: Key, before: Catalog, after: Catalog) -> Iterator[Difference]:
    """Whether the columns that both have come in another order."""
    old, new = positions(key, before), positions(key, after)
    left, right = [name for name in old if name in new], [name for name in new if name in old]
    if left != right:
        yield Difference(
            kind=DifferenceKind.CHANGED,
            object_type=key[0],
            name=key[1],
            property="column order",
            before=", ".join(left),
            after=", ".join(right),
            significance=Significance.ORDER,
        )


def positions(key: Key, catalog: Catalog) -> list[str]:
    columns = catalog.attributes(key[1]) if key[0] == "composite type" else catalog.columns(key[1])
    return [column.name for column in columns]
