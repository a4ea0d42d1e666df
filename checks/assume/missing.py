"""From an error of PostgreSQL to what the schema before the file must have: one function per SQLSTATE.

PostgreSQL says what is missing better than any reading of the text would (PostgreSQL docs, appendix A).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from checks.assume import types
from checks.assume.schema import KEY, Schema, Table
from checks.model import SqlError
from checks.sql.parse import find as find_messages
from checks.sql.parse import name_parts, parse, relation_name

_IN_EXTENSION = {
    "gin_trgm_ops": "pg_trgm", "gist_trgm_ops": "pg_trgm", "similarity": "pg_trgm", "citext": "citext", "hstore": "hstore",
    "ltree": "ltree", "uuid_generate_v4": "uuid-ossp", "uuid_generate_v1": "uuid-ossp", "unaccent": "unaccent",
    "gen_salt": "pgcrypto", "crypt": "pgcrypto", "digest": "pgcrypto", "gen_random_bytes": "pgcrypto",
    "levenshtein": "fuzzystrmatch", "vector": "vector", "geometry": "postgis", "geography": "postgis",
}  # fmt: skip
_INDEX_KINDS = frozenset({"DROP INDEX", "ALTER INDEX", "REINDEX"})
_INDEX_NAME = re.compile(
    r"index_(?P<rails>\w+?)_on_\w+|(?:idx|ix)_(?P<before>[a-z0-9]+)_\w+|(?P<behind>[a-z0-9]+)_\w+_(?:idx|index|key)"
)
"""How Rails, people, and PostgreSQL itself name an index after its table."""
SOME_TABLE = "public.some_table"
"""Carries what a statement names without saying of which table it is."""


@dataclass(frozen=True)
class Miss:
    """A statement that PostgreSQL refused."""

    sql: str
    kind: str
    """Its command tag."""
    error: SqlError
    position: int | None = None
    """Where in ``sql`` PostgreSQL points at, in characters from 1."""

    @cached_property
    def node(self) -> Any:
        return parse(self.sql)

    @cached_property
    def relations(self) -> list[tuple[str, str]]:
        """Alias (or name) and ``schema.name`` of each relation that the statement names, in its order."""
        return [
            (one.alias.aliasname if one.HasField("alias") else one.relname, relation_name(one))
            for one in find(self.node, "RangeVar")
        ]

    def named(self, bare: str) -> str:
        """``schema.name`` of a relation that a message names as the statement does, or without its schema."""
        if "." in bare:
            return bare.replace('"', "")
        full = (name for alias, name in self.relations if bare in (alias, name.partition(".")[2]))
        return next(full, f"public.{bare}")

    def says(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, self.error.message)


def supply(schema: Schema, miss: Miss) -> bool:
    """Put into the schema what the statement missed. False when it is not something that was there before."""
    handle = _HANDLERS.get(miss.error.sqlstate)
    return handle is not None and handle(schema, miss)


def _schema(schema: Schema, miss: Miss) -> bool:
    if (found := miss.says(r'schema "(.+)" does not exist')) is None or found[1] in schema.schemas:
        return False
    schema.schemas.append(found[1])
    return True


def _relation(schema: Schema, miss: Miss) -> bool:
    found = miss.says(r'(relation|table|view|materialized view|sequence) "(.+)" does not exist')
    if found is None:
        return False
    kind, name = found[1], miss.named(found[2])
    if kind == "sequence" or miss.kind == "ALTER SEQUENCE":
        schema.sequences.append(name)
    elif kind.endswith("view") or miss.kind in (
        "ALTER VIEW",
        "REFRESH MATERIALIZED VIEW",
        "ALTER MATERIALIZED VIEW",
    ):
        schema.views[name] = (
            "MATERIALIZED VIEW" if "MATERIALIZED" in (kind.upper(), *miss.kind.split()) else "VIEW"
        )
    elif miss.kind in _INDEX_KINDS and "TABLE" not in miss.sql.upper().split():
        return _index(schema, name.partition(".")[2])
    else:
        return _table(schema, name, miss)
    return True


def _table(schema: Schema, name: str, miss: Miss) -> bool:
    """A table with what the statement shows of it at once; the rest is missed one after the other."""
    new = name not in schema.tables
    table = schema.table(name)
    if miss.kind == "CREATE TABLE" and miss.node is not None and miss.node.HasField("partbound"):
        table.partitioned_by, column = _partition_key(miss.node.partbound)
        table.columns[column] = types.by_name(column)
    return new


def _partition_key(bound: Any) -> tuple[str, str]:
    strategy = {"r": "RANGE", "l": "LIST", "h": "HASH"}.get(bound.strategy, "RANGE")
    is_time = strategy == "RANGE" and any(
        not one.sval.sval.isdigit() for one in find(bound, "A_Const") if one.HasField("sval")
    )
    column = "created_at" if is_time else KEY
    return f"{strategy} ({column})", column


def _column(schema: Schema, miss: Miss) -> bool:
    if found := miss.says(r'column "(.+)" of relation "(.+)" does not exist'):
        return _add(schema, miss.named(found[2]), found[1])
    if found := miss.says(r'column "(.+)" referenced in foreign key'):
        return _add(schema, _side(schema, miss, found[1]), found[1])
    if found := miss.says(r'column "(.+)" (?:named in key )?does not exist'):
        return _add(schema, _owner(schema, miss, found[1]), found[1])
    if found := miss.says(r"column (?:.+\.)?(.+?)\.(.+) does not exist"):
        return _add(schema, miss.named(found[1].strip('"')), found[2].strip('"'))
    return False


def _add(schema: Schema, relation: str, column: str) -> bool:
    table = schema.tables.get(relation)
    if table is None or column in table.columns:
        return False
    table.columns[column] = schema.given.get((relation, column), types.by_name(column))
    return True


def _side(schema: Schema, miss: Miss, column: str) -> str:
    """The table of a foreign key's two that has not got the column: its own first."""
    for constraint in find(miss.node, "Constraint"):
        own = name_parts(constraint.fk_attrs)
        if column in own or not constraint.HasField("pktable"):
            continue
        return relation_name(constraint.pktable)
    return _owner(schema, miss, column)


