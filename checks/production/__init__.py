"""Production's numbers: sizes and traffic from a user's export, and what they make of what was observed."""

from checks.production.account import account
from checks.production.export import export_query
from checks.production.read import parse_statistics, read_statistics
from checks.production.scaling import scaled
from checks.production.statistics import Statistics
from checks.production.timing import Timing

__all__ = [
    "Statistics",
    "Timing",
    "account",
    "export_query",
    "parse_statistics",
    "read_statistics",
    "scaled",
]
