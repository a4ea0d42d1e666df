"""Rows to run migrations on, and proof of what became of them."""

from checks.data.fill import Filled, fill
from checks.data.fingerprint import DataFingerprint, compare, fingerprint
from checks.data.multiply import Follow, Multiplied, multiply
from checks.data.touched import touched_tables

__all__ = [
    "DataFingerprint",
    "Filled",
    "Follow",
    "Multiplied",
    "compare",
    "fill",
    "fingerprint",
    "multiply",
    "touched_tables",
]
