"""Alembic (its documentation: 'Relative and Partial Migration Identifiers')."""

from checks.wire.tools.tool import Tool

TOOL = Tool("alembic", migrate="alembic upgrade head", rollback="alembic downgrade {to}", nothing="base")
