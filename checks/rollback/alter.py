"""Give an object that is there the properties that it had."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from checks.catalog import Catalog, Key
from checks.rollback.access import changed_grants, comment_as_in, set_owner
from checks.rollback.create import set_for_database, switch
from checks.rollback.tables import sequence_options
from checks.rollback.words import DraftError, command, holder, literal, name


def alter(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    """Statements that set the properties back, under the names of the target.

    Raises DraftError for a property that no ALTER changes.
    """
    rest = properties - {"owner", "privileges", "comment", "position"}
    if "owner" in properties:
        yield set_owner(key, target, str(target.objects[key]["owner"]))
    if rest:
        changer = CHANGERS.get(key[0])
        if changer is None:
            raise DraftError(f"no ALTER sets {', '.join(sorted(rest))} of {key[0]} {key[1]}")
        yield from changer(key, rest, current, target)
    if "privileges" in properties:
        yield from changed_grants(key, current, target)
    if "comment" in properties:
        yield comment_as_in(key, target)


def column(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    row, now = target.objects[key], current.objects[key]
    head = f"ALTER TABLE {holder(key, target)} ALTER COLUMN {name(key, target)}"
    retyped = bool(properties & {"type", "collation"})
    if row["generated"] != now["generated"]:
        raise DraftError(
            f"column {key[1]} was {row['generated'] or 'not generated'}, which no ALTER gives back"
        )
    if row["generated"] and "default" in properties:
        yield f"{head} SET EXPRESSION AS ({row['default']})"
    if now["identity"] and not row["identity"]:
        yield f"{head} DROP IDENTITY"
    has_default = now["default"] is not None and not row["generated"]
    if has_default and (retyped or row["default"] is None):
        yield f"{head} DROP DEFAULT"
    if retyped:
        collation = f" COLLATE {row['collation']}" if row["collation"] else ""
        yield f"{head} TYPE {row['type']}{collation} USING {name(key, target)}::{row['type']}"
    if row["default"] is not None and not row["generated"] and (retyped or "default" in properties):
        yield f"{head} SET DEFAULT {row['default']}"
    if "not_null" in properties:
        yield f"{head} {'SET' if row['not_null'] else 'DROP'} NOT NULL"
    if row["identity"] and "identity" in properties:
        yield f"{head} {'SET' if now['identity'] else 'ADD'} GENERATED {str(row['identity']).upper()}" + (
            "" if now["identity"] else " AS IDENTITY"
        )
    if "storage" in properties and not retyped:
        yield f"{head} SET STORAGE {row['storage']}"
    if "compression" in properties:
        yield f"{head} SET COMPRESSION {row.get('compression') or 'default'}"
    if "statistics" in properties:
        yield f"{head} SET STATISTICS {-1 if row['statistics'] is None else row['statistics']}"
    if "options" in properties:
        yield from options(head, str(now["options"] or ""), str(row["options"] or ""))
    if "foreign_options" in properties:
        yield from changed_foreign_options(
            f"ALTER FOREIGN {head.removeprefix('ALTER ')}",
            current.fact(key, "foreign_options"),
            target.fact(key, "foreign_options"),
        )


def table(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    row, now = target.objects[key], current.objects[key]
    for fixed in ("partition_key", "of_type", "server"):
        if fixed in properties:
            raise DraftError(f"no ALTER sets the {fixed.replace('_', ' ')} of {key[1]}")
    head = f"ALTER TABLE {name(key, target)}"
    if now["partition_of"] and properties & {"partition_of", "bound"}:
        yield f"ALTER TABLE {current.fact(key, 'parents')} DETACH PARTITION {name(key, target)}"
    if row["partition_of"] and properties & {"partition_of", "bound"}:
        yield f"ALTER TABLE {target.fact(key, 'parents')} ATTACH PARTITION {name(key, target)} {row['bound']}"
    if "inherits" in properties and not (now["partition_of"] or row["partition_of"]):
        yield from (f"{head} NO INHERIT {parent}" for parent in parents(key, current, target))
        yield from (f"{head} INHERIT {parent}" for parent in parents(key, target, current))
    if "persistence" in properties:
        yield f"{head} SET {'LOGGED' if row['persistence'] == 'permanent' else 'UNLOGGED'}"
    if "row_security" in properties:
        yield f"{head} {'ENABLE' if row['row_security'] else 'DISABLE'} ROW LEVEL SECURITY"
    if "force_row_security" in properties:
        yield f"{head} {'FORCE' if row['force_row_security'] else 'NO FORCE'} ROW LEVEL SECURITY"
    if "replica_identity" in properties and row["replica_identity"] != "index":
        yield f"{head} REPLICA IDENTITY {str(row['replica_identity']).upper()}"
    if "access_method" in properties:
        yield f"{head} SET ACCESS METHOD {row['access_method']}"
    if "tablespace" in properties:
        yield f"{head} SET TABLESPACE {row['tablespace'] or 'pg_default'}"
    if "options" in properties:
        yield from options(head, str(now["options"] or ""), str(row["options"] or ""))
    if "toast_options" in properties:
        yield from options(head, str(now["toast_options"] or ""), str(row["toast_options"] or ""), "toast.")
    if "foreign_options" in properties:
        yield from changed_foreign_options(
            f"ALTER FOREIGN TABLE {name(key, target)}",
            current.fact(key, "foreign_options"),
            target.fact(key, "foreign_options"),
        )


def parents(key: Key, having: Catalog, lacking: Catalog) -> list[str]:
    """Quoted names of the tables that it inherits from in one catalog and not in the other."""
    there = str(lacking.fact(key, "parents") or "").split(", ")
    return [
        parent
        for parent in str(having.fact(key, "parents") or "").split(", ")
        if parent and parent not in there
    ]


def options(head: str, now: str, wanted: str, prefix: str = "") -> Iterator[str]:
    """``SET (a=1)`` and ``RESET (b)`` from one list of storage options to another."""
    there, then = dict(pairs(now)), dict(pairs(wanted))
    reset = [prefix + option for option in there if option not in then]
    if reset:
        yield f"{head} RESET ({', '.join(reset)})"
    different = [f"{prefix}{option}={value}" for option, value in then.items() if there.get(option) != value]
    if different:
        yield f"{head} SET ({', '.join(different)})"


def pairs(text: str) -> Iterator[tuple[str, str]]:
    for option in text.split(", "):
        if option:
            label, _, value = option.partition("=")
            yield label, value


def changed_foreign_options(head: str, now: list[str] | None, wanted: list[str] | None) -> Iterator[str]:
    there = dict(option.split("=", 1) for option in now or ())
    then = dict(option.split("=", 1) for option in wanted or ())
    changes = [f"DROP {label}" for label in there if label not in then]
    changes += [
        f"SET {label} {literal(then[label])}"
        for label in then
        if label in there and there[label] != then[label]
    ]
    changes += [f"ADD {label} {literal(value)}" for label, value in then.items() if label not in there]
    yield f"{head} OPTIONS ({', '.join(changes)})"


def constraint(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    """Checks the rows; any other change makes it anew."""
    yield f"ALTER TABLE {holder(key, target)} VALIDATE CONSTRAINT {name(key, target)}"


def index(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    row = target.objects[key]
    head = f"ALTER TABLE {holder(key, target)}"
    if not properties <= {"clustered", "replica_identity", "tablespace", "statistics"}:
        raise DraftError(f"no ALTER sets {', '.join(sorted(properties))} of index {key[1]}")
    if "clustered" in properties:
        yield (
            f"{head} CLUSTER ON {target.fact(key, 'quoted')}"
            if row["clustered"]
            else f"{head} SET WITHOUT CLUSTER"
        )
    if "replica_identity" in properties and row["replica_identity"]:
        yield f"{head} REPLICA IDENTITY USING INDEX {target.fact(key, 'quoted')}"
    if "tablespace" in properties:
        yield f"ALTER INDEX {name(key, target)} SET TABLESPACE {row['tablespace'] or 'pg_default'}"
    if "statistics" in properties:
        then, now = (
            dict(pairs(str(c.objects[key]["statistics"] or "").replace(": ", "="))) for c in (target, current)
        )
        for number in sorted(then.keys() | now.keys()):
            yield f"ALTER INDEX {name(key, target)} ALTER COLUMN {number} SET STATISTICS {then.get(number, -1)}"


def sequence(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    row = target.objects[key]
    if "persistence" in properties:
        yield f"ALTER SEQUENCE {name(key, target)} SET {'LOGGED' if row['persistence'] == 'permanent' else 'UNLOGGED'}"
    if properties - {"persistence", "owned_by"}:
        yield f"ALTER SEQUENCE {name(key, target)} {sequence_options(row)}"
    if "owned_by" in properties:
        yield f"ALTER SEQUENCE {name(key, target)} OWNED BY {target.fact(key, 'owned_by') or 'NONE'}"


def view(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    if not properties <= {"options", "tablespace"}:
        raise DraftError(f"no ALTER sets {', '.join(sorted(properties))} of {key[0]} {key[1]}")
    now, then = (str(catalog.objects[key]["options"] or "") for catalog in (current, target))
    yield from options(f"ALTER {command(key)} {name(key, target)}", now, then)


def trigger(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    """A trigger or a rule that is switched on or off."""
    if properties != {"enabled"}:
        raise DraftError(f"no ALTER sets the definition of {key[0]} {key[1]}")
    enabled = switch(target.objects[key]["enabled"])
    if key[0] == "event trigger":
        yield f"ALTER EVENT TRIGGER {name(key, target)} {enabled}"
        return
    yield f"ALTER TABLE {holder(key, target)} {enabled} {key[0].upper()} {name(key, target)}"


def domain(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    row = target.objects[key]
    head = f"ALTER DOMAIN {name(key, target)}"
    if not properties <= {"default", "not_null"}:
        raise DraftError(f"no ALTER sets {', '.join(sorted(properties))} of domain {key[1]}")
    if "default" in properties:
        yield f"{head} DROP DEFAULT" if row["default"] is None else f"{head} SET DEFAULT {row['default']}"
    if "not_null" in properties:
        yield f"{head} {'SET' if row['not_null'] else 'DROP'} NOT NULL"


def attribute(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    yield (
        f"ALTER TYPE {holder(key, target)} ALTER ATTRIBUTE {name(key, target)} TYPE {target.objects[key]['type']}"
    )


def extension(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    if "schema" in properties:
        yield f"ALTER EXTENSION {name(key, target)} SET SCHEMA {target.fact(key, 'schema_sql')}"
    if "version" in properties:
        yield f"ALTER EXTENSION {name(key, target)} UPDATE TO {literal(str(target.objects[key]['version']))}"


def statistics(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    if properties != {"target"}:
        raise DraftError(f"no ALTER sets the definition of statistics {key[1]}")
    row = target.objects[key]
    yield f"ALTER STATISTICS {name(key, target)} SET STATISTICS {-1 if row['target'] is None else row['target']}"


def publication(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    if not properties <= {"publishes", "via_partition_root"}:
        raise DraftError(f"no ALTER sets {', '.join(sorted(properties))} of publication {key[1]}")
    row = target.objects[key]
    root = "true" if row["via_partition_root"] else "false"
    yield (
        f"ALTER PUBLICATION {name(key, target)} "
        f"SET (publish = {literal(str(row['publishes']))}, publish_via_partition_root = {root})"
    )


def server(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    if properties != {"options"}:
        raise DraftError(f"no ALTER sets {', '.join(sorted(properties))} of server {key[1]}")
    yield from changed_foreign_options(
        f"ALTER SERVER {name(key, target)}", current.fact(key, "options"), target.fact(key, "options")
    )


def database_setting(key: Key, properties: set[str], current: Catalog, target: Catalog) -> Iterator[str]:
    value = str(target.objects[key]["value"])
    yield set_for_database(key, target, f"SET {target.fact(key, 'parameter')} TO", value)


Changer = Callable[[Key, set[str], Catalog, Catalog], Iterator[str]]
CHANGERS: Mapping[str, Changer] = {
    "column": column,
    "table": table,
    "foreign table": table,
    "constraint": constraint,
    "index": index,
    "sequence": sequence,
    "view": view,
    "materialized view": view,
    "trigger": trigger,
    "rule": trigger,
    "event trigger": trigger,
    "domain": domain,
    "attribute": attribute,
    "extension": extension,
    "statistics": statistics,
    "publication": publication,
    "server": server,
    "database setting": database_setting,
}
