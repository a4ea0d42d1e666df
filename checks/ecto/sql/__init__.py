"""Commands → the statements of ecto_sql's PostgreSQL adapter (``lib/ecto/adapters/postgres/connection.ex``)."""

from checks.ecto.sql.statements import statements_of

__all__ = ["statements_of"]
