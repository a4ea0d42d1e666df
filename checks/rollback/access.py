"""Owners, grants and comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from checks.catalog import Catalog, Key
from checks.rollback.words import command, holder, literal, name, quote

Grants: TypeAlias = Mapping[tuple[str, str], bool]
"""(grantee as SQL, privilege) → with grant option."""

INSIDE_A_TABLE = ("constraint", "trigger", "rule", "policy")
GRANTED_ON = {
    "table": "TABLE", "foreign table": "TABLE", "view": "TABLE", "materialized view": "TABLE",
    "sequence": "SEQUENCE", "schema": "SCHEMA", "function": "FUNCTION", "procedure": "PROCEDURE",
    "aggregate": "FUNCTION", "enum": "TYPE", "domain": "TYPE", "composite type": "TYPE", "range": "TYPE",
    "type": "TYPE", "foreign-data wrapper": "FOREIGN DATA WRAPPER", "server": "FOREIGN SERVER",
}  # fmt: skip


def comment(key: Key, catalog: Catalog) -> Iterator[str]:
    """COMMENT ON, when the object has a comment."""
    if catalog.objects[key].get("comment") is not None:
        yield comment_as_in(key, catalog)


def comment_as_in(key: Key, catalog: Catalog) -> str:
    """COMMENT ON that gives the object the comment it has in the catalog, or none."""
    text = catalog.objects[key].get("comment")
    return f"COMMENT ON {commented(key, catalog)} IS {literal(str(text)).strip() if text is not None else 'NULL'}"


def commented(key: Key, catalog: Catalog) -> str:
    if key[0] in ("column", "attribute"):
        return f"COLUMN {holder(key, catalog)}.{name(key, catalog)}"
    if key[0] in INSIDE_A_TABLE:
        domain = "DOMAIN " if catalog.fact(key, "domain") else ""
        return f"{key[0].upper()} {name(key, catalog)} ON {domain}{holder(key, catalog)}"
    return f"{command(key)} {name(key, catalog)}"


def owner_of_new(key: Key, catalog: Catalog) -> Iterator[str]:
    """OWNER TO, unless the role that owns the database owns it: that one runs the migrations."""
    owner = catalog.objects[key].get("owner")
    usual = catalog.objects.get(("database", "this"), {}).get("owner")
    if owner is not None and owner != usual and not catalog.fact(key, "owner_column"):
        yield set_owner(key, catalog, str(owner))


def set_owner(key: Key, catalog: Catalog, owner: str) -> str:
    return f"ALTER {command(key)} {name(key, catalog)} OWNER TO {quote(owner)}"


def grants_of_new(key: Key, catalog: Catalog) -> Iterator[str]:
    """GRANT and REVOKE that take the object from its default privileges to the ones in the catalog."""
    if catalog.objects[key].get("privileges") is not None:
        yield from differing_grants(
            key, catalog, named(key, catalog, "default_grants"), named(key, catalog, "grants")
        )


def changed_grants(key: Key, current: Catalog, target: Catalog) -> Iterator[str]:
    """From the privileges that are there to those of the target; without explicit ones, the default ones count."""
    if key[0] == "default privileges":
        yield from changed_default_grants(key, current, target)
    else:
        yield from differing_grants(key, target, granted(key, current, target), granted(key, target, current))


def granted(key: Key, catalog: Catalog, other: Catalog) -> Grants:
    """Only an object with explicit privileges tells what its default ones would be."""
    explicit = "grants" in catalog.facts.get(key, {})
    return named(key, catalog, "grants") if explicit else named(key, other, "default_grants")


def differing_grants(key: Key, catalog: Catalog, now: Grants, wanted: Grants) -> Iterator[str]:
    for role, privilege in sorted(now):
        if now[role, privilege] and not wanted.get((role, privilege), True):
            yield f"REVOKE GRANT OPTION FOR {on(key, catalog, privilege)} FROM {role}"
        elif (role, privilege) not in wanted:
            yield f"REVOKE {on(key, catalog, privilege)} FROM {role}"
    for role, privilege in sorted(wanted):
        grantable = wanted[role, privilege]
        if (role, privilege) not in now or (grantable and not now[role, privilege]):
            yield f"GRANT {on(key, catalog, privilege)} TO {role}{' WITH GRANT OPTION' if grantable else ''}"


def on(key: Key, catalog: Catalog, privilege: str) -> str:
    if key[0] == "column":
        return f"{privilege} ({name(key, catalog)}) ON {holder(key, catalog)}"
    return f"{privilege} ON {GRANTED_ON[key[0]]} {name(key, catalog)}"


def named(key: Key, catalog: Catalog, which: str) -> Grants:
    owner = catalog.fact(key, "role") or quote(str(catalog.objects.get(key, {}).get("owner", "")))
    return {
        (owner if is_owner else role or "PUBLIC", privilege): bool(grantable) and not is_owner
        for role, is_owner, privilege, grantable in catalog.fact(key, which) or ()
    }


def changed_default_grants(key: Key, current: Catalog, target: Catalog) -> Iterator[str]:
    """Where there is no entry, the built-in privileges count; those of a schema are added to them."""
    facts = current.facts.get(key) or target.facts[key]
    known = current if key in current.facts else target
    built_in = {} if facts["in_schema"] else named(key, known, "default_grants")
    now = named(key, current, "grants") if key in current.facts else built_in
    wanted = named(key, target, "grants") if key in target.facts else built_in
    schema = f" IN SCHEMA {facts['in_schema']}" if facts["in_schema"] else ""
    head = f"ALTER DEFAULT PRIVILEGES FOR ROLE {facts['role']}{schema}"
    for role, privilege in sorted(now.keys() - wanted.keys()):
        yield f"{head} REVOKE {privilege} ON {facts['of']} FROM {role}"
    for role, privilege in sorted(wanted):
        if now.get((role, privilege)) != wanted[role, privilege]:
            option = " WITH GRANT OPTION" if wanted[role, privilege] else ""
            yield f"{head} GRANT {privilege} ON {facts['of']} TO {role}{option}"
