"""Make an object anew from what the catalogs said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from checks.catalog import Catalog, Key
from checks.rollback.access import comment, grants_of_new, owner_of_new
from checks.rollback.tables import column, constraint, index, sequence, table, view
from checks.rollback.words import DraftError, foreign_options, holder, literal, name


def create(key: Key, catalog: Catalog) -> Iterator[str]:
    """The statements that make the object as it is in the catalog, with its owner, grants and comment.

    Raises DraftError for a kind of object that its catalog row is not enough for.
    """
    maker = MAKERS.get(key[0])
    if maker is None:
        raise DraftError(f"a {key[0]} is not drafted ({key[1]})")
    yield from maker(key, catalog)
    yield from owner_of_new(key, catalog)
    yield from grants_of_new(key, catalog)
    yield from comment(key, catalog)


def schema(key: Key, catalog: Catalog) -> Iterator[str]:
    yield f"CREATE SCHEMA {name(key, catalog)}"


def extension(key: Key, catalog: Catalog) -> Iterator[str]:
    yield f"CREATE EXTENSION {name(key, catalog)} SCHEMA {catalog.fact(key, 'schema_sql')}"


def enum(key: Key, catalog: Catalog) -> Iterator[str]:
    yield f"CREATE TYPE {name(key, catalog)} AS ENUM ({catalog.objects[key]['labels'] or ''})"


def domain(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    words = [f"CREATE DOMAIN {name(key, catalog)} AS {row['type']}"]
    if row["collation"]:
        words.append(f"COLLATE {row['collation']}")
    if row["default"] is not None:
        words.append(f"DEFAULT {row['default']}")
    yield " ".join(words)
    if row["not_null"]:
        yield f"ALTER DOMAIN {name(key, catalog)} SET NOT NULL"


def composite(key: Key, catalog: Catalog) -> Iterator[str]:
    attributes = [
        f"{catalog.fact(('attribute', f'{key[1]}.{column.name}'), 'sql')} {column.type}"
        for column in catalog.attributes(key[1])
    ]
    yield f"CREATE TYPE {name(key, catalog)} AS ({', '.join(attributes)})"


def range_type(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    if row["canonical"]:
        raise DraftError(f"a range type with a canonical function is not drafted ({key[1]})")
    parts = [f"SUBTYPE = {row['subtype']}", f"SUBTYPE_OPCLASS = {row['subtype_opclass']}"]
    if row["subtype_collation"]:
        parts.append(f"COLLATION = {row['subtype_collation']}")
    if row["subtype_diff"]:
        parts.append(f"SUBTYPE_DIFF = {row['subtype_diff']}")
    if row["multirange"]:
        parts.append(f"MULTIRANGE_TYPE_NAME = {row['multirange']}")
    yield f"CREATE TYPE {name(key, catalog)} AS RANGE ({', '.join(parts)})"


def attribute(key: Key, catalog: Catalog) -> Iterator[str]:
    yield f"ALTER TYPE {holder(key, catalog)} ADD ATTRIBUTE {name(key, catalog)} {catalog.objects[key]['type']}"


def routine(key: Key, catalog: Catalog) -> Iterator[str]:
    yield str(catalog.fact(key, "definition")).rstrip()


def aggregate(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    if row["kind"] != "normal" or row["serialfunc"]:
        raise DraftError(f"an aggregate of this kind is not drafted ({key[1]})")
    words = (
        "sfunc",
        "stype",
        "finalfunc",
        "combinefunc",
        "msfunc",
        "minvfunc",
        "mstype",
        "mfinalfunc",
        "parallel",
    )
    parts = [f"{word.upper()} = {row[word]}" for word in words if row[word] is not None]
    parts += [
        f"{w.upper()} = {literal(str(row[w]))}" for w in ("initcond", "minitcond") if row[w] is not None
    ]
    yield f"CREATE AGGREGATE {name(key, catalog)} ({', '.join(parts)})"


def trigger(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    yield str(row["definition"])
    if row["enabled"] != "yes":
        yield f"ALTER TABLE {holder(key, catalog)} {switch(row['enabled'])} TRIGGER {name(key, catalog)}"


def rule(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    yield str(row["definition"]).rstrip(";")
    if row["enabled"] != "yes":
        yield f"ALTER TABLE {holder(key, catalog)} {switch(row['enabled'])} RULE {name(key, catalog)}"


def switch(enabled: Any) -> str:
    return {"yes": "ENABLE", "no": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}[enabled]


def policy(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    words = [f"CREATE POLICY {name(key, catalog)} ON {holder(key, catalog)}"]
    if not row["permissive"]:
        words.append("AS RESTRICTIVE")
    words.append(f"FOR {str(row['command']).upper()} TO {catalog.fact(key, 'roles')}")
    if row["using"] is not None:
        words.append(f"USING ({row['using']})")
    if row["with_check"] is not None:
        words.append(f"WITH CHECK ({row['with_check']})")
    yield " ".join(words)


def statistics(key: Key, catalog: Catalog) -> Iterator[str]:
    yield str(catalog.objects[key]["definition"])
    if catalog.objects[key]["target"] is not None:
        yield f"ALTER STATISTICS {name(key, catalog)} SET STATISTICS {catalog.objects[key]['target']}"


def event_trigger(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    tags = (
        f" WHEN TAG IN ({', '.join(literal(tag) for tag in str(row['tags']).split(', '))})"
        if row["tags"]
        else ""
    )
    function = str(row["function"]).removesuffix("()")
    yield f"CREATE EVENT TRIGGER {name(key, catalog)} ON {row['event']}{tags} EXECUTE FUNCTION {function}()"


def collation(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    words = {"provider": row["provider"], "deterministic": str(row["deterministic"]).lower()}
    words |= {
        word: literal(str(row[word])) for word in ("lc_collate", "lc_ctype", "locale", "rules") if row[word]
    }
    yield f"CREATE COLLATION {name(key, catalog)} ({', '.join(f'{word} = {value}' for word, value in words.items())})"


def cast(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    way = {
        "function": f"WITH FUNCTION {row['function']}",
        "inout": "WITH INOUT",
        "binary": "WITHOUT FUNCTION",
    }
    context = {"implicit": " AS IMPLICIT", "assignment": " AS ASSIGNMENT", "explicit": ""}
    yield f"CREATE CAST {name(key, catalog)} {way[str(row['method'])]}{context[str(row['context'])]}"


def operator(key: Key, catalog: Catalog) -> Iterator[str]:
    row, facts = catalog.objects[key], catalog.facts[key]
    parts = [f"FUNCTION = {facts['procedure']}"]
    parts += [f"LEFTARG = {facts['left']}"] if facts["left"] else []
    parts += [f"RIGHTARG = {facts['right']}"]
    parts += [f"{word.upper()} = {row[word]}" for word in ("restrict", "join") if row[word]]
    parts += [
        f"{word.upper()} = OPERATOR({facts[word]})" for word in ("commutator", "negator") if facts[word]
    ]
    parts += [word.upper() for word in ("hashes", "merges") if row[word]]
    yield f"CREATE OPERATOR {facts['name']} ({', '.join(parts)})"


def publication(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    words = [f"CREATE PUBLICATION {name(key, catalog)}"]
    if row["all_tables"]:
        words.append("FOR ALL TABLES")
    root = "true" if row["via_partition_root"] else "false"
    words.append(f"WITH (publish = {literal(str(row['publishes']))}, publish_via_partition_root = {root})")
    yield " ".join(words)


def publication_table(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    columns = f" ({row['columns']})" if row["columns"] else ""
    where = f" WHERE ({row['filter']})" if row["filter"] else ""
    publication_name = catalog.fact(key, "publication")
    yield f"ALTER PUBLICATION {publication_name} ADD TABLE ONLY {name(key, catalog)}{columns}{where}"


def publication_schema(key: Key, catalog: Catalog) -> Iterator[str]:
    yield f"ALTER PUBLICATION {catalog.fact(key, 'publication')} ADD TABLES IN SCHEMA {name(key, catalog)}"


def server(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    wrapper = catalog.fact(("foreign-data wrapper", str(row["wrapper"])), "sql") or row["wrapper"]
    options = foreign_options(catalog.fact(key, "options"))
    yield f"CREATE SERVER {name(key, catalog)} FOREIGN DATA WRAPPER {wrapper} {options}".rstrip()


def database_setting(key: Key, catalog: Catalog) -> Iterator[str]:
    yield set_for_database(
        key, catalog, f"SET {catalog.fact(key, 'parameter')} TO", str(catalog.objects[key]["value"])
    )


def set_for_database(key: Key, catalog: Catalog, action: str, value: str | None = None) -> str:
    """ALTER DATABASE wants a name, which is another one in every environment."""
    role = catalog.fact(key, "role")
    target = f"ALTER ROLE {role} IN DATABASE %I" if role else "ALTER DATABASE %I"
    command = f"{target} {action}" + (" %s" if value is not None else "")
    # A list (search_path) is stored as it is written; quoting it would make it one name.
    arguments = f", {literal(value)}" if value is not None else ""
    return f"DO $$ BEGIN EXECUTE format({literal(command)}, current_database(){arguments}); END $$"


MAKERS: Mapping[str, Callable[[Key, Catalog], Iterator[str]]] = {
    "schema": schema,
    "extension": extension,
    "enum": enum,
    "domain": domain,
    "composite type": composite,
    "range": range_type,
    "attribute": attribute,
    "sequence": sequence,
    "table": table,
    "foreign table": table,
    "column": column,
    "constraint": constraint,
    "index": index,
    "view": view,
    "materialized view": view,
    "function": routine,
    "procedure": routine,
    "aggregate": aggregate,
    "trigger": trigger,
    "rule": rule,
    "policy": policy,
    "statistics": statistics,
    "event trigger": event_trigger,
    "collation": collation,
    "cast": cast,
    "operator": operator,
    "publication": publication,
    "publication table": publication_table,
    "publication schema": publication_schema,
    "server": server,
    "database setting": database_setting,
}
