"""Ecto, for what its files do not say (mix ecto.rollback)."""

from checks.wire.tools.tool import Tool

TOOL = Tool("ecto", migrate="mix ecto.migrate", rollback="mix ecto.rollback --step {steps}")