def _owner(schema: Schema, miss: Miss, column: str) -> str:
    """The first assumed table of the statement without such a column; the target of INSERT is not in its scope."""
    there = miss.relations[1:] if miss.kind == "INSERT" else miss.relations
    names = (name for _, name in there if name in schema.tables)
    return next((name for name in names if column not in schema.tables[name].columns), "")


def _object(schema: Schema, miss: Miss) -> bool:
    if found := miss.says(r'type "(.+)" does not exist'):
        return _type(schema, miss, found[1])
    if found := miss.says(r'index "(.+)" (?:for table "(.+)" )?does not exist'):
        own = miss.relations[0][1] if miss.relations and miss.kind not in _INDEX_KINDS else ""
        return _index(schema, found[1].rpartition(".")[2], own)
    if found := miss.says(r'constraint "(.+)" (?:of relation|for table) "(.+)" does not exist'):
        return _constraint(schema, found[1], miss.named(found[2]))
    if found := miss.says(r'trigger "(.+)" for table "(.+)" does not exist'):
        table = schema.tables.get(miss.named(found[2]))
        return table is not None and _once(table.triggers, found[1])
    if found := miss.says(r'operator class "(.+)" does not exist'):
        return _extension(schema, found[1])
    if found := miss.says(r'extension "(.+)" does not exist'):
        return _once(schema.extensions, found[1])
    return bool(miss.says("has no default operator class")) and _other_type(schema, miss)


def _type(schema: Schema, miss: Miss, name: str) -> bool:
    name = name.rpartition(".")[2].removesuffix("[]")
    if _extension(schema, name):
        return True
    if "DOMAIN" in miss.kind:
        return _once(schema.domains, name)
    if name in schema.enums:
        return False
    schema.enums[name] = ["some_value"]
    return True


