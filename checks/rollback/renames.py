"""Give renamed objects their names back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.catalog.renames import IN_TABLES, Rename
from checks.rollback.words import command, quote, quoted


def rename_back(renames: Iterable[Rename]) -> Iterator[str]:
    """The statements, for renames in the order in which ``undo_renames`` gives them."""
    for rename in renames:
        if not rename.follows:
            yield from one_back(rename)


def one_back(rename: Rename) -> Iterator[str]:
    now, then = rename.now, rename.then
    old = then["sql"] if rename.key[0] in IN_TABLES else quoted(then)
    match rename.key[0]:
        case "column":
            yield f"ALTER TABLE {now['holder']} RENAME COLUMN {now['sql']} TO {old}"
        case "attribute":
            yield f"ALTER TYPE {now['holder']} RENAME ATTRIBUTE {now['sql']} TO {old}"
        case "constraint":
            kind = "DOMAIN" if now["domain"] else "TABLE"
            yield f"ALTER {kind} {now['holder']} RENAME CONSTRAINT {now['sql']} TO {old}"
        case "trigger" | "policy" | "rule":
            yield f"ALTER {rename.key[0].upper()} {now['sql']} ON {now['holder']} RENAME TO {old}"
        case "schema":
            yield f"ALTER SCHEMA {now['sql']} RENAME TO {old}"
        case _:
            yield from moved_back(rename)


def moved_back(rename: Rename) -> Iterator[str]:
    """Another schema, another name, or both. Indexes and owned sequences go to the schema of their table,
    and the index of a constraint has its name."""
    now, then = rename.now, rename.then
    place = now["sql"]
    if now.get("constraint"):
        return
    goes_along = rename.key[0] == "index" or now.get("owner_column") is not None
    if now["schema"] != then["schema"] and not goes_along:
        yield f"ALTER {command(rename.key)} {place} SET SCHEMA {quote(then['schema'])}"
        place = f"{quote(then['schema'])}.{place.split('.', 1)[1]}"
    if now["name"] != then["name"]:
        yield f"ALTER {command(rename.key)} {place} RENAME TO {quoted(then)}"
