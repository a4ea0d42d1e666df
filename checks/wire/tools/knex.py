"""Knex (its migration CLI)."""

from checks.wire.tools.tool import Tool

TOOL = Tool("knex", migrate="npx knex migrate:latest", rollback="npx knex migrate:down")
