"""The schema of a database as its catalogs hold it: read it, compare two, print the difference."""

from checks.catalog.bounds import check_left_behind, conditions
from checks.catalog.compare import compare
from checks.catalog.read import read
from checks.catalog.reader import Reader, Reading, read_all
from checks.catalog.render import render
from checks.catalog.saved import describe, from_text, to_text
from checks.catalog.schema import Catalog, Column, Constraint, Index, Key

__all__ = [
    "Catalog",
    "Column",
    "Constraint",
    "Index",
    "Key",
    "Reader",
    "Reading",
    "check_left_behind",
    "compare",
    "conditions",
    "describe",
    "from_text",
    "read",
    "read_all",
    "render",
    "to_text",
]
