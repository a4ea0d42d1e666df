"""From an error of PostgreSQL to what the schema before the file must have: one function per SQLSTATE.

PostgreSQL says what is missing better than any reading of the text would (PostgreSQL docs, appendix A).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from checks.assume.columns import column, no_operator_class, other_type
from checks.assume.miss import Miss
from checks.assume.objects import label, named_object, own_key, unique
from checks.assume.relations import partition, relation, schema_of
from checks.assume.schema import Schema


def supply(schema: Schema, miss: Miss) -> bool:
    """Put into the schema what the statement missed. False when it is not something that was there before."""
    return any(handle(schema, miss) for handle in _HANDLERS.get(miss.error.sqlstate, ()))


_HANDLERS: dict[str, Sequence[Callable[[Schema, Miss], bool]]] = {
    "3F000": (schema_of,),  # invalid_schema_name
    "42P01": (relation,),  # undefined_table
    "42703": (column,),  # undefined_column
    "42704": (named_object, no_operator_class),  # undefined_object
    "42830": (unique,),  # invalid_foreign_key
    "42P10": (unique,),  # invalid_column_reference
    "42P16": (own_key,),  # invalid_table_definition
    "42701": (own_key,),  # duplicate_column
    "42809": (partition,),  # wrong_object_type
    "22023": (label,),  # invalid_parameter_value
    "42883": (other_type,),  # undefined_function
    "42804": (other_type,),  # datatype_mismatch
    "42846": (other_type,),  # cannot_coerce
    "22P02": (other_type,),  # invalid_text_representation
    "22007": (other_type,),  # invalid_datetime_format
}
