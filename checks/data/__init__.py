"""Rows to run migrations on, and proof of what became of them."""

from checks.data.fill import Filled, fill
from checks.data.fingerprint import DataFingerprint, compare, fingerprint
from checks.data.touched import touched_tables

__all__ = ["DataFingerprint", "Filled", "compare", "fill", "fingerprint", "touched_tables"]
