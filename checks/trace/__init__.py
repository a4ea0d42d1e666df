"""Run a migration and write down what PostgreSQL did, statement by statement."""

from checks.trace.alone import statement_by_statement
from checks.trace.merge import merge, unseen
from checks.trace.observer import Observer, relation_names
from checks.trace.real import as_the_tool_runs_it

__all__ = ["Observer", "as_the_tool_runs_it", "merge", "relation_names", "statement_by_statement", "unseen"]
