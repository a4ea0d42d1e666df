"""Alembic (its documentation: 'Relative and Partial Migration Identifiers'); several heads are one end."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "alembic",
    migrate="alembic upgrade heads",
    rollback="alembic downgrade {to}",
    nothing="base",
    shown_by="alembic.ini",
    asks="alembic --version",
    install="pip install 'alembic>=1.13' 'psycopg[binary]'",
)