def _extension(schema: Schema, name: str) -> bool:
    return name in _IN_EXTENSION and _once(schema.extensions, _IN_EXTENSION[name])


def _index(schema: Schema, name: str, own: str = "") -> bool:
    """An index on the table that the statement or, as most do, its own name tells."""
    table = schema.table(own or _table_in(name, schema))
    if name in table.indexes:
        return False
    table.indexes[name] = "UNIQUE " if own else ""
    return True


def _table_in(index: str, schema: Schema) -> str:
    """``idx_users_email`` and ``users_email_idx`` are on ``users``: the longest name of a table of the files in it."""
    bare = {name: name.partition(".")[2] for name in (*schema.tables, *schema.named)}
    named = [name for name in bare if re.search(rf"(?:^|_){re.escape(bare[name])}(?:_|$)", index)]
    if named:
        return max(named, key=lambda name: len(bare[name]))
    found = _INDEX_NAME.fullmatch(index)
    return f"public.{found['rails'] or found['before'] or found['behind']}" if found else SOME_TABLE


def _constraint(schema: Schema, name: str, relation: str) -> bool:
    table = schema.tables.get(relation)
    if table is None or name in table.constraints:
        return False
    table.constraints[name] = _definition(name, table)
    return True


def _definition(name: str, table: Table) -> str:
    """What a constraint of that name usually is (PostgreSQL's own names: ``_key``, ``_fkey``), checked or not."""
    last = [*table.columns][-1]
    if re.search(r"_key$|uniq|_uq", name):
        return f'UNIQUE ("{last}")'
    if re.search(r"_fkey$|^fk_|_fk$", name):
        return f'FOREIGN KEY ("{last}") REFERENCES "{table.name.partition(".")[2]}" ({KEY}) NOT VALID'
    return f'CHECK ("{last}" IS NOT NULL) NOT VALID'


def _unique(schema: Schema, miss: Miss) -> bool:
    """Key columns of a foreign key, or of ON CONFLICT, that are not known to be unique."""
    for constraint in find(miss.node, "Constraint"):
        if constraint.HasField("pktable"):
            columns = tuple(name_parts(constraint.pk_attrs)) or (KEY,)
            return _make_unique(schema, relation_name(constraint.pktable), columns)
    for inference in find(miss.node, "InferClause"):
        columns = tuple(one.index_elem.name for one in inference.index_elems)
        return _make_unique(schema, miss.relations[0][1], columns)
    return False


def _make_unique(schema: Schema, relation: str, columns: tuple[str, ...]) -> bool:
    table = schema.tables.get(relation)
    if table is None or columns in table.unique or not set(columns) <= table.columns.keys():
        return False
    table.unique.append(columns)
    return True


def _function(schema: Schema, miss: Miss) -> bool:
    """A function of the file's project, when it can be told what it gives; else it is about types."""
    found = miss.says(r"function (\S+\(.*\)) does not exist")
    if found is None:
        return False
    name = found[1].partition("(")[0].rpartition(".")[2]
    if _extension(schema, name):
        return True
    returns = "trigger" if miss.kind == "CREATE TRIGGER" else "text"
    if found[1] in schema.functions or miss.kind not in ("CREATE TRIGGER", "DROP FUNCTION", "ALTER FUNCTION"):
        return False
    schema.functions[found[1]] = returns
    return True


def _own_key(schema: Schema, miss: Miss) -> bool:
    """The file makes the key, or the column, that was assumed."""
    if found := miss.says(r'multiple primary keys for table "(.+)"'):
        table = schema.tables.get(miss.named(found[1]))
        if table is not None and table.has_key:
            table.has_key = False
            return True
    if found := miss.says(r'column "id" of relation "(.+)" already exists'):
        table = schema.tables.get(miss.named(found[1]))
        if table is not None and KEY in table.columns:
            del table.columns[KEY]
            return True
    return False


