"""Make tables and what belongs to them anew from what the catalogs said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checks.catalog import Catalog, Key
from checks.rollback.stand_ins import stand_in
from checks.rollback.words import command, foreign_options, holder, name, options_clause

INLINE = ("primary key", "unique", "check", "exclusion", "not null")


def table(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    columns = [
        column_definition(("column", f"{key[1]}.{column.name}"), catalog)
        for column in catalog.columns(key[1])
        if row["partition_of"] or not catalog.fact(("column", f"{key[1]}.{column.name}"), "inherited")
    ]
    body = ",\n    ".join((*columns, *inline_constraints(key, catalog)))
    words = [
        "CREATE" + (" UNLOGGED" if row["persistence"] == "unlogged" else ""),
        "FOREIGN TABLE" if key[0] == "foreign table" else "TABLE",
        name(key, catalog),
        f"(\n    {body}\n)" if body else "()",
    ]
    if row["inherits"]:
        words.append(f"INHERITS ({catalog.fact(key, 'parents')})")
    if row["partition_key"]:
        words.append(f"PARTITION BY {row['partition_key']}")
    if key[0] == "foreign table":
        words.append(f"SERVER {catalog.fact(('server', str(row['server'])), 'sql')}")
        words.append(foreign_options(catalog.fact(key, "foreign_options")))
    elif row["access_method"] not in (None, "heap"):
        words.append(f"USING {row['access_method']}")
    stored = [str(row["options"])] if row["options"] else []
    stored += [f"toast.{option}" for option in str(row["toast_options"] or "").split(", ") if option]
    if stored:
        words.append(f"WITH ({', '.join(stored)})")
    if row["tablespace"]:
        words.append(f"TABLESPACE {row['tablespace']}")
    yield " ".join(word for word in words if word)
    if row["row_security"]:
        yield f"ALTER TABLE {name(key, catalog)} ENABLE ROW LEVEL SECURITY"
    if row["force_row_security"]:
        yield f"ALTER TABLE {name(key, catalog)} FORCE ROW LEVEL SECURITY"
    if row["replica_identity"] in ("nothing", "full"):
        yield f"ALTER TABLE {name(key, catalog)} REPLICA IDENTITY {str(row['replica_identity']).upper()}"
    if row["partition_of"]:
        yield f"ALTER TABLE {catalog.fact(key, 'parents')} ATTACH PARTITION {name(key, catalog)} {row['bound']}"


def inline_constraints(table_key: Key, catalog: Catalog) -> Iterator[str]:
    for constraint in catalog.constraints(table_key[1]):
        key = ("constraint", f"{table_key[1]}.{constraint.name}")
        if is_inline(key, catalog) and constraint.kind != "not null":
            yield f"CONSTRAINT {name(key, catalog)} {constraint.definition}"


def is_inline(key: Key, catalog: Catalog) -> bool:
    """Whether CREATE TABLE of its table makes the constraint."""
    row = catalog.objects[key]
    if catalog.fact(key, "domain"):
        return False
    return (
        row["kind"] in INLINE
        and row["valid"] is True
        and row["enforced"] is True
        and (not catalog.fact(key, "inherited") or row["kind"] in ("check", "not null"))
    )


def column(key: Key, catalog: Catalog) -> Iterator[str]:
    """A column that comes back to a table with rows needs a value in each of them."""
    row = catalog.objects[key]
    value = None
    if row["not_null"] and row["default"] is None and not row["identity"]:
        value = stand_in(str(row["type"]), catalog)
    if value is None:
        yield f"ALTER TABLE {holder(key, catalog)} ADD COLUMN {column_definition(key, catalog)}"
    else:
        filled = column_definition(key, catalog)
        yield f"ALTER TABLE {holder(key, catalog)} ADD COLUMN {filled} DEFAULT {value}"
        yield f"ALTER TABLE {holder(key, catalog)} ALTER COLUMN {name(key, catalog)} DROP DEFAULT"
    yield from column_details(key, catalog)


def column_definition(key: Key, catalog: Catalog) -> str:
    """``email text NOT NULL DEFAULT ''``"""
    row = catalog.objects[key]
    words = [name(key, catalog), str(row["type"])]
    if row["foreign_options"]:
        words.append(foreign_options(catalog.fact(key, "foreign_options")))
    if row["collation"]:
        words.append(f"COLLATE {row['collation']}")
    if row["generated"]:
        words.append(f"GENERATED ALWAYS AS ({row['default']}) {str(row['generated']).upper()}")
    elif row["identity"]:
        words.append(
            f"GENERATED {str(row['identity']).upper()} AS IDENTITY {identity_options(key, catalog)}".rstrip()
        )
    elif row["default"] is not None:
        words.append(f"DEFAULT {row['default']}")
    if row["not_null"]:
        words.append(not_null(key, catalog))
    return " ".join(words)


def column_details(key: Key, catalog: Catalog) -> Iterator[str]:
    """What CREATE TABLE has no words for."""
    row = catalog.objects[key]
    alter = f"ALTER TABLE {holder(key, catalog)} ALTER COLUMN {name(key, catalog)}"
    if row["statistics"] is not None:
        yield f"{alter} SET STATISTICS {row['statistics']}"
    if row["options"]:
        yield f"{alter} SET ({row['options']})"
    if row.get("compression"):
        yield f"{alter} SET COMPRESSION {row['compression']}"


def not_null(key: Key, catalog: Catalog) -> str:
    facts = catalog.facts[key]
    relation = f"{facts['schema']}.{facts['table']}"
    for constraint in catalog.constraints(relation):
        if constraint.kind == "not null" and constraint.columns == (facts["name"],):
            usual = f"{facts['table']}_{facts['name']}_not_null"
            if constraint.name != usual:
                return f"CONSTRAINT {name(('constraint', f'{relation}.{constraint.name}'), catalog)} NOT NULL"
    return "NOT NULL"


def identity_options(key: Key, catalog: Catalog) -> str:
    facts = catalog.facts[key]
    for other, known in catalog.facts.items():
        if other[0] == "sequence" and known["identity"] and key in known["belongs_to"]:
            usual = f"{facts['table']}_{facts['name']}_seq"
            row = catalog.objects[other]
            ordinary = (
                row["start"] == 1 and row["increment"] == 1 and row["minimum"] == 1 and row["cache"] == 1
            )
            if (
                known["name"] == usual
                and known["schema"] == facts["schema"]
                and ordinary
                and not row["cycle"]
            ):
                return ""
            options = sequence_options(row).split(" ", 2)[2]
            return f"(SEQUENCE NAME {known['sql']} {options})"
    return ""


def constraint(key: Key, catalog: Catalog) -> Iterator[str]:
    kind = "DOMAIN" if catalog.fact(key, "domain") else "TABLE"
    definition = catalog.fact(key, "definition")
    yield f"ALTER {kind} {holder(key, catalog)} ADD CONSTRAINT {name(key, catalog)} {definition}"


def index(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    if catalog.fact(key, "constraint") is None:
        yield str(row["definition"])
    if row["clustered"]:
        yield f"ALTER TABLE {holder(key, catalog)} CLUSTER ON {catalog.fact(key, 'quoted')}"
    if row["replica_identity"]:
        yield f"ALTER TABLE {holder(key, catalog)} REPLICA IDENTITY USING INDEX {catalog.fact(key, 'quoted')}"
    if row["statistics"]:
        for setting in str(row["statistics"]).split(", "):
            number, target = setting.split(": ")
            yield f"ALTER INDEX {name(key, catalog)} ALTER COLUMN {number} SET STATISTICS {target}"


def sequence(key: Key, catalog: Catalog) -> Iterator[str]:
    if catalog.fact(key, "identity"):
        return
    unlogged = "UNLOGGED " if catalog.objects[key]["persistence"] == "unlogged" else ""
    yield f"CREATE {unlogged}SEQUENCE {name(key, catalog)} {sequence_options(catalog.objects[key])}"


def sequence_options(row: Mapping[str, Any]) -> str:
    cycle = "CYCLE" if row["cycle"] else "NO CYCLE"
    return (
        f"AS {row['type']} INCREMENT BY {row['increment']} MINVALUE {row['minimum']} MAXVALUE {row['maximum']} "
        f"START WITH {row['start']} CACHE {row['cache']} {cycle}"
    )


def view(key: Key, catalog: Catalog) -> Iterator[str]:
    row = catalog.objects[key]
    materialized = key[0] == "materialized view"
    words = [f"CREATE {command(key)} {name(key, catalog)}"]
    words += options_clause(row["options"])
    if row["tablespace"]:
        words.append(f"TABLESPACE {row['tablespace']}")
    words.append(f"AS\n{str(row['definition']).rstrip(';')}")
    if materialized and not row["populated"]:
        words.append("WITH NO DATA")
    yield " ".join(words)
