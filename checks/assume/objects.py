"""Types, indexes, constraints, triggers, functions and extensions that are missing."""

from __future__ import annotations

import re

from checks.assume.miss import INDEX_KINDS, Miss, find, once
from checks.assume.schema import KEY, Schema, Table
from checks.sql.parse import name_parts, relation_name

_IN_EXTENSION = {
    "gin_trgm_ops": "pg_trgm", "gist_trgm_ops": "pg_trgm", "similarity": "pg_trgm", "citext": "citext", "hstore": "hstore",
    "ltree": "ltree", "uuid_generate_v4": "uuid-ossp", "uuid_generate_v1": "uuid-ossp", "unaccent": "unaccent",
    "gen_salt": "pgcrypto", "crypt": "pgcrypto", "digest": "pgcrypto", "gen_random_bytes": "pgcrypto",
    "levenshtein": "fuzzystrmatch", "vector": "vector", "geometry": "postgis", "geography": "postgis",
}  # fmt: skip
_INDEX_NAME = re.compile(
    r"index_(?P<rails>\w+?)_on_\w+|(?:idx|ix)_(?P<before>[a-z0-9]+)_\w+|(?P<behind>[a-z0-9]+)_\w+_(?:idx|index|key)"
)
"""How Rails, people, and PostgreSQL itself name an index after its table."""
SOME_TABLE = "public.some_table"
"""Carries what a statement names without saying of which table it is."""


def named_object(schema: Schema, miss: Miss) -> bool:
    if found := miss.says(r'type "?(.+?)"? does not exist'):
        return _type(schema, miss, found[1])
    if found := miss.says(r'index "(.+)" (?:for table "(.+)" )?does not exist'):
        own = miss.relations[0][1] if miss.relations and miss.kind not in INDEX_KINDS else ""
        return index(schema, found[1].rpartition(".")[2], own)
    if found := miss.says(r'constraint "(.+)" (?:of relation|for table) "(.+)" does not exist'):
        return _constraint(schema, found[1], miss.named(found[2]))
    if found := miss.says(r'trigger "(.+)" for table "(.+)" does not exist'):
        table = schema.tables.get(miss.named(found[2]))
        return table is not None and once(table.triggers, found[1])
    if found := miss.says(r'operator class "(.+)" does not exist'):
        return extension(schema, found[1])
    if found := miss.says(r'extension "(.+)" does not exist'):
        return once(schema.extensions, found[1])
    return False


def _type(schema: Schema, miss: Miss, name: str) -> bool:
    name = name.rpartition(".")[2].removesuffix("[]")
    if extension(schema, name):
        return True
    if "DOMAIN" in miss.kind:
        return once(schema.domains, name)
    if name in schema.enums:
        return False
    schema.enums[name] = ["some_value"]
    return True


def extension(schema: Schema, name: str) -> bool:
    return name in _IN_EXTENSION and once(schema.extensions, _IN_EXTENSION[name])


def index(schema: Schema, name: str, own: str = "") -> bool:
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
    last = [*table.columns][-1].replace('"', '""')
    if re.search(r"_key$|uniq|_uq", name):
        return f'UNIQUE ("{last}")'
    if re.search(r"_fkey$|^fk_|_fk$", name):
        return f'FOREIGN KEY ("{last}") REFERENCES "{table.name.partition(".")[2]}" ({KEY}) NOT VALID'
    return f'CHECK ("{last}" IS NOT NULL) NOT VALID'


def unique(schema: Schema, miss: Miss) -> bool:
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


def function(schema: Schema, miss: Miss) -> bool:
    """A function that PostgreSQL has not got itself; for one that it has, the types are wrong."""
    found = miss.says(r"function (\S+\(.*\)) does not exist|function named (\".+\")")
    if found is None:
        return False
    signature = (found[1] or found[2] + "()").replace("unknown", "text")
    name = signature.partition("(")[0].rpartition(".")[2].strip('"')
    if name in schema.built_in or signature in schema.functions:
        return False
    if not extension(schema, name):
        schema.functions[signature] = "trigger" if miss.kind == "CREATE TRIGGER" else "text"
    return True


def own_key(schema: Schema, miss: Miss) -> bool:
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


def label(schema: Schema, miss: Miss) -> bool:
    found = miss.says(r'"(.+)" is not an existing enum label')
    if found is None or miss.node is None:
        return False
    labels = schema.enums.get(name_parts(miss.node.type_name)[-1], [found[1]])
    return once(labels, found[1])