def _label(schema: Schema, miss: Miss) -> bool:
    found = miss.says(r'"(.+)" is not an existing enum label')
    if found is None or miss.node is None:
        return False
    labels = schema.enums.get(name_parts(miss.node.type_name)[-1], [found[1]])
    return _once(labels, found[1])


def _partition(schema: Schema, miss: Miss) -> bool:
    """ATTACH and DETACH want a parent that is partitioned, and a child of its form."""
    for command in find(miss.node, "PartitionCmd"):
        parent, child = schema.tables.get(relation_name(miss.node.relation)), relation_name(command.name)
        if parent is None or parent.partitioned_by:
            return False
        parent.partitioned_by, column = _partition_key(command.bound)
        parent.columns[column] = types.by_name(column)
        part = schema.table(child)
        parent.has_key = part.has_key = False
        part.columns = parent.columns
        part.partition_of = parent.name if miss.kind == "ALTER TABLE" and "DETACH" in miss.sql.upper() else ""
        return True
    return False


def _other_type(schema: Schema, miss: Miss) -> bool:
    """Another type for an assumed column of the statement that the message speaks of."""
    if miss.error.sqlstate == "42883" and _function(schema, miss):
        return True
    message = f"{miss.error.message} {miss.error.detail or ''}"
    for relation, column in _columns(schema, miss, message):
        columns = schema.tables[relation].columns
        seen = schema.tried.setdefault((relation, column), {columns[column]})
        for candidate in types.candidates(message):
            if candidate not in seen:
                seen.add(candidate)
                columns[column] = candidate
                return True
    return False


def _columns(schema: Schema, miss: Miss, message: str) -> Iterator[tuple[str, str]]:
    """Assumed columns that the statement names: first those that the message quotes, then those whose type it names."""
    words = set(re.findall(r"\w+", miss.sql))
    there = [
        (name, column)
        for name in dict.fromkeys(name for _, name in miss.relations if name in schema.tables)
        for column in schema.tables[name].columns
        if column in words
    ]
    spoken = types.named_in(message)

    def rank(place: tuple[str, str]) -> tuple[bool, bool, int]:
        type_name = schema.tables[place[0]].columns[place[1]]
        return f'"{place[1]}"' not in message, type_name not in spoken, _distance(miss, place[1])

    yield from sorted(there, key=rank)


def _distance(miss: Miss, column: str) -> int:
    """Characters from where PostgreSQL points to the nearest mention of the column."""
    point = (miss.position or 1) - 1
    places = [found.start() for found in re.finditer(rf"\b{re.escape(column)}\b", miss.sql)]
    return min((abs(place - point) for place in places), default=len(miss.sql))


def find(node: Any, kind: str) -> Iterator[Any]:
    """Nodes of one type below a statement's; nothing for text that does not parse."""
    return iter(()) if node is None else find_messages(node, kind)


def _once(names: list[str], name: str) -> bool:
    if name in names:
        return False
    names.append(name)
    return True


_HANDLERS: dict[str, Callable[[Schema, Miss], bool]] = {
    "3F000": _schema,  # invalid_schema_name
    "42P01": _relation,  # undefined_table
    "42703": _column,  # undefined_column
    "42704": _object,  # undefined_object
    "42830": _unique,  # invalid_foreign_key
    "42P10": _unique,  # invalid_column_reference
    "42P16": _own_key,  # invalid_table_definition
    "42701": _own_key,  # duplicate_column
    "42809": _partition,  # wrong_object_type
    "22023": _label,  # invalid_parameter_value
    "42883": _other_type,  # undefined_function
    "42804": _other_type,  # datatype_mismatch
    "42846": _other_type,  # cannot_coerce
    "22P02": _other_type,  # invalid_text_representation
    "22007": _other_type,  # invalid_datetime_format
}
